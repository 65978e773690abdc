"""The charts of a report's page: where each bar stands, in pixels of a drawing that scales. The page draws them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from gateway.domain.reports.monitoring import MonitoringReport, Traffic
from gateway.domain.reports.once_only import Conduct, OnceOnlyReport
from gateway.domain.reports.tables import Report
from gateway.words import say

WIDTH: Final = 860
_LABEL: Final = 310
"""Where bars begin."""
_NUMBER: Final = 90
"""What is left for the number behind the longest bar."""
_LINE: Final = 26
_LONGEST_LABEL: Final = 36
"""Characters; of a longer one the beginning and the end are shown: names of districts differ at the end."""
_MOST_BARS: Final = 25

Line = TypeVar("Line")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar; `meaning` is a class of the style sheet."""

    meaning: str
    x: float
    width: float
    title: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One line: what it is about, its pieces, and what is written behind them."""

    y: int
    label: str
    title: str
    parts: tuple[Part, ...]
    x_of_number: float
    number: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars, one below the other. `legend` is (meaning, words); `of` is how many lines there are in all."""

    title: str
    legend: tuple[tuple[str, str], ...]
    bars: tuple[Bar, ...]
    of: int

    @property
    def width(self) -> int:
        return WIDTH

    @property
    def x_of_labels(self) -> int:
        return _LABEL - 8

    @property
    def height(self) -> int:
        return _LINE * len(self.bars) + 4


def charts_of(report: Report) -> tuple[Chart, ...]:
    """Return the charts of a report; those without a bar are left out."""
    charts = _of_monitoring(report) if isinstance(report, MonitoringReport) else _of_once_only(report)
    return tuple(chart for chart in charts if chart.bars)


def _of_monitoring(report: MonitoringReport) -> tuple[Chart, ...]:
    ranking = _chart(
        say("Рейтинг органов, баллов из 100", "Ranking of bodies, points of 100"),
        report.ranking,
        lambda place: (f"{place.place}. {place.name}", place.name),
        [("score", say("балл", "score"), lambda place: place.score)],
    )
    return (
        ranking,
        _answers(say("Как отвечают держатели, запросов", "How holders answer, requests"), report.holders),
        _answers(
            say("Как отвечают по видам сведений, запросов", "How data kinds are answered, requests"), report.kinds
        ),
    )


def _answers(title: str, lines: Iterable[Traffic]) -> Chart:
    return _chart(
        title,
        sorted(lines, key=lambda line: (-line.requests, line.code)),
        lambda line: (line.name, f"{line.code} {line.name}"),
        [
            ("in-time", say("в срок", "in time"), lambda line: line.in_time),
            ("late", say("поздно", "late"), lambda line: line.late),
            ("silent", say("без ответа", "silent"), lambda line: line.silent),
            ("waiting", say("срок идёт", "waiting"), lambda line: line.waiting),
        ],
    )


def _of_once_only(report: OnceOnlyReport) -> tuple[Chart, ...]:
    outcomes = (say("отклонено шлюзом", "refused by the gateway"), say("только записано", "only recorded"))
    return (
        _chart(
            say("Нарушения по правилам", "Violations by rule"),
            sorted(
                (count for count in report.total.rules if count.verdict == "violation"),
                key=lambda count: (-count.refused - count.recorded, count.rule, count.severity),
            ),
            lambda count: (count.rule, f"{count.rule}, {count.article}"),
            [
                ("refused", outcomes[0], lambda count: count.refused),
                ("recorded", outcomes[1], lambda count: count.recorded),
            ],
        ),
        _chart(
            say("У кого нарушений больше всего", "Who breaks rules most often"),
            sorted(filter(_violations, report.bodies), key=lambda body: (-_violations(body), body.code)),
            lambda body: (body.name, f"{body.code} {body.name}"),
            [
                ("demand", say("требования", "demands"), lambda body: body.demands_refused + body.demands_recorded),
                ("refusal", say("отказы", "refusals"), lambda body: body.refusals_refused + body.refusals_recorded),
                ("other", say("прочие", "others"), lambda body: body.other_violations),
            ],
        ),
        _chart(
            say("Кто отвечает поздно или молчит, запросов", "Who answers late or not at all, requests"),
            sorted(
                (body for body in report.bodies if body.late + body.silent),
                key=lambda body: (-body.late - body.silent, body.code),
            ),
            lambda body: (body.name, f"{body.code} {body.name}"),
            [
                ("late", say("поздно", "late"), lambda body: body.late),
                ("silent", say("без ответа", "silent"), lambda body: body.silent),
            ],
        ),
    )


def _violations(body: Conduct) -> int:
    demands, refusals = body.demands_refused + body.demands_recorded, body.refusals_refused + body.refusals_recorded
    return demands + refusals + body.other_violations


def _chart(
    title: str,
    lines: Iterable[Line],
    label: Callable[[Line], tuple[str, str]],
    pieces: Sequence[tuple[str, str, Callable[[Line], float]]],
) -> Chart:
    """Return the chart of the first lines; `pieces` are (meaning, words, how much)."""
    listed = list(lines)
    first = listed[:_MOST_BARS]
    longest = max((sum(much(line) for _, _, much in pieces) for line in first), default=0)
    scale = (WIDTH - _LABEL - _NUMBER) / longest if longest else 0
    bars = []
    for place, line in enumerate(first):
        words, whole = label(line)
        parts = _parts(line, pieces, scale)
        end = parts[-1].x + parts[-1].width if parts else _LABEL
        total = sum(much(line) for _, _, much in pieces)
        bars.append(Bar(place * _LINE, _cut(words), whole, parts, round(end + 6, 1), _written(total)))
    used = [(meaning, words) for meaning, words, much in pieces if any(much(line) for line in first)]
    return Chart(title, tuple(used) if len(pieces) > 1 else (), tuple(bars), len(listed))


def _parts(
    line: Line, pieces: Sequence[tuple[str, str, Callable[[Line], float]]], scale: float
) -> tuple[Part, ...]:  # fmt: skip
    parts, x = [], float(_LABEL)
    for meaning, words, much in pieces:
        width = much(line) * scale
        if width:
            parts.append(Part(meaning, round(x, 1), round(width, 1), f"{words}: {_written(much(line))}"))
            x += width
    return tuple(parts)


def _written(number: float) -> str:
    return say(f"{number:.1f}".replace(".", ","), f"{number:.1f}") if isinstance(number, float) else str(number)


def _cut(text: str) -> str:
    if len(text) <= _LONGEST_LABEL:
        return text
    return f"{text[: _LONGEST_LABEL // 2].rstrip()}…{text[1 - _LONGEST_LABEL // 2 :].lstrip()}"
