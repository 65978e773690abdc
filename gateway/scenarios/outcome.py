"""How a scenario went: what each step said into the journal, what was asserted, and what was found instead."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from gateway.recording.format import RecordedEntry, Recording
from gateway.scenarios.problems import Place, Problem


class Verdict(StrEnum):
    """What came of a scenario."""

    PASSED = "passed"
    FAILED = "failed"
    UNUSABLE = "unusable"
    """It could not be run: the file, or what it needs, is wrong."""


@dataclass(frozen=True, slots=True)
class Checked:
    """Something asserted: `what` in words, and where it does not hold what was expected and found."""

    what: str
    passed: bool
    place: Place
    expected: str = ""
    found: str = ""
    hints: tuple[str, ...] = ()
    """Lines that help to see why: what arrived instead."""


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was done: its word, `title` in words, and the journal entries that came of it."""

    number: int
    word: str
    title: str
    place: Place
    about: str = ""
    checks: tuple[Checked, ...] = ()
    entries: tuple[RecordedEntry, ...] = ()

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self.checks)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A scenario that was run, or could not be. `seconds` are the machine's; `steps` end at the first that failed."""

    name: str
    file: Path
    verdict: Verdict
    about: str = ""
    seconds: float = 0.0
    steps: tuple[Done, ...] = ()
    of: int = 0
    """How many steps there are."""
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    recording: Recording | None = None
    names: dict[str, str] = field(default_factory=dict)
    """What people call the participants."""

    @property
    def passed(self) -> bool:
        return self.verdict is Verdict.PASSED

    @property
    def asserted(self) -> int:
        """How many assertions were looked at."""
        return sum(len(step.checks) for step in self.steps)

    @property
    def failure(self) -> tuple[Done, Checked] | None:
        """The first assertion that does not hold, and its step."""
        return next(((step, check) for step in self.steps for check in step.checks if not check.passed), None)

    @property
    def entries(self) -> tuple[RecordedEntry, ...]:
        """The whole journal of the run."""
        return () if self.recording is None else self.recording.entries
