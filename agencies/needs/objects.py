"""What is asked about an object: real estate, a dwelling, a construction."""

import uuid
from collections.abc import Mapping
from typing import Final

from agencies import rosreestr
from agencies.answers import Builder
from agencies.applications import Application
from agencies.municipal import HOUSE_BOOK, LAND_ACT, PROPERTY_REGISTER, SOCIAL_HIRE
from agencies.needs.need import Asking, Need
from agencies.needs.persons import municipality
from gateway.xml import Element

BUILDING_PERMIT: Final = "municipality/building-permit"
COMMISSIONING_PERMIT: Final = "municipality/commissioning-permit"
LAND_PLAN: Final = "municipality/land-plan"
EXPERT_CONCLUSION: Final = "egrz/expert-conclusion"
UTILITY_DEBT: Final = "gisjkh/utility-debt"

_REGION: Final = "37"
_OBJECT_RIGHTS: Final = "OBJECT_RIGHTS"

_hire: Final = Builder("urn://ru.sgio.hiringcontract/1.0.0")
_book: Final = Builder("http://housebookExtraction.messageTypes")
_property: Final = Builder("urn://ru.sgio.information-provision/1.0.0")
_land_act_kind: Final = Builder("urn://mock-smev/municipality/land-act/1.0.0")
_plan: Final = Builder("urn://mock-smev/municipality/land-plan/1.0.0")
_permit: Final = Builder("urn://gisogd73/rs/1.0.0")
_commissioning: Final = Builder("urn://ru.sgio.commisioningpermit/1.0.0")
_conclusion: Final = Builder("urn://x-artefacts-gis-ergz-public/2.0.0")
_conclusion_types: Final = Builder("urn://x-artefacts-gis-ergz-types/2.0.0")
_debt: Final = Builder("urn:dom.gosuslugi.ru/debt-requests/1.0.0")
_dom: Final = Builder("urn:dom.gosuslugi.ru/common/1.2.0")


# The registers of Rosreestr


def _egrn(asking: Asking) -> Element | None:
    number = asking.application.cadastral_number
    return None if number is None else rosreestr.egrn_request(number, asking.application.case_number)


def _egrn_objection(_: Application, answer: Element) -> str | None:
    return None if rosreestr.read_extract(answer) else "в ЕГРН нет такого объекта"


def _cadastre(asking: Asking) -> Element | None:
    number = asking.application.cadastral_number
    return None if number is None else rosreestr.cadastre_request(_OBJECT_RIGHTS, number)


# The registers of a municipality


def _social_hire(asking: Asking) -> Element | None:
    place = asking.application.place
    if place is None or place.apartment is None:
        return None
    asked = [
        _hire("RegionCode", _REGION),
        _hire("City", place.locality),
        _hire("Street", place.street),
        _hire("House", place.house),
        _hire("Flat", place.apartment),
        _hire("ReceiverOKTMO", municipality(asking)),
    ]
    return _hire("SECRequest", list(asked))


def _house_book(asking: Asking) -> Element | None:
    place = asking.application.place
    if place is None:
        return None
    return _book(
        "housebookExtractionRequest",
        [
            _book("regionCode", _REGION),
            _book("objectCity", place.locality),
            _book("objectStreet", place.street),
            _book("objectHouse", place.house),
            None if place.apartment is None else _book("objectFlat", place.apartment),
        ],
    )


def _municipal_property(asking: Asking) -> Element | None:
    number = asking.application.cadastral_number
    if number is None:
        return None
    query = _property("Query", [_property("CadasterNumber", number)])
    return _property("Request", [query, _property("ReceiverOKTMO", municipality(asking))])


def _land_act(asking: Asking) -> Element | None:
    number = asking.application.cadastral_number
    if number is None:
        return None
    asked = [_land_act_kind("Oktmo", municipality(asking)), _land_act_kind("CadastralNumber", number)]
    return _land_act_kind("LandActRequest", list(asked))


def _land_plan(asking: Asking) -> Element | None:
    number = asking.application.cadastral_number
    if number is None:
        return None
    return _plan("LandPlanRequest", [_plan("Oktmo", municipality(asking)), _plan("CadastralNumber", number)])


# Construction


def _building_permit(asking: Asking) -> Element | None:
    application = asking.application
    what = application.cadastral_number or str(application.place or "")
    if not what:
        return None
    is_firm = application.firm_name is not None
    who, kind = (application.firm_name or "", "UL") if is_firm else (_full_name(application), "FL")
    service = [
        _permit("UserType", kind),
        _permit("CurrentDate", asking.today),
        _permit("CaseNumber", application.case_number),
        _permit("OKTMO", municipality(asking)),
    ]
    applicant = _permit("ApplicantInfo", [_permit(kind, who)])
    return _permit("Request", [_permit("ServiceInfo", list(service)), applicant, _permit("ObjectInfo", what)])


def _commissioned(asking: Asking) -> Element | None:
    application, number = asking.application, asking.application.cadastral_number
    if number is None:
        return None
    sender = [_commissioning("DepartmentName", asking.body.name), _commissioning("SendDate", asking.today)]
    asked = [
        _commissioning("RegionCode", _REGION),
        _commissioning("Sender", list(sender)),
        _commissioning("RequestParam", [_commissioning("CadastralNumberZU", number)]),
        _commissioning("RequestNumber", application.case_number),
        _commissioning("ReceiverOKTMO", municipality(asking)),
    ]
    return _commissioning("RequestData", list(asked))


def _expert_conclusion(asking: Asking) -> Element | None:
    told = asking.application.expert_conclusion
    if told is None:
        return None
    asked = [
        _conclusion_types("ExpertiseResultNumber", told[0]),
        _conclusion_types("ExpertiseResultDate", told[1]),
    ]
    return _conclusion("PublicPrintOutRequest", list(asked))


# Housing services


def _utility_debt(asking: Asking) -> Element | None:
    application, who = asking.application, asking.application.applicant
    place = application.place
    if place is None or place.fias is None:
        return None
    document = [
        _debt("type", "1"),
        _debt("series", who.passport_series),
        _debt("number", who.passport_number),
    ]
    applicant: list[Element | None] = [
        _debt("firstname", who.first_name),
        _debt("lastname", who.family_name),
        None if who.patronymic is None else _debt("middlename", who.patronymic),
        _debt("snils", application.snils),
        _debt("document", list(document)),
    ]
    about = [
        _debt("applicant-info", applicant),
        _debt("housing-fund-object", [_debt("house-id", place.fias)]),
        _debt("executor-id", _guid(asking, "executor")),
    ]
    action = [
        _debt("transport-id", asking.request_id),
        _debt("action-type", "SEND"),
        _debt("request-data", list(about)),
    ]
    return _debt(
        "ImportDebtRequestsRequest",
        [
            _dom("information-system-id", _guid(asking, "system")),
            _dom("organization-id", _guid(asking, "organization")),
            _debt("action", list(action)),
        ],
    )


def _guid(asking: Asking, what: str) -> str:
    """Return the GUID under which the body, its system or its official is known in ГИС ЖКХ: made of its ОГРН."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{asking.body.ogrn}/{what}"))


def _full_name(application: Application) -> str:
    who = application.applicant
    return " ".join(filter(None, (who.family_name, who.first_name, who.patronymic)))


OBJECTS: Final[Mapping[str, Need]] = {
    rosreestr.EGRN_STATEMENT: Need(_egrn, _egrn_objection, "в ЕГРН нет такого объекта"),
    rosreestr.CADASTRE_AND_RIGHTS: Need(_cadastre),
    SOCIAL_HIRE: Need(_social_hire),
    HOUSE_BOOK: Need(_house_book),
    PROPERTY_REGISTER: Need(_municipal_property),
    LAND_ACT: Need(_land_act),
    LAND_PLAN: Need(_land_plan),
    BUILDING_PERMIT: Need(_building_permit),
    COMMISSIONING_PERMIT: Need(_commissioned),
    EXPERT_CONCLUSION: Need(_expert_conclusion),
    UTILITY_DEBT: Need(_utility_debt),
}
"""Kinds about an object."""
