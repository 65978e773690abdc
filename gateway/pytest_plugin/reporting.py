"""What the report of a failed test says of the sandbox: the sequence of messages, and the last faults explained."""

import re
from pathlib import Path
from typing import Any, Final

import pytest

from gateway.client.admin import AdminRefused, NoSandbox
from gateway.protocol.faults import Explanation
from gateway.pytest_plugin.smev import Smev
from gateway.recording.format import explanation_of

_FAULTS: Final = 5
_UNSAFE: Final = re.compile(r"[^\w.-]+")


def sections(smev: Smev, item: pytest.Item, folder: Path | None) -> list[tuple[str, str]]:
    """Return the sections of the report; with `folder` the diagram is written there as a page, too."""
    try:
        told = [("SMEV: sequence of messages (Mermaid)", smev.diagram())]
        faults = [_fault(entry) for entry in smev.admin(f"/refusals?limit={_FAULTS}")["explanations"]]
        if faults:
            told.append(("SMEV: last faults, newest first", "\n".join(faults)))
        if folder is not None:
            told.append(("SMEV: sequence diagram", str(_write(smev, item, folder))))
    except (AdminRefused, NoSandbox, OSError) as error:
        return [("SMEV", f"nothing to show: {error}")]
    return told


def _fault(entry: dict[str, Any]) -> str:
    told = entry.get("explanation")
    explanation: Explanation | str = "" if told is None else explanation_of(told)
    return f"{entry['participant']}: {entry['operation']} {entry['fault']} {entry['messageId']}\n    {explanation}"


def _write(smev: Smev, item: pytest.Item, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / f"{_UNSAFE.sub('-', item.nodeid).strip('-')}.html"
    page.write_text(smev.diagram("html"), encoding="utf-8")
    return page
