"""Points of a curve: doubled, added, multiplied, on any kind of integer."""

from collections.abc import Callable
from typing import Any

from gateway.signature.gost.curves import Curve

Number = Any
"""int, or one of another library that it computes with."""
Affine = tuple[Number, Number]
Jacobian = tuple[Number, Number, Number]
"""(X, Y, Z) is the point (X / Z^2, Y / Z^3); Z = 0 is infinity."""

Inverse = Callable[[Number, Number], Number]
"""(a, p) gives 1/a modulo p."""


def inverse_of(number: int, p: int) -> int:
    """Of plain integers."""
    return pow(number, -1, p)


def double(point: Jacobian, p: Number, a: Number) -> Jacobian:
    x, y, z = point
    yy = y * y % p
    s = 4 * x * yy % p
    zz = z * z % p
    m = (3 * x * x + a * zz * zz) % p
    x3 = (m * m - 2 * s) % p
    return x3, (m * (s - x3) - 8 * yy * yy) % p, 2 * y * z % p


def add(point: Jacobian, x2: Number, y2: Number, p: Number, a: Number) -> Jacobian:
    """Add an affine point."""
    x1, y1, z1 = point
    if not z1:
        return x2, y2, z1 + 1
    zz = z1 * z1 % p
    h = (x2 * zz - x1) % p
    r = (y2 * zz * z1 - y1) % p
    if not h:
        return double(point, p, a) if not r else (z1 * 0 + 1, z1 * 0 + 1, z1 * 0)
    hh = h * h % p
    hhh = hh * h % p
    v = x1 * hh % p
    x3 = (r * r - hhh - 2 * v) % p
    return x3, (r * (v - x3) - y1 * hhh) % p, z1 * h % p


def all_affine(points: list[Jacobian], p: Number, inverse: Inverse) -> list[Affine]:
    """Return the points, none of which is infinity, as affine ones: Montgomery's trick, one inversion for all."""
    running, products = 1, []
    for point in points:
        products.append(running)
        running = running * point[2] % p
    left, found = inverse(running, p), []
    for x, y, z in reversed(points):
        own = left * products.pop() % p
        left = left * z % p
        square = own * own % p
        found.append((x * square % p, y * square * own % p))
    return found[::-1]


def total(points: list[Affine], p: Number, a: Number, inverse: Inverse) -> Affine | None:
    """Return the sum of affine points, None for infinity.

    They are added in pairs, then the sums in pairs: an affine addition costs half of a Jacobian one when all of a round
    share one inversion.
    """
    while len(points) > 1:
        firsts, seconds, single = points[:-1:2], points[1::2], points[len(points) // 2 * 2 :]
        sums = _sums(firsts, seconds, p, inverse)
        if sums is None:  # two that are equal or opposite, which chance does not bring
            return _total_one_by_one(points, p, a, inverse)
        points = sums + single
    return points[0] if points else None


def _sums(firsts: list[Affine], seconds: list[Affine], p: Number, inverse: Inverse) -> list[Affine] | None:
    running, products, differences = 1, [], []
    for (x1, _), (x2, _) in zip(firsts, seconds, strict=True):
        products.append(running)
        difference = x2 - x1
        differences.append(difference)
        running = running * difference % p
    if not running:
        return None
    left, found = inverse(running, p), []
    for (x1, y1), (x2, y2) in zip(reversed(firsts), reversed(seconds), strict=True):
        slope = (y2 - y1) * (left * products.pop() % p) % p
        left = left * differences.pop() % p
        x = (slope * slope - x1 - x2) % p
        found.append((x, (slope * (x1 - x) - y1) % p))
    return found


def _total_one_by_one(points: list[Affine], p: Number, a: Number, inverse: Inverse) -> Affine | None:
    found: Jacobian = (1, 1, 0)
    for x, y in points:
        found = add(found, x, y, p, a)
    return all_affine([found], p, inverse)[0] if found[2] else None


def multiple_of_generator(curve: Curve, factor: int) -> tuple[int, int]:
    """Return the affine coordinates of `factor` times the generator; 0 < factor < q."""
    found: Jacobian = (1, 1, 0)
    for bit in range(factor.bit_length() - 1, -1, -1):
        found = double(found, curve.p, curve.a)
        if factor >> bit & 1:
            found = add(found, curve.x, curve.y, curve.p, curve.a)
    return all_affine([found], curve.p, inverse_of)[0]
