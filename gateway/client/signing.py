"""A participant's signatures: what it signs with its key, and which signatures it wants to hold on what comes.

What is signed is the table of spec §2; the checks are those of the official client library (spec §9, VOS).
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from gateway.client.untrusted import Untrusted
from gateway.protocol.messages import AttachmentHeader
from gateway.protocol.participant_replies import (
    ReceivedFile,
    ReceivedRequest,
    ReceivedResponse,
    Signed,
    signed_by_sender,
)
from gateway.signature import cms, xmldsig
from gateway.signature.algorithms import SignatureAlgorithm
from gateway.signature.authority import revoked_in
from gateway.signature.certificates import Certificate
from gateway.signature.keys import Signer
from gateway.words import say
from gateway.xml import Element, name_of, parse

_IDS: Final = ("Id", "ID", "id")
_PIECE: Final = 1024 * 1024

AnyFile = tuple[AttachmentHeader, bytes]


# --- signing ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Signing:
    """Signs as one participant: `system` gives the key of its information system (ЭП-ОВ), `personal` is an official's.

    The official signs contents and files (ЭП-СП); without one, files are signed by the system (spec §8).
    """

    system: Callable[[], Signer]
    personal: Signer | None = None

    def call(self, element: bytes, identifier: str) -> bytes:
        """Return the ds:Signature over an element of a call (`participant_calls.Sign`)."""
        return xmldsig.sign(parse(element), identifier, self.system())

    def content(self, content: bytes) -> bytes | None:
        """Return PersonalSignature over the root of a content; None when nobody signs contents.

        Raises: ValueError when the root has no Id that the signature could name.
        """
        if self.personal is None:
            return None
        root = parse(content)
        identifier = next((found for name in _IDS if (found := root.get(name))), None)
        if identifier is None:
            name = name_of(root)[1]
            raise ValueError(
                say(
                    f"у корня {name} нет атрибута Id, на который сослалась бы ЭП-СП",
                    f"the root {name} has no attribute Id for the personal signature to name",
                )
            )
        return xmldsig.sign(root, identifier, self.personal)

    def file(self, content: Path | bytes, moment: datetime) -> bytes:
        """Return SignaturePKCS7 of a file, which is not read at once.

        Raises: OSError.
        """
        signer = self.personal or self.system()
        whole = content if isinstance(content, bytes) else _digest(content, signer.algorithm)
        return cms.sign(whole, signer, moment)

    def files(self, files: Sequence[AnyFile], moment: datetime) -> list[AnyFile]:
        """Return files whose headers are signed; a header that is signed already stays as it is."""
        return [
            (header if header.signature is not None else replace(header, signature=self.file(content, moment)), content)
            for header, content in files
        ]


IsRevoked = Callable[[Certificate], bool]
"""Tells whether a certificate has been revoked."""


def revoked_by(revocation_list: bytes, issuer: Certificate) -> IsRevoked:
    """Return what looks certificates of `issuer` up in its CRL (DER or PEM).

    Raises: BadCertificate when that is none, or not of this issuer.
    """
    serials = frozenset(revoked_in(revocation_list, issuer))
    return lambda certificate: certificate.issuer == issuer.subject and certificate.serial in serials


def _nobody_knows(_: Certificate) -> bool:
    return False


# --- verifying -------------------------------------------------------------------------------------------------------


class Trust:
    """Verifies what comes: SMEV's signature by one of its keys, that of the sender where there is one.

    A key may have another certificate by now; the one that comes has to be in force. `is_revoked` is asked of it.
    """

    def __init__(self, smev: Iterable[Certificate], is_revoked: IsRevoked | None = None) -> None:
        """Raises: BadCertificate for one whose key is none of GOST R 34.10."""
        self._keys = tuple(certificate.public_key for certificate in smev)
        self._is_revoked = is_revoked or _nobody_knows

    def check_smev(self, signed: Signed | None, message_id: str, now: datetime) -> None:
        """Check SMEVSignature over what SMEV signs in a reply; None is a reply in which it signs nothing.

        Raises: Untrusted.
        """
        if signed is None:
            return
        certificate = _verified(signed.signature, signed.target, "SMEV", message_id)
        if certificate.public_key not in self._keys:
            found = f"{certificate.subject_name} ({certificate.fingerprint[:16]}…)"
            why = say(f"сертификат не из числа доверенных СМЭВ: {found}", f"no trusted certificate of SMEV: {found}")
            raise Untrusted("SMEV", why, message_id)
        if not certificate.not_before <= now <= certificate.not_after:
            span = f"{certificate.not_before:%Y-%m-%d} — {certificate.not_after:%Y-%m-%d}"
            raise Untrusted("SMEV", say(f"сертификат действует {span}", f"its certificate is valid {span}"), message_id)
        if self._is_revoked(certificate):
            number = f"{certificate.serial:x}"
            why = say(f"сертификат {number} отозван", f"its certificate {number} has been revoked")
            raise Untrusted("SMEV", why, message_id)

    def check_sender(self, message: ReceivedRequest | ReceivedResponse) -> None:
        """Check what the sender signed: its block, where SMEV has left its signature in, and each signed attachment.

        Whether its certificate is valid SMEV has checked before.

        Raises: Untrusted.
        """
        signed, message_id = signed_by_sender(message), message.metadata.message_id
        if signed.signature is not None:
            _verified(signed.signature, signed.target, "sender", message_id)
        headers = {header.content_id: header for header in message.attachment_headers}
        for attachment in message.attachments:
            header = headers.get(attachment.content_id)
            if header is not None and header.signature is not None:
                _check_file(header.signature, attachment.content, attachment.content_id, message_id)

    async def check_fetched(self, file: ReceivedFile, fetched: Path) -> None:
        """Check the signature of a file that came by reference and lies at `fetched` now; one without is let pass.

        Raises: Untrusted, OSError.
        """
        header = file.header
        if header.signature is not None:
            await asyncio.to_thread(_check_file, header.signature, fetched, header.uuid)


def _digest(file: Path, algorithm: SignatureAlgorithm) -> cms.Digest:
    digest = algorithm.new_digest()
    with file.open("rb") as content:
        while piece := content.read(_PIECE):
            digest.update(piece)
    return cms.Digest(digest.digest(), algorithm)


def _verified(signature: Element | None, target: Element, whose: str, message_id: str) -> Certificate:
    if signature is None:
        raise Untrusted(whose, say("подписи нет", "there is no signature"), message_id)
    try:
        return xmldsig.verify(signature, target).certificate
    except xmldsig.SignatureProblem as problem:
        raise Untrusted(whose, str(problem), message_id) from problem


def _check_file(signature: bytes, content: Path | bytes, name: str, message_id: str = "") -> None:
    try:
        whole = content if isinstance(content, bytes) else _digest(content, cms.algorithm_of(signature))
        cms.verify(signature, whole)
    except cms.CmsProblem as problem:
        raise Untrusted(name, str(problem), message_id) from problem
