"""What may stand where a schema allows any element (xs:any)."""

from typing import Final

from xmlschema import XMLSchema10
from xmlschema.validators import XsdAnyElement, XsdElement

from gateway import ns

_INVENTED: Final = "Any"
_ELSEWHERE: Final = "urn:any"


class Wildcards:
    """The elements for the wildcards of one schema."""

    def __init__(self, schema: XMLSchema10) -> None:
        self._elements: Final = schema.maps.elements
        self._allowed: Final[dict[int, list[XsdElement]]] = {}

    def declared(self, wildcard: XsdAnyElement) -> list[XsdElement]:
        """Return the elements to choose from, by name: a strict wildcard takes none that is not declared."""
        if wildcard.process_contents != "strict":
            return []
        found = self._allowed.get(id(wildcard))
        if found is None:
            # xmlschema knows the elements of XSD itself in every schema, libxml2 only where they are imported.
            own = (name for name in sorted(self._elements) if not name.startswith(f"{{{ns.XSD}}}"))
            names = [name for name in own if wildcard.is_matching(name)]
            found = self._allowed[id(wildcard)] = [self._elements[name] for name in names]
        return found

    def invented(self, wildcard: XsdAnyElement) -> str:
        """Return the name, in Clark notation, of an element that is declared nowhere, for a lax wildcard or "skip"."""
        own = wildcard.target_namespace
        listed = sorted(uri for uri in wildcard.namespace if not uri.startswith("##"))
        uri = next(uri for uri in (*listed, own, _ELSEWHERE, "") if wildcard.is_namespace_allowed(uri))
        locals_ = (f"{_INVENTED}{number or ''}" for number in range(len(self._elements) + 1))
        names = (f"{{{uri}}}{local}" if uri else local for local in locals_)
        return next(name for name in names if name not in self._elements)
