"""Who takes part: added, changed and removed while the gateway runs, and kept in the store.

Whoever the gateway was started with (topology, settings) can be changed and not removed: it would be there again
after the next start. What was changed here beats topology and data kinds at the next start; `--provide` beats all.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from gateway.domain.clock import Clock
from gateway.domain.participants import InvalidMnemonic, Participant, Participants, checked_mnemonic
from gateway.library import Library
from gateway.storage import queues, registry
from gateway.storage.database import Database
from gateway.words import say

_LOG: Final = logging.getLogger(__name__)
_OKTMO: Final = re.compile(r"\d{8}(\d{3})?")
"""ОК 033-2013: 8 digits of a municipality, 11 of a settlement in it."""
_CERTIFICATE: Final = re.compile(r"[0-9a-f]{64}")


class RosterRefusal(Exception):
    """The roster stays as it is: what was found, and what to do."""

    def __init__(self, found: str, advice: str) -> None:
        self.found, self.advice = found, advice
        super().__init__(found)


class UnknownParticipant(RosterRefusal):
    """Nobody has this mnemonic."""


class ParticipantExists(RosterRefusal):
    """The mnemonic or the certificate is somebody's already."""


class ParticipantStays(RosterRefusal):
    """Whoever the gateway was started with cannot be removed."""


class QueuesHoldMessages(RosterRefusal):
    """Messages wait for a participant that is to be removed."""


class ImpossibleParticipant(RosterRefusal):
    """A value that no participant can have; `field` names it as the API does."""

    def __init__(self, field: str, found: str, advice: str) -> None:
        self.field = field
        super().__init__(found, advice)


@dataclass(frozen=True, slots=True)
class Member:
    """A participant, the kinds it provides, whether a node plays it, whether the gateway was started with it."""

    participant: Participant
    provides: tuple[str, ...]
    simulated: bool
    declared: bool


class Roster:
    """Changes the participants of one gateway."""

    def __init__(  # noqa: PLR0913 - what a composition root hands over
        self,
        participants: Participants,
        library: Library,
        store: Database,
        clock: Clock,
        *,
        appoint: Callable[[], None],
        simulated: Callable[[], Container[str]] = tuple,
        insisted: Iterable[tuple[str, str]] = (),
    ) -> None:
        """`participants` is who the gateway starts with.

        `appoint` makes the providers that data kinds ask for; `simulated` tells whom nodes play by now; `insisted`
        are the (mnemonic, kind) of `--provide`.
        """
        self._participants, self._library, self._store, self._clock = participants, library, store, clock
        self._appoint, self._simulated, self._insisted = appoint, simulated, tuple(insisted)
        self._declared = Participants()
        self._declared.become(participants)
        self._changing = asyncio.Lock()

    async def recall(self) -> None:
        """Take in whom the store knows: at the start, and after the edits were forgotten.

        Raises: StoreError.
        """
        kept, edits = await self._store.run(lambda c: (registry.participants(c), registry.edits(c)))
        self._participants.become(self._declared)
        self._appoint()
        for participant in kept:
            edited = participant.mnemonic in edits
            if edited or self._participants.named(participant.mnemonic) is None:
                self._participants.add(participant)
            provides = edits.get(participant.mnemonic)
            if provides is not None:
                self._participants.provide_only(participant.mnemonic, provides)
        for mnemonic, kind in self._insisted:
            self._participants.provide(mnemonic, kind)

    async def start_over(self) -> None:
        """Know whom the gateway was started with and whom the store knows, and forget everybody else.

        Raises: StoreError.
        """
        async with self._changing:
            await self.recall()

    async def forget_edits(self) -> int:
        """Return to whom the gateway was started with and who registered by calling; return how many edits went.

        Raises: StoreError.
        """
        async with self._changing:
            count = await self._store.run(registry.forget_edits)
            await self.recall()
        return count

    def members(self) -> list[Member]:
        """Return everybody, in the order of mnemonics."""
        return [self._member(participant) for _, participant in sorted(self._participants.by_mnemonic.items())]

    def member(self, mnemonic: str) -> Member:
        """Return one participant.

        Raises: UnknownParticipant.
        """
        participant = self._participants.named(mnemonic)
        if participant is None:
            raise UnknownParticipant(
                say(f"участника {mnemonic!r} нет", f"no participant {mnemonic!r}"),
                say(
                    "все участники: GET /__admin/participants; добавить: POST туда же",
                    "all participants: GET /__admin/participants; add one: POST there",
                ),
            )
        return self._member(participant)

    def _member(self, participant: Participant) -> Member:
        mnemonic = participant.mnemonic
        declared = self._declared.named(mnemonic) is not None
        provides = self._participants.provided_by(mnemonic)
        return Member(participant, provides, mnemonic in self._simulated(), declared)

    async def add(self, participant: Participant, provides: Iterable[str]) -> Member:
        """Add a participant who provides `provides`.

        Raises: ParticipantExists, ImpossibleParticipant, StoreError.
        """
        async with self._changing:
            mnemonic = participant.mnemonic
            try:
                checked_mnemonic(mnemonic)
            except InvalidMnemonic as error:
                example = say("например MYSYSTEM", "for example MYSYSTEM")
                raise ImpossibleParticipant("mnemonic", str(error), example) from error
            if self._participants.named(mnemonic) is not None:
                raise ParticipantExists(
                    say(f"участник {mnemonic} уже есть", f"the participant {mnemonic} exists"),
                    say(f"измените его: PATCH …/{mnemonic}", f"change it: PATCH …/{mnemonic}"),
                )
            return await self._keep(participant, tuple(provides))

    async def change(self, participant: Participant, provides: Iterable[str] | None) -> Member:
        """Put `participant` in the place of whoever has its mnemonic; `provides` of None stays as it is.

        Raises: UnknownParticipant, ParticipantExists, ImpossibleParticipant, StoreError.
        """
        async with self._changing:
            self.member(participant.mnemonic)
            return await self._keep(participant, None if provides is None else tuple(provides))

    async def remove(self, mnemonic: str, *, force: bool) -> int:
        """Remove a participant; with `force` also the messages in its queues. Return how many went.

        Raises: UnknownParticipant, ParticipantStays, QueuesHoldMessages, StoreError.
        """
        async with self._changing:
            self._refuse_to_remove(self.member(mnemonic))

            def work(connection: Connection) -> tuple[int, bool]:
                waiting = sum(queues.pending(connection, mnemonic).values())
                if waiting and not force:
                    return waiting, False
                registry.forget(connection, mnemonic)
                return queues.purge(connection, mnemonic), True

            count, removed = await self._store.run(work)
            if not removed:
                raise QueuesHoldMessages(
                    say(f"в очередях {mnemonic} сообщений: {count}", f"{count} messages wait for {mnemonic}"),
                    say(
                        "заберите их, очистите очередь (DELETE /__admin/queues/…) или повторите с ?force=true",
                        "take them, purge the queues (DELETE /__admin/queues/…), or repeat with ?force=true",
                    ),
                )
            self._participants.remove(mnemonic)
            _LOG.info("removed participant %s and %d messages for it", mnemonic, count)
            return count

    def _refuse_to_remove(self, member: Member) -> None:
        mnemonic = member.participant.mnemonic
        if member.simulated:
            raise ParticipantStays(
                say(f"{mnemonic} — имитируемое ведомство", f"{mnemonic} is a simulated agency"),
                say(
                    "чтобы отвечать вместо него, отдайте вид сведений другому участнику (provides); "
                    "чтобы его не было, запустите с другой топологией",
                    "to answer instead of it, give the data kind to another participant (provides); "
                    "to be without it, start with another topology",
                ),
            )
        if member.declared:
            raise ParticipantStays(
                say(f"{mnemonic} задан при запуске", f"{mnemonic} was named at the start"),
                say(
                    "уберите его из топологии или из --participant и --provide",
                    "take it out of the topology or of --participant and --provide",
                ),
            )

    async def _keep(self, participant: Participant, provides: tuple[str, ...] | None) -> Member:
        self._judge(participant, provides)
        now = self._clock.now()

        def work(connection: Connection) -> None:
            said = registry.edits(connection).get(participant.mnemonic) if provides is None else provides
            registry.keep(connection, participant, said, now)

        await self._store.run(work)
        self._participants.add(participant)
        if provides is not None:
            self._participants.provide_only(participant.mnemonic, provides)
        _LOG.info("kept participant %s as the admin API wrote it", participant.mnemonic)
        return self.member(participant.mnemonic)

    def _judge(self, participant: Participant, provides: tuple[str, ...] | None) -> None:
        if not participant.name.strip():
            raise ImpossibleParticipant(
                "name", say("название пусто", "the name is empty"), say("назовите участника", "name the participant")
            )
        if participant.oktmo is not None and _OKTMO.fullmatch(participant.oktmo) is None:
            expected = say("код ОКТМО — 8 или 11 цифр, например 24701000", "an OKTMO has 8 or 11 digits, as 24701000")
            raise ImpossibleParticipant("oktmo", repr(participant.oktmo), expected)
        self._judge_certificate(participant)
        self._judge_kinds("mayRequest", participant.may_request or ())
        self._judge_kinds("provides", provides or ())

    def _judge_certificate(self, participant: Participant) -> None:
        certificate = participant.certificate
        if certificate is None:
            return
        if _CERTIFICATE.fullmatch(certificate) is None:
            expected = say(
                "SHA-256 сертификата (DER): 64 шестнадцатеричные цифры, строчные",
                "SHA-256 of the certificate (DER): 64 hexadecimal digits in lower case",
            )
            raise ImpossibleParticipant("certificate", repr(certificate[:80]), expected)
        owner = self._participants.with_certificate(certificate)
        if owner is not None and owner.mnemonic != participant.mnemonic:
            raise ParticipantExists(
                say(f"этот сертификат — у {owner.mnemonic}", f"this certificate is that of {owner.mnemonic}"),
                say("сначала уберите его оттуда", "take it away from there first"),
            )

    def _judge_kinds(self, field: str, kinds: Iterable[str]) -> None:
        catalogue = self._library.catalogue
        for kind in kinds:
            if catalogue.by_id(kind) is None:
                known = ", ".join(sorted({known.id for known in catalogue}))
                raise ImpossibleParticipant(
                    field,
                    say(f"вида сведений {kind[:80]!r} нет", f"no data kind {kind[:80]!r}"),
                    say(f"есть {known}", f"there are {known}"),
                )
