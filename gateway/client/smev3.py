"""The six operations of message-exchange as coroutines, typed, with retries that keep the MessageID."""

import asyncio
import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self, TypeVar
from urllib.parse import urlsplit

import aiohttp

from gateway import machine
from gateway.client.by_reference import THRESHOLD, ByReference, FileNotTransferred, FilePlace, place_at
from gateway.client.files import AnyAttachment, mime_type_of, read_attachments
from gateway.client.lazily import signing_of, trust_in
from gateway.client.taking import Taking
from gateway.client.transport import Http, NotReached, Transport
from gateway.domain.clock import Clock
from gateway.domain.ids import IdSource
from gateway.ns import SMEV3_VERSIONS
from gateway.protocol import mtom, participant_calls, participant_replies
from gateway.protocol.faults import Explanation, SoapFault
from gateway.protocol.messages import (
    AttachmentHeader,
    MessageType,
    RefAttachmentHeader,
    Rejection,
    RequestStatus,
    Selector,
)
from gateway.protocol.participant_calls import Outgoing
from gateway.protocol.participant_replies import (
    AsyncStatus,
    FaultReceived,
    ReceivedFile,
    ReceivedMetadata,
    ReceivedRequest,
    ReceivedResponse,
)
from gateway.protocol.soap import Answer
from gateway.xml import Element, parse, source

if TYPE_CHECKING:
    from gateway.client.signing import IsRevoked
    from gateway.signature.certificates import Certificate
    from gateway.signature.keys import Signer

PAUSES: Final = (0.1, 0.5, 2.0)
"""Seconds before each retry of a call that got no answer."""

_Message = TypeVar("_Message", ReceivedRequest, ReceivedResponse)


class NoAnswer(Exception):
    """SMEV did not answer, not even with a fault, after every retry."""


@dataclass(frozen=True, slots=True)
class SentMessage:
    """What SMEV said of a message that it took; `metadata` is None when only a retry learnt that it had been taken."""

    message_id: str
    metadata: ReceivedMetadata | None


class Smev3Client:
    """Speaks as one participant, in one version, to one gateway (or to anything that speaks SMEV 3).

    `gateway` is its root or the full address of a service; with a root the caller is named in the address. Or it is a
    transport that leads there. `clock` and `ids` are this machine's unless given; `pauses` are the seconds before each
    retry of a call that got no answer. One client may be used by many tasks at once.

    `files` is where files go by reference: `ftp://HOST[:PORT]`, or the root of a sandbox, which the `gateway` is taken
    for where it is one; without it they all go by MTOM. Above `by_reference_above` bytes together they go so.

    With a `signer` (or what gives it, when it is first needed) every call is signed, and every file; a
    `personal_signer` signs contents and files. With `smev_certificates` what comes has to be signed by one of their
    keys, by a certificate that is in force and of which `is_revoked` knows nothing; where the sender's signature comes
    with it, that one has to hold, too: else the call raises Untrusted.
    Unless it is to `sign_everything` only messages are signed, not what SMEV alone reads: Get…, Ack.
    """

    def __init__(  # noqa: PLR0913 - who, where, and the two sources that nobody else may choose
        self,
        gateway: str | Transport,
        mnemonic: str,
        clock: Clock | None = None,
        ids: IdSource | None = None,
        *,
        version: str = "1.2",
        session: aiohttp.ClientSession | None = None,
        pauses: Sequence[float] = PAUSES,
        files: str | FilePlace | None = None,
        by_reference_above: int = THRESHOLD,
        signer: "Signer | Callable[[], Signer] | None" = None,
        personal_signer: "Signer | None" = None,
        smev_certificates: "Iterable[Certificate] | None" = None,
        is_revoked: "IsRevoked | None" = None,
        sign_everything: bool = True,
    ) -> None:
        """Raises: ValueError for a `personal_signer` without a `signer`, for certificates without a key of GOST."""
        self.mnemonic = mnemonic
        self._smev = SMEV3_VERSIONS[version]
        if isinstance(gateway, str):
            address = gateway if _is_service(gateway) else f"{gateway.rstrip('/')}/as/{mnemonic}/smev/v{version}/ws"
            self._transport: Transport = Http(address, session)
        else:
            self._transport = gateway
        self._clock, self._ids = clock or machine.SystemClock(), ids or machine.new_ids()
        self._pauses = tuple(pauses)
        place = files or (gateway if isinstance(gateway, str) and not _is_service(gateway) else None)
        self._files = None
        if place is not None:
            chosen = place_at(place) if isinstance(place, str) else place
            self._files = ByReference(chosen, self.new_message_id, by_reference_above)
        self._signing, self._trust = signing_of(signer, personal_signer), trust_in(smev_certificates, is_revoked)
        self._sign = None if self._signing is None else self._signing.call
        self._sign_asking = self._sign if sign_everything else None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections, unless the session was given."""
        await self._transport.close()
        if self._files is not None:
            await self._files.place.close()

    def new_message_id(self) -> str:
        """Return a MessageID for a message that is sent later, or sent again."""
        return self._ids.message_id(self._clock.now())

    async def send_request(
        self,
        content: Element | bytes,
        options: Outgoing = Outgoing(),  # noqa: B008 - frozen
        *,
        attachments: Sequence[AnyAttachment] = (),
        message_id: str | None = None,
    ) -> SentMessage:
        """Send a request (SendRequest) whose business content has the root `content`.

        `attachments` are paths of files, or headers with bytes; they go by MTOM, together too large ones by reference:
        they are uploaded before. With the `message_id` of an earlier try the message is sent again: SMEV takes it once.

        Raises: FaultReceived, NoAnswer, Untrusted, FileNotTransferred, OSError for a file that cannot be read, XmlError
        for content that is no XML, ValueError for content that a personal signature cannot name.
        """
        chosen, body = message_id or self.new_message_id(), _bytes(content)
        inside, beside = await self._divided(attachments)
        envelope, parts = participant_calls.send_request(
            self._smev,
            chosen,
            body,
            options,
            inside,
            ref_attachments=beside,
            personal_signature=None if self._signing is None else self._signing.content(body),
            sign=self._sign,
        )
        return await self._send("SendRequest", chosen, envelope, parts)

    async def send_response(
        self,
        to: str,
        answer: Element | bytes | Sequence[Rejection] | RequestStatus,
        *,
        attachments: Sequence[AnyAttachment] = (),
        message_id: str | None = None,
    ) -> SentMessage:
        """Answer a request (SendResponse): content, rejections, or an intermediate status. `to` is its ReplyTo.

        Raises: FaultReceived, NoAnswer, Untrusted, FileNotTransferred, OSError for a file that cannot be read,
        ValueError for content that a personal signature cannot name.
        """
        chosen = message_id or self.new_message_id()
        body = _bytes(answer) if isinstance(answer, Element | bytes) else answer
        personal = self._signing.content(body) if self._signing is not None and isinstance(body, bytes) else None
        inside, beside = await self._divided(attachments)
        envelope, parts = participant_calls.send_response(
            self._smev,
            chosen,
            to,
            body,
            inside,
            ref_attachments=beside,
            personal_signature=personal,
            sign=self._sign,
        )
        return await self._send("SendResponse", chosen, envelope, parts)

    def sign_file(self, content: bytes) -> bytes | None:
        """Return a detached CMS over a file, as its attachments are signed; None when this client signs nothing."""
        return None if self._signing is None else self._signing.file(content, self._clock.now())

    async def fetch(self, file: ReceivedFile, target: Path) -> Path:
        """Write a file that came by reference with a message to `target`, before the message is acknowledged.

        Raises: FileNotTransferred, OSError, Untrusted when it is signed and the signature does not hold.
        """
        if self._files is None:
            raise FileNotTransferred("this client knows no place of files: files=…")
        fetched = await self._files.fetch(file, target)
        if self._trust is not None:
            await self._trust.check_fetched(file, fetched)
        return fetched

    async def _divided(
        self, attachments: Sequence[AnyAttachment]
    ) -> tuple[list[tuple[AttachmentHeader, bytes]], list[RefAttachmentHeader]]:
        """Return what goes inside the message, or the headers of what was uploaded beside it."""
        signing, now = self._signing, self._clock.now()
        if self._files is not None:
            sign = None if signing is None else lambda file: signing.file(file, now)
            uploaded = await self._files.upload(attachments, mime_type_of, sign)
            if uploaded is not None:
                return [], uploaded
        read = await read_attachments(attachments)
        return (read if signing is None else signing.files(read, now)), []

    async def _send(
        self, operation: str, message_id: str, envelope: bytes, parts: tuple[tuple[str, bytes], ...]
    ) -> SentMessage:
        try:
            reply, _ = await self._call(operation, envelope, parts)
        except FaultReceived as fault:
            # The answer to the first attempt got lost: the message is there, which is what was wanted (spec §7).
            if fault.name == "MessageIsAlreadySent" and fault.attempts > 1:
                return SentMessage(message_id, None)
            raise
        self._check(reply, message_id)
        return SentMessage(message_id, participant_replies.read_metadata(reply))

    def _check(self, reply: Element, message_id: str) -> None:
        if self._trust is not None:
            signed = participant_replies.signed_by_smev(reply)
            self._trust.check_smev(signed, message_id, self._clock.now())

    async def take_request(
        self, message_type: MessageType | None = None, *, node_id: str | None = None
    ) -> ReceivedRequest | None:
        """Take the next request (GetRequest); None when the queue is empty. Ack it when it is in safe hands.

        Raises: FaultReceived, NoAnswer, Untrusted.
        """
        reply = await self._get("GetRequest", message_type, node_id)
        return self._checked(reply, participant_replies.read_request(reply))

    async def take_response(
        self, message_type: MessageType | None = None, *, node_id: str | None = None
    ) -> ReceivedResponse | None:
        """Take the next response (GetResponse); None when the queue is empty.

        Raises: FaultReceived, NoAnswer, Untrusted.
        """
        reply = await self._get("GetResponse", message_type, node_id)
        return self._checked(reply, participant_replies.read_response(reply))

    def _checked(self, reply: Element, message: _Message | None) -> _Message | None:
        if message is not None and self._trust is not None:
            self._check(reply, message.metadata.message_id)
            self._trust.check_sender(message)
        return message

    async def _get(self, operation: str, message_type: MessageType | None, node_id: str | None) -> Element:
        envelope = participant_calls.get(
            self._smev, operation, Selector(message_type, node_id), self._clock.now(), self._sign_asking
        )
        return (await self._call(operation, envelope))[0]

    async def take_status(self) -> AsyncStatus | None:
        """Take the next status of a rejected response (GetStatus).

        Raises: FaultReceived, NoAnswer, Untrusted.
        """
        reply, _ = await self._call(
            "GetStatus", participant_calls.get_status(self._smev, self._clock.now(), self._sign_asking)
        )
        status = participant_replies.read_async_status(reply)
        if status is not None:
            self._check(reply, status.original_message_id)
        return status

    async def ack(self, message_id: str, *, accepted: bool = True) -> None:
        """Acknowledge a taken message by its MessageMetadata/MessageId (Ack).

        Raises: FaultReceived, NoAnswer.
        """
        try:
            await self._call(
                "Ack", participant_calls.ack(self._smev, message_id, accepted=accepted, sign=self._sign_asking)
            )
        except FaultReceived as fault:
            if fault.name == "TargetMessageIsNotFound" and fault.attempts > 1:
                return  # the lost answer was to an Ack that counted
            raise

    def requests(
        self,
        message_type: MessageType | None = None,
        *,
        node_id: str | None = None,
        until_empty: bool = False,
        longest_pause: float = 1.0,
    ) -> Taking[ReceivedRequest]:
        """Take requests one after the other, each acknowledged when the next one is asked for or the block ends.

        An exception in the block leaves the request at hand unacknowledged: it comes again when its lease has ended.

            async with smev.requests() as requests:
                async for request in requests:
                    await smev.send_response(request.reply_to, answer_to(request))

        An empty queue ends the loop with `until_empty`, else it is asked again after ever longer pauses, up to
        `longest_pause` seconds. The loop raises FaultReceived and NoAnswer as the calls do.
        """
        return Taking(
            lambda: self.take_request(message_type, node_id=node_id), self.ack, None if until_empty else longest_pause
        )

    def responses(
        self,
        message_type: MessageType | None = None,
        *,
        node_id: str | None = None,
        until_empty: bool = False,
        longest_pause: float = 1.0,
    ) -> Taking[ReceivedResponse]:
        """Take responses one after the other, as `requests` does requests."""
        return Taking(
            lambda: self.take_response(message_type, node_id=node_id), self.ack, None if until_empty else longest_pause
        )

    async def explanation_of(self, fault: FaultReceived) -> Explanation | None:
        """Return why this sandbox refused a call; None of any other SMEV, or when it does not say.

        Raises: aiohttp.ClientError.
        """
        if fault.explain is None:
            return None
        written = (await self._transport.explanation(fault.explain) or {}).get("explanation")
        known = {name.name for name in dataclasses.fields(Explanation)}
        return Explanation(**{key: value for key, value in written.items() if key in known}) if written else None

    async def queue_statistics(self) -> dict[str, int]:
        """Return queue name -> messages waiting (GetIncomingQueueStatistics, version 1.1 only).

        Raises: FaultReceived, NoAnswer.
        """
        envelope = participant_calls.get_incoming_queue_statistics(self._clock.now(), sign=self._sign_asking)
        reply, _ = await self._call("GetIncomingQueueStatistics", envelope)
        return participant_replies.read_queue_statistics(reply)

    async def _call(
        self, operation: str, envelope: bytes, parts: tuple[tuple[str, bytes], ...] = ()
    ) -> tuple[Element, int]:
        content_type, body = mtom.pack(envelope, parts) if parts else ("text/xml; charset=utf-8", envelope)
        for attempt, pause in enumerate((*self._pauses, None), 1):
            try:
                answer = await self._transport.post(operation, content_type, body)
            except NotReached as error:
                if pause is None:
                    raise NoAnswer(str(error)) from error
                await asyncio.sleep(pause)
                continue
            return _open(answer, operation, attempt), attempt
        raise AssertionError("the last attempt returns or raises")


def _is_service(address: str) -> bool:
    """Tell the address of a service, whatever stands before or after its `/ws`, from the root of a gateway."""
    return "ws" in urlsplit(address).path.split("/")


def _open(answer: Answer, operation: str, attempt: int) -> Element:
    try:
        return participant_replies.open_reply(mtom.unpack(answer.content_type, answer.body), operation)
    except FaultReceived as fault:
        fault.attempts, fault.explain = attempt, answer.explain
        raise
    except (SoapFault, mtom.MtomError) as error:
        text = answer.body[:200].decode("utf-8", "replace")
        raise participant_replies.ProtocolError(f"HTTP {answer.status}, no SOAP: {text!r}") from error


def _bytes(content: Element | bytes) -> bytes:
    """Return `content` as it can stand inside an envelope: without the XML declaration that a file begins with."""
    if isinstance(content, bytes):
        return source(parse(content)) if content.lstrip().startswith((b"<?", b"\xef\xbb\xbf")) else content
    return source(content)
