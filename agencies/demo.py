"""The demonstration: a citizen applies, a municipality fetches what others hold, decides; told as it happens."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from agencies.applications import Application, Decision
from agencies.portal import Portal
from agencies.runner import Nodes
from agencies.world import Estate, Firm, World
from gateway.domain.journal import JournalEntry, JournalEvent

PORTAL = "EPGU01"
MUNICIPALITY = "IVN001"
_IVANOVO = "24701000"
_FOLLOW_SECONDS = 0.05
_TOLD = (JournalEvent.SENT, JournalEvent.DELIVERED, JournalEvent.REJECTED, JournalEvent.REFUSED)

JournalReader = Callable[[int], Awaitable[list[tuple[int, JournalEntry]]]]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the story: who did what, to whom, with what."""

    moment: str
    event: JournalEvent
    operation: str
    participant: str
    counterpart: str
    message_type: str
    status: str


@dataclass(slots=True)
class Story:
    """What the demonstration came to. `calls` counts the journaled calls that crossed the gateway."""

    application: Application
    firm: Firm
    estate: Estate
    decision: Decision | None = None
    statuses: list[str] = field(default_factory=list)
    calls: int = 0


def choose_application(world: World) -> tuple[Application, Firm, Estate]:
    """Return an application that the law lets be granted: the head of a living firm wants to rent real estate."""
    firm = next(firm for firm in world.firms if firm.ceased is None)
    estate = world.estates[0]
    applicant = firm.head
    application = Application(
        case_number="37-DEMO-000001",
        service_code="M23",
        service_name="Предоставление в аренду муниципального имущества",
        oktmo=_IVANOVO,
        snils=applicant.snils,
        applicant=applicant.identity,
        cadastral_number=estate.cadastral_number,
        ogrn=firm.ogrn,
    )
    return application, firm, estate


async def play(nodes: Nodes, journal: JournalReader, tell: Callable[[Step], None], story: Story) -> Decision:
    """Apply, and tell each step of the journal until the decision has reached the applicant.

    Raises: ApplicationFailed, FaultReceived, NoAnswer.
    """
    portal = nodes.by_mnemonic[PORTAL]
    if not isinstance(portal, Portal):
        raise TypeError(f"{PORTAL} is no portal")
    follower = _Follower(journal, tell)
    await follower.skip()
    async with asyncio.TaskGroup() as tasks:
        following = tasks.create_task(follower.follow())
        try:
            story.decision = await portal.apply(story.application, story.statuses.append)
            await asyncio.sleep(_FOLLOW_SECONDS * 2)  # the last acknowledgements
        finally:
            following.cancel()
    await follower.read()
    story.calls = follower.calls
    return story.decision


class _Follower:
    """Reads the journal as it grows."""

    def __init__(self, journal: JournalReader, tell: Callable[[Step], None]) -> None:
        self._journal, self._tell = journal, tell
        self._last = 0
        self.calls = 0

    async def skip(self) -> None:
        """Leave out what is there already."""
        while entries := await self._journal(self._last):
            self._last = entries[-1][0]

    async def follow(self) -> None:
        while True:
            await self.read()
            await asyncio.sleep(_FOLLOW_SECONDS)

    async def read(self) -> None:
        for seq, entry in await self._journal(self._last):
            self._last = seq
            if entry.event in (JournalEvent.SENT, JournalEvent.DELIVERED, JournalEvent.ACKNOWLEDGED):
                self.calls += 1
            if entry.event in _TOLD:
                self._tell(_step(entry))


def _step(entry: JournalEntry) -> Step:
    return Step(
        entry.moment.strftime("%H:%M:%S.%f")[:-3],
        entry.event,
        entry.operation,
        entry.participant,
        entry.counterpart,
        entry.message_type.rpartition("}")[2],
        entry.fault or entry.status,
    )
