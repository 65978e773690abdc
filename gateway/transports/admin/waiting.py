"""Waiting and counting: a test asks for what is to come, and is told what came instead."""

from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import Field

from gateway.domain.journal import JournalEvent
from gateway.exchange.waiting import NotArrived, Patience, Waiting
from gateway.protocol.moments import write
from gateway.recording.content_xpath import ContentXPath, InvalidXPath
from gateway.recording.seeking import Near, Sought, Tally
from gateway.transports.admin.journal import Entry, Seq
from gateway.transports.admin.problems import Refused
from gateway.transports.admin.view import AdminView, Filters, Shape, Word, described
from gateway.words import say

LONGEST_WAIT_SECONDS: Final = 300
MOST: Final = 1_000


class SoughtFilters(Filters):
    """Which entries; the names are those of the query."""

    event: JournalEvent | None = None
    operation: Word | None = None
    participant: Word | None = None
    kind: Word | None = None
    messageType: Word | None = None
    messageId: Word | None = None
    case: Word | None = None
    status: Word | None = None
    fault: Word | None = None
    xpath: Word | None = None


class Arrived(Shape):
    """The entries that match, in order, with the envelopes of their messages."""

    entries: list[Entry]


class Counts(Shape):
    """How many entries match, and how many of them by each word; what is empty is not counted there."""

    total: int
    by_event: dict[str, int]
    by_message_type: dict[str, int]
    by_participant: dict[str, int]
    by_status: dict[str, int]
    by_fault: dict[str, int]

    @classmethod
    def of(cls, tally: Tally) -> "Counts":
        """Return a tally, the most frequent first."""
        by = {word: dict(counter.most_common()) for word, counter in tally.by.items()}
        return cls(
            total=tally.total,
            by_event=by["event"],
            by_message_type=by["messageType"],
            by_participant=by["participant"],
            by_status=by["status"],
            by_fault=by["fault"],
        )


class WaitView(AdminView):
    """`/__admin/wait`."""

    @described(
        lambda: say(
            "Дождаться записей журнала: ответ приходит, как только после записи after их набралось count. "
            "Без after — с начала журнала. xpath — по содержимому, имена без префиксов. Не дождались за timeout "
            "секунд — 408 с тем, что пришло вместо этого.",
            "Wait for journal entries: the answer comes as soon as there are count of them after the entry after. "
            "Without after from the beginning of the journal. xpath looks into the content, names without prefixes. "
            "After timeout seconds: 408 with what came instead.",
        ),
        Arrived,
        408,
    )
    async def get(
        self,
        filters: SoughtFilters,
        after: Seq = 0,
        count: Annotated[int, Field(ge=1, le=MOST)] = 1,
        timeout: Annotated[float, Field(ge=0, le=LONGEST_WAIT_SECONDS, allow_inf_nan=False)] = 10,  # noqa: ASYNC109
    ) -> web.Response:
        sought = _sought(self, filters)
        patience = Patience(timeout, self._has_gone)
        try:
            found = await Waiting(self.administration.inquiry).wait(sought, count, after, patience)
        except NotArrived as waited:
            raise _not_arrived(sought, count, timeout, waited) from waited
        return self.reply(Arrived(entries=[Entry.of(each) for each in found]))

    def _has_gone(self) -> bool:
        transport = self.request.transport
        return self.administration.closing.is_set() or transport is None or transport.is_closing()


class CountsView(AdminView):
    """`/__admin/counts`."""

    @described(
        lambda: say(
            "Сколько записей журнала подходит: всего, по событиям, корням, участникам, статусам, отказам. Условия — "
            "как у /__admin/wait.",
            "How many journal entries match: in all, by event, root, participant, status, fault. The conditions are "
            "those of /__admin/wait.",
        ),
        Counts,
    )
    async def get(self, filters: SoughtFilters, after: Seq = 0) -> web.Response:
        tally = await Waiting(self.administration.inquiry).counted(_sought(self, filters), after)
        return self.reply(Counts.of(tally))


def _sought(view: AdminView, filters: SoughtFilters) -> Sought:
    title = say("Неверный запрос", "Bad query")
    try:
        xpath = None if filters.xpath is None else ContentXPath(filters.xpath)
    except InvalidXPath as error:
        hint = say("docs/reference/waiting.md: какие пути бывают", "docs/reference/waiting.md: which paths there are")
        raise Refused(400, "query", title, f"xpath: {error}", hint) from error
    types: tuple[str, ...] = () if filters.messageType is None else (filters.messageType,)
    if filters.kind is not None:
        kind = view.administration.library.catalogue.by_id(filters.kind)
        if kind is None:
            hint = say("виды сведений: GET /__admin/kinds", "the data kinds: GET /__admin/kinds")
            raise Refused(400, "query", title, say(f"kind: {filters.kind} нет", f"kind: no {filters.kind}"), hint)
        roots = tuple(map(str, kind.roots))
        if types and types[0] not in roots:
            hint = say("задайте kind или messageType", "give kind or messageType")
            raise Refused(400, "query", title, f"messageType: {types[0]} ∉ {filters.kind}: {', '.join(roots)}", hint)
        types = types or roots
    return Sought(
        event=filters.event,
        operation=filters.operation,
        participant=filters.participant,
        message_types=types,
        message_id=filters.messageId,
        case=filters.case,
        status=filters.status,
        fault=filters.fault,
        xpath=xpath,
    )


def _not_arrived(sought: Sought, count: int, seconds: float, waited: NotArrived) -> Refused:
    wanted = ", ".join(f"{name}={expected}" for name, expected in sought.told().items()) or say("любая", "any")
    some = len(waited.found)
    lines = [
        say(f"за {seconds:g} с подошло {some} из {count}: {wanted}", f"{some} of {count} in {seconds:g} s: {wanted}")
    ]
    if waited.nearest:
        lines.append(say("ближайшие:", "the nearest:"))
        lines += [f"  {near}" for near in waited.nearest]
    came = ", ".join(f"{event} {number}" for event, number in waited.tally.by["event"].most_common())
    lines.append(say("всего пришло: ", "came in all: ") + (came or say("ничего", "nothing")))
    hint = say(
        "сравните условия с ближайшими записями; дольше — timeout (до 300)",
        "compare the conditions with the nearest entries; longer: timeout (up to 300)",
    )
    return Refused(
        408,
        "not-arrived",
        say("Не дождались", "It did not come"),
        "\n".join(lines),
        hint,
        found=[Entry.of(each).model_dump(mode="json", by_alias=True) for each in waited.found],
        nearest=[_near(each) for each in waited.nearest],
        arrived=Counts.of(waited.tally).model_dump(by_alias=True),
    )


def _near(near: Near) -> dict[str, Any]:
    entry = near.seen.entry
    return {
        "seq": near.seen.recorded.seq,
        "moment": write(entry.moment),
        "event": entry.event.value,
        "operation": entry.operation,
        "participant": entry.participant,
        "counterpart": entry.counterpart,
        "messageId": entry.message_id,
        "messageType": near.seen.message_type,
        "met": [each.name for each in near.met],
        "unmet": [{"name": each.name, "expected": each.expected, "found": each.found} for each in near.unmet],
    }
