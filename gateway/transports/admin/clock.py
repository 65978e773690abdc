"""The gateway's clock: shown, stopped, moved, made faster, made real again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Annotated, Self

from aiohttp import web
from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from gateway.domain.clock import FASTEST, SLOWEST, ClockGoesBack, ClockIsReal, ClockMode, InvalidClock
from gateway.exchange.timekeeping import Timekeeper, TooManyEvents
from gateway.protocol import moments
from gateway.protocol.moments import write
from gateway.transports.admin.problems import Refused
from gateway.transports.admin.view import AdminView, Shape, Word, Written, described
from gateway.words import say


class DueShape(Shape):
    """What becomes due next."""

    moment: Written
    what: str


class ClockShape(Shape):
    """How the clock goes. `scale` is its seconds in one real second: 1 while it is real, 0 while it is frozen."""

    mode: ClockMode
    now: Written
    scale: float
    next: DueShape | None


class AdvancedShape(Shape):
    """From where to where the clock was advanced, what happened on the way, and how it goes on."""

    from_: Written = Field(alias="from")
    to: Written
    events: int
    clock: ClockShape


def _moment(text: object) -> datetime:
    try:
        return moments.read(str(text))
    except ValueError as error:
        raise PydanticCustomError(
            "moment", say("момент, например 2013-03-04T09:00:00+04:00", "a moment, as 2013-03-04T09:00:00+04:00")
        ) from error


class AdvanceShape(Shape):
    """One of three: `by` a length of time (90m, 2h, 3d, 1w, PT2H), `to` a moment, or `toNext` due event."""

    by: Word | None = None
    to: (
        Annotated[datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})] | None
    ) = None
    to_next: Annotated[bool, Field(strict=True)] = False

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        if (self.by is not None) + (self.to is not None) + self.to_next != 1:
            raise PydanticCustomError("one_of", say("одно из: by, to, toNext", "one of: by, to, toNext"))
        return self


class ScaleShape(Shape):
    """How many times as fast as real time the clock goes from now on."""

    scale: Annotated[float, Field(strict=True, ge=SLOWEST, le=FASTEST)]


class ClockView(AdminView):
    """`/__admin/clock`."""

    @described(
        lambda: say(
            "Часы шлюза. Как идут, который час, что и когда наступит следующим.",
            "The gateway's clock. How it goes, what time it is, what becomes due next and when.",
        ),
        ClockShape,
    )
    async def get(self) -> web.Response:
        return self.reply(await _shape(self.administration.timekeeper))


class FreezeView(AdminView):
    """`/__admin/clock/freeze`."""

    @described(
        lambda: say(
            "Остановить часы на настоящем моменте. С этого времени они виртуальные.",
            "Stop the clock at the present moment. It is virtual from then on.",
        ),
        ClockShape,
    )
    async def post(self) -> web.Response:
        await self.administration.timekeeper.freeze()
        return self.reply(await _shape(self.administration.timekeeper))


class AdvanceView(AdminView):
    """`/__admin/clock/advance`."""

    @described(
        lambda: say(
            "Перевести виртуальные часы вперёд. На срок (by), до момента (to) или до следующего события (toNext). "
            "Ответ приходит, когда произошло всё, чему наступил срок.",
            "Advance a virtual clock. By a length of time (by), to a moment (to) or to the next due event (toNext). "
            "The answer comes when everything that became due has happened.",
        ),
        AdvancedShape,
        409,
    )
    async def post(self, wanted: AdvanceShape) -> web.Response:
        timekeeper = self.administration.timekeeper
        with _refusals_told():
            by = None if wanted.by is None else _duration(wanted.by)
            report = await timekeeper.advance(by=by, to=wanted.to)
        advanced = {"from": write(report.began), "to": write(report.ended), "events": report.events}
        return self.reply(AdvancedShape.model_validate({**advanced, "clock": await _shape(timekeeper)}))


class ScaleView(AdminView):
    """`/__admin/clock/scale`."""

    @described(
        lambda: say(
            "Пустить часы во столько раз быстрее настоящих. От настоящего момента шлюза.",
            "Let the clock go so many times as fast as real time. From the gateway's present moment.",
        ),
        ClockShape,
    )
    async def post(self, wanted: ScaleShape) -> web.Response:
        await self.administration.timekeeper.scale(wanted.scale)
        return self.reply(await _shape(self.administration.timekeeper))


class RealView(AdminView):
    """`/__admin/clock/real`."""

    @described(
        lambda: say(
            "Вернуть настоящие часы. Нельзя, пока виртуальные впереди настоящих.",
            "Return to real time. Not possible while the virtual clock is ahead of it.",
        ),
        ClockShape,
        409,
    )
    async def post(self) -> web.Response:
        with _refusals_told():
            await self.administration.timekeeper.follow_machine()
        return self.reply(await _shape(self.administration.timekeeper))


async def _shape(timekeeper: Timekeeper) -> ClockShape:
    due = await timekeeper.next_due()
    setting = timekeeper.clock.setting
    return ClockShape(
        mode=setting.mode,
        now=write(setting.moment or timekeeper.clock.now()),
        scale=1.0 if setting.scale is None else setting.scale,
        next=None if due is None else DueShape(moment=write(due.moment), what=due.what),
    )


def _duration(text: str) -> timedelta:
    try:
        return moments.read_duration(text)
    except (ValueError, OverflowError) as error:
        raise InvalidClock(
            say(
                f"ожидался срок: 90m, 2h, 3d, 1w или PT2H, без лет и месяцев; найдено {text[:60]!r}",
                f"expected a length of time: 90m, 2h, 3d, 1w or PT2H, no years or months; found {text[:60]!r}",
            )
        ) from error


@contextmanager
def _refusals_told() -> Iterator[None]:
    title = say("Часы так не перевести", "The clock does not go there")
    try:
        yield
    except ClockGoesBack as error:
        raise Refused(409, "clock-backwards", title, str(error), error.hint) from error
    except ClockIsReal as error:
        raise Refused(409, "clock-real", title, str(error), error.hint) from error
    except InvalidClock as error:
        hint = say("исправьте названное значение", "correct the value named")
        raise Refused(422, "clock", title, str(error), hint) from error
    except TooManyEvents as error:
        title = say("Слишком много событий", "Too many events")
        hint = say("повторите, чтобы идти дальше", "repeat it to go on")
        raise Refused(409, "too-many-events", title, str(error), hint, events=error.report.events) from error
