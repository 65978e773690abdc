"""Many scenarios: one after the other, or several at once in processes of their own; told in the order of the files."""

import asyncio
import logging
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from gateway import logs
from gateway.scenarios.outcome import Outcome
from gateway.scenarios.runner import Wishes, run_file
from gateway.words import Language, say, speak


def run_files(files: Sequence[Path], wishes: Wishes, jobs: int = 1) -> Iterator[Outcome]:
    """Yield the outcome of each file, in their order, as soon as it and those before it are there.

    A scenario with a system under test listens on the port that was wished for, so those are not run at once.
    """
    if jobs <= 1 or len(files) <= 1:
        for file in files:
            yield asyncio.run(run_file(file, wishes))
        return
    language = Language.RUSSIAN if say("ru", "en") == "ru" else Language.ENGLISH
    # Spawned, not forked: a thread of this process may hold a lock at that moment.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(files)), context, _begin, (language,)) as pool:
        yield from pool.map(_run, files, [wishes] * len(files))


def _begin(language: Language) -> None:
    speak(language)
    logs.configure(logging.ERROR)


def _run(file: Path, wishes: Wishes) -> Outcome:
    return asyncio.run(run_file(file, wishes))
