"""A broadcast: every subscriber gets its own copy, nobody answers (spec §6)."""

import pytest

from gateway.domain.journal import JournalEvent
from gateway.protocol.participant_calls import Outgoing
from tests.exchange.participants import (
    LEASE,
    NOTICE,
    START,
    SUBSCRIBERS,
    Sandbox,
    Speaker,
    every_response,
    everything,
    request_type,
)


async def test_every_subscriber_gets_a_copy(smev: Sandbox) -> None:
    operator = smev.speaker("OPERATOR")
    sent = await operator.sends(NOTICE)
    assert (sent.message_type, sent.recipient) == ("BROADCAST", None)
    for mnemonic in SUBSCRIBERS:
        request = await smev.speaker(mnemonic).takes()
        assert request is not None
        assert request.message_id == sent.message_id
        assert request.metadata.message_type == "BROADCAST"
        assert request.metadata.recipient is None
        assert request.reply_to is None
    assert await smev.speaker("TOWN").takes() is None
    assert await operator.takes() is None


async def test_a_subscriber_that_sends_gets_no_copy_of_its_own(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    sent = await consumer.sends(NOTICE)
    assert await everything(consumer) == []
    assert await everything(fns) == [sent.message_id]


async def test_each_copy_is_acknowledged_by_its_own_subscriber(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    sent = await smev.speaker("OPERATOR").sends(NOTICE)
    await consumer.takes()
    await fns.acks(await fns.takes())
    with smev.refuses("TargetMessageIsNotFound"):
        await fns.acks(sent.message_id)
    smev.clock.advance(LEASE)
    assert await everything(fns) == []
    assert await everything(consumer) == [sent.message_id]
    await consumer.acks(sent.message_id)


async def test_a_broadcast_stands_in_line_with_requests(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    operator = smev.speaker("OPERATOR")
    sent = [(await sender.sends(kind)).message_id for sender, kind in (
        (consumer, "fns/egrul"), (operator, NOTICE), (consumer, "fns/inn-by-person"),
    )]  # fmt: skip
    assert await everything(fns) == sent


async def test_copies_that_expire_are_no_rejection(smev: Sandbox, consumer: Speaker) -> None:
    operator = smev.speaker("OPERATOR")
    await operator.sends(NOTICE, Outgoing(eol=START + LEASE))
    await consumer.acks(await consumer.takes())
    smev.clock.advance(LEASE)
    assert await every_response(operator) == []
    assert smev.steps()[-2:] == [(JournalEvent.EXPIRED, "FNS"), (JournalEvent.EXPIRED, "MVD")]


async def test_reply_to_is_empty_in_1_1_and_absent_after(smev: Sandbox) -> None:
    """The schema of 1.1 requires the element; what the real system wrote into it is nothing (spec §6)."""
    await smev.speaker("OPERATOR").sends(NOTICE)
    found = {}
    for mnemonic, version in (("CITY", "1.1"), ("FNS", "1.2"), ("MVD", "1.3")):
        request = await smev.speaker(mnemonic, version).takes()
        assert request is not None
        found[version] = [element.text for element in request.element.iterfind(".//{*}ReplyTo")]
    assert found == {"1.1": [None], "1.2": [], "1.3": []}


async def test_nobody_subscribed_loses_nothing(smev: Sandbox) -> None:
    smev.participants.providers[NOTICE] = ()
    operator = smev.speaker("OPERATOR")
    sent = await operator.sends(NOTICE)
    assert sent.status == "requestIsQueued"
    assert await every_response(operator) == []


@pytest.mark.parametrize("mnemonic", ["CITY", "TOWN"])
async def test_only_subscribers_may_choose_it(smev: Sandbox, mnemonic: str) -> None:
    await smev.speaker("OPERATOR").sends(NOTICE)
    speaker = smev.speaker(mnemonic)
    if mnemonic in SUBSCRIBERS:
        assert await speaker.takes(request_type(NOTICE)) is not None
    else:
        with smev.refuses("UnknownMessageType"):
            await speaker.takes(request_type(NOTICE))
