"""Values that somebody suggests, in the form that a schema wants."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from gateway.library.sampling.simple_types import SimpleType
from gateway.library.sampling.texts import LONGEST

Suggest = Callable[[tuple[str, ...]], str | None]
"""Takes the local names from the root down to an element, or to an attribute, which comes last as "@name".

Returns a value for it, or None where there is none to suggest.
"""

_DATE: Final = re.compile(r"(?:(\d{4})-(\d\d)-(\d\d)|(\d\d)\.(\d\d)\.(\d{4}))(?:T(\d\d:\d\d:\d\d).*)?", re.DOTALL)
_SNILS: Final = re.compile(r"(\d{3})-?(\d{3})-?(\d{3})[ -]?(\d\d)")
_SUM: Final = re.compile(r"-?\d+[.,]\d+")


def nothing(path: tuple[str, ...]) -> str | None:
    """Suggest no value for any place."""
    return None


def fitted(suggested: str, type_: SimpleType) -> str | None:
    """Return `suggested` in the first of its usual forms that is a value of the type; None when none is.

    A date may be written as in ISO 8601 or as dd.mm.yyyy; СНИЛС in digits, 123-456-789 01 or 123-456-789-01;
    a sum with point or comma; anything with separators in its digits alone. What is too long is no value.
    """
    forms = dict.fromkeys(_forms(suggested)) if len(suggested) <= LONGEST else ()
    return next(filter(type_.accepts, forms), None)


def _forms(text: str) -> Iterator[str]:
    yield text
    text = " ".join(text.split())
    yield text
    if date := _DATE.fullmatch(text):
        yield from _dates(date)
        return
    if snils := _SNILS.fullmatch(text):
        first, second, third, check = snils.groups()
        yield from (f"{first}-{second}-{third}{separator}{check}" for separator in (" ", "-", ""))
    if _SUM.fullmatch(text):
        yield from (text.replace(",", "."), text.replace(".", ","))
        return  # a sum without its point is another sum
    digits = "".join(character for character in text if character.isdigit())
    if digits and not any(character.isalpha() for character in text):
        yield digits


def _dates(match: "re.Match[str]") -> Iterator[str]:
    year, month, day = (match[1], match[2], match[3]) if match[1] else (match[6], match[5], match[4])
    yield f"{year}-{month}-{day}"
    yield f"{day}.{month}.{year}"
    yield f"{year}-{month}-{day}T{match[7] or '00:00:00'}"
    yield from (f"{year}-{month}", year)
