"""Tables of multiples of callers' keys: worth making for a key that comes again, kept for those that came last."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from gateway.signature.gost.keys import PublicKey

Table = TypeVar("Table")

_KEPT: Final = {32: 256, 64: 64}
"""Tables kept, by the size of a coordinate: at most 26 MB of either size with the native back end."""


class KeyTables(Generic[Table]):
    """Makes a table for a key at its second use."""

    def __init__(self, make: Callable[[PublicKey], Table]) -> None:
        self._make = make
        self._known: dict[int, OrderedDict[tuple[int, int, str], Table | None]] = {
            size: OrderedDict() for size in _KEPT
        }

    def of(self, key: PublicKey) -> Table | None:
        """Return the table of `key`, None at its first use."""
        known, name = self._known[key.curve.size], (key.x, key.y, key.curve.oid)
        if name not in known:
            known[name] = None
            if len(known) > _KEPT[key.curve.size]:
                known.popitem(last=False)
            return None
        known.move_to_end(name)
        found = known[name]
        if found is None:
            found = known[name] = self._make(key)
        return found
