"""A plugin that makes zeep sign its calls to SMEV and verify the replies; what signs and verifies is given to it."""

from collections.abc import Callable
from typing import Any

from lxml import etree
from zeep import Plugin

from gateway.xml import Element, parse


class Signing(Plugin):
    """`sign` makes a serialised ds:Signature over an element and its Id; `verify` gets the ds:Signature of a reply and
    the element that it must be over, and raises where it is not."""

    def __init__(
        self, sign: Callable[[Element, str], bytes], verify: Callable[[Element, Element], object] | None = None
    ) -> None:
        self._sign = sign
        self._verify = verify

    def egress(self, envelope: Element, http_headers: Any, operation: Any, binding_options: Any) -> tuple[Element, Any]:
        """Sign what has an Id: the data of a message, a selector, a timestamp, the target of Ack."""
        call = _body(envelope)
        signed = next(child for child in call if child.get("Id"))
        name = etree.QName(etree.QName(call).namespace, "CallerInformationSystemSignature")
        container = call.find(name)
        if container is None:  # the WSDL requires it of GetStatus: there something is given to be replaced
            container = etree.SubElement(call, name)
        container[:] = [parse(self._sign(signed, signed.get("Id", "")))]
        return envelope, http_headers

    def ingress(self, envelope: Element, http_headers: Any, operation: Any) -> tuple[Element, Any]:
        """SMEVSignature stands beside what it signs: MessageMetadata, Request, Response, AsyncProcessingStatusData."""
        for container in _body(envelope).iter("{*}SMEVSignature"):
            if self._verify is not None:
                signed = next(child for child in container.itersiblings(preceding=True) if child.get("Id"))
                self._verify(container[0], signed)
        return envelope, http_headers


def _body(envelope: Element) -> Element:
    """The operation in the envelope, or a fault."""
    (body,) = envelope.iterchildren("{http://schemas.xmlsoap.org/soap/envelope/}Body")
    return next(body.iterchildren("*"), body)
