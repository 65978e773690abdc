"""A sequence diagram as one page: the picture, the Mermaid text, a table of the entries with their envelopes."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.pages import rendered
from gateway.protocol import moments
from gateway.protocol.messages import MessageType
from gateway.recording.diagram.steps import FAILURES, Drawing, clean, lane_of
from gateway.recording.format import RecordedEntry
from gateway.words import say

_TEMPLATE: Final = Path(__file__).parent / "templates" / "diagram.html.j2"
_EXCERPT: Final = 4_000
"""Bytes of an envelope that the page shows."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One entry as the table shows it."""

    seq: int
    moment: str
    event: str
    participant: str
    counterpart: str
    root: str
    message_id: str
    result: str
    failed: bool
    explanation: str
    envelope: str
    cut: bool


def as_page(drawing: Drawing, *, svg: str, mermaid: str) -> str:
    """Return the page; everything that came from messages is escaped."""
    return rendered(
        _TEMPLATE,
        title=drawing.title or say("Диаграмма последовательности", "Sequence diagram"),
        svg=svg,
        mermaid=mermaid,
        rows=list(_rows(drawing)),
        omitted=drawing.omitted,
    )


def _rows(drawing: Drawing) -> Iterator[_Row]:
    failures = {step.seq for step in drawing.steps if step.look in FAILURES}
    for each in drawing.entries:
        entry = each.entry
        envelope = _readable((entry.envelope or b"")[:_EXCERPT])
        yield _Row(
            seq=each.seq,
            moment=moments.write(entry.moment),
            event=" ".join(filter(None, (entry.event.value, clean(entry.operation)))),
            participant=clean(entry.participant) or lane_of(""),
            counterpart=clean(entry.counterpart),
            root=clean(MessageType.from_tag(entry.message_type).root),
            message_id=clean(entry.message_id),
            result=" · ".join(filter(None, (clean(entry.status), clean(entry.fault)))),
            failed=each.seq in failures,
            explanation="" if entry.explanation is None else _readable(str(entry.explanation).encode(errors="replace")),
            envelope=envelope,
            cut=_is_cut(each),
        )


def _is_cut(recorded: RecordedEntry) -> bool:
    return len(recorded.entry.envelope or b"") > _EXCERPT


def _readable(text: bytes) -> str:
    """Return bytes as text that a page can hold: lines stay, other characters that cannot be shown do not."""
    decoded = text.decode("utf-8", "replace")
    return "".join(each if each.isprintable() or each in "\n\t" else "\N{REPLACEMENT CHARACTER}" for each in decoded)
