"""`mock-smev recordings`: a file of a recording is shown, brought up to this version, or made from a folder of XML."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from lxml import etree
from rich.table import Table
from rich.text import Text

from gateway.cli.common import ERRORS, OUTPUT, CommandFailed
from gateway.cli.pseudonymize import KeepUnknown, Pseudonymize, write_pseudonymized
from gateway.cli.pseudonymize import pseudonymize as pseudonymize_file
from gateway.cli.record import refuse_existing
from gateway.cli.violations import plain, rows
from gateway.protocol import moments
from gateway.protocol.statuses import InteractionStatus
from gateway.words import say
from gateway.xml import XmlError, parse

if TYPE_CHECKING:
    from gateway.recording.conversation import Exchange
    from gateway.recording.format import RecordedEntry, Recording

File = Annotated[Path, typer.Argument(help=say("файл записи", "the file of a recording"))]
Out = Annotated[Path, typer.Argument(help=say("новый файл записи", "the new file"))]
Json = Annotated[bool, typer.Option("--json", help=say("вывести JSON", "print JSON"))]

application = typer.Typer(no_args_is_help=True)


@application.command("show", help=say("Показать, что в записи.", "Show what a recording holds."))
def show(
    file: File,
    as_json: Json = False,
    message: Annotated[
        int | None, typer.Option("--message", min=1, help=say("обмен с этим номером целиком", "one exchange in full"))
    ] = None,
) -> None:
    """Print the exchanges of a recording, or one of them in full."""
    from gateway.recording.conversation import conversation  # noqa: PLC0415 - other commands need none of this

    recording = _read(file)
    told = conversation(recording.entries)
    if message is not None:
        if message > len(told.exchanges):
            count = len(told.exchanges)
            raise CommandFailed(say(f"обменов в записи: {count}", f"exchanges in the recording: {count}"))
        _show_whole(told.exchanges[message - 1])
    elif as_json:
        shown = {
            **recording.header.as_json(),
            "notes": _notes(recording),
            "exchanges": [_as_json(each) for each in told.exchanges],
            "apart": [_apart_as_json(each) for each in told.apart],
        }
        OUTPUT.print_json(data=shown, ensure_ascii=False)
        return
    else:
        _show_header(recording)
        _show_exchanges(told.exchanges)
        _show_apart(told.apart)
    for note in _notes(recording):
        ERRORS.print(plain(note), style="yellow")


def _read(file: Path) -> "Recording":
    from gateway.recording.format import RecordingError, read  # noqa: PLC0415 - as above

    try:
        return read(file)
    except RecordingError as error:
        raise CommandFailed(str(error)) from error


def _notes(recording: "Recording") -> list[str]:
    lines = {each.sha256: entry.line for entry in reversed(recording.entries) for each in entry.attachments}
    missing = [
        say(
            f"строка {lines[each.sha256]}: нет файла вложения {each.content_id!r} ({each.sha256})",
            f"line {lines[each.sha256]}: the file of the attachment {each.content_id!r} is missing ({each.sha256})",
        )
        for each in recording.missing_attachments()
    ]
    return [*recording.notes, *missing]


def _show_header(recording: "Recording") -> None:
    header = recording.header
    selection = [f"{name}: {value}" for name, value in header.selection.items()]
    OUTPUT.print(
        rows(
            (
                (say("запись", "recording"), header.run),
                (say("сделана", "made"), moments.write(header.recorded_at)),
                (say("чем", "by"), header.recorded_by),
                (say("топология", "topology"), header.topology),
                (say("выбрано", "selected"), selection),
                (say("люди", "people"), say("заменены похожими", "look-alikes") if header.pseudonymized else None),
            )
        ),
        soft_wrap=False,
    )
    OUTPUT.print()


def _table(*titles: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in titles:
        table.add_column(title, overflow="fold", no_wrap=len(table.columns) < 2)
    return table


def _show_exchanges(exchanges: "tuple[Exchange, ...]") -> None:
    if not exchanges:
        OUTPUT.print(say("обменов нет", "there are no exchanges"))
        return
    head, times = _moments([each.request for each in exchanges])
    table = _table(
        say("№", "#"),
        head,
        say("КТО → КОМУ", "WHO → WHOM"),
        say("ЗАПРОС", "REQUEST"),
        say("ОТВ.", "ANS."),
        say("СТАТУС", "STATUS"),
    )
    for each, time in zip(exchanges, times, strict=True):
        sides = f"{each.consumer} → {each.provider or say('все', 'all')}"
        cells = (str(each.number), time, sides, each.message_type.root, str(len(each.answers)), _state(each.status))
        table.add_row(*map(plain, cells))
        for fault in dict.fromkeys(entry.entry.fault for entry in each.faults):
            table.add_row("", "", "", Text(fault, style="red"))
    OUTPUT.print(table, soft_wrap=False)


def _moments(entries: "Sequence[RecordedEntry]") -> tuple[str, list[str]]:
    """Return the head of their column, and what it says of each: the time of one day, or day and time."""
    parts = [moments.write(each.entry.moment)[:19].split("T") for each in entries]
    days = {day for day, _ in parts}
    if len(days) == 1:
        return days.pop(), [time for _, time in parts]
    return say("МОМЕНТ", "MOMENT"), [f"{day} {time}" for day, time in parts]


def _state(status: str) -> str:
    """Say what an interaction came to; docs/reference/interaction-states.md has the names of the wire."""
    return {
        InteractionStatus.REQUEST_IS_QUEUED.value: say("в очереди", "queued"),
        InteractionStatus.REQUEST_IS_ACCEPTED_BY_SMEV.value: say("принят", "accepted"),
        InteractionStatus.REQUEST_IS_REJECTED_BY_SMEV.value: say("отклонён", "rejected"),
        InteractionStatus.UNDER_PROCESSING.value: say("в работе", "in work"),
        InteractionStatus.RESPONSE_IS_ACCEPTED_BY_SMEV.value: say("отвечен", "answered"),
        InteractionStatus.MESSAGE_IS_DELIVERED.value: say("доставлен", "delivered"),
    }.get(status, status)


def _show_apart(apart: "tuple[RecordedEntry, ...]") -> None:
    if not apart:
        return
    OUTPUT.print()
    OUTPUT.print(say("Отдельно:", "Apart:"), style="bold")
    head, times = _moments(apart)
    table = _table("seq", head, say("ЧТО", "WHAT"), say("КТО", "WHO"), say("ПОДРОБНО", "DETAILS"))
    for each, time in zip(apart, times, strict=True):
        entry = each.entry
        details = " ".join(filter(None, (entry.operation, entry.message_id, entry.fault or entry.status)))
        table.add_row(*map(plain, (each.seq, time, entry.event.value, entry.participant, details)))
    OUTPUT.print(table, soft_wrap=False)


def _as_json(exchange: "Exchange") -> Mapping[str, Any]:
    return {
        "number": exchange.number,
        "moment": moments.write(exchange.request.entry.moment),
        "messageId": exchange.message_id,
        "consumer": exchange.consumer,
        "provider": exchange.provider,
        "messageType": str(exchange.message_type),
        "answers": [each.entry.message_id for each in exchange.answers],
        "attachments": sum(len(each.attachments) for each in exchange.entries),
        "status": exchange.status,
        "faults": [each.entry.fault for each in exchange.faults],
        "line": exchange.request.line,
    }


def _apart_as_json(recorded: "RecordedEntry") -> Mapping[str, Any]:
    from gateway.recording.format import line_of  # noqa: PLC0415 - as above

    return {name: value for name, value in line_of(recorded).items() if not name.startswith("envelope")}


def _show_whole(exchange: "Exchange") -> None:
    for each in exchange.entries:
        entry = each.entry
        said = " ".join(filter(None, (entry.event.value, entry.operation, entry.status, entry.fault)))
        OUTPUT.print(plain(f"{moments.write(entry.moment)}  {entry.participant}  {said}"), style="bold")
        labelled = (
            ("MessageID", entry.message_id),
            (say("объяснение", "explanation"), None if entry.explanation is None else str(entry.explanation)),
            (say("вложения", "attachments"), [f"{a.content_id}  {a.size}  {a.sha256}" for a in each.attachments]),
        )
        OUTPUT.print(rows(labelled), soft_wrap=False)
        if entry.envelope is not None:
            # Not wrapped: it is there to be copied.
            OUTPUT.print(Text(_pretty(entry.envelope)))
        OUTPUT.print()


def _pretty(envelope: bytes) -> str:
    """Return XML with a line for each element; what is none, as it is."""
    try:
        root = parse(envelope)
    except XmlError as error:
        ERRORS.print(plain(say(f"это не XML: {error}", f"no XML: {error}")), style="yellow")
        return envelope.decode("utf-8", "replace")
    etree.indent(root)
    return etree.tostring(root, encoding="unicode")


@application.command(
    "convert",
    help=say("Перевести запись прежней версии в эту.", "Bring a recording of an earlier version to this one."),
)
def convert(
    file: File,
    out: Out,
    pseudonymize: Pseudonymize = None,
    keep_unknown: KeepUnknown = False,
) -> None:
    """Write FILE again in this version, perhaps with look-alikes for the people in it."""
    from gateway.recording.format import RecordingError, write  # noqa: PLC0415 - as above
    from gateway.recording.versions import convert as converted  # noqa: PLC0415

    refuse_existing(out)
    try:
        recording = converted(file)
        if pseudonymize is not None:
            write_pseudonymized(recording, pseudonymize, out, keep_unknown=keep_unknown)
        else:
            write(recording, out)
            _tell(out, len(recording.entries))
    except RecordingError as error:
        raise CommandFailed(str(error)) from error
    except OSError as error:
        raise CommandFailed(f"{error.filename or out}: {error.strerror or error}", code=2) from error
    for note in recording.notes:
        ERRORS.print(plain(note), style="yellow")


@application.command(
    "import",
    help=say("Собрать запись из папки с XML: конверты, MTOM, журналы CXF.", "Make one of a folder of XML, MTOM, logs."),
)
def import_(
    folder: Annotated[Path, typer.Argument(help=say("папка с файлами сообщений", "the folder of the messages"))],
    out: Out,
    consumer: Annotated[
        str, typer.Option("--consumer", help=say("кто запрашивал, если не сказано", "who asked, where it is not told"))
    ] = "",
    provider: Annotated[
        str, typer.Option("--provider", help=say("кто отвечал, если не сказано", "who answered, likewise"))
    ] = "",
) -> None:
    """Make a recording of the messages below FOLDER; what says nothing is listed. Exit code 1 when there are none."""
    from gateway.recording.format import write  # noqa: PLC0415 - as above
    from gateway.recording.importing import import_folder  # noqa: PLC0415

    refuse_existing(out)
    try:
        imported = import_folder(folder, consumer=consumer, provider=provider)
        for each in imported.skipped:
            ERRORS.print(plain(f"{each.file}: {each.why}"), style="yellow")
        if not imported.recording.entries:
            raise CommandFailed(
                say(
                    f"{folder}: сообщений СМЭВ 3 не найдено, файл не создан",
                    f"{folder}: no messages of SMEV 3 were found, no file was made",
                )
            )
        write(imported.recording, out)
    except OSError as error:
        raise CommandFailed(f"{error.filename or out}: {error.strerror or error}", code=2) from error
    _tell(out, len(imported.recording.entries))


def _tell(file: Path, entries: int) -> None:
    OUTPUT.print(
        say(f"записано в {file}: записей журнала {entries}", f"written to {file}: {entries} journal entries"),
        markup=False,
    )


application.command(
    "pseudonymize", help=say("Заменить людей в записи похожими.", "Put look-alikes in place of the people.")
)(pseudonymize_file)
