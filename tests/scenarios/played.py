"""Scenarios that tests write, and the ones that ship."""

from pathlib import Path
from textwrap import dedent
from typing import Final

from gateway.scenarios.outcome import Checked, Outcome
from gateway.scenarios.runner import Wishes, problems_of, run_file

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = ROOT / "scenarios"
SHIPPED: Final = tuple(sorted(FOLDER.glob("*.yaml")))

CITY_AND_TAX_SERVICE: Final = """\
scenario: A conversation
participants:
  CITY: scripted
  FNS001: {played: scripted, provides: [fns/inn-by-person]}
"""
ASKED: Final = """\
steps:
  - send: {from: CITY, kind: fns/inn-by-person, as: asked}
"""


def written(folder: Path, text: str, name: str = "scenario.yaml") -> Path:
    """Write a scenario to a file; the lines of `text` begin where its first one does."""
    path = folder / name
    path.write_text(dedent(text), encoding="utf-8")
    return path


async def played(folder: Path, steps: str, above: str = CITY_AND_TAX_SERVICE, **wishes: float) -> Outcome:
    """Run steps of CITY, who asks, and FNS001, who answers."""
    return await run_file(written(folder, above + steps), Wishes(**wishes))  # type: ignore[arg-type]


_RUN: Final[dict[Path, Outcome]] = {}


async def shipped_run(path: Path) -> Outcome:
    """The first run of a scenario that ships: several tests look at it."""
    if path not in _RUN:
        _RUN[path] = await run_file(path)
    return _RUN[path]


def failed(outcome: Outcome) -> Checked:
    """The assertion that failed the scenario."""
    assert outcome.failure is not None, [str(problem) for problem in outcome.problems]
    return outcome.failure[1]


def problems(folder: Path, text: str) -> list[str]:
    """What is wrong with a text, without the folder of the file."""
    path = written(folder, text)
    wrong, _ = problems_of([path])
    return [str(problem).removeprefix(f"{folder}/") for problem in wrong]


def warnings(folder: Path, text: str) -> list[str]:
    """What is doubtful in a text."""
    path = written(folder, text)
    wrong, doubtful = problems_of([path])
    assert wrong == []
    return [str(problem).removeprefix(f"{folder}/") for problem in doubtful]
