"""A participant whose part a test plays itself: the SMEV 3 client, without coroutines."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypeVar

from gateway.client import (
    AnyAttachment,
    Outgoing,
    ReceivedRequest,
    ReceivedResponse,
    Rejection,
    RequestStatus,
    SentMessage,
    Smev3Client,
)
from gateway.client.taking import Taking
from gateway.pytest_plugin.background import Loop
from gateway.xml import Element

Message = TypeVar("Message", ReceivedRequest, ReceivedResponse)

_LONGEST_PAUSE: Final = 0.05

Content = Element | bytes | str | Path
"""The root of a business content: an element, its XML, or a file that holds it."""


class Party:
    """Speaks as one participant. Every call raises FaultReceived when SMEV refuses, NoAnswer when nobody is there."""

    def __init__(self, loop: Loop, client: Smev3Client) -> None:
        self._loop, self._client = loop, client
        self.mnemonic: Final = client.mnemonic

    def send_request(
        self,
        content: Content,
        options: Outgoing | None = None,
        *,
        attachments: Sequence[AnyAttachment] = (),
        message_id: str | None = None,
    ) -> SentMessage:
        """Send a request."""
        sending = self._client.send_request(
            _bytes(content), options or Outgoing(), attachments=attachments, message_id=message_id
        )
        return self._loop.run(sending)

    def take_request(self, timeout: float = 10) -> ReceivedRequest:
        """Take and acknowledge the next request.

        Raises: AssertionError when none has come within `timeout` seconds.
        """
        return self._loop.run(_first(self._client.requests(longest_pause=_LONGEST_PAUSE), self.mnemonic, timeout))

    def answer(
        self,
        request: ReceivedRequest,
        answer: Content | Sequence[Rejection] | RequestStatus,
        *,
        attachments: Sequence[AnyAttachment] = (),
    ) -> SentMessage:
        """Answer a request: with content, with rejections, or with an intermediate status."""
        said = _bytes(answer) if isinstance(answer, Content) else answer
        return self._loop.run(self._client.send_response(request.reply_to or "", said, attachments=attachments))

    def take_response(self, timeout: float = 10) -> ReceivedResponse:
        """Take and acknowledge the next response.

        Raises: AssertionError when none has come within `timeout` seconds.
        """
        return self._loop.run(_first(self._client.responses(longest_pause=_LONGEST_PAUSE), self.mnemonic, timeout))

    def ask(self, content: Content, options: Outgoing | None = None, *, timeout: float = 10) -> ReceivedResponse:
        """Send a request and return the final answer to it; intermediate statuses are acknowledged and left out.

        Raises: AssertionError when none has come within `timeout` seconds.
        """
        sent = self.send_request(content, options)
        return self._loop.run(self._final(sent.message_id, timeout))

    async def _final(self, message_id: str, seconds: float) -> ReceivedResponse:
        try:
            async with asyncio.timeout(seconds), self._client.responses(longest_pause=_LONGEST_PAUSE) as responses:
                async for response in responses:
                    if response.original_message_id == message_id and response.status is None:
                        return response
        except TimeoutError:
            raise AssertionError(f"{self.mnemonic}: no answer to {message_id} within {seconds:g} s") from None
        raise AssertionError("a loop that never ends ended")

    def ack(self, message_id: str, *, accepted: bool = True) -> None:
        """Acknowledge a message by its MessageMetadata/MessageId."""
        self._loop.run(self._client.ack(message_id, accepted=accepted))

    def close(self) -> None:
        """Close the connections."""
        self._loop.run(self._client.close())


async def _first(taking: Taking[Message], mnemonic: str, seconds: float) -> Message:
    try:
        async with asyncio.timeout(seconds), taking as messages:
            async for message in messages:
                return message
    except TimeoutError:
        raise AssertionError(f"{mnemonic}: nothing has come within {seconds:g} s") from None
    raise AssertionError("a loop that never ends ended")


def _bytes(content: Content) -> Element | bytes:
    if isinstance(content, Path):
        return content.read_bytes()
    return content.encode() if isinstance(content, str) else content
