"""Numbers of the state: СНИЛС, ИНН, ОГРН, КПП, УИН. Check digits stay as right, or as wrong, as they were.

A wrong check is often what a test is about, so that it stays wrong by the same difference.
"""

from collections.abc import Callable
from typing import Final

from gateway.recording.pseudonyms.secret import Secret
from gateway.recording.pseudonyms.shapes import DIGITS, after, digits_of, refilled, shaped

_INN_FIRM: Final = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_PERSON: Final = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_UNCHECKED_SNILS: Final = 1_001_998
"""Numbers up to 001-001-998 carry no check digits."""


def snils_check(nine: str) -> str:
    """Return the two check digits of a СНИЛС."""
    check = sum(int(digit) * weight for digit, weight in zip(nine, range(9, 0, -1), strict=True)) % 101
    return f"{check % 100:02d}"


def inn_check(digits: str) -> str:
    """Return the check of an ИНН: one digit behind the 9 of a firm, two behind the 10 of a person."""
    if len(digits) == 9:
        return _modulo_11(digits, _INN_FIRM)
    first = _modulo_11(digits, _INN_PERSON[1:])
    return first + _modulo_11(digits + first, _INN_PERSON)


def ogrn_check(digits: str) -> str:
    """Return the check digit of an ОГРН (12 digits before it) or an ОГРНИП (14)."""
    return str(int(digits) % (len(digits) - 1) % 10)


def uin_check(digits: str) -> str:
    """Return the check digit of a УИН: weights 1 to 10 over and over, modulo 11; where that is 10, again from 3 on."""
    for first in (0, 2):
        check = sum(int(digit) * ((place + first) % 10 + 1) for place, digit in enumerate(digits)) % 11
        if check < 10:
            return str(check)
    return "0"


def is_snils(digits: str) -> bool:
    """Tell whether these are the 11 digits of a СНИЛС with a right check."""
    return len(digits) == 11 and int(digits[:9]) > _UNCHECKED_SNILS and snils_check(digits[:9]) == digits[9:]


def is_inn(digits: str) -> bool:
    """Tell whether these are the 10 or 12 digits of an ИНН with a right check."""
    body = {10: 9, 12: 10}.get(len(digits))
    return body is not None and bool(digits.strip("0")) and inn_check(digits[:body]) == digits[body:]


def is_ogrn(digits: str) -> bool:
    """Tell whether these are the 13 or 15 digits of an ОГРН or ОГРНИП with a right check."""
    return len(digits) in {13, 15} and digits[0] in "135" and ogrn_check(digits[:-1]) == digits[-1]


def snils(secret: Secret, text: str) -> str:
    """Replace a СНИЛС, in whatever form it is written."""
    digits = digits_of(text)
    if len(digits) != 11 or not digits.strip("0"):
        return shaped(secret, "snils", text)
    nine = int(digits[:9])
    low, size = (0, _UNCHECKED_SNILS + 1) if nine <= _UNCHECKED_SNILS else (_UNCHECKED_SNILS + 1, 998_998_001)
    other = f"{low + secret.turned('snils', nine - low, size):09d}"
    return refilled(text, other + _as_right(digits[:9], digits[9:], other, snils_check))


def inn(secret: Secret, text: str) -> str:
    """Replace an ИНН; the region (its first two digits) stays."""
    digits = digits_of(text)
    body = {10: 9, 12: 10}.get(len(digits))
    if body is None or not digits.strip("0"):
        return shaped(secret, "inn", text)
    other = after(2, secret, "inn", digits[:body])
    return refilled(text, other + _as_right(digits[:body], digits[body:], other, inn_check))


def ogrn(secret: Secret, text: str) -> str:
    """Replace an ОГРН or ОГРНИП; the sign, the year and the region (its first five digits) stay."""
    digits = digits_of(text)
    if len(digits) not in {13, 15} or not digits.strip("0"):
        return shaped(secret, "ogrn", text)
    other = after(5, secret, "ogrn", digits[:-1])
    return refilled(text, other + _as_right(digits[:-1], digits[-1:], other, ogrn_check))


def kpp(secret: Secret, text: str) -> str:
    """Replace a КПП; the tax office and the reason stay, the number behind them does not."""
    return after(6, secret, "kpp", text) if len(text) == 9 and text.strip("0") else shaped(secret, "kpp", text)


def uin(secret: Secret, text: str) -> str:
    """Replace a УИН; who charges and for what (its first eight digits) stays."""
    if len(text) not in {20, 25} or not set(text) <= set(DIGITS) or not text.strip("0"):
        return shaped(secret, "uin", text)
    other = text[:8] + after(0, secret, "uin", text[8:-1])
    return other + _as_right(text[:-1], text[-1:], other, uin_check)


def payer(secret: Secret, text: str) -> str:
    """Replace the identifier of a payer (ГИС ГМП): the СНИЛС, ИНН or document inside as it would be by itself."""
    kind, number = text[:3], text[3:].lstrip("0")
    if kind == "114" and len(text) == 22 and len(number) <= 11:
        return kind + snils(secret, text[-11:]).zfill(19)
    if text[:1] == "2" and len(text) == 20:
        return "2" + inn(secret, text[1:11]) + kpp(secret, text[11:])
    if text[:1] == "4" and len(text) == 13:
        return "4" + inn(secret, text[1:])
    return text[:3] + shaped(secret, "payer", text[3:])


def _as_right(before: str, check: str, after_it: str, right: Callable[[str], str]) -> str:
    size: int = 10 ** len(check)
    return f"{(int(right(after_it)) + int(check) - int(right(before))) % size:0{len(check)}d}"


def _modulo_11(digits: str, weights: tuple[int, ...]) -> str:
    return str(sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11 % 10)
