"""The Ministry of Defence (Минобороны): conscript service."""

from typing import Final

from agencies.answers import Answer, Answered, Answers, Builder, Question, Rejected, day, text
from agencies.finding import Named, find_person
from agencies.world import Identity
from gateway.xml import Element

MILITARY_SERVICE: Final = "minoborony/military-service"

_service: Final = Builder("urn://mock-smev/minoborony/military-service/1.0.0")


def military_service(question: Question) -> tuple[Answer, ...]:
    """Answer a MilitaryServiceRequest; the response is empty where the person has not served."""
    content = question.content
    named = Named(
        text(content, "FamilyName"),
        text(content, "FirstName"),
        text(content, "Patronymic"),
        day(text(content, "BirthDate")),
    )
    person = find_person(question.world, named, advice="")
    if isinstance(person, Rejected):
        return (person,)
    served = question.world.military_service_of(person)
    told = (
        None
        if served is None
        else _service(
            "Service",
            [
                _service("Since", served.since),
                None if served.until is None else _service("Until", served.until),
                _service("MilitaryCard", served.card),
                _service("Commissariat", served.commissariat),
                _service("FitnessCategory", served.category),
            ],
        )
    )
    return (Answered(_service("MilitaryServiceResponse", [told])),)


def military_service_request(who: Identity) -> Element:
    """Build a MilitaryServiceRequest."""
    return _service(
        "MilitaryServiceRequest",
        [
            _service("FamilyName", who.family_name),
            _service("FirstName", who.first_name),
            None if who.patronymic is None else _service("Patronymic", who.patronymic),
            _service("BirthDate", who.birth_date),
        ],
    )


ANSWERS: Final[Answers] = {MILITARY_SERVICE: military_service}
