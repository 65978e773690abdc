"""How a simulation is worked: in parts, each by a gateway in a process of its own, whose stores become one.

In how many parts depends on the size alone, never on the machine, so that the same seed gives the same everywhere.
"""

import gc
import importlib
import logging
import multiprocessing
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, wait
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from gateway import logs, machine
from gateway.cli.common import CommandFailed, run
from gateway.settings import Settings
from gateway.words import say

if TYPE_CHECKING:
    from gateway.storage.database import Database

_SIMULATION: Final = "agencies.simulation"
_PARTS: Final = 2
_SMALL: Final = 500
"""Requests up to which one part does it all: a process more costs as much as it saves."""
_LOOK_SECONDS: Final = 0.2

Progress = Callable[[int, int | None], None]
"""Hears how many cases have been decided, of how many; None as long as nobody knows."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What one process works; `copy` is where its store is to be left."""

    settings: Settings
    script: dict[str, Any]
    copy: Path | None


@dataclass(frozen=True, slots=True)
class Worked:
    """What a simulation did (`agencies.simulation.run.Summary`), and the names of the bodies that worked."""

    summary: Any
    names: Mapping[str, str]


class _Progress:
    """What the processes tell of themselves: cases decided and cases in all, by part. Shared memory."""

    told: ClassVar[Any] = None

    @classmethod
    def share(cls, told: Any) -> None:
        cls.told = told


class Simulated:
    """One simulation. With `keep` its store is left where the settings say, for reports."""

    def __init__(self, settings: Settings, script: dict[str, Any], *, keep: bool) -> None:
        self._settings, self._script, self._keep = settings, script, keep
        self._parts = 1 if script["requests"] <= _SMALL else _PARTS

    def run(self, progress: Progress) -> Worked:
        """Do it; the parts are added up.

        Raises: CommandFailed.
        """
        with ExitStack() as stack:
            target = stack.enter_context(_empty_store(self._settings)) if self._keep else None
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mock-smev-parts-")))
            parts = [
                _Part(
                    self._settings.model_copy(update={"store": "sqlite://"}),
                    {**self._script, "part": number, "parts": self._parts},
                    folder / f"{number}.db" if self._keep else None,
                )
                for number in range(self._parts)
            ]
            worked = self._work(parts, progress)
            if target is not None:
                _merge(target, [part.copy for part in parts if part.copy is not None])
        module: Any = importlib.import_module(f"{_SIMULATION}.run")
        script: Any = importlib.import_module(f"{_SIMULATION}.script")
        summary = module.Summary.of_parts(script.Script(**self._script), [each.summary for each in worked])
        return Worked(summary, {mnemonic: name for each in worked for mnemonic, name in each.names.items()})

    def _work(self, parts: list[_Part], progress: Progress) -> list[Worked]:
        # Spawned, not forked: a thread of this process may hold a lock at that moment.
        context = multiprocessing.get_context("spawn")
        told = context.Array("q", 2 * len(parts))
        with ProcessPoolExecutor(len(parts), context, _Progress.share, (told,)) as pool:
            works = [pool.submit(_work_part, part) for part in parts]
            while wait(works, _LOOK_SECONDS).not_done:
                done, totals = sum(told[: len(parts)]), told[len(parts) :]
                progress(done, sum(totals) if all(totals) else None)
                _stop_at_a_failure(works, pool)
            progress(sum(told[: len(parts)]), sum(told[len(parts) :]))
            return [work.result() for work in works]


def _stop_at_a_failure(works: list[Future[Worked]], pool: ProcessPoolExecutor) -> None:
    for work in works:
        if work.done() and work.exception() is not None:
            pool.shutdown(wait=False, cancel_futures=True)
            work.result()


# --- in the process of a part ----------------------------------------------------------------------------------------


def _work_part(part: _Part) -> Worked:
    logs.configure(logging.ERROR)
    from gateway.app import CannotStart  # noqa: PLC0415 - the process that shows the progress needs no gateway

    try:
        return run(_simulate(part))
    except CannotStart as error:
        raise CommandFailed(str(error)) from error


async def _simulate(part: _Part) -> Worked:
    from gateway.app import running  # noqa: PLC0415 - see above
    from gateway.storage.merging import copy_to_file  # noqa: PLC0415

    working: Any = importlib.import_module(f"{_SIMULATION}.run")
    planning: Any = importlib.import_module(f"{_SIMULATION}.plan")
    script: Any = importlib.import_module(f"{_SIMULATION}.script").Script(**part.script)
    # No MessageID of one part may be that of another.
    ids = machine.new_ids(script.seed * script.parts + script.part)
    async with running(part.settings, ids=ids, serial=True) as gateway:
        try:
            simulation = working.Simulation(gateway.nodes, gateway.participants, script)
        except (working.NotARegion, planning.NothingToApplyFor) as error:
            raise CommandFailed(_nothing_to_do(part.settings)) from error
        gc.collect()
        gc.freeze()  # the world and the plan stay: nobody has to look through them again
        told, place = _Progress.told, script.part
        told[script.parts + place] = len(simulation.arrivals)

        def progress(decided: int) -> None:
            told[place] = decided

        summary = await simulation.run(gateway.timekeeper, gateway.timekeeper, progress)
        if part.copy is not None:
            file = part.copy
            await gateway.store.run(lambda connection: copy_to_file(connection, file))
        return Worked(summary, {name: gateway.participants.name_of(name) for name in summary.bodies})


def _nothing_to_do(settings: Settings) -> str:
    return say(
        f"топология {settings.topology}: нужны портал и органы, оказывающие услуги с паспортами, "
        "и хотя бы один рабочий день",
        f"topology {settings.topology}: there must be a portal, bodies that provide services with passports, "
        "and a working day",
    )


# --- the store that is kept ------------------------------------------------------------------------------------------


@contextmanager
def _empty_store(settings: Settings) -> "Iterator[Database]":
    from gateway.storage import schema  # noqa: PLC0415 - see above
    from gateway.storage.database import StoreUnusable, open_database  # noqa: PLC0415
    from gateway.storage.merging import is_empty  # noqa: PLC0415

    try:
        store = open_database(settings.store_url)
    except StoreUnusable as error:
        raise CommandFailed(str(error)) from error
    with closing(store):
        try:
            schema.upgrade(store.engine)
        except (schema.StoreTooNew, schema.StoreLocked) as error:
            raise CommandFailed(f"{store.name}: {error}") from error
        if not store.run_now(is_empty):
            raise CommandFailed(
                say(
                    f"{store.name}: хранилище не пусто; нужны другие --data или --store",
                    f"{store.name}: the store is not empty; take another --data or --store",
                )
            )
        yield store


def _merge(target: "Database", files: list[Path]) -> None:
    from gateway.storage.database import open_database  # noqa: PLC0415 - see above
    from gateway.storage.merging import merge  # noqa: PLC0415

    with ExitStack() as stack:
        stores = [stack.enter_context(closing(open_database(f"sqlite:///{file}"))) for file in files]
        parts = [stack.enter_context(store.engine.connect()) for store in stores]
        target.run_now(lambda connection: merge(connection, parts))
