"""Passports of citizens and whether they are valid."""

from datetime import date
from typing import Final

from agencies.answers import Answer, Answered, Builder, Question, Rejected, child, children, day, text
from agencies.finding import Named, find_person
from agencies.world import Identity, Passport, Person, World
from gateway.xml import Element

PASSPORT_DOSSIER: Final = "mvd/passport-dossier"

REPLACED: Final = "602"
"""invalidityReason: the passport was replaced by a new one."""

_dossier: Final = Builder("urn://mvd/guvm/passport-dossier/1.1.0")
_basic: Final = Builder("urn://mvd/guvm/basic-types/1.1.0")
_validity: Final = Builder("urn://mvd/guvm/passport-validity-commons/1.1.0")


def passport_dossier(question: Question) -> tuple[Answer, ...]:
    """Answer a passportDossierRequest with every passport of the person, or reject it with NO_DATA.

    Namesakes born on one day cannot be told apart by name, so nobody's dossier is given for them.
    """
    person = _whom(question.world, question.content)
    if isinstance(person, Rejected):
        return (person,)
    if not person.passports:
        return (Rejected("NO_DATA", "Паспортов гражданина РФ у этого лица нет"),)
    gender = _dossier("gender", "M" if person.sex == "male" else "F")
    told = _dossier("person", [*_names(person), _dossier("birthDate", person.birth_date), gender])
    replaced = [passport.issued for passport in person.passports[1:]]
    dossiers = [
        _of_passport(person, passport, until)
        for passport, until in zip(person.passports, [*replaced, _last_day(person)], strict=True)
    ]
    return (Answered(_dossier("passportDossierResponse", [told, *dossiers])),)


def dossier_request(series: str, number: str) -> Element:
    """Build a passportDossierRequest by a passport of 4 and 6 digits."""
    asked = _dossier("passport", [_basic("series", series), _basic("number", number)])
    return _dossier("passportDossierRequest", [asked])


def dossier_request_by_name(who: Identity) -> Element:
    """Build a passportDossierRequest by name and birth date."""
    asked = _dossier("person", [*_names(who), _basic("birthDate", who.birth_date)])
    return _dossier("passportDossierRequest", [asked])


def read_dossier(content: Element) -> tuple[Passport, ...]:
    """Read the passports of a passportDossierResponse, in its order.

    Raises: ValueError where a passport has no date of issue (its schema asks for one).
    """
    return tuple(
        _read_passport(passport, text(dossier, "comment"))
        for dossier in children(content, "passportDossier")
        for passport in children(dossier, "passport")
    )


def _whom(world: World, content: Element) -> Person | Rejected:
    passport, person = child(content, "passport"), child(content, "person")
    if passport is not None:
        holder = world.person_by_passport(text(passport, "series"), text(passport, "number"))
        return holder or Rejected("NO_DATA", "Граждан с указанными данными не найдено")
    named = Named(
        text(person, "lastName"), text(person, "firstName"), text(person, "middleName"), day(text(person, "birthDate"))
    )
    return find_person(world, named, advice=", укажите паспорт")


def _names(who: Person | Identity) -> list[Element | None]:
    return [
        _basic("lastName", who.family_name),
        _basic("firstName", who.first_name),
        None if who.patronymic is None else _basic("middleName", who.patronymic),
    ]


def _last_day(person: Person) -> date:
    return person.passports[-1].issued if person.death is None else person.death.died


def _of_passport(person: Person, passport: Passport, until: date) -> Element:
    reason = passport.invalid_because
    invalid = [_validity("invalidityReason", _code(reason or "")), _validity("invalidityDate", until)]
    told = _dossier(
        "passport",
        [
            _basic("series", passport.series),
            _basic("number", passport.number),
            _dossier("issuerCode", passport.issuer_code),
            _dossier("issuerName", passport.issuer_name),
            _dossier("issueDate", passport.issued),
            _dossier("validDoc") if reason is None else _dossier("invalidDoc", list(invalid)),
        ],
    )
    comment = None if reason is None else _dossier("comment", reason)
    return _dossier("passportDossier", [_dossier("person", _names(person)), told, comment])


def _code(reason: str) -> str:
    """Return the published code of a reason; what is not told apart by a word of it counts as replaced."""
    words = {"срок": "601", "нарушен": "603", "розыск": "604", "изъят": "605", "смерт": "606", "утра": "609"}
    return next((code for word, code in words.items() if word in reason.casefold()), REPLACED)


def _read_passport(passport: Element, comment: str) -> Passport:
    issued = day(text(passport, "issueDate"))
    if issued is None:
        raise ValueError(f"expected a date in issueDate, found {text(passport, 'issueDate')!r}")
    invalid = child(passport, "invalidDoc")
    return Passport(
        series=text(passport, "series"),
        number=text(passport, "number"),
        issuer_code=text(passport, "issuerCode"),
        issuer_name=text(passport, "issuerName"),
        issued=issued,
        invalid_because=None if invalid is None else comment or f"код {text(invalid, 'invalidityReason')}",
    )
