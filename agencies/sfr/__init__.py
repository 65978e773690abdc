"""The social fund (СФР; until 2023 ПФР and ФСС): insurance numbers, payments, work, needs of persons."""

from typing import Final

from agencies.answers import Answers
from agencies.sfr.allowances import (
    CHILD_ALLOWANCE,
    child_allowance,
    child_allowance_request,
    child_allowance_request_by_papers,
)
from agencies.sfr.egisso import SOCIAL_SUPPORT, social_support, social_support_request
from agencies.sfr.fri import DISABILITY, DisabilityExtract, disability, disability_request, read_disability
from agencies.sfr.months import Month
from agencies.sfr.payments import (
    PAYMENTS_FOR_PERIOD,
    MonthlyPayment,
    payments_for_period,
    payments_request,
    read_payments,
)
from agencies.sfr.snils import (
    SNILS_BY_ADDITIONAL_DATA,
    SNILS_BY_DATA,
    SNILS_VALIDATION,
    read_snils,
    read_snils_validation,
    snils_by_additional_data,
    snils_by_data,
    snils_by_data_request,
    snils_request,
    snils_validation,
    snils_validation_request,
)
from agencies.sfr.work import WORK_FACT, WorkedMonth, read_work, work_fact, work_request

__all__ = [
    "ANSWERS",
    "CHILD_ALLOWANCE",
    "DISABILITY",
    "PAYMENTS_FOR_PERIOD",
    "SNILS_BY_ADDITIONAL_DATA",
    "SNILS_BY_DATA",
    "SNILS_VALIDATION",
    "SOCIAL_SUPPORT",
    "WORK_FACT",
    "DisabilityExtract",
    "Month",
    "MonthlyPayment",
    "WorkedMonth",
    "child_allowance_request",
    "child_allowance_request_by_papers",
    "disability_request",
    "payments_request",
    "read_disability",
    "read_payments",
    "read_snils",
    "read_snils_validation",
    "read_work",
    "snils_by_data_request",
    "snils_request",
    "snils_validation_request",
    "social_support_request",
    "work_request",
]

ANSWERS: Final[Answers] = {
    CHILD_ALLOWANCE: child_allowance,
    DISABILITY: disability,
    PAYMENTS_FOR_PERIOD: payments_for_period,
    SNILS_BY_ADDITIONAL_DATA: snils_by_additional_data,
    SNILS_BY_DATA: snils_by_data,
    SNILS_VALIDATION: snils_validation,
    SOCIAL_SUPPORT: social_support,
    WORK_FACT: work_fact,
}
