"""`mock-smev explain`: why a message was refused, from the journal of the running gateway."""

from typing import Annotated, Any

import typer
from rich.markup import escape

from gateway.cli.admin_client import AdminClient, Token
from gateway.cli.common import DEFAULT_URL, OUTPUT, CommandFailed, Url, run
from gateway.words import say

LAST = "last"


def explain(
    message_id: Annotated[
        str,
        typer.Argument(
            help=say(
                "MessageID сообщения или last — последний отказ", "MessageID of a message, or last: the last refusal"
            )
        ),
    ] = LAST,
    as_json: Annotated[bool, typer.Option("--json", help=say("вывести JSON", "print JSON"))] = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Say which check refused, what it expected and found, where, and what to do."""
    found = run(_find(AdminClient(url, token), message_id))
    if as_json:
        OUTPUT.print_json(data=found, ensure_ascii=False)
        return
    for number, refusal in enumerate(found):
        if number:
            OUTPUT.print()
        _show(refusal)


async def _find(admin: AdminClient, message_id: str) -> list[dict[str, Any]]:
    if message_id != LAST:
        answer = await admin.get(f"/interactions/{AdminClient.quoted(message_id)}/explanation")
        return list(answer["explanations"])
    answer = await admin.get("/refusals", {"limit": "1"})
    refusals: list[dict[str, Any]] = answer["explanations"]
    if not refusals:
        raise CommandFailed(say("отказов ещё не было", "nothing has been refused yet"), code=3)
    return refusals


def _show(refusal: dict[str, Any]) -> None:
    explanation = refusal["explanation"]
    OUTPUT.print(f"[bold red]{escape(refusal['fault'])}[/bold red]  {escape(refusal['moment'])}")
    rows = [
        (say("сообщение", "message"), refusal.get("messageId", "")),
        (say("участник", "participant"), refusal.get("participant", "")),
        (say("операция", "operation"), refusal.get("operation", "")),
        (say("проверка", "check"), explanation["check"]),
        (say("где", "where"), explanation["where"]),
        (say("правило", "rule"), explanation.get("rule", "")),
        (say("ожидалось", "expected"), explanation["expected"]),
        (say("найдено", "found"), explanation["found"]),
        (say("ближайшее", "nearest"), explanation.get("nearest", "")),
        (say("что делать", "what to do"), explanation["advice"]),
    ]
    width = max(len(label) for label, _ in rows)
    for label, value in rows:
        if value:
            OUTPUT.print(f"[dim]{label:>{width}}[/dim]  {escape(str(value))}")
    for other in explanation.get("others", []):
        OUTPUT.print(f"{'':>{width}}  + {escape(other)}")
