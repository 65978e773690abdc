"""Reports as flat tables: what a terminal, a page and a CSV show. Headers of CSV are keys, which stay what they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from gateway.domain.reports.monitoring import MonitoringReport
from gateway.domain.reports.once_only import Conduct, OnceOnlyReport
from gateway.words import say

Cell = str | int | float | None
Report = MonitoringReport | OnceOnlyReport


_TEXTS: Final = frozenset(
    ("code", "name", "level", "rule", "article", "offence", "verdict", "severity", "kind", "kind_name", "holder")
)


class By(StrEnum):
    """What the lines of a table are about."""

    BODY = "body"
    SERVICE = "service"
    KIND = "kind"
    HOLDER = "holder"


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is the header in CSV, `title` what people read, `narrow` that in a terminal, "" where it has no place."""

    key: str
    title: str
    narrow: str = ""

    @property
    def is_text(self) -> bool:
        """Whether its cells are words, not numbers."""
        return self.key in _TEXTS


@dataclass(frozen=True, slots=True)
class Section:
    """One table. `by` is None for what belongs to every choice."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    by: By | None = None
    note: str = ""


def sections_of(report: Report, chosen: Iterable[By] = ()) -> tuple[Section, ...]:
    """Return the tables of a report: all, or those about what is chosen."""
    all_sections = _of_monitoring(report) if isinstance(report, MonitoringReport) else _of_once_only(report)
    wanted = frozenset(chosen) or frozenset(By)
    return tuple(section for section in all_sections if section.by is None or section.by in wanted)


def title_of(report: Report) -> str:
    """Return what a report is called."""
    if isinstance(report, MonitoringReport):
        return say("Мониторинг межведомственного взаимодействия", "Monitoring of inter-agency interaction")
    return say("Принцип однократности (210-ФЗ, ст. 7)", "The once-only rule (210-FZ, Art. 7)")


def period_of(report: Report) -> str:
    """Return the days that a report is about, in words."""
    first, last = report.period.first_day, report.period.last_day
    if first is None and last is None:
        return say("за всё время", "of all time")
    since = "" if first is None else say(f"с {first.isoformat()}", f"from {first.isoformat()}")
    until = "" if last is None else say(f"по {last.isoformat()}", f"to {last.isoformat()}")
    return f"{since} {until}".strip()


_CODED: Final = ("level", "offence", "verdict", "severity")


def shown(column: Column, cell: Cell) -> str:
    """Return a cell as people read it: codes of this program in words, a fraction with its one decimal."""
    if cell is None:
        return "—"
    if isinstance(cell, float):
        return say(f"{cell:.1f}".replace(".", ","), f"{cell:.1f}")
    return _words()[str(cell)] if column.key in _CODED else str(cell)


def _words() -> dict[str, str]:
    return {
        "federal": say("федеральный", "federal"),
        "regional": say("региональный", "regional"),
        "municipal": say("муниципальный", "municipal"),
        "demand": say("требование", "demand"),
        "refusal": say("отказ", "refusal"),
        "other": say("прочее", "other"),
        "violation": say("нарушение", "violation"),
        "warning": say("предупреждение", "warning"),
        "record": say("запись", "record"),
        "critical": say("критическая", "critical"),
        "major": say("значительная", "major"),
        "minor": say("незначительная", "minor"),
        "info": say("для сведения", "for information"),
    }


# --- monitoring --------------------------------------------------------------------------------------------------


def _of_monitoring(report: MonitoringReport) -> tuple[Section, ...]:
    counts = _traffic_columns()
    lines, places = (*_line_columns(), *counts), (*_line_columns(), *_place_columns())
    held = tuple(column for column in lines if column.key not in _SERVICES)
    ranking = say("Рейтинг органов", "Ranking of bodies")
    return (
        _section("total", say("Всего", "Total"), counts, [report.total]),
        _section("ranking", ranking, (Column("place", *_twice(say("место", "place"))), *places), report.ranking,
                 By.BODY, report.formula),
        _section("bodies", _bodies(), lines, report.bodies, By.BODY),
        _section("services", _services(), lines, report.services, By.SERVICE),
        _section("kinds", _kinds(), held, report.kinds, By.KIND),
        _section("holders", say("Держатели сведений", "Holders of data"), held, report.holders, By.HOLDER),
    )  # fmt: skip


_SERVICES: Final = ("with_requests", "without_requests")


def _traffic_columns() -> tuple[Column, ...]:
    return (
        Column("requests", *_twice(say("запросы", "requests"))),
        Column("federal", say("к федеральным", "to federal"), say("фед.", "fed.")),
        Column("regional", say("к региональным", "to regional"), say("рег.", "reg.")),
        Column("municipal", say("к муниципальным", "to municipal"), say("мун.", "mun.")),
        Column("other", say("к прочим", "to others")),
        Column("in_time", say("в срок", "in time")),
        Column("late", *_twice(say("поздно", "late"))),
        Column("silent", say("без ответа", "silent"), say("молчат", "silent")),
        Column("waiting", say("срок идёт", "waiting")),
        Column("refused", *_twice(say("отказы", "refused"))),
        Column("in_time_share", *_twice(say("в срок, %", "in time, %"))),
        Column("median_hours", say("медиана, раб. ч", "median, working h"), say("мед., ч", "med., h")),
        Column("p95_hours", say("95-й процентиль, раб. ч", "95th percentile, working h"), say("95 %, ч", "95 %, h")),
        Column("with_requests", say("услуги с запросами", "services with requests"), say("с запр.", "with req.")),
        Column(
            "without_requests", say("услуги без запросов", "services without requests"), say("без запр.", "no req.")
        ),
    )


def _place_columns() -> tuple[Column, ...]:
    return (
        Column("federal", *_twice(say("к федеральным", "to federal"))),
        Column("in_time_share", *_twice(say("в срок, %", "in time, %"))),
        Column("score", *_twice(say("балл", "score"))),
    )


# --- the once-only rule ------------------------------------------------------------------------------------------


def _of_once_only(report: OnceOnlyReport) -> tuple[Section, ...]:
    counts, named = _conduct_columns(), _line_columns()
    lines = (*named, *counts)
    of_kinds = tuple(column for column in lines if column.key not in _SERVICES)
    return (
        _section("total", say("Всего", "Total"), counts, [report.total]),
        _section("weights", say("Находки по вердикту и тяжести", "Findings by verdict and severity"),
                 _weight_columns(), report.weights),
        _section("rules", say("Находки по правилам", "Findings by rule"), _rule_columns(), report.total.rules),
        _section("bodies", _bodies(), lines, report.bodies, By.BODY),
        _rules("body_rules", say("Органы: по правилам", "Bodies: by rule"), report.bodies, By.BODY),
        _section("suspects", say("Подозрительно много «собственной инициативы»", "Suspiciously much own initiative"),
                 _suspect_columns(), report.suspects, By.BODY, _why_suspicious()),
        _section("keepers", say("Закон соблюли", "Kept the law"), named, report.keepers, By.BODY),
        _section("services", _services(), lines, report.services, By.SERVICE),
        _rules("service_rules", say("Услуги: по правилам", "Services: by rule"), report.services, By.SERVICE),
        _section("kinds", _kinds(), of_kinds, report.kinds, By.KIND),
        _rules("kind_rules", say("Виды сведений: по правилам", "Data kinds: by rule"), report.kinds, By.KIND),
        _section("holders", say("Держатели: ответы по видам сведений", "Holders: answers by data kind"),
                 _holder_columns(), report.holders, By.HOLDER),
    )  # fmt: skip


def _conduct_columns() -> tuple[Column, ...]:
    return (
        Column("demands_refused", say("требования: отклонено", "demands: refused"), say("треб. откл.", "dem. ref.")),
        Column("demands_recorded", say("требования: записано", "demands: recorded"), say("треб. зап.", "dem. rec.")),
        Column("refusals_refused", say("отказы: отклонено", "refusals: refused"), say("отказы откл.", "refus. ref.")),
        Column("refusals_recorded", say("отказы: записано", "refusals: recorded"), say("отказы зап.", "refus. rec.")),
        Column("other_violations", say("прочие нарушения", "other violations"), say("прочие", "other")),
        Column("warnings", say("предупреждения", "warnings"), say("пред.", "warn.")),
        Column("requests", say("запросы", "requests")),
        Column("late", *_twice(say("поздно", "late"))),
        Column("silent", say("без ответа", "silent"), say("молчат", "silent")),
        Column("wanted", say("нужно сведений", "documents wanted")),
        Column("own_initiative", say("принесено по своей инициативе", "brought on own initiative")),
        Column("own_initiative_share", say("своя инициатива, %", "own initiative, %"), say("иниц., %", "own, %")),
        Column("with_requests", say("услуги с запросами", "services with requests")),
        Column("without_requests", say("услуги без запросов", "services without requests")),
    )


def _rule_columns() -> tuple[Column, ...]:
    return (
        Column("rule", *_twice(say("правило", "rule"))),
        Column("article", *_twice(say("статья", "article"))),
        Column("offence", *_twice(say("что", "what"))),
        *_weight_columns(),
    )


def _weight_columns() -> tuple[Column, ...]:
    return (
        Column("verdict", *_twice(say("вердикт", "verdict"))),
        Column("severity", *_twice(say("тяжесть", "severity"))),
        Column("refused", *_twice(say("отклонено", "refused"))),
        Column("recorded", *_twice(say("записано", "recorded"))),
    )


def _suspect_columns() -> tuple[Column, ...]:
    return (
        *_line_columns(with_level=False),
        Column("kind", *_twice(say("вид сведений", "data kind"))),
        Column("kind_name", say("название вида", "name of the kind")),
        Column("wanted", *_twice(say("дел", "cases"))),
        Column("own_initiative", *_twice(say("принесено", "brought"))),
        Column("own_initiative_share", *_twice("%")),
    )


def _holder_columns() -> tuple[Column, ...]:
    return (
        Column("holder", say("держатель", "holder"), say("держатель", "holder")),
        Column("name", say("название", "name")),
        Column("level", say("уровень", "level")),
        Column("kind", *_twice(say("вид сведений", "data kind"))),
        Column("kind_name", say("название вида", "name of the kind")),
        Column("requests", *_twice(say("запросы", "requests"))),
        Column("in_time", *_twice(say("в срок", "in time"))),
        Column("late", *_twice(say("поздно", "late"))),
        Column("silent", *_twice(say("без ответа", "silent"))),
        Column("waiting", *_twice(say("срок идёт", "waiting"))),
    )


def _why_suspicious() -> str:
    return say(
        "Заявители приносят сами почти всё, что орган должен запрашивать (не меньше 90 % из не менее чем 10 дел): "
        "возможно, с них это требуют.",
        "Applicants bring nearly everything that the body should ask for (at least 90 % of at least 10 cases): "
        "perhaps it is demanded of them.",
    )


# --- both --------------------------------------------------------------------------------------------------------


def _line_columns(*, with_level: bool = True) -> tuple[Column, ...]:
    level = Column("level", say("уровень", "level"))
    # In a terminal the name stands beside the code.
    named = (Column("code", say("код", "code"), say("код и название", "code and name")),
             Column("name", say("название", "name")))  # fmt: skip
    return (*named, level) if with_level else named


def _bodies() -> str:
    return say("Органы", "Bodies")


def _services() -> str:
    return say("Услуги", "Services")


def _kinds() -> str:
    return say("Виды сведений", "Data kinds")


def _twice(title: str) -> tuple[str, str]:
    return title, title


def _section(  # noqa: PLR0913, PLR0917 - what a section is
    name: str, title: str, columns: tuple[Column, ...], lines: Sequence[Any], by: By | None = None, note: str = ""
) -> Section:
    rows = tuple(tuple(getattr(line, column.key) for column in columns) for line in lines)
    return Section(name, title, columns, rows, by, note)


def _rules(name: str, title: str, lines: Sequence[Conduct], by: By) -> Section:
    # How heavy a rule is stands in the table of all rules; here a terminal has no place for it.
    rules = tuple(replace(each, narrow="") if each.key in ("verdict", "severity") else each for each in _rule_columns())
    rows = tuple(
        (line.code, line.name, *(getattr(count, column.key) for column in rules))
        for line in lines
        for count in line.rules
    )
    return Section(name, title, (*_line_columns(with_level=False), *rules), rows, by)
