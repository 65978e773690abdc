"""Request or response: what the name of an element, of a file or of a folder says of it.

The published kinds call their roots NDFL2Request and NDFL2Response, RequestData and ResponseData, запрос and ответ; the
files of their examples alike.
"""

import re
from typing import Final, Literal

Role = Literal["request", "response"]
ROLES: Final[tuple[Role, Role]] = ("request", "response")

_REQUEST: Final = ("request", "запрос")
_RESPONSE: Final = ("response", "ответ")
_PLURAL: Final = r"(?:s(?![a-z])|[\u0430-\u044f]{1,2}(?![\u0430-\u044f]))?"
_WORD: Final = re.compile(f"({'|'.join((*_REQUEST, *_RESPONSE))}){_PLURAL}", re.IGNORECASE)


def split_role(name: str) -> tuple[Role | None, str]:
    """Return the role that `name` says last, and the name without that word: what request and response share."""
    words = list(_WORD.finditer(name))
    if not words:
        return None, name
    last = words[-1]
    role: Role = "request" if last[1].lower() in _REQUEST else "response"
    return role, (name[: last.start()] + name[last.end() :]).strip("-_. ")
