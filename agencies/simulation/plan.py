"""Who applies for what, where and when in a simulated span: known before it begins, by the seed alone."""

import tomllib
from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import resources
from itertools import accumulate, count
from typing import Final

from agencies.applications import Application
from agencies.needs import NEEDS, Asking
from agencies.simulation.applicants import Applicants, Filing
from agencies.simulation.script import Script
from agencies.simulation.working_hours import moment_of, working_days
from agencies.world import Body
from agencies.world.draw import Draw
from gateway.domain.cases import Origin
from gateway.domain.participants import Participant
from gateway.domain.services import Level, ServicePassport
from gateway.exchange.law import Passports

_FINE: Final = 1_000_000
_SOMEBODY: Final = Body("-", "0000000000", "0000000000000")
_GUID: Final = "00000000-0000-1000-8000-000000000000"


@dataclass(frozen=True, slots=True)
class RegionData:
    """region.toml: weights of bodies, of their ranks and of services; hours of work and of answers."""

    bodies: Mapping[str, float]
    ranks: Mapping[str, float]
    services: Mapping[str, float]
    work: Mapping[str, Sequence[float]]
    answers: Mapping[str, Sequence[float]]

    @classmethod
    def load(cls) -> "RegionData":
        """Read the file that ships."""
        text = resources.files("agencies.simulation").joinpath("region.toml").read_text(encoding="utf-8")
        return cls(**tomllib.loads(text))

    def weight(self, body: Participant) -> float:
        """Return how many applications a body gets, relative to others."""
        return self.bodies.get(body.mnemonic, self.ranks[_rank(body)])


def _rank(body: Participant) -> str:
    oktmo = body.oktmo or ""
    if body.level is not Level.MUNICIPAL:
        return "regional" if body.level is Level.REGIONAL else "federal"
    if oktmo[2:3] == "7":
        return "okrug"
    if oktmo.endswith("000"):
        return "district"
    return "town" if oktmo[5:6] == "1" else "village"


@dataclass(frozen=True, slots=True)
class Arrival:
    """An application and the moment at which it is sent; `requests` are how many it leads to."""

    moment: datetime
    application: Application
    requests: int


class Weighted:
    """A choice by weights."""

    def __init__(self, weights: Iterable[tuple[str, float]]) -> None:
        """Weights that are 0 are left out; raises ValueError when nothing is left."""
        told = [(name, weight) for name, weight in weights if weight > 0]
        self._names = [name for name, _ in told]
        self._sums = list(accumulate(weight for _, weight in told))
        if not told:
            raise ValueError("nothing to choose from")

    def pick(self, draw: Draw) -> str:
        """Return a name."""
        return self._names[bisect(self._sums, draw.below(_FINE) / _FINE * self._sums[-1])]


class NothingToApplyFor(Exception):
    """No body of the topology provides a service of which there is a passport."""


class Plan:
    """What comes, in order of time."""

    def __init__(self, seed: int, data: RegionData, bodies: Iterable[Participant], passports: Passports) -> None:
        """Raises: NothingToApplyFor."""
        self._seed = seed
        known: dict[str, tuple[Participant, dict[str, ServicePassport]]] = {}
        for body in bodies:
            provided = {code: passport for code in body.services if (passport := passports.by_code(code)) is not None}
            if provided:
                known[body.mnemonic] = body, provided
        self._bodies = known
        weights = [(mnemonic, data.weight(body)) for mnemonic, (body, _) in known.items()]
        try:
            self._choice = Weighted(weights)
        except ValueError as error:
            raise NothingToApplyFor from error
        self._services = {
            mnemonic: Weighted((code, data.services.get(code, 1.0)) for code in provided)
            for mnemonic, (_, provided) in known.items()
        }

    def arrivals(self, applicants: Applicants, script: Script) -> list[Arrival]:
        """Return the applications of a part: as many as lead to its share of the requests, or a few more.

        Raises: NothingToApplyFor where the span has no working day.
        """
        days = working_days(script.first, script.last)
        if not days:
            raise NothingToApplyFor
        found: list[Arrival] = []
        left = script.requests // script.parts + (script.part < script.requests % script.parts)
        for arrival in self._stream(applicants, days, count(script.part + 1, script.parts)):
            if left <= 0:
                break
            found.append(arrival)
            left -= arrival.requests
        return sorted(found, key=lambda arrival: arrival.moment)

    def _stream(self, applicants: Applicants, days: Sequence[date], numbers: Iterable[int]) -> Iterator[Arrival]:
        for number in numbers:
            draw = Draw(self._seed, "arrival", number)
            body, provided = self._bodies[self._choice.pick(draw)]
            passport = provided[self._services[body.mnemonic].pick(draw)]
            day = days[draw.below(len(days))]
            moment = moment_of(day, draw.below(_FINE) / _FINE) + timedelta(microseconds=number % 1000)
            filing = Filing(f"37-{day.year}-{number:07d}", passport, body.oktmo or "24000000")
            application = applicants.apply(filing, day)
            yield Arrival(moment, application, requests_of(application, passport, day))


def requests_of(application: Application, passport: ServicePassport, day: date) -> int:
    """Return how many inter-agency requests an application leads to."""
    asking, count = Asking(application, _GUID, _SOMEBODY, day), 0
    for document in passport.to_fetch(day):
        brought, need = application.brought(document.code), NEEDS.get(document.kind or "")
        unasked = brought is not None and brought.origin is Origin.OWN_INITIATIVE
        count += not unasked and need is not None and need.request(asking) is not None
    return count
