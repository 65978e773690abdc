"""Participants (участники): who may call, and who answers which kind of data."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from gateway.words import say

_MNEMONIC: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,49}")
"""types:Sender/Mnemonic is a string of at most 50; this sandbox keeps it to what is safe in an address."""


class Registration(StrEnum):
    """OPEN: whoever names itself becomes a participant. CLOSED: only those of the topology."""

    OPEN = "open"
    CLOSED = "closed"


class InvalidMnemonic(ValueError):
    """Not a mnemonic that this sandbox takes."""


@dataclass(frozen=True, slots=True)
class Participant:
    """One information system. `certificate` is the SHA-256 of its DER in hex.

    `may_request` holds kind ids that it may ask for; None is every kind.
    """

    mnemonic: str
    name: str
    oktmo: str | None = None
    may_request: frozenset[str] | None = None
    certificate: str | None = None


def checked_mnemonic(text: str) -> str:
    """Return `text` when it is a mnemonic.

    Raises: InvalidMnemonic.
    """
    if _MNEMONIC.fullmatch(text) is None:
        found = repr(text[:60])
        raise InvalidMnemonic(
            say(
                "мнемоника — от 1 до 50 латинских букв, цифр, знаков «_», «.», «-», начиная с буквы или цифры; "
                f"найдено {found}",
                "a mnemonic is 1 to 50 Latin letters, digits and characters “_”, “.”, “-”, a letter or digit first; "
                f"found {found}",
            )
        )
    if text.upper() == "SMEV":
        raise InvalidMnemonic(say("мнемоника SMEV — у самой СМЭВ", "the mnemonic SMEV is that of SMEV itself"))
    return text


@dataclass(slots=True)
class Participants:
    """Everybody known to one gateway, and the providers of each kind (kind id -> mnemonics in order)."""

    by_mnemonic: dict[str, Participant] = field(default_factory=dict)
    providers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _by_certificate: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, participants: Iterable[Participant], providers: Mapping[str, Iterable[str]] = {}) -> "Participants":
        registry = cls()
        for participant in participants:
            registry.add(participant)
        registry.providers = {kind: tuple(mnemonics) for kind, mnemonics in providers.items()}
        return registry

    def add(self, participant: Participant) -> None:
        """Add or replace `participant`."""
        self.by_mnemonic[participant.mnemonic] = participant
        if participant.certificate is not None:
            self._by_certificate[participant.certificate] = participant.mnemonic

    def with_certificate(self, certificate: str) -> Participant | None:
        """Return whose certificate has the SHA-256 `certificate`."""
        mnemonic = self._by_certificate.get(certificate)
        return None if mnemonic is None else self.by_mnemonic[mnemonic]

    def named(self, mnemonic: str) -> Participant | None:
        return self.by_mnemonic.get(mnemonic)

    def name_of(self, mnemonic: str) -> str:
        participant = self.by_mnemonic.get(mnemonic)
        return mnemonic if participant is None else participant.name

    def provides(self, mnemonic: str, kind_id: str) -> bool:
        return mnemonic in self.providers.get(kind_id, ())

    def provide(self, mnemonic: str, kind_id: str) -> None:
        """Make `mnemonic` the provider of `kind_id`, instead of whoever was."""
        self.providers[kind_id] = (mnemonic,)
        self.by_mnemonic.setdefault(mnemonic, Participant(mnemonic, mnemonic))

    def restrict(self, mnemonic: str, kinds: frozenset[str] | None) -> None:
        """Let `mnemonic` ask only for `kinds`; None lifts the restriction."""
        self.by_mnemonic[mnemonic] = replace(self.by_mnemonic[mnemonic], may_request=kinds)
