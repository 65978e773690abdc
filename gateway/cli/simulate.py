"""`mock-smev simulate`: a region at work on the virtual clock."""

import json
import tempfile
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from gateway.cli.common import ERRORS, OUTPUT, CommandFailed
from gateway.cli.options import option
from gateway.cli.simulated import Simulated
from gateway.domain.clock import ClockSetting
from gateway.domain.signature_mode import SignatureMode
from gateway.protocol.moments import MOSCOW
from gateway.settings import SettingsError, read_settings
from gateway.words import say

_JOURNAL: Final = 10_000_000
"""Entries of the journal: a report reads it whole."""
_MOST_BODIES: Final = 15
"""Rows of the summary's table."""


def simulate(  # noqa: PLR0913, PLR0917 - each is an option
    topology: Annotated[str, option("topology")] = "ivanovo-2013",
    first: Annotated[
        str, typer.Option("--from", help=say("первый день, ГГГГ-ММ-ДД", "first day, YYYY-MM-DD"))
    ] = "2013-03-01",
    last: Annotated[
        str, typer.Option("--to", help=say("последний день, ГГГГ-ММ-ДД", "last day, YYYY-MM-DD"))
    ] = "2013-03-31",
    requests: Annotated[
        int, typer.Option("--requests", min=1, help=say("межведомственных запросов", "inter-agency requests"))
    ] = 20_000,
    seed: Annotated[
        int, typer.Option("--seed", help=say("зерно: то же зерно — тот же итог", "seed: same seed, same result"))
    ] = 1,
    disobedient: Annotated[
        float,
        typer.Option(
            "--disobedient",
            min=0,
            max=1,
            help=say("доля органов, нарушающих 210-ФЗ", "share of bodies that break 210-FZ"),
        ),
    ] = 0.05,
    late: Annotated[
        float, typer.Option("--late", min=0, max=1, help=say("доля ответов после срока", "share of late answers"))
    ] = 0.03,
    silent: Annotated[
        float,
        typer.Option(
            "--silent", min=0, max=1, help=say("доля запросов без ответа", "share of requests without an answer")
        ),
    ] = 0.01,
    own_initiative: Annotated[
        int,
        typer.Option(
            "--own-initiative",
            min=0,
            max=100,
            help=say(
                "процент документов, принесённых по своей инициативе", "percent of documents brought on own initiative"
            ),
        ),
    ] = 5,
    signatures: Annotated[SignatureMode, option("signatures")] = SignatureMode.STRICT,
    out: Annotated[
        Path | None, typer.Option("--out", help=say("записать итог в файл JSON", "write the summary to a JSON file"))
    ] = None,
    data: Annotated[Path | None, option("data")] = None,
    store: Annotated[str | None, option("store")] = None,
) -> None:
    """Simulate a span of time in a region; with --data or --store its store is kept for reports."""
    begin, end = _day(first, "--from"), _day(last, "--to")
    if begin > end:
        raise CommandFailed(say(f"--from {begin} позже, чем --to {end}", f"--from {begin} is later than --to {end}"), 2)
    folder = nullcontext(str(data)) if data else tempfile.TemporaryDirectory(prefix="mock-smev-simulate-")
    with folder as path:
        flags = {
            "port": 0,
            "data": Path(path),
            "store": store,
            "seed": seed,
            "topology": topology,
            "clock": str(ClockSetting(0.0, datetime.combine(begin, time(0), MOSCOW))),
            "journal_limit": _JOURNAL,
            "signatures": signatures,
            "check_wire_schema": False,  # what its own agencies write
        }
        try:
            settings = read_settings(flags, None)
        except SettingsError as error:
            raise CommandFailed(str(error), code=2) from error
        share = {"disobedient": disobedient, "late": late, "silent": silent, "own_initiative_percent": own_initiative}
        script = {"first": begin, "last": end, "requests": requests, "seed": seed, **share}
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=ERRORS) as bar:
            task = bar.add_task(say("дела", "cases"), total=None)
            work = Simulated(settings, script, keep=data is not None or store is not None)
            worked = work.run(lambda done, total: bar.update(task, completed=done, total=total))
    _show(worked.summary, worked.names)
    if out is not None:
        try:
            out.write_text(json.dumps(worked.summary.as_json(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        except OSError as error:
            raise CommandFailed(f"{out}: {error.strerror}") from error


def _day(text: str, flag: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        why = say(f"{flag}: ожидался день ГГГГ-ММ-ДД, найдено {text!r}", f"{flag}: expected YYYY-MM-DD, found {text!r}")
        raise CommandFailed(why, code=2) from None


def _show(summary: Any, names: Mapping[str, str]) -> None:
    totals = summary.totals
    table = Table(title=say("Кто работал больше всех", "Who worked most"))
    for heading in (
        say("Орган", "Body"),
        say("Дела", "Cases"),
        say("Запросы", "Requests"),
        say("Без ответа в срок", "Overdue"),
        say("Отклонено СМЭВ", "Refused by SMEV"),
    ):
        table.add_column(heading, justify="left" if not table.columns else "right")
    most = sorted(summary.bodies.items(), key=lambda item: (-item[1].requests, item[0]))
    for mnemonic, tally in most[:_MOST_BODIES]:
        table.add_row(
            names[mnemonic], *map(str, (tally.applications, tally.requests, tally.overdue, tally.refused_attempts))
        )
    OUTPUT.print(table)
    OUTPUT.print(
        say(
            f"Заявлений: {summary.applications}, решено {summary.decided} (услуга оказана: {summary.granted}), "
            f"не дошло {summary.failed}\n"
            f"Межведомственных запросов: {totals.requests}, из них без ответа в срок {totals.overdue}\n"
            f"Органов-нарушителей: {len(summary.disobedient)}; требований и отказов, отклонённых СМЭВ: "
            f"{totals.refused_attempts}, дошедших до заявителей: {summary.told_applicants}",
            f"Applications: {summary.applications}, decided {summary.decided} (granted {summary.granted}), "
            f"not delivered {summary.failed}\n"
            f"Inter-agency requests: {totals.requests}, without an answer in time {totals.overdue}\n"
            f"Bodies that break the law: {len(summary.disobedient)}; demands and refusals that SMEV refused: "
            f"{totals.refused_attempts}, that reached applicants: {summary.told_applicants}",
        )
    )
