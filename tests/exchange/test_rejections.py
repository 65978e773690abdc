"""What validation refuses is told asynchronously: a request's sender by GetResponse, a response's by GetStatus."""

from collections.abc import Awaitable, Callable

import pytest

from gateway.domain.limits import Limits
from gateway.protocol.messages import Rejection
from gateway.protocol.participant_replies import ReceivedRequest
from gateway.protocol.statuses import RejectCode
from tests.exchange.participants import (
    APPLICATION,
    EGRUL,
    INN,
    LEASE,
    PASSPORT,
    START,
    Sandbox,
    Speaker,
    every_response,
    example,
    request_type,
    response_type,
)

UNKNOWN = example(INN).replace(b"FNSINNSingularRequest", b"FNSINNSingularReqest")
INVALID = example(INN).replace("НаимОрг".encode(), "НаимОpг".encode())  # one letter is Latin
ELSEWHERE = example(APPLICATION).replace(b"24701000", b"24999000")

REFUSED_REQUESTS = [
    pytest.param("CITY", UNKNOWN, "BusinessDataTypeIsNotSupported", "SMEV-402", id="unknown type"),
    pytest.param("CITY", INVALID, "InvalidContent", "SMEV-403", id="invalid content"),
    pytest.param("ARCHIVE", example(INN), "AccessDenied", "SMEV-200", id="no right"),
    pytest.param("CITY", ELSEWHERE, "RecipientIsNotFound", "SMEV-203", id="nobody with that OKTMO"),
]


@pytest.mark.parametrize(("sender", "content", "fault", "code"), REFUSED_REQUESTS)
async def test_a_request_that_fails_validation_is_taken_and_then_rejected(
    smev: Sandbox, sender: str, content: bytes, fault: str, code: str
) -> None:
    consumer = smev.speaker(sender)
    sent = await consumer.sends(content)
    assert sent.status == "requestIsQueued"
    told = await consumer.takes_response()
    assert told is not None
    assert told.original_message_id == sent.message_id
    assert told.async_status is not None
    assert told.async_status.original_message_id == sent.message_id
    assert told.async_status.category == "requestIsRejectedBySmev"
    assert told.async_status.details.startswith(code)
    assert code in told.async_status.fault
    assert (told.metadata.sender, told.metadata.sent_at) == ("SMEV", START)
    rejected = smev.journal(sent.message_id)[1]
    assert (rejected.event.value, rejected.fault, rejected.status) == ("rejected", fault, "requestIsRejectedBySmev")
    assert rejected.explanation is not None
    assert rejected.explanation.expected
    assert rejected.explanation.found
    await consumer.acks(told)
    smev.clock.advance(LEASE)
    assert await every_response(consumer) == []
    for provider in ("FNS", "CITY", "TOWN", "MVD"):
        assert await smev.speaker(provider).takes() is None


@pytest.mark.parametrize(("sender", "content", "fault", "code"), REFUSED_REQUESTS)
async def test_the_same_request_may_be_refused_at_once(
    smev: Sandbox, sender: str, content: bytes, fault: str, code: str
) -> None:
    smev.set_up(refuse_early=True)
    consumer = smev.speaker(sender)
    message_id = consumer.new_id()
    with smev.refuses(fault) as refusal:
        await consumer.sends(content, message_id=message_id)
    assert refusal.fault is not None
    assert refusal.fault.description.startswith(code)
    assert await consumer.takes_response() is None
    await smev.speaker("CITY").sends(INN, message_id=message_id)  # nothing was kept


async def test_rejections_say_what_to_correct(smev: Sandbox) -> None:
    explanations = {}
    for sender, content, *_ in (case.values for case in REFUSED_REQUESTS):
        sent = await smev.speaker(str(sender)).sends(content)  # type: ignore[arg-type]
        explanation = smev.journal(sent.message_id)[1].explanation
        assert explanation is not None
        explanations[explanation.check] = explanation
    unknown, invalid, right, recipient = explanations.values()
    assert unknown.found == str(request_type(INN)).replace("Request", "Reqest")
    assert unknown.nearest.startswith(INN)
    assert invalid.where == "/FNSINNSingularRequest/СведЮЛ/@НаимОрг"
    assert "НаимОрг" in invalid.rule
    assert "mock-smev sample" in invalid.advice
    assert (right.expected.endswith(EGRUL), right.found) == (True, INN)
    assert "24999000" in recipient.found
    assert "CITY, TOWN" in recipient.found
    assert recipient.nearest.startswith("24")


async def test_a_kind_that_nobody_provides_has_no_recipient(smev: Sandbox, consumer: Speaker) -> None:
    del smev.participants.providers[PASSPORT]
    sent = await consumer.sends(PASSPORT)
    told = await consumer.takes_response(response_type(PASSPORT))
    assert told is not None
    explanation = smev.journal(sent.message_id)[1].explanation
    assert explanation is not None
    assert f"--provide МНЕМОНИКА={PASSPORT}" in explanation.advice


async def test_who_may_ask_for_some_kinds_gets_those(smev: Sandbox, fns: Speaker) -> None:
    sent = await smev.speaker("ARCHIVE").sends(EGRUL)
    request = await fns.takes()
    assert request is not None
    assert request.message_id == sent.message_id


async def test_a_rejection_is_found_by_the_root_that_is_waited_for(consumer: Speaker) -> None:
    for selector in (response_type(INN), request_type(INN)):
        await consumer.sends(INVALID)
        assert await consumer.takes_response(response_type(EGRUL)) is None
        assert await consumer.takes_response(selector) is not None


# --- responses ---------------------------------------------------------------------------------------------------


def _invalid_answer() -> bytes:
    return example(INN, "response").replace("ИННФЛ".encode(), "ИHHФЛ".encode())


REFUSED_RESPONSES = [
    pytest.param(_invalid_answer(), "InvalidContent", "SMEV-403", id="invalid content"),
    pytest.param(example(EGRUL, "response"), "IncorrectResponseContentType", "SMEV-409", id="answer of another kind"),
    pytest.param(example(INN), "IncorrectResponseContentType", "SMEV-409", id="a request"),
    pytest.param(b"<a xmlns='urn:unknown'/>", "BusinessDataTypeIsNotSupported", "SMEV-402", id="unknown type"),
]


async def asked(consumer: Speaker, fns: Speaker) -> ReceivedRequest:
    await consumer.sends(INN)
    request = await fns.takes()
    assert request is not None
    return request


@pytest.mark.parametrize(("content", "fault", "code"), REFUSED_RESPONSES)
async def test_a_response_that_fails_validation_is_told_by_get_status(
    smev: Sandbox, consumer: Speaker, fns: Speaker, content: bytes, fault: str, code: str
) -> None:
    request = await asked(consumer, fns)
    answered = await fns.answers(request, content)
    assert answered.status == "requestIsQueued"
    assert await every_response(consumer) == []
    told = await fns.takes_status()
    assert told is not None
    assert told.original_message_id == answered.message_id
    assert told.category == "responseIsRejectedBySmev"
    assert told.details.startswith(code)
    entry = next(entry for entry in smev.journal(answered.message_id) if entry.event.value == "rejected")
    assert (entry.fault, entry.original_message_id) == (fault, request.message_id)
    assert entry.explanation is not None
    await fns.answers(request)  # corrected
    assert len(await every_response(consumer)) == 1
    await fns.acks(request)


@pytest.mark.parametrize(("content", "fault", "code"), REFUSED_RESPONSES)
async def test_the_same_response_may_be_refused_at_once(
    smev: Sandbox, consumer: Speaker, fns: Speaker, content: bytes, fault: str, code: str
) -> None:
    request = await asked(consumer, fns)
    smev.set_up(refuse_early=True)
    with smev.refuses(fault) as refusal:
        await fns.answers(request, content)
    assert refusal.fault is not None
    assert refusal.fault.description.startswith(code)
    assert await fns.takes_status() is None


async def test_a_status_is_read_once(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    request = await asked(consumer, fns)
    answered = await fns.answers(request, _invalid_answer())
    assert await consumer.takes_status() is None
    assert await fns.takes_status() is not None
    assert await fns.takes_status() is None
    smev.clock.advance(LEASE)
    assert await fns.takes_status() is None
    with smev.refuses("TargetMessageIsNotFound"):
        await fns.acks(answered.message_id)


async def test_a_status_may_have_to_be_acknowledged(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    smev.set_up(Limits(status_needs_ack=True))
    request = await asked(consumer, fns)
    answered = await fns.answers(request, _invalid_answer())
    first = await fns.takes_status()
    assert await fns.takes_status() is None
    smev.clock.advance(LEASE)
    assert await fns.takes_status() == first
    await fns.acks(answered.message_id)
    smev.clock.advance(LEASE)
    assert await fns.takes_status() is None


async def test_statuses_come_in_order(consumer: Speaker, fns: Speaker) -> None:
    request = await asked(consumer, fns)
    ids = [(await fns.answers(request, _invalid_answer())).message_id for _ in range(3)]
    told = [await fns.takes_status() for _ in range(3)]
    assert [status.original_message_id for status in told if status] == ids


async def test_rejections_and_statuses_of_a_provider_need_no_content(consumer: Speaker, fns: Speaker) -> None:
    request = await asked(consumer, fns)
    await fns.answers(request, [Rejection(RejectCode.FAILURE, "сбой")])
    assert await fns.takes_status() is None
    assert len(await every_response(consumer)) == 1


# --- versions ----------------------------------------------------------------------------------------------------

Conversation = Callable[[Speaker, Speaker], Awaitable[list[str]]]


@pytest.mark.parametrize(
    ("version", "delivered", "response_rejected"),
    [
        ("1.1", "responseIsDelivered", "requestIsRejectedBySmev"),
        ("1.2", "messageIsDelivered", "responseIsRejectedBySmev"),
        ("1.3", "messageIsDelivered", "responseIsRejectedBySmev"),
    ],
)
async def test_statuses_are_said_in_the_words_of_the_version(
    smev: Sandbox, version: str, delivered: str, response_rejected: str
) -> None:
    consumer, fns = smev.speaker("CITY", version), smev.speaker("FNS", version)
    sent = await consumer.sends(INN)
    assert sent.status == "requestIsQueued"
    request = await fns.takes()
    assert request is not None
    assert request.metadata.status == delivered
    answered = await fns.answers(request)
    assert answered.status == "requestIsQueued"
    response = await consumer.takes_response()
    assert response is not None
    assert response.metadata.status == delivered
    await fns.answers(request, _invalid_answer())
    told = await fns.takes_status()
    assert told is not None
    assert told.category == response_rejected
    await consumer.sends(INVALID)
    rejection = await consumer.takes_response()
    assert rejection is not None
    assert rejection.async_status is not None
    assert rejection.async_status.category == "requestIsRejectedBySmev"


@pytest.mark.parametrize("reads", ["1.1", "1.2", "1.3"])
@pytest.mark.parametrize("sends", ["1.1", "1.2", "1.3"])
async def test_participants_of_different_versions_understand_each_other(smev: Sandbox, sends: str, reads: str) -> None:
    consumer, fns = smev.speaker("CITY", sends), smev.speaker("FNS", reads)
    sent = await consumer.sends(INN)
    request = await fns.takes()
    assert request is not None
    assert (request.message_id, request.message_type) == (sent.message_id, request_type(INN))
    await fns.answers(request)
    response = await consumer.takes_response()
    assert response is not None
    assert response.original_message_id == sent.message_id
    assert response.content is not None
    await fns.answers(request, _invalid_answer())
    assert await smev.speaker("FNS", sends).takes_status() is not None
    await smev.speaker("CITY", reads).sends(INVALID)
    rejection = await consumer.takes_response()
    assert rejection is not None
    assert rejection.async_status is not None
