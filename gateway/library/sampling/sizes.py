"""How many elements the least content of each type holds: what can be made at all, and how recursion ends."""

from collections.abc import Iterator
from math import inf
from typing import Final

from xmlschema.validators import XsdAnyElement, XsdAttribute, XsdComplexType, XsdElement, XsdGroup, XsdSimpleType

from gateway.library.sampling.forms import Form, Forms, Type, resolved
from gateway.library.sampling.simple_types import SimpleTypes
from gateway.library.sampling.wildcards import Wildcards

Particle = XsdElement | XsdGroup | XsdAnyElement


class Sizes:
    """Sizes count elements; they are infinite where nothing can be made.

    Known is what `settle` has looked at.
    """

    def __init__(self, forms: Forms, types: SimpleTypes, wildcards: Wildcards) -> None:
        self._forms: Final = forms
        self._types: Final = types
        self._wildcards: Final = wildcards
        self._least: Final[dict[int, float]] = {}
        self._nils: Final[set[int]] = set()
        self._settled: Final[set[int]] = set()
        self._known: dict[int, float] | None = None
        """The sizes of parts, once they do not change any more."""

    def settle(self, root: XsdElement) -> None:
        """Find the sizes of everything that may stand below `root`, optional parts included."""
        if id(root) in self._settled:
            return
        self._known = None
        types, elements = self._reachable(root)
        self._relax(types)
        # An element that can only be nil counts as one that is; all others keep their content.
        self._nils.update(id(element) for element in elements if element.nillable and self.of_element(element) == inf)
        self._relax(types)
        self._settled.add(id(root))
        self._known = {}

    def of_element(self, declared: XsdElement) -> float:
        """Return the size of the least element that `declared` allows, itself included."""
        if id(resolved(declared)) in self._nils:
            return 1
        return min(map(self.of_form, self._forms.all(declared)), default=inf)

    def of_form(self, form: Form) -> float:
        return 1 + (0 if form.is_nil else self.of_type(form.type))

    def of_type(self, type_: Type) -> float:
        """Return how many elements the least content holds."""
        if isinstance(type_, XsdSimpleType):
            return 0 if self._types.is_possible(type_) else inf
        return self._least.get(id(type_), inf)

    def of_particle(self, particle: Particle) -> float:
        """Return the size of one occurrence."""
        if self._known is None:
            return self._of_particle(particle)
        known = self._known.get(id(particle))
        if known is None:
            known = self._known[id(particle)] = self._of_particle(particle)
        return known

    def _of_particle(self, particle: Particle) -> float:
        if isinstance(particle, XsdElement):
            return self.of_element(particle)
        if isinstance(particle, XsdAnyElement):
            declared = self._wildcards.declared(particle)
            return min(map(self.of_element, declared), default=inf) if particle.process_contents == "strict" else 1
        parts = parts_of(particle)
        sizes = map(self.required, parts)
        return min(sizes) if particle.model == "choice" and parts else sum(sizes)

    def required(self, particle: Particle) -> float:
        """Return the size of the occurrences that cannot be left out."""
        return particle.min_occurs * self.of_particle(particle) if particle.min_occurs else 0

    def forms(self, declared: XsdElement) -> list[Form]:
        """Return the forms that can be made: those under the element's own name, or else its substitutes'."""
        own = self._forms.own(declared)
        if id(resolved(declared)) in self._nils:
            return [Form(own[0].declared, own[0].type, own[0].is_named, is_nil=True)]
        return [form for form in own if self.of_form(form) < inf] or [
            form for form in self._forms.all(declared) if self.of_form(form) < inf
        ]

    def least_form(self, declared: XsdElement) -> Form:
        """Return the form of the least size; a recursion that goes on through these comes to an end."""
        forms = self._forms.all(declared)
        least = min(forms, key=self.of_form)
        return least if self.of_form(least) < inf else self.forms(declared)[0]

    def _reachable(self, root: XsdElement) -> tuple[list[XsdComplexType], list[XsdElement]]:
        """Return what is not known yet; types that others are made of come rather last."""
        types: list[XsdComplexType] = []
        elements: dict[int, XsdElement] = {}
        waiting = [root]
        while waiting:
            element = waiting.pop()
            target = resolved(element)
            if id(target) in elements:
                continue
            elements[id(target)] = target
            for form in self._forms.all(target):
                if isinstance(form.type, XsdComplexType) and id(form.type) not in self._least:
                    self._least[id(form.type)] = inf
                    types.append(form.type)
                    waiting += self._elements_in(form.type.content)
        return types, [element for element in elements.values() if self._forms.own(element)]

    def _elements_in(self, content: object) -> Iterator[XsdElement]:
        if isinstance(content, XsdElement):
            yield content
        elif isinstance(content, XsdAnyElement):
            # An optional wildcard is never filled, so what it allows need not be known.
            yield from self._wildcards.declared(content) if content.min_occurs else ()
        elif isinstance(content, XsdGroup):
            for part in content:
                yield from self._elements_in(part)

    def _relax(self, types: list[XsdComplexType]) -> None:
        changed = True
        while changed:
            changed = False
            for type_ in reversed(types):
                least = self._content(type_)
                if least < self._least[id(type_)]:
                    self._least[id(type_)] = least
                    changed = True

    def _content(self, type_: XsdComplexType) -> float:
        if any(not self._types.is_possible(attribute.type) for attribute in required_attributes(type_)):
            return inf
        if isinstance(type_.content, XsdSimpleType):
            return self.of_type(type_.content)
        return self.required(type_.content)


def required_attributes(type_: XsdComplexType) -> list[XsdAttribute]:
    """Return the attributes that may not be left out."""
    found = type_.attributes.values()
    return [one for one in found if isinstance(one, XsdAttribute) and one.use == "required"]


def parts_of(group: XsdGroup) -> list[Particle]:
    """Return the parts that may occur at all."""
    return [part for part in group if part.max_occurs != 0]
