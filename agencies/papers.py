"""Papers that go with an answer: a zip of the XML and its detached signature, as Rosreestr sends its extracts."""

import io
import zipfile
from collections.abc import Callable
from typing import Final

from agencies.answers import Paper
from gateway.protocol.messages import AttachmentHeader

Sign = Callable[[bytes], bytes | None]
"""Returns a detached CMS over a file; None where nobody signs."""

_DECLARATION: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def packed(paper: Paper, sign: Sign) -> tuple[AttachmentHeader, bytes]:
    """Return a paper as an attachment `NAME.zip` with `NAME.xml` and, where somebody signs, `NAME.xml.sig`.

    The same paper, signed the same way, gives the same bytes: every file in it is of the day of the paper.
    """
    content = _DECLARATION + paper.content
    files = {f"{paper.name}.xml": content}
    signature = sign(content)
    if signature is not None:
        files[f"{paper.name}.xml.sig"] = signature
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in files.items():
            entry = zipfile.ZipInfo(name, (*paper.day.timetuple()[:3], 0, 0, 0))
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0  # the same on every machine
            archive.writestr(entry, file)
    return AttachmentHeader(f"{paper.name}.zip", "application/zip"), written.getvalue()
