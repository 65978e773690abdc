"""Months as the fund counts them."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple


class Month(NamedTuple):
    """A month of a year; months are ordered as time is. `year` may lie beyond what a date can tell."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Month":
        """Return the month that a day lies in."""
        return cls(day.year, day.month)

    def after(self, months: int) -> "Month":
        """Return the month that comes so many months later, or earlier for a number below zero."""
        years, number = divmod(self.number - 1 + months, 12)
        return Month(self.year + years, number + 1)


def months_between(first: Month, last: Month) -> Iterator[Month]:
    """Yield the months from `first` to `last`, both included; none where `last` is earlier."""
    month = first
    while month <= last:
        yield month
        month = month.after(1)


def overlaps(month: Month, since: date, until: date | None) -> bool:
    """Tell whether a fact held on some day of `month`."""
    return Month.of(since) <= month and (until is None or month <= Month.of(until))
