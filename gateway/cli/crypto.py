"""`mock-smev crypto`: the octets that SMEV hashes; what computes GOST here, and how fast."""

import base64
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.table import Table

from gateway.cli.common import OUTPUT, CommandFailed
from gateway.signature import gost
from gateway.signature.diagnosis.places import with_id
from gateway.signature.gost import CURVES, PrivateKey, digests
from gateway.signature.gost.back_ends import curves_available
from gateway.signature.transform import Escaping, TransformError, transform, transform_element
from gateway.words import say
from gateway.xml import XmlError, parse

_CURVES: Final = {"256": CURVES["1.2.643.2.2.36.0"], "512": CURVES["1.2.643.7.1.2.1.2.1"]}
_KEY: Final = 0x7A929ADE789BB9BE10ED359DD39A72C11B60961F49397EEE1D19CE9891EC3B28
_CONTENT: Final = bytes(3000)
_MOST: Final = 64 * 1024 * 1024
"""Bytes of the largest file that is transformed."""

application = typer.Typer(no_args_is_help=True)


@application.callback()
def _group() -> None:
    """Commands of the cryptography."""


File = Annotated[str, typer.Argument(help=say("файл; «-» — стандартный ввод", "file; - is standard input"))]
Jdk = Annotated[bool, typer.Option("--jdk", help=say("экранировать, как JDK без Woodstox", "escape as the JDK does"))]
Digest = Annotated[
    bool, typer.Option("--digest", help=say("вывести только дайджест Стрибог-256", "print the Streebog-256 instead"))
]


@application.command(
    "transform",
    help=say(
        "Преобразование СМЭВ над байтами exclusive C14N из файла.",
        "SMEV's transform of a file of exclusive C14N octets.",
    ),
)
def transform_file(file: File, jdk: Jdk = False, digest: Digest = False) -> None:
    """Write the octets that urn://smev-gov-ru/xmldsig/transform makes of those of a file."""
    octets = _read(file)
    with _refusals(file):
        _write(transform(octets, Escaping.JDK if jdk else Escaping.WOODSTOX), digest=digest)


@application.command(
    "c14n-transform",
    help=say(
        "Exclusive C14N элемента из файла XML и затем преобразование СМЭВ: то, что хешируется.",
        "Exclusive C14N of an element of an XML file, then SMEV's transform: what is hashed.",
    ),
)
def c14n_transform_file(
    file: File,
    identifier: Annotated[
        str | None, typer.Option("--id", help=say("Id элемента; без него — корень", "the element's Id; else the root"))
    ] = None,
    jdk: Jdk = False,
    digest: Digest = False,
) -> None:
    """Write the octets that SMEV hashes of an element."""
    octets = _read(file)
    with _refusals(file):
        root = parse(octets)
        found = [root] if identifier is None else with_id(root, identifier)
        if len(found) != 1:
            raise CommandFailed(
                say(
                    f"{file}: элементов с Id {identifier!r}: {len(found)}, нужен один",
                    f"{file}: {len(found)} elements have the Id {identifier!r}, one is wanted",
                )
            )
        _write(transform_element(found[0], Escaping.JDK if jdk else Escaping.WOODSTOX), digest=digest)


def _read(file: str) -> bytes:
    try:
        if file == "-":
            octets = sys.stdin.buffer.read(_MOST + 1)
        else:
            with Path(file).open("rb") as reading:
                octets = reading.read(_MOST + 1)
    except OSError as error:
        raise CommandFailed(f"{file}: {error.strerror}") from error
    if len(octets) > _MOST:
        raise CommandFailed(say(f"{file}: больше {_MOST >> 20} МиБ", f"{file}: more than {_MOST >> 20} MiB"))
    return octets


def _write(octets: bytes, *, digest: bool) -> None:
    if digest:
        value = gost.streebog256(octets)
        typer.echo(f"{base64.b64encode(value).decode()}\n{value.hex()}")
    else:
        sys.stdout.buffer.write(octets)
        sys.stdout.buffer.flush()


@contextmanager
def _refusals(file: str) -> Iterator[None]:
    try:
        yield
    except (XmlError, TransformError) as error:
        raise CommandFailed(f"{file}: {error}") from error


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
