"""The one place of the exchange that verifies and signs (ADR 0012). Nothing here is looked at in mode `off`.

What was read of a call is the very element that its signature is verified over (`protocol.operations.Signing`), so that
nothing else in the message can be taken for what was signed.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from gateway.domain.participants import Participants
from gateway.domain.signature_mode import SignatureMode
from gateway.keyring import Keyring
from gateway.protocol import operations
from gateway.protocol.faults import Explanation, SignatureVerificationFault, SmevFault
from gateway.protocol.operations import Signing
from gateway.protocol.replies import Sign
from gateway.signature import cms, xmldsig
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
_LARGE: Final = 256 * 1024
"""Bytes: some ten milliseconds of hashing."""


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


@value
class SignedFile:
    """A file of a call and its SignaturePKCS7 (DER). `where` is the place of its header."""

    name: str
    where: str
    signature: bytes
    content: bytes

    def verified(self) -> "VerifiedFile":
        """Verify the signature over the content."""
        try:
            return VerifiedFile(self, cms.verify(self.signature, self.content).certificate)
        except cms.CmsProblem as problem:
            return VerifiedFile(self, problem=problem)


@value
class VerifiedFile:
    """What came of a file's signature: the certificate that it holds by, or the problem."""

    file: SignedFile
    certificate: Certificate | None = None
    problem: cms.CmsProblem | None = None


def signed_files(call: operations.Call) -> list[SignedFile]:
    """Return the files of a call whose headers have a signature and that have come with it."""
    if not isinstance(call, operations.SendRequest | operations.SendResponse):
        return []
    contents = {attachment.content_id: attachment.content for attachment in call.attachments}
    return [
        SignedFile(
            header.content_id,
            f"AttachmentHeaderList/AttachmentHeader[{place}]/SignaturePKCS7",
            header.signature,
            contents[header.content_id],
        )
        for place, header in enumerate(call.data.attachment_headers, 1)
        if header.signature is not None and header.content_id in contents
    ]


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
        return _signed(element, identifier, self.keyring.smev)

    def sign_as(self, mnemonic: str) -> Sign:
        """Return what signs as a participant, by the key that the sandbox has for it."""
        signer = self.keyring.signer_of(mnemonic)
        return lambda element, identifier: _signed(element, identifier, signer)

    # --- verifying ---------------------------------------------------------------------------------------------------

    def verified(self, signing: Signing) -> Verified:
        """Verify a signature that is there.

        Raises: SignatureProblem.
        """
        if signing.signature is None:
            raise ValueError("there is no signature")
        return xmldsig.verify(signing.signature, signing.target)

    async def verified_files(self, call: operations.Call) -> Sequence[VerifiedFile]:
        """Verify the signatures of a call's files; large ones off the event loop, which others wait for."""
        files = [] if self.mode is SignatureMode.OFF else signed_files(call)
        if sum(len(file.content) for file in files) < _LARGE:
            return [file.verified() for file in files]
        return await asyncio.to_thread(lambda: [file.verified() for file in files])

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


def _signed(element: bytes, identifier: str, signer: Signer) -> bytes:
    try:
        return xmldsig.sign(parse(element), identifier, signer)
    except XmlError:  # broken on purpose (exchange.damage): there is nothing to be signed
        return b""


def described(certificate: Certificate) -> str:
    """Return a certificate in words: whose it is, who issued it, for how long it is valid, its fingerprint."""
    span = f"{certificate.not_before:%d.%m.%Y} – {certificate.not_after:%d.%m.%Y}"
    issued = say(f"выдан «{certificate.issuer_name}»", f"issued by “{certificate.issuer_name}”")
    return f"{certificate.subject_name}; {issued}; {span}; SHA-256 {certificate.fingerprint[:16]}…"
