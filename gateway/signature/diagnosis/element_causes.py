"""Why DigestValue may not be the digest of the element: each function undoes one thing and sees whether it fits then.

A function returns None where its guess is wrong. The order, from cheap and frequent to dear and rare, stands in
causes.py.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import permutations
from typing import Final

from lxml import etree

from gateway.signature.diagnosis.case import Case, detached, other_algorithms
from gateway.signature.diagnosis.findings import Cause
from gateway.signature.diagnosis.places import identified
from gateway.words import say
from gateway.xml import Element, path_of

_MOST_ELEMENTS: Final = 60
"""Other elements of the message that are tried."""


def signed_without_transform(case: Case) -> Cause | None:
    """The second Transform was not done."""
    octets = case.first_fitting([case.canonical])
    return (
        None
        if octets is None
        else Cause(
            "no-smev-transform",
            say("подписано без преобразования СМЭВ", "signed without SMEV's transform"),
            say(
                "дайджест — от канонической формы (exc-c14n), без urn://smev-gov-ru/xmldsig/transform",
                "the digest is that of the canonical form (exc-c14n): urn://smev-gov-ru/xmldsig/transform was not done",
            ),
            say(
                "добавьте преобразование в библиотеку XMLDSig; сверить байты: mock-smev crypto c14n-transform",
                "register the transform with your XMLDSig library; compare the octets: mock-smev crypto c14n-transform",
            ),
            difference=case.difference(octets),
        )
    )


def signed_before_xop_was_inlined(case: Case) -> Cause | None:
    """The signature is over xop:Include instead of what it stands for."""
    octets = case.first_fitting(case.both(case.as_sent))
    return (
        None
        if octets is None
        else Cause(
            "xop-not-inlined",
            say("подписана ссылка xop:Include вместо содержимого", "xop:Include was signed, not what it stands for"),
            say(
                "дайджест сходится с элементом, в котором остались xop:Include",
                "the digest fits the element with xop:Include left in it",
            ),
            say(
                "подписывайте XML с base64, а в part MTOM выносите после подписания (XOP 1.0, §5)",
                "sign the XML with base64 in it, and move it to a part of MTOM afterwards (XOP 1.0, section 5)",
            ),
            difference=case.difference(octets),
        )
    )


def identified_after_signing(case: Case) -> Cause | None:
    """The Id was put on the element when it was signed already."""
    if case.target is None:
        return None
    copied = detached(case.target)
    for name in ("Id", "ID", "id"):
        copied.attrib.pop(name, None)
    octets = case.first_fitting(case.both(copied))
    return (
        None
        if octets is None
        else Cause(
            "id-after-signing",
            say("Id добавлен после подписания", "the Id was added after signing"),
            say("дайджест сходится с элементом без атрибута Id", "the digest fits the element without its Id"),
            say("сначала поставьте Id, потом подписывайте", "first put the Id, then sign"),
            difference=case.difference(octets),
        )
    )


def other_element_signed(case: Case) -> Cause | None:
    """Another element of the message was signed."""
    for other in _others(case):
        if case.first_fitting(case.both(other)) is not None:
            asked = "" if case.target is None else path_of(case.target)
            return Cause(
                "other-element",
                say("подписан другой элемент", "another element was signed"),
                say(
                    f"дайджест сходится с {path_of(other)}, а подписать надо {asked}",
                    f"the digest fits {path_of(other)}; what has to be signed is {asked}",
                ),
                say(
                    "Reference URI должен указывать на Id нужного элемента, и дайджест браться от него",
                    "let the Reference name the Id of that element, and take the digest of it",
                ),
            )
    if case.document and case.fits(case.document):
        return Cause(
            "other-element",
            say("подписан файл целиком", "the whole file was signed"),
            say("дайджест сходится с байтами сообщения как есть", "the digest fits the bytes of the message"),
            say("подписывайте элемент, а не файл", "sign the element, not the file"),
        )
    return None


def _others(case: Case) -> Iterator[Element]:
    seen: list[Element] = []
    for each in _near(case):
        if each is not case.target and not any(each is one for one in seen):
            seen.append(each)
            yield each
        if len(seen) >= _MOST_ELEMENTS:
            return


def _near(case: Case) -> Iterator[Element]:
    """Yield what may have been taken for the element: whatever has an Id, what is around it, beside it, within it."""
    root = case.signature.getroottree().getroot()
    yield from (root, *root.iterchildren("*"), *identified(case.signature)[: _MOST_ELEMENTS // 2])
    if case.target is not None:
        yield from case.target.iterancestors()
        yield from case.target.itersiblings("*", preceding=True)
        yield from case.target.itersiblings("*")
        yield from case.target.iterdescendants("*")


def other_digest_algorithm(case: Case) -> Cause | None:
    """Another hash function, or the digest written backwards."""
    signed = case.digest_value
    if signed is None:
        return None
    others: list[tuple[str, Callable[[bytes], bytes]]] = [
        (each.digest_uri, each.digest) for each in other_algorithms(case)
    ]
    others += [(name.upper(), partial(_hashed, name)) for name in ("sha1", "sha256", "sha384", "sha512", "md5")]
    for octets in (case.required, case.canonical):
        if octets is None:
            continue
        if case.digest(octets) == signed[::-1]:
            return _other_digest(
                say("дайджест записан задом наперёд", "the digest was written backwards"), case.algorithm.digest_uri
            )
        for name, digest in others:
            case.spend(len(octets))
            if signed in {digest(octets), digest(octets)[::-1]}:
                return _other_digest(say(f"дайджест — {name}", f"the digest is {name}"), case.algorithm.digest_uri)
    return None


def _hashed(name: str, octets: bytes) -> bytes:
    return hashlib.new(name, octets, usedforsecurity=False).digest()


def _other_digest(found: str, named: str) -> Cause:
    return Cause(
        "other-digest",
        say("дайджест посчитан другим алгоритмом", "the digest is of another algorithm"),
        say(f"{found}, а DigestMethod называет {named}", f"{found}, but DigestMethod names {named}"),
        say(
            "настройте провайдер: Стрибог (ГОСТ Р 34.11-2012) той длины, что названа, порядок байтов — как в RFC 6986",
            "set up your provider: Streebog (GOST R 34.11-2012) of the length named, octets as in RFC 6986",
        ),
    )


def own_writer(case: Case) -> Cause | None:
    """The signer's transform writes otherwise: nothing escaped, attributes as C14N has them, short empty elements."""
    required = case.required
    if required is None:
        return None
    ways = (
        (
            say("спецсимволы не экранированы (&lt; &amp;)", "special characters are not escaped (&lt; &amp;)"),
            required.replace(b"&lt;", b"<").replace(b"&quot;", b'"').replace(b"&gt;", b">").replace(b"&amp;", b"&"),
        ),
        (
            say(
                "атрибуты без пространства имён стоят первыми (шаг 3)",
                "attributes without namespace come first (step 3)",
            ),
            _ATTRIBUTES.sub(rb"\1\3\2", required),
        ),
        (
            say("пустые элементы записаны как <a/> (шаг 4)", "empty elements are written as <a/> (step 4)"),
            _EMPTY.sub(rb"<\1\2/>", required),
        ),
        (say("из текстов удалены переводы строк", "line ends were taken out of texts"), required.replace(b"\n", b"")),
    )
    for what, octets in ways:
        if octets != required and case.fits(octets):
            return Cause(
                "own-writer",
                say("преобразование пишет иначе", "the transform writes otherwise"),
                say(f"дайджест сходится, если {what}", f"the digest fits if {what}"),
                say("исправьте преобразование: docs/reference/signatures.md", "mend it: docs/reference/signatures.md"),
                difference=case.difference(octets),
            )
    return None


_ATTRIBUTES: Final = re.compile(
    rb'(<[^\s<>/]+(?: xmlns:[^\s=]+="[^"]*")*)((?: ns\d+:[^\s=]+="[^"]*")+)((?: [^\s=:]+="[^"]*")+)'
)
_EMPTY: Final = re.compile(rb"<([^\s<>/]+)((?: [^\s=<>]+=\"[^\"]*\")*)></\1>")


def canonicalised_otherwise(case: Case) -> Cause | None:
    """Inclusive C14N, or one with comments."""
    octets = case.first_fitting(_other_forms(case))
    return (
        None
        if octets is None
        else Cause(
            "other-c14n",
            say("другая канонизация", "another canonicalisation"),
            say(
                "дайджест сходится с inclusive C14N или с комментариями",
                "the digest fits inclusive C14N, or the form with comments",
            ),
            say(
                "нужна http://www.w3.org/2001/10/xml-exc-c14n#, без комментариев, и затем преобразование СМЭВ",
                "http://www.w3.org/2001/10/xml-exc-c14n# is asked for, without comments, then SMEV's transform",
            ),
            difference=case.difference(octets),
        )
    )


def _other_forms(case: Case) -> Iterator[bytes]:
    if case.target is None:
        return
    for exclusive, with_comments in ((False, False), (False, True), (True, True)):
        try:
            yield etree.tostring(case.target, method="c14n", exclusive=exclusive, with_comments=with_comments)
        except (etree.LxmlError, ValueError):
            continue


def version_changed(case: Case) -> Cause | None:
    """The namespaces are those of another version of message-exchange than when it was signed."""
    for octets in (case.required, case.canonical):
        for old, new in permutations(_VERSIONS, 2):
            if octets is None or f"/{old}".encode() not in octets:
                continue
            signed = _NAMESPACE.sub(partial(_in_version, old=old, new=new), octets)
            if signed != octets and case.fits(signed):
                return _other_version(case, signed, old, new)
    return None


def _in_version(found: re.Match[bytes], old: str, new: str) -> bytes:
    return found[0].replace(old.encode(), new.encode())


def _other_version(case: Case, signed: bytes, old: str, new: str) -> Cause:
    return Cause(
        "other-version",
        say("подписано в другой версии схем", "signed in another version of the schemas"),
        say(
            f"дайджест сходится с пространствами имён версии {new}; в сообщении {old}",
            f"the digest fits the namespaces of version {new}; the message has {old}",
        ),
        say(
            "подписывайте в той версии, в которой отправляете; при доставке в другой подпись отправителя теряет силу",
            "sign in the version that you send; a delivery in another version ends the sender's signature",
        ),
        difference=case.difference(signed),
    )


_VERSIONS: Final = ("1.1", "1.2", "1.3")
_NAMESPACE: Final = re.compile(rb'"urn://x-artefacts-smev-gov-ru/services/message-exchange/[^"]*"')


def nothing_hashed(case: Case) -> Cause | None:
    """The digest of no octets at all."""
    if not case.fits(b""):
        return None
    return Cause(
        "nothing-signed",
        say("подписана пустота", "nothing was signed"),
        say("это дайджест пустой строки: библиотека не нашла элемент по Id", "this is the digest of no octets"),
        say(
            "объявите атрибут Id идентификатором (setIdAttribute, RegisterID) до подписания",
            "tell the library which attribute is an Id (setIdAttribute, RegisterID) before signing",
        ),
    )


def changed_after_signing(case: Case) -> Cause | None:
    """What is left when nothing else fits."""
    if case.target is None or case.digest_value is None or case.required is None:
        return None
    return Cause(
        "changed",
        say("содержимое изменено после подписания", "the content was changed after it was signed"),
        say(
            f"ни один из {case.tried} опробованных способов не даёт этого дайджеста: изменены сами данные, или способ "
            "подписания неизвестен",
            f"none of the {case.tried} ways that were tried gives this digest: the data were changed, or signed in an "
            "unknown way",
        ),
        say(
            "сравните байты, которые хешировала ваша система, с теми, что ниже (шаг transform)",
            "compare the octets that your system hashed with those of the step transform",
        ),
        is_certain=False,
    )
