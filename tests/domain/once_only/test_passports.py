"""A passport that does not split its documents as the law wants is not loaded (L-INTAKE-PASSPORT)."""

from dataclasses import replace
from datetime import date

import pytest

from gateway.domain.once_only import passport_problems
from gateway.domain.services import Document, Level
from tests.domain.once_only.scenes import EXTRACT, IDENTITY, PLAN, passport

OLD = date(2012, 7, 1)
"""Since then the rule binds municipalities."""


def codes(*documents: Document, level: Level = Level.MUNICIPAL) -> list[str]:
    return [problem.document for problem in passport_problems(passport(level, *documents))]


def test_a_split_passport_is_right() -> None:
    assert passport_problems(passport()) == ()


@pytest.mark.parametrize(
    ("document", "found"),
    [
        (replace(EXTRACT, kind=None), "'egrn' без вида сведений"),
        (replace(IDENTITY, item=None), "'id': без пункта"),
        (replace(IDENTITY, item=0), "'id': item = 0"),
        (replace(IDENTITY, item=20), "'id': item = 20"),
    ],
)
def test_a_document_that_breaks_the_split_is_told(document: Document, found: str) -> None:
    [problem] = passport_problems(passport(Level.MUNICIPAL, PLAN, document))
    assert (problem.document, problem.found) == (document.code, found)
    assert problem.expected
    assert problem.advice


@pytest.mark.parametrize("document", [replace(IDENTITY, item=1), replace(IDENTITY, item=19), PLAN])
def test_a_personal_document_cites_an_item_or_is_held_by_nobody(document: Document) -> None:
    assert codes(document) == []


@pytest.mark.parametrize(
    ("until", "since", "problems"),
    [
        (None, None, ["id"]),
        (date(2018, 1, 1), date(2018, 1, 1), []),
        (date(2018, 1, 2), date(2018, 1, 1), ["id"]),
        (date(2018, 1, 2), None, ["id"]),
        (None, date(2018, 1, 1), ["id"]),
        (date(2017, 1, 1), date(2018, 1, 1), []),
    ],
)
def test_a_document_has_one_class_on_each_date(until: date | None, since: date | None, problems: list[str]) -> None:
    fetched = replace(EXTRACT, code="id", since=since)
    assert codes(replace(IDENTITY, until=until), fetched) == problems
    assert codes(fetched, replace(IDENTITY, until=until)) == problems


def test_what_was_over_before_the_rule_is_not_judged() -> None:
    before = replace(EXTRACT, kind=None, until=OLD)
    assert codes(before) == []
    assert codes(before, level=Level.FEDERAL) == ["egrn"]
    assert codes(replace(before, until=OLD.replace(day=2))) == ["egrn"]
    assert codes(replace(EXTRACT, code="id", until=OLD), IDENTITY) == []
