"""Why the signature of a file (SignaturePKCS7) may not hold: each function undoes one thing and tries again."""

import base64
import contextlib
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from gateway.signature import cms, gost
from gateway.signature.algorithms import ALGORITHMS
from gateway.signature.certificates import BadCertificate
from gateway.signature.cms import CmsFailure, CmsProblem, Contents
from gateway.signature.diagnosis.findings import Cause
from gateway.words import say

_MOST: Final = 16 * 1024 * 1024
"""Bytes of a file beyond which its other readings are not tried."""
_MOST_MEMBERS: Final = 20


class FileCase:
    """A CMS that does not hold over `content`; None where the file is not at hand."""

    def __init__(self, der: bytes, content: bytes | None, problem: CmsProblem) -> None:
        self.der, self.content, self.problem = der, content, problem

    @cached_property
    def contents(self) -> Contents | None:
        """What stands in the CMS; None where it cannot be read."""
        try:
            return cms.contents_of(self.der)
        except CmsProblem:
            return None

    def fits(self, octets: bytes) -> bool:
        """Tell whether `octets` are what was signed."""
        found = self.contents
        if found is None:
            return False
        digest = found.algorithm.digest(octets)
        if found.message_digest:
            return found.message_digest == digest
        return self.value_fits(digest, found.signature)

    def value_fits(self, digest: bytes, signature: bytes) -> bool:
        """Tell whether `signature` is over `digest` by the key of the certificate."""
        try:
            return self.contents is not None and gost.verify(self.contents.certificate.public_key, digest, signature)
        except BadCertificate:
            return False


def unreadable(case: FileCase) -> Cause | None:
    """It is no CMS, or has no certificate, no signer, other algorithms."""
    problem = case.problem
    if problem.failure in {CmsFailure.OTHER_CONTENT, CmsFailure.INVALID}:
        return None
    title = {
        CmsFailure.MALFORMED: say("это не CMS", "this is no CMS"),
        CmsFailure.SIGNERS: say("подписавших не один", "there is not just one signer"),
        CmsFailure.NO_CERTIFICATE: say("в CMS нет сертификата подписавшего", "the CMS lacks the signer's certificate"),
        CmsFailure.ALGORITHM: say("подписано не по ГОСТ", "not signed by GOST"),
        CmsFailure.NO_CONTENT: say("подписанного содержимого нет", "there is no content that was signed"),
    }[problem.failure]
    return Cause(
        f"cms-{problem.failure.value}",
        title,
        say(
            f"ожидалось: {problem.expected}; найдено: {problem.found}",
            f"expected: {problem.expected}; found: {problem.found}",
        ),
        problem.advice
        or say("подпишите: openssl cms -sign -binary -outform DER", "sign it: openssl cms -sign -binary"),
    )


def other_bytes(case: FileCase) -> Cause | None:
    """Its base64 was signed, or what is within it, or the file with other line ends."""
    if case.content is None or len(case.content) > _MOST:
        return None
    for what, octets in _readings(case.content):
        if octets != case.content and case.fits(octets):
            return Cause(
                "file-other-bytes",
                say("подписаны другие байты", "other bytes were signed"),
                say(f"подпись сходится: {what}", f"the signature fits: {what}"),
                say(
                    "подписывайте ровно те байты, которые отправляете: openssl cms -sign -binary",
                    "sign exactly the bytes that you send: openssl cms -sign -binary",
                ),
            )
    return None


def _readings(content: bytes) -> Iterator[tuple[str, bytes]]:
    text = base64.b64encode(content)
    yield say("base64 файла", "the file's base64"), text
    for end in (b"\n", b"\r\n"):
        lines = end.join(text[at : at + 76] for at in range(0, len(text), 76))
        yield say("base64 файла по строкам", "the file's base64 in lines"), lines
        yield say("base64 файла по строкам", "the file's base64 in lines"), lines + end
    with contextlib.suppress(ValueError):
        yield say("раскодированный base64", "the decoded base64"), base64.b64decode(content, validate=True)
    yield (
        say("файл с CRLF (подписан как текст, без -binary)", "the file with CRLF"),
        re.sub(rb"\r?\n", b"\r\n", content),
    )
    yield say("файл с LF", "the file with LF"), content.replace(b"\r\n", b"\n")
    yield say("пустой файл", "an empty file"), b""
    yield from _members(content)


def _members(content: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for info in archive.infolist()[:_MOST_MEMBERS]:
                if info.file_size <= _MOST:
                    with archive.open(info) as member:
                        octets = member.read(_MOST + 1)
                    yield say(f"файл {info.filename} внутри архива", f"the file {info.filename} in the archive"), octets
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError, EOFError, zlib.error):
        return


def other_digest(case: FileCase) -> Cause | None:
    """Another hash function, or the digest backwards."""
    found = case.contents
    if found is None or case.content is None or case.problem.failure is not CmsFailure.OTHER_CONTENT:
        return None
    others = [(each.name, each.digest(case.content)) for each in ALGORITHMS]
    others += [(name, hashlib.new(name, case.content, usedforsecurity=False).digest()) for name in ("sha1", "sha256")]
    for name, digest in others:
        for turned, what in ((digest, name), (digest[::-1], say(f"{name} задом наперёд", f"{name} backwards"))):
            if turned == found.message_digest:
                return Cause(
                    "file-other-digest",
                    say("дайджест посчитан другим алгоритмом", "the digest is of another algorithm"),
                    say(f"messageDigest — это {what}", f"messageDigest is {what}"),
                    say(f"нужен {found.algorithm.name}", f"{found.algorithm.name} is needed"),
                )
    return None


def value_turned(case: FileCase) -> Cause | None:
    """s and r swapped, or the octets reversed."""
    found = case.contents
    if found is None or case.problem.failure is not CmsFailure.INVALID:
        return None
    half = len(found.signature) // 2
    ways = (
        (say("r и s переставлены", "r and s are swapped"), found.signature[half:] + found.signature[:half]),
        (say("байты записаны задом наперёд", "the octets are reversed"), found.signature[::-1]),
    )
    signed = [found.algorithm.digest(each) for each in found.attributes]
    if not signed and case.content is not None:
        signed = [found.algorithm.digest(case.content)]
    for what, signature in ways:
        if any(case.value_fits(digest, signature) for digest in signed):
            return Cause(
                "value-turned",
                say("подпись в другом порядке байтов", "the signature is in another order of octets"),
                say(f"подпись сходится: {what}", f"the signature fits: {what}"),
                say("нужно s ‖ r, каждое старшим байтом вперёд", "s ‖ r is wanted, each with its first octet first"),
            )
    return None


def file_changed(case: FileCase) -> Cause | None:
    """What is left where the digest does not fit."""
    if case.problem.failure is not CmsFailure.OTHER_CONTENT:
        return None
    return Cause(
        "changed",
        say("файл изменён после подписания", "the file was changed after it was signed"),
        say(f"{case.problem.expected}; {case.problem.found}", f"{case.problem.expected}; {case.problem.found}"),
        say("подпишите файл заново или отправьте тот, что подписан", "sign it again, or send the one that was signed"),
        is_certain=False,
    )


def other_key(case: FileCase) -> Cause | None:
    """What is left where the value does not fit."""
    return Cause(
        "other-key",
        say("подпись сделана другим ключом или изменена", "another key signed, or the signature was changed"),
        case.problem.found,
        case.problem.advice,
        is_certain=False,
    )
