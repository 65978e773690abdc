"""What was probably meant: the known name that looks most like one that is not known."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

_LONGEST_COMPARED: Final = 300
"""Characters of the unknown name that are compared: difflib is quadratic, and the name comes off the wire."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the one of `known` that is most like `name`, case aside; "" when none is."""
    by_folded = {item.casefold(): item for item in known}
    found = get_close_matches(name[:_LONGEST_COMPARED].casefold(), by_folded, 1)
    return by_folded[found[0]] if found else ""
