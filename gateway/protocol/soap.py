"""SOAP 1.1 envelopes: opened and closed, faults rendered. Anything of message-exchange is one floor up."""

from collections.abc import Mapping
from typing import Final

from gateway.ns import SOAP12_ENVELOPE, SOAP_ENVELOPE, XSI, Smev3
from gateway.protocol.faults import Explanation, SmevFault, SoapFault, VersionMismatch
from gateway.values import value
from gateway.words import say
from gateway.xml import Element, XmlError, escape, name_of, parse

_OPEN: Final = f'<soap:Envelope xmlns:soap="{SOAP_ENVELOPE}"><soap:Body>'.encode()
_CLOSE: Final = b"</soap:Body></soap:Envelope>"
_ENVELOPE: Final = f"{{{SOAP_ENVELOPE}}}Envelope"
_BODY: Final = f"{{{SOAP_ENVELOPE}}}Body"


@value
class Answer:
    """What a POST of a call brings back: the HTTP status, the Content-Type, the body.

    `explain` is the path where this sandbox explains a refusal; None of any other SMEV. The last two are broken on
    purpose: `delay` is how long it waits before it leaves (seconds of real time), `share` how much of it leaves before
    the connection is closed (1 all of it, 0 nothing at all).
    """

    status: int
    content_type: str
    body: bytes
    explain: str | None = None
    delay: float = 0.0
    share: float = 1.0


def open_envelope(document: bytes) -> Element:
    """Return the one child of soap:Body. Header is optional, prefixes are free, SOAPAction is not looked at.

    Raises: SoapFault, VersionMismatch.
    """
    try:
        root = parse(document)
    except XmlError as error:
        raise SoapFault(
            Explanation(
                "xml",
                say("правильный XML-документ без DOCTYPE", "a well-formed XML document without a DOCTYPE"),
                str(error),
                advice=say("исправьте XML запроса", "correct the XML of the request"),
            )
        ) from error
    if root.tag != _ENVELOPE:
        raise _not_an_envelope(root)
    body = next(root.iterchildren(_BODY), None)
    if body is None:
        expected, found = say("элемент soap:Body", "the element soap:Body"), say("его нет", "none")
        raise SoapFault(Explanation("soap", expected, found, where="/Envelope"))
    children = list(body.iterchildren("*"))
    if len(children) != 1:
        expected = say("ровно один элемент в soap:Body", "exactly one element in soap:Body")
        raise SoapFault(Explanation("soap", expected, f"{len(children)}", where="/Envelope/Body"))
    return children[0]


def _not_an_envelope(root: Element) -> SoapFault:
    namespace, local = name_of(root)
    advice = say("отправьте конверт SOAP 1.1", "send an envelope of SOAP 1.1")
    if namespace == SOAP12_ENVELOPE:
        advice += say(", не SOAP 1.2", ", not of SOAP 1.2")
    explanation = Explanation(
        "soap",
        f"{{{SOAP_ENVELOPE}}}Envelope (SOAP 1.1)",
        f"{{{namespace}}}{local}",
        where="/",
        advice=advice,
    )
    return VersionMismatch(explanation) if local == "Envelope" else SoapFault(explanation)


def close_envelope(body_child: bytes) -> bytes:
    """Wrap a serialised Body child into an envelope."""
    return b"".join((_OPEN, body_child, _CLOSE))


def render_fault(fault: SmevFault, smev: Smev3) -> bytes:
    """Render the whole envelope of a SMEV fault, framed as real replies are: default namespace basic, ns3 faults."""
    detail = fault_element(fault, smev, fault.full_code)
    return close_envelope(
        f"<soap:Fault><faultcode>soap:Server</faultcode><faultstring>{escape(fault.description)}</faultstring>"
        f"<detail>{detail}</detail></soap:Fault>".encode()
    )


def render_soap_fault(fault: SoapFault) -> bytes:
    """Render the whole envelope of a plain SOAP fault."""
    return close_envelope(
        f"<soap:Fault><faultcode>{fault.faultcode}</faultcode>"
        f"<faultstring>{escape(str(fault))}</faultstring></soap:Fault>".encode()
    )


def fault_element(fault: SmevFault, smev: Smev3, code: str, name: str | None = None) -> str:
    """Serialise the fault element; `name` "SmevFault" renders it as AsyncProcessingStatus embeds it.

    Even faults whose schema type is basic:Void carry Code and Description, said by xsi:type (spec §5).
    """
    xsi_type = f"ns3:{fault.name}" if fault.fields else "SmevFault"
    element = f"ns2:{name}" if name else f"ns3:{fault.name}"
    needs_type = name is not None or not fault.fields
    own = "".join(
        f"<ns3:{local}{_attributes(attributes)}>{escape(text)}</ns3:{local}>"
        for local, text, attributes in fault.fields
    )
    declarations = (
        f' xmlns="{smev.basic}" xmlns:ns2="{smev.types}" xmlns:ns3="{smev.faults}" xmlns:xsi="{XSI}"'
        if name is None
        else f' xmlns:xsi="{XSI}"'
    )
    type_attribute = f' xsi:type="{xsi_type}"' if needs_type else ""
    return (
        f"<{element}{declarations}{type_attribute}>"
        f"<Code>{escape(code)}</Code><Description>{escape(fault.description)}</Description>{own}</{element}>"
    )


def _attributes(attributes: Mapping[str, str]) -> str:
    return "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
