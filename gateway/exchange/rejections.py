"""A rejection told asynchronously: to a consumer through its responses, to a provider through its statuses."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from gateway.domain.ids import IdSource
from gateway.domain.queues import Queue
from gateway.domain.routing import ReplyAddress
from gateway.exchange.arrival import Rules
from gateway.ns import Smev3
from gateway.protocol.faults import SmevFault
from gateway.protocol.messages import MessageType
from gateway.protocol.smev_messages import SMEV_MNEMONIC, rejected_request, rejected_response
from gateway.protocol.statuses import WireMessageType
from gateway.storage import interactions, queues
from gateway.storage.interactions import NewMessage
from gateway.storage.queues import NewDelivery


@dataclass(frozen=True, slots=True)
class Rejected:
    """The message that failed, why, and when: its key and MessageID, who sent it, in which version, its root."""

    key: int
    message_id: str
    sender: str
    smev: Smev3
    message_type: str
    fault: SmevFault
    at: datetime
    node_id: str | None = None


def tell_consumer(connection: Connection, rejected: Rejected, rules: Rules, ids: IdSource) -> None:
    """Put a Response with AsyncProcessingStatus into the sender's queue of responses (spec §5)."""
    message_id = ids.message_id(rejected.at)
    root = MessageType.from_tag(rejected.message_type)
    # To is mandatory in the schema. It leads back to the request, and nobody can answer to it.
    to = rules.addresses.write(
        ReplyAddress(
            rejected.key, rejected.message_id, SMEV_MNEMONIC, rejected.sender, MessageType("", root.root[:100])
        )
    )
    source = rejected_request(rejected.fault, rejected.message_id, message_id, to, rejected.smev)
    kind = rules.library.catalogue.by_request(root)
    waited_for = str(root if kind is None or kind.response is None else kind.response)
    key = _keep(connection, rejected, _Written(message_id, rejected.key, waited_for, source))
    queues.put(
        connection,
        [
            NewDelivery(
                message=key,
                interaction=rejected.key,
                message_id=message_id,
                recipient=rejected.sender,
                queue=Queue.RESPONSES,
                message_type=waited_for,
                request_type=rejected.message_type,
                node_id=rejected.node_id,
            )
        ],
    )


def tell_provider(connection: Connection, rejected: Rejected, interaction: int, ids: IdSource) -> None:
    """Put AsyncProcessingStatusData into the provider's queue of statuses (spec §5)."""
    source = rejected_response(rejected.fault, rejected.message_id, rejected.smev)
    written = _Written(ids.message_id(rejected.at), interaction, rejected.message_type, source)
    queues.put(
        connection,
        [
            NewDelivery(
                message=_keep(connection, rejected, written),
                interaction=None,
                message_id=rejected.message_id,
                recipient=rejected.sender,
                queue=Queue.STATUSES,
                message_type=rejected.message_type,
            )
        ],
    )


@dataclass(frozen=True, slots=True)
class _Written:
    """What SMEV itself wrote."""

    message_id: str
    interaction: int
    message_type: str
    source: bytes


def _keep(connection: Connection, rejected: Rejected, written: _Written) -> int:
    key = interactions.insert_message(
        connection,
        NewMessage(
            message_id=written.message_id,
            interaction=written.interaction,
            version=rejected.smev.version,
            wire_type=WireMessageType.RESPONSE,
            sender=SMEV_MNEMONIC,
            recipient=rejected.sender,
            message_type=written.message_type,
            sent_at=rejected.at,
            source=written.source,
        ),
    )
    if key is None:
        raise RuntimeError(f"the id source gave {written.message_id} twice")
    return key
