"""Calls made by hand, without HTTP and SOAP clients: the same checks, the same journal, the same queues.

A call is written as a participant writes it, read as SMEV reads it, performed, and its reply read as a participant
reads it; nothing goes around the exchange.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gateway.domain.clock import Clock
from gateway.domain.ids import IdSource
from gateway.domain.queues import Queue
from gateway.domain.signature_mode import SignatureMode
from gateway.exchange.callers import Callers, new_by_name
from gateway.exchange.message_exchange import MessageExchange
from gateway.exchange.on_signature import is_signed
from gateway.exchange.refusals import Refusals
from gateway.exchange.signatures import Signatures
from gateway.keyring import KeyringUnusable
from gateway.ns import SMEV3_VERSIONS, Smev3
from gateway.protocol import operations, participant_calls, participant_replies, soap
from gateway.protocol.faults import Explanation, SMEVFailure, SmevFault, SoapFault
from gateway.protocol.messages import AttachmentHeader, Metadata, Rejection, Selector
from gateway.protocol.mtom import MtomError, Package
from gateway.protocol.participant_calls import Outgoing
from gateway.protocol.participant_replies import AsyncStatus, ReceivedRequest, ReceivedResponse
from gateway.protocol.replies import encode
from gateway.protocol.smev3 import read_call
from gateway.words import say
from gateway.xml import Element, parse, source

Attachments = Sequence[tuple[AttachmentHeader, bytes]]

_HOLDER: Final = "CallerInformationSystemSignature"
_TAKEN_BY: Final = {Queue.REQUESTS: "GetRequest", Queue.RESPONSES: "GetResponse", Queue.STATUSES: "GetStatus"}


@dataclass(frozen=True, slots=True)
class Speech:
    """Who speaks, and in which version of message-exchange."""

    mnemonic: str
    version: str = "1.2"


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that was taken, as its recipient reads it, and the reply that it came in, attachments left out."""

    message: ReceivedRequest | ReceivedResponse | AsyncStatus
    xml: bytes


class RefusedByHand(Exception):
    """SMEV refused the call: its fault, and the seq of the journal entry (None when even that failed)."""

    def __init__(self, fault: SmevFault | SoapFault, seq: int | None) -> None:
        self.fault, self.seq = fault, seq
        super().__init__(str(fault))


class ByHand:
    """Performs calls of any participant. Everything here raises RefusedByHand and StoreError."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a composition root hands over
        self,
        exchange: MessageExchange,
        callers: Callers,
        refusals: Refusals,
        clock: Clock,
        ids: IdSource,
        signatures: Signatures | None = None,
    ) -> None:
        """In mode `strict` a call that is not signed is signed for whoever makes it."""
        self._exchange, self._callers, self._refusals = exchange, callers, refusals
        self._clock, self._ids, self._signatures = clock, ids, signatures
        self._sign = None if signatures is None else signatures.sign

    def new_message_id(self) -> str:
        """Return a MessageID that nobody has used."""
        return self._ids.message_id(self._clock.now())

    async def send_request(
        self, speech: Speech, message_id: str, content: Element, options: Outgoing, attachments: Attachments = ()
    ) -> Metadata:
        """Send a request with the business content `content`."""
        smev = SMEV3_VERSIONS[speech.version]
        envelope, parts = participant_calls.send_request(smev, message_id, source(content), options, attachments)
        return await self.send_envelope(speech, envelope, parts)

    async def send_response(
        self,
        speech: Speech,
        message_id: str,
        to: str,
        answer: Element | Sequence[Rejection],
        attachments: Attachments = (),
    ) -> Metadata:
        """Answer a request, whose ReplyTo is `to`, with business content or with rejections."""
        smev = SMEV3_VERSIONS[speech.version]
        body = source(answer) if isinstance(answer, Element) else answer
        envelope, parts = participant_calls.send_response(smev, message_id, to, body, attachments)
        return await self.send_envelope(speech, envelope, parts)

    async def send_envelope(
        self, speech: Speech, envelope: bytes, parts: tuple[tuple[str, bytes], ...] = ()
    ) -> Metadata:
        """Send SendRequest or SendResponse as written, whichever version it is of."""
        call, reply = await self._perform(speech, envelope, parts, only=("SendRequest", "SendResponse"))
        assert isinstance(reply, operations.Sent), call.name  # noqa: S101 - what these two calls reply with
        return reply.metadata

    async def take(self, speech: Speech, queue: Queue, selector: Selector) -> Taken | None:
        """Take the next message of a queue, None when there is none."""
        smev, name, now = SMEV3_VERSIONS[speech.version], _TAKEN_BY[queue], self._clock.now()
        if queue is Queue.STATUSES:
            envelope = participant_calls.get_status(smev, now)
        else:
            envelope = participant_calls.get(smev, name, selector, now)
        call, reply = await self._perform(speech, envelope)
        # With attachments as parts: base64 in the XML could be longer than the parser allows.
        encoded = encode(reply, call.smev, call.name, xop=True, sign=self._sign)
        answer = Package(soap.close_envelope(encoded.body_child), dict(encoded.parts))
        message = _READERS[queue](participant_replies.open_reply(answer, name))
        return None if message is None else Taken(message, encoded.body_child)

    async def ack(self, speech: Speech, message_id: str, *, accepted: bool = True) -> None:
        """Acknowledge a message that was taken."""
        smev = SMEV3_VERSIONS[speech.version]
        await self._perform(speech, participant_calls.ack(smev, message_id, accepted=accepted))

    def _signed(self, call: operations.Call, body_child: Element, envelope: bytes, mnemonic: str) -> bytes:
        signing = call.signing
        if self._signatures is None or signing is None or is_signed(signing):
            return envelope
        identifier = signing.target.get("Id") or participant_calls.BY_CALLER
        signing.target.set("Id", identifier)
        new_by_name(mnemonic)  # who can be nobody has no key
        try:
            signature = self._signatures.sign_as(mnemonic)(source(signing.target), identifier)
        except KeyringUnusable as error:
            key = say(f"ключ участника {mnemonic}", f"the key of {mnemonic}")
            raise SMEVFailure(Explanation("keyring", key, str(error))) from error
        return _with_signature(body_child, call.smev, signature)

    async def _perform(
        self, speech: Speech, envelope: bytes, parts: tuple[tuple[str, bytes], ...] = (), only: tuple[str, ...] = ()
    ) -> tuple[operations.Call, operations.Reply]:
        call: operations.Call | None = None
        try:
            call, body_child = _read(Package(envelope, dict(parts)), only)
            if self._signatures is not None and self._signatures.mode is SignatureMode.STRICT:
                envelope = self._signed(call, body_child, envelope, speech.mnemonic)
                call, body_child = _read(Package(envelope, dict(parts)), only)
            async with self._callers.door:
                caller = await self._callers.recognise(call, speech.mnemonic, envelope)
                reply = await self._exchange.perform(call, caller, body_child)
        except (SmevFault, SoapFault) as fault:
            seq = await self._refusals.record(fault, speech.mnemonic, call, envelope)
            raise RefusedByHand(fault, seq) from fault
        return call, reply


def _with_signature(body_child: Element, smev: Smev3, signature: bytes) -> bytes:
    """Return the envelope of a call with CallerInformationSystemSignature, where the XSDs have it."""
    for empty in body_child.findall(f"{{{smev.types}}}{_HOLDER}"):
        body_child.remove(empty)
    routing = body_child.find(f"{{{smev.routing}}}Routing")  # 1.3: comes after the signature
    place = len(body_child) if routing is None else body_child.index(routing)
    holder = f'<ns2:{_HOLDER} xmlns:ns2="{smev.types}">'.encode() + signature + f"</ns2:{_HOLDER}>".encode()
    body_child.insert(place, parse(holder))
    return soap.close_envelope(source(body_child))


def _read(package: Package, only: tuple[str, ...]) -> tuple[operations.Call, Element]:
    body_child = soap.open_envelope(package.root)
    try:
        call = read_call(body_child, package)
    except MtomError as error:
        raise SoapFault(Explanation("mtom", "XOP (MTOM)", str(error))) from error
    if only and call.name not in only:
        raise SoapFault(Explanation("operation", " | ".join(only), call.name, where="/Envelope/Body"))
    return call, body_child


_READERS: Final = {
    Queue.REQUESTS: participant_replies.read_request,
    Queue.RESPONSES: participant_replies.read_response,
    Queue.STATUSES: participant_replies.read_async_status,
}
