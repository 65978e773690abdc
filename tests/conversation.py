"""What tests say on the wire and hear back: content samples, raw calls, whole exchanges."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final, cast

import aiohttp
from lxml import etree

from gateway.client import Smev3Client
from gateway.machine import SystemClock, new_ids
from gateway.ns import SMEV3_VERSIONS, SOAP_ENVELOPE, Smev3
from gateway.protocol import mtom, participant_calls
from gateway.protocol.messages import AttachmentHeader, MessageType, Rejection, RequestStatus, Selector
from gateway.protocol.participant_calls import Outgoing
from gateway.protocol.soap import open_envelope
from gateway.xml import Element, name_of, parse, source

_SCHEMAS: Final = Path(__file__).resolve().parents[1] / "schemas"
SMEV3_SCHEMAS: Final = _SCHEMAS / "smev3"
VERSIONS: Final = tuple(SMEV3_VERSIONS)
CROSS_VERSIONS: Final = tuple((sender, reader) for sender in VERSIONS for reader in VERSIONS if sender != reader)
CLOCK: Final = SystemClock()
_IDS: Final = new_ids()

PROVIDER: Final = "FNS"
CONSUMER: Final = "MYSYSTEM"
INN_KIND: Final = "fns/inn-by-person"
INN_NAMESPACE: Final = "urn://x-artefacts-fns-inn-singular/root/270-18/4.0.1"
INN_REQUEST_TYPE: Final = MessageType(INN_NAMESPACE, "FNSINNSingularRequest")
INN_RESPONSE_TYPE: Final = MessageType(INN_NAMESPACE, "FNSINNSingularResponse")


def example(kind: str, role: str) -> bytes:
    """The example content of a kind, "agency/kind/version", as it stands inside MessagePrimaryContent."""
    return source(parse((_SCHEMAS / "kinds" / kind / f"example-{role}.xml").read_bytes()))


INN_REQUEST: Final = example("fns/inn-by-person/4.0.1", "request")
INN_RESPONSE: Final = example("fns/inn-by-person/4.0.1", "response")
INVALID_INN_REQUEST: Final = INN_REQUEST.replace('ДатаРожд="1967-03-10"'.encode(), 'ДатаРожд="вчера"'.encode())
INVALID_INN_RESPONSE: Final = INN_RESPONSE.replace(b"379945132320", b"not an INN")


def new_id(moment: datetime | None = None) -> str:
    """A MessageID that nobody has used, of now or of `moment`."""
    return _IDS.message_id(moment or CLOCK.now())


def c14n(element: Element) -> bytes:
    """Exclusive C14N: what a signature of `element` covers, comments too."""
    return etree.tostring(element, method="c14n", exclusive=True)


def swap(text: bytes, old: bytes | str, new: bytes | str) -> bytes:
    """Replace the first `old`, which must be there: a call that is broken in one place."""
    before, after = (part.encode() if isinstance(part, str) else part for part in (old, new))
    assert before in text, f"{before!r} is not in {text!r}"
    return text.replace(before, after, 1)


def below(element: Element, *locals_: str) -> Element:
    """The first descendant by local names, one after the other."""
    for local in locals_:
        element = next(node for node in element.iter("*") if name_of(node)[1] == local)
    return element


# --- calls -----------------------------------------------------------------------------------------------------


def send_request(
    version: str = "1.2", message_id: str | None = None, content: bytes = INN_REQUEST, options: Outgoing | None = None
) -> bytes:
    """The envelope with which a consumer sends a request."""
    chosen = new_id() if message_id is None else message_id
    return participant_calls.send_request(SMEV3_VERSIONS[version], chosen, content, options or Outgoing())[0]


def send_response(
    to: str,
    version: str = "1.2",
    message_id: str | None = None,
    answer: bytes | Sequence[Rejection] | RequestStatus = INN_RESPONSE,
) -> bytes:
    """The envelope with which a provider answers."""
    return participant_calls.send_response(SMEV3_VERSIONS[version], message_id or new_id(), to, answer)[0]


def get(operation: str, message_type: MessageType | None = None, version: str = "1.2") -> bytes:
    """The envelope of GetRequest or GetResponse."""
    return participant_calls.get(SMEV3_VERSIONS[version], operation, Selector(message_type), CLOCK.now())


def ack(message_id: str, version: str = "1.2") -> bytes:
    """The envelope of Ack."""
    return participant_calls.ack(SMEV3_VERSIONS[version], message_id)


def with_attachments(
    attachments: Mapping[str, bytes], version: str = "1.2", message_id: str | None = None
) -> tuple[bytes, tuple[tuple[str, bytes], ...]]:
    """SendRequest with attachments by Id: the envelope and its XOP parts."""
    listed = [(AttachmentHeader(name, "application/zip"), content) for name, content in attachments.items()]
    smev, chosen = SMEV3_VERSIONS[version], message_id or new_id()
    return participant_calls.send_request(smev, chosen, INN_REQUEST, attachments=listed)


def signed(envelope: bytes, certificate: str, smev: Smev3 = SMEV3_VERSIONS["1.2"]) -> bytes:
    """The call with a CallerInformationSystemSignature that holds `certificate` (base64); nothing is computed."""
    signature = (
        f'<ns2:CallerInformationSystemSignature xmlns:ns2="{smev.types}">'
        '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo>'
        '<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:SignedInfo>'
        f"<ds:SignatureValue>c2lnbmVk</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}"
        "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature></ns2:CallerInformationSystemSignature>"
    )
    head, closing, tail = envelope.rpartition(b"</ns2:")
    return head + signature.encode() + closing + tail


# --- over HTTP -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """An HTTP reply to a raw call."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        return self.headers["Content-Type"]

    @property
    def package(self) -> mtom.Package:
        return mtom.unpack(self.content_type, self.body)

    @property
    def child(self) -> Element:
        """The child of soap:Body, XOP parts inlined."""
        package = self.package
        child = open_envelope(package.root)
        mtom.inline(child, package)
        return child

    @property
    def detail(self) -> Element | None:
        """The element inside detail of a fault."""
        assert self.child.tag == f"{{{SOAP_ENVELOPE}}}Fault", self.body
        detail = self.child.find("detail")
        return None if detail is None else detail[0]

    @property
    def fault(self) -> str:
        """Local name of the SMEV fault; of a plain SOAP fault its code."""
        detail = self.detail
        return name_of(detail)[1] if detail is not None else self.child.findtext("faultcode") or ""


async def post(
    url: str, body: bytes, headers: Mapping[str, str] | None = None, content_type: str = "text/xml; charset=utf-8"
) -> Answer:
    """POST `body` as it is."""
    sent = {"Content-Type": content_type, **(headers or {})}
    async with aiohttp.ClientSession() as session, session.post(url, data=BytesIO(body), headers=sent) as reply:
        return Answer(reply.status, dict(reply.headers), await reply.read())


async def fetch(url: str, headers: Mapping[str, str] | None = None) -> Answer:
    """GET."""
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as reply:
        return Answer(reply.status, dict(reply.headers), await reply.read())


async def explanation(root: str, answer: Answer) -> dict[str, Any]:
    """The journal entry that the refusal points at."""
    entry = await fetch(root + answer.headers["X-Mock-Smev-Explain"])
    assert entry.status == 200, entry.body
    return cast("dict[str, Any]", json.loads(entry.body))


def address(root: str, mnemonic: str, version: str = "1.2") -> str:
    """Where `mnemonic` calls."""
    return f"{root}/as/{mnemonic}/smev/v{version}/ws"


def client(root: str, mnemonic: str, version: str = "1.2") -> Smev3Client:
    """A participant that speaks our own client library."""
    return Smev3Client(root, mnemonic, CLOCK, _IDS, version=version)


async def whole_exchange(root: str, consumer: str = CONSUMER, provider: str = PROVIDER, version: str = "1.2") -> None:
    """The consumer asks, the provider takes and answers, the consumer takes: what must work after anything."""
    async with client(root, consumer, version) as asking, client(root, provider, version) as answering:
        sent = await asking.send_request(INN_REQUEST)
        request = await answering.take_request(INN_REQUEST_TYPE)
        assert request is not None
        assert request.message_id == sent.message_id
        assert c14n(request.content) == c14n(parse(INN_REQUEST))
        await answering.ack(request.metadata.message_id)
        assert request.reply_to is not None
        await answering.send_response(request.reply_to, INN_RESPONSE)
        response = await asking.take_response(INN_RESPONSE_TYPE)
        assert response is not None
        assert response.original_message_id == sent.message_id
        assert response.content is not None
        assert c14n(response.content) == c14n(parse(INN_RESPONSE))
        await asking.ack(response.metadata.message_id)
        assert await asking.take_response() is None
        assert await answering.take_request() is None
