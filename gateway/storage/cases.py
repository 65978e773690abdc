"""Cases in the store: opened once, grown by events, found whole for judging; and the terms that run in them."""

import json
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, select, update

from gateway.domain.cases import (
    Brought,
    Case,
    CaseDecision,
    CaseDemand,
    CaseState,
    Complaint,
    ComplaintAbout,
    DecisionOutcome,
    DemandedDocument,
    Inquiry,
    Outcome,
)
from gateway.domain.clock import from_microseconds, to_microseconds
from gateway.domain.services import Level
from gateway.storage.case_values import (
    as_json,
    brought_of,
    demanded_of,
    ground_of,
    particulars_of,
    written,
    written_particulars,
)
from gateway.storage.prepared import Prepared
from gateway.storage.tables import CASE_EVENTS, CASES, DEADLINES, INTERACTIONS, MESSAGES
from gateway.values import value

DEMAND: Final = "demand"
DECISION: Final = "decision"
COMPLAINT: Final = "complaint"
COMPLAINT_ANSWER: Final = "complaint-answer"
DOCUMENT: Final = "document"
DOCUMENTS_REFUSED: Final = "documents-refused"
INQUIRY: Final = "inquiry"

SENDING: Final = "sending"
SERVICE: Final = "service"

_C: Final = CASES.c
_CLOSING: Final = (DecisionOutcome.GRANTED, DecisionOutcome.REFUSED, DecisionOutcome.INTAKE_REFUSED)

_LOAD: Final = Prepared(
    select(_C.number, _C.service, _C.body, _C.level, _C.state, _C.opened_at, _C.particulars).where(
        _C.number == bindparam("number")
    )
)
_EVENTS: Final = Prepared(
    select(CASE_EVENTS.c.moment, CASE_EVENTS.c.event, CASE_EVENTS.c.details)
    .where(CASE_EVENTS.c.case_number == bindparam("number"))
    .order_by(CASE_EVENTS.c.id)
)
_INQUIRIES: Final = Prepared(
    select(
        MESSAGES.c.message_id,
        INTERACTIONS.c.kind,
        INTERACTIONS.c.provider,
        INTERACTIONS.c.sent_at,
        INTERACTIONS.c.due,
        INTERACTIONS.c.answered_at,
        INTERACTIONS.c.outcome,
    )
    .join_from(INTERACTIONS, MESSAGES, MESSAGES.c.id == INTERACTIONS.c.id)
    .where(INTERACTIONS.c.case_number == bindparam("number"), INTERACTIONS.c.due.is_not(None))
    .order_by(INTERACTIONS.c.id)
)
_NOTE: Final = Prepared(insert(CASE_EVENTS), [column.name for column in CASE_EVENTS.c if column.name != "id"])
_OPEN: Final = Prepared(insert(CASES), ("number", "service", "body", "level", "state", "opened_at", "particulars"))
_DECIDE: Final = Prepared(update(CASES).where(_C.number == bindparam("of_case")).values(outcome=bindparam("decided")))
_CLOSE: Final = Prepared(
    update(CASES)
    .where(_C.number == bindparam("of_case"))
    .values(outcome=bindparam("decided"), state=CaseState.CLOSED.value, closed_at=bindparam("at"))
)
_ADD_DEADLINE: Final = Prepared(insert(DEADLINES), [column.name for column in DEADLINES.c if column.name != "id"])
_ENDED: Final = Prepared(
    select(DEADLINES.c.id, DEADLINES.c.case_number, DEADLINES.c.what, DEADLINES.c.due, DEADLINES.c.reference)
    .where(DEADLINES.c.due < bindparam("now"))
    .order_by(DEADLINES.c.due, DEADLINES.c.id)
    .limit(bindparam("most"))
)
_NEXT_END: Final = Prepared(select(func.min(DEADLINES.c.due)))
_MEET: Final = Prepared(
    delete(DEADLINES)
    .where(DEADLINES.c.case_number == bindparam("number"), DEADLINES.c.what == bindparam("kept"))
    .returning(DEADLINES.c.id)
)


@value
class Deadline:
    """A term that runs in a case. `what` is SENDING, SERVICE or COMPLAINT; `reference` the number of a complaint."""

    case_number: str
    what: str
    due: datetime
    reference: str | None = None


@value
class ListedCase:
    """A case as it is listed; `outcome` is that of its last decision."""

    number: str
    service: str
    body: str
    level: Level
    state: CaseState
    opened_at: datetime
    closed_at: datetime | None
    outcome: DecisionOutcome | None


@value
class Sought:
    """Which cases are listed; None is any."""

    body: str | None = None
    service: str | None = None
    state: CaseState | None = None


def open_case(connection: Connection, case: Case, deadlines: tuple[Deadline, ...] = ()) -> bool:
    """Keep a new case and the terms that begin with it; False when there is a case of that number already."""
    if exists(connection, case.number):
        return False
    row = {
        "number": case.number,
        "service": case.service,
        "body": case.body,
        "level": case.level.value,
        "state": case.state.value,
        "opened_at": to_microseconds(case.registered_at),
        "particulars": written_particulars(case),
    }
    _OPEN.rows(connection, row)
    for deadline in deadlines:
        add_deadline(connection, deadline)
    return True


def exists(connection: Connection, number: str) -> bool:
    """Tell whether there is a case of that number."""
    return _LOAD.row(connection, {"number": number}) is not None


def load(connection: Connection, number: str) -> Case | None:
    """Return the case as it stands, None when there is none of that number."""
    row = _LOAD.row(connection, {"number": number})
    if row is None:
        return None
    particulars = particulars_of(row[6])
    grown = _Grown()
    for moment, event, details in _EVENTS.rows(connection, {"number": number}):
        grown.take(from_microseconds(moment), event, json.loads(details))
    return Case(
        number=row[0],
        service=row[1],
        body=row[2],
        level=Level(row[3]),
        state=CaseState(row[4]),
        registered_at=from_microseconds(row[5]),
        channel=particulars.channel,
        applicant=particulars.applicant,
        named=particulars.named,
        parameters=particulars.parameters,
        documents=(*particulars.documents, *grown.documents),
        inquiries=(
            *(_inquiry(found) for found in _INQUIRIES.rows(connection, {"number": number})),
            *grown.inquiries,
        ),
        demands=tuple(grown.demands),
        decisions=tuple(grown.decisions),
        complaints=tuple(grown.complaints.values()),
    )


class _Grown:
    """What the events of a case add up to."""

    def __init__(self) -> None:
        self.documents: list[Brought] = []
        self.demands: list[CaseDemand] = []
        self.decisions: list[CaseDecision] = []
        self.complaints: dict[str, Complaint] = {}
        self.inquiries: list[Inquiry] = []

    def take(self, at: datetime, event: str, details: dict[str, Any]) -> None:
        if event == DOCUMENT:
            self.documents.append(brought_of(details))
        elif event == DEMAND and not details.get("refused"):
            asked = (demanded_of(document) for document in details["documents"])
            self.demands.append(CaseDemand(at, tuple(asked)))
        elif event == DECISION and not details.get("refused"):
            grounds = tuple(ground_of(ground) for ground in details["grounds"])
            self.decisions.append(CaseDecision(at, DecisionOutcome(details["outcome"]), grounds))
        elif event == INQUIRY and not details.get("refused"):
            self.inquiries.append(_inquiry_on_paper(at, details))
        elif event == COMPLAINT:
            about = ComplaintAbout(details["about"])
            self.complaints[details["number"]] = Complaint(details["number"], about, at)
        elif event == COMPLAINT_ANSWER and details["number"] in self.complaints:
            first = self.complaints[details["number"]]
            self.complaints[first.number] = Complaint(first.number, first.about, first.received_at, at)


@value
class CaseEvent:
    """Something that happened in a case. `refused`: the message that would have done it was refused."""

    case_number: str
    at: datetime
    message_id: str | None = None
    refused: bool = False


def note_demand(connection: Connection, event: CaseEvent, documents: tuple[DemandedDocument, ...]) -> None:
    """Note what was asked of the applicant, or would have been."""
    _note(connection, event, DEMAND, {"documents": [written(document) for document in documents]})


def note_decision(connection: Connection, event: CaseEvent, decision: CaseDecision) -> None:
    """Note a decision; a final one closes the case and ends its terms."""
    details = {"outcome": decision.outcome, "grounds": [written(ground) for ground in decision.grounds]}
    _note(connection, event, DECISION, details)
    if event.refused:
        return
    decided = {"of_case": event.case_number, "decided": decision.outcome.value}
    if decision.outcome not in _CLOSING:
        _DECIDE.rows(connection, decided)
        return
    for what in (SENDING, SERVICE):
        meet(connection, event.case_number, what)
    _CLOSE.rows(connection, {**decided, "at": to_microseconds(event.at)})


def note_document(connection: Connection, event: CaseEvent, document: Brought) -> None:
    """Note a document that the applicant brought later."""
    _note(connection, event, DOCUMENT, written(document))


def note_refused_documents(connection: Connection, event: CaseEvent, codes: tuple[str, ...]) -> None:
    """Note that the body would not take documents."""
    _note(connection, event, DOCUMENTS_REFUSED, {"documents": list(codes)})


def note_inquiry(connection: Connection, event: CaseEvent, inquiry: Inquiry) -> None:
    """Note an inter-agency request on paper; one that is a message is found by its interaction."""
    due = None if inquiry.due is None else to_microseconds(inquiry.due)
    _note(connection, event, INQUIRY, {"kind": inquiry.kind, "holder": inquiry.holder, "due": due})


def note_complaint(connection: Connection, event: CaseEvent, complaint: Complaint, due: datetime) -> None:
    """Note a complaint; the term to answer it begins."""
    _note(connection, event, COMPLAINT, {"number": complaint.number, "about": complaint.about})
    add_deadline(connection, Deadline(event.case_number, COMPLAINT, due, complaint.number))


def note_complaint_answer(connection: Connection, event: CaseEvent, number: str) -> None:
    """Note the answer to a complaint; its term ends."""
    _note(connection, event, COMPLAINT_ANSWER, {"number": number})
    connection.execute(
        delete(DEADLINES).where(
            DEADLINES.c.case_number == event.case_number,
            DEADLINES.c.what == COMPLAINT,
            DEADLINES.c.reference == number,
        )
    )


def _note(connection: Connection, event: CaseEvent, what: str, details: dict[str, Any]) -> None:
    row = {
        "case_number": event.case_number,
        "moment": to_microseconds(event.at),
        "event": what,
        "message_id": event.message_id,
        "details": as_json({**details, "refused": True} if event.refused else details),
    }
    _NOTE.many(connection, [row])


# --- terms -----------------------------------------------------------------------------------------------------------


def add_deadline(connection: Connection, deadline: Deadline) -> None:
    """Let a term run."""
    row = {
        "due": to_microseconds(deadline.due),
        "what": deadline.what,
        "case_number": deadline.case_number,
        "reference": deadline.reference,
    }
    _ADD_DEADLINE.rows(connection, row)


def meet(connection: Connection, number: str, what: str) -> None:
    """End the term `what` of a case: what it was for has been done."""
    _MEET.rows(connection, {"number": number, "kept": what})


def running(connection: Connection, number: str) -> list[Deadline]:
    """Return the terms that run in a case, in the order of their ends."""
    query = (
        select(DEADLINES.c.case_number, DEADLINES.c.what, DEADLINES.c.due, DEADLINES.c.reference)
        .where(DEADLINES.c.case_number == number)
        .order_by(DEADLINES.c.due, DEADLINES.c.id)
    )
    return [Deadline(row[0], row[1], from_microseconds(row[2]), row[3]) for row in connection.execute(query)]


def take_ended(connection: Connection, now: datetime, limit: int) -> list[Deadline]:
    """Remove up to `limit` terms that ended before `now` and return them, in the order of their ends."""
    rows = _ENDED.rows(connection, {"now": to_microseconds(now), "most": limit})
    if rows:
        connection.execute(delete(DEADLINES).where(DEADLINES.c.id.in_([row[0] for row in rows])))
    return [Deadline(row[1], row[2], from_microseconds(row[3]), row[4]) for row in rows]


def next_end(connection: Connection) -> int | None:
    """Return when the next term ends, in microseconds since 1970; None when none runs."""
    due: int | None = _NEXT_END.rows(connection, {})[0][0]
    return due


# --- for people who look ---------------------------------------------------------------------------------------------


def search(connection: Connection, sought: Sought, limit: int, before: str | None = None) -> list[ListedCase]:
    """Return up to `limit` cases, newest first; with `before` those that were opened before that case."""
    query = select(_C.number, _C.service, _C.body, _C.level, _C.state, _C.opened_at, _C.closed_at, _C.outcome).order_by(
        _C.opened_at.desc(), _C.number.desc()
    )
    wanted: dict[ColumnElement[Any], Any] = {
        _C.body: sought.body, _C.service: sought.service, _C.state: sought.state and sought.state.value,
    }  # fmt: skip
    query = query.where(*(column == sought_for for column, sought_for in wanted.items() if sought_for is not None))
    if before is not None:
        opened = select(_C.opened_at).where(_C.number == before).scalar_subquery()
        query = query.where((_C.opened_at < opened) | ((_C.opened_at == opened) & (_C.number < before)))
    return [_listed(row) for row in connection.execute(query.limit(limit))]


def _listed(row: Any) -> ListedCase:
    return ListedCase(
        number=row[0], service=row[1], body=row[2], level=Level(row[3]), state=CaseState(row[4]),
        opened_at=from_microseconds(row[5]), closed_at=None if row[6] is None else from_microseconds(row[6]),
        outcome=None if row[7] is None else DecisionOutcome(row[7]),
    )  # fmt: skip


def clear(connection: Connection) -> int:
    """Remove every case with its events and terms; return how many cases there were."""
    count = connection.execute(select(func.count()).select_from(CASES)).scalar() or 0
    for table in (DEADLINES, CASE_EVENTS, CASES):
        connection.execute(delete(table))
    return count


# --- rows ----------------------------------------------------------------------------------------------------------


def _inquiry_on_paper(at: datetime, kept: dict[str, Any]) -> Inquiry:
    due = kept.get("due")
    return Inquiry("", kept["kind"], kept["holder"], at, None if due is None else from_microseconds(due))


def _inquiry(row: Any) -> Inquiry:
    due, answered, outcome = row[4], row[5], row[6]
    return Inquiry(
        message_id=row[0],
        kind=row[1],
        holder=row[2] or "",
        sent_at=from_microseconds(row[3]),
        due=None if due is None else from_microseconds(due),
        answered_at=None if answered is None else from_microseconds(answered),
        outcome=None if outcome is None else Outcome(outcome),
    )
