"""The values of a sample: fixed ones, suggested ones, and made ones."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final

from xmlschema.validators import XsdAttribute, XsdComplexType, XsdElement, XsdSimpleType

from gateway.library.sampling.draw import Draw
from gateway.library.sampling.occasion import Occasion, title_of
from gateway.library.sampling.prefixes import Prefixes
from gateway.library.sampling.refusal import CannotSample
from gateway.library.sampling.simple_types import SimpleType, SimpleTypes, is_writable, turned
from gateway.library.sampling.structure import Place
from gateway.library.sampling.suggestions import Suggest, fitted
from gateway.words import say
from gateway.xml import Element

MOST_CHARACTERS: Final = 5_000_000
"""Characters in all values of a sample together."""

_NUMBERS: Final = 99
_ATTEMPTS: Final = 25


@dataclass(slots=True, eq=False)
class Slot:
    """A place for one value: the text of an element, or an attribute of it."""

    element: Element
    attribute: str | None
    declared: XsdElement | XsdAttribute
    type: SimpleType
    path: tuple[str, ...]
    seed: tuple[object, ...]
    value: str = ""

    @property
    def is_fixed(self) -> bool:
        return self.declared.fixed is not None

    def put(self, value: str) -> None:
        self.value = value
        if self.attribute is None:
            self.element.text = value
        else:
            self.element.set(self.attribute, value)

    def drop(self) -> bool:
        """Take the place out of the sample if it may be left out; tell whether it is gone."""
        if isinstance(self.declared, XsdElement) or self.declared.use == "required" or self.attribute is None:
            return False
        self.element.attrib.pop(self.attribute, None)
        return True


@dataclass(frozen=True)
class Source:
    """What the values of one sample come from."""

    seed: int
    today: date
    suggest: Suggest


class Filling:
    """Puts values into the places of one sample."""

    def __init__(self, places: list[Place], types: SimpleTypes, prefixes: Prefixes, source: Source) -> None:
        self._types: Final = types
        self._prefixes: Final = prefixes
        self._source: Final = source
        self._seen: Final[Counter[tuple[str, ...]]] = Counter()
        self._ids: Final[dict[str, None]] = {}
        self._others: Final[dict[Slot, Iterator[str]]] = {}
        self._characters = 0
        self.slots: Final[dict[tuple[Element, str | None], Slot]] = {}
        at = {place.element: place for place in places}
        for element in places[0].element.iter():
            for slot in self._slots_of(at[element]):
                self.slots[slot.element, slot.attribute] = slot

    def fill(self) -> CannotSample | None:
        """Put a value into every slot; return the refusal of an xs:IDREF that finds no xs:ID to refer to.

        Raises: CannotSample when the values are too long.
        """
        references = []
        for slot in self.slots.values():
            if slot.type.is_reference and not slot.is_fixed:
                references.append(slot)
            else:
                self._put(slot, self._value(slot))
        lost = [slot for slot in references if not self._refer(slot)]
        return CannotSample(f"/{'/'.join(lost[0].path)}: {_no_id()}") if lost else None

    def values(self, slot: Slot, attempts: int = _ATTEMPTS) -> Iterator[str]:
        """Yield made values for a slot, ever new ones where its type has many; the same in every run."""
        for attempt in range(attempts):
            yield from islice(slot.type.values(self._occasion(slot, attempt)), 50)

    def renew(self, element: Element, attribute: str | None) -> bool:
        """Put another value where one was refused; tell whether there is one."""
        slot = self.slots.get((element, attribute))
        if slot is None or slot.is_fixed or slot.type.is_id or slot.type.is_reference:
            return False
        others = self._others.setdefault(slot, self.values(slot))
        value = next((other for other in others if other != slot.value), None)
        if value is None:
            return False
        self._put(slot, value)
        return True

    # Where values stand

    def _slots_of(self, place: Place) -> Iterator[Slot]:
        self._seen[place.path] += 1
        seed = (self._source.seed, *place.path, self._seen[place.path])
        for name, attribute in place.attributes.items():
            path = (*place.path, f"@{attribute.local_name}")
            yield Slot(place.element, name, attribute, self._types.of(attribute.type), path, (*seed, name))
        type_ = _text_type(place)
        if place.form is not None and type_ is not None:
            yield Slot(place.element, None, place.form.declared, self._types.of(type_), place.path, seed)
        elif place.form is not None and isinstance(place.type, XsdComplexType) and not place.form.is_nil:
            self._mix(place, place.form.declared)

    def _mix(self, place: Place, declared: XsdElement) -> None:
        """Put a text where one may stand among elements: one that is fixed, or to show that it may."""
        if declared.fixed is not None:
            place.element.text = declared.fixed
        elif place.type is not None and place.type.has_mixed_content() and (place.is_full or not len(place.element)):
            suggested = self._source.suggest(place.path)
            is_usable = suggested is not None and is_writable(suggested)
            place.element.text = suggested if is_usable else title_of(declared)

    # Values

    def _occasion(self, slot: Slot, attempt: int) -> Occasion:
        draw = Draw(*slot.seed, *([attempt] if attempt else []))
        number = len(self._ids) + 1 if slot.type.is_id else 1 + draw.below(_NUMBERS) + attempt * _NUMBERS
        name = slot.declared.local_name or ""
        return Occasion(name, title_of(slot.declared), number, draw, self._source.today)

    def _values(self, slot: Slot) -> Iterator[str]:
        """Yield what the slot may hold, the best first: what is fixed alone, or suggested, or default, or made."""
        fixed, default = slot.declared.fixed, slot.declared.default
        if fixed is not None:
            yield self._rewritten(fixed, slot)
            return
        suggested = self._source.suggest(slot.path)
        known = (suggested and fitted(suggested, slot.type), default and self._rewritten(default, slot))
        yield from (value for value in known if value is not None and slot.type.accepts(value))
        yield from self.values(slot)

    def _value(self, slot: Slot) -> str:
        for value in self._values(slot):
            if not slot.type.is_id:
                return value
            if value not in self._ids:
                self._ids[value] = None
                return value
        raise CannotSample(f"/{'/'.join(slot.path)}: {_no_value(slot.type)}")

    def _rewritten(self, text: str, slot: Slot) -> str:
        """Write a QName of the schema document with the prefix of the sample."""
        if not slot.type.is_qname:
            return text
        prefix, _, local = text.strip().rpartition(":")
        uri = slot.declared.schema.namespaces.get(prefix, "")
        return self._prefixes.written(f"{{{uri}}}{local}" if uri else local) or text

    def _refer(self, slot: Slot) -> bool:
        """Let the slot refer to values of xs:ID; one that finds none is left out if it may be."""
        ids = turned(list(self._ids), Draw(*slot.seed))
        counts = (max(slot.type.facets.shortest, 1), len(ids)) if slot.type.is_list else (1,)
        texts = (" ".join(ids[index % len(ids)] for index in range(count)) for count in counts if ids)
        value = next(filter(slot.type.accepts, texts if slot.type.is_list else iter(ids)), None)
        if value is None:
            return slot.drop()
        self._put(slot, value)
        return True

    def _put(self, slot: Slot, value: str) -> None:
        self._characters += len(value)
        if self._characters > MOST_CHARACTERS:
            raise CannotSample(f"/{'/'.join(slot.path)}: {_too_long()}")
        slot.put(value)


def _text_type(place: Place) -> XsdSimpleType | None:
    type_ = place.type
    content = type_.content if isinstance(type_, XsdComplexType) else type_
    is_nil = place.form is not None and place.form.is_nil
    return content if isinstance(content, XsdSimpleType) and not is_nil else None


def _no_value(type_: SimpleType) -> str:
    return say(f"не найдено нового значения типа {type_}", f"no new value was found of the type {type_}")


def _no_id() -> str:
    return say("ссылаться не на что: в документе нет xs:ID", "there is no xs:ID in the document to refer to")


def _too_long() -> str:
    return say(
        f"значения документа вместе длиннее {MOST_CHARACTERS} знаков",
        f"the values of the document are longer than {MOST_CHARACTERS} characters together",
    )
