"""What happens in a case and is judged by the rules."""

from dataclasses import dataclass, field
from datetime import date, datetime

from gateway.domain.cases import (
    CaseDecision,
    Channel,
    Complaint,
    DemandedDocument,
    Inquiry,
    Subject,
)
from gateway.domain.working_time import Term


@dataclass(frozen=True, slots=True)
class LawEnvelope:
    """What Art. 7.2 part 1 wants a request to say, as far as it is said.

    `sender`, `recipient` are names of bodies; `service_code`/`service_name` are item 3, `legal_basis` item 4, `contact`
    item 6, `sent_on` item 7, `official` (full name), `post`, `phone`, `email` item 8; `consent_on` and `consent_of` are
    item 9. `case_number` and `applicant` tie the request to its case. None or "" is not said.
    """

    case_number: str = ""
    service_code: str = ""
    service_name: str = ""
    register_number: str = ""
    sender: str = ""
    recipient: str = ""
    legal_basis: str = ""
    basic_resource: str = ""
    contact: str = ""
    sent_on: date | None = None
    official: str = ""
    post: str = ""
    phone: str = ""
    email: str = ""
    consent_on: date | None = None
    consent_of: str = ""
    applicant: Subject | None = None


@dataclass(frozen=True, slots=True)
class Demanded:
    """A body asks the applicant for documents, actions (codes of Art. 9), or his consent to the exchange.

    `body` is the mnemonic of who demands. The same event stands for a list that is shown to the applicant.
    """

    body: str
    documents: tuple[DemandedDocument, ...] = ()
    actions: tuple[str, ...] = ()
    wants_consent: bool = False
    channel: Channel = Channel.PORTAL


@dataclass(frozen=True, slots=True)
class Decided:
    """A body decides (grants, refuses, suspends, prolongs, refuses the intake). The case does not hold it yet."""

    body: str
    decision: CaseDecision


@dataclass(frozen=True, slots=True)
class IntakeRefusedDocuments:
    """A body does not take documents that the applicant brought (codes)."""

    body: str
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InquirySent:
    """A body asks another one for data.

    `case_number` is what the message itself names, "" when it names none; `is_complete` tells whether the content has
    what the kind's schema wants (item 5); `subjects` are those whom the content names, as far as they were found.
    """

    sender: str
    recipient: str
    kind: str
    message_id: str = ""
    channel: Channel = Channel.SMEV
    case_number: str = ""
    envelope: LawEnvelope = field(default_factory=LawEnvelope)
    subjects: tuple[Subject, ...] = ()
    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class InquiryAnswered:
    """The holder answers. `asks_applicant`: it says to ask the applicant; `asks_payment`: it wants to be paid.

    `term` is what the holder had to answer where the passport names none; None stands for Art. 7.2 part 3.
    """

    inquiry: Inquiry
    asks_applicant: bool = False
    asks_payment: bool = False
    words: str = ""
    term: Term | None = None


@dataclass(frozen=True, slots=True)
class AnswerOverdue:
    """The term of an answer ended without one."""

    inquiry: Inquiry
    term: Term


@dataclass(frozen=True, slots=True)
class TermEnded:
    """A term of the body itself ended: to send its requests (`what` "sending") or to decide ("service")."""

    what: str
    due: datetime


@dataclass(frozen=True, slots=True)
class ComplaintOverdue:
    """The term to answer a complaint ended, or the answer came after it."""

    complaint: Complaint
    due: datetime


Event = (
    Demanded
    | Decided
    | IntakeRefusedDocuments
    | InquirySent
    | InquiryAnswered
    | AnswerOverdue
    | TermEnded
    | ComplaintOverdue
)
