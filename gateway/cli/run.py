"""`mock-smev run`: scenarios are run, told as conversations, and reported for CI."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from gateway import logs
from gateway.cli.common import OUTPUT, CommandFailed
from gateway.words import say

if TYPE_CHECKING:
    from gateway.scenarios.outcome import Outcome

_STYLES: Final = {
    "title": "bold",
    "step": "cyan",
    "said": "",
    "soft": "dim",
    "trouble": "yellow",
    "passed": "green",
    "failed": "red",
}


def run_scenarios(  # noqa: PLR0913, PLR0917 - each is one option
    files: Annotated[
        list[Path] | None,
        typer.Argument(help=say("файлы сценариев YAML, папки с ними", "scenario files (YAML), folders of them")),
    ] = None,
    junit: Annotated[
        Path | None, typer.Option("--junit", help=say("записать JUnit XML в файл", "write JUnit XML to a file"))
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", help=say("записать отчёт страницей HTML", "write the report as one HTML page")),
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option(
            "--save", help=say("папка для записей (.jsonl) прогонов", "folder for recordings (.jsonl) of the runs")
        ),
    ] = None,
    jobs: Annotated[
        int, typer.Option("--jobs", min=1, max=64, help=say("сколько сценариев сразу", "how many scenarios at once"))
    ] = 1,
    port: Annotated[
        int,
        typer.Option("--port", min=0, max=65535, help=say("порт для участников real", "port for real participants")),
    ] = 0,
    patience: Annotated[
        float,
        typer.Option(
            "--patience",
            min=0,
            help=say("сколько секунд ждать участника real", "seconds to wait for a real participant"),
        ),
    ] = 30.0,
    variables: Annotated[
        list[str] | None, typer.Option("--set", help=say("переменная: имя=значение", "a variable: name=value"))
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help=say("только сценарии с этим в имени", "only scenarios with this in their name")),
    ] = None,
    schema: Annotated[
        bool,
        typer.Option(
            "--schema", help=say("напечатать JSON Schema файла и выйти", "print the file's JSON Schema and end")
        ),
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help=say("только проверить файлы", "only look whether the files are right"))
    ] = False,
) -> None:
    """Run scenarios; exit code 0 when all passed, 1 when one failed, 2 when the input cannot be used."""
    if schema:
        from gateway.scenarios.schema import as_text  # noqa: PLC0415 - the other commands need no scenarios

        OUTPUT.file.write(as_text())
        return
    logs.configure(logging.ERROR)
    from gateway.scenarios.runner import Wishes  # noqa: PLC0415 - see above

    wishes = Wishes(port, patience, tuple(map(_variable, variables or ())))
    chosen = _only(_files(files or []), only or [])
    if check:
        _check(chosen, wishes)
        return
    _tell_and_judge(chosen, wishes, jobs, {"junit": junit, "html": html, "save": save})


def _tell_and_judge(files: list[Path], wishes: Any, jobs: int, reports: dict[str, Path | None]) -> None:
    from gateway.scenarios.outcome import Verdict  # noqa: PLC0415 - see above
    from gateway.scenarios.side_by_side import run_files  # noqa: PLC0415
    from gateway.scenarios.telling import conversation, summary_of  # noqa: PLC0415

    outcomes: list[Outcome] = []
    for outcome in run_files(files, wishes, jobs):
        for line in conversation(outcome):
            OUTPUT.print(logs.escaped(line.text), style=_STYLES[line.kind], markup=False)
        OUTPUT.print()
        outcomes.append(outcome)
    summary = summary_of(outcomes)
    OUTPUT.print(summary.text, style=f"bold {_STYLES[summary.kind]}", markup=False)
    try:
        _write(outcomes, **reports)
    except OSError as error:
        raise CommandFailed(f"{error.filename}: {error.strerror}", code=2) from error
    verdicts = {outcome.verdict for outcome in outcomes}
    if Verdict.UNUSABLE in verdicts:
        raise typer.Exit(2)
    if Verdict.FAILED in verdicts:
        raise typer.Exit(1)


def _write(outcomes: "list[Outcome]", *, junit: Path | None, html: Path | None, save: Path | None) -> None:
    from gateway.scenarios.junit import as_junit  # noqa: PLC0415 - see above
    from gateway.scenarios.page import as_html  # noqa: PLC0415
    from gateway.scenarios.saving import save_runs  # noqa: PLC0415

    made: dict[Path, bytes] = {}
    if junit is not None:
        made[junit] = as_junit(outcomes)
    if html is not None:
        made[html] = as_html(outcomes).encode()
    for path, content in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    if save is not None:
        for path in save_runs(outcomes, save):
            OUTPUT.print(f"{path}", style="dim", markup=False)


def _check(files: list[Path], wishes: Any) -> None:
    from gateway.scenarios.runner import problems_of  # noqa: PLC0415 - see above

    wrong, doubtful = problems_of(files, wishes)
    for problem in sorted([*wrong, *doubtful]):
        mark = "" if problem in wrong else say("внимание: ", "warning: ")
        OUTPUT.print(logs.escaped(f"{mark}{problem}"), style="red" if problem in wrong else "yellow", markup=False)
    if wrong:
        raise typer.Exit(2)
    count = len(files)
    OUTPUT.print(say(f"файлов проверено: {count}", f"files checked: {count}"), style="green")


def _files(named: list[Path]) -> list[Path]:
    found: list[Path] = []
    for path in named:
        found += sorted([*path.glob("*.yaml"), *path.glob("*.yml")]) if path.is_dir() else [path]
    if not found:
        raise CommandFailed(say("нет ни одного файла сценария", "no scenario file is given"), code=2)
    return list(dict.fromkeys(found))


def _only(files: list[Path], wanted: list[str]) -> list[Path]:
    if not wanted:
        return files
    from gateway.scenarios.reading import name_of  # noqa: PLC0415 - see above

    parts = [part.casefold() for part in wanted]
    chosen = [file for file in files if any(part in name_of(file).casefold() for part in parts)]
    if not chosen:
        names = ", ".join(name_of(file) for file in files)
        raise CommandFailed(
            say(f"--only: таких нет; есть: {names}", f"--only: no such scenario; there are: {names}"), code=2
        )
    return chosen


def _variable(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator or not name:
        expected = say("ожидалось имя=значение", "expected name=value")
        raise CommandFailed(f"--set {text}: {expected}", code=2)
    return name, value
