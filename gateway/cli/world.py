"""`mock-smev world`: who is in the world of the running gateway, what is known of a number, what a tester adds."""

import json
import tomllib
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.tree import Tree

from gateway.cli.admin_client import AdminClient, Token
from gateway.cli.common import DEFAULT_URL, ERRORS, OUTPUT, CommandFailed, Url, run
from gateway.words import say

_COLUMNS: Final = (("case", 20), ("snils", 11), ("birth_date", 10), ("full_name", 36), ("about", 0))
"""What stands in a line of `world list`, and how wide it is at least."""

Json = Annotated[bool, typer.Option("--json", help=say("вывести JSON", "print JSON"))]


def world_show(
    number: Annotated[
        str,
        typer.Argument(
            help=say("СНИЛС, ИНН, ОГРН, ОГРНИП или кадастровый номер", "a SNILS, INN, OGRN, OGRNIP or cadastral number")
        ),
    ],
    as_json: Json = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Show all that is known of a number."""
    found = run(AdminClient(url, token).get(f"/world/{AdminClient.quoted(number)}"))
    if as_json:
        OUTPUT.print_json(data=found, ensure_ascii=False)
        return
    title = found.get("full_name") or found.get("short_name") or found.get("cadastral_number") or number
    tree = Tree(f"[bold]{title}[/bold]")
    _grow(tree, {key: value for key, value in found.items() if key != "subject"})
    OUTPUT.print(tree)


def world_list(
    case: Annotated[
        str | None, typer.Option("--case", help=say("только этот случай, например debtor", "only this case"))
    ] = None,
    as_json: Json = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """List the edge people."""
    people = run(AdminClient(url, token).get("/world", None if case is None else {"case": case}))["people"]
    if as_json:
        OUTPUT.print_json(data=people, ensure_ascii=False)
        return
    for person in people:
        columns = (f"{person[key]:{width}}" for key, width in _COLUMNS)
        OUTPUT.print("  ".join(columns).rstrip(), markup=False)


def world_add(
    fixtures: Annotated[
        Path, typer.Argument(help=say("файл JSON или TOML с фикстурами", "JSON or TOML file of fixtures"))
    ],
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Tell the world facts: they count from now on, and after a restart."""
    applied = run(AdminClient(url, token).post("/world/fixtures", _document(fixtures)))
    for warning in applied["warnings"]:
        ERRORS.print(f"{say('предупреждение', 'warning')}: {warning}", markup=False)
    OUTPUT.print(f"{say('применено', 'applied')}: {applied['applied']}")


application = typer.Typer(no_args_is_help=True)
for _name, _command, _text in (
    ("show", world_show, say("Показать всё, что известно о номере.", "Show all that is known of a number.")),
    ("list", world_list, say("Показать особых людей по случаям.", "List the edge people by case.")),
    ("add", world_add, say("Добавить в мир факты из файла.", "Tell the world the facts of a file.")),
):
    application.command(_name, help=_text)(_command)


def _document(file: Path) -> Any:
    try:
        text = file.read_text(encoding="utf-8")
        found = tomllib.loads(text) if file.suffix == ".toml" else json.loads(text)
    except (OSError, ValueError) as error:
        raise CommandFailed(f"{file}: {error}", code=2) from error
    return json.loads(json.dumps(found, default=str))  # dates of TOML as texts


def _grow(tree: Tree, facts: dict[str, Any]) -> None:
    for key, value in facts.items():
        if value in (None, "", [], {}):
            continue
        if isinstance(value, dict):
            _grow(tree.add(key), value)
        elif isinstance(value, list):
            _grow_list(tree.add(f"{key} ({len(value)})"), value)
        else:
            tree.add(f"[dim]{key}:[/dim] {_plain(value)}")


def _grow_list(branch: Tree, items: list[Any]) -> None:
    for item in items:
        if isinstance(item, dict):
            short = ", ".join(
                f"{key} {_plain(value)}" for key, value in item.items() if not isinstance(value, dict | list)
            )
            branch.add(short)
        else:
            branch.add(_plain(item))


def _plain(value: Any) -> str:
    return str(value).replace("[", "\\[")
