"""Queues: how deep each is, and emptied on request."""

from collections.abc import Iterable
from enum import StrEnum

from aiohttp import web

from gateway.domain.queues import Queue
from gateway.protocol.moments import write
from gateway.storage.queues import Depth
from gateway.transports.admin.participants import refusals_told
from gateway.transports.admin.view import AdminView, Shape, Written, described
from gateway.words import say


class QueueName(StrEnum):
    """A recipient's three queues as addresses name them."""

    REQUESTS = "requests"
    RESPONSES = "responses"
    STATUSES = "statuses"

    @property
    def queue(self) -> Queue:
        return Queue[self.name]


class QueueShape(Shape):
    """One queue: messages free to take, messages taken and not acknowledged, since when, until when."""

    participant: str
    queue: QueueName
    free: int
    leased: int
    oldest: Written | None
    next_lease_end: Written | None


class QueuesShape(Shape):
    """Queues in the order of mnemonics, three for each participant."""

    queues: list[QueueShape]


class PurgedQueue(Shape):
    """How many messages a queue held when it was emptied."""

    participant: str
    queue: QueueName
    removed: int


class QueuesView(AdminView):
    """`/__admin/queues`."""

    @described(
        lambda: say(
            "Очереди всех участников: сколько сообщений ждёт, сколько получено и не подтверждено.",
            "The queues of all participants: how many messages wait, how many are taken and not acknowledged.",
        ),
        QueuesShape,
    )
    async def get(self) -> web.Response:
        members = self.administration.roster.members()
        depths = await self.administration.inquiry.depths()
        names = sorted({*(member.participant.mnemonic for member in members), *(depth.recipient for depth in depths)})
        return self.reply(_shape(names, depths))


class ParticipantQueuesView(AdminView):
    """`/__admin/queues/{mnemonic}`."""

    @described(lambda: say("Очереди одного участника.", "The queues of one participant."), QueuesShape, 404)
    async def get(self, mnemonic: str, /) -> web.Response:
        with refusals_told():
            self.administration.roster.member(mnemonic)
        return self.reply(_shape([mnemonic], await self.administration.inquiry.depths(mnemonic)))


class QueueView(AdminView):
    """`/__admin/queues/{mnemonic}/{queue}`."""

    @described(
        lambda: say(
            "Очистить очередь. Сообщения пропадают, их взаимодействия остаются в том же состоянии.",
            "Empty a queue. Its messages are gone, their interactions stay in their states.",
        ),
        PurgedQueue,
        404,
    )
    async def delete(self, mnemonic: str, queue: QueueName, /) -> web.Response:
        with refusals_told():
            self.administration.roster.member(mnemonic)
        removed = await self.administration.inquiry.purge(mnemonic, queue.queue)
        return self.reply(PurgedQueue(participant=mnemonic, queue=queue, removed=removed))


def _shape(mnemonics: Iterable[str], depths: Iterable[Depth]) -> QueuesShape:
    known = {(depth.recipient, depth.queue): depth for depth in depths}
    return QueuesShape(
        queues=[_queue(name, queue, known.get((name, queue.queue))) for name in mnemonics for queue in QueueName]
    )


def _queue(mnemonic: str, queue: QueueName, depth: Depth | None) -> QueueShape:
    if depth is None:
        return QueueShape(participant=mnemonic, queue=queue, free=0, leased=0, oldest=None, next_lease_end=None)
    return QueueShape(
        participant=mnemonic,
        queue=queue,
        free=depth.free,
        leased=depth.leased,
        oldest=None if depth.oldest is None else write(depth.oldest),
        next_lease_end=None if depth.next_lease_end is None else write(depth.next_lease_end),
    )
