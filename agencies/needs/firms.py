"""What is asked about a business, a firm by ОГРН and ИНН or an entrepreneur by ОГРНИП; and what has been paid."""

from collections.abc import Mapping
from typing import Final

from agencies import fns, treasury
from agencies.answers import Builder
from agencies.applications import Application
from agencies.needs.need import Asking, Need
from agencies.regional import LICENCE
from gateway.xml import Element

INSURANCE_SETTLEMENTS: Final = "sfr/insurance-settlements"
EDUCATION_LICENCE: Final = "rosobrnadzor/licence"
ALCOHOL_LICENCE: Final = "fsrar/alcohol-licence"
SANITARY_CONCLUSION: Final = "rospotrebnadzor/sanitary-conclusion"
FIRE_SAFETY_CONCLUSION: Final = "mchs/fire-safety-conclusion"

_headcount: Final = Builder("urn://x-artefacts-fns-SRCHIS/082-2/4.0.1")
_division: Final = Builder("urn://x-artefacts-fns-uchorgop-tosmv-ru/370_68/4.0.1")
_settlements: Final = Builder("http://fss.ru/smev-3/rasch_registration/1.0.2")
_licence: Final = Builder("urn://mock-smev/region/licence/1.0.0")
_education: Final = Builder("urn://mock-smev/rosobrnadzor/licence/1.0.0")
_alcohol: Final = Builder("urn://mock-smev/fsrar/alcohol-licence/1.0.0")
_sanitary: Final = Builder("urn://mock-smev/rospotrebnadzor/sanitary-conclusion/1.0.0")
_fire: Final = Builder("urn://mock-smev/mchs/fire-safety-conclusion/1.0.0")


# Registers of the tax service


def _egrul(asking: Asking) -> Element | None:
    application = asking.application
    if application.ogrn is None:
        return None
    return fns.egrul_request(application.ogrn, asking.request_id, application.case_number[:50])


def _egrul_objection(application: Application, answer: Element) -> str | None:
    extract = fns.read_egrul(answer)
    if extract is None:
        return f"в ЕГРЮЛ нет организации с ОГРН {application.ogrn}"
    return None if extract.ceased is None else f"организация прекратила деятельность {extract.ceased:%d.%m.%Y}"


def _egrip(asking: Asking) -> Element | None:
    application = asking.application
    if application.ogrnip is None:
        return None
    return fns.egrip_request(application.ogrnip, asking.request_id, application.case_number[:50])


def _egrip_objection(application: Application, answer: Element) -> str | None:
    extract = fns.read_egrip(answer)
    if extract is None:
        return f"в ЕГРИП нет предпринимателя с ОГРНИП {application.ogrnip}"
    return None if extract.ceased is None else f"предприниматель прекратил деятельность {extract.ceased:%d.%m.%Y}"


def _tax_debt(asking: Asking) -> Element | None:
    inn = _inn(asking)
    return None if inn is None else fns.tax_debt_request(inn, asking.request_id, asking.body, asking.today)


def _tax_debt_objection(_: Application, answer: Element) -> str | None:
    return "имеется задолженность по налогам" if fns.read_tax_debt(answer) else None


def _employees(asking: Asking) -> Element | None:
    inn = asking.application.firm_inn
    if inn is None:
        return None
    asked = [_headcount("ИННЮЛ", inn), _headcount("ОтчетГод", str(asking.today.year - 1))]
    return _headcount("RequestDocument", list(asked), ИдЗапрос=asking.request_id)


def _divisions(asking: Asking) -> Element | None:
    inn = asking.application.firm_inn
    if inn is None:
        return None
    return _division("FNSUchOrgOPRequest", [_division("ИННЮЛ", inn)], ИдДок=asking.request_id)


# Payments and licences


def _payments(asking: Asking) -> Element:
    """Ask for the payments of the charge, else of the firm, else of the person: the state fee is among them."""
    application, asker = asking.application, (asking.request_id, asking.body, asking.today)
    if application.uin is not None:
        return treasury.payments_request_by_uin(application.uin, *asker)
    if application.firm_inn is not None:
        return treasury.payments_request_by_inn(application.firm_inn, *asker)
    return treasury.payments_request(application.snils, *asker)


def _insurance(asking: Asking) -> Element | None:
    inn = _inn(asking)
    return None if inn is None else _settlements("SvedSostRaschRequest", [_settlements("INN", inn)])


def _licences(asking: Asking) -> Element | None:
    inn = asking.application.firm_inn
    return None if inn is None else _licence("LicenceRequest", [_licence("Inn", inn)])


def _education_licence(asking: Asking) -> Element | None:
    ogrn = asking.application.ogrn
    return None if ogrn is None else _education("EducationLicenceRequest", [_education("Ogrn", ogrn)])


def _alcohol_licence(asking: Asking) -> Element | None:
    inn = asking.application.firm_inn
    return None if inn is None else _alcohol("AlcoholLicenceRequest", [_alcohol("Inn", inn)])


def _sanitary_conclusion(asking: Asking) -> Element | None:
    return _conclusion(_sanitary, "SanitaryConclusionRequest", asking)


def _fire_safety_conclusion(asking: Asking) -> Element | None:
    return _conclusion(_fire, "FireSafetyConclusionRequest", asking)


def _conclusion(build: Builder, root: str, asking: Asking) -> Element | None:
    inn, place = _inn(asking), asking.application.place
    return None if inn is None or place is None else build(root, [build("Inn", inn), build("Address", str(place))])


def _inn(asking: Asking) -> str | None:
    return asking.application.firm_inn or asking.application.inn


FIRMS: Final[Mapping[str, Need]] = {
    fns.EGRUL: Need(_egrul, _egrul_objection),
    fns.EGRIP: Need(_egrip, _egrip_objection),
    fns.TAX_DEBT: Need(_tax_debt, _tax_debt_objection),
    fns.HEADCOUNT: Need(_employees),
    fns.SEPARATE_DIVISION: Need(_divisions),
    treasury.PAYMENTS: Need(_payments),
    INSURANCE_SETTLEMENTS: Need(_insurance),
    LICENCE: Need(_licences),
    EDUCATION_LICENCE: Need(_education_licence),
    ALCOHOL_LICENCE: Need(_alcohol_licence),
    SANITARY_CONCLUSION: Need(_sanitary_conclusion),
    FIRE_SAFETY_CONCLUSION: Need(_fire_safety_conclusion),
}
"""Kinds about a business, or about what it has paid and may do."""
