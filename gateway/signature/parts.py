"""The parts of a ds:Signature, when it is of the one shape that SMEV has (spec §9; XML Signature, section 4)."""

import base64
import binascii
from enum import StrEnum
from typing import Final

from gateway import ns
from gateway.signature import transform
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
    """

    def __init__(self, failure: SignatureFailure, expected: str, found: str, where: str, advice: str) -> None:
        self.failure, self.expected, self.found = failure, expected, found
        self.where, self.advice = where, advice
        super().__init__(
            say(
                f"{failure}: ожидалось: {expected}; найдено: {found}; где: {where}; {advice}",
                f"{failure}: expected: {expected}; found: {found}; where: {where}; {advice}",
            )
        )


@value
class Parts:
    """A signature of the right shape, its values decoded. Nothing is verified.

    `prefixes` is the list of InclusiveNamespaces by which SignedInfo is made canonical.
    """

    signature: Element
    signed_info: Element
    reference: Element
    prefixes: list[str] | None
    signature_method: str
    uri: str
    transforms: tuple[str, ...]
    digest_method: str
    digest_value: bytes
    signature_value: bytes
    certificate: bytes | None


def parts_of(signature: Element) -> Parts:
    """Take a ds:Signature apart.

    Raises: SignatureProblem for any shape but SMEV's.
    """
    if signature.tag != f"{_DS}Signature":
        raise _problem(SignatureFailure.NO_SIGNATURE_FOUND, f"Signature ({ns.XMLDSIG})", _shown(signature), signature)
    children = _elements(signature)
    tags = [str(child.tag) for child in children]
    if tags not in (
        [f"{_DS}SignedInfo", f"{_DS}SignatureValue"],
        [f"{_DS}SignedInfo", f"{_DS}SignatureValue", _KEY_INFO],
    ):
        raise _shape(signature, "SignedInfo, SignatureValue, KeyInfo", children)
    signed_info = children[0]
    references = [child for child in _elements(signed_info) if child.tag == f"{_DS}Reference"]
    if len(references) > 1:
        raise _problem(
            SignatureFailure.INCORRECT_SIGNATURE_TARGET,
            say("один Reference", "one Reference"),
            say(f"Reference: {len(references)}", f"{len(references)} of them"),
            signed_info,
        )
    canonicalization, method, reference = _exactly(
        signed_info, "CanonicalizationMethod", "SignatureMethod", "Reference"
    )
    transforms, digest_method, digest_value = _exactly(reference, "Transforms", "DigestMethod", "DigestValue")
    _refuse_canonicalization(canonicalization)
    for plain in (method, digest_method):
        _exactly(plain)
    return Parts(
        signature=signature,
        signed_info=signed_info,
        reference=reference,
        prefixes=_prefixes(canonicalization),
        signature_method=method.get("Algorithm", ""),
        uri=reference.get("URI", ""),
        transforms=_transforms(transforms),
        digest_method=digest_method.get("Algorithm", ""),
        digest_value=_decoded(digest_value),
        signature_value=_decoded(children[1]),
        certificate=_certificate(children[2]) if len(children) > 2 else None,
    )


_KEY_INFO: Final = f"{_DS}KeyInfo"


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


def _transforms(transforms: Element) -> tuple[str, ...]:
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
    return found


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
        return base64.b64decode("".join(text.split()), validate=True)  # \r stands there as &#13;
    except (binascii.Error, ValueError) as error:
        raise _problem(SignatureFailure.SIGNATURE_IS_INVALID, "base64", repr(text[:80]), element) from error


def _certificate(key_info: Element) -> bytes | None:
    """Return the first certificate, in base64 without blanks; None when there is none."""
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
