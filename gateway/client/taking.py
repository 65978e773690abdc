"""Messages of a queue as an asynchronous iterator that acknowledges what was dealt with, and nothing else."""

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Final, Generic, Protocol, Self, TypeVar

from gateway.protocol.participant_replies import ReceivedMetadata

_SHORTEST_PAUSE: Final = 0.02
_GROWTH: Final = 1.6


class Received(Protocol):
    """A message with the metadata that its Ack names."""

    @property
    def metadata(self) -> ReceivedMetadata: ...


_Message = TypeVar("_Message", bound=Received)


class Taking(Generic[_Message]):
    """Takes messages; see `Smev3Client.requests`. Not to be shared between tasks."""

    def __init__(
        self,
        take: Callable[[], Awaitable[_Message | None]],
        ack: Callable[[str], Awaitable[None]],
        longest_pause: float | None,
    ) -> None:
        """`longest_pause` in seconds; None ends the iteration at an empty queue."""
        self._take, self._ack, self._longest_pause = take, ack, longest_pause
        self._at_hand: _Message | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            await self._acknowledge()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> _Message:
        await self._acknowledge()
        pause = _SHORTEST_PAUSE
        while True:
            self._at_hand = await self._take()
            if self._at_hand is not None:
                return self._at_hand
            if self._longest_pause is None:
                raise StopAsyncIteration
            await asyncio.sleep(min(pause, self._longest_pause))
            pause *= _GROWTH

    async def _acknowledge(self) -> None:
        if self._at_hand is not None:
            await self._ack(self._at_hand.metadata.message_id)
            self._at_hand = None
