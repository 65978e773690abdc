"""Probes and the first of the admin endpoints: health, and one journal entry (the explanation of a refusal)."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from aiohttp import web

from gateway.protocol.message_id import is_uuid
from gateway.protocol.moments import write
from gateway.storage import journal
from gateway.storage.database import Database, StoreError
from gateway.storage.journal import StoredEntry
from gateway.words import say

_LARGEST_KEY: Final = 2**63
_LONGEST_PAGE: Final = 1000
_dumps: Final = partial(json.dumps, ensure_ascii=False)
Health = Callable[[], Mapping[str, object]]


class AdminEndpoint:
    """`/livez`, `/readyz`, `/__admin/health`, `/__admin/journal`, `/__admin/journal/<seq>`."""

    def __init__(self, store: Database, health: Health) -> None:
        self._store, self._health = store, health

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/livez", self.live),
            web.get("/readyz", self.ready),
            web.get("/__admin/health", self.health),
            web.get("/__admin/journal", self.journal_entries),
            web.get(r"/__admin/journal/{seq:\d{1,18}}", self.journal_entry),
        ]

    async def live(self, _: web.Request) -> web.Response:
        """The process answers."""
        return web.json_response({"status": "ok"})

    async def ready(self, _: web.Request) -> web.Response:
        """The store answers too: a message sent now would be kept."""
        try:
            await self._store.run(lambda connection: connection.exec_driver_sql("SELECT 1").scalar())
        except StoreError as error:
            title = say("Хранилище не отвечает", "The store does not answer")
            hint = say("проверьте место на диске и права", "check the space on the disk and the rights")
            return problem(503, "store", title, str(error), hint)
        return web.json_response({"status": "ok"})

    async def health(self, request: web.Request) -> web.Response:
        """How this gateway was started and how it is."""
        return web.json_response(dict(self._health()), dumps=_dumps)

    async def journal_entries(self, request: web.Request) -> web.Response:
        """Journal entries in order: `?messageId=` of one interaction, `?after=` a seq, at most `?limit=`."""
        query = request.query
        try:
            after, limit = int(query.get("after", "0")), int(query.get("limit", "100"))
            if not (0 <= after < _LARGEST_KEY and 0 < limit <= _LONGEST_PAGE):
                raise ValueError(f"after={after}, limit={limit}")
        except ValueError as error:
            hint = f"after: 0…{_LARGEST_KEY}, limit: 1…{_LONGEST_PAGE}"
            return problem(400, "query", say("Неверный запрос", "Bad query"), str(error), hint)
        message_id = query.get("messageId")
        if message_id is not None and not is_uuid(message_id):
            return problem(400, "query", say("Неверный запрос", "Bad query"), f"messageId={message_id!r}", "UUID")
        entries = await self._store.run(
            lambda connection: journal.read(connection, after, limit, message_id=message_id)
        )
        return web.json_response({"entries": [entry_as_json(stored) for stored in entries]}, dumps=_dumps)

    async def journal_entry(self, request: web.Request) -> web.Response:
        """One journal entry; of a refusal with its explanation and the envelope that was refused."""
        seq = int(request.match_info["seq"])
        stored = await self._store.run(lambda connection: journal.read_one(connection, seq))
        if stored is None:
            title = say("Такой записи журнала нет", "No such journal entry")
            hint = say("запись могла быть вытеснена", "the entry may have been evicted")
            return problem(404, "journal-entry", title, f"seq {seq}", hint)
        return web.json_response(entry_as_json(stored), dumps=_dumps)


def entry_as_json(stored: StoredEntry) -> dict[str, object]:
    """Return a journal entry for people and programs; bytes that are not UTF-8 are replaced."""
    entry = stored.entry
    explanation = entry.explanation
    return {
        "seq": stored.seq,
        "moment": write(entry.moment),
        "event": entry.event.value,
        "participant": entry.participant,
        "counterpart": entry.counterpart,
        "operation": entry.operation,
        "version": entry.version,
        "messageId": entry.message_id,
        "originalMessageId": entry.original_message_id,
        "messageType": entry.message_type,
        "status": entry.status,
        "fault": entry.fault,
        "explanation": None
        if explanation is None
        else {
            "check": explanation.check,
            "expected": explanation.expected,
            "found": explanation.found,
            "where": explanation.where,
            "advice": explanation.advice,
        },
        "envelope": None if entry.envelope is None else entry.envelope.decode("utf-8", "replace"),
    }


def problem(status: int, kind: str, title: str, detail: str, hint: str) -> web.Response:
    """Return an RFC 9457 problem with a `hint`."""
    body = {"type": f"urn:mock-smev:problem:{kind}", "title": title, "status": status, "detail": detail, "hint": hint}
    return web.json_response(body, status=status, content_type="application/problem+json", dumps=_dumps)
