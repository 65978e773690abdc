"""SendResponse: an answer, the step of its interaction, its way into the consumer's queue, in one transaction."""

from collections.abc import Callable

from sqlalchemy import Connection

from gateway.domain.interaction import Event
from gateway.domain.queues import Queue
from gateway.domain.routing import ReplyAddress
from gateway.exchange import disruptions, sending
from gateway.exchange.law import Judgement
from gateway.exchange.on_arrival import address_of
from gateway.exchange.once_only.responses import judge_response
from gateway.exchange.rejections import Rejected, tell_provider
from gateway.exchange.sending import Kept, Verdict
from gateway.protocol.faults import Explanation, RecipientIsNotFound, SmevFault
from gateway.protocol.messages import MessageType
from gateway.protocol.operations import SendResponse
from gateway.protocol.statuses import WireMessageType
from gateway.storage import interactions, journal
from gateway.storage.interactions import NewMessage
from gateway.storage.queues import NewDelivery
from gateway.words import say


def unit_of_work(call: SendResponse, verdict: Verdict) -> Callable[[Connection], Kept | SmevFault]:
    """Return what keeps the response, rejected or not; a fault that only the store can find is its result."""
    rules, arrival = verdict.rules, verdict.arrival
    address = address_of(arrival, rules)
    new = _message(call, verdict, address)

    def keep(connection: Connection) -> Kept | SmevFault:
        if interactions.message_id_of(connection, address.interaction) != address.message_id:
            return _unknown_request(address)  # the store was emptied since, and may have given its key again
        recipients = (address.consumer,)
        full = sending.refused_by_store(connection, new, recipients, Queue.RESPONSES, rules.limits.queue_limit)
        if full is not None:
            return full
        judged = Judgement() if verdict.refusal else judge_response(connection, arrival, address, rules)
        claim = sending.claim_files(connection, verdict, verdict.refusal or judged.refusal)
        refusal = verdict.refusal or judged.refusal or claim.refusal
        if refusal and not verdict.refusal and verdict.refuse_early:
            sending.note_judgement(connection, judged, arrival.now)
            return refusal
        key = sending.keep_message(connection, new, claim, verdict, refusal)
        if key is None:
            return sending.already_sent(connection, new)
        event = _event(call, refusal)
        status = interactions.move(connection, address.interaction, event)
        assert status is not None  # noqa: S101 - a request and its interaction are kept together
        entries = sending.journal_entries(new, verdict, status, address.message_id, refusal)
        journal.append(connection, entries)
        sending.note_judgement(connection, judged, arrival.now)
        placed = disruptions.Placed((new.sender,))
        if refusal is not None:
            journal.append(connection, disruptions.entries_of_checks(arrival))
            tell_provider(connection, _rejected(key, new, verdict, refusal), address.interaction, verdict.ids)
        else:
            deliveries = [_delivery(key, new, address, event)]
            placed = disruptions.put(connection, arrival, deliveries, rules, address.message_id)
        return Kept(sending.metadata_of(new, verdict), placed.recipients, placed.due)

    return keep


def _message(call: SendResponse, verdict: Verdict, address: ReplyAddress) -> NewMessage:
    data = call.data
    return NewMessage(
        message_id=data.message_id,
        version=call.smev.version,
        wire_type=WireMessageType.RESPONSE,
        sender=verdict.arrival.caller.mnemonic,
        recipient=address.consumer,
        message_type=_message_type(call, verdict, address),
        sent_at=verdict.arrival.now,
        source=data.source,
        interaction=address.interaction,
        caller_signature=call.caller_signature,
        attachments=call.attachments,
    )


def _message_type(call: SendResponse, verdict: Verdict, address: ReplyAddress) -> str:
    if call.data.primary_content is not None:
        return str(MessageType.of(call.data.primary_content))
    # An answer without content (rejection, status) has no root: it stands under the root that a client waits for.
    kind = verdict.rules.library.catalogue.by_request(address.request_type)
    return str(address.request_type if kind is None or kind.response is None else kind.response)


def _event(call: SendResponse, refusal: SmevFault | None) -> Event:
    if refusal is not None:
        return Event.RESPONSE_REJECTED
    return Event.INTERIM_ANSWERED if call.data.status is not None else Event.ANSWERED


def _delivery(key: int, new: NewMessage, address: ReplyAddress, event: Event) -> NewDelivery:
    return NewDelivery(
        message=key,
        # The Ack of an intermediate status moves no interaction.
        interaction=address.interaction if event is Event.ANSWERED else None,
        message_id=new.message_id,
        recipient=address.consumer,
        queue=Queue.RESPONSES,
        message_type=new.message_type,
        request_type=str(address.request_type),
        node_id=address.node_id,
    )


def _rejected(key: int, new: NewMessage, verdict: Verdict, refusal: SmevFault) -> Rejected:
    arrival = verdict.arrival
    return Rejected(key, new.message_id, new.sender, arrival.call.smev, new.message_type, refusal, arrival.now)


def _unknown_request(address: ReplyAddress) -> RecipientIsNotFound:
    return RecipientIsNotFound(
        Explanation(
            "reply_address_is_genuine",
            say("ReplyTo запроса из этого хранилища", "ReplyTo of a request in this store"),
            say(f"запроса {address.message_id} в нём нет", f"no request {address.message_id} in it"),
            where="To",
        )
    )
