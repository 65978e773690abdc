"""Files of other people's logs become SOAP messages with their parts, however they were written down.

A file holds an envelope, or a multipart package (MTOM), with the HTTP head that came before it or without; or a log of
Apache CXF with many of them behind `Payload:`.
"""

import re
from collections.abc import Iterator
from typing import Final

from gateway.protocol.mtom import MtomError, Package, parameters_of, unpack
from gateway.words import say

LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a file that is looked into."""

_PAYLOAD: Final = re.compile(rb"^[^\S\n]*Payload:[^\S\n]*\r?\n?", re.MULTILINE)
_END_OF_ENVELOPE: Final = re.compile(rb"</(?:[\w.-]+:)?Envelope\s*>")
_HEADER: Final = re.compile(rb"(?!--)[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*")
_START_LINE: Final = re.compile(rb"(?:[A-Z]+ \S+ HTTP/\d(?:\.\d)?|HTTP/\d(?:\.\d)? \d{3}[^\n]*)\r?\n")
_CONTENT_TYPE: Final = re.compile(
    rb"^[^\S\n]*Content-Type:[^\S\n]*([^\n]*(?:\n[ \t]+[^\n:]*(?=\n))*)", re.IGNORECASE | re.MULTILINE
)
_BLANK: Final = b" \t\r\n\xef\xbb\xbf"


class NotAMessage(ValueError):
    """A file, or a place in it, that holds no SOAP message; the text says why."""


def packages_in(content: bytes) -> Iterator[Package | NotAMessage]:
    """Return the SOAP messages of a file in order, and why each thing that looked like one is none."""
    starts = list(_PAYLOAD.finditer(content))
    if not starts:
        yield _opened(content)
        return
    for number, start in enumerate(starts):
        end = starts[number + 1].start() if number + 1 < len(starts) else len(content)
        before = content[starts[number - 1].end() if number else 0 : start.start()]
        yield _opened(content[start.end() : end], _content_type(before))


def _content_type(head: bytes) -> str:
    """Return the last Content-Type that a log tells before a payload."""
    told = _CONTENT_TYPE.findall(head)
    return told[-1].decode("latin-1").strip() if told else ""


def _opened(content: bytes, content_type: str = "") -> Package | NotAMessage:
    body = content.lstrip(_BLANK)
    head, rest = _without_head(body)
    content_type = _content_type(head) or content_type
    try:
        if rest.startswith(b"--"):
            return unpack(_multipart(content_type, rest), rest)
    except MtomError as error:
        return NotAMessage(str(error))
    if not rest.startswith(b"<"):
        expected = say("ожидался XML или multipart, найдено", "expected XML or multipart, found")
        return NotAMessage(f"{expected} {rest[:40]!r}" if rest else say("файл пуст", "the file is empty"))
    # Behind the envelope stands what the log says next.
    ends = list(_END_OF_ENVELOPE.finditer(rest))
    return Package(rest[: ends[0].end()] if ends else rest)


def _without_head(body: bytes) -> tuple[bytes, bytes]:
    """Split off the head of an HTTP message; that of a bare body is empty."""
    first = _START_LINE.match(body)
    position = first.end() if first else 0
    while header := _HEADER.match(body, position):
        position = header.end()
    blank = re.compile(rb"\r?\n").match(body, position)
    if position == 0 or blank is None:
        return b"", body
    return body[:position], body[blank.end() :].lstrip(_BLANK)


def _multipart(content_type: str, body: bytes) -> str:
    """Return the Content-Type to open `body` by: its own, where the boundary in it is that of the body."""
    boundary = body[2 : body.find(b"\n")].rstrip().decode("latin-1")
    if content_type and parameters_of(content_type)[1].get("boundary") == boundary:
        return content_type
    return f'multipart/related; boundary="{boundary}"'
