"""The places of a request where values stand: what each is called, what it is about, whose it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gateway import ns, xml
from gateway.domain.catalogue import DataKind
from gateway.library.naming import case_number_name, meaning_of
from gateway.xml import Element

_ROLES: Final = ("asker", "child", "spouse", "mother", "father", "head")
_PARTS_OF_BIRTH: Final = {"year": "birth_year", "month": "birth_month", "day": "birth_day"}


@dataclass(slots=True, eq=False)
class Place:
    """An attribute, or an element without children. `value` is that of the example, `role` is whose it is.

    `field` is what it means where it stands; None where its name says nothing. A role is asker, child, spouse,
    mother, father or head; None is the applicant, or whom else the request is about.
    """

    element: Element
    attribute: str | None
    field: str | None
    role: str | None
    value: str

    def write(self, value: str) -> None:
        """Put a value here."""
        if self.attribute is None:
            self.element.text = value
        else:
            self.element.set(self.attribute, value)

    @property
    def name(self) -> str:
        """The local name of the element or attribute."""
        return (self.attribute or str(self.element.tag)).rpartition("}")[2]

    def rename(self, name: str) -> None:
        """Call the element or attribute otherwise, in the same namespace."""
        if self.attribute is None:
            self.element.tag = _named(str(self.element.tag), name)
        elif name != self.name:
            value = self.element.attrib.pop(self.attribute)
            self.attribute = _named(self.attribute, name)
            self.element.set(self.attribute, value)

    @property
    def path(self) -> str:
        """The path from the root, an attribute last as "@name"."""
        here = xml.path_of(self.element)
        return here if self.attribute is None else f"{here}/@{self.attribute.rpartition('}')[2]}"


def places_of(content: Element, kind: DataKind) -> Iterator[Place]:
    """Yield every place of a request of `kind`, in document order."""
    special = case_number_name(kind)
    for place in _places(content, None, None):
        if place.name == special:
            place.field = "case_number"
        yield place


def _places(element: Element, around: frozenset[str] | None, role: str | None) -> Iterator[Place]:
    """Yield the places below; the name of the root (`around` is None) says what a request is, not what stands in it."""
    contexts = frozenset() if around is None else meaning_of(str(element.tag)).contexts
    around = (around or frozenset()) | contexts
    is_leaf = len(element) == 0
    if not is_leaf or "asker" in contexts:
        role = next((found for found in _ROLES if found in contexts), role)
    for name, value in element.attrib.items():
        if not str(name).startswith(f"{{{ns.XSI}}}"):
            yield Place(element, str(name), _field(str(name), element, around), _role(str(name), role), str(value))
    if is_leaf and (element.text or "").strip():
        yield Place(element, None, _field(str(element.tag), element, around), role, (element.text or "").strip())
    for child in element.iterchildren("*"):
        yield from _places(child, around, role)


def _named(name: str, local: str) -> str:
    namespace, brace, _ = name.rpartition("}")
    return f"{namespace}{brace}{local}"


def _role(name: str, role: str | None) -> str | None:
    return "asker" if "asker" in meaning_of(name).contexts else role


def _field(name: str, element: Element, around: frozenset[str]) -> str | None:
    """Return what a name means where it stands: a number is one of a paper only where a paper is around."""
    meaning = meaning_of(name)
    around |= meaning.contexts
    field = meaning.field
    if field in ("series", "number"):
        return _of_paper(field, element) if "paper" in around else None
    if field == "name":
        return _of_name(element, around)
    if field in _PARTS_OF_BIRTH:
        return _PARTS_OF_BIRTH[field] if "birth_date" in _fields_above(element) else None
    return "issued" if field == "date" and _is_in_paper(name, element) else field


def _is_in_paper(name: str, element: Element) -> bool:
    """Tell whether a value is one of a paper itself, not only of what a document is wrapped in."""
    holder = element if name in element.attrib else element.getparent()
    return holder is not None and holder.getparent() is not None and _is_paper(holder)


def _is_paper(holder: Element) -> bool:
    inside = (*map(str, holder.attrib), *(str(child.tag) for child in holder.iterchildren("*")))
    about = {meaning_of(name).field for name in inside}
    return "paper" in meaning_of(str(holder.tag)).contexts and not about.isdisjoint(("series", "number", "paper"))


def _of_paper(field: str, element: Element) -> str:
    """A number that stands without a series holds both."""
    return field if field == "series" or "series" in _fields_beside(element) else "paper"


def _of_name(element: Element, around: frozenset[str]) -> str | None:
    if "family_name" in _fields_beside(element):
        return "first_name"
    if "asker" in around or "firm" in around:
        return "firm_full_name"
    return "full_name" if "person" in around else None


def _fields_beside(element: Element) -> set[str | None]:
    """Return the fields of the attributes of an element, and of the elements that stand beside it."""
    parent = element.getparent()
    beside = [] if parent is None else [str(child.tag) for child in parent.iterchildren("*")]
    return {meaning_of(name).field for name in (*map(str, element.attrib), *beside)}


def _fields_above(element: Element) -> set[str | None]:
    parent = element.getparent()
    return set() if parent is None else {meaning_of(str(parent.tag)).field}
