"""Entries put together: requests with what came of them, and what made somebody send."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import pytest

from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.exchange.recordings import recorded
from gateway.protocol.messages import Rejection, RequestStatus, SentRequest, SentResponse
from gateway.protocol.participant_replies import ReceivedRequest
from gateway.protocol.statuses import RejectCode
from gateway.recording.conversation import Conversation, causes, conversation
from gateway.recording.format import RecordedEntry
from gateway.recording.said import Unreadable, content_of, is_message, lacks_parts, said, type_of
from tests.conversation import INN_REQUEST, get, send_request, send_response
from tests.exchange.participants import APPLICATION, EGRUL, INN, Sandbox, Speaker, example, request_type

START: Final = datetime(2013, 3, 4, 6, 0, tzinfo=UTC)


@pytest.fixture
def store_url() -> str:
    """What is put together does not depend on the store."""
    return "sqlite://"


async def entries(smev: Sandbox) -> Sequence[RecordedEntry]:
    return (await recorded(smev.store)).entries


async def told(smev: Sandbox) -> Conversation:
    return conversation(await entries(smev))


async def test_a_request_with_all_that_came_of_it(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    first = await consumer.sends(INN)
    second = await consumer.sends(EGRUL)
    request = await fns.takes(request_type(EGRUL))
    await fns.acks(request)
    answer = await fns.answers(request)
    await consumer.acks(await consumer.takes_response())
    one, two = (await told(smev)).exchanges
    assert (one.number, one.message_id, one.status, one.answers) == (
        1, first.message_id, "requestIsAcceptedBySmev", (),
    )  # fmt: skip
    assert (two.number, two.message_id, two.status) == (2, second.message_id, "messageIsDelivered")
    assert (two.consumer, two.provider, two.message_type) == ("CITY", "FNS", request_type(EGRUL))
    assert [each.entry.message_id for each in two.answers] == [answer.message_id]
    assert len(one.entries) + len(two.entries) == len(smev.journal())
    assert (await told(smev)).apart == ()


async def test_a_rejection_is_a_fault_of_the_exchange(smev: Sandbox, consumer: Speaker) -> None:
    await consumer.sends(example(INN).replace("НаимОрг".encode(), "НаимОpг".encode()))
    [exchange] = (await told(smev)).exchanges
    [fault] = exchange.faults
    assert fault.entry.event is JournalEvent.REJECTED
    assert exchange.status == "requestIsRejectedBySmev"


async def test_what_belongs_to_no_exchange_stands_apart(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    sent = await consumer.sends(INN)
    with smev.refuses("MessageIsAlreadySent"):
        await consumer.sends(INN, message_id=sent.message_id)
    whole = await told(smev)
    [exchange] = whole.exchanges
    assert [each.entry.event for each in whole.apart] == [JournalEvent.REFUSED]
    await fns.answers(await fns.takes())
    tail = [each for each in await entries(smev) if each.entry.operation == "SendResponse"]
    assert [each.entry for each in conversation(tail).apart] == [each.entry for each in tail]
    assert len(exchange.entries) == 2


async def test_a_name_of_a_rule_is_no_status(smev: Sandbox, consumer: Speaker) -> None:
    await consumer.sends(INN)
    sent, accepted = await entries(smev)
    rule = JournalEntry(
        START, JournalEvent.DISRUPTED, status="ThisIsARule", original_message_id=sent.entry.message_id, fault="lost"
    )
    [exchange] = conversation([sent, accepted, RecordedEntry(9, rule)]).exchanges
    assert exchange.status == "requestIsAcceptedBySmev"


async def test_what_made_somebody_send(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    """The applicant asks the city, the city asks for what the applicant needs, and answers with that in its hands."""
    portal = smev.speaker("TOWN")
    await portal.sends(APPLICATION)
    applied = await consumer.takes(request_type(APPLICATION))
    await consumer.sends(INN)
    asked = await fns.takes()
    await fns.answers(asked)
    await consumer.takes_response()
    await consumer.sends(EGRUL)
    assert isinstance(applied, ReceivedRequest)
    await consumer.answers(applied, [Rejection(RejectCode.NO_DATA, "none")])
    listed = await entries(smev)
    by_seq = {each.seq: each for each in listed}
    found = causes(listed)
    sent = [each for each in listed if is_message(each)]
    assert [type_of(each).root for each in sent[:2]] == [request_type(APPLICATION).root, request_type(INN).root]
    application, inn, inn_answer, egrul, answer = sent
    assert application.seq not in found
    assert by_seq[found[inn.seq]].entry.original_message_id == application.entry.message_id
    assert by_seq[found[inn_answer.seq]].entry.original_message_id == inn.entry.message_id
    assert by_seq[found[egrul.seq]].entry.operation == "GetResponse"
    assert by_seq[found[egrul.seq]].entry.original_message_id == inn.entry.message_id
    assert by_seq[found[answer.seq]].entry.original_message_id == application.entry.message_id
    assert all(cause < effect for effect, cause in found.items())


async def test_an_intermediate_status_does_not_end_the_work_on_a_request(smev: Sandbox, consumer: Speaker) -> None:
    await smev.speaker("TOWN").sends(APPLICATION)
    applied = await consumer.takes(request_type(APPLICATION))
    assert isinstance(applied, ReceivedRequest)
    await consumer.answers(applied, RequestStatus(2, "taken to work"))
    asked = await consumer.sends(INN)
    await consumer.answers(applied, [Rejection(RejectCode.NO_DATA, "none")])
    listed = await entries(smev)
    (request,) = (each for each in listed if is_message(each) and each.entry.message_id == asked.message_id)
    cause = next(each for each in listed if each.seq == causes(listed)[request.seq])
    assert cause.entry.original_message_id == applied.message_id


# --- what an envelope says -----------------------------------------------------------------------------------------


def recorded_entry(envelope: bytes | None, source: bytes | None = None) -> RecordedEntry:
    return RecordedEntry(1, JournalEntry(START, JournalEvent.SENT, envelope=envelope), source=source)


def test_an_envelope_says_what_was_sent() -> None:
    request, answer = said(recorded_entry(send_request())), said(recorded_entry(send_response("to")))
    assert isinstance(request, SentRequest)
    assert isinstance(answer, SentResponse)
    assert answer.to == "to"
    refusal = recorded_entry(send_response("to", answer=[Rejection(RejectCode.NO_DATA, "none")]))
    assert content_of(refusal) is None


@pytest.mark.parametrize(
    "envelope", [None, b"", b"<a/>", b"\xff\x00", b"<!DOCTYPE a><a/>", get("GetRequest"), send_request()[:-20]]
)
def test_what_says_nothing_is_unreadable(envelope: bytes | None) -> None:
    with pytest.raises(Unreadable):
        said(recorded_entry(envelope))


INCLUDE: Final = b'<x:A xmlns:x="urn:x"><i:Include xmlns:i="http://www.w3.org/2004/08/xop/include" href="cid:1"/></x:A>'


def test_what_came_in_parts_is_read_from_what_smev_kept() -> None:
    envelope = send_request(content=INCLUDE)
    assert lacks_parts(envelope)
    assert not lacks_parts(send_request())
    assert not lacks_parts(b"<Include")
    bare = content_of(recorded_entry(envelope))
    assert bare is not None
    assert bare.text is None
    kept = said(recorded_entry(send_request(content=b'<x:A xmlns:x="urn:x">UEs=</x:A>'))).source
    whole = content_of(recorded_entry(envelope, kept))
    assert whole is not None
    assert whole.text == "UEs="
    with pytest.raises(Unreadable):
        said(recorded_entry(envelope, b"<broken"))


def test_an_attachment_is_not_what_is_said() -> None:
    listed = b"<Include xmlns='http://www.w3.org/2004/08/xop/include' href='cid:1'/>"
    envelope = send_request(content=INN_REQUEST)
    head, closing, tail = envelope.rpartition(b"</ns2:SendRequestRequest>")
    attached = b"<AttachmentContentList><AttachmentContent><Id>a</Id><Content>" + listed
    broken = head + attached + b"</Content></AttachmentContent></AttachmentContentList>" + closing + tail
    assert not lacks_parts(broken)
    assert content_of(recorded_entry(broken)) is not None
