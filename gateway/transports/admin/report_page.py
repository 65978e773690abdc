"""A report as one page: charts, tables, how the numbers are made. It loads nothing, runs nothing, and prints well."""

from pathlib import Path
from typing import Final

from gateway.domain.reports.monitoring import MonitoringReport
from gateway.domain.reports.once_only import OnceOnlyReport
from gateway.domain.reports.tables import Report, period_of, sections_of, shown, title_of
from gateway.pages import rendered
from gateway.transports.admin.report_charts import charts_of
from gateway.words import say

_TEMPLATE: Final = Path(__file__).parent / "templates" / "report.html.j2"


def as_html(report: Report) -> str:
    """Return the page of a report; the same report gives the same bytes."""
    return rendered(
        _TEMPLATE,
        report=report,
        title=title_of(report),
        period=period_of(report),
        figures=_of_monitoring(report) if isinstance(report, MonitoringReport) else _of_once_only(report),
        charts=charts_of(report),
        sections=[section for section in sections_of(report) if section.id != "total"],
        shown=shown,
    )


def _of_monitoring(report: MonitoringReport) -> list[tuple[str, str]]:
    """Return the figures that stand above everything: (number, what it is)."""
    total = report.total
    return [
        (str(total.requests), say("межведомственных запросов", "inter-agency requests")),
        (str(total.federal), say("из них к федеральным органам", "of them to federal bodies")),
        (_share(total.in_time_share), say("с ответом в срок", "answered in time")),
        (str(total.silent), say("без ответа, срок истёк", "without an answer, the term is over")),
        (_hours(total.median_hours), say("рабочих часов до ответа, медиана", "working hours to an answer, median")),
        (_hours(total.p95_hours), say("рабочих часов, 95-й процентиль", "working hours, 95th percentile")),
        (str(total.with_requests), say("услуг оказано с запросами", "services provided with requests")),
        (str(total.without_requests), say("услуг оказано без запросов", "services provided without requests")),
    ]


def _of_once_only(report: OnceOnlyReport) -> list[tuple[str, str]]:
    total = report.total
    return [
        (str(total.demands_refused), say("незаконных требований отклонено", "unlawful demands refused")),
        (str(total.demands_recorded), say("незаконных требований только записано", "unlawful demands only recorded")),
        (
            str(total.refusals_refused + total.refusals_recorded),
            say("отказов из-за документов, что есть у ведомств", "refusals for lack of documents that bodies hold"),
        ),
        (str(total.other_violations), say("прочих нарушений", "other violations")),
        (str(total.late), say("ответов с опозданием", "late answers")),
        (str(total.silent), say("без ответа, срок истёк", "without an answer, the term is over")),
        (
            _share(total.own_initiative_share),
            say("сведений принесли сами заявители", "of the data brought by applicants"),
        ),
        (
            f"{len(report.keepers)} / {len(report.bodies)}",
            say("органов без нарушений", "bodies without violations"),
        ),
    ]


def _share(share: float | None) -> str:
    return "—" if share is None else say(f"{share:.1f} %".replace(".", ","), f"{share:.1f} %")


def _hours(hours: float | None) -> str:
    return "—" if hours is None else say(f"{hours:.1f}".replace(".", ","), f"{hours:.1f}")
