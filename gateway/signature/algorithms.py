"""The signature algorithms of SMEV messages and their names in XMLDSig, CMS and certificates (spec: GOST, RFC 9215)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from gateway.signature.gost import (
    Digest,
    gost94,
    new_gost94,
    new_streebog256,
    new_streebog512,
    streebog256,
    streebog512,
)

_CRYPTOPRO: Final = "urn:ietf:params:xml:ns:cpxmlsec:algorithms:"
_XMLDSIG_MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"


@dataclass(frozen=True, slots=True)
class SignatureAlgorithm:
    """`size` is bytes of a digest and of a coordinate; the URIs stand in XMLDSig, the OIDs in ASN.1.

    `other_uris` are further spellings that are read: (of the signature, of the digest).
    """

    name: str
    """Our own name of it: gost2012-256, gost2012-512, gost2001."""
    signature_uri: str
    digest_uri: str
    digest: Callable[[bytes], bytes]
    new_digest: Callable[[], Digest]
    """Begins a digest of what comes in pieces."""
    digest_oid: str
    signature_oid: str
    key_oid: str
    size: int
    other_uris: tuple[str, ...] = ()


GOST2012_256: Final = SignatureAlgorithm(
    "gost2012-256",
    f"{_CRYPTOPRO}gostr34102012-gostr34112012-256",
    f"{_CRYPTOPRO}gostr34112012-256",
    streebog256,
    new_streebog256,
    "1.2.643.7.1.1.2.2",
    "1.2.643.7.1.1.3.2",
    "1.2.643.7.1.1.1.1",
    32,
)
GOST2012_512: Final = SignatureAlgorithm(
    "gost2012-512",
    f"{_CRYPTOPRO}gostr34102012-gostr34112012-512",
    f"{_CRYPTOPRO}gostr34112012-512",
    streebog512,
    new_streebog512,
    "1.2.643.7.1.1.2.3",
    "1.2.643.7.1.1.3.3",
    "1.2.643.7.1.1.1.2",
    64,
)
GOST2001: Final = SignatureAlgorithm(
    "gost2001",
    f"{_XMLDSIG_MORE}gostr34102001-gostr3411",
    f"{_XMLDSIG_MORE}gostr3411",
    gost94,
    new_gost94,
    "1.2.643.2.2.9",
    "1.2.643.2.2.3",
    "1.2.643.2.2.19",
    32,
    (f"{_CRYPTOPRO}gostr34102001-gostr3411", f"{_CRYPTOPRO}gostr3411"),
)
"""GOST R 34.10-2001 with GOST R 34.11-94: verified where it is met, never made."""

ALGORITHMS: Final = (GOST2012_256, GOST2012_512, GOST2001)


def by_signature_uri(uri: str) -> SignatureAlgorithm | None:
    """Return the algorithm of a SignatureMethod, None for one that SMEV does not have."""
    return next((found for found in ALGORITHMS if uri == found.signature_uri or uri in found.other_uris[:1]), None)


def by_digest_uri(uri: str) -> SignatureAlgorithm | None:
    """Return the algorithm whose DigestMethod this is, None for one that SMEV does not have."""
    return next((found for found in ALGORITHMS if uri == found.digest_uri or uri in found.other_uris[1:]), None)


def by_name(name: str) -> SignatureAlgorithm | None:
    """Return the algorithm by our own name of it."""
    return next((found for found in ALGORITHMS if found.name == name), None)
