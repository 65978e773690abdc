"""docs/reference/faults.md is made from the table of breakages."""

from collections.abc import Iterator
from typing import Final

import pytest

from gateway import words
from gateway.domain.breakages import BREAKAGES, BreakageKind, Place
from gateway.domain.disruption import FIELDS
from gateway.words import Language, speak
from tests.docs.pages import ROOT, read

PAGE: Final = ROOT / "docs" / "reference" / "faults.md"
_WHOM: Final = {
    Place.QUEUE: "who takes",
    Place.TAKING: "who takes",
    Place.ARRIVAL: "who calls",
    Place.VALIDATION: "who calls",
    Place.ANSWER: "who calls",
}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    before = words._Speaker.language
    speak(Language.ENGLISH)
    yield
    speak(before)


def breakage_table() -> str:
    """What each breakage does, whom it hits, and what a rule says of it."""
    rows = [("does", "hits", "fields", "what happens"), ("---",) * 4]
    rows += [(f"`{kind.does.value}`", _WHOM[kind.place], _fields(kind), kind.text()) for kind in BREAKAGES.values()]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _fields(kind: BreakageKind) -> str:
    return ", ".join([*(f"`{name}`" for name in kind.needs), *(f"`{name}`?" for name in kind.takes)])


def test_the_page_shows_the_breakages() -> None:
    wanted = breakage_table()
    assert wanted in read(PAGE), f"{PAGE.name} has to contain:\n\n{wanted}"


def test_the_page_shows_every_field_of_a_rule() -> None:
    assert [name for name in FIELDS if f"| `{name}` | " not in read(PAGE)] == []
