"""The file of a recording: JSON Lines, a header first, then journal entries in order; attachments beside, by hash.

`FILE` holds the lines (`lines`), the folder `FILE.attachments/` each attachment under its SHA-256. An envelope stands
in its line as text, character for character; one that is no UTF-8 stands there as base64. docs/reference/recordings.md
has the members of each line.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Self, TextIO

from gateway.recording.lines import (
    FORMAT,
    VERSION,
    Header,
    RecordedAttachment,
    RecordedEntry,
    RecordingError,
    UnknownVersion,
    dump,
    entry_of,
    explanation_of,
    line_of,
    not_ours,
    read_header,
    unreadable,
    written,
)
from gateway.words import say

__all__ = [
    "FORMAT",
    "VERSION",
    "Header",
    "RecordedAttachment",
    "RecordedEntry",
    "Recording",
    "RecordingError",
    "UnknownVersion",
    "Writer",
    "attachments_folder",
    "dump",
    "entry_of",
    "explanation_of",
    "line_of",
    "of_lines",
    "read",
    "read_header",
    "write",
    "written",
]


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
            raise RecordingError(path, 0, why) from error
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
    """Write a whole recording to a new file; none is left behind when an attachment is missing.

    Raises: RecordingError, OSError.
    """
    with Writer(path, recording.header) as writer:
        try:
            writer.add(recording.entries, recording.content)
        except RecordingError:
            path.unlink()
            raise


# --- reading ---------------------------------------------------------------------------------------------------------


def read(path: Path) -> Recording:
    """Read a recording. A last line that was cut off is left out, and `notes` say so.

    Raises: RecordingError; UnknownVersion for a file of another version.
    """
    lines, notes = read_lines(path)
    return of_lines(path, lines, notes)


def of_lines(path: Path, lines: Sequence[str], notes: Sequence[str] = ()) -> Recording:
    """Read a recording from its lines; attachments lie beside `path`.

    Raises: RecordingError, UnknownVersion.
    """
    header = read_header(path, lines)
    told = list(notes)
    entries: list[RecordedEntry] = []
    for number, line in enumerate(lines[1:], start=2):
        each = entry_of(path, number, parsed(path, number, line))
        last = entries[-1].seq if entries else 0
        if each.seq <= last:
            raise _out_of_order(path, number, each.seq, last)
        entries.append(each)
    edited = [each.line for each in entries if each.edited]
    if edited:
        told.append(_edited(edited))
    return Recording(header, tuple(entries), path, tuple(told))


def read_lines(path: Path) -> tuple[list[str], list[str]]:
    """Return the lines of a JSON Lines file, and notes: that the last one is cut off, and was left out.

    Raises: RecordingError for a file that cannot be read, or is no text.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RecordingError(path, 0, error.strerror or str(error)) from error
    # Not splitlines: an envelope may hold any of the other characters that it takes for an end of line.
    *ended, rest = content.split(b"\n")
    try:
        lines = [line.decode() for line in ended]
    except UnicodeDecodeError as error:
        raise not_ours(path) from error
    if not rest:
        return lines, []
    # Nobody ended the last line: it is what was being written when the disk was full, or the power went.
    try:
        last = rest.decode()
        json.loads(last)
    except (ValueError, RecursionError) as error:
        if not lines:
            raise not_ours(path) from error
        return lines, [_truncated(len(lines) + 1)]
    return [*lines, last], []


def parsed(path: Path, number: int, line: str) -> Any:
    """Return the JSON of a line.

    Raises: RecordingError.
    """
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise unreadable(path, number, str(error)) from error


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
