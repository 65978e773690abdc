"""The cadastre and the register of rights, as SMEV 2 asked them: about an object, or about a person's rights."""

from collections.abc import Iterable
from typing import Final

from agencies.answers import Answer, Answered, Builder, InProgress, Question, Rejected, day, text
from agencies.finding import Named, find_person, inside, text_inside
from agencies.rosreestr.orders import ACCEPTED, Holder, holders_of, request_number
from agencies.world import Estate, Person, World
from gateway.xml import Element

CADASTRE_AND_RIGHTS: Final = "rosreestr/cadastre-and-rights"

ABOUT_PERSONS: Final = frozenset({"SUBJECT_RIGHTS", "SUBJECT_RIGHTS_HISTORY", "INCAPACITY_OWNER_RIGHTS"})
"""Values of requestType that are about the rights of a person; the others are about an object."""

_ABOUT_PARCELS: Final = "PARCEL_"

_cadastre: Final = Builder("http://portal.rosreestr.ru/")


def cadastre_and_rights(question: Question) -> tuple[Answer, ...]:
    """Answer a CreateRequest: first the number that it got here, then the objects or a rejection."""
    content = question.content
    kind = text_inside(content, "requestType")
    if not kind:
        return (Rejected("UNKNOWN_REQUEST_DESCRIPTION", "Укажите вид запроса в элементе requestType"),)
    found = _rights_of_person(question) if kind in ABOUT_PERSONS else _object(question, kind)
    if isinstance(found, Rejected) and found.code == "UNKNOWN_REQUEST_DESCRIPTION":
        return (found,)
    number = request_number(question.message_id, kind)
    return InProgress(ACCEPTED, number), found if isinstance(found, Rejected) else _final(question.world, number, found)


def cadastre_request(kind: str, cadastral_number: str) -> Element:
    """Build a CreateRequest of the Ivanovo region about an object; `kind` is a requestType."""
    return _request(kind, _cadastre("cadastralNumber", cadastral_number))


def rights_request(kind: str, person: Person) -> Element:
    """Build a CreateRequest of the Ivanovo region about a person; `kind` is one of ABOUT_PERSONS."""
    return _request(kind, _cadastre("subject", _names(person)))


def _request(kind: str, about: Element) -> Element:
    bean = _cadastre("createRequestBean", [_cadastre("oktmo", "24000000"), _cadastre("requestType", kind)])
    return _cadastre("CreateRequest", [bean, about])


def _object(question: Question, kind: str) -> tuple[Estate, ...] | Rejected:
    number = text_inside(question.content, "cadastralNumber")
    if not number:
        wanted = "Файл запроса не читается: укажите кадастровый номер в элементе cadastralNumber"
        return Rejected("UNKNOWN_REQUEST_DESCRIPTION", wanted)
    estate = question.world.estate(number)
    if estate is None or (kind.startswith(_ABOUT_PARCELS) and estate.kind != "parcel"):
        what = "земельного участка" if kind.startswith(_ABOUT_PARCELS) else "объекта"
        return Rejected("NO_DATA", f"В ГКН и ЕГРП нет {what} с кадастровым номером {number}")
    return (estate,)


def _rights_of_person(question: Question) -> tuple[Estate, ...] | Rejected:
    subject = inside(question.content, "subject")
    named = Named(
        text(subject, "familyName"),
        text(subject, "firstName"),
        text(subject, "patronymic"),
        day(text(subject, "birthDate")),
    )
    person = find_person(question.world, named, advice="")
    return person if isinstance(person, Rejected) else question.world.estates_of(person)


def _final(world: World, number: str, estates: Iterable[Estate]) -> Answer:
    told = [_cadastre("requestNumber", number), _cadastre("orderStatus", "PROCESSED")]
    return Answered(_cadastre("CreateRequestResponse", [*told, *(_described(world, estate) for estate in estates)]))


def _described(world: World, estate: Estate) -> Element:
    return _cadastre(
        "object",
        [
            _cadastre("cadastralNumber", estate.cadastral_number),
            _cadastre("objectType", estate.kind),
            _cadastre("address", str(estate.address)),
            _cadastre("purpose", estate.purpose) if estate.purpose else None,
            _cadastre("landCategory", estate.category) if estate.category else None,
            _cadastre("area", f"{estate.area:.1f}"),
            _cadastre("cadastralValue", f"{estate.value:.2f}"),
            *(_right(holder) for holder in holders_of(world, estate)),
        ],
    )


def _right(holder: Holder) -> Element:
    person = holder.person
    return _cadastre(
        "right",
        [
            _cadastre("rightType", holder.kind),
            None if holder.share is None else _cadastre("share", holder.share),
            _cadastre("registrationNumber", holder.number),
            _cadastre("registrationDate", holder.registered),
            _cadastre("organization", holder.name) if person is None else _cadastre("person", _names(person)),
        ],
    )


def _names(person: Person) -> list[Element | None]:
    return [
        _cadastre("familyName", person.family_name),
        _cadastre("firstName", person.first_name),
        None if person.patronymic is None else _cadastre("patronymic", person.patronymic),
        _cadastre("birthDate", person.birth_date),
    ]
