"""SendRequest: a request, its interaction, its way into the provider's queue, all in one transaction."""

from collections.abc import Callable

from sqlalchemy import Connection

from gateway.domain.clock import to_microseconds
from gateway.domain.interaction import Event, advance
from gateway.domain.queues import Queue
from gateway.exchange import disruptions, sending
from gateway.exchange.law import Judgement
from gateway.exchange.on_validation import kind_of_request, recipients_for
from gateway.exchange.once_only.requests import judge_request
from gateway.exchange.rejections import Rejected, tell_consumer
from gateway.exchange.sending import Kept, Verdict
from gateway.protocol.faults import SmevFault
from gateway.protocol.messages import MessageType
from gateway.protocol.operations import SendRequest
from gateway.protocol.statuses import InteractionStatus, WireMessageType
from gateway.storage import interactions, journal
from gateway.storage.interactions import NewInteraction, NewMessage
from gateway.storage.queues import NewDelivery


def unit_of_work(call: SendRequest, verdict: Verdict) -> Callable[[Connection], Kept | SmevFault]:
    """Return what keeps the request, rejected or not; a fault that only the store can find is its result."""
    rules, arrival = verdict.rules, verdict.arrival
    kind = None if verdict.refusal else kind_of_request(call, rules)
    recipients = () if verdict.refusal else recipients_for(call, arrival.caller, rules)

    def keep(connection: Connection) -> Kept | SmevFault:
        judged = judge_request(connection, arrival, kind, recipients, rules) if kind else Judgement()
        claim = sending.claim_files(connection, verdict, verdict.refusal or judged.refusal)
        refusal = verdict.refusal or judged.refusal or claim.refusal
        reached = () if refusal else recipients
        new = _message(call, verdict, reached, broadcast=kind is not None and kind.broadcast)
        full = sending.refused_by_store(connection, new, reached, Queue.REQUESTS, rules.limits.queue_limit)
        if full is not None:
            return full
        if refusal and not verdict.refusal and verdict.refuse_early:
            sending.note_judgement(connection, judged, arrival.now)
            return refusal
        key = sending.keep_message(connection, new, claim, verdict, refusal)
        if key is None:
            return sending.already_sent(connection, new)
        eol = None if call.data.eol is None else to_microseconds(call.data.eol)
        due = None if judged.due is None or refusal else to_microseconds(judged.due)
        status = _status(refusal)
        opened = NewInteraction(key, status, kind.id if kind else None, eol, judged.case_number, due)
        interactions.open_interaction(connection, opened)
        journal.append(connection, sending.journal_entries(new, verdict, status, new.message_id, refusal))
        placed = disruptions.Placed((new.sender,))
        expected = sending.note_judgement(connection, judged, arrival.now)
        if refusal is not None:
            journal.append(connection, disruptions.entries_of_checks(arrival))
            tell_consumer(connection, _rejected(key, new, verdict, refusal), rules, verdict.ids)
        else:
            deliveries = [_delivery(key, new, recipient, eol) for recipient in recipients]
            placed = disruptions.put(connection, arrival, deliveries, rules, new.message_id)
        soonest = sending.soonest(eol, due, expected, placed.due)
        return Kept(sending.metadata_of(new, verdict), placed.recipients, soonest)

    return keep


def _status(refusal: SmevFault | None) -> InteractionStatus:
    validated = Event.REQUEST_REJECTED if refusal else Event.REQUEST_VALIDATED
    return advance(InteractionStatus.REQUEST_IS_QUEUED, validated)


def _message(call: SendRequest, verdict: Verdict, recipients: tuple[str, ...], *, broadcast: bool) -> NewMessage:
    data = call.data
    return NewMessage(
        message_id=data.message_id,
        version=call.smev.version,
        wire_type=WireMessageType.BROADCAST if broadcast else WireMessageType.REQUEST,
        sender=verdict.arrival.caller.mnemonic,
        recipient=recipients[0] if recipients and not broadcast else None,
        message_type=str(MessageType.of(data.primary_content)),
        sent_at=verdict.arrival.now,
        source=data.source,
        reference_message_id=data.reference_message_id,
        transaction_code=data.transaction_code,
        node_id=data.node_id,
        caller_signature=call.caller_signature,
        attachments=call.attachments,
    )


def _delivery(key: int, new: NewMessage, recipient: str, eol: int | None) -> NewDelivery:
    return NewDelivery(
        message=key,
        # Nobody answers a broadcast: its acknowledgements move no interaction.
        interaction=None if new.wire_type is WireMessageType.BROADCAST else key,
        message_id=new.message_id,
        recipient=recipient,
        queue=Queue.REQUESTS,
        message_type=new.message_type,
        eol=eol,
    )


def _rejected(key: int, new: NewMessage, verdict: Verdict, refusal: SmevFault) -> Rejected:
    return Rejected(
        key,
        new.message_id,
        new.sender,
        verdict.arrival.call.smev,
        new.message_type,
        refusal,
        verdict.arrival.now,
        new.node_id,
    )
