"""How scripted participants sign: as themselves, or wrongly in the ways that a step asks for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from gateway.client.identities import Identities
from gateway.client.transport import Transport
from gateway.exchange.signatures import Signatures
from gateway.keyring import Special
from gateway.protocol.soap import Answer

_VALUE: Final = re.compile(rb"(<(?:\w+:)?SignatureValue[^>]*>\s*)([A-Za-z0-9+/])")


class Signature(StrEnum):
    """How a call is signed."""

    OWN = "own"
    NONE = "none"
    BROKEN = "broken"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    REVOKED = "revoked"
    FOREIGN = "foreign"


_SPECIAL: Final = {each: Special(each.value) for each in Signature if each.value in list(Special)}


def keys_of(
    mnemonic: str, signature: Signature, identities: Identities | None, signatures: Signatures
) -> dict[str, Any]:
    """Return the arguments that let a Smev3Client sign as `mnemonic`, or in the wrong way that a step asks for."""
    if identities is None or signature is Signature.NONE:
        return {}
    if signature is Signature.OWN:
        return identities.of(mnemonic)
    special = _SPECIAL.get(signature)
    signer = identities.signer_of(mnemonic) if special is None else signatures.keyring.special(mnemonic, special)
    return {"signer": signer, "smev_certificates": identities.smev}


@dataclass(frozen=True, slots=True)
class Spoiling:
    """A transport that changes the first character of each SignatureValue: the rest of the call is as it was."""

    inner: Transport

    async def post(self, operation: str, content_type: str, body: bytes) -> Answer:
        return await self.inner.post(operation, content_type, spoiled(body))

    async def explanation(self, path: str) -> Mapping[str, Any] | None:
        return await self.inner.explanation(path)

    async def close(self) -> None:
        await self.inner.close()


def spoiled(call: bytes) -> bytes:
    """Return a call whose signatures hold no more."""
    return _VALUE.sub(lambda found: found[1] + (b"B" if found[2] == b"A" else b"A"), call)
