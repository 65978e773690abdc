"""What a decision may rest on: 210-FZ, Art. 7 part 1 items 2 and 4, Art. 7.1 and 7.2."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from gateway.domain.cases import Case, CaseDecision, DecisionOutcome, Ground, GroundReason, Origin
from gateway.domain.once_only.events import Decided, IntakeRefusedDocuments
from gateway.domain.once_only.matter import Finding, Matter, when
from gateway.domain.once_only.rule import BY_LEVEL, Rule, derived, from_everybody
from gateway.domain.once_only.telling import holder_of, how_to_fetch, name_of, on
from gateway.domain.once_only.violation import Severity, Verdict
from gateway.domain.services import Document, DocumentClass
from gateway.protocol.moments import MOSCOW
from gateway.words import say

_DENIALS: Final = (DecisionOutcome.REFUSED, DecisionOutcome.INTAKE_REFUSED)
_ABOUT_DOCUMENTS: Final = (GroundReason.MISSING_DOCUMENT, GroundReason.DEFECTIVE_DOCUMENT)
_EXCEPTIONS: Final = ("a", "b", "v", "g")


def _done(outcome: DecisionOutcome) -> str:
    return {
        DecisionOutcome.GRANTED: say("услуга предоставлена", "the service is provided"),
        DecisionOutcome.REFUSED: say("в услуге отказано", "the service is refused"),
        DecisionOutcome.SUSPENDED: say("услуга приостановлена", "the service is suspended"),
        DecisionOutcome.PROLONGED: say("срок услуги продлён", "the service is prolonged"),
        DecisionOutcome.INTAKE_REFUSED: say("документы не приняты", "the documents are not taken"),
    }[outcome]


def _grounds(decision: CaseDecision, reason: GroundReason) -> list[Ground]:
    """Return the grounds of that reason, where the decision denies anything."""
    if decision.outcome is DecisionOutcome.GRANTED:
        return []
    return list(dict.fromkeys(ground for ground in decision.grounds if ground.reason is reason))


# --- item 2 -------------------------------------------------------------------------------------------------------


def _refused_for_lack(matter: Matter, event: Decided) -> Iterator[Finding]:
    for ground in _grounds(event.decision, GroundReason.MISSING_DOCUMENT):
        document = matter.document(ground.document or "")
        if document is None or document.document_class is not DocumentClass.INTERAGENCY:
            continue
        done, holder, name = _done(event.decision.outcome), holder_of(document), name_of(document)
        yield Finding(
            event.body,
            say(f"сведения запрашиваются без заявителя, их хранит {holder}", f"fetched from {holder}, who holds it"),
            say(f"{done}: заявитель не принёс «{name}»", f"{done}: the applicant did not bring {name}"),
            how_to_fetch(document),
            document,
        )


REFUSED_FOR_LACK: Final = Rule(
    id="L-7-1-2-REFUSE",
    citation=lambda: say("210-ФЗ, ст. 7 ч. 1 п. 2", "210-FZ, Art. 7 part 1 item 2"),
    title=lambda: say(
        "Нельзя отказать из-за того, что не принесён документ, который есть у другого органа",
        "Nothing may be refused for lack of a document that another body holds",
    ),
    verdict=Verdict.VIOLATION,
    severity=Severity.CRITICAL,
    effective=BY_LEVEL,
    confidence=derived,
    checks=(when(Decided, _refused_for_lack),),
    refuses=True,
)


def _own_initiative_refused(matter: Matter, event: IntakeRefusedDocuments) -> Iterator[Finding]:
    for code in dict.fromkeys(event.documents):
        document = matter.document(code)
        if document is None or document.document_class is DocumentClass.PERSONAL:
            continue
        name = name_of(document)
        yield Finding(
            event.body,
            say("документ принят: заявитель вправе его принести", "taken: the applicant may bring it"),
            say(f"не принят документ «{name}»", f"{name} is not taken"),
            say("примите его как принесённый по собственной инициативе", "take it as brought on own initiative"),
            document,
        )


OWN_INITIATIVE_REFUSED: Final = Rule(
    id="L-7-1-2-VOL",
    citation=lambda: say("210-ФЗ, ст. 7 ч. 1 п. 2 (о собственной инициативе)", "210-FZ, Art. 7 part 1 item 2, the end"),
    title=lambda: say(
        "Документ, принесённый по собственной инициативе, должен быть принят",
        "A document that the applicant brings on own initiative has to be taken",
    ),
    verdict=Verdict.VIOLATION,
    severity=Severity.MINOR,
    effective=BY_LEVEL,
    confidence=lambda: say(
        "общие знания; практика подтверждается регламентами", "general knowledge; regulations confirm the practice"
    ),
    checks=(when(IntakeRefusedDocuments, _own_initiative_refused),),
    refuses=True,
)


# --- item 4 -------------------------------------------------------------------------------------------------------


def _new_ground(matter: Matter, event: Decided) -> Iterator[Finding]:
    denials = () if matter.case is None else matter.case.denials
    if not denials or event.decision.outcome not in _DENIALS:
        return
    first = denials[0]
    named = {(ground.document, ground.defect) for ground in first.grounds}
    for ground in dict.fromkeys(event.decision.grounds):
        if ground.reason not in _ABOUT_DOCUMENTS or (ground.document, ground.defect) in named or _is_excepted(ground):
            continue
        document = matter.document(ground.document or "")
        yield Finding(
            event.body,
            _only_named(matter, first),
            _told(matter, ground),
            say(
                "уберите основание или назовите исключение: a — изменились требования, b — ошибка в поданном после "
                "отказа, v — истёк срок или изменились сведения, g — доказанная вина работника",
                "drop the ground or name the exception: a the requirements changed, b an error in what was filed "
                "since, v validity ended or data changed, g a documented fault of an official",
            ),
            document,
            ground.document or "",
        )


def _is_excepted(ground: Ground) -> bool:
    """The fault of an official (g) counts only as far as it is documented: evidence is named."""
    return ground.exception in _EXCEPTIONS and (ground.exception != "g" or ground.evidence.strip() != "")


def _only_named(matter: Matter, first: CaseDecision) -> str:
    said = "; ".join(_in_words(matter, ground) for ground in first.grounds) or say("ничего", "nothing")
    day = on(first.at.astimezone(MOSCOW).date())
    return say(f"только то, что названо в первом отказе {day}: {said}", f"only what the denial of {day} named: {said}")


def _in_words(matter: Matter, ground: Ground) -> str:
    if ground.reason not in _ABOUT_DOCUMENTS:
        return ground.reason.value
    document = matter.document(ground.document or "")
    what = ground.document or "" if document is None else name_of(document)
    defect = ground.defect or say("не принесён", "not brought")
    return f"{what}: {defect}" if what else defect


def _told(matter: Matter, ground: Ground) -> str:
    what = _in_words(matter, ground)
    if ground.exception == "g":
        return say(f"новое основание — {what}; вина работника не доказана", f"a new ground, {what}; no evidence for g")
    return say(f"новое основание — {what}", f"a new ground, {what}")


NEW_GROUND: Final = Rule(
    id="L-7-1-4",
    citation=lambda: say(
        "210-ФЗ, ст. 7 ч. 1 п. 4 (204-ФЗ от 19.07.2018)", "210-FZ, Art. 7 part 1 item 4 (204-FZ of 19.07.2018)"
    ),
    title=lambda: say(
        "Повторно отказать можно только по основаниям, названным в первом отказе",
        "A second denial may rest only on what the first one named",
    ),
    verdict=Verdict.VIOLATION,
    severity=Severity.MAJOR,
    effective=from_everybody(date(2018, 10, 18)),
    confidence=lambda: say(
        "прочитано в источниках; извинение при исключении «г» — общие знания, его правдивость не проверить",
        "read in sources; the apology of exception g is general knowledge, its truth is for people",
    ),
    source=lambda: "kadis.org, sroboki.ru, docs.cntd.ru/document/440526726",
    checks=(when(Decided, _new_ground),),
    refuses=True,
)


# --- Art. 7.1, 7.2: silence, and deciding without the data --------------------------------------------------------


def _silence_as_ground(matter: Matter, event: Decided) -> Iterator[Finding]:
    for ground in _grounds(event.decision, GroundReason.NO_ANSWER):
        document = matter.document(ground.document or "")
        done = _done(event.decision.outcome)
        yield Finding(
            event.body,
            say("решение в срок без этого основания", "a decision in time, and on other grounds"),
            say(f"{done}: нет ответа на межведомственный запрос", f"{done}: an inter-agency request is not answered"),
            say(
                "напомните держателю и решайте по имеющемуся; ответственность — на нём",
                "remind the holder and decide on what there is; he is liable",
            ),
            document,
            ground.document or "",
        )


SILENCE_AS_GROUND: Final = Rule(
    id="L-7-2-OVERDUE",
    citation=lambda: say("210-ФЗ, ст. 7.1, 7.2", "210-FZ, Art. 7.1, 7.2"),
    title=lambda: say(
        "Молчание ведомства — не основание отказать или продлить срок",
        "Silence of another body is no ground to refuse or to prolong",
    ),
    verdict=Verdict.VIOLATION,
    severity=Severity.CRITICAL,
    effective=BY_LEVEL,
    confidence=lambda: say(
        "прочитано в регламенте; номер части закона — общие знания",
        "read in a regulation; the part of the law is general knowledge",
    ),
    source=lambda: say("docs.cntd.ru/document/424084948, п. 62", "docs.cntd.ru/document/424084948, item 62"),
    checks=(when(Decided, _silence_as_ground),),
    refuses=True,
)


def _decided_without_data(matter: Matter, event: Decided) -> Iterator[Finding]:
    case, passport = matter.case, matter.passport
    final = (DecisionOutcome.GRANTED, DecisionOutcome.REFUSED)
    if case is None or passport is None or event.decision.outcome not in final:
        return
    for document in passport.to_fetch(matter.day):
        if document.mandatory and not _is_covered(case, document, event.decision):
            done, name = _done(event.decision.outcome), name_of(document)
            yield Finding(
                event.body,
                say(f"ответ, который даёт {holder_of(document)}", f"an answer of {holder_of(document)}"),
                say(f"{done} без сведений «{name}»", f"{done} without {name}"),
                how_to_fetch(document),
                document,
            )


def _is_covered(case: Case, document: Document, decision: CaseDecision) -> bool:
    asked = [item for item in case.inquiries if item.kind == document.kind]
    if any(item.answered_at is not None or item.is_overdue(decision.at) for item in asked):
        return True
    return any(item.code == document.code and item.origin is Origin.OWN_INITIATIVE for item in case.documents)


DECIDED_WITHOUT_DATA: Final = Rule(
    id="L-NOREQ",
    citation=lambda: say("210-ФЗ, ст. 7 ч. 1 п. 2 (по смыслу)", "210-FZ, Art. 7 part 1 item 2 (by its meaning)"),
    title=lambda: say(
        "Решение принято без сведений, которые надо было запросить",
        "Decided without the data that had to be fetched",
    ),
    verdict=Verdict.WARNING,
    severity=Severity.MAJOR,
    effective=BY_LEVEL,
    confidence=derived,
    checks=(when(Decided, _decided_without_data),),
)
