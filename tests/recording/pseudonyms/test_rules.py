"""Own rules of fields: what they do, how a wrong file is told; and the command that takes them."""

import json
import re
from pathlib import Path

import pytest

from gateway.recording.format import read, write
from gateway.recording.pseudonyms import FieldRules, InvalidFieldRules, pseudonymize
from gateway.recording.pseudonyms.sorts import SORTS
from tests.acceptance import command_line
from tests.docs.pages import ROOT
from tests.recording.building import Asked, recording_of

OWN = '<Own xmlns="urn:own"><Resident><Nick>Ваня</Nick><Snils>95214771414</Snils></Resident></Own>'
PAGE = ROOT / "docs" / "reference" / "pseudonyms.md"


def rules(folder: Path, text: str) -> Path:
    file = folder / "own.toml"
    file.write_text(text, encoding="utf-8")
    return file


# --- what own rules do -------------------------------------------------------------------------------------------


def test_own_rules_name_what_was_unknown_and_win_over_the_shipped(tmp_path: Path) -> None:
    recording = recording_of(Asked(OWN.encode()))
    assert [each.path for each in pseudonymize(recording, "key").unknown] == ["/Own/Resident/Nick"]
    own = FieldRules.read(rules(tmp_path, '[fields]\nfirst-name = ["Resident/Nick"]\nkept = ["Resident/SNILS"]\n'))
    made = pseudonymize(recording, "key", own)
    assert made.unknown == ()
    envelope = (made.recording.entries[0].entry.envelope or b"").decode()
    assert "Ваня" not in envelope
    assert "95214771414" in envelope


@pytest.mark.parametrize(
    ("path", "sort"),
    [
        (("R", "FamilyName"), "surname"),
        (("R", "family-name"), "surname"),
        (("R", "@СНИЛС"), "snils"),
        (("R", "Passport", "Number"), "document"),
        (("R", "Licence", "Number"), "last-number"),
        (("R", "Number"), None),
        (("Payee", "@inn"), "kept"),
    ],
)
def test_the_longest_path_decides(path: tuple[str, ...], sort: str | None) -> None:
    assert FieldRules.shipped().sort_of(path) == sort


# --- bad input: a row of the table each --------------------------------------------------------------------------

BAD_FILES = {
    "P1": ("[fields\n", ":1: "),
    "P2": ('[feilds]\nsnils = ["A"]\n', ":1: "),
    "P3": ('[fields]\n\nsnlis = ["A"]\n', ":3: .*snils"),
    "P4": ('[fields]\nsnils = "A"\n', ":2: "),
    "P5": ('[fields]\nsnils = ["A"]\ninn = [\n  "a",\n]\n', ":[24]: .*snils.*inn"),
    "P6": ('[fields]\nsnils = ["A//B"]\n', ":2: .*A//B"),
}


@pytest.mark.parametrize("row", BAD_FILES)
def test_a_wrong_file_of_rules_is_told_with_its_line(row: str, tmp_path: Path) -> None:
    text, told = BAD_FILES[row]
    with pytest.raises(InvalidFieldRules, match="own.toml" + told):
        FieldRules.read(rules(tmp_path, text))


async def test_p7_unknown_fields_leave_no_file(tmp_path: Path) -> None:
    write(recording_of(Asked(OWN.encode())), tmp_path / "a.jsonl")
    ended = await pseudonymized(tmp_path, "--key", "k")
    assert ended.code == 1
    assert "/Own/Resident/Nick" in ended.errors
    assert "Ваня" not in ended.errors
    assert not (tmp_path / "b.jsonl").exists()
    assert (await pseudonymized(tmp_path, "--key", "k", "--keep-unknown")).code == 0
    assert read(tmp_path / "b.jsonl").header.pseudonymized


@pytest.mark.parametrize(("row", "given"), [("P8", ("--key", "")), ("P8", ()), ("P9", ("--key-file", "none")),
                                            ("P10", ("--key", "k", "--fields", "none"))])  # fmt: skip
async def test_a_wrong_call_is_told(row: str, given: tuple[str, ...], tmp_path: Path) -> None:
    write(recording_of(Asked(OWN.encode())), tmp_path / "a.jsonl")
    ended = await pseudonymized(tmp_path, *given)
    assert ended.code == 2, row
    assert ended.errors.count("\n") == 1
    assert not (tmp_path / "b.jsonl").exists()


async def test_p11_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    write(recording_of(Asked(OWN.encode())), tmp_path / "a.jsonl")
    (tmp_path / "b.jsonl").write_text("mine", encoding="utf-8")
    ended = await pseudonymized(tmp_path, "--key", "k", "--keep-unknown")
    assert ended.code == 1
    assert (tmp_path / "b.jsonl").read_text(encoding="utf-8") == "mine"


async def pseudonymized(folder: Path, *given: str) -> command_line.Ended:
    return await command_line.run(
        "recordings", "pseudonymize", str(folder / "a.jsonl"), str(folder / "b.jsonl"), *given
    )


async def test_the_command_takes_a_key_and_rules_from_files(tmp_path: Path) -> None:
    write(recording_of(Asked(OWN.encode())), tmp_path / "a.jsonl")
    key = tmp_path / "key"
    key.write_text("a key\n", encoding="utf-8")
    own = rules(tmp_path, '[fields]\nfirst-name = ["Nick"]\n')
    ended = await pseudonymized(tmp_path, "--key-file", str(key), "--fields", str(own))
    assert ended.code == 0, ended.errors
    lines = (tmp_path / "b.jsonl").read_text(encoding="utf-8").splitlines()
    made = pseudonymize(read(tmp_path / "a.jsonl"), "a key", FieldRules.read(own))
    envelope = (made.recording.entries[0].entry.envelope or b"").decode()
    assert json.loads(lines[1])["envelope"] == envelope


def test_the_page_has_a_row_for_each() -> None:
    listed = set(re.findall(r"^\| (P\d+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert listed == {*BAD_FILES, "P7", "P8", "P9", "P10", "P11", "P12"}


def test_the_page_names_every_sort() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [sort for sort in SORTS if f"`{sort}`" not in text] == []
