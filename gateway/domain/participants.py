"""Participants (участники): who may call, and who answers which kind of data."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from gateway.domain.services import Level
from gateway.words import say

_MNEMONIC: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,49}")
"""types:Sender/Mnemonic is a string of at most 50; this sandbox keeps it to what is safe in an address."""


class Registration(StrEnum):
    """OPEN: whoever names itself becomes a participant. CLOSED: only those of the topology."""

    OPEN = "open"
    CLOSED = "closed"


class Provenance(StrEnum):
    """What the name and the codes of a body rest on, which a topology tells of its participants.

    SOURCED: read in a source. DERIVED: follows from one by a rule. RECALLED: general knowledge, to be verified.
    SYNTHETIC: made up.
    """

    SOURCED = "sourced"
    DERIVED = "derived"
    RECALLED = "recalled"
    SYNTHETIC = "synthetic"


class InvalidMnemonic(ValueError):
    """Not a mnemonic that this sandbox takes."""


@dataclass(frozen=True, slots=True)
class Participant:
    """One information system. `certificate` is the SHA-256 of its DER in hex.

    `may_request` holds kind ids that it may ask for; None is every kind. `services` holds the codes of the public
    services that it provides. Of these and of `level` and `provenance` only a topology tells.
    """

    mnemonic: str
    name: str
    oktmo: str | None = None
    may_request: frozenset[str] | None = None
    certificate: str | None = None
    level: Level | None = None
    provenance: Provenance | None = None
    services: tuple[str, ...] = ()


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
        """Add or replace `participant`; what only a topology tells of it stays when the new one does not tell it."""
        known = self.by_mnemonic.get(participant.mnemonic)
        if known is not None:
            participant = replace(
                participant,
                level=participant.level or known.level,
                provenance=participant.provenance or known.provenance,
                services=participant.services or known.services,
            )
        self._forget_certificate(participant.mnemonic)
        self.by_mnemonic[participant.mnemonic] = participant
        if participant.certificate is not None:
            self._by_certificate[participant.certificate] = participant.mnemonic

    def remove(self, mnemonic: str) -> None:
        """Remove a participant, also from the providers of every kind."""
        self._forget_certificate(mnemonic)
        del self.by_mnemonic[mnemonic]
        self.provide_only(mnemonic, ())

    def become(self, other: "Participants") -> None:
        """Take over everything from `other`: whoever holds this registry sees it from now on."""
        self.by_mnemonic.clear()
        self._by_certificate.clear()
        for participant in other.by_mnemonic.values():
            self.add(participant)
        self.providers = dict(other.providers)

    def _forget_certificate(self, mnemonic: str) -> None:
        known = self.by_mnemonic.get(mnemonic)
        if known is not None and known.certificate is not None:
            self._by_certificate.pop(known.certificate, None)

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

    def provided_by(self, mnemonic: str) -> tuple[str, ...]:
        """Return the ids of the kinds that `mnemonic` provides, in order."""
        return tuple(sorted(kind for kind, providers in self.providers.items() if mnemonic in providers))

    def provide_only(self, mnemonic: str, kinds: Iterable[str]) -> None:
        """Make `mnemonic` a provider of exactly `kinds`: of those that are new to it the first in line."""
        wanted = set(kinds)
        for kind, providers in self.providers.items():
            if mnemonic in providers and kind not in wanted:
                self.providers[kind] = tuple(other for other in providers if other != mnemonic)
        for kind in wanted:
            providers = self.providers.get(kind, ())
            if mnemonic not in providers:
                self.providers[kind] = (mnemonic, *providers)

    def provide(self, mnemonic: str, kind_id: str) -> None:
        """Make `mnemonic` the provider of `kind_id`, instead of whoever was."""
        self.providers[kind_id] = (mnemonic,)
        self.by_mnemonic.setdefault(mnemonic, Participant(mnemonic, mnemonic))

    def restrict(self, mnemonic: str, kinds: frozenset[str] | None) -> None:
        """Let `mnemonic` ask only for `kinds`; None lifts the restriction."""
        self.by_mnemonic[mnemonic] = replace(self.by_mnemonic[mnemonic], may_request=kinds)
