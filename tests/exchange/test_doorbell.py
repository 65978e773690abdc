"""Whoever waits for messages is rung after the commit that put one into a queue; nobody else is."""

import asyncio
import math

import pytest

from gateway.exchange.doorbell import Doorbell
from gateway.protocol.participant_calls import Outgoing
from tests.conversation import INVALID_INN_REQUEST, INVALID_INN_RESPONSE
from tests.exchange.participants import LEASE, NOTICE, SUBSCRIBERS, Sandbox, Speaker


async def rung(doorbell: Doorbell) -> list[str]:
    """Everybody who is rung by now, in order; they go back to sleep."""
    found = []
    while True:
        waiting = asyncio.ensure_future(doorbell.next())
        await asyncio.sleep(0)
        if not waiting.done():
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            break
        found.append(waiting.result()[0])
    for mnemonic in found:
        doorbell.asleep(mnemonic)
    return found


@pytest.fixture
async def doorbell(smev: Sandbox) -> Doorbell:
    """The bells of all participants, quiet so far."""
    for mnemonic in smev.participants.by_mnemonic:
        smev.doorbell.listen(mnemonic)
    assert await rung(smev.doorbell) == list(smev.participants.by_mnemonic)
    return smev.doorbell


async def test_a_request_rings_its_provider_and_an_answer_its_consumer(
    doorbell: Doorbell, consumer: Speaker, fns: Speaker
) -> None:
    await consumer.sends()
    assert await rung(doorbell) == ["FNS"]
    request = await fns.takes()
    assert request is not None, "the ring comes after the commit"
    await fns.answers(request)
    assert await rung(doorbell) == ["CITY"]
    response = await consumer.takes_response()
    await consumer.acks(response)
    await fns.acks(request)
    assert await rung(doorbell) == []


async def test_a_broadcast_rings_every_subscriber(smev: Sandbox, doorbell: Doorbell) -> None:
    await smev.speaker("OPERATOR").sends(NOTICE)
    assert await rung(doorbell) == list(SUBSCRIBERS)


async def test_a_rejected_request_rings_its_sender(doorbell: Doorbell, consumer: Speaker) -> None:
    await consumer.sends(INVALID_INN_REQUEST)
    assert await rung(doorbell) == ["CITY"]
    rejection = await consumer.takes_response()
    assert rejection is not None
    assert rejection.async_status is not None


async def test_a_rejected_response_rings_its_provider(doorbell: Doorbell, consumer: Speaker, fns: Speaker) -> None:
    await consumer.sends()
    await rung(doorbell)
    await fns.answers(await fns.takes(), INVALID_INN_RESPONSE)
    assert await rung(doorbell) == ["FNS"]
    assert await fns.takes_status() is not None


async def test_a_refused_call_rings_nobody(smev: Sandbox, doorbell: Doorbell, consumer: Speaker) -> None:
    sent = await consumer.sends()
    await rung(doorbell)
    with smev.refuses("MessageIsAlreadySent"):
        await consumer.sends(message_id=sent.message_id)
    assert await rung(doorbell) == []


async def test_the_end_of_a_lease_rings_whoever_held_it(
    smev: Sandbox, doorbell: Doorbell, consumer: Speaker, fns: Speaker
) -> None:
    await consumer.sends()
    await fns.takes()
    await rung(doorbell)
    smev.clock.advance(LEASE)
    await smev.exchange.supervision.catch_up(smev.clock.now())
    assert await rung(doorbell) == ["FNS"]


async def test_the_end_of_a_life_rings_the_sender(smev: Sandbox, doorbell: Doorbell, consumer: Speaker) -> None:
    await consumer.sends(options=Outgoing(eol=smev.clock.now() + LEASE))
    await rung(doorbell)
    smev.clock.advance(LEASE)
    await smev.exchange.supervision.catch_up(smev.clock.now())
    assert await rung(doorbell) == ["CITY"]


async def test_nobody_is_woken_who_does_not_listen() -> None:
    doorbell = Doorbell()
    doorbell.ring("FNS")
    assert await rung(doorbell) == []
    await doorbell.quiet()


async def test_rings_are_counted_and_keep_the_place_of_the_first() -> None:
    doorbell = Doorbell()
    for mnemonic in ("CITY", "FNS", "MVD"):
        doorbell.listen(mnemonic)
    assert await rung(doorbell) == ["CITY", "FNS", "MVD"]
    for mnemonic in ("FNS", "CITY", "FNS"):
        doorbell.ring(mnemonic)
    assert [await doorbell.next() for _ in range(2)] == [("FNS", 2), ("CITY", 1)]


async def test_whoever_is_roused_looks_until_there_is_nothing_more() -> None:
    doorbell = Doorbell()
    doorbell.listen("FNS")
    doorbell.ring("FNS")
    assert await doorbell.next() == ("FNS", math.inf)
    doorbell.ring("FNS")
    doorbell.rouse("FNS")
    doorbell.asleep("FNS")
    assert await doorbell.next() == ("FNS", math.inf)


async def test_whoever_is_rung_while_awake_gets_up_again_after_going_to_sleep() -> None:
    doorbell = Doorbell()
    doorbell.listen("FNS")
    assert await doorbell.next() == ("FNS", math.inf)
    doorbell.ring("FNS")
    again = asyncio.ensure_future(doorbell.next())
    await asyncio.sleep(0)
    assert not again.done(), "one round at a time"
    doorbell.asleep("FNS")
    assert await again == ("FNS", 1)


async def test_it_is_quiet_when_nobody_is_awake_and_no_ring_is_pending() -> None:
    doorbell = Doorbell()
    doorbell.listen("FNS")
    quiet = [asyncio.ensure_future(doorbell.quiet()) for _ in range(2)]
    await doorbell.next()
    doorbell.listen("CITY")
    doorbell.asleep("FNS")
    await asyncio.sleep(0)
    assert not any(waiting.done() for waiting in quiet), "CITY is rung"
    assert (await doorbell.next())[0] == "CITY"
    await asyncio.sleep(0)
    assert not any(waiting.done() for waiting in quiet), "CITY is awake"
    doorbell.asleep("CITY")
    await asyncio.gather(*quiet)
