"""Reports: who keeps the once-only rule, and how bodies answer each other; as JSON, CSV or a page."""

import asyncio
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from gateway.domain.reports.period import InvalidPeriod, Period
from gateway.domain.reports.tables import Report, sections_of
from gateway.exchange.reports import Reports, directory
from gateway.pages import HEADERS
from gateway.transports.admin.problems import Refused
from gateway.transports.admin.report_formats import Format, MonitoringShape, OnceOnlyShape, as_csv, as_json
from gateway.transports.admin.report_page import as_html
from gateway.transports.admin.view import AdminView, Filters, Moment, described
from gateway.words import say

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_OTHER_MEDIA: Final = (Format.CSV.media_type, Format.HTML.media_type)


def _no_moment(text: object) -> object:
    # pydantic would also take 1362096000 and 2013-03-01T00:00:00 for days
    if isinstance(text, str) and _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise PydanticCustomError("day", "{said}", {"said": say("день, например 2013-03-04", "a day, as 2013-03-04")})


Day = Annotated[date, BeforeValidator(_no_moment)]
"""A day as the API reads it."""


class Days(Filters):
    """The days of a report, both inclusive: `from` and `to`."""

    to: Day | None = None


# No attribute can be declared by a name that is a keyword.
Days.__annotations__["from"] = Day | None
setattr(Days, "from", None)


class MonitoringView(AdminView):
    """`/__admin/reports/monitoring`."""

    @described(
        lambda: say(
            "Мониторинг: кто, кого и сколько запрашивает, как быстро отвечают, рейтинг органов. "
            "Дни from и to — московские, включительно; format важнее заголовка Accept; now — на какой момент.",
            "Monitoring: who asks whom how much, how fast they are answered, the ranking of bodies. "
            "The days from and to are of Moscow, both inclusive; format goes before the header Accept; "
            "now is the moment that counts.",
        ),
        MonitoringShape,
        media=_OTHER_MEDIA,
    )
    async def get(self, days: Days, now: Moment | None = None, format: Format | None = None) -> web.Response:
        report = await _reports(self).monitoring(_period(days), now or _present(self))
        return await _written(report, format or _accepted(self.request))


class OnceOnlyView(AdminView):
    """`/__admin/reports/once-only`."""

    @described(
        lambda: say(
            "Принцип однократности: требования и отказы против закона, опоздания, молчание, кто закон соблюл. "
            "Дни from и to — московские, включительно; format важнее заголовка Accept; now — на какой момент.",
            "The once-only rule: unlawful demands and refusals, late answers, silence, who kept the law. "
            "The days from and to are of Moscow, both inclusive; format goes before the header Accept; "
            "now is the moment that counts.",
        ),
        OnceOnlyShape,
        media=_OTHER_MEDIA,
    )
    async def get(self, days: Days, now: Moment | None = None, format: Format | None = None) -> web.Response:
        report = await _reports(self).once_only(_period(days), now or _present(self))
        return await _written(report, format or _accepted(self.request))


def _reports(view: AdminView) -> Reports:
    known = view.administration
    participants = (member.participant for member in known.roster.members())
    return Reports(known.inquiry, directory(participants, known.library.catalogue, known.services.passports.by_code))


def _present(view: AdminView) -> datetime:
    return view.administration.timekeeper.clock.now()


def _period(days: Days) -> Period:
    try:
        return Period(getattr(days, "from"), days.to)
    except InvalidPeriod as error:
        hint = say("поменяйте from и to местами", "change from and to over")
        raise Refused(400, "query", say("Неверный запрос", "Bad query"), str(error), hint) from error


def _accepted(request: web.Request) -> Format:
    """Return the format that Accept names first; JSON where it names none, as programs do."""
    accepted = request.headers.get("Accept", "")
    places = {each: accepted.find(each.media_type) for each in Format}
    named = [each for each in Format if places[each] >= 0]
    return min(named, key=lambda each: places[each], default=Format.JSON)


async def _written(report: Report, chosen: Format) -> web.Response:
    write: dict[Format, Callable[[Any], str]] = {
        Format.JSON: as_json,
        Format.CSV: lambda report: as_csv(sections_of(report)),
        Format.HTML: as_html,
    }
    text = await asyncio.to_thread(write[chosen], report)
    headers = {"Vary": "Accept", **(HEADERS if chosen is Format.HTML else {})}
    return web.Response(text=text, content_type=chosen.media_type, charset="utf-8", headers=headers)
