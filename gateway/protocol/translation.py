"""A message sent by one version, delivered by another: SMEV namespaces renamed, business content untouched.

The sender's signature covers the old namespaces, so whoever translates drops it (spec §6, inferred from a
real delivery).
"""

from collections.abc import Iterator, Mapping
from typing import Final

from gateway.ns import SMEV3_1_3, SMEV3_VERSIONS, Smev3
from gateway.protocol.statuses import InteractionStatus, status_for
from gateway.xml import Element, escape, name_of, parse, source

_ONLY_IN_1_3: Final = frozenset({"NamespaceUri", "Archive", "FileName", "RoutingStatus"})
"""Children of attachment headers and of AsyncProcessingStatus that 1.1 and 1.2 do not have (spec §4)."""

_OPAQUE: Final = frozenset({"MessagePrimaryContent", "PersonalSignature", "BusinessProcessMetadata"})
"""What stands below these is the sender's own, even where it is in a namespace of SMEV."""

_RENAMED: Final = {
    read_by.version: {
        old: new
        for other in SMEV3_VERSIONS.values()
        for old, new in ((other.types, read_by.types), (other.basic, read_by.basic), (other.faults, read_by.faults))
    }
    for read_by in SMEV3_VERSIONS.values()
}

_Scope = Mapping[str | None, str]


def translate(stored: bytes, sent_by: Smev3, read_by: Smev3) -> bytes:
    """Return the stored element in the namespaces of `read_by`.

    Prefixes stay bound as they were, so a QName inside a value (`xsi:type="ns3:InvalidContent"`) still resolves.
    """
    if sent_by is read_by:
        return stored
    # Outside there may be a default namespace (see `gateway.xml.source`).
    return b"".join(_written(parse(stored), {None: ""}, read_by))


def _written(element: Element, outer: _Scope, read_by: Smev3) -> Iterator[bytes]:
    # Written by hand: lxml gives a moved element another prefix where two mean the same namespace, and that changes
    # its C14N and unbinds the QNames in its values.
    names = _RENAMED[read_by.version]
    scope: _Scope = {prefix: names.get(uri, uri) for prefix, uri in element.nsmap.items() if uri}
    local = name_of(element)[1]
    name = f"{element.prefix}:{local}" if element.prefix else local
    yield f"<{name}{_declarations(scope, outer)}{_attributes(element, scope)}>{_text(element, local, read_by)}".encode()
    for child in element:
        yield from _child(child, local in _OPAQUE, scope, read_by)
    yield f"</{name}>".encode()


def _child(child: Element, opaque: bool, scope: _Scope, read_by: Smev3) -> Iterator[bytes]:
    if isinstance(child.tag, str):
        namespace, local = name_of(child)
        if opaque or namespace not in _RENAMED[read_by.version]:
            yield source(child)
        elif read_by is not SMEV3_1_3 and local in _ONLY_IN_1_3:
            return
        else:
            yield from _written(child, scope, read_by)
    yield escape(child.tail or "").encode()


def _text(element: Element, local: str, read_by: Smev3) -> str:
    text = element.text or ""
    if local == "StatusCategory":
        return status_for(InteractionStatus(text.strip()), read_by).value
    return escape(text)


def _declarations(scope: _Scope, outer: _Scope) -> str:
    changed = {prefix: uri for prefix, uri in scope.items() if outer.get(prefix) != uri}
    if None in outer and None not in scope:
        changed[None] = ""
    return "".join(
        f' xmlns:{prefix}="{escape(uri)}"' if prefix else f' xmlns="{escape(uri)}"' for prefix, uri in changed.items()
    )


def _attributes(element: Element, scope: _Scope) -> str:
    prefixes = {uri: prefix for prefix, uri in scope.items() if prefix}
    return "".join(
        f' {_attribute_name(str(name), prefixes)}="{_attribute_text(str(value))}"'
        for name, value in element.attrib.items()
    )


def _attribute_name(name: str, prefixes: Mapping[str, str]) -> str:
    namespace, separator, local = name.removeprefix("{").partition("}")
    if not separator:
        return name
    # The namespace of xml:space and xml:lang is bound without a declaration.
    return f"{prefixes.get(namespace, 'xml')}:{local}"


def _attribute_text(value: str) -> str:
    # White space other than blanks would be normalised away.
    return escape(value).replace("\n", "&#xA;").replace("\t", "&#x9;")
