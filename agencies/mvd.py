"""The Ministry of Internal Affairs (МВД): passports of citizens and whether they are valid."""

from typing import Final

from agencies.answers import Answer, Answered, Answers, Builder, Question, Rejected, child, children, day, text
from agencies.records import Identity, Passport, Person
from agencies.registers import World
from gateway.xml import Element

PASSPORT_DOSSIER: Final = "mvd/passport-dossier"

_dossier: Final = Builder("urn://mvd/guvm/passport-dossier/1.1.0")


def passport_dossier(question: Question) -> tuple[Answer, ...]:
    """Answer a passportDossierRequest with every passport of the person, or reject it with NO_DATA.

    Namesakes born on one day cannot be told apart by name, so nobody's dossier is given for them.
    """
    world, content = question.world, question.content
    found = _persons(world, content)
    if len(found) != 1:
        what = "не найдено" if not found else f"найдено несколько ({len(found)}), укажите паспорт"
        return (Rejected("NO_DATA", f"Граждан с указанными данными {what}"),)
    person = found[0]
    dossiers = [_dossier("passportDossier", [_person(person), _passport(passport)]) for passport in person.passports]
    return (Answered(_dossier("passportDossierResponse", [_person(person), *dossiers])),)


def dossier_request(series: str, number: str) -> Element:
    """Build a passportDossierRequest by a passport of 4 and 6 digits."""
    asked = _dossier("passport", [_dossier("series", series), _dossier("number", number)])
    return _dossier("passportDossierRequest", [asked])


def dossier_request_by_name(who: Identity) -> Element:
    """Build a passportDossierRequest by name and birth date."""
    return _dossier("passportDossierRequest", [_person(who)])


def read_dossier(content: Element) -> tuple[Passport, ...]:
    """Read the passports of a passportDossierResponse, in its order.

    Raises: ValueError where a passport has no date of issue (its schema asks for one).
    """
    return tuple(
        _read_passport(passport)
        for dossier in children(content, "passportDossier")
        for passport in children(dossier, "passport")
    )


def _persons(world: World, content: Element) -> tuple[Person, ...]:
    passport, person = child(content, "passport"), child(content, "person")
    if passport is not None:
        holder = world.person_by_passport(text(passport, "series"), text(passport, "number"))
        return () if holder is None else (holder,)
    born = day(text(person, "birthDate"))
    if born is None:
        return ()
    return world.persons_by_name(text(person, "lastName"), text(person, "firstName"), text(person, "middleName"), born)


def _person(person: Person | Identity) -> Element:
    return _dossier(
        "person",
        [
            _dossier("lastName", person.family_name),
            _dossier("firstName", person.first_name),
            None if person.patronymic is None else _dossier("middleName", person.patronymic),
            _dossier("birthDate", person.birth_date),
        ],
    )


def _passport(passport: Passport) -> Element:
    reason = passport.invalid_because
    return _dossier(
        "passport",
        [
            _dossier("series", passport.series),
            _dossier("number", passport.number),
            _dossier("issuerCode", passport.issuer_code),
            _dossier("issuerName", passport.issuer_name),
            _dossier("issueDate", passport.issued),
            _dossier("validDoc") if reason is None else _dossier("invalidDoc", [_dossier("reason", reason)]),
        ],
    )


def _read_passport(passport: Element) -> Passport:
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
        invalid_because=None if invalid is None else text(invalid, "reason"),
    )


ANSWERS: Final[Answers] = {PASSPORT_DOSSIER: passport_dossier}
