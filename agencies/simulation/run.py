"""The run of a simulation: the plan is put down in the agenda, the clock is moved day by day, the deeds are counted."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Protocol, Self

from agencies.applications import Decision
from agencies.authority import Authority, Tally
from agencies.conduct import Conduct, Way
from agencies.portal import Portal
from agencies.provider import Provider
from agencies.runner import Nodes
from agencies.simulation.applicants import Applicants
from agencies.simulation.pace import RegionalPace
from agencies.simulation.plan import Arrival, Plan, RegionData
from agencies.simulation.script import Script
from agencies.world.draw import Draw
from gateway.client import NoAnswer
from gateway.domain.clock import Agenda
from gateway.domain.participants import Participants
from gateway.protocol.moments import MOSCOW
from gateway.protocol.participant_replies import FaultReceived

_FINE: Final = 1_000_000
_UNLAWFUL_SHARE: Final = 0.5
"""In which share of its cases a disobedient body goes its ways."""
_WAYS_OF_BODIES: Final = (
    Way.DEMANDS_HELD_DOCUMENTS,
    Way.REFUSES_FOR_LACK,
    Way.REFUSES_FOR_SILENCE,
    Way.SENDS_LATE,
    Way.ASKS_WITHOUT_CASE,
)
_LONGEST_TAIL: Final = 60
"""Days after the span in which cases may still be decided."""


class Timekeeper(Protocol):
    """What moves the clock (gateway.exchange.timekeeping)."""

    async def advance(self, *, to: datetime) -> object:
        """Let everything happen that is due up to `to`."""


class NotARegion(Exception):
    """The topology has no portal whose node runs here."""


@dataclass(slots=True)
class Summary:
    """What the simulation did, the same for the same seed."""

    script: Script
    applications: int
    planned_requests: int
    decided: int = 0
    granted: int = 0
    failed: int = 0
    told_applicants: int = 0
    """Demands and decisions of bodies that SMEV let through."""
    totals: Tally = field(default_factory=Tally)
    bodies: dict[str, Tally] = field(default_factory=dict)
    disobedient: dict[str, list[str]] = field(default_factory=dict)
    services: Counter[str] = field(default_factory=Counter)
    ended: datetime | None = None

    @classmethod
    def of_parts(cls, script: Script, parts: Sequence["Summary"]) -> Self:
        """Return what the parts of one simulation come to together."""
        whole = cls(script, 0, 0)
        for part in parts:
            for name in ("applications", "planned_requests", "decided", "granted", "failed", "told_applicants"):
                setattr(whole, name, getattr(whole, name) + getattr(part, name))
            whole.totals = whole.totals.plus(part.totals)
            for mnemonic, tally in part.bodies.items():
                whole.bodies[mnemonic] = whole.bodies.get(mnemonic, Tally()).plus(tally)
            whole.disobedient |= part.disobedient
            whole.services += part.services
            whole.ended = max(filter(None, (whole.ended, part.ended)), default=None)
        return whole

    def as_json(self) -> dict[str, Any]:
        """Return the summary for json.dumps, in a settled order."""
        return {
            "script": {**asdict(self.script), "first": str(self.script.first), "last": str(self.script.last)},
            "applications": self.applications,
            "plannedRequests": self.planned_requests,
            "decided": self.decided,
            "granted": self.granted,
            "failed": self.failed,
            "toldApplicants": self.told_applicants,
            "ended": None if self.ended is None else self.ended.isoformat(),
            "totals": asdict(self.totals),
            "bodies": {mnemonic: asdict(tally) for mnemonic, tally in sorted(self.bodies.items())},
            "disobedient": dict(sorted(self.disobedient.items())),
            "services": dict(sorted(self.services.items())),
        }


class Simulation:
    """One run over the nodes of a gateway whose clock stands still and whose nodes work one at a time."""

    def __init__(self, nodes: Nodes, participants: Participants, script: Script) -> None:
        """Raises: NotARegion, NothingToApplyFor."""
        self._nodes, self._script = nodes, script
        portal = next((node for node in nodes.by_mnemonic.values() if isinstance(node, Portal)), None)
        if portal is None:
            raise NotARegion
        self._portal = portal
        data = RegionData.load()
        bodies = [body for body in participants.by_mnemonic.values() if body.mnemonic in nodes.by_mnemonic]
        plan = Plan(script.seed, data, bodies, nodes.passports)
        applicants = Applicants(nodes.world, script.seed, script.own_initiative_percent)
        self.arrivals = plan.arrivals(applicants, script)
        planned = sum(arrival.requests for arrival in self.arrivals)
        self.summary = Summary(script, len(self.arrivals), planned)
        self.summary.services.update(arrival.application.service_code for arrival in self.arrivals)
        self._set_to_work(RegionalPace(script.seed, data.work, data.answers))

    def _set_to_work(self, pace: RegionalPace) -> None:
        """Give every node its pace and its conduct."""
        for mnemonic, node in self._nodes.by_mnemonic.items():
            if isinstance(node, Authority | Provider):
                node.holder.pace = pace
                node.holder.conduct = self._conduct(mnemonic, is_body=isinstance(node, Authority))

    def _conduct(self, mnemonic: str, *, is_body: bool) -> Conduct:
        script = self._script
        shares = {Way.ANSWERS_LATE: script.late, Way.SILENT: script.silent}
        draw = Draw(script.seed, f"conduct/{mnemonic}", 0)
        if draw.below(_FINE) < script.disobedient * _FINE:
            ways = [_WAYS_OF_BODIES[draw.below(len(_WAYS_OF_BODIES))]] if is_body else [Way.ASKS_APPLICANT]
            if is_body and draw.percent(50):
                ways.append(Way.ASKS_APPLICANT)
            shares.update(dict.fromkeys(ways, _UNLAWFUL_SHARE))
            self.summary.disobedient[mnemonic] = sorted(ways)
        return Conduct(shares, script.seed)

    async def run(self, agenda: Agenda, clock: Timekeeper, progress: Callable[[int], None]) -> Summary:
        """Let the span pass, and then what is still open; `progress` hears how many applications have been decided."""
        self._portal.finished = self._finished
        for arrival in self.arrivals:
            agenda.at(arrival.moment, self._sending(arrival))
        day = self._script.first
        while day <= self._script.last or self._is_busy(day):
            await clock.advance(to=datetime.combine(day + timedelta(days=1), time(0), MOSCOW))
            progress(self.summary.decided)
            day += timedelta(days=1)
        self.summary.ended = datetime.combine(day, time(0), MOSCOW)
        return self._counted()

    def _is_busy(self, day: date) -> bool:
        tail = (day - self._script.last).days
        return tail <= _LONGEST_TAIL and self.summary.decided + self.summary.failed < len(self.arrivals)

    def _sending(self, arrival: Arrival) -> Callable[[], Any]:
        async def send() -> None:
            try:
                await self._portal.send(arrival.application)
            except (FaultReceived, NoAnswer):
                self.summary.failed += 1

        return send

    def _finished(self, _: str, decision: Decision | None) -> None:
        if decision is None:
            self.summary.failed += 1
        else:
            self.summary.decided += 1
            self.summary.granted += decision.granted

    def _counted(self) -> Summary:
        self.summary.told_applicants = len(self._portal.told)
        for mnemonic, node in self._nodes.by_mnemonic.items():
            if isinstance(node, Authority) and node.tally.applications:
                self.summary.bodies[mnemonic] = node.tally
        for tally in self.summary.bodies.values():
            self.summary.totals = self.summary.totals.plus(tally)
        return self.summary
