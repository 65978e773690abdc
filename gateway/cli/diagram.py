"""`mock-smev diagram`: the sequence diagram of a case, an interaction or a recording, as Mermaid, SVG or a page."""

import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from gateway.cli.admin_client import Token
from gateway.cli.common import DEFAULT_URL, CommandFailed, Url, run
from gateway.words import say

if TYPE_CHECKING:
    from gateway.client.admin import Admin

LAST: Final = "last"
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_MOST: Final = 10_000


class Format(StrEnum):
    """As what it is written."""

    MERMAID = "mermaid"
    SVG = "svg"
    HTML = "html"


_BY_EXTENSION: Final = {".svg": Format.SVG, ".html": Format.HTML, ".htm": Format.HTML}


def diagram(  # noqa: PLR0913, PLR0917 - each is one option
    about: Annotated[
        str,
        typer.Argument(
            metavar=say("ДЕЛО|СООБЩЕНИЕ|ФАЙЛ|last", "CASE|MESSAGE|FILE|last"),
            help=say(
                "номер дела, MessageID, запись FILE.jsonl или last — последнее взаимодействие",
                "number of a case, MessageID, a recording FILE.jsonl, or last: the last interaction",
            ),
        ),
    ] = LAST,
    form: Annotated[
        Format | None,
        typer.Option("--format", help=say("вид; иначе по расширению --out", "form; else by the extension of --out")),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help=say("файл; иначе стандартный вывод", "file; else standard output"))
    ] = None,
    acks: Annotated[bool, typer.Option("--acks", help=say("показать и Ack", "show each Ack, too"))] = False,
    most: Annotated[
        int, typer.Option("--most", min=1, max=_MOST, help=say("сколько шагов рисовать", "how many steps to draw"))
    ] = 1_000,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Draw who sent what to whom, with statuses, faults and violations in their places."""
    chosen = form or (Format.MERMAID if out is None else _BY_EXTENSION.get(out.suffix.lower(), Format.MERMAID))
    file = Path(about)
    if about.lower().endswith(".jsonl") or (about != LAST and file.is_file()):
        text = _of_recording(file, chosen, acks, most)
    else:
        text = run(_of_gateway(url, token, about, {"format": chosen.value, "acks": str(acks), "most": str(most)}))
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandFailed(f"{out}: {error.strerror}") from error


def _of_recording(file: Path, chosen: Format, acks: bool, most: int) -> str:
    from gateway.recording.diagram import Diagram  # noqa: PLC0415 - the other commands start without it
    from gateway.recording.format import RecordingError, read  # noqa: PLC0415

    try:
        recording = read(file)
    except RecordingError as error:
        raise CommandFailed(str(error)) from error
    diagram = Diagram.of(recording.entries, title=file.name, acks=acks, most=most)
    return {Format.MERMAID: diagram.mermaid, Format.SVG: diagram.svg, Format.HTML: diagram.html}[chosen]()


async def _of_gateway(url: str, token: str | None, about: str, query: dict[str, str]) -> str:
    from gateway.client.admin import Admin, AdminRefused, NoSandbox  # noqa: PLC0415

    async with Admin(url, token) as admin:
        try:
            name, value = await _meant(admin, about)
            return (await admin.text("/diagram", {name: value, **query})).decode()
        except (AdminRefused, NoSandbox) as error:
            raise CommandFailed(str(error)) from error


async def _meant(admin: "Admin", about: str) -> tuple[str, str]:
    """Return the condition of the query that `about` stands for."""
    if about != LAST:
        return ("messageId" if _UUID.fullmatch(about) else "case"), about
    newest = (await admin.get("/interactions", {"limit": "1"}))["interactions"]
    if not newest:
        raise CommandFailed(say("взаимодействий ещё не было", "there have been no interactions yet"), code=3)
    return "messageId", newest[0]["messageId"]
