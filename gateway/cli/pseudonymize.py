"""`mock-smev recordings pseudonymize`: a recording becomes one in which look-alikes stand for the people."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from gateway.cli.common import ERRORS, OUTPUT, CommandFailed
from gateway.cli.violations import plain
from gateway.words import say

if TYPE_CHECKING:
    from gateway.recording.format import Recording
    from gateway.recording.pseudonyms import FieldRules, UnknownField


Pseudonymize = Annotated[
    str | None,
    typer.Option(
        "--pseudonymize",
        help=say("заменить людей похожими, по этому ключу", "replace the people by look-alikes, by this key"),
    ),
]
"""The key, of commands that write a recording for another reason."""
KeepUnknown = Annotated[
    bool,
    typer.Option(
        "--keep-unknown", help=say("оставить поля, о которых ничего не известно", "keep fields nobody knows of")
    ),
]


def pseudonymize(  # noqa: PLR0913, PLR0917 - each is one option
    file: Annotated[Path, typer.Argument(help=say("файл записи", "the file of a recording"))],
    out: Annotated[Path, typer.Argument(help=say("новый файл записи", "the new file"))],
    key: Annotated[
        str | None,
        typer.Option(
            "--key", help=say("ключ: один ключ — одни и те же замены", "the key: the same key, the same people")
        ),
    ] = None,
    key_file: Annotated[
        Path | None, typer.Option("--key-file", help=say("файл с ключом", "a file that holds the key"))
    ] = None,
    fields: Annotated[
        Path | None, typer.Option("--fields", help=say("свои правила полей, TOML", "own rules of fields, TOML"))
    ] = None,
    keep_unknown: KeepUnknown = False,
    keep_attachments: Annotated[
        bool,
        typer.Option(
            "--keep-attachments",
            help=say("оставить вложения, в которых людей не заменить (PDF, ZIP)", "keep attachments as PDF and ZIP"),
        ),
    ] = False,
) -> None:
    """Write FILE again to OUT with look-alikes for the people; exit code 1 where fields are not known."""
    from gateway.recording.format import RecordingError, read  # noqa: PLC0415 - other commands need none of this

    chosen, rules = _key(key, key_file), _rules(fields)
    try:
        recording = read(file)
        write_pseudonymized(
            recording, chosen, out, fields=rules, keep_unknown=keep_unknown, keep_attachments=keep_attachments
        )
    except RecordingError as error:
        raise CommandFailed(str(error)) from error
    except OSError as error:
        raise CommandFailed(f"{error.filename or out}: {error.strerror or error}", code=2) from error


def write_pseudonymized(  # noqa: PLR0913 - each is one option
    recording: "Recording",
    key: str,
    out: Path,
    *,
    fields: "FieldRules | None" = None,
    keep_unknown: bool = False,
    keep_attachments: bool = False,
) -> None:
    """Write a recording with look-alikes to a new file; nothing where fields are not known and are not to be kept.

    Raises: CommandFailed, RecordingError, OSError.
    """
    from gateway.recording.format import write  # noqa: PLC0415 - as above
    from gateway.recording.pseudonyms import pseudonymize as pseudonymized  # noqa: PLC0415 - as above

    made = pseudonymized(recording, _not_empty(key), fields, keep_attachments=keep_attachments)
    if made.unknown:
        _show_unknown(made.unknown)
    if made.unknown and not keep_unknown:
        raise CommandFailed(
            say(
                "о полях выше неизвестно, есть ли в них люди; ничего не записано: назовите их в --fields или оставьте "
                "(--keep-unknown)",
                "nobody knows whether people are in the fields above; nothing was written: name them in --fields, or "
                "keep them (--keep-unknown)",
            )
        )
    write(made.recording, out)
    for note in made.recording.notes:
        ERRORS.print(plain(note), style="yellow")
    OUTPUT.print(
        say(
            f"записано в {out}: записей журнала {len(made.recording.entries)}, заменено значений: {made.replaced}",
            f"written to {out}: {len(made.recording.entries)} journal entries, values replaced: {made.replaced}",
        ),
        markup=False,
    )


def _key(key: str | None, file: Path | None) -> str:
    if (key is None) == (file is None):
        raise CommandFailed(say("ожидалось одно из --key и --key-file", "expected one of --key and --key-file"), code=2)
    if file is None:
        return _not_empty(key or "")
    try:
        return _not_empty(file.read_text(encoding="utf-8").strip())
    except OSError as error:
        raise CommandFailed(f"--key-file {file}: {error.strerror or error}", code=2) from error
    except UnicodeDecodeError as error:
        raise CommandFailed(f"--key-file {file}: {error}", code=2) from error


def _not_empty(key: str) -> str:
    if not key:
        raise CommandFailed(say("ожидался непустой ключ", "expected a key that is not empty"), code=2)
    return key


def _rules(file: Path | None) -> "FieldRules | None":
    from gateway.recording.pseudonyms import FieldRules, InvalidFieldRules  # noqa: PLC0415 - as above

    try:
        return None if file is None else FieldRules.read(file)
    except InvalidFieldRules as error:
        raise CommandFailed(str(error), code=2) from error


def _show_unknown(unknown: "Sequence[UnknownField]") -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in (say("ПОЛЕ", "FIELD"), say("СКОЛЬКО", "COUNT"), say("КАК ВЫГЛЯДИТ", "LOOKS LIKE")):
        table.add_column(title, overflow="fold")
    for each in unknown:
        table.add_row(plain(each.path), str(each.count), plain(each.sample))
    ERRORS.print(table, soft_wrap=False)
