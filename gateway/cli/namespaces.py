"""`mock-smev namespace`: gateways of their own behind the running one's address, begun, listed, ended."""

from typing import Annotated, Any

import typer
from rich.table import Table

from gateway.cli.admin_client import AdminClient, Token
from gateway.cli.common import DEFAULT_URL, OUTPUT, CommandFailed, Url, run
from gateway.cli.options import option
from gateway.words import say

Json = Annotated[bool, typer.Option("--json", help=say("вывести JSON", "print JSON"))]


def namespace_create(  # noqa: PLR0913, PLR0917 - each is one option
    name: Annotated[
        str | None, typer.Argument(help=say("имя; без него — данное шлюзом", "name; else the gateway gives one"))
    ] = None,
    origin: Annotated[
        str | None, typer.Option("--from", help=say("снимок, с которого начать", "snapshot to begin with"))
    ] = None,
    topology: Annotated[str | None, option("topology")] = None,
    clock: Annotated[str | None, option("clock")] = None,
    seed: Annotated[int | None, option("seed")] = None,
    participant: Annotated[list[str] | None, option("participant")] = None,
    provide: Annotated[list[str] | None, option("provide")] = None,
    kept: Annotated[
        bool,
        typer.Option("--kept", help=say("хранить в файле, а не в памяти", "keep it in a file, not in memory")),
    ] = False,
    as_json: Json = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Begin a namespace and print its address, which is what --url takes."""
    wanted: dict[str, Any] = {
        "name": name,
        "from": origin,
        "topology": topology,
        "clock": clock,
        "seed": seed,
        "participant": participant,
        "provide": provide,
        "kept": kept,
    }
    given = {key: value for key, value in wanted.items() if value not in (None, [])}
    created = run(AdminClient(url, token).post("/namespaces", given))
    if as_json:
        OUTPUT.print_json(data=created, ensure_ascii=False)
    else:
        OUTPUT.print(created["url"], markup=False)


def namespace_list(as_json: Json = False, url: Url = DEFAULT_URL, token: Token = None) -> None:
    """List the namespaces."""
    listed = run(AdminClient(url, token).get("/namespaces"))
    if as_json:
        OUTPUT.print_json(data=listed, ensure_ascii=False)
        return
    if not listed["namespaces"]:
        OUTPUT.print(say("пространств имён нет", "there are no namespaces"))
        return
    rows = Table.grid(padding=(0, 2))
    for each in listed["namespaces"]:
        messages = say(f"сообщений: {each['messages']}", f"messages: {each['messages']}")
        idle = say(f"без вызовов {each['idle']:.0f} с", f"idle {each['idle']:.0f} s")
        rows.add_row(each["name"], each["url"], messages, idle)
    OUTPUT.print(rows)


def namespace_remove(
    name: Annotated[str | None, typer.Argument(help=say("имя", "name"))] = None,
    idle: Annotated[
        float | None,
        typer.Option("--idle", help=say("все, к которым столько секунд не обращались", "all idle for so many seconds")),
    ] = None,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """End a namespace, or all that have been idle for long."""
    if (name is None) == (idle is None):
        raise CommandFailed(say("назовите одно: имя или --idle", "give one: a name or --idle"), code=2)
    path, query = (
        ("/namespaces", {"idle": str(idle)}) if name is None else (f"/namespaces/{AdminClient.quoted(name)}", None)
    )
    removed = run(AdminClient(url, token).delete(path, query))["removed"]
    ended = ", ".join(removed) or say("ни одного", "none")
    OUTPUT.print(say(f"завершено: {ended}", f"ended: {ended}"), markup=False)


application = typer.Typer(no_args_is_help=True)
for _name, _command, _text in (
    (
        "create",
        namespace_create,
        say("Начать пространство имён и напечатать его адрес.", "Begin a namespace and print its address."),
    ),
    ("list", namespace_list, say("Показать пространства имён.", "List the namespaces.")),
    ("remove", namespace_remove, say("Завершить пространство имён.", "End a namespace.")),
):
    application.command(_name, help=_text)(_command)
