"""How much a gateway minds signatures."""

from enum import StrEnum


class SignatureMode(StrEnum):
    """OFF: none is verified, none is made. LENIENT: what is wrong is written down, and nothing refused for it.

    STRICT: what is wrong is refused as the real SMEV refuses it. In both, SMEV signs its replies.
    """

    OFF = "off"
    LENIENT = "lenient"
    STRICT = "strict"
