"""What SendRequest and SendResponse share: the verdict of the checks, the refusals that only the store can find."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from gateway.domain.clock import to_microseconds
from gateway.domain.ids import IdSource
from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.domain.queues import Queue, queue_name
from gateway.exchange.arrival import Arrival, Rules
from gateway.exchange.file_store import Claim
from gateway.exchange.law import Judgement
from gateway.exchange.law import journal_entries as journal_entries_of
from gateway.exchange.signatures import Finding
from gateway.protocol.faults import DestinationOverflow, Explanation, MessageIsAlreadySent, SmevFault
from gateway.protocol.messages import Metadata
from gateway.protocol.moments import write
from gateway.protocol.operations import Ack, SendRequest, SendResponse
from gateway.protocol.statuses import InteractionStatus
from gateway.storage import interactions, journal, queues, violations
from gateway.storage.interactions import NewMessage
from gateway.values import value
from gateway.words import say


@value
class Verdict:
    """A message that has arrived: the envelope it came in, and why validation refuses it (None: it does not).

    `refuse_early`: what is refused in the transaction that keeps the message is told at once, too.
    """

    arrival: Arrival
    envelope: bytes
    refusal: SmevFault | None
    rules: Rules
    ids: IdSource
    refuse_early: bool = False


@value
class Kept:
    """A message that is now durable, and who has found something in a queue since.

    `due` is when something first becomes due because of it, in microseconds since 1970: its life or a term ends.
    """

    metadata: Metadata
    recipients: tuple[str, ...]
    due: int | None = None


def refused_by_store(
    connection: Connection, new: NewMessage, recipients: tuple[str, ...], queue: Queue, limit: int | None
) -> DestinationOverflow | None:
    """Return the fault when a queue is full; a repeated message is not refused for that, it is there already.

    SMEV-600 is a synchronous fault in the real message that was seen (code TR:SYNC, spec §5).
    """
    if limit is None or interactions.find(connection, new.message_id) is not None:
        return None
    for recipient in recipients:
        if queues.is_full(connection, recipient, queue, limit):
            name = queue_name(recipient, queue)
            return DestinationOverflow(
                Explanation(
                    "queue_has_room",
                    say(
                        f"менее {limit} сообщений в очереди {name}", f"fewer than {limit} messages in the queue {name}"
                    ),
                    say(f"{limit} или больше", f"{limit} or more"),
                    advice=say(
                        f"участник {recipient} должен забрать и подтвердить сообщения; предел — --queue-limit",
                        f"{recipient} has to take and acknowledge its messages; the limit is --queue-limit",
                    ),
                ),
                name,
            )
    return None


def claim_files(connection: Connection, verdict: Verdict, refusal: SmevFault | None) -> Claim:
    """Return the files that the message names, or why it may not; none where it is refused anyway."""
    call, rules = verdict.arrival.call, verdict.rules
    assert isinstance(call, SendRequest | SendResponse)  # noqa: S101 - nothing else is sent
    if refusal is not None or rules.files is None:
        return Claim()
    sender = verdict.arrival.caller.mnemonic
    return rules.files.claim(connection, call.data.ref_attachment_headers, call.data.message_id, sender, rules.limits)


def keep_message(
    connection: Connection, new: NewMessage, claim: Claim, verdict: Verdict, refusal: SmevFault | None
) -> int | None:
    """Keep a message with the files that it names; return its key, None when its MessageID was seen before.

    The files of one that is refused stay as they were uploaded: it may be sent again, corrected, under another id.
    """
    files = verdict.rules.files
    if refusal is not None or files is None or not claim.files:
        return interactions.insert_message(connection, new)
    key = interactions.insert_message(connection, replace(new, files=claim.files))
    if key is not None:
        files.keep(claim.files)
    return key


def already_sent(connection: Connection, new: NewMessage) -> MessageIsAlreadySent:
    """Return the fault for a MessageID that was seen, saying whether it was this very message."""
    first = interactions.find(connection, new.message_id)
    if first is not None and first.source == new.source and first.sender == new.sender:
        found = say("то же самое сообщение уже принято", "this very message was taken already,")
        found += f" {write(first.sent_at)}"
        advice = say(
            "сообщение доставлено в СМЭВ, прекратите повторную отправку",
            "the message has reached SMEV, stop sending it again",
        )
    else:
        found = say(
            "с этим идентификатором уже принято другое сообщение",
            "another message with this identifier was taken already",
        )
        if first is not None:
            found += f": {write(first.sent_at)} {say('от', 'from')} {first.sender}"
        advice = say("создайте новый MessageID для нового сообщения", "make a new MessageID for a new message")
    expected = say("MessageID, которого ещё не было", "a MessageID that has not been seen yet")
    return MessageIsAlreadySent(
        Explanation("message_id_is_new", expected, found, where="MessageID", advice=advice),
        message_id=new.message_id,
    )


def metadata_of(new: NewMessage, verdict: Verdict) -> Metadata:
    """Return MessageMetadata as the sender is told it."""
    recipient_name = "" if new.recipient is None else verdict.rules.participants.name_of(new.recipient)
    return Metadata(
        message_id=new.message_id,
        message_type=new.wire_type,
        sender=new.sender,
        sender_name=verdict.arrival.caller.name,
        sent_at=new.sent_at,
        recipient=new.recipient,
        recipient_name=recipient_name,
        # Every real Send*Response says so, that of responses too (spec §3).
        status=InteractionStatus.REQUEST_IS_QUEUED,
    )


def note_judgement(connection: Connection, judged: Judgement, at: datetime) -> int | None:
    """Keep what the rules found, and what the message changes in its case; return when the first new term ends.

    Microseconds since 1970; None when no term begins.
    """
    refused = judged.refusal is not None
    violations.append(connection, at, judged.violations, refused=refused)
    journal.append(connection, journal_entries_of(judged.violations, at, judged.refusal))
    return min((to_microseconds(end) for end in judged.effect(connection, refused)), default=None)


def soonest(*moments: int | None) -> int | None:
    """Return the first of the moments that there are."""
    return min((moment for moment in moments if moment is not None), default=None)


def notes_of(findings: Iterable[Finding], arrival: Arrival) -> list[JournalEntry]:
    """Return the journal's lines about signatures that do not hold and were let pass."""
    call = arrival.call
    data = call.data if isinstance(call, SendRequest | SendResponse) else None
    message_id = data.message_id if data else call.message_id if isinstance(call, Ack) else ""
    return [
        JournalEntry(
            arrival.now,
            JournalEvent.SIGNATURE,
            participant=arrival.caller.mnemonic,
            operation=call.name,
            version=call.smev.version,
            message_id=message_id,
            original_message_id=message_id if isinstance(call, SendRequest) else "",
            status=finding.what,
            explanation=finding.explanation,
        )
        for finding in findings
    ]


def journal_entries(
    new: NewMessage,
    verdict: Verdict,
    status: InteractionStatus,
    original_message_id: str,
    refusal: SmevFault | None,
) -> list[JournalEntry]:
    """Return the lines of a send: it was taken, what was let pass, and what validation said."""
    call = verdict.arrival.call
    common = {
        "moment": verdict.arrival.now,
        "participant": new.sender,
        "counterpart": new.recipient or "",
        "operation": call.name,
        "version": new.version,
        "message_id": new.message_id,
        "original_message_id": original_message_id,
        "message_type": new.message_type,
    }
    sent = JournalEntry(
        **common,  # type: ignore[arg-type] # the values above have the types of their fields
        event=JournalEvent.SENT,
        status=InteractionStatus.REQUEST_IS_QUEUED.value,
        envelope=verdict.envelope,
    )
    judged = JournalEntry(
        **common,  # type: ignore[arg-type]
        event=JournalEvent.ACCEPTED if refusal is None else JournalEvent.REJECTED,
        status=status.value,
        fault="" if refusal is None else refusal.name,
        explanation=None if refusal is None else refusal.explanation,
    )
    return [sent, *notes_of(verdict.arrival.findings, verdict.arrival), judged]
