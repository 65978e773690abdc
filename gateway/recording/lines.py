"""The lines of a recording: the header, then one for each journal entry, as docs/reference/recordings.md has them."""

import base64
import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.protocol import moments
from gateway.protocol.faults import Explanation
from gateway.words import say

FORMAT: Final = "mock-smev"
VERSION: Final = 2
"""1 was what the journal's stream writes, saved line by line without a header (`versions`)."""

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
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
    """A recording that cannot be used: `path:line: what is wrong`; line 0 is the file as a whole, without a number."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        self.path, self.line, self.message = path, line, message
        super().__init__(f"{path}:{line}: {message}" if line else f"{path}: {message}")


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

    `edited` says that the envelope is not the one that was recorded: somebody has changed it since. `source` is the
    element SenderProvidedRequestData or SenderProvidedResponseData as SMEV kept it, with the binary content in it that
    came in parts of its own (xop:Include); None where the envelope says everything.
    """

    seq: int
    entry: JournalEntry
    attachments: tuple[RecordedAttachment, ...] = ()
    line: int = 0
    edited: bool = False
    source: bytes | None = None


def line_of(recorded: RecordedEntry) -> dict[str, Any]:
    """Return the line of an entry for json.dumps, in a settled order; what is empty is left out."""
    entry = recorded.entry
    line: dict[str, Any] = {"seq": recorded.seq, "moment": written(entry.moment), "event": entry.event.value}
    line |= {member: text for member, name in _TEXTS.items() if (text := getattr(entry, name))}
    if entry.explanation is not None:
        told = dataclasses.asdict(entry.explanation)
        line["explanation"] = {name: value for name, value in told.items() if value not in ("", (), None)}
    if entry.envelope is not None:
        line["envelopeSha256"] = hashlib.sha256(entry.envelope).hexdigest()
        try:
            line["envelope"] = entry.envelope.decode("utf-8")
        except UnicodeDecodeError:
            line["envelopeBase64"] = base64.b64encode(entry.envelope).decode("ascii")
    if recorded.source is not None:
        line["source"] = recorded.source.decode("utf-8")  # SMEV keeps it in UTF-8, whatever it came in
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
    return _ENCODER.encode(line) + "\n"


# --- reading ---------------------------------------------------------------------------------------------------------


def read_header(path: Path, lines: Sequence[str]) -> Header:
    """Read the first of `lines`.

    Raises: RecordingError, UnknownVersion.
    """
    try:
        told = json.loads(lines[0].removeprefix("data: ")) if lines else {}
    except (ValueError, RecursionError) as error:
        raise not_ours(path) from error
    if not isinstance(told, dict):
        raise not_ours(path)
    if told.get("recording") != FORMAT:
        if {"seq", "event"} <= told.keys() or "entries" in told:
            raise UnknownVersion(path, 1)
        raise not_ours(path)
    if told.get("version") != VERSION:
        raise UnknownVersion(path, told.get("version"))
    try:
        return Header(
            run=str(told["run"]),
            recorded_at=_moment(told["recordedAt"]),
            recorded_by=str(told.get("recordedBy", "")),
            topology=str(told.get("topology", "")),
            selection={str(name): str(value) for name, value in dict(told.get("selection", {})).items()},
            pseudonymized=bool(told.get("pseudonymized", False)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise unreadable(path, 1, f"{type(error).__name__}: {error}") from error


def entry_of(path: Path, number: int, told: Any) -> RecordedEntry:
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
            moment=_moment(told["moment"]),
            event=_event(told["event"]),
            explanation=None if told_explanation is None else explanation_of(told_explanation),
            envelope=envelope,
            **_texts(told),
        )
        attachments = tuple(
            RecordedAttachment(_text(each["contentId"]), _hash(each["sha256"]), int(each["size"]))
            for each in told.get("attachments", ())
        )
        source = str(told["source"]).encode() if "source" in told else None
        return RecordedEntry(int(told["seq"]), entry, attachments, number, edited, source)
    except ValueError as error:
        raise unreadable(path, number, str(error)) from error
    except (KeyError, TypeError, AttributeError) as error:
        raise unreadable(path, number, f"{type(error).__name__}: {error}") from error


def _event(name: str) -> JournalEvent:
    if name not in {event.value for event in JournalEvent}:
        raise ValueError(f"expected an event ({', '.join(JournalEvent)}), found {name!r}")
    return JournalEvent(name)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"expected a moment with an offset, found {text!r}")
    return moment


def _texts(told: Mapping[str, Any]) -> dict[str, str]:
    """Return the members of a line that are plain texts, by the names that a JournalEntry has for them."""
    texts = {_TEXTS[member]: str(given) for member, given in told.items() if member in _TEXTS}
    _text("".join(texts.values()))
    return texts


def _text(given: object) -> str:
    text = str(given)
    text.encode()  # JSON can hold what no text can: a lone surrogate
    return text


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


def unreadable(path: Path, line: int, why: str) -> RecordingError:
    return RecordingError(path, line, say(f"строка не читается: {why}", f"cannot read the line: {why}"))


def not_ours(path: Path) -> RecordingError:
    return RecordingError(
        path,
        1,
        say(
            "это не запись mock-smev: ожидался заголовок с «recording»",
            "this is no recording of mock-smev: expected a header with “recording”",
        ),
    )
