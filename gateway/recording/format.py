"""The file of a recording: JSON Lines, a header first, then journal entries in order; attachments beside, by hash.

`FILE` holds the lines, the folder `FILE.attachments/` each attachment under its SHA-256. An envelope stands in its
line as text, character for character; one that is no UTF-8 stands there as base64. docs/reference/recordings.md has
the members of each line.
"""

import base64
import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Self, TextIO

from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.protocol import moments
from gateway.protocol.faults import Explanation
from gateway.words import say

FORMAT: Final = "mock-smev"
VERSION: Final = 2
"""1 was what the journal's stream writes, saved line by line without a header (`versions`)."""

_TEXTS: Final = {
    "participant": "participant",
    "counterpart": "counterpart",
    "operation": "operation",
    "version": "version",
    "messageId": "message_id",
    "originalMessageId": "original_message_id",
    "messageType": "message_type",
    "status": "status",
    "fault": "fault",
}
"""Member of a line -> field of a JournalEntry; an empty text is left out of the line."""


class RecordingError(Exception):
    """A recording that cannot be used: `path:line: what is wrong`."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        self.path, self.line, self.message = path, line, message
        super().__init__(f"{path}:{line}: {message}")


class UnknownVersion(RecordingError):
    """The file has another version than this program reads; `version` says which, 1 when it has no header."""

    def __init__(self, path: Path, version: object) -> None:
        self.version = version
        if isinstance(version, int) and version < VERSION:
            advice = say(f"mock-smev recordings convert {path}", f"mock-smev recordings convert {path}")
        else:
            advice = say("нужна более новая mock-smev", "a newer mock-smev is needed")
        super().__init__(
            path,
            1,
            say(
                f"запись версии {version}, ожидалась {VERSION}: {advice}",
                f"a recording of version {version}, expected {VERSION}: {advice}",
            ),
        )


@dataclass(frozen=True, slots=True)
class Header:
    """The first line. `run` names the run that was recorded: entries of two runs never stand in one file.

    `selection` is what was asked for (name -> value), empty for everything. `pseudonymized` says that the people in
    it were replaced by look-alikes.
    """

    run: str
    recorded_at: datetime
    recorded_by: str = ""
    topology: str = ""
    selection: Mapping[str, str] = field(default_factory=dict)
    pseudonymized: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the line for json.dumps."""
        return {
            "recording": FORMAT,
            "version": VERSION,
            "run": self.run,
            "recordedAt": moments.write(self.recorded_at),
            "recordedBy": self.recorded_by,
            "topology": self.topology,
            "selection": dict(self.selection),
            "pseudonymized": self.pseudonymized,
        }


@dataclass(frozen=True, slots=True)
class RecordedAttachment:
    """An attachment of a message: its basic:Id, the SHA-256 of its content in hex, the size in bytes."""

    content_id: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class RecordedEntry:
    """A journal entry and its place. `line` is that of the file, 0 of an entry that was not read from one.

    `edited` says that the envelope is not the one that was recorded: somebody has changed it since.
    """

    seq: int
    entry: JournalEntry
    attachments: tuple[RecordedAttachment, ...] = ()
    line: int = 0
    edited: bool = False


@dataclass(frozen=True)
class Recording:
    """A recording as read, or as made. `notes` say what a reader should know: a truncated end, edited envelopes."""

    header: Header
    entries: tuple[RecordedEntry, ...]
    path: Path = Path()
    notes: tuple[str, ...] = ()
    contents: Mapping[str, bytes] = field(default_factory=dict)
    """Attachments that are in no file yet, by SHA-256."""

    def content(self, attachment: RecordedAttachment) -> bytes:
        """Return the bytes of an attachment.

        Raises: RecordingError when they are missing or are not those that were recorded.
        """
        if attachment.sha256 in self.contents:
            return self.contents[attachment.sha256]
        file = attachments_folder(self.path) / attachment.sha256
        line = next((each.line for each in self.entries if attachment in each.attachments), 0)
        try:
            content = file.read_bytes()
        except OSError as error:
            why = say(
                f"нет вложения {attachment.content_id!r}: файл {file}: {error.strerror}",
                f"the attachment {attachment.content_id!r} is missing: the file {file}: {error.strerror}",
            )
            raise RecordingError(self.path, line, why) from error
        if hashlib.sha256(content).hexdigest() != attachment.sha256:
            why = say(
                f"вложение {attachment.content_id!r} изменено: имя файла {file} — не его SHA-256",
                f"the attachment {attachment.content_id!r} was changed: the name of the file {file} is not its SHA-256",
            )
            raise RecordingError(self.path, line, why)
        return content

    def missing_attachments(self) -> list[RecordedAttachment]:
        """Return the attachments whose files are not there."""
        there = attachments_folder(self.path)
        listed = {each.sha256: each for entry in self.entries for each in entry.attachments}
        return [each for sha, each in listed.items() if sha not in self.contents and not (there / sha).is_file()]

    @cached_property
    def by_seq(self) -> Mapping[int, RecordedEntry]:
        """The entries by their seq."""
        return {each.seq: each for each in self.entries}


def attachments_folder(path: Path) -> Path:
    """Return where the attachments of the recording `path` lie."""
    return path.with_name(path.name + ".attachments")


# --- writing ---------------------------------------------------------------------------------------------------------


def line_of(recorded: RecordedEntry) -> dict[str, Any]:
    """Return the line of an entry for json.dumps, in a settled order; what is empty is left out."""
    entry = recorded.entry
    line: dict[str, Any] = {"seq": recorded.seq, "moment": written(entry.moment), "event": entry.event.value}
    line |= {member: getattr(entry, name) for member, name in _TEXTS.items() if getattr(entry, name)}
    if entry.explanation is not None:
        told = dataclasses.asdict(entry.explanation)
        line["explanation"] = {name: value for name, value in told.items() if value not in ("", (), None)}
    if entry.envelope is not None:
        line["envelopeSha256"] = hashlib.sha256(entry.envelope).hexdigest()
        try:
            line["envelope"] = entry.envelope.decode("utf-8")
        except UnicodeDecodeError:
            line["envelopeBase64"] = base64.b64encode(entry.envelope).decode("ascii")
    if recorded.attachments:
        line["attachments"] = [
            {"contentId": each.content_id, "sha256": each.sha256, "size": each.size} for each in recorded.attachments
        ]
    return line


def written(moment: datetime) -> str:
    """Return a moment to the microsecond with the Moscow offset: SMEV's milliseconds would lose the order."""
    return moment.astimezone(moments.MOSCOW).isoformat(timespec="microseconds")


def dump(line: Mapping[str, Any]) -> str:
    """Return one line of the file, its end included."""
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n"


class Writer:
    """Writes a new recording line by line; what has been written is a readable recording at any moment.

    Raises: RecordingError when the file is there already: two runs never come into one file. OSError.
    """

    def __init__(self, path: Path, header: Header) -> None:
        self.path: Final = path
        self.entries = 0
        try:
            self._file: TextIO = path.open("x", encoding="utf-8", newline="\n")
        except FileExistsError as error:
            why = say(
                "файл уже есть, а две записи в один файл не пишутся: назовите другой",
                "the file is there already, and two recordings never go into one file: name another",
            )
            raise RecordingError(path, 1, why) from error
        self._file.write(dump(header.as_json()))
        self._file.flush()

    def add(self, recorded: Iterable[RecordedEntry], content: Callable[[RecordedAttachment], bytes]) -> None:
        """Append entries, and the attachments that are not there yet; `content` returns the bytes of one.

        Raises: OSError.
        """
        folder = attachments_folder(self.path)
        for each in recorded:
            for attachment in each.attachments:
                file = folder / attachment.sha256
                if not file.is_file():
                    folder.mkdir(exist_ok=True)
                    file.write_bytes(content(attachment))
            self._file.write(dump(line_of(each)))
            self.entries += 1
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def write(recording: Recording, path: Path) -> None:
    """Write a whole recording to a new file.

    Raises: RecordingError, OSError.
    """
    with Writer(path, recording.header) as writer:
        writer.add(recording.entries, recording.content)


# --- reading ---------------------------------------------------------------------------------------------------------


def read(path: Path) -> Recording:
    """Read a recording. A last line that was cut off is left out, and `notes` say so.

    Raises: RecordingError; UnknownVersion for a file of another version.
    """
    lines = _lines(path)
    header = read_header(path, lines)
    entries, notes, last = [], [], 0
    for number, line in enumerate(lines[1:], start=2):
        try:
            told = json.loads(line)
        except ValueError as error:
            if number == len(lines):  # what was being written when the disk was full, or the power went
                notes.append(_truncated(number))
                break
            raise _broken(path, number, str(error)) from error
        each = _entry(path, number, told)
        if each.seq <= last:
            raise _out_of_order(path, number, each.seq, last)
        last = each.seq
        entries.append(each)
    edited = [each.line for each in entries if each.edited]
    if edited:
        notes.append(_edited(edited))
    return Recording(header, tuple(entries), path, tuple(notes))


def read_header(path: Path, lines: Sequence[str]) -> Header:
    """Read the first of `lines`.

    Raises: RecordingError, UnknownVersion.
    """
    try:
        told = json.loads(lines[0]) if lines else {}
    except ValueError as error:
        raise _not_ours(path) from error
    if not isinstance(told, dict):
        raise _not_ours(path)
    if told.get("recording") != FORMAT:
        if "seq" in told and "event" in told:
            raise UnknownVersion(path, 1)
        raise _not_ours(path)
    if told.get("version") != VERSION:
        raise UnknownVersion(path, told.get("version"))
    try:
        return Header(
            run=str(told["run"]),
            recorded_at=datetime.fromisoformat(told["recordedAt"]),
            recorded_by=str(told.get("recordedBy", "")),
            topology=str(told.get("topology", "")),
            selection={str(name): str(value) for name, value in dict(told.get("selection", {})).items()},
            pseudonymized=bool(told.get("pseudonymized", False)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _broken(path, 1, f"{type(error).__name__}: {error}") from error


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8", errors="strict")
    except OSError as error:
        raise RecordingError(path, 1, error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise _not_ours(path) from error
    # Not splitlines: an envelope may hold any of the other characters that it takes for an end of line.
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _entry(path: Path, number: int, told: Any) -> RecordedEntry:
    if isinstance(told, dict) and told.get("recording") == FORMAT:
        why = say(
            "второй заголовок: в одном файле две записи; разделите их",
            "a second header: two recordings in one file; separate them",
        )
        raise RecordingError(path, number, why)
    try:
        envelope, edited = _envelope(told)
        told_explanation = told.get("explanation")
        entry = JournalEntry(
            moment=datetime.fromisoformat(told["moment"]),
            event=JournalEvent(told["event"]),
            explanation=None if told_explanation is None else explanation_of(told_explanation),
            envelope=envelope,
            **{name: str(told.get(member, "")) for member, name in _TEXTS.items()},
        )
        attachments = tuple(
            RecordedAttachment(str(each["contentId"]), _hash(each["sha256"]), int(each["size"]))
            for each in told.get("attachments", ())
        )
        return RecordedEntry(int(told["seq"]), entry, attachments, number, edited)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _broken(path, number, f"{type(error).__name__}: {error}") from error


def _envelope(told: Mapping[str, Any]) -> tuple[bytes | None, bool]:
    if "envelope" in told:
        envelope = str(told["envelope"]).encode()
    elif "envelopeBase64" in told:
        envelope = base64.b64decode(told["envelopeBase64"], validate=True)
    else:
        return None, False
    recorded = told.get("envelopeSha256")
    return envelope, recorded is not None and hashlib.sha256(envelope).hexdigest() != recorded


def _hash(text: str) -> str:
    # It becomes the name of a file.
    if len(text) != 64 or not set(text) <= set("0123456789abcdef"):
        raise ValueError(f"expected a SHA-256 in hex, found {text[:80]!r}")
    return text


def explanation_of(told: Mapping[str, Any]) -> Explanation:
    """Read an explanation from JSON; JSON has no tuples."""
    known = {each.name for each in dataclasses.fields(Explanation)}
    fields: dict[str, Any] = {
        name: tuple(given) if isinstance(given, list) else given for name, given in told.items() if name in known
    }
    return Explanation(**{"check": "", "expected": "", "found": "", **fields})


def _broken(path: Path, line: int, why: str) -> RecordingError:
    return RecordingError(path, line, say(f"строка не читается: {why}", f"cannot read the line: {why}"))


def _not_ours(path: Path) -> RecordingError:
    return RecordingError(
        path,
        1,
        say(
            "это не запись mock-smev: ожидался заголовок с «recording»",
            "this is no recording of mock-smev: expected a header with “recording”",
        ),
    )


def _out_of_order(path: Path, line: int, seq: int, last: int) -> RecordingError:
    return RecordingError(
        path,
        line,
        say(
            f"ожидалась запись после seq {last}, найдена {seq}: в файле две записи или строки переставлены",
            f"expected an entry after seq {last}, found {seq}: two recordings in one file, or lines were moved",
        ),
    )


def _truncated(line: int) -> str:
    return say(
        f"строка {line} обрывается: прочитано всё до неё", f"line {line} is cut off: everything before it was read"
    )


def _edited(lines: Sequence[int]) -> str:
    listed = ", ".join(map(str, lines[:10])) + (", …" if len(lines) > 10 else "")
    return say(
        f"конверты изменены после записи, строки: {listed}; подписи в них больше не сходятся",
        f"envelopes were edited after the recording, lines: {listed}; signatures in them no longer hold",
    )
