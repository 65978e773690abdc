"""What bodies tell applicants is valid by our kinds, and is read as it was written."""

from datetime import date

import pytest

from agencies.applications import Decision, Source, read_decision, write_decision
from agencies.demands import (
    DECISION,
    DEMAND,
    Demand,
    Notice,
    read_demand,
    read_notice,
    receipt_of,
    write_demand,
    write_notice,
)
from gateway.domain.cases import DecisionOutcome, DemandedDocument, Ground, GroundReason, Medium
from gateway.protocol import moments
from tests.agencies.asking import LIBRARY, over_the_wire

_GROUNDS = (
    Ground(GroundReason.MISSING_DOCUMENT, "egrn-extract"),
    Ground(GroundReason.DEFECTIVE_DOCUMENT, "charter", "подчистка", "b", "акт осмотра"),
    Ground(GroundReason.OTHER, evidence="иное"),
)


@pytest.mark.parametrize(
    "demand",
    [
        Demand("37-1", (DemandedDocument("egrn-extract", Medium.PAPER, withdrawal=True), DemandedDocument("справка"))),
        Demand("37-1", actions=("expert-review",), wants_consent=True, body="Администрация", text="Представьте"),
    ],
)
def test_a_demand_is_read_as_it_was_written(demand: Demand) -> None:
    written = over_the_wire(write_demand(demand))
    assert LIBRARY.violations(written) == ()
    assert read_demand(written) == demand


@pytest.mark.parametrize("outcome", DecisionOutcome)
def test_a_decision_is_read_as_it_was_written(outcome: DecisionOutcome) -> None:
    notice = Notice("37-1", outcome, _GROUNDS, "Администрация", "Отказ")
    written = over_the_wire(write_notice(notice))
    assert LIBRARY.violations(written) == ()
    assert read_notice(written) == notice


@pytest.mark.parametrize("kind", [DEMAND, DECISION])
def test_the_portal_says_when_the_applicant_saw_it(kind: str) -> None:
    receipt = over_the_wire(receipt_of(kind, "37-1", moments.read("2013-03-25T10:15:00+04:00")))
    assert LIBRARY.violations(receipt) == ()
    assert (receipt[1].text or "").startswith("2013-03-25T10:15:00.000+04:00")


def test_the_answer_to_an_application_has_coded_grounds() -> None:
    decision = Decision("37-1", False, date(2013, 3, 25), "Отказ", (Source("fns/egrul", "id", "FNS001"),), _GROUNDS)
    written = over_the_wire(write_decision(decision))
    assert LIBRARY.violations(written) == ()
    assert read_decision(written) == decision
