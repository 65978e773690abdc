"""What may be asked of an applicant: 210-FZ, Art. 7 part 1 items 1, 2, 3, 5, part 4; Art. 9."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from gateway.domain.cases import DecisionOutcome, GroundReason, Medium
from gateway.domain.once_only.events import Decided, Demanded
from gateway.domain.once_only.matter import Finding, Matter, when
from gateway.domain.once_only.rule import BY_LEVEL, EXCHANGE, Rule, from_everybody, general_knowledge
from gateway.domain.once_only.telling import holder_of, how_to_fetch, name_of, on
from gateway.domain.once_only.violation import Severity, Verdict
from gateway.domain.services import DocumentClass
from gateway.words import say

PAYMENTS: Final = "treasury/payments"
"""The data kind of the register of payments (ГИС ГМП)."""

_LISTED_AT_MOST: Final = 8


def _demanded_codes(event: Demanded) -> list[str]:
    return list(dict.fromkeys(item.code for item in event.documents))


# --- item 1: nothing that the act does not provide for ------------------------------------------------------------


def _unlisted_document(matter: Matter, event: Demanded) -> Iterator[Finding]:
    for code in _demanded_codes(event):
        yield from _unlisted(matter, event.body, code)


def _unlisted_ground(matter: Matter, event: Decided) -> Iterator[Finding]:
    """A denial for lack of a document that the service does not need demands it in other words."""
    if event.decision.outcome is DecisionOutcome.GRANTED:
        return
    grounds = (item for item in event.decision.grounds if item.reason is GroundReason.MISSING_DOCUMENT)
    for code in dict.fromkeys(ground.document for ground in grounds if ground.document):
        yield from _unlisted(matter, event.body, code)


def _unlisted(matter: Matter, body: str, code: str) -> Iterator[Finding]:
    document = matter.document(code)
    if document is not None and document.document_class is not DocumentClass.OWN_INITIATIVE:
        return
    passport = matter.passport
    if passport is None:
        found = say(f"{code!r}, а услуга не известна", f"{code!r}, and no service is known")
    elif document is not None:
        found = say(f"«{document.name}» приносят только по желанию", f"{name_of(document)} is brought only by choice")
    elif passport.knows(code):
        found = say(f"{code!r} услуге на {on(matter.day)} не нужен", f"{code!r} is not needed on {on(matter.day)}")
    else:
        found = say(f"{code!r} в паспорте услуги нет", f"{code!r} is not in the service's passport")
    yield Finding(body, _what_is_listed(matter), found, _strike_out(matter, code), document, code)


def _what_is_listed(matter: Matter) -> str:
    if matter.passport is None:
        return say("документ из паспорта услуги", "a document of the service's passport")
    code = matter.passport.code
    return say(f"документ из перечня услуги {code}", f"a document that the service {code} lists")


def _strike_out(matter: Matter, code: str) -> str:
    documents = () if matter.passport is None else matter.passport.in_force(matter.day)
    personal = [item.code for item in documents if item.document_class is DocumentClass.PERSONAL]
    if not personal:
        return say(f"не требуйте {code!r}; назовите дело и услугу", f"do not demand {code!r}; name case and service")
    listed = ", ".join(personal[:_LISTED_AT_MOST]) + (", …" if len(personal) > _LISTED_AT_MOST else "")
    return say(f"не требуйте {code!r}; требовать можно: {listed}", f"do not demand {code!r}; may be demanded: {listed}")


UNLISTED: Final = Rule(
    id="L-7-1-1",
    citation=lambda: say("210-ФЗ, ст. 7 ч. 1 п. 1", "210-FZ, Art. 7 part 1 item 1"),
    title=lambda: say(
        "Нельзя требовать документ, не предусмотренный актом об услуге",
        "No document may be demanded that the act on the service does not provide for",
    ),
    verdict=Verdict.VIOLATION,
    severity=Severity.MAJOR,
    effective=from_everybody(date(2010, 7, 30)),
    confidence=general_knowledge,
    checks=(when(Demanded, _unlisted_document), when(Decided, _unlisted_ground)),
    refuses=True,
)


# --- item 2: nothing that another body holds ----------------------------------------------------------------------


def _held_elsewhere(matter: Matter, event: Demanded) -> Iterator[Finding]:
    for code in _demanded_codes(event):
        document = matter.document(code)
        if document is None or document.document_class is not DocumentClass.INTERAGENCY:
            continue
        holder, name = holder_of(document), name_of(document)
        yield Finding(
            event.body,
            say(f"сведения запрашиваются без заявителя, их хранит {holder}", f"fetched from {holder}, who holds it"),
            say(f"у заявителя требуют «{name}» ({code})", f"the applicant is asked for {name} ({code})"),
            how_to_fetch(document),
            document,
        )


HELD_ELSEWHERE: Final = Rule(
    id="L-7-1-2",
    citation=lambda: say("210-ФЗ, ст. 7 ч. 1 п. 2", "210-FZ, Art. 7 part 1 item 2"),
    title=lambda: say(
        "Нельзя требовать от заявителя документ, который есть у другого органа",
        "The applicant may not be asked for what another body holds",
    ),
    verdict=Verdict.VIOLATION,
    severity=Severity.CRITICAL,
    effective=BY_LEVEL,
    confidence=lambda: say(
        "даты вступления — из прочитанных источников, текст нормы — общие знания",
        "the dates were read in sources, the wording is general knowledge",
    ),
    source=lambda: "ecm.ict-online.ru/news/smev-medvedev-podklyuchil-genprokuraturu-k-proverke-regionov-136860",
    checks=(when(Demanded, _held_elsewhere),),
    refuses=True,
)


def _payment_proof(matter: Matter, event: Demanded) -> Iterator[Finding]:
    for code in _demanded_codes(event):
        document = matter.document(code)
        if document is None or document.kind != PAYMENTS:
            continue
        yield Finding(
            event.body,
            say("уплата проверяется в ГИС ГМП", "the payment is looked up in the register of payments"),
            say(f"у заявителя требуют «{document.name}» ({code})", f"the applicant is asked for {name_of(document)}"),
            how_to_fetch(document),
            document,
        )


PAYMENT_PROOF: Final = Rule(
    id="L-9-FEE",
    citation=lambda: say("210-ФЗ, ст. 8, 9", "210-FZ, Art. 8, 9"),
    title=lambda: say(
        "Нельзя требовать документ об уплате пошлины: уплату видно в ГИС ГМП",
        "No proof of payment may be demanded: the register of payments has it",
    ),
    verdict=Verdict.VIOLATION,
    severity=Severity.CRITICAL,
    effective=from_everybody(date(2013, 1, 1)),
    confidence=lambda: say(
        "общие знания; дата взята по началу работы ГИС ГМП (133-ФЗ 2012 года), не сверена",
        "general knowledge; the date is that of the register of payments (133-FZ of 2012), not verified",
    ),
    checks=(when(Demanded, _payment_proof),),
    refuses=True,
)


# --- items 3 and 5, part 4 ----------------------------------------------------------------------------------------


def _unlisted_action(matter: Matter, event: Demanded) -> Iterator[Finding]:
    allowed = () if matter.passport is None else matter.passport.actions
    for action in dict.fromkeys(event.actions):
        if action in allowed:
            continue
        listed = ", ".join(allowed) or say("ни одного", "none")
        yield Finding(
            event.body,
            say(f"действие из перечня ст. 9: {listed}", f"an action of the list of Art. 9: {listed}"),
            say(f"от заявителя требуют действие {action!r}", f"the applicant is asked for the action {action!r}"),
            say("получите согласование сами", "get the approval yourselves"),
            code=action,
        )


UNLISTED_ACTION: Final = Rule(
    id="L-7-1-3",
    citation=lambda: say("210-ФЗ, ст. 7 ч. 1 п. 3, ст. 9", "210-FZ, Art. 7 part 1 item 3, Art. 9"),
    title=lambda: say(
        "Нельзя отправлять заявителя за согласованиями, которых нет в перечне ст. 9",
        "The applicant may not be sent for approvals that the list of Art. 9 has not",
    ),
    verdict=Verdict.VIOLATION,
    severity=Severity.MAJOR,
    effective=EXCHANGE,
    confidence=lambda: say(
        "общие знания; видны только действия с кодом", "general knowledge; only coded actions are seen"
    ),
    checks=(when(Demanded, _unlisted_action),),
    refuses=True,
)


def _paper_again(matter: Matter, event: Demanded) -> Iterator[Finding]:
    brought = () if matter.case is None else matter.case.documents
    certified = {item.code for item in brought if item.certified}
    for code in dict.fromkeys(
        item.code for item in event.documents if item.medium is Medium.PAPER and not item.withdrawal
    ):
        if code in certified:
            document = matter.document(code)
            what = repr(code) if document is None else name_of(document)
            yield Finding(
                event.body,
                say("заверенный электронный образ из дела", "the certified electronic image that the case has"),
                say(f"на бумаге требуют: {what}", f"{what} is demanded on paper"),
                say(
                    "возьмите образ из дела; бумагу — только для отметки или изъятия",
                    "take the image; paper only where it is marked or withdrawn",
                ),
                document,
                code,
            )


PAPER_AGAIN: Final = Rule(
    id="L-7-1-5",
    citation=lambda: say("210-ФЗ, ст. 7 ч. 1 п. 5", "210-FZ, Art. 7 part 1 item 5"),
    title=lambda: say(
        "Нельзя требовать на бумаге документ, электронный образ которого уже заверен",
        "No paper may be demanded of what has a certified electronic image",
    ),
    verdict=Verdict.VIOLATION,
    severity=Severity.MINOR,
    effective=from_everybody(date(2021, 1, 1)),
    confidence=lambda: say(
        "общие знания; дата — около 2021 года (509-ФЗ от 30.12.2020), не сверена",
        "general knowledge; in force about 2021 (509-FZ of 30.12.2020), not verified",
    ),
    checks=(when(Demanded, _paper_again),),
    refuses=True,
)


def _consent_of_the_applicant(_: Matter, event: Demanded) -> Iterator[Finding]:
    if event.wants_consent:
        yield Finding(
            event.body,
            say("запрос без согласия самого заявителя", "a request without the applicant's own consent"),
            say("согласие заявителя названо условием", "the applicant's consent is made a condition"),
            say("уберите согласие из перечня", "strike the consent from the list"),
        )


CONSENT_OF_THE_APPLICANT: Final = Rule(
    id="L-4-CONSENT",
    citation=lambda: say("210-ФЗ, ст. 7 ч. 4", "210-FZ, Art. 7 part 4"),
    title=lambda: say(
        "Для запроса сведений о заявителе его согласие не нужно",
        "The exchange of the applicant's own data needs no consent of his",
    ),
    verdict=Verdict.WARNING,
    severity=Severity.MINOR,
    effective=EXCHANGE,
    confidence=general_knowledge,
    checks=(when(Demanded, _consent_of_the_applicant),),
)
