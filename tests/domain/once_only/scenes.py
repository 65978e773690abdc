"""A body, its service, one of its cases, and what happens in it: what a rule is shown."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
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
    Inquiry,
    Origin,
    Outcome,
    Subject,
)
from gateway.domain.once_only import evaluate
from gateway.domain.once_only.events import (
    Decided,
    Demanded,
    Event,
    InquirySent,
    LawEnvelope,
)
from gateway.domain.once_only.violation import Violation
from gateway.domain.services import Document, DocumentClass, Level, ServicePassport
from gateway.domain.working_time import Term

BODY: Final = "CITY"
HOLDER: Final = "ROSREESTR"
NUMBER: Final = "37-2013-000001"
NOW: Final = datetime.fromisoformat("2026-03-03T12:00:00+03:00")
DAY: Final = timedelta(days=1)

APPLICANT: Final = Subject(snils="11223344595", family_name="Иванова", first_name="Алёна", birth_date=date(1980, 5, 17))
CHILD: Final = Subject(snils="22334455696", family_name="Иванов", first_name="Пётр", birth_date=date(2010, 1, 2))
STRANGER: Final = Subject(snils="99887766504", family_name="Чужой", first_name="Чужак", birth_date=date(1970, 1, 1))

IDENTITY: Final = Document("id", "Паспорт", "passport", DocumentClass.PERSONAL, item=1)
PLAN: Final = Document("plan", "План", "plan", DocumentClass.PERSONAL, not_held=True)
DIPLOMA: Final = Document("edu", "Диплом", "diploma", DocumentClass.PERSONAL, item=9, kind="rosobrnadzor/diploma")
EXTRACT: Final = Document(
    "egrn", "Выписка из ЕГРН", "land extract", DocumentClass.INTERAGENCY,
    kind="rosreestr/egrn-statement", holder="Росреестр",
)  # fmt: skip
PAYMENT: Final = Document(
    "fee", "Квитанция об уплате пошлины", "receipt of the fee", DocumentClass.INTERAGENCY,
    kind="treasury/payments", holder="Казначейство", mandatory=False,
)  # fmt: skip
HEALTH: Final = Document(
    "mse", "Справка об инвалидности", "disability", DocumentClass.INTERAGENCY,
    kind="sfr/disability", holder="СФР", mandatory=False, restricted=True,
)  # fmt: skip
LETTER: Final = Document("letter", "Ходатайство", "letter of support", DocumentClass.OWN_INITIATIVE)

EGRN: Final = EXTRACT.kind or ""


def passport(level: Level = Level.MUNICIPAL, *documents: Document) -> ServicePassport:
    """The passport of M01: identity and plan are brought, the extract is fetched, fee and health where they matter."""
    return ServicePassport(
        code="M01", name="Разрешение", level=level, body=BODY,
        documents=documents or (IDENTITY, PLAN, DIPLOMA, EXTRACT, PAYMENT, HEALTH, LETTER),
        term=Term.parse("10 working days"), actions=("notary",), acts=("ст. 51 ГрК",),
        register_number="3700000010000000001",
    )  # fmt: skip


def case(now: datetime, level: Level = Level.MUNICIPAL) -> Case:
    """A case that was registered an hour ago."""
    return Case(
        number=NUMBER, service="M01", body=BODY, level=level, applicant=APPLICANT,
        registered_at=now - timedelta(hours=1), named=(CHILD,),
        documents=(Brought("id"), Brought("plan", certified=True)),
    )  # fmt: skip


def inquiry(sent_at: datetime, answered_at: datetime | None = None) -> Inquiry:
    """A request for the extract, and its answer."""
    return Inquiry("request-1", EGRN, HOLDER, sent_at, None, answered_at, None if answered_at is None else Outcome.DATA)


def said(now: datetime) -> LawEnvelope:
    """All that Art. 7.2 part 1 wants."""
    return LawEnvelope(
        case_number=NUMBER, service_code="M01", service_name="Разрешение", register_number="3700000010000000001",
        sender="Администрация", recipient="Росреестр", legal_basis="ГрК, ст. 51", contact="ул. Ленина, 1",
        sent_on=now.date(), official="Петров Пётр Петрович", post="специалист", phone="+7 4932 000000",
        consent_on=date(2011, 1, 1), consent_of="Иванов Пётр", applicant=APPLICANT,
    )  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """What happens, where, and when."""

    now: datetime
    event: Event
    case: Case | None
    passport: ServicePassport | None

    def judged(self) -> tuple[Violation, ...]:
        return evaluate(self.case, self.passport, self.event, self.now)

    def found(self) -> list[str]:
        return [violation.rule for violation in self.judged()]


Maker = Callable[[datetime, Level], Scene]
"""Sets a scene at a time, with a body of a level."""


def scene(event: Event, now: datetime = NOW, level: Level = Level.MUNICIPAL, **changes: object) -> Scene:
    """The usual case, with `changes` to it."""
    return Scene(now, event, replace(case(now, level), **changes), passport(level))  # type: ignore[arg-type]


def demands(*codes: str) -> Demanded:
    return Demanded(BODY, tuple(map(DemandedDocument, codes)))


def decides(now: datetime, outcome: DecisionOutcome, *grounds: Ground) -> Decided:
    return Decided(BODY, CaseDecision(now, outcome, grounds))


def asks(now: datetime, kind: str = EGRN, channel: Channel = Channel.SMEV, **envelope: object) -> InquirySent:
    """A request that says all it has to, but for the changes to its envelope."""
    words = replace(said(now), **envelope)  # type: ignore[arg-type]
    return InquirySent(BODY, HOLDER, kind, "request-1", channel, NUMBER, words, (APPLICANT,))


MISSING: Final = GroundReason.MISSING_DOCUMENT
OWN: Final = Brought("egrn", Origin.OWN_INITIATIVE)
