"""How strictly a gateway keeps the law: the choices of whoever runs it."""

from enum import StrEnum


class Mode(StrEnum):
    """ENFORCE refuses what breaks a rule that can be kept by refusing; OBSERVE only notes it."""

    ENFORCE = "enforce"
    OBSERVE = "observe"


class Unattributed(StrEnum):
    """What becomes of an inter-agency request that serves no case: a WARNING is noted, or it is refused."""

    WARN = "warn"
    REFUSE = "refuse"
