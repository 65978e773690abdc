"""Opens what a person brings: an envelope, an HTTP message with its headers, a MIME package, a fragment, a CMS."""

import base64
import re
from collections.abc import Mapping
from typing import Final

from gateway.protocol import mtom
from gateway.protocol.mtom import MtomError, Package, inline
from gateway.values import value
from gateway.words import say
from gateway.xml import Element, XmlError, parse

_START_LINE: Final = re.compile(rb"(?:[A-Z]+ \S+ HTTP/\d(?:\.\d)?|HTTP/\d(?:\.\d)? \d+[^\r\n]*)\r?\n")
_HEADER: Final = re.compile(rb"[!-9;-~]+:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n")
_BOUNDARY: Final = re.compile(rb"\s*--([^\r\n]{1,200}?)[ \t]*\r?\n")
_PEM: Final = re.compile(rb"-----BEGIN (?:PKCS7|CMS)-----(.*?)-----END", re.DOTALL)
_EXPLAIN: Final = "x-mock-smev-explain"
_MOST_HEADERS: Final = 64 * 1024


class Unreadable(ValueError):
    """The bytes are nothing that can be examined; the text says what was expected and found."""


@value
class Opened:
    """What was in the bytes.

    `root` is the XML with XOP inlined, None for a CMS by itself; `as_sent` the same as it came, where it had XOP in it.
    `explained_at` is where a gateway has explained this answer of its.
    """

    root: Element | None
    as_sent: Element | None
    document: bytes
    parts: Mapping[str, bytes]
    cms: bytes | None = None
    explained_at: str = ""
    notes: tuple[str, ...] = ()


def open_bytes(body: bytes, content_type: str = "") -> Opened:
    """Take the bytes for what they look like; `content_type` is the header that they came with, if any.

    Raises: Unreadable.
    """
    if not body.strip():
        raise Unreadable(say("ожидалось сообщение, а байтов нет", "expected a message, found no bytes"))
    headers, body = _without_headers(body)
    content_type = headers.get("content-type", content_type)
    cms = _cms(body)
    if cms is not None:
        return Opened(None, None, body, {}, cms)
    try:
        package = _package(body, content_type)
    except MtomError as error:
        raise Unreadable(f"MIME: {error}") from error
    return _opened(package, headers.get(_EXPLAIN, ""))


def open_package(root: bytes, parts: Mapping[str, bytes]) -> Opened:
    """Open a message that is kept: its root document, and the contents of its parts by Content-ID.

    Raises: Unreadable.
    """
    return _opened(Package(root, parts), "")


def _opened(package: Package, explained_at: str) -> Opened:
    try:
        root = parse(package.root)
        as_sent = parse(package.root) if next(root.iter(mtom.INCLUDE), None) is not None else None
    except XmlError as error:
        expected = say(
            "ожидались XML, сообщение HTTP, пакет MIME или CMS", "expected XML, an HTTP message, a MIME package or CMS"
        )
        raise Unreadable(f"{expected}; {error}") from error
    notes: tuple[str, ...] = ()
    try:
        inline(root, package)
    except MtomError as error:
        notes = (
            say(
                f"части MTOM нет, вложенное не подставлено: {error}",
                f"a part of MTOM is missing, nothing is put in its place: {error}",
            ),
        )
    return Opened(root, as_sent, package.root, package.parts, explained_at=explained_at, notes=notes)


def _without_headers(body: bytes) -> tuple[dict[str, str], bytes]:
    """Take off the start line and the headers of a saved HTTP message, or headers alone."""
    if _BOUNDARY.match(body):
        return {}, body
    start = _START_LINE.match(body)
    position = 0 if start is None else start.end()
    headers: dict[str, str] = {}
    while position < _MOST_HEADERS and (match := _HEADER.match(body, position)):
        name, _, text = match[0].decode("latin-1").partition(":")
        headers[name.strip().lower()] = " ".join(text.split())
        position = match.end()
    end = re.compile(rb"\r?\n").match(body, position)
    if end is None or (start is None and "content-type" not in headers):
        return {}, body
    return headers, body[end.end() :]


def _package(body: bytes, content_type: str) -> Package:
    if not content_type.lower().startswith("multipart/"):
        guessed = _BOUNDARY.match(body)
        if guessed is None:
            return Package(body)
        content_type = f'multipart/related; boundary="{guessed[1].decode("latin-1")}"'
        body = body[guessed.start(1) - 2 :]
    return mtom.unpack(content_type, body)


def _cms(body: bytes) -> bytes | None:
    armoured = _PEM.search(body[:200]) or (_PEM.search(body) if b"-----BEGIN" in body[:2000] else None)
    if armoured is not None:
        try:
            return base64.b64decode(b"".join(armoured[1].split()), validate=True)
        except ValueError as error:
            raise Unreadable(say(f"PEM не читается: {error}", f"the PEM cannot be read: {error}")) from error
    return body if body[:1] == b"\x30" and body[1:2] >= b"\x80" else None  # DER of a SEQUENCE that is not short
