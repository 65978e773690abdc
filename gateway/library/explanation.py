"""Words for a refusal, from xmlschema. Import this module on the first refusal only: it costs 0.3 seconds."""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

import xmlschema
from lxml import etree
from xmlschema.validators import (
    XMLSchemaChildrenValidationError,
    XMLSchemaDecodeError,
    XMLSchemaValidationError,
    XsdAtomicRestriction,
    XsdEnumerationFacets,
    XsdFacet,
    XsdPatternFacets,
    XsdType,
)

from gateway import ns, xml
from gateway.library.violations import (
    MAX_VIOLATIONS,
    RefusedElement,
    SchemaViolation,
    content_of,
    is_valid,
    quoted,
    shortened,
)

# xmlschema names an attribute in its sentences only.
_BAD_ATTRIBUTE: Final = re.compile(r"attribute ([^\s=]+)=")
_MISSING_ATTRIBUTE: Final = re.compile(r"missing required attribute '([^']+)'")
_UNKNOWN_ATTRIBUTE: Final = re.compile(r"'([^']+)' attribute not allowed")


class Explainer:
    """The schema at `xsd` as xmlschema reads it."""

    def __init__(self, xsd: Path) -> None:
        # libxml2 has judged the schema; xmlschema would take five times as long to read it with checks of its own.
        self._schema = xmlschema.XMLSchema10(xsd.resolve().as_uri(), allow="local", validation="skip")
        restricted: Any
        for restricted in self._schema.maps.iter_components(XsdAtomicRestriction):
            if restricted.patterns is not None:
                restricted.patterns.patterns = [_Pattern(restricted.patterns.regexps)]

    def violations(self, refused: RefusedElement) -> Iterator[SchemaViolation]:
        """Yield the first violations in the order of the document; none where xmlschema sees none."""
        root: Any = refused.root  # xmlschema takes lxml elements; its annotations do not say so
        for error in islice(self._schema.iter_errors(root), MAX_VIOLATIONS):
            yield _violation(error, refused)


class _Pattern:
    """The patterns of one restriction, judged by libxml2, with the interface of re.Pattern that xmlschema uses.

    libxml2 bounds its steps; Python's `re` would hold the program for hours over a wrong value of forty characters and
    a pattern such as `([А-я]+[ -]?)+`, which real kinds have.
    """

    def __init__(self, regexps: list[str]) -> None:
        self._regexps = regexps
        self._compiled: etree.XMLSchema | None = None

    def match(self, text: str) -> str | None:
        """Return `text` when one of the patterns accepts it."""
        probe = etree.Element("value")
        probe.text = text
        return text if is_valid(probe, self._compile()) else None

    def _compile(self) -> etree.XMLSchema:
        if self._compiled is None:
            schema = etree.Element(f"{{{ns.XSD}}}schema", nsmap={"xs": ns.XSD})
            element = etree.SubElement(schema, f"{{{ns.XSD}}}element", name="value")
            restricted = etree.SubElement(element, f"{{{ns.XSD}}}simpleType")
            restriction = etree.SubElement(restricted, f"{{{ns.XSD}}}restriction", base="xs:string")
            for regexp in self._regexps:
                etree.SubElement(restriction, f"{{{ns.XSD}}}pattern", value=regexp)
            self._compiled = etree.XMLSchema(schema)
        return self._compiled


def _violation(error: XMLSchemaValidationError, refused: RefusedElement) -> SchemaViolation:
    place = error.elem if error.invalid_child is None else error.invalid_child
    element = place if isinstance(place, xml.Element) else refused.root
    attribute, expected, found = _attribute(error)
    return SchemaViolation(
        path=xml.path_of(element) + (f"/@{attribute}" if attribute else ""),
        expected=expected or _expected(error),
        found=found or _found(error, element),
        message=shortened(error.reason or error.message),
        line=refused.line_of(element),
    )


def _attribute(error: XMLSchemaValidationError) -> tuple[str, str, str]:
    """Return the name of the attribute that is to blame or "", and what its absence or presence calls for."""
    reason = error.reason or ""
    if match := _MISSING_ATTRIBUTE.match(reason):
        return _local(match[1]), "the attribute", "nothing"
    if match := _UNKNOWN_ATTRIBUTE.match(reason):
        return _local(match[1]), "no such attribute", "it"
    match = _BAD_ATTRIBUTE.match(reason)
    return (_local(match[1]) if match else "", "", "")


def _expected(error: XMLSchemaValidationError) -> str:
    validator = error.validator
    if isinstance(error, XMLSchemaChildrenValidationError):
        return " or ".join(_tag(name) for name in error.expected_tags) or "no more elements"
    if isinstance(validator, XsdPatternFacets):
        return "pattern " + " or ".join(validator.regexps)
    if isinstance(validator, XsdEnumerationFacets):
        return "one of " + ", ".join(map(str, validator.enumeration))
    if isinstance(validator, XsdFacet) and validator.elem is not None:
        return f"{_local(str(validator.elem.tag))} {validator.value!s}"
    if isinstance(error, XMLSchemaDecodeError) and isinstance(validator, XsdType):
        return validator.prefixed_name or "a value of its type"
    return f"valid content ({shortened(error.reason or error.message)})"


def _found(error: XMLSchemaValidationError, element: xml.Element) -> str:
    if isinstance(error, XMLSchemaChildrenValidationError):
        return "nothing" if error.invalid_tag is None else _tag(error.invalid_tag)
    return content_of(element) if isinstance(error.obj, xml.Element) else quoted(error.obj)


def _tag(name: str) -> str:
    # xmlschema describes a wildcard in words: "from 'urn:…' namespace/s".
    return f"an element {name}" if name.startswith("from ") else f"<{_local(name)}>"


def _local(name: str) -> str:
    return name.rpartition("}")[2].rpartition(":")[2]
