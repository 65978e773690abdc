"""XML signatures as SMEV 3 has them: one Reference to the Id of one element, GOST, detached (spec §9).

Trust only what `verify` returned. The failures by defect are tabled in docs/reference/signatures.md.
"""

import base64
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from lxml import etree

from gateway import ns
from gateway.signature import algorithms, gost, transform
from gateway.signature.algorithms import SignatureAlgorithm
from gateway.signature.certificates import BadCertificate, Certificate
from gateway.signature.keys import Signer
from gateway.signature.parts import EXCLUSIVE_C14N, IDS, Parts, SignatureFailure, SignatureProblem, parts_of, same_path
from gateway.signature.transform import Escaping, TransformError, transform_element
from gateway.values import value
from gateway.words import say
from gateway.xml import Element, XmlError, parse, path_of

__all__ = ["SignatureFailure", "SignatureProblem", "Verified", "sign", "sign_fragment", "verify"]

_NAME: Final = re.compile(r"[^\s<>&\"'#]+")


@value
class Verified:
    """What a signature that holds is over, and by whom.

    `element` is what may be trusted, `octets` are its bytes as they were hashed. The certificate is the one that
    the message brought: whose it is, who issued it and whether it is in force are other questions.
    """

    element: Element
    octets: bytes
    certificate: Certificate
    algorithm: SignatureAlgorithm
    escaping: Escaping


def sign(element: Element, identifier: str, signer: Signer) -> bytes:
    """Return a ds:Signature over `element`, whose Id is `identifier`: serialised, its namespaces declared in it.

    Raises: TransformError for an element that SMEV's transform cannot write; ValueError for an impossible Id.
    """
    return _signature(transform_element(element), identifier, signer)


def sign_fragment(fragment: bytes, identifier: str, signer: Signer, namespaces: Mapping[str, str]) -> bytes:
    """Return a ds:Signature over an element in bytes; `namespaces` are those that the place of it declares, by prefix.

    Raises: XmlError, TransformError; ValueError for an impossible Id.
    """
    declared = "".join(f' xmlns{prefix and ":"}{prefix}="{uri}"' for prefix, uri in namespaces.items())
    place = parse(b"<place%b>%b</place>" % (declared.encode(), fragment))
    return _signature(transform_element(place[0]), identifier, signer)


def verify(signature: Element, target: Element) -> Verified:
    """Verify that `signature` is over `target`, which stands in the document that it came in, with XOP inlined.

    Raises: SignatureProblem.
    """
    parts = parts_of(signature)
    _refuse_other_target(parts, signature, target)
    algorithm = _algorithm(parts)
    certificate = _certificate(parts)
    octets, escaping = _hashed(parts, target, algorithm)
    _refuse_bad_value(parts, algorithm, certificate)
    return Verified(target, octets, certificate, algorithm, escaping)


# -- making ------------------------------------------------------------------------------------------------------

_SIGNED_INFO: Final = (
    f'<ds:CanonicalizationMethod Algorithm="{EXCLUSIVE_C14N}"></ds:CanonicalizationMethod>'
    '<ds:SignatureMethod Algorithm="{signature}"></ds:SignatureMethod>'
    '<ds:Reference URI="#{identifier}"><ds:Transforms>'
    f'<ds:Transform Algorithm="{EXCLUSIVE_C14N}"></ds:Transform>'
    f'<ds:Transform Algorithm="{transform.ALGORITHM}"></ds:Transform></ds:Transforms>'
    '<ds:DigestMethod Algorithm="{digest}"></ds:DigestMethod><ds:DigestValue>{value}</ds:DigestValue>'
    "</ds:Reference></ds:SignedInfo>"
)
"""Canonical as it is written, but for the start tag: exclusive C14N declares the prefix there."""
_SIGNATURE: Final = (
    f'<ds:Signature xmlns:ds="{ns.XMLDSIG}"><ds:SignedInfo>%s<ds:SignatureValue>%s</ds:SignatureValue>'
    "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>%s</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>"
)


def _signature(octets: bytes, identifier: str, signer: Signer) -> bytes:
    if _NAME.fullmatch(identifier) is None:
        raise ValueError(f"expected an Id that is an XML name, found {identifier!r}")
    algorithm = signer.algorithm
    inner = _SIGNED_INFO.format(
        signature=algorithm.signature_uri,
        digest=algorithm.digest_uri,
        identifier=identifier,
        value=_base64(algorithm.digest(octets)),
    )
    canonical = f'<ds:SignedInfo xmlns:ds="{ns.XMLDSIG}">{inner}'.encode()
    signed = gost.sign(signer.key, algorithm.digest(canonical))
    return (_SIGNATURE % (inner, _base64(signed), _in_key_info(signer.certificate.der))).encode()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@lru_cache(1024)
def _in_key_info(der: bytes) -> str:
    return _base64(der)


# -- verifying ---------------------------------------------------------------------------------------------------

LARGEST_BY_JDK: Final = 1024 * 1024
"""Octets that are tried by the JDK's rules, too: they take up to a second for each megabyte that an enemy made."""
_IS_ID: Final = " or ".join(f"local-name() = '{name}'" for name in IDS)
_HOLDERS_OF_ID: Final = etree.XPath(f"count(//@*[. = $id and ({_IS_ID})])", smart_strings=False)


def _refuse_other_target(parts: Parts, signature: Element, target: Element) -> None:
    own = [found for name in IDS if (found := target.get(name))]
    uri = parts.signed_info.uri
    if not uri.startswith("#") or uri[1:] not in own:
        raise SignatureProblem(
            SignatureFailure.INCORRECT_SIGNATURE_TARGET,
            f'URI="#{own[0]}"' if own else say("атрибут Id у подписанного элемента", "an Id of the signed element"),
            f'URI="{uri[:200]}"',
            path_of(parts.signed_info.reference if own else target),
            say(
                f"Reference должен указывать на Id элемента {path_of(target)}",
                f"let the Reference name the Id of {path_of(target)}",
            ),
        )
    # Whoever looks an element up by its Id must not find another one: that is how signatures are wrapped.
    held = int(_HOLDERS_OF_ID(target.getroottree(), id=uri[1:]))
    if held != 1:
        raise SignatureProblem(
            SignatureFailure.INCORRECT_SIGNATURE_TARGET,
            say(f'один элемент с Id="{uri[1:]}" во всём сообщении', f'one element with Id="{uri[1:]}" in the message'),
            say(f"таких атрибутов {held}", f"{held} such attributes"),
            path_of(target),
            say("дайте каждому элементу свой Id", "give each element an Id of its own"),
        )
    if any(ancestor is target for ancestor in signature.iterancestors()):
        raise SignatureProblem(
            SignatureFailure.INCORRECT_SIGNATURE_TARGET,
            say("подпись вне подписанного элемента", "a signature outside of the signed element"),
            say("подпись внутри него", "a signature within it"),
            path_of(signature),
            say("поставьте ds:Signature рядом с подписанным", "put ds:Signature beside what it is over"),
        )


def _algorithm(parts: Parts) -> SignatureAlgorithm:
    algorithm = algorithms.by_signature_uri(parts.signed_info.signature_method)
    if algorithm is None:
        known = f"{algorithms.GOST2012_256.signature_uri}, {algorithms.GOST2012_512.signature_uri}"
        raise SignatureProblem(
            SignatureFailure.SIGNATURE_IS_INVALID,
            f"SignatureMethod {known}",
            _foreign(parts.signed_info.signature_method),
            same_path(parts.signed_info.element, "SignatureMethod"),
            say("СМЭВ принимает подписи по ГОСТ Р 34.10-2012", "SMEV takes signatures of GOST R 34.10-2012"),
        )
    if algorithms.by_digest_uri(parts.signed_info.digest_method) is not algorithm:
        raise SignatureProblem(
            SignatureFailure.SIGNATURE_IS_INVALID,
            f"DigestMethod {algorithm.digest_uri}",
            _foreign(parts.signed_info.digest_method),
            same_path(parts.signed_info.reference, "DigestMethod"),
            say(
                "дайджест и подпись — одной пары: 2012-256 с 2012-256, 2012-512 с 2012-512",
                "digest and signature go in pairs: 2012-256 with 2012-256, 2012-512 with 2012-512",
            ),
        )
    return algorithm


def _foreign(uri: str) -> str:
    lowered = uri.lower()
    name = next((name for name in ("ecdsa", "rsa", "dsa", "hmac", "sha") if name in lowered), None)
    shown = uri[:200]
    if name is None:
        return shown
    return say(f"{shown}: {name.upper()} вместо ГОСТ", f"{shown}: {name.upper()} instead of GOST")


def _certificate(parts: Parts) -> Certificate:
    if parts.certificate is None:
        raise _no_certificate(parts, say("сертификата нет", "no certificate"))
    try:
        return Certificate.from_bytes(parts.certificate)
    except BadCertificate as error:
        raise _no_certificate(parts, str(error)) from error


def _no_certificate(parts: Parts, found: str) -> SignatureProblem:
    return SignatureProblem(
        SignatureFailure.CERTIFICATE_IS_NOT_FOUND,
        say("сертификат X.509 ключа ГОСТ в KeyInfo/X509Data/X509Certificate", "a certificate with a GOST key"),
        found,
        same_path(parts.signature, "KeyInfo/X509Data/X509Certificate"),
        say(
            "вложите сертификат, ключом которого подписано: base64 от DER",
            "put in the certificate of the key that signed: base64 of DER",
        ),
    )


def _hashed(parts: Parts, target: Element, algorithm: SignatureAlgorithm) -> tuple[bytes, Escaping]:
    """Return the octets of which DigestValue is the digest, and whose escaping that was."""
    computed, hashed = dict[Escaping, str](), dict[Escaping, bytes]()
    for escaping in Escaping:
        if escaping is Escaping.JDK and len(hashed.get(Escaping.WOODSTOX, b"")) > LARGEST_BY_JDK:
            break
        try:
            octets = hashed[escaping] = transform_element(target, escaping)
        except (TransformError, XmlError) as error:
            computed[escaping] = str(error)
            continue
        digest = algorithm.digest(octets)
        if digest == parts.signed_info.digest_value:
            return octets, escaping
        computed[escaping] = _base64(digest)
    by_woodstox = computed[Escaping.WOODSTOX]
    by_jdk = computed.get(Escaping.JDK, by_woodstox)
    other = "" if by_woodstox == by_jdk else say(f" (с экранированием JDK: {by_jdk})", f" (JDK's escaping: {by_jdk})")
    problem = SignatureProblem(
        SignatureFailure.SIGNATURE_IS_INVALID,
        f"DigestValue {by_woodstox}{other}",
        f"DigestValue {_base64(parts.signed_info.digest_value)}",
        path_of(target),
        say(
            "элемент изменён после подписания или преобразован иначе; причину назовёт mock-smev explain",
            "the element was changed after it was signed, or transformed otherwise; mock-smev explain says which",
        ),
    )
    problem.hashed = hashed
    raise problem


def _refuse_bad_value(parts: Parts, algorithm: SignatureAlgorithm, certificate: Certificate) -> None:
    try:
        key, own = certificate.public_key, certificate.algorithm
    except BadCertificate as error:
        raise SignatureProblem(
            SignatureFailure.SIGNATURE_IS_INVALID,
            say(f"ключ ГОСТ для {algorithm.name}", f"a key of GOST for {algorithm.name}"),
            str(error),
            same_path(parts.signature, "KeyInfo/X509Data/X509Certificate"),
            say("подпишите ключом ГОСТ Р 34.10-2012", "sign with a key of GOST R 34.10-2012"),
        ) from error
    if own is not algorithm:
        raise SignatureProblem(
            SignatureFailure.SIGNATURE_IS_INVALID,
            say(f"ключ для {algorithm.name}", f"a key for {algorithm.name}"),
            say(f"ключ сертификата — для {own.name}", f"the certificate's key is for {own.name}"),
            same_path(parts.signed_info.element, "SignatureMethod"),
            say(
                "назовите в SignatureMethod алгоритм своего ключа", "name the algorithm of your key in SignatureMethod"
            ),
        )
    if len(parts.signature_value) != 2 * algorithm.size:
        raise SignatureProblem(
            SignatureFailure.SIGNATURE_IS_INVALID,
            say(
                f"SignatureValue: {2 * algorithm.size} байт, s и r", f"SignatureValue: {2 * algorithm.size} bytes, s, r"
            ),
            say(f"{len(parts.signature_value)} байт", f"{len(parts.signature_value)} bytes"),
            same_path(parts.signature, "SignatureValue"),
            say("s и r подряд, без DER, в base64", "s and r one after the other, no DER, in base64"),
        )
    digest = algorithm.digest(parts.signed_info.canonical)
    if not gost.verify(key, digest, parts.signature_value):
        shown = _base64(digest)
        raise SignatureProblem(
            SignatureFailure.SIGNATURE_IS_INVALID,
            say(
                f"подпись SignedInfo ключом сертификата «{certificate.subject_name}»",
                f"a signature of SignedInfo by the key of “{certificate.subject_name}”",
            ),
            say(
                f"другая: ключ не тот или SignedInfo изменён (его дайджест {shown})",
                f"another: of another key, or SignedInfo was changed (its digest {shown})",
            ),
            same_path(parts.signature, "SignatureValue"),
            say(
                "дайджест элемента верен; проверьте порядок s и r, пробелы внутри SignedInfo, пару ключа и сертификата",
                "the element's digest is right; look at the order of s and r, blanks within SignedInfo, the key pair",
            ),
        )
