"""Tables of multiples of callers' keys: worth making for a key that comes again, kept for those that came last."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Final, Generic, TypeVar

from gateway.signature.gost.keys import PublicKey

Table = TypeVar("Table")
_Name = tuple[str, int, int]

_WATCHED: Final = 4096
_EARLY: Final = 4
"""Hundreds of participants who only look once into each of their three queues need no tables, 350 KB each."""
_LATE: Final = 32
"""Making a table costs as much as some thirty verifications without one."""


class KeyTables(Generic[Table]):
    """Makes a table for a key at its fourth use; once `kept` are there, at its 32nd, in the place of the least recent.

    More keys than there is room for, in turn, would otherwise have a table made at every fourth use. `kept` is by the
    bytes of a coordinate. Threads may share it.
    """

    def __init__(self, make: Callable[[PublicKey], Table], kept: Mapping[int, int]) -> None:
        self._make, self._kept, self._lock = make, kept, Lock()
        self._tables: dict[int, OrderedDict[_Name, Table]] = {size: OrderedDict() for size in kept}
        self._uses: OrderedDict[_Name, int] = OrderedDict()

    def of(self, key: PublicKey) -> Table | None:
        """Return the table of `key`, None while it has none."""
        size, name = key.curve.size, (key.curve.oid, key.x, key.y)
        tables = self._tables[size]
        with self._lock:
            if name in tables:
                tables.move_to_end(name)
                return tables[name]
            if not self._is_worth_one(name, full=len(tables) >= self._kept[size]):
                return None
        made = self._make(key)
        with self._lock:
            tables[name] = made
            if len(tables) > self._kept[size]:
                tables.popitem(last=False)
        return made

    def _is_worth_one(self, name: _Name, *, full: bool) -> bool:
        uses = self._uses.pop(name, 0) + 1
        if uses >= (_LATE if full else _EARLY):
            return True
        self._uses[name] = uses
        if len(self._uses) > _WATCHED:
            self._uses.popitem(last=False)
        return False
