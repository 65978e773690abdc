"""SMEV's signature as a rule wants it to be: of another value, or by a certificate that is not in force."""

import base64
import re
from typing import Final

from gateway.domain.breakages import Breakage
from gateway.domain.disruptions import Hit
from gateway.exchange.signatures import Signatures, signed
from gateway.keyring import Special
from gateway.protocol.replies import Sign

_VALUE: Final = re.compile(rb"(?<=<ds:SignatureValue>)[^<]+")
_SPECIAL: Final = {Breakage.EXPIRED_CERTIFICATE: Special.EXPIRED, Breakage.REVOKED_CERTIFICATE: Special.REVOKED}


def signing_wrongly(signatures: Signatures, hit: Hit) -> Sign | None:
    """Return what signs an answer that the rule has hit; None where the rule is about something else."""
    if hit.rule.does is Breakage.BAD_SIGNATURE:
        return lambda element, identifier: _other_value(signed(element, identifier, signatures.keyring.smev), hit)
    special = _SPECIAL.get(hit.rule.does)
    if special is None:
        return None
    signer = signatures.keyring.smev_special(special)
    return lambda element, identifier: signed(element, identifier, signer)


def _other_value(signature: bytes, hit: Hit) -> bytes:
    """Return a signature with another byte in its SignatureValue, as the hit has drawn it."""
    found = _VALUE.search(signature)
    if found is None:  # of what is no XML, broken by another rule
        return signature
    value = bytearray(base64.b64decode(found[0]))
    value[hit.below(len(value), "place")] ^= 1 + hit.below(0xFF, "byte")
    return signature[: found.start()] + base64.b64encode(value) + signature[found.end() :]
