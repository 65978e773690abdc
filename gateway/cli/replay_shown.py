"""What `mock-smev replay` prints: steps with reasons, what recorded providers did and what they missed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rich.markup import escape
from rich.table import Table

from gateway.cli.common import ERRORS, OUTPUT
from gateway.logs import escaped
from gateway.recording.format import Recording
from gateway.words import say

_MOST_STEPS: Final = 100
"""Steps that a table has; those that were not replayed come first."""
_COLOURS: Final = {"answered": "green", "sent": "green", "skipped": "yellow", "refused": "red", "in vain": "red"}


@dataclass(frozen=True, slots=True)
class Part:
    """A recorded provider: its mnemonic, counts by name, misses and troubles as lines for people."""

    mnemonic: str
    tally: Mapping[str, int]
    misses: tuple[str, ...]
    troubles: tuple[str, ...]


def parts_here(replay: Any, nodes: Any) -> list[Part]:
    """Return what the providers of an `agencies.replay.run.Replay` did in this process."""
    return [
        Part(mnemonic, tally, tuple(f"{each.message_id}: {each.miss.say()}" for each in misses), tuple(troubles))
        for mnemonic, (tally, misses, troubles) in replay.provided(nodes).items()
    ]


def parts_there(told: Iterable[Mapping[str, Any]]) -> list[Part]:
    """Return what the providers did, as the admin API tells it."""
    return [
        Part(
            each["replay"]["mnemonic"],
            {name: each["replay"][name] for name in ("answered", "missed", "broadcasts", "refused", "troubled")},
            tuple(f"{miss['messageId']}: {miss['explanation']}" for miss in each["misses"]),
            tuple(each["troubles"]),
        )
        for each in told
        if each["replay"]["role"] == "provider"
    ]


def show_notes(recording: Recording) -> None:
    """Print what a reader of the recording should know, on standard error."""
    for note in recording.notes:
        ERRORS.print(f"{recording.path}: {escaped(note)}", style="yellow", markup=False)


def show(report: Any, parts: list[Part]) -> bool:
    """Print everything; return whether all was replayed as recorded. `report` is a ReplayReport, or None."""
    whole = True
    if report is not None:
        _show_steps(report)
        for missed in report.misses:
            _tell("red", f"{missed.message_id}: {missed.miss.say()}")
        whole = report.is_whole
    for part in parts:
        counts = ", ".join(f"{_word(name)}: {count}" for name, count in part.tally.items() if count)
        OUTPUT.print(f"[bold]{escape(part.mnemonic)}[/bold]  {counts or say('ни одного запроса', 'no request')}")
        for line in (*part.misses, *part.troubles):
            _tell("red", line)
        whole = whole and not part.misses and not part.troubles
    return whole


def _show_steps(report: Any) -> None:
    steps = sorted(report.steps, key=lambda step: (step.outcome.is_replayed, step.seq))[:_MOST_STEPS]
    table = Table(box=None, pad_edge=False)
    for title in (
        say("№", "no."),
        say("кто", "who"),
        say("кому", "to whom"),
        say("что", "what"),
        say("итог", "outcome"),
        say("почему", "why"),
    ):
        table.add_column(title, overflow="fold")
    for step in sorted(steps, key=lambda step: step.seq):
        table.add_row(
            str(step.number or "—"),
            escape(step.participant),
            escape(step.counterpart or "—"),
            escape(f"{step.operation} {step.message_type.root}"),
            f"[{_COLOURS[step.outcome.value]}]{_outcome(step.outcome.value)}[/]",
            escape(escaped(step.reason)),
        )
    OUTPUT.print(table)
    if len(report.steps) > len(steps):
        left = len(report.steps) - len(steps)
        OUTPUT.print(say(f"… и ещё {left}", f"… and {left} more"), style="dim")
    counts = ", ".join(f"{_outcome(each.value)}: {count}" for each, count in report.counts.items())
    pace = f"{report.exchanges_a_second:.1f}"
    OUTPUT.print(
        say(
            f"Шагов {len(report.steps)} за {report.seconds:.1f} с ({counts}); обменов в секунду: {pace}",
            f"{len(report.steps)} steps in {report.seconds:.1f} s ({counts}); exchanges a second: {pace}",
        )
    )
    if report.strays:
        OUTPUT.print(
            say(
                f"Чужих ответов в очередях участников: {report.strays}",
                f"Answers of others in the queues of the participants: {report.strays}",
            ),
            style="dim",
        )


def _tell(colour: str, line: str) -> None:
    OUTPUT.print(f"  {escaped(line)}", style=colour, markup=False)


def _outcome(value: str) -> str:
    words = {
        "answered": say("отвечено", "answered"),
        "sent": say("отправлено", "sent"),
        "skipped": say("пропущено", "skipped"),
        "refused": say("отказ", "refused"),
        "in vain": say("ответа нет", "in vain"),
    }
    return words[value]


def _word(name: str) -> str:
    words = {
        "answered": say("отвечено", "answered"),
        "missed": say("нет в записи", "missed"),
        "broadcasts": say("рассылок", "broadcasts"),
        "refused": say("ответов отклонено", "answers refused"),
        "troubled": say("отвечено иначе", "answered otherwise"),
    }
    return words[name]
