"""What a finding says: who breaks the rule, what was expected and found, what to do instead."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from gateway import words
from gateway.domain.cases import CaseDecision, Channel, DecisionOutcome, Ground, GroundReason, Subject
from gateway.domain.once_only.events import AnswerOverdue, InquiryAnswered, InquirySent, LawEnvelope
from gateway.domain.once_only.subjects import Likeness, compared
from gateway.domain.once_only.telling import lasting, late_by
from gateway.domain.once_only.violation import Verdict, Violation
from gateway.domain.services import DEFAULT_TERM_TO_ANSWER, Document, DocumentClass
from gateway.domain.working_time import Term
from gateway.words import Language, speak
from tests.domain.once_only.scenes import (
    APPLICANT,
    BODY,
    CHILD,
    DAY,
    EGRN,
    EXTRACT,
    HOLDER,
    MISSING,
    NOW,
    NUMBER,
    OWN,
    STRANGER,
    Scene,
    asks,
    decides,
    demands,
    inquiry,
    passport,
    scene,
)


def only(scene: Scene) -> Violation:
    [violation] = scene.judged()
    return violation


# --- demands ------------------------------------------------------------------------------------------------------


def test_a_demand_of_what_another_body_holds_names_the_lawful_way(language: Language) -> None:
    speak(Language.ENGLISH)
    violation = only(scene(demands("id", "egrn")))
    assert violation == Violation(
        rule="L-7-1-2",
        article="210-FZ, Art. 7 part 1 item 2",
        verdict=violation.verdict,
        severity=violation.severity,
        text="The applicant may not be asked for what another body holds (land extract)",
        expected="fetched from Росреестр, who holds it",
        found="the applicant is asked for land extract (egrn)",
        advice="send an inter-agency request of the kind rosreestr/egrn-statement to Росреестр",
        body=BODY,
        case_number=NUMBER,
        service="M01",
        document="egrn",
        document_name="land extract",
        holder="Росреестр",
        kind=EGRN,
        refuses=True,
        confidence="the dates were read in sources, the wording is general knowledge",
        source=violation.source,
    )
    speak(Language.RUSSIAN)
    russian = only(scene(demands("egrn")))
    assert russian.article == "210-ФЗ, ст. 7 ч. 1 п. 2"
    assert russian.advice == "отправьте межведомственный запрос вида rosreestr/egrn-statement, держатель: Росреестр"


def test_each_document_is_told_once() -> None:
    found = scene(demands("egrn", "mse", "egrn", "unheard", "unheard")).judged()
    assert [(item.rule, item.document) for item in found] == [
        ("L-7-1-1", "unheard"), ("L-7-1-2", "egrn"), ("L-7-1-2", "mse"),
    ]  # fmt: skip


def test_proof_of_payment_is_told_before_the_general_rule() -> None:
    assert scene(demands("fee")).found() == ["L-9-FEE", "L-7-1-2"]


def test_an_unknown_document_is_told_with_what_may_be_demanded(language: Language) -> None:
    speak(Language.ENGLISH)
    violation = only(scene(demands("birth")))
    assert violation.found == "'birth' is not in the service's passport"
    assert violation.advice == "do not demand 'birth'; may be demanded: id, plan, edu"
    assert violation.document == "birth"


def test_a_demand_without_a_case_names_no_known_document() -> None:
    violations = Scene(NOW, demands("id", "egrn"), None, None).judged()
    assert [(item.rule, item.document, item.refuses) for item in violations] == [
        ("L-7-1-1", "id", True), ("L-7-1-1", "egrn", True),
    ]  # fmt: skip


def test_a_document_is_judged_as_it_is_classed_on_the_day() -> None:
    """A certificate was brought by the applicant until a register had it."""
    since = date(2018, 1, 1)
    brought = Document("birth", "Свидетельство", "certificate", DocumentClass.PERSONAL, item=3, until=since)
    fetched = replace(EXTRACT, code="birth", kind="zags/birth", since=since)
    made = replace(scene(demands("birth")), passport=replace(passport(), documents=(brought, fetched)))
    in_2017 = replace(made, now=datetime.fromisoformat("2017-12-31T23:59:59+03:00"))
    assert in_2017.found() == []
    assert made.found() == ["L-7-1-2"]
    asked = replace(in_2017, event=asks(in_2017.now, "zags/birth"), case=scene(demands(), in_2017.now).case)
    assert asked.found() == ["L-7-6"]


def test_a_kind_that_another_one_has_replaced_is_not_needed_any_more() -> None:
    change = date(2018, 1, 1)
    old = replace(EXTRACT, kind="rosreestr/old", until=change)
    documents = (old, replace(EXTRACT, since=change))
    violation = only(replace(scene(asks(NOW, "rosreestr/old")), passport=replace(passport(), documents=documents)))
    assert violation.rule == "L-7-1-NEED"
    assert violation.found == "rosreestr/old услуге не нужен"
    assert violation.advice == f"запрашивайте только: {EGRN}"


# --- decisions ----------------------------------------------------------------------------------------------------


def test_a_refusal_for_lack_of_a_held_document_names_the_request() -> None:
    event = decides(NOW, DecisionOutcome.SUSPENDED, Ground(MISSING, "egrn"))
    violation = only(scene(event))
    assert (violation.rule, violation.refuses, violation.kind) == ("L-7-1-2-REFUSE", True, EGRN)
    assert violation.found == "услуга приостановлена: заявитель не принёс «Выписка из ЕГРН»"


def test_an_unanswered_request_excuses_a_decision_without_its_data() -> None:
    silent = replace(inquiry(NOW - 40 * DAY), due=NOW - 30 * DAY)
    granted = decides(NOW, DecisionOutcome.GRANTED)
    assert scene(granted, inquiries=(silent,)).found() == []
    assert scene(granted, inquiries=(replace(silent, due=NOW + DAY),)).found() == ["L-NOREQ"]


def test_silence_is_found_with_the_decision_itself() -> None:
    event = decides(NOW, DecisionOutcome.REFUSED, Ground(GroundReason.NO_ANSWER, "egrn"))
    assert scene(event, documents=(OWN,)).found() == ["L-7-2-OVERDUE"]


def test_a_denial_of_documents_counts_as_the_first_one() -> None:
    first = CaseDecision(NOW - DAY, DecisionOutcome.INTAKE_REFUSED, (Ground(MISSING, "id"),))
    event = decides(NOW, DecisionOutcome.REFUSED, Ground(MISSING, "plan"))
    violation = only(scene(event, decisions=(first,), documents=(OWN,)))
    assert violation.rule == "L-7-1-4"
    assert violation.expected == "только то, что названо в первом отказе 02.03.2026: Паспорт: не принесён"
    assert violation.document_name == "План"


# --- requests -----------------------------------------------------------------------------------------------------


def test_a_complete_request_keeps_the_law() -> None:
    assert scene(asks(NOW)).judged() == ()
    assert scene(asks(NOW, channel=Channel.PAPER)).judged() == ()


def test_what_keeps_the_law_is_not_worth_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts are made when something is found: `say` costs the other messages nothing."""
    monkeypatch.setattr(words, "_Speaker", None)
    assert scene(asks(NOW)).judged() == ()
    assert scene(demands("id")).judged() == ()
    assert scene(InquiryAnswered(inquiry(NOW - DAY, NOW))).judged() == ()


def test_an_unattributed_request_is_one_warning() -> None:
    for kind in ("sfr/disability", "rosobrnadzor/diploma", "a/b"):
        event = InquirySent(BODY, "", kind, channel=Channel.PAPER, is_complete=False)
        for shown in (passport(), None):
            violation = only(Scene(NOW, event, None, shown))
            assert (violation.rule, violation.verdict, violation.refuses) == ("L-7-1-NEED", Verdict.WARNING, False)


def test_a_request_for_a_case_that_does_not_exist_is_a_violation() -> None:
    violation = Scene(NOW, asks(NOW, channel=Channel.SMEV), None, None).judged()[0]
    assert (violation.rule, violation.verdict, violation.refuses) == ("L-7-1-NEED", Verdict.VIOLATION, True)
    assert NUMBER in violation.found
    assert violation.message_id == "request-1"


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6, 8])
def test_smev_is_exempt_from_what_its_envelope_carries(number: int) -> None:
    """What the request says nowhere is worth a warning through SMEV, and a refusal on paper."""
    bare = InquirySent("", "", EGRN, "request-1", subjects=(APPLICANT,), is_complete=False)
    made = scene(bare)
    verdicts = {item.rule: (item.verdict, item.refuses) for item in made.judged()}
    assert verdicts[f"L-7-2-1-{number}"] == (Verdict.WARNING, False)
    paper = replace(made, event=replace(bare, channel=Channel.PAPER))
    verdicts = {item.rule: (item.verdict, item.refuses) for item in paper.judged()}
    assert verdicts[f"L-7-2-1-{number}"] == (Verdict.VIOLATION, True)


def test_smev_says_by_itself_who_sends_and_what_case_it_serves() -> None:
    """Only the official and, for want of an act in the passport, the legal basis are in no envelope of SMEV's."""
    event = replace(asks(NOW), envelope=LawEnvelope())
    made = scene(event)
    assert made.found() == ["L-7-2-1-8"]
    assert made.passport is not None
    assert replace(made, passport=replace(made.passport, acts=())).found() == ["L-7-2-1-4", "L-7-2-1-8"]


def test_the_date_is_wanted_of_both_but_refuses_paper_only() -> None:
    event = replace(asks(NOW, sent_on=None), message_id="")
    violation = only(scene(event))
    assert (violation.rule, violation.verdict, violation.refuses) == ("L-7-2-1-7", Verdict.VIOLATION, False)
    assert only(scene(replace(event, channel=Channel.PAPER))).refuses


def test_a_missing_consent_refuses_through_smev_too() -> None:
    violation = only(scene(asks(NOW, "sfr/disability", consent_on=None)))
    assert (violation.rule, violation.refuses) == ("L-7-2-1-9", True)
    assert "Справка об инвалидности" in violation.found


def test_a_stranger_is_refused_and_an_unknown_number_is_a_warning() -> None:
    stranger = scene(replace(asks(NOW), subjects=(STRANGER,))).judged()
    assert [(item.rule, item.verdict) for item in stranger] == [("L-7-1-NEED", Verdict.VIOLATION)]
    unknown = only(scene(replace(asks(NOW), subjects=(Subject(inn="370200000000"),))))
    assert (unknown.rule, unknown.verdict, unknown.refuses) == ("L-7-1-NEED", Verdict.WARNING, False)


@pytest.mark.parametrize(
    ("one", "likeness"),
    [
        (Subject(snils=APPLICANT.snils), Likeness.SAME),
        (Subject(snils=CHILD.snils, family_name="Иванова"), Likeness.OTHER),
        (Subject(family_name="ИВАНОВА", first_name="АЛЕНА", birth_date=APPLICANT.birth_date), Likeness.SAME),
        (Subject(family_name="Иванова", first_name="Анна"), Likeness.OTHER),
        (Subject(family_name="Иванова", first_name="Алёна"), Likeness.UNKNOWN),
        (Subject(birth_date=date(1999, 1, 1)), Likeness.OTHER),
        (Subject(), Likeness.UNKNOWN),
    ],
)
def test_people_are_compared_by_what_both_have(one: Subject, likeness: Likeness) -> None:
    assert compared(one, APPLICANT) is compared(APPLICANT, one) is likeness


def test_a_repeated_request_is_not_late_when_the_first_was_in_time() -> None:
    registered_at = NOW - 40 * DAY
    late = scene(asks(NOW), registered_at=registered_at)
    assert late.found() == ["L-SEND-TERM"]
    assert scene(asks(NOW), registered_at=registered_at, inquiries=(inquiry(registered_at + DAY / 24),)).found() == []
    first_was_late = inquiry(registered_at + 20 * DAY)
    assert scene(asks(NOW), registered_at=registered_at, inquiries=(first_was_late,)).found() == ["L-SEND-TERM"]


def test_whoever_asks_in_a_case_of_others_has_no_term_in_it() -> None:
    foreign = scene(asks(NOW), body="VILLAGE", registered_at=NOW - 40 * DAY)
    assert foreign.found() == ["L-7-1-NEED"]


# --- answers ------------------------------------------------------------------------------------------------------


def test_a_late_answer_is_the_holders_violation_and_a_record(language: Language) -> None:
    speak(Language.ENGLISH)
    received = datetime.fromisoformat("2013-03-04T10:00:00+04:00")
    answered = datetime.fromisoformat("2013-03-13T11:00:00+04:00")
    made = scene(InquiryAnswered(inquiry(received, answered)), answered)
    late, record = made.judged()
    assert (late.rule, record.rule) == ("L-7-2-3", "L-7-2-LIAB")
    assert (late.body, late.verdict, late.refuses) == (HOLDER, Verdict.VIOLATION, False)
    assert record.verdict is Verdict.RECORD
    assert late.expected == ("an answer until 2013-03-12 23:59: 5 working days from the receipt at 2013-03-04 10:00")
    assert late.found == "answered 2013-03-13 11:00, late by 11 h"
    assert (late.document, late.holder) == ("egrn", "Росреестр")


def test_the_last_moment_is_in_time_and_the_next_is_not() -> None:
    last = NOW
    event = InquiryAnswered(replace(inquiry(NOW - DAY, last), due=last))
    assert scene(event).found() == []
    late = replace(event.inquiry, answered_at=last + DAY / 86400)
    assert scene(InquiryAnswered(late)).found() == ["L-7-2-3", "L-7-2-LIAB"]


def test_the_passport_and_the_event_may_have_a_special_term() -> None:
    three = Term.parse("3 working days")
    made = scene(AnswerOverdue(inquiry(NOW - 40 * DAY), DEFAULT_TERM_TO_ANSWER))
    special = replace(passport(), terms_to_answer={EGRN: three})
    assert replace(made, passport=special).found() == ["L-7-2-3-SPECIAL", "L-7-2-LIAB"]
    assert replace(made, event=AnswerOverdue(inquiry(NOW - 40 * DAY), three)).found()[0] == "L-7-2-3-SPECIAL"


def test_silence_is_told_at_the_very_end_of_the_term_and_not_before() -> None:
    silent = AnswerOverdue(replace(inquiry(NOW - DAY), due=NOW), DEFAULT_TERM_TO_ANSWER)
    assert scene(silent).found() == ["L-7-2-3", "L-7-2-LIAB"]
    assert scene(AnswerOverdue(replace(silent.inquiry, due=NOW + DAY), DEFAULT_TERM_TO_ANSWER)).found() == []


def test_an_answer_that_sends_to_the_applicant_is_quoted() -> None:
    event = InquiryAnswered(inquiry(NOW - DAY, NOW), asks_applicant=True, words="обратитесь к заявителю")
    violation = only(scene(event))
    assert (violation.rule, violation.body, violation.refuses) == ("L-6-3", HOLDER, True)
    assert violation.found == "за документом отправляют к заявителю: «обратитесь к заявителю»"


# --- words --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "words"),
    [
        ("1 hour", "1 час"), ("48 hours", "48 часов"), ("2 working days", "2 рабочих дня"),
        ("5 working days", "5 рабочих дней"), ("11 working days", "11 рабочих дней"),
        ("21 calendar days", "21 календарный день"), ("30 calendar days", "30 календарных дней"),
    ],
)  # fmt: skip
def test_terms_are_inflected(term: str, words: str) -> None:
    assert lasting(Term.parse(term)) == words


def test_lateness_is_told_in_days_and_hours() -> None:
    assert late_by(NOW, NOW + 2.5 * DAY) == "2 дн. 12 ч"
    assert late_by(NOW, NOW + DAY / 100) == "меньше часа"
