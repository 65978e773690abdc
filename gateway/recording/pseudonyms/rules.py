"""Which field is what: names of elements and attributes, and the sort of value that stands in each (fields.toml)."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, Self

from gateway.domain.likeness import nearest
from gateway.recording.pseudonyms.sorts import SORTS
from gateway.words import say

_SHIPPED: Final = Path(__file__).with_name("fields.toml")
_FIELDS: Final = "fields"
_ENVELOPE: Final = "envelope"

Steps = tuple[str, ...]


class InvalidFieldRules(Exception):
    """A file of field rules that cannot be used: `path:line: what is wrong`; without a line when it cannot be read."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        self.path, self.line, self.message = path, line, message
        super().__init__(f"{path}:{line}: {message}" if line else f"{path}: {message}")


@dataclass(frozen=True)
class FieldRules:
    """What stands in which field. `fields` are those of business content, `envelope` those of SMEV's own elements.

    A key is the end of a path, each step a name without case, hyphens, underscores and "@": ("passport", "number").
    """

    fields: Mapping[Steps, str]
    envelope: Mapping[Steps, str] = field(default_factory=dict)

    def sort_of(self, path: Sequence[str], *, of_envelope: bool = False) -> str | None:
        """Return the sort of the field at `path` (local names from the content root), None when no rule names it.

        The longest rule that the path ends in decides.
        """
        rules = self.envelope if of_envelope else self.fields
        steps = tuple(map(plain, path[-_LONGEST:]))
        return next((rules[steps[start:]] for start in range(len(steps)) if steps[start:] in rules), None)

    @classmethod
    def shipped(cls) -> "FieldRules":
        """Return the rules for all the kinds that ship with the program."""
        return _shipped()

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read own rules, which extend the shipped ones and win over them.

        Raises: InvalidFieldRules.
        """
        shipped = cls.shipped()
        own = _File(path).rules
        return cls({**shipped.fields, **own.get(_FIELDS, {})}, {**shipped.envelope, **own.get(_ENVELOPE, {})})


_LONGEST: Final = 5
"""Steps of the longest rule."""


@cache
def plain(name: str) -> str:
    """Return the name of a field as rules compare it."""
    return name.removeprefix("@").replace("-", "").replace("_", "").casefold()


@cache
def _shipped() -> FieldRules:
    rules = _File(_SHIPPED).rules
    return FieldRules(rules[_FIELDS], rules[_ENVELOPE])


class _File:
    def __init__(self, path: Path) -> None:
        self._path: Final = path
        try:
            self._text = path.read_bytes().decode("utf-8")
            tables = tomllib.loads(self._text)
        except OSError as error:
            raise InvalidFieldRules(path, 0, error.strerror or str(error)) from error
        except UnicodeDecodeError as error:
            raise InvalidFieldRules(path, 1, say("ожидалась UTF-8", "expected UTF-8")) from error
        except tomllib.TOMLDecodeError as error:
            at = re.search(r"line (\d+)", str(error))
            raise InvalidFieldRules(
                path, int(at[1]) if at else len(self._text.splitlines()) or 1, str(error)
            ) from error
        self.rules: Final = {name: dict(self._table(name, tables[name])) for name in self._names(tables)}

    def _names(self, tables: Mapping[str, Any]) -> Sequence[str]:
        known = (_FIELDS, _ENVELOPE)
        unknown = next((name for name in tables if name not in known), None)
        if unknown is not None or not tables:
            expected = say("ожидалась таблица [fields]", "expected a table [fields]")
            found = (
                say(f"найдено {unknown!r}", f"found {unknown!r}") if unknown else say("файл пуст", "the file is empty")
            )
            raise self._wrong(unknown or "", f"{expected}, {found}")
        return tuple(tables)

    def _table(self, name: str, table: Any) -> Iterator[tuple[Steps, str]]:
        if not isinstance(table, dict):
            raise self._wrong(name, say(f"{name}: ожидалась таблица", f"{name}: expected a table"))
        seen: dict[Steps, str] = {}
        for sort, paths in table.items():
            if sort not in SORTS:
                raise self._wrong(sort, self._unknown_sort(sort))
            if not isinstance(paths, list):
                raise self._wrong(sort, say(f"{sort}: ожидался список имён", f"{sort}: expected a list of names"))
            for path in paths:
                steps = self._steps(sort, path)
                if seen.setdefault(steps, sort) != sort:
                    raise self._wrong(path, _twice(path, seen[steps], sort))
                yield steps, sort

    def _steps(self, sort: str, path: Any) -> Steps:
        steps = tuple(map(plain, path.split("/"))) if isinstance(path, str) else ()
        if not steps or not all(steps) or len(steps) > _LONGEST:
            why = say(
                f"{sort}: ожидалось имя поля или путь не длиннее {_LONGEST} шагов («Паспорт/Номер»), найдено {path!r}",
                f"{sort}: expected the name of a field or a path of at most {_LONGEST} steps, found {path!r}",
            )
            raise self._wrong(str(path), why)
        return steps

    def _unknown_sort(self, sort: str) -> str:
        like = nearest(sort, SORTS)
        hint = say(f"похоже на {like}", f"{like} looks like it") if like else ", ".join(sorted(SORTS))
        return say(f"вида значений {sort!r} нет; {hint}", f"no sort {sort!r} of values; {hint}")

    def _wrong(self, what: str, message: str) -> InvalidFieldRules:
        lines = self._text.splitlines()
        line = next((number for number, text in enumerate(lines, start=1) if what and what in text.split("#")[0]), 1)
        return InvalidFieldRules(self._path, line, message)


def _twice(path: str, first: str, second: str) -> str:
    return say(f"{path!r} названо дважды: {first} и {second}", f"{path!r} is named twice: {first} and {second}")
