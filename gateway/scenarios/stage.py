"""Where a scenario is played: its gateway and clock, clients of scripted participants, names that steps gave."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeVar

from gateway.app import Gateway
from gateway.client import Direct, Smev3Client
from gateway.domain.ids import IdSource
from gateway.protocol.moments import MOSCOW, write
from gateway.scenarios.assertions import Assertions
from gateway.scenarios.chronicle import Arrived, Chronicle
from gateway.scenarios.contents import Contents
from gateway.scenarios.outcome import Checked
from gateway.scenarios.problems import Member, Place
from gateway.scenarios.reading import ReadScenario
from gateway.scenarios.signing import Signature, Spoiling, keys_of
from gateway.scenarios.variables import said
from gateway.words import say

MOST_WAITS: Final = 100_000
"""Looks of one step: something that becomes due again and again would keep it for ever."""
_LOOK_SECONDS: Final = 0.05

Found = TypeVar("Found")


class StepFailed(Exception):
    """A step cannot be done; the check says what was expected and what was found."""

    def __init__(self, check: Checked) -> None:
        self.check: Final = check
        super().__init__(check.what)


@dataclass(frozen=True, slots=True)
class Named:
    """What a step called something: a message, by MessageID and that of its interaction's request; or a case."""

    message_id: str = ""
    original: str = ""
    taken_by: str = ""
    reply_to: str | None = None
    kind: str = ""
    case: str = ""


@dataclass
class Stage:
    """The state of one run."""

    read: ReadScenario
    gateway: Gateway
    ids: IdSource
    patience: float
    """Seconds for which a system under test is waited for."""
    values: dict[str, str] = field(default_factory=dict)
    named: dict[str, Named] = field(default_factory=dict)
    claimed: set[int] = field(default_factory=set)
    """Deliveries that a step has taken for its own."""
    reply_to: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        scenario, library = self.read.scenario, self.gateway.library
        self.chronicle = Chronicle(self.gateway.store, library)
        self.assertions = Assertions(scenario.namespaces, self.said)
        today = self.now.astimezone(MOSCOW).date()
        folder = self.read.file.parent
        self.contents = Contents(library, folder, scenario.namespaces, scenario.seed, today, self.said)
        self._clients: dict[tuple[str, str, Signature], Smev3Client] = {}

    @property
    def now(self) -> datetime:
        """The moment on the gateway's clock."""
        return self.gateway.timekeeper.clock.now()

    @property
    def is_virtual(self) -> bool:
        """Whether the clock moves only when a step moves it, or waits."""
        return self.gateway.timekeeper.clock.is_virtual

    def said(self, text: str) -> str:
        """Return a text with what steps have called something."""
        return said(text, self.values)

    def place(self, *member: str | int) -> Place:
        """Return where something stands in the file."""
        return self.read.place(*member)

    def client(self, mnemonic: str, version: str = "1.2", signature: Signature = Signature.OWN) -> Smev3Client:
        """Return the client of a scripted participant, which signs so: straight to the door, no sockets."""
        found = self._clients.get((mnemonic, version, signature))
        if found is None:
            direct, clock = Direct(self.gateway.door, mnemonic, version), self.gateway.timekeeper.clock
            keys = keys_of(mnemonic, signature, self.gateway.identities, self.gateway.signatures)
            transport = Spoiling(direct) if signature is Signature.BROKEN else direct
            found = Smev3Client(transport, mnemonic, clock, self.ids, version=version, pauses=(), **keys)
            self._clients[mnemonic, version, signature] = found
        return found

    def is_scripted(self, mnemonic: str) -> bool:
        """Tell whether the steps play a participant."""
        player = self.read.scenario.participants.get(mnemonic)
        return player is not None and player.played == "scripted"

    # --- names ---------------------------------------------------------------------------------------------------

    def call(self, name: str | None, named: Named) -> None:
        """Remember what a step called something."""
        if name is None:
            return
        self.named[name] = named
        self.values |= {
            f"{name}.message-id": named.message_id,
            f"{name}.original": named.original,
            f"{name}.reply-to": named.reply_to or "",
            f"{name}.number": named.case,
        }

    def call_arrived(self, name: str | None, arrived: Arrived) -> None:
        """Remember what a step called a message that was delivered."""
        entry = arrived.entry
        reply_to = self.reply_to.get(entry.message_id)
        named = Named(entry.message_id, entry.original_message_id, entry.participant, reply_to, arrived.kind)
        self.call(name, named)
        if name is not None:
            self.values |= {f"{name}.from": entry.counterpart, f"{name}.moment": write(entry.moment)}

    def named_message(self, name: str, member: Member) -> Named:
        """Return what a step above called so; a step that failed to get it would have ended the run."""
        found = self.named.get(name)
        if found is None:
            raise StepFailed(Checked(name, False, self.place(*member), name, say("ничего", "nothing")))
        return found

    # --- time ----------------------------------------------------------------------------------------------------

    async def settle(self) -> None:
        """Return when everything that is due has happened, and what follows from it."""
        if self.is_virtual:
            await self.gateway.timekeeper.advance(by=timedelta(0))
        await self.gateway.nodes.settle()
        await self.chronicle.read_on()

    async def wait(self, within: timedelta | None, look: Callable[[], Awaitable[Found | None]]) -> Found | None:
        """Return what `look` finds as soon as it finds it, None when it has found nothing within the time.

        The clock goes from one due event to the next, so that nothing is passed over; a system under test is waited
        for in its own time before the clock moves.
        """
        deadline = self.now + (within or timedelta(0))
        for _ in range(MOST_WAITS):
            found = await self._patiently(deadline, look)
            if found is not None or not self.is_virtual:
                return found
            due = await self.gateway.timekeeper.next_due()
            if due is None or due.moment > deadline or due.moment <= self.now:
                break
            await self.gateway.timekeeper.advance(to=due.moment)
        await self.gateway.timekeeper.advance(to=deadline)
        await self.settle()
        return await look()

    async def _patiently(self, deadline: datetime, look: Callable[[], Awaitable[Found | None]]) -> Found | None:
        """Look now, and again as long as somebody outside may still be at work."""
        loop = asyncio.get_running_loop()
        patience = self.patience if self.read.scenario.real else 0.0
        if not self.is_virtual:
            patience = min(self.patience, max(patience, (deadline - self.now).total_seconds()))
        until = loop.time() + patience
        while True:
            await self.settle()
            found = await look()
            if found is not None or loop.time() >= until:
                return found
            await asyncio.sleep(_LOOK_SECONDS)
