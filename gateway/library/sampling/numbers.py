"""Numbers inside bounds: sums with two digits after the point, nothing bigger than need be."""

from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation, localcontext
from typing import Any, Final

from gateway.library.sampling.facets import Facets
from gateway.library.sampling.occasion import Occasion

_FIRST: Final = Decimal(1)
_LAST: Final = Decimal(9_999)
_DIGITS: Final = 2
"""Digits after the point, where the schema leaves the choice."""

_MOST_DIGITS: Final = 40
_PRECISION: Final = 400

_Range = tuple[Decimal, Decimal]


def decimals(facets: Facets, occasion: Occasion) -> Iterator[str]:
    """Yield values of xs:decimal and of its integers (which have fractionDigits 0)."""
    most = _MOST_DIGITS if facets.fraction_digits is None else min(facets.fraction_digits, _MOST_DIGITS)
    lows, highs = _known(facets.lows), _known(facets.highs)
    for digits in dict.fromkeys([min(most, _DIGITS), *range(most + 1)]):
        with localcontext() as context:
            context.prec = _PRECISION
            size = [] if facets.total_digits is None else [Decimal(10) ** (facets.total_digits - digits)]
            low, high = max([*lows, *(-end for end in size)], default=None), min([*highs, *size], default=None)
            found = [text for range_ in _ranges(low, high) for text in _inside(range_, digits, occasion)]
        yield from found


def floats(facets: Facets, occasion: Occasion) -> Iterator[str]:
    """Yield values of xs:float and xs:double."""
    yield from decimals(facets, occasion)
    ends = [float(end) for end in (*_known(facets.lows), *_known(facets.highs))]
    yield from map(repr, ends)
    if len(ends) > 1:
        yield repr(ends[0] / 2 + ends[-1] / 2)
    yield from (repr(end * factor) for end in ends for factor in (1.1, 0.9, 2, 0.5))
    yield from ("INF", "-INF", "NaN")


def _known(bounds: list[Any]) -> list[Decimal]:
    """Return the bounds that are finite numbers; no other binds what is tried here."""
    found = []
    for bound in bounds:
        try:
            number = Decimal(str(bound))
        except InvalidOperation:
            continue
        if number.is_finite():
            found.append(number)
    return found


def _ranges(low: Decimal | None, high: Decimal | None) -> list[_Range]:
    """Return the usual range as far as it lies inside the bounds, and what lies next to each of them."""
    wide = _LAST - _FIRST
    found = [(_FIRST if low is None else max(low, _FIRST), _LAST if high is None else min(high, _LAST))]
    if low is not None:
        found.append((low, low + wide if high is None else min(high, low + wide)))
    if high is not None:
        found.append((high - wide if low is None else max(low, high - wide), high))
    return found


def _inside(range_: _Range, digits: int, occasion: Occasion) -> list[str]:
    unit = Decimal(10) ** digits
    first = int((range_[0] * unit).to_integral_value(ROUND_CEILING))
    last = int((range_[1] * unit).to_integral_value(ROUND_FLOOR))
    if first > last:
        return []
    numbers = [first + occasion.draw.below(last - first + 1) for _ in range(2)]
    # The bounds themselves may be excluded, so their neighbours are tried as well.
    numbers += [number for number in (first, first + 1, last, last - 1) if first <= number <= last]
    return [f"{Decimal(number) / unit:.{digits}f}" for number in numbers]
