"""The fields of a document: every text and attribute, where it stands, and by which rule it goes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree

from gateway.ns import SMEV3_VERSIONS, SOAP_ENVELOPE, XMLDSIG, XOP, XSI
from gateway.recording.pseudonyms.rules import FieldRules, plain
from gateway.recording.pseudonyms.sorts import SECRET, TEXT
from gateway.recording.pseudonyms.words import words
from gateway.xml import Element, name_of

_OF_SMEV: Final = frozenset(
    {
        SOAP_ENVELOPE,
        *(
            uri
            for smev in SMEV3_VERSIONS.values()
            for uri in (smev.service, smev.types, smev.basic, smev.faults, smev.routing)
        ),
    }
)
_TECHNICAL: Final = frozenset({XSI, "http://www.w3.org/XML/1998/namespace", SOAP_ENVELOPE})
_OF_CERTIFICATES: Final = frozenset({"X509Certificate", "X509SubjectName"})
"""Where a signature says whose it is."""


@dataclass(frozen=True)
class Field:
    """A text or an attribute. `path` are local names from the root of the content, "@" before an attribute's.

    `attribute` is None for the text of the element, "" for the text behind its end tag. `sort` is None where no rule
    names the field. Of a date of birth in parts `parts` are the elements year, month, day.
    """

    element: Element
    path: tuple[str, ...]
    sort: str | None
    attribute: str | None = None
    parts: tuple[Element, ...] = ()

    @property
    def text(self) -> str:
        """What stands there."""
        if self.parts:
            year, month, day = (_digits(each) for each in self.parts)
            return f"{year:04d}-{month:02d}-{day:02d}"
        if self.attribute is None:
            return self.element.text or ""
        return self.element.tail or "" if self.attribute == "" else self.element.get(self.attribute, "")

    def put(self, text: str) -> None:
        """Write another value there."""
        if self.parts:
            for element, number in zip(self.parts, text.split("-"), strict=True):
                _put_number(element, int(number))
        elif self.attribute is None:
            self.element.text = text
        elif self.attribute == "":
            self.element.tail = text
        else:
            self.element.set(self.attribute, text)


def fields_of(root: Element, rules: FieldRules) -> Iterator[Field]:
    """Yield the fields that say something, in the order of the document, comments included.

    Elements of SMEV go by the rules of the envelope; what is inside them but of another namespace is content, and its
    path begins there. Of a signature only what names its owner is a field.
    """
    for beside in (*root.itersiblings(preceding=True), *root.itersiblings()):
        yield from _fields(beside, (), rules)
    yield from _fields(root, (), rules)


def _fields(element: Element, above: tuple[str, ...], rules: FieldRules) -> Iterator[Field]:
    if not isinstance(element.tag, str):  # a comment, a processing instruction
        if (element.text or "").strip():
            yield Field(element, above, TEXT)
        return
    namespace, local = name_of(element)
    if namespace in {XMLDSIG, XOP}:
        yield from _owner_of(element)
        return
    of_envelope = namespace in _OF_SMEV
    parent = element.getparent()
    begins = not of_envelope and parent is not None and _is_of_smev(parent)
    path = (local,) if begins else (*above, local)
    for name in element.attrib:
        uri, attribute = _name(str(name))
        if uri not in _TECHNICAL:
            there = (*path, f"@{attribute}")
            yield Field(element, there, rules.sort_of(there, of_envelope=of_envelope), str(name))
    parts = _date_in_parts(element) if rules.sort_of(path) == "birth-date" else ()
    if parts:
        yield Field(element, path, "birth-date", parts=parts)
    else:
        yield from _texts(element, path, rules, of_envelope=of_envelope)


def _texts(element: Element, path: tuple[str, ...], rules: FieldRules, *, of_envelope: bool) -> Iterator[Field]:
    if (element.text or "").strip():
        yield Field(element, path, rules.sort_of(path, of_envelope=of_envelope))
    for child in element:
        yield from _fields(child, path, rules)
        if (child.tail or "").strip():
            yield Field(child, path, rules.sort_of(path, of_envelope=of_envelope), "")


def _owner_of(signature: Element) -> Iterator[Field]:
    for element in signature.iter("*"):
        if name_of(element)[1] in _OF_CERTIFICATES and (element.text or "").strip():
            yield Field(element, (name_of(element)[1],), SECRET)


def _is_of_smev(element: Element) -> bool:
    return isinstance(element.tag, str) and name_of(element)[0] in _OF_SMEV


def _name(name: str) -> tuple[str, str]:
    uri, _, local = name.rpartition("}")
    return uri.removeprefix("{"), local


def _date_in_parts(element: Element) -> tuple[Element, ...]:
    found = []
    for part in ("year", "month", "day"):
        known = set(map(plain, words()["dates"][part]))
        inside = [each for each in element.iterchildren("*") if plain(name_of(each)[1]) in known and _digits(each)]
        found += inside[:1]
    return tuple(found) if len(found) == 3 else ()


def _digits(element: Element) -> int:
    digits = "".join(sign for sign in element.text or "" if sign in "0123456789")
    return int(digits) if digits else 0


def _put_number(element: Element, number: int) -> None:
    before = element.text or ""
    digits = "".join(sign for sign in before if sign in "0123456789")
    element.text = before.replace(digits, f"{number:0{len(digits)}d}", 1)


def document(root: Element, original: bytes) -> bytes:
    """Serialise a whole document, in UTF-8, with a declaration where the original has one."""
    declared = original.lstrip(b"\xef\xbb\xbf").startswith(b"<?xml")
    return etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=declared)
