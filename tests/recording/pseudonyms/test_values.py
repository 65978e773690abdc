"""Each sort of value becomes a look-alike: of its shape, by the key alone, never itself."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.world import check_digits
from gateway.recording.pseudonyms import contacts, firms, names, numbers, places, shapes
from gateway.recording.pseudonyms.secret import Secret
from gateway.recording.pseudonyms.sorts import PERSONAL

SECRET = Secret("a key of the tests")
OTHER = Secret("another key")


def digits(length: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=length, max_size=length).filter(lambda text: text.strip("0") != "")


SNILS = digits(9).filter(lambda nine: int(nine) > 1_001_998).map(check_digits.with_snils_check)
INN = st.one_of(digits(9), digits(10)).map(check_digits.with_inn_check)
SAMPLES = {
    "surname": "Смирнов",
    "first-name": "Иван",
    "patronymic": "Дмитриевич",
    "full-name": "Смирнов Иван Дмитриевич",
    "party": "ООО «Шуйский хлеб-4»",
    "firm": "ООО «Шуйский хлеб-4»",
    "snils": "952-147-714 14",
    "inn": "379945132320",
    "ogrn": "1043799978210",
    "kpp": "370201001",
    "uin": "18837990000000000171",
    "payer": "1140000000095214771414",
    "series": "2490",
    "document": "052797",
    "series-and-number": "24 90 052797",
    "digits": "900017/10/37099-ИП",
    "last-number": "37-2013-000001",
    "policy": "3790000000000017",
    "plate": "А123ВС37",
    "vin": "XTA210740A1234567",
    "account": "40817810900000000017",
    "birth-date": "1967-03-10",
    "phone": "+7 (910) 123-45-67",
    "email": "ivan.smirnov@mail.ru",
    "address": "153000, Ивановская область, г. Иваново, ул. Прядильная, д. 12, кв. 22",
    "street": "ул. Прядильная",
    "house": "12",
    "flat": "22",
    "index": "153000",
    "kladr": "37000901000000100",
    "cadastral": "37:24:990112:83",
    "uuid": "21564af5-c400-5354-ad87-0e5b9d07399a",
    "id": "I_21564af5-c400-5354-ad87-0e5b9d07399a",
    "file-name": "Смирнов_заявление.pdf",
}


def shape(text: str) -> str:
    return re.sub(r"\w", lambda sign: "9" if sign[0].isdigit() else "X" if sign[0].isupper() else "x", text)


# --- what holds for every sort -----------------------------------------------------------------------------------


def test_there_is_a_sample_of_every_sort() -> None:
    assert SAMPLES.keys() == PERSONAL.keys()


@pytest.mark.parametrize("sort", SAMPLES)
def test_a_look_alike_follows_from_the_key(sort: str) -> None:
    look, value = PERSONAL[sort], SAMPLES[sort]
    mine = look(SECRET, value)
    assert mine != value
    assert mine == look(Secret("a key of the tests"), value)
    others = {look(Secret(f"key {number}"), value) for number in range(10)}
    assert len(others) > 3
    assert value not in others


def test_an_empty_key_is_none() -> None:
    with pytest.raises(ValueError, match="empty"):
        Secret("")


@given(st.integers(2, 10**9), st.data())
def test_a_number_is_never_itself_and_no_two_become_one(size: int, data: st.DataObject) -> None:
    ranks = data.draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=4, unique=True))
    turned = [SECRET.turned("sort", rank, size) for rank in ranks]
    assert len(set(turned)) == len(ranks)
    assert all(0 <= other < size and other != rank for rank, other in zip(ranks, turned, strict=True))


@pytest.mark.parametrize("size", [2, 3, 10, 90, 1000])
def test_every_number_stands_for_one(size: int) -> None:
    turned = [SECRET.turned("sort", rank, size) for rank in range(size)]
    assert sorted(turned) == list(range(size))


# --- numbers of the state ----------------------------------------------------------------------------------------


@given(SNILS)
def test_a_snils_stays_valid_in_whatever_form(snils: str) -> None:
    other = numbers.snils(SECRET, snils)
    assert check_digits.is_snils(other)
    assert other != snils
    written = f"{snils[:3]}-{snils[3:6]}-{snils[6:9]} {snils[9:]}"
    assert numbers.snils(SECRET, written) == f"{other[:3]}-{other[3:6]}-{other[6:9]} {other[9:]}"


@given(st.lists(SNILS, min_size=2, max_size=5, unique=True))
def test_two_snils_never_become_one(several: list[str]) -> None:
    assert len({numbers.snils(SECRET, each) for each in several}) == len(several)


@given(INN)
def test_an_inn_stays_valid_and_in_its_region(inn: str) -> None:
    other = numbers.inn(SECRET, inn)
    assert check_digits.is_inn(other)
    assert other != inn
    assert (len(other), other[:2]) == (len(inn), inn[:2])


@given(digits(12), digits(14))
def test_an_ogrn_stays_valid(firm: str, sole: str) -> None:
    assert check_digits.is_ogrn(numbers.ogrn(SECRET, check_digits.with_ogrn_check(firm)))
    assert check_digits.is_ogrnip(numbers.ogrn(SECRET, check_digits.with_ogrnip_check(sole)))


@given(digits(19), digits(24))
def test_a_uin_stays_valid(short: str, long: str) -> None:
    for each in (short, long):
        assert check_digits.is_uin(numbers.uin(SECRET, check_digits.with_uin_check(each)))


@pytest.mark.parametrize(
    ("replaced", "wrong"),
    [(numbers.snils, "95214771415"), (numbers.inn, "379945132321"), (numbers.ogrn, "1043799978211")],
)
def test_a_wrong_check_stays_wrong(replaced: shapes.Look, wrong: str) -> None:
    other = replaced(SECRET, wrong)
    assert other != wrong
    assert not any(is_right(other) for is_right in (check_digits.is_snils, check_digits.is_inn, check_digits.is_ogrn))


def test_a_payer_is_known_by_the_number_inside() -> None:
    snils = numbers.snils(SECRET, "95214771414")
    assert numbers.payer(SECRET, "1140000000095214771414") == f"11400000000{snils}"
    inn, kpp = numbers.inn(SECRET, "3799907036"), numbers.kpp(SECRET, "370201001")
    assert numbers.payer(SECRET, "23799907036370201001") == f"2{inn}{kpp}"


# --- shapes ------------------------------------------------------------------------------------------------------


@given(st.text("0123456789АБВXYzя -/№", min_size=1, max_size=12))
def test_a_shape_stays(text: str) -> None:
    other = shapes.shaped(SECRET, "document", text)
    assert shape(other) == shape(text)
    assert (other == text) is (not re.search(r"[^0\W]", text))


def test_a_passport_is_the_same_in_one_text_and_in_two() -> None:
    series, number = shapes.series(SECRET, "2490"), shapes.shaped(SECRET, "document", "052797")
    assert shapes.series_and_number(SECRET, "2490 052797") == f"{series} {number}"
    assert shapes.series_and_number(SECRET, "24 90 052797") == f"{series[:2]} {series[2:]} {number}"


def test_a_certificate_keeps_its_roman_number() -> None:
    assert re.fullmatch("XI-[А-Я]{2}", shapes.series(SECRET, "XI-ФО"))


def test_zeroes_say_none_and_stay() -> None:
    assert shapes.shaped(SECRET, "document", "0") == "0"
    assert numbers.snils(SECRET, "000-000-000 00") == "000-000-000 00"


def test_a_cadastral_number_stays_in_its_district_and_block() -> None:
    first, second = (shapes.by_cadastre(SECRET, f"37:24:990112:{number}") for number in (83, 84))
    assert first.startswith("37:24:")
    assert first != second
    assert first.rsplit(":", 1)[0] == second.rsplit(":", 1)[0]


# --- people ------------------------------------------------------------------------------------------------------


def test_a_family_keeps_one_surname_in_every_gender_and_case() -> None:
    stem = names.surname(SECRET, "Смирнов")
    for ending in ("а", "у", "ым", "ой", "ых"):
        assert names.surname(SECRET, f"Смирнов{ending}") == f"{stem}{ending}"
    assert names.surname(SECRET, "СМИРНОВА") == f"{stem}а".upper()
    assert names.surname(SECRET, "Вышинская").endswith("ская") or names.surname(SECRET, "Вышинская").endswith("цкая")


def test_a_surname_with_a_hyphen_is_two() -> None:
    first, second = names.surname(SECRET, "Смирнова"), names.surname(SECRET, "Титова")
    assert names.surname(SECRET, "Смирнова-Титова") == f"{first}-{second}"


def test_a_child_has_the_name_of_its_father() -> None:
    father = names.first_name(SECRET, "Иван")
    assert names.patronymic(SECRET, "Иванович") != "Иванович"
    assert names.patronymic(SECRET, "Иванович")[:3] == father[:3] == names.patronymic(SECRET, "Ивановна")[:3]
    assert names.patronymic(SECRET, "Ивановна").endswith("на")


@pytest.mark.parametrize(("name", "ending"), [("Иваном", "ом"), ("Анну", "у"), ("Марии", "и"), ("Сергею", "ю")])
def test_a_name_keeps_its_case(name: str, ending: str) -> None:
    other = names.first_name(SECRET, name)
    assert other.endswith(ending)
    assert other != name


@given(
    st.sampled_from(["Смирнов", "Титова", "Вышинский", "Шевчук"]),
    st.sampled_from(["Иван", "Анна", "Мария", "Рафаэль"]),
    st.sampled_from(["Иванович", "Петровна", "Сергеевич"]),
)
def test_a_full_name_is_its_parts(surname: str, name: str, father: str) -> None:
    parts = names.surname(SECRET, surname), names.first_name(SECRET, name), names.patronymic(SECRET, father)
    assert names.full_name(SECRET, f"{surname} {name} {father}") == " ".join(parts)
    assert names.full_name(SECRET, f"{name} {father} {surname}") == " ".join((parts[1], parts[2], parts[0]))


def test_initials_become_others() -> None:
    other = names.full_name(SECRET, "Орлова А. В.")
    assert re.fullmatch(r"[А-ЯЁ][а-яё]+а [А-Я]\. [А-Я]\.", other)
    assert other.split()[0] == names.surname(SECRET, "Орлова")


@given(st.dates(date(1900, 2, 1), date(2013, 3, 4)))
def test_a_date_of_birth_goes_back_a_little(born: date) -> None:
    other = date.fromisoformat(contacts.birth_date(SECRET, born.isoformat()))
    assert timedelta(1) <= born - other <= timedelta(28)
    assert contacts.birth_date(SECRET, f"{born:%d.%m.%Y}") == f"{other:%d.%m.%Y}"


@pytest.mark.parametrize(
    "odd", ["1967-02-31", "1967-13-40", "31.02.1967", "0000-00-00", "not a date", "1967-03", "19670310"]
)
def test_an_odd_date_of_birth_crashes_nothing(odd: str) -> None:
    assert contacts.birth_date(SECRET, odd) != odd


@pytest.mark.parametrize("written", ["+7 (910) 123-45-67", "8 910 123 45 67", "89101234567", "9101234567"])
def test_a_phone_keeps_its_form_and_stays_a_mobile_one(written: str) -> None:
    other = contacts.phone(SECRET, written)
    assert shape(other) == shape(written)
    assert shapes.digits_of(other)[-10:] == shapes.digits_of(contacts.phone(SECRET, "+79101234567"))[-10:]
    assert shapes.digits_of(other)[-10] == "9"


def test_a_letter_arrives_nowhere() -> None:
    assert re.fullmatch(r"u[0-9a-f]{10}@example\.org", contacts.email(SECRET, "ivan@mail.ru"))


def test_a_uuid_keeps_its_version_and_its_case() -> None:
    other = contacts.uuid(SECRET, "21564AF5-C400-5354-AD87-0E5B9D07399A")
    assert re.fullmatch(r"[0-9A-F]{8}-[0-9A-F]{4}-5[0-9A-F]{3}-A[0-9A-F]{3}-[0-9A-F]{12}", other)


# --- places and firms --------------------------------------------------------------------------------------------


def test_an_address_in_one_text_is_its_parts() -> None:
    street, house = places.street(SECRET, "ул. Прядильная"), places.house(SECRET, "12")
    flat, index = places.flat(SECRET, "22"), places.postal_index(SECRET, "153000")
    assert index.startswith("153")
    assert (
        places.address(SECRET, "153000, Ивановская область, г. Иваново, ул. Прядильная, д. 12, кв. 22")
        == f"{index}, Ивановская область, г. Иваново, {street}, д. {house}, кв. {flat}"
    )


@pytest.mark.parametrize(
    "written",
    [
        "г. Иваново ул. Прядильная д. 12 кв. 22",
        "Ивановская обл., Ивановский р-н, с. Ново-Талицы, Прядильная ул., 12-22",
        "Иваново, Прядильная, 12",
    ],
)
def test_an_address_loses_its_street_and_house_however_it_is_written(written: str) -> None:
    other = places.address(SECRET, written)
    assert "Прядильная" not in other
    assert not re.search(r"\b12\b", other)


def test_a_firm_keeps_its_form_and_a_body_of_the_state_its_name() -> None:
    short, full = "ООО «Шуйский хлеб-4»", "Общество с ограниченной ответственностью «Шуйский хлеб-4»"
    assert re.fullmatch("ООО «[^»]+»", firms.firm(SECRET, short))
    assert firms.firm(SECRET, full).split("«")[1] == firms.firm(SECRET, short).split("«")[1]
    body = "Администрация городского округа Иваново"
    assert firms.firm(SECRET, body) == firms.party(SECRET, body) == body
    assert firms.firm(SECRET, "ИП Смирнов Иван") == f"ИП {names.full_name(SECRET, 'Смирнов Иван')}"


@pytest.mark.parametrize(
    ("name", "kept"),
    [("заявление.pdf", True), ("application.xml", True), ("attachment-1", True), ("Смирнов И.И. паспорт.pdf", False)],
)
def test_a_file_name_says_nobodys_name(name: str, kept: bool) -> None:
    other = contacts.file_name(SECRET, name)
    assert (other == name) is kept
    assert "Смирнов" not in other
    assert other.rpartition(".")[2] == name.rpartition(".")[2] or kept
