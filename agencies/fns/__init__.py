"""The Federal Tax Service (ФНС): registers of firms and entrepreneurs, taxpayer numbers, incomes, debts."""

from typing import Final

from agencies.answers import Answers
from agencies.fns.egrip import EGRIP, EgripExtract, egrip, egrip_request, egrip_request_by_inn, read_egrip
from agencies.fns.egrul import EGRUL, EgrulExtract, egrul, egrul_request, read_egrul
from agencies.fns.firms import HEADCOUNT, SEPARATE_DIVISION, headcount, separate_division
from agencies.fns.incomes import INCOMES, NDFL2, Earnings, incomes, ndfl2, ndfl2_request, read_ndfl2
from agencies.fns.inn import INN_BY_NAME, INN_BY_PERSON, inn_by_name, inn_by_person, inn_request, read_inn
from agencies.fns.people import PASSPORT_CODE
from agencies.fns.tax_debt import TAX_DEBT, read_tax_debt, tax_debt, tax_debt_request

__all__ = [
    "ANSWERS",
    "EGRIP",
    "EGRUL",
    "HEADCOUNT",
    "INCOMES",
    "INN_BY_NAME",
    "INN_BY_PERSON",
    "NDFL2",
    "PASSPORT_CODE",
    "SEPARATE_DIVISION",
    "TAX_DEBT",
    "Earnings",
    "EgripExtract",
    "EgrulExtract",
    "egrip_request",
    "egrip_request_by_inn",
    "egrul_request",
    "inn_request",
    "ndfl2_request",
    "read_egrip",
    "read_egrul",
    "read_inn",
    "read_ndfl2",
    "read_tax_debt",
    "tax_debt_request",
]

ANSWERS: Final[Answers] = {
    EGRIP: egrip,
    EGRUL: egrul,
    HEADCOUNT: headcount,
    INCOMES: incomes,
    INN_BY_NAME: inn_by_name,
    INN_BY_PERSON: inn_by_person,
    NDFL2: ndfl2,
    SEPARATE_DIVISION: separate_division,
    TAX_DEBT: tax_debt,
}
