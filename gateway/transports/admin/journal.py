"""The journal: read by filters and pages, one entry, and followed live."""

from typing import Annotated, Final

from aiohttp import web
from aiohttp_sse import EventSourceResponse
from pydantic import Field

from gateway.domain.journal import JournalEvent
from gateway.exchange.follower import Follower
from gateway.protocol.faults import Explanation
from gateway.protocol.message_id import is_uuid
from gateway.protocol.moments import write
from gateway.storage.database import StoreError
from gateway.storage.journal import Sought, StoredEntry
from gateway.transports.admin.problems import Refused
from gateway.transports.admin.view import AdminView, Filters, Moment, Shape, Word, Written, described
from gateway.words import say

_LARGEST_KEY: Final = 2**63
_LONGEST_PAGE: Final = 1000
_HEARTBEAT_SECONDS: Final = 15.0
_SEND_SECONDS: Final = 30.0
"""A follower that takes nothing for so long has gone."""

Seq = Annotated[int, Field(ge=0, lt=_LARGEST_KEY)]


class Entry(Shape):
    """One line of the journal. `envelope` is the call as it came, of messages sent and of refusals."""

    seq: int
    moment: Written
    event: JournalEvent
    participant: str
    counterpart: str
    operation: str
    version: str
    message_id: str
    original_message_id: str
    message_type: str
    status: str
    fault: str
    explanation: Explanation | None
    envelope: str | None

    @classmethod
    def of(cls, stored: StoredEntry) -> "Entry":
        """Return a stored entry for people and programs; bytes that are not UTF-8 are replaced."""
        entry = stored.entry
        return cls(
            seq=stored.seq,
            moment=write(entry.moment),
            event=entry.event,
            participant=entry.participant,
            counterpart=entry.counterpart,
            operation=entry.operation,
            version=entry.version,
            message_id=entry.message_id,
            original_message_id=entry.original_message_id,
            message_type=entry.message_type,
            status=entry.status,
            fault=entry.fault,
            explanation=entry.explanation,
            envelope=None if entry.envelope is None else entry.envelope.decode("utf-8", "replace"),
        )


class JournalPage(Shape):
    """Entries in order; `next` is the address to go on at, null at the end of the journal."""

    entries: list[Entry]
    next: str | None


class JournalFilters(Filters):
    """Which entries; the names are those of the query."""

    event: JournalEvent | None = None
    participant: Word | None = None
    messageId: Word | None = None
    messageType: Word | None = None
    fault: Word | None = None
    since: Moment | None = None
    until: Moment | None = None


class JournalView(AdminView):
    """`/__admin/journal`."""

    @described(
        lambda: say(
            "Записи журнала по порядку, после записи after. messageId — все записи взаимодействия, "
            "participant — с любой стороны.",
            "Journal entries in order, after the entry after. messageId is all entries of its interaction, "
            "participant is on either side.",
        ),
        JournalPage,
    )
    async def get(
        self,
        filters: JournalFilters,
        after: Seq = 0,
        limit: Annotated[int, Field(ge=1, le=_LONGEST_PAGE)] = 100,
    ) -> web.Response:
        page = await self.administration.inquiry.journal(_sought(self, filters), after, limit)
        following = None if page.following is None else self.link(after=page.following)
        return self.reply(JournalPage(entries=[Entry.of(stored) for stored in page.entries], next=following))


def _sought(view: AdminView, filters: JournalFilters) -> Sought:
    message_id = filters.messageId
    if message_id is not None and view.administration.limits.message_id_pattern and not is_uuid(message_id):
        hint = say(
            "messageId — UUID строчными буквами; отказы по другим: GET /__admin/interactions/…/explanation",
            "messageId is a UUID in lower case; refusals of others: GET /__admin/interactions/…/explanation",
        )
        raise Refused(400, "query", say("Неверный запрос", "Bad query"), f"messageId={message_id!r}", hint)
    return Sought(
        message_id, filters.event, filters.participant, filters.messageType, filters.fault, filters.since, filters.until
    )


class EntryView(AdminView):
    """`/__admin/journal/{seq}`."""

    @described(
        lambda: say(
            "Одна запись журнала; запись об отказе — с объяснением и конвертом. Сюда ведёт X-Mock-Smev-Explain.",
            "One journal entry; that of a refusal with its explanation and envelope. X-Mock-Smev-Explain leads here.",
        ),
        Entry,
        404,
    )
    async def get(self, seq: Seq, /) -> web.Response:
        stored = await self.administration.inquiry.entry(seq)
        if stored is None:
            title = say("Такой записи журнала нет", "No such journal entry")
            hint = say("запись могла быть вытеснена", "the entry may have been evicted")
            raise Refused(404, "journal-entry", title, f"seq {seq}", hint)
        return self.reply(Entry.of(stored))


class StreamView(AdminView):
    """`/__admin/journal/stream`."""

    @described(
        lambda: say(
            "Журнал вживую: Server-Sent Events, id — seq, data — запись без конверта. "
            "Без after и Last-Event-ID — только новые записи.",
            "The journal live: Server-Sent Events, id is the seq, data is an entry without its envelope. "
            "Without after and Last-Event-ID only new entries come.",
        ),
        "text/event-stream",
    )
    async def get(
        self, filters: JournalFilters, after: Seq | None = None, *, last_event_id: Seq | None = None
    ) -> web.StreamResponse:
        administration = self.administration
        start = after if last_event_id is None else last_event_id
        follower = Follower(administration.inquiry, _sought(self, filters), start, administration.closing)
        await follower.begin()  # before the reader hears that it follows
        response = EventSourceResponse(sep="\n", send_timeout=_SEND_SECONDS, ping_interval=_HEARTBEAT_SECONDS)
        await response.prepare(self.request)
        async with response:
            await _send_all(follower, response)
        return response


async def _send_all(follower: Follower, response: EventSourceResponse) -> None:
    try:
        async for batch in follower.batches():
            if not response.is_connected():
                return
            for stored in batch:
                await response.send(Entry.of(stored).model_dump_json(by_alias=True), id=str(stored.seq))
    except (ConnectionError, TimeoutError):
        return  # it has gone, or reads nothing: it resumes by Last-Event-ID
    except StoreError as error:
        await response.send(str(error), event="error")
