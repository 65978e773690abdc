"""The file of a recording: what is written comes back, what is broken says where, two runs never share a file."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.protocol.faults import Explanation
from gateway.recording.format import (
    Header,
    RecordedAttachment,
    RecordedEntry,
    Recording,
    RecordingError,
    UnknownVersion,
    Writer,
    attachments_folder,
    of_lines,
    read,
    write,
)
from gateway.recording.lines import dump, line_of
from gateway.recording.said import Unreadable, content_of, said
from tests.conversation import send_request

START: Final = datetime(2013, 3, 4, 6, 0, 0, 123456, tzinfo=UTC)
HEADER: Final = Header("run 1", START.replace(microsecond=0), "mock-smev", "minimal", {"case": "1"})
ENVELOPE: Final = '<a>Ёлка  \r\n\u2028&amp; "x"</a>'.encode()
CONTENT: Final = b"\x00\xffzip"
ATTACHED: Final = RecordedAttachment("файл.zip", sha256(CONTENT).hexdigest(), len(CONTENT))
EXPLANATION: Final = Explanation("xsd", "дата", "вчера", where="/a/b", others=("one", "two"))


def entry(seq: int, **fields: Any) -> RecordedEntry:
    made = JournalEntry(START + timedelta(seconds=seq), fields.pop("event", JournalEvent.SENT), "CITY", **fields)
    return RecordedEntry(seq, made)


def recording(*entries: RecordedEntry) -> Recording:
    listed = entries or (
        replace(entry(3, envelope=ENVELOPE, message_id="m"), attachments=(ATTACHED,), source=b"<data/>"),
        entry(5, envelope=b"\xff\xfe not UTF-8"),
        entry(8, event=JournalEvent.REFUSED, fault="SMEVFailure", explanation=EXPLANATION),
    )
    return Recording(HEADER, listed, contents={ATTACHED.sha256: CONTENT})


def values(listed: Recording) -> list[Any]:
    return [(each.seq, each.entry, each.attachments, each.source) for each in listed.entries]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write(recording(), tmp_path / "it.jsonl")
    return tmp_path / "it.jsonl"


def test_what_is_written_comes_back(file: Path) -> None:
    again = read(file)
    assert values(again) == values(recording())
    assert (again.header, again.notes) == (HEADER, ())
    assert [each.line for each in again.entries] == [2, 3, 4]
    assert again.content(ATTACHED) == CONTENT
    assert attachments_folder(file).name == "it.jsonl.attachments"
    assert again.by_seq[5] is again.entries[1]


def test_people_can_read_it(file: Path) -> None:
    header, first, *_ = file.read_text(encoding="utf-8").split("\n")
    assert header.startswith('{"recording":"mock-smev","version":2,')
    assert "Ёлка" in first
    assert json.loads(first)["moment"] == "2013-03-04T10:00:03.123456+04:00"


@given(
    st.lists(
        st.builds(
            lambda text, content, at: JournalEntry(
                START + at, JournalEvent.SENT, text, text, message_id=text, envelope=content
            ),
            st.text(st.characters(exclude_categories=["Cs"])),
            st.none() | st.binary() | st.text(st.characters(exclude_categories=["Cs"])).map(str.encode),
            st.timedeltas(timedelta(0), timedelta(days=20_000)),
        )
    )
)
def test_any_entries_come_back(entries: list[JournalEntry]) -> None:
    listed = [RecordedEntry(seq, each) for seq, each in enumerate(entries, start=1)]
    text = dump(HEADER.as_json()) + "".join(dump(line_of(each)) for each in listed)
    assert values(of_lines(Path("it"), text.split("\n")[:-1])) == values(Recording(HEADER, tuple(listed)))


def test_the_same_recording_is_the_same_file(file: Path, tmp_path: Path) -> None:
    write(read(file), tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == file.read_bytes()


# --- bad input -----------------------------------------------------------------------------------------------------


def test_two_runs_do_not_go_into_one_file(file: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(RecordingError, match="две записи в один файл не пишутся"):
        Writer(file, HEADER)
    assert file.read_bytes() == before
    file.write_bytes(before + before)
    with pytest.raises(RecordingError, match="5: второй заголовок") as caught:
        read(file)
    assert caught.value.line == 5


@pytest.mark.parametrize("kept", range(1, 40, 3))
def test_a_last_line_that_was_cut_off_is_left_out(file: Path, kept: int) -> None:
    """Wherever it was cut, within a letter of two bytes too."""
    lines = file.read_bytes().split(b"\n")
    file.write_bytes(b"\n".join(lines[:2]) + b"\n" + '{"п'.encode() * 20)
    file.write_bytes(file.read_bytes()[: -60 + kept])
    again = read(file)
    assert values(again) == values(recording())[:1]
    [note] = again.notes
    assert "строка 3 обрывается" in note


def test_a_last_line_without_its_end_counts_when_it_is_whole(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])
    assert values(read(file)) == values(recording())
    assert read(file).notes == ()


def test_a_missing_attachment_is_named_and_only_who_needs_it_fails(file: Path, tmp_path: Path) -> None:
    (attachments_folder(file) / ATTACHED.sha256).unlink()
    again = read(file)
    assert again.missing_attachments() == [ATTACHED]
    with pytest.raises(RecordingError, match=r"it\.jsonl:2: нет вложения 'файл\.zip'"):
        again.content(ATTACHED)
    with pytest.raises(RecordingError, match="нет вложения"):
        write(again, tmp_path / "again.jsonl")
    assert not (tmp_path / "again.jsonl").exists()


def test_a_changed_attachment_is_not_taken_for_the_recorded_one(file: Path) -> None:
    (attachments_folder(file) / ATTACHED.sha256).write_bytes(b"other")
    with pytest.raises(RecordingError, match="изменено"):
        read(file).content(ATTACHED)


def test_an_edited_envelope_is_used_and_said_so(file: Path) -> None:
    file.write_text(file.read_text(encoding="utf-8").replace("Ёлка", "Сосна"), encoding="utf-8", newline="\n")
    again = read(file)
    assert again.entries[0].entry.envelope == ENVELOPE.replace("Ёлка".encode(), "Сосна".encode())
    assert [each.edited for each in again.entries] == [True, False, False]
    assert "строки: 2" in again.notes[0]


def test_a_broken_envelope_is_an_error_only_where_it_is_needed(file: Path) -> None:
    whole = recording(entry(1, envelope=send_request()), entry(2, envelope=b"<a>"), entry(3))
    write(whole, file.with_name("broken"))
    first, broken, none = read(file.with_name("broken")).entries
    assert content_of(first) is not None
    for each in (broken, none):
        with pytest.raises(Unreadable):
            said(each)


def _line(**changed: Any) -> str:
    return dump({**line_of(entry(9)), **changed})


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "строка не читается"),
        ("[]", "строка не читается"),
        ("null", "строка не читается"),
        ("[" * 100_000, "строка не читается"),
        (_line(seq=8), "ожидалась запись после seq 8, найдена 8"),
        (_line(seq=1), "ожидалась запись после seq 8, найдена 1"),
        (_line(seq="many"), "строка не читается"),
        (_line(event="exploded"), "exploded"),
        (_line(moment="yesterday"), "yesterday"),
        (_line(moment="2013-03-04T10:00:00"), "expected a moment with an offset"),
        (_line(envelopeBase64="?"), "строка не читается"),
        (_line(envelope="\ud800"), "строка не читается"),
        (_line(participant="\ud800"), "строка не читается"),
        (_line(attachments=[{"contentId": "a", "sha256": "../../secret", "size": 1}]), "expected a SHA-256"),
        (_line(attachments=["a"]), "строка не читается"),
        (_line(explanation="no"), "строка не читается"),
    ],
    ids=range(16),
)
def test_a_broken_line_is_named(file: Path, line: str, why: str) -> None:
    with file.open("a", encoding="utf-8", errors="surrogatepass") as lines:
        lines.write(json.dumps(json.loads(line)) if "\ud800" in line else line.rstrip("\n"))
        lines.write("\n")
    with pytest.raises(RecordingError, match=r"it\.jsonl:5: ") as caught:
        read(file)
    assert why in caught.value.message


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"\x00\xff\xfe\x80 garbage\n\xff", b"<xml/>\n", b"[1]\n", b'{"a":1}\n', b"{", b"[" * 100_000 + b"\n"],
)
def test_what_is_no_recording_is_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(RecordingError, match="это не запись mock-smev"):
        read(file)


@pytest.mark.parametrize(
    ("version", "advice"), [(1, "recordings convert"), (3, "новая mock-smev"), ("x", "новая mock-smev")]
)
def test_another_version_says_what_to_do(file: Path, version: object, advice: str) -> None:
    file.write_text(dump({**HEADER.as_json(), "version": version}))
    with pytest.raises(UnknownVersion, match=advice) as caught:
        read(file)
    assert caught.value.version == version


@pytest.mark.parametrize("member", ["run", "recordedAt"])
def test_a_header_without_its_members_is_refused(file: Path, member: str) -> None:
    file.write_text(dump({name: value for name, value in HEADER.as_json().items() if name != member}))
    with pytest.raises(RecordingError, match=member):
        read(file)


@pytest.mark.parametrize("make", [lambda path: path / "no" / "folder", lambda path: path])
def test_a_path_that_cannot_be_written_is_an_os_error(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    with pytest.raises((OSError, RecordingError)):
        Writer(make(tmp_path), HEADER)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"nowhere: No such file"):
        read(tmp_path / "nowhere")
