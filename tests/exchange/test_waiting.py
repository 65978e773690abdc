"""Waiting for journal entries: at once for what is there, in time for what comes, and what is told of what does not."""

import asyncio
from typing import Any

import pytest

from gateway.domain.journal import JournalEvent
from gateway.exchange import waiting
from gateway.exchange.inquiry import Inquiry
from gateway.exchange.waiting import NotArrived, Patience, Waiting
from gateway.recording.content_xpath import ContentXPath
from gateway.recording.seeking import Sought
from gateway.storage import interactions
from gateway.storage.journal import StoredEntry
from gateway.storage.tables import INTERACTIONS, JOURNAL
from tests.exchange.participants import INN, PASSPORT, Sandbox, Speaker, example, request_type

SENT, DELIVERED = JournalEvent.SENT, JournalEvent.DELIVERED
LONG = Patience(30)
NO_TIME = Patience(0)


@pytest.fixture
def waits(smev: Sandbox) -> Waiting:
    return Waiting(Inquiry(smev.store))


async def both(first: Any, second: Any) -> Any:
    """Do both at once; what came of the first."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(first)
        await asyncio.sleep(0)
        group.create_task(second)
    return task.result()


async def test_what_is_there_is_found_at_once_with_its_envelope(
    waits: Waiting, consumer: Speaker, fns: Speaker
) -> None:
    sent = await consumer.sends(INN)
    await fns.takes()
    [found] = await waits.wait(Sought(event=SENT), 1, 0, NO_TIME)
    assert found.entry.message_id == sent.message_id
    assert found.entry.envelope is not None
    [delivered] = await waits.wait(Sought(event=DELIVERED, participant="FNS"), 1, 0, NO_TIME)
    assert delivered.entry.envelope == found.entry.envelope  # of the message that was delivered


async def test_what_comes_is_found_when_it_has_come(waits: Waiting, consumer: Speaker) -> None:
    async def sends_twice() -> None:
        await consumer.sends(INN)
        await consumer.sends(INN)

    found = await both(waits.wait(Sought(event=SENT), 2, 0, LONG), sends_twice())
    assert [each.entry.event for each in found] == [SENT, SENT]


async def test_a_commit_rings_whoever_waits(waits: Waiting, consumer: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the bell it would sleep through the whole pause."""
    monkeypatch.setattr(waiting, "PAUSE_SECONDS", 1_000)
    async with asyncio.timeout(20):
        [found] = await both(waits.wait(Sought(event=SENT), 1, 0, LONG), consumer.sends(INN))
    assert found.entry.participant == "CITY"


async def test_only_what_came_after_counts_where_that_is_asked(waits: Waiting, consumer: Speaker) -> None:
    await consumer.sends(INN)
    [first] = await waits.wait(Sought(event=SENT), 1, 0, NO_TIME)
    with pytest.raises(NotArrived):
        await waits.wait(Sought(event=SENT), 1, first.seq, NO_TIME)
    later = await consumer.sends(INN)
    [second] = await waits.wait(Sought(event=SENT), 1, first.seq, NO_TIME)
    assert second.entry.message_id == later.message_id


async def test_the_content_is_looked_into(waits: Waiting, consumer: Speaker, fns: Speaker) -> None:
    await consumer.sends(INN)
    await fns.takes()
    await consumer.sends(PASSPORT)

    async def found(path: str, event: JournalEvent | None = None) -> list[StoredEntry]:
        return await waits.wait(Sought(event=event, xpath=ContentXPath(path)), 1, 0, NO_TIME)

    assert (await found("/FNSINNSingularRequest", DELIVERED))[0].entry.participant == "FNS"
    assert (await found("/passportDossierRequest"))[0].entry.counterpart == "MVD"
    with pytest.raises(NotArrived):
        await found("//ОГРН='0'")


async def test_a_refused_call_is_found_by_its_content_and_type(
    waits: Waiting, smev: Sandbox, consumer: Speaker
) -> None:
    sent = await consumer.sends(INN)
    with smev.refuses("MessageIsAlreadySent"):
        await consumer.sends(PASSPORT, message_id=sent.message_id)
    refused = Sought(event=JournalEvent.REFUSED, xpath=ContentXPath("/passportDossierRequest"))
    [found] = await waits.wait(refused, 1, 0, NO_TIME)
    assert found.entry.fault == "MessageIsAlreadySent"


async def test_an_ack_is_found_by_the_kind_of_its_message(waits: Waiting, consumer: Speaker, fns: Speaker) -> None:
    await consumer.sends(INN)
    await fns.acks(await fns.takes())
    acked = Sought(event=JournalEvent.ACKNOWLEDGED, message_types=(str(request_type(INN)),))
    assert (await waits.wait(acked, 1, 0, NO_TIME))[0].entry.participant == "FNS"
    assert (await waits.counted(acked)).total == 1


async def test_an_interaction_is_found_by_its_case(waits: Waiting, smev: Sandbox, consumer: Speaker) -> None:
    sent = await consumer.sends(INN)
    await consumer.sends(INN)
    key = smev.store.run_now(lambda c: interactions.find(c, sent.message_id)).key  # type: ignore[union-attr]
    mine = INTERACTIONS.update().where(INTERACTIONS.c.id == key).values(case_number="37-1")
    smev.store.run_now(lambda c: c.execute(mine).rowcount)
    assert (await waits.counted(Sought(case="37-1"))).by["event"] == {"sent": 1, "accepted": 1}


async def test_what_did_not_come_says_what_did(waits: Waiting, consumer: Speaker) -> None:
    sent = await consumer.sends(INN)
    await consumer.sends(example(INN).replace("НаимОрг".encode(), b"Naim"))
    with pytest.raises(NotArrived) as caught:
        await waits.wait(Sought(event=SENT, participant="CITY", fault="InvalidContent"), 1, 0, NO_TIME)
    told = caught.value
    assert told.found == []
    assert told.tally.by["event"] == {"sent": 2, "accepted": 1, "rejected": 1}
    assert [(near.seen.recorded.seq, [each.name for each in near.unmet]) for near in told.nearest[:2]] == [
        (4, ["event"]), (3, ["fault"]),
    ]  # fmt: skip
    with pytest.raises(NotArrived) as caught:
        await waits.wait(Sought(event=SENT, message_id=sent.message_id), 2, 0, NO_TIME)
    assert [each.entry.message_id for each in caught.value.found] == [sent.message_id]


async def test_whoever_has_gone_is_waited_for_no_longer(waits: Waiting, consumer: Speaker) -> None:
    await consumer.sends(INN)
    with pytest.raises(NotArrived):
        await waits.wait(Sought(participant="MVD"), 1, 0, Patience(1_000_000, lambda: True))


async def test_the_clock_of_the_gateway_may_stand_still(waits: Waiting, smev: Sandbox, consumer: Speaker) -> None:
    before = smev.clock.now()
    with pytest.raises(NotArrived):
        await waits.wait(Sought(participant="MVD"), 1, 0, Patience(0.01))
    assert smev.clock.now() == before


async def test_an_old_journal_is_not_looked_through_from_its_birth(
    waits: Waiting, smev: Sandbox, consumer: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A journal that is bounded begins somewhere: nobody reads a million pages that are gone."""
    looks = []
    aside = Inquiry.aside

    async def counted(inquiry: Inquiry, work: Any) -> Any:
        looks.append(work)
        return await aside(inquiry, work)

    await consumer.sends(INN)
    smev.store.run_now(lambda c: c.execute(JOURNAL.update().values(seq=JOURNAL.c.seq + 10_000_000)).rowcount)
    monkeypatch.setattr(Inquiry, "aside", counted)
    [found] = await waits.wait(Sought(event=SENT), 1, 0, NO_TIME)
    assert found.seq == 10_000_001
    assert len(looks) < 10
