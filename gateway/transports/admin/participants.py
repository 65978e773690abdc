"""Participants: who takes part, what each may ask for and what it provides."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

from aiohttp import web
from pydantic import StringConstraints

from gateway.domain.participants import Participant, Provenance
from gateway.domain.services import Level
from gateway.exchange.roster import (
    ImpossibleParticipant,
    Member,
    ParticipantExists,
    ParticipantStays,
    QueuesHoldMessages,
    RosterRefusal,
    UnknownParticipant,
)
from gateway.transports.admin.problems import Refused
from gateway.transports.admin.view import AdminView, Shape, Word, described
from gateway.words import say

Mnemonic = Annotated[str, StringConstraints(min_length=1, max_length=50, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$")]


class ParticipantShape(Shape):
    """One participant. `mayRequest` of null is every data kind; `declared`: the gateway was started with it.

    `level`, `provenance` and `services` (codes of the public services that it provides) are told by a topology only.
    """

    mnemonic: str
    name: str
    oktmo: str | None
    certificate: str | None
    may_request: list[str] | None
    provides: list[str]
    simulated: bool
    declared: bool
    level: Level | None
    provenance: Provenance | None
    services: list[str]

    @classmethod
    def of(cls, member: Member) -> "ParticipantShape":
        participant, rights = member.participant, member.participant.may_request
        return cls(
            mnemonic=participant.mnemonic,
            name=participant.name,
            oktmo=participant.oktmo,
            certificate=participant.certificate,
            may_request=None if rights is None else sorted(rights),
            provides=list(member.provides),
            simulated=member.simulated,
            declared=member.declared,
            level=participant.level,
            provenance=participant.provenance,
            services=list(participant.services),
        )


class ParticipantsShape(Shape):
    """Everybody, in the order of mnemonics."""

    participants: list[ParticipantShape]


class NewParticipant(Shape):
    """A participant to add. `certificate` is the SHA-256 of its DER in hex; `name` is the mnemonic unless given."""

    mnemonic: Mnemonic
    name: Word | None = None
    oktmo: Word | None = None
    certificate: Word | None = None
    may_request: list[Word] | None = None
    provides: tuple[Word, ...] = ()


class ParticipantChange(Shape):
    """What is to change; what is left out stays. `mnemonic` can only be repeated."""

    mnemonic: Word | None = None
    name: Word | None = None
    oktmo: Word | None = None
    certificate: Word | None = None
    may_request: list[Word] | None = None
    provides: list[Word] | None = None


class RemovedParticipant(Shape):
    """Who was removed, and how many messages with it."""

    mnemonic: str
    removed_messages: int


class ParticipantsView(AdminView):
    """`/__admin/participants`."""

    @described(lambda: say("Все участники.", "All participants."), ParticipantsShape)
    async def get(self) -> web.Response:
        members = self.administration.roster.members()
        return self.reply(ParticipantsShape(participants=[ParticipantShape.of(member) for member in members]))

    @described(
        lambda: say(
            "Добавить участника. Он остаётся и после перезапуска.",
            "Add a participant. It is there after a restart too.",
        ),
        ParticipantShape,
        409,
        status=201,
    )
    async def post(self, new: NewParticipant) -> web.Response:
        rights = None if new.may_request is None else frozenset(new.may_request)
        participant = Participant(new.mnemonic, new.name or new.mnemonic, new.oktmo, rights, new.certificate)
        with refusals_told():
            member = await self.administration.roster.add(participant, new.provides)
        address = self.address(f"/participants/{new.mnemonic}")
        return self.reply(ParticipantShape.of(member), 201, {"Location": address})


class ParticipantView(AdminView):
    """`/__admin/participants/{mnemonic}`."""

    @described(lambda: say("Один участник.", "One participant."), ParticipantShape, 404)
    async def get(self, mnemonic: str, /) -> web.Response:
        with refusals_told():
            return self.reply(ParticipantShape.of(self.administration.roster.member(mnemonic)))

    @described(
        lambda: say(
            "Изменить участника: название, ОКТМО, сертификат, права, виды сведений, которые он предоставляет.",
            "Change a participant: name, OKTMO, certificate, rights, the data kinds that it provides.",
        ),
        ParticipantShape,
        404,
        409,
    )
    async def patch(self, mnemonic: str, /, change: ParticipantChange) -> web.Response:
        roster = self.administration.roster
        given = change.model_dump(include=change.model_fields_set)
        with refusals_told():
            known = roster.member(mnemonic).participant
            _refuse_new_mnemonic(known, given)
            rights = given.get("may_request", known.may_request)
            changed = Participant(
                mnemonic,
                given.get("name", known.name) or "",
                given.get("oktmo", known.oktmo),
                None if rights is None else frozenset(rights),
                given.get("certificate", known.certificate),
            )
            return self.reply(ParticipantShape.of(await roster.change(changed, given.get("provides"))))

    @described(
        lambda: say(
            "Убрать участника. Пока в его очередях есть сообщения, нужен force=true. "
            "Тех, с кем шлюз запущен, убрать нельзя.",
            "Remove a participant. While its queues hold messages it takes force=true. "
            "Whoever the gateway was started with stays.",
        ),
        RemovedParticipant,
        404,
        409,
    )
    async def delete(self, mnemonic: str, /, force: bool = False) -> web.Response:
        with refusals_told():
            count = await self.administration.roster.remove(mnemonic, force=force)
        return self.reply(RemovedParticipant(mnemonic=mnemonic, removed_messages=count))


def _refuse_new_mnemonic(known: Participant, given: dict[str, object]) -> None:
    if given.get("mnemonic", known.mnemonic) != known.mnemonic:
        raise ImpossibleParticipant(
            "mnemonic",
            say("мнемоника не меняется", "a mnemonic does not change"),
            say(
                "по ней адресованы сообщения и очереди; добавьте участника с новой и уберите старого",
                "messages and queues are addressed by it; add a participant with the new one and remove the old",
            ),
        )


@contextmanager
def refusals_told() -> Iterator[None]:
    """Tell what the roster refuses as a problem."""
    try:
        yield
    except ImpossibleParticipant as refusal:
        title = say(f"Неверное значение: {refusal.field}", f"Bad value: {refusal.field}")
        raise Refused(422, "participant", title, refusal.found, refusal.advice) from refusal
    except RosterRefusal as refusal:
        title = say("Участник остаётся как есть", "The participant stays as it is")
        raise Refused(_STATUSES[type(refusal)], "participant", title, refusal.found, refusal.advice) from refusal


_STATUSES: Final[dict[type[RosterRefusal], int]] = {
    UnknownParticipant: 404,
    ParticipantExists: 409,
    ParticipantStays: 409,
    QueuesHoldMessages: 409,
}
