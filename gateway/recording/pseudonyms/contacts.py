"""Phones, e-mail addresses, dates of birth, ids."""

import re
from datetime import date, timedelta
from typing import Final
from urllib.parse import unquote

from gateway.recording.pseudonyms.names import WORD, first_name, is_first_name, patronymic, patronymic_form, surname
from gateway.recording.pseudonyms.secret import Secret
from gateway.recording.pseudonyms.shapes import after, digits_of, digits_shaped, refilled, shaped
from gateway.recording.pseudonyms.words import folded, words

UUID: Final = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")
_ISO: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?!\d)")
_DOTTED: Final = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})(?!\d)")
_MONTH: Final = re.compile(r"(\d{4})-(\d{2})(?=$|[Z+-])")
_LATEST: Final = 28
"""Days that a date of birth is moved by at the most."""


def phone(secret: Secret, text: str) -> str:
    """Replace a phone: a mobile one becomes another mobile one, of the others the code of the town stays."""
    digits = digits_of(text)
    if len(digits) not in {10, 11} or (len(digits) == 11 and digits[0] not in "78"):
        return shaped(secret, "phone", text)
    head, rest = digits[:-10], digits[-10:]
    return refilled(text, head + after(1 if rest[0] == "9" else 4, secret, "phone", rest))


def email(secret: Secret, text: str) -> str:
    """Replace an e-mail address by one at example.org, where no letter arrives (RFC 2606)."""
    return f"u{secret.number('email', text.strip().casefold()) % 16**10:010x}@example.org"


def uuid(secret: Secret, text: str) -> str:
    """Replace a UUID by another of the same version and variant."""
    digits = text.replace("-", "")
    other = f"{secret.number('uuid', digits.casefold()) >> 128:032x}"
    other = other[:12] + digits[12] + other[13:16] + digits[16] + other[17:]
    following = iter(other.upper() if digits.isupper() else other)
    return "".join(sign if sign == "-" else next(following) for sign in text)


def free_id(secret: Secret, text: str) -> str:
    """Replace the UUIDs of an id, else its numbers of four digits and more; what the letters say stays."""
    if UUID.search(text):
        return UUID.sub(lambda found: uuid(secret, found[0]), text)
    return re.sub(r"\d{4,}", lambda found: digits_shaped(secret, "id", found[0]), text)


def birth_date(secret: Secret, text: str) -> str:
    """Move a date of birth back by up to four weeks: backwards, so that it stays before whatever came after it.

    A year alone stays; a month goes back by one.
    """
    if found := _ISO.match(text):
        return moved(secret, *map(int, found.groups())).isoformat() + text[found.end() :]
    if found := _DOTTED.match(text):
        return f"{moved(secret, *map(int, found.groups()[::-1])):%d.%m.%Y}" + text[found.end() :]
    if found := _MONTH.match(text):
        months = int(found[1]) * 12 + int(found[2]) - 2
        return f"{months // 12:04d}-{months % 12 + 1:02d}" + text[found.end() :]
    return text if re.fullmatch(r"\d{4}", text) else shaped(secret, "birth", text)


def moved(secret: Secret, year: int, month: int, day: int) -> date:
    """Return the other date of birth; of a date that does not exist the last one of its month counts."""
    while day > 28:
        try:
            date(year, month, day)
            break
        except ValueError:
            day -= 1
    try:
        born = date(year, month, day)
        return born - timedelta(days=1 + secret.number("birth", born.isoformat()) % _LATEST)
    except (ValueError, OverflowError):  # a month 13, the year 0
        return date(1900, 1, 1 + secret.number("birth", f"{year}-{month}-{day}") % _LATEST)


def file_name(secret: Secret, text: str) -> str:
    """Replace what a file name may say of somebody: words that no list knows, numbers, UUIDs; the extension stays."""
    text = unquote(text)
    stem, dot, extension = text.rpartition(".")
    if not dot or not extension.isalnum() or len(extension) > 5 or extension.isdigit():
        stem, dot, extension = text, "", ""
    parts, place = [], 0
    for found in UUID.finditer(stem):
        parts += [_words(secret, stem[place : found.start()]), uuid(secret, found[0])]
        place = found.end()
    return "".join((*parts, _words(secret, stem[place:]))) + dot + extension


def _words(secret: Secret, text: str) -> str:
    text = re.sub(r"\d{2,}", lambda found: digits_shaped(secret, "file", found[0]), text)
    return WORD.sub(lambda found: _word(secret, found[0]), text)


def _word(secret: Secret, word: str) -> str:
    kept = {folded(each) for each in words()["files"]["words"]}
    if len(word) < 4 and not (word[0].isupper() and is_first_name(word)):
        return word
    if folded(word) in kept or folded(word).rstrip(words()["files"]["endings"]) in kept:
        return word
    if is_first_name(word):
        return first_name(secret, word)
    return patronymic(secret, word) if patronymic_form(word) else surname(secret, word)
