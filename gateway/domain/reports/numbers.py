"""The numbers of a report: exact, rounded once, the same for the same rows in any order."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

MEDIAN: Final = 50
P95: Final = 95


def percent(part: int | Fraction, whole: int) -> float | None:
    """Return `part` in per cent of `whole`, an exact fraction rounded half to even to one decimal; None of nothing."""
    return rounded(Fraction(part) * 100 / whole) if whole else None


def rounded(exact: Fraction) -> float:
    """Return `exact` rounded half to even to one decimal."""
    return float(round(exact, 1))


def nearest_rank(counts: Mapping[float, int], percentile: int) -> float | None:
    """Return the smallest value that `percentile` (1 to 100) per cent of the values do not exceed; None of nothing.

    `counts` tells how often each value occurs. What comes out is one of them, nothing between two.
    """
    rank = -(-percentile * sum(counts.values()) // 100)
    for value in sorted(counts):
        rank -= counts[value]
        if rank <= 0:
            return value
    return None


def tenths(hours: float) -> float:
    """Return `hours` rounded half to even to a tenth: what reports count, so that many answers need little memory.

    To round each one gives the same percentiles as to round the percentiles.
    """
    return round(hours, 1)
