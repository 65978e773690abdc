"""The names of what a comparison may leave out."""

from enum import StrEnum


class Aspect(StrEnum):
    """What is compared beside the contents, which always are (`gateway.recording.comparing` does it)."""

    STATUS = "status"
    FAULTS = "faults"
    TIMING = "timing"
    ATTACHMENTS = "attachments"
    DELIVERIES = "deliveries"
    VIOLATIONS = "violations"
    CAUSE = "cause"
    ORDER = "order"
    CALLS = "calls"
