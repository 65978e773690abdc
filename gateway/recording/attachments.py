"""How the attachments of two messages differ: by name and by content."""

import re
from collections import Counter
from typing import Final

from gateway.recording.differences import Difference
from gateway.recording.format import RecordedEntry
from gateway.recording.masks import MARK
from gateway.recording.said import Unreadable, said

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_Named = Counter[tuple[str, str]]


def attachments(old: RecordedEntry | None, new: RecordedEntry | None) -> list[Difference]:
    """Return the attachments that changed: at the name, the hash of the content before and after.

    A name that holds a UUID was made for the one message; it is compared without it. One attachment under another name
    is a difference in the name.
    """
    before, after = _listed(old), _listed(new)
    gone, come = sorted((before - after).elements()), sorted((after - before).elements())
    found = []
    for name, content in list(gone):
        same_name = next((each for each in come if each[0] == name), None)
        same_content = next((each for each in come if each[1] == content), None)
        if same_name is not None:
            found.append(Difference(name, content, same_name[1]))
            come.remove(same_name)
        elif same_content is not None:
            found.append(Difference("name", name, same_content[0]))
            come.remove(same_content)
        else:
            found.append(Difference(name, content, None))
    return found + [Difference(name, None, content) for name, content in come]


def _listed(recorded: RecordedEntry | None) -> _Named:
    if recorded is None:
        return Counter()
    listed = Counter((_name(each.content_id), each.sha256) for each in recorded.attachments)
    if recorded.entry.envelope is not None and b"RefAttachmentHeaderList" in recorded.entry.envelope:
        try:
            headers = said(recorded).ref_attachment_headers
        except Unreadable:
            return listed
        listed.update((_name(each.uuid), each.hash) for each in headers)
    return listed


def _name(content_id: str) -> str:
    return _UUID.sub(MARK, content_id)
