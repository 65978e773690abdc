"""Cases as the admin API reads and writes them."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, StrictBool, StringConstraints
from pydantic_core import PydanticCustomError

from gateway.domain import cases as domain
from gateway.domain.cases import (
    Brought,
    CaseState,
    Channel,
    ComplaintAbout,
    DecisionOutcome,
    DemandedDocument,
    Ground,
    GroundReason,
    Medium,
    Origin,
    Outcome,
    Subject,
)
from gateway.domain.once_only.events import LawEnvelope
from gateway.domain.services import Level
from gateway.exchange.cases import NewCase, PaperInquiry, WholeCase
from gateway.protocol.moments import write
from gateway.storage.cases import ListedCase
from gateway.transports.admin.view import AnyShape, Shape, Word, Written
from gateway.transports.admin.violations import FoundShape
from gateway.words import say

_MOST: Final = 100
"""Items of a list that somebody writes."""


def _day(text: object) -> object:
    if isinstance(text, str):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    elif isinstance(text, date):
        return text
    raise PydanticCustomError("day", "{expected}", {"expected": say("день, как 2013-03-01", "a day, as 2013-03-01")})


Day = Annotated[date, BeforeValidator(_day)]
Number = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=100, pattern=r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$"
    ),
]
"""The number of a case: up to 100 characters, no spaces at its ends."""
Code = Annotated[str, StringConstraints(min_length=1, max_length=50, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""The code of a document or of an action."""
Key = Annotated[str, StringConstraints(min_length=1, max_length=50, pattern=r"^[a-z][a-z0-9_]*$")]
"""The name of a parameter of a case: cadastral_number, ogrn, oktmo, …"""
Snils = Annotated[str, StringConstraints(pattern=r"^[0-9]{11}$")]
Inn = Annotated[str, StringConstraints(pattern=r"^([0-9]{10}|[0-9]{12})$")]
Ogrn = Annotated[str, StringConstraints(pattern=r"^([0-9]{13}|[0-9]{15})$")]


class SubjectShape(Shape):
    """A person or a firm; numbers in digits only. `name` is that of a firm."""

    snils: Snils | None = None
    inn: Inn | None = None
    ogrn: Ogrn | None = None
    family_name: Word | None = None
    first_name: Word | None = None
    patronymic: Word | None = None
    birth_date: Day | None = None
    passport_series: Word | None = None
    passport_number: Word | None = None
    name: Word | None = None

    def subject(self) -> Subject:
        return Subject(**self.model_dump())


class ShownSubject(Shape):
    """A person or a firm as the case has it, from whichever source."""

    snils: str | None
    inn: str | None
    ogrn: str | None
    family_name: str | None
    first_name: str | None
    patronymic: str | None
    birth_date: date | None
    passport_series: str | None
    passport_number: str | None
    name: str | None

    @classmethod
    def of(cls, subject: Subject) -> "ShownSubject":
        return cls.model_validate(subject, from_attributes=True)


class BroughtShape(Shape):
    """A document that the applicant brings. `certified`: a certified electronic image (Art. 16 part 1 item 7.2)."""

    code: Code
    origin: Origin = Origin.REQUIRED
    medium: Medium = Medium.ELECTRONIC
    certified: StrictBool = False
    valid_until: Day | None = None

    def brought(self) -> Brought:
        return Brought(**self.model_dump())


class BroughtDocuments(Shape):
    """Documents that the applicant brings later."""

    documents: Annotated[tuple[BroughtShape, ...], Field(min_length=1, max_length=_MOST)]


class NewCaseShape(Shape):
    """A case to open. `body` is the mnemonic of who provides the service; without `number` it is given one.

    `named` are others in the application; `parameters` tell what the service is about (cadastral_number, oktmo, …).
    """

    number: Number | None = None
    service: Word
    body: Word
    applicant: SubjectShape
    named: Annotated[tuple[SubjectShape, ...], Field(max_length=_MOST)] = ()
    parameters: Annotated[dict[Key, Word], Field(max_length=_MOST)] = Field(default_factory=dict)
    documents: Annotated[tuple[BroughtShape, ...], Field(max_length=_MOST)] = ()
    channel: Channel = Channel.PORTAL

    def new(self) -> NewCase:
        return NewCase(
            service=self.service,
            body=self.body,
            applicant=self.applicant.subject(),
            number=self.number,
            channel=self.channel,
            named=tuple(each.subject() for each in self.named),
            parameters=self.parameters,
            documents=tuple(each.brought() for each in self.documents),
        )


class DemandedShape(Shape):
    """A document that is asked for. `withdrawal`: the paper itself is needed, to be marked or taken away."""

    code: Code
    medium: Medium = Medium.ELECTRONIC
    withdrawal: StrictBool = False

    def demanded(self) -> DemandedDocument:
        return DemandedDocument(self.code, self.medium, self.withdrawal)


class DemandShape(Shape):
    """What the body of the case asks the applicant for; `actions` are codes of Art. 9."""

    documents: Annotated[tuple[DemandedShape, ...], Field(max_length=_MOST)] = ()
    actions: Annotated[tuple[Code, ...], Field(max_length=_MOST)] = ()
    wants_consent: StrictBool = False
    channel: Channel = Channel.COUNTER


class GroundShape(Shape):
    """A reason; `exception` is a, b, v or g of Art. 7 part 1 item 4."""

    reason: GroundReason
    document: Code | None = None
    defect: Word | None = None
    exception: Annotated[str, StringConstraints(pattern="^[abvg]$")] | None = None
    evidence: Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""

    def ground(self) -> Ground:
        return Ground(**self.model_dump())


class DecisionShape(Shape):
    """What the body of the case decides."""

    outcome: DecisionOutcome
    grounds: Annotated[tuple[GroundShape, ...], Field(max_length=_MOST)] = ()


class RefusedDocuments(Shape):
    """Codes of documents that the body does not take from the applicant."""

    documents: Annotated[tuple[Code, ...], Field(min_length=1, max_length=_MOST)]


class PaperInquiryShape(Shape):
    """A request on paper to whoever has data of `kind`, with the items of Art. 7.2 part 1.

    `sender` and `recipient` are items 1 and 2, the service item 3 (or `basicResource` instead of 3 and 4),
    `legalBasis` 4, `isComplete` 5 (it has what the kind wants), `contact` 6, `sentOn` 7, `official`, `post`, `phone`,
    `email` 8, `consentOn`, `consentOf` 9. `about` are those whom it asks about.
    """

    kind: Word
    case_number: Number | None = None
    service_code: Word | None = None
    service_name: Word | None = None
    register_number: Word | None = None
    sender: Word | None = None
    recipient: Word | None = None
    legal_basis: Word | None = None
    basic_resource: Word | None = None
    contact: Word | None = None
    sent_on: Day | None = None
    official: Word | None = None
    post: Word | None = None
    phone: Word | None = None
    email: Word | None = None
    consent_on: Day | None = None
    consent_of: Word | None = None
    applicant: SubjectShape | None = None
    about: Annotated[tuple[SubjectShape, ...], Field(max_length=_MOST)] = ()
    is_complete: StrictBool = True

    def inquiry(self) -> PaperInquiry:
        said = self.model_dump(exclude={"kind", "applicant", "about", "is_complete"}, exclude_none=True)
        applicant = None if self.applicant is None else self.applicant.subject()
        subjects = tuple(each.subject() for each in self.about)
        return PaperInquiry(self.kind, LawEnvelope(**said, applicant=applicant), subjects, self.is_complete)


class ComplaintShape(Shape):
    """A complaint of the applicant; the term to answer depends on what it is about (Art. 11.2)."""

    about: ComplaintAbout


# --- as they are shown -----------------------------------------------------------------------------------------------


class ListedShape(Shape):
    """A case as it is listed; `outcome` is that of its last decision."""

    number: str
    service: str
    body: str
    level: Level
    state: CaseState
    registered_at: Written
    closed_at: Written | None
    outcome: DecisionOutcome | None

    @classmethod
    def of(cls, listed: ListedCase) -> "ListedShape":
        return cls(
            number=listed.number,
            service=listed.service,
            body=listed.body,
            level=listed.level,
            state=listed.state,
            registered_at=write(listed.opened_at),
            closed_at=None if listed.closed_at is None else write(listed.closed_at),
            outcome=listed.outcome,
        )


class ShownInquiry(Shape):
    """A request to another body; one on paper has no `messageId`. `due` is the last moment that is in time."""

    message_id: str | None
    kind: str
    holder: str
    sent_at: Written
    due: Written | None
    overdue: bool
    answered_at: Written | None
    outcome: Outcome | None


class ShownDemand(Shape):
    """A demand that reached the applicant."""

    at: Written
    documents: list[DemandedShape]


class ShownDecision(Shape):
    """A decision."""

    at: Written
    outcome: DecisionOutcome
    grounds: list[GroundShape]


class ShownComplaint(Shape):
    """A complaint; `number` is its number within the case."""

    number: str
    about: ComplaintAbout
    received_at: Written
    answered_at: Written | None

    @classmethod
    def of(cls, complaint: domain.Complaint) -> "ShownComplaint":
        answered = complaint.answered_at
        return cls(
            number=complaint.number,
            about=complaint.about,
            received_at=write(complaint.received_at),
            answered_at=None if answered is None else write(answered),
        )


class ShownTerm(Shape):
    """A term that runs: to send requests, of the service, or of a complaint, whose number is `reference`."""

    what: str
    due: Written
    reference: str | None


class WholeCaseShape(Shape):
    """A case with all there is about it; `violations` are newest first, `terms` those that run."""

    number: str
    service: str
    service_name: str | None
    body: str
    level: Level
    state: CaseState
    channel: Channel
    registered_at: Written
    applicant: ShownSubject
    named: list[ShownSubject]
    parameters: dict[str, str]
    documents: list[BroughtShape]
    inquiries: list[ShownInquiry]
    demands: list[ShownDemand]
    decisions: list[ShownDecision]
    complaints: list[ShownComplaint]
    violations: list[FoundShape]
    terms: list[ShownTerm]

    @classmethod
    def of(cls, whole: WholeCase) -> "WholeCaseShape":
        case, passport = whole.case, whole.passport
        return cls(
            number=case.number,
            service=case.service,
            service_name=None if passport is None else say(passport.name, passport.name_en or passport.name),
            body=case.body,
            level=case.level,
            state=case.state,
            channel=case.channel,
            registered_at=write(case.registered_at),
            applicant=ShownSubject.of(case.applicant),
            named=[ShownSubject.of(subject) for subject in case.named],
            parameters=dict(case.parameters),
            documents=_shown(BroughtShape, case.documents),
            inquiries=[_inquiry(each, whole) for each in case.inquiries],
            demands=[
                ShownDemand(at=write(each.at), documents=_shown(DemandedShape, each.documents)) for each in case.demands
            ],
            decisions=[
                ShownDecision(at=write(each.at), outcome=each.outcome, grounds=_shown(GroundShape, each.grounds))
                for each in case.decisions
            ],
            complaints=[ShownComplaint.of(each) for each in case.complaints],
            violations=[FoundShape.of_stored(stored) for stored in whole.violations],
            terms=[ShownTerm(what=each.what, due=write(each.due), reference=each.reference) for each in whole.terms],
        )


def _inquiry(inquiry: domain.Inquiry, whole: WholeCase) -> ShownInquiry:
    return ShownInquiry(
        message_id=inquiry.message_id or None,
        kind=inquiry.kind,
        holder=inquiry.holder,
        sent_at=write(inquiry.sent_at),
        due=None if inquiry.due is None else write(inquiry.due),
        overdue=inquiry.is_overdue(whole.now),
        answered_at=None if inquiry.answered_at is None else write(inquiry.answered_at),
        outcome=inquiry.outcome,
    )


def _shown(shape: type[AnyShape], kept: Iterable[object]) -> list[AnyShape]:
    """Return kept values in the shape that they are written in; what came in messages need not keep its limits."""
    return [shape.model_construct(**{name: getattr(each, name) for name in shape.model_fields}) for each in kept]
