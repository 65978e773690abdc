"""A message sent by one version, delivered by another: SMEV namespaces renamed, business content untouched.

The sender's signature covers the old namespaces, so whoever translates drops it (spec §6, inferred from a
real delivery).
"""

from typing import Final

from lxml import etree

from gateway.ns import SMEV3_1_3, Smev3
from gateway.protocol.statuses import InteractionStatus, status_for
from gateway.xml import Element, name_of, parse, source

_ONLY_IN_1_3: Final = frozenset({"NamespaceUri", "Archive", "FileName", "RoutingStatus"})
"""Children of attachment headers and of AsyncProcessingStatus that 1.1 and 1.2 do not have (spec §4)."""


def translate(stored: bytes, sent_by: Smev3, read_by: Smev3) -> bytes:
    """Return the stored element in the namespaces of `read_by`.

    Prefixes stay bound as they were, so a QName inside a value (`xsi:type="ns3:InvalidContent"`) still resolves.
    """
    if sent_by is read_by:
        return stored
    names = {
        sent_by.types: read_by.types,
        sent_by.basic: read_by.basic,
        sent_by.faults: read_by.faults,
    }
    return source(_translated(parse(stored), names, read_by))


def _translated(element: Element, names: dict[str, str], read_by: Smev3) -> Element:
    namespace, local = name_of(element)
    nsmap = {prefix: names.get(uri, uri) for prefix, uri in element.nsmap.items()}
    twin = etree.Element(f"{{{names[namespace]}}}{local}", dict(element.attrib), nsmap=nsmap)
    twin.text = element.text
    if local == "StatusCategory":
        twin.text = status_for(InteractionStatus((element.text or "").strip()), read_by).value
    for child in list(element):
        tail = child.tail
        if not isinstance(child.tag, str) or name_of(child)[0] not in names:
            twin.append(child)
        elif read_by is not SMEV3_1_3 and name_of(child)[1] in _ONLY_IN_1_3:
            continue
        else:
            twin.append(_translated(child, names, read_by))
        twin[-1].tail = tail
    return twin
