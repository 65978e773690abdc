"""How long the work of simulated bodies takes, by the distributions of region.toml. Chance is keyed by the case."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from agencies.simulation.working_hours import after_working_hours
from agencies.world.draw import Draw

_FINE: Final = 1_000_000
_STEPS: Final = (0.0, 0.5, 0.95, 1.0)
"""Of which shares region.toml tells the hours."""


class RegionalPace:
    """Bodies work in working hours. `work` and `answers` tell minimum, median, 95th percentile, maximum in hours."""

    def __init__(self, seed: int, work: Mapping[str, Sequence[float]], answers: Mapping[str, Sequence[float]]) -> None:
        self._seed, self._work, self._answers = seed, work, answers

    def sends(self, body: str, case: str, now: datetime) -> datetime:
        """Return when the requests of a case go out."""
        return after_working_hours(now, self._hours(self._work["send"], f"send/{body}/{case}"))

    def decides(self, body: str, case: str, now: datetime) -> datetime:
        """Return when a case is decided on whose answers are all there."""
        return after_working_hours(now, self._hours(self._work["decide"], f"decide/{body}/{case}"))

    def answers(self, holder: str, case: str, kind: str, now: datetime) -> datetime:
        """Return when an inter-agency request is answered; an application or a paper of the portal, at once."""
        if kind.startswith("applicant/"):
            return now
        hours = self._answers.get(kind, self._answers["*"])
        return after_working_hours(now, self._hours(hours, f"answer/{holder}/{case}/{kind}"))

    def _hours(self, told: Sequence[float], key: str) -> float:
        share = Draw(self._seed, key, 0).below(_FINE) / _FINE
        for begin, end, least, most in zip(_STEPS, _STEPS[1:], told, told[1:], strict=False):
            if share < end:
                return least + (most - least) * (share - begin) / (end - begin)
        return told[-1]
