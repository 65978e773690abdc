"""A passport as it is written, TOML or JSON: a table whose every look-up knows where it stands."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path, PurePath
from typing import Any, Final, TypeVar

from gateway.domain.working_time import InvalidTerm, Term
from gateway.library.kind_file import KindError, TomlFile
from gateway.words import say

LONGEST_FILE: Final = 1024**2
"""Bytes. Passports of real services have a hundredth of it, and parsing TOML takes its time."""

_LONGEST_FOUND: Final = 120
_NO_LINE_OF_TEXT: Final = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")

Choice = TypeVar("Choice", bound=StrEnum)


class PassportError(ValueError):
    """A passport or a file of terms is broken.

    `where` is `path:line` of a file, the line counted from 1, or `documents.2.kind` of a JSON document; `message` says
    what was expected and found, `advice` what to do ("" where the message says it all).
    """

    def __init__(self, where: str, message: str, advice: str = "") -> None:
        self.where, self.message, self.advice = where, message, advice
        super().__init__(f"{where}: {message}" + (f"; {advice}" if advice else ""))


class Table:
    """A table and where each of its keys stands.

    Every look-up raises PassportError where the value is not what it has to be.
    """

    def __init__(self, values: Mapping[str, Any], where: Callable[[str], str]) -> None:
        self.values, self.where = values, where

    def error(self, key: str, message: str, advice: str = "") -> PassportError:
        """Return the error about a key; "" is the table itself."""
        return PassportError(self.where(key), message, advice)

    def wrong(self, key: str, expected: str) -> PassportError:
        """Return the error that the value of `key` is not what was expected."""
        found = repr(self.values.get(key))[:_LONGEST_FOUND]
        return self.error(
            key, say(f"{key}: ожидалось {expected}, найдено {found}", f"{key}: expected {expected}, found {found}")
        )

    def only(self, known: Iterable[str]) -> None:
        """Refuse every key that is not `known`."""
        known = tuple(known)
        for key in self.values:
            if key not in known:
                near = nearest(key, known)
                keys = ", ".join(known)
                why = say(f"неизвестный ключ {key[:_LONGEST_FOUND]!r}", f"unknown key {key[:_LONGEST_FOUND]!r}")
                raise self.error(key, why + near, say(f"есть {keys}", f"there are {keys}"))

    def text(self, key: str) -> str:
        """Return a line of text that must be there."""
        if key not in self.values:
            raise self.error(key, say(f"нет ключа {key}", f"the key {key} is missing"))
        return self.find_text(key) or ""

    def find_text(self, key: str) -> str | None:
        """Return a line of text, None where there is none."""
        value = self.values.get(key)
        if value is None:
            return None
        if not _is_line(value):
            raise self.wrong(key, say("строка текста", "a line of text"))
        return str(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of lines of text, empty where there is none."""
        values = self.values.get(key, [])
        if not isinstance(values, list) or not all(map(_is_line, values)):
            raise self.wrong(key, say("список строк", "a list of lines of text"))
        return tuple(values)

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, "true, false")
        return value

    def number(self, key: str) -> int | None:
        """Return a whole number, None where there is none."""
        value = self.values.get(key)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise self.wrong(key, say("целое число", "a whole number"))
        return value

    def day(self, key: str) -> date | None:
        """Return a day (a date of TOML, or its text), None where there is none."""
        value = self.values.get(key)
        try:
            found = date.fromisoformat(value) if isinstance(value, str) else value
        except ValueError:
            found = value
        if found is not None and (not isinstance(found, date) or isinstance(found, datetime)):
            raise self.wrong(key, say("день, например 2018-10-01", "a day, as 2018-10-01"))
        return found

    def period(self) -> tuple[date | None, date | None]:
        """Return `since` (inclusive) and `until` (exclusive)."""
        since, until = self.day("since"), self.day("until")
        if since is not None and until is not None and until <= since:
            raise self.wrong("until", say(f"день после since = {since}", f"a day after since = {since}"))
        return since, until

    def choice(self, key: str, choices: type[Choice]) -> Choice:
        """Return one of the values of an enumeration."""
        value = self.text(key)
        known = [each.value for each in choices]
        if value not in known:
            names = say(" или ", " or ").join(known)
            raise self.error(key, self.wrong(key, names).message + nearest(value, known))
        return choices(value)

    def term(self, key: str, default: Term | None = None) -> Term:
        """Return a term."""
        if key not in self.values and default is not None:
            return default
        try:
            return Term.parse(self.text(key))
        except (InvalidTerm, ValueError) as error:
            if isinstance(error, PassportError):
                raise
            expected = say(
                "срок: «48 hours», «5 working days», «30 calendar days»",
                'a term: "48 hours", "5 working days", "30 calendar days"',
            )
            raise self.wrong(key, expected) from error

    def tables(self, key: str) -> list["Table"]:
        """Return the tables of [[key]], none where there are none."""
        values = self.values.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise self.wrong(key, say(f"таблицы [[{key}]]", f"tables [[{key}]]"))
        return [Table(value, self._inside(key, number)) for number, value in enumerate(values)]

    def table(self, key: str) -> "Table":
        """Return the table [key], an empty one where there is none."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(key, say(f"таблица [{key}]", f"a table [{key}]"))
        return Table(value, self._inside(key))

    def _inside(self, key: str, number: int | None = None) -> Callable[[str], str]:
        step = key if number is None else f"{key}.{number}"
        return lambda inner: self.where(f"{step}.{inner}" if inner else step)


def _is_line(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and not _NO_LINE_OF_TEXT.search(value)


def nearest(found: str, known: Iterable[str]) -> str:
    """Return " (perhaps X)" where one of the known words looks like what was found, else ""."""
    near = get_close_matches(found[:_LONGEST_FOUND], list(known), 1)
    return say(f" (может быть, {near[0]!r}?)", f" (perhaps {near[0]!r}?)") if near else ""


def of_mapping(values: Mapping[str, Any]) -> Table:
    """Return the table of a JSON document."""
    return Table(values, lambda key: key)


def of_text(path: PurePath, text: bytes) -> Table:
    """Return the table of a TOML document.

    Raises: PassportError.
    """
    if len(text) > LONGEST_FILE:
        kilobytes = LONGEST_FILE // 1024
        why = say(f"файл длиннее {kilobytes} КиБ", f"the file is longer than {kilobytes} KiB")
        raise PassportError(f"{path}:1", why, say("разделите его: паспорт на файл", "split it: one passport a file"))
    try:
        file = TomlFile(path, text)
    except KindError as error:
        raise PassportError(f"{path}:{error.line}", error.message) from error
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits, lists thousands deep
        raise PassportError(f"{path}:1", str(error)) from error
    return Table(file.table, lambda key: f"{path}:{_line(file, key)}")


def read(path: Path) -> Table:
    """Return the table of a TOML file.

    Raises: PassportError.
    """
    try:
        return of_text(path, path.read_bytes())
    except OSError as error:
        why = say(f"файл не прочитать: {error.strerror}", f"cannot read the file: {error.strerror}")
        raise PassportError(f"{path}:1", why) from error


def _line(file: TomlFile, key: str) -> int:
    """Return the line of "key", "table.key" or "tables.2.key", whose tables are counted from 0."""
    table, *inner = key.split(".", 2)
    if not inner or not inner[0].isdecimal():
        return file.line_of(key)
    return file.line_of(".".join((table, *inner[1:])), int(inner[0]) + 1)
