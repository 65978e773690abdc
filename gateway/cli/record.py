"""`mock-smev record`: what crossed a gateway becomes a file, with what crosses it from now on."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.admin_client import Token
from gateway.cli.common import DEFAULT_URL, OUTPUT, CommandFailed, Url, run
from gateway.cli.options import option
from gateway.cli.pseudonymize import KeepUnknown, Pseudonymize, write_pseudonymized
from gateway.protocol import moments
from gateway.words import say

if TYPE_CHECKING:
    from gateway.cli.record_source import Asked, FromGateway, FromStore, Span
    from gateway.recording.format import Header, Recording, Writer


def record(  # noqa: PLR0913, PLR0917 - each is one option
    file: Annotated[Path, typer.Argument(help=say("новый файл записи", "the new file"))],
    since: Annotated[
        str | None,
        typer.Option("--from", help=say("запросы с этого момента (Москва)", "requests from this moment on (Moscow)")),
    ] = None,
    until: Annotated[str | None, typer.Option("--to", help=say("и до этого", "and before this one"))] = None,
    case: Annotated[str | None, typer.Option("--case", help=say("номер дела", "number of a case"))] = None,
    participant: Annotated[
        str | None, typer.Option("--participant", help=say("мнемоника с любой стороны", "a mnemonic on either side"))
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help=say("вид сведений: ведомство/вид", "the data kind: agency/kind"))
    ] = None,
    message: Annotated[
        str | None, typer.Option("--message", help=say("взаимодействие с этим MessageID", "that of this MessageID"))
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", help=say("писать с этого момента, до Ctrl+C", "from now on, until Ctrl+C"))
    ] = False,
    length: Annotated[
        str | None, typer.Option("--for", help=say("с --follow: сколько, например 10m", "with --follow: how long, 10m"))
    ] = None,
    pseudonymize: Pseudonymize = None,
    keep_unknown: KeepUnknown = False,
    data: Annotated[Path | None, option("data")] = None,
    store: Annotated[str | None, option("store")] = None,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Record what crossed a gateway; exit code 1 when nothing was selected."""
    from gateway.cli.record_source import Asked, FromGateway, FromStore  # noqa: PLC0415 - other commands need no store

    _refuse_misuse(file, follow=follow, length=length, pseudonymize=pseudonymize)
    asked = Asked(_moment("--from", since), _moment("--to", until), case, participant, kind, message)
    where: FromGateway | FromStore = FromGateway(url, token)
    if data is not None or store is not None:
        given = {"data": data, "store": store}
        where = FromStore({name: value for name, value in given.items() if value is not None})
    try:
        if pseudonymize is not None:
            found = run(_collected(where, asked))
            _refuse_nothing(len(found.entries))
            write_pseudonymized(found, pseudonymize, file, keep_unknown=keep_unknown)
        else:
            run(_record(where, asked, file, _seconds(length) if follow else None, follow=follow))
    except OSError as error:
        raise CommandFailed(f"{error.filename or file}: {error.strerror or error}", code=2) from error


def _refuse_misuse(file: Path, *, follow: bool, length: str | None, pseudonymize: str | None) -> None:
    refuse_existing(file)
    if length is not None and not follow:
        raise CommandFailed(say("--for — только вместе с --follow", "--for goes with --follow only"), code=2)
    if follow and pseudonymize is not None:
        raise CommandFailed(
            say(
                "--pseudonymize не для --follow: сначала запишите, потом mock-smev recordings convert --pseudonymize",
                "--pseudonymize is not for --follow: record first, then mock-smev recordings convert --pseudonymize",
            ),
            code=2,
        )


def refuse_existing(file: Path) -> None:
    """Raises: CommandFailed when there is such a file: two recordings never go into one."""
    if file.exists():
        raise CommandFailed(
            say(
                f"{file}: файл уже есть, а две записи в один файл не пишутся: назовите другой",
                f"{file}: the file is there already, and two recordings never go into one file: name another",
            )
        )


def _moment(flag: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        written = text.strip().replace(" ", "T", 1)
        return moments.read(written if "T" in written else f"{written}T00:00")
    except ValueError as error:
        raise CommandFailed(
            say(
                f"{flag}: ожидался момент, например 2013-03-04T09:00:00+04:00, найдено {text!r}",
                f"{flag}: expected a moment, as 2013-03-04T09:00:00+04:00, found {text!r}",
            ),
            code=2,
        ) from error


def _seconds(length: str | None) -> float | None:
    try:
        return None if length is None else moments.read_duration(length).total_seconds()
    except (ValueError, OverflowError) as error:
        raise CommandFailed(f"--for: {error}", code=2) from error


# --- writing as it comes ---------------------------------------------------------------------------------------------


async def _record(
    where: "FromGateway | FromStore", asked: "Asked", file: Path, seconds: float | None, *, follow: bool
) -> None:
    async with AsyncExitStack() as stack:
        stop = await stack.enter_async_context(_stopped_by(seconds)) if follow else None
        span = await stack.enter_async_context(where.span(asked) if stop is None else where.follow(asked, stop))
        await record_span(span, file, says_so=follow)


async def record_span(span: "Span", file: Path, *, says_so: bool = False) -> None:
    """Write a new file; with `says_so` tell when it has begun.

    Raises: CommandFailed for nothing to write, OSError.
    """
    with _writer(file, span.header) as writer:
        if says_so:
            OUTPUT.print(say(f"пишу в {file}; Ctrl+C — конец", f"recording to {file}; Ctrl+C ends it"), markup=False)
            OUTPUT.file.flush()
        async for batch in span.batches:
            if batch.entries:
                await asyncio.to_thread(writer.add, batch.entries, batch.content)
    _refuse_nothing(writer.entries)
    _tell(file, writer.entries)


@contextmanager
def _writer(file: Path, header: "Header") -> Iterator["Writer"]:
    """Lend a writer; a recording with nothing in it leaves no file."""
    from gateway.recording.format import Writer  # noqa: PLC0415 - as above

    writer = Writer(file, header)
    try:
        yield writer
    finally:
        with suppress(OSError):  # told already, by what could not be written
            writer.close()
        if writer.entries == 0:
            file.unlink(missing_ok=True)


@asynccontextmanager
async def _stopped_by(seconds: float | None) -> AsyncIterator[asyncio.Event]:
    """Lend what is set by SIGINT, SIGTERM, and after a while where that was asked for."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(ValueError, RuntimeError):  # signals come to the main thread only
            loop.add_signal_handler(number, stop.set)
    timer = None if seconds is None else loop.call_later(seconds, stop.set)
    try:
        yield stop
    finally:
        if timer is not None:
            timer.cancel()


def _refuse_nothing(entries: int) -> None:
    if entries == 0:
        raise CommandFailed(
            say(
                "не выбрано ничего: записи журнала, подходящей под все условия, нет; файл не создан",
                "nothing was selected: no journal entry meets all conditions; no file was made",
            )
        )


# --- whole, where everything has to be known first -------------------------------------------------------------------


async def _collected(where: "FromGateway | FromStore", asked: "Asked") -> "Recording":
    from gateway.recording.format import RecordedEntry, Recording  # noqa: PLC0415 - as above

    entries: list[RecordedEntry] = []
    contents: dict[str, bytes] = {}
    async with where.span(asked) as span:
        async for batch in span.batches:
            entries += batch.entries
            contents |= batch.contents
        return Recording(span.header, tuple(entries), contents=contents)


def _tell(file: Path, entries: int) -> None:
    OUTPUT.print(
        say(f"записано в {file}: записей журнала {entries}", f"recorded to {file}: {entries} journal entries"),
        markup=False,
    )
