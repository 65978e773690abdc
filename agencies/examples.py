"""Example pairs of a kind: which one is nearest to a request, and its response with what this request says instead."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Final, TypeAlias

from gateway import xml
from gateway.library.examples import ExamplePair
from gateway.xml import Element

Path: TypeAlias = tuple[str, ...]
"""Local names from the root down to an element, or to an "@attribute" in last place."""

Suggest: TypeAlias = Callable[[Path], str | None]
IsValid: TypeAlias = Callable[[Element], bool]
Leaf: TypeAlias = tuple[Path, int]
"""A value's path, and how many values have the same path before it."""

_GUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SHORTEST_ECHOED: Final = 4
"""Characters: a shorter value stands at two places by accident."""
_ACCIDENTAL: Final = frozenset(("true", "false"))
_ISO_DAY: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_RUSSIAN_DAY: Final = re.compile(r"(\d\d)\.(\d\d)\.(\d{4})")
_PARTED_SNILS: Final = re.compile(r"\d{3}-\d{3}-\d{3}([ -])\d\d")


class Pair:
    """An example that has both documents."""

    def __init__(self, request: bytes, response: bytes) -> None:
        self._request, self._response = _leaves_of(request), response

    def likeness(self, asked: dict[Leaf, str]) -> int:
        """Count the values that the example's request and `asked` share at the same place; identifiers do not count."""
        return sum(1 for leaf, value in telling(self._request).items() if asked.get(leaf) == value)

    def is_asked_by(self, asked: Element) -> bool:
        """Tell whether `asked` is this example's request, its identifiers aside."""
        return telling(leaves(asked)) == telling(self._request)

    def response_to(self, asked: Element, suggest: Suggest, is_valid: IsValid) -> Element:
        """Return the response, where values of the example's request are those of `asked`.

        What `suggest` knows of a place counts more. Nothing is changed that would make the response invalid.
        """
        made, said = xml.parse(self._response), leaves(asked)
        instead = {
            value: said[leaf]
            for leaf, value in self._request.items()
            if len(value) >= _SHORTEST_ECHOED and value not in _ACCIDENTAL and leaf in said
        }
        changes = []
        for place in places(made):
            before = place.value
            after = written_like(suggest(place.path) or instead.get(before, before), before)
            if after != before:
                changes.append((place, before, after))
        _change(changes, lambda: is_valid(made))
        return made


def nearest(pairs: Iterable[ExamplePair], asked: Element) -> Pair | None:
    """Return the pair whose request is most like `asked`, the first of several; None where no pair is whole."""
    said = leaves(asked)
    whole = [Pair(pair.request, pair.response) for pair in pairs if pair.request and pair.response]
    return max(whole, key=lambda pair: pair.likeness(said), default=None)


class Place:
    """A text or an attribute of a document, which can be written."""

    def __init__(self, path: Path, element: Element, attribute: str | None) -> None:
        self.path, self._element, self._attribute = path, element, attribute

    @property
    def value(self) -> str:
        found = self._element.text if self._attribute is None else self._element.get(self._attribute)
        return (found or "").strip()

    def write(self, value: str) -> None:
        """Put `value` here."""
        if self._attribute is None:
            self._element.text = value
        else:
            self._element.set(self._attribute, value)


def places(root: Element) -> Iterator[Place]:
    """Yield every attribute and every element without children, in document order."""
    waiting: list[tuple[Path, Element]] = [((xml.name_of(root)[1],), root)]
    while waiting:
        path, element = waiting.pop()
        for name in element.attrib:
            yield Place((*path, f"@{str(name).rpartition('}')[2]}"), element, str(name))
        below = [((*path, xml.name_of(child)[1]), child) for child in element.iterchildren("*")]
        if not below:
            yield Place(path, element, None)
        waiting += reversed(below)


def leaves(root: Element) -> dict[Leaf, str]:
    """Return every value that is not empty, in document order."""
    seen: Counter[Path] = Counter()
    found = {}
    for place in places(root):
        if place.value:
            found[place.path, seen[place.path]] = place.value
            seen[place.path] += 1
    return found


def telling(values: dict[Leaf, str]) -> dict[Leaf, str]:
    """Return the values that say what is asked: all but identifiers, which differ between equal requests."""
    return {leaf: value for leaf, value in values.items() if not _GUID.fullmatch(value)}


def written_like(value: str, example: str) -> str:
    """Return a date, or a СНИЛС in digits, as `example` writes one; any other value as it is."""
    if day := _RUSSIAN_DAY.fullmatch(value):
        iso = f"{day[3]}-{day[2]}-{day[1]}"
        return written_like(iso, example) if _ISO_DAY.match(example) else value
    if day := _ISO_DAY.fullmatch(value):
        if _RUSSIAN_DAY.fullmatch(example):
            return f"{day[3]}.{day[2]}.{day[1]}"
        return value + example[len(value) :] if _ISO_DAY.match(example) else value  # with its time and zone
    parted = _PARTED_SNILS.fullmatch(example)
    if parted and len(value) == 11 and value.isdecimal():
        return f"{value[:3]}-{value[3:6]}-{value[6:9]}{parted[1]}{value[9:]}"
    return value


def _change(changes: list[tuple[Place, str, str]], is_valid: Callable[[], bool]) -> None:
    """Write what can be written: all of it at once, or else each half of it."""
    for place, _, after in changes:
        place.write(after)
    if not changes or is_valid():
        return
    for place, before, _ in changes:
        place.write(before)
    if len(changes) > 1:
        middle = len(changes) // 2
        _change(changes[:middle], is_valid)
        _change(changes[middle:], is_valid)


@lru_cache(256)
def _leaves_of(document: bytes) -> dict[Leaf, str]:
    return leaves(xml.parse(document))
