"""What the applicant's portal and the bodies say to each other (our kinds applicant/…), read as events of a case."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from gateway.domain.cases import (
    Brought,
    Case,
    CaseDecision,
    Channel,
    DecisionOutcome,
    DemandedDocument,
    Ground,
    GroundReason,
    Medium,
    Origin,
    Subject,
)
from gateway.domain.once_only.events import Decided, Demanded
from gateway.domain.services import Level
from gateway.xml import Element, name_of

APPLICATION: Final = "applicant/application"
DEMAND: Final = "applicant/demand"
DECISION: Final = "applicant/decision"

_CALLED: Final = {
    "address_locality": "town",
    "address_street": "street",
    "address_house": "house",
    "address_apartment": "flat",
    "policy_number": "policy",
    "expert_conclusion_number": "object_number",
    "expert_conclusion_date": "object_date",
}
"""Parameters of an application -> those of a case (docs/reference/cases.md), where the names differ."""


def case_number_in(content: Element) -> str:
    """Return the case that a paper of the portal is about."""
    return _text(content, "CaseNumber")


def service_in(content: Element) -> str:
    """Return the service that an application is for."""
    return _text(content, "ServiceCode")


def read_case(content: Element, body: str, level: Level, now: datetime) -> Case:
    """Read an ApplicationRequest, valid by its schema, as the case that it opens."""
    applicant = _child(content, "Applicant")
    parameters = {
        "oktmo": _text(content, "Oktmo"),
        "service_name": _text(content, "ServiceName"),
        **_of_papers(applicant),
        **_parameters(_child(content, "Parameters")),
    }
    return Case(
        number=case_number_in(content),
        service=service_in(content),
        body=body,
        level=level,
        applicant=_subject(applicant, ogrn=parameters.get("ogrn")),
        registered_at=now,
        channel=Channel.PORTAL,
        named=tuple(_subject(named) for named in _children(content, "Named")),
        parameters={name: given for name, given in parameters.items() if given},
        documents=tuple(_brought(document) for document in _children(content, "BroughtDocument")),
    )


def _parameters(parameters: Element | None) -> dict[str, str]:
    """Return what the service is about: leaves by their names in snake_case, below an address with its prefix."""
    if parameters is None:
        return {}
    found = {}
    for leaf in parameters.iter("*"):
        if len(leaf) == 0 and leaf is not parameters:
            parent = leaf.getparent()
            prefix = "" if parent is parameters or parent is None else f"{_snake(name_of(parent)[1])}_"
            name = prefix + _snake(name_of(leaf)[1])
            found[_CALLED.get(name, name)] = (leaf.text or "").strip()
    return found


def _of_papers(applicant: Element | None) -> dict[str, str]:
    """Return what some kinds ask of the applicant's passport, beside its number."""
    passport = _child(applicant, "Passport")
    return {
        "issued": _text(passport, "IssueDate"),
        "issuer": _text(passport, "Issuer"),
        "birth_place": _text(applicant, "BirthPlace"),
    }


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


def _subject(person: Element | None, ogrn: str | None = None) -> Subject:
    passport = _child(person, "Passport")
    if passport is None:
        passport = _child(person, "Paper")
    birth_date = _text(person, "BirthDate")
    return Subject(
        snils=_text(person, "Snils") or None,
        ogrn=ogrn or None,
        family_name=_text(person, "FamilyName") or None,
        first_name=_text(person, "FirstName") or None,
        patronymic=_text(person, "Patronymic") or None,
        birth_date=date.fromisoformat(birth_date[:10]) if birth_date else None,
        passport_series=_text(passport, "Series") or None,
        passport_number=_text(passport, "Number") or None,
    )


def _brought(document: Element) -> Brought:
    return Brought(
        _text(document, "Code"),
        Origin(_text(document, "Origin")),
        Medium(_text(document, "Medium")),
        certified=_is_true(document, "Certified"),
    )


def read_demand(content: Element, body: str) -> Demanded:
    """Read a DemandRequest, valid by its schema."""
    return Demanded(
        body,
        documents=tuple(
            DemandedDocument(
                _text(document, "Code"), Medium(_text(document, "Medium")), _is_true(document, "Withdrawal")
            )
            for document in _children(content, "Document")
        ),
        actions=tuple((action.text or "").strip() for action in _children(content, "Action")),
        wants_consent=_is_true(content, "WantsConsent"),
        channel=Channel.SMEV,
    )


def read_decision(content: Element, body: str, now: datetime) -> Decided:
    """Read a DecisionRequest or an ApplicationResponse, valid by its schema."""
    outcome = DecisionOutcome(_text(content, "Outcome") or _text(content, "Decision"))
    grounds = tuple(
        Ground(
            GroundReason(_text(ground, "Reason")),
            document=_text(ground, "Document") or None,
            defect=_text(ground, "Defect") or None,
            exception=_text(ground, "Exception") or None,
            evidence=_text(ground, "Evidence"),
        )
        for ground in _children(content, "Ground")
    )
    return Decided(body, CaseDecision(now, outcome, grounds))


def _is_true(element: Element, name: str) -> bool:
    return _text(element, name) in ("true", "1")


def _children(element: Element, name: str) -> Iterator[Element]:
    return element.iterchildren(f"{{*}}{name}")


def _child(element: Element | None, name: str) -> Element | None:
    return None if element is None else next(_children(element, name), None)


def _text(element: Element | None, name: str) -> str:
    found = _child(element, name)
    return "" if found is None else (found.text or "").strip()
