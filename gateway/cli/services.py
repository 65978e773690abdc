"""`mock-smev services list|show|add|check|remove`: the services of a gateway, and passports of one's own."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.table import Table

from gateway import library
from gateway.cli.admin_client import AdminClient, NobodyThere, Token, one_line
from gateway.cli.common import DEFAULT_URL, ERRORS, OUTPUT, CommandFailed, Url, run
from gateway.data_files import added_kinds, added_services, data_folder
from gateway.library.passports import PassportError, Passports, Written, load_passports
from gateway.settings import Settings, SettingsError, read_settings
from gateway.words import say

_LONGEST_NAME: Final = 200
_CLASSES: Final = {
    "personal": lambda: say("личный", "personal"),
    "interagency": lambda: say("межвед.", "inter-agency"),
    "own-initiative": lambda: say("свой", "voluntary"),
}

Code = Annotated[str, typer.Argument(help=say("код услуги, например R01", "code of a service, as R01"), metavar="CODE")]
Data = Annotated[Path | None, typer.Option("--data", help=say("папка данных", "folder of data"))]


def services_list(url: Url = DEFAULT_URL, token: Token = None) -> None:
    """Show every service that has a passport."""
    table = _table(
        say("КОД", "CODE"),
        say("УРОВЕНЬ", "LEVEL"),
        say("ОТКУДА", "ORIGIN"),
        say("СРОК", "TERM"),
        say("НАЗВАНИЕ", "NAME"),
        say("ОРГАН", "BODY"),
    )
    for service in run(AdminClient(url, token).get("/services"))["services"]:
        row = (service["code"], service["level"], service["origin"], service["term"], _name(service), service["body"])
        table.add_row(*row)
    OUTPUT.print(table, markup=False)


def services_show(
    code: Code,
    day: Annotated[
        str | None,
        typer.Option("--date", help=say("как делятся документы в этот день: 2013-03-01", "the split on a day")),
    ] = None,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Show who brings each document of a service: the applicant, or the body by an inter-agency request."""
    query = {} if day is None else {"day": _day(day).isoformat()}
    whole = run(AdminClient(url, token).get(f"/services/{AdminClient.quoted(code)}", query))
    passport = whole["passport"]
    OUTPUT.print(f"{passport['code']} — {_name(passport)}", markup=False)
    for label, value in (
        (say("орган", "body"), f"{passport['body']} ({passport['level']})"),
        (say("срок", "term"), passport["term"]),
        (say("срок направления запросов", "term to send requests"), passport["termToSend"]),
        (say("акты", "acts"), "; ".join(passport["acts"])),
        (say("основан на", "based on"), passport["basedOn"]),
        (say("источник", "source"), f"{passport['status']}. {passport['source'] or ''}"),
    ):
        if value:
            OUTPUT.print(f"  {label}: {value}", markup=False)
    table = _table(
        say("ДОКУМЕНТ", "DOCUMENT"), say("КЛАСС", "CLASS"), say("ОСНОВАНИЕ", "GROUNDS"), say("КОГДА", "WHEN")
    )
    for document in passport["documents"]:
        table.add_row(*_row(document, whole["answers"]))
    OUTPUT.print(table, markup=False)


def _row(document: dict[str, Any], answers: dict[str, str]) -> tuple[str, ...]:
    kind = document["kind"]
    grounds = [kind, document["holder"]] if kind else [_why_personal(document)]
    when = [
        word + document[key]
        for key, word in (("since", say("с ", "since ")), ("until", say("до ", "until ")))
        if document[key]
    ]
    if kind in answers:
        when.append(say("ответ: ", "answer: ") + answers[kind])
    name = _name(document) if document["mandatory"] else f"{_name(document)} ({say('если нужен', 'where needed')})"
    return (
        f"{document['code']}\n{name}",
        _CLASSES[document["class"]](),
        "\n".join(filter(None, grounds)),
        "\n".join(when),
    )


def _why_personal(document: dict[str, Any]) -> str:
    if document["item"] is not None:
        return say(f"ст. 7 ч. 6 п. {document['item']}", f"Art. 7 part 6 item {document['item']}")
    return say("нет ни у кого", "nobody holds it") if document["notHeld"] else ""


def _name(named: dict[str, Any]) -> str:
    return say(named["name"], named["nameEn"] or named["name"])


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        expected = say("ожидался день, например 2013-03-01", "expected a day, as 2013-03-01")
        raise CommandFailed(f"--date {text}: {expected}", code=2) from error


def _table(*titles: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in titles:
        table.add_column(title, overflow="fold")
    return table


# --- passports of one's own ---------------------------------------------------------------------------------------


def services_add(
    file: Annotated[Path, typer.Argument(help=say("паспорт: файл TOML", "a passport: a TOML file"))],
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            help=say(
                "папка данных: добавить к следующему запуску, если шлюз не работает",
                "folder of data: add for the next start where no gateway runs",
            ),
        ),
    ] = None,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Add a passport to a running gateway."""
    try:
        text = file.read_bytes()
    except OSError as error:
        raise CommandFailed(f"{file}: {error.strerror}", code=2) from error
    try:
        added = run(AdminClient(url, token).post_text("/services", text, {"name": str(file)[:_LONGEST_NAME]}))[
            "passport"
        ]
        OUTPUT.print(say("добавлен ", "added ") + f"{added['code']} — {_name(added)}", markup=False)
    except NobodyThere as error:
        if data is None:
            hint = say("запустите шлюз или укажите --data", "start a gateway, or name the folder with --data")
            raise CommandFailed(one_line(str(error), hint)) from error
        _add_for_the_next_start(file, data)


def _add_for_the_next_start(file: Path, data: Path) -> None:
    from gateway.exchange.services import Services  # noqa: PLC0415 the other commands need no store: 0.3 seconds

    settings = _settings(data)
    shelf = _kinds(settings)
    services = Services(_passports(shelf, settings), shelf, added_services(settings.data))
    try:
        added = run(services.add(file.read_bytes(), str(file))).passport
    except PassportError as error:
        raise CommandFailed(str(error)) from error
    words = say("к следующему запуску", "for the next start")
    OUTPUT.print(say("добавлен ", "added ") + f"{added.code} ({words})", markup=False)


def services_check(
    files: Annotated[list[Path], typer.Argument(help=say("паспорта: файлы TOML", "passports: TOML files"))],
    data: Data = None,
) -> None:
    """Check passports without a gateway; those that are given together may be based on each other."""
    shelf = _kinds(_settings(data))
    passports = _passports(shelf)
    problems, read = [], []
    for file in files:
        try:
            read.append(Written.read(file, shelf))
        except PassportError as error:
            problems.append(error)
    try:
        passports.add(*read)
    except PassportError as error:
        problems.append(error)
    for problem in problems:
        ERRORS.print(str(problem), markup=False)
    if problems:
        raise CommandFailed(say(f"ошибок: {len(problems)}", f"errors: {len(problems)}"))
    OUTPUT.print(say(f"паспортов без ошибок: {len(read)}", f"passports without errors: {len(read)}"))


def services_remove(code: Code, url: Url = DEFAULT_URL, token: Token = None) -> None:
    """Remove a passport that was added."""
    removed = run(AdminClient(url, token).delete(f"/services/{AdminClient.quoted(code)}"))
    OUTPUT.print(say("убран ", "removed ") + removed["code"], markup=False)


def _settings(data: Path | None) -> Settings:
    try:
        return read_settings({"data": data}, None)
    except SettingsError as error:
        raise CommandFailed(str(error), code=2) from error


def _kinds(settings: Settings) -> library.Library:
    folders = [*map(Path, settings.kinds), added_kinds(settings.data)]
    try:
        return library.load(
            *(folder for folder in folders if folder.is_dir()), shipped=data_folder("schemas") / "kinds"
        )
    except library.KindError as error:
        raise CommandFailed(str(error)) from error


def _passports(shelf: library.Library, settings: Settings | None = None) -> Passports:
    """Return the passports that ship, and with settings those of one's own."""
    folders = [] if settings is None else [*map(Path, settings.services), added_services(settings.data)]
    try:
        return load_passports(
            *(folder for folder in folders if folder.is_dir()),
            library=shelf,
            shipped=data_folder("agencies") / "services",
        )
    except PassportError as error:
        raise CommandFailed(str(error)) from error


application = typer.Typer(no_args_is_help=True)
for name, command, text in (
    ("list", services_list, say("Показать услуги.", "Show the services.")),
    (
        "show",
        services_show,
        say("Показать, кто приносит каждый документ услуги.", "Show who brings each document of a service."),
    ),
    ("add", services_add, say("Добавить свой паспорт услуги.", "Add a passport of one's own.")),
    ("check", services_check, say("Проверить паспорта без шлюза.", "Check passports without a gateway.")),
    ("remove", services_remove, say("Убрать добавленный паспорт.", "Remove a passport that was added.")),
):
    application.command(name, help=text)(command)
