"""What elements and attributes of any schema are about, told by their names: Russian, English, transliterated.

The names are data (names.toml). A whole name counts more than a part of it, a longer part more than a shorter one.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from gateway.domain.catalogue import DataKind

_TABLE: Final = Path(__file__).with_name("names.toml")
_YO: Final = {0x451: 0x435}
"""The letter io, which people write as ie."""
_SHORT: Final = 3
"""A stem up to this long must be a whole word: the Russian abbreviation of a vehicle begins other words."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name says: of the value that stands there (None where it says nothing), and of all that is below it."""

    field: str | None
    contexts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Names:
    """The table. `by_name` and `by_part` map a name in small letters to its field, `whole` to its context."""

    word: re.Pattern[str]
    by_name: Mapping[str, str]
    by_part: Mapping[str, str]
    stems: tuple[tuple[str, str], ...]
    whole: Mapping[str, str]
    case_numbers: Mapping[str, str]
    spellings: Mapping[str, tuple[str, ...]]
    unknown: tuple[str, ...]
    female: tuple[str, ...]
    male: tuple[str, ...]
    sexes: tuple[tuple[str, str], ...]


@lru_cache(1)
def names() -> Names:
    """Return the table, read when it is first needed."""
    table: dict[str, Any] = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    by_part = _reversed(table["parts"])
    return Names(
        word=re.compile(table["word"]),
        by_name={**by_part, **_reversed(table["fields"])},
        by_part=by_part,
        stems=tuple((stem, context) for context, stems in table["contexts"].items() for stem in stems.split()),
        whole=_reversed(table["whole_contexts"]),
        case_numbers=table["case_numbers"],
        spellings={field: tuple(spelled.split()) for field, spelled in table["spellings"].items()},
        unknown=tuple(table["unknown"]),
        female=tuple(table["sex"]["female"].split()),
        male=tuple(table["sex"]["male"].split()),
        sexes=tuple((male, female) for male, female in table["sex"]["written"]),
    )


def _reversed(table: Mapping[str, str]) -> dict[str, str]:
    return {name: meant for meant, spelled in table.items() for name in spelled.split()}


@lru_cache(8192)
def meaning_of(name: str) -> Meaning:
    """Return what the name of an element or attribute means; a namespace in Clark notation is passed over."""
    local = name.rpartition("}")[2]
    return Meaning(field_of(local), contexts_of(local))


@lru_cache(8192)
def field_of(name: str) -> str | None:
    """Return the field that a local name means; None for one that says nothing."""
    words, table = _words(name), names()
    whole = "".join(words)
    if whole in table.by_name:
        return table.by_name[whole]
    for length in range(len(words) - 1, 0, -1):
        for first in range(len(words) - length + 1):
            found = table.by_part.get("".join(words[first : first + length]))
            if found is not None:
                return found
    return None


@lru_cache(8192)
def contexts_of(name: str) -> frozenset[str]:
    """Return what the local name of an element says of everything below it."""
    words, table = _words(name), names()
    whole = "".join(words)
    found = {context for stem, context in table.stems if _begins((*words, whole), stem)}
    return frozenset(found | {table.whole[whole]} if whole in table.whole else found)


def case_number_name(kind: DataKind) -> str | None:
    """Return the local name of the case number of a kind whose name for it means something else elsewhere."""
    table = names().case_numbers
    return table.get(kind.id) or table.get(f"{kind.id.partition('/')[0]}/*")


def _begins(words: Iterable[str], stem: str) -> bool:
    return any(word == stem or (len(stem) > _SHORT and word.startswith(stem)) for word in words)


def _words(name: str) -> tuple[str, ...]:
    """Split a name in camel case or with underscores into words, in small letters, without the dots of yo."""
    return tuple(word.casefold().translate(_YO) for word in names().word.findall(name))
