"""The report of a run as one page: every scenario, its steps and assertions, its sequence diagram, its last faults."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from gateway.pages import rendered
from gateway.recording.diagram import Diagram
from gateway.scenarios.outcome import Outcome
from gateway.scenarios.telling import spoken, summary_of, verdict_of, where

_TEMPLATE: Final = Path(__file__).parent / "templates" / "scenarios.html.j2"


def as_html(outcomes: Sequence[Outcome]) -> str:
    """Return the page; it loads nothing and runs nothing, and everything that came from messages is escaped."""
    return rendered(
        _TEMPLATE,
        outcomes=outcomes,
        summary=summary_of(outcomes),
        svg=_svg,
        faults=_faults,
        spoken=lambda step: spoken(each.entry for each in step.entries),
        verdict=verdict_of,
        where=where,
    )


def _svg(outcome: Outcome) -> str:
    diagram = Diagram.of(outcome.entries, names=outcome.names)
    return "" if diagram.is_empty else diagram.svg()


def _faults(outcome: Outcome) -> list[tuple[str, str]]:
    """Return (fault, explanation) of the last refusals and rejections."""
    explained = [each.entry for each in reversed(outcome.entries) if each.entry.explanation is not None]
    return [(each.fault or each.status, str(each.explanation)) for each in explained[:5]]
