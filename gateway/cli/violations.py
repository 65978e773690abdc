"""`mock-smev violations`, and how a violation and the lawful way are shown wherever they are."""

import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.table import Table
from rich.text import Text

from gateway.cli.admin_client import AdminClient, Token
from gateway.cli.common import DEFAULT_URL, OUTPUT, CommandFailed, Url, run
from gateway.words import say

Json = Annotated[bool, typer.Option("--json", help=say("вывести JSON", "print JSON"))]
Limit = Annotated[int, typer.Option("--limit", min=1, max=500, help=say("сколько показать", "how many"))]

_FILE: Final = "request.xml"
_STYLES: Final = {"violation": "bold red", "warning": "bold yellow"}
_VERDICTS: Final = {
    "violation": lambda: say("нарушение", "violation"),
    "warning": lambda: say("предупреждение", "warning"),
    "record": lambda: say("отметка", "record"),
}


def violations(  # noqa: PLR0913, PLR0917 - each is one option
    rule: Annotated[str | None, typer.Option("--rule", help=say("правило, например L-7-1-2", "a rule"))] = None,
    body: Annotated[str | None, typer.Option("--body", help=say("мнемоника нарушителя", "who breaks it"))] = None,
    case: Annotated[str | None, typer.Option("--case", help=say("номер дела", "number of a case"))] = None,
    verdict: Annotated[
        str | None, typer.Option("--verdict", help=say("violation, warning, record", "violation, warning, record"))
    ] = None,
    limit: Limit = 50,
    as_json: Json = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """List violations, newest first."""
    asked = {"rule": rule, "body": body, "case": case, "verdict": verdict, "limit": str(limit)}
    query = {name: value for name, value in asked.items() if value is not None}
    found = run(AdminClient(url, token).get("/violations", query))["violations"]
    if as_json:
        OUTPUT.print_json(data=found, ensure_ascii=False)
        return
    if not found:
        OUTPUT.print(say("нарушений нет", "there are no violations"))
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in (
        say("МОМЕНТ", "MOMENT"),
        say("ПРАВИЛО", "RULE"),
        say("ОРГАН", "BODY"),
        say("ДЕЛО", "CASE"),
        say("ЧТО НАЙДЕНО", "FOUND"),
    ):
        table.add_column(title, overflow="fold", no_wrap=len(table.columns) < 2)
    for each in found:
        style = "" if each["verdict"] == "violation" else "dim"
        cells = (minute(each["moment"]), each["rule"], each["body"], each["caseNumber"] or "", each["found"])
        table.add_row(*map(plain, cells), style=style)
    OUTPUT.print(table, soft_wrap=False)
    OUTPUT.print(say("подробно: mock-smev explain ДЕЛО", "in full: mock-smev explain CASE"), style="dim")


def minute(moment: str) -> str:
    """Return a moment without what a reader of a list does not need."""
    return moment[:16].replace("T", " ")


def plain(value: object) -> Text:
    """Return a text without markup, and without characters that would move the cursor."""
    return Text("".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in str(value)))


def rows(labelled: Iterable[tuple[str, str | list[str] | None]]) -> Table:
    """Return labels with their values, those that have one; long values wrap beside their label, lists have lines."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(justify="right", style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, value in labelled:
        if value:
            lines = [value] if isinstance(value, str) else value
            grid.add_row(label, Text("\n").join(map(plain, lines)))
    return grid


def show_violations(found: Sequence[Mapping[str, Any]]) -> None:
    """Print violations; what was found several times is told once."""
    times: dict[tuple[str, ...], int] = {}
    for each in found:
        times[_same(each)] = times.get(_same(each), 0) + 1
    for each in found:
        count = times.pop(_same(each), 0)
        if count:
            _show(each, count)


def _same(violation: Mapping[str, Any]) -> tuple[str, ...]:
    return violation["rule"], violation["body"], violation["expected"], violation["found"]


def _show(violation: Mapping[str, Any], count: int) -> None:
    head = Text(violation["rule"], style=_STYLES.get(violation["verdict"], "bold"))
    head.append(f"  {_VERDICTS[violation['verdict']]()}", style="not bold")
    if violation.get("refused"):
        head.append(say(", отклонено", ", refused"), style="not bold")
    if violation.get("moment"):
        head.append(f"  {minute(violation['moment'])}", style="not bold dim")
    if count > 1:
        head.append(f"  ×{count}", style="not bold dim")
    OUTPUT.print(head, soft_wrap=False)
    OUTPUT.print(
        rows(
            (
                (say("правило", "rule"), violation["text"]),
                (say("норма", "article"), _article(violation)),
                (say("кто", "who"), violation["body"]),
                (say("дело", "case"), violation["caseNumber"]),
                (say("сообщение", "message"), violation["messageId"]),
                (say("найдено", "found"), violation["found"]),
                (say("должно быть", "expected"), violation["expected"]),
                (say("хранит", "holder"), _holder(violation)),
                (say("что делать", "what to do"), violation["advice"]),
            )
        ),
        soft_wrap=False,
    )
    OUTPUT.print()


def _article(violation: Mapping[str, Any]) -> str:
    """Return the article, and what it rests on: nobody shall quote as law what was only remembered."""
    rests_on = "; ".join(filter(None, (violation["confidence"], violation["source"])))
    return f"{violation['article']} ({rests_on})" if rests_on else str(violation["article"])


def _holder(violation: Mapping[str, Any]) -> str:
    kind = violation["kind"] and say(f"вид сведений {violation['kind']}", f"data kind {violation['kind']}")
    return ", ".join(filter(None, (violation["holder"], kind)))


def show_offers(about: str, offers: Sequence[Mapping[str, Any]], url: str) -> None:
    """Print how to get and to send the requests that are offered; `about` is what to explain: a case or a message."""
    ready = [offer for offer in offers if offer["envelope"]]
    for offer in offers:
        _show_offer(offer)
        if offer["envelope"]:
            chosen = ("--kind", offer["kind"]) if len(ready) > 1 else ()
            at = () if url == DEFAULT_URL else ("--url", url)
            _show_command("explain", about, *chosen, "--offer", _FILE, *at)
            _show_command("send", _FILE, "--as", offer["sender"], *at)
        OUTPUT.print()


def _show_offer(offer: Mapping[str, Any]) -> None:
    who = offer["recipient"] or say("его здесь никто не предоставляет", "nobody provides it here")
    if not offer["envelope"]:
        OUTPUT.print(plain(f"{offer['kind']}: {offer['obstacle']}"), soft_wrap=False)
        return
    head = say(f"Готовый запрос {offer['kind']} → {who}:", f"Ready request {offer['kind']} → {who}:")
    OUTPUT.print(plain(head), style="bold green", soft_wrap=False)
    if offer["toComplete"]:
        OUTPUT.print(rows([(say("  дополнить", "  complete"), offer["toComplete"])]), soft_wrap=False)


def _show_command(*words: str) -> None:
    # Not wrapped: it is there to be copied.
    OUTPUT.print(plain(f"  mock-smev {shlex.join(words)}"))


def write_offer(offers: Sequence[Mapping[str, Any]], kind: str | None, file: Path) -> None:
    """Write the envelope of an offer to `file`, "-" for standard output.

    Raises: CommandFailed where there is none, or more than one to choose from.
    """
    ready = [offer for offer in offers if offer["envelope"] and kind in {None, offer["kind"]}]
    if len(ready) != 1:
        raise CommandFailed(_which(offers, ready))
    (chosen,) = ready
    try:
        if str(file) == "-":
            sys.stdout.buffer.write(chosen["envelope"].encode())
            sys.stdout.buffer.flush()
        else:
            file.write_text(chosen["envelope"], encoding="utf-8")
    except OSError as error:
        raise CommandFailed(f"{file}: {error.strerror}", code=2) from error


def _which(offers: Sequence[Mapping[str, Any]], ready: Sequence[Mapping[str, Any]]) -> str:
    if ready:
        kinds = ", ".join(offer["kind"] for offer in ready)
        return say(
            f"запросов несколько, выберите --kind: {kinds}", f"there are several requests, choose --kind: {kinds}"
        )
    why = "; ".join(f"{offer['kind']}: {offer['obstacle'] or say('готов', 'ready')}" for offer in offers)
    return say("такого готового запроса нет", "there is no such request to send") + (f" ({why})" if why else "")
