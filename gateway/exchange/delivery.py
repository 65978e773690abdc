"""A stored message on its way out: source translated when the reader speaks another version, metadata made."""

from typing import Final

from gateway.domain.disruptions import Hit
from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.domain.routing import ReplyAddress
from gateway.exchange.arrival import Arrival, Rules
from gateway.exchange.damage import damaged_request, damaged_response
from gateway.ns import SMEV3_VERSIONS, Smev3
from gateway.protocol.messages import DeliveredRequest, DeliveredResponse, FSAttachment, MessageType, Metadata
from gateway.protocol.smev_messages import SMEV_MNEMONIC, SMEV_NAME
from gateway.protocol.statuses import InteractionStatus, WireMessageType
from gateway.protocol.translation import translate
from gateway.storage.interactions import StoredMessage
from gateway.storage.queues import Taken
from gateway.values import value

FILE_NAME: Final = "/SignedContent.zip"
"""What every file is called where its reader is sent, whatever its sender called it (seen, spec §8; UNCONFIRMED)."""


@value
class TakenMessage:
    """A lease and the message under it, and what is wrong with the delivery on purpose."""

    lease: Taken
    message: StoredMessage
    hit: Hit | None = None


def request_for(arrival: Arrival, taken: TakenMessage, rules: Rules) -> DeliveredRequest:
    """What the provider gets, with the address to answer to; a broadcast has none."""
    message, provider = taken.message, arrival.caller.mnemonic
    reply_to = None
    if message.wire_type is WireMessageType.REQUEST:
        reply_to = rules.addresses.write(
            ReplyAddress(
                interaction=message.key,
                message_id=message.message_id,
                provider=provider,
                consumer=message.sender,
                request_type=MessageType.from_tag(message.message_type),
                node_id=message.node_id,
                eol=taken.lease.eol or 0,
                transaction_code=message.transaction_code,
            )
        )
    source, signature = _in_version(message, arrival.call.smev)
    metadata, files = _metadata(arrival, message, rules), _files(message)
    whole = DeliveredRequest(source, metadata, reply_to, signature, message.attachments, files)
    return whole if taken.hit is None else damaged_request(whole, taken.hit)


def response_for(arrival: Arrival, taken: TakenMessage, rules: Rules) -> DeliveredResponse:
    """What the consumer gets, with the ids of the request that is answered."""
    message = taken.message
    source, signature = _in_version(message, arrival.call.smev)
    whole = DeliveredResponse(
        source,
        _metadata(arrival, message, rules),
        original_message_id=message.original_message_id or message.message_id,
        original_transaction_code=message.original_transaction_code,
        reference_message_id=message.original_reference,
        sender_signature=signature,
        attachments=message.attachments,
        files=_files(message),
    )
    return whole if taken.hit is None else damaged_response(whole, taken.hit)


def _in_version(message: StoredMessage, smev: Smev3) -> tuple[bytes, bytes | None]:
    sent_by = SMEV3_VERSIONS[message.version]
    if sent_by is smev:
        return message.source, message.caller_signature
    # The signature covers the namespaces of the sender's version (spec §6).
    return translate(message.source, sent_by, smev), None


def _files(message: StoredMessage) -> tuple[FSAttachment, ...]:
    return tuple(FSAttachment(file.uuid, file.user_name, file.password, FILE_NAME) for file in message.files)


def _metadata(arrival: Arrival, message: StoredMessage, rules: Rules) -> Metadata:
    recipient = arrival.caller
    return Metadata(
        message_id=message.message_id,
        message_type=message.wire_type,
        sender=message.sender,
        sender_name=SMEV_NAME if message.sender == SMEV_MNEMONIC else rules.participants.name_of(message.sender),
        sent_at=message.sent_at,
        recipient=recipient.mnemonic,
        recipient_name=recipient.name,
        status=InteractionStatus.MESSAGE_IS_DELIVERED,
        delivered_at=arrival.now,
    )


def entry(arrival: Arrival, taken: Taken, message: StoredMessage) -> JournalEntry:
    """The journal's line about a delivery; `status` counts the attempts."""
    return JournalEntry(
        arrival.now,
        JournalEvent.DELIVERED,
        participant=arrival.caller.mnemonic,
        counterpart=message.sender,
        operation=arrival.call.name,
        version=arrival.call.smev.version,
        # Of a status it is the MessageID of the response that it tells of, by which it is also acknowledged.
        message_id=taken.message_id,
        original_message_id=message.original_message_id or message.message_id,
        message_type=message.message_type,
        status=f"attempt {taken.attempts}",
    )
