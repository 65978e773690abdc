"""The demonstration: two citizens apply; one body keeps the law, the other tries to break it; told as it happens."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from agencies.applications import Application, Decision, Place
from agencies.authority import Authority, OfferReader
from agencies.conduct import Conduct, Way
from agencies.demands import DEMAND_TYPE
from agencies.portal import Portal
from agencies.runner import Nodes
from agencies.world import Estate, Person, World
from gateway.domain.cases import Brought, Medium, Origin
from gateway.domain.journal import JournalEntry, JournalEvent

PORTAL: Final = "EPGU01"
OBEDIENT: Final = ("IVN001", "24701000")
DISOBEDIENT: Final = ("KIN001", "24705000")
"""Mnemonic and ОКТМО of the two municipalities."""

_SERVICE: Final = ("M12", "Передача жилых помещений в собственность граждан (приватизация)")
_FOLLOW_SECONDS: Final = 0.05
_TOLD: Final = (JournalEvent.SENT, JournalEvent.DELIVERED, JournalEvent.REJECTED, JournalEvent.REFUSED)
_BROUGHT: Final = (("application", Medium.ELECTRONIC), ("identity-document", Medium.PAPER))

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
    """One half of the demonstration, and what it came to.

    `refusal` is the journal's line on the demand that SMEV refused, `shown` what reached the applicant in spite of the
    law, `offered` the kinds of the requests that SMEV offered instead; `calls` counts the journaled calls that crossed
    the gateway.
    """

    body: str
    is_disobedient: bool
    application: Application
    estate: Estate
    decision: Decision | None = None
    refusal: JournalEntry | None = None
    offered: list[str] = field(default_factory=list)
    shown: int = 0
    statuses: list[str] = field(default_factory=list)
    calls: int = 0


class NobodyToShow(Exception):
    """The world of this seed and these fixtures has no citizen whom the demonstration could be about."""


def stories(nodes: Nodes) -> tuple[Story, Story]:
    """Return the two halves: a citizen of each town wants the municipal flat that she lives in for her own.

    Raises: NobodyToShow.
    """
    halves = []
    for number, (body, oktmo) in enumerate((OBEDIENT, DISOBEDIENT), start=1):
        found = next(_tenants(nodes.world, oktmo), None)
        if found is None:
            raise NobodyToShow(oktmo)
        application = _application(*found, oktmo, f"37-DEMO-{number:06d}")
        halves.append(Story(body, body == DISOBEDIENT[0], application, found[1]))
    return halves[0], halves[1]


def _tenants(world: World, oktmo: str) -> Iterator[tuple[Person, Estate]]:
    for person in world.persons:
        if person.sex == "female" and person.death is None and person.passports and person.address.oktmo == oktmo:
            hire = world.social_hire_of(person)
            estate = None if hire is None or hire.until is not None else world.estate(hire.cadastral_number)
            if estate is not None and estate.is_municipal:
                yield person, estate


def _application(person: Person, estate: Estate, oktmo: str, case_number: str) -> Application:
    address, (code, name) = estate.address, _SERVICE
    return Application(
        case_number=case_number,
        service_code=code,
        service_name=name,
        oktmo=oktmo,
        snils=person.snils,
        applicant=person.identity,
        cadastral_number=estate.cadastral_number,
        sex=person.sex,
        passport_issued=person.passport.issued,
        place=Place(address.town, address.street, address.house, address.flat, address.oktmo),
        documents=tuple(Brought(document, Origin.REQUIRED, medium) for document, medium in _BROUGHT),
    )


async def play(
    nodes: Nodes, journal: JournalReader, offers: OfferReader, tell: Callable[[Step], None], story: Story
) -> Decision:
    """Apply, and tell each step of the journal until the decision has reached the applicant.

    `offers` reads what SMEV offers instead of a message that it refused.

    Raises: ApplicationFailed, FaultReceived, NoAnswer.
    """
    portal, body = nodes.by_mnemonic[PORTAL], nodes.by_mnemonic[story.body]
    if not isinstance(portal, Portal) or not isinstance(body, Authority):
        raise TypeError(f"{PORTAL} is no portal, or {story.body} is no body that provides services")
    if story.is_disobedient:
        body.holder.conduct = Conduct({Way.DEMANDS_HELD_DOCUMENTS: 1.0})

        async def take(message_id: str) -> Mapping[str, bytes]:
            offered = await offers(message_id)
            story.offered += offered
            return offered

        body.offers = take
    follower = _Follower(journal, tell, DEMAND_TYPE)
    await follower.skip()
    async with asyncio.TaskGroup() as tasks:
        following = tasks.create_task(follower.follow())
        try:
            story.decision = await portal.apply(story.application, story.statuses.append)
            await asyncio.sleep(_FOLLOW_SECONDS * 2)  # the last acknowledgements
        finally:
            following.cancel()
    await follower.read()
    story.calls, story.refusal, story.shown = follower.calls, follower.refusal, len(portal.told)
    return story.decision


class _Follower:
    """Reads the journal as it grows; `refusal` is its line on a message of the type `demand` that was rejected."""

    def __init__(self, journal: JournalReader, tell: Callable[[Step], None], demand: str) -> None:
        self._journal, self._tell, self._demand = journal, tell, demand
        self._last = 0
        self.calls = 0
        self.refusal: JournalEntry | None = None

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
            if entry.event is JournalEvent.REJECTED and entry.message_type == self._demand:
                self.refusal = replace(entry, envelope=None)
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
