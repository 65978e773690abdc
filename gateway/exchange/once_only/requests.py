"""A request judged: an application opens a case, a demand or a decision is held against it, an inquiry serves it."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from gateway.domain.cases import Case, CaseState
from gateway.domain.catalogue import DataKind
from gateway.domain.law_envelope import find_law_envelope, read_law_envelope
from gateway.domain.once_only import evaluate
from gateway.domain.once_only.events import InquirySent, LawEnvelope
from gateway.domain.once_only.inquiries import NEED
from gateway.domain.once_only.violation import Verdict, Violation
from gateway.domain.services import Level
from gateway.domain.working_time import due
from gateway.exchange.arrival import Arrival, Rules
from gateway.exchange.law import Judgement, Law, Unattributed, refusal_for
from gateway.exchange.once_only import papers
from gateway.exchange.once_only.terms import terms_of
from gateway.exchange.subjects import case_number_of, subjects_of
from gateway.protocol.messages import SentRequest
from gateway.protocol.moments import MOSCOW
from gateway.protocol.operations import SendRequest, SendResponse
from gateway.storage import cases, interactions
from gateway.storage import violations as violations_kept
from gateway.storage.cases import CaseEvent
from gateway.xml import Element

NOTHING: Final = Judgement()


def judge_request(
    connection: Connection, arrival: Arrival, kind: DataKind, recipients: tuple[str, ...], rules: Rules
) -> Judgement:
    """Judge a request that has passed validation; reads the store, changes nothing before its effect is called."""
    if kind.id == papers.APPLICATION:
        return _application(arrival, recipients[0], rules)
    if kind.id == papers.DEMAND:
        return _demand(connection, arrival, rules.law)
    if kind.id == papers.DECISION:
        content = _data(arrival).primary_content
        return judge_decision(connection, content, arrival, papers.case_number_in(content), rules.law)
    if kind.interagency:
        return _inquiry(connection, arrival, kind, recipients[0], rules)
    return NOTHING


def _data(arrival: Arrival) -> SentRequest:
    assert isinstance(arrival.call, SendRequest)  # noqa: S101 - only requests come here
    return arrival.call.data


def _message_id(arrival: Arrival) -> str:
    assert isinstance(arrival.call, SendRequest | SendResponse)  # noqa: S101 - nothing else decides
    return arrival.call.data.message_id


def _application(arrival: Arrival, body: str, rules: Rules) -> Judgement:
    content = _data(arrival).primary_content
    passport = rules.law.passports.by_code(papers.service_in(content))
    participant = rules.participants.named(body)
    level = passport.level if passport else (participant and participant.level) or Level.MUNICIPAL
    case = papers.read_case(content, body, level, arrival.now)
    deadlines = terms_of(case, passport)

    def open_case(connection: Connection, refused: bool) -> tuple[datetime, ...]:
        if refused or not cases.open_case(connection, case, deadlines):
            return ()
        return tuple(deadline.due for deadline in deadlines)

    return Judgement(case_number=case.number, effect=open_case)


def _demand(connection: Connection, arrival: Arrival, law: Law) -> Judgement:
    data, body = _data(arrival), arrival.caller.mnemonic
    number = papers.case_number_in(data.primary_content)
    event = papers.read_demand(data.primary_content, body)
    case = own_case(connection, number, body)
    passport = None if case is None else law.passports.by_code(case.service)
    violations = named(evaluate(case, passport, event, arrival.now), number, data.message_id)

    def note(connection: Connection, refused: bool) -> tuple[datetime, ...]:
        if case is not None:
            cases.note_demand(connection, CaseEvent(number, arrival.now, data.message_id, refused), event.documents)
        return ()

    return Judgement(violations, refusal_for(law, violations), None if case is None else number, effect=note)


def judge_decision(connection: Connection, content: Element, arrival: Arrival, number: str, law: Law) -> Judgement:
    """Judge what a body decided, told by a request of its own or by the answer to the application."""
    body, message_id = arrival.caller.mnemonic, _message_id(arrival)
    event = papers.read_decision(content, body, arrival.now)
    case = own_case(connection, number, body)
    passport = None if case is None else law.passports.by_code(case.service)
    violations = named(evaluate(case, passport, event, arrival.now), number, message_id)

    def note(connection: Connection, refused: bool) -> tuple[datetime, ...]:
        if case is not None:
            cases.note_decision(connection, CaseEvent(number, arrival.now, message_id, refused), event.decision)
        return ()

    return Judgement(violations, refusal_for(law, violations), None if case is None else number, effect=note)


def own_case(connection: Connection, number: str, body: str) -> Case | None:
    """Return the case of that number when it is one of this body; nobody else may speak in it."""
    case = cases.load(connection, number) if number else None
    return case if case is not None and case.body == body else None


def named(violations: tuple[Violation, ...], number: str, message_id: str) -> tuple[Violation, ...]:
    """Return violations that know the message they were found in, and the case that it named."""
    return tuple(
        replace(violation, message_id=message_id, case_number=violation.case_number or number)
        for violation in violations
    )


# --- inter-agency requests -------------------------------------------------------------------------------------------


def _inquiry(connection: Connection, arrival: Arrival, kind: DataKind, recipient: str, rules: Rules) -> Judgement:
    data, law, now = _data(arrival), rules.law, arrival.now
    envelope = _envelope(arrival, recipient, rules)
    case = _case_of(connection, data, kind, envelope)
    if case is None and not envelope.case_number and law.unattributed is Unattributed.WARN:
        return _unattributed(arrival, kind, law)
    passport = None if case is None else law.passports.by_code(case.service)
    event = InquirySent(
        sender=arrival.caller.mnemonic,
        recipient=recipient,
        kind=kind.id,
        message_id=data.message_id,
        case_number=envelope.case_number or ("" if case is None else case.number),
        envelope=envelope,
        subjects=() if case is None else subjects_of(data.primary_content),
    )
    found = evaluate(case, passport, event, now)
    if case is None and not envelope.case_number:
        found = tuple(replace(violation, verdict=Verdict.VIOLATION, refuses=True) for violation in found)
    violations = named(found, event.case_number, data.message_id)
    term = law.passports.term_to_answer(kind.id, now.astimezone(MOSCOW).date(), passport)

    return Judgement(violations, refusal_for(law, violations), None if case is None else case.number, due(now, term))


def _unattributed(arrival: Arrival, kind: DataKind, law: Law) -> Judgement:
    """Return the judgement of a request that serves no case, which is what most systems send at first.

    It is noted without a word: texts are made for whoever asks what it was.
    """
    data, now, body = _data(arrival), arrival.now, arrival.caller.mnemonic
    day = now.astimezone(MOSCOW).date()

    def note(connection: Connection, refused: bool) -> tuple[datetime, ...]:
        if not refused and NEED.in_force(None, day):
            violations_kept.append_unattributed(connection, now, body, kind.id, data.message_id)
        return ()

    return Judgement(due=due(now, law.passports.term_to_answer(kind.id, day, None)), effect=note)


def _envelope(arrival: Arrival, recipient: str, rules: Rules) -> LawEnvelope:
    """Return what the request says of itself: its law envelope, and what the metadata of SMEV carry (items 1, 2, 7)."""
    element = find_law_envelope(_data(arrival).business_process_metadata)
    said = LawEnvelope() if element is None else read_law_envelope(element)
    return replace(
        said,
        sender=arrival.caller.name,
        recipient=rules.participants.name_of(recipient),
        sent_on=arrival.now.astimezone(MOSCOW).date(),
    )


def _case_of(connection: Connection, data: SentRequest, kind: DataKind, envelope: LawEnvelope) -> Case | None:
    """Return the case that a request serves: by its law envelope, else by what else it refers to.

    A law envelope says so on purpose, and no guess replaces it. A number in a field of the kind or in TransactionCode
    may be of a register of the sender's own: only a case that there is counts.
    """
    if envelope.case_number:
        return cases.load(connection, envelope.case_number)
    if data.reference_message_id:
        number = interactions.case_of(connection, data.reference_message_id)
        if number is not None:
            return cases.load(connection, number)
    for number in (case_number_of(kind, data.primary_content), data.transaction_code):
        case = cases.load(connection, number) if number else None
        if case is not None and case.state is CaseState.OPEN:
            return case
    return None
