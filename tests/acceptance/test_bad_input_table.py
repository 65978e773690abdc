"""docs/reference/bad-input.md and the tests name the same rows, with the same answers."""

import re
from pathlib import Path
from types import ModuleType

from tests.acceptance import (
    test_bad_cases,
    test_bad_conversation,
    test_bad_input,
    test_bad_signatures,
    test_bad_surroundings,
    test_bad_transport,
    test_certs,
    test_examination,
)
from tests.packages import test_bad_packages

TABLE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "bad-input.md"
ROW = re.compile(r"^\| `([a-z0-9-]+)` \| (.+) \| (.+) \| (\w*) ?\|$", re.MULTILINE)
MODULES: tuple[ModuleType, ...] = (
    test_bad_cases,
    test_bad_conversation,
    test_bad_input,
    test_bad_surroundings,
    test_bad_transport,
)
PARAMETRISED = [
    *test_bad_input.ROWS,
    *test_bad_conversation.ROWS,
    *(bad for bad, _ in test_bad_signatures.ROWS),
]


def rows() -> dict[str, tuple[str, str]]:
    """Id -> answer and check, as written for people."""
    return {id_: (answer, check) for id_, _, answer, check in ROW.findall(TABLE.read_text(encoding="utf-8"))}


def named_tests() -> set[str]:
    """Ids of the rows that are functions of their own; a function whose name is a sentence is none."""
    names = {name for module in MODULES for name in vars(module) if name.startswith("test_")}
    sentences = {name for name in names if name.startswith(("test_a_", "test_the_"))}
    return {name.removeprefix("test_").replace("_", "-") for name in names - sentences - {"test_bad_input"}}


def of_packages() -> set[str]:
    """Ids of the rows about packages of data kinds."""
    functions = {name for name in vars(test_bad_packages) if name.startswith("test_kind_")}
    return {row.id for row in test_bad_packages.ROWS} | {
        name.removeprefix("test_").replace("_", "-") for name in functions
    }


def test_every_row_is_a_test_and_every_test_is_a_row() -> None:
    assert set(rows()) == {row.id for row in PARAMETRISED} | named_tests() | of_packages() | set(test_certs.BAD) | set(
        test_examination.UNREADABLE
    )


def test_no_id_stands_twice() -> None:
    written = [match[0] for match in ROW.findall(TABLE.read_text(encoding="utf-8"))]
    assert len(written) == len(set(written))
    assert len(PARAMETRISED) == len({row.id for row in PARAMETRISED})


def test_the_table_says_the_fault_and_the_check_that_the_test_expects() -> None:
    written = rows()
    for row in PARAMETRISED:
        answer, check = written[row.id]
        assert f"`{row.fault}`" in answer, row.id
        assert check == row.check, row.id
