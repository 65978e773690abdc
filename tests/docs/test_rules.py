"""docs/reference/rules.md is made from the list of rules."""

from collections.abc import Iterator
from typing import Final

import pytest

from gateway import words
from gateway.domain.once_only import rules
from gateway.domain.once_only.rule import Rule
from gateway.domain.services import Level
from gateway.words import Language, speak
from tests.docs.pages import ROOT, read

PAGE: Final = ROOT / "docs" / "reference" / "rules.md"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    before = words._Speaker.language
    speak(Language.ENGLISH)
    yield
    speak(before)


def rule_table() -> str:
    """What each rule says and what becomes of a message that breaks it."""
    rows = [("Rule", "Article", "What it says", "Finding", "Refuses", "In force"), ("---",) * 6]
    rows += [
        (f"`{rule.id}`", rule.citation(), rule.title(), f"{rule.verdict}, {rule.severity}", _yes(rule), _dates(rule))
        for rule in rules()
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def confidence_table() -> str:
    """How sure we are of each rule."""
    rows = [("Rule", "Confidence", "Source"), ("---",) * 3]
    rows += [(f"`{rule.id}`", rule.confidence(), rule.source() or "none") for rule in rules()]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _yes(rule: Rule) -> str:
    return "yes" if rule.refuses else "no"


def _dates(rule: Rule) -> str:
    if len(set(rule.effective.values())) == 1:
        return rule.effective[Level.FEDERAL].isoformat()
    return ", ".join(f"{level} {day.isoformat()}" for level, day in rule.effective.items())


def test_the_page_shows_the_rules() -> None:
    for wanted in (rule_table(), confidence_table()):
        assert wanted in read(PAGE), f"{PAGE.name} has to contain:\n\n{wanted}"
