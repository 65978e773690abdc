"""Points of a curve: doubled, added, multiplied, on any kind of integer."""

from typing import Any

from gateway.signature.gost.curves import Curve

Number = Any
"""int, or one of another library that it computes with."""
Affine = tuple[Number, Number]
Jacobian = tuple[Number, Number, Number]
"""(X, Y, Z) is the point (X / Z^2, Y / Z^3); Z = 0 is infinity."""


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


def multiple_of_generator(curve: Curve, factor: int) -> tuple[int, int]:
    """Return the affine coordinates of `factor` times the generator; 0 < factor < q."""
    total: Jacobian = (1, 1, 0)
    for bit in range(factor.bit_length() - 1, -1, -1):
        total = double(total, curve.p, curve.a)
        if factor >> bit & 1:
            total = add(total, curve.x, curve.y, curve.p, curve.a)
    x, y, z = total
    inverse = pow(z, -1, curve.p)
    return x * inverse**2 % curve.p, y * inverse**3 % curve.p
