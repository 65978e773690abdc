"""Cases by hand: opened, spoken in and looked at, as the same things happen in traffic, judged by the same rules."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from gateway.domain.cases import (
    Brought,
    Case,
    CaseDecision,
    CaseState,
    Channel,
    Complaint,
    ComplaintAbout,
    DecisionOutcome,
    Ground,
    Inquiry,
    Subject,
)
from gateway.domain.catalogue import DataKind
from gateway.domain.clock import Clock, to_microseconds
from gateway.domain.ids import IdSource
from gateway.domain.likeness import nearest
from gateway.domain.once_only import COMPLAINT_TERMS, evaluate
from gateway.domain.once_only.events import Decided, Demanded, Event, InquirySent, IntakeRefusedDocuments, LawEnvelope
from gateway.domain.once_only.violation import Violation
from gateway.domain.participants import Participants
from gateway.domain.services import ServicePassport
from gateway.domain.working_time import due
from gateway.exchange.law import Law, journal_entries, refusal_for
from gateway.exchange.once_only.terms import terms_of
from gateway.exchange.supervision import Supervision
from gateway.library import Library
from gateway.protocol.moments import MOSCOW
from gateway.storage import cases, journal, violations
from gateway.storage.cases import CaseEvent, Deadline, ListedCase
from gateway.storage.database import Database
from gateway.storage.violations import StoredViolation
from gateway.words import say

MOST_VIOLATIONS: Final = 500
"""Violations of one case that are told with it."""


class CaseRefusal(Exception):
    """The case stays as it is: what was found, and what to do."""

    def __init__(self, found: str, advice: str) -> None:
        self.found, self.advice = found, advice
        super().__init__(found)


class NoSuchCase(CaseRefusal):
    """No case has this number, or the case no such complaint."""


class CaseStays(CaseRefusal):
    """The number is taken, the case is over, or the complaint is answered."""


class ImpossibleValue(CaseRefusal):
    """A service, a body or a kind that there is not; `field` names it as the API does."""

    def __init__(self, name: str, found: str, advice: str) -> None:
        self.field = name
        super().__init__(found, advice)


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case to open; without a number it is given one."""

    service: str
    body: str
    applicant: Subject
    number: str | None = None
    channel: Channel = Channel.PORTAL
    named: tuple[Subject, ...] = ()
    parameters: dict[str, str] = field(default_factory=dict)
    documents: tuple[Brought, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperInquiry:
    """An inter-agency request on paper. `envelope` is what it says, `is_complete` whether it has what the kind wants.

    `subjects` are those whom it asks about.
    """

    kind: str
    envelope: LawEnvelope
    subjects: tuple[Subject, ...] = ()
    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of something that was tried in a case: `case` as it stands after it, `at` when it was tried."""

    case: Case
    violations: tuple[Violation, ...]
    refused: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class WholeCase:
    """A case with what the rules found in it, newest first, and the terms that run."""

    case: Case
    passport: ServicePassport | None
    violations: tuple[StoredViolation, ...]
    terms: tuple[Deadline, ...]
    now: datetime


Note = Callable[[Connection, CaseEvent], None]


class Cases:
    """The cases of one store. Everything that asks the store raises StoreError."""

    def __init__(  # noqa: PLR0913 - what a composition root hands over
        self,
        store: Database,
        law: Law,
        library: Library,
        participants: Participants,
        clock: Clock,
        *,
        ids: IdSource,
        supervision: Supervision,
    ) -> None:
        self.law: Final = law
        self._store, self._library, self._participants = store, library, participants
        self._clock, self._ids, self._supervision = clock, ids, supervision

    # Looked at

    async def list(self, sought: cases.Sought, limit: int, before: str | None = None) -> list[ListedCase]:
        """Return up to `limit` cases, newest first; with `before` those that were opened before that case."""
        return await self._store.run(lambda connection: cases.search(connection, sought, limit, before))

    async def whole(self, number: str) -> WholeCase:
        """Return a case with all there is about it.

        Raises: NoSuchCase.
        """
        sought, now = violations.Sought(case_number=number), self._clock.now()

        def work(connection: Connection) -> WholeCase:
            case = _case(connection, number)
            found = violations.search(connection, sought, MOST_VIOLATIONS)
            terms = cases.running(connection, number)
            return WholeCase(case, self.law.passports.by_code(case.service), tuple(found), tuple(terms), now)

        return await self._store.run(work)

    async def case(self, number: str) -> Case | None:
        """Return a case, None when there is none of that number."""
        return await self._store.run(lambda connection: cases.load(connection, number))

    async def violations(
        self, sought: violations.Sought, limit: int, before: int | None = None
    ) -> tuple[StoredViolation, ...]:
        """Return up to `limit` violations, newest first; with `before` those with smaller keys."""
        return tuple(await self._store.run(lambda connection: violations.search(connection, sought, limit, before)))

    async def violation(self, key: int) -> StoredViolation | None:
        """Return one violation."""
        return await self._store.run(lambda connection: violations.find(connection, key))

    async def violations_in(self, message_id: str) -> tuple[StoredViolation, ...]:
        """Return what was found in one message, in order."""
        return tuple(await self._store.run(lambda connection: violations.of_message(connection, message_id)))

    # Opened

    async def open(self, new: NewCase) -> Case:
        """Open a case; its terms begin.

        Raises: ImpossibleValue, CaseStays.
        """
        passport, now = self._passport(new.service), self._clock.now()
        if self._participants.named(new.body) is None:
            raise _unknown_body(new.body, self._participants)
        case = Case(
            number=new.number or self._number(now),
            service=new.service,
            body=new.body,
            level=passport.level,
            applicant=new.applicant,
            registered_at=now,
            channel=new.channel,
            named=new.named,
            parameters=new.parameters,
            documents=new.documents,
        )
        terms = terms_of(case, passport)
        if not await self._store.run(lambda connection: cases.open_case(connection, case, terms)):
            found = say(f"дело {case.number} уже есть", f"there is a case {case.number} already")
            raise CaseStays(found, say("дайте другой номер или не давайте никакого", "give another number, or none"))
        for term in terms:
            self._supervision.expect(to_microseconds(term.due))
        return case

    def _passport(self, service: str) -> ServicePassport:
        passport = self.law.passports.by_code(service)
        if passport is None:
            found = say(f"нет услуги {service!r}", f"no service {service!r}")
            hint = say("все услуги: GET /__admin/services", "all services: GET /__admin/services")
            raise ImpossibleValue("service", found, _perhaps(nearest(service, self.law.passports.codes), hint))
        return passport

    def _number(self, now: datetime) -> str:
        """Return the time and the sequence of a fresh MessageID; the last part is that of the gateway itself."""
        return self._ids.message_id(now).rpartition("-")[0]

    # Spoken in

    async def demand(self, number: str, demanded: Demanded) -> Judged:
        """Ask the applicant for documents, as the body of the case; `demanded.body` is not looked at.

        Raises: NoSuchCase, CaseStays.
        """

        def event(case: Case, _: datetime) -> tuple[Event, Note]:
            _refuse_when_over(case)
            asked = Demanded(case.body, demanded.documents, demanded.actions, demanded.wants_consent, demanded.channel)
            return asked, lambda connection, at: cases.note_demand(connection, at, asked.documents)

        return await self._judge(number, event)

    async def decide(self, number: str, outcome: DecisionOutcome, grounds: tuple[Ground, ...]) -> Judged:
        """Decide, as the body of the case.

        Raises: NoSuchCase, CaseStays.
        """

        def event(case: Case, now: datetime) -> tuple[Event, Note]:
            _refuse_when_over(case)
            decision = CaseDecision(now, outcome, grounds)
            return Decided(case.body, decision), lambda connection, at: cases.note_decision(connection, at, decision)

        return await self._judge(number, event)

    async def refuse_documents(self, number: str, codes: tuple[str, ...]) -> Judged:
        """Do not take documents that the applicant brings, as the body of the case.

        Raises: NoSuchCase, CaseStays.
        """

        def event(case: Case, _: datetime) -> tuple[Event, Note]:
            _refuse_when_over(case)
            refused = IntakeRefusedDocuments(case.body, codes)
            return refused, lambda connection, at: cases.note_refused_documents(connection, at, codes)

        return await self._judge(number, event)

    async def inquire(self, number: str, paper: PaperInquiry) -> Judged:
        """Ask another body on paper, as the body of the case. No message goes, and no answer is waited for.

        Raises: NoSuchCase, ImpossibleValue.
        """
        kind = self._kind(paper.kind)

        def event(case: Case, now: datetime) -> tuple[Event, Note]:
            passport = self.law.passports.by_code(case.service)
            term = self.law.passports.term_to_answer(kind.id, now.astimezone(MOSCOW).date(), passport)
            holder = next(iter(self._participants.providers.get(kind.id, ())), paper.envelope.recipient)
            sent = InquirySent(
                sender=case.body,
                recipient=holder,
                kind=kind.id,
                channel=Channel.PAPER,
                case_number=paper.envelope.case_number or number,
                envelope=paper.envelope,
                subjects=paper.subjects,
                is_complete=paper.is_complete,
            )
            inquiry = Inquiry("", kind.id, holder, now, due(now, term))
            return sent, lambda connection, at: cases.note_inquiry(connection, at, inquiry)

        return await self._judge(number, event)

    def _kind(self, kind_id: str) -> DataKind:
        kind = self._library.catalogue.by_id(kind_id)
        if kind is None:
            found = say(f"нет вида сведений {kind_id!r}", f"no data kind {kind_id!r}")
            near = nearest(kind_id, (kind.id for kind in self._library.catalogue))
            hint = say("все виды: GET /__admin/kinds", "all kinds: GET /__admin/kinds")
            raise ImpossibleValue("kind", found, _perhaps(near, hint))
        return kind

    async def _judge(self, number: str, event_of: Callable[[Case, datetime], tuple[Event, Note]]) -> Judged:
        """Hold an event against the rules and note it, as refused where it is, in one transaction."""
        now = self._clock.now()

        def work(connection: Connection) -> Judged:
            case = _case(connection, number)
            event, note = event_of(case, now)
            found = evaluate(case, self.law.passports.by_code(case.service), event, now)
            refused = refusal_for(self.law, found) is not None
            note(connection, CaseEvent(number, now, refused=refused))
            violations.append(connection, now, found, refused=refused)
            # No rejection of a message explains them, so each entry explains itself.
            journal.append(connection, journal_entries(found, now, None))
            return Judged(_case(connection, number), found, refused, now)

        return await self._store.run(work)

    # Documents and complaints: no rule refuses them

    async def bring(self, number: str, documents: tuple[Brought, ...]) -> Case:
        """Put documents that the applicant brought later into the case.

        Raises: NoSuchCase, CaseStays.
        """

        def note(connection: Connection, case: Case, event: CaseEvent) -> None:
            _refuse_when_over(case)
            for document in documents:
                cases.note_document(connection, event, document)

        return await self._note(number, note)

    async def complain(self, number: str, about: ComplaintAbout) -> Case:
        """Let the applicant complain; the term to answer begins. The complaint is the last one of the case.

        Raises: NoSuchCase.
        """
        last = due(self._clock.now(), COMPLAINT_TERMS[about])

        def note(connection: Connection, case: Case, event: CaseEvent) -> None:
            complaint = Complaint(str(len(case.complaints) + 1), about, event.at)
            cases.note_complaint(connection, event, complaint, last)

        case = await self._note(number, note)
        self._supervision.expect(to_microseconds(last))
        return case

    async def answer_complaint(self, number: str, complaint: str) -> Case:
        """Answer a complaint, as the body of the case.

        Raises: NoSuchCase, CaseStays.
        """

        def note(connection: Connection, case: Case, event: CaseEvent) -> None:
            known = next((item for item in case.complaints if item.number == complaint), None)
            if known is None:
                have = ", ".join(item.number for item in case.complaints) or say("ни одной", "none")
                found = say(f"в деле {number} нет жалобы {complaint!r}", f"the case {number} has no {complaint!r}")
                raise NoSuchCase(found, say(f"жалобы дела: {have}", f"its complaints: {have}"))
            if known.answered_at is not None:
                found = say(f"на жалобу {complaint} уже ответили", f"the complaint {complaint} is answered already")
                raise CaseStays(found, say("отвечать больше не на что", "there is nothing more to answer"))
            cases.note_complaint_answer(connection, event, complaint)

        return await self._note(number, note)

    async def _note(self, number: str, note: Callable[[Connection, Case, CaseEvent], None]) -> Case:
        now = self._clock.now()

        def work(connection: Connection) -> Case:
            note(connection, _case(connection, number), CaseEvent(number, now))
            return _case(connection, number)

        return await self._store.run(work)


def _case(connection: Connection, number: str) -> Case:
    case = cases.load(connection, number)
    if case is None:
        hint = say("все дела: GET /__admin/cases", "all cases: GET /__admin/cases")
        raise NoSuchCase(say(f"нет дела {number!r}", f"no case {number!r}"), hint)
    return case


def _refuse_when_over(case: Case) -> None:
    """After a denial the applicant may come again (Art. 7 part 1 item 4); a service that was provided is over."""
    if case.state is CaseState.CLOSED and case.decisions[-1].outcome is DecisionOutcome.GRANTED:
        found = say(f"дело {case.number} закрыто: услуга предоставлена", f"the case {case.number} is closed: granted")
        raise CaseStays(found, say("откройте новое дело", "open a new case"))


def _unknown_body(mnemonic: str, participants: Participants) -> ImpossibleValue:
    found = say(f"нет участника {mnemonic!r}", f"no participant {mnemonic!r}")
    hint = say("все участники: GET /__admin/participants", "all participants: GET /__admin/participants")
    return ImpossibleValue("body", found, _perhaps(nearest(mnemonic, participants.by_mnemonic), hint))


def _perhaps(near: str, hint: str) -> str:
    return say(f"похоже на {near}; {hint}", f"{near} looks like it; {hint}") if near else hint
