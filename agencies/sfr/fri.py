"""Disability of persons, as the federal register of disabled people (ФРИ) tells it."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from agencies.answers import Answer, Answered, Builder, Question, Rejected, child, day, text
from agencies.sfr.insured import names
from agencies.world import Disability, Person
from gateway.xml import Element

DISABILITY: Final = "sfr/disability"

_CHILD: Final = "child"
"""How an extract writes the group of a disabled child, which is 0 in the world."""

_fri: Final = Builder("http://kvs.fri.com/extraction-invalid-data/1.0.3")


@dataclass(frozen=True, slots=True)
class DisabilityExtract:
    """A disability as an extract tells it: group 1 to 3, 0 for a disabled child; no end: without a term."""

    group: int
    reason: str
    since: date | None
    valid_until: date | None
    certificate: str


def disability(question: Question) -> tuple[Answer, ...]:
    """Answer an ExtractionInvalidDataRequest; a person who was not disabled then is rejected with NO_DATA.

    Without DocumentsValidOnDate and DocumentsOnPeriod it is about today.
    """
    world, content = question.world, question.content
    snils = text(content, "SNILS")
    person = world.person_by_snils(snils) if snils else None
    first, last = _days(content, world.today)
    if first is None or last is None or first > last:
        return (Rejected("UNKNOWN_REQUEST_DESCRIPTION", "Период выписки: DateFrom не позже DateTo"),)
    found = None if person is None else world.disability_of(person)
    if person is None or found is None or not _met(found, first, last):
        told = f"{first:%d.%m.%Y}" if first == last else f"{first:%d.%m.%Y} - {last:%d.%m.%Y}"
        return (Rejected("NO_DATA", f"В ФРИ нет сведений об инвалидности лица со СНИЛС {snils} ({told})"),)
    return (Answered(_fri("ExtractionInvalidDataResponse", [_extract(person, found)])),)


def disability_request(snils: str, on: date) -> Element:
    """Build an ExtractionInvalidDataRequest about a day."""
    return _fri(
        "ExtractionInvalidDataRequest",
        [
            _fri("SNILS", snils),
            _fri("TypeOfExtraction", "Stable"),
            _fri("ExtractionPeriod", [_fri("DocumentsValidOnDate", on)]),
        ],
    )


def read_disability(content: Element) -> DisabilityExtract | None:
    """Read an ExtractionInvalidDataResponse; None for one whose extract is in an attachment.

    Raises: ValueError where the group is none of those of the schema.
    """
    extract = child(content, "Extract")
    if extract is None:
        return None
    group = text(extract, "Group")
    return DisabilityExtract(
        group=0 if group == _CHILD else int(group),
        reason=text(extract, "Reason"),
        since=day(text(extract, "EstablishedDate")),
        valid_until=day(text(extract, "ValidUntil")),
        certificate=text(extract, "CertificateNumber"),
    )


def _days(content: Element, today: date) -> tuple[date | None, date | None]:
    """Return the first and the last day that an extract is wanted for."""
    wanted = child(content, "ExtractionPeriod")
    if child(wanted, "DocumentsOnPeriod") is not None:
        return day(text(wanted, "DocumentsOnPeriod", "DateFrom")), day(text(wanted, "DocumentsOnPeriod", "DateTo"))
    on = day(text(wanted, "DocumentsValidOnDate")) if text(wanted, "DocumentsValidOnDate") else today
    return on, on


def _extract(person: Person, found: Disability) -> Element:
    return _fri(
        "Extract",
        [
            *names(person),
            _fri("BirthDate", person.birth_date),
            _fri("SNILS", person.snils),
            _fri("Group", str(found.group) if found.group else _CHILD),
            _fri("Reason", found.reason),
            _fri("EstablishedDate", found.since),
            None if found.valid_until is None else _fri("ValidUntil", found.valid_until),
            _fri("CertificateNumber", found.certificate),
            _fri("Bureau", found.bureau) if found.bureau else None,
        ],
    )


def _met(found: Disability, first: date, last: date) -> bool:
    return found.since <= last and (found.valid_until is None or first <= found.valid_until)
