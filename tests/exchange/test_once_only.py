"""210-FZ on the wire: what a body may not ask of the applicant is refused before it reaches the portal."""

from datetime import timedelta
from typing import Final

import pytest

from gateway.domain.cases import CaseState, DecisionOutcome
from gateway.domain.journal import JournalEvent
from gateway.domain.law_envelope import LAW, LAW_ROOT
from gateway.domain.once_only.violation import Verdict, Violation
from gateway.exchange.law import Mode, Unattributed
from gateway.ns import SMEV3_VERSIONS
from gateway.protocol.messages import Rejection
from gateway.protocol.participant_calls import Outgoing
from gateway.protocol.statuses import RejectCode
from gateway.storage import cases, interactions, violations
from tests.exchange.lawful import (
    APPLICATION,
    CASE,
    EGRUL,
    PASSPORT,
    PORTAL,
    application,
    decision,
    demand,
    lawful,
    serving,
)
from tests.exchange.participants import Sandbox, Speaker

DAY: Final = timedelta(days=1)


@pytest.fixture
def smev(smev: Sandbox) -> Sandbox:
    return lawful(smev)


async def applied(sandbox: Sandbox) -> Speaker:
    """The applicant applies through the portal, the city takes the application; return the city."""
    city = sandbox.speaker("CITY")
    await sandbox.speaker(PORTAL).sends(APPLICATION)
    assert await city.takes() is not None
    return city


def found(sandbox: Sandbox) -> list[Violation]:
    """What the rules have found so far, oldest first."""
    stored = sandbox.store.run_now(lambda c: violations.search(c, violations.Sought(), 100))
    return [item.violation for item in reversed(stored)]


def rules_found(sandbox: Sandbox) -> list[tuple[str, Verdict]]:
    return [(violation.rule, violation.verdict) for violation in found(sandbox)]


async def test_an_application_opens_a_case(smev: Sandbox) -> None:
    await smev.speaker(PORTAL).sends(APPLICATION)
    case = smev.store.run_now(lambda c: cases.load(c, CASE))
    assert case is not None
    assert (case.service, case.body, case.state) == ("M23", "CITY", CaseState.OPEN)
    assert (case.applicant.snils, case.applicant.family_name) == ("95214771414", "Смирнов")
    assert case.parameters["cadastral_number"] == "37:24:993953:103"
    assert case.registered_at == smev.clock.now()


async def test_a_demand_for_what_another_body_holds_never_reaches_the_applicant(smev: Sandbox) -> None:
    city = await applied(smev)
    sent = await city.sends(demand("egrul"))
    assert await smev.speaker(PORTAL).takes() is None
    response = await city.takes_response()
    assert response is not None
    assert response.async_status is not None
    assert response.async_status.fault.startswith("MOCK-210FZ:L-7-1-2 ")
    assert "ФНС" in response.async_status.details
    (violation,) = found(smev)
    assert (violation.rule, violation.body, violation.document, violation.kind, violation.message_id) == (
        "L-7-1-2", "CITY", "egrul", EGRUL, sent.message_id,
    )  # fmt: skip
    assert (JournalEvent.VIOLATION, "CITY") in smev.steps(sent.message_id)


async def test_a_demand_for_what_only_the_applicant_has_reaches_him(smev: Sandbox) -> None:
    city = await applied(smev)
    await city.sends(demand("charter"))
    assert await smev.speaker(PORTAL).takes() is not None
    assert found(smev) == []
    case = smev.store.run_now(lambda c: cases.load(c, CASE))
    assert case is not None
    assert [document.code for asked in case.demands for document in asked.documents] == ["charter"]


@pytest.mark.parametrize(
    ("document", "case", "rule"),
    [("family-tree", CASE, "L-7-1-1"), ("charter", "37-2013-999999", "L-7-1-1")],
    ids=["a document that no passport knows", "a case that there is not"],
)
async def test_a_demand_that_nothing_provides_for_is_refused(
    smev: Sandbox, document: str, case: str, rule: str
) -> None:
    city = await applied(smev)
    await city.sends(demand(document, case))
    assert await smev.speaker(PORTAL).takes() is None
    assert rules_found(smev) == [(rule, Verdict.VIOLATION)]


async def test_nobody_demands_in_a_case_of_another_body(smev: Sandbox) -> None:
    await applied(smev)
    await smev.speaker("TOWN").sends(demand("charter"))
    assert await smev.speaker(PORTAL).takes() is None


async def test_observed_demands_are_noted_and_delivered(smev: Sandbox) -> None:
    lawful(smev, Mode.OBSERVE)
    city = await applied(smev)
    await city.sends(demand("egrul"))
    assert await smev.speaker(PORTAL).takes() is not None
    assert rules_found(smev) == [("L-7-1-2", Verdict.VIOLATION)]


@pytest.mark.parametrize("outcome", ["refused", "suspended", "intake-refused"])
async def test_nobody_is_refused_for_lack_of_what_another_body_holds(smev: Sandbox, outcome: str) -> None:
    city = await applied(smev)
    await city.sends(decision(outcome, "missing-document", "egrul"))
    assert await smev.speaker(PORTAL).takes() is None
    assert ("L-7-1-2-REFUSE", Verdict.VIOLATION) in rules_found(smev)
    case = smev.store.run_now(lambda c: cases.load(c, CASE))
    assert case is not None
    assert case.state is CaseState.OPEN
    assert case.decisions == ()


async def test_the_answer_to_the_application_is_held_to_the_same(smev: Sandbox) -> None:
    city = smev.speaker("CITY")
    await smev.speaker(PORTAL).sends(APPLICATION)
    request = await city.takes()
    refused = (
        b'<ApplicationResponse xmlns="urn://mock-smev/applicant/application/1.0.0"><CaseNumber>'
        + CASE.encode()
        + b"</CaseNumber><Decision>refused</Decision><DecisionDate>2013-03-04</DecisionDate><Reason>x</Reason>"
        b"<Ground><Reason>missing-document</Reason><Document>egrul</Document></Ground></ApplicationResponse>"
    )
    await city.answers(request, refused)
    status = await city.takes_status()
    assert status is not None
    assert status.fault.startswith("MOCK-210FZ:L-7-1-2-REFUSE ")
    assert await smev.speaker(PORTAL).takes_response() is None


async def test_a_decision_closes_the_case(smev: Sandbox) -> None:
    city = smev.speaker("CITY")
    await smev.speaker(PORTAL).sends(APPLICATION)
    await city.answers(await city.takes())
    case = smev.store.run_now(lambda c: cases.load(c, CASE))
    assert case is not None
    assert case.state is CaseState.CLOSED
    assert [decided.outcome for decided in case.decisions] == [DecisionOutcome.GRANTED]
    assert ("L-NOREQ", Verdict.WARNING) in rules_found(smev)  # nothing was fetched


# --- inter-agency requests ---------------------------------------------------------------------------------------


async def test_a_request_without_a_case_is_a_warning(smev: Sandbox) -> None:
    await smev.speaker("CITY").sends(EGRUL)
    assert await smev.speaker("FNS").takes() is not None
    assert rules_found(smev) == [("L-7-1-NEED", Verdict.WARNING)]


async def test_a_request_without_a_case_is_refused_when_that_is_asked_for(smev: Sandbox) -> None:
    lawful(smev, unattributed=Unattributed.REFUSE)
    city = smev.speaker("CITY")
    await city.sends(EGRUL)
    assert await smev.speaker("FNS").takes() is None
    response = await city.takes_response()
    assert response is not None
    assert response.async_status is not None
    assert response.async_status.fault.startswith("MOCK-210FZ:L-7-1-NEED ")


async def test_a_request_that_serves_its_case_is_tied_to_it(smev: Sandbox) -> None:
    city = await applied(smev)
    sent = await city.sends(EGRUL, serving(official="Иванова И. И.", contact="24701@example.org"))
    fns = smev.speaker("FNS")
    request = await fns.takes()
    case = smev.store.run_now(lambda c: cases.load(c, CASE))
    assert case is not None
    (inquiry,) = case.inquiries
    assert (inquiry.message_id, inquiry.kind, inquiry.holder) == (sent.message_id, EGRUL, "FNS")
    assert inquiry.answered_at is None
    smev.clock.advance(DAY)
    await fns.answers(request)
    case = smev.store.run_now(lambda c: cases.load(c, CASE))
    assert case is not None
    assert case.inquiries[0].answered_at == smev.clock.now()
    assert [violation for violation in found(smev) if violation.verdict is Verdict.VIOLATION] == []


@pytest.mark.parametrize(
    ("kind", "case", "service"),
    [(EGRUL, "37-2013-999999", "M23"), (EGRUL, CASE, "R01"), (PASSPORT, CASE, "M23")],
    ids=["no such case", "another service", "a kind that the service does not need"],
)
async def test_a_law_envelope_that_contradicts_the_case_is_refused(
    smev: Sandbox, kind: str, case: str, service: str
) -> None:
    city = await applied(smev)
    await city.sends(kind, serving(case, service=service))
    response = await city.takes_response()
    assert response is not None
    assert response.async_status is not None
    assert response.async_status.fault.startswith("MOCK-210FZ:L-7-1-NEED ")


async def test_after_the_decision_nothing_more_is_asked_for(smev: Sandbox) -> None:
    city = smev.speaker("CITY")
    await smev.speaker(PORTAL).sends(APPLICATION)
    await city.answers(await city.takes())
    await city.sends(EGRUL, serving())
    assert await smev.speaker("FNS").takes() is None
    assert ("L-7-1-NEED", Verdict.VIOLATION) in rules_found(smev)


@pytest.mark.parametrize(
    "words", ["Запросите сведения у заявителя", "ASK_APPLICANT: выписка", "Предоставляется за плату"]
)
async def test_a_holder_may_not_send_the_asker_to_the_applicant(smev: Sandbox, words: str) -> None:
    city, fns = await applied(smev), smev.speaker("FNS")
    await city.sends(EGRUL, serving())
    await fns.answers(await fns.takes(), (Rejection(RejectCode.NO_DATA, words),))
    status = await fns.takes_status()
    assert status is not None
    assert status.fault.startswith("MOCK-210FZ:L-6-3 ")
    assert await city.takes_response() is None


async def test_a_holder_may_say_that_it_has_nothing(smev: Sandbox) -> None:
    city, fns = await applied(smev), smev.speaker("FNS")
    await city.sends(EGRUL, serving())
    await fns.answers(await fns.takes(), (Rejection(RejectCode.NO_DATA, "Сведения не найдены"),))
    assert await city.takes_response() is not None


# --- in time -----------------------------------------------------------------------------------------------------


async def test_silence_is_a_violation_of_the_holder_once(smev: Sandbox) -> None:
    city = await applied(smev)  # on Monday, 4 March 2013: five working days end on 12 March
    await city.sends(EGRUL, serving())
    smev.clock.advance(8 * DAY)
    await smev.exchange.supervision.catch_up(smev.clock.now())
    assert [violation.rule for violation in found(smev) if violation.body == "FNS"] == []
    smev.clock.advance(DAY)
    await smev.exchange.supervision.catch_up(smev.clock.now())
    assert [violation.rule for violation in found(smev) if violation.body == "FNS"] == ["L-7-2-3", "L-7-2-LIAB"]
    fns = smev.speaker("FNS")
    await fns.answers(await fns.takes())
    smev.clock.advance(DAY)
    await smev.exchange.supervision.catch_up(smev.clock.now())
    assert [violation.rule for violation in found(smev) if violation.body == "FNS"] == ["L-7-2-3", "L-7-2-LIAB"]


async def test_silence_is_no_ground_to_refuse(smev: Sandbox) -> None:
    city = await applied(smev)
    await city.sends(EGRUL, serving())
    await city.sends(decision("refused", "no-answer"))
    assert await smev.speaker(PORTAL).takes() is None
    assert ("L-7-2-OVERDUE", Verdict.VIOLATION) in rules_found(smev)


async def test_the_terms_of_the_body_itself_end(smev: Sandbox) -> None:
    await applied(smev)  # 2 working days to send its requests, 10 to decide
    smev.clock.advance(4 * DAY)
    await smev.exchange.supervision.catch_up(smev.clock.now())
    assert [(violation.rule, violation.document) for violation in found(smev)] == [
        ("L-SEND-TERM", "egrul"), ("L-SEND-TERM", "inn"),
    ]  # fmt: skip
    smev.clock.advance(12 * DAY)
    await smev.exchange.supervision.catch_up(smev.clock.now())
    assert rules_found(smev)[2:] == [("L-TOTAL-TERM", Verdict.VIOLATION)]


async def test_before_the_law_a_city_might_ask(smev: Sandbox) -> None:
    smev.clock = type(smev.clock)(smev.clock.now() - timedelta(days=300))  # May 2012; cities from 1 July 2012
    smev.set_law(smev.law)
    city = await applied(smev)
    await city.sends(demand("egrul"))
    assert await smev.speaker(PORTAL).takes() is not None


async def test_the_same_number_does_not_open_a_second_case(smev: Sandbox) -> None:
    await smev.speaker(PORTAL).sends(APPLICATION)
    await smev.speaker(PORTAL).sends(application("R01"))
    case = smev.store.run_now(lambda c: cases.load(c, CASE))
    assert case is not None
    assert case.service == "M23"


# --- the law envelope --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", SMEV3_VERSIONS)
async def test_the_law_envelope_travels_in_every_version(smev: Sandbox, version: str) -> None:
    await applied(smev)
    sent = await smev.speaker("CITY", version).sends(EGRUL, serving())
    request = await smev.speaker("FNS", version).takes()
    assert request is not None
    assert LAW_ROOT in {element.tag for element in request.element.iter("*")}
    assert smev.store.run_now(lambda c: interactions.case_of(c, sent.message_id)) == CASE


async def test_a_law_envelope_that_cannot_be_read_is_refused(smev: Sandbox) -> None:
    city = await applied(smev)
    await city.sends(EGRUL, Outgoing(business_process_metadata=f'<l:LawEnvelope xmlns:l="{LAW}"/>'.encode()))
    response = await city.takes_response()
    assert response is not None
    assert response.async_status is not None
    assert "CaseNumber" in response.async_status.fault
    assert smev.journal()[-1].explanation is None  # the delivery of the status
    (rejected,) = [entry for entry in smev.journal() if entry.event is JournalEvent.REJECTED]
    assert rejected.explanation is not None
    assert rejected.explanation.check == "law_envelope_follows_schema"


async def test_other_metadata_of_the_business_process_are_let_through(smev: Sandbox) -> None:
    city = await applied(smev)
    await city.sends(EGRUL, Outgoing(business_process_metadata=b'<p:Process xmlns:p="urn:p">7</p:Process>'))
    assert await smev.speaker("FNS").takes() is not None
