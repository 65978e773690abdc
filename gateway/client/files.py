"""Attachments as files: read from paths when they are sent, written below a folder when they were received."""

import asyncio
import mimetypes
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from gateway.protocol.messages import Attachment, AttachmentHeader

AnyAttachment: TypeAlias = Path | tuple[AttachmentHeader, bytes]
"""A file, whose name becomes the contentId; or a header with the bytes."""

_UNKNOWN: Final = "application/octet-stream"
_UNSAFE: Final = re.compile(r"[^\w.\- ]+")
_LONGEST_NAME: Final = 100


async def read_attachments(attachments: Sequence[AnyAttachment]) -> list[tuple[AttachmentHeader, bytes]]:
    """Return headers and bytes; the type of a file follows from its extension.

    Raises: OSError.
    """
    return [await asyncio.to_thread(_read, item) if isinstance(item, Path) else item for item in attachments]


def mime_type_of(path: Path) -> str:
    """Return the type that follows from the extension of a file."""
    return mimetypes.guess_type(path.name)[0] or _UNKNOWN


def save_attachments(attachments: Iterable[Attachment], folder: Path) -> list[Path]:
    """Write each attachment to a file below `folder`, which is made; return the paths in order.

    A file is named after the contentId, which the sender chose: only its last part counts, and only letters, digits,
    spaces and "_.-" of it. A name that is taken gets a number.

    Raises: OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for attachment in attachments:
        path = _free(folder, _safe(attachment.content_id))
        path.write_bytes(attachment.content)
        written.append(path)
    return written


def _read(path: Path) -> tuple[AttachmentHeader, bytes]:
    return AttachmentHeader(path.name, mime_type_of(path)), path.read_bytes()


def _safe(content_id: str) -> str:
    name = _UNSAFE.sub("_", re.split(r"[/\\]", content_id)[-1]).strip(" .")[-_LONGEST_NAME:]
    return name or "attachment"


def _free(folder: Path, name: str) -> Path:
    path, number = folder / name, 1
    while path.exists():
        number += 1
        path = folder / f"{Path(name).stem}-{number}{Path(name).suffix}"
    return path
