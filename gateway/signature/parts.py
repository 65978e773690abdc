"""The parts of a ds:Signature, when it is of the one shape that SMEV has (spec §9; XML Signature, section 4)."""

import base64
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from lxml import etree

from gateway import ns
from gateway.signature import transform
from gateway.signature.escaping import Escaping
from gateway.signature.transform import TransformError, exclusive_c14n
from gateway.values import value
from gateway.words import say
from gateway.xml import Element, name_of, path_of

EXCLUSIVE_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED: Final = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
IDS: Final = ("Id", "ID", "id")
"""Names of the attribute. SMEV's own elements have Id; contents that a person signs come with any of them."""

_TRANSFORMS: Final = (EXCLUSIVE_C14N, transform.ALGORITHM)
_DS: Final = f"{{{ns.XMLDSIG}}}"
_INCLUSIVE_NAMESPACES: Final = f"{{{EXCLUSIVE_C14N}}}InclusiveNamespaces"
_KEY_INFO: Final = f"{_DS}KeyInfo"
_MOST_TEXT: Final = 4096
_MOST_CERTIFICATE: Final = 64 * 1024
"""Characters of base64: of a value, line ends included, and of a certificate. What is longer is not even decoded."""


class SignatureFailure(StrEnum):
    """What SMEV-100 says of a signature; the XSD's values."""

    POOR_SOAP_ENVELOPE_FORMAT = "PoorSOAPEnvelopeFormat"
    NO_SIGNATURE_FOUND = "NoSignatureFound"
    INCORRECT_SIGNATURE_TARGET = "IncorrectSignatureTarget"
    SIGNATURE_IS_INVALID = "SignatureIsInvalid"
    CERTIFICATE_IS_NOT_FOUND = "CertificateIsNotFound"
    CERTIFICATE_IS_EXPIRED = "CertificateIsExpired"


class SignatureProblem(Exception):
    """A signature that does not hold.

    `where` is the path of the element that is wrong; the other texts are for people, in the program's language.
    `hashed` are the octets whose digests were computed in vain.
    """

    def __init__(self, failure: SignatureFailure, expected: str, found: str, where: str, advice: str) -> None:
        self.failure, self.expected, self.found = failure, expected, found
        self.where, self.advice = where, advice
        self.hashed: Mapping[Escaping, bytes] = {}
        super().__init__(
            say(
                f"{failure}: ожидалось: {expected}; найдено: {found}; где: {where}; {advice}",
                f"{failure}: expected: {expected}; found: {found}; where: {where}; {advice}",
            )
        )


@value
class SignedInfo:
    """What SignatureValue is over: `canonical` are its octets, the rest was read of it."""

    element: Element
    canonical: bytes
    signature_method: str
    uri: str
    digest_method: str
    digest_value: bytes

    @property
    def reference(self) -> Element:
        """The one Reference."""
        [found] = self.element.iterchildren(f"{_DS}Reference")
        return found


@value
class Parts:
    """A signature of the right shape, its values decoded. Nothing is verified."""

    signature: Element
    signed_info: SignedInfo
    signature_value: bytes
    certificate: bytes | None
    """In base64, without blanks; None where there is none."""


def parts_of(signature: Element) -> Parts:
    """Take a ds:Signature apart.

    Raises: SignatureProblem for any shape but SMEV's.
    """
    if signature.tag != f"{_DS}Signature":
        raise _problem(SignatureFailure.NO_SIGNATURE_FOUND, f"Signature ({ns.XMLDSIG})", _shown(signature), signature)
    children = _elements(signature)
    tags = [child.tag for child in children]
    if tags not in (_PARTS, _PARTS[:2]):
        raise _shape(signature, "SignedInfo, SignatureValue, KeyInfo", children)
    return Parts(
        signature,
        _as_usual(children[0]) or _signed_info(children[0]),
        _decoded(children[1]),
        _certificate(children[2]) if len(children) > 2 else None,
    )


_PARTS: Final = [f"{_DS}SignedInfo", f"{_DS}SignatureValue", _KEY_INFO]
_USUAL: Final = re.compile(
    r"""<(?P<p>(?:[\w.-]+:)?)SignedInfo\ xmlns(?::[\w.-]+)?="{ds}">
    \s*<(?P=p)CanonicalizationMethod\ Algorithm="{c14n}"></(?P=p)CanonicalizationMethod>
    \s*<(?P=p)SignatureMethod\ Algorithm="([^"&]*)"></(?P=p)SignatureMethod>
    \s*<(?P=p)Reference\ URI="([^"&]*)">
    \s*<(?P=p)Transforms>
    \s*<(?P=p)Transform\ Algorithm="{c14n}"></(?P=p)Transform>
    \s*<(?P=p)Transform\ Algorithm="{smev}"></(?P=p)Transform>
    \s*</(?P=p)Transforms>
    \s*<(?P=p)DigestMethod\ Algorithm="([^"&]*)"></(?P=p)DigestMethod>
    \s*<(?P=p)DigestValue>([^<&]{{0,200}})</(?P=p)DigestValue>
    \s*</(?P=p)Reference>
    \s*</(?P=p)SignedInfo>""".format(
        ds=re.escape(ns.XMLDSIG), c14n=re.escape(EXCLUSIVE_C14N), smev=re.escape(transform.ALGORITHM)
    ),
    re.VERBOSE,
)


def _as_usual(element: Element) -> SignedInfo | None:
    """Read SignedInfo of its canonical octets, where it is the way nearly all are: a tenth of the time."""
    if next(element.iter(etree.Comment, etree.ProcessingInstruction), None) is not None:
        return None  # the canonical form has no comments, and they are to be refused
    canonical = _canonical(element, None)
    usual = _USUAL.fullmatch(canonical.decode())
    if usual is None:
        return None
    _, method, uri, digest_method, digest = usual.groups()
    try:
        return SignedInfo(element, canonical, method, uri, digest_method, _from_base64(digest))
    except ValueError:
        return None


def _signed_info(element: Element) -> SignedInfo:
    """Read SignedInfo of the tree; what is wrong is told with its place."""
    references = [child for child in _elements(element) if child.tag == f"{_DS}Reference"]
    if len(references) > 1:
        raise _problem(
            SignatureFailure.INCORRECT_SIGNATURE_TARGET,
            say("один Reference", "one Reference"),
            say(f"Reference: {len(references)}", f"{len(references)} of them"),
            element,
        )
    canonicalization, method, reference = _exactly(element, "CanonicalizationMethod", "SignatureMethod", "Reference")
    transforms, digest_method, digest_value = _exactly(reference, "Transforms", "DigestMethod", "DigestValue")
    _refuse_canonicalization(canonicalization)
    for plain in (method, digest_method):
        _exactly(plain)
    _refuse_transforms(transforms)
    return SignedInfo(
        element,
        _canonical(element, _prefixes(canonicalization)),
        method.get("Algorithm", ""),
        reference.get("URI", ""),
        digest_method.get("Algorithm", ""),
        _decoded(digest_value),
    )


def _canonical(element: Element, prefixes: list[str] | None) -> bytes:
    try:
        return exclusive_c14n(element, prefixes)
    except TransformError as error:
        raise _problem(SignatureFailure.POOR_SOAP_ENVELOPE_FORMAT, EXCLUSIVE_C14N, str(error), element) from error


def _from_base64(text: str) -> bytes:
    """Raises: ValueError."""
    return base64.b64decode("".join(text.split()), validate=True)  # \r stands there as &#13;


def same_path(parent: Element, name: str) -> str:
    """Return the path of what stands, or should stand, in `parent`."""
    return f"{path_of(parent)}/{name}"


def _elements(parent: Element) -> list[Element]:
    return [child for child in parent if isinstance(child.tag, str)]


def _exactly(parent: Element, *names: str) -> list[Element]:
    children = _elements(parent)
    if [child.tag for child in children] != [_DS + name for name in names]:
        raise _shape(parent, ", ".join(names) or say("нет вложенных элементов", "no elements within"), children)
    return children


def _refuse_canonicalization(method: Element) -> None:
    algorithm = method.get("Algorithm", "")
    if algorithm != EXCLUSIVE_C14N:
        raise _problem(SignatureFailure.SIGNATURE_IS_INVALID, EXCLUSIVE_C14N, algorithm[:200], method)


def _refuse_transforms(transforms: Element) -> None:
    steps = _elements(transforms)
    found = tuple(step.get("Algorithm", "") if step.tag == f"{_DS}Transform" else _shown(step) for step in steps)
    # The signature stands outside what it is over: there is nothing for "enveloped" to take away (seen of SHARP).
    if (found[1:] if found[:1] == (ENVELOPED,) else found) != _TRANSFORMS:
        shown = ", ".join(each[:200] for each in found[:5])
        raise _problem(
            SignatureFailure.SIGNATURE_IS_INVALID, ", ".join(_TRANSFORMS), f"{shown} ({len(found)})", transforms
        )
    for step in steps:
        if step.get("Algorithm") == EXCLUSIVE_C14N:
            _prefixes(step)  # what it declares more, SMEV's transform takes away again
        else:
            _exactly(step)


def _prefixes(method: Element) -> list[str] | None:
    children = _elements(method)
    if not children:
        return None
    listed = children[0].get("PrefixList", "")
    if len(children) > 1 or children[0].tag != _INCLUSIVE_NAMESPACES or len(listed) > _MOST_TEXT:
        raise _shape(method, "InclusiveNamespaces", children)
    return listed.split() or None


def _text(element: Element, most: int) -> str:
    # A comment would cut the text in two for one reader and not for another.
    if len(element):
        raise _shape(element, say("только текст", "text only"), list(element))
    text = element.text or ""
    if len(text) > most:
        raise _problem(
            SignatureFailure.SIGNATURE_IS_INVALID,
            say(f"не больше {most} знаков base64", f"at most {most} characters of base64"),
            say(f"{len(text)} знаков", f"{len(text)} characters"),
            element,
        )
    return text


def _decoded(element: Element) -> bytes:
    text = _text(element, _MOST_TEXT)
    try:
        return _from_base64(text)
    except ValueError as error:
        raise _problem(SignatureFailure.SIGNATURE_IS_INVALID, "base64", repr(text[:80]), element) from error


def _certificate(key_info: Element) -> bytes | None:
    found = key_info.find(f"{_DS}X509Data/{_DS}X509Certificate")
    if found is None:
        return None
    return "".join(_text(found, _MOST_CERTIFICATE).split()).encode() or None


def _shape(parent: Element, expected: str, children: list[Element]) -> SignatureProblem:
    found = ", ".join(_shown(child) for child in children[:5]) or say("ничего", "nothing")
    more = f" … ({len(children)})" if len(children) > 5 else ""
    return _problem(SignatureFailure.POOR_SOAP_ENVELOPE_FORMAT, expected, found + more, parent)


def _shown(element: Element) -> str:
    return name_of(element)[1] if isinstance(element.tag, str) else "<!-- -->"


def _problem(failure: SignatureFailure, expected: str, found: str, element: Element) -> SignatureProblem:
    advice = say(
        "строение подписи — в docs/reference/signatures.md", "docs/reference/signatures.md has the shape of a signature"
    )
    return SignatureProblem(failure, expected, found, path_of(element), advice)
