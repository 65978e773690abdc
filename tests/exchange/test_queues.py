"""Taking and acknowledging: who gets what, in which order, for how long (spec §6)."""

import pytest

from gateway.domain.limits import Limits
from gateway.protocol.messages import MessageType
from gateway.protocol.participant_calls import Outgoing
from tests.exchange.participants import (
    APPLICATION,
    EGRUL,
    INN,
    INSTANT,
    LEASE,
    PASSPORT,
    START,
    Sandbox,
    Speaker,
    everything,
    example,
    request_type,
    response_type,
)


async def test_a_request_travels_to_its_provider_and_the_answer_back(
    smev: Sandbox, consumer: Speaker, fns: Speaker
) -> None:
    sent = await consumer.sends(INN)
    request = await fns.takes()
    assert request is not None
    assert request.message_id == sent.message_id == request.metadata.message_id
    assert request.message_type == request_type(INN)
    assert (request.metadata.sender, request.metadata.recipient) == ("CITY", "FNS")
    assert request.metadata.sent_at == request.metadata.delivered_at == START
    answer = await fns.answers(request)
    await fns.acks(request)
    response = await consumer.takes_response()
    assert response is not None
    assert response.message_id == answer.message_id == response.metadata.message_id
    assert response.original_message_id == sent.message_id
    assert response.content is not None
    assert MessageType.of(response.content) == response_type(INN)
    assert (response.metadata.sender, response.metadata.recipient) == ("FNS", "CITY")
    await consumer.acks(response)
    smev.clock.advance(LEASE)
    assert await fns.takes() is None
    assert await consumer.takes_response() is None


async def test_everybody_has_queues_of_its_own(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    sent = await consumer.sends(INN)
    for mnemonic in ("CITY", "MVD", "TOWN"):
        assert await smev.speaker(mnemonic).takes() is None
    assert await fns.takes_response() is None
    assert await fns.takes_status() is None
    request = await fns.takes()
    assert request is not None
    assert request.message_id == sent.message_id


async def test_the_oldest_message_comes_first(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    town = smev.speaker("TOWN")
    sent = []
    for sender, kind in ((consumer, INN), (town, EGRUL), (town, INN), (consumer, EGRUL)):
        sent.append((await sender.sends(kind)).message_id)
        smev.clock.advance(INSTANT)
    assert await everything(fns) == sent


async def test_a_selector_chooses_by_root_and_leaves_the_rest(consumer: Speaker, fns: Speaker) -> None:
    inn, egrul, again = [(await consumer.sends(kind)).message_id for kind in (INN, EGRUL, INN)]
    chosen = await fns.takes(request_type(EGRUL))
    assert chosen is not None
    assert chosen.message_id == egrul
    assert await fns.takes(request_type(EGRUL)) is None
    assert await everything(fns) == [inn, again]


async def test_answers_are_chosen_by_their_root_or_by_the_one_that_was_asked_with(
    consumer: Speaker, fns: Speaker
) -> None:
    for kind in (INN, EGRUL, EGRUL, INN):
        await consumer.sends(kind)
        await fns.answers(await fns.takes())
    originals = []
    for selector in (response_type(EGRUL), request_type(EGRUL), request_type(INN), None, response_type(INN)):
        response = await consumer.takes_response(selector)
        originals.append(None if response is None or response.content is None else MessageType.of(response.content))
    assert originals == [
        response_type(EGRUL), response_type(EGRUL), response_type(INN), response_type(INN), None,
    ]  # fmt: skip


@pytest.mark.parametrize("operation", ["takes", "takes_response"])
async def test_an_unknown_selector_is_refused(smev: Sandbox, fns: Speaker, operation: str) -> None:
    misspelt = MessageType(request_type(INN).namespace, "FNSINNSingularReqest")
    with smev.refuses("UnknownMessageType", check="selector_is_known") as refusal:
        await getattr(fns, operation)(misspelt)
    assert refusal.explanation.found == str(misspelt)
    assert refusal.explanation.nearest.startswith(INN)
    assert "mock-smev kinds add" in refusal.explanation.advice


async def test_a_selector_of_somebody_elses_kind_is_refused(smev: Sandbox, fns: Speaker) -> None:
    with smev.refuses("UnknownMessageType", check="selector_is_known") as refusal:
        await fns.takes(request_type(PASSPORT))
    assert "предоставляет не FNS" in refusal.explanation.found
    assert f"--provide FNS={PASSPORT}" in refusal.explanation.advice


async def test_a_node_gets_the_answers_to_its_own_requests(consumer: Speaker, fns: Speaker) -> None:
    ids = {}
    for node in ("1", None, "2"):
        ids[node] = (await consumer.sends(INN, Outgoing(node_id=node))).message_id
        await fns.answers(await fns.takes())
    originals = []
    for node in ("2", "2", "3", None, None, "1"):
        response = await consumer.takes_response(node_id=node)
        originals.append(None if response is None else response.original_message_id)
    assert originals == [ids["2"], None, None, ids["1"], ids[None], None]


async def test_requests_come_to_every_node_of_their_provider(consumer: Speaker, fns: Speaker) -> None:
    """A NodeID names a node of the consumer; a provider that names its own must not wait for ever (spec §6)."""
    sent = await consumer.sends(INN, Outgoing(node_id="of the consumer"))
    request = await fns.takes(node_id="of the provider")
    assert request is not None
    assert request.message_id == sent.message_id


async def test_rejections_come_to_the_node_that_asked(consumer: Speaker) -> None:
    sent = await consumer.sends(b"<unknown xmlns='urn:unknown'/>", Outgoing(node_id="1"))
    assert await consumer.takes_response(node_id="2") is None
    rejection = await consumer.takes_response(node_id="1")
    assert rejection is not None
    assert rejection.original_message_id == sent.message_id


# --- leases and Acks ---------------------------------------------------------------------------------------------


async def test_an_unacknowledged_message_comes_again_after_the_lease(
    smev: Sandbox, consumer: Speaker, fns: Speaker
) -> None:
    await consumer.sends(INN)
    first = await fns.takes()
    smev.clock.advance(LEASE - INSTANT)
    assert await fns.takes() is None
    smev.clock.advance(INSTANT)
    second = await fns.takes()
    assert first is not None
    assert second is not None
    assert second.metadata.message_id == first.metadata.message_id
    assert second.reply_to == first.reply_to
    assert second.metadata.sent_at == START
    assert second.metadata.delivered_at == START + LEASE
    assert await fns.takes() is None


async def test_it_comes_again_and_again(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    sent = await consumer.sends(INN)
    for _ in range(5):
        request = await fns.takes()
        assert request is not None
        assert request.message_id == sent.message_id
        smev.clock.advance(LEASE)


async def test_a_returned_message_stands_before_younger_ones(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    first = (await consumer.sends(INN)).message_id
    await fns.takes()
    second = (await consumer.sends(INN)).message_id
    smev.clock.advance(LEASE)
    assert await everything(fns) == [first, second]


async def test_each_lease_ends_in_its_own_time(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    first, second = [(await consumer.sends(INN)).message_id for _ in range(2)]
    await fns.takes()
    smev.clock.advance(LEASE / 3)
    await fns.takes()
    smev.clock.advance(LEASE * 2 / 3)
    assert await everything(fns) == [first]
    smev.clock.advance(LEASE / 3)
    assert await everything(fns) == [second]


async def test_the_lease_is_a_setting(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    smev.set_up(Limits(lease=INSTANT))
    await consumer.sends(INN)
    await fns.takes()
    assert await fns.takes() is None
    smev.clock.advance(INSTANT)
    assert await fns.takes() is not None


@pytest.mark.parametrize("accepted", [True, False])
async def test_ack_removes_a_message_whether_it_was_accepted_or_not(
    smev: Sandbox, consumer: Speaker, fns: Speaker, accepted: bool
) -> None:
    await consumer.sends(INN)
    await fns.acks(await fns.takes(), accepted=accepted)
    smev.clock.advance(LEASE)
    assert await fns.takes() is None


async def test_a_second_ack_finds_nothing(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    await consumer.sends(INN)
    request = await fns.takes()
    await fns.acks(request)
    with smev.refuses("TargetMessageIsNotFound", check="target_is_leased") as refusal:
        await fns.acks(request)
    assert "уже подтверждено" in refusal.explanation.found
    assert refusal.fault is not None
    assert refusal.fault.description.startswith("SMEV-501:")


async def test_an_ack_after_the_lease_finds_nothing_and_the_message_comes_again(
    smev: Sandbox, consumer: Speaker, fns: Speaker
) -> None:
    await consumer.sends(INN)
    request = await fns.takes()
    smev.clock.advance(LEASE)
    with smev.refuses("TargetMessageIsNotFound") as refusal:
        await fns.acks(request)
    assert "истекло" in refusal.explanation.found
    again = await fns.takes()
    await fns.acks(again)
    smev.clock.advance(LEASE)
    assert await fns.takes() is None


async def test_ack_before_taking_and_ack_of_others_messages_find_nothing(
    smev: Sandbox, consumer: Speaker, fns: Speaker
) -> None:
    sent = await consumer.sends(INN)
    with smev.refuses("TargetMessageIsNotFound") as refusal:
        await fns.acks(sent.message_id)
    assert "не получено" in refusal.explanation.found
    await fns.takes()
    with smev.refuses("TargetMessageIsNotFound") as refusal:
        await consumer.acks(sent.message_id)
    assert "другому участнику" in refusal.explanation.found
    with smev.refuses("TargetMessageIsNotFound"):
        await fns.acks(consumer.new_id())
    await fns.acks(sent.message_id)


async def test_a_provider_may_answer_before_it_acknowledges(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    await consumer.sends(INN)
    request = await fns.takes()
    await fns.answers(request)
    response = await consumer.takes_response()
    await consumer.acks(response)
    await fns.acks(request)
    smev.clock.advance(LEASE)
    assert await fns.takes() is None


async def test_what_was_taken_survives_a_restart(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    sent = [(await consumer.sends(INN)).message_id for _ in range(3)]
    request = await fns.takes()
    smev.restart()
    assert await everything(fns) == sent[1:]
    await fns.answers(request)  # the reply address is still good
    await fns.acks(request)
    smev.restart()
    smev.clock.advance(LEASE)
    assert await everything(fns) == sent[1:]
    assert await consumer.takes_response() is not None


# --- queues as such ---------------------------------------------------------------------------------------------


async def test_applications_go_to_the_municipality_that_they_name(smev: Sandbox) -> None:
    portal, city, town = smev.speaker("OPERATOR"), smev.speaker("CITY"), smev.speaker("TOWN")
    to_city = (await portal.sends(APPLICATION)).message_id
    named_by_mnemonic = example(APPLICATION).replace(b"24701000", b"24705000")
    to_town = (await portal.sends(named_by_mnemonic)).message_id
    assert await everything(city) == [to_city]
    assert await everything(town) == [to_town]


async def test_a_full_queue_refuses_until_there_is_room(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    smev.set_up(Limits(queue_limit=2))
    first = consumer.new_id()
    await consumer.sends(INN, message_id=first)
    await consumer.sends(EGRUL)
    third = consumer.new_id()
    with smev.refuses("DestinationOverflow", check="queue_has_room") as refusal:
        await consumer.sends(INN, message_id=third)
    assert refusal.fault is not None
    assert b"<ns3:DestinationName>delivery.FNS._REQUEST_</ns3:DestinationName>" in refusal.fault.detail
    with smev.refuses("MessageIsAlreadySent"):  # it is there: overflow would make the client send it for ever
        await consumer.sends(INN, message_id=first)
    await smev.speaker("OPERATOR").sends(PASSPORT)  # another queue
    request = await fns.takes()
    with smev.refuses("DestinationOverflow"):  # a taken message still stands in its queue
        await consumer.sends(INN, message_id=third)
    await fns.acks(request)
    await consumer.sends(INN, message_id=third)


async def test_a_full_queue_of_responses_refuses_the_answer(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    for _ in range(2):
        await consumer.sends(INN)
    one, two = await fns.takes(), await fns.takes()
    smev.set_up(Limits(queue_limit=1))
    await fns.answers(one)
    with smev.refuses("DestinationOverflow") as refusal:
        await fns.answers(two)
    assert "delivery.CITY._RESPONSE_" in refusal.explanation.expected
    await consumer.acks(await consumer.takes_response())
    await fns.answers(two)


async def test_a_participant_counts_its_queues(smev: Sandbox, consumer: Speaker) -> None:
    provider = smev.speaker("FNS", "1.1")
    for _ in range(2):
        await consumer.sends(INN)
    await provider.takes()
    assert await provider.counts_its_queues() == {
        "delivery.FNS._REQUEST_": 2,
        "delivery.FNS._RESPONSE_": 0,
        "delivery.FNS._STATUS_": 0,
    }
