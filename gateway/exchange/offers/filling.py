"""The example of a kind becomes a request of a case: every change keeps it valid, or is taken back."""

from collections.abc import Callable, Iterator
from typing import Final

from gateway.exchange.offers.case_facts import IDENTIFYING, NUMBERS, REPLACED, CaseFacts, Choice
from gateway.exchange.offers.forms import forms_of, placeholders
from gateway.exchange.offers.places import Place
from gateway.xml import Element

IsValid = Callable[[Element], bool]


class Filling:
    """Fills one request, valid at the beginning, with what a case knows."""

    def __init__(self, content: Element, places: list[Place], facts: CaseFacts, is_valid: IsValid) -> None:
        self._content: Final = content
        self._facts: Final = facts
        self._is_valid: Final = is_valid
        self._places: Final = places
        self._filled: Final[set[Place]] = set()

    @property
    def is_about(self) -> bool:
        """Tell whether what was written says whom or what the request is about."""
        return any(place.role != "asker" and place.field in IDENTIFYING for place in self._filled)

    def fill(self) -> tuple[Place, ...]:
        """Write what the case knows, take out what it does not; return the places that somebody has to fill.

        Where nothing tells whom or what the request is about, nothing of it is taken out: it shall show what it lacks.
        """
        known = [(place, choices) for place in self._places if (choices := self._facts.choices(place))]
        self._filled.update(self._write(known))
        unknown = [place for place in self._places if place not in self._filled and place.field in REPLACED]
        is_about = self.is_about
        lacking = []
        for place in unknown:
            if self._is_gone(place):
                continue
            may_go = place.field in IDENTIFYING and (is_about or place.role == "asker")
            if not (may_go and self._take_out(place)):
                self._mark(place)
                lacking.append(place)
        return tuple(place for place in lacking if not self._is_gone(place))

    # What is known

    def _write(self, known: list[tuple[Place, tuple[Choice, ...]]]) -> Iterator[Place]:
        """Write all at once, each in its first form; where that is not valid, one by one in every form."""
        for place, choices in known:
            if not choices[0].names:
                place.write(next(self._forms(place, choices[0])))
        if self._is_valid(self._content):
            yield from (place for place, choices in known if not choices[0].names)
            known = [(place, choices) for place, choices in known if choices[0].names]
        for place, _ in known:
            place.write(place.value)
        for place, choices in known:
            if any(self._choose(place, choice) for choice in choices):
                yield place

    def _choose(self, place: Place, choice: Choice) -> bool:
        before = place.name
        for name in choice.names or (before,):
            place.rename(name)
            for form in self._forms(place, choice):
                place.write(form)
                if self._is_valid(self._content):
                    return True
            place.write(place.value)
            place.rename(before)
        return False

    def _forms(self, place: Place, choice: Choice) -> Iterator[str]:
        return forms_of(choice.value, place.value, is_number=place.field in NUMBERS)

    # What is not

    def _take_out(self, place: Place) -> bool:
        """Take a place out, or the nearest element around it that holds nothing known and may be left out."""
        if place.attribute is not None:
            del place.element.attrib[place.attribute]
            if self._is_valid(self._content):
                return True
            place.write(place.value)
        element: Element | None = place.element if self._holds_nothing_known(place.element) else None
        while element is not None and element is not self._content:
            parent = element.getparent()
            if parent is None or not self._holds_nothing_known(element):
                return False
            position = parent.index(element)
            parent.remove(element)
            if self._is_valid(self._content):
                _close(parent, position, element.tail)
                self._take_out_empty(parent)
                return True
            parent.insert(position, element)
            element = parent
        return False

    def _take_out_empty(self, element: Element) -> None:
        """Take out an element that has lost all it held, where that is valid."""
        parent = element.getparent()
        if parent is None or len(element) or element.attrib or (element.text or "").strip():
            return
        position = parent.index(element)
        parent.remove(element)
        if self._is_valid(self._content):
            _close(parent, position, element.tail)
            self._take_out_empty(parent)
        else:
            parent.insert(position, element)

    def _holds_nothing_known(self, element: Element) -> bool:
        inside = set(element.iter("*"))
        return not any(place.element in inside for place in self._filled)

    def _mark(self, place: Place) -> None:
        """Write that something has to be written here; an enumeration that allows no such word stays as it is."""
        for text in placeholders(place.value):
            place.write(text)
            if self._is_valid(self._content):
                return
        place.write(place.value)

    def _is_gone(self, place: Place) -> bool:
        if place.attribute is not None and place.attribute not in place.element.attrib:
            return True
        element: Element | None = place.element
        while element is not None and element is not self._content:
            element = element.getparent()
        return element is None


def _close(parent: Element, position: int, tail: str | None) -> None:
    """Let the end tag stand where it stood, when the last child is gone."""
    if position == len(parent):
        if position:
            parent[-1].tail = tail
        else:
            parent.text = None
