"""Requests that SMEV offers a body instead of what it refused: ready to send, of this sandbox alone."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeAlias

from gateway import xml
from gateway.xml import Element

_CONTENT: Final = "MessagePrimaryContent"

OfferReader: TypeAlias = Callable[[str], Awaitable[Mapping[str, bytes]]]
"""Returns what is offered instead of the message of this MessageID: whole SendRequests in SOAP by kind id."""


def content_of(envelope: bytes) -> Element | None:
    """Return the business content of a SendRequest; None when it has none."""
    holder = next((node for node in xml.parse(envelope).iter("*") if xml.name_of(node)[1] == _CONTENT), None)
    content = None if holder is None else next(holder.iterchildren("*"), None)
    return None if content is None else xml.parse(xml.source(content))
