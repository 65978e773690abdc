"""Insurance numbers (СНИЛС): which one a person has, and whether a number is that of a person."""

from typing import Final

from agencies.answers import Answer, Answered, Builder, Question, Rejected, children, text
from agencies.finding import Named, find_insured, find_person
from agencies.sfr.insured import gender, named_in, names, smev
from agencies.world import Identity, Passport, Person, World
from agencies.world.records import Sex
from gateway import xml
from gateway.xml import Element

SNILS_BY_ADDITIONAL_DATA: Final = "sfr/snils-by-additional-data"
SNILS_BY_DATA: Final = "sfr/snils-by-data"
SNILS_VALIDATION: Final = "sfr/snils-validation"

_additional: Final = Builder("http://kvs.pfr.com/snils-by-additionalData/1.0.1")
_by_data: Final = Builder("http://kvs.pfr.com/snils-by-data/1.1.2")
_validation: Final = Builder("http://kvs.pfr.com/snils-validation/1.0.1")


def snils_by_additional_data(question: Question) -> tuple[Answer, ...]:
    """Answer a SnilsByAdditionalDataRequest; a document tells namesakes apart, and must be the person's."""
    content = question.content
    document = _document(content)
    if document is None:
        person = find_person(question.world, named_in(content), advice=", укажите документ")
    else:
        person = _holder(question.world, named_in(content), document)
    person = _of_sex(person, text(content, "Gender"))
    if isinstance(person, Rejected):
        return (person,)
    told = [
        *names(person),
        _additional("Snils", person.snils),
        _additional("BirthDate", person.birth_date),
        _additional("Gender", gender(person.sex)),
    ]
    return (Answered(_additional("SnilsByAdditionalDataResponse", told)),)


def snils_by_data(question: Question) -> tuple[Answer, ...]:
    """Answer a SnilsByDataRequest, which cannot tell namesakes apart."""
    content = question.content
    person = find_person(question.world, named_in(content), advice=", запросите с данными документа")
    person = _of_sex(person, text(content, "Gender"))
    if isinstance(person, Rejected):
        return (person,)
    told = [
        *names(person),
        _by_data("Snils", person.snils),
        _by_data("Gender", gender(person.sex)),
        _by_data("BirthDate", person.birth_date),
    ]
    return (Answered(_by_data("SnilsByDataResponse", told)),)


def snils_validation(question: Question) -> tuple[Answer, ...]:
    """Answer a SnilsValidationRequest: whether the number has that name and, where told, that birth date and sex."""
    content = question.content
    person = _of_sex(find_insured(question.world, text(content, "Snils"), named_in(content)), text(content, "Gender"))
    result = "false" if isinstance(person, Rejected) else "true"
    return (Answered(_validation("SnilsValidationResponse", [_validation("Result", result)])),)


def snils_request(who: Identity, sex: Sex, passport: Passport | None = None) -> Element:
    """Build a SnilsByAdditionalDataRequest; a passport tells the person from namesakes."""
    document = passport and [
        smev("Series", passport.series),
        smev("Number", passport.number),
        smev("IssueDate", passport.issued),
        smev("Issuer", passport.issuer_name),
    ]
    return _additional(
        "SnilsByAdditionalDataRequest",
        [
            *names(who),
            _additional("BirthDate", who.birth_date),
            _additional("Gender", gender(sex)),
            smev("PassportRF", list(document)) if document else None,
        ],
    )


def snils_by_data_request(who: Identity, sex: Sex) -> Element:
    """Build a SnilsByDataRequest."""
    told = [*names(who), _by_data("Gender", gender(sex)), _by_data("BirthDate", who.birth_date)]
    return _by_data("SnilsByDataRequest", told)


def snils_validation_request(who: Identity, snils: str) -> Element:
    """Build a SnilsValidationRequest."""
    told = [*names(who), _validation("Snils", snils), _validation("BirthDate", who.birth_date)]
    return _validation("SnilsValidationRequest", told)


def read_snils(content: Element) -> str:
    """Read the СНИЛС, 11 digits, from a SnilsByAdditionalDataResponse or a SnilsByDataResponse."""
    return text(content, "Snils")


def read_snils_validation(content: Element) -> bool:
    """Read a SnilsValidationResponse: whether the number is that of the person."""
    return text(content, "Result") in ("true", "1")


def _document(content: Element) -> Element | None:
    """Return the element with a number in it: a document of whatever kind, the fund's own one level deeper."""
    for node in content.iterchildren("*"):
        if children(node, "Number"):
            return node
        if xml.name_of(node)[1] == "PfrIdentificationDocument":
            return next(iter(children(node, "Document")), None)
    return None


def _holder(world: World, named: Named, document: Element) -> Person | Rejected:
    holder = world.person_by_document(text(document, "Series"), text(document, "Number"))
    if holder is None or named.birth_date is None:
        return Rejected("NO_DATA", "Граждан с указанными данными и документом не найдено")
    return find_insured(world, holder.snils, named)


def _of_sex(person: Person | Rejected, told: str) -> Person | Rejected:
    if isinstance(person, Rejected) or not told or told == gender(person.sex):
        return person
    return Rejected("NO_DATA", "Граждан с указанными данными не найдено: пол не совпадает")
