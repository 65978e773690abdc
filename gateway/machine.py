"""The one place where this machine's clock and chance are read. Composition roots take them from here."""

import random  # noqa: TID251 - see above
from datetime import UTC, datetime

from gateway.domain.ids import SeededIds


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251


def chance(seed: int | None) -> random.Random:
    """Return a generator: of `seed`, or of the machine's own randomness."""
    return random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311 - ids, not keys


def new_ids(seed: int | None = None) -> SeededIds:
    """Return a source of version 1 MessageIDs."""
    return SeededIds(chance(seed))


def token() -> str:
    """Return a token that nobody can guess, whatever the seed."""
    return chance(None).randbytes(18).hex()


def secret(seed: int | None) -> bytes:
    """Return 32 bytes that nobody can guess, unless a seed asked for the same ones each time."""
    return chance(seed).randbytes(32)
