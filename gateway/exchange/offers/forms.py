"""How values are written: as the example of a kind writes them, or in another of their usual forms."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final, TypeAlias
from uuid import UUID

from gateway.library.naming import names

Value: TypeAlias = str | date

_ISO: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_RUSSIAN: Final = re.compile(r"(\d\d)\.(\d\d)\.(\d{4})")
_MONTH: Final = re.compile(r"(\d\d)\.(\d{4})")
_YEAR: Final = re.compile(r"((?:19|20)\d\d)")
_GUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NUMBER: Final = re.compile(r"\w[\w./-]*\d[\w./-]*")
_UNWRITABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CYRILLIC: Final = 0x410
"""The first capital letter."""
_LONGEST_CODE: Final = 3
_NO_DAY: Final = date(1, 1, 1)
_NO_GUID: Final = UUID(int=0)


def forms_of(value: Value, example: str, *, is_number: bool) -> Iterator[str]:
    """Yield how a value may be written, first as the example is; only a number may be written with other separators."""
    if isinstance(value, date):
        yield from dict.fromkeys((day_like(value, example), value.isoformat(), day_like(value, "01.01.0001")))
    elif is_number:
        digits = "".join(filter(str.isdecimal, value))
        yield from dict.fromkeys((_poured(digits, example) or value, value, digits))
    else:
        yield value


def _poured(digits: str, example: str) -> str | None:
    """Write digits with the separators of the example, where it has as many and no letters."""
    if any(map(str.isalpha, example)) or sum(map(str.isdecimal, example)) != len(digits):
        return None
    left = iter(digits)
    return "".join(next(left) if character.isdecimal() else character for character in example)


def day_like(day: date, example: str) -> str:
    """Write a day as the example writes one: ISO with what follows it, dd.mm.yyyy, mm.yyyy or a year."""
    if found := _ISO.match(example):
        return day.isoformat() + example[found.end() :]
    if _RUSSIAN.fullmatch(example):
        return f"{day.day:02}.{day.month:02}.{day.year:04}"
    if _MONTH.fullmatch(example):
        return f"{day.month:02}.{day.year:04}"
    return f"{day.year:04}" if _YEAR.fullmatch(example) else day.isoformat()


def day_in(text: str) -> date | None:
    """Return the day that a text names: of a month the first, of a year the last; None where it names none."""
    try:
        if found := _ISO.match(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _RUSSIAN.fullmatch(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if found := _MONTH.fullmatch(text):
            return date(int(found[2]), int(found[1]), 1)
    except ValueError:
        return None
    return date(int(text), 12, 31) if _YEAR.fullmatch(text) else None


def moved(text: str, newest: date, today: date) -> str | None:
    """Move a day by as many years as bring `newest` to its last anniversary up to `today`."""
    day = day_in(text)
    if day is None:
        return None
    years = today.year - newest.year - ((newest.month, newest.day) > (today.month, today.day))
    return day_like(_in_year(day, max(day.year + years, 1)), text)


def _in_year(day: date, year: int) -> date:
    try:
        return day.replace(year=year)
    except ValueError:  # 29 February
        return day.replace(year=year, day=28)


def guid_replaced(text: str, guid: str) -> str | None:
    """Put another GUID in the place of the one in a text; None where there is none."""
    return _GUID.sub(lambda _: guid, text) if _GUID.search(text) else None


def is_writable(value: Value) -> bool:
    """Tell whether XML 1.0 can hold a value: what people type into a case need not be."""
    return isinstance(value, date) or _UNWRITABLE.search(value) is None


def last_number_replaced(text: str, number: str) -> str:
    """Put a number in the place of the last one in a text of several words; a text of one word is the number."""
    found = list(_NUMBER.finditer(text))
    return f"{text[: found[-1].start()]}{number}{text[found[-1].end() :]}" if found and " " in text else number


def sex_like(example: str, *, female: bool) -> str | None:
    """Write a sex as the example writes one; None for an example that is none."""
    return next((pair[female] for pair in names().sexes if example in pair), None)


def placeholders(example: str) -> Iterator[str]:
    """Yield what may stand where nobody knows what to write: a word that says so, zeros in the form of the example.

    Of a form that zeros do not have, the first characters are a code, and stay.
    """
    if day_in(example) is not None:
        yield day_like(_NO_DAY, example)
    elif _GUID.fullmatch(example):
        yield str(_NO_GUID)
    elif any(map(str.isalpha, example)):
        yield from names().unknown
    for length in range(_LONGEST_CODE + 1):
        yield example[:length] + "".join(map(_blank, example[length:]))


def _blank(character: str) -> str:
    if character.isdecimal():
        return "0"
    if not character.isalpha():
        return character
    small, capital = ("a", "I") if character.isascii() else (chr(_CYRILLIC + 0x20), chr(_CYRILLIC))
    return capital if character.isupper() else small
