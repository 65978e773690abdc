"""Sums of points: whatever the points are, equal and opposite ones too."""

from gmpy2 import invert, mpz  # type: ignore[import-untyped]
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.signature.gost import curve_of
from gateway.signature.gost.points import inverse_of, multiple_of_generator, total

CURVE = curve_of("1.2.643.2.2.36.0")
SMALL = {factor: multiple_of_generator(CURVE, factor % CURVE.q) for factor in range(-6, 7) if factor}


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(sorted(SMALL)), max_size=20))
@example([])
@example([3])
@example([3, -3])
@example([3, 3])
@example([1, 2, 4, -1])  # a sum of sums is equal to the rest
@example([1, 2, 3, 0 - 6])
def test_a_sum_of_multiples_is_the_multiple_by_their_sum(factors: list[int]) -> None:
    points = [SMALL[factor] for factor in factors]
    expected = multiple_of_generator(CURVE, sum(factors) % CURVE.q) if sum(factors) else None
    assert total(points, CURVE.p, CURVE.a, inverse_of) == expected
    of_gmp = [(mpz(x), mpz(y)) for x, y in points]
    assert total(of_gmp, mpz(CURVE.p), mpz(CURVE.a), invert) == expected
