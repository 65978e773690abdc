"""Keys and certificates for the tests of clients, the same each time."""

from datetime import UTC, datetime
from functools import lru_cache

from gateway.keyring import Keyring
from gateway.signature.authority import Validity
from gateway.signature.keys import Signer

KEYRING = Keyring.in_memory(b"tests of the client")


@lru_cache
def signer_of(
    mnemonic: str,
    *,
    since: datetime = datetime(2000, 1, 1, tzinfo=UTC),
    until: datetime = datetime(2090, 1, 1, tzinfo=UTC),
) -> Signer:
    """Return a key of `mnemonic`, whose certificate is valid in between."""
    return KEYRING.issue(mnemonic, validity=Validity(since, until))
