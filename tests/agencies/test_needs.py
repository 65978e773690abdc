"""A body asks for what its services need on behalf of an application: every kind of the services' passports."""

from collections.abc import Iterator
from datetime import date
from typing import Final

import pytest

from agencies import fns
from agencies.answering import ANSWERS
from agencies.answers import Answered, Rejected
from agencies.applications import Application, read_application, write_application
from agencies.needs import NEEDS, Asking
from agencies.simulation.applicants import Applicants, Filing
from agencies.world import World
from gateway import xml
from gateway.domain.services import ServicePassport
from gateway.library.passports import load_passports
from gateway.protocol.messages import MessageType
from tests.agencies.asking import ASKER, GUID, LIBRARY, SCHEMAS, ask, over_the_wire

_IVANOVO: Final = "24701000"
_SPRING: Final = date(2013, 3, 1)
_LATER: Final = date(2021, 3, 1)
"""When registers of civil acts, of disabled people and of guardians hold what people brought before."""
_TRIES: Final = 40
PASSPORTS: Final = load_passports(library=LIBRARY, shipped=SCHEMAS.parent / "agencies" / "services")
WORLDS: Final = {day: World(37, day) for day in (_SPRING, _LATER)}

SERVED: Final = {
    "egrz/expert-conclusion", "ffoms/medical-services", "fns/egrip", "fns/egrul", "fns/headcount", "fns/ndfl2",
    "fns/separate-division", "fns/tax-debt", "fsrar/alcohol-licence", "fssp/enforcement", "gisjkh/utility-debt",
    "mchs/fire-safety-conclusion", "minoborony/military-service", "municipality/building-permit",
    "municipality/commissioning-permit", "municipality/guardianship", "municipality/house-book",
    "municipality/household-book", "municipality/housing-queue", "municipality/land-act", "municipality/land-plan",
    "municipality/privatisation", "municipality/property-register", "municipality/school", "municipality/social-hire",
    "mvd/convictions", "mvd/convictions-giac", "mvd/living-place-registration", "mvd/passport-dossier", "mvd/vehicles",
    "region/licence", "region/social-benefits", "region/unemployment", "rosobrnadzor/licence",
    "rospotrebnadzor/sanitary-conclusion", "rosreestr/cadastre-and-rights", "rosreestr/egrn-statement",
    "sfr/child-allowance", "sfr/disability", "sfr/insurance-settlements", "sfr/not-insured",
    "sfr/payments-for-period", "sfr/snils-by-additional-data", "sfr/work-fact", "treasury/payments",
    "zags/act-record", "zags/birth", "zags/death", "zags/marriage",
}  # fmt: skip
"""The kinds of the inter-agency documents of the 65 regional and 28 municipal services, then and now."""


def needed(passport: ServicePassport, day: date) -> set[str]:
    return {document.kind or "" for document in passport.to_fetch(day)}


def applications_for(kind: str) -> Iterator[tuple[Application, date]]:
    """People and firms apply for every service that needs the kind."""
    for day, world in WORLDS.items():
        applicants = Applicants(world, seed=1)
        for passport in PASSPORTS:
            if kind in needed(passport, day):
                for number in range(_TRIES):
                    filing = Filing(f"37-2013-{passport.code}-{number}", passport, _IVANOVO)
                    yield applicants.apply(filing, day), day


def asking(application: Application, day: date = _SPRING) -> Asking:
    return Asking(application, GUID, ASKER, day)


def test_these_are_the_kinds_of_all_services() -> None:
    assert {kind for day in WORLDS for passport in PASSPORTS for kind in needed(passport, day)} == SERVED
    assert NEEDS.keys() >= SERVED


@pytest.mark.parametrize("kind", sorted(SERVED))
def test_a_body_asks_for_it_and_the_holder_tells_of_the_applicant(kind: str) -> None:
    asked = 0
    for application, day in applications_for(kind):
        content = NEEDS[kind].request(asking(application, day))
        if content is None:
            continue
        asked += 1
        told_to = LIBRARY.catalogue.by_request(MessageType.of(content))
        assert told_to is not None
        assert told_to.id == kind
        assert LIBRARY.violations(over_the_wire(content)) == ()
        if kind in ANSWERS:
            final = ask(kind, content, WORLDS[day])[-1]
            if isinstance(final, Rejected):
                assert (kind, final.code) == ("sfr/disability", "NO_DATA")
            else:
                assert isinstance(final, Answered)
        if asked == 5:
            break
    assert asked == 5


@pytest.mark.parametrize("kind", ["fns/egrip", "sfr/snils-by-additional-data", "sfr/work-fact", "zags/birth"])
def test_the_answer_names_whoever_applied(kind: str) -> None:
    application, day = next(
        (application, day)
        for application, day in applications_for(kind)
        if NEEDS[kind].request(asking(application, day)) is not None
    )
    content = NEEDS[kind].request(asking(application, day))
    assert content is not None
    final = ask(kind, content, WORLDS[day])[-1]
    assert isinstance(final, Answered)
    assert application.applicant.family_name in xml.source(final.content).decode()


def test_what_an_application_does_not_name_is_not_asked_for() -> None:
    bare = Application("37-1", "M01", "Услуга", _IVANOVO, "95000001628", WORLDS[_SPRING].person(0).identity)
    unasked = {kind for kind in SERVED if NEEDS[kind].request(asking(bare)) is None}
    assert {"fns/egrul", "fns/egrip", "rosreestr/egrn-statement", "municipality/school", "zags/death"} <= unasked
    assert {"treasury/payments", "sfr/work-fact", "mvd/vehicles", "region/unemployment"} & unasked == set()


@pytest.mark.parametrize("day", WORLDS)
def test_an_application_is_read_as_it_was_written(day: date) -> None:
    applicants = Applicants(WORLDS[day], seed=1, own_initiative_percent=30)
    read = set()
    for passport in PASSPORTS:
        application = applicants.apply(Filing(f"37-{passport.code}", passport, _IVANOVO), day)
        written = over_the_wire(write_application(application))
        assert LIBRARY.violations(written) == ()
        assert read_application(written) == application
        read.add(application.service_code)
    assert len(read) == 93


def test_whoever_owes_taxes_or_has_a_dead_firm_is_objected_to() -> None:
    application = Application("37-1", "M01", "Услуга", _IVANOVO, "95000001628", WORLDS[_SPRING].person(0).identity)
    ceased = next(firm for firm in WORLDS[_SPRING].firms if firm.ceased is not None)
    answer = ask(fns.EGRUL, fns.egrul_request(ceased.ogrn, GUID, "37-1"), WORLDS[_SPRING])[-1]
    assert isinstance(answer, Answered)
    assert "прекратила деятельность" in (NEEDS[fns.EGRUL].objection(application, answer.content) or "")
    debtor = next(firm for firm in WORLDS[_SPRING].firms if firm.tax_debt > 0)
    told = ask(fns.TAX_DEBT, fns.tax_debt_request(debtor.inn, GUID, ASKER, _SPRING), WORLDS[_SPRING])[-1]
    assert isinstance(told, Answered)
    assert NEEDS[fns.TAX_DEBT].objection(application, told.content) == "имеется задолженность по налогам"
