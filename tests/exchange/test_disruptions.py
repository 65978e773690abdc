"""Each breakage as the participants meet it; once the rule has ended everything is as before, and nothing is lost."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from gateway import xml
from gateway.domain.disruption import read_disruption
from gateway.domain.disruptions import Ending, Standing
from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.protocol.faults import SoapFault
from gateway.protocol.messages import AttachmentHeader, MessageType
from gateway.protocol.participant_replies import FaultReceived
from gateway.protocol.statuses import SignatureFailure
from tests.exchange.participants import (
    EGRUL,
    IN_MEMORY,
    INN,
    INSTANT,
    LEASE,
    NOTICE,
    START,
    SUBSCRIBERS,
    Sandbox,
    Speaker,
    every_response,
    everything,
    request_type,
    response_type,
)

DISRUPTED = JournalEvent.DISRUPTED
FIVE_MINUTES = timedelta(minutes=5)
PAPER = b"%PDF-1.4 a paper that has been scanned"
SCAN = AttachmentHeader("scan.pdf", "application/pdf", b"\x30\x03 CMS")


@pytest.fixture
def here() -> Iterator[Sandbox]:
    """A sandbox in memory, where the kind of store does not matter."""
    sandbox = Sandbox(IN_MEMORY)
    yield sandbox
    sandbox.close()


def breaks(smev: Sandbox, does: str, **fields: Any) -> None:
    """Let a rule hold; once, unless it says otherwise."""
    smev.exchange.disruptions.add(read_disruption({"name": "rule", "does": does, "count": 1, **fields}))


def standing(smev: Sandbox) -> Standing:
    (only,) = smev.exchange.disruptions.list()
    return only


def disrupted(smev: Sandbox) -> JournalEntry:
    """The one entry about something broken on purpose; it explains itself."""
    (entry,) = [entry for entry in smev.journal() if entry.event is DISRUPTED]
    assert entry.status == "rule"
    assert entry.explanation is not None
    assert entry.explanation.found
    assert "faults remove rule" in entry.explanation.advice
    return entry


async def exchanged(consumer: Speaker, provider: Speaker) -> str:
    """A whole exchange; return the MessageID of its request."""
    sent = await consumer.sends(INN)
    request = await provider.takes()
    assert request is not None
    assert request.message_id == sent.message_id
    await provider.acks(request)
    await provider.answers(request)
    response = await consumer.takes_response()
    assert response is not None
    assert response.original_message_id == sent.message_id
    await consumer.acks(response)
    assert await provider.takes() is None
    assert await consumer.takes_response() is None
    return sent.message_id


# --- on the way into a queue ----------------------------------------------------------------------------------


async def test_a_late_request_shows_up_after_its_delay(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    breaks(smev, "late", delay="5m")
    sent = await consumer.sends(INN)
    assert await fns.takes() is None
    smev.clock.advance(FIVE_MINUTES - INSTANT)
    assert await fns.takes() is None
    smev.clock.advance(INSTANT)
    request = await fns.takes()
    assert request is not None
    assert request.message_id == sent.message_id
    await fns.acks(request)
    entry = disrupted(smev)
    assert (entry.participant, entry.counterpart, entry.fault, entry.moment) == ("FNS", "CITY", "late", START)
    assert (entry.message_id, entry.original_message_id, entry.operation) == (
        sent.message_id, sent.message_id, "SendRequest",
    )  # fmt: skip
    assert JournalEvent.LEASE_ENDED not in [event for event, _ in smev.steps()]
    assert standing(smev).reverted is Ending.COUNT
    await exchanged(consumer, fns)


async def test_a_late_response_cannot_be_acknowledged_before_it_is_there(
    smev: Sandbox, consumer: Speaker, fns: Speaker
) -> None:
    await consumer.sends(INN)
    request = await fns.takes()
    await fns.acks(request)
    breaks(smev, "late", delay="5m", direction="response")
    answer = await fns.answers(request)
    assert await consumer.takes_response() is None
    with smev.refuses("TargetMessageIsNotFound", check="target_is_leased"):
        await consumer.acks(answer.message_id)
    smev.clock.advance(FIVE_MINUTES)
    response = await consumer.takes_response()
    assert response is not None
    assert response.message_id == answer.message_id
    await consumer.acks(response)


async def test_supervision_knows_when_a_late_message_shows_up_and_rings(
    smev: Sandbox, consumer: Speaker, fns: Speaker
) -> None:
    supervision = smev.exchange.supervision
    await supervision.catch_up(START)
    breaks(smev, "late", delay="5m")
    await consumer.sends(INN)
    assert supervision.next_due() == START + FIVE_MINUTES
    smev.doorbell.listen("FNS")
    assert await smev.doorbell.next() == ("FNS", float("inf"))
    smev.doorbell.asleep("FNS")
    smev.clock.advance(FIVE_MINUTES)
    await supervision.catch_up(smev.clock.now())
    assert await smev.doorbell.next() == ("FNS", 1)
    assert len(await everything(fns)) == 1


async def test_a_late_message_comes_after_a_restart_too(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    breaks(smev, "late", delay="5m")
    sent = await consumer.sends(INN)
    smev.restart()
    assert smev.exchange.disruptions.list() == ()  # rules live in memory
    assert await fns.takes() is None
    smev.clock.advance(FIVE_MINUTES)
    assert await everything(fns) == [sent.message_id]


async def test_a_lost_message_is_accepted_and_never_comes(here: Sandbox) -> None:
    consumer, fns = here.speaker("CITY"), here.speaker("FNS")
    breaks(here, "lost", direction="request")
    sent = await consumer.sends(INN)
    here.clock.advance(LEASE * 10)
    assert await fns.takes() is None
    assert [entry.event for entry in here.journal(sent.message_id)] == [
        JournalEvent.SENT, JournalEvent.ACCEPTED, DISRUPTED,
    ]  # fmt: skip
    assert disrupted(here).fault == "lost"
    await exchanged(consumer, fns)


async def test_a_duplicated_message_comes_twice_with_one_id(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    breaks(smev, "duplicated")
    sent = await consumer.sends(INN)
    for _ in range(2):
        request = await fns.takes()
        assert request is not None
        assert request.message_id == sent.message_id
        await fns.acks(request)
    assert await fns.takes() is None
    await exchanged(consumer, fns)


async def test_one_ack_is_for_every_copy_that_was_taken(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    breaks(smev, "duplicated")
    await consumer.sends(INN)
    first, second = await fns.takes(), await fns.takes()
    assert first is not None
    assert second is not None
    assert first.message_id == second.message_id
    await fns.acks(first)
    smev.clock.advance(LEASE)
    assert await fns.takes() is None


async def test_a_reordered_message_overtakes_whatever_waits(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    first, second = [(await consumer.sends(INN)).message_id for _ in range(2)]
    breaks(smev, "reordered", count=2)
    third, fourth = [(await consumer.sends(INN)).message_id for _ in range(2)]
    fifth = (await consumer.sends(INN)).message_id
    assert await everything(fns) == [fourth, third, first, second, fifth]


async def test_a_reordered_message_lets_the_next_one_pass(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    breaks(smev, "reordered", delay="5m")
    first = (await consumer.sends(INN)).message_id
    second = (await consumer.sends(INN)).message_id
    assert await everything(fns) == [second]
    smev.clock.advance(FIVE_MINUTES)
    assert await everything(fns) == [first]


async def test_of_a_broadcast_each_delivery_is_an_occasion_of_its_own(here: Sandbox) -> None:
    breaks(here, "lost", participant="MVD")
    sent = await here.speaker("OPERATOR").sends(NOTICE)
    came = {mnemonic: await everything(here.speaker(mnemonic)) for mnemonic in SUBSCRIBERS}
    assert came == {"CITY": [sent.message_id], "FNS": [sent.message_id], "MVD": []}


# --- on validation --------------------------------------------------------------------------------------------


async def test_a_request_is_rejected_asynchronously(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    breaks(smev, "rejected", participant="CITY", counterpart="FNS", kind=INN, text="SMEV-777:Нарочно.")
    sent = await consumer.sends(INN)
    assert await fns.takes() is None
    (rejection,) = await every_response(consumer)
    assert rejection.original_message_id == sent.message_id
    assert rejection.async_status is not None
    assert rejection.async_status.category == "requestIsRejectedBySmev"
    assert rejection.async_status.details == "SMEV-777:Нарочно."
    assert [entry.event for entry in smev.journal(sent.message_id)][:3] == [
        JournalEvent.SENT, JournalEvent.REJECTED, DISRUPTED,
    ]  # fmt: skip
    assert smev.journal(sent.message_id)[1].fault == "AccessDenied"
    assert disrupted(smev).participant == "CITY"
    await consumer.acks(rejection)
    await exchanged(consumer, fns)


async def test_a_response_is_rejected_asynchronously_and_may_be_sent_again(here: Sandbox) -> None:
    consumer, fns = here.speaker("CITY"), here.speaker("FNS")
    await consumer.sends(INN)
    request = await fns.takes()
    breaks(here, "rejected", fault="InvalidContent", direction="response")
    await fns.answers(request)
    assert await consumer.takes_response() is None
    status = await fns.takes_status()
    assert status is not None
    assert "SMEV-403" in status.details
    await fns.answers(request)
    assert await consumer.takes_response() is not None


async def test_with_refuse_early_the_rejection_is_told_at_once(here: Sandbox) -> None:
    here.set_up(refuse_early=True)
    breaks(here, "rejected")
    with here.refuses("AccessDenied", check="disruption"):
        await here.speaker("CITY").sends(INN)
    assert disrupted(here).fault == "rejected"
    assert standing(here).hits == 1


async def test_a_message_that_was_sent_already_uses_up_no_rule(here: Sandbox) -> None:
    consumer, fns = here.speaker("CITY"), here.speaker("FNS")
    sent = await consumer.sends(INN)
    breaks(here, "rejected")
    with here.refuses("MessageIsAlreadySent"):
        await consumer.sends(INN, message_id=sent.message_id)
    assert (standing(here).hits, standing(here).reverted) == (0, None)
    assert await everything(fns) == [sent.message_id]


# --- on arrival -----------------------------------------------------------------------------------------------


async def test_the_queue_of_the_recipient_is_full(here: Sandbox) -> None:
    consumer, fns = here.speaker("CITY"), here.speaker("FNS")
    breaks(here, "destination-overflow", counterpart="FNS")
    with here.refuses("DestinationOverflow", check="disruption") as refusal:
        await consumer.sends(INN)
    assert refusal.fault is not None
    assert "SMEV-600" in refusal.fault.description
    entry = disrupted(here)
    assert (entry.participant, entry.counterpart, entry.fault) == ("CITY", "FNS", "destination-overflow")
    await exchanged(consumer, fns)


@pytest.mark.parametrize("operation", ["SendRequest", "SendResponse", "GetRequest", "GetResponse", "GetStatus", "Ack"])
async def test_smev_fails_on_any_call_and_the_same_call_succeeds_afterwards(here: Sandbox, operation: str) -> None:
    consumer, fns = here.speaker("CITY"), here.speaker("FNS")
    await consumer.sends(INN)
    request = await fns.takes()
    calls: dict[str, Callable[[], Awaitable[object]]] = {
        "SendRequest": lambda: consumer.sends(INN),
        "SendResponse": lambda: fns.answers(request),
        "GetRequest": fns.takes,
        "GetResponse": consumer.takes_response,
        "GetStatus": fns.takes_status,
        "Ack": lambda: fns.acks(request),
    }
    breaks(here, "smev-failure", operation=operation)
    with here.refuses("SMEVFailure", check="disruption"):
        await calls[operation]()
    assert disrupted(here).operation == operation
    await calls[operation]()


@pytest.mark.parametrize(
    "fault", ["AccessDenied", "BusinessDataTypeIsNotSupported", "InvalidContent", "QuoteLimitExceeded",
              "AttachmentSizeLimitExceeded", "SignatureVerificationFault", "EndOfLifeReached", "RecipientIsNotFound"]
)  # fmt: skip
async def test_any_fault_that_the_wsdl_declares_comes_at_once(here: Sandbox, fault: str) -> None:
    breaks(here, "fault", fault=fault, operation="SendRequest")
    with here.refuses(fault, check="disruption") as refusal:
        await here.speaker("CITY").sends(INN)
    assert refusal.explanation.rule == "rule"
    assert [event for event, _ in here.steps()] == [DISRUPTED, JournalEvent.REFUSED]


@pytest.mark.parametrize("failure", [failure.value for failure in SignatureFailure])
async def test_a_good_signature_may_be_refused_for_any_reason_that_smev_has(here: Sandbox, failure: str) -> None:
    breaks(here, "fault", fault="SignatureVerificationFault", failure=failure)
    with here.refuses("SignatureVerificationFault", check="disruption") as refusal:
        await here.speaker("CITY").sends(INN)
    assert refusal.fault is not None
    assert refusal.fault.failure == failure
    assert failure in refusal.explanation.found
    await exchanged(here.speaker("CITY"), here.speaker("FNS"))


async def test_a_call_that_is_refused_anyway_meets_no_rule(here: Sandbox) -> None:
    breaks(here, "smev-failure")
    with here.refuses("InvalidMessageIdFormat"):
        await here.speaker("CITY").sends(INN, message_id="f" * 36)
    assert standing(here).asked == 0


# --- on taking ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", ["text", "schema"])
async def test_a_garbled_request_is_still_xml_and_comes_whole_the_second_time(
    smev: Sandbox, consumer: Speaker, fns: Speaker, damage: str
) -> None:
    sent = await consumer.sends(INN)
    breaks(smev, "garbled", damage=damage)
    garbled = await fns.takes()
    assert garbled is not None
    assert garbled.message_id == sent.message_id
    entry = disrupted(smev)
    assert (entry.participant, entry.counterpart, entry.operation) == ("FNS", "CITY", "GetRequest")
    smev.clock.advance(LEASE)
    whole = await fns.takes()
    assert whole is not None
    assert xml.source(whole.content) != xml.source(garbled.content)
    assert not smev.rules.library.violations(whole.content)
    if damage == "schema":
        assert MessageType.of(garbled.content) != request_type(INN) or smev.rules.library.violations(garbled.content)


async def test_garbled_content_may_be_no_xml_at_all(here: Sandbox) -> None:
    consumer, fns = here.speaker("CITY"), here.speaker("FNS")
    await consumer.sends(INN)
    breaks(here, "garbled", damage="xml")
    with pytest.raises(SoapFault, match="XML"):
        await fns.takes()
    here.clock.advance(LEASE)
    assert len(await everything(fns)) == 1


async def test_a_garbled_response_is_translated_as_others_are(here: Sandbox) -> None:
    consumer, fns = here.speaker("CITY", "1.1"), here.speaker("FNS", "1.3")
    await consumer.sends(INN)
    await fns.answers(await fns.takes())
    breaks(here, "garbled", damage="schema")
    response = await consumer.takes_response()
    assert response is not None
    assert response.content is not None
    assert "элемент назван" in str(disrupted(here).explanation)
    assert MessageType.of(response.content) != response_type(INN) or here.rules.library.violations(response.content)


async def test_of_a_tampered_attachment_one_byte_is_another_and_the_rest_comes_as_it_was(
    smev: Sandbox, consumer: Speaker, fns: Speaker
) -> None:
    await consumer.sends(INN, attachments=[(AttachmentHeader("empty", "text/plain"), b""), (SCAN, PAPER)])
    breaks(smev, "tampered-attachment")
    tampered = await fns.takes()
    assert tampered is not None
    assert [each.content_id for each in tampered.attachments] == ["empty", "scan.pdf"]
    found = tampered.attachments[1].content
    assert (tampered.attachments[0].content, len(found)) == (b"", len(PAPER))
    assert sum(before != after for before, after in zip(PAPER, found, strict=True)) == 1
    assert tampered.attachment_headers[1] == SCAN
    assert "scan.pdf" in str(disrupted(smev).explanation)
    smev.clock.advance(LEASE)
    whole = await fns.takes()
    assert whole is not None
    assert whole.attachments[1].content == PAPER


async def test_a_message_without_attachments_is_no_occasion_to_tamper_with_one(here: Sandbox) -> None:
    consumer, fns = here.speaker("CITY"), here.speaker("FNS")
    breaks(here, "tampered-attachment", direction="response")
    await exchanged(consumer, fns)
    await consumer.sends(INN)
    await fns.answers(await fns.takes(), attachments=[(SCAN, PAPER)])
    response = await consumer.takes_response()
    assert response is not None
    assert response.attachments[0].content != PAPER
    assert standing(here).hits == 1


async def test_a_request_with_a_wrong_id_cannot_be_acknowledged_by_it(here: Sandbox) -> None:
    consumer, fns = here.speaker("CITY"), here.speaker("FNS")
    sent = await consumer.sends(INN)
    breaks(here, "wrong-id")
    request = await fns.takes()
    assert request is not None
    assert request.message_id == sent.message_id  # what the sender wrote
    assert request.metadata.message_id != sent.message_id
    with here.refuses("TargetMessageIsNotFound"):
        await fns.acks(request.metadata.message_id)
    here.clock.advance(LEASE)
    again = await fns.takes()
    assert again is not None
    assert again.metadata.message_id == sent.message_id


async def test_a_response_names_a_request_that_nobody_sent(here: Sandbox) -> None:
    consumer, fns = here.speaker("CITY"), here.speaker("FNS")
    sent = await consumer.sends(INN)
    await fns.answers(await fns.takes())
    breaks(here, "wrong-id")
    response = await consumer.takes_response()
    assert response is not None
    assert response.original_message_id != sent.message_id
    assert len(response.original_message_id) == 36
    explanation = disrupted(here).explanation
    assert explanation is not None
    assert sent.message_id in explanation.found
    assert response.original_message_id in explanation.found
    await consumer.acks(response)


async def test_an_expired_lease_refuses_the_ack_and_delivers_again(
    smev: Sandbox, consumer: Speaker, fns: Speaker
) -> None:
    breaks(smev, "expired-lease", count=10)
    sent = await consumer.sends(INN)
    request = await fns.takes()
    with smev.refuses("TargetMessageIsNotFound", check="target_is_leased"):
        await fns.acks(request)
    again = await fns.takes()
    assert again is not None
    assert again.message_id == sent.message_id
    await fns.acks(again)  # what is delivered again is left alone
    assert [event for event, _ in smev.steps(sent.message_id)] == [
        JournalEvent.SENT, JournalEvent.ACCEPTED, JournalEvent.DELIVERED, DISRUPTED, JournalEvent.LEASE_ENDED,
        JournalEvent.REFUSED, JournalEvent.DELIVERED, JournalEvent.ACKNOWLEDGED,
    ]  # fmt: skip


async def test_whoever_held_an_expired_lease_is_rung_again(here: Sandbox) -> None:
    consumer, fns = here.speaker("CITY"), here.speaker("FNS")
    here.doorbell.listen("FNS")
    await here.doorbell.next()
    here.doorbell.asleep("FNS")
    breaks(here, "expired-lease")
    await consumer.sends(INN)
    assert await here.doorbell.next() == ("FNS", 1)
    await fns.takes()
    here.doorbell.asleep("FNS")
    assert await here.doorbell.next() == ("FNS", 1)


# --- all of it ------------------------------------------------------------------------------------------------

CHAOS = (
    {"name": "late", "does": "late", "probability": 0.2, "delay": "7m"},
    {"name": "twice", "does": "duplicated", "probability": 0.2},
    {"name": "order", "does": "reordered", "probability": 0.3, "delay": "2m"},
    {"name": "lease", "does": "expired-lease", "probability": 0.2},
    {"name": "ids", "does": "wrong-id", "probability": 0.1, "direction": "response"},
    {"name": "garbage", "does": "garbled", "probability": 0.1, "damage": "text"},
    {"name": "failure", "does": "smev-failure", "probability": 0.1},
    {"name": "full", "does": "destination-overflow", "probability": 0.1},
)


async def stubborn(call: Callable[..., Awaitable[Any]], *arguments: Any, **options: Any) -> Any:
    """Call until SMEV takes it; what it says is not there is not there."""
    while True:
        try:
            return await call(*arguments, **options)
        except FaultReceived as fault:
            if fault.name in {"TargetMessageIsNotFound", "MessageIsAlreadySent"}:
                return None


async def run(seed: int, smev: Sandbox) -> tuple[list[str], set[str]]:
    """Twenty requests through a SMEV that breaks whatever it can; return the ids sent and those answered."""
    for fields in CHAOS:
        smev.exchange.disruptions.add(read_disruption({**fields, "seed": seed, "lasts": "1d"}))
    consumer, fns = smev.speaker("CITY"), smev.speaker("FNS")
    sent, answered = [], set()
    for number in range(20):
        message_id = consumer.new_id()
        kind = INN if number % 2 else EGRUL
        await stubborn(consumer.sends, kind, message_id=message_id)
        sent.append(message_id)
    seen: set[str] = set()
    for _ in range(60):
        smev.clock.advance(timedelta(minutes=5))
        while (request := await stubborn(fns.takes)) is not None:
            if request.message_id not in seen:
                await stubborn(fns.answers, request)
                seen.add(request.message_id)
            await stubborn(fns.acks, request)
        while (response := await stubborn(consumer.takes_response)) is not None:
            answered.add(response.original_message_id)
            await stubborn(consumer.acks, response)
    return sent, answered


async def journal_of(seed: int) -> list[JournalEntry]:
    sandbox = Sandbox(IN_MEMORY)
    try:
        sent, answered = await run(seed, sandbox)
        named_wrongly = [entry for entry in sandbox.journal() if entry.event is DISRUPTED and entry.status == "ids"]
        assert len(set(sent) - answered) <= len(named_wrongly)
        return sandbox.journal()
    finally:
        sandbox.close()


async def test_one_seed_breaks_the_same_places_and_another_elsewhere() -> None:
    first, again, other = await journal_of(7), await journal_of(7), await journal_of(8)
    assert first == again
    places = [(entry.status, entry.message_id) for entry in first if entry.event is DISRUPTED]
    assert {name for name, _ in places} >= {"late", "twice", "order", "lease", "failure", "full"}
    assert places != [(entry.status, entry.message_id) for entry in other if entry.event is DISRUPTED]


async def test_nothing_that_was_accepted_is_lost_and_traffic_is_clean_afterwards(smev: Sandbox) -> None:
    consumer, fns = smev.speaker("CITY"), smev.speaker("FNS")
    await run(7, smev)
    entries = smev.journal()
    accepted = {entry.message_id for entry in entries if entry.event is JournalEvent.ACCEPTED}
    assert len(accepted) == 40
    assert accepted == {entry.message_id for entry in entries if entry.event is JournalEvent.ACKNOWLEDGED}
    smev.clock.advance(timedelta(days=1))
    await exchanged(consumer, fns)
    assert {each.reverted for each in smev.exchange.disruptions.list()} == {Ending.TIME}


async def test_without_rules_nothing_is_asked(here: Sandbox) -> None:
    await exchanged(here.speaker("CITY"), here.speaker("FNS"))
    assert not here.exchange.disruptions.active
    assert DISRUPTED not in [event for event, _ in here.steps()]
