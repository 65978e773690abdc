"""Registration of citizens at a place of living and at a place of staying."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from agencies.answers import Answer, Answered, Builder, Question, child, day, text
from agencies.world import Address, Identity, Person, Registration, World
from gateway.xml import Element

LIVING_PLACE: Final = "mvd/living-place-registration"
STAYING_PLACE: Final = "mvd/staying-place-registration"

REGION: Final = "Ивановская область"

_living: Final = Builder("urn://mvd/guvm/living-place-registration/1.1.0")
_staying: Final = Builder("urn://mvd/guvm/staying-place-registration/1.1.0")
_common: Final = Builder("urn://mvd/guvm/registration-commons/1.2.0")
_basic: Final = Builder("urn://mvd/guvm/basic-types/1.2.0")


@dataclass(frozen=True, slots=True)
class Registered:
    """Where a person is registered, as an answer says; `until` is told of a place of staying only."""

    address: str
    since: date | None
    until: date | None


def living_place(question: Question) -> tuple[Answer, ...]:
    """Answer a livingPlaceRegistrationRequest with the registration in force, or with notFoundRegistration."""
    found = _registration(question, "living")
    told = _living("notFoundRegistration") if found is None else _living("registrationInfo", _registered(found))
    return (Answered(_living("livingPlaceRegistrationResponse", [told])),)


def staying_place(question: Question) -> tuple[Answer, ...]:
    """Answer a stayingPlaceRegistrationRequest with the registration in force, or with notFoundRegistration."""
    found = _registration(question, "staying")
    if found is None:
        told = _staying("notFoundRegistration")
    else:
        until = None if found.until is None else _staying("registrationDateTo", found.until)
        told = _staying("registrationInfo", [*_registered(found), until])
    return (Answered(_staying("stayingPlaceRegistrationResponse", [told])),)


def living_place_request(who: Identity, passport_issued: date) -> Element:
    """Build a livingPlaceRegistrationRequest about a citizen by passport; its day of issue must be told."""
    return _living("livingPlaceRegistrationRequest", _asked(who, passport_issued))


def staying_place_request(who: Identity, passport_issued: date) -> Element:
    """Build a stayingPlaceRegistrationRequest about a citizen by passport; its day of issue must be told."""
    return _staying("stayingPlaceRegistrationRequest", _asked(who, passport_issued))


def read_registration(content: Element) -> Registered | None:
    """Read the response of either kind; None when it says that there is no registration."""
    told = child(content, "registrationInfo")
    if told is None:
        return None
    return Registered(
        address=text(told, "unstructuredAddress"),
        since=day(text(told, "registrationDateFrom")),
        until=day(text(told, "registrationDateTo")),
    )


def _registration(question: Question, kind: Literal["living", "staying"]) -> Registration | None:
    person = _whom(question.world, question.content)
    today = question.world.today
    in_force = [
        registration
        for registration in (person.registrations if person else ())
        if registration.kind == kind
        and registration.since is not None
        and registration.since <= today
        and (registration.until is None or registration.until >= today)
    ]
    return in_force[-1] if in_force else None


def _whom(world: World, content: Element) -> Person | None:
    """Return who has both the name and the document; the document's day of issue is not compared."""
    who, document = child(content, "personInfo"), child(content, "document")
    paper = None if document is None else next(document.iterchildren("*"), None)
    born = day(text(who, "birthDate"))
    if born is None or not text(paper, "number"):
        return None
    holder = world.person_by_document(text(paper, "series"), text(paper, "number"))
    names = text(who, "lastName"), text(who, "firstName"), text(who, "middleName")
    return holder if holder in world.persons_by_name(*names, born) else None


def _registered(registration: Registration) -> list[Element | None]:
    address = registration.address
    return [
        _common("regionOktmo", _region_code(address)) if address.oktmo else None,
        _common("district", address.district) if address.district else None,
        _common("settlement", address.town),
        _common("street", address.street),
        _common("house", address.house),
        _common("flat", address.flat) if address.flat else None,
        _common("region", REGION),
        _common("registrationDateFrom", registration.since),
        _common("unstructuredAddress", str(address)),
    ]


def _region_code(address: Address) -> str:
    """Return the ОКТМО code of the region that an address lies in: two digits that count, six that do not."""
    return f"{address.oktmo[:2]}000000"


def _asked(who: Identity, passport_issued: date) -> list[Element | None]:
    names = [
        _basic("lastName", who.family_name),
        _basic("firstName", who.first_name),
        None if who.patronymic is None else _basic("middleName", who.patronymic),
        _common("birthDate", who.birth_date),
    ]
    passport: list[Element | None] = [
        _basic("series", who.passport_series),
        _basic("number", who.passport_number),
        _basic("issueDate", passport_issued),
    ]
    return [_common("personInfo", names), _common("document", [_common("russianPassport", passport)])]
