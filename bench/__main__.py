"""`make bench`: BASE, whole durable exchanges, deep queues, start-up, memory, testers; writes bench/RESULTS.md.

Rounds of BASE and of the gateway alternate, so that both see the same noise of the machine; ratios are taken
within a round. Numbers of another machine can only be compared as ratios.
"""

import argparse
import platform
import shutil
import statistics
import subprocess
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Final

import uvloop

from bench import catalogue, explained, testers
from bench.exchange import base_call, take_and_ack, whole_exchange
from bench.figures import CALLS, run, spread
from bench.fill import fill_queue
from bench.load import measure
from bench.servers import free_port, gateway, serving, temporary_folder
from bench.signed import SignedExchange

_HERE: Final = Path(__file__).parent
_SHALLOW: Final = 1_000
_MANY: Final = 500
_MOST_SIGNED: Final = 1_000
"""Signed exchanges a second that are prepared: more than there will be."""


def _exchanges(options: argparse.Namespace, lines: list[str]) -> None:
    base_rates, rates, ratios, cpus, base_cpus, p50, p99 = [], [], [], [], [], [], []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(temporary_folder()))
        base_port = free_port()
        base = stack.enter_context(serving(["-m", "bench.baseline", str(base_port)], base_port, "/"))
        server = stack.enter_context(gateway(folder, store=options.store))
        time.sleep(2)
        lines.append(f"| start to `/readyz`, s | {server.started_in:.2f} |")
        lines.append(f"| idle memory, MB | {server.rss_mb():.0f} |")
        run(server, whole_exchange, 2, options.workers)
        for number in range(options.rounds):
            of_base, base_cpu = run(base, base_call, options.seconds, options.workers)
            measured, cpu = run(server, whole_exchange, options.seconds, options.workers)
            base_rates.append(of_base.rate)
            base_cpus.append(base_cpu)
            rates.append(measured.rate)
            cpus.append(cpu)
            ratios.append(measured.rate / (of_base.rate / CALLS))
            p50.append(measured.percentile(0.5))
            p99.append(measured.percentile(0.99))
            print(f"round {number + 1}: BASE {of_base.rate:,.0f}/s, exchanges {measured.rate:,.0f}/s, {ratios[-1]:.2f}")
        loaded = server.rss_mb()
    lines += [
        f"| BASE, calls/s | {spread(base_rates)} |",
        f"| BASE, CPU µs a call | {spread(base_cpus)} |",
        f"| whole exchanges/s (six durable calls) | {spread(rates)} |",
        f"| calls/s | {spread([rate * CALLS for rate in rates])} |",
        f"| **ratio to BASE/6** | **{spread(ratios, 2)}** |",
        f"| CPU µs a call | {spread(cpus)} |",
        f"| p50 of a call, ms | {spread(p50, 1)} |",
        f"| p99 of a call, ms | {spread(p99, 1)} |",
        f"| memory after the load, MB | {loaded:.0f} |",
    ]


def _signed(options: argparse.Namespace, lines: list[str], back_ends: str, program: str) -> None:
    """Whole exchanges in which both sides sign, in mode `strict`, GOST R 34.10-2012 of 256 bits."""
    rates, ratios, cpus, p50, p99 = [], [], [], [], []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(temporary_folder()))
        base_port = free_port()
        base = stack.enter_context(serving(["-m", "bench.baseline", str(base_port)], base_port, "/"))
        server = stack.enter_context(gateway(folder, store=options.store, signatures="strict", program=program))
        warm = SignedExchange(folder / "authority", int(_MOST_SIGNED * 2))
        run(server, warm.whole, 1, options.workers)
        for number in range(options.rounds):
            signed = SignedExchange(folder / "authority", int(_MOST_SIGNED * options.seconds))
            of_base, _ = run(base, base_call, options.seconds, options.workers)
            measured, cpu = run(server, signed.whole, options.seconds, options.workers)
            rates.append(measured.rate)
            cpus.append(cpu)
            ratios.append(measured.rate / (of_base.rate / CALLS))
            p50.append(measured.percentile(0.5))
            p99.append(measured.percentile(0.99))
            print(f"signed, {back_ends}, round {number + 1}: {measured.rate:,.0f}/s, {ratios[-1]:.2f}")
    lines += [
        f"| signed exchanges/s, {back_ends} | {spread(rates)} |",
        f"| **ratio to BASE/6, {back_ends}** | **{spread(ratios, 2)}** |",
        f"| CPU µs a signed call, {back_ends} | {spread(cpus)} |",
        f"| p50 of a signed call, ms | {spread(p50, 1)} |",
        f"| p99 of a signed call, ms | {spread(p99, 1)} |",
    ]


def _deep_queues(options: argparse.Namespace, lines: list[str]) -> None:
    """Take from a shallow and from a deep queue, the same number of messages each, in turn."""
    rates: dict[int, list[float]] = {_SHALLOW: [], options.pending: []}
    with ExitStack() as stack:
        folders = {depth: Path(stack.enter_context(temporary_folder())) for depth in rates}
        for depth, folder in folders.items():
            began = time.perf_counter()
            fill_queue(folder, depth)
            print(f"{depth:,} pending: filled in {time.perf_counter() - began:.0f} s")
        for _ in range(min(options.rounds, 5)):
            for depth, folder in folders.items():
                with temporary_folder() as copy, ExitStack() as started:
                    shutil.copytree(folder, copy, dirs_exist_ok=True)
                    server = started.enter_context(gateway(Path(copy)))
                    measured = uvloop.run(measure(server.port, take_and_ack, 60, 8, most=_SHALLOW - 100))
                    rates[depth].append(measured.rate)
    ratio = statistics.median(rates[options.pending]) / statistics.median(rates[_SHALLOW])
    for depth, found in rates.items():
        lines.append(f"| take + ack with {depth:,} pending, pairs/s | {spread(found)} |")
    lines.append(f"| **deep / shallow queue** | **{ratio:.2f}** |")


def _many_kinds(lines: list[str]) -> None:
    with temporary_folder() as folder, ExitStack() as stack:
        catalogue.many_kinds(Path(folder) / "kinds", _MANY)
        server = stack.enter_context(gateway(Path(folder) / "data", kinds=Path(folder) / "kinds"))
        lines.append(f"| start to `/readyz` with {_MANY} more kinds, s | {server.started_in:.2f} |")


def main() -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--seconds", type=float, default=2.0, help="seconds of one measurement")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--workers", type=int, default=64, help="concurrent clients")
    parser.add_argument("--pending", type=int, default=1_000_000, help="depth of the deep queue; 0 leaves it out")
    parser.add_argument("--store", help="SQLAlchemy URL instead of SQLite")
    parser.add_argument("--simulate", action="store_true", help="live a month of 20,000 requests, too: some minutes")
    parser.add_argument("--only-signed", action="store_true", help="the signed rows, printed and written nowhere")
    options = parser.parse_args()
    git = shutil.which("git") or "git"
    commit = subprocess.run([git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    lines = ["| what | median (min–max) |", "|---|---|"]
    if not options.only_signed:
        _exchanges(options, lines)
    _signed(options, lines, "C", "gateway")
    _signed(options, lines, "gmpy2", "bench.without_c")
    if options.only_signed:
        print("\n".join(lines))
        return
    if options.pending:
        _deep_queues(options, lines)
    _many_kinds(lines)
    lines += catalogue.figures()
    lines += explained.figures()
    for_testers = testers.figures(options.rounds, options.seconds, options.workers, simulate=options.simulate)
    title = f"# Bench of {datetime.now(UTC):%Y-%m-%d}, commit {commit.stdout.strip()}"  # noqa: TID251
    python = f"{platform.machine()}, Python {platform.python_version()}, uvloop {package_version('uvloop')}"
    text = "\n".join(
        [
            title,
            "",
            f"Machine: {python}; {options.workers} clients on the same cores.",
            "",
            *lines,
            "",
            *for_testers,
            "",
        ]
    )
    print(text)
    (_HERE / "RESULTS.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
