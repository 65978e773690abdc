"""Frozen clock, seed, scripted nodes: two runs give the same journal, to the byte but for values of signatures."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from pathlib import Path
from typing import Final

import pytest

from agencies.simulation.run import Simulation
from agencies.simulation.script import Script
from gateway import machine
from gateway.app import running
from gateway.domain.clock import ClockSetting
from gateway.exchange.recordings import recorded
from gateway.protocol.moments import MOSCOW
from gateway.recording.format import RecordedEntry
from gateway.recording.lines import dump, line_of
from gateway.scenarios.runner import run_file
from gateway.settings import Settings
from tests.scenarios.played import SHIPPED, shipped_run

_SIGNATURE: Final = re.compile(r"(<(?:\w+:)?SignatureValue>)[^<]*")
_HASH: Final = re.compile(r'"envelopeSha256":"[0-9a-f]{64}",?')
_FIRST: Final = date(2013, 3, 4)
_REQUESTS: Final = 330
"""With their answers, and what is told about both, 2,000 messages into and out of the gateway."""


def masked(entries: Iterable[RecordedEntry]) -> list[str]:
    """The lines of a journal without what a signature computes anew each time."""
    return [_HASH.sub("", _SIGNATURE.sub(r"\1", dump(line_of(each)))) for each in entries]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
async def test_a_scenario_is_the_same_twice(path: Path) -> None:
    first, second = masked((await shipped_run(path)).entries), masked((await run_file(path)).entries)
    assert len(first) > 3
    assert first == second


async def test_a_simulation_is_the_same_twice(tmp_path: Path) -> None:
    first, second = [await _simulated(tmp_path / str(number)) for number in range(2)]
    crossed = [line for line in first if '"event":"sent"' in line or '"event":"delivered"' in line]
    assert len(crossed) >= 2_000
    assert first == second


async def _simulated(folder: Path) -> list[str]:
    settings = Settings(
        port=0,
        data=folder,
        store="sqlite://",
        seed=1,
        topology="ivanovo-2013",
        clock=str(ClockSetting(0.0, datetime.combine(_FIRST, time(0), MOSCOW))),
        check_wire_schema=False,
    )
    script = Script(_FIRST, date(2013, 3, 6), requests=_REQUESTS, seed=1)
    async with running(settings, ids=machine.new_ids(1), serial=True) as gateway:
        simulation = Simulation(gateway.nodes, gateway.participants, script)
        await simulation.run(gateway.timekeeper, gateway.timekeeper, lambda _: None)
        return masked((await recorded(gateway.store)).entries)
