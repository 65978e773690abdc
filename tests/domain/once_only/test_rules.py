"""Each rule lets pass what keeps the law, finds what breaks it, and is silent before its day."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final

import pytest

from gateway.domain.once_only import rule_of, rules
from gateway.domain.once_only.matter import Matter
from gateway.domain.once_only.rule import Rule
from gateway.domain.once_only.violation import Verdict, Violation
from gateway.domain.services import Level
from gateway.protocol.moments import MOSCOW
from gateway.words import Language, speak
from tests.domain.once_only.scenes import NOW, Maker, Scene, demands, scene
from tests.domain.once_only.table import BROKEN, KEPT

IDS: Final = {
    "L-7-1-1", "L-7-1-2", "L-7-1-2-REFUSE", "L-7-1-2-VOL", "L-7-1-3", "L-7-1-4", "L-7-1-5", "L-6-3", "L-7-6",
    "L-7-1-NEED", "L-7-2-DUP", "L-7-2-1-1", "L-7-2-1-2", "L-7-2-1-3", "L-7-2-1-4", "L-7-2-1-5", "L-7-2-1-6",
    "L-7-2-1-7", "L-7-2-1-8", "L-7-2-1-9", "L-7-2-3", "L-7-2-3-SPECIAL", "L-7-2-OVERDUE", "L-7-2-LIAB",
    "L-SEND-TERM", "L-TOTAL-TERM", "L-NOREQ", "L-INTAKE-PASSPORT", "L-4-CONSENT", "L-9-FEE", "L-11-COMPLAINT",
}  # fmt: skip
"""Every rule of the catalogue that a machine can check."""

AT_LOAD: Final = {"L-INTAKE-PASSPORT"}
"""Judged when passports are loaded; its cases are in test_passports.py."""

REFUSE: Final = {
    "L-7-1-1", "L-7-1-2", "L-7-1-2-REFUSE", "L-7-1-2-VOL", "L-7-1-3", "L-7-1-4", "L-7-1-5", "L-6-3", "L-7-1-NEED",
    "L-7-2-OVERDUE", "L-9-FEE", *(f"L-7-2-1-{number}" for number in range(1, 10)),
}  # fmt: skip


def rows(table: dict[str, tuple[Maker, ...]]) -> list[object]:
    return [
        pytest.param(rule, maker, id=f"{rule}-{number}")
        for rule, makers in table.items()
        for number, maker in enumerate(makers, 1)
    ]


def known(rule_id: str) -> Rule:
    rule = rule_of(rule_id)
    assert rule is not None
    return rule


def of_rule(scene: Scene, rule_id: str) -> list[Violation]:
    return [violation for violation in scene.judged() if violation.rule == rule_id]


# --- the table ----------------------------------------------------------------------------------------------------


def test_the_list_is_that_of_the_catalogue() -> None:
    ids = [rule.id for rule in rules()]
    assert len(ids) == len(set(ids)) == 31
    assert set(ids) == IDS


def test_no_rule_lacks_a_row() -> None:
    assert set(KEPT) == set(BROKEN) == IDS - AT_LOAD
    assert all(KEPT.values())
    assert all(BROKEN.values())


@pytest.mark.parametrize(("rule", "maker"), rows(dict(KEPT)))
def test_what_keeps_the_rule_passes(rule: str, maker: Maker) -> None:
    for level in Level:
        assert of_rule(maker(NOW, level), rule) == []


@pytest.mark.parametrize(("rule", "maker"), rows(dict(BROKEN)))
def test_what_breaks_the_rule_is_found(rule: str, maker: Maker) -> None:
    for level in Level:
        found = of_rule(maker(NOW, level), rule)
        assert found
        for violation in found:
            assert (violation.article, violation.severity) == (known(rule).citation(), known(rule).severity)
            assert all((violation.text, violation.expected, violation.found, violation.advice, violation.body))


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize(("rule", "maker"), rows(dict(BROKEN)))
def test_the_rule_binds_a_level_from_its_day_on(rule: str, maker: Maker, level: Level) -> None:
    first_day = known(rule).effective[level]
    if maker(NOW, level).case is None and maker(NOW, level).passport is None:
        first_day = max(known(rule).effective.values())
    midnight = datetime.combine(first_day, time(), MOSCOW)
    assert of_rule(maker(midnight, level), rule)
    before = maker(midnight - timedelta(seconds=1), level)
    assert of_rule(before, rule) == []
    # It is the date alone: the rule itself sees what is wrong.
    matter = Matter(before.case, before.passport, before.event, before.now, before.now.date())
    assert list(known(rule).violations(matter))


def test_the_ban_came_to_regions_and_municipalities_nine_months_later() -> None:
    dates = known("L-7-1-2").effective
    assert [dates[level].isoformat() for level in Level] == ["2011-10-01", "2012-07-01", "2012-07-01"]


def test_the_day_is_that_of_moscow() -> None:
    midnight = datetime.fromisoformat("2012-06-30T20:00:00+00:00")
    made = scene(demands("egrn"), midnight)
    assert made.found() == ["L-7-1-2"]
    assert replace(made, now=midnight - timedelta(microseconds=1)).found() == []


def test_a_body_of_unknown_level_is_bound_when_all_are() -> None:
    rule = known("L-7-1-2")
    assert not rule.in_force(None, date(2012, 6, 30))
    assert rule.in_force(None, date(2012, 7, 1))


# --- what a rule says of itself -----------------------------------------------------------------------------------


def test_what_can_be_refused() -> None:
    assert {rule.id for rule in rules() if rule.refuses} == REFUSE


@pytest.mark.parametrize(("rule", "maker"), rows(dict(BROKEN)))
def test_only_a_violation_refuses(rule: str, maker: Maker) -> None:
    for violation in of_rule(maker(NOW, Level.MUNICIPAL), rule):
        assert not violation.refuses or violation.verdict is Verdict.VIOLATION
        assert not violation.refuses or rule in REFUSE


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_a_rule_says_how_sure_we_are_in_both_languages(rule: Rule, language: Language) -> None:
    texts = {}
    for chosen in Language:
        speak(chosen)
        texts[chosen] = (rule.citation(), rule.title(), rule.confidence(), rule.source())
    russian, english = texts[Language.RUSSIAN], texts[Language.ENGLISH]
    assert all(russian[:3])
    assert all(one != other for one, other in zip(russian[:3], english[:3], strict=True))
    assert not any("а" <= letter.lower() <= "я" for text in english for letter in text)
    assert set(rule.effective) == set(Level)


@pytest.mark.parametrize(("rule", "maker"), rows(dict(BROKEN)))
def test_findings_are_worded_in_the_language_of_the_program(rule: str, maker: Maker, language: Language) -> None:
    speak(Language.ENGLISH)
    scene = maker(NOW, Level.MUNICIPAL)
    data = {"Росреестр", "СФР", "Казначейство", "нет печати", "нет масштаба", "истёк"}
    for violation in of_rule(scene, rule):
        for text in (violation.text, violation.expected, violation.found, violation.advice):
            for name in data:
                text = text.replace(name, "")  # noqa: PLW2901 - what is left of it
            assert not any("а" <= letter.lower() <= "я" for letter in text), text
