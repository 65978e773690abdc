"""The table of rules: for each what keeps it, and what breaks it, at any time and for a body of any level.

What breaks a rule is also shown to it on the eve of its day, when it must find nothing.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from gateway.domain.cases import (
    CaseDecision,
    CaseState,
    Channel,
    Complaint,
    ComplaintAbout,
    DecisionOutcome,
    DemandedDocument,
    Ground,
    GroundReason,
    Medium,
)
from gateway.domain.once_only.events import (
    AnswerOverdue,
    ComplaintOverdue,
    Demanded,
    InquiryAnswered,
    InquirySent,
    IntakeRefusedDocuments,
    LawEnvelope,
    TermEnded,
)
from gateway.domain.services import DEFAULT_TERM_TO_ANSWER, Level
from gateway.domain.working_time import Term
from tests.domain.once_only.scenes import (
    BODY,
    CHILD,
    DAY,
    EGRN,
    MISSING,
    OWN,
    STRANGER,
    Maker,
    Scene,
    asks,
    decides,
    demands,
    inquiry,
    scene,
)

GRANTED, REFUSED, SUSPENDED, PROLONGED, INTAKE_REFUSED = DecisionOutcome
PAPER: Final = Channel.PAPER
TWO_DAYS: Final = Term.parse("48 hours")


def demand(*codes: str) -> Maker:
    return lambda now, level: scene(demands(*codes), now, level)


def happens(event: Demanded | IntakeRefusedDocuments | TermEnded) -> Maker:
    return lambda now, level: scene(event, now, level)


def decision(outcome: DecisionOutcome, *grounds: Ground, **changes: object) -> Maker:
    return lambda now, level: scene(decides(now, outcome, *grounds), now, level, **changes)


def request(channel: Channel = Channel.SMEV, kind: str = EGRN, **envelope: object) -> Maker:
    return lambda now, level: scene(asks(now, kind, channel, **envelope), now, level)


def request_with(**event: object) -> Maker:
    return lambda now, level: scene(replace(asks(now), **event), now, level)  # type: ignore[arg-type]


def in_case(**changes: object) -> Maker:
    """A complete request in a case that is changed."""
    return lambda now, level: scene(asks(now), now, level, **changes)


def incomplete(channel: Channel) -> Maker:
    return lambda now, level: scene(replace(asks(now, channel=channel), is_complete=False), now, level)


def answer(
    after: timedelta = timedelta(hours=1),
    term: Term | None = None,
    *,
    asks_applicant: bool = False,
    asks_payment: bool = False,
) -> Maker:
    """An answer that comes `after` the request."""

    def set_scene(now: datetime, level: Level) -> Scene:
        return scene(InquiryAnswered(inquiry(now - after, now), asks_applicant, asks_payment, term=term), now, level)

    return set_scene


def silence(after: timedelta, term: Term = DEFAULT_TERM_TO_ANSWER) -> Maker:
    return lambda now, level: scene(AnswerOverdue(inquiry(now - after), term), now, level)


def registered(ago: timedelta, event: Maker) -> Maker:
    """What `event` makes, in a case that was registered long ago."""

    def set_scene(now: datetime, level: Level) -> Scene:
        made = event(now, level)
        assert made.case is not None
        return replace(made, case=replace(made.case, registered_at=now - ago))

    return set_scene


def term_ends(what: str, **changes: object) -> Maker:
    return lambda now, level: scene(TermEnded(what, now), now, level, **changes)


def asked_for_extract(event: Maker) -> Maker:
    """What `event` makes, in a case in which the extract has been asked for in time, and answered."""

    def set_scene(now: datetime, level: Level) -> Scene:
        made = event(now, level)
        assert made.case is not None
        registered_at = made.case.registered_at
        return replace(made, case=replace(made.case, inquiries=(inquiry(registered_at, registered_at),)))

    return set_scene


def denied_again(*grounds: Ground, first: Ground) -> Maker:
    """A refusal that follows a refusal."""

    def set_scene(now: datetime, level: Level) -> Scene:
        before = CaseDecision(now - DAY, REFUSED, (first,))
        return scene(decides(now, REFUSED, *grounds), now, level, decisions=(before,))

    return set_scene


def complaint(*, answered: timedelta | None) -> Maker:
    """The end of the term of a complaint that was answered before (or after, if negative) it."""

    def set_scene(now: datetime, level: Level) -> Scene:
        answered_at = None if answered is None else now - answered
        made = Complaint("1", ComplaintAbout.OTHER, now - 30 * DAY, answered_at)
        return scene(ComplaintOverdue(made, now - DAY), now, level)

    return set_scene


def unattributed(now: datetime, level: Level) -> Scene:
    event = InquirySent(BODY, "ROSREESTR", EGRN, "request-1")
    return Scene(now, event, None, scene(event, now, level).passport)


STAMP: Final = Ground(GroundReason.DEFECTIVE_DOCUMENT, "plan", "нет печати")
NO_SCALE: Final = Ground(GroundReason.DEFECTIVE_DOCUMENT, "plan", "нет масштаба")
NO_ANSWER: Final = Ground(GroundReason.NO_ANSWER, "egrn")
PAPER_PLAN: Final = DemandedDocument("plan", Medium.PAPER)

KEPT: Final[Mapping[str, tuple[Maker, ...]]] = {
    "L-7-1-1": (
        demand("id", "plan", "egrn"),
        decision(REFUSED, Ground(MISSING, "plan")),
        decision(GRANTED, Ground(MISSING, "unheard")),
    ),
    "L-7-1-2": (demand("id", "plan", "edu", "letter"), demand()),
    "L-7-1-2-REFUSE": (
        decision(REFUSED, Ground(MISSING, "plan")),
        decision(REFUSED, Ground(GroundReason.DEFECTIVE_DOCUMENT, "egrn", "истёк")),
        decision(GRANTED, Ground(MISSING, "egrn")),
    ),
    "L-7-1-2-VOL": (happens(IntakeRefusedDocuments(BODY, ("plan", "unheard"))),),
    "L-7-1-3": (happens(Demanded(BODY, actions=("notary",))),),
    "L-7-1-4": (
        decision(REFUSED, STAMP),
        denied_again(STAMP, first=STAMP),
        denied_again(replace(NO_SCALE, exception="b"), first=STAMP),
        denied_again(replace(NO_SCALE, exception="g", evidence="приказ и извинение"), first=STAMP),
        denied_again(Ground(GroundReason.NOT_ENTITLED), first=STAMP),
        denied_again(first=STAMP),
    ),
    "L-7-1-5": (
        happens(Demanded(BODY, (DemandedDocument("id", Medium.PAPER),))),
        happens(Demanded(BODY, (DemandedDocument("plan"),))),
        happens(Demanded(BODY, (replace(PAPER_PLAN, withdrawal=True),))),
    ),
    "L-6-3": (answer(), answer(40 * DAY)),
    "L-7-6": (request(),),
    "L-7-1-NEED": (
        request(),
        request_with(subjects=(CHILD,)),
        request_with(subjects=()),
    ),
    "L-7-2-DUP": (
        request(),
        in_case(documents=(replace(OWN, valid_until=datetime(2000, 1, 1).date()),)),  # noqa: DTZ001 - a date
    ),
    "L-7-2-1-1": (request(PAPER), request(sender="")),
    "L-7-2-1-2": (request(PAPER), request(recipient="")),
    "L-7-2-1-3": (request(PAPER), request(service_name="", service_code=""), request(PAPER, basic_resource="ЕГРН")),
    "L-7-2-1-4": (request(PAPER), request(legal_basis=""), request(PAPER, legal_basis="", basic_resource="ЕГРН")),
    "L-7-2-1-5": (request(PAPER), request()),
    "L-7-2-1-6": (request(PAPER), request(contact="")),
    "L-7-2-1-7": (request(PAPER), request(sent_on=None)),
    "L-7-2-1-8": (request(PAPER), request(phone="", email="p@city.example")),
    "L-7-2-1-9": (
        request(consent_on=None),
        request(kind="sfr/disability"),
        request_with(subjects=(CHILD,)),
    ),
    "L-7-2-3": (answer(2 * DAY), silence(2 * DAY), answer(40 * DAY, TWO_DAYS)),
    "L-7-2-3-SPECIAL": (answer(DAY, TWO_DAYS), silence(DAY, TWO_DAYS), answer(40 * DAY)),
    "L-7-2-OVERDUE": (decision(REFUSED, Ground(GroundReason.NOT_ENTITLED)), decision(GRANTED, NO_ANSWER)),
    "L-7-2-LIAB": (answer(2 * DAY), silence(DAY)),
    "L-SEND-TERM": (
        request(),
        asked_for_extract(registered(40 * DAY, request())),
        asked_for_extract(term_ends("sending")),
        term_ends("sending", documents=(OWN,)),
        term_ends("service"),
    ),
    "L-TOTAL-TERM": (
        decision(GRANTED),
        registered(5 * DAY, decision(REFUSED)),
        term_ends("service", decisions=(CaseDecision(datetime.min, GRANTED),)),  # noqa: DTZ901 - any time
        term_ends("service", state=CaseState.CLOSED),
        term_ends("sending"),
    ),
    "L-NOREQ": (
        asked_for_extract(decision(GRANTED)),
        decision(GRANTED, documents=(OWN,)),
        decision(SUSPENDED),
    ),
    "L-4-CONSENT": (demand("id"),),
    "L-9-FEE": (demand("id", "egrn"),),
    "L-11-COMPLAINT": (complaint(answered=2 * DAY),),
}
"""By rule: what it lets pass."""

BROKEN: Final[Mapping[str, tuple[Maker, ...]]] = {
    "L-7-1-1": (
        demand("unheard"),
        demand("letter"),
        lambda now, _: Scene(now, demands("id"), None, None),
        decision(SUSPENDED, Ground(MISSING, "unheard")),
    ),
    "L-7-1-2": (demand("egrn"), demand("id", "mse")),
    "L-7-1-2-REFUSE": tuple(
        decision(outcome, Ground(MISSING, "egrn")) for outcome in (REFUSED, SUSPENDED, PROLONGED, INTAKE_REFUSED)
    ),
    "L-7-1-2-VOL": (
        happens(IntakeRefusedDocuments(BODY, ("plan", "egrn"))),
        happens(IntakeRefusedDocuments(BODY, ("letter",))),
    ),
    "L-7-1-3": (
        happens(Demanded(BODY, actions=("notary", "fire-brigade"))),
        lambda now, _: Scene(now, Demanded(BODY, actions=("notary",)), None, None),
    ),
    "L-7-1-4": (
        denied_again(STAMP, NO_SCALE, first=STAMP),
        denied_again(Ground(MISSING, "id"), first=STAMP),
        denied_again(replace(NO_SCALE, exception="x"), first=STAMP),
        denied_again(replace(NO_SCALE, exception="g"), first=STAMP),
    ),
    "L-7-1-5": (happens(Demanded(BODY, (PAPER_PLAN,))),),
    "L-6-3": (answer(asks_applicant=True), answer(asks_payment=True)),
    "L-7-6": (request(kind="rosobrnadzor/diploma"),),
    "L-7-1-NEED": (
        unattributed,
        lambda now, _: Scene(now, asks(now), None, None),
        in_case(state=CaseState.CLOSED),
        in_case(body="VILLAGE"),
        request(kind="fns/ndfl2"),
        request_with(subjects=(STRANGER,)),
        request(case_number="another"),
        request(service_code="M28"),
        request(applicant=STRANGER),
    ),
    "L-7-2-DUP": (in_case(documents=(OWN,)),),
    "L-7-2-1-1": (request(PAPER, sender=" "),),
    "L-7-2-1-2": (request(PAPER, recipient=""),),
    "L-7-2-1-3": (
        request(PAPER, service_name=""),
        request(PAPER, register_number=""),
        request_with(case_number="", envelope=LawEnvelope()),
    ),
    "L-7-2-1-4": (
        request(PAPER, legal_basis=""),
        request_with(case_number="", envelope=LawEnvelope()),
    ),
    "L-7-2-1-5": (incomplete(PAPER), incomplete(Channel.SMEV)),
    "L-7-2-1-6": (request(PAPER, contact=""),),
    "L-7-2-1-7": (
        request(PAPER, sent_on=None),
        lambda now, level: scene(asks(now, sent_on=(now + 2 * DAY).date()), now, level),
        request_with(message_id="", envelope=LawEnvelope()),
    ),
    "L-7-2-1-8": (request(PAPER, official=""), request(post=""), request(PAPER, phone="", email="")),
    "L-7-2-1-9": (
        request(kind="sfr/disability", consent_on=None),
        request(kind="sfr/disability", consent_of=""),
        lambda now, level: scene(asks(now, "sfr/disability", consent_on=(now + 2 * DAY).date()), now, level),
        request_with(subjects=(CHILD,), envelope=LawEnvelope()),
    ),
    "L-7-2-3": (answer(40 * DAY), silence(40 * DAY)),
    "L-7-2-3-SPECIAL": (answer(3 * DAY, TWO_DAYS), silence(3 * DAY, TWO_DAYS), silence(2 * DAY, TWO_DAYS)),
    "L-7-2-OVERDUE": tuple(decision(outcome, NO_ANSWER) for outcome in (REFUSED, SUSPENDED, PROLONGED, INTAKE_REFUSED)),
    "L-7-2-LIAB": (answer(40 * DAY), silence(3 * DAY, TWO_DAYS)),
    "L-SEND-TERM": (registered(40 * DAY, request()), term_ends("sending")),
    "L-TOTAL-TERM": (
        registered(60 * DAY, decision(GRANTED)),
        term_ends("service"),
        term_ends("service", decisions=(CaseDecision(datetime.min, SUSPENDED),)),  # noqa: DTZ901 - any time
    ),
    "L-NOREQ": (decision(GRANTED), decision(REFUSED)),
    "L-4-CONSENT": (happens(Demanded(BODY, wants_consent=True)),),
    "L-9-FEE": (demand("fee"),),
    "L-11-COMPLAINT": (complaint(answered=None), complaint(answered=timedelta(0))),
}
"""By rule: what it finds."""
