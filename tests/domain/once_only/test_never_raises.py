"""Whatever is missing, a judgement comes: `evaluate` never raises, and says the same of the same."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.cases import (
    Brought,
    Case,
    CaseDecision,
    Complaint,
    DemandedDocument,
    Ground,
    Inquiry,
    Subject,
)
from gateway.domain.once_only import evaluate, rule_of
from gateway.domain.once_only.events import (
    AnswerOverdue,
    ComplaintOverdue,
    Decided,
    Demanded,
    Event,
    InquiryAnswered,
    InquirySent,
    IntakeRefusedDocuments,
    LawEnvelope,
    TermEnded,
)
from gateway.domain.once_only.violation import Verdict
from gateway.domain.services import Document, Level, ServicePassport
from gateway.domain.working_time import Term, TermUnit
from gateway.protocol.moments import MOSCOW

MOMENTS = st.datetimes(datetime(2005, 1, 1), datetime(2030, 1, 1), timezones=st.just(MOSCOW))  # noqa: DTZ001
CODES = st.sampled_from(["id", "egrn", "fee", "", "никакой"])
KINDS = st.sampled_from(["rosreestr/egrn-statement", "treasury/payments", "a/b", ""])
TERMS = st.builds(Term, st.integers(0, 300), st.sampled_from(TermUnit))
TEXTS = st.sampled_from(["", " ", "слова"])
SUBJECTS = st.builds(
    Subject,
    snils=st.sampled_from([None, "11223344595", "22334455696"]),
    family_name=st.sampled_from([None, "", "Иванов", "ИВАНОВ"]),
    birth_date=st.none() | st.dates(),
)
DOCUMENTS = st.builds(
    Document, code=CODES, name=TEXTS, name_en=TEXTS, kind=st.none() | KINDS, holder=TEXTS,
    item=st.none() | st.integers(), since=st.none() | st.dates(), until=st.none() | st.dates(),
)  # fmt: skip
INQUIRIES = st.builds(
    Inquiry, message_id=TEXTS, kind=KINDS, holder=TEXTS, sent_at=MOMENTS, due=st.none() | MOMENTS,
    answered_at=st.none() | MOMENTS, outcome=st.none(),
)  # fmt: skip
GROUNDS = st.builds(Ground, document=st.none() | CODES, defect=st.none() | TEXTS, exception=st.none() | TEXTS)
DECISIONS = st.builds(CaseDecision, at=MOMENTS, grounds=st.lists(GROUNDS, max_size=3).map(tuple))
COMPLAINTS = st.builds(Complaint, number=TEXTS, received_at=MOMENTS, answered_at=st.none() | MOMENTS)
CASES = st.builds(
    Case, number=TEXTS, service=TEXTS, body=TEXTS, applicant=SUBJECTS, registered_at=MOMENTS,
    named=st.lists(SUBJECTS, max_size=2).map(tuple), inquiries=st.lists(INQUIRIES, max_size=2).map(tuple),
    documents=st.lists(st.builds(Brought, code=CODES), max_size=2).map(tuple),
    decisions=st.lists(DECISIONS, max_size=2).map(tuple),
)  # fmt: skip
PASSPORTS = st.builds(
    ServicePassport, code=TEXTS, name=TEXTS, level=st.sampled_from(Level), body=TEXTS, term=TERMS, term_to_send=TERMS,
    documents=st.lists(DOCUMENTS, max_size=4).map(tuple), terms_to_answer=st.dictionaries(KINDS, TERMS, max_size=1),
    acts=st.lists(TEXTS, max_size=1).map(tuple), actions=st.lists(TEXTS, max_size=1).map(tuple),
)  # fmt: skip
ENVELOPES = st.builds(
    LawEnvelope, case_number=TEXTS, service_code=TEXTS, sent_on=st.none() | st.dates(),
    consent_on=st.none() | st.dates(), applicant=st.none() | SUBJECTS,
)  # fmt: skip
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        Demanded, body=TEXTS, documents=st.lists(st.builds(DemandedDocument, code=CODES), max_size=3).map(tuple),
        actions=st.lists(TEXTS, max_size=2).map(tuple), wants_consent=st.booleans(),
    ),
    st.builds(Decided, body=TEXTS, decision=DECISIONS),
    st.builds(IntakeRefusedDocuments, body=TEXTS, documents=st.lists(CODES, max_size=3).map(tuple)),
    st.builds(
        InquirySent, sender=TEXTS, recipient=TEXTS, kind=KINDS, case_number=TEXTS, envelope=ENVELOPES,
        subjects=st.lists(SUBJECTS, max_size=2).map(tuple), is_complete=st.booleans(), channel=...,
    ),
    st.builds(
        InquiryAnswered, inquiry=INQUIRIES, asks_applicant=st.booleans(), asks_payment=st.booleans(),
        term=st.none() | TERMS,
    ),
    st.builds(AnswerOverdue, inquiry=INQUIRIES, term=TERMS),
    st.builds(TermEnded, what=st.sampled_from(["sending", "service", "?"]), due=MOMENTS),
    st.builds(ComplaintOverdue, complaint=COMPLAINTS, due=MOMENTS),
)  # fmt: skip


@given(case=st.none() | CASES, passport=st.none() | PASSPORTS, event=EVENTS, now=MOMENTS)
def test_evaluate_never_raises(
    case: Case | None, passport: ServicePassport | None, event: Event, now: datetime
) -> None:
    found = evaluate(case, passport, event, now)
    assert evaluate(case, passport, event, now) == found
    for violation in found:
        rule = rule_of(violation.rule)
        assert rule is not None
        assert violation.text
        assert not violation.refuses or (rule.refuses and violation.verdict is Verdict.VIOLATION)
    if isinstance(event, InquirySent) and case is None and not (event.case_number + event.envelope.case_number).strip():
        assert [item.rule for item in found] in ([], ["L-7-1-NEED"])


@given(event=EVENTS, now=MOMENTS, case=CASES)
def test_nothing_is_found_before_the_law(event: Event, now: datetime, case: Case) -> None:
    before = datetime(2010, 7, 30, tzinfo=MOSCOW) - timedelta(microseconds=1)
    assert evaluate(replace(case, registered_at=now), None, event, min(now, before)) == ()
