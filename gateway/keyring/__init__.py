"""The keys and certificates of a sandbox: whose certificate is whose, what it is worth, who signs with what."""

from gateway.keyring.ring import Keyring, Listed, NothingIssued, Special
from gateway.keyring.shelves import KeyringUnusable

__all__ = ["Keyring", "KeyringUnusable", "Listed", "NothingIssued", "Special"]
