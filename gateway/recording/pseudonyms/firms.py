"""Names of firms. Those of bodies of the state, which are no secret and are what a request is addressed to, stay."""

import re
from functools import cache
from typing import Final

from gateway.recording.pseudonyms.names import full_name
from gateway.recording.pseudonyms.secret import Secret
from gateway.recording.pseudonyms.shapes import LETTERS, shaped
from gateway.recording.pseudonyms.words import folded, words

_QUOTED: Final = re.compile(r"(?<=[\xab\u201e\u201c\"'])[^\xbb\u201d\u201c\"']+(?=[\xbb\u201d\u201c\"'])")
_LATIN: Final = LETTERS[:2]


def firm(secret: Secret, text: str) -> str:
    """Replace the name of a firm, keep its legal form; the name of a sole entrepreneur is one of a person."""
    form = _form().match(text)
    if form is None and _is_body(text):
        return text
    head = form[0] if form is not None else ""
    if form is not None and folded(form[1]) in map(folded, words()["firms"]["sole"]) and not _QUOTED.search(text):
        return head + full_name(secret, text[len(head) :])
    if _QUOTED.search(text):
        return _QUOTED.sub(lambda found: _named(secret, found[0]), text)
    return head + _named(secret, text[len(head) :])


def party(secret: Secret, text: str) -> str:
    """Replace the name of somebody who may be a person, a firm or a body of the state."""
    return firm(secret, text) if is_firm(text) else full_name(secret, text)


def is_firm(text: str) -> bool:
    """Tell whether a name is one of a firm or of a body of the state."""
    return _form().match(text) is not None or _is_body(text) or _QUOTED.search(text) is not None


def _named(secret: Secret, name: str) -> str:
    if not name.strip():
        return name
    if not any("\u0400" <= sign <= "\u04ff" for sign in name):
        return shaped(secret, "firm", name, _LATIN)
    first = secret.pick("firm first", folded(name), words()["firms"]["first"])
    second = secret.pick("firm second", folded(name), words()["firms"]["second"])
    return f"{first} {second}"


def _is_body(text: str) -> bool:
    said = folded(text)
    return any(folded(each) in said for each in words()["firms"]["bodies"])


@cache
def in_texts() -> str:
    """Return the pattern of a legal form and a name in quotes inside any text."""
    return rf"\b(?i:{_either()})\s[\xab\u201e\u201c\"][^\xbb\u201d\"]+[\xbb\u201d\"]"


def _either() -> str:
    return "|".join(map(re.escape, sorted(words()["firms"]["legal_forms"], key=len, reverse=True)))


@cache
def _form() -> re.Pattern[str]:
    return re.compile(rf"\s*((?i:{_either()}))\b\s*")
