"""The ministry of defence tells of conscript service what the world knows."""

from dataclasses import replace
from datetime import date

from agencies import minoborony
from agencies.answers import child, text
from agencies.world import Person
from gateway.xml import Element
from tests.agencies.asking import WORLD, ask, content_of, rejection_of
from tests.agencies.namesakes import NAMESAKES, is_alone


def service_of(person: Person) -> Element | None:
    request = minoborony.military_service_request(person.identity)
    return child(content_of(ask(minoborony.MILITARY_SERVICE, request)), "Service")


def test_service_is_that_of_the_world() -> None:
    served = [person for person in WORLD.persons if WORLD.military_service_of(person) and is_alone(person)]
    assert served
    for person in served[:20]:
        service = WORLD.military_service_of(person)
        assert service is not None
        told = service_of(person)
        assert [text(told, name) for name in ("Since", "Until", "MilitaryCard", "Commissariat", "FitnessCategory")] == [
            str(service.since),
            str(service.until or ""),
            service.card,
            service.commissariat,
            service.category,
        ]


def test_who_has_not_served_has_no_service() -> None:
    person = next(item for item in WORLD.persons if not WORLD.military_service_of(item) and is_alone(item))
    assert service_of(person) is None


def test_nobody_and_namesakes_get_no_data() -> None:
    who = WORLD.person(0).identity
    unknown = minoborony.military_service_request(replace(who, birth_date=date(1901, 1, 1)))
    assert "не найдено" in rejection_of(ask(minoborony.MILITARY_SERVICE, unknown)).description
    namesakes = ask(minoborony.MILITARY_SERVICE, minoborony.military_service_request(who), NAMESAKES)
    assert "несколько (2)" in rejection_of(namesakes).description
