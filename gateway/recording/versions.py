"""Recordings of earlier versions become those of this one, a step at a time."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from gateway.recording.format import Recording, of_lines, parsed, read_lines
from gateway.recording.lines import FORMAT, VERSION, UnknownVersion, dump, not_ours, unreadable
from gateway.words import say

Step = Callable[[Path, Sequence[str]], list[str]]
"""Lines of one version become lines of the next; the path is for what it raises (RecordingError)."""


def convert(path: Path) -> Recording:
    """Read a recording of this version or an earlier one.

    Raises: RecordingError; UnknownVersion for one of a later version.
    """
    lines, notes = read_lines(path)
    version = version_of(path, lines)
    if version < VERSION:
        notes.append(
            say(f"переведена из версии {version} в {VERSION}", f"converted from version {version} to {VERSION}")
        )
    while version < VERSION:
        lines = STEPS[version](path, lines)
        version += 1
    return of_lines(path, lines, notes)


def version_of(path: Path, lines: Sequence[str]) -> int:
    """Return the version of a recording; one without a header is of version 1.

    Raises: RecordingError for what is none, UnknownVersion for one that no step leads from.
    """
    first = next((line for line in lines if _is_told(line)), "")
    try:
        told = json.loads(_data(first))
    except (ValueError, RecursionError) as error:
        raise not_ours(path) from error
    if not isinstance(told, dict):
        raise not_ours(path)
    if told.get("recording") == FORMAT:
        version = told.get("version")
        if type(version) is int and (version == VERSION or version in STEPS):
            return version
        raise UnknownVersion(path, version)
    if {"seq", "event"} <= told.keys() or "entries" in told:
        return 1
    raise not_ours(path)


# --- 1: what the stream and the pages of the journal give, saved as it came -------------------------------------------


def _from_1(path: Path, lines: Sequence[str]) -> list[str]:
    """Add the header; leave out what is null, and what is there twice because pages or streams overlap."""
    entries: list[dict[str, Any]] = []
    for number, line in enumerate(lines, start=1):
        if _is_told(line):
            entries += (each for each in _entries_of(path, number, line) if each not in entries[-_OVERLAP:])
    if not entries:
        raise not_ours(path)
    last = entries[-1].get("moment")
    header = {"recording": FORMAT, "version": 2, "run": path.name, "recordedAt": last, "recordedBy": ""}
    return [dump(each).rstrip("\n") for each in (header, *entries)]


_OVERLAP: Final = 1000
"""Entries of the longest page."""


def _entries_of(path: Path, number: int, line: str) -> Iterator[dict[str, Any]]:
    told = parsed(path, number, _data(line))
    listed = told.get("entries", [told]) if isinstance(told, dict) else [told]
    for each in listed if isinstance(listed, list) else [listed]:
        if not isinstance(each, dict):
            expected = say("ожидалась запись журнала, найдено", "expected a journal entry, found")
            raise unreadable(path, number, f"{expected} {str(each)[:80]!r}")
        yield {name: value for name, value in each.items() if value is not None}


def _is_told(line: str) -> bool:
    """Tell whether a line holds data: streams have their ids and heartbeats between them (Server-Sent Events)."""
    return bool(line.strip()) and not line.startswith((":", "id:", "event:", "retry:"))


def _data(line: str) -> str:
    return line.removeprefix("data:").strip()


STEPS: Final[Mapping[int, Step]] = {1: _from_1}
"""Version -> the step to the next one."""
