"""What a body that breaks 210-FZ sends: to the applicant, and about the applicant without a case."""

from datetime import date
from typing import Final

from agencies import fns, mvd, rosreestr
from agencies.authority.cases import OpenCase
from agencies.demands import Demand, Notice, write_demand, write_notice
from agencies.world import Body
from gateway.domain.cases import DecisionOutcome, DemandedDocument, Ground, GroundReason, Medium
from gateway.xml import Element

_USUAL: Final = (rosreestr.EGRN_STATEMENT, fns.EGRUL, mvd.LIVING_PLACE)
"""What bodies used to demand."""

_REASONS: Final = {
    GroundReason.MISSING_DOCUMENT: "Представлен неполный комплект документов",
    GroundReason.NO_ANSWER: "Не получен ответ на межведомственный запрос",
}


def demand_of(case: OpenCase, body: str) -> Element:
    """Return a demand for what another agency holds: the paper that has always been demanded, where one is needed."""
    kinds = [wanted.kind for wanted in case.wanted]
    usual = next((kind for kind in _USUAL if kind in kinds), kinds[0])
    demanded = DemandedDocument(case.wanted[kinds.index(usual)].code, Medium.PAPER)
    return write_demand(Demand(case.number, (demanded,), body=body, text="Представьте недостающий документ"))


def refusal_of(case: OpenCase, reason: GroundReason, body: str, document: str | None = None) -> Element:
    """Return a refusal for the lack of what other agencies hold, or for the silence of a holder."""
    codes = (document,) if document else tuple(wanted.code for wanted in case.wanted)
    grounds = tuple(Ground(reason, code) for code in codes)
    return write_notice(Notice(case.number, DecisionOutcome.REFUSED, grounds, body, _REASONS[reason]))


def request_without_case(case: OpenCase, request_id: str, body: Body, today: date) -> Element:
    """Return a request about somebody that names no case."""
    if case.application.inn is not None:
        return fns.tax_debt_request(case.application.inn, request_id, body, today)
    return fns.inn_request(case.application.applicant, request_id, body)
