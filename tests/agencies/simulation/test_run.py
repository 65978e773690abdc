"""A simulated span: the same seed does the same, bodies that break the law are put right, everybody is served."""

import json
from datetime import date, datetime, time
from typing import Any, Final

import pytest

from agencies.simulation.plan import NothingToApplyFor
from agencies.simulation.run import Simulation, Summary
from agencies.simulation.script import Script
from gateway.app import running
from gateway.domain.clock import ClockSetting
from gateway.domain.signature_mode import SignatureMode
from gateway.protocol.moments import MOSCOW
from gateway.settings import Settings

_FIRST: Final = date(2013, 3, 4)


def settings(
    tmp_path: Any,
    seed: int = 1,
    topology: str = "ivanovo-2013",
    signatures: SignatureMode = SignatureMode.STRICT,
) -> Settings:
    clock = ClockSetting(0.0, datetime.combine(_FIRST, time(0), MOSCOW))
    return Settings(
        port=0,
        data=tmp_path,
        store="sqlite://",
        seed=seed,
        topology=topology,
        clock=str(clock),
        signatures=signatures,
        check_wire_schema=False,
    )


async def simulate(tmp_path: Any, script: Script, signatures: SignatureMode = SignatureMode.STRICT) -> Summary:
    async with running(settings(tmp_path, script.seed, signatures=signatures), serial=True) as gateway:
        simulation = Simulation(gateway.nodes, gateway.participants, script)
        return await simulation.run(gateway.timekeeper, gateway.timekeeper, lambda _: None)


def script(**changed: Any) -> Script:
    return Script(_FIRST, date(2013, 3, 6), **{"requests": 60, "seed": 1, **changed})


async def test_the_same_seed_gives_the_same_report_to_the_byte(tmp_path: Any) -> None:
    runs = [json.dumps((await simulate(tmp_path, script())).as_json()) for _ in range(2)]
    assert runs[0] == runs[1]
    assert runs[0] != json.dumps((await simulate(tmp_path, script(seed=2))).as_json())


async def test_signatures_change_nothing_in_the_report(tmp_path: Any) -> None:
    strict, off = [
        json.dumps((await simulate(tmp_path, script(), mode)).as_json())
        for mode in (SignatureMode.STRICT, SignatureMode.OFF)
    ]
    assert strict == off


async def test_everybody_is_served_where_all_keep_the_law(tmp_path: Any) -> None:
    summary = await simulate(tmp_path, script(disobedient=0, late=0, silent=0))
    assert summary.applications > 5
    assert summary.decided == summary.applications
    assert summary.totals.requests == summary.planned_requests >= 60
    assert (summary.totals.overdue, summary.totals.refused_attempts, summary.told_applicants) == (0, 0, 0)


async def test_nothing_unlawful_reaches_an_applicant_where_all_break_the_law(tmp_path: Any) -> None:
    summary = await simulate(tmp_path, script(disobedient=1))
    assert summary.totals.refused_attempts > 0
    assert summary.told_applicants == 0
    assert summary.decided == summary.applications


async def test_the_silent_are_not_waited_for(tmp_path: Any) -> None:
    summary = await simulate(tmp_path, script(silent=1, disobedient=0))
    assert summary.totals.overdue == summary.totals.requests > 0
    assert summary.decided == summary.granted == summary.applications


async def test_a_span_without_a_working_day_is_refused(tmp_path: Any) -> None:
    weekend = Script(date(2013, 3, 9), date(2013, 3, 10), 10)
    async with running(settings(tmp_path), serial=True) as gateway:
        with pytest.raises(NothingToApplyFor):
            Simulation(gateway.nodes, gateway.participants, weekend)
