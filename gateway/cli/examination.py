"""What `mock-smev explain` says of a file: it is examined here, and shown in the terminal."""

import base64
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from rich.console import RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.rule import Rule
from rich.syntax import Syntax
from rich.table import Table

from gateway import machine
from gateway.cli.common import OUTPUT, CommandFailed
from gateway.data_files import data_folder
from gateway.exchange.examination import Examiner, Unreadable, unreadable_told
from gateway.exchange.examination.words import kind_in_words, summary, verdict_in_words
from gateway.inventory import CannotStart, load_kinds
from gateway.keyring import Keyring, KeyringUnusable
from gateway.library.wire_schema import WireSchemas
from gateway.settings import Settings, SettingsError, read_settings
from gateway.signature.diagnosis import Judge
from gateway.words import say

STANDARD_INPUT: Final = "-"
_MOST: Final = 64 * 1024 * 1024
"""Bytes of the largest message that is examined: twice what a gateway takes."""
_CANNOT_READ: Final = 2
_MOST_FAILURES: Final = 20


def examined_file(name: str, content: Path | None, data: Path | None) -> dict[str, Any]:
    """Examine a file, or standard input; no gateway is asked. Certificates are judged where their folder is.

    Raises: CommandFailed with code 2 for what cannot be read.
    """
    body = _read(name)
    over = None if content is None else _read(str(content))
    try:
        settings = read_settings({"data": data}, None)
        examiner = Examiner(load_kinds(settings), WireSchemas(data_folder("schemas") / "smev3"), _judge(settings))
        examination = examiner.examine(body, content=over)
    except Unreadable as error:
        raise CommandFailed(f"{name}: {unreadable_told(error)}", _CANNOT_READ) from error
    except (SettingsError, CannotStart, KeyringUnusable) as error:
        raise CommandFailed(str(error), _CANNOT_READ) from error
    told = examination.as_json()
    # A file that is examined here may be longer than what JSON carries from a gateway.
    for signature, found in zip(told["signatures"], examination.diagnosis.signatures, strict=True):
        for step, kept in zip(signature["steps"], found.steps, strict=True):
            step["octets"] = base64.b64encode(kept.octets).decode()
    return told


def _read(name: str) -> bytes:
    try:
        if name == STANDARD_INPUT:
            body = sys.stdin.buffer.read(_MOST + 1)
        else:
            with Path(name).open("rb") as file:
                body = file.read(_MOST + 1)
    except OSError as error:
        raise CommandFailed(f"{name}: {error.strerror}", _CANNOT_READ) from error
    if len(body) > _MOST:
        raise CommandFailed(
            say(f"{name}: больше {_MOST >> 20} МиБ", f"{name}: more than {_MOST >> 20} MiB"), _CANNOT_READ
        )
    return body


def _judge(settings: Settings) -> Judge | None:
    folder = settings.data / "authority"
    if not (folder / "secret").is_file():
        return None
    keyring, now = Keyring.below(folder, machine.secret(settings.seed)), machine.SystemClock().now()
    return lambda certificate: keyring.standing(certificate, now)


def write_steps(told: Mapping[str, Any], folder: Path) -> None:
    """Write the octets after each step to files of `folder`, and their names to the terminal.

    Raises: CommandFailed.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, signature in enumerate(told["signatures"], 1):
            for step in signature["steps"]:
                if step["octets"] is not None:
                    file = folder / f"{number}-{signature['kind']}-{step['name']}.xml"
                    file.write_bytes(base64.b64decode(step["octets"]))
    except OSError as error:
        raise CommandFailed(f"{error.filename}: {error.strerror}", _CANNOT_READ) from error


# --- shown -----------------------------------------------------------------------------------------------------------


def show_examination(told: Mapping[str, Any]) -> None:
    """Print an examination, as REST answers it."""
    good = told["isGood"]
    sign = "[bold green]✓[/bold green]" if good else "[bold red]✗[/bold red]"
    OUTPUT.print(f"{sign} [bold]{escape(told['subject'])}[/bold]  {escape(summary(told))}")
    for note in told["notes"]:
        OUTPUT.print(f"[yellow]! {escape(note)}[/yellow]")
    if told["fault"] is not None:
        _show_fault(told["fault"], told["explainedAt"])
    for number, signature in enumerate(told["signatures"], 1):
        _show_signature(number, signature, trust_judged=told["trustJudged"])
    if told["signaturesLeftOut"]:
        left = told["signaturesLeftOut"]
        OUTPUT.print(say(f"и ещё подписей: {left}, не рассмотрены", f"and {left} more signatures, not looked into"))
    if not told["signatures"] and told["fault"] is None:
        OUTPUT.print(f"[dim]{say('подписей нет', 'there are no signatures')}[/dim]")
    for failure in told["schemaFailures"][:_MOST_FAILURES]:
        _show_failure(failure)


def _show_signature(number: int, signature: Mapping[str, Any], *, trust_judged: bool) -> None:
    style = "green" if signature["isGood"] else "red"
    OUTPUT.print()
    title = f"{number}. {kind_in_words(signature['kind'])}: {verdict_in_words(signature)}"
    OUTPUT.print(Rule(f"[bold {style}]{escape(title)}[/bold {style}]", align="left", style=style))
    for cause in signature["causes"]:
        _show_cause(cause, "red" if cause["isCertain"] else "yellow")
    for note in signature["notes"]:
        _show_cause(note, "yellow")
    certificate = signature["certificate"]
    rows: list[tuple[str, object]] = [
        (say("где", "where"), f"{signature['where']}:{signature['line']}" if signature["line"] else signature["where"]),
        (say("над чем", "over"), signature["over"]),
        (say("алгоритм", "algorithm"), signature["algorithm"]),
    ]
    if certificate is not None:
        rows += _certificate(certificate, trust_judged=trust_judged)
    rows += [
        (say("дайджест в подписи", "digest in it"), signature["digestFound"]),
        (say("дайджест элемента", "digest of the element"), signature["digestExpected"]),
    ]
    fits = signature["signatureValueFits"]
    if fits is not None:
        rows.append(("SignatureValue", say("сходится", "fits") if fits else say("не сходится", "does not fit")))
    problem = signature["problem"]
    if problem is not None:
        rows += [
            (say("шлюз ответит", "the gateway says"), problem["failure"]),
            (say("ожидалось", "expected"), problem["expected"]),
            (say("найдено", "found"), problem["found"]),
        ]
    rows += [(say("шаги", "steps"), ", ".join(f"{each['name']} ({each['length']})" for each in signature["steps"]))]
    _show_rows(rows)


def _certificate(certificate: Mapping[str, Any], *, trust_judged: bool) -> list[tuple[str, object]]:
    span = f"{certificate['notBefore'][:10]} – {certificate['notAfter'][:10]}"
    owner = certificate["subject"] + (f" ({certificate['mnemonic']})" if certificate["mnemonic"] else "")
    standing = (
        certificate["why"]
        if trust_judged
        else say("не проверялся: нет папки данных (--data)", "not judged: there is no folder of data (--data)")
    )
    chain = " ← ".join(certificate["chain"][1:])
    return [
        (say("владелец", "owner"), owner),
        (say("издатель", "issuer"), chain or certificate["issuer"]),
        (say("срок", "dates"), span),
        (say("сертификат", "certificate"), standing),
    ]


def _show_cause(cause: Mapping[str, Any], style: str) -> None:
    OUTPUT.print(f"[bold {style}]→ {escape(cause['title'])}[/bold {style}]  [dim]{escape(cause['code'])}[/dim]")
    _print_indented(escape(cause["explanation"]))
    difference = cause["difference"]
    if difference is not None:
        at = difference["offset"]
        rows = Table.grid(padding=(0, 2))
        rows.add_column(style="dim")
        rows.add_column(overflow="fold")
        rows.add_row(say(f"СМЭВ хеширует, байт {at}", f"SMEV hashes, octet {at}"), escape(repr(difference["required"])))
        rows.add_row(say("подписано", "what was signed"), escape(repr(difference["signed"])))
        _print_indented(rows)
    _print_indented(f"[bold]{say('что делать', 'what to do')}:[/bold] {escape(cause['advice'])}")


def _show_failure(failure: Mapping[str, Any]) -> None:
    OUTPUT.print()
    line = say(f", строка {failure['line']}", f", line {failure['line']}") if failure["line"] else ""
    schema = failure["schema"] or say("неизвестный вид сведений", "an unknown data kind")
    OUTPUT.print(
        Rule(f"[bold red]{escape(say('схема', 'schema'))}: {escape(schema)}[/bold red]", align="left", style="red")
    )
    _show_rows(
        [
            (say("где", "where"), f"{failure['path']}{line}"),
            (say("ожидалось", "expected"), failure["expected"]),
            (say("найдено", "found"), failure["found"]),
            (say("валидатор", "validator"), failure["message"]),
        ]
    )
    piece = failure["piece"]
    if piece is not None:
        _print_indented(f"[dim]{escape(piece['file'])}:{piece['line']}[/dim]")
        _print_indented(Syntax(piece["text"], "xml", background_color="default", word_wrap=True))


def _show_fault(fault: Mapping[str, Any], explained_at: str | None) -> None:
    name = fault["name"] or "soap:Fault"
    OUTPUT.print()
    OUTPUT.print(Rule(f"[bold red]{escape(name)}[/bold red]", align="left", style="red"))
    _show_rows(
        [
            (say("код", "code"), fault["code"]),
            (say("текст", "text"), fault["description"]),
            (say("подпись", "signature"), fault["failure"]),
            (say("что значит", "meaning"), fault["meaning"]),
            (say("что делать", "what to do"), fault["advice"]),
            (say("подробно", "in detail"), explained_at),
        ]
    )


def _print_indented(what: RenderableType) -> None:
    table = Table.grid()
    table.add_column(overflow="fold")
    table.add_row(Padding(what, (0, 0, 0, 2)))
    OUTPUT.print(table)


def _show_rows(rows: Sequence[tuple[str, object]]) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", justify="right")
    table.add_column(overflow="fold")
    for label, value in rows:
        if value:
            table.add_row(label, escape(str(value)))
    OUTPUT.print(table)
