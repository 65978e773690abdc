"""Residence permits of foreign citizens (РВП, ВНЖ)."""

from datetime import date
from typing import Final

from agencies.answers import Answer, Answered, Builder, Question, Rejected, day, text
from agencies.finding import Named, find_person
from agencies.world import IdentityDocument
from gateway.xml import Element

RESIDENCE_PERMIT: Final = "mvd/residence-permit"

_KINDS: Final = {"12": "permanent", "15": "temporary"}
"""The permits among the documents of a person, by КодВидДок of the tax service."""

_permit: Final = Builder("urn://mock-smev/mvd/residence-permit/1.0.0")


def residence_permit(question: Question) -> tuple[Answer, ...]:
    """Answer a ResidencePermitRequest with the latest permit of the person, or with NotFound."""
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
    papers = person.documents if person.citizenship == text(content, "Citizenship") else ()
    permits = [paper for paper in papers if paper.code in _KINDS]
    told = _told(permits[-1], question.world.today) if permits else _permit("NotFound")
    return (Answered(_permit("ResidencePermitResponse", [told])),)


def _told(paper: IdentityDocument, today: date) -> Element:
    is_valid = paper.valid_until is None or paper.valid_until >= today
    return _permit(
        "Permit",
        [
            _permit("Kind", _KINDS[paper.code]),
            _permit("Status", "valid" if is_valid else "expired"),
            _permit("Number", f"{paper.series} {paper.number}".strip()),
            _permit("IssueDate", paper.issued),
            None if paper.valid_until is None else _permit("ValidUntil", paper.valid_until),
            _permit("Issuer", paper.issuer_name),
        ],
    )
