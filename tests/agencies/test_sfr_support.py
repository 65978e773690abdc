"""The social fund tells of disability, social support and child allowances what the world knows."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from agencies import sfr
from agencies.answers import child, children, text
from agencies.sfr.egisso import measure_code
from agencies.sfr.months import Month
from agencies.world import Benefit, Person
from gateway import xml
from gateway.xml import Element
from tests.agencies.asking import ASKER, WORLD, ask, content_of, over_the_wire, rejection_of

TODAY = WORLD.today


# Disability


def disabled() -> Iterator[Person]:
    return (person for person in WORLD.persons if WORLD.disability_of(person))


def test_a_disability_is_that_of_the_world() -> None:
    people = list(disabled())
    assert people
    for person in people[:20]:
        found = WORLD.disability_of(person)
        assert found is not None
        on = found.since
        extract = sfr.read_disability(content_of(ask(sfr.DISABILITY, sfr.disability_request(person.snils, on))))
        assert extract == sfr.DisabilityExtract(
            found.group, found.reason, found.since, found.valid_until, found.certificate
        )


def test_a_disabled_child_has_no_group() -> None:
    parents = (minor for person in WORLD.persons for minor in WORLD.children_of(person))
    minor, found = next((who, what) for who in parents if (what := WORLD.disability_of(who)) and what.group == 0)
    content = content_of(ask(sfr.DISABILITY, sfr.disability_request(minor.snils, found.since)))
    assert text(content, "Extract", "Group") == "child"
    extract = sfr.read_disability(content)
    assert extract is not None
    assert extract.group == 0


def test_who_was_not_disabled_then_is_not_in_the_register() -> None:
    person = next(disabled())
    found = WORLD.disability_of(person)
    assert found is not None
    before = date(found.since.year - 1, 1, 1)
    rejection = rejection_of(ask(sfr.DISABILITY, sfr.disability_request(person.snils, before)))
    assert rejection.code == "NO_DATA"
    assert f"{before:%d.%m.%Y}" in rejection.description
    healthy = next(person for person in WORLD.persons if WORLD.disability_of(person) is None)
    assert rejection_of(ask(sfr.DISABILITY, sfr.disability_request(healthy.snils, TODAY))).code == "NO_DATA"


def test_an_extract_for_a_period_is_given_where_they_meet() -> None:
    person = next(disabled())
    found = WORLD.disability_of(person)
    assert found is not None
    request = over_the_wire(sfr.disability_request(person.snils, TODAY))
    period = request[-1]
    period.remove(period[0])
    namespace = xml.name_of(request)[0]
    period.append(
        xml.parse(
            f'<DocumentsOnPeriod xmlns="{namespace}"><DateFrom>{date(found.since.year - 1, 1, 1)}</DateFrom>'
            f"<DateTo>{found.since}</DateTo></DocumentsOnPeriod>".encode()
        )
    )
    assert sfr.read_disability(content_of(ask(sfr.DISABILITY, request))) is not None
    period[0][1].text = "1900-01-01"
    assert "DateFrom не позже DateTo" in rejection_of(ask(sfr.DISABILITY, request)).description


# Social support


def support_of(person: Person, begin: date, end: date) -> Element:
    request = sfr.social_support_request(person.snils, begin, end)
    told = child(content_of(ask(sfr.SOCIAL_SUPPORT, request)), "statementData")
    assert told is not None
    assert text(told, "SNILS") == person.snils
    assignments = child(told, "assignments")
    assert assignments is not None
    return assignments


def recipients() -> Iterator[Person]:
    return (person for person in WORLD.persons if WORLD.benefits_of(person))


def test_assignments_are_the_benefits_of_the_world() -> None:
    for person, _ in zip(recipients(), range(20), strict=False):
        told = [
            (
                text(item, "lmszTitle"),
                text(item, "dateStart"),
                text(item, "dateFinish"),
                Decimal(text(item, "amount")),
                text(item, "onmszTitle"),
            )
            for item in support_of(person, date(2012, 1, 1), TODAY)
        ]
        assert told == [
            (item.kind, str(item.since), str(item.until or ""), item.monthly, item.payer)
            for item in WORLD.benefits_of(person)
            if item.since <= TODAY and (item.until is None or item.until >= date(2012, 1, 1))
        ]


def test_who_gets_nothing_has_no_assignments() -> None:
    person = next(person for person in WORLD.persons if not WORLD.benefits_of(person))
    assert len(support_of(person, date(2012, 1, 1), TODAY)) == 0


def test_measures_are_chosen_by_code_and_left_out_on_request() -> None:
    person = next(recipients())
    benefit = WORLD.benefits_of(person)[0]
    request = over_the_wire(sfr.social_support_request(person.snils, benefit.since, TODAY))
    asked = request[0]
    namespace = xml.name_of(asked)[0]
    code = measure_code(benefit)[:4]
    chosen = f'<assignmentsFilter xmlns="{namespace}"><mszCodes>{code}</mszCodes></assignmentsFilter>'
    asked.insert(2, xml.parse(chosen.encode()))
    told = children(content_of(ask(sfr.SOCIAL_SUPPORT, request))[0][1], "assignment")
    assert told
    assert {text(item, "lmszTitle") for item in told} == {benefit.kind}
    asked[2][0].text = "0000"
    assert len(content_of(ask(sfr.SOCIAL_SUPPORT, request))[0][1]) == 0
    asked[1].text = "false"
    assert child(content_of(ask(sfr.SOCIAL_SUPPORT, request))[0], "assignments") is None


def test_support_of_an_unknown_person_is_no_data() -> None:
    request = sfr.social_support_request("00000000000", TODAY, TODAY)
    assert rejection_of(ask(sfr.SOCIAL_SUPPORT, request)).code == "NO_DATA"
    request = sfr.social_support_request(WORLD.person(0).snils, TODAY, date(2000, 1, 1))
    assert "beginDate не позже endDate" in rejection_of(ask(sfr.SOCIAL_SUPPORT, request)).description


# Child allowances


def mothers() -> Iterator[tuple[Person, Person, Benefit]]:
    """Yield a mother, her youngest child and the allowance that began with its birth."""
    for person in WORLD.persons:
        for minor in WORLD.children_of(person)[-1:]:
            for benefit in WORLD.benefits_of(person):
                if benefit.since == minor.birth_date:
                    yield person, minor, benefit


def allowance(mother: Person, minor: Person, begin: date, end: date) -> tuple[str, str]:
    content = content_of(ask(sfr.CHILD_ALLOWANCE, sfr.child_allowance_request(mother, minor, (begin, end), ASKER)))
    assert text(content, "child", "firstName") == minor.first_name
    assert text(content, "recipient", "snils") == mother.snils
    return text(content, "received"), text(content, "months")


def test_an_allowance_is_counted_in_months() -> None:
    mother, minor, benefit = next(found for found in mothers() if Month.of(found[2].since).after(6) < Month.of(TODAY))
    first = Month.of(benefit.since)
    begin, end = first.after(-2), first.after(2)
    assert allowance(mother, minor, date(*begin, 1), date(*end, 1)) == ("true", "3")
    assert allowance(mother, minor, date(*first.after(-3), 1), date(*begin, 1)) == ("false", "0")


def test_somebody_elses_child_gets_no_answer() -> None:
    mother, _, _ = next(mothers())
    stranger = next(minor for _, minor, _ in mothers() if minor not in WORLD.children_of(mother))
    request = sfr.child_allowance_request(mother, stranger, (TODAY, TODAY), ASKER)
    assert "нет ребёнка" in rejection_of(ask(sfr.CHILD_ALLOWANCE, request)).description
