"""`${name}` in texts: those of the file are put in before it is looked at, those of steps when the step is done."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

VARIABLE: Final = re.compile(r"\$\{([^{}]*)\}")
ESCAPED: Final = "$${"
"""Stands for `${` itself."""
_HIDDEN: Final = "\x00{"

OF_SENT: Final = ("message-id",)
OF_TAKEN: Final = ("message-id", "original", "reply-to", "from", "moment")
OF_CASE: Final = ("number",)
MEMBERS: Final[Mapping[str, tuple[str, ...]]] = {
    "send": OF_SENT,
    "answer": OF_SENT,
    "take": OF_TAKEN,
    "expect": OF_TAKEN,
    "open-case": OF_CASE,
}
"""Step -> what its name (as) knows: ${name.member}."""


def names_in(text: str) -> Iterator[str]:
    """Yield what stands between the braces, in order."""
    for found in VARIABLE.finditer(text.replace(ESCAPED, _HIDDEN)):
        yield found[1].strip()


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with the variables that `values` has; the others stay as they are."""
    if "$" not in text:
        return text
    hidden = text.replace(ESCAPED, _HIDDEN)
    return VARIABLE.sub(lambda found: values.get(found[1].strip(), found[0]), hidden).replace(_HIDDEN, ESCAPED)


def said(text: str, values: Mapping[str, str]) -> str:
    """Return a text as it is meant: variables put in, `$${` as `${`."""
    return filled(text, values).replace(ESCAPED, "${")


def filled_everywhere(value: Any, values: Mapping[str, str]) -> Any:
    """Return a document's value with the variables put into every text of it, keys aside."""
    if isinstance(value, str):
        return filled(value, values)
    if isinstance(value, dict):
        return {key: filled_everywhere(child, values) for key, child in value.items()}
    if isinstance(value, list):
        return [filled_everywhere(child, values) for child in value]
    return value
