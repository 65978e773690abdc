"""Ask bodies of a region and its municipalities: requests written by hand, answers valid by their kinds' schemas."""

from typing import Any, Final

from agencies.answering import ANSWERS
from agencies.answers import Answer, Answered, Question, Rejected
from agencies.world import Person, World
from gateway import xml
from gateway.domain.participants import Participant
from gateway.xml import Element, escape
from tests.agencies.asking import AGENCY, GUID, LIBRARY, WORLD, over_the_wire

IVANOVO: Final = "24701000"
KINESHMA: Final = "24705000"
REGION: Final = "24000000"


def answer_of(kind_id: str, body: str, oktmo: str | None = IVANOVO, world: World = WORLD) -> Answer:
    """Ask the body with this code of ОКТМО; `body` is the content of the request's root."""
    kind = LIBRARY.catalogue.by_id(kind_id)
    assert kind is not None
    written = f'<{kind.request.root} xmlns="{kind.request.namespace}">{body}</{kind.request.root}>'
    request = xml.parse(written.encode())
    assert LIBRARY.violations(request) == ()
    agency = Participant("LOC001", AGENCY.name, oktmo)
    (answer,) = ANSWERS[kind_id](Question(world, request, agency, GUID))
    if isinstance(answer, Answered):
        assert kind.response is not None
        assert xml.name_of(answer.content) == (kind.response.namespace, kind.response.root)
        assert LIBRARY.violations(over_the_wire(answer.content)) == ()
    return answer


def told_by(kind_id: str, body: str, oktmo: str | None = IVANOVO, world: World = WORLD) -> Element:
    """Return the content of the answer, which must not be a rejection."""
    answer = answer_of(kind_id, body, oktmo, world)
    assert isinstance(answer, Answered), answer
    return over_the_wire(answer.content)


def refused_by(kind_id: str, body: str, oktmo: str | None = IVANOVO, world: World = WORLD) -> Rejected:
    """Return the answer, which must be a rejection."""
    answer = answer_of(kind_id, body, oktmo, world)
    assert isinstance(answer, Rejected)
    return answer


def element(name: str, value: object | None) -> str:
    """Write an element with a text; nothing for None."""
    return "" if value is None else f"<{name}>{escape(str(value))}</{name}>"


def named(person: Person, *, snils: str | None = None) -> str:
    """Write how our own kinds name a person; without a СНИЛС unless one is given."""
    fields = {
        "FamilyName": person.family_name,
        "FirstName": person.first_name,
        "Patronymic": person.patronymic,
        "BirthDate": person.birth_date,
        "Snils": snils,
    }
    return "".join(element(name, value) for name, value in fields.items())


def known(person: Person) -> str:
    """Write how our own kinds name a person who is known by a СНИЛС."""
    return named(person, snils=person.snils)


def values(content: Element | None, *names: str) -> tuple[str, ...]:
    """Return the texts of an element's children, those of these names, in document order."""
    assert content is not None
    return tuple(node.text or "" for node in content.iterchildren("*") if xml.name_of(node)[1] in names)


def oktmo(place: str = IVANOVO) -> str:
    """Write the municipality that is asked."""
    return element("Oktmo", place)


def of_case(case: str, number: int = 0) -> Person:
    return WORLD.cases()[case][number]


def world_where(**said: list[dict[str, Any]]) -> World:
    """Return a world of which fixtures say something."""
    world = World(37, WORLD.today)
    world.apply(said)
    return world
