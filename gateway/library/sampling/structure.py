"""The elements and attributes of a sample, without their values.

The tree grows level by level, so that where a full sample has to stop, it is the deepest parts that stay minimal.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from math import inf
from typing import Final, Literal

from lxml import etree
from xmlschema.validators import XsdAnyElement, XsdAttribute, XsdComplexType, XsdElement, XsdGroup, XsdSimpleType

from gateway import ns
from gateway.library.sampling.draw import Draw
from gateway.library.sampling.forms import Form
from gateway.library.sampling.prefixes import XML, Prefixes
from gateway.library.sampling.refusal import CannotSample
from gateway.library.sampling.simple_types import SimpleTypes
from gateway.library.sampling.sizes import Particle, Sizes, parts_of
from gateway.library.sampling.wildcards import Wildcards
from gateway.words import say
from gateway.xml import Element

Fullness = Literal["minimal", "full"]

MOST_ELEMENTS: Final = 20_000
"""Elements of a sample at most; a root that requires more is refused."""

MOST_IN_FULL: Final = 3_000
"""Elements after which a full sample takes up no more optional parts."""

_DEEPEST: Final = 200
"""Elements inside one another at most; gateway.xml reads 256."""

_DEEPEST_IN_FULL: Final = 40
_REPEATED: Final = 2
_SHARES: Final = 1_000_000


@dataclass(frozen=True)
class Wanted:
    """What a sample is to hold besides what the schema requires."""

    fullness: Fullness
    repeated: int = _REPEATED
    """How often a full sample repeats what may stand more than once, unless it stands in something repeated."""
    names: frozenset[str] = frozenset()
    """Local names of optional elements and attributes that an identity constraint asks for."""
    ids: bool = False
    """Whether optional attributes of the type xs:ID are wanted."""


@dataclass(slots=True, eq=False)
class Place:
    """An element of the sample; `form` is None for an invented one, which stays empty."""

    element: Element
    form: Form | None
    path: tuple[str, ...]
    types: frozenset[int] = frozenset()
    """The types of the elements around it and its own."""
    is_full: bool = False
    is_least: bool = False
    """Whether a recursion goes on here that must come to its end."""
    is_repeated: bool = False
    attributes: dict[str, XsdAttribute] = field(default_factory=dict)

    @property
    def type(self) -> XsdComplexType | XsdSimpleType | None:
        return None if self.form is None else self.form.type


class Structure:
    """Grows the trees of one schema."""

    def __init__(self, sizes: Sizes, types: SimpleTypes, wildcards: Wildcards, prefixes: Prefixes) -> None:
        self.sizes: Final = sizes
        self.types: Final = types
        self.wildcards: Final = wildcards
        self.prefixes: Final = prefixes

    def grow(self, root: XsdElement, wanted: Wanted, draw: Draw) -> list[Place]:
        """Return the places of one sample, the root first, each level after the one above.

        `root` is one whose size is known and finite.

        Raises: CannotSample when the sample would be too big or too deep.
        """
        growth = _Growth(self, wanted, draw)
        growth.start(root)
        return growth.places


_Occurrence = tuple[XsdElement | XsdAnyElement, bool]


class _Growth:
    def __init__(self, structure: Structure, wanted: Wanted, draw: Draw) -> None:
        self._sizes: Final = structure.sizes
        self._types: Final = structure.types
        self._wildcards: Final = structure.wildcards
        self._prefixes: Final = structure.prefixes
        self._wanted: Final = wanted
        self._draw: Final = draw
        self._total: float = 0
        """Elements there are, and those that they will require."""
        self._waiting: Final[deque[Place]] = deque()
        self.places: Final[list[Place]] = []

    def start(self, root: XsdElement) -> None:
        nsmap = {prefix: uri for uri, prefix in self._prefixes.by_uri.items() if uri != XML}
        self._count(self._sizes.of_element(root))
        self._add(root, None, nsmap)
        while self._waiting:
            place = self._waiting.popleft()
            self._set_attributes(place)
            self._grow(place)

    # One element

    def _add(self, declared: XsdElement, parent: Place | None, nsmap: dict[str, str] | None = None) -> None:
        """Add an element whose size is counted already."""
        form, is_least = self._form(declared, parent)
        tag = form.declared.name
        element = etree.Element(tag, nsmap=nsmap) if parent is None else etree.SubElement(parent.element, tag)
        place = Place(element, form, (*(parent.path if parent else ()), form.declared.local_name or ""))
        place.types = (parent.types if parent else frozenset()) | {id(form.type)}
        place.is_least = is_least
        place.is_full = self._wanted.fullness == "full" and not is_least and len(place.path) < _DEEPEST_IN_FULL
        self._count(self._sizes.of_form(form) - self._sizes.of_element(declared))
        if len(place.path) > _DEEPEST:
            raise CannotSample(f"/{'/'.join(place.path[:10])}/…: {_too_deep()}")
        self.places.append(place)
        self._waiting.append(place)

    def _form(self, declared: XsdElement, parent: Place | None) -> tuple[Form, bool]:
        if parent is not None and parent.is_least:
            return self._sizes.least_form(declared), True
        forms = self._sizes.forms(declared)
        form = self._draw.pick(forms) if self._wanted.fullness == "full" else min(forms, key=self._sizes.of_form)
        if parent is not None and isinstance(form.type, XsdComplexType) and id(form.type) in parent.types:
            return self._sizes.least_form(declared), True
        return form, False

    def _invent(self, wildcard: XsdAnyElement, parent: Place) -> None:
        tag = self._wildcards.invented(wildcard)
        element = etree.SubElement(parent.element, tag)
        self.places.append(Place(element, None, (*parent.path, etree.QName(tag).localname)))

    def _count(self, elements: float) -> None:
        self._total += elements
        if self._total > MOST_ELEMENTS:
            raise CannotSample(_too_big(self._total))

    # What it holds

    def _set_attributes(self, place: Place) -> None:
        form = place.form
        if form is None:
            return
        if form.is_named:
            place.element.set(f"{{{ns.XSI}}}type", self._prefixes.written(form.type.name or "") or "")
        if form.is_nil:
            place.element.set(f"{{{ns.XSI}}}nil", "true")
        if isinstance(form.type, XsdComplexType):
            for name, attribute in form.type.attributes.items():
                if name is not None and isinstance(attribute, XsdAttribute) and self._has(place, attribute):
                    place.attributes[name] = attribute

    def _has(self, place: Place, attribute: XsdAttribute) -> bool:
        if attribute.use == "required":
            return True
        if attribute.use == "prohibited" or not self._types.is_possible(attribute.type):
            return False
        named = attribute.local_name in self._wanted.names
        return place.is_full or named or (self._wanted.ids and self._types.of(attribute.type).is_id)

    def _grow(self, place: Place) -> None:
        type_ = place.type
        if not isinstance(type_, XsdComplexType) or not isinstance(type_.content, XsdGroup):
            return
        if place.form is None or place.form.is_nil or place.form.declared.fixed is not None:
            return  # a fixed text leaves no room for elements
        # What the least content requires was counted with the element itself.
        self._count(-self._sizes.required(type_.content))
        for part, is_repeated in self._occurring(type_.content, place):
            if isinstance(part, XsdElement):
                self._add(part, place)
                self.places[-1].is_repeated = is_repeated
            elif part.process_contents == "strict":
                declared = [one for one in self._wildcards.declared(part) if self._sizes.of_element(one) < inf]
                self._add(min(declared, key=self._sizes.of_element), place)
            else:
                self._invent(part, place)

    def _occurring(self, part: Particle, place: Place, *, at_least: int = 0) -> Iterator[_Occurrence]:
        """Yield the elements of `part`, each as often as it is to stand, and whether something there is repeated."""
        times = max(self._times(part, place), at_least)
        is_choice = isinstance(part, XsdGroup) and part.model == "choice" and times > 0
        branches = self._branches(parts_of(part), place) if isinstance(part, XsdGroup) and is_choice else []
        for turn in range(times):
            branch = branches[turn % len(branches)] if branches else None
            if branch is not None and turn >= max(part.min_occurs, at_least) and not self._may_add(branch, place):
                return
            for found, is_repeated in self._once(part, branch, place):
                yield found, is_repeated or times > 1 or place.is_repeated

    def _once(self, part: Particle, branch: Particle | None, place: Place) -> Iterator[_Occurrence]:
        if branch is not None:
            yield from self._occurring(branch, place, at_least=1 if self._may_add(branch, place) else 0)
        elif isinstance(part, XsdGroup):
            for inner in parts_of(part):
                yield from self._occurring(inner, place)
        else:
            self._count(self._sizes.of_particle(part))
            yield part, False

    def _times(self, part: Particle, place: Place) -> int:
        size = self._sizes.of_particle(part)
        # What may be empty is not repeated for nothing, however often the schema requires it.
        least = part.min_occurs if size else min(part.min_occurs, 1)
        if not self._may_add(part, place):
            return least
        repeated = 1 if place.is_repeated else self._wanted.repeated
        if repeated > 1 and isinstance(part, XsdGroup) and part.model == "choice":
            repeated = max(repeated, len(part))  # so that each branch is shown
        return max(least, repeated if part.max_occurs is None else min(repeated, part.max_occurs))

    def _may_add(self, part: Particle, place: Place) -> bool:
        """Tell whether more of `part` may be taken up than is required."""
        size = self._sizes.of_particle(part)
        if size == inf or isinstance(part, XsdAnyElement):
            return False
        if isinstance(part, XsdElement) and part.local_name in self._wanted.names:
            return not self._recurs(part, place)
        return place.is_full and self._total + size <= MOST_IN_FULL and not self._recurs(part, place)

    def _recurs(self, part: Particle, place: Place) -> bool:
        """Tell whether `part` is an element inside another of its own type."""
        return isinstance(part, XsdElement) and isinstance(part.type, XsdComplexType) and id(part.type) in place.types

    def _branches(self, parts: list[Particle], place: Place) -> list[Particle]:
        """Return the branches to take in turn, beginning with one by chance, the bigger the likelier."""
        possible = [part for part in parts if self._sizes.required(part) < inf]
        added = [part for part in possible if self._may_add(part, place)] if place.is_full else []
        least = min(map(self._sizes.required, possible), default=0)
        found = added or [part for part in possible if self._sizes.required(part) == least]
        ends = list(accumulate(1 + self._sizes.of_particle(part) for part in found))
        start = bisect_right(ends, self._draw.below(_SHARES) * ends[-1] / _SHARES) if ends else 0
        return found[start:] + found[:start]


def _too_big(size: float) -> str:
    return say(
        f"в документе было бы не менее {size:.0f} элементов, предел — {MOST_ELEMENTS}",
        f"the document would hold at least {size:.0f} elements, the limit is {MOST_ELEMENTS}",
    )


def _too_deep() -> str:
    return say(
        f"обязательные элементы вложены глубже {_DEEPEST}",
        f"the required elements are nested deeper than {_DEEPEST}",
    )
