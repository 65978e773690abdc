"""The journal: whatever crosses the gateway, once, in the transaction of the state change (ADR 0002)."""

from datetime import datetime
from enum import StrEnum

from gateway.protocol.faults import Explanation
from gateway.values import value


class JournalEvent(StrEnum):
    """What happened."""

    SENT = "sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DELIVERED = "delivered"
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    LEASE_ENDED = "lease ended"
    EXPIRED = "expired"
    REGISTERED = "registered"
    VIOLATION = "violation"
    DISRUPTED = "disrupted"
    SIGNATURE = "signature"


@value
class JournalEntry:
    """One line of the journal.

    `participant` did it (or had it done), `counterpart` is the other side of the message. `message_id` is the
    message itself, `original_message_id` the request of its interaction. `envelope` is the root part of the call
    exactly as it came, for messages sent and for refusals; a delivered envelope follows from the stored message,
    the entry's moment and its version. `explanation` is written for people (check, expected, found, where, advice).
    Of a violation `participant` is who broke the rule, `status` the rule. Of a disruption (something broken on purpose)
    `participant` is whom it hits, `status` the name of the rule, `fault` what it does. Of a signature that was let pass
    though it does not hold `status` is what is wrong with it; mode `strict` refuses it.
    """

    moment: datetime
    event: JournalEvent
    participant: str = ""
    counterpart: str = ""
    operation: str = ""
    version: str = ""
    message_id: str = ""
    original_message_id: str = ""
    message_type: str = ""
    status: str = ""
    fault: str = ""
    explanation: Explanation | None = None
    envelope: bytes | None = None
