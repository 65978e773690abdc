"""What a body tells an applicant through the portal: demands and decisions (our own kinds), written and read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from agencies.answers import Builder, children, text
from gateway.domain.cases import DecisionOutcome, DemandedDocument, Ground, GroundReason, Medium
from gateway.protocol import moments
from gateway.xml import Element

DEMAND: Final = "applicant/demand"
DECISION: Final = "applicant/decision"

_demand: Final = Builder("urn://mock-smev/applicant/demand/1.0.0")
_decision: Final = Builder("urn://mock-smev/applicant/decision/1.0.0")


DEMAND_TYPE: Final = "{urn://mock-smev/applicant/demand/1.0.0}DemandRequest"
"""As the journal writes it."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What a body wants of an applicant; `body` is its name, `actions` are codes of Art. 9."""

    case_number: str
    documents: tuple[DemandedDocument, ...] = ()
    actions: tuple[str, ...] = ()
    wants_consent: bool = False
    body: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A decision as the applicant is told of it, with its coded grounds."""

    case_number: str
    outcome: DecisionOutcome
    grounds: tuple[Ground, ...] = ()
    body: str = ""
    text: str = ""


def write_demand(demand: Demand) -> Element:
    """Build a DemandRequest."""
    return _demand(
        "DemandRequest",
        [
            _demand("CaseNumber", demand.case_number),
            _demand("Body", demand.body) if demand.body else None,
            *(_demanded(document) for document in demand.documents),
            *(_demand("Action", action) for action in demand.actions),
            _demand("WantsConsent", "true") if demand.wants_consent else None,
            _demand("Text", demand.text) if demand.text else None,
        ],
    )


def _demanded(document: DemandedDocument) -> Element:
    return _demand(
        "Document",
        [
            _demand("Code", document.code),
            _demand("Medium", document.medium.value),
            _demand("Withdrawal", "true") if document.withdrawal else None,
        ],
    )


def read_demand(content: Element) -> Demand:
    """Read a DemandRequest, valid by its schema."""
    return Demand(
        case_number=text(content, "CaseNumber"),
        documents=tuple(
            DemandedDocument(
                code=text(document, "Code"),
                medium=Medium(text(document, "Medium")),
                withdrawal=text(document, "Withdrawal") in ("true", "1"),
            )
            for document in children(content, "Document")
        ),
        actions=tuple(map(text, children(content, "Action"))),
        wants_consent=text(content, "WantsConsent") in ("true", "1"),
        body=text(content, "Body"),
        text=text(content, "Text"),
    )


def write_notice(notice: Notice) -> Element:
    """Build a DecisionRequest."""
    return _decision(
        "DecisionRequest",
        [
            _decision("CaseNumber", notice.case_number),
            _decision("Body", notice.body) if notice.body else None,
            _decision("Outcome", notice.outcome.value),
            *(write_ground(_decision, ground) for ground in notice.grounds),
            _decision("Text", notice.text) if notice.text else None,
        ],
    )


def read_notice(content: Element) -> Notice:
    """Read a DecisionRequest, valid by its schema."""
    return Notice(
        case_number=text(content, "CaseNumber"),
        outcome=DecisionOutcome(text(content, "Outcome")),
        grounds=tuple(map(read_ground, children(content, "Ground"))),
        body=text(content, "Body"),
        text=text(content, "Text"),
    )


def write_ground(build: Builder, ground: Ground) -> Element:
    """Build a Ground with the elements of the kind that `build` makes."""
    told = (
        ("Reason", ground.reason.value),
        ("Document", ground.document),
        ("Defect", ground.defect),
        ("Exception", ground.exception),
        ("Evidence", ground.evidence),
    )
    return build("Ground", [build(name, value) for name, value in told if value])


def read_ground(element: Element) -> Ground:
    """Read a Ground of whatever kind, valid by its schema."""
    return Ground(
        reason=GroundReason(text(element, "Reason")),
        document=text(element, "Document") or None,
        defect=text(element, "Defect") or None,
        exception=text(element, "Exception") or None,
        evidence=text(element, "Evidence"),
    )


def receipt_of(kind: str, case_number: str, now: datetime) -> Element:
    """Build the DemandResponse or the DecisionResponse: the portal has shown it to the applicant at `now`."""
    build, root = (_demand, "DemandResponse") if kind == DEMAND else (_decision, "DecisionResponse")
    return build(root, [build("CaseNumber", case_number), build("ReceivedAt", moments.write(now))])
