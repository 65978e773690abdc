"""Queues: each participant has three (spec §6)."""

from enum import IntEnum


class Queue(IntEnum):
    """Which of a recipient's three queues; the number is what the store keeps."""

    REQUESTS = 0
    RESPONSES = 1
    STATUSES = 2


def queue_name(mnemonic: str, queue: Queue) -> str:
    """Return the name of a queue as the real system writes it in DestinationOverflow (spec §5)."""
    kind = "STATUS" if queue is Queue.STATUSES else queue.name.removesuffix("S")
    return f"delivery.{mnemonic}._{kind}_"
