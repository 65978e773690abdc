"""The service description as served: our WSDL and XSDs with addresses as the caller sees them."""

from pathlib import Path
from typing import Final

from lxml import etree

from gateway.library.wire_schema import WireSchemas
from gateway.ns import WSDL_SOAP, XSD
from gateway.xml import parse

_REFERENCES: Final = (f"{{{XSD}}}import", f"{{{XSD}}}include")


class ServiceDescription:
    """Reads a file when it is asked for: nobody asks often."""

    def __init__(self, schemas: WireSchemas) -> None:
        self._schemas = schemas

    def names(self, version: str) -> list[str]:
        """Return the names that `?xsd=` knows."""
        return sorted(path.name for path in self._schemas.folder(version).glob("*.xsd"))

    def wsdl(self, version: str, address: str) -> bytes:
        """Return the WSDL with soap:address `address` and imports that lead back to it."""
        return _rewritten(self._schemas.folder(version) / f"smev-message-exchange-service-{version}.wsdl", address)

    def xsd(self, version: str, name: str, address: str) -> bytes | None:
        """Return the XSD `name`; None when the version has none of that name."""
        if name not in self.names(version):
            return None
        return _rewritten(self._schemas.folder(version) / name, address)


def _rewritten(path: Path, address: str) -> bytes:
    root = parse(path.read_bytes())
    for element in root.iter(f"{{{WSDL_SOAP}}}address"):
        element.set("location", address)
    for element in root.iter(*_REFERENCES):
        element.set("schemaLocation", f"{address}?xsd={element.get('schemaLocation')}")
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)
