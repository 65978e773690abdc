"""The prefixes of a sample: one for each namespace that its schema knows, the same in every sample."""

from typing import Final

from lxml import etree
from xmlschema import XMLSchema10

from gateway import ns
from gateway.xml import Element

XML: Final = "http://www.w3.org/XML/1998/namespace"


class Prefixes:
    """The prefixes that the schema documents themselves use, where those are free; no default namespace.

    A default namespace would swallow elements of no namespace (elementFormDefault="unqualified").
    """

    def __init__(self, schema: XMLSchema10) -> None:
        self.by_uri: Final[dict[str, str]] = {}
        self._add("xsi", ns.XSI)
        self._add("xml", XML)
        documents = sorted(schema.maps.schemas, key=lambda document: (document is not schema, document.url or ""))
        # The documents of XSD itself are among them, and come last.
        for document in sorted(documents, key=lambda document: document.target_namespace in (ns.XSD, ns.XSI, XML)):
            known = sorted(document.namespaces.items())
            for prefix, uri in (*(pair for pair in known if pair[0]), ("", document.target_namespace), *known):
                self._add(prefix, uri)

    def _add(self, prefix: str, uri: str) -> None:
        if not uri or uri in self.by_uri:
            return
        taken = set(self.by_uri.values())
        free = (
            prefix
            if prefix and prefix not in taken
            else next(
                name
                for number in range(1, len(taken) + 3)
                if (name := f"ns{number if number > 1 else ''}") not in taken
            )
        )
        self.by_uri[uri] = free

    def tidy(self, root: Element) -> None:
        """Take off `root` the declarations that neither names nor values need."""
        values = (value for node in root.iter("*") for value in (node.text or "", *node.attrib.values()))
        words = {word.partition(":")[0] for value in values if ":" in value for word in value.split()}
        etree.cleanup_namespaces(root, keep_ns_prefixes=sorted(words.intersection(self.by_uri.values())))

    def written(self, name: str) -> str | None:
        """Return the QName of a name in Clark notation; None for a namespace that the schema does not know."""
        uri, _, local = name.removeprefix("{").rpartition("}")
        if not uri:
            return local
        prefix = self.by_uri.get(uri)
        return None if prefix is None else f"{prefix}:{local}"

    def named(self, written: str) -> str | None:
        """Return the name in Clark notation of a QName; None when its prefix is unknown."""
        prefix, colon, local = written.partition(":")
        if not colon:
            return written
        return next((f"{{{uri}}}{local}" for uri, known in self.by_uri.items() if known == prefix), None)
