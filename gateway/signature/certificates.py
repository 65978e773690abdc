"""Certificates met in signatures: found, named, fingerprinted. Nothing is verified here."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Final

_CERTIFICATE: Final = re.compile(rb"<(?:[\w.-]+:)?X509Certificate(?:\s[^>]*)?>([^<]*)</")


@dataclass(frozen=True, slots=True)
class MetCertificate:
    """A certificate as it stands in KeyInfo. `fingerprint` is the SHA-256 of the DER in hex."""

    der: bytes
    fingerprint: str


def certificate_in(signature: bytes) -> MetCertificate | None:
    """Return the first X509Certificate of a serialised ds:Signature; None when there is none that is base64."""
    found = _CERTIFICATE.search(signature)
    if found is None:
        return None
    # A carriage return that came as &#xD; is serialised that way again.
    text = found[1].replace(b"&#13;", b"").replace(b"&#xD;", b"")
    try:
        der = base64.b64decode(b"".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    return MetCertificate(der, hashlib.sha256(der).hexdigest()) if der else None


def subject_name(certificate: MetCertificate) -> str | None:
    """Return the subject's common name, None when the bytes are no X.509 certificate or it has no name."""
    from cryptography import x509  # noqa: PLC0415 - 40 ms of import that only a new certificate pays

    try:
        names = x509.load_der_x509_certificate(certificate.der).subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    except (ValueError, x509.InvalidVersion):
        return None
    return str(names[0].value)[:500] if names else None
