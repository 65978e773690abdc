"""`mock-smev snapshot`: states of the running gateway are saved, listed, removed, and it is put back to one."""

from typing import Annotated, Any

import typer
from rich.table import Table

from gateway.cli.admin_client import AdminClient, Token
from gateway.cli.common import DEFAULT_URL, OUTPUT, Url, run
from gateway.words import say

Name = Annotated[str, typer.Argument(help=say("имя снимка", "name of the snapshot"))]
Json = Annotated[bool, typer.Option("--json", help=say("вывести JSON", "print JSON"))]


def snapshot_save(
    name: Name,
    replace: Annotated[
        bool, typer.Option("--replace", help=say("заменить, если такой есть", "replace one of this name"))
    ] = False,
    as_json: Json = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Save the state of this moment."""
    _tell(run(AdminClient(url, token).post("/snapshots", {"name": name, "replace": replace})), as_json=as_json)


def snapshot_restore(name: Name, as_json: Json = False, url: Url = DEFAULT_URL, token: Token = None) -> None:
    """Put the gateway back to a snapshot."""
    path = f"/snapshots/{AdminClient.quoted(name)}/restore"
    _tell(run(AdminClient(url, token).post(path, {})), as_json=as_json)


def snapshot_list(as_json: Json = False, url: Url = DEFAULT_URL, token: Token = None) -> None:
    """List the snapshots."""
    listed = run(AdminClient(url, token).get("/snapshots"))
    _tell(listed if as_json else listed["snapshots"], as_json=as_json)


def snapshot_remove(name: Name, url: Url = DEFAULT_URL, token: Token = None) -> None:
    """Remove a snapshot."""
    run(AdminClient(url, token).delete(f"/snapshots/{AdminClient.quoted(name)}"))
    OUTPUT.print(say(f"снимок {name} убран", f"the snapshot {name} is removed"), markup=False)


def _tell(told: Any, *, as_json: bool) -> None:
    if as_json:
        OUTPUT.print_json(data=told, ensure_ascii=False)
        return
    if not told:
        OUTPUT.print(say("снимков нет", "there are no snapshots"))
        return
    rows = Table.grid(padding=(0, 2))
    for each in told if isinstance(told, list) else [told]:
        messages = say(f"сообщений: {each['messages']}", f"messages: {each['messages']}")
        size = f"{each['bytes'] / 1_000_000:.1f} {say('МБ', 'MB')}"
        rows.add_row(each["name"], each["saved"][:19], size, messages, each["clock"] or "")
    OUTPUT.print(rows)


application = typer.Typer(no_args_is_help=True)
for _name, _command, _text in (
    ("save", snapshot_save, say("Сохранить состояние шлюза на этот момент.", "Save the state of this moment.")),
    ("restore", snapshot_restore, say("Вернуть шлюз к снимку.", "Put the gateway back to a snapshot.")),
    ("list", snapshot_list, say("Показать снимки.", "List the snapshots.")),
    ("remove", snapshot_remove, say("Убрать снимок.", "Remove a snapshot.")),
):
    application.command(_name, help=_text)(_command)
