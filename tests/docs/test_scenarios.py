"""docs/reference/scenarios.md has every key of the model, the how-to pages work as pasted."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from gateway import words
from gateway.scenarios import model, steps
from gateway.words import Language, speak
from tests.acceptance.command_line import run
from tests.docs.pages import ROOT, read

REFERENCE: Final = ROOT / "docs" / "reference" / "scenarios.md"
HOW_TO: Final = ROOT / "docs" / "how-to"
TABLES: Final[dict[str, type[BaseModel]]] = {
    "The file": model.Scenario,
    "Participants": model.Player,
    "Steps": steps.Step,
    "send": steps.Send,
    "take": steps.Take,
    "answer": steps.Answer,
    "ack": steps.Ack,
    "expect": steps.Expect,
    "never": steps.Never,
    "count": steps.Counted,
    "order": steps.Entry,
    "open-case": steps.OpenCase,
    "demand": steps.Demand,
    "decide": steps.Decide,
    "expect-violation": steps.ExpectViolation,
    "no-violations": steps.ViolationSought,
    "assert": steps.Check,
    "attachments": steps.Attached,
    "law": steps.Law,
    "applicant": steps.Person,
    "reject": steps.Reject,
    "status": steps.Status,
    "grounds": steps.Ground,
}
"""Heading -> what its table is of."""

_FILE: Final = re.compile(r"`([\w-]+\.yaml)`[^`\n]*:\n\n```yaml\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_SHELL: Final = re.compile(r"^```(sh|text)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def table_of(keys: type[BaseModel]) -> str:
    """The table of a mapping, as the page has it."""
    rows = ["| Key | Default | What |", "| --- | --- | --- |"]
    for field in keys.model_fields.values():
        default = "" if field.default in (None, (), "") or field.default is PydanticUndefined else f"`{field.default}`"
        told = "required" if field.is_required() else default.replace("False", "false").replace("True", "true")
        rows.append(f"| `{field.alias}` | {told} | {(field.description or '').replace('|', chr(92) + '|')} |")
    return "\n".join(rows)


@pytest.mark.parametrize("heading", TABLES)
def test_the_reference_has_every_key(heading: str) -> None:
    section = re.split(rf"^#+ {re.escape(heading)}$", read(REFERENCE), flags=re.MULTILINE)[1]
    assert table_of(TABLES[heading]) in re.split(r"^#+ ", section, flags=re.MULTILINE)[0]


@pytest.fixture(params=["scenarios.md", "scenarios.ru.md"])
def page(request: pytest.FixtureRequest) -> Iterator[str]:
    before = words._Speaker.language
    speak(Language.RUSSIAN if request.param.endswith(".ru.md") else Language.ENGLISH)
    yield read(HOW_TO / request.param)
    speak(before)


async def test_the_how_to_works_as_pasted(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are written, commands run in order; what the page shows of their output is found in it, in order."""
    monkeypatch.chdir(tmp_path)
    files = dict(_FILE.findall(page))
    assert len(files) >= 2
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    printed = ""
    for language, text in _SHELL.findall(page):
        if language == "sh":
            for command in text.splitlines():
                assert command.startswith("mock-smev run ")
                ended = await run(*command.split()[1:])
                printed += ended.output + ended.errors
        else:
            position = 0
            for line in text.splitlines():
                found = printed.find(line, position)
                assert found >= 0, f"{line!r} is not in what follows:\n{printed[position:]}"
                position = found
            printed = ""
