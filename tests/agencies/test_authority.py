"""A body and an applicant: what is fetched, what is not waited for, and what SMEV keeps from the applicant."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from agencies.applications import Application, Decision
from agencies.authority import Authority
from agencies.conduct import Conduct, Way
from agencies.demo import stories
from agencies.portal import Portal
from agencies.provider import Provider
from gateway.app import Gateway, running
from gateway.domain.cases import Brought, GroundReason, Origin
from gateway.domain.once_only.enforcement import Mode
from gateway.settings import Settings

_CLOCK: Final = "frozen@2013-03-04T10:00:00+04:00"
_KINDS: Final = {
    "mvd/living-place-registration",
    "rosreestr/egrn-statement",
    "municipality/social-hire",
    "municipality/privatisation",
    "municipality/property-register",
}
"""What the service M12 needs."""


@dataclass(slots=True)
class Town:
    """A municipality, the portal, and one citizen's application."""

    gateway: Gateway
    portal: Portal
    body: Authority
    application: Application
    outcomes: list[Decision | None] = field(default_factory=list)

    def holder(self, mnemonic: str) -> Provider:
        node = self.gateway.nodes.by_mnemonic[mnemonic]
        assert isinstance(node, Provider)
        return node

    async def apply(self, application: Application | None = None) -> None:
        await self.portal.send(application or self.application)
        await self.pass_time(timedelta(seconds=1))

    async def pass_time(self, by: timedelta) -> None:
        await self.gateway.timekeeper.advance(by=by)

    @property
    def decision(self) -> Decision:
        (decision,) = self.outcomes
        assert decision is not None
        return decision


@asynccontextmanager
async def town(folder: Path, mode: Mode = Mode.ENFORCE, *ways: Way) -> AsyncIterator[Town]:
    settings = Settings(
        port=0, data=folder, store="sqlite://", seed=1, topology="minimal", clock=_CLOCK, once_only=mode
    )
    async with running(settings, serial=True) as gateway:
        nodes = gateway.nodes
        portal, body = nodes.by_mnemonic["EPGU01"], nodes.by_mnemonic["IVN001"]
        assert isinstance(portal, Portal)
        assert isinstance(body, Authority)
        body.holder.conduct = Conduct(dict.fromkeys(ways, 1.0))
        found = Town(gateway, portal, body, stories(nodes)[0].application)
        portal.finished = lambda _, decision: found.outcomes.append(decision)
        yield found


async def test_it_fetches_what_the_passport_of_the_service_says(tmp_path: Path) -> None:
    async with town(tmp_path) as ivanovo:
        await ivanovo.apply()
        assert ivanovo.decision.granted
        assert {source.kind for source in ivanovo.decision.sources} == _KINDS
        assert ivanovo.body.open_cases == 0


async def test_what_she_brought_on_her_own_initiative_is_not_fetched(tmp_path: Path) -> None:
    async with town(tmp_path) as ivanovo:
        brought = Brought("egrn-extract", Origin.OWN_INITIATIVE)
        application = ivanovo.application
        await ivanovo.apply(
            Application(
                **{name: getattr(application, name) for name in application.__slots__ if name != "documents"},
                documents=(*application.documents, brought),
            )
        )
        assert {source.kind for source in ivanovo.decision.sources} == _KINDS - {"rosreestr/egrn-statement"}


async def test_a_service_that_it_does_not_provide_is_refused(tmp_path: Path) -> None:
    async with town(tmp_path) as ivanovo:
        application = ivanovo.application
        await ivanovo.apply(
            Application("37-1", "R01", "Пособие", application.oktmo, application.snils, application.applicant)
        )
        assert not ivanovo.decision.granted
        assert [ground.reason for ground in ivanovo.decision.grounds] == [GroundReason.OTHER]


async def test_a_silent_holder_is_waited_for_until_its_term_has_ended(tmp_path: Path) -> None:
    async with town(tmp_path) as ivanovo:
        ivanovo.holder("MVD001").holder.conduct = Conduct({Way.SILENT: 1.0})
        await ivanovo.apply()
        await ivanovo.gateway.timekeeper.advance(to=datetime.fromisoformat("2013-03-12T23:59:00+04:00"))
        assert ivanovo.outcomes == []
        await ivanovo.pass_time(timedelta(minutes=2))
        assert ivanovo.decision.granted
        assert {source.kind for source in ivanovo.decision.sources} == _KINDS - {"mvd/living-place-registration"}
        assert ivanovo.body.tally.overdue == 1


async def test_a_late_answer_comes_after_its_term(tmp_path: Path) -> None:
    async with town(tmp_path) as ivanovo:
        ivanovo.holder("RR0001").holder.conduct = Conduct({Way.ANSWERS_LATE: 1.0})
        await ivanovo.apply()
        await ivanovo.pass_time(timedelta(days=20))
        assert ivanovo.decision.granted
        assert ivanovo.body.tally.overdue == 1


@pytest.mark.parametrize("way", [Way.DEMANDS_HELD_DOCUMENTS, Way.REFUSES_FOR_LACK])
async def test_what_is_held_elsewhere_is_not_asked_of_her(tmp_path: Path, way: Way) -> None:
    async with town(tmp_path, Mode.ENFORCE, way) as ivanovo:
        await ivanovo.apply()
        assert ivanovo.body.tally.refused_attempts == 1
        assert ivanovo.portal.told == []
        assert ivanovo.decision.granted
        assert {source.kind for source in ivanovo.decision.sources} == _KINDS


@pytest.mark.parametrize(("way", "granted"), [(Way.DEMANDS_HELD_DOCUMENTS, True), (Way.REFUSES_FOR_LACK, False)])
async def test_where_smev_only_observes_the_body_has_its_way(tmp_path: Path, way: Way, granted: bool) -> None:
    async with town(tmp_path, Mode.OBSERVE, way) as ivanovo:
        await ivanovo.apply()
        assert len(ivanovo.portal.told) == 1
        assert ivanovo.decision.granted is granted
        assert ivanovo.decision.sources == ()


async def test_silence_is_no_ground_to_refuse(tmp_path: Path) -> None:
    async with town(tmp_path, Mode.ENFORCE, Way.REFUSES_FOR_SILENCE) as ivanovo:
        ivanovo.holder("MVD001").holder.conduct = Conduct({Way.SILENT: 1.0})
        await ivanovo.apply()
        await ivanovo.pass_time(timedelta(days=10))
        assert ivanovo.body.tally.refused_attempts == 1
        assert ivanovo.portal.told == []
        assert ivanovo.decision.granted


async def test_whoever_sends_late_sends_after_the_term_of_the_passport(tmp_path: Path) -> None:
    async with town(tmp_path, Mode.ENFORCE, Way.SENDS_LATE) as ivanovo:
        await ivanovo.apply()
        await ivanovo.gateway.timekeeper.advance(to=datetime.fromisoformat("2013-03-06T23:59:00+04:00"))
        assert ivanovo.body.tally.requests == 0
        await ivanovo.pass_time(timedelta(days=1))
        assert ivanovo.body.tally.requests == len(_KINDS)
        assert ivanovo.decision.granted


async def test_a_holder_that_sends_for_the_applicant_gives_the_data_after_all(tmp_path: Path) -> None:
    async with town(tmp_path) as ivanovo:
        ivanovo.holder("MVD001").holder.conduct = Conduct({Way.ASKS_APPLICANT: 1.0})
        await ivanovo.apply()
        assert {source.kind for source in ivanovo.decision.sources} == _KINDS
        assert ivanovo.body.tally.overdue == 0


async def test_a_request_without_a_case_is_sent_beside_the_others(tmp_path: Path) -> None:
    async with town(tmp_path, Mode.ENFORCE, Way.ASKS_WITHOUT_CASE) as ivanovo:
        await ivanovo.apply()
        assert ivanovo.decision.granted
        assert ivanovo.body.tally.requests == len(_KINDS)
