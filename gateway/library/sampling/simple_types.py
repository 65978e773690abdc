"""Simple types: which texts are values of one, and values made for it (XML Schema part 2).

What is a value is decided here by the functions of xmlschema for each facet, except for patterns, which are
matched without backtracking. libxml2 has the last word, on the whole sample.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice
from typing import Any, Final

from xmlschema import XMLSchemaException
from xmlschema.validators import XsdAtomicBuiltin, XsdEnumerationFacets, XsdList, XsdSimpleType, XsdUnion

from gateway.library.sampling import moments, numbers, texts
from gateway.library.sampling.characters import Style
from gateway.library.sampling.draw import Draw
from gateway.library.sampling.facets import Facets, chain
from gateway.library.sampling.intersection import common_text
from gateway.library.sampling.occasion import Occasion
from gateway.library.sampling.patterns import Pattern
from gateway.library.sampling.prefixes import Prefixes

Maker = Callable[[Facets, Occasion], Iterator[str]]

_MAKERS: Final[dict[str, Maker]] = {
    "string": texts.texts,
    "decimal": numbers.decimals,
    "float": numbers.floats,
    "double": numbers.floats,
    "boolean": texts.booleans,
    "anyURI": texts.addresses,
    "base64Binary": texts.base64_texts,
    "hexBinary": texts.hexadecimal_texts,
    "duration": moments.durations,
    **{name: moments.Moments(name) for name in ("date", "time", "dateTime")},
    **{name: moments.Moments(name) for name in ("gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay")},
}
_STRING_MAKERS: Final[dict[str, Maker]] = {
    "language": texts.languages,
    **dict.fromkeys(("Name", "NCName", "NMTOKEN", "ID", "IDREF"), texts.names),
}
_QNAMES: Final = ("QName", "NOTATION")
_URI: Final = re.compile(r"(%[0-9A-Fa-f]{2}|[^\s<>\"{}|\\^`%\[\]#])*(#(%[0-9A-Fa-f]{2}|[^\s<>\"{}|\\^`%\[\]#])*)?")
_ILLEGAL: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST_MATCHED: Final = 10_000
"""Characters of a suggestion that is held against a pattern."""

_TRIES: Final = 40
_LENGTHS: Final = 12
"""Lengths from the shortest one on, of each of which one more text is tried."""

_TURNS: Final = 1_000
_RUSSIAN_FIRST: Final[tuple[Style, ...]] = ("russian", "latin", "digits")
_DIGITS_FIRST: Final[tuple[Style, ...]] = ("digits", "latin")


class SimpleType:
    """A simple type of a schema, all steps of its derivation together."""

    def __init__(self, declared: XsdSimpleType, types: "SimpleTypes") -> None:
        steps = list(chain(declared))[::-1]
        self._base: Final = steps[0]
        self._steps: Final = steps[1:]
        self._prefixes: Final = types.prefixes
        self._types: Final = types
        self.facets: Final = Facets()
        if isinstance(self._base, XsdAtomicBuiltin):
            self._add_builtin(self._base)
        for step in self._steps:
            self.facets.add(step)
        self.builtin: Final = self._base.local_name if isinstance(self._base, XsdAtomicBuiltin) else None
        self.name: Final = declared.prefixed_name or f"xs:{self.builtin or declared.variety or 'anySimpleType'}"
        self.is_id: Final = self.builtin == "ID"
        # The white space of a union is that of the member which a value turns out to be of.
        self._whitespace: Final = "preserve" if isinstance(self._base, XsdUnion) else declared.white_space
        self._named: Final = self._enumerated_names() if self.builtin in _QNAMES else None

    def _add_builtin(self, builtin: XsdAtomicBuiltin) -> None:
        self.facets.lows += [] if builtin.min_value is None else [builtin.min_value]
        self.facets.highs += [] if builtin.max_value is None else [builtin.max_value]
        if builtin.primitive_type.local_name == "decimal" and builtin.local_name != "decimal":
            self.facets.fraction_digits = 0

    @property
    def is_reference(self) -> bool:
        """Tell whether values are xs:IDREF, one or a list of them."""
        return self.builtin == "IDREF" or (isinstance(self._base, XsdList) and self._item.is_reference)

    @property
    def is_qname(self) -> bool:
        """Tell whether values are prefixed names: QName or NOTATION."""
        return self._named is not None

    @property
    def is_list(self) -> bool:
        return isinstance(self._base, XsdList)

    @property
    def _item(self) -> "SimpleType":
        assert isinstance(self._base, XsdList)  # noqa: S101 for the type checker
        return self._types.of(self._base.item_type)

    @property
    def _members(self) -> list["SimpleType"]:
        return [self._types.of(member) for member in getattr(self._base, "member_types", ())]

    # Which texts are values

    def accepts(self, text: str) -> bool:
        """Tell whether `text` is a value of the type and can stand in a document."""
        if not is_writable(text):
            return False
        try:
            self._decode(text)
        except (XMLSchemaException, ValueError, TypeError, ArithmeticError):
            return False
        return True

    def _decode(self, text: str) -> Any:
        """Return the value of `text`, what the facets of xmlschema compare."""
        text = self._normalised(text)
        if self.facets.patterns and (len(text) > _LONGEST_MATCHED or not self.facets.matches(text)):
            raise ValueError(text)
        if self._named is not None:
            return self._decode_name(text)
        value = self._decode_base(text)
        for step in self._steps:
            for validate in step.validators:
                validate(value)
        return value

    def _normalised(self, text: str) -> str:
        if self._whitespace not in ("replace", "collapse"):
            return text
        text = re.sub("[\t\n\r]", " ", text)
        return text if self._whitespace == "replace" else re.sub(" +", " ", text).strip(" ")

    def _decode_base(self, text: str) -> Any:
        if isinstance(self._base, XsdList):
            return [self._item._decode(item) for item in text.split()]
        if isinstance(self._base, XsdUnion):
            return self._decode_by_member(text)
        if self.builtin == "ENTITY":
            raise ValueError("an entity is declared in a DTD, and SOAP forbids a DTD")
        if self.builtin == "anyURI" and not _URI.fullmatch(text):
            raise ValueError(text)
        return self._base.text_decode(text, "strict") if isinstance(self._base, XsdAtomicBuiltin) else text

    def _decode_by_member(self, text: str) -> Any:
        for member in self._members:
            if member.accepts(text):
                return member._decode(text)
        raise ValueError(text)

    def _decode_name(self, text: str) -> str:
        name = self._prefixes.named(text)
        if name is None or (self._named and name not in self._named):
            raise ValueError(text)
        self._base.text_decode(text.rpartition(":")[2], "strict")
        return name

    def _enumerated_names(self) -> dict[str, str]:
        """Return the QNames of an enumeration, in Clark notation and as they are written in a sample."""
        facet = self.facets.enumeration
        found = {}
        for written in _enumerated(facet):
            prefix, _, local = written.rpartition(":")
            uri = "" if facet is None else facet.schema.namespaces.get(prefix, "")
            name = f"{{{uri}}}{local}" if uri else local
            sampled = self._prefixes.written(name)
            if sampled is not None:
                found[name] = sampled
        return found

    # Values

    def values(self, occasion: Occasion) -> Iterator[str]:
        """Yield values of the type, the most plausible first; none where none is found in many tries."""
        return filter(self.accepts, self._candidates(occasion))

    def _candidates(self, occasion: Occasion) -> Iterator[str]:
        if self._named is not None:
            yield from turned(list(self._named.values()) or self._plain_names(occasion), occasion.draw)
        elif self.facets.enumeration is not None:
            yield from turned(_enumerated(self.facets.enumeration), occasion.draw)
        elif isinstance(self._base, XsdList):
            yield from self._lists(occasion)
        elif isinstance(self._base, XsdUnion):
            for member in self._members:
                yield from member.values(occasion)
        else:
            yield from self._atoms(occasion)
        yield from self._written(occasion.draw)

    def _plain_names(self, occasion: Occasion) -> list[str]:
        # A NOTATION must be enumerated; any QName will do elsewhere.
        return [] if self.builtin == "NOTATION" else [occasion.name]

    def _atoms(self, occasion: Occasion) -> Iterator[str]:
        if isinstance(self._base, XsdAtomicBuiltin):
            name, primitive = self._base.local_name or "", self._base.primitive_type.local_name or ""
            maker = _STRING_MAKERS.get(name) or _MAKERS[primitive]
        else:
            maker = texts.texts
        return islice(maker(self.facets, occasion), 1000)

    def _lists(self, occasion: Occasion) -> Iterator[str]:
        shortest, longest = self.facets.shortest, self.facets.longest
        for count in dict.fromkeys((max(shortest, 1 + occasion.draw.below(2)), max(shortest, 1), shortest)):
            if count > texts.LONGEST or (longest is not None and count > longest):
                continue
            items = [item for item in islice(self._item.values(occasion), 5) if item and not re.search(r"\s", item)]
            if items or not count:
                yield " ".join(items[index % len(items)] for index in range(count))

    def _written(self, draw: Draw) -> Iterator[str]:
        """Yield texts written after the patterns, those of the last step first, as it is the narrowest."""
        is_text = self.builtin is None or self._base_primitive == "string"
        styles = _RUSSIAN_FIRST if is_text else _DIGITS_FIRST
        counted = is_text and not self.is_list
        shortest, longest = (self.facets.shortest, self.facets.longest) if counted else (0, None)
        alternatives: list[list[Pattern]] = self.facets.patterns[::-1]
        if not alternatives:
            return
        tries = [
            (alternatives[attempt % len(alternatives)], styles[attempt // len(alternatives) % len(styles)])
            for attempt in range(_TRIES)
        ]
        usual = len(styles) * len(alternatives)
        yield from _texts_of(tries[:usual], draw, shortest, longest, natural=True)
        # What chance has missed: what all steps have in common, the shortest first. There may be less than the
        # patterns say, because libxml2 does not always read them so, and long texts it takes longest to refuse.
        for least in range(shortest, shortest + _LENGTHS):
            text = common_text(alternatives, least, longest, draw.below(_TURNS))
            if text is None:
                break
            yield text
        yield from _texts_of(tries[usual : _TRIES // 2], draw, shortest, longest, natural=True)
        yield from _texts_of(tries[max(usual, _TRIES // 2) :], draw, shortest, longest, natural=False)

    @property
    def _base_primitive(self) -> str | None:
        return self._base.primitive_type.local_name if isinstance(self._base, XsdAtomicBuiltin) else None

    def is_possible(self) -> bool:
        """Tell whether a value of the type is found at all."""
        occasion = Occasion("value", "value", 1, Draw("possible"), date(2000, 1, 1))
        return next(self.values(occasion), None) is not None

    def __str__(self) -> str:
        return f"{self.name} ({'; '.join(self.facets.told)})" if self.facets.told else self.name


class SimpleTypes:
    """The simple types of one schema, each read when it is first asked for."""

    def __init__(self, prefixes: Prefixes) -> None:
        self.prefixes: Final = prefixes
        self._read: dict[int, SimpleType] = {}
        self._possible: dict[int, bool] = {}

    def of(self, declared: XsdSimpleType) -> SimpleType:
        found = self._read.get(id(declared))
        if found is None:
            found = self._read[id(declared)] = SimpleType(declared, self)
        return found

    def is_possible(self, declared: XsdSimpleType) -> bool:
        """Tell whether `declared` has a value that can be found."""
        found = self._possible.get(id(declared))
        if found is None:
            found = self._possible[id(declared)] = self.of(declared).is_possible()
        return found


def _texts_of(
    tries: list[tuple[list[Pattern], Style]], draw: Draw, shortest: int, longest: int | None, *, natural: bool
) -> Iterator[str]:
    for step, style in tries:
        text = draw.pick(step).text(draw, shortest, longest, style, natural=natural)
        if text is not None:
            yield text


def is_writable(text: str) -> bool:
    """Tell whether XML can hold `text`."""
    return _ILLEGAL.search(text) is None


def _enumerated(facet: XsdEnumerationFacets | None) -> list[str]:
    return [] if facet is None else [element.get("value", "") for element in facet]


def turned(choices: list[str], draw: Draw) -> list[str]:
    """Return all choices, beginning with one that is drawn."""
    start = draw.below(len(choices)) if choices else 0
    return choices[start:] + choices[:start]
