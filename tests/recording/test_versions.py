"""Recordings of earlier versions: what the journal's stream and pages gave, saved as it came."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from gateway.recording.format import Header, RecordingError, UnknownVersion, dump, read, write
from gateway.recording.lines import VERSION
from gateway.recording.versions import STEPS, convert

ENTRY: Final[dict[str, Any]] = {
    "seq": 3, "moment": "2013-03-04T10:00:00.000+04:00", "event": "sent", "participant": "CITY", "counterpart": "FNS",
    "operation": "SendRequest", "version": "1.2", "messageId": "m", "originalMessageId": "m", "messageType": "{u}r",
    "status": "requestIsQueued", "fault": "", "explanation": None, "envelope": "<a>Ёлка</a>",
}  # fmt: skip
REFUSED: Final[dict[str, Any]] = {
    **ENTRY, "seq": 4, "event": "refused", "envelope": None,
    "explanation": {"check": "xsd", "expected": "a", "found": "b", "where": "", "advice": "", "rule": "", "nearest": "",
                    "others": []},
}  # fmt: skip


def lines(*entries: object) -> str:
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in entries)


@pytest.mark.parametrize(
    "text",
    [
        lines(ENTRY, REFUSED),
        lines({"entries": [ENTRY], "next": "/__admin/journal?after=3"}, {"entries": [REFUSED], "next": None}),
        lines({"entries": [ENTRY, REFUSED]}, {"entries": [REFUSED], "next": None}),
        ": ping\n\n" + "".join(f"id: {each['seq']}\ndata: {json.dumps(each)}\n\n" for each in (ENTRY, REFUSED)),
    ],
    ids=["lines", "pages", "pages that overlap", "events"],
)
def test_what_was_saved_from_the_journal_is_version_1(tmp_path: Path, text: str) -> None:
    (tmp_path / "old").write_text(text, encoding="utf-8")
    recording = convert(tmp_path / "old")
    write(recording, tmp_path / "new")
    again = read(tmp_path / "new")
    sent, refused = again.entries
    assert sent.entry.envelope == "<a>Ёлка</a>".encode()
    assert (sent.seq, sent.entry.participant, sent.entry.message_type) == (3, "CITY", "{u}r")
    assert refused.entry.explanation is not None
    assert refused.entry.explanation.expected == "a"
    assert again.header == Header("old", sent.entry.moment)
    assert "из версии 1" in recording.notes[0]


def test_reading_version_1_says_how_to_convert_it(tmp_path: Path) -> None:
    for text in (lines(ENTRY), lines({"entries": [ENTRY]})):
        (tmp_path / "old").write_text(text, encoding="utf-8")
        with pytest.raises(UnknownVersion, match="recordings convert"):
            read(tmp_path / "old")


def test_there_is_a_step_from_every_earlier_version() -> None:
    assert sorted(STEPS) == list(range(1, VERSION))


@pytest.mark.parametrize("version", [VERSION + 1, "2", None, 0, True, 1.5])
def test_a_version_that_nobody_knows_is_refused(tmp_path: Path, version: object) -> None:
    (tmp_path / "it").write_text(dump({"recording": "mock-smev", "version": version}))
    with pytest.raises(UnknownVersion, match=f"{VERSION}"):
        convert(tmp_path / "it")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "это не запись"),
        ("garbage\n", "это не запись"),
        ('{"entries": []}\n', "это не запись"),
        (lines(ENTRY) + "{\n", ":2: строка не читается"),
        (lines(ENTRY, 5), ":2: строка не читается"),
        (lines({"entries": [ENTRY, "x"]}), ":1: строка не читается"),
        (lines({"entries": 7}), ":1: строка не читается"),
        (lines(REFUSED, ENTRY), "ожидалась запись после seq 4"),
        (lines(ENTRY, {**ENTRY, "participant": "TOWN"}), "ожидалась запись после seq 3"),
    ],
)
def test_what_is_broken_is_named(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "it").write_text(text, encoding="utf-8")
    with pytest.raises(RecordingError) as caught:
        convert(tmp_path / "it")
    assert why in str(caught.value)


def test_a_cut_end_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "it").write_text((lines(ENTRY, REFUSED))[:-5], encoding="utf-8")
    recording = convert(tmp_path / "it")
    assert len(recording.entries) == 1
    assert "строка 2 обрывается" in recording.notes[0]
