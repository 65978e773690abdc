"""GOST R 34.10-2012, section 6, on Python's integers or GMP's; the steps are numbered as there.

A point times a number is read from a table of multiples: row i holds 1..2^w-1 times 2^(w i) P, so that a multiplication
is additions only. Not constant-time: for a sandbox.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from gateway.signature.gost.curves import Curve, generator_window
from gateway.signature.gost.keys import PrivateKey, PublicKey
from gateway.signature.gost.points import Affine, Jacobian, Number, add, double
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
    """A back end of the curve; `number` makes an integer one that this back end is fast with."""

    name: str
    number: Callable[[int], Number] = int

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
        v = pow(number_of(curve, digest), -1, curve.q)  # step 4
        z1, z2 = s * v % curve.q, -r * v % curve.q  # step 5
        table = self._keys.of(key)
        own = self._multiply(curve, (key.x, key.y), z2) if table is None else self._sum(curve, table, KEY_WINDOW, z2)
        total = self._sum(curve, self._generator(curve), generator_window(curve), z1, own)  # step 6
        if not total[2]:
            return False
        return int(self._affine(curve, total)[0]) % curve.q == r  # steps 6 and 7

    def multiple_of_generator(self, curve: Curve, factor: int) -> tuple[int, int]:
        """Return the affine coordinates of `factor` times the generator; 0 < factor < q."""
        x, y = self._affine(curve, self._sum(curve, self._generator(curve), generator_window(curve), factor))
        return int(x), int(y)

    def _generator(self, curve: Curve) -> Table:
        found = self._generators.get(curve)
        if found is None:
            found = self._generators[curve] = self._table(curve, (curve.x, curve.y), generator_window(curve))
        return found

    def _table(self, curve: Curve, point: Affine, window: int) -> Table:
        base: Jacobian = (self.number(point[0]), self.number(point[1]), self.number(1))
        rows, p, a = [], self.number(curve.p), self.number(curve.a)
        for _ in range(0, curve.q.bit_length(), window):
            x, y = self._affine(curve, base)
            multiples: list[Jacobian] = [(x, y, self.number(1))]
            while len(multiples) < 2**window - 1:
                multiples.append(add(multiples[-1], x, y, p, a))
            rows.append(self._all_affine(curve, multiples))
            for _ in range(window):
                base = double(base, p, a)
        return rows

    def _sum(self, curve: Curve, table: Table, window: int, factor: int, start: Jacobian = (1, 1, 0)) -> Jacobian:
        p, a, total, mask = self.number(curve.p), self.number(curve.a), start, 2**window - 1
        for row in table:
            digit = factor & mask
            if digit:
                x, y = row[digit - 1]
                total = add(total, x, y, p, a)
            factor >>= window
        return total

    def _multiply(self, curve: Curve, point: Affine, factor: int) -> Jacobian:
        """Without a table: four bits at a time, from the top."""
        p, a = self.number(curve.p), self.number(curve.a)
        x, y = self.number(point[0]), self.number(point[1])
        multiples: list[Jacobian] = [(x, y, self.number(1))]
        while len(multiples) < 15:
            multiples.append(add(multiples[-1], x, y, p, a))
        affine = self._all_affine(curve, multiples)
        total: Jacobian = (1, 1, 0)
        for shift in range((curve.q.bit_length() + 3) // 4 * 4 - 4, -1, -4):
            for _ in range(4):
                total = double(total, p, a)
            digit = factor >> shift & 15
            if digit:
                total = add(total, *affine[digit - 1], p, a)
        return total

    def _affine(self, curve: Curve, point: Jacobian) -> Affine:
        x, y, z = point
        p = self.number(curve.p)
        inverse = self.number(pow(int(z), -1, curve.p)) if self.number is int else pow(z, -1, p)
        square = inverse * inverse % p
        return x * square % p, y * square * inverse % p

    def _all_affine(self, curve: Curve, points: list[Jacobian]) -> list[Affine]:
        """Montgomery's trick: one inversion for all."""
        p, running, products = self.number(curve.p), self.number(1), []
        for point in points:
            products.append(running)
            running = running * point[2] % p
        inverse, found = pow(running, -1, p), []
        for (x, y, z), product in zip(reversed(points), reversed(products), strict=True):
            own = inverse * product % p
            inverse = inverse * z % p
            square = own * own % p
            found.append((x * square % p, y * square * own % p))
        return found[::-1]


PLAIN: Final = Arithmetic("python")
