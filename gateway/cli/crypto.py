"""`mock-smev crypto`: what computes GOST here, and how fast."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from typing import Annotated, Final

import typer
from rich.table import Table

from gateway.cli.common import OUTPUT, CommandFailed
from gateway.signature import gost
from gateway.signature.gost import CURVES, PrivateKey, digests
from gateway.signature.gost.back_ends import curves_available
from gateway.words import say

_CURVES: Final = {"256": CURVES["1.2.643.2.2.36.0"], "512": CURVES["1.2.643.7.1.2.1.2.1"]}
_KEY: Final = 0x7A929ADE789BB9BE10ED359DD39A72C11B60961F49397EEE1D19CE9891EC3B28
_CONTENT: Final = bytes(3000)

application = typer.Typer(no_args_is_help=True)


@application.callback()
def _group() -> None:
    """Commands of the cryptography."""


@application.command(help=say("Измерить, как быстро считают все реализации.", "Measure every implementation."))
def bench(
    seconds: Annotated[
        float,
        typer.Option("--seconds", min=0.01, max=60, help=say("секунд на одно измерение", "seconds of a measurement")),
    ] = 0.5,
    as_json: Annotated[bool, typer.Option("--json", help=say("вывести JSON", "print JSON"))] = False,
) -> None:
    """Print operations a second of each back end on one core; the ones in use are the best there are."""
    try:
        gost.self_test()
    except gost.SelfTestFailed as error:
        raise CommandFailed(str(error)) from error
    chosen = gost.back_ends()
    # One after the other: what comes next is chosen when the last was measured.
    measured = [
        (operation, back_end, round(_rate(call, seconds)))
        for operation, back_end, call in chain(_signatures(), _digests())
    ]
    gost.choose()
    if as_json:
        rows = [dict(zip(("operation", "backEnd", "perSecond"), row, strict=True)) for row in measured]
        OUTPUT.print_json(data={"curve": chosen.curve, "digest": chosen.digest, "measured": rows})
        return
    table = Table(say("операция", "operation"), say("реализация", "back end"), box=None)
    table.add_column(say("в секунду", "a second"), justify="right")
    for operation, back_end, rate in measured:
        in_use = back_end == (chosen.digest if operation.startswith("Streebog") else chosen.curve)
        table.add_row(operation, back_end, f"{rate:,}", style="bold" if in_use else None)
    OUTPUT.print(table)
    OUTPUT.print(say(f"В работе: {chosen}", f"In use: {chosen}"))


def _signatures() -> Iterator[tuple[str, str, Callable[[], object]]]:
    for size, curve in _CURVES.items():
        key = PrivateKey(curve, _KEY)
        public, digest = key.public, bytes(range(curve.size))
        made = gost.sign(key, digest)
        for name in curves_available():
            gost.choose(curve=name)
            for _ in range(4):  # the table of the key is made at its fourth use
                gost.verify(public, digest, made)
            yield f"sign {size}", name, partial(gost.sign, key, digest)
            yield f"verify {size}", name, partial(gost.verify, public, digest, made)


def _digests() -> Iterator[tuple[str, str, Callable[[], object]]]:
    for name, back_end in digests.available().items():
        yield "Streebog-256, 3 KB", name, partial(back_end.whole, 32, _CONTENT)


def _rate(call: Callable[[], object], seconds: float) -> float:
    """Return calls a second of CPU: what else the machine does then does not count."""
    call()
    done, began = 0, time.process_time()
    while (spent := time.process_time() - began) < seconds:
        call()
        done += 1
    return done / spent
