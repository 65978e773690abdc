"""A participant's SMEV 3 client: the six operations as coroutines, typed, with retries that keep the MessageID.

async with Smev3Client("http://127.0.0.1:8630", "MYSYSTEM", SystemClock(), new_ids()) as smev:
    sent = await smev.send_request(content)
    response = await smev.take_response()
    await smev.ack(response.metadata.message_id)
"""

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import aiohttp

from gateway.domain.clock import Clock
from gateway.domain.ids import IdSource
from gateway.ns import SMEV3_VERSIONS
from gateway.protocol import mtom, participant_calls, participant_replies
from gateway.protocol.faults import SoapFault
from gateway.protocol.messages import AttachmentHeader, MessageType, Rejection, RequestStatus, Selector
from gateway.protocol.participant_calls import Outgoing
from gateway.protocol.participant_replies import (
    AsyncStatus,
    FaultReceived,
    ReceivedMetadata,
    ReceivedRequest,
    ReceivedResponse,
)
from gateway.xml import Element, source

EXPLAIN_HEADER: Final = "X-Mock-Smev-Explain"
"""Where this sandbox explains a refusal; not a part of the protocol."""

_PAUSES: Final = (0.1, 0.5, 2.0)
"""Seconds before each retry of a call that got no answer."""


class NoAnswer(Exception):
    """SMEV did not answer, not even with a fault, after every retry."""


@dataclass(frozen=True, slots=True)
class SentMessage:
    """What SMEV said of a message that it took; `metadata` is None when only a retry learnt that it had been taken."""

    message_id: str
    metadata: ReceivedMetadata | None


class Smev3Client:
    """Speaks as one participant, in one version, to one gateway (or to anything that speaks SMEV 3).

    `url` is the gateway's root or the full address of a service; with a root the caller is named in the address.
    """

    def __init__(  # noqa: PLR0913 - who, where, and the two sources that nobody else may choose
        self,
        url: str,
        mnemonic: str,
        clock: Clock,
        ids: IdSource,
        *,
        version: str = "1.2",
        session: aiohttp.ClientSession | None = None,
    ) -> None:
        self.mnemonic = mnemonic
        self._smev = SMEV3_VERSIONS[version]
        self._address = url if "/ws" in url else f"{url.rstrip('/')}/as/{mnemonic}/smev/v{version}/ws"
        self._clock, self._ids = clock, ids
        self._session, self._own_session = session, session is None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections, unless the session was given."""
        if self._own_session and self._session is not None:
            await self._session.close()
            self._session = None

    def new_message_id(self) -> str:
        """Return a MessageID for a message that is sent later, or sent again."""
        return self._ids.message_id(self._clock.now())

    async def send_request(
        self,
        content: Element | bytes,
        options: Outgoing = Outgoing(),  # noqa: B008 - frozen
        *,
        attachments: Sequence[tuple[AttachmentHeader, bytes]] = (),
        message_id: str | None = None,
    ) -> SentMessage:
        """Send a request (SendRequest) whose business content has the root `content`.

        Raises: FaultReceived, NoAnswer.
        """
        chosen = message_id or self.new_message_id()
        envelope, parts = participant_calls.send_request(self._smev, chosen, _bytes(content), options, attachments)
        return await self._send("SendRequest", chosen, envelope, parts)

    async def send_response(
        self,
        to: str,
        answer: Element | bytes | Sequence[Rejection] | RequestStatus,
        *,
        attachments: Sequence[tuple[AttachmentHeader, bytes]] = (),
        message_id: str | None = None,
    ) -> SentMessage:
        """Answer a request (SendResponse): content, rejections, or an intermediate status. `to` is its ReplyTo.

        Raises: FaultReceived, NoAnswer.
        """
        chosen = message_id or self.new_message_id()
        body = _bytes(answer) if isinstance(answer, Element | bytes) else answer
        envelope, parts = participant_calls.send_response(self._smev, chosen, to, body, attachments)
        return await self._send("SendResponse", chosen, envelope, parts)

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
        return SentMessage(message_id, participant_replies.read_metadata(reply))

    async def take_request(
        self, message_type: MessageType | None = None, *, node_id: str | None = None
    ) -> ReceivedRequest | None:
        """Take the next request (GetRequest); None when the queue is empty. Ack it when it is in safe hands.

        Raises: FaultReceived, NoAnswer.
        """
        return participant_replies.read_request(await self._get("GetRequest", message_type, node_id))

    async def take_response(
        self, message_type: MessageType | None = None, *, node_id: str | None = None
    ) -> ReceivedResponse | None:
        """Take the next response (GetResponse); None when the queue is empty.

        Raises: FaultReceived, NoAnswer.
        """
        return participant_replies.read_response(await self._get("GetResponse", message_type, node_id))

    async def _get(self, operation: str, message_type: MessageType | None, node_id: str | None) -> Element:
        envelope = participant_calls.get(self._smev, operation, Selector(message_type, node_id), self._clock.now())
        return (await self._call(operation, envelope))[0]

    async def take_status(self) -> AsyncStatus | None:
        """Take the next status of a rejected response (GetStatus).

        Raises: FaultReceived, NoAnswer.
        """
        reply, _ = await self._call("GetStatus", participant_calls.get_status(self._smev, self._clock.now()))
        return participant_replies.read_async_status(reply)

    async def ack(self, message_id: str, *, accepted: bool = True) -> None:
        """Acknowledge a taken message by its MessageMetadata/MessageId (Ack).

        Raises: FaultReceived, NoAnswer.
        """
        try:
            await self._call("Ack", participant_calls.ack(self._smev, message_id, accepted=accepted))
        except FaultReceived as fault:
            if fault.name == "TargetMessageIsNotFound" and fault.attempts > 1:
                return  # the lost answer was to an Ack that counted
            raise

    async def queue_statistics(self) -> dict[str, int]:
        """Return queue name -> messages waiting (GetIncomingQueueStatistics, version 1.1 only).

        Raises: FaultReceived, NoAnswer.
        """
        envelope = participant_calls.get_incoming_queue_statistics(self._clock.now())
        reply, _ = await self._call("GetIncomingQueueStatistics", envelope)
        return participant_replies.read_queue_statistics(reply)

    async def _call(
        self, operation: str, envelope: bytes, parts: tuple[tuple[str, bytes], ...] = ()
    ) -> tuple[Element, int]:
        content_type, body = mtom.pack(envelope, parts) if parts else ("text/xml; charset=utf-8", envelope)
        headers = {"Content-Type": content_type, "SOAPAction": f'"urn:{operation}"'}
        for attempt, pause in enumerate((*_PAUSES, None), 1):
            try:
                answer = await self._post(headers, body)
            except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError) as error:
                if pause is None:
                    raise NoAnswer(f"{self._address}: {error or type(error).__name__}") from error
                await asyncio.sleep(pause)
                continue
            return _open(answer, operation, attempt), attempt
        raise AssertionError("the last attempt returns or raises")

    async def _post(self, headers: dict[str, str], body: bytes) -> "_Answer":
        if self._session is None:
            self._session = aiohttp.ClientSession()
        async with self._session.post(self._address, data=io.BytesIO(body), headers=headers) as response:
            content_type = response.headers.get("Content-Type", "text/xml")
            return _Answer(content_type, await response.read(), response.status, response.headers.get(EXPLAIN_HEADER))


@dataclass(frozen=True, slots=True)
class _Answer:
    content_type: str
    body: bytes
    status: int
    explain: str | None


def _open(answer: _Answer, operation: str, attempt: int) -> Element:
    try:
        return participant_replies.open_reply(mtom.unpack(answer.content_type, answer.body), operation)
    except FaultReceived as fault:
        fault.attempts, fault.explain = attempt, answer.explain
        raise
    except (SoapFault, mtom.MtomError) as error:
        text = answer.body[:200].decode("utf-8", "replace")
        raise participant_replies.ProtocolError(f"HTTP {answer.status}, no SOAP: {text!r}") from error


def _bytes(content: Element | bytes) -> bytes:
    return content if isinstance(content, bytes) else source(content)
