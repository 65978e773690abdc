"""The journal: whatever crosses the gateway, once, in order, with its reasons; the same again for the same inputs."""

import random  # noqa: TID251 - seeded here
from contextlib import suppress
from datetime import timedelta

from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.domain.limits import Limits
from gateway.protocol.messages import Rejection, RequestStatus
from gateway.protocol.participant_calls import Outgoing, send_request
from gateway.protocol.participant_replies import FaultReceived, ReceivedRequest
from gateway.protocol.statuses import RejectCode
from gateway.storage.database import open_database
from tests.exchange.participants import (
    EGRUL,
    INN,
    LEASE,
    NOTICE,
    START,
    Sandbox,
    Speaker,
    every_response,
    example,
    request_type,
)
from tests.stores import empty

SENT, ACCEPTED, REJECTED = JournalEvent.SENT, JournalEvent.ACCEPTED, JournalEvent.REJECTED
DELIVERED, ACKNOWLEDGED, REFUSED = JournalEvent.DELIVERED, JournalEvent.ACKNOWLEDGED, JournalEvent.REFUSED
LEASE_ENDED, EXPIRED = JournalEvent.LEASE_ENDED, JournalEvent.EXPIRED
INVALID = example(INN).replace("НаимОрг".encode(), "НаимОpг".encode())


def statuses(entries: list[JournalEntry]) -> list[tuple[JournalEvent, str, str]]:
    return [(entry.event, entry.participant, entry.status) for entry in entries]


async def test_a_conversation_is_written_step_by_step(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    sent = await consumer.sends(INN)
    request = await fns.takes()
    await fns.acks(request)
    await fns.answers(request)
    await consumer.acks(await consumer.takes_response())
    whole = smev.journal()
    assert statuses(whole) == [
        (SENT, "CITY", "requestIsQueued"),
        (ACCEPTED, "CITY", "requestIsAcceptedBySmev"),
        (DELIVERED, "FNS", "attempt 1"),
        (ACKNOWLEDGED, "FNS", "underProcessing"),
        (SENT, "FNS", "requestIsQueued"),
        (ACCEPTED, "FNS", "responseIsAcceptedBySmev"),
        (DELIVERED, "CITY", "attempt 1"),
        (ACKNOWLEDGED, "CITY", "messageIsDelivered"),
    ]
    assert smev.journal(sent.message_id) == whole  # every step names the request that it belongs to
    assert [entry.operation for entry in whole] == [
        "SendRequest", "SendRequest", "GetRequest", "Ack", "SendResponse", "SendResponse", "GetResponse", "Ack",
    ]  # fmt: skip
    assert {entry.version for entry in whole} == {"1.2"}
    assert {entry.moment for entry in whole} == {START}


async def test_a_sent_message_is_kept_as_it_came(smev: Sandbox, consumer: Speaker) -> None:
    message_id = consumer.new_id()
    envelope, _ = send_request(consumer.smev, message_id, example(INN))
    odd = envelope.replace(b"<soap:Body>", b"<soap:Body> <!-- \xd1\x91 -->")
    await consumer.call("SendRequest", odd)
    sent, accepted = smev.journal()
    assert sent.envelope == odd
    assert (sent.message_id, sent.original_message_id, sent.message_type) == (
        message_id, message_id, str(request_type(INN)),
    )  # fmt: skip
    assert (sent.participant, sent.counterpart) == ("CITY", "FNS")
    assert accepted.envelope is None


async def test_a_lease_that_ends_is_written_once(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    sent = await consumer.sends(INN)
    request = await fns.takes()
    smev.clock.advance(3 * LEASE)
    await consumer.takes_response()
    await fns.takes()
    await fns.answers(request)
    await consumer.takes_response()
    smev.clock.advance(LEASE)
    await fns.takes(request_type(EGRUL))
    tail = smev.journal(sent.message_id)[2:]
    assert statuses(tail) == [
        (DELIVERED, "FNS", "attempt 1"),
        (LEASE_ENDED, "FNS", ""),
        (DELIVERED, "FNS", "attempt 2"),
        (SENT, "FNS", "requestIsQueued"),
        (ACCEPTED, "FNS", "responseIsAcceptedBySmev"),
        (DELIVERED, "CITY", "attempt 1"),
        (LEASE_ENDED, "FNS", ""),
        (LEASE_ENDED, "CITY", ""),
    ]
    assert tail[1].moment == START + 3 * LEASE


async def test_a_rejected_request_and_what_its_sender_does_then(smev: Sandbox, consumer: Speaker) -> None:
    sent = await consumer.sends(INVALID)
    await consumer.acks(await consumer.takes_response())
    whole = smev.journal(sent.message_id)
    assert whole == smev.journal()
    assert statuses(whole) == [
        (SENT, "CITY", "requestIsQueued"),
        (REJECTED, "CITY", "requestIsRejectedBySmev"),
        (DELIVERED, "CITY", "attempt 1"),
        (ACKNOWLEDGED, "CITY", "requestIsRejectedBySmev"),
    ]
    assert whole[2].counterpart == "SMEV"
    assert whole[2].message_id == whole[3].message_id != sent.message_id


async def test_a_rejected_response_and_its_status(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    smev.set_up(Limits(status_needs_ack=True))
    sent = await consumer.sends(INN)
    request = await fns.takes()
    answered = await fns.answers(request, example(EGRUL, "response"))
    await fns.takes_status()
    await fns.acks(answered.message_id)
    tail = smev.journal(sent.message_id)[3:]
    assert statuses(tail) == [
        (SENT, "FNS", "requestIsQueued"),
        (REJECTED, "FNS", "requestIsAcceptedBySmev"),
        (DELIVERED, "FNS", "attempt 1"),
        (ACKNOWLEDGED, "FNS", ""),
    ]
    assert {entry.message_id for entry in tail} == {answered.message_id}
    assert tail[1].fault == "IncorrectResponseContentType"


async def test_an_expired_request(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    sent = await consumer.sends(INN, Outgoing(eol=START + timedelta(minutes=1)))
    smev.clock.advance(timedelta(minutes=1))
    await fns.takes()
    await consumer.acks(await consumer.takes_response())
    whole = smev.journal(sent.message_id)
    assert statuses(whole)[2:] == [
        (EXPIRED, "FNS", "requestIsRejectedBySmev"),
        (DELIVERED, "CITY", "attempt 1"),
        (ACKNOWLEDGED, "CITY", "requestIsRejectedBySmev"),
    ]
    assert whole[2].fault == "EndOfLifeReached"
    assert whole[2].explanation is not None
    assert whole[2].counterpart == "CITY"


async def test_what_was_not_accepted_by_its_reader(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    sent = await consumer.sends(INN)
    request = await fns.takes()
    await fns.acks(request, accepted=False)
    await fns.answers(request, RequestStatus(1, "всё же в работе"))
    assert statuses(smev.journal(sent.message_id))[3:] == [
        (ACKNOWLEDGED, "FNS", "accepted=false"),
        (SENT, "FNS", "requestIsQueued"),
        (ACCEPTED, "FNS", "requestIsAcceptedBySmev"),  # the refused delivery moved nothing
    ]


async def test_taking_an_interim_status_delivers_no_answer(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    sent = await consumer.sends(INN)
    request = await fns.takes()
    await fns.answers(request, RequestStatus(1, "в работе"))
    await fns.answers(request)
    interim, answer = await every_response(consumer)
    await consumer.acks(interim)
    await consumer.acks(answer)
    assert statuses(smev.journal(sent.message_id))[-2:] == [
        (ACKNOWLEDGED, "CITY", ""),
        (ACKNOWLEDGED, "CITY", "messageIsDelivered"),
    ]


async def test_a_broadcast_is_delivered_to_each(smev: Sandbox) -> None:
    await smev.speaker("OPERATOR").sends(NOTICE)
    for mnemonic in ("MVD", "FNS", "CITY"):
        speaker = smev.speaker(mnemonic)
        await speaker.acks(await speaker.takes())
    assert smev.steps()[2:] == [
        (DELIVERED, "MVD"), (ACKNOWLEDGED, "MVD"), (DELIVERED, "FNS"), (ACKNOWLEDGED, "FNS"),
        (DELIVERED, "CITY"), (ACKNOWLEDGED, "CITY"),
    ]  # fmt: skip


async def test_an_empty_queue_leaves_no_trace(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    await fns.takes()
    await consumer.takes_response()
    await fns.takes_status()
    assert smev.journal() == []


async def test_a_refused_call_changes_nothing_but_the_journal(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    sent = await consumer.sends(INN)
    with smev.refuses("MessageIsAlreadySent"):
        await consumer.sends(INN, message_id=sent.message_id)
    [entry] = smev.journal()[2:]
    assert (entry.participant, entry.operation, entry.message_id) == ("CITY", "SendRequest", sent.message_id)


# --- the same again ----------------------------------------------------------------------------------------------


class Talk:
    """A long conversation, drawn from one seed: every operation, every outcome."""

    def __init__(self, smev: Sandbox) -> None:
        self.smev, self.chance = smev, random.Random(2013)  # noqa: S311
        self.consumers = [smev.speaker("CITY"), smev.speaker("TOWN", "1.1"), smev.speaker("ARCHIVE", "1.3")]
        self.fns = smev.speaker("FNS")
        self.requests: list[ReceivedRequest] = []

    async def go_on(self, steps: int) -> None:
        for number in range(steps):
            begin = [self.send, self.take]
            step = self.chance.choice(begin if number < 20 else [*begin, self.answer, self.ack, self.read, self.wait])
            with suppress(FaultReceived):  # it is in the journal
                await step()

    async def send(self) -> None:
        eol = self.chance.choice([None, self.smev.clock.now() + timedelta(minutes=self.chance.randrange(20))])
        content = self.chance.choice([example(INN), example(EGRUL), INVALID])
        await self.chance.choice(self.consumers).sends(content, Outgoing(eol=eol))

    async def take(self) -> None:
        request = await self.fns.takes(self.chance.choice([None, request_type(INN)]))
        self.requests += [request] if request else []

    async def answer(self) -> None:
        answers: list[bytes | list[Rejection] | None] = [None, _rejection(), b"<a xmlns='urn:a'/>"]
        await self.fns.answers(self.chance.choice(self.requests), self.chance.choice(answers))

    async def ack(self) -> None:
        await self.fns.acks(self.chance.choice(self.requests), accepted=self.chance.random() < 0.9)

    async def read(self) -> None:
        consumer = self.chance.choice(self.consumers)
        for response in await every_response(consumer):
            if self.chance.random() < 0.5:
                await consumer.acks(response)
        await self.fns.takes_status()

    async def wait(self) -> None:
        self.smev.clock.advance(timedelta(minutes=self.chance.randrange(10)))


def _rejection() -> list[Rejection]:
    return [Rejection(RejectCode.NO_DATA, "нет")]


async def test_the_same_seed_clock_and_inputs_give_the_same_journal(store_url: str) -> None:
    journals = []
    for _ in range(2):
        smev = Sandbox(store_url)
        await Talk(smev).go_on(150)
        journals.append(smev.journal())
        smev.close()
        again = open_database(store_url)
        empty(again)
        again.close()
    assert journals[0] == journals[1]
    # Everybody is known here, keeps the law, and nothing is broken on purpose.
    absent = {JournalEvent.REGISTERED, JournalEvent.VIOLATION, JournalEvent.DISRUPTED, JournalEvent.SIGNATURE}
    assert {entry.event for entry in journals[0]} == set(JournalEvent) - absent
