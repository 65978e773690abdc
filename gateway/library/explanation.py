"""Words for a refusal, from xmlschema. Import this module on the first refusal only: it costs 0.3 seconds."""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

import xmlschema
from xmlschema.validators import (
    XMLSchemaChildrenValidationError,
    XMLSchemaDecodeError,
    XMLSchemaValidationError,
    XsdEnumerationFacets,
    XsdFacet,
    XsdPatternFacets,
    XsdType,
)

from gateway import xml
from gateway.library.violations import (
    MAX_VIOLATIONS,
    RefusedElement,
    SchemaViolation,
    content_of,
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
        self._schema = xmlschema.XMLSchema10(xsd.resolve().as_uri(), allow="local")

    def violations(self, refused: RefusedElement) -> Iterator[SchemaViolation]:
        """Yield the first violations in the order of the document; none where xmlschema sees none."""
        root: Any = refused.root  # xmlschema takes lxml elements; its annotations do not say so
        for error in islice(self._schema.iter_errors(root), MAX_VIOLATIONS):
            yield _violation(error, refused)


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
