"""docs/reference/interaction-states.md is made from the table of transitions; the glossary knows every status."""

from typing import Final

from gateway.domain.interaction import TRANSITIONS, Event
from gateway.protocol.statuses import InteractionStatus
from tests.docs.pages import ROOT, read

PAGE: Final = ROOT / "docs" / "reference" / "interaction-states.md"
GLOSSARY: Final = ROOT / "docs" / "glossary.md"


def state_diagram() -> str:
    """What changes the state, as a Mermaid diagram: one arrow for each pair of states."""
    arrows: dict[tuple[InteractionStatus, InteractionStatus], list[str]] = {}
    for (state, event), following in _in_order_of_states():
        if following is not state:
            arrows.setdefault((state, following), []).append(event.value)
    lines = [f"    [*] --> {InteractionStatus.REQUEST_IS_QUEUED}"]
    lines += [f"    {state} --> {following}: {'<br/>'.join(events)}" for (state, following), events in arrows.items()]
    return "```mermaid\nstateDiagram-v2\n" + "\n".join(lines) + "\n```\n"


def transition_table() -> str:
    """Every transition, as a table."""
    rows = [("State", "Event", "Next state"), ("---",) * 3]
    rows += [
        (f"`{state}`", event.value, "the same" if following is state else f"`{following}`")
        for (state, event), following in _in_order_of_states()
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _in_order_of_states() -> list[tuple[tuple[InteractionStatus, Event], InteractionStatus]]:
    statuses = list(InteractionStatus)
    return sorted(TRANSITIONS.items(), key=lambda transition: statuses.index(transition[0][0]))


def test_the_page_shows_the_transitions() -> None:
    for wanted in (state_diagram(), transition_table()):
        assert wanted in read(PAGE), f"{PAGE.name} has to contain:\n\n{wanted}"


def test_the_glossary_knows_every_status() -> None:
    unknown = [status.value for status in InteractionStatus if f"`{status.value}`" not in read(GLOSSARY)]
    assert unknown == []
