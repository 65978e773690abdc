"""Several stores become one: rows in the order of their moments, keys anew, references with them.

For what was worked in parts, in processes of their own, and is to be read as though one gateway had seen it all.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count, islice
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Table, func, insert, select, text

from gateway.storage.tables import (
    ATTACHMENTS,
    CASE_EVENTS,
    CASES,
    DEADLINES,
    DELIVERIES,
    INTERACTIONS,
    JOURNAL,
    MESSAGES,
    METADATA,
    PARTICIPANTS,
    REF_ATTACHMENTS,
    SETTINGS,
    VIOLATIONS,
)

_CHUNK: Final = 1000
_OF_ONE: Final = (SETTINGS, PARTICIPANTS)
"""Tables that are the same in every part."""
_NUMBERED: Final = ((DELIVERIES, "id"), (CASE_EVENTS, "moment"), (DEADLINES, "due"), (VIOLATIONS, "moment"))
_REFERENCES: Final[Mapping[str, tuple[str, ...]]] = {
    "messages": ("id", "interaction"),
    "interactions": ("id",),
    "deliveries": ("message", "interaction"),
    "attachments": ("message",),
    "ref_attachments": ("message",),
}
"""Columns that hold the key of a message."""

_Row = dict[str, Any]
_Part = tuple[Connection, dict[int, int]]
"""A store, and the new keys of its messages by the old ones."""


def copy_to_file(connection: Connection, file: Path) -> None:
    """Write a SQLite store that is in memory into a new file."""
    driver: Any = connection.connection.dbapi_connection
    # Not by its backup, which waits for the transaction that this runs in.
    file.write_bytes(driver.serialize())


def is_empty(connection: Connection) -> bool:
    """Tell whether a store holds nothing that happened."""
    happened = (MESSAGES, CASES, JOURNAL, VIOLATIONS)
    return all(connection.execute(select(func.count()).select_from(table)).scalar() == 0 for table in happened)


def merge(target: Connection, parts: Sequence[Connection]) -> None:
    """Put all rows of `parts` into an empty store. What stands in every part is taken from the first one."""
    for table in _OF_ONE:
        found = [dict(row) for row in parts[0].execute(select(table)).mappings()]
        _insert(target, table, (row for row in found if _is_new(target, row)))
    known: list[_Part] = [(part, {}) for part in parts]
    _insert(target, MESSAGES, _renumbered_messages(known))
    for table in (INTERACTIONS, ATTACHMENTS, REF_ATTACHMENTS, CASES):
        _insert(target, table, (_referring(table, row, keys) for row, keys in _rows(known, table)))
    for table, order in _NUMBERED:
        _insert(target, table, _numbered(table, "id", order, known))
    _insert(target, JOURNAL, _numbered(JOURNAL, "seq", "moment", known))
    go_on_counting(target)


def _is_new(target: Connection, row: Mapping[str, Any]) -> bool:
    """Tell whether a participant or a setting is not there yet: a start writes some by itself."""
    table, key = (SETTINGS, "name") if "value" in row else (PARTICIPANTS, "mnemonic")
    return target.execute(select(table.c[key]).where(table.c[key] == row[key])).first() is None


def _renumbered_messages(parts: Sequence[_Part]) -> Iterator[_Row]:
    keys = count(1)
    for row, known in _rows(parts, MESSAGES, "sent_at"):
        known[row["id"]] = next(keys)
        yield _referring(MESSAGES, row, known)


def _numbered(table: Table, key: str, order: str, parts: Sequence[_Part]) -> Iterator[_Row]:
    numbers = count(1)
    for row, known in _rows(parts, table, order):
        yield {**_referring(table, row, known), key: next(numbers)}


def _rows(parts: Sequence[_Part], table: Table, order: str | None = None) -> Iterator[tuple[_Row, dict[int, int]]]:
    """Yield the rows of all parts: by `order`, those of an earlier part first; else part after part."""
    keys = tuple(table.primary_key)
    query = select(table).order_by(*(keys if order is None else (table.c[order], *keys)))

    def of_part(number: int, part: _Part) -> Iterator[tuple[Any, int, _Row]]:
        rows = part[0].execution_options(yield_per=_CHUNK).execute(query).mappings()
        return ((0 if order is None else row[order], number, dict(row)) for row in rows)

    streams = [of_part(number, part) for number, part in enumerate(parts)]
    merged = heapq.merge(*streams, key=lambda found: found[:2])
    return ((row, parts[number][1]) for _, number, row in merged)


def _referring(table: Table, row: _Row, known: Mapping[int, int]) -> _Row:
    names = _REFERENCES.get(table.name, ())
    return {**row, **{name: known[row[name]] for name in names if row[name] is not None}}


def _insert(target: Connection, table: Table, rows: Iterable[_Row]) -> None:
    waiting = iter(rows)
    while chunk := list(islice(waiting, _CHUNK)):
        target.execute(insert(table), chunk)


def go_on_counting(target: Connection) -> None:
    """Let PostgreSQL number what comes next; SQLite goes on from the largest key."""
    if target.dialect.name != "postgresql":
        return
    for table in METADATA.sorted_tables:
        key = next(iter(table.primary_key))
        if key.autoincrement is True:
            sequence = f"pg_get_serial_sequence('{table.name}', '{key.name}')"
            target.execute(text(f"SELECT setval({sequence}, (SELECT max({key.name}) FROM {table.name}))"))  # noqa: S608
