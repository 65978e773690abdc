"""Terms: which begin with a case, and what the end of one is found to be."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection

from gateway.domain.cases import Case, Inquiry
from gateway.domain.journal import JournalEntry
from gateway.domain.once_only import evaluate
from gateway.domain.once_only.events import AnswerOverdue, ComplaintOverdue, Event, TermEnded
from gateway.domain.once_only.violation import Violation
from gateway.domain.services import ServicePassport
from gateway.domain.working_time import due
from gateway.exchange.law import Law, journal_entries
from gateway.protocol.moments import MOSCOW
from gateway.storage import cases, interactions
from gateway.storage import violations as kept_violations
from gateway.storage.cases import Deadline
from gateway.storage.interactions import Overdue

MOST_AT_ONCE: Final = 500
"""Terms whose end is noted in one transaction; the next ones follow in the next."""


def terms_of(case: Case, passport: ServicePassport | None) -> tuple[Deadline, ...]:
    """Return the terms that begin with a case: to provide the service, and to send its requests if there are any.

    The term of the service includes the exchange (Art. 14); without a passport nobody knows it.
    """
    if passport is None:
        return ()
    service = Deadline(case.number, cases.SERVICE, due(case.registered_at, passport.term))
    if not passport.to_fetch(_day(case.registered_at)):
        return (service,)
    return (service, Deadline(case.number, cases.SENDING, due(case.registered_at, passport.term_to_send)))


def _day(moment: datetime) -> date:
    return moment.astimezone(MOSCOW).date()


def note_ended(connection: Connection, now: datetime, law: Law) -> list[JournalEntry]:
    """Note the violations of all terms that ended before `now`; return what the journal says of them."""
    entries = []
    for overdue in interactions.take_overdue(connection, now, MOST_AT_ONCE):
        entries += _note(connection, overdue.case_number, _silence(overdue, law), now, law)
    for deadline in cases.take_ended(connection, now, MOST_AT_ONCE):
        event = _event(connection, deadline)
        if event is not None:
            entries += _note(connection, deadline.case_number, event, now, law)
    return entries


def _silence(overdue: Overdue, law: Law) -> AnswerOverdue:
    term = law.passports.term_to_answer(overdue.kind, _day(overdue.sent_at), None)
    return AnswerOverdue(Inquiry(overdue.message_id, overdue.kind, overdue.holder, overdue.sent_at, overdue.due), term)


def _event(connection: Connection, deadline: Deadline) -> Event | None:
    if deadline.what != cases.COMPLAINT:
        return TermEnded(deadline.what, deadline.due)
    case = cases.load(connection, deadline.case_number)
    complaint = next((item for item in case.complaints if item.number == deadline.reference), None) if case else None
    return None if complaint is None else ComplaintOverdue(complaint, deadline.due)


def _note(connection: Connection, number: str | None, event: Event, now: datetime, law: Law) -> list[JournalEntry]:
    case = cases.load(connection, number) if number else None
    passport = None if case is None else law.passports.by_code(case.service)
    found: tuple[Violation, ...] = evaluate(case, passport, event, now)
    kept_violations.append(connection, now, found, refused=False)
    return journal_entries(found, now, None)


def next_end(connection: Connection) -> int | None:
    """Return the first microsecond since 1970 in which a running term has ended; None when none runs."""
    ends = [end for end in (interactions.next_overdue(connection), cases.next_end(connection)) if end is not None]
    return min(ends) + 1 if ends else None
