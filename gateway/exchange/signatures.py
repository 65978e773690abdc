"""The one place of the exchange that verifies and signs (ADR 0012). Nothing here is looked at in mode `off`.

What was read of a call is the very element that its signature is verified over (`protocol.operations.Signing`), so that
nothing else in the message can be taken for what was signed.
"""

from datetime import datetime
from typing import Final

from gateway.domain.participants import Participants
from gateway.domain.signature_mode import SignatureMode
from gateway.keyring import Keyring
from gateway.protocol.faults import Explanation, SignatureVerificationFault, SmevFault
from gateway.protocol.operations import Signing
from gateway.protocol.replies import Sign
from gateway.signature import xmldsig
from gateway.signature.certificates import Certificate
from gateway.signature.keys import Signer
from gateway.signature.transform import Escaping
from gateway.signature.trust import Chain, Standing, State, judge
from gateway.signature.xmldsig import Verified
from gateway.values import value
from gateway.words import say
from gateway.xml import XmlError, parse

UNTRUSTED: Final = frozenset({State.FOREIGN, State.BROKEN})
"""A certificate that nobody knows here: of another issuer, or not what its issuer has signed."""


@value
class Finding:
    """Something wrong with a signature that is let pass: what it is called, and why."""

    what: str
    explanation: Explanation


def finding_of(fault: SmevFault) -> Finding:
    """Return what mode `strict` would have refused."""
    what = fault.failure.value if isinstance(fault, SignatureVerificationFault) else fault.name
    return Finding(what, fault.explanation)


def escaping_noted(verified: Verified) -> Finding | None:
    """Return what is to be said of a signature that holds by the JDK's rules of escaping only; None of any other."""
    if verified.escaping is Escaping.WOODSTOX:
        return None
    return Finding(
        "JdkEscaping",
        Explanation(
            "signature_holds",
            say("преобразование СМЭВ с экранированием Woodstox", "SMEV's transform with the escaping of Woodstox"),
            say("дайджест сошёлся только с экранированием JDK", "only the JDK's escaping gives the digest"),
            rule="urn://smev-gov-ru/xmldsig/transform",
            advice=say(
                "подпись принята; настоящая СМЭВ её может отклонить: подключите Woodstox",
                "the signature was taken; the real SMEV may refuse it: put Woodstox on the class path",
            ),
        ),
    )


class Signatures:
    """What one gateway verifies with, and SMEV's key. There is no `keyring` exactly where the mode is off."""

    def __init__(self, mode: SignatureMode, keyring: Keyring | None, participants: Participants) -> None:
        if (keyring is None) != (mode is SignatureMode.OFF):
            raise ValueError(f"signatures {mode.value}, keyring {keyring}")
        self.mode: Final = mode
        self._keyring, self._participants = keyring, participants

    @property
    def keyring(self) -> Keyring:
        """The keys and certificates of the process.

        Raises: ValueError where the mode is off.
        """
        if self._keyring is None:
            raise ValueError("signatures are off")
        return self._keyring

    @property
    def certificate(self) -> Certificate | None:
        """SMEV's certificate; None where the mode is off."""
        return None if self._keyring is None else self._keyring.smev.certificate

    # --- making ------------------------------------------------------------------------------------------------------

    @property
    def sign(self) -> Sign | None:
        """What signs replies as SMEV; None where nothing is signed."""
        return None if self._keyring is None else self._sign_as_smev

    def _sign_as_smev(self, element: bytes, identifier: str) -> bytes:
        return signed(element, identifier, self.keyring.smev)

    def sign_as(self, mnemonic: str) -> Sign:
        """Return what signs as a participant, by the key that the sandbox has for it."""
        signer = self.keyring.signer_of(mnemonic)
        return lambda element, identifier: signed(element, identifier, signer)

    # --- verifying ---------------------------------------------------------------------------------------------------

    def verified(self, signing: Signing) -> Verified:
        """Verify a signature that is there.

        Raises: SignatureProblem.
        """
        if signing.signature is None:
            raise ValueError("there is no signature")
        return xmldsig.verify(signing.signature, signing.target)

    def owner_of(self, certificate: Certificate) -> str | None:
        """Return whose certificate it says it is: registered with a participant, issued here, or imported."""
        registered = self._participants.with_certificate(certificate.fingerprint)
        return self.keyring.mnemonic_of(certificate) if registered is None else registered.mnemonic

    def standing_of(self, certificate: Certificate, now: datetime) -> Standing:
        """Return what a certificate is worth at `now`, the gateway's time.

        One that is registered with a participant is trusted as imported ones are, whoever issued it.
        """
        standing = self.keyring.standing(certificate, now)
        if standing.state not in UNTRUSTED or self._participants.with_certificate(certificate.fingerprint) is None:
            return standing
        return judge(certificate, Chain((certificate,)), now, {})


def signed(element: bytes, identifier: str, signer: Signer) -> bytes:
    """Return the ds:Signature over an element that declares its own namespaces; nothing over what is no XML."""
    try:
        return xmldsig.sign(parse(element), identifier, signer)
    except XmlError:  # broken on purpose (exchange.damage): there is nothing to be signed
        return b""


def described(certificate: Certificate) -> str:
    """Return a certificate in words: whose it is, who issued it, for how long it is valid, its fingerprint."""
    span = f"{certificate.not_before:%d.%m.%Y} – {certificate.not_after:%d.%m.%Y}"
    issued = say(f"выдан «{certificate.issuer_name}»", f"issued by “{certificate.issuer_name}”")
    return f"{certificate.subject_name}; {issued}; {span}; SHA-256 {certificate.fingerprint[:16]}…"
