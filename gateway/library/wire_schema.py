"""The XSDs of message-exchange themselves: is a call valid on the wire, and served as files."""

import re
from pathlib import Path
from typing import Final

from lxml import etree

from gateway.ns import SMEV3_VERSIONS, Smev3
from gateway.xml import Element

_FORGIVEN: Final = re.compile(
    # Its form has a fault of its own, InvalidMessageIdFormat.
    r"Element '\{[^}]*\}MessageID': (?!This element is not expected)"
    # Signatures are optional in a sandbox, and people leave placeholders where one belongs.
    r"|.* Missing child element\(s\)\. Expected is \( \{[^}]*\}CallerInformationSystemSignature \)\.$"
    r"|Element '\{[^}]*\}CallerInformationSystemSignature': Character content"
    r"|.* Expected is \( \{http://www\.w3\.org/2000/09/xmldsig#\}\* \)\.$",
    re.DOTALL,
)


class WireSchemas:
    """`schemas/smev3/<version>/`; each version is compiled when its first call comes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._compiled: dict[str, etree.XMLSchema] = {}

    def folder(self, version: str) -> Path:
        """Return where the WSDL and the XSDs of `version` lie."""
        return self._folder / version

    def violations(self, call: Element, smev: Smev3) -> tuple[str, ...]:
        """Return the validator's sentences about `call`, a Body child without its AttachmentContentList."""
        schema = self._schema(smev.version)
        if schema.validate(call):
            return ()
        entries = [entry for entry in schema.error_log if _FORGIVEN.match(entry.message) is None]
        return tuple(f"{_readable(entry.path)}: {_without_namespaces(entry.message)}" for entry in entries)

    def compile(self) -> None:
        """Compile every version now, so that no call pays for it."""
        for version in SMEV3_VERSIONS:
            self._schema(version)

    def _schema(self, version: str) -> etree.XMLSchema:
        compiled = self._compiled.get(version)
        if compiled is None:
            path = self._folder / version / f"smev-message-exchange-types-{version}.xsd"
            compiled = self._compiled[version] = etree.XMLSchema(file=str(path))
        return compiled


def _readable(path: str | None) -> str:
    steps = (path or "").split("/")
    return "/".join(step.rpartition(":")[2] for step in steps)


def _without_namespaces(message: str) -> str:
    for smev in SMEV3_VERSIONS.values():
        for namespace in (smev.types, smev.basic):
            message = message.replace(f"{{{namespace}}}", "")
    return message
