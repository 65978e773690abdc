"""What came of a replay: each step with its outcome and the reason, the requests that were missed, the speed."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from agencies.replay.provider import Missed
from gateway.protocol.messages import MessageType


class Outcome(StrEnum):
    """What became of a recorded message.

    ANSWERED: sent, and the answer came that was recorded to come. SENT: sent, and no answer was recorded to come.
    SKIPPED: not sent. REFUSED: SMEV did not take it, or rejected it, which was not so when it was recorded. IN_VAIN:
    sent, and the answer did not come within the time.
    """

    ANSWERED = "answered"
    SENT = "sent"
    SKIPPED = "skipped"
    REFUSED = "refused"
    IN_VAIN = "in vain"

    @property
    def is_replayed(self) -> bool:
        return self in (Outcome.ANSWERED, Outcome.SENT)


@dataclass(frozen=True, slots=True)
class Step:
    """A recorded message and what became of it. `number` is that of its exchange, 0 of a call that was never taken.

    `message_id` is the new one, "" when nothing was sent; `reason` says why a step was not replayed as recorded.
    """

    seq: int
    number: int
    participant: str
    counterpart: str
    operation: str
    message_type: MessageType
    outcome: Outcome
    reason: str = ""
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """A replay that has ended. `seconds` is how long it took, `strays` are answers that it did not ask for."""

    steps: tuple[Step, ...]
    misses: tuple[Missed, ...]
    seconds: float
    strays: int = 0

    @property
    def counts(self) -> Counter[Outcome]:
        """How many steps had each outcome."""
        return Counter(step.outcome for step in self.steps)

    @property
    def sent(self) -> int:
        """Messages that SMEV took."""
        return sum(1 for step in self.steps if step.message_id and step.outcome is not Outcome.SKIPPED)

    @property
    def exchanges_a_second(self) -> float:
        """Requests that were answered, in each second of the run."""
        return self.counts[Outcome.ANSWERED] / self.seconds if self.seconds else 0.0

    @property
    def is_whole(self) -> bool:
        """Whether something was replayed, and everything as recorded."""
        return bool(self.steps) and not self.misses and all(step.outcome.is_replayed for step in self.steps)
