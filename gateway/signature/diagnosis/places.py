"""Where a message has signatures, and what each of them must be over (spec §3, §9)."""

from collections.abc import Iterator, Mapping
from typing import Final

from lxml import etree

from gateway import ns
from gateway.signature.diagnosis.findings import Kind
from gateway.signature.parts import IDS
from gateway.values import value
from gateway.xml import Element

SIGNATURE: Final = f"{{{ns.XMLDSIG}}}Signature"

_HOLDERS: Final[Mapping[str, tuple[Kind, tuple[str, ...]]]] = {
    "CallerInformationSystemSignature": (
        Kind.CALLER,
        (
            "SenderProvidedRequestData",
            "SenderProvidedResponseData",
            "MessageTypeSelector",
            "Timestamp",
            "AckTargetMessage",
        ),
    ),
    "SenderInformationSystemSignature": (Kind.SENDER, ("SenderProvidedRequestData", "SenderProvidedResponseData")),
    "SMEVSignature": (Kind.SMEV, ("MessageMetadata", "Request", "Response", "AsyncProcessingStatusData")),
}
"""By the element that holds the ds:Signature: whose it is, and which of its siblings it is over."""


@value
class Place:
    """A ds:Signature, and the element that it must be over; None where there is none."""

    kind: Kind
    signature: Element
    target: Element | None


def places(root: Element) -> Iterator[Place]:
    """Yield every ds:Signature below `root`, in the order of the document."""
    for signature in root.iter(SIGNATURE):
        kind, target = _of_holder(signature)
        yield Place(kind, signature, target)


def _of_holder(signature: Element) -> tuple[Kind, Element | None]:
    holder = signature.getparent()
    if holder is None:
        return Kind.OTHER, None
    name = _local(holder)
    if name in _HOLDERS:
        kind, targets = _HOLDERS[name]
        parent = holder.getparent()
        return kind, None if parent is None else _child(parent, targets)
    if name == "PersonalSignature":
        parent = holder.getparent()
        content = None if parent is None else _child(parent, ("MessagePrimaryContent",))
        return Kind.PERSONAL, None if content is None else next(_elements(content), None)
    return Kind.OTHER, _named(signature)


def _named(signature: Element) -> Element | None:
    """Return the only element that the Reference names; nobody else says what is to be signed there."""
    reference = next(signature.iter(f"{{{ns.XMLDSIG}}}Reference"), None)
    identifier = "" if reference is None else reference.get("URI", "").removeprefix("#")
    found = with_id(signature, identifier) if identifier else []
    return found[0] if len(found) == 1 else None


def with_id(within: Element, identifier: str) -> list[Element]:
    """Return the elements of the document that have this Id."""
    return [each for each in identified(within) if any(each.get(name) == identifier for name in IDS)]


_IDENTIFIED: Final = etree.XPath("//*[" + " or ".join(f"@{name}" for name in IDS) + "]")


def identified(within: Element) -> list[Element]:
    """Return the elements of the document that have an Id of any spelling."""
    found: list[Element] = _IDENTIFIED(within.getroottree())
    return found


def _child(parent: Element, names: tuple[str, ...]) -> Element | None:
    return next((child for child in _elements(parent) if _local(child) in names), None)


def _elements(parent: Element) -> Iterator[Element]:
    return parent.iterchildren("*")


def _local(element: Element) -> str:
    return etree.QName(element).localname
