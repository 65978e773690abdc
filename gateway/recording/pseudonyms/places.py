"""Addresses: the street, the house, the flat and the end of the postal index change; region, district and town stay."""

import re
from functools import cache
from typing import Final

from gateway.recording.pseudonyms.secret import Secret
from gateway.recording.pseudonyms.shapes import after, numbers_shaped
from gateway.recording.pseudonyms.words import folded, words

_INDEX: Final = re.compile(r"\s*\d{6}\s*")
_WORD: Final = re.compile(r"[^\W\d_][\w/-]*")


def postal_index(secret: Secret, text: str) -> str:
    """Replace the office of a postal index, keep its region and town."""
    return after(3, secret, "index", text)


def house(secret: Secret, text: str) -> str:
    """Replace the numbers of a house or a building; letters and slashes stay."""
    return numbers_shaped(secret, "house", text)


def flat(secret: Secret, text: str) -> str:
    """Replace the number of a flat or a room."""
    return numbers_shaped(secret, "flat", text)


def street(secret: Secret, text: str) -> str:
    """Replace the name of a street; what kind of a street it is stays."""
    found = _core().fullmatch(text)
    if found is None or not found["name"]:
        return text
    name = folded(found["name"])
    table = words()["streets"]
    if name.endswith(tuple(map(folded, table["endings_feminine"]))):
        like = table[table["endings_feminine"][0]]
    elif name.endswith(tuple(map(folded, table["endings_masculine"]))):
        like = table[table["endings_masculine"][1]]
    else:
        like = table["other"]
    chosen = secret.pick("street", name, [each for each in like if folded(each) != name])
    return f"{found['before']}{chosen}{found['behind']}"


def address(secret: Secret, text: str) -> str:
    """Replace an address in one text, part by part as each would be by itself.

    What is neither a known part nor a place larger than a street is taken for a street and a house.
    """
    return "".join(_part(secret, each) for each in _between().split(text))


def address_in_text(secret: Secret, text: str) -> str:
    """Replace a piece that `in_texts` found."""
    return _part(secret, text)


def _part(secret: Secret, text: str) -> str:
    if _INDEX.fullmatch(text):
        return postal_index(secret, text)
    if _marked("flats").match(text):
        return flat(secret, text)
    if _marked("houses").match(text):
        return house(secret, text)
    if _has("streets", "types").search(text):
        return street(secret, text)
    if _has("addresses", "places").search(text):
        return text
    return house(secret, _WORD.sub(lambda found: street(secret, found[0]), text))


@cache
def in_texts() -> str:
    """Return the pattern of a street, a house or a flat inside any text."""
    types = _either(words()["streets"]["types"])
    houses = _either(words()["addresses"]["in_texts"])
    capital = r"[\u0410-\u042f\u0401][\w-]+"
    return rf"\b(?i:{types})(?:\.\s?|\s){capital}(?:\s{capital})?|\b(?i:{houses})(?:\.\s?|\s)\d+\w?(?:/\d+)?\b"


@cache
def _core() -> re.Pattern[str]:
    kind = rf"(?i:{_either(words()['streets']['types'])})"
    return re.compile(rf"(?P<before>\s*(?:{kind}(?:\.\s*|\s+))?)(?P<name>.*?)(?P<behind>(?:\s+{kind}\.?)?\s*)")


@cache
def _between() -> re.Pattern[str]:
    """Where an address falls into parts: commas, and the words that begin another part."""
    table = words()["addresses"]
    before_numbers = _either((*table["houses"], *table["flats"]))
    return re.compile(
        rf"([,;]\s*|\s+(?=(?i:{before_numbers})\.?\s*\d)|\s+(?=(?i:{_either(words()['streets']['types'])})\b))"
    )


@cache
def _marked(what: str) -> re.Pattern[str]:
    return re.compile(rf"\s*(?i:{_either(words()['addresses'][what])})\.?\s*\d")


@cache
def _has(table: str, what: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?i:{_either(words()[table][what])})(?![\w-])")


def _either(choices: list[str] | tuple[str, ...]) -> str:
    return "|".join(map(re.escape, sorted(choices, key=len, reverse=True)))
