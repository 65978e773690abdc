"""What a recording takes from the store: whole interactions, in order, byte for byte, attachments too."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.journal import JournalEvent
from gateway.exchange import recordings
from gateway.exchange.inquiry import Inquiry
from gateway.exchange.recordings import Reading, Selection, recorded
from gateway.protocol.messages import AttachmentHeader
from gateway.protocol.mtom import Package
from gateway.protocol.participant_calls import send_request
from gateway.protocol.participant_replies import ReceivedMetadata
from gateway.recording.conversation import conversation
from gateway.recording.format import RecordedEntry, read, write
from gateway.recording.said import content_of, said
from gateway.storage import interactions, journal
from gateway.xml import parse
from tests.conversation import c14n
from tests.exchange.participants import EGRUL, INN, NOTICE, START, Sandbox, Speaker, example, request_type

ZIP = b"PK\x03\x04 \x00\xff not text"


async def whole_exchange(consumer: Speaker, provider: Speaker, kind: str = INN) -> ReceivedMetadata:
    """The consumer asks, the provider takes, answers and acknowledges, the consumer takes and acknowledges."""
    sent = await consumer.sends(kind)
    request = await provider.takes(request_type(kind))
    await provider.answers(request)
    await provider.acks(request)
    await consumer.acks(await consumer.takes_response())
    return sent


def about(entries: Iterable[RecordedEntry]) -> set[str]:
    return {each.entry.original_message_id or each.entry.message_id for each in entries}


async def test_the_journal_comes_back_exactly(smev: Sandbox, consumer: Speaker, fns: Speaker, tmp_path: Path) -> None:
    await whole_exchange(consumer, fns)
    envelope, _ = send_request(consumer.smev, "no uuid", example(INN))
    with smev.refuses("InvalidMessageIdFormat"):
        await consumer.call("SendRequest", envelope)
    recording = await recorded(smev.store)
    assert [each.entry for each in recording.entries] == smev.journal()
    assert [each.seq for each in recording.entries] == list(range(1, len(recording.entries) + 1))
    write(recording, tmp_path / "it.jsonl")
    again = read(tmp_path / "it.jsonl")
    assert [each.entry for each in again.entries] == smev.journal()
    assert (again.header, again.notes) == (recording.header, ())


async def test_attachments_come_with_the_message_that_they_came_with(
    smev: Sandbox, consumer: Speaker, fns: Speaker, tmp_path: Path
) -> None:
    sent = await consumer.sends(
        attachments=[(AttachmentHeader("a.zip", "application/zip"), ZIP), (AttachmentHeader("b.zip", "image/png"), ZIP)]
    )
    await fns.answers(await fns.takes(), attachments=[(AttachmentHeader("c", "text/plain"), b"")])
    write(await recorded(smev.store), tmp_path / "it.jsonl")
    recording = read(tmp_path / "it.jsonl")
    [exchange] = conversation(recording.entries).exchanges
    assert exchange.message_id == sent.message_id
    assert [each.content_id for each in exchange.request.attachments] == ["a.zip", "b.zip"]
    assert [recording.content(each) for each in exchange.request.attachments] == [ZIP, ZIP]
    [answer] = exchange.answers
    assert [(each.content_id, recording.content(each)) for each in answer.attachments] == [("c", b"")]
    assert not recording.missing_attachments()
    assert sum(bool(each.attachments) for each in recording.entries) == 2  # not at what was only said of them


async def test_binary_content_that_came_as_a_part_is_recorded_too(
    smev: Sandbox, consumer: Speaker, tmp_path: Path
) -> None:
    """XOP inside the business content: the journal has the root part only, and that is not all that was said."""
    include = b'<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:photo"/>'
    content = b'<x:Photo xmlns:x="urn:photo"><x:Bytes>' + include + b"</x:Bytes></x:Photo>"
    envelope, _ = send_request(consumer.smev, consumer.new_id(), content)
    await consumer.call("SendRequest", envelope, (("photo", ZIP),))
    write(await recorded(smev.store), tmp_path / "it.jsonl")
    first = read(tmp_path / "it.jsonl").entries[0]
    assert first.entry.envelope == envelope
    kept = smev.store.run_now(lambda c: interactions.find(c, first.entry.message_id))
    assert kept is not None
    assert first.source == kept.source
    read_content = content_of(first)
    assert read_content is not None
    assert read_content.findtext("{urn:photo}Bytes") == "UEsDBCAA/yBub3QgdGV4dA=="
    assert Package(envelope).parts == {}


async def test_a_selection_takes_interactions_whole(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    town = smev.speaker("TOWN")
    first = await whole_exchange(consumer, fns)
    second = await whole_exchange(town, fns, EGRUL)
    smev.clock.advance(timedelta(hours=1))
    third = await consumer.sends(INN)
    whole = len(smev.journal(first.message_id))
    assert whole == 8

    async def selected(selection: Selection) -> list[RecordedEntry]:
        recording = await recorded(smev.store, selection)
        assert recording.header.selection == selection.told()
        return list(recording.entries)

    of_town = await selected(Selection(participant="TOWN"))
    assert (about(of_town), len(of_town)) == ({second.message_id}, whole)
    assert about(await selected(Selection(participant="FNS"))) == {
        first.message_id, second.message_id, third.message_id,
    }  # fmt: skip
    assert about(await selected(Selection(kind_types=(str(request_type(EGRUL)),)))) == {second.message_id}
    assert about(await selected(Selection(since=START + timedelta(minutes=1)))) == {third.message_id}
    assert about(await selected(Selection(until=START + timedelta(minutes=1)))) == {
        first.message_id, second.message_id,
    }  # fmt: skip
    answer = next(each for each in smev.journal(second.message_id) if each.operation == "SendResponse")
    assert about(await selected(Selection(message_id=answer.message_id))) == {second.message_id}
    assert len(await selected(Selection(after=2 * whole))) == 2
    assert await selected(Selection(participant="TOWN", kind_types=(str(request_type(INN)),))) == []
    assert await selected(Selection(case="none")) == []


async def test_what_came_later_belongs_to_the_request(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    """A span of time is about requests: an answer after its end is taken, one to an earlier request is not."""
    early = await consumer.sends(INN)
    smev.clock.advance(timedelta(minutes=10))
    late = await consumer.sends(INN)
    smev.clock.advance(timedelta(minutes=10))
    for _ in range(2):
        await fns.answers(await fns.takes())
    at = START + timedelta(minutes=5)
    before = await recorded(smev.store, Selection(until=at))
    after = await recorded(smev.store, Selection(since=at, until=at + timedelta(minutes=10)))
    assert (about(before.entries), about(after.entries)) == ({early.message_id}, {late.message_id})
    for recording in (before, after):
        [exchange] = conversation(recording.entries).exchanges
        assert len(exchange.answers) == 1


async def test_a_case_takes_its_requests(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    served = await whole_exchange(consumer, fns)
    await whole_exchange(consumer, fns)
    with smev.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE interactions SET case_number = 'IV-1' WHERE id = 1")
    recording = await recorded(smev.store, Selection(case="IV-1"))
    assert about(recording.entries) == {served.message_id}
    assert len(recording.entries) == 8


async def test_a_broadcast_is_of_whoever_took_it(smev: Sandbox, fns: Speaker) -> None:
    sent = await smev.speaker("OPERATOR").sends(NOTICE)
    await fns.takes()
    for mnemonic, expected in (("FNS", {sent.message_id}), ("OPERATOR", {sent.message_id}), ("ARCHIVE", set())):
        assert about((await recorded(smev.store, Selection(participant=mnemonic))).entries) == expected, mnemonic


async def test_refusals_stand_apart_and_are_selected_by_themselves(
    smev: Sandbox, consumer: Speaker, fns: Speaker
) -> None:
    sent = await consumer.sends(INN)
    smev.clock.advance(timedelta(minutes=1))
    with smev.refuses("TargetMessageIsNotFound"):
        await fns.acks(consumer.new_id())
    with smev.refuses("MessageIsAlreadySent"):
        await consumer.sends(EGRUL, message_id=sent.message_id)
    of_fns = conversation((await recorded(smev.store, Selection(participant="FNS"))).entries)
    assert [each.entry.fault for each in of_fns.apart] == ["MessageIsAlreadySent", "TargetMessageIsNotFound"][::-1]
    later = await recorded(smev.store, Selection(since=START + timedelta(seconds=1)))
    assert [each.entry.event for each in later.entries] == [JournalEvent.REFUSED]
    of_message = await recorded(smev.store, Selection(message_id=sent.message_id))
    assert [each.entry.fault for each in of_message.entries] == ["", "", "MessageIsAlreadySent"]


async def test_it_is_read_in_slices(
    smev: Sandbox, consumer: Speaker, fns: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However small the slices are, nothing is left out or comes twice, and no batch holds more than it may."""
    for _ in range(3):
        await whole_exchange(consumer, fns)
    await consumer.sends(attachments=[(AttachmentHeader("a", "image/png"), bytes(5_000))])
    whole = await recorded(smev.store)
    envelope = max(len(each.entry.envelope or b"") for each in whole.entries)
    monkeypatch.setattr(recordings, "SLICE", 5)
    monkeypatch.setattr(recordings, "_MOST_ENTRIES", 3)
    monkeypatch.setattr(recordings, "_MOST_BYTES", envelope + 1)
    for selection in (Selection(), Selection(participant="FNS"), Selection(kind_types=(str(request_type(INN)),))):
        batches = [batch async for batch in Reading(Inquiry(smev.store), selection).batches()]
        assert tuple(each for batch in batches for each in batch.entries) == whole.entries
        assert max(len(batch.entries) for batch in batches) <= 3
        assert all(sum(len(each.entry.envelope or b"") for each in batch.entries) <= envelope + 1 for batch in batches)
        assert [len(batch.entries) for batch in batches if batch.contents] == [1]


async def test_what_a_message_says_is_read_from_the_recording(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    await whole_exchange(consumer, fns)
    [exchange] = conversation((await recorded(smev.store)).entries).exchanges
    assert said(exchange.request).message_id == exchange.message_id
    content = content_of(exchange.request)
    assert content is not None
    assert c14n(content) == c14n(parse(example(INN)))
    assert (exchange.consumer, exchange.provider, exchange.status) == ("CITY", "FNS", "messageIsDelivered")


async def test_a_store_without_a_journal_gives_nothing(smev: Sandbox, consumer: Speaker) -> None:
    assert (await recorded(smev.store)).entries == ()
    await consumer.sends()
    smev.store.run_now(journal.clear)
    assert (await recorded(smev.store)).entries == ()
