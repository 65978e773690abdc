"""One signature that is being looked into: what can be read of it however broken it is, and what has been tried."""

import base64
import binascii
import copy
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial
from typing import Final

from lxml import etree

from gateway import ns
from gateway.signature import algorithms, gost
from gateway.signature.algorithms import ALGORITHMS, GOST2012_256, SignatureAlgorithm
from gateway.signature.certificates import BadCertificate, Certificate
from gateway.signature.diagnosis.findings import Difference
from gateway.signature.transform import Escaping, TransformError, exclusive_c14n, transform_element
from gateway.signature.xmldsig import LARGEST_BY_JDK
from gateway.xml import Element, XmlError

_DS: Final = f"{{{ns.XMLDSIG}}}"
_MOST_TEXT: Final = 64 * 1024
"""Characters of a value that are looked at; the longest that makes sense is a certificate."""
_BEFORE, _AFTER = 8, 32
"""Octets shown around the first difference."""
MOST_OCTETS: Final = 64 * 1024 * 1024
"""That may be hashed for one signature: a second of the slowest compiled back end."""


class TriedEnough(Exception):
    """The budget of a case is spent."""


class Case:
    """A signature, the element that it must be over, and the same element as it was sent, before XOP was inlined.

    `tree` is any element of the message. Everything here returns None where a part is missing or unreadable.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - one signature, and all that it may be compared with
        self,
        signature: Element,
        target: Element | None,
        as_sent: Element | None,
        document: bytes,
        others: tuple[Certificate, ...],
        most: int = MOST_OCTETS,
    ) -> None:
        """`others` are the certificates of the rest of the message, `document` are its bytes as they came."""
        self.signature, self.target, self.as_sent = signature, target, as_sent
        self.document, self.others = document, others
        self._left = most
        self.hashed: Mapping[Escaping, bytes] = {}
        """What verification has transformed already."""
        self.tried = 0

    # --- what the signature says -----------------------------------------------------------------------------------

    def element(self, name: str) -> Element | None:
        """Return the first element of XMLDSig of this name within the signature."""
        return next(self.signature.iter(_DS + name), None)

    def text(self, name: str) -> str:
        """Return the text of such an element, with blanks; an empty one where there is none."""
        found = self.element(name)
        return "" if found is None else "".join(found.itertext())[:_MOST_TEXT]

    def method(self, name: str) -> str:
        """Return the algorithm that such an element names."""
        found = self.element(name)
        return "" if found is None else found.get("Algorithm", "")[:500]

    @cached_property
    def identifier(self) -> str:
        """What the Reference names, without the #."""
        found = self.element("Reference")
        return "" if found is None else found.get("URI", "").removeprefix("#")[:500]

    @cached_property
    def digest_value(self) -> bytes | None:
        return decoded(self.text("DigestValue"))

    @cached_property
    def value(self) -> bytes | None:
        return decoded(self.text("SignatureValue"))

    @cached_property
    def certificate(self) -> Certificate | None:
        text = "".join(self.text("X509Certificate").split())
        try:
            return Certificate.from_bytes(text.encode()) if text else None
        except (BadCertificate, ValueError):
            return None

    @cached_property
    def algorithm(self) -> SignatureAlgorithm:
        """What the signature names, or failing that its certificate; else the usual one."""
        named = algorithms.by_digest_uri(self.method("DigestMethod"))
        named = named or algorithms.by_signature_uri(self.method("SignatureMethod"))
        if named is None and self.certificate is not None:
            try:
                named = self.certificate.algorithm
            except BadCertificate:
                named = None
        return named or GOST2012_256

    # --- what it must be over ----------------------------------------------------------------------------------------

    @cached_property
    def canonical(self) -> bytes | None:
        """The element in exclusive C14N."""
        return None if self.target is None else _quietly(exclusive_c14n, self.target)

    @cached_property
    def required(self) -> bytes | None:
        """The octets that SMEV hashes."""
        if Escaping.WOODSTOX in self.hashed:
            return self.hashed[Escaping.WOODSTOX]
        return None if self.target is None else _quietly(transform_element, self.target)

    @cached_property
    def required_by_jdk(self) -> bytes | None:
        """The same by the escaping of the JDK; None also of an element so large that verification does not try."""
        if Escaping.JDK in self.hashed:
            return self.hashed[Escaping.JDK]
        if self.target is None or len(self.required or b"") > LARGEST_BY_JDK:
            return None
        return _quietly(partial(transform_element, escaping=Escaping.JDK), self.target)

    @cached_property
    def signed_info(self) -> bytes | None:
        """SignedInfo in exclusive C14N."""
        found = self.element("SignedInfo")
        return None if found is None else _quietly(exclusive_c14n, found)

    # --- trying ------------------------------------------------------------------------------------------------------

    def digest(self, octets: bytes) -> bytes:
        """Return the digest by the signature's own algorithm.

        Raises: TriedEnough.
        """
        self.spend(len(octets))
        return self.algorithm.digest(octets)

    def spend(self, octets: int) -> None:
        """Note that so much is going to be hashed.

        Raises: TriedEnough.
        """
        self._left -= octets + 64
        self.tried += 1
        if self._left < 0:
            raise TriedEnough

    def fits(self, octets: bytes | None) -> bool:
        """Tell whether DigestValue is the digest of `octets`."""
        return octets is not None and self.digest_value is not None and self.digest(octets) == self.digest_value

    def first_fitting(self, variants: Iterable[bytes | None]) -> bytes | None:
        """Return the first of the variants whose digest DigestValue is."""
        return next((each for each in variants if each is not None and self.fits(each)), None)

    def value_fits(self, digest: bytes, value: bytes | None = None, certificate: Certificate | None = None) -> bool:
        """Tell whether SignatureValue (or `value`) is over `digest` by the key of the certificate."""
        value = self.value if value is None else value
        certificate = certificate or self.certificate
        if value is None or certificate is None or len(value) > 256:
            return False
        self.spend(1024)
        try:
            return gost.verify(certificate.public_key, digest, value)
        except BadCertificate:
            return False

    def difference(self, signed: bytes) -> Difference | None:
        """Return where `signed` differs from what SMEV asks for."""
        required = self.required
        if required is None or required == signed:
            return None
        most = min(len(required), len(signed))
        low, high = 0, most  # the longest common beginning, by halving: comparing slices is quick
        while low < high:
            middle = (low + high + 1) // 2
            if required[:middle] == signed[:middle]:
                low = middle
            else:
                high = middle - 1
        start = max(0, low - _BEFORE)
        return Difference(low, required[start : low + _AFTER], signed[start : low + _AFTER])

    # --- variants of the element -----------------------------------------------------------------------------------

    def retold(self, retell: Callable[[str], str], element: Element | None = None) -> Element | None:
        """Return a copy of the element whose texts are retold; None where none of them changes."""
        element = self.target if element is None else element
        if element is None:
            return None
        copied = detached(element)
        changed = False
        for node in copied.iter():
            if node.text:
                told = _told(retell, node.text)
                if told != node.text:
                    node.text, changed = told, True
            if node is not copied and node.tail:
                told = _told(retell, node.tail)
                if told != node.tail:
                    node.tail, changed = told, True
        return copied if changed else None

    def both(self, element: Element | None) -> Iterator[bytes]:
        """Yield the octets of an element with SMEV's transform and without it."""
        if element is None:
            return
        for octets in (_quietly(transform_element, element), _quietly(exclusive_c14n, element)):
            if octets is not None:
                yield octets


def _told(retell: Callable[[str], str], text: str) -> str:
    told = retell(text)
    if told == text:
        return text
    try:
        etree.Element("x").text = told
    except ValueError:  # XML cannot hold it
        return text
    return told


def detached(element: Element) -> Element:
    """Return a copy that stands alone, with the namespaces that are in scope."""
    copied: Element = copy.deepcopy(element)
    copied.tail = None
    return copied


def decoded(text: str) -> bytes | None:
    """Read base64 as far as it can be read; None for rubbish and for nothing."""
    tight = re.sub(r"\s+", "", text)
    if not tight:
        return None
    try:
        return base64.b64decode(tight + "=" * (-len(tight) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _quietly(make: Callable[[Element], bytes], element: Element) -> bytes | None:
    try:
        return make(element)
    except (TransformError, XmlError):
        return None


def other_algorithms(case: Case) -> Iterator[SignatureAlgorithm]:
    """Yield GOST's algorithms that the signature does not name."""
    return (each for each in ALGORITHMS if each is not case.algorithm)
