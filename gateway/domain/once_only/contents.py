"""What a request has to say: 210-FZ, Art. 7.2 part 1 items 1 to 9.

Part 2 exempts requests through SMEV from items 1 to 6 and 8 (general knowledge): its envelope and the registered kind
carry them. So what such a request says nowhere is worth a warning; on paper it is a violation. Instead of the service
and its legal basis a request may name the basic state information resource for whose keeping it is sent.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from gateway.domain.cases import Channel
from gateway.domain.once_only.events import InquirySent
from gateway.domain.once_only.inquiries import is_attributed, named_case
from gateway.domain.once_only.matter import Check, Finding, Matter, when
from gateway.domain.once_only.rule import EXCHANGE, Rule, from_everybody, general_knowledge
from gateway.domain.once_only.subjects import Likeness, compared
from gateway.domain.once_only.telling import name_of, on
from gateway.domain.once_only.violation import Severity, Verdict
from gateway.words import say

_Lacks = Callable[[Matter, InquirySent], str]
"""Says what of an item the request lacks; "" when nothing."""


def _is_on_paper(event: InquirySent) -> bool:
    return event.channel is not Channel.SMEV


def _no(what: str) -> str:
    return say(f"нет: {what}", f"there is no {what}")


# --- the items ----------------------------------------------------------------------------------------------------


def _sender(_: Matter, event: InquirySent) -> str:
    said = event.envelope.sender.strip() or ("" if _is_on_paper(event) else event.sender.strip())
    return "" if said else _no(say("наименование отправителя", "name of the sender"))


def _recipient(_: Matter, event: InquirySent) -> str:
    said = event.envelope.recipient.strip() or ("" if _is_on_paper(event) else event.recipient.strip())
    return "" if said else _no(say("наименование адресата", "name of the body addressed"))


def _service(matter: Matter, event: InquirySent) -> str:
    said = event.envelope
    if said.basic_resource.strip():
        return ""
    if not _is_on_paper(event):
        names_it = said.service_name.strip() or said.service_code.strip() or named_case(event)
        return "" if names_it else say("нет ни услуги, ни номера дела", "neither a service nor a case is named")
    if not said.service_name.strip():
        return _no(say("наименование услуги", "name of the service"))
    number = None if matter.passport is None else matter.passport.register_number
    if number and not said.register_number.strip():
        return _no(say(f"номер услуги в реестре ({number})", f"number of the service in the register ({number})"))
    return ""


def _legal_basis(matter: Matter, event: InquirySent) -> str:
    said = event.envelope
    if said.legal_basis.strip() or said.basic_resource.strip():
        return ""
    # A request through SMEV that names its case names with it the acts of the service.
    if not _is_on_paper(event) and named_case(event) and matter.passport is not None and matter.passport.acts:
        return ""
    return _no(say("положение акта, по которому нужен документ", "provision of the act that requires the document"))


def _data_needed(_: Matter, event: InquirySent) -> str:
    if event.is_complete:
        return ""
    return say(
        f"нет того, чего требует схема вида {event.kind}", f"the schema of the kind {event.kind} wants more than it has"
    )


def _contact(_: Matter, event: InquirySent) -> str:
    said = event.envelope.contact.strip() or ("" if _is_on_paper(event) else event.sender.strip())
    return "" if said else _no(say("контакты для ответа", "contact for the answer"))


def _sending_date(matter: Matter, event: InquirySent) -> str:
    sent_on = event.envelope.sent_on
    if sent_on is not None and sent_on > matter.day:
        return say(f"дата {on(sent_on)} ещё не наступила", f"the date {on(sent_on)} is yet to come")
    # SMEV itself writes SendingTimestamp; a MessageID has the time in it.
    is_dated = sent_on is not None or (not _is_on_paper(event) and event.message_id.strip())
    return "" if is_dated else _no(say("дата направления", "date of sending"))


def _official(_: Matter, event: InquirySent) -> str:
    said = event.envelope
    told = [bool(text.strip()) for text in (said.official, said.post, said.phone or said.email)]
    if all(told):
        return ""
    parts = (say("ФИО", "full name"), say("должность", "post"), say("телефон или почта", "phone or e-mail"))
    return _no(", ".join(part for part, is_told in zip(parts, told, strict=True) if not is_told))


def _consent(matter: Matter, event: InquirySent) -> str:
    """Art. 7 part 5 for restricted data, part 3 for the data of another person."""
    why = _why_consent(matter, event)
    said = event.envelope
    if not why:
        return ""
    if said.consent_on is None or not said.consent_of.strip():
        return say(f"нет сведений о согласии: {why}", f"nothing on the consent: {why}")
    if said.consent_on > matter.day:
        return say(f"согласие от {on(said.consent_on)} ещё не дано", f"the consent of {on(said.consent_on)} is to come")
    return ""


def _why_consent(matter: Matter, event: InquirySent) -> str:
    document = matter.served_by(event.kind)
    if document is not None and document.restricted:
        return say(f"«{document.name}» — сведения ограниченного доступа", f"{name_of(document)} is restricted")
    case = matter.case
    if case is not None and any(compared(subject, case.applicant) is Likeness.OTHER for subject in event.subjects):
        return say("запрошены сведения не о заявителе", "the data are of somebody else than the applicant")
    return ""


# --- the rules ----------------------------------------------------------------------------------------------------

_EXEMPT: Final = frozenset({1, 2, 3, 4, 5, 6, 8})
"""Items that part 2 does not want of requests through SMEV."""


def _check(number: int, lacks: _Lacks, advice: Callable[[], str]) -> Check:
    def judge(matter: Matter, event: InquirySent) -> Iterator[Finding]:
        found = lacks(matter, event) if is_attributed(matter, event) else ""
        if not found:
            return
        on_paper = _is_on_paper(event)
        channel = say("на бумаге", "on paper") if on_paper else say("через СМЭВ", "through SMEV")
        yield Finding(
            event.sender,
            say(f"запрос {channel} с п. {number} ч. 1 ст. 7.2", f"a request {channel} with item {number} of the list"),
            found,
            advice(),
            matter.served_by(event.kind),
            kind=event.kind,
            message_id=event.message_id,
            verdict=Verdict.WARNING if number in _EXEMPT and not on_paper else None,
            refuses=on_paper or number == 9,
        )

    return when(InquirySent, judge)


def _confirmed() -> str:
    return say(
        "пп. 1–4 подтверждены регламентом, их необязательность в СМЭВ (ч. 2) — общие знания",
        "items 1-4 are confirmed by a regulation; that SMEV is exempt (part 2) is general knowledge",
    )


def _remembered() -> str:
    return say(
        "общие знания, и необязательность в СМЭВ (ч. 2) — тоже",
        "general knowledge, and so is what SMEV is exempt from (part 2)",
    )


def _item(number: int, severity: Severity, lacks: _Lacks, title: Callable[[], str], advice: Callable[[], str]) -> Rule:
    is_confirmed = number <= 4
    return Rule(
        id=f"L-7-2-1-{number}",
        citation=lambda: say(f"210-ФЗ, ст. 7.2 ч. 1 п. {number}", f"210-FZ, Art. 7.2 part 1 item {number}"),
        title=title,
        verdict=Verdict.VIOLATION,
        severity=severity,
        effective=EXCHANGE,
        confidence=_confirmed if is_confirmed else _remembered,
        source=(lambda: say("docs.cntd.ru/document/423978182, п. 20", "docs.cntd.ru/document/423978182, item 20"))
        if is_confirmed
        else str,
        checks=(_check(number, lacks, advice),),
        refuses=True,
    )


def _in_envelope(element: str) -> Callable[[], str]:
    return lambda: say(
        f"впишите в запрос; в СМЭВ — {element} конверта закона (BusinessProcessMetadata)",
        f"write it into the request; in SMEV, {element} of the law envelope (BusinessProcessMetadata)",
    )


_CONSENT: Final = Rule(
    id="L-7-2-1-9",
    citation=lambda: say("210-ФЗ, ст. 7.2 ч. 1 п. 9, ст. 7 ч. 5", "210-FZ, Art. 7.2 part 1 item 9, Art. 7 part 5"),
    title=lambda: say(
        "В запросе сведений, для которых нужно согласие, сказано о согласии",
        "A request for data that need a consent tells of the consent",
    ),
    verdict=Verdict.VIOLATION,
    severity=Severity.CRITICAL,
    effective=from_everybody(date(2012, 7, 1)),
    confidence=lambda: say(
        f"{general_knowledge()}; в силе с декабря 2011 или с июля 2012 года, взята поздняя дата",
        f"{general_knowledge()}; in force since December 2011 or July 2012, the later is taken",
    ),
    checks=(_check(9, _consent, _in_envelope("Consent/Date, Consent/Of")),),
    refuses=True,
)

ITEMS: Final = (
    _item(
        1,
        Severity.MAJOR,
        _sender,
        lambda: say("Запрос называет орган, который его отправляет", "A request names the body that sends it"),
        lambda: say("назовите отправителя", "name the sender"),
    ),
    _item(
        2,
        Severity.MINOR,
        _recipient,
        lambda: say("Запрос называет орган, которому он отправлен", "A request names the body that it is sent to"),
        lambda: say("назовите адресата", "name the body addressed"),
    ),
    _item(
        3,
        Severity.MAJOR,
        _service,
        lambda: say(
            "Запрос называет услугу и её номер в реестре", "A request names the service and its number in the register"
        ),
        _in_envelope("Service"),
    ),
    _item(
        4,
        Severity.MAJOR,
        _legal_basis,
        lambda: say(
            "Запрос называет положение акта, по которому нужен документ",
            "A request names the provision of the act that requires the document",
        ),
        _in_envelope("LegalBasis"),
    ),
    _item(
        5,
        Severity.MINOR,
        _data_needed,
        lambda: say(
            "В запросе есть сведения, нужные для ответа", "A request has the data that are needed to answer it"
        ),
        lambda: say("дополните содержимое запроса", "complete the content of the request"),
    ),
    _item(
        6,
        Severity.MINOR,
        _contact,
        lambda: say("В запросе есть контакты для ответа", "A request says where the answer goes"),
        _in_envelope("Contact"),
    ),
    _item(
        7,
        Severity.MINOR,
        _sending_date,
        lambda: say("В запросе есть дата направления", "A request has the date of its sending"),
        lambda: say("поставьте день отправки", "put the day of sending"),
    ),
    _item(
        8,
        Severity.MINOR,
        _official,
        lambda: say(
            "Запрос называет сотрудника, который его подготовил и отправил",
            "A request names the official who prepared and sent it",
        ),
        _in_envelope("Official"),
    ),
    _CONSENT,
)
"""Items 1 to 9."""
