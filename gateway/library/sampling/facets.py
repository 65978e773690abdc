"""What the facets of a simple type ask for, over all steps of its derivation (XML Schema part 2, section 4.3)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from lxml import etree
from xmlschema.validators import XsdAtomicBuiltin, XsdEnumerationFacets, XsdFacet, XsdPatternFacets, XsdSimpleType

from gateway import ns
from gateway.library.sampling.patterns import Pattern, PatternError, read
from gateway.library.violations import is_valid

_XS: Final = f"{{{ns.XSD}}}"
_PROBE: Final = "probe"
_LONGEST_TOLD: Final = 200


class LibxmlPatterns:
    """The patterns of one step as libxml2 reads them, which judges the sample.

    It allows less than the specification here and there: `(a?){2,}` no empty text, `(xa*){1}a{3}` no "xaaa".
    """

    def __init__(self, sources: list[str]) -> None:
        self._sources: Final = sources

    def matches(self, text: str) -> bool:
        """Tell whether `text`, which XML can hold, matches one of the patterns."""
        probe = etree.Element(_PROBE)
        probe.text = text
        return is_valid(probe, self._schema)

    @cached_property
    def _schema(self) -> etree.XMLSchema:
        schema = etree.Element(f"{_XS}schema", nsmap={"xs": ns.XSD})
        declared = etree.SubElement(schema, f"{_XS}element", name=_PROBE)
        restriction = etree.SubElement(etree.SubElement(declared, f"{_XS}simpleType"), f"{_XS}restriction")
        restriction.set("base", "xs:string")
        for source in self._sources:
            etree.SubElement(restriction, f"{_XS}pattern", value=source)
        return etree.XMLSchema(schema)


@dataclass
class Facets:
    """The bounds of a type; lengths count characters, bytes or items, whatever the type is made of."""

    shortest: int = 0
    longest: int | None = None
    lows: list[Any] = field(default_factory=list)
    highs: list[Any] = field(default_factory=list)
    total_digits: int | None = None
    fraction_digits: int | None = None
    patterns: list[list[Pattern]] = field(default_factory=list)
    """Of each step its alternatives; a step with one that cannot be read here is left to libxml2."""
    judges: list[LibxmlPatterns] = field(default_factory=list)
    """Of each step of `patterns` what libxml2 makes of it."""
    enumeration: XsdEnumerationFacets | None = None
    told: list[str] = field(default_factory=list)
    """The facets in the words of the schema, for a refusal."""

    def add(self, step: XsdSimpleType) -> None:
        """Add what one step of the derivation asks for; steps come from the base up."""
        for tag, facet in step.facets.items():
            if isinstance(facet, XsdFacet) and tag is not None:
                self._add(tag.removeprefix(_XS), facet)

    def _add(self, name: str, facet: XsdFacet) -> None:
        if isinstance(facet, XsdPatternFacets):
            self._add_patterns(facet.regexps)
        elif isinstance(facet, XsdEnumerationFacets):
            self.enumeration = facet
            self._tell(name, " ".join(element.get("value", "") for element in facet))
        elif facet.value is not None:
            self._tell(name, facet.value)
            self._add_bound(name, facet.value)

    def _add_bound(self, name: str, value: Any) -> None:
        match name:
            case "length":
                self.shortest, self.longest = max(self.shortest, value), self._least(self.longest, value)
            case "minLength":
                self.shortest = max(self.shortest, value)
            case "maxLength":
                self.longest = self._least(self.longest, value)
            case "minInclusive" | "minExclusive":
                self.lows.append(value)
            case "maxInclusive" | "maxExclusive":
                self.highs.append(value)
            case "totalDigits":
                self.total_digits = self._least(self.total_digits, value)
            case "fractionDigits":
                self.fraction_digits = self._least(self.fraction_digits, value)

    def _add_patterns(self, sources: list[str]) -> None:
        for source in sources:
            self._tell("pattern", source)
        try:
            self.patterns.append([read(source) for source in sources])
        except PatternError:
            return
        self.judges.append(LibxmlPatterns(sources))

    def _tell(self, name: str, value: object) -> None:
        self.told.append(f"{name} {value}"[:_LONGEST_TOLD])

    @staticmethod
    def _least(one: int | None, other: int) -> int:
        return other if one is None else min(one, other)

    @property
    def is_fixed_length(self) -> bool:
        return self.shortest == self.longest

    def matches(self, text: str) -> bool:
        """Tell whether `text`, its white space normalised, matches the patterns of every step, for libxml2 too.

        libxml2 comes last: a pattern that keeps it busy for long is seldom one that the text matches.
        """
        return all(any(pattern.matches(text) for pattern in step) for step in self.patterns) and all(
            judge.matches(text) for judge in self.judges
        )


def chain(declared: XsdSimpleType) -> Iterator[XsdSimpleType]:
    """Yield the steps of a derivation from `declared` down to its builtin, list, union or xs:anySimpleType."""
    step: Any = declared
    while True:
        yield step
        base = getattr(step, "base_type", None)
        if base is None or isinstance(step, XsdAtomicBuiltin):
            return
        step = base if isinstance(base, XsdSimpleType) else base.content
        if not isinstance(step, XsdSimpleType):  # simple content restricted from a mixed type
            return
