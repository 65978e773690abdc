"""Check digits against published examples, and against every single wrong digit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.world.check_digits import (
    is_inn,
    is_ogrn,
    is_ogrnip,
    is_snils,
    is_uin,
    with_inn_check,
    with_ogrn_check,
    with_ogrnip_check,
    with_snils_check,
    with_uin_check,
)

# The worked examples of the rules themselves; 7707083893 and 1027700132195 are a bank's, printed on its site.
SNILS = "11223344595"
FIRM_INN = "7707083893"
PERSON_INN = "500100732259"
OGRN = "1027700132195"
OGRNIP = "304500116000157"


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


def test_published_numbers_are_right() -> None:
    assert with_snils_check("112233445") == SNILS
    assert with_inn_check("770708389") == FIRM_INN
    assert with_inn_check("5001007322") == PERSON_INN
    assert with_ogrn_check("102770013219") == OGRN
    assert is_snils(SNILS)
    assert is_inn(FIRM_INN)
    assert is_inn(PERSON_INN)
    assert is_ogrn(OGRN)
    assert with_ogrnip_check("30450011600015") == OGRNIP
    assert is_ogrnip(OGRNIP)


@pytest.mark.parametrize(
    ("nineteen", "check"),
    [
        ("1" * 19, "1"),  # 55 + 45 = 100, of which 1 remains
        ("4000000000000000000", "4"),
        ("0400000000000000000", "8"),
        ("0000000000000000001", "9"),  # the nineteenth weight is 9
        (
            "0000000001000000000",
            "2",
        ),  # the tenth weight is 10, and so is the remainder: then the weights are 3 … 10, 1, 2
        ("0000100000000000000", "5"),
    ],
)
def test_a_uin_is_checked_by_weights_from_1_to_10(nineteen: str, check: str) -> None:
    assert with_uin_check(nineteen) == nineteen + check
    assert is_uin(nineteen + check)


@given(digits(19) | digits(24), st.data())
def test_a_wrong_check_of_a_uin_is_found(body: str, data: st.DataObject) -> None:
    made = with_uin_check(body)
    assert is_uin(made)
    assert not is_uin(made[:-1] + str((int(made[-1]) + data.draw(st.integers(1, 9))) % 10))


@given(digits(14), st.integers(1, 9))
def test_a_wrong_check_of_an_ogrnip_is_found(fourteen: str, step: int) -> None:
    made = with_ogrnip_check(fourteen)
    assert is_ogrnip(made)
    assert not is_ogrnip(made[:-1] + str((int(made[-1]) + step) % 10))


@pytest.mark.parametrize(
    ("nine", "weighted_sum", "check"),
    [
        ("900000058", 99, "99"),
        ("900000059", 100, "00"),
        ("900000068", 101, "00"),
        ("900069999", 201, "00"),
        ("900078999", 202, "00"),
    ],
)
def test_a_snils_remainder_of_100_becomes_00(nine: str, weighted_sum: int, check: str) -> None:
    assert sum(int(digit) * weight for digit, weight in zip(nine, range(9, 0, -1), strict=True)) == weighted_sum
    assert with_snils_check(nine) == nine + check


@given(digits(9))
def test_numbers_made_here_are_right_and_no_other_check_is(nine: str) -> None:
    made = with_snils_check(nine)
    assert is_snils(made)
    wrong = f"{made[:9]}{(int(made[9:]) + 1) % 100:02d}"
    assert is_snils(wrong) == (int(nine) <= 1001998)


@given(digits(9), digits(10), digits(12), st.data())
def test_every_single_wrong_digit_at_the_end_is_found(nine: str, ten: str, twelve: str, data: st.DataObject) -> None:
    step = data.draw(st.integers(1, 9))

    def spoiled(number: str) -> str:
        return number[:-1] + str((int(number[-1]) + step) % 10)

    firm, person, ogrn = with_inn_check(nine), with_inn_check(ten), with_ogrn_check(twelve)
    assert (is_inn(firm), is_inn(person), is_ogrn(ogrn)) == (True, True, True)
    assert (is_inn(spoiled(firm)), is_inn(spoiled(person)), is_ogrn(spoiled(ogrn))) == (False, False, False)


@pytest.mark.parametrize("wrong", ["", "12", "1122334459x", "112-233-445 95", "١١٢٢٣٣٤٤٥٩٥"])
def test_what_is_no_number_of_that_length_is_wrong(wrong: str) -> None:
    assert not is_snils(wrong)
    assert not is_inn(wrong)
    assert not is_ogrn(wrong)
    assert not is_ogrnip(wrong)
    assert not is_uin(wrong)


def test_making_a_number_of_wrong_length_fails() -> None:
    with pytest.raises(ValueError, match="expected 9 digits, found '12'"):
        with_snils_check("12")
    with pytest.raises(ValueError, match="expected 10 digits"):
        with_inn_check("12345678901")
    with pytest.raises(ValueError, match="expected 12 digits"):
        with_ogrn_check("1")
    with pytest.raises(ValueError, match="expected 14 digits"):
        with_ogrnip_check("1")
    with pytest.raises(ValueError, match="expected 19 digits"):
        with_uin_check("1")
