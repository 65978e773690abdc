"""Bounds of one gateway. Values marked UNCONFIRMED stand for figures of the real system that no source proves."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes.

    lease: how long a taken message stays hidden (UNCONFIRMED; 15 minutes is what an SMEV contractor's emulator took).
    max_attachments: sum of attachment contents in one call (UNCONFIRMED; 5 MiB is generally quoted).
    max_ref_attachments: sum of the files that one message names by reference (UNCONFIRMED: 1 GiB).
    attachments_quota: files of one participant that wait for their readers; None is no limit (UNCONFIRMED).
    queue_limit: messages in one queue before DestinationOverflow; None is no limit (UNCONFIRMED).
    message_id_pattern: MessageID must match the pattern of basic:UUID, lower case; else any text of at most 36.
    message_id_version: MessageID must be a version 1 UUID.
    stale_after: MessageID older than this is StaleMessageId ("two days or more"); None switches the check off.
    status_needs_ack: a status read by GetStatus waits for its Ack as messages do (UNCONFIRMED; emulators do not).
    check_wire_schema: calls must be valid against the XSD of message-exchange.
    """

    lease: timedelta = timedelta(minutes=15)
    max_attachments: int = 5 * MIB
    max_ref_attachments: int = 1024 * MIB
    attachments_quota: int | None = None
    queue_limit: int | None = None
    message_id_pattern: bool = True
    message_id_version: bool = True
    stale_after: timedelta | None = timedelta(days=2)
    status_needs_ack: bool = False
    check_wire_schema: bool = True
