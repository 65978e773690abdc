"""A recorded provider: answers live requests with what its participant answered when it was recorded."""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from agencies.holder import Holder
from agencies.node import InvalidOptions, NodeContext
from agencies.replay.recorded import Recorded, Reply
from gateway.client import FaultReceived, NoAnswer, ReceivedRequest
from gateway.protocol.messages import Rejection
from gateway.protocol.statuses import RejectCode
from gateway.recording.format import RecordingError, read
from gateway.recording.matching import Match, Matcher, Miss, Reuse
from gateway.words import say

_LOG: Final = logging.getLogger(__name__)

MOST_MISSES: Final = 500
"""Misses that are kept, the newest."""
_MOST_HANDS: Final = 8
"""Requests that are answered at one time."""
_HELD: Final = timedelta(minutes=10)
"""How long an answer may take whose request is acknowledged after it; a lease is longer than that (Limits.lease)."""


class OnMiss(StrEnum):
    """What becomes of a request that no recorded exchange answers.

    SIMULATED: the node answers in whose place this one was put, else an automatic answer. NO_DATA: the rejection
    NO_DATA, which says what is closest. SILENT: it is taken and acknowledged, and never answered.
    """

    SIMULATED = "simulated"
    NO_DATA = "no-data"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Missed:
    """A request that was missed: when, its MessageID and who sent it, why, and what was done instead."""

    moment: datetime
    message_id: str
    sender: str
    miss: Miss
    done: OnMiss


@dataclass(slots=True)
class _Work:
    """A request that is being answered: what is still to be said, when, and which MessageIDs have new names."""

    request: ReceivedRequest
    replies: deque[tuple[datetime, Reply]]
    names: dict[str, str]
    paused: bool = False
    acknowledged: bool = False


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """How a provider is replayed; the names are those of a node's options. `speed` None is: at once."""

    recorded: Recorded
    on_miss: OnMiss = OnMiss.SIMULATED
    reuse: Reuse = Reuse.LAST
    speed: float | None = None
    provider: str = ""
    """Whose answers, where another one gives them now; "" is the same participant."""
    matcher: Matcher | None = field(default=None, repr=False)
    """Made ahead, where there is so much to compare with that it was done in a thread."""

    @classmethod
    def read(cls, options: Mapping[str, Any]) -> "ReplayOptions":
        """Read options: `recording` (a path, or a Recorded), `on_miss`, `reuse`, `speed`, `provider`, `matcher`.

        Raises: KeyError without a recording, InvalidOptions.
        """
        try:
            return cls(
                _recorded(options["recording"]),
                OnMiss(options.get("on_miss", OnMiss.SIMULATED)),
                Reuse(options.get("reuse", Reuse.LAST)),
                read_speed(options.get("speed", "max")),
                str(options.get("provider", "")),
                options.get("matcher"),
            )
        except ValueError as error:
            raise InvalidOptions(str(error)) from error


def read_speed(said: object) -> float | None:
    """Read how many times faster than recorded: a number above 0, or "max" (None).

    Raises: InvalidOptions.
    """
    if said is None or said == "max":
        return None
    try:
        speed = float(str(said))
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise InvalidOptions(
            say(
                f"скорость: ожидалось число больше 0 или max, найдено {said!r}",
                f"speed: expected a number above 0, or max, found {said!r}",
            )
        )
    return speed


def _recorded(said: object) -> Recorded:
    if isinstance(said, Recorded):
        return said
    try:
        return Recorded(read(Path(str(said))))
    except RecordingError as error:
        raise InvalidOptions(str(error)) from error


class RecordedProvider:
    """Answers as recorded: statuses, content, rejections and attachments, under new MessageIDs, in the same order."""

    def __init__(self, context: NodeContext) -> None:
        """Raises: InvalidOptions, KeyError, InvalidConduct."""
        self._context, self.options = context, ReplayOptions.read(context.options)
        recorded, mnemonic = self.options.recorded, self.options.provider or context.agency.mnemonic
        recorded.refuse_unknown([mnemonic], [])
        self._matcher = self.options.matcher or recorded.matcher(mnemonic, context.library, self.options.reuse)
        self._holder = Holder(context) if context.original is None else None
        self._original_works = asyncio.Lock()
        self._work: dict[str, _Work] = {}  # by MessageID
        self._hands = 1
        self.misses: Final[deque[Missed]] = deque(maxlen=MOST_MISSES)
        self.tally: Final[Counter[str]] = Counter()
        """answered, missed, broadcasts, refused (answers that SMEV refused), troubled (answers given otherwise)."""
        self.troubles: Final[deque[str]] = deque(maxlen=MOST_MISSES)
        """Answers that were not given as recorded, and why."""
        for exchange, why in self._matcher.unreadable:
            self._trouble(exchange.number, why)

    async def turn(self) -> bool:
        """Take requests and answer them; return False when there was none.

        Raises: FaultReceived, NoAnswer.
        """
        hands = 1 if self._context.serial else self._hands
        found = await asyncio.gather(*(self._take() for _ in range(hands)), return_exceptions=True)
        for outcome in found:
            if isinstance(outcome, BaseException):
                raise outcome
        self._hands = min(2 * hands, _MOST_HANDS) if all(found) else max(1, sum(map(bool, found)))
        return any(found) or await self._let_original_work()

    async def _take(self) -> bool:
        original = self._context.original
        request = None if original is None else original.client.give_up()
        request = request or await self._context.client.take_request()
        if request is None:
            return False
        await self._answer(request)
        return True

    async def _answer(self, request: ReceivedRequest) -> None:
        work = self._work.get(request.message_id)
        if work is not None:
            if not work.paused:  # something went wrong half-way, and its lease has ended
                await self._say(work)
            return
        if request.reply_to is None:
            self.tally["broadcasts"] += 1
            await self._context.client.ack(request.metadata.message_id)
            return
        match self._matcher.match(request.content, request.message_id):
            case Match() as match:
                await self._begin(request, match)
            case Miss() as miss:
                await self._miss(request, miss)

    async def _begin(self, request: ReceivedRequest, match: Match) -> None:
        self.tally["answered"] += 1
        now, speed = self._context.clock.now(), self.options.speed
        replies = deque(
            (now if speed is None else now + reply.after / speed, reply)
            for reply in self.options.recorded.replies(match.exchange)
        )
        for _, reply in replies:
            if reply.note:
                self._trouble(match.exchange.number, reply.note)
        work = _Work(request, replies, {match.exchange.message_id.lower(): request.message_id})
        self._work[request.message_id] = work
        held = not replies or replies[-1][0] <= now + _HELD
        if not held or self.options.recorded.is_acknowledged_first(match.exchange):
            work.acknowledged = True
            await self._context.client.ack(request.metadata.message_id)
        await self._say(work)

    async def _say(self, work: _Work) -> None:
        """Say what is due; put down the rest for its moment."""
        while work.replies and work.replies[0][0] <= self._context.clock.now():
            await self._send(work, work.replies[0][1])
            work.replies.popleft()
        if work.replies:
            work.paused = True
            self._context.agenda.at(work.replies[0][0], lambda: self._go_on(work))
            return
        if not work.acknowledged:
            await self._context.client.ack(work.request.metadata.message_id)
        del self._work[work.request.message_id]

    async def _go_on(self, work: _Work) -> None:
        work.paused = False
        try:
            await self._say(work)
        except (FaultReceived, NoAnswer) as error:
            _LOG.warning("%s: %s", self._context.agency.mnemonic, error)

    async def _send(self, work: _Work, reply: Reply) -> None:
        message_id = work.names.setdefault(reply.message_id.lower(), self._context.client.new_message_id())
        body = reply.renamed(work.names)
        if body is None:
            return
        try:
            await self._context.client.send_response(
                work.request.reply_to or "", body, attachments=reply.files, message_id=message_id
            )
        except FaultReceived as fault:
            self.tally["refused"] += 1
            self.troubles.append(f"{work.request.message_id}: {fault}")
            _LOG.warning("%s: %s", self._context.agency.mnemonic, fault)

    async def _miss(self, request: ReceivedRequest, miss: Miss) -> None:
        self.tally["missed"] += 1
        done, now = self.options.on_miss, self._context.clock.now()
        self.misses.append(Missed(now, request.message_id, request.metadata.sender, miss, done))
        _LOG.warning("%s, %s: %s [%s]", self._context.agency.mnemonic, request.message_id, miss.say(), done)
        if done is OnMiss.SIMULATED:
            await self._simulate(request)
            return
        if done is OnMiss.NO_DATA:
            refusal = (Rejection(RejectCode.NO_DATA, miss.say()[:1000]),)
            await self._context.client.send_response(request.reply_to or "", refusal)
        await self._context.client.ack(request.metadata.message_id)

    async def _simulate(self, request: ReceivedRequest) -> None:
        if self._holder is not None:
            await self._holder.answer(request)
        elif self._context.original is not None:
            self._context.original.client.hand(request)
            await self._let_original_work()

    async def _let_original_work(self) -> bool:
        """Let the node in whose place this one is deal with what it was handed, and with answers to its requests."""
        if self._context.original is None:
            return False if self._holder is None else await self._holder.hear()
        worked = False
        async with self._original_works:  # a node takes one turn at a time
            while await self._context.original.node.turn():
                worked = True
        return worked

    def _trouble(self, number: int, why: str) -> None:
        self.tally["troubled"] += 1
        told = f"{say('обмен', 'exchange')} {number}: {why}"
        self.troubles.append(told)
        _LOG.warning("%s: %s", self._context.agency.mnemonic, told)
