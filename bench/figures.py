"""What a bench makes of its rounds: one measurement of a server, and the spread of several."""

import statistics
from collections.abc import Sequence
from typing import Final

import uvloop

from bench.load import Measured, Unit, measure
from bench.servers import Server

CALLS: Final = 6
"""Of a whole exchange."""


def run(server: Server, unit: Unit, seconds: float, workers: int) -> tuple[Measured, float]:
    """Return what was measured, and the server's CPU in microseconds a call."""
    before = server.cpu_seconds()
    measured = uvloop.run(measure(server.port, unit, seconds, workers))
    cpu = (server.cpu_seconds() - before) * 1e6 / max(1, len(measured.latencies))
    return measured, cpu


def spread(values: Sequence[float], digits: int = 0) -> str:
    """Return the median, and the smallest and the largest of the values."""
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:,.{digits}f} ({low:,.{digits}f}–{high:,.{digits}f})"
