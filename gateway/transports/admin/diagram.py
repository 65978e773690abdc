"""Sequence diagrams: a case, an interaction, what a participant did, or everything, as Mermaid, SVG or a page."""

import asyncio
from enum import StrEnum
from typing import Annotated, Final

from aiohttp import web
from pydantic import Field

from gateway.exchange.drawing import drawn_entries
from gateway.exchange.recordings import Selection
from gateway.pages import HEADERS
from gateway.protocol.moments import write
from gateway.recording.diagram import MOST, Diagram
from gateway.recording.format import RecordedEntry
from gateway.transports.admin.problems import Refused
from gateway.transports.admin.view import AdminView, Filters, Moment, Word, described
from gateway.words import say

_LONGEST: Final = 10_000


class Format(StrEnum):
    """As what a diagram is asked for."""

    MERMAID = "mermaid"
    SVG = "svg"
    HTML = "html"


_MEDIA: Final = {Format.MERMAID: "text/plain", Format.SVG: "image/svg+xml", Format.HTML: "text/html"}


class DiagramFilters(Filters):
    """What is drawn; the names are those of the query."""

    case: Word | None = None
    messageId: Word | None = None
    participant: Word | None = None
    since: Moment | None = None
    until: Moment | None = None


class DiagramView(AdminView):
    """`/__admin/diagram`."""

    @described(
        lambda: say(
            "Диаграмма последовательности: дело case, взаимодействие messageId, участник participant, с since до "
            "until, без условий — всё. format — mermaid, svg или html; acks — показать и Ack; most — сколько шагов.",
            "A sequence diagram: the case, the interaction of messageId, a participant, from since to until, "
            "everything without conditions. format is mermaid, svg or html; acks shows each Ack; most bounds it.",
        ),
        _MEDIA[Format.MERMAID],
        404,
        media=(_MEDIA[Format.SVG], _MEDIA[Format.HTML]),
    )
    async def get(
        self,
        filters: DiagramFilters,
        format: Format = Format.MERMAID,
        acks: bool = False,
        most: Annotated[int, Field(ge=1, le=_LONGEST)] = MOST,
    ) -> web.Response:
        selection = Selection(
            since=filters.since,
            until=filters.until,
            case=filters.case,
            participant=filters.participant,
            message_id=filters.messageId,
        )
        await _refuse_unknown(self, selection)
        entries = await drawn_entries(self.administration.inquiry, selection)
        if selection.message_id is not None and not entries:
            hint = say("MessageID запроса или ответа: GET /__admin/interactions", "see GET /__admin/interactions")
            title = say("Такого сообщения нет", "No such message")
            raise Refused(404, "message", title, selection.message_id, hint)
        text = await asyncio.to_thread(_drawn, self, entries, selection, format, acks, most)
        headers = {"Content-Security-Policy": HEADERS["Content-Security-Policy"], "X-Content-Type-Options": "nosniff"}
        return web.Response(text=text, content_type=_MEDIA[format], charset="utf-8", headers=headers)


async def _refuse_unknown(view: AdminView, selection: Selection) -> None:
    administration = view.administration
    if selection.case is not None and await administration.cases.case(selection.case) is None:
        hint = say("дела: GET /__admin/cases", "the cases: GET /__admin/cases")
        raise Refused(404, "case", say("Такого дела нет", "No such case"), selection.case, hint)
    names = {member.participant.mnemonic for member in administration.roster.members()}
    if selection.participant is not None and selection.participant not in names:
        hint = say("участники: GET /__admin/participants", "the participants: GET /__admin/participants")
        title = say("Такого участника нет", "No such participant")
        raise Refused(404, "participant", title, selection.participant, hint)


def _drawn(  # noqa: PLR0913, PLR0917 - what was asked for
    view: AdminView, entries: list[RecordedEntry], selection: Selection, format: Format, acks: bool, most: int
) -> str:
    administration = view.administration
    names = {member.participant.mnemonic: member.participant.name for member in administration.roster.members()}
    kinds = {
        str(root): say(kind.name, kind.name_en or kind.name)
        for kind in administration.library.catalogue
        for root in kind.roots
    }
    title = _title(selection)
    diagram = Diagram.of(entries, title=title, names=names, kinds=kinds, acks=acks, most=most)
    return {Format.MERMAID: diagram.mermaid, Format.SVG: diagram.svg, Format.HTML: diagram.html}[format]()


def _title(selection: Selection) -> str:
    parts = [
        selection.case and say(f"Дело {selection.case}", f"Case {selection.case}"),
        selection.message_id and say(f"Сообщение {selection.message_id}", f"Message {selection.message_id}"),
        selection.participant,
        selection.since and say(f"с {write(selection.since)}", f"since {write(selection.since)}"),
        selection.until and say(f"до {write(selection.until)}", f"until {write(selection.until)}"),
    ]
    return ", ".join(part for part in parts if part)
