"""Reports as JSON, which can be read back, and as CSV for spreadsheets."""

import csv
import io
from enum import StrEnum
from typing import Any, Final, Literal

from gateway.domain.reports.monitoring import MonitoringReport, Place, Traffic
from gateway.domain.reports.once_only import (
    Conduct,
    HolderOfKind,
    Keeper,
    OnceOnlyReport,
    Suspect,
    Weight,
)
from gateway.domain.reports.period import Period
from gateway.domain.reports.tables import Cell, Report, Section
from gateway.transports.admin.view import Shape, Written


class Format(StrEnum):
    """What a report is written as."""

    JSON = "json"
    CSV = "csv"
    HTML = "html"

    @property
    def media_type(self) -> str:
        return "application/json" if self is Format.JSON else f"text/{self.value}"


class MonitoringShape(Shape):
    """The report `monitoring`. Shares are in per cent, hours are working hours; null is of nothing."""

    report: Literal["monitoring"] = "monitoring"
    period: Period
    now: Written
    formula: str
    total: Traffic
    ranking: tuple[Place, ...]
    bodies: tuple[Traffic, ...]
    services: tuple[Traffic, ...]
    kinds: tuple[Traffic, ...]
    holders: tuple[Traffic, ...]


class OnceOnlyShape(Shape):
    """The report `once-only`. Shares are in per cent, null of nothing."""

    report: Literal["once-only"] = "once-only"
    period: Period
    now: Written
    total: Conduct
    weights: tuple[Weight, ...]
    bodies: tuple[Conduct, ...]
    services: tuple[Conduct, ...]
    kinds: tuple[Conduct, ...]
    holders: tuple[HolderOfKind, ...]
    suspects: tuple[Suspect, ...]
    keepers: tuple[Keeper, ...]


def as_json(report: Report) -> str:
    """Return a report as JSON; the same report gives the same bytes."""
    shape = MonitoringShape if isinstance(report, MonitoringReport) else OnceOnlyShape
    return shape.model_validate(report, from_attributes=True).model_dump_json(by_alias=True, indent=2) + "\n"


def read_back(document: Any) -> Report:
    """Return the report whose JSON `document` is.

    Raises: pydantic.ValidationError.
    """
    if isinstance(document, dict) and document.get("report") == "monitoring":
        monitoring = MonitoringShape.model_validate(document)
        return MonitoringReport(**{name: getattr(monitoring, name) for name in MonitoringReport.__dataclass_fields__})
    once_only = OnceOnlyShape.model_validate(document)
    return OnceOnlyReport(**{name: getattr(once_only, name) for name in OnceOnlyReport.__dataclass_fields__})


_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A spreadsheet takes a text that begins so for a formula, and runs it."""


def as_csv(sections: tuple[Section, ...]) -> str:
    """Return tables as CSV (RFC 4180), an empty line between two; the first column names the section."""
    text = io.StringIO()
    writer = csv.writer(text)
    for number, section in enumerate(sections):
        if number:
            text.write("\r\n")
        writer.writerow(["section", *(column.key for column in section.columns)])
        writer.writerows([section.id, *map(_harmless, row)] for row in section.rows)
    return text.getvalue()


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell
