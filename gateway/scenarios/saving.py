"""The recordings of runs, a file each: to be shown, drawn, compared and replayed later."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from gateway.recording.format import attachments_folder, write
from gateway.scenarios.outcome import Outcome

_UNSAFE: Final = re.compile(r"[^\w.-]+")


def save_runs(outcomes: Sequence[Outcome], folder: Path) -> Iterator[Path]:
    """Write what was recorded of each run to `folder`, in place of what an earlier run left; yield the files.

    Raises: OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    taken: set[str] = set()
    for outcome in outcomes:
        if outcome.recording is None:
            continue
        name = _free(_UNSAFE.sub("-", outcome.file.stem).strip("-") or "scenario", taken)
        path = folder / f"{name}.jsonl"
        path.unlink(missing_ok=True)
        for left in attachments_folder(path).glob("*"):
            left.unlink()
        write(outcome.recording, path)
        yield path


def _free(name: str, taken: set[str]) -> str:
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    taken.add(free)
    return free
