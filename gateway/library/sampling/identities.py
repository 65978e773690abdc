"""Identity constraints (XML Schema part 1, section 3.11): values that must differ, and values that must be met."""

import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, Final

from lxml import etree
from xmlschema.validators import XsdIdentity, XsdKey, XsdKeyref

from gateway.library.sampling.draw import Draw
from gateway.library.sampling.filling import Filling, Slot
from gateway.library.sampling.structure import Place
from gateway.xml import Element

_STEP: Final = re.compile(r"[^/|@:.\s]+(?=\s*(?:[/|]|$))")
"""The local name of each step of a selector or field."""

_TRIED: Final = 50
"""Keys that a reference is held against."""

_Row = tuple[Slot, ...]


class Identities:
    """Settles the constraints of one sample by changing values that were made."""

    def __init__(self, places: list[Place], filling: Filling) -> None:
        self._places: Final = [place for place in places if place.form is not None and place.form.declared.identities]
        self._filling: Final = filling
        self._lacking: Final[set[str]] = set()

    def settle(self) -> frozenset[str]:
        """Make keys differ, then let references meet them, as far as that can be done.

        Return the local names of elements and attributes which the sample must hold for that, and does not.
        """
        for place, identity in self._constraints():
            if not isinstance(identity, XsdKeyref):
                self._tell_apart(self._rows(place, identity))
        for place, identity in self._constraints():
            if isinstance(identity, XsdKeyref):
                self._refer(place, identity)
        return frozenset(self._lacking)

    def _constraints(self) -> Iterator[tuple[Place, XsdIdentity]]:
        for place in self._places:
            for identity in place.form.declared.identities if place.form else ():
                yield place, identity

    def _rows(self, place: Place, identity: XsdIdentity) -> list[_Row]:
        """Return the selected elements' fields; one without all of them is no row, and lacking in a key."""
        rows = []
        for selected in _found(identity, identity.selector, place.element):
            fields = [self._slot(selected, identity, one) for one in identity.fields]
            row = tuple(slot for slot in fields if slot is not None)
            if len(row) == len(fields):
                rows.append(row)
            elif isinstance(identity, XsdKey):
                self._lacking.update(name for one in identity.fields for name in _STEP.findall(one.path))
        return rows

    def _slot(self, selected: Element, identity: XsdIdentity, path: Any) -> Slot | None:
        for found in _found(identity, path, selected):
            key = (found, None) if isinstance(found, etree._Element) else (found.getparent(), found.attrname)
            if key in self._filling.slots:
                return self._filling.slots[key]
        return None

    def _tell_apart(self, rows: list[_Row]) -> None:
        seen: set[tuple[str, ...]] = set()
        for row in rows:
            if _values(row) in seen and not self._renew(row, seen):
                return  # nor would the rows to come find new values
            seen.add(_values(row))

    def _renew(self, row: _Row, seen: set[tuple[str, ...]]) -> bool:
        """Give a field another value, so that the row is like none that was seen; tell whether there is one."""
        for slot in row[::-1]:
            before = slot.value
            for value in () if slot.is_fixed or slot.type.is_reference else self._filling.values(slot):
                slot.put(value)
                if _values(row) not in seen:
                    return True
            slot.put(before)
        return False

    def _refer(self, place: Place, reference: XsdKeyref) -> None:
        rows = self._rows(place, reference)
        if not rows or not isinstance(reference.refer, XsdIdentity):
            return
        keys = list(self._keys(place, reference.refer))
        if not keys:
            paths = [reference.refer.selector, *reference.refer.fields]
            self._lacking.update(name for one in paths if one is not None for name in _STEP.findall(one.path))
        met: list[_Row] = []
        for row in rows if keys else ():
            start = Draw(*row[0].seed, "key").below(len(keys))
            turned = (keys[start:] + keys[:start])[:_TRIED]
            # Where the reference can hold no key that there is, a key that nobody refers to yet may hold its value.
            fitting = chain(
                (key for key in turned if _adopt(row, key)),
                (key for key in turned if key not in met and _adopt(key, row)),
            )
            met += islice(fitting, 1)

    def _keys(self, place: Place, key: XsdIdentity) -> Iterator[_Row]:
        inside = set(place.element.iter())
        for other, identity in self._constraints():
            if identity is key and other.element in inside:
                yield from self._rows(other, key)


def _adopt(row: _Row, key: _Row) -> bool:
    for slot, other in zip(row, key, strict=True):
        if slot.value != other.value and (slot.is_fixed or not slot.type.accepts(other.value)):
            return False
    for slot, other in zip(row, key, strict=True):
        slot.put(other.value)
    return True


def _values(row: _Row) -> tuple[str, ...]:
    return tuple(slot.value.strip() for slot in row)


def _found(identity: XsdIdentity, path: Any, start: Element) -> list[Any]:
    namespaces = {prefix: uri for prefix, uri in identity.schema.namespaces.items() if prefix and uri}
    try:
        found = start.xpath(path.path, namespaces=namespaces)
    except etree.XPathError:  # a prefix that is bound inside the schema document only
        return []
    return found if isinstance(found, list) else []
