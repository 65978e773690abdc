"""Terms of the body itself: to send its requests, to decide, to answer a complaint. What ended refuses nothing."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from gateway.domain.cases import Case, CaseState, ComplaintAbout, DecisionOutcome
from gateway.domain.once_only.events import ComplaintOverdue, Decided, InquirySent, TermEnded
from gateway.domain.once_only.matter import Finding, Matter, when
from gateway.domain.once_only.rule import EXCHANGE, Rule, from_everybody, general_knowledge
from gateway.domain.once_only.telling import at, how_to_fetch, lasting, late_by, name_of
from gateway.domain.once_only.violation import Severity, Verdict
from gateway.domain.services import Document, ServicePassport
from gateway.domain.working_time import Term, TermUnit, due
from gateway.words import say

SENDING: Final = "sending"
"""`TermEnded.what`: the term to send inter-agency requests."""

SERVICE: Final = "service"
"""`TermEnded.what`: the term of the service."""

COMPLAINT_TERMS: Final = {
    ComplaintAbout.INTAKE_REFUSAL: Term(5, TermUnit.WORKING_DAYS),
    ComplaintAbout.OTHER: Term(15, TermUnit.WORKING_DAYS),
}
"""Art. 11.2; general knowledge."""

# --- to send requests ---------------------------------------------------------------------------------------------


def _sent_late(matter: Matter, event: InquirySent) -> Iterator[Finding]:
    case, passport = matter.case, matter.passport
    if case is None or passport is None or case.body != event.sender:
        return
    last = due(case.registered_at, passport.term_to_send)
    # A request that is repeated was sent in time when the first one of its kind was.
    in_time = (item for item in case.inquiries if item.kind == event.kind and item.sent_at <= last)
    if matter.now <= last or any(in_time):
        return
    yield Finding(
        event.sender,
        _to_be_sent(case, passport, last),
        say(
            f"запрос вида {event.kind} отправлен {at(matter.now)}, просрочка {late_by(last, matter.now)}",
            f"a request of the kind {event.kind} sent {at(matter.now)}, late by {late_by(last, matter.now)}",
        ),
        say("отправляйте запросы сразу после регистрации", "send requests as soon as the application is registered"),
        matter.served_by(event.kind),
        kind=event.kind,
        message_id=event.message_id,
    )


def _not_sent(matter: Matter, event: TermEnded) -> Iterator[Finding]:
    case, passport = matter.case, matter.passport
    if event.what != SENDING or case is None or passport is None or matter.now < event.due:
        return
    if case.state is CaseState.CLOSED:
        return
    for document in passport.to_fetch(matter.day):
        if document.mandatory and not _is_asked_or_brought(case, document):
            yield Finding(
                case.body,
                _to_be_sent(case, passport, event.due),
                say(f"сведения «{name_of(document)}» не запрошены", f"nobody has been asked for {name_of(document)}"),
                how_to_fetch(document),
                document,
            )


def _is_asked_or_brought(case: Case, document: Document) -> bool:
    return any(item.kind == document.kind for item in case.inquiries) or case.brought(document.code) is not None


def _to_be_sent(case: Case, passport: ServicePassport, last: datetime) -> str:
    term, since = lasting(passport.term_to_send), at(case.registered_at)
    return say(
        f"запрос не позже {at(last)}: {term} с регистрации {since}",
        f"a request until {at(last)}: {term} from the registration at {since}",
    )


TERM_TO_SEND: Final = Rule(
    id="L-SEND-TERM",
    citation=lambda: say("административный регламент услуги; 210-ФЗ, ст. 7.1", "the regulation; 210-FZ, Art. 7.1"),
    title=lambda: say(
        "Межведомственный запрос отправляют в срок, который назвал регламент",
        "An inter-agency request is sent within the term of the regulation",
    ),
    verdict=Verdict.VIOLATION,
    severity=Severity.MINOR,
    effective=EXCHANGE,
    confidence=lambda: say(
        "сроки прочитаны в регламентах: от 6 часов до 5 рабочих дней; дата — по ст. 7.1",
        "terms read in regulations: 6 hours to 5 working days; the date is that of Art. 7.1",
    ),
    source=lambda: say(
        "docs.cntd.ru/document/574609777, п. 46; 424084948, п. 60; 406947508, п. 3.5.2; 1303506250, п. 51",
        "docs.cntd.ru/document/574609777, item 46; 424084948, item 60; 406947508, item 3.5.2; 1303506250, item 51",
    ),
    checks=(when(InquirySent, _sent_late), when(TermEnded, _not_sent)),
)


# --- to decide ----------------------------------------------------------------------------------------------------


def _decided_late(matter: Matter, event: Decided) -> Iterator[Finding]:
    case, passport, decided = matter.case, matter.passport, event.decision.at
    if case is None or passport is None:
        return
    last = due(case.registered_at, passport.term)
    if decided > last:
        yield Finding(
            event.body,
            _to_be_decided(case, passport, last),
            say(
                f"решение {at(decided)}, просрочка {late_by(last, decided)}",
                f"decided {at(decided)}, late by {late_by(last, decided)}",
            ),
            _waiting_is_included(),
        )


def _not_decided(matter: Matter, event: TermEnded) -> Iterator[Finding]:
    case, passport = matter.case, matter.passport
    if event.what != SERVICE or case is None or passport is None or matter.now < event.due:
        return
    waits = (DecisionOutcome.SUSPENDED, DecisionOutcome.PROLONGED)
    if case.state is CaseState.OPEN and all(decision.outcome in waits for decision in case.decisions):
        yield Finding(
            case.body,
            _to_be_decided(case, passport, event.due),
            say(f"к {at(matter.now)} решения нет", f"no decision at {at(matter.now)}"),
            _waiting_is_included(),
        )


def _to_be_decided(case: Case, passport: ServicePassport, last: datetime) -> str:
    term, since = lasting(passport.term), at(case.registered_at)
    return say(
        f"решение не позже {at(last)}: {term} с регистрации {since}",
        f"a decision until {at(last)}: {term} from the registration at {since}",
    )


def _waiting_is_included() -> str:
    return say(
        "решайте в срок: ожидание ответов ведомств в него входит",
        "decide in time: waiting for the answers of other bodies is included",
    )


TERM_OF_SERVICE: Final = Rule(
    id="L-TOTAL-TERM",
    citation=lambda: say("210-ФЗ, ст. 14; административный регламент", "210-FZ, Art. 14; the regulation"),
    title=lambda: say(
        "Срок услуги включает межведомственные запросы",
        "The term of a service includes its inter-agency requests",
    ),
    verdict=Verdict.VIOLATION,
    severity=Severity.MAJOR,
    effective=EXCHANGE,
    confidence=lambda: say("прочитано в регламенте", "read in a regulation"),
    source=lambda: say("docs.cntd.ru/document/456077880, п. 2.7.1", "docs.cntd.ru/document/456077880, item 2.7.1"),
    checks=(when(Decided, _decided_late), when(TermEnded, _not_decided)),
)


# --- to answer a complaint ----------------------------------------------------------------------------------------


def _complaint_unanswered(matter: Matter, event: ComplaintOverdue) -> Iterator[Finding]:
    complaint, last = event.complaint, event.due
    if matter.now < last or (complaint.answered_at is not None and complaint.answered_at <= last):
        return
    term = lasting(COMPLAINT_TERMS[complaint.about])
    if complaint.answered_at is None:
        found = say(f"к {at(matter.now)} ответа нет", f"no answer at {at(matter.now)}")
    else:
        found = say(f"ответ {at(complaint.answered_at)}", f"answered {at(complaint.answered_at)}")
    yield Finding(
        "" if matter.case is None else matter.case.body,
        say(f"ответ на жалобу не позже {at(last)}: {term}", f"an answer to the complaint until {at(last)}: {term}"),
        say(f"жалоба {complaint.number}: {found}", f"complaint {complaint.number}: {found}"),
        say("ответьте на жалобу", "answer the complaint"),
    )


COMPLAINT_IN_TIME: Final = Rule(
    id="L-11-COMPLAINT",
    citation=lambda: say("210-ФЗ, ст. 11.1, 11.2", "210-FZ, Art. 11.1, 11.2"),
    title=lambda: say(
        "На жалобу отвечают за 15 рабочих дней, на отказ в приёме документов — за 5",
        "A complaint is answered within 15 working days, one about refused documents within 5",
    ),
    verdict=Verdict.VIOLATION,
    severity=Severity.MINOR,
    effective=from_everybody(date(2011, 12, 1)),
    confidence=lambda: say(
        f"{general_knowledge()}; вступление — декабрь 2011 года, день не установлен",
        f"{general_knowledge()}; in force in December 2011, the day is not known",
    ),
    checks=(when(ComplaintOverdue, _complaint_unanswered),),
)
