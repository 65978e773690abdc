"""Recordings beside tests: played back by participants of the sandbox, or written from what crossed it."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from gateway.pytest_plugin.modes import RecordMode
from gateway.pytest_plugin.smev import Smev
from gateway.recording import format as recordings
from gateway.recording.conversation import conversation
from gateway.recording.format import Recording, RecordingError

_UNSAFE: Final = re.compile(r"[^\w.-]+")
_KNOWN: Final = ("as_provider", "file", "on_miss")
_MOST_MISSES: Final = 5


def begin(item: pytest.Item, mode: RecordMode, smev: Smev, told: Mapping[str, Any]) -> Callable[[], None]:
    """Play the test's recording back if `mode` says so; return what is to be done when the test has passed.

    That writes the recording, or fails the test for requests that no recorded exchange answered, with the nearest ones
    that were recorded. `told` are the arguments of the mark.

    Raises: pytest.fail.Exception when there is nothing to play, or it cannot be played.
    """
    unknown = told.keys() - set(_KNOWN)
    if unknown:
        pytest.fail(f"smev_recording: expected any of {', '.join(_KNOWN)}, found {', '.join(sorted(unknown))}", False)
    path = item.path.parent / (told.get("file") or _default(item))
    if mode is RecordMode.ALL or (mode is RecordMode.ONCE and not path.is_file()):
        return lambda: _write(smev, path)
    if not path.is_file():
        pytest.fail(f"no recording {path}; record it: pytest --smev-record once", False)
    recording = _read(path)
    providers = tuple(told.get("as_provider") or _providers(recording))
    smev.replay(recording, providers, on_miss=str(told.get("on_miss", "no-data")))
    return lambda: _fail_for_misses(smev, providers)


def _default(item: pytest.Item) -> Path:
    return Path("recordings") / item.path.stem / f"{_UNSAFE.sub('-', item.name).strip('-')}.jsonl"


def _read(path: Path) -> Recording:
    try:
        return recordings.read(path)
    except RecordingError as error:
        pytest.fail(str(error), False)


def _providers(recording: Recording) -> tuple[str, ...]:
    """Return whoever answered, in order of appearance."""
    return tuple(dict.fromkeys(each.provider for each in conversation(recording.entries).exchanges if each.answers))


def _write(smev: Smev, path: Path) -> None:
    """Write what crossed the sandbox, in place of what stands there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = smev.recording().decode().split("\n")
    new = path.with_name(path.name + ".new")
    new.write_text("\n".join(lines), encoding="utf-8")
    recording = recordings.read(new)
    folder = recordings.attachments_folder(path)
    for entry in recording.entries:
        for position, attachment in enumerate(entry.attachments):
            folder.mkdir(exist_ok=True)
            content = smev.attachment(entry.entry.message_id, position)
            (folder / attachment.sha256).write_bytes(content)
    new.replace(path)


def _fail_for_misses(smev: Smev, providers: tuple[str, ...]) -> None:
    missed = [
        f"{mnemonic}: {miss['explanation']}" + "".join(f"\n    {_told(each)}" for each in miss["differences"])
        for mnemonic in providers
        for miss in smev.admin(f"/replays/{mnemonic}")["misses"]
    ]
    if missed:
        pytest.fail("not in the recording:\n" + "\n".join(missed[:_MOST_MISSES]), False)


def _told(difference: Mapping[str, Any]) -> str:
    return f"{difference['path']}: {json.dumps(difference['old'], ensure_ascii=False)} → " + json.dumps(
        difference["new"], ensure_ascii=False
    )
