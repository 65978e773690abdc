"""Figures for testers: what a recording costs, how fast a replay is, a comparison of two runs, snapshots.

Rounds that are compared with each other alternate, as in the rest of the bench.
"""

import json
import re
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from bench.exchange import base_call, whole_exchange
from bench.figures import CALLS, run, spread
from bench.fill import fill_queue
from bench.servers import Server, command, free_port, gateway, serving, temporary_folder
from gateway.recording.format import write
from tests.conversation import INN_REQUEST, INN_RESPONSE
from tests.recording.building import Asked, recording_of

_COMPARED: Final = 10_000
_REPLAYED: Final = 2_000
_KEPT: Final = 10_000
_SIMULATED: Final = 20_000
_MOST_ROUNDS: Final = 6
_REPLAYS: Final = 3
_SNAPSHOTS: Final = 5
_BORN: Final = b"1967-03-10"
_PACE: Final = re.compile(r"exchanges a second: ([\d.]+)")
_BLANKS: Final = re.compile(rb">\s*<")

Rewrite = Callable[[bytes], bytes]


def figures(rounds: int, seconds: float, workers: int, *, simulate: bool) -> list[str]:
    """Return the lines of the table. `seconds` is the length of one measurement."""
    lines = ["| for testers | median (min–max) |", "|---|---|"]
    lines += _recording(min(rounds, _MOST_ROUNDS), seconds, workers)
    lines += _replay(min(rounds, _REPLAYS), seconds, workers)
    lines += _diff()
    lines += _snapshots()
    if simulate:
        lines += _simulation()
    return lines


# --- a live recording ----------------------------------------------------------------------------------------------


def _recording(rounds: int, seconds: float, workers: int) -> list[str]:
    """Measure whole exchanges with and without a recording of them; its writing to the end counts, too."""
    rates: tuple[list[float], list[float]] = ([], [])
    cpus: tuple[list[float], list[float]] = ([], [])
    with temporary_folder() as folder, gateway(Path(folder)) as server:
        run(server, whole_exchange, seconds, workers)
        for number in range(rounds):
            for side in (0, 1) if number % 2 else (1, 0):
                name = f"round-{number}"
                if side:
                    _post(server, "/recordings", {"name": name})
                before, began = server.cpu_seconds(), time.perf_counter()
                measured, _ = run(server, whole_exchange, seconds, workers)
                if side:
                    _post(server, f"/recordings/{name}/stop", {})
                taken = time.perf_counter() - began if side else measured.seconds
                rates[side].append(measured.units / taken)
                cpus[side].append((server.cpu_seconds() - before) * 1e6 / max(1, measured.units))
    shares = [100 * (1 - with_it / without) for without, with_it in zip(*rates, strict=True)]
    more = [100 * (with_it / without - 1) for without, with_it in zip(*cpus, strict=True)]
    return [
        f"| exchanges/s without a recording | {spread(rates[0])} |",
        f"| exchanges/s while recorded, until the file is whole | {spread(rates[1])} |",
        f"| **throughput that a recording costs, %** | **{spread(shares, 1)}** |",
        f"| CPU µs an exchange without, and with | {spread(cpus[0])}, {spread(cpus[1])} |",
        f"| CPU that a recording costs, % | {spread(more, 1)} |",
    ]


def _post(server: Server, path: str, body: object) -> Any:
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/__admin{path}",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        return json.load(answer)


# --- a replay ------------------------------------------------------------------------------------------------------


def _replay(rounds: int, seconds: float, workers: int) -> list[str]:
    """Replay both sides at once, gateway, provider and consumer in one process, between rounds of BASE."""
    rates, ratios, cpus = [], [], []
    with ExitStack() as stack:
        file = Path(stack.enter_context(temporary_folder())) / "recording.jsonl"
        _write(file, "then", _REPLAYED)
        port = free_port()
        base = stack.enter_context(serving(["-m", "bench.baseline", str(port)], port, "/"))
        for number in range(rounds):
            of_base, _ = run(base, base_call, seconds, workers)
            ended = command("replay", str(file), "--as-provider", "all", "--as-consumer", "all", "--speed", "max")
            rates.append(_pace(ended.output))
            cpus.append(ended.cpu_seconds * 1e6 / _REPLAYED)
            ratios.append(rates[-1] / (of_base.rate / CALLS))
            print(f"replay {number + 1}: {rates[-1]:,.0f}/s, {ratios[-1]:.2f} of BASE/6")
    return [
        f"| replay of {_REPLAYED:,} exchanges, both sides, exchanges/s | {spread(rates)} |",
        f"| **ratio to BASE/6** | **{spread(ratios, 2)}** |",
        f"| CPU µs an exchange, start and report of the command included | {spread(cpus)} |",
    ]


def _pace(output: str) -> float:
    found = _PACE.search(output)
    if found is None:
        raise RuntimeError(f"no pace in {output[-500:]!r}")
    return float(found[1])


# --- a comparison --------------------------------------------------------------------------------------------------


def _diff() -> list[str]:
    """Compare two runs that say the same: as a system writes them again, and with other blanks in every message."""
    lines = []
    with temporary_folder() as folder:
        files = {name: Path(folder) / f"{name}.jsonl" for name in ("one", "again", "blanks")}
        for name, file in files.items():
            _write(file, name, _COMPARED, _with_blanks if name == "blanks" else _as_it_is)
        for name, what in (("again", "written alike"), ("blanks", "other blanks everywhere")):
            ended = command("diff", str(files["one"]), str(files[name]))
            took = f"{ended.seconds:.1f} ({ended.cpu_seconds:.1f} of CPU)"
            lines.append(f"| diff of two runs of {_COMPARED:,} exchanges, {what}, s | {took} |")
    return lines


def _write(file: Path, name: str, count: int, rewrite: "Rewrite | None" = None) -> None:
    """Write a run of exchanges that differ in a date, one in three thousand excepted."""
    change = rewrite or _as_it_is
    asked = [Asked(change(_asking(number)), (change(INN_RESPONSE),)) for number in range(count)]
    write(recording_of(*asked, run=name, path=file), file)


def _asking(number: int) -> bytes:
    born = f"{1940 + number % 60}-{1 + number // 60 % 12:02}-{1 + number // 720 % 28:02}"
    return INN_REQUEST.replace(_BORN, born.encode())


def _as_it_is(content: bytes) -> bytes:
    return content


def _with_blanks(content: bytes) -> bytes:
    return _BLANKS.sub(b">\n    <", content)


# --- snapshots -----------------------------------------------------------------------------------------------------


def _snapshots() -> list[str]:
    """Save, restore and fork a gateway in which messages wait."""
    took: dict[str, list[float]] = {"save": [], "restore": [], "fork": []}
    with temporary_folder() as folder:
        fill_queue(Path(folder), _KEPT)
        with gateway(Path(folder)) as server:
            for number in range(_SNAPSHOTS):
                name = f"state-{number}"
                took["save"].append(_timed(server, "/snapshots", {"name": name}))
                took["restore"].append(_timed(server, f"/snapshots/{name}/restore", {}))
                took["fork"].append(_timed(server, "/namespaces", {"name": f"fork-{number}", "from": name}))
    return [f"| {what} of {_KEPT:,} messages, s | {spread(seconds, 2)} |" for what, seconds in took.items()]


def _timed(server: Server, path: str, body: object) -> float:
    began = time.perf_counter()
    _post(server, path, body)
    return time.perf_counter() - began


# --- a month -------------------------------------------------------------------------------------------------------


def _simulation() -> list[str]:
    with temporary_folder() as folder:
        ended = command("simulate", "--requests", str(_SIMULATED), "--data", folder)
    return [f"| simulate {_SIMULATED:,} requests, s | {ended.seconds:.0f} ({ended.cpu_seconds:.0f} of CPU) |"]
