"""`mock-smev clock`: the clock of the running gateway is shown, stopped, moved, made faster, made real again."""

from datetime import datetime
from typing import Annotated, Any

import typer

from gateway.cli.admin_client import AdminClient, Token
from gateway.cli.common import DEFAULT_URL, OUTPUT, CommandFailed, Url, run
from gateway.words import say

Json = Annotated[bool, typer.Option("--json", help=say("вывести JSON", "print JSON"))]


def clock_show(as_json: Json = False, url: Url = DEFAULT_URL, token: Token = None) -> None:
    """Show how the clock goes and what becomes due next."""
    _tell(run(AdminClient(url, token).get("/clock")), as_json=as_json)


def clock_freeze(as_json: Json = False, url: Url = DEFAULT_URL, token: Token = None) -> None:
    """Stop the clock at the present moment."""
    _tell(run(AdminClient(url, token).post("/clock/freeze", {})), as_json=as_json)


def clock_advance(  # noqa: PLR0913, PLR0917 - each is one option
    by: Annotated[
        str | None,
        typer.Argument(help=say("срок: 90m, 2h, 3d, 1w или PT2H", "a length of time: 90m, 2h, 3d, 1w or PT2H")),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            help=say("до момента, например 2013-03-04T09:00:00+04:00", "to a moment, as 2013-03-04T09:00:00+04:00"),
        ),
    ] = None,
    to_next: Annotated[
        bool, typer.Option("--next", help=say("до следующего события", "to the next due event"))
    ] = False,
    as_json: Json = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Advance the clock; end when everything that became due has happened."""
    wanted = {"by": by, "to": to, "toNext": to_next or None}
    given = {name: value for name, value in wanted.items() if value is not None}
    if len(given) != 1:
        raise CommandFailed(
            say("назовите одно: срок (2h), --to МОМЕНТ или --next", "give one: a length of time (2h), --to or --next"),
            code=2,
        )
    advanced = run(AdminClient(url, token, None).post("/clock/advance", given))
    if not as_json:
        events = say("событий", "events")
        OUTPUT.print(f"{_written(advanced['from'])} → {_written(advanced['to'])}  {events}: {advanced['events']}")
    _tell(advanced if as_json else advanced["clock"], as_json=as_json)


def clock_scale(
    scale: Annotated[
        str, typer.Argument(help=say("во сколько раз быстрее: 60 или 60x", "how many times as fast: 60 or 60x"))
    ],
    as_json: Json = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Let the clock go so many times as fast as real time."""
    try:
        factor = float(scale.removesuffix("x"))
    except ValueError:
        raise CommandFailed(say(f"не число: {scale!r}", f"not a number: {scale!r}"), code=2) from None
    _tell(run(AdminClient(url, token).post("/clock/scale", {"scale": factor})), as_json=as_json)


def clock_real(as_json: Json = False, url: Url = DEFAULT_URL, token: Token = None) -> None:
    """Return to real time."""
    _tell(run(AdminClient(url, token).post("/clock/real", {})), as_json=as_json)


application = typer.Typer(no_args_is_help=True)
for _name, _command, _text in (
    ("show", clock_show, say("Показать часы и ближайшее событие.", "Show the clock and the next due event.")),
    ("freeze", clock_freeze, say("Остановить на настоящем моменте.", "Stop it at the present moment.")),
    (
        "advance",
        clock_advance,
        say(
            "Перевести вперёд: на срок, до момента или до следующего события.",
            "Advance it: by a length of time, to a moment, or to the next due event.",
        ),
    ),
    ("scale", clock_scale, say("Пустить во столько раз быстрее.", "Let it go so many times as fast.")),
    ("real", clock_real, say("Вернуть настоящее время.", "Return to real time.")),
):
    application.command(_name, help=_text)(_command)


def _tell(clock: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        OUTPUT.print_json(data=clock, ensure_ascii=False)
        return
    OUTPUT.print(f"{mode_in_words(clock['mode'], clock['scale'])}  {_written(clock['now'])}")
    due = clock["next"]
    if due is not None:
        OUTPUT.print(f"{say('следующее', 'next')}: {_written(due['moment'])}  {due['what']}", markup=False)


def mode_in_words(mode: str, scale: float) -> str:
    """Return how a clock goes, for people."""
    words = {"real": say("настоящие", "real"), "frozen": say("стоят", "frozen")}
    return words.get(mode) or say(f"в {scale:.15g} раз быстрее", f"{scale:.15g} times as fast")


def _written(moment: str) -> str:
    return datetime.fromisoformat(moment).strftime("%Y-%m-%d %H:%M:%S %z")
