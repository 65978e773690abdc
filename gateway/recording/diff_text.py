"""A comparison as lines for a terminal: by exchange, one line for each difference, a summary at the end."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.text import Text

from gateway.logs import escaped
from gateway.recording.comparing import Found
from gateway.recording.diff import Changed, Comparison, Subject
from gateway.words import say

_LONGEST: Final = 160
"""Characters of a value that a line shows."""
_SHA256: Final = 64


def lines(comparison: Comparison, limit: int | None = None) -> Iterator[Text]:
    """Yield the lines; of the differences the first `limit`, of the subjects on one side as many."""
    for note in comparison.notes:
        yield Text(escaped(note), style="yellow")
    shown = 0
    for changed in comparison.changed:
        left = None if limit is None else limit - shown
        if left is not None and left <= 0:
            break
        yield heading(changed)
        for found in changed.found[:left]:
            yield _line(found)
            shown += 1
    if shown < comparison.differences:
        yield Text(say("… ещё различий: ", "… more differences: ") + str(comparison.differences - shown), style="dim")
    yield from _only(Text("- " + say("только в A: ", "only in A: "), style="red"), comparison.only_in_a, limit)
    yield from _only(Text("+ " + say("только в B: ", "only in B: "), style="green"), comparison.only_in_b, limit)
    yield Text(summary(comparison), style="bold " + ("green" if comparison.same else "red"))


def _only(title: Text, subjects: Sequence[Subject], limit: int | None) -> Iterator[Text]:
    for subject in subjects[:limit]:
        yield title + escaped(str(subject))
    if limit is not None and len(subjects) > limit:
        yield title + f"… {len(subjects) - limit}"


def heading(changed: Changed) -> Text:
    """Return the line above the differences of an exchange."""
    return Text(escaped(str(changed.old)) + _other_number(changed.old, changed.new), style="bold")


def _other_number(old: Subject, new: Subject) -> str:
    return "" if old.number == new.number else f" (B: #{new.number})"


def _line(found: Found) -> Text:
    line = Text("  ")
    line.append(place_in_words(found.place), style="cyan")
    if found.path:
        line.append(f" {escaped(path_in_words(found))}")
    line.append(": ")
    line.append(_value(found, found.old), style="red")
    line.append(" → ")
    line.append(_value(found, found.new), style="green")
    return line


def _value(found: Found, value: str | None) -> str:
    told = value_in_words(found, value)
    return escaped(told if len(told) <= _LONGEST else told[: _LONGEST - 1] + "…")


def value_in_words(found: Found, value: str | None) -> str:
    """Return a value for people; one that is not there, or is empty, says so."""
    if value is None:
        return say("нет", "none")
    if found.place.startswith("attachment") and len(value) == _SHA256:
        return f"SHA-256 {value[:12]}…"
    return _timing(value) if found.place == "timing" else value or say("пусто", "empty")


def path_in_words(found: Found) -> str:
    """Return where in its place a difference is; paths of elements stay as they are."""
    if found.place != "timing":
        return found.path
    return {"delivered": say("до выдачи", "until delivery"), "answered": say("до ответа", "until the answer")}[
        found.path
    ]


def place_in_words(place: str) -> str:
    """Return the name of a place for people: `answer 2` has its number behind the name."""
    name, _, number = place.rpartition(" ") if place[-1:].isdigit() else (place, "", "")
    words = {
        "request": say("запрос", "request"),
        "answer": say("ответ", "answer"),
        "status": say("статус", "status"),
        "fault": say("ошибка", "fault"),
        "timing": say("время", "timing"),
        "attachment": say("вложение запроса", "attachment of the request"),
        "attachment of answer": say("вложение ответа", "attachment of answer"),
        "deliveries": say("повторные выдачи", "deliveries again"),
        "violation": say("нарушение", "violation"),
        "cause": say("причина", "cause"),
        "order": say("порядок", "order"),
    }
    return f"{words.get(name, name)} {number}".strip()


def _timing(name: str) -> str:
    return {
        "at once": say("сразу", "at once"),
        "seconds": say("секунды", "seconds"),
        "minutes": say("минуты", "minutes"),
        "hours": say("часы", "hours"),
        "days": say("дни", "days"),
        "never": say("никогда", "never"),
    }.get(name, name)


def summary(comparison: Comparison) -> str:
    """Return what came of it in a line."""
    if not comparison.compared:
        return say(
            "ничего не сравнено: у записей нет ни одного общего обмена",
            "nothing was compared: the recordings have no exchange in common",
        )
    counted = say(f"сравнено обменов: {comparison.compared}", f"exchanges compared: {comparison.compared}")
    if comparison.same:
        return say(f"различий нет; {counted}", f"no differences; {counted}")
    found, changed = comparison.differences, len(comparison.changed)
    only_a, only_b = len(comparison.only_in_a), len(comparison.only_in_b)
    return say(
        f"различий: {found} (в обменах: {changed}); только в A: {only_a}, только в B: {only_b}; {counted}",
        f"differences: {found} (in exchanges: {changed}); only in A: {only_a}, only in B: {only_b}; {counted}",
    )
