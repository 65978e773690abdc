"""`/__admin/explain`: what is wrong with a message that is brought, or was sent here. Nothing of it is kept."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from pydantic import Field

from gateway.exchange.examination import Examination, Unreadable, open_package, unreadable_told
from gateway.exchange.examination.words import kind_in_words, summary, verdict_in_words
from gateway.pages import HEADERS, rendered
from gateway.storage.journal import StoredEntry
from gateway.transports.admin.problems import Refused
from gateway.transports.admin.view import AdminView, Word, described, received
from gateway.words import say

_TEMPLATE: Final = Path(__file__).parent / "templates" / "explain.html.j2"
_LARGEST_KEY: Final = 2**63
_SHOWN: Final = 4000
"""Characters of a step's octets on the page; all of them are in its link."""
_BODY: Final[dict[str, Any]] = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "properties": {"file": {"type": "string", "format": "binary"}, "text": {"type": "string"}},
        }
    },
    "text/xml": {"schema": {"type": "string"}},
}


class ExplainView(AdminView):
    """`/__admin/explain`."""

    @described(
        lambda: say(
            "Разобрать сообщение, которое сюда отправляли: подписи, схемы. message — MessageID, seq — запись журнала; "
            "без них — страница с формой. HTML, если его просит Accept.",
            "Look into a message that was sent here: signatures, schemas. message is a MessageID, seq an entry of the "
            "journal; without them a page with a form. HTML where Accept asks for it.",
        ),
        "application/json",
        404,
        422,
        media=("text/html",),
    )
    async def get(
        self, message: Word | None = None, seq: Annotated[int | None, Field(ge=1, lt=_LARGEST_KEY)] = None
    ) -> web.Response:
        if message is None and seq is None:
            return self._page(None, "")
        entry = await self._entry(message, seq)
        if entry is None or entry.entry.envelope is None:
            title = say("Сообщения в журнале нет", "The journal has no such message")
            hint = say("его уже вытеснили, или вызова не было", "it was dropped already, or there was no such call")
            raise Refused(404, "message", title, message or f"seq:{seq}", hint)
        envelope, parts = entry.entry.envelope, await self._parts(entry)
        return await self._examined(lambda: self.administration.examiner.examine_opened(open_package(envelope, parts)))

    @described(
        lambda: say(
            "Разобрать сообщение из тела запроса: конверт SOAP, пакет MIME, сохранённое сообщение HTTP, отказ, CMS; "
            "из формы — поле file или text. Ничего не сохраняется.",
            "Look into the message in the body: a SOAP envelope, a MIME package, a saved HTTP message, a fault, a CMS; "
            "of a form, the field file or text. Nothing is kept.",
        ),
        "application/json",
        400,
        413,
        422,
        body=_BODY,
        media=("text/html",),
    )
    async def post(self) -> web.Response:
        if self.request.content_type == "multipart/form-data":
            body, content_type = await self._of_form(), ""
        else:
            body = await received(self.request, self.request.read())
            content_type = self.request.headers.get("Content-Type", "")
        return await self._examined(lambda: self.administration.examiner.examine(body, content_type))

    async def _entry(self, message: str | None, seq: int | None) -> StoredEntry | None:
        inquiry = self.administration.inquiry
        if seq is not None:
            return await inquiry.entry(seq)
        refusals = await inquiry.explanations(message or "")
        whole = await inquiry.whole(message or "")
        history = () if whole is None else whole.history
        found = [each for each in (*refusals, *history) if each.entry.message_id == message and each.entry.envelope]
        return found[0] if found else None

    async def _parts(self, entry: StoredEntry) -> dict[str, bytes]:
        whole = await self.administration.inquiry.whole(entry.entry.message_id) if entry.entry.message_id else None
        kept = [each for each in whole.messages if each.message_id == entry.entry.message_id] if whole else []
        return {part.content_id: part.content for each in kept for part in each.attachments}

    async def _of_form(self) -> bytes:
        try:
            form = await received(self.request, self.request.post())
        except (ValueError, LookupError, HttpProcessingError) as error:
            hint = say("проверьте, чем составлена форма", "look at what wrote the form")
            raise Refused(400, "form", say("Форму не прочесть", "The form cannot be read"), str(error), hint) from error
        file, text = form.get("file"), form.get("text")
        if isinstance(file, web.FileField):
            content = await asyncio.to_thread(file.file.read)
            if content:
                return content
        return text.encode("utf-8", "surrogateescape") if isinstance(text, str) else b""

    async def _examined(self, work: Callable[[], Examination]) -> web.Response:
        try:
            examination = await asyncio.to_thread(work)
        except Unreadable as error:
            if self._wants_page():
                return self._page(None, unreadable_told(error), 422)
            title, hint = say("Сообщение не читается", "The message cannot be read"), say("проверьте файл", "check it")
            raise Refused(422, "unreadable", title, str(error), hint) from error
        if self._wants_page():
            return self._page(examination, "")
        return web.json_response(examination.as_json())

    def _wants_page(self) -> bool:
        return "text/html" in self.request.headers.get("Accept", "")

    def _page(self, examination: Examination | None, problem: str, status: int = 200) -> web.Response:
        signatures = () if examination is None else examination.diagnosis.signatures
        html = rendered(
            _TEMPLATE,
            told=None if examination is None else examination.as_json(),
            shown=[[_shown(step.octets) for step in each.steps] for each in signatures],
            problem=problem,
            address=self.address("/explain"),
            kind_in_words=kind_in_words,
            verdict_in_words=verdict_in_words,
            summary=summary,
        )
        return web.Response(text=html, status=status, content_type="text/html", charset="utf-8", headers=HEADERS)


def _shown(octets: bytes) -> str:
    text = octets[: _SHOWN * 4].decode("utf-8", "replace")
    return text if len(text) <= _SHOWN and len(octets) <= _SHOWN * 4 else f"{text[:_SHOWN]}…"
