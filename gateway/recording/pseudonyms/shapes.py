"""Values replaced sign by sign: a digit by a digit, a letter by one of the same alphabet and case, the rest stays."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from gateway.recording.pseudonyms.secret import Secret

DIGITS: Final = "0123456789"
_LATIN: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CYRILLIC: Final = "".join(map(chr, range(0x410, 0x430)))  # without \u0401, which many patterns of schemas leave out
LETTERS: Final = (_LATIN, _LATIN.lower(), _CYRILLIC, _CYRILLIC.lower())
_OF_VIN: Final = _LATIN.translate(dict.fromkeys(map(ord, "IOQ")))
_OF_PLATES: Final = "".join(
    map(chr, (0x410, 0x412, 0x415, 0x41A, 0x41C, 0x41D, 0x41E, 0x420, 0x421, 0x422, 0x423, 0x425))
)
"""The letters of Russian number plates: those that Latin has too (ГОСТ Р 50577)."""

_ROMAN: Final = re.compile(r"^[IVXLCDM]+(?=-)")

Alphabets = Sequence[str]


def shaped(secret: Secret, sort: str, text: str, alphabets: Alphabets = (DIGITS, *LETTERS)) -> str:
    """Replace what stands in one of `alphabets`; two texts of one shape never get the same look-alike.

    Separators do not count: "24 90" and "2490" get the same digits. Zeroes at the beginning stay, and no others come
    there; a text of zeroes alone says "none" and stays.
    """
    places: list[int] = []
    options: list[str] = []
    for place, sign in enumerate(text):
        alphabet = next((each for each in alphabets if sign in each), None)
        if alphabet is not None and not (sign == "0" and not places):
            places.append(place)
            options.append(alphabet[1:] if sign in DIGITS and len(places) == 1 else alphabet)
    rank, size = 0, 1
    for place, option in zip(places, options, strict=True):
        rank = rank * len(option) + option.index(text[place])
        size *= len(option)
    turned = secret.turned(sort, rank, size)
    signs = list(text)
    for place, option in zip(reversed(places), reversed(options), strict=True):
        turned, index = divmod(turned, len(option))
        signs[place] = option[index]
    return "".join(signs)


def digits_shaped(secret: Secret, sort: str, text: str) -> str:
    """Replace the digits, keep the letters: numbers whose letters are a classification."""
    return shaped(secret, sort, text, (DIGITS,))


def numbers_shaped(secret: Secret, sort: str, text: str) -> str:
    """Replace each number by itself: "12" has one look-alike, alone and in "12/3"."""
    return re.sub(r"\d+", lambda found: digits_shaped(secret, sort, found[0]), text)


def after(keep: int, secret: Secret, sort: str, text: str) -> str:
    """Replace what stands behind the first `keep` digits and letters, which are a region, a class, a currency."""
    places = [place for place, sign in enumerate(text) if sign.isalnum()]
    start = places[keep] if keep < len(places) else len(text)
    return text[:start] + _any(secret, sort, text[start:])


def _any(secret: Secret, sort: str, text: str) -> str:
    """Replace every sign, zeroes at the beginning too."""
    options = [next((each for each in (DIGITS, *LETTERS) if sign in each), sign) for sign in text]
    rank, size = 0, 1
    for sign, option in zip(text, options, strict=True):
        rank, size = rank * len(option) + option.index(sign), size * len(option)
    turned = secret.turned(sort, rank, size)
    signs = []
    for option in reversed(options):
        turned, index = divmod(turned, len(option))
        signs.append(option[index])
    return "".join(reversed(signs))


def last_number(secret: Secret, text: str) -> str:
    """Replace the last number of a text; what stands before it (a region, a year, an issuer) stays."""
    found = re.fullmatch(r"(.*?)(\d+)(\D*)", text, re.DOTALL)
    if found is None:
        return text
    if not found[1]:
        return digits_shaped(secret, "digits", text)
    return found[1] + _any(secret, f"last:{found[1]}", found[2]) + found[3]


def series(secret: Secret, text: str) -> str:
    """Replace the series of a document; the Roman number of a certificate of civil status stays."""
    roman = _ROMAN.match(text)
    kept = roman[0] if roman else ""
    return kept + shaped(secret, "series", text[len(kept) :])


def series_and_number(secret: Secret, text: str) -> str:
    """Replace a series and a number written together as each would be by itself."""
    found = re.fullmatch(r"(.*?)(\d{6,7})(\s*)", text)
    if found is None:
        return shaped(secret, "document", text)
    return series(secret, found[1]) + shaped(secret, "document", found[2]) + found[3]


def plate(secret: Secret, text: str) -> str:
    """Replace a number plate; the region behind it stays."""
    letters = (DIGITS, _OF_PLATES, _OF_PLATES.lower())
    found = re.fullmatch(r"(.*?\D)(\d{2,3})(\s*)", text)
    if found is None:
        return shaped(secret, "plate", text, letters)
    return shaped(secret, "plate", found[1], letters) + found[2] + found[3]


def vin(secret: Secret, text: str) -> str:
    """Replace a vehicle identification number (ISO 3779): the maker stays, and no I, O, Q comes into it."""
    return text[:3] + shaped(secret, "vin", text[3:], (DIGITS, _OF_VIN, _OF_VIN.lower()))


def refilled(text: str, digits: str) -> str:
    """Write `digits` where the digits of `text` stood, in the form of its writing."""
    following = iter(digits)
    return re.sub(r"\d", lambda _: next(following), text)


def digits_of(text: str) -> str:
    """Return the digits of a text."""
    return "".join(sign for sign in text if sign in DIGITS)


def by_cadastre(secret: Secret, text: str) -> str:
    """Replace a cadastral number: the district stays (its first two groups), block and object do not."""
    groups = text.split(":")
    if len(groups) < 3:
        return shaped(secret, "cadastral", text)
    head = ":".join(groups[:2]) + ":"
    block, colon, number = ":".join(groups[2:]).partition(":")
    return head + _any(secret, f"block:{head}", block) + colon + shaped(secret, f"object:{head}{block}", number)


Look = Callable[[Secret, str], str]
"""Replaces one value of a sort."""
