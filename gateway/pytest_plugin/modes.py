"""How recordings beside tests are used. A module of its own, because pytest asks for it at every start."""

from enum import StrEnum


class RecordMode(StrEnum):
    """NONE plays back and fails where there is no recording, ONCE records what is missing, ALL records anew."""

    NONE = "none"
    ONCE = "once"
    ALL = "all"
