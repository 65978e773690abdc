"""The XSDs of message-exchange themselves: is a call valid on the wire, and served as files."""

import re
from pathlib import Path
from typing import Final

from lxml import etree

from gateway.library.violations import MAX_VIOLATIONS, SchemaViolation, shortened
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
        return tuple(
            f"{_readable(entry.path)}: {_without_namespaces(entry.message)}" for entry in self._entries(call, smev)
        )

    def failures(self, call: Element, smev: Smev3) -> tuple[SchemaViolation, ...]:
        """Return the same with what was expected and what was found, as far as the sentences tell."""
        return tuple(_failure(entry) for entry in self._entries(call, smev)[:MAX_VIOLATIONS])

    def _entries(self, call: Element, smev: Smev3) -> list[etree._LogEntry]:
        schema = self._schema(smev.version)
        if schema.validate(call):
            return []
        return [entry for entry in schema.error_log if _FORGIVEN.match(entry.message) is None]

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


_SENTENCES: Final = tuple(
    (re.compile(sentence, re.DOTALL), expected, found)
    for sentence, expected, found in (
        (r"Element '(.*?)': Missing child element\(s\)\. Expected is (?:one of )?\( (.*) \)\.", r"\2", ""),
        (
            r"Element '(.*?)': This element is not expected\. Expected is (?:one of )?\( (.*) \)\.",
            r"\2",
            r"\1",
        ),
        (r"Element '(.*?)': This element is not expected\.", "", r"\1"),
        (r"Element '.*?'(?:, attribute '.*?')?: \[facet '(\w+)'\] The value '(.*)' .*?'(.*?)'\.", r"\1 \3", r"\2"),
        (r"Element '.*?'(?:, attribute '.*?')?: '(.*)' is not a valid value of the .*type '(.*?)'\.", r"\2", r"\1"),
        (r"Element '.*?': The attribute '(.*?)' is required but missing\.", r"@\1", ""),
        (r"Element '.*?', attribute '(.*?)': The attribute '.*?' is not allowed\.", "", r"@\1"),
    )
)
"""What libxml2 says: the sentence, what was expected, what was found; empty is nothing."""


def _failure(entry: etree._LogEntry) -> SchemaViolation:
    message = _without_namespaces(entry.message)
    path, line = _readable(entry.path), entry.line
    for sentence, expected, found in _SENTENCES:
        match = sentence.fullmatch(message)
        if match is not None:
            return SchemaViolation(
                path, match.expand(expected) or "—", shortened(match.expand(found)) or "—", shortened(message), line
            )
    return SchemaViolation(path, shortened(message), "—", shortened(message), line)


def _readable(path: str | None) -> str:
    steps = (path or "").split("/")
    return "/".join(step.rpartition(":")[2] for step in steps)


def _without_namespaces(message: str) -> str:
    for smev in SMEV3_VERSIONS.values():
        for namespace in (smev.types, smev.basic):
            message = message.replace(f"{{{namespace}}}", "")
    return message
