"""Back to the beginning."""

from typing import Annotated

from aiohttp import web
from pydantic import Field

from gateway.exchange.reset import DEFAULT, Resettable, reset_store
from gateway.transports.admin.view import AdminView, Shape, described
from gateway.words import say


class ResetShape(Shape):
    """What to reset; interactions, queues, cases and journal unless said otherwise.

    Interactions take their queues and all cases along; cases take violations along.
    """

    what: Annotated[tuple[Resettable, ...], Field(min_length=1)] = DEFAULT


class ResetCounts(Shape):
    """How many of each there were."""

    removed: dict[str, int]


class ResetView(AdminView):
    """`/__admin/reset`."""

    @described(
        lambda: say(
            "Вернуть к началу: interactions, queues, cases, journal; если названы — participants (изменённые по REST), "
            "kinds и services (добавленные), world (изменения в мире ведомств), disruptions (правила, которые ломают "
            "обмен нарочно). Работающие вызовы не портятся.",
            "Go back to the beginning: interactions, queues, cases, journal; where named, participants (as changed by "
            "REST), kinds and services (as added), world (changes of the agencies' world), disruptions (rules that "
            "break things on purpose). "
            "Calls under way are not corrupted.",
        ),
        ResetCounts,
    )
    async def post(self, wanted: ResetShape) -> web.Response:
        what = set(wanted.what)
        removed = {str(each): count for each, count in (await reset_store(self.administration.inquiry, what)).items()}
        if Resettable.PARTICIPANTS in what:
            removed[Resettable.PARTICIPANTS] = await self.administration.roster.forget_edits()
        if Resettable.KINDS in what:
            removed[Resettable.KINDS] = await self.administration.kinds.clear()
        if Resettable.SERVICES in what:
            removed[Resettable.SERVICES] = await self.administration.services.clear()
        if Resettable.WORLD in what:
            removed[Resettable.WORLD] = await self.nodes.reset_world()
        if Resettable.DISRUPTIONS in what:
            removed[Resettable.DISRUPTIONS] = self.administration.disruptions.clear()
        return self.reply(ResetCounts(removed=removed))
