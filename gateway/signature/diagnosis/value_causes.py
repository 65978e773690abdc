"""Why SignatureValue may not be over SignedInfo: each function undoes one thing and sees whether it fits then."""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from gateway.signature.diagnosis.case import Case, detached
from gateway.signature.diagnosis.findings import Cause
from gateway.signature.transform import TransformError, exclusive_c14n, transform_element
from gateway.words import say
from gateway.xml import Element, XmlError


def value_turned(case: Case) -> Cause | None:
    """s and r swapped, the octets reversed, or both; or in DER."""
    value, octets = case.value, case.signed_info
    if value is None or octets is None:
        return None
    digest = case.digest(octets)
    for what, other in _turned(value):
        if case.value_fits(digest, other):
            return _cause(
                "value-turned",
                say("SignatureValue в другом порядке байтов", "SignatureValue is in another order of octets"),
                say(f"подпись сходится: {what}", f"the signature fits: {what}"),
                say("нужно s ‖ r, каждое старшим байтом вперёд", "s ‖ r is wanted, each with its first octet first"),
            )
    return None


def _turned(value: bytes) -> Iterator[tuple[str, bytes]]:
    half = len(value) // 2
    first, second = value[:half], value[half:]
    yield say("r и s переставлены", "r and s are swapped"), second + first
    yield say("байты записаны задом наперёд", "the octets are reversed"), value[::-1]
    yield say("каждое число записано задом наперёд", "each number is reversed"), first[::-1] + second[::-1]
    numbers = _of_der(value)
    if numbers is not None:
        size = 32 if max(map(len, numbers)) <= 33 else 64
        one, other = (each.lstrip(b"\0").rjust(size, b"\0") for each in numbers)
        what = say("подпись записана в DER", "the signature is in DER")
        yield what, one + other
        yield what, other + one


def _of_der(value: bytes) -> tuple[bytes, bytes] | None:
    """Read SEQUENCE of two INTEGERs, both short."""
    found = _DER.fullmatch(value)
    if found is None:
        return None
    body = found[1]
    if len(body) < 2 or body[0] != 2 or len(body) < 4 + body[1]:
        return None
    first, rest = body[2 : 2 + body[1]], body[2 + body[1] :]
    if len(rest) < 2 or rest[0] != 2 or len(rest) != 2 + rest[1] or not first or len(rest) == 2:
        return None
    return first, rest[2:]


_DER: Final = re.compile(rb"\x30(?:[\x00-\x7f]|\x81.)(.*)", re.DOTALL)


def digest_turned(case: Case) -> Cause | None:
    """The digest of SignedInfo was reversed before it was signed, or hashed once more."""
    if case.signed_info is None:
        return None
    digest = case.digest(case.signed_info)
    ways = (
        (say("дайджест SignedInfo перевёрнут", "the digest of SignedInfo is reversed"), digest[::-1]),
        (say("дайджест SignedInfo взят дважды", "the digest was taken twice"), case.algorithm.digest(digest)),
    )
    for what, other in ways:
        if case.value_fits(other):
            return _cause(
                "digest-turned",
                say("подписан не тот дайджест", "another digest was signed"),
                what,
                say(
                    "передавайте в подпись дайджест как есть: его первый байт — младший (ГОСТ Р 34.10, RFC 9215)",
                    "give the digest to the signature as it is: its first octet is the least one (RFC 9215)",
                ),
            )
    return None


def signed_info_canonicalised_otherwise(case: Case) -> Cause | None:
    """SignedInfo inclusively, by SMEV's transform, as it stands, or before it was formatted."""
    for what, octets in _other_infos(case):
        if case.value_fits(case.digest(octets)):
            return _cause(
                "signed-info-c14n",
                say("SignedInfo подписан в другом виде", "SignedInfo was signed in another form"),
                say(f"подпись сходится с SignedInfo: {what}", f"the signature fits SignedInfo: {what}"),
                say(
                    "SignedInfo канонизируется только exc-c14n: без преобразования СМЭВ, без правки после подписания",
                    "SignedInfo is canonicalised by exc-c14n alone: no transform of SMEV, no change afterwards",
                ),
            )
    return None


def _other_infos(case: Case) -> Iterator[tuple[str, bytes]]:
    info = case.element("SignedInfo")
    if info is None:
        return
    try:
        canonical = exclusive_c14n(info)
        yield say("с преобразованием СМЭВ", "by SMEV's transform"), transform_element(info)
        yield "inclusive C14N", etree.tostring(info, method="c14n", exclusive=False, with_comments=False)
        yield (
            say("с комментариями", "with comments"),
            etree.tostring(info, method="c14n", exclusive=True, with_comments=True),
        )
        if b"&#xD;" in canonical:
            yield say("без &#13;", "without &#13;"), canonical.replace(b"&#xD;", b"")
        if b"\n" in canonical:
            restored = re.sub(rb"(?<!&#xD;)\n", b"&#xD;\n", canonical)
            yield say("с &#13; перед переводами строк", "with &#13; before line ends"), restored
            yield say("с CRLF", "with CRLF"), re.sub(rb"\r?\n", b"\r\n", canonical)
        yield say("без форматирования", "without formatting"), exclusive_c14n(_tight(case))
        source = etree.tostring(info, with_tail=False)
        yield say("как записан в сообщении", "as it is written in the message"), source
    except (TransformError, XmlError, etree.LxmlError, ValueError):
        return


def _tight(case: Case) -> Element:
    info = case.element("SignedInfo")
    assert info is not None  # noqa: S101 - whoever calls has it
    copied = detached(info)
    for node in copied.iter():
        node.text = "".join((node.text or "").split()) or None
        if node is not copied:
            node.tail = None
    return copied


def content_signed_directly(case: Case) -> Cause | None:
    """The value is over the element's octets, not over SignedInfo."""
    for octets in (case.required, case.canonical):
        if octets is not None and case.value_fits(case.digest(octets)):
            return _cause(
                "content-signed",
                say("подписан сам элемент, а не SignedInfo", "the element itself was signed, not SignedInfo"),
                say("подпись сходится с байтами элемента", "the signature fits the octets of the element"),
                say("подписывайте каноническую форму SignedInfo", "sign the canonical form of SignedInfo"),
            )
    return None


def other_certificate(case: Case) -> Cause | None:
    """The value fits the key of another certificate of the message."""
    if case.signed_info is None:
        return None
    digest = case.digest(case.signed_info)
    for other in case.others:
        if other != case.certificate and case.value_fits(digest, certificate=other):
            return _cause(
                "other-certificate",
                say("вложен не тот сертификат", "the wrong certificate is inside"),
                say(
                    f"подписано ключом сертификата «{other.subject_name}»", f"the key of “{other.subject_name}” signed"
                ),
                say("вложите сертификат ключа, которым подписываете", "put in the certificate of the key that signs"),
            )
    return None


def other_key(case: Case) -> Cause | None:
    """What is left when nothing else fits."""
    if case.value is None or case.signed_info is None or case.certificate is None:
        return None
    return Cause(
        "other-key",
        say("подпись сделана другим ключом, или SignedInfo изменён", "another key signed, or SignedInfo was changed"),
        say(
            "ни порядок байтов, ни вид SignedInfo, ни другие сертификаты сообщения не объясняют SignatureValue",
            "neither order of octets nor form of SignedInfo nor another certificate explains SignatureValue",
        ),
        say(
            "проверьте, что закрытый ключ — от этого сертификата, и что SignedInfo не меняли после подписания",
            "see that the private key is that of this certificate, and that nothing changed SignedInfo afterwards",
        ),
        is_certain=False,
    )


def _cause(code: str, title: str, explanation: str, advice: str) -> Cause:
    return Cause(code, title, explanation, advice)
