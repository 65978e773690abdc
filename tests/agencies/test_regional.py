"""Regional bodies tell of the unemployed, of benefits and of licences what the world knows."""

from datetime import date

import pytest

from agencies import regional
from agencies.answers import child, children, text
from agencies.world import Benefit, Person, Unemployment, World
from tests.agencies.asking import AGENCY, WORLD
from tests.agencies.local_asking import REGION, element, known, named, of_case, refused_by, told_by, values

NEVER = next(person for person in WORLD.persons if not WORLD.unemployment_of(person))
OFTEN = next(person for person in WORLD.persons if len(WORLD.unemployment_of(person)) > 2)


def period(first: object, last: object) -> str:
    return element("PeriodFrom", first) + element("PeriodTo", last)


# Employment


def test_the_latest_registration_as_unemployed_is_told() -> None:
    ended = set()
    for person in (person for person in WORLD.persons if WORLD.unemployment_of(person)):
        last = WORLD.unemployment_of(person)[-1]
        ended.add(last.until is not None)
        told = told_by(regional.UNEMPLOYMENT, known(person), REGION)
        wanted = ("true", str(last.since), *([str(last.until)] if last.until else []), f"{last.monthly:.2f}")
        assert values(told, "Found", "Since", "Until", "MonthlyBenefit") == wanted
    assert ended == {True, False}


def test_who_was_never_unemployed_is_not_found() -> None:
    assert values(told_by(regional.UNEMPLOYMENT, known(NEVER)), "Found", "Since") == ("false",)


def szn(person: Person, asked: object = WORLD.today, snils: str | None = None) -> str:
    return (
        element("RegionCode", "37")
        + element("LastName", person.family_name)
        + element("FirstName", person.first_name)
        + element("MiddleName", person.patronymic)
        + element("Snils", snils or person.snils)
        + element("BirthDate", person.birth_date)
        + element("DateQuery", asked)
    )


def periods_told(person: Person, asked: date) -> list[tuple[str, ...]]:
    told = told_by(regional.EMPLOYMENT_SERVICE, szn(person, asked), REGION)
    found = [values(item, "Since", "Until") for item in children(told, "RegistrationAccountPeriods")]
    assert text(told, "PresenceData") == ("true" if found else "false")
    assert text(told, "DateFormationData") == str(WORLD.today)
    return found


def test_the_employment_service_tells_every_period() -> None:
    periods = WORLD.unemployment_of(OFTEN)
    assert periods_told(OFTEN, WORLD.today) == [
        (str(item.since), *([str(item.until)] if item.until else [])) for item in periods
    ]
    told = told_by(regional.EMPLOYMENT_SERVICE, szn(OFTEN), REGION)
    assert text(told, "NameOrgSZN") == periods[-1].office


def test_a_period_that_begins_or_ends_after_the_day_asked_for_is_not_known_then() -> None:
    first, second = WORLD.unemployment_of(OFTEN)[:2]
    assert first.until is not None
    assert periods_told(OFTEN, first.since) == [(str(first.since),)]
    assert periods_told(OFTEN, first.until) == [(str(first.since), str(first.until))]
    assert periods_told(OFTEN, second.since)[-1] == (str(second.since),)
    assert periods_told(OFTEN, date(1990, 1, 1)) == []


def test_an_office_that_is_not_known_is_the_body_that_answers() -> None:
    told = told_by(regional.EMPLOYMENT_SERVICE, szn(NEVER))
    assert text(told, "NameOrgSZN") == AGENCY.name

    class Nameless(World):
        def unemployment_of(self, _: Person) -> tuple[Unemployment, ...]:
            return (Unemployment(date(2012, 1, 9), WORLD.unemployment_of(OFTEN)[0].monthly),)

    told = told_by(regional.EMPLOYMENT_SERVICE, szn(NEVER), world=Nameless(37, WORLD.today))
    assert values(told, "PresenceData", "NameOrgSZN") == ("true", AGENCY.name)


def test_the_employment_service_tells_of_the_holder_of_a_snils_only() -> None:
    other = of_case("debtor")
    assert "с другими данными" in refused_by(regional.EMPLOYMENT_SERVICE, szn(OFTEN, snils=other.snils)).description
    assert refused_by(regional.EMPLOYMENT_SERVICE, szn(OFTEN, snils="00000000000")).code == "NO_DATA"


# Benefits


def benefits(person: Person, first: object, last: object, oktmo: str | None = None) -> list[tuple[str, ...]]:
    told = told_by(regional.SOCIAL_BENEFITS, element("Oktmo", oktmo) + known(person) + period(first, last), REGION)
    found = [values(item, "Kind", "Since", "Until", "MonthlySum") for item in children(told, "Benefit")]
    assert text(told, "Received") == ("true" if found else "false")
    return found


def written(item: Benefit) -> tuple[str, ...]:
    return (item.kind, str(item.since), *([str(item.until)] if item.until else []), f"{item.monthly:.2f}")


def test_every_benefit_that_was_paid_in_the_period_is_told() -> None:
    first, last, counts = date(2012, 1, 1), date(2012, 12, 31), set()
    for person in (person for person in WORLD.persons if WORLD.benefits_of(person)):
        paid = [
            item
            for item in WORLD.benefits_of(person)
            if item.since <= last and (item.until is None or item.until >= first)
        ]
        counts.add(len(paid))
        assert benefits(person, first, last) == [written(item) for item in paid]
    assert {0, 1, 2} <= counts


def test_a_benefit_counts_from_its_first_to_its_last_day() -> None:
    person, item = next(
        (person, item) for person in WORLD.persons for item in WORLD.benefits_of(person)[:1] if item.until is not None
    )
    assert item.until is not None
    assert written(item) in benefits(person, item.until, item.until)
    assert written(item) in benefits(person, item.since, item.since)
    assert written(item) not in benefits(person, "1990-01-01", "1990-12-31")


def test_benefits_are_got_where_one_lives() -> None:
    person = of_case("pensioner")
    assert person.address.oktmo == "24701000"
    assert len(benefits(person, "2012-01-01", "2012-01-01", "24701000")) == 2
    assert len(benefits(person, "2012-01-01", "2012-01-01", "24701000001")) == 2
    assert benefits(person, "2012-01-01", "2012-01-01", "24705000") == []


@pytest.mark.parametrize(("first", "last"), [("2013-01-02", "2013-01-01"), ("-0044-03-15", "2013-01-01")])
def test_a_period_that_is_none_is_refused(first: str, last: str) -> None:
    rejection = refused_by(regional.SOCIAL_BENEFITS, known(of_case("pensioner")) + period(first, last))
    assert rejection.code == "UNKNOWN_REQUEST_DESCRIPTION"
    assert "PeriodFrom не позже PeriodTo" in rejection.description


# Licences


def test_a_firm_has_its_licences() -> None:
    statuses = set()
    for firm in (firm for firm in WORLD.firms if firm.licences):
        told = told_by(regional.LICENCE, element("Inn", firm.inn), REGION)
        assert text(told, "Found") == "true"
        assert [values(item, "Number", "Activity", "Issued", "ValidUntil") for item in children(told, "Licence")] == [
            (item.number, item.activity, str(item.issued), *([str(item.valid_until)] if item.valid_until else []))
            for item in firm.licences
        ]
        status = text(child(told, "Licence"), "Status")
        statuses.add(status)
        assert status == ("Действует" if firm.ceased is None else "Прекращена")
    assert "Действует" in statuses


def test_one_licence_is_asked_for_by_its_number() -> None:
    firm = next(firm for firm in WORLD.firms if firm.licences)
    number = element("Number", firm.licences[0].number)
    assert values(told_by(regional.LICENCE, element("Inn", firm.inn) + number), "Found") == ("true",)
    other = element("Number", "ЛО-37-98-0")
    assert values(told_by(regional.LICENCE, element("Inn", firm.inn) + other), "Found") == ("false",)


@pytest.mark.parametrize(
    ("until", "ceased", "status"),
    [("2013-03-03", None, "Срок истёк"), ("2013-03-04", None, "Действует"), ("2015-01-01", "2013-03-04", "Прекращена")],
)
def test_a_licence_ends_with_its_term_or_with_the_firm(until: str, ceased: str | None, status: str) -> None:
    ogrn = WORLD.firms[0].ogrn
    held = {"number": "1", "activity": "Торговля", "issuer": "Область", "issued": "2010-01-01", "valid_until": until}
    world = World(37, WORLD.today)
    world.apply({"firm": [{"ogrn": ogrn, "licences": [held], "ceased": ceased}]})
    told = told_by(regional.LICENCE, element("Inn", WORLD.firms[0].inn), REGION, world)
    assert values(child(told, "Licence"), "ValidUntil", "Status") == (until, status)


@pytest.mark.parametrize("inn", ["0000000000", "379945132320", WORLD.firms[0].inn])
def test_who_has_no_licence_is_not_found(inn: str) -> None:
    assert not WORLD.firms[0].licences
    assert values(told_by(regional.LICENCE, element("Inn", inn)), "Found", "Licence") == ("false",)


# Whom a request names


@pytest.mark.parametrize(
    ("kind_id", "rest"),
    [(regional.UNEMPLOYMENT, ""), (regional.SOCIAL_BENEFITS, period("2012-01-01", "2012-12-31"))],
)
def test_a_snils_of_somebody_else_or_of_nobody_gets_nobodys_data(kind_id: str, rest: str) -> None:
    asked = named(of_case("debtor"), snils=of_case("unemployed").snils)
    assert "с другими данными" in refused_by(kind_id, asked + rest).description
    unknown = refused_by(kind_id, named(of_case("debtor"), snils="00000000000") + rest)
    assert unknown.code == "NO_DATA"
    assert "00000000000" in unknown.description
