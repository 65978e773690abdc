"""One scenario, from the file to the verdict: a gateway of its own, the steps in order, the journal in the end."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from gateway import machine
from gateway.app import CannotStart, Gateway, running
from gateway.domain.disruption import read_disruption
from gateway.recording.content_xpath import InvalidXPath
from gateway.scenarios import expecting, of_cases, speaking
from gateway.scenarios.checks import asserts_nothing, checked, typed
from gateway.scenarios.outcome import Checked, Done, Outcome, Verdict
from gateway.scenarios.problems import Member, Problem, ScenarioError
from gateway.scenarios.reading import ReadScenario, read_scenario
from gateway.scenarios.stage import Stage, StepFailed
from gateway.scenarios.steps import Step
from gateway.scenarios.surroundings import has_node, settings_of, surroundings_of
from gateway.scenarios.titles import title_of
from gateway.scenarios.xpaths import WrongXPath
from gateway.storage.database import StoreError
from gateway.words import say

_ASIDE: Final = "agencies.replay.aside:Aside"
_PROVIDER: Final = "agencies.provider:Provider"
_REPLAYED: Final = "agencies.replay.provider:RecordedProvider"
PATIENCE_SECONDS: Final = 30.0

_STEPS: Final[Mapping[str, Callable[[Stage, Any, Member], Awaitable[list[Checked]]]]] = {
    "send": speaking.send,
    "take": speaking.take,
    "answer": speaking.answer,
    "ack": speaking.ack,
    "expect": expecting.expect,
    "never": expecting.never,
    "count": expecting.count,
    "order": expecting.order,
    "advance": expecting.advance,
    "open-case": of_cases.open_case,
    "demand": of_cases.demand,
    "decide": of_cases.decide,
    "expect-violation": expecting.expect_violation,
    "no-violations": expecting.no_violations,
}
"""What a step does, by its word; `note` does nothing."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How scenarios are run. `variables` stand above those of the file; `port` is for systems under test."""

    port: int = 0
    patience: float = PATIENCE_SECONDS
    variables: tuple[tuple[str, str], ...] = ()


async def run_file(file: Path, wishes: Wishes = Wishes()) -> Outcome:
    """Run the scenario of a file. Whatever is wrong with it is an outcome, too."""
    try:
        read = checked(read_scenario(file, dict(wishes.variables)))
    except ScenarioError as error:
        return Outcome(file.stem, file, Verdict.UNUSABLE, problems=error.problems)
    return await run_scenario(read, wishes)


async def run_scenario(read: ReadScenario, wishes: Wishes = Wishes()) -> Outcome:
    """Run a scenario that was read and checked."""
    if asserts_nothing(read):
        return _asserting_nothing(read)
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        outcome = await _run(read, wishes)
    except (CannotStart, StoreError, ScenarioError) as error:
        problems = error.problems if isinstance(error, ScenarioError) else (read.problem((), str(error)),)
        outcome = replace(_unplayed(read), verdict=Verdict.UNUSABLE, problems=problems)
    return replace(outcome, seconds=loop.time() - began)


def _unplayed(read: ReadScenario) -> Outcome:
    scenario = read.scenario
    name, about, of = scenario.scenario, scenario.about, len(scenario.steps)
    return Outcome(name, read.file, Verdict.PASSED, about=about, of=of, warnings=read.warnings)


def _asserting_nothing(read: ReadScenario) -> Outcome:
    what = say("сценарий что-то проверяет", "the scenario asserts something")
    found = say(
        "ни одной проверки: ни expect, ни assert, ни count…", "asserts nothing: no expect, no assert, no count…"
    )
    check = Checked(what, False, read.place("steps"), what, found)
    step = Done(0, "", say("не запускался", "not run"), read.place("steps"), checks=(check,))
    return replace(_unplayed(read), verdict=Verdict.FAILED, steps=(step,))


async def _run(read: ReadScenario, wishes: Wishes) -> Outcome:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mock-smev-scenario-")))
        port = wishes.port if read.scenario.real else 0
        settings = settings_of(read, folder / "data", port)
        ids = machine.new_ids(read.scenario.seed)
        gateway = await stack.enter_async_context(running(settings, ids=ids, serial=True))
        _share_kinds(read, gateway)
        _play_parts(read, gateway)
        stage = Stage(read, gateway, ids, wishes.patience)
        _set_faults(read, gateway)
        await stage.settle()
        steps = await _play(stage)
        recording = await stage.chronicle.recording()
        names = {each.mnemonic: each.name for each in gateway.participants.by_mnemonic.values()}
        verdict = Verdict.PASSED if all(step.passed for step in steps) else Verdict.FAILED
        return replace(_unplayed(read), verdict=verdict, steps=steps, recording=recording, names=names)


def _play_parts(read: ReadScenario, gateway: Gateway) -> None:
    """Give each participant to whoever plays it; those of the topology keep their nodes unless told otherwise."""
    topology = surroundings_of(read).topology
    catalogue = gateway.library.catalogue
    for mnemonic, player in read.scenario.participants.items():
        there = has_node(topology, mnemonic)
        kinds = [catalogue.by_id(kind) for kind in player.provides]
        answers = [kind.request for kind in kinds if kind is not None]
        if player.played in ("scripted", "real") and there:
            gateway.nodes.substitute(mnemonic, _ASIDE, {}, hears=False)
        elif player.played == "simulated" and not there:
            gateway.nodes.substitute(mnemonic, _PROVIDER, {}, answers=answers)
        elif player.played == "replayed":
            options = {"recording": read.file.parent / (player.recording or ""), "on_miss": player.on_miss}
            try:
                gateway.nodes.substitute(mnemonic, _REPLAYED, options, answers=answers)
            except Exception as error:
                # agencies are loaded by name: what their nodes raise (UnknownNode) has no name on this floor.
                raise ScenarioError([read.problem(("participants", mnemonic), str(error))]) from error


def _share_kinds(read: ReadScenario, gateway: Gateway) -> None:
    """Let several participants provide one kind: a broadcast reaches them all, others are routed by their content."""
    providers: dict[str, tuple[str, ...]] = {}
    for mnemonic, player in read.scenario.participants.items():
        for kind in player.provides:
            providers[kind] = (*providers.get(kind, ()), mnemonic)
    gateway.participants.providers.update(providers)


def _set_faults(read: ReadScenario, gateway: Gateway) -> None:
    for told in read.scenario.faults:
        gateway.disruptions.add(read_disruption(typed(told)))


async def _play(stage: Stage) -> tuple[Done, ...]:
    done: list[Done] = []
    for number, step in enumerate(stage.read.scenario.steps):
        done.append(await _step(stage, number, step))
        if not done[-1].passed:
            break
    return tuple(done)


async def _step(stage: Stage, number: int, step: Step) -> Done:
    member: Member = ("steps", number, step.word)
    before = len(stage.chronicle.entries)
    try:
        checks = await _STEPS[step.word](stage, step.does, member) if step.word in _STEPS else []
        await stage.settle()
    except StepFailed as failed:
        checks = [failed.check]
    except (WrongXPath, InvalidXPath) as error:
        checks = [Checked("XPath", False, stage.place(*member), "XPath 1.0", str(error))]
    if not all(check.passed for check in checks):
        misses = _misses(stage)
        checks = [check if check.passed else replace(check, hints=(*check.hints, *misses)) for check in checks]
    title, about = title_of(step), step.about or ""
    entries = tuple(stage.chronicle.entries[before:])
    return Done(number, step.word, title, stage.place("steps", number), about, tuple(checks), entries)


def _misses(stage: Stage) -> tuple[str, ...]:
    """Return what recordings had no answer to, and which request in them comes closest."""
    nodes = stage.gateway.nodes.substitutes.values()
    return tuple(f"{each.message_id}: {each.miss.say()}" for node in nodes for each in getattr(node, "misses", ()))


def problems_of(files: list[Path], wishes: Wishes = Wishes()) -> tuple[list[Problem], list[Problem]]:
    """Return what is wrong with files and what is doubtful, without running them."""
    wrong: list[Problem] = []
    doubtful: list[Problem] = []
    for file in files:
        try:
            read = checked(read_scenario(file, dict(wishes.variables)))
        except ScenarioError as error:
            wrong += error.problems
            continue
        doubtful += read.warnings
        if asserts_nothing(read):
            wrong.append(read.problem(("steps",), say("ничего не проверяется", "asserts nothing"), of_key=True))
    return wrong, doubtful
