"""Signing and trust for those who want them: who signs nothing loads no cryptography."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.client.signing import IsRevoked, Signing, Trust
    from gateway.signature.certificates import Certificate
    from gateway.signature.keys import Signer


def signing_of(signer: "Signer | Callable[[], Signer] | None", personal: "Signer | None") -> "Signing | None":
    """Return what signs with a key, or with what gives it when it is first needed; None where nobody signs.

    Raises: ValueError for an official without a system.
    """
    if signer is None:
        if personal is not None:
            raise ValueError("a personal_signer needs a signer: SMEV takes no call that the system has not signed")
        return None
    from gateway.client.signing import Signing  # noqa: PLC0415 - cryptography is for those who sign

    return Signing(signer if callable(signer) else lambda: signer, personal)


def trust_in(certificates: "Iterable[Certificate] | None", is_revoked: "IsRevoked | None" = None) -> "Trust | None":
    """Return what verifies SMEV's signatures; None where what comes is taken as it is.

    Raises: BadCertificate.
    """
    if certificates is None:
        return None
    from gateway.client.signing import Trust  # noqa: PLC0415 - see above

    return Trust(certificates, is_revoked)
