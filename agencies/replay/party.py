"""One participant of a replay on the live side: its clients, what it takes, what its requests wait for."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from agencies.replay.plan import Planned
from agencies.replay.report import Outcome
from gateway.client import FaultReceived, NoAnswer, ReceivedRequest, ReceivedResponse, Smev3Client
from gateway.domain.journal import JournalEvent
from gateway.words import say

_LOG: Final = logging.getLogger(__name__)
_SHORTEST_PAUSE: Final = 0.01
_LONGEST_PAUSE: Final = 0.2
_GROWTH: Final = 1.6
_USUAL_VERSION: Final = "1.2"


class Live:
    """A request that was sent again, and what has come of it. `answers` are the MessageIDs that came then."""

    def __init__(self, step: Planned, message_id: str, answers: tuple[str, ...]) -> None:
        self.step, self.message_id, self.answers = step, message_id, answers
        self.arrived = 0
        self.refusal = ""
        self.over: Final = asyncio.Event()
        if not answers:
            self.over.set()

    @property
    def is_over(self) -> bool:
        """Whether the final answer has come, or as many as were recorded."""
        return self.over.is_set()

    def hear(self, response: ReceivedResponse) -> str:
        """Note an answer; return the MessageID that its counterpart had in the recording, "" when it had none."""
        self.arrived += 1
        status = response.async_status
        if status is not None:  # the fault repeats the details
            self.refusal = status.fault or f"{status.category}: {status.details}"
        if response.status is None or self.arrived >= len(self.answers):
            self.over.set()
        # A final answer stands for the final one, however many came before it.
        place = len(self.answers) if response.status is None else self.arrived
        return self.answers[place - 1] if 0 < place <= len(self.answers) else ""

    def outcome(self) -> tuple[Outcome, str]:
        """Return what became of the request, and why where it is not what became of it then."""
        if self.refusal and not self._was_rejected:
            return Outcome.REFUSED, self.refusal
        if not self.answers:
            return Outcome.SENT, ""
        if self.is_over:
            return Outcome.ANSWERED, ""
        return Outcome.IN_VAIN, say(
            f"ответов пришло {self.arrived}, в записи их {len(self.answers)}",
            f"{self.arrived} answers came, {len(self.answers)} were recorded",
        )

    @property
    def _was_rejected(self) -> bool:
        exchange = self.step.exchange
        return exchange is not None and any(
            each.entry.event is JournalEvent.REJECTED and each.entry.message_id == exchange.message_id
            for each in exchange.entries
        )


class Party:
    """Takes answers, and requests where `hear_request` is given: it says whether one is acknowledged at once."""

    def __init__(
        self,
        mnemonic: str,
        connect: Callable[[str, str], Smev3Client],
        hear_response: Callable[[ReceivedResponse], None],
        hear_request: Callable[[str, ReceivedRequest], bool] | None,
    ) -> None:
        self.mnemonic, self.taken = mnemonic, 0
        self._connect, self._clients = connect, dict[str, Smev3Client]()
        self._hear_response, self._hear_request = hear_response, hear_request
        self._stopped = asyncio.Event()

    def client(self, version: str) -> Smev3Client:
        """Return the client that speaks a version of message-exchange; "" is the usual one."""
        version = version or _USUAL_VERSION
        if version not in self._clients:
            self._clients[version] = self._connect(self.mnemonic, version)
        return self._clients[version]

    async def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            await client.close()

    def stop_taking(self) -> None:
        """Let `keep_taking` end; what is at hand is acknowledged first."""
        self._stopped.set()

    async def keep_taking(self, most: int) -> None:
        """Take until told to stop, up to `most` at one time; an empty queue is asked again after ever longer pauses."""
        pause, hands = _SHORTEST_PAUSE, 1
        while not self._stopped.is_set():
            found = sum(await asyncio.gather(*(self.take() for _ in range(hands))))
            hands = min(2 * hands, most) if found == hands else max(1, found)
            if found:
                pause = _SHORTEST_PAUSE
                continue
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), pause)
            pause = min(pause * _GROWTH, _LONGEST_PAUSE)

    async def take(self) -> bool:
        """Take an answer, and a request; return False when there was neither, or SMEV did not say."""
        try:
            heard = await self._take_response()
            return await self._take_request() or heard
        except (FaultReceived, NoAnswer) as error:
            _LOG.warning("%s: %s", self.mnemonic, error)
            return False

    async def _take_response(self) -> bool:
        client = self.client(next(iter(self._clients), _USUAL_VERSION))
        response = await client.take_response()
        if response is None:
            return False
        self.taken += 1
        self._hear_response(response)
        await client.ack(response.metadata.message_id)
        return True

    async def _take_request(self) -> bool:
        if self._hear_request is None:
            return False
        client = self.client(next(iter(self._clients), _USUAL_VERSION))
        request = await client.take_request()
        if request is None:
            return False
        self.taken += 1
        if self._hear_request(self.mnemonic, request):
            await client.ack(request.metadata.message_id)
        return True
