"""Why nothing can be made of an element: the way from the root to what stands in the way."""

from collections.abc import Iterator
from math import inf
from typing import Final

from xmlschema.validators import XsdAnyElement, XsdComplexType, XsdElement, XsdGroup, XsdSimpleType

from gateway.library.sampling.forms import Forms, Type
from gateway.library.sampling.refusal import CannotSample
from gateway.library.sampling.simple_types import SimpleTypes
from gateway.library.sampling.sizes import Particle, Sizes, parts_of, required_attributes
from gateway.words import say


class Reasons:
    """Reads the reasons off the sizes that are infinite."""

    def __init__(self, forms: Forms, types: SimpleTypes, sizes: Sizes) -> None:
        self._forms: Final = forms
        self._types: Final = types
        self._sizes: Final = sizes

    def why(self, root: XsdElement) -> CannotSample:
        """Return the refusal of `root`, of which nothing can be made."""
        path, seen = [root.local_name or ""], set[int]()
        part: XsdElement | XsdAnyElement | None = root
        while isinstance(part, XsdElement):
            forms = self._forms.all(part)
            if not forms:
                return _refusal(path, _no_form(part))
            type_ = forms[0].type
            if id(type_) in seen:
                return _refusal(path, _endless(path))
            seen.add(id(type_))
            value = self._impossible_value(type_)
            if value:
                return _refusal([*path, *value[0]], value[1])
            part = next(self._impossible(type_), None)
            if isinstance(part, XsdElement):
                path.append(part.local_name or "")
        return _refusal(path, _no_wildcard(part))

    def _impossible_value(self, type_: Type) -> tuple[list[str], str] | None:
        """Return where below the element (at an attribute or nowhere) a value cannot be made, and why."""
        if isinstance(type_, XsdComplexType):
            for attribute in required_attributes(type_):
                if not self._types.is_possible(attribute.type):
                    return [f"@{attribute.local_name}"], self._no_value(attribute.type)
        content = type_.content if isinstance(type_, XsdComplexType) else type_
        if isinstance(content, XsdSimpleType) and not self._types.is_possible(content):
            return [], self._no_value(content)
        return None

    def _impossible(self, type_: Type) -> Iterator[XsdElement | XsdAnyElement]:
        """Yield the elements, without the groups around them, that are required and cannot be made."""
        content = type_.content if isinstance(type_, XsdComplexType) else None
        waiting: list[Particle] = [content] if isinstance(content, XsdGroup) else []
        while waiting:
            part = waiting.pop()
            if self._sizes.required(part) < inf:
                continue
            if isinstance(part, XsdGroup):
                waiting += parts_of(part)[::-1]
            else:
                yield part

    def _no_value(self, type_: XsdSimpleType) -> str:
        read = self._types.of(type_)
        return say(f"не найдено ни одного значения типа {read}", f"no value was found of the type {read}")


def _refusal(path: list[str], why: str) -> CannotSample:
    return CannotSample(f"/{'/'.join(path)}: {why}")


def _no_form(element: XsdElement) -> str:
    if element.abstract:
        return say(
            f"элемент {element.name} абстрактный, и заменить его нечем",
            f"the element {element.name} is abstract, and nothing can be put in its place",
        )
    return say(
        f"тип {element.type.name} абстрактный, и пригодного производного от него нет",
        f"the type {element.type.name} is abstract, and no type derived from it may be used",
    )


def _endless(path: list[str]) -> str:
    return say(
        f"элемент {path[-1]} обязан содержать сам себя без конца",
        f"the element {path[-1]} must contain itself endlessly",
    )


def _no_wildcard(wildcard: XsdAnyElement | None) -> str:
    allowed = ", ".join(sorted(wildcard.namespace)) if wildcard is not None else ""
    return say(
        f"на месте xs:any ({allowed}) требуется объявленный элемент, а пригодного нет",
        f"xs:any ({allowed}) requires an element that is declared, and none that is can be used",
    )
