"""A participant that knows nothing of this program: zeep, with what the served WSDL tells it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import zeep  # type: ignore[import-untyped, unused-ignore]
from lxml import etree
from zeep.transports import Transport  # type: ignore[import-untyped, unused-ignore]

from gateway.protocol.moments import write
from gateway.xml import Element, parse
from tests.conversation import CLOCK, address, new_id

_EMPTY_SIGNATURE: Final = b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'


class ZeepParticipant:
    """Synchronous, as zeep is: run it in a thread. zeep unwraps replies that have one child: an empty queue is None."""

    def __init__(self, root: str, mnemonic: str, version: str, plugins: Sequence[Any] = ()) -> None:
        self.transport = Transport(timeout=10, operation_timeout=10)  # type: ignore[no-untyped-call, unused-ignore]
        wsdl = f"{address(root, mnemonic, version)}?wsdl"
        self._client = zeep.Client(  # type: ignore[no-untyped-call, unused-ignore]
            wsdl, transport=self.transport, plugins=list(plugins)
        )

    def send_request(self, content: bytes, attachments: dict[str, bytes] | None = None, **fields: Any) -> Any:
        """SendRequest; `fields` are further children of SenderProvidedRequestData."""
        data: dict[str, Any] = {
            "Id": "SIGNED_BY_CONSUMER",
            "MessageID": new_id(),
            "MessagePrimaryContent": {"_value_1": parse(content)},
            **fields,
        }
        listed = None
        if attachments:
            data["AttachmentHeaderList"] = {
                "AttachmentHeader": [{"contentId": name, "MimeType": "application/zip"} for name in attachments]
            }
            listed = {"AttachmentContent": [{"Id": name, "Content": body} for name, body in attachments.items()]}
        return self._client.service.SendRequest(SenderProvidedRequestData=data, AttachmentContentList=listed)

    def send_response(self, to: str, **answer: Any) -> Any:
        """SendResponse; `answer` is MessagePrimaryContent, RequestRejected or RequestStatus."""
        data = {"Id": "SIGNED_BY_PROVIDER", "MessageID": new_id(), "To": to, **answer}
        return self._client.service.SendResponse(SenderProvidedResponseData=data)

    def get_request(self, namespace: str | None = None, root: str | None = None) -> Any:
        return self._client.service.GetRequest(MessageTypeSelector=_selector(namespace, root))

    def get_response(self, namespace: str | None = None, root: str | None = None) -> Any:
        return self._client.service.GetResponse(MessageTypeSelector=_selector(namespace, root))

    def get_status(self) -> Any:
        signature = {"_value_1": parse(_EMPTY_SIGNATURE)}
        timestamp = {"_value_1": CLOCK.now(), "Id": "SIGNED_BY_CALLER"}
        return self._client.service.GetStatus(timestamp, signature)

    def ack(self, message_id: str) -> Any:
        return self._client.service.Ack({"_value_1": message_id, "Id": "SIGNED_BY_CALLER", "accepted": True})


def content(root: bytes) -> dict[str, Any]:
    """MessagePrimaryContent for zeep."""
    return {"_value_1": parse(root)}


def business_root(data: Any) -> Element:
    """The business root of a received SenderProvided*Data."""
    found = data.MessagePrimaryContent._value_1
    assert isinstance(found, etree._Element)
    return found


def _selector(namespace: str | None, root: str | None) -> dict[str, Any]:
    selector: dict[str, Any] = {
        "NamespaceURI": zeep.xsd.SkipValue,
        "RootElementLocalName": zeep.xsd.SkipValue,
        "Timestamp": write(CLOCK.now()),
        "Id": "SIGNED_BY_CALLER",
    }
    if root is not None:
        selector |= {"NamespaceURI": namespace, "RootElementLocalName": root}
    return selector


@contextmanager
def participant(root: str, mnemonic: str, version: str, plugins: Sequence[Any] = ()) -> Iterator[ZeepParticipant]:
    """A zeep client whose connections end with the block."""
    made = ZeepParticipant(root, mnemonic, version, plugins)
    try:
        yield made
    finally:
        made.transport.session.close()
