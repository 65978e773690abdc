"""What is simulated."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Script:
    """What is to be simulated: the span (both days included), how much, and who breaks the law.

    Of `parts` this is the one numbered `part`, from 0: applications fall to the parts in turn. `disobedient` is the
    share of bodies that break the law, `late` and `silent` are shares of requests, and
    `own_initiative_percent` is how often an applicant brings what another agency holds.
    """

    first: date
    last: date
    requests: int
    seed: int = 0
    disobedient: float = 0.05
    late: float = 0.03
    silent: float = 0.01
    own_initiative_percent: int = 5
    part: int = 0
    parts: int = 1
