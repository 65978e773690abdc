"""`mock-smev report once-only|monitoring`: of a running gateway, or of a store that no gateway works on."""

import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gateway.cli.admin_client import AdminClient, Token
from gateway.cli.common import DEFAULT_URL, OUTPUT, CommandFailed, Url, run
from gateway.cli.options import option
from gateway.domain.reports.tables import By, Report, Section, period_of, sections_of, shown, title_of
from gateway.protocol import moments
from gateway.words import say

_WIDTH: Final = 100
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ELASTIC: Final = (("code", 24), ("holder", 24), ("article", 24), ("kind", 18), ("code", 14), ("article", 14))
"""What gives way when a table gets too wide, in this order, down to how much: names are cut, others are broken."""


class Output(StrEnum):
    """What a report is written as."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    HTML = "html"


class Which(StrEnum):
    """The reports that there are."""

    ONCE_ONLY = "once-only"
    MONITORING = "monitoring"


First = Annotated[
    str | None, typer.Option("--from", help=say("первый день, по Москве: 2013-03-01", "the first day: 2013-03-01"))
]
Last = Annotated[
    str | None,
    typer.Option("--to", help=say("последний день, включительно: 2013-03-31", "the last day, inclusive: 2013-03-31")),
]
Now = Annotated[
    str | None,
    typer.Option(
        "--now", help=say("на какой момент; без него — по часам шлюза", "as of which moment; else the gateway's clock")
    ),
]
Format = Annotated[Output, typer.Option("--format", help=say("вид отчёта", "form of the report"))]
Out = Annotated[Path | None, typer.Option("--out", help=say("записать в файл", "write to a file"))]
Chosen = Annotated[
    list[By] | None,
    typer.Option("--by", help=say("какие таблицы (table, csv)", "which tables (table, csv)")),
]
Store = Annotated[str | None, option("store")]
Data = Annotated[
    Path | None,
    typer.Option("--data", help=say("папка данных неработающего шлюза", "folder of data of a gateway that is down")),
]
Topology = Annotated[str | None, option("topology")]


def report(  # noqa: PLR0913, PLR0917 - each is one option
    which: Annotated[Which, typer.Argument(help=say("какой отчёт", "which report"))],
    first_day: First = None,
    last_day: Last = None,
    now: Now = None,
    format: Format = Output.TABLE,
    out: Out = None,
    by: Chosen = None,
    url: Url = DEFAULT_URL,
    token: Token = None,
    store: Store = None,
    data: Data = None,
    topology: Topology = None,
) -> None:
    """Report who keeps the once-only rule, or how bodies answer each other."""
    query = _query(first_day, last_day, now)
    _refuse_by(format, by)
    if store is None and data is None:
        found = _asked(which, query, url, token)
    else:
        from gateway.cli.report_of_store import made  # noqa: PLC0415 - it needs most of the program

        found = made(which.value, query, {"store": store, "data": data, "topology": topology})
    _write(found, format, by or (), out)


# --- what is asked -----------------------------------------------------------------------------------------------


def _query(first_day: str | None, last_day: str | None, now: str | None) -> dict[str, str]:
    """Return the query of the admin API; a wrong one is told before anybody is asked."""
    first, last = _day("--from", first_day), _day("--to", last_day)
    if first is not None and last is not None and first > last:
        raise CommandFailed(
            say(
                f"--from {first.isoformat()} позже, чем --to {last.isoformat()}: поменяйте их местами",
                f"--from {first.isoformat()} comes after --to {last.isoformat()}: change them over",
            ),
            code=2,
        )
    given = {"from": first, "to": last, "now": _moment(now)}
    return {name: value.isoformat() for name, value in given.items() if value is not None}


def _day(flag: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise CommandFailed(
        say(
            f"{flag}: ожидался день, например 2013-03-01, найдено {text!r}",
            f"{flag}: expected a day, as 2013-03-01, found {text!r}",
        ),
        code=2,
    )


def _moment(text: str | None) -> datetime | None:
    try:
        return None if text is None else moments.read(text)
    except ValueError as error:
        raise CommandFailed(
            say(
                f"--now: ожидался момент, например 2013-04-01T09:00:00+04:00, найдено {text!r}",
                f"--now: expected a moment, as 2013-04-01T09:00:00+04:00, found {text!r}",
            ),
            code=2,
        ) from error


def _refuse_by(format: Output, by: Sequence[By] | None) -> None:
    if by and format not in (Output.TABLE, Output.CSV):
        raise CommandFailed(
            say(
                f"--by выбирает таблицы для table и csv; {format} всегда целиком",
                f"--by chooses tables of table and csv; {format} is always whole",
            ),
            code=2,
        )


# --- where it is from --------------------------------------------------------------------------------------------


def _asked(which: Which, query: dict[str, str], url: str, token: str | None) -> Report:
    from pydantic import ValidationError  # noqa: PLC0415 - as above

    from gateway.transports.admin.report_formats import read_back  # noqa: PLC0415

    document = run(AdminClient(url, token).get(f"/reports/{which.value}", {**query, "format": "json"}))
    try:
        return read_back(document)
    except ValidationError as error:
        raise CommandFailed(
            say(f"{url}: отчёт другой версии программы", f"{url}: a report of another version of the program")
        ) from error


# --- how it is shown ---------------------------------------------------------------------------------------------


def _write(report: Report, format: Output, by: Sequence[By], out: Path | None) -> None:
    if format is Output.TABLE and out is None:
        _print(report, by, OUTPUT)
        return
    text = _text(report, format, by)
    if out is None:
        typer.echo(text.encode(), nl=False)
        return
    try:
        out.write_bytes(text.encode())
    except OSError as error:
        raise CommandFailed(f"{out}: {error.strerror or error}") from error
    OUTPUT.print(say(f"записано: {out}", f"written: {out}"), markup=False)


def _text(report: Report, format: Output, by: Sequence[By]) -> str:
    from gateway.transports.admin import report_formats, report_page  # noqa: PLC0415 - as above

    if format is Output.JSON:
        return report_formats.as_json(report)
    if format is Output.HTML:
        return report_page.as_html(report)
    if format is Output.CSV:
        return report_formats.as_csv(sections_of(report, by))
    plain = io.StringIO()
    _print(report, by, Console(file=plain, width=_WIDTH, highlight=False, color_system=None))
    return plain.getvalue()


def _print(report: Report, by: Sequence[By], console: Console) -> None:
    width = min(_WIDTH, console.width)
    console.print(Text(f"{title_of(report)}, {period_of(report)}", style="bold"))
    console.print(Text(say(f"на момент {report.now}", f"as of {report.now}"), style="dim"))
    for section in sections_of(report, by):
        console.print()
        console.print(Text(section.title, style="bold"))
        console.print(_table(section, width) if section.rows else Text(say("нет", "none"), style="dim"))
        if section.rows and section.note:
            console.print(Text(section.note, style="dim"), width=width, soft_wrap=False)


def _table(section: Section, width: int) -> Table:
    """Return the columns that a terminal has a place for."""
    rows = [
        {column.key: shown(column, cell) for column, cell in zip(section.columns, row, strict=True)}
        for row in section.rows
    ]
    columns = [column for column in section.columns if column.narrow]
    # A heading is broken between words, so that what gives way to it is not the name.
    wide = {
        column.key: max(map(len, [*column.narrow.split(), *(_label(cells, column.key) for cells in rows)]))
        for column in columns
    }
    for key, least in _ELASTIC:
        too_much = sum(wide.values()) + len(columns) - width
        if key in wide:
            wide[key] -= max(0, min(too_much, wide[key] - least))
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        is_name = column.key in ("code", "holder")
        table.add_column(
            column.narrow,
            justify="left" if column.is_text else "right",
            width=wide[column.key],
            no_wrap=is_name,
            overflow="ellipsis" if is_name else "fold",
        )
    for cells in rows:
        table.add_row(*(Text(_label(cells, column.key)) for column in columns))
    return table


def _label(cells: dict[str, str], key: str) -> str:
    """Return a cell; beside a code stands its name."""
    if key not in ("code", "holder") or cells["name"] == cells[key]:
        return cells[key]
    return f"{cells[key]} {cells['name']}".strip()
