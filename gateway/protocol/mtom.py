"""MTOM: multipart/related packages with XOP parts, in and out (XOP 1.0, MTOM, RFC 2387).

A hand-written splitter because the standard library's takes 100 times as long on a 5 MB part and reads
headers far more liberally than a SOAP endpoint should.
"""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from typing import Final
from urllib.parse import unquote
from uuid import UUID

from gateway.ns import XOP
from gateway.xml import Element, path_of

INCLUDE: Final = f"{{{XOP}}}Include"
ROOT_ID: Final = "root.message@cxf.apache.org"
"""Content-ID of the root part as the real system (Apache CXF) writes it; some clients look for it."""

MAX_PARTS: Final = 1000
_HEADER: Final = re.compile(rb"([!-9;-~]+):[ \t]*((?:[^\r\n]|\r?\n[ \t])*)\r?\n")


class MtomError(ValueError):
    """The package is not a usable multipart/related XOP package."""


@dataclass(slots=True)
class Package:
    """An incoming message: the root document, and the parts by Content-ID."""

    root: bytes
    parts: Mapping[str, bytes] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def part(self, include: Element) -> bytes:
        """Return the bytes that the xop:Include points at.

        Raises: MtomError when there is no such part.
        """
        href = include.get("href", "")
        written = href.removeprefix("cid:")
        # CXF has the percent escapes of the cid: URL in Content-ID too; others have them only in the URL (RFC 2392).
        content_id = written if written in self.parts else unquote(written)
        if not href.startswith("cid:") or content_id not in self.parts:
            raise MtomError(f"xop:Include at {path_of(include)}: expected one of {sorted(self.parts)}, found {href!r}")
        self.used.add(content_id)
        return self.parts[content_id]

    def check_all_used(self) -> None:
        """Raises: MtomError when a part was never referenced, because its data would be lost silently."""
        unused = sorted(set(self.parts) - self.used)
        if unused:
            raise MtomError(f"expected every part to be referenced by an xop:Include, found unreferenced {unused}")


def parameters_of(content_type: str) -> tuple[str, dict[str, str]]:
    """Split a Content-Type header into the lower-case media type and its parameters."""
    header = Message()
    header["Content-Type"] = content_type
    pairs = header.get_params(failobj=[("", "")])
    return pairs[0][0].lower(), {name.lower(): value for name, value in pairs[1:]}


def unpack(content_type: str, body: bytes) -> Package:
    """Return the package in `body`; anything but multipart/related is a package without parts.

    Raises: MtomError.
    """
    if not content_type.lstrip()[:10].lower().startswith("multipart/"):
        return Package(body)  # most calls: not worth a parser of headers
    media_type, parameters = parameters_of(content_type)
    if media_type != "multipart/related":
        return Package(body)
    boundary = parameters.get("boundary")
    if not boundary:
        raise MtomError("expected a boundary parameter in Content-Type, found none")
    parts: dict[str, bytes] = {}
    seen: set[str] = set()
    root: bytes | None = None
    start = parameters.get("start", "").strip("<>")
    for headers, content in _split(body, boundary.encode("latin-1", "replace")):
        content_id = headers.get("content-id", "").strip().strip("<>")
        if content_id in seen:
            raise MtomError(f"expected each Content-ID once, found <{content_id}> twice")
        seen.add(content_id)
        if root is None and start in ("", content_id):
            root = content
        else:
            parts[content_id] = content
    if root is None:
        raise MtomError(f"expected the root part <{start}>, found parts {sorted(parts)}")
    return Package(root, parts)


def _split(body: bytes, boundary: bytes) -> list[tuple[dict[str, str], bytes]]:
    delimiter = b"--" + boundary
    position = 0 if body.startswith(delimiter) else body.find(b"\n" + delimiter) + 1
    if not body.startswith(delimiter, position):
        raise MtomError(f"expected the boundary {delimiter!r}, found none")
    parts: list[tuple[dict[str, str], bytes]] = []
    while True:
        position += len(delimiter)
        if body.startswith(b"--", position):
            return parts
        following = body.find(b"\n" + delimiter, position)
        if following < 0:
            raise MtomError("expected a closing boundary, found the end of the body: the package is truncated")
        if len(parts) >= MAX_PARTS:
            raise MtomError(f"expected at most {MAX_PARTS} parts")
        end = following - 1 if body[following - 1 : following] == b"\r" else following
        parts.append(_part(body, position, end))
        position = following + 1


def _part(body: bytes, position: int, end: int) -> tuple[dict[str, str], bytes]:
    line_end = body.find(b"\n", position, end + 2)
    headers: dict[str, str] = {}
    position = line_end + 1
    while match := _HEADER.match(body, position, end):
        headers[match[1].decode("ascii").lower()] = match[2].decode("latin-1")
        position = match.end()
    if body.startswith(b"\r\n", position):
        return headers, body[position + 2 : end]
    if body.startswith(b"\n", position):
        return headers, body[position + 1 : end]
    raise MtomError("expected an empty line after the headers of a part, found none")


def inline(element: Element, package: Package) -> None:
    """Replace every xop:Include below `element` by the base64 text it stands for.

    A signature covers the base64 text, not the Include (XOP 1.0, section 5), so this comes before anything
    else looks at the element.

    Raises: MtomError.
    """
    if b"Include" not in package.root:
        return  # most messages have none, and need no walk through all their elements
    for include in list(element.iter(INCLUDE)):
        parent = include.getparent()
        if parent is None or len(parent) != 1 or (parent.text or "").strip():
            raise MtomError(f"{path_of(include)}: expected xop:Include as the only content of its parent")
        text = base64.b64encode(package.part(include)).decode("ascii")
        parent.remove(include)
        parent.text = text


def pack(root: bytes, parts: Sequence[tuple[str, bytes]]) -> tuple[str, bytes]:
    """Return (Content-Type, body) framed as the real system frames its messages (Apache CXF).

    The boundary is a digest of the content, so that no content can hold it, and the same content gives the same
    bytes.
    """
    digest = hashlib.sha256(root)
    for _, content in parts:
        digest.update(content)
    boundary = f"uuid:{UUID(bytes=digest.digest()[:16])}"
    content_type = (
        f'multipart/related; type="application/xop+xml"; boundary="{boundary}"; '
        f'start="<{ROOT_ID}>"; start-info="text/xml";charset=UTF-8'
    )
    delimiter = f"--{boundary}".encode()
    chunks = [
        b"\r\n" + delimiter,
        b'Content-Type: application/xop+xml; charset=UTF-8; type="text/xml"\r\n'
        b"Content-Transfer-Encoding: binary\r\n"
        b"Content-ID: <" + ROOT_ID.encode() + b">\r\n\r\n" + root,
    ]
    for content_id, content in parts:
        chunks.append(
            delimiter + b"\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n"
            b"Content-ID: <" + content_id.encode() + b">\r\n\r\n" + content
        )
    chunks.append(delimiter + b"--\r\n")
    return content_type, b"\r\n".join(chunks)
