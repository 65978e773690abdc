"""Whether a request may be sent at all: 210-FZ, Art. 7.1, Art. 7.2 part 1, Art. 7 part 6."""

from collections.abc import Iterator
from typing import Final

from gateway.domain.cases import Brought, Case, CaseState, Origin
from gateway.domain.once_only.events import InquirySent
from gateway.domain.once_only.matter import Finding, Matter, when
from gateway.domain.once_only.rule import BY_LEVEL, EXCHANGE, Rule, general_knowledge
from gateway.domain.once_only.subjects import Likeness, compared
from gateway.domain.once_only.telling import name_of, on
from gateway.domain.once_only.violation import Severity, Verdict
from gateway.domain.services import DocumentClass, ServicePassport
from gateway.words import say


def named_case(event: InquirySent) -> str:
    """Return the number of the case that the request names, "" when it names none."""
    return event.case_number.strip() or event.envelope.case_number.strip()


def is_attributed(matter: Matter, event: InquirySent) -> bool:
    """Tell whether the request says what it is for. Of one that does not, no other rule has anything to say."""
    return matter.case is not None or named_case(event) != ""


# --- a case it serves ---------------------------------------------------------------------------------------------


def _without_need(matter: Matter, event: InquirySent) -> Iterator[Finding]:
    case, passport = matter.case, matter.passport
    if case is None:
        yield _without_case(event)
        return
    yield from _of_another_case(case, event)
    yield from _contradicted(case, event)
    if passport is not None and matter.served_by(event.kind) is None:
        yield _not_in_passport(matter, passport, event)
    yield from _about_others(case, event)


def _without_case(event: InquirySent) -> Finding:
    number = named_case(event)
    if not number:
        return _finding(
            event,
            say("запрос по делу об услуге", "a request that serves a case"),
            say("запрос не называет дела", "the request names no case"),
            say(
                "назовите дело: CaseNumber в конверте закона (BusinessProcessMetadata)",
                "name the case: CaseNumber of the law envelope (BusinessProcessMetadata)",
            ),
            Verdict.WARNING,
        )
    return _finding(
        event,
        say("запрос по открытому делу отправителя", "a request that serves an open case of its sender"),
        say(f"дела {number!r} нет", f"there is no case {number!r}"),
        say("откройте дело или исправьте его номер", "open the case, or correct its number"),
    )


def _of_another_case(case: Case, event: InquirySent) -> Iterator[Finding]:
    if case.state is CaseState.CLOSED:
        yield _finding(
            event,
            say("запрос по открытому делу", "a request that serves an open case"),
            say(f"дело {case.number} закрыто", f"the case {case.number} is closed"),
            say("не запрашивайте сведения после решения", "ask for no data after the decision"),
        )
    if case.body != event.sender:
        yield _finding(
            event,
            say(
                f"запрос органа, который ведёт дело: {case.body}",
                f"a request of the body whose case it is: {case.body}",
            ),
            say(f"запрос отправляет {event.sender}", f"the sender is {event.sender}"),
            say("назовите своё дело", "name a case of your own"),
        )


def _contradicted(case: Case, event: InquirySent) -> Iterator[Finding]:
    """The law envelope says another thing than the case."""
    said = event.envelope
    number, service = said.case_number.strip(), said.service_code.strip()
    if number and number != case.number:
        yield _finding(
            event,
            say(f"в конверте закона — дело {case.number}", f"the law envelope names the case {case.number}"),
            say(f"в нём дело {number!r}", f"it names {number!r}"),
            say("исправьте CaseNumber", "correct CaseNumber"),
        )
    if service and service != case.service:
        yield _finding(
            event,
            say(f"услуга дела: {case.service}", f"the service of the case: {case.service}"),
            say(f"в конверте закона — услуга {service!r}", f"the law envelope names the service {service!r}"),
            say("исправьте Service/Code или номер дела", "correct Service/Code, or the number of the case"),
        )
    if said.applicant is not None and compared(said.applicant, case.applicant) is Likeness.OTHER:
        yield _finding(
            event,
            say(f"заявитель дела {case.number}", f"the applicant of the case {case.number}"),
            say("в конверте закона — другой заявитель", "the law envelope names another applicant"),
            say("исправьте Applicant или номер дела", "correct Applicant, or the number of the case"),
        )


def _not_in_passport(matter: Matter, passport: ServicePassport, event: InquirySent) -> Finding:
    kinds = sorted({item.kind for item in passport.to_fetch(matter.day) if item.kind})
    listed = ", ".join(kinds) or say("ни одного", "none")
    return _finding(
        event,
        say(
            f"вид сведений из паспорта услуги {passport.code}", f"a kind of the passport of the service {passport.code}"
        ),
        say(f"{event.kind} услуге не нужен", f"the service does not need {event.kind}"),
        say(f"запрашивайте только: {listed}", f"ask only for: {listed}"),
    )


def _about_others(case: Case, event: InquirySent) -> Iterator[Finding]:
    for subject in event.subjects:
        found = {compared(subject, person) for person in (case.applicant, *case.named)}
        if Likeness.SAME in found:
            continue
        expected = say("сведения о заявителе или о названных в заявлении", "data of the applicant or of those he named")
        advice = say(
            "запрашивайте тех, кто есть в деле, или внесите человека в дело",
            "ask about those whom the case names, or put the person into the case",
        )
        if Likeness.UNKNOWN in found:
            # The case knows one number of him, the request another: no proof of a look-up out of curiosity.
            what = say("по данным дела человека не узнать", "what the case knows does not tell who it is")
            yield _finding(event, expected, what, advice, Verdict.WARNING)
        else:
            yield _finding(event, expected, say("запрос о постороннем", "the request is about a stranger"), advice)


def _finding(event: InquirySent, expected: str, found: str, advice: str, verdict: Verdict | None = None) -> Finding:
    return Finding(event.sender, expected, found, advice, kind=event.kind, message_id=event.message_id, verdict=verdict)


NEED: Final = Rule(
    id="L-7-1-NEED",
    citation=lambda: say("210-ФЗ, ст. 7.1, ст. 7.2 ч. 1", "210-FZ, Art. 7.1, Art. 7.2 part 1"),
    title=lambda: say(
        "Межведомственный запрос нужен для конкретного дела об услуге",
        "An inter-agency request has to serve a concrete case",
    ),
    verdict=Verdict.VIOLATION,
    severity=Severity.CRITICAL,
    effective=EXCHANGE,
    confidence=lambda: say(
        "практика прочитана в регламенте; текст статей — общие знания",
        "the practice was read in a regulation; the articles are general knowledge",
    ),
    source=lambda: say("docs.cntd.ru/document/406869630, п. 3.2.1", "docs.cntd.ru/document/406869630, item 3.2.1"),
    checks=(when(InquirySent, _without_need),),
    refuses=True,
)


# --- of a document that has to be fetched -------------------------------------------------------------------------


def _personal_document(matter: Matter, event: InquirySent) -> Iterator[Finding]:
    document = matter.served_by(event.kind) if is_attributed(matter, event) else None
    if document is None or document.document_class is not DocumentClass.PERSONAL:
        return
    name = name_of(document)
    if document.item is None:
        why = say("его никто не хранит", "nobody holds it")
    else:
        why = say(f"п. {document.item} ч. 6 ст. 7", f"Art. 7 part 6 item {document.item}")
    yield Finding(
        event.sender,
        say("сведения, которые хранит другой орган", "data that another body holds"),
        say(f"на {on(matter.day)} «{name}» приносит заявитель: {why}", f"{name}: brought by the applicant, {why}"),
        say("держатель не обязан отвечать: возьмите документ из дела", "nobody owes an answer: take it from the case"),
        document,
        kind=event.kind,
        message_id=event.message_id,
    )


PERSONAL_DOCUMENT: Final = Rule(
    id="L-7-6",
    citation=lambda: say("210-ФЗ, ст. 7 ч. 6, ст. 6 п. 3", "210-FZ, Art. 7 part 6, Art. 6 item 3"),
    title=lambda: say(
        "Межведомственно запрошен документ, который приносит сам заявитель",
        "Asked of another body: a document that the applicant brings himself",
    ),
    verdict=Verdict.WARNING,
    severity=Severity.INFO,
    effective=BY_LEVEL,
    confidence=general_knowledge,
    checks=(when(InquirySent, _personal_document),),
)


def _already_there(matter: Matter, event: InquirySent) -> Iterator[Finding]:
    document = matter.served_by(event.kind)
    brought = () if matter.case is None or document is None else matter.case.documents
    if document is not None and any(_is_usable(item, document.code, matter) for item in brought):
        name = name_of(document)
        yield Finding(
            event.sender,
            say("запрос того, чего в деле нет", "a request for what the case lacks"),
            say(f"«{name}» заявитель принёс сам", f"the applicant brought it himself: {name}"),
            say("возьмите документ из дела: запрос излишен", "take it from the case: the request is superfluous"),
            document,
            kind=event.kind,
            message_id=event.message_id,
        )


def _is_usable(item: Brought, code: str, matter: Matter) -> bool:
    is_valid = item.valid_until is None or matter.day <= item.valid_until
    return item.code == code and item.origin is Origin.OWN_INITIATIVE and is_valid


ALREADY_THERE: Final = Rule(
    id="L-7-2-DUP",
    citation=lambda: say("210-ФЗ, ст. 7.2 ч. 1", "210-FZ, Art. 7.2 part 1"),
    title=lambda: say(
        "Запрошено то, что заявитель уже принёс по собственной инициативе",
        "Asked for what the applicant has brought on own initiative",
    ),
    verdict=Verdict.WARNING,
    severity=Severity.INFO,
    effective=EXCHANGE,
    confidence=lambda: say(
        "общие знания: статья начинается словами «если документы не были представлены заявителем»",
        "general knowledge: the article begins with documents that the applicant did not bring",
    ),
    checks=(when(InquirySent, _already_there),),
)
