"""Texts, names, addresses and bytes: what a value may look like where no pattern says it."""

import base64
from collections.abc import Iterator
from typing import Final

from gateway.library.sampling.facets import Facets
from gateway.library.sampling.occasion import Occasion

LONGEST: Final = 1_000_000
"""Characters of the longest value that is made."""

_BYTES: Final = 12


def texts(facets: Facets, occasion: Occasion) -> Iterator[str]:
    """Yield the title with a number, cut or drawn out to the length; digits where the length is fixed, as of a code."""
    title = occasion.title
    if facets.is_fixed_length:
        yield from _fitted(_digits(occasion), "0", facets)
    if facets.patterns:  # what is not known to match is hardly worth a try
        yield from (title, f"{title} {occasion.number}", occasion.name)
        return
    for text in (f"{title} {occasion.number}", title):
        if facets.longest is None or len(text) <= facets.longest:
            yield from _fitted(text, f" {title}", facets)
    yield from _fitted(title, f" {title}", facets)
    yield from _fitted(_digits(occasion), "0", facets)


def names(facets: Facets, occasion: Occasion) -> Iterator[str]:
    """Yield what is an NCName, and so a Name, an NMTOKEN and a token too."""
    number = str(occasion.number)
    longest = LONGEST if facets.longest is None else facets.longest
    kept = occasion.name[: max(longest - len(number) - 1, 0)]
    yield from _fitted(f"{kept or '_'}_{number}", "0", facets)
    yield from _fitted(f"_{number}", "0", facets)
    # Where there is no room for both, a letter does, and digits after it as far as they fit.
    for letter in "abcdefghijklmnopqrstuvwxyz"[occasion.draw.below(26) :] + "abcdefghijklmnopqrstuvwxyz":
        yield from _fitted(letter, number, facets)


def languages(facets: Facets, occasion: Occasion) -> Iterator[str]:
    yield from ("ru", "ru-RU", "en", "en-US", "rus")
    yield from _fitted("r", "u", facets)


def addresses(facets: Facets, occasion: Occasion) -> Iterator[str]:
    """Yield values of xs:anyURI."""
    for text in (f"https://example.org/{occasion.number}", f"urn:{occasion.number}", str(occasion.number)):
        yield from _fitted(text, "0", facets)


def base64_texts(facets: Facets, occasion: Occasion) -> Iterator[str]:
    for content in _contents(facets, occasion):
        yield base64.b64encode(content).decode()


def hexadecimal_texts(facets: Facets, occasion: Occasion) -> Iterator[str]:
    for content in _contents(facets, occasion):
        yield content.hex().upper()
        yield content.hex()


def booleans(facets: Facets, occasion: Occasion) -> Iterator[str]:
    first = occasion.draw.below(2)
    yield from (("true", "false")[first], ("true", "false")[1 - first], "1", "0")


def _contents(facets: Facets, occasion: Occasion) -> Iterator[bytes]:
    if facets.shortest > LONGEST:
        return
    length = max(facets.shortest, _BYTES if facets.longest is None else min(_BYTES, facets.longest))
    yield bytes(occasion.draw.below(256) for _ in range(length))


def _digits(occasion: Occasion) -> str:
    return "".join(str(occasion.draw.below(10)) for _ in range(20))


def _fitted(text: str, more: str, facets: Facets) -> Iterator[str]:
    """Yield `text` when it can be cut, or drawn out by `more`, to the wanted length."""
    if facets.shortest > LONGEST:
        return
    if len(text) < facets.shortest:
        text += more * (facets.shortest // len(more) + 1)
        text = text[: facets.shortest - 1] + text[: facets.shortest][-1].replace(" ", ".")
    if facets.longest is not None:
        text = text[: facets.longest].rstrip() if len(text) > facets.longest else text
    if len(text) >= facets.shortest:
        yield text
