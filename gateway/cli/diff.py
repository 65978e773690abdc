"""`mock-smev diff`: two recordings compared by meaning."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from gateway.cli.common import OUTPUT, CommandFailed
from gateway.data_files import data_folder
from gateway.domain.content_paths import ContentPath, InvalidPath
from gateway.library import KindError, Library, load
from gateway.recording import format as file
from gateway.recording.aspect import Aspect
from gateway.words import say

if TYPE_CHECKING:
    from gateway.recording.diff import Comparison
    from gateway.recording.masks import Masks

_UNUSABLE: Final = 2


def diff(  # noqa: PLR0913, PLR0917 - each is one option
    a: Annotated[Path, typer.Argument(metavar="A", help=say("запись, какой была", "the recording as it was"))],
    b: Annotated[Path, typer.Argument(metavar="B", help=say("запись, какой стала", "the recording as it is now"))],
    as_json: Annotated[bool, typer.Option("--json", help=say("вывести JSON", "print JSON"))] = False,
    html: Annotated[
        Path | None,
        typer.Option("--html", help=say("записать страницу HTML в файл", "write a page of HTML to a file")),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(
            "--ignore",
            help=say("не сравнивать, через запятую: ", "leave out, separated by commas: ") + ", ".join(Aspect),
        ),
    ] = None,
    mask: Annotated[
        list[str] | None,
        typer.Option(
            "--mask",
            help=say(
                "не сравнивать значение: путь (//ActualDate) или вид:путь (fns/inn-by-name:@IDRequest)",
                "leave out a value: a path (//ActualDate) or kind:path (fns/inn-by-name:@IDRequest)",
            ),
        ),
    ] = None,
    kinds: Annotated[
        list[Path] | None,
        typer.Option("--kinds", help=say("папка своих видов сведений", "folder of data kinds of one's own")),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=0, help=say("показать не больше различий", "show at most so many differences")),
    ] = None,
) -> None:
    """Compare two recordings; exit code 0 the same, 1 different, 2 nothing compared or unusable."""
    from gateway.recording.contents import KindMasks  # noqa: PLC0415 - `serve` starts without it
    from gateway.recording.diff import compare  # noqa: PLC0415

    ignored = _ignored(ignore or [])
    library = _library(kinds or [])
    masks = KindMasks(library.catalogue, _further(mask or [], library))
    comparison = compare(_read(a), _read(b), masks, ignored)
    if html is not None:
        _write_page(comparison, html)
    if as_json:
        # Not Rich's: it holds the document twice more, and colours it.
        typer.echo(json.dumps(comparison.as_json(), ensure_ascii=False, indent=2))
    else:
        _show(comparison, limit)
    raise typer.Exit(comparison.exit_code)


def _show(comparison: "Comparison", limit: int | None) -> None:
    from gateway.recording.diff_text import lines  # noqa: PLC0415 - JSON needs none of it

    for line in lines(comparison, limit):
        OUTPUT.print(line)


def _write_page(comparison: "Comparison", path: Path) -> None:
    from gateway.recording.diff_page import as_page  # noqa: PLC0415 - few ask for it

    try:
        path.write_text(as_page(comparison), encoding="utf-8")
    except OSError as error:
        raise CommandFailed(f"{path}: {error.strerror or error}", _UNUSABLE) from error


def _read(path: Path) -> file.Recording:
    try:
        return file.read(path)
    except file.RecordingError as error:
        raise CommandFailed(str(error), _UNUSABLE) from error


def _library(folders: list[Path]) -> Library:
    try:
        return load(*folders, shipped=data_folder("schemas") / "kinds")
    except KindError as error:
        raise CommandFailed(str(error), _UNUSABLE) from error


def _ignored(given: list[str]) -> frozenset[Aspect]:
    names = [name.strip() for text in given for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in list(Aspect)]
    if unknown:
        known = ", ".join(Aspect)
        raise CommandFailed(
            say(
                f"--ignore: ожидалось {known}, найдено {unknown[0]!r}",
                f"--ignore: expected {known}, found {unknown[0]!r}",
            ),
            _UNUSABLE,
        )
    return frozenset(map(Aspect, names))


def _further(given: list[str], library: Library) -> "dict[str, Masks]":
    """Read --mask: for every kind under "", else by the kind's id."""
    from gateway.recording.masks import Masks  # noqa: PLC0415

    found: dict[str, Masks] = {}
    for text in given:
        kind, _, path = text.rpartition(":")
        if kind and library.catalogue.by_id(kind) is None:
            why = say(f"--mask: нет вида сведений {kind!r}", f"--mask: there is no data kind {kind!r}")
            raise CommandFailed(why, _UNUSABLE)
        try:
            ContentPath.read(path)
        except InvalidPath as error:
            raise CommandFailed(f"--mask: {error}", _UNUSABLE) from error
        found[kind] = found.get(kind, Masks()) | Masks(volatile=(path,))
    return found
