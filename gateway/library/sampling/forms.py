"""The forms in which a declared element may stand in a document.

Itself, or an element of its substitution group; of its own type, or of a derived one that xsi:type names.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from xmlschema import XMLSchema10
from xmlschema.validators import XsdComplexType, XsdElement, XsdSimpleType

Type = XsdComplexType | XsdSimpleType


@dataclass(frozen=True, slots=True)
class Form:
    """`declared`, as an element of `type`; `is_named` when xsi:type must say so."""

    declared: XsdElement
    type: Type
    is_named: bool = False
    is_nil: bool = False
    """Empty, with xsi:nil: the way out where the content cannot be made."""


class Forms:
    """The forms of the elements of one schema, in an order that does not change from run to run."""

    def __init__(self, schema: XMLSchema10) -> None:
        self._maps: Final = schema.maps
        self._known: Final[dict[int, tuple[Form, ...]]] = {}
        self._own: Final[dict[int, tuple[Form, ...]]] = {}
        self._derived: dict[int, list[XsdComplexType]] | None = None

    def own(self, declared: XsdElement) -> tuple[Form, ...]:
        """Return the forms of `declared` under its own name; none when it is abstract or only its type is."""
        target = resolved(declared)
        found = self._own.get(id(target))
        if found is None:
            found = self._own[id(target)] = () if target.abstract else tuple(self._typed(target, target))
        return found

    def all(self, declared: XsdElement) -> tuple[Form, ...]:
        """Return the forms of `declared`, and after them those of the elements that may be put in its place."""
        target = resolved(declared)
        found = self._known.get(id(target))
        if found is None:
            others = (form for other in self._substitutes(target) for form in self._typed(other, target))
            found = self._known[id(target)] = (*self.own(target), *others)
        return found

    def _typed(self, declared: XsdElement, head: XsdElement) -> Iterator[Form]:
        declared_type = declared.type
        if isinstance(declared_type, XsdSimpleType) or not declared_type.abstract:
            yield Form(declared, declared_type)
            return
        blocked = f"{head.block} {declared.block} {declared_type.block}"
        for derived in self._descendants(declared_type):
            if not derived.abstract and not _is_blocked(derived, declared_type, blocked):
                yield Form(declared, derived, is_named=True)

    def _substitutes(self, head: XsdElement) -> Iterator[XsdElement]:
        """Yield the concrete elements of the substitution group, by name."""
        if head.parent is not None:
            return
        waiting, seen = [head], {head.name}
        while waiting:
            members = self._maps.substitution_groups.get(waiting.pop().name, ())
            for member in sorted(members, key=lambda element: element.name):
                if member.name not in seen:
                    seen.add(member.name)
                    waiting.append(member)
                    if not member.abstract and not self._is_barred(member, head):
                        yield member

    def _is_barred(self, member: XsdElement, head: XsdElement) -> bool:
        blocked = f"{head.block} {getattr(head.type, 'block', '')}"
        return "substitution" in blocked or _is_blocked(member.type, head.type, blocked)

    def _descendants(self, base: XsdComplexType) -> list[XsdComplexType]:
        """Return the named types derived from `base`, directly or not."""
        if self._derived is None:
            self._derived = {}
            for name in sorted(self._maps.types):
                named = self._maps.types[name]
                if isinstance(named, XsdComplexType):
                    # Step by step, because a type that was redefined has lost its name.
                    for ancestor in _ancestors(named):
                        self._derived.setdefault(id(ancestor), []).append(named)
        return self._derived.get(id(base), [])


def resolved(declared: XsdElement) -> XsdElement:
    """Return the global element that `declared` refers to, or itself."""
    # Not `or`: an element of xmlschema is false when it has no children.
    return declared if declared.ref is None else declared.ref


def _is_blocked(derived: Type, base: Type, blocked: str) -> bool:
    """Tell whether a step from `derived` down to `base` is of a kind that is blocked (XML Schema part 1, 3.3.6)."""
    steps = takewhile(lambda step: step is not base, (derived, *_ancestors(derived)))
    return any("#all" in blocked or (step.derivation and step.derivation in blocked) for step in steps)


def _ancestors(type_: Type) -> Iterator[Type]:
    base = type_.base_type
    while base is not None:
        yield base
        base = base.base_type
