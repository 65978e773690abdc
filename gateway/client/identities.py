"""Where the participants of one process get their keys from, and by what they verify SMEV's signatures."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from gateway.client.smev3 import NoAnswer
from gateway.domain.participants import Participants
from gateway.domain.signature_mode import SignatureMode
from gateway.keyring import Keyring, KeyringUnusable
from gateway.signature.certificates import Certificate
from gateway.signature.keys import Signer


class CannotSign(NoAnswer):
    """The call was not made: its key cannot be had now. Another time it may."""


@dataclass(frozen=True, slots=True)
class Identities:
    """`signer_of` gives the key of a mnemonic, which is made when it is first asked for.

    `smev` is None where participants take what comes as it is, and SMEV takes what is not signed.
    """

    signer_of: Callable[[str], Signer]
    smev: tuple[Certificate, ...] | None
    is_revoked: Callable[[Certificate], bool] | None = None

    @classmethod
    def among(cls, participants: Participants, keyring: Keyring, mode: SignatureMode) -> Self:
        """Return those whose certificates `keyring` issues; they refuse what does not hold where the gateway does."""

        def signer_of(mnemonic: str) -> Signer:
            known = participants.named(mnemonic)
            return keyring.signer_of(mnemonic, None if known is None else known.name)

        return cls(signer_of, (keyring.smev.certificate,) if mode is SignatureMode.STRICT else None, keyring.is_revoked)

    def of(self, mnemonic: str) -> dict[str, Any]:
        """Return the arguments that let a Smev3Client sign as `mnemonic`."""

        def signer() -> Signer:
            try:
                return self.signer_of(mnemonic)
            except KeyringUnusable as error:
                raise CannotSign(str(error)) from error

        keys: dict[str, Any] = {"signer": signer, "smev_certificates": self.smev}
        keys["is_revoked"] = self.is_revoked
        # Where nobody wants it, hundreds that look for work need no keys for it.
        return {**keys, "sign_everything": self.smev is not None}
