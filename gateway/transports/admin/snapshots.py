"""Snapshots: saved, listed, removed, and the gateway put back to one."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

from aiohttp import web
from pydantic import Field

from gateway.exchange.snapshots import (
    BadSnapshotName,
    BrokenSnapshot,
    NoSuchSnapshot,
    Snapshot,
    SnapshotExists,
    SnapshotRefusal,
)
from gateway.protocol.moments import write
from gateway.transports.admin.problems import Refused
from gateway.transports.admin.view import AdminView, Shape, Word, Written, described
from gateway.words import say


class NewSnapshot(Shape):
    """A snapshot to save; with `replace` in the place of one that has this name."""

    name: Word
    replace: Annotated[bool, Field(strict=True)] = False


class SnapshotShape(Shape):
    """One snapshot. `saved` is the machine's time; `clock` is how the gateway's went and where it stood.

    `version` is that of the store: an older one is brought up when it is read.
    """

    name: str
    saved: Written
    bytes: int
    messages: int
    clock: str | None
    version: str

    @classmethod
    def of(cls, snapshot: Snapshot) -> "SnapshotShape":
        """Return a snapshot for people and programs."""
        clock = snapshot.clock
        return cls(
            name=snapshot.name,
            saved=write(snapshot.saved),
            bytes=snapshot.size,
            messages=snapshot.messages,
            clock=None if clock is None else str(clock),
            version=snapshot.revision,
        )


class SnapshotsShape(Shape):
    """Every snapshot, in the order of names."""

    snapshots: list[SnapshotShape]


class RemovedSnapshot(Shape):
    """Which one has gone."""

    removed: str


class SnapshotsView(AdminView):
    """`/__admin/snapshots`."""

    @described(lambda: say("Снимки по порядку.", "Snapshots in order."), SnapshotsShape)
    async def get(self) -> web.Response:
        found = await asyncio.to_thread(self.administration.snapshots.folder.all)
        return self.reply(SnapshotsShape(snapshots=[SnapshotShape.of(each) for each in found]))

    @described(
        lambda: say(
            "Сохранить снимок. Всё хранилище на этот момент и часы; вызовы продолжаются.",
            "Save a snapshot. The whole store of this moment and the clock; calls go on.",
        ),
        SnapshotShape,
        409,
        status=201,
    )
    async def post(self, new: NewSnapshot) -> web.Response:
        with refusals_told():
            snapshot = await self.administration.snapshots.save(new.name, replace=new.replace)
        location = self.address(f"/snapshots/{snapshot.name}")
        return self.reply(SnapshotShape.of(snapshot), 201, {"Location": location})


class SnapshotView(AdminView):
    """`/__admin/snapshots/{name}`."""

    @described(lambda: say("Один снимок.", "One snapshot."), SnapshotShape, 404, 409, 422)
    async def get(self, name: str, /) -> web.Response:
        with refusals_told():
            found = await asyncio.to_thread(self.administration.snapshots.folder.look, name)
        return self.reply(SnapshotShape.of(found))

    @described(lambda: say("Убрать снимок.", "Remove a snapshot."), RemovedSnapshot, 404, 422)
    async def delete(self, name: str, /) -> web.Response:
        with refusals_told():
            await asyncio.to_thread(self.administration.snapshots.folder.remove, name)
        return self.reply(RemovedSnapshot(removed=name))


class RestoreView(AdminView):
    """`/__admin/snapshots/{name}/restore`."""

    @described(
        lambda: say(
            "Вернуть шлюз к снимку. Содержимое хранилища заменяется целиком, часы идут оттуда, узлы начинают заново, "
            "сбои (faults) снимаются. Начатые вызовы завершаются до этого.",
            "Put the gateway back to a snapshot. The store is replaced as a whole, the clock goes on from there, nodes "
            "begin anew, faults on purpose go. Calls under way are finished before.",
        ),
        SnapshotShape,
        404,
        409,
        422,
    )
    async def post(self, name: str, /) -> web.Response:
        with refusals_told():
            snapshot = await self.administration.snapshots.restore(name)
        return self.reply(SnapshotShape.of(snapshot))


@contextmanager
def refusals_told() -> Iterator[None]:
    """Tell what cannot be done with a snapshot as a problem."""
    title = say("Снимок не подходит", "The snapshot will not do")
    try:
        yield
    except SnapshotRefusal as refusal:
        raise Refused(_STATUSES[type(refusal)], "snapshot", title, refusal.found, refusal.advice) from refusal
    except OSError as error:
        hint = say("проверьте место на диске и права", "check the space on the disk and the rights")
        raise Refused(503, "snapshot", title, str(error), hint) from error


_STATUSES: Final[dict[type[SnapshotRefusal], int]] = {
    BadSnapshotName: 422,
    NoSuchSnapshot: 404,
    SnapshotExists: 409,
    BrokenSnapshot: 409,
}
