"""GOST R 34.10-2012, section 6, on Python's integers or GMP's; the steps are numbered as there.

A point times a number is read from a table of multiples: row i holds 1..2^w-1 times 2^(w i) P, so that a multiplication
is a sum. Not constant-time: for a sandbox.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from gateway.signature.gost.curves import Curve, generator_window
from gateway.signature.gost.keys import PrivateKey, PublicKey
from gateway.signature.gost.points import Affine, Inverse, Jacobian, Number, add, all_affine, double, inverse_of, total
from gateway.signature.gost.tables import KeyTables

KEY_WINDOW: Final = 6

Table = list[list[Affine]]

_KEPT: Final = {32: 64, 64: 16}
"""Tables of keys, by the bytes of a coordinate: at most 70 MB."""


def number_of(curve: Curve, digest: bytes) -> int:
    """Return e: the digest as a number, its least significant byte first, modulo q; zero counts as one (step 2)."""
    return int.from_bytes(digest, "little") % curve.q or 1


@dataclass(frozen=True)
class Arithmetic:
    """A back end of the curve; `number` makes an integer one that this back end is fast with, `inverse` is modulo p."""

    name: str
    number: Callable[[int], Number] = int
    inverse: Inverse = inverse_of

    @cached_property
    def _generators(self) -> dict[Curve, Table]:
        return {}

    @cached_property
    def _keys(self) -> KeyTables[Table]:
        return KeyTables(lambda key: self._table(key.curve, (key.x, key.y), KEY_WINDOW), _KEPT)

    def sign(self, key: PrivateKey, digest: bytes, nonce: int) -> bytes | None:
        """Return s and r, each with its most significant byte first; None when `nonce` gives zero (6.1)."""
        curve = key.curve
        x, _ = self.multiple_of_generator(curve, nonce)
        r = x % curve.q
        s = (r * key.d + nonce * number_of(curve, digest)) % curve.q
        return s.to_bytes(curve.size, "big") + r.to_bytes(curve.size, "big") if r and s else None

    def verify(self, key: PublicKey, digest: bytes, signature: bytes) -> bool:
        """Tell whether the signature is that of the digest (6.2)."""
        curve = key.curve
        s, r = int.from_bytes(signature[: curve.size], "big"), int.from_bytes(signature[curve.size :], "big")
        if not (0 < r < curve.q and 0 < s < curve.q):  # step 1
            return False
        q = self.number(curve.q)
        v = self.inverse(self.number(number_of(curve, digest)), q)  # step 4
        z1, z2 = int(s * v % q), int(-r * v % q)  # step 5
        table = self._keys.of(key)
        own = self._multiply(curve, (key.x, key.y), z2) if table is None else _chosen(table, KEY_WINDOW, z2)
        found = self._sum(curve, own + _chosen(self._generator(curve), generator_window(curve), z1))  # step 6
        return found is not None and found[0] % q == r  # step 7

    def multiple_of_generator(self, curve: Curve, factor: int) -> tuple[int, int]:
        """Return the affine coordinates of `factor` times the generator; 0 < factor < q."""
        found = self._sum(curve, _chosen(self._generator(curve), generator_window(curve), factor))
        if found is None:
            raise ValueError(f"{factor} times the generator of {curve.name} is infinity")
        return int(found[0]), int(found[1])

    def _generator(self, curve: Curve) -> Table:
        found = self._generators.get(curve)
        if found is None:
            found = self._generators[curve] = self._table(curve, (curve.x, curve.y), generator_window(curve))
        return found

    def _table(self, curve: Curve, point: Affine, window: int) -> Table:
        base: Jacobian = (self.number(point[0]), self.number(point[1]), self.number(1))
        rows, p, a = [], self.number(curve.p), self.number(curve.a)
        for _ in range(0, curve.q.bit_length(), window):
            ((x, y),) = all_affine([base], p, self.inverse)
            multiples: list[Jacobian] = [(x, y, self.number(1))]
            while len(multiples) < 2**window - 1:
                multiples.append(add(multiples[-1], x, y, p, a))
            rows.append(all_affine(multiples, p, self.inverse))
            for _ in range(window):
                base = double(base, p, a)
        return rows

    def _sum(self, curve: Curve, points: list[Affine]) -> Affine | None:
        return total(points, self.number(curve.p), self.number(curve.a), self.inverse)

    def _multiply(self, curve: Curve, point: Affine, factor: int) -> list[Affine]:
        """Without a table: four bits at a time, from the top. No point where the product is infinity."""
        p, a = self.number(curve.p), self.number(curve.a)
        x, y = self.number(point[0]), self.number(point[1])
        multiples: list[Jacobian] = [(x, y, self.number(1))]
        while len(multiples) < 15:
            multiples.append(add(multiples[-1], x, y, p, a))
        near = all_affine(multiples, p, self.inverse)
        found: Jacobian = (1, 1, 0)
        for shift in range((curve.q.bit_length() + 3) // 4 * 4 - 4, -1, -4):
            for _ in range(4):
                found = double(found, p, a)
            digit = factor >> shift & 15
            if digit:
                found = add(found, *near[digit - 1], p, a)
        return all_affine([found], p, self.inverse) if found[2] else []


def _chosen(table: Table, window: int, factor: int) -> list[Affine]:
    """Return the multiples of the table whose sum is the point times `factor`."""
    if window == 8:
        digits: Iterable[int] = factor.to_bytes(len(table), "little")
    else:
        digits = [factor >> shift & (1 << window) - 1 for shift in range(0, window * len(table), window)]
    return [row[digit - 1] for row, digit in zip(table, digits, strict=True) if digit]


PLAIN: Final = Arithmetic("python")
