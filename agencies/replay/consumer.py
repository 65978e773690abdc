"""Recorded participants who send again what they sent: requests, and the answers of those who answer from here too.

They are clients of any SMEV 3: `connect` says how a participant reaches it. New MessageIDs, new times; contents byte
for byte as they were, but for MessageIDs of this replay that stand in them.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from agencies.replay.casting import Cast
from agencies.replay.party import Live, Party
from agencies.replay.plan import Happening, Heard, Over, Plan, Planned, Taken, plan
from agencies.replay.provider import Missed, OnMiss
from agencies.replay.recorded import NotToBeSent, Recorded, content_bytes, renamed
from agencies.replay.report import Outcome, ReplayReport, Step
from gateway.client import FaultReceived, NoAnswer, Outgoing, ReceivedRequest, ReceivedResponse, Smev3Client
from gateway.domain.clock import Clock
from gateway.library import Library
from gateway.protocol.faults import Explanation
from gateway.protocol.message_id import is_uuid
from gateway.protocol.messages import MessageType, SentRequest
from gateway.recording.matching import Match, Reuse
from gateway.recording.said import Unreadable, said
from gateway.words import say
from gateway.xml import source

_LOG: Final = logging.getLogger(__name__)

_MOST_HANDS: Final = 8
"""Messages that are taken for one participant at one time."""
MOST_IN_FLIGHT: Final = 32
"""Exchanges that nobody asked for and that wait for their answers, at the speed `max`."""
PATIENCE_SECONDS: Final = 30.0
_MOST_UNREACHED: Final = 3
"""Calls in a row that reached nobody: the rest is skipped then."""

Connect = Callable[[str, str], Smev3Client]
"""A client for (mnemonic, version of message-exchange)."""
Explain = Callable[[FaultReceived], Awaitable[Explanation | None]]


async def _unexplained(_: FaultReceived) -> Explanation | None:
    return None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a replay takes place. `clock` is that of SMEV, as far as it is known, `library` says what not to compare.

    With `settle`, which returns when nobody else is at work, the replay does one thing after the other, waits for
    nothing else, and two replays are the same. `patience` is in seconds.
    """

    connect: Connect
    clock: Clock
    library: Library
    explain: Explain = _unexplained
    settle: Callable[[], Awaitable[None]] | None = None
    patience: float = PATIENCE_SECONDS
    in_flight: int = MOST_IN_FLIGHT


class Replayer:
    """Replays a cast once: `await Replayer(…).run()`."""

    def __init__(self, recorded: Recorded, cast: Cast, around: Surroundings) -> None:
        """Raises: InvalidOptions."""
        cast.refuse_impossible(recorded)
        self._recorded, self._cast, self._around = recorded, cast, around
        self._plan: Final[Plan] = plan(recorded, cast)
        self._numbers = {each.message_id: each.number for each in recorded.conversation.exchanges}
        self._happened: dict[Happening, asyncio.Future[str]] = {}
        self._names: dict[str, str] = {}
        self._live: dict[str, Live] = {}  # by the new MessageID of a request
        self._requests: dict[str, ReceivedRequest] = {}  # by the recorded MessageID
        self._parties = {each: self._party(each) for each in cast.consumers}
        self._matchers = {
            each: recorded.matcher(each, around.library, Reuse.NEVER) for each in cast.consumers if each in cast.both
        }
        self._steps: list[Step] = []
        self._misses: list[Missed] = []
        self._strays = self._unreached = 0
        self._silent: set[MessageType] = set()
        self._unacknowledged: set[str] = set()

    async def run(self) -> ReplayReport:
        """Send everything, wait for what came of it, and say what came of each step.

        Raises: nothing of the wire: a fault is the outcome of its step.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            await (self._run_together() if self._around.settle is None else self._run_one_by_one(self._around.settle))
        finally:
            for party in self._parties.values():
                await party.close()
        steps = tuple(sorted(self._steps, key=lambda step: step.seq))
        return ReplayReport(steps, tuple(self._misses), loop.time() - began, self._strays)

    def _party(self, mnemonic: str) -> Party:
        hear_request = self._hear_request if mnemonic in self._cast.both else None
        return Party(mnemonic, self._around.connect, self._hear_response, hear_request)

    # --- one after the other ---------------------------------------------------------------------------------------

    async def _run_one_by_one(self, settle: Callable[[], Awaitable[None]]) -> None:
        waiting = list(self._plan.steps)
        while waiting:
            await self._take_everything(settle)
            ready = next((step for step in waiting if self._is_ready(step)), None)
            # What the first one waits for does not come any more: everybody sleeps.
            step = ready or waiting[0]
            waiting.remove(step)
            await self._play(step, wait=False)
        await self._take_everything(settle)
        for live in list(self._live.values()):
            self._end(live)

    async def _take_everything(self, settle: Callable[[], Awaitable[None]]) -> None:
        taken = True
        while taken:
            await settle()
            taken = False
            for party in self._parties.values():
                taken = await party.take() or taken

    def _is_ready(self, step: Planned) -> bool:
        needed = (*((step.cause,) if step.cause else ()), *step.after)
        return all(self._future(each).done() for each in needed)

    # --- side by side ------------------------------------------------------------------------------------------------

    async def _run_together(self) -> None:
        async with asyncio.TaskGroup() as taking:
            for party in self._parties.values():
                taking.create_task(party.keep_taking(_MOST_HANDS), name=f"{party.mnemonic} takes")
            try:
                async with asyncio.TaskGroup() as playing:
                    await self._begin_steps(playing)
            finally:
                for party in self._parties.values():
                    party.stop_taking()

    async def _begin_steps(self, playing: asyncio.TaskGroup) -> None:
        slots = asyncio.Semaphore(self._around.in_flight)
        loop = asyncio.get_running_loop()
        began, first = loop.time(), min((step.moment for step in self._plan.steps), default=self._around.clock.now())
        for step in self._plan.steps:
            if step.cause is not None or step.after:
                playing.create_task(self._play(step, wait=True))
                continue
            if self._cast.speed is not None:
                due = began + (step.moment - first).total_seconds() / self._cast.speed
                await asyncio.sleep(max(0.0, due - loop.time()))
            await slots.acquire()
            playing.create_task(self._play_in(slots, step))

    async def _play_in(self, slots: asyncio.Semaphore, step: Planned) -> None:
        if step.message_type in self._silent:
            # Nobody waits for whoever has once not answered: one silent provider must not hold up the others.
            slots.release()
            await self._play(step, wait=True)
            return
        try:
            await self._play(step, wait=True)
        finally:
            slots.release()

    # --- a step ----------------------------------------------------------------------------------------------------

    async def _play(self, step: Planned, *, wait: bool) -> None:
        why = step.impossible or self._unreachable() or await self._why_not(step, wait=wait)
        if not why and wait and step.cause is not None and step.caused is not None and self._cast.speed is not None:
            delay = (step.moment - step.caused).total_seconds() / self._cast.speed
            await asyncio.sleep(max(0.0, delay))
        if why:
            self._note(step, Outcome.SKIPPED, why)
        else:
            try:
                await (self._ask(step, wait=wait) if step.is_request else self._answer(step))
            except (Unreadable, NotToBeSent) as error:
                self._note(step, Outcome.SKIPPED, str(error))
            except FaultReceived as fault:
                self._note(step, Outcome.REFUSED, await self._told(fault))
            except NoAnswer as error:
                self._unreached += 1
                self._note(step, Outcome.REFUSED, say(f"СМЭВ не отвечает: {error}", f"SMEV does not answer: {error}"))
        self._settle_request(step)

    def _unreachable(self) -> str:
        if self._unreached < _MOST_UNREACHED:
            return ""
        return say("СМЭВ не отвечает", "SMEV does not answer")

    async def _why_not(self, step: Planned, *, wait: bool) -> str:
        """Wait for what has to happen first; return why it does not. Of what only orders steps nothing depends."""
        why = await self._wait(step.cause, wait=wait) if step.cause else ""
        for each in step.after:
            await self._wait(each, wait=wait)
        return why

    async def _wait(self, happening: Happening, *, wait: bool) -> str:
        future = self._future(happening)
        if not future.done() and wait:
            # Whoever asks for this may be a live system, and wait for a person: what counts is that nothing comes.
            heard = -1
            while not future.done() and heard != self._progress():
                heard = self._progress()
                await asyncio.wait([future], timeout=self._around.patience)
        return future.result() if future.done() else self._never_came(happening)

    def _progress(self) -> int:
        return len(self._steps) + sum(party.taken for party in self._parties.values())

    def _never_came(self, happening: Happening) -> str:
        number = self._numbers.get(happening.message_id, 0)
        if isinstance(happening, Taken):
            return say(
                f"запрос обмена {number}, из которого это следует, не пришёл",
                f"the request of exchange {number} that this follows from did not come",
            )
        return say(
            f"ответ по обмену {number}, из которого это следует, не пришёл",
            f"the answer of exchange {number} that this follows from did not come",
        )

    async def _ask(self, step: Planned, *, wait: bool) -> None:
        data = said(step.recorded)
        if not isinstance(data, SentRequest) or step.exchange is None:
            raise NotToBeSent(f"{step.recorded.entry.operation}: SendRequest?")
        files = self._recorded.files(step.recorded, data)
        content = content_bytes(data.primary_content)
        client = self._parties[step.recorded.entry.participant].client(step.recorded.entry.version)
        message_id = self._rename(data.message_id, client)
        options = self._options(step, data, client)
        answers = self._plan.heard.get(step.exchange.message_id, ())
        live = Live(step, message_id, answers)
        self._live[message_id] = live  # the answer may come before the call returns
        try:
            await client.send_request(renamed(content, self._names), options, attachments=files, message_id=message_id)
        except (FaultReceived, NoAnswer):
            del self._live[message_id]
            raise
        self._unreached = 0
        self._resolve(Over(step.exchange.message_id))
        if wait and not live.is_over:
            try:
                async with asyncio.timeout(self._around.patience):
                    await live.over.wait()
            except TimeoutError:
                self._silent.add(step.message_type)
        if wait or not answers:
            self._end(live)

    def _options(self, step: Planned, data: SentRequest, client: Smev3Client) -> Outgoing:
        moment, process = step.moment, data.business_process_metadata
        reference, code = data.reference_message_id, data.transaction_code
        if code is not None and is_uuid(code.lower()):  # others, such as the number of a case, stand in contents too
            code = self._rename(code, client)
        return Outgoing(
            reference_message_id=None if reference is None else self._names.get(reference.lower(), reference),
            transaction_code=code,
            node_id=data.node_id,
            eol=None if data.eol is None else data.eol + (self._around.clock.now() - moment),
            test_message=data.test_message,
            business_process_metadata=renamed(b"".join(map(source, process)), self._names) if process else None,
        )

    def _rename(self, old: str, client: Smev3Client) -> str:
        key = old.lower()
        if key not in self._names:
            self._names[key] = client.new_message_id()
        return self._names[key]

    async def _answer(self, step: Planned) -> None:
        assert step.exchange is not None  # noqa: S101 - only requests are refused calls
        request = self._requests[step.exchange.message_id]
        reply = next(each for each in self._recorded.replies(step.exchange) if each.recorded.seq == step.recorded.seq)
        client = self._parties[step.recorded.entry.participant].client(step.recorded.entry.version)
        message_id, body = self._rename(reply.message_id, client), reply.renamed(self._names)
        try:
            if body is None:
                raise NotToBeSent(reply.note)
            await client.send_response(request.reply_to or "", body, attachments=reply.files, message_id=message_id)
            self._note(step, Outcome.SKIPPED if reply.note else Outcome.SENT, reply.note, message_id)
        finally:
            if step.recorded is step.exchange.answers[-1] and request.message_id in self._unacknowledged:
                self._unacknowledged.remove(request.message_id)
                await client.ack(request.metadata.message_id)

    async def _told(self, fault: FaultReceived) -> str:
        why = await self._around.explain(fault)
        return str(fault) if why is None else f"{fault} — {why}"

    # --- what is heard ----------------------------------------------------------------------------------------------

    def _hear_response(self, response: ReceivedResponse) -> None:
        live = self._live.get(response.original_message_id)
        if live is None:
            self._strays += 1
            return
        recorded_id = live.hear(response)
        if recorded_id:
            self._names.setdefault(recorded_id.lower(), response.message_id)
        original = live.step.recorded.entry.message_id
        last = len(live.answers) if live.is_over else live.arrived
        for nth in range(1, last + 1):
            self._resolve(Heard(original, nth))

    def _hear_request(self, mnemonic: str, request: ReceivedRequest) -> bool:
        """Note a request; return whether it is to be acknowledged now, not after the last answer."""
        if request.message_id in self._unacknowledged:
            return False  # its lease has ended
        found = self._matchers[mnemonic].match(request.content, request.message_id)
        if isinstance(found, Match):
            original = found.exchange.message_id
            self._names.setdefault(original.lower(), request.message_id)
            self._requests[original] = request
            self._resolve(Taken(original))
            if self._recorded.is_acknowledged_first(found.exchange):
                return True
            self._unacknowledged.add(request.message_id)
            return False
        now = self._around.clock.now()
        self._misses.append(Missed(now, request.message_id, request.metadata.sender, found, OnMiss.SILENT))
        _LOG.warning("%s: %s", mnemonic, found.say())
        return True

    # --- outcomes ---------------------------------------------------------------------------------------------------

    def _end(self, live: Live) -> None:
        """Say what came of a request, once; what follows from answers that did not come is let go."""
        if self._live.pop(live.message_id, None) is None:
            return
        step, original = live.step, live.step.recorded.entry.message_id
        outcome, reason = live.outcome()
        self._note(step, outcome, reason, live.message_id)
        for nth in range(1, len(live.answers) + 1):
            self._give_up(Heard(original, nth))

    def _settle_request(self, step: Planned) -> None:
        if not step.is_request or step.exchange is None:
            return
        original = step.exchange.message_id
        self._resolve(Over(original))
        if self._names.get(original.lower()) not in self._live:
            for nth in range(1, len(self._plan.heard.get(original, ())) + 1):
                self._give_up(Heard(original, nth))

    def _note(self, step: Planned, outcome: Outcome, reason: str = "", message_id: str = "") -> None:
        entry, exchange = step.recorded.entry, step.exchange
        made = Step(
            step.recorded.seq,
            0 if exchange is None else exchange.number,
            entry.participant,
            entry.counterpart,
            entry.operation,
            step.message_type,
            outcome,
            reason,
            message_id,
        )
        self._steps.append(replace(made, counterpart=made.counterpart or (exchange.provider if exchange else "")))

    def _future(self, happening: Happening) -> asyncio.Future[str]:
        if happening not in self._happened:
            self._happened[happening] = asyncio.get_running_loop().create_future()
        return self._happened[happening]

    def _resolve(self, happening: Happening) -> None:
        future = self._future(happening)
        if not future.done():
            future.set_result("")

    def _give_up(self, happening: Happening) -> None:
        future = self._future(happening)
        if not future.done():
            future.set_result(self._never_came(happening))
