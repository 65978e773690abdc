"""What is asked about a person: the applicant, or a child, a spouse, a deceased whom the application names."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from agencies import fns, fssp, minoborony, mvd, sfr, zags
from agencies.answers import Builder
from agencies.applications import Application, NamedPerson
from agencies.municipal import GUARDIANSHIP, HOUSEHOLD_BOOK, HOUSING_QUEUE, PRIVATISATION, SCHOOL
from agencies.needs.need import Asking, Need
from agencies.regional import SOCIAL_BENEFITS, UNEMPLOYMENT
from agencies.world import Identity, Passport
from agencies.zags.kinds import MARRIAGE
from agencies.zags.questions import request
from gateway.xml import Element

NOT_INSURED: Final = "sfr/not-insured"
MEDICAL_SERVICES: Final = "ffoms/medical-services"

_MONTHS: Final = 12
"""For how long payments are asked."""

_fss: Final = Builder("http://fss.ru/SvedRegisterNoPosob")
_ffoms: Final = Builder("http://ffoms.ru/GetInsuredRenderedMedicalServices/1.0.0")
_commons: Final = Builder("urn://x-artefacts-smev-gov-ru/supplementary/commons/1.2")
_giac: Final = Builder("http://tower.ru/mvd/clients/giac/request")
_act: Final = Builder("urn://x-artefacts-zags-inform/root/112-11/4.0.4")
_act_types: Final = Builder("urn://x-artefacts-zags-inform/types/4.0.4")
_unemployment: Final = Builder("urn://mock-smev/region/unemployment/1.0.0")
_benefits: Final = Builder("urn://mock-smev/region/social-benefits/1.0.0")
_queue: Final = Builder("urn://mock-smev/municipality/housing-queue/1.0.0")
_privatisation: Final = Builder("urn://mock-smev/municipality/privatisation/1.0.0")
_household: Final = Builder("urn://mock-smev/municipality/household-book/1.0.0")
_school: Final = Builder("urn://mock-smev/municipality/school/1.0.0")
_guardianship: Final = Builder("urn://mock-smev/municipality/guardianship/1.0.0")


# Who somebody is


def _inn(asking: Asking) -> Element:
    return fns.inn_request(asking.application.applicant, asking.request_id, asking.body)


def _inn_objection(_: Application, answer: Element) -> str | None:
    return None if fns.read_inn(answer) else "ФНС не нашла ИНН заявителя"


def _passport(asking: Asking) -> Element:
    who = asking.application.applicant
    return mvd.dossier_request(who.passport_series, who.passport_number)


def _passport_objection(application: Application, answer: Element) -> str | None:
    number = application.applicant.passport_number
    passport = next((item for item in mvd.read_dossier(answer) if item.number == number), None)
    if passport is None:
        return "МВД не знает такого паспорта"
    return passport.invalid_because and f"паспорт недействителен: {passport.invalid_because}"


def _living_place(asking: Asking) -> Element | None:
    issued = asking.application.passport_issued
    return None if issued is None else mvd.living_place_request(asking.application.applicant, issued)


def _snils(asking: Asking) -> Element | None:
    application, who = asking.application, asking.application.applicant
    if application.sex is None:
        return None
    passport = None
    if application.passport_issued is not None and application.passport_issuer:
        issuer = application.passport_issuer
        passport = Passport(who.passport_series, who.passport_number, "", issuer, application.passport_issued)
    return sfr.snils_request(who, application.sex, passport)


# What somebody earns, gets and owes


def _ndfl2(asking: Asking) -> Element:
    application = asking.application
    case = application.case_number[:25]
    return fns.ndfl2_request(application.applicant, asking.today.year - 1, asking.request_id, case, asking.today)


def _payments(asking: Asking) -> Element | None:
    application = asking.application
    begin = asking.year_before.replace(day=1)
    if application.sex is None:
        return None
    return sfr.payments_request(application.applicant, application.snils, application.sex, begin, _MONTHS)


def _work(asking: Asking) -> Element:
    return sfr.work_request(asking.application.applicant, asking.application.snils)


def _not_insured(asking: Asking) -> Element:
    application, who = asking.application, asking.application.applicant
    return _fss(
        "запрос",
        [
            _fss("фамилия", who.family_name),
            _fss("имя", who.first_name),
            None if who.patronymic is None else _fss("отчество", who.patronymic),
            _fss("датаРождения", who.birth_date),
            _fss("снилс", application.snils),
            _fss("датаНачала", asking.year_before),
            _fss("датаОкончания", asking.today),
        ],
    )


def _child_allowance(asking: Asking) -> Element | None:
    application, child = asking.application, asking.application.in_role("child")
    if child is None:
        return None
    period = (asking.year_before, asking.today)
    return sfr.child_allowance_request_by_papers(
        application.applicant, application.snils, child.who, period, asking.body
    )


def _disability(asking: Asking) -> Element:
    return sfr.disability_request(asking.application.snils, asking.today)


def _enforcement(asking: Asking) -> Element:
    application = asking.application
    return fssp.enforcement_request_by_number(application.snils, asking.request_id, asking.body, asking.today)


def _unemployed(asking: Asking) -> Element:
    return _unemployment("UnemploymentRequest", list(_citizen(_unemployment, asking)))


def _social_benefits(asking: Asking) -> Element:
    asked = [
        *_citizen(_benefits, asking),
        _benefits("PeriodFrom", asking.year_before),
        _benefits("PeriodTo", asking.today),
    ]
    return _benefits("SocialBenefitsRequest", list(asked))


def _vehicles(asking: Asking) -> Element:
    return mvd.vehicles_request(asking.application.applicant)


def _military_service(asking: Asking) -> Element:
    spouse = asking.application.in_role("spouse")
    return minoborony.military_service_request(asking.application.applicant if spouse is None else spouse.who)


# Convictions


def _convictions(asking: Asking) -> Element:
    return mvd.convictions_request(asking.application.applicant, asking.application.snils)


def _convictions_objection(_: Application, answer: Element) -> str | None:
    return "имеется непогашенная судимость" if "судимость не погашена" in mvd.read_convictions(answer) else None


def _rehabilitation(asking: Asking) -> Element:
    application, who = asking.application, asking.application.applicant
    person = [
        _giac("FirstName", who.first_name),
        _giac("FathersName", who.patronymic or "-"),
        _giac("SecName", who.family_name),
        _giac("DateOfBirth", f"{who.birth_date:%d.%m.%Y}"),
        _giac("SNILS", application.snils),
        _giac("PlaceOfBirth", application.birth_place or "-"),
    ]
    header = _giac("Header", [_giac("Reason", f"Предоставление услуги {application.service_code}")])
    document = _giac("Document", [_giac("PrivatePerson", list(person))])
    return _giac("RequestGIAC", [_giac("Message", [header, document])])


# Civil acts, families, children


def _births(asking: Asking) -> Element | None:
    application = asking.application
    if application.sex is None:
        return None
    who, case = application.applicant, application.case_number
    return zags.birth_request(who, asking.request_id, case, "father" if application.sex == "male" else "mother")


def _marriages(asking: Asking) -> Element:
    application = asking.application
    return request(MARRIAGE, application.applicant, asking.request_id, application.case_number)


def _death(asking: Asking) -> Element | None:
    deceased = asking.application.in_role("deceased")
    if deceased is None:
        return None
    return zags.death_request(deceased.who, asking.request_id, asking.application.case_number)


def _death_objection(_: Application, answer: Element) -> str | None:
    return None if zags.read_death(answer) else "смерть не зарегистрирована"


def _act_record(asking: Asking) -> Element:
    who = asking.application.applicant
    name: list[Element | None] = [
        _act_types("Фамилия", who.family_name),
        _act_types("Имя", who.first_name),
        _act_types("ПрОтчество", "1") if who.patronymic is None else _act_types("Отчество", who.patronymic),
    ]
    person = _act("СведФЛ", [_act("ФИО", name), _act("ДатаРожд", who.birth_date)])
    return _act("informRequest", [person], ИдЗапрос=asking.request_id, ТипЗапрос="1", ТипАГС="1")


def _pupil(asking: Asking) -> Element | None:
    return _about_child(_school, "SchoolRequest", asking)


def _ward(asking: Asking) -> Element | None:
    return _about_child(_guardianship, "GuardianshipRequest", asking)


# Housing and health


def _housing_queue(asking: Asking) -> Element:
    return _queue("HousingQueueRequest", [_queue("Oktmo", municipality(asking)), *_citizen(_queue, asking)])


def _privatised(asking: Asking) -> Element:
    oktmo = _privatisation("Oktmo", municipality(asking))
    return _privatisation("PrivatisationRequest", [oktmo, *_citizen(_privatisation, asking)])


def _household_book(asking: Asking) -> Element:
    person = _household("Person", list(_citizen(_household, asking)))
    return _household("HouseholdBookRequest", [_household("Oktmo", municipality(asking)), person])


def _medical_services(asking: Asking) -> Element | None:
    application, who = asking.application, asking.application.applicant
    if application.policy_number is None:
        return None
    asked: list[Element | None] = [
        _ffoms("RegionCode", "24000"),
        _commons("FamilyName", who.family_name),
        _commons("FirstName", who.first_name),
        None if who.patronymic is None else _commons("Patronymic", who.patronymic),
        _ffoms("BirthDate", who.birth_date),
        _ffoms("UnitedPolicyNumber", application.policy_number),
        _ffoms("DateFrom", asking.year_before),
        _ffoms("DateTo", asking.today),
    ]
    return _ffoms("InputData", [_ffoms("InsuredRenderingListRequest", asked)])


# What the requests have in common


def municipality(asking: Asking) -> str:
    """Return the ОКТМО of the municipality whose registers are asked: where the object lies, else where one applies.

    A service of the region is applied for anywhere in it.
    """
    place = asking.application.place
    return place.oktmo if place is not None and place.oktmo else asking.application.oktmo


def _citizen(build: Builder, asking: Asking) -> list[Element | None]:
    application = asking.application
    return _named(build, application.applicant, application.snils)


def _about_child(build: Builder, root: str, asking: Asking) -> Element | None:
    child: NamedPerson | None = asking.application.in_role("child")
    if child is None:
        return None
    return build(root, [build("Oktmo", municipality(asking)), build("Child", _named(build, child.who, child.snils))])


def _named(build: Builder, who: Identity, snils: str | None) -> list[Element | None]:
    told: tuple[tuple[str, str | date | None], ...] = (
        ("FamilyName", who.family_name),
        ("FirstName", who.first_name),
        ("Patronymic", who.patronymic),
        ("BirthDate", who.birth_date),
        ("Snils", snils),
    )
    return [build(name, value) for name, value in told if value is not None]


PERSONS: Final[Mapping[str, Need]] = {
    fns.INN_BY_PERSON: Need(_inn, _inn_objection),
    fns.NDFL2: Need(_ndfl2),
    mvd.PASSPORT_DOSSIER: Need(_passport, _passport_objection, "МВД не знает такого паспорта"),
    mvd.LIVING_PLACE: Need(_living_place),
    mvd.CONVICTIONS: Need(_convictions, _convictions_objection),
    mvd.CONVICTIONS_GIAC: Need(_rehabilitation),
    mvd.VEHICLES: Need(_vehicles),
    sfr.SNILS_BY_ADDITIONAL_DATA: Need(_snils),
    sfr.PAYMENTS_FOR_PERIOD: Need(_payments),
    sfr.WORK_FACT: Need(_work),
    sfr.DISABILITY: Need(_disability),
    sfr.CHILD_ALLOWANCE: Need(_child_allowance),
    NOT_INSURED: Need(_not_insured),
    MEDICAL_SERVICES: Need(_medical_services),
    fssp.ENFORCEMENT: Need(_enforcement),
    minoborony.MILITARY_SERVICE: Need(_military_service),
    zags.BIRTHS: Need(_births),
    zags.DEATHS: Need(_death, _death_objection),
    zags.MARRIAGES: Need(_marriages),
    zags.ACT_RECORD: Need(_act_record),
    UNEMPLOYMENT: Need(_unemployed),
    SOCIAL_BENEFITS: Need(_social_benefits),
    SCHOOL: Need(_pupil),
    GUARDIANSHIP: Need(_ward),
    HOUSING_QUEUE: Need(_housing_queue),
    PRIVATISATION: Need(_privatised),
    HOUSEHOLD_BOOK: Need(_household_book),
}
"""Kinds about a person."""
