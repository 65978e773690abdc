"""`mock-smev explain`: why a message was refused, what the law has against it or a case, what to send instead."""

import re
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.markup import escape

from gateway.cli.admin_client import AdminClient, ProblemTold, Token
from gateway.cli.common import DEFAULT_URL, OUTPUT, CommandFailed, Url, run
from gateway.cli.examination import STANDARD_INPUT, examined_file, show_examination, write_steps
from gateway.cli.violations import plain, show_offers, show_violations, write_offer
from gateway.words import say

LAST = "last"
_LAW: Final = "once_only"
"""The check that refuses what breaks 210-FZ."""
_SEQ: Final = re.compile(r"seq:\d{1,18}")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def explain(  # noqa: PLR0913, PLR0917 - each is one option
    about: Annotated[
        str,
        typer.Argument(
            metavar=say("ФАЙЛ|-|СООБЩЕНИЕ|seq:N|ДЕЛО|last", "FILE|-|MESSAGE|seq:N|CASE|last"),
            help=say(
                "файл с сообщением или ответом («-» — стандартный ввод), MessageID, запись журнала, номер дела "
                "или last — последний отказ",
                "a file with a message or a reply (- is standard input), a MessageID, an entry of the journal, "
                "the number of a case, or last: the last refusal",
            ),
        ),
    ] = LAST,
    offer: Annotated[
        Path | None,
        typer.Option(
            "--offer",
            help=say(
                "записать готовый законный запрос в файл; «-» — стандартный вывод",
                "write the ready lawful request to a file; - is standard output",
            ),
        ),
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help=say("какой из запросов: вид сведений", "which of them: a data kind"))
    ] = None,
    steps: Annotated[
        Path | None,
        typer.Option(
            "--steps",
            help=say("записать байты после каждого шага подписи в папку", "write the octets of each step to a folder"),
        ),
    ] = None,
    content: Annotated[
        Path | None,
        typer.Option("--content", help=say("файл, над которым CMS", "the file that a CMS is over")),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option("--data", help=say("папка данных с сертификатами", "folder of data with the certificates")),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=say("вывести JSON", "print JSON"))] = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Say what refused and why, what the law says, and how to get the data the lawful way."""
    admin = AdminClient(url, token)
    if about == STANDARD_INPUT or Path(about).exists():
        _show_examined(examined_file(about, content, data), steps, as_json=as_json)
    elif _SEQ.fullmatch(about):
        told = run(admin.get("/explain", {"seq": about.removeprefix("seq:")}))
        _show_examined(told, steps, as_json=as_json)
    else:
        found = run(_find(admin, about))
        if offer is not None:
            write_offer(found["offers"], kind, offer)
        else:
            _show_kept(found, run(_examined(admin, found)), url, steps, as_json=as_json)


def _show_examined(told: dict[str, Any], steps: Path | None, *, as_json: bool) -> None:
    if steps is not None:
        write_steps(told, steps)
    if as_json:
        OUTPUT.print_json(data=told, ensure_ascii=False)
    else:
        show_examination(told)
    if not told["isGood"]:
        raise typer.Exit(1)


def _show_kept(
    found: dict[str, Any], examined: dict[str, Any] | None, url: str, steps: Path | None, *, as_json: bool
) -> None:
    if steps is not None and examined is not None:
        write_steps(examined, steps)
    if as_json:
        OUTPUT.print_json(data={**found, "examination": examined}, ensure_ascii=False)
        return
    _show_all(found, url)
    if examined is not None and (examined["signatures"] or examined["schemaFailures"]):
        show_examination(examined)


async def _examined(admin: AdminClient, found: dict[str, Any]) -> dict[str, Any] | None:
    """Look into the call that was refused, or taken; None of a case, and of a call that the journal has not kept."""
    kept = [each["seq"] for each in found.get("explanations", ()) if each.get("envelope")]
    message_id: str = found.get("messageId") or ""
    if not kept and not message_id:
        return None
    try:
        return await admin.get("/explain", {"seq": str(kept[0])} if kept else {"message": message_id})
    except ProblemTold:
        return None


async def _find(admin: AdminClient, about: str) -> dict[str, Any]:
    if about == LAST:
        return await _find_last(admin)
    try:
        return await admin.get(f"/interactions/{AdminClient.quoted(about)}/explanation")
    except ProblemTold as no_message:
        try:
            return await admin.get(f"/cases/{AdminClient.quoted(about)}/explanation")
        except ProblemTold as no_case:
            # Nobody writes a MessageID for the number of a case by mistake.
            raise (no_message if _UUID.fullmatch(about) else no_case) from None


async def _find_last(admin: AdminClient) -> dict[str, Any]:
    refusals: list[dict[str, Any]] = (await admin.get("/refusals", {"limit": "1"}))["explanations"]
    if not refusals:
        raise CommandFailed(say("отказов ещё не было", "nothing has been refused yet"), code=3)
    last = refusals[0]
    explanation = last["explanation"]
    if explanation["check"] == _LAW:
        return await _find(admin, last["messageId"] or explanation["where"])
    return {"messageId": last["messageId"], "explanations": [last], "violations": [], "offers": []}


def _show_all(found: dict[str, Any], url: str) -> None:
    if "state" in found:
        OUTPUT.print(plain(found["state"]), soft_wrap=False)
        OUTPUT.print()
    # What the law refused for is told by the violations, and more of it.
    refusals = [each for each in found.get("explanations", ()) if each["explanation"]["check"] != _LAW]
    for refusal in refusals or ([] if found["violations"] else found.get("explanations", ())):
        _show(refusal)
        OUTPUT.print()
    show_violations(found["violations"])
    show_offers(found.get("number") or found["messageId"], found["offers"], url)


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
