"""Recordings: a span of the journal as a file, the same from now on, and those that the gateway writes by itself."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Annotated, Final

from aiohttp import web
from pydantic import Field, StringConstraints

from gateway.exchange.live_recordings import (
    NAME,
    BadName,
    Following,
    Live,
    NameTaken,
    NoSuchRecording,
    StillRunning,
)
from gateway.exchange.recordings import Batch, Reading, Selection, UnknownKind, types_of
from gateway.protocol.moments import write
from gateway.recording.format import RecordedEntry, attachments_folder, dump, line_of
from gateway.storage.database import StoreError
from gateway.transports.admin.problems import Refused
from gateway.transports.admin.view import AdminView, Filters, Moment, Shape, Word, Written, described
from gateway.words import say

_LOG: Final = logging.getLogger(__name__)
_LINES: Final = "application/jsonl"
_BYTES: Final = "application/octet-stream"
_AFTER: Final = "X-Mock-Smev-After"
"""The seq after which a recording begins: who follows may ask from there again."""
_LARGEST: Final = 2**63

Seq = Annotated[int, Field(ge=0, lt=_LARGEST)]
Position = Annotated[int, Field(ge=0, lt=100_000)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class RecordingFilters(Filters):
    """What is taken; interactions are taken whole. The names are those of the query."""

    since: Moment | None = None
    until: Moment | None = None
    case: Word | None = None
    participant: Word | None = None
    kind: Word | None = None
    messageId: Word | None = None


class RecordingShape(Shape):
    """A recording to begin: its name, and what is taken. Interactions are taken whole.

    With `after` the entries that are there already after that seq are taken too, else what comes from now on.
    """

    name: Annotated[str, StringConstraints(pattern=f"^{NAME}$")]
    since: Moment | None = None
    until: Moment | None = None
    case: Word | None = None
    participant: Word | None = None
    kind: Word | None = None
    message_id: Word | None = None
    after: Seq | None = None


class LiveShape(Shape):
    """A recording of the gateway. `size` is in bytes without attachments; `error` says why it ended, or waits.

    `since` is when it was begun; null of one that was made before the gateway was started.
    """

    name: str
    file: str
    running: bool
    since: Written | None
    entries: int
    size: int
    error: str

    @classmethod
    def of(cls, live: Live) -> "LiveShape":
        """Return a recording for people and programs."""
        return cls(
            name=live.name,
            file=str(live.file),
            running=live.is_running,
            since=None if live.since is None else write(live.since),
            entries=live.entries,
            size=live.size,
            error=live.error,
        )


class LiveListShape(Shape):
    """Recordings of the gateway by name."""

    recordings: list[LiveShape]


class RecordingView(AdminView):
    """`/__admin/recording`."""

    @described(
        lambda: say(
            "Отрезок журнала как запись: JSON Lines, первая строка — заголовок. Взаимодействия берутся целиком; since "
            "и until — о запросе, after — только записи журнала после этой.",
            "A span of the journal as a recording: JSON Lines, the first line is the header. Interactions are taken "
            "whole; since and until are about the request, after takes journal entries after that one only.",
        ),
        _LINES,
    )
    async def get(self, filters: RecordingFilters, after: Seq = 0) -> web.StreamResponse:
        selection = _selection(self, filters, after)
        batches = Reading(self.administration.inquiry, selection).batches()
        return await _send(self, selection, batches, after)


class RecordingStreamView(AdminView):
    """`/__admin/recording/stream`."""

    @described(
        lambda: say(
            "Запись с этого момента (или после записи журнала after), строка за строкой, пока читатель не уйдёт.",
            "A recording from now on (or after the journal entry after), line by line, until the reader goes.",
        ),
        _LINES,
    )
    async def get(self, filters: RecordingFilters, after: Seq | None = None) -> web.StreamResponse:
        administration, selection = self.administration, _selection(self, filters, 0)
        following = Following(administration.inquiry, selection, administration.closing)
        await following.begin(after)  # before the reader hears that it records
        return await _send(self, selection, following.batches(), following.after)


async def _send(view: AdminView, selection: Selection, batches: AsyncIterator[Batch], after: int) -> web.StreamResponse:
    request = view.request
    administration = view.administration
    run = f"journal {write(administration.timekeeper.clock.now())}"
    header = administration.recordings.header(run, selection)
    response = web.StreamResponse(headers={"Content-Type": f"{_LINES}; charset=utf-8", _AFTER: str(after)})
    await response.prepare(request)
    try:
        await response.write(dump(header.as_json()).encode())
        async for batch in batches:
            if request.transport is None:
                break
            if batch.entries:
                await response.write(await asyncio.to_thread(_lines, batch.entries))
        await response.write_eof()
    except ConnectionError:
        pass  # it has gone
    except StoreError as error:
        _LOG.error("recording: %s", error)
        if request.transport is not None:
            request.transport.abort()  # it hears that this was not the end
    return response


def _lines(entries: tuple[RecordedEntry, ...]) -> bytes:
    return "".join(dump(line_of(each)) for each in entries).encode()


def _selection(view: AdminView, asked: RecordingFilters | RecordingShape, after: int) -> Selection:
    message_id = asked.messageId if isinstance(asked, RecordingFilters) else asked.message_id
    catalogue = view.administration.library.catalogue
    try:
        kinds = types_of(catalogue, () if asked.kind is None else (asked.kind,))
    except UnknownKind as error:
        hint = say("все виды: GET /__admin/kinds", "all kinds: GET /__admin/kinds")
        title = say("Такого вида сведений нет", "No such data kind")
        status = 400 if isinstance(asked, RecordingFilters) else 422
        raise Refused(status, "kind", title, str(error), hint) from error
    return Selection(asked.since, asked.until, asked.case, asked.participant, kinds, message_id, after)


class RecordingAttachmentView(AdminView):
    """`/__admin/recording/attachments/{messageId}/{position}`."""

    @described(
        lambda: say(
            "Вложение сообщения, каким его хранит шлюз; position считается с 0, в порядке строки записи.",
            "An attachment of a message as the gateway keeps it; position counts from 0, in the order of the line.",
        ),
        _BYTES,
        404,
    )
    async def get(self, messageId: Word, position: Position, /) -> web.Response:
        found = await Reading(self.administration.inquiry).attachment(messageId, position)
        if found is None:
            raise _no_attachment(f"{messageId}, {position}")
        return web.Response(body=found.content, content_type=_BYTES)


def _no_attachment(detail: str) -> Refused:
    title = say("Такого вложения нет", "No such attachment")
    hint = say("вложения названы в строках записи", "the lines of the recording name the attachments")
    return Refused(404, "attachment", title, detail, hint)


class RecordingsView(AdminView):
    """`/__admin/recordings`."""

    @described(
        lambda: say(
            "Записи, которые шлюз ведёт и вёл в папке данных.", "Recordings that the gateway makes or has made."
        ),
        LiveListShape,
    )
    async def get(self) -> web.Response:
        live = await self.administration.recordings.all()
        return self.reply(LiveListShape(recordings=[LiveShape.of(each) for each in live]))

    @described(
        lambda: say(
            "Начать запись с этого момента, в файл папки данных; всё принятое после ответа в неё попадёт.",
            "Begin a recording from now on, in the data folder; what is taken after the answer will be in it.",
        ),
        LiveShape,
        409,
        status=201,
    )
    async def post(self, wanted: RecordingShape) -> web.Response:
        selection = _selection(self, wanted, 0)
        with _refusals_told():
            live = await self.administration.recordings.start(wanted.name, selection, wanted.after)
        return self.reply(
            LiveShape.of(live), 201, {"Location": f"{self.administration.prefix}/__admin/recordings/{live.name}"}
        )


class LiveRecordingView(AdminView):
    """`/__admin/recordings/{name}`."""

    @described(lambda: say("Одна запись: сколько в ней, ведётся ли.", "One recording, how far it is."), LiveShape, 404)
    async def get(self, name: str, /) -> web.Response:
        return self.reply(LiveShape.of(await _live(self, name)))

    @described(
        lambda: say(
            "Удалить законченную запись вместе с вложениями.", "Remove a recording that has ended, with attachments."
        ),
        LiveShape,
        404,
        409,
    )
    async def delete(self, name: str, /) -> web.Response:
        live = await _live(self, name)
        with _refusals_told():
            await self.administration.recordings.remove(name)
        return self.reply(LiveShape.of(live))


class StopView(AdminView):
    """`/__admin/recordings/{name}/stop`."""

    @described(
        lambda: say(
            "Закончить запись: всё принятое до этого вызова в ней есть. Законченная остаётся как есть.",
            "End a recording: what was taken before this call is in it. One that has ended stays as it is.",
        ),
        LiveShape,
        404,
    )
    async def post(self, name: str, /) -> web.Response:
        with _refusals_told():
            return self.reply(LiveShape.of(await self.administration.recordings.stop(name)))


class FileView(AdminView):
    """`/__admin/recordings/{name}/file`."""

    @described(
        lambda: say("Файл записи, каков он сейчас.", "The file of a recording as it is now."),
        _LINES,
        404,
    )
    async def get(self, name: str, /) -> web.StreamResponse:
        live = await _live(self, name)
        return web.FileResponse(live.file, headers={"Content-Type": f"{_LINES}; charset=utf-8"})


class FileAttachmentView(AdminView):
    """`/__admin/recordings/{name}/attachments/{sha256}`."""

    @described(lambda: say("Вложение записи.", "An attachment of a recording."), _BYTES, 404)
    async def get(self, name: str, sha256: Sha256, /) -> web.StreamResponse:
        file = attachments_folder((await _live(self, name)).file) / sha256
        if not await asyncio.to_thread(file.is_file):
            raise _no_attachment(sha256)
        return web.FileResponse(file, headers={"Content-Type": _BYTES})


async def _live(view: AdminView, name: str) -> Live:
    with _refusals_told():
        return await view.administration.recordings.get(name)


@contextmanager
def _refusals_told() -> Iterator[None]:
    listed = say("все записи: GET /__admin/recordings", "all recordings: GET /__admin/recordings")
    try:
        yield
    except (BadName, NoSuchRecording) as error:
        raise Refused(404, "recording", say("Такой записи нет", "No such recording"), str(error), listed) from error
    except NameTaken as error:
        title = say("Запись с этим именем уже есть", "There is a recording of that name")
        hint = say("две записи в один файл не пишутся: назовите иначе", "two never go into one file: name another")
        raise Refused(409, "recording", title, str(error), hint) from error
    except StillRunning as error:
        title = say("Запись ещё ведётся", "The recording is still being made")
        hint = f"POST /__admin/recordings/{error}/stop"
        raise Refused(409, "recording", title, str(error), hint) from error
    except OSError as error:
        title = say("Файл записи не записать", "The file of the recording cannot be written")
        hint = say("проверьте место на диске и права", "check the space on the disk and the rights")
        raise Refused(503, "recording", title, f"{error.filename}: {error.strerror}", hint) from error
