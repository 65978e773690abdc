"""What the holder of the data owes: 210-FZ, Art. 6 item 3, Art. 7.2 part 3."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.domain.cases import Inquiry
from gateway.domain.once_only.events import AnswerOverdue, InquiryAnswered
from gateway.domain.once_only.matter import Finding, Matter, when
from gateway.domain.once_only.rule import BY_LEVEL, EXCHANGE, Rule, general_knowledge
from gateway.domain.once_only.telling import at, lasting, late_by, name_of
from gateway.domain.once_only.violation import Severity, Verdict
from gateway.domain.services import DEFAULT_TERM_TO_ANSWER, DocumentClass
from gateway.domain.working_time import Term, due
from gateway.words import say

# --- Art. 6 item 3: free of charge, and without the applicant -----------------------------------------------------


def _not_answered_as_owed(matter: Matter, event: InquiryAnswered) -> Iterator[Finding]:
    document = matter.served_by(event.inquiry.kind)
    if document is None or document.document_class is not DocumentClass.INTERAGENCY:
        return
    if not event.asks_applicant and not event.asks_payment:
        return
    inquiry, name = event.inquiry, name_of(document)
    if event.asks_applicant:
        yield Finding(
            inquiry.holder,
            say(f"сведения «{name}», или что их нет", f"the data ({name}), or that there are none"),
            _quoted(say("за документом отправляют к заявителю", "sent to the applicant for it"), event.words),
            say("ответьте сведениями или NO_DATA", "answer with the data, or NO_DATA"),
            document,
            kind=inquiry.kind,
            message_id=inquiry.message_id,
        )
    if event.asks_payment:
        yield Finding(
            inquiry.holder,
            say(f"сведения «{name}» бесплатно", f"the data ({name}) free of charge"),
            _quoted(say("за сведения требуют плату", "a payment is wanted"), event.words),
            say("ответьте сведениями без платы", "answer with the data, without a fee"),
            document,
            kind=inquiry.kind,
            message_id=inquiry.message_id,
        )


def _quoted(what: str, words: str) -> str:
    return f"{what}: «{words}»" if words.strip() else what


ANSWER_IS_OWED: Final = Rule(
    id="L-6-3",
    citation=lambda: say("210-ФЗ, ст. 6 п. 3", "210-FZ, Art. 6 item 3"),
    title=lambda: say(
        "На межведомственный запрос отвечают бесплатно и не отправляют к заявителю",
        "An inter-agency request is answered free of charge and without sending anybody to the applicant",
    ),
    verdict=Verdict.VIOLATION,
    severity=Severity.MAJOR,
    effective=BY_LEVEL,
    confidence=general_knowledge,
    checks=(when(InquiryAnswered, _not_answered_as_owed),),
    refuses=True,
)


# --- Art. 7.2 part 3: in time -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Late:
    """An answer that is late: its term, the last moment that was in time, when it came (None: not yet)."""

    inquiry: Inquiry
    term: Term
    is_special: bool
    last: datetime
    answered_at: datetime | None


def _late(matter: Matter, event: InquiryAnswered | AnswerOverdue) -> _Late | None:
    inquiry = event.inquiry
    special = None if matter.passport is None else matter.passport.terms_to_answer.get(inquiry.kind)
    term = special or event.term or DEFAULT_TERM_TO_ANSWER
    last = inquiry.due or due(inquiry.sent_at, term)
    if isinstance(event, AnswerOverdue):
        # The event itself says that the term is over: it may happen in the very last moment of it.
        is_in_time = matter.now < last or (inquiry.answered_at is not None and inquiry.answered_at <= last)
    else:
        is_in_time = (inquiry.answered_at or matter.now) <= last
    if is_in_time:
        return None
    is_special = special is not None or term != DEFAULT_TERM_TO_ANSWER
    answered_at = inquiry.answered_at or (matter.now if isinstance(event, InquiryAnswered) else None)
    return _Late(inquiry, term, is_special, last, answered_at)


def _finding(matter: Matter, late: _Late, advice: str) -> Finding:
    inquiry = late.inquiry
    if late.answered_at is None:
        found = say(f"к {at(matter.now)} ответа нет", f"no answer at {at(matter.now)}")
    else:
        found = say(f"ответ {at(late.answered_at)}", f"answered {at(late.answered_at)}")
    over = late_by(late.last, late.answered_at or matter.now)
    term, last, sent = lasting(late.term), at(late.last), at(inquiry.sent_at)
    return Finding(
        inquiry.holder,
        say(
            f"ответ не позже {last}: {term} с получения {sent}",
            f"an answer until {last}: {term} from the receipt at {sent}",
        ),
        say(f"{found}, просрочка {over}", f"{found}, late by {over}"),
        advice,
        matter.served_by(inquiry.kind),
        kind=inquiry.kind,
        holder=inquiry.holder,
        message_id=inquiry.message_id,
    )


def _answer_at_once() -> str:
    return say("ответьте на запрос; услугу это не продлевает", "answer the request; the service is not prolonged by it")


def _ordinary_term_is_over(matter: Matter, event: InquiryAnswered | AnswerOverdue) -> Iterator[Finding]:
    late = _late(matter, event)
    if late is not None and not late.is_special:
        yield _finding(matter, late, _answer_at_once())


def _special_term_is_over(matter: Matter, event: InquiryAnswered | AnswerOverdue) -> Iterator[Finding]:
    late = _late(matter, event)
    if late is not None and late.is_special:
        yield _finding(matter, late, _answer_at_once())


def _somebody_is_liable(matter: Matter, event: InquiryAnswered | AnswerOverdue) -> Iterator[Finding]:
    late = _late(matter, event)
    if late is not None:
        yield _finding(
            matter, late, say("выясните, кто отвечал за ответ", "find out who was responsible for the answer")
        )


ANSWER_IN_TIME: Final = Rule(
    id="L-7-2-3",
    citation=lambda: say("210-ФЗ, ст. 7.2 ч. 3", "210-FZ, Art. 7.2 part 3"),
    title=lambda: say(
        "На межведомственный запрос отвечают за пять рабочих дней",
        "An inter-agency request is answered within five working days",
    ),
    verdict=Verdict.VIOLATION,
    severity=Severity.MAJOR,
    effective=EXCHANGE,
    confidence=lambda: say(
        "пять дней — общие знания; днём получения день постановки в очередь назван с 11.08.2016, здесь — всегда",
        "five days are general knowledge; the day of queuing is that of receipt since 2016-08-11, here always",
    ),
    source=lambda: say(
        "ПП РФ 785 от 11.08.2016: consultant.ru, cons_doc_LAW_203331",
        "decree 785 of 11.08.2016: consultant.ru, cons_doc_LAW_203331",
    ),
    checks=(when(InquiryAnswered, _ordinary_term_is_over), when(AnswerOverdue, _ordinary_term_is_over)),
)

ANSWER_IN_SPECIAL_TIME: Final = Rule(
    id="L-7-2-3-SPECIAL",
    citation=lambda: say(
        "210-ФЗ, ст. 7.2 ч. 3 (если иной срок не установлен)", "210-FZ, Art. 7.2 part 3 (where no other term is set)"
    ),
    title=lambda: say(
        "На запрос этого вида отвечают в срок, установленный для него",
        "A request of this kind is answered within the term that is set for it",
    ),
    verdict=Verdict.VIOLATION,
    severity=Severity.MAJOR,
    effective=EXCHANGE,
    confidence=lambda: say(
        "источником не подтверждено: 48 часов — около 2022 года, 3 рабочих дня — общие знания; сроки — данные",
        "confirmed by no source: 48 hours about 2022, 3 working days are general knowledge; the terms are data",
    ),
    checks=(when(InquiryAnswered, _special_term_is_over), when(AnswerOverdue, _special_term_is_over)),
)

LIABILITY: Final = Rule(
    id="L-7-2-LIAB",
    citation=lambda: say(
        "210-ФЗ, ст. 7.1, 7.2; КоАП, ст. 5.63", "210-FZ, Art. 7.1, 7.2; Administrative Code, Art. 5.63"
    ),
    title=lambda: say("Кто не ответил в срок, несёт ответственность", "Whoever did not answer in time is liable"),
    verdict=Verdict.RECORD,
    severity=Severity.INFO,
    effective=BY_LEVEL,
    confidence=general_knowledge,
    checks=(when(InquiryAnswered, _somebody_is_liable), when(AnswerOverdue, _somebody_is_liable)),
)
