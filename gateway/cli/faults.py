"""`mock-smev faults`: break the exchange of the running gateway on purpose, see what was hit, take it back."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.table import Table

from gateway.cli.admin_client import AdminClient, Token, one_line
from gateway.cli.common import DEFAULT_URL, OUTPUT, CommandFailed, Url, run
from gateway.domain.breakages import BREAKAGES, BreakageKind
from gateway.domain.disruption import InvalidDisruption, read_disruption
from gateway.words import say

Json = Annotated[bool, typer.Option("--json", help=say("вывести JSON", "print JSON"))]
_FLAGS: Final = {"lasts": "for"}
"""Options that are called otherwise than the field."""


def _option(text: str) -> Any:
    return typer.Option(help=text)


application = typer.Typer(invoke_without_command=True)


@application.callback()
def faults_list(context: typer.Context, as_json: Json = False, url: Url = DEFAULT_URL, token: Token = None) -> None:
    """List the rules with their hits and what is left, unless a command follows."""
    if context.invoked_subcommand is not None:
        return
    answer = run(AdminClient(url, token).get("/faults"))
    if as_json:
        OUTPUT.print_json(data=answer, ensure_ascii=False)
        return
    if not answer["faults"]:
        OUTPUT.print(say("правил нет: ничего не ломается", "no rules: nothing is broken"))
        return
    table = _table(
        say("правило", "rule"),
        say("что", "does"),
        say("кого", "whom"),
        say("сработало", "hits"),
        say("осталось", "left"),
        say("до", "until"),
    )
    for fault in answer["faults"]:
        table.add_row(*_row(fault))
    OUTPUT.print(table)


def faults_add(  # noqa: PLR0913, PLR0917 - each is one field of a rule
    name: Annotated[str, typer.Argument(help=say("имя правила", "name of the rule"))],
    does: Annotated[str, typer.Option(help=say("что ломать: mock-smev faults kinds", "what: mock-smev faults kinds"))],
    participant: Annotated[str | None, _option(say("кого: мнемоника", "whom it hits: a mnemonic"))] = None,
    counterpart: Annotated[str | None, _option(say("другая сторона: мнемоника", "the other side: a mnemonic"))] = None,
    kind: Annotated[str | None, _option(say("вид сведений", "a data kind"))] = None,
    operation: Annotated[str | None, _option(say("вызов: SendRequest…", "a call: SendRequest…"))] = None,
    direction: Annotated[str | None, _option(say("request или response", "request or response"))] = None,
    probability: Annotated[float | None, _option(say("от 0 до 1 (1)", "0 to 1 (1)"))] = None,
    count: Annotated[int | None, _option(say("сколько раз самое большее", "how often at most"))] = None,
    lasts: Annotated[
        str | None, typer.Option("--for", help=say("сколько живёт: 10m", "how long it holds: 10m"))
    ] = None,
    seed: Annotated[int | None, _option(say("зерно жребия (0)", "seed of the chance (0)"))] = None,
    delay: Annotated[str | None, _option(say("задержка: 5m", "delay: 5m"))] = None,
    fault: Annotated[str | None, _option(say("отказ СМЭВ: AccessDenied…", "a fault of SMEV: AccessDenied…"))] = None,
    text: Annotated[str | None, _option(say("текст отказа", "text of the fault"))] = None,
    share: Annotated[float | None, _option(say("доля ответа (0.5)", "share of the answer (0.5)"))] = None,
    damage: Annotated[str | None, _option(say("text, schema или xml", "text, schema or xml"))] = None,
    failure: Annotated[
        str | None,
        _option(say("что не так с подписью: CertificateIsExpired…", "of a signature: CertificateIsExpired…")),
    ] = None,
    as_json: Json = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Add a rule; it holds at once."""
    fields = {key: value for key, value in locals().items() if key not in {"as_json", "url", "token"}}
    said = {key: value for key, value in fields.items() if value is not None}
    try:
        read_disruption(said)
    except InvalidDisruption as error:
        raise CommandFailed(_in_flags(error), code=2) from error
    added = run(AdminClient(url, token).post("/faults", said))
    if as_json:
        OUTPUT.print_json(data=added, ensure_ascii=False)
        return
    OUTPUT.print(f"{name}: {_kind_of(does).text()}", markup=False)


def faults_load(
    file: Annotated[Path, typer.Argument(help=say("файл YAML: список правил", "YAML file: a list of rules"))],
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Add the rules of a file; none when one of them cannot be."""
    rules = _rules_in(file)
    client = AdminClient(url, token)

    async def add() -> None:
        for rule in rules:
            await client.post("/faults", rule)

    run(add())
    OUTPUT.print(f"{say('добавлено правил', 'rules added')}: {len(rules)}")


def _rules_in(file: Path) -> list[dict[str, Any]]:
    import yaml  # noqa: PLC0415 - no other command of this group needs it

    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandFailed(f"{file}: {error.strerror or error}", code=2) from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise CommandFailed(f"{file}: {' '.join(str(error).split())}", code=2) from error
    if not isinstance(found, list) or not found:
        expected = say("ожидался непустой список правил", "expected a list of rules, not empty")
        raise CommandFailed(f"{file}: {expected}; {say('найдено', 'found')}: {found!r:.60}", code=2)
    for number, rule in enumerate(found, 1):
        where = f"{file}: {say('правило', 'rule')} {number}"
        if not isinstance(rule, dict):
            mapping = say("ожидались поля и значения", "expected fields and values")
            raise CommandFailed(f"{where}: {mapping}; {say('найдено', 'found')}: {rule!r:.60}", code=2)
        try:
            read_disruption(rule)
        except InvalidDisruption as error:
            raise CommandFailed(f"{where}: {one_line(str(error), error.advice)}", code=2) from error
    return found


def faults_remove(
    name: Annotated[str | None, typer.Argument(help=say("имя правила", "name of the rule"))] = None,
    everything: Annotated[bool, typer.Option("--all", help=say("все правила", "every rule"))] = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Take one rule back, or all."""
    if (name is None) != everything:
        raise CommandFailed(say("назовите правило или --all", "give the name of a rule, or --all"), code=2)
    client = AdminClient(url, token)
    removed = run(client.delete("/faults" if name is None else f"/faults/{client.quoted(name)}"))
    OUTPUT.print(f"{say('убрано правил', 'rules taken back')}: {removed['removed']}")


def faults_kinds(as_json: Json = False) -> None:
    """List everything that can be broken."""
    if as_json:
        OUTPUT.print_json(data={"kinds": [_as_json(kind) for kind in BREAKAGES.values()]}, ensure_ascii=False)
        return
    table = _table(say("что", "does"), say("поля", "fields"), say("что происходит", "what happens"))
    for kind in BREAKAGES.values():
        table.add_row(kind.does.value, ", ".join(f"--{_FLAGS.get(name, name)}" for name in kind.fields), kind.text())
    OUTPUT.print(table)


for _name, _command, _text in (
    ("add", faults_add, say("Добавить правило; действует сразу.", "Add a rule; it holds at once.")),
    ("load", faults_load, say("Добавить правила из файла YAML.", "Add the rules of a YAML file.")),
    ("remove", faults_remove, say("Убрать правило или все.", "Take a rule back, or all.")),
    ("kinds", faults_kinds, say("Что можно сломать.", "Everything that can be broken.")),
):
    application.command(_name, help=_text)(_command)


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _row(fault: Mapping[str, Any]) -> tuple[str, ...]:
    rule = fault["rule"]
    # A kind, a call and a direction cannot be taken for each other; a counterpart could be for the participant.
    counterpart = f"↔ {rule['counterpart']}" if "counterpart" in rule else ""
    filters = (rule.get(key) for key in ("kind", "operation", "direction"))
    whom = " ".join(filter(None, (rule.get("participant"), counterpart, *filters)))
    reverted = {
        None: "∞" if fault["left"] is None else str(fault["left"]),
        "count": say("кончилось: число", "ended: count"),
        "time": say("кончилось: время", "ended: time"),
    }[fault["reverted"]]
    until = "" if fault["until"] is None else datetime.fromisoformat(fault["until"]).strftime("%Y-%m-%d %H:%M:%S")
    hits = f"{fault['hits']} {say('из', 'of')} {fault['asked']}"
    return rule["name"], rule["does"], whom or say("всех", "everybody"), hits, reverted, until


def _kind_of(does: str) -> BreakageKind:
    return next(kind for kind in BREAKAGES.values() if kind.does.value == does)


def _as_json(kind: BreakageKind) -> dict[str, Any]:
    return {
        "does": kind.does.value,
        "place": kind.place.value,
        "needs": list(kind.needs),
        "takes": list(kind.takes),
        "operations": list(kind.operations),
        "text": kind.text(),
    }


def _in_flags(error: InvalidDisruption) -> str:
    told = f"--{_FLAGS.get(error.field, error.field)}: " if error.field != "name" else ""
    expected, found = say("ожидалось", "expected"), say("найдено", "found")
    advice = f"; {error.advice}" if error.advice else ""
    return f"{told}{expected}: {error.expected}; {found}: {error.found}{advice}"
