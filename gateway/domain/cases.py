"""A case (дело): one application for a service and all that came of it, as the once-only rule looks at it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from gateway.domain.services import Level


@dataclass(frozen=True, slots=True)
class Subject:
    """A person or a firm that data are about; numbers in digits only, None where unknown."""

    snils: str | None = None
    inn: str | None = None
    ogrn: str | None = None
    family_name: str | None = None
    first_name: str | None = None
    patronymic: str | None = None
    birth_date: date | None = None
    passport_series: str | None = None
    passport_number: str | None = None
    name: str | None = None

    def is_like(self, other: "Subject") -> bool:
        """Tell whether both may be the same: one number or the full name is equal, and no number differs."""
        numbers = [(self.snils, other.snils), (self.inn, other.inn), (self.ogrn, other.ogrn)]
        known = [(one, two) for one, two in numbers if one is not None and two is not None]
        if known:
            return all(one == two for one, two in known)
        names = (self.family_name, self.first_name, self.birth_date)
        return names[0] is not None and names == (other.family_name, other.first_name, other.birth_date)


class Origin(StrEnum):
    """Why the applicant brought a document."""

    REQUIRED = "required"
    OWN_INITIATIVE = "own-initiative"
    DEMANDED = "demanded"


class Medium(StrEnum):
    """What a document is written on."""

    PAPER = "paper"
    ELECTRONIC = "electronic"


@dataclass(frozen=True, slots=True)
class Brought:
    """A document in the case. `certified` tells of a certified electronic image (Art. 16 part 1 item 7.2)."""

    code: str
    origin: Origin = Origin.REQUIRED
    medium: Medium = Medium.ELECTRONIC
    certified: bool = False
    valid_until: date | None = None


class Channel(StrEnum):
    """How a request or an application travelled."""

    SMEV = "smev"
    PAPER = "paper"
    PORTAL = "portal"
    COUNTER = "counter"
    MFC = "mfc"


class Outcome(StrEnum):
    """What an inter-agency request came to."""

    DATA = "data"
    REFUSED = "refused"
    """RequestRejected of any code: no data, no access, failure."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """An inter-agency request of a case. `due` is the last moment in which an answer is in time.

    One on paper never was a message: its `message_id` is "".

    `sent_at` is when it was placed in the holder's queue (decree 785 of 11.08.2016: that day is the day of receipt).
    """

    message_id: str
    kind: str
    holder: str
    sent_at: datetime
    due: datetime | None = None
    answered_at: datetime | None = None
    outcome: Outcome | None = None

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether the answer came late, or has not come although it is due."""
        return self.due is not None and (self.answered_at or now) > self.due


class GroundReason(StrEnum):
    """Coded reasons of a refusal, a suspension or a prolongation."""

    MISSING_DOCUMENT = "missing-document"
    """`document` was not brought."""
    DEFECTIVE_DOCUMENT = "defective-document"
    """`document` has the `defect`."""
    NO_ANSWER = "no-answer"
    """No (timely) answer to an inter-agency request."""
    NOT_ENTITLED = "not-entitled"
    """The data say that the applicant has no right to the service."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason. `exception` is "а", "б", "в" or "г" of Art. 7 part 1 item 4, written as a, b, v, g."""

    reason: GroundReason
    document: str | None = None
    defect: str | None = None
    exception: str | None = None
    evidence: str = ""


class DecisionOutcome(StrEnum):
    """What a body decided."""

    GRANTED = "granted"
    REFUSED = "refused"
    SUSPENDED = "suspended"
    PROLONGED = "prolonged"
    INTAKE_REFUSED = "intake-refused"
    """The documents were not even taken."""


@dataclass(frozen=True, slots=True)
class CaseDecision:
    """A decision and its grounds."""

    at: datetime
    outcome: DecisionOutcome
    grounds: tuple[Ground, ...] = ()


@dataclass(frozen=True, slots=True)
class DemandedDocument:
    """What a demand asks the applicant for. `withdrawal`: the paper original itself is needed (marks, withdrawal)."""

    code: str
    medium: Medium = Medium.ELECTRONIC
    withdrawal: bool = False


@dataclass(frozen=True, slots=True)
class CaseDemand:
    """A demand that reached the applicant."""

    at: datetime
    documents: tuple[DemandedDocument, ...] = ()


class ComplaintAbout(StrEnum):
    """What a complaint is about; the term to answer depends on it (Art. 11.2)."""

    INTAKE_REFUSAL = "intake-refusal"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint of the applicant (Art. 11.1)."""

    number: str
    about: ComplaintAbout
    received_at: datetime
    answered_at: datetime | None = None


class CaseState(StrEnum):
    """Where a case is."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it stands. `body` is the mnemonic of who provides the service, `named` are others in the application.

    `parameters` tell what the service is about (cadastral_number, ogrn, oktmo, …).
    """

    number: str
    service: str
    body: str
    level: Level
    applicant: Subject
    registered_at: datetime
    channel: Channel = Channel.PORTAL
    state: CaseState = CaseState.OPEN
    named: tuple[Subject, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    documents: tuple[Brought, ...] = ()
    inquiries: tuple[Inquiry, ...] = ()
    demands: tuple[CaseDemand, ...] = ()
    decisions: tuple[CaseDecision, ...] = ()
    complaints: tuple[Complaint, ...] = ()

    def brought(self, code: str) -> Brought | None:
        """Return the last document of that code in the case."""
        return next((item for item in reversed(self.documents) if item.code == code), None)

    @property
    def denials(self) -> tuple[CaseDecision, ...]:
        """Return the refusals, of the service and of the documents, in order."""
        refused = (DecisionOutcome.REFUSED, DecisionOutcome.INTAKE_REFUSED)
        return tuple(item for item in self.decisions if item.outcome in refused)
