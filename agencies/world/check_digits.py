"""Check digits of Russian identifiers: computed, and tested.

Numbers are texts of ASCII digits without separators, because leading zeroes count.
"""

from operator import mul
from typing import Final

_INN_FIRM: Final = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_PERSON_FIRST: Final = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_PERSON_SECOND: Final = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_SNILS_WEIGHTS: Final = (9, 8, 7, 6, 5, 4, 3, 2, 1)
_SNILS_UNCHECKED: Final = 1001998
"""Numbers up to 001-001-998 carry no check digits: any two digits may follow them."""


def with_snils_check(nine: str) -> str:
    """Return the 11 digits of a СНИЛС from its nine; raises ValueError unless there are nine digits."""
    _require(nine, 9)
    check = _weighted(nine, _SNILS_WEIGHTS) % 101
    return f"{nine}{0 if check == 100 else check:02d}"


def with_inn_check(digits: str) -> str:
    """Return an ИНН from its digits without the check: 9 digits give a firm's 10, and 10 a person's 12.

    Raises: ValueError for any other length.
    """
    if len(digits) == 9:
        _require(digits, 9)
        return digits + _modulo_11(digits, _INN_FIRM)
    _require(digits, 10)
    eleven = digits + _modulo_11(digits, _INN_PERSON_FIRST)
    return eleven + _modulo_11(eleven, _INN_PERSON_SECOND)


def with_ogrn_check(twelve: str) -> str:
    """Return the 13 digits of an ОГРН from its twelve; raises ValueError unless there are twelve digits."""
    _require(twelve, 12)
    return f"{twelve}{int(twelve) % 11 % 10}"


def with_ogrnip_check(fourteen: str) -> str:
    """Return the 15 digits of an ОГРНИП from its fourteen; raises ValueError unless there are fourteen digits."""
    _require(fourteen, 14)
    return f"{fourteen}{int(fourteen) % 13 % 10}"


def with_uin_check(digits: str) -> str:
    """Return a УИН of 20 or 25 digits from all but the last one; raises ValueError for any other length.

    The check is the one of Russian classifiers: weights 1 to 10 over and over, the sum modulo 11; where that is 10,
    once more with weights from 3 on, and where it is 10 again, 0.
    """
    _require(digits, 24 if len(digits) == 24 else 19)
    for first in (0, 2):
        check = sum(int(digit) * ((place + first) % 10 + 1) for place, digit in enumerate(digits)) % 11
        if check < 10:
            return f"{digits}{check}"
    return f"{digits}0"


def is_snils(digits: str) -> bool:
    """Tell whether `digits` is a СНИЛС of 11 digits with a right check."""
    if not _is_number(digits, 11):
        return False
    return int(digits[:9]) <= _SNILS_UNCHECKED or with_snils_check(digits[:9]) == digits


def is_inn(digits: str) -> bool:
    """Tell whether `digits` is an ИНН, of a firm (10 digits) or of a person (12), with a right check."""
    if _is_number(digits, 10):
        return with_inn_check(digits[:9]) == digits
    return _is_number(digits, 12) and with_inn_check(digits[:10]) == digits


def is_ogrn(digits: str) -> bool:
    """Tell whether `digits` is an ОГРН of 13 digits with a right check."""
    return _is_number(digits, 13) and with_ogrn_check(digits[:12]) == digits


def is_ogrnip(digits: str) -> bool:
    """Tell whether `digits` is an ОГРНИП of 15 digits with a right check."""
    return _is_number(digits, 15) and with_ogrnip_check(digits[:14]) == digits


def is_uin(digits: str) -> bool:
    """Tell whether `digits` is a УИН of 20 or 25 digits with a right check."""
    return (_is_number(digits, 20) or _is_number(digits, 25)) and with_uin_check(digits[:-1]) == digits


def _weighted(digits: str, weights: tuple[int, ...]) -> int:
    # A world spends a tenth of its time here; a generator takes more than twice as long.
    return sum(map(mul, map(int, digits), weights))


def _modulo_11(digits: str, weights: tuple[int, ...]) -> str:
    return str(_weighted(digits, weights) % 11 % 10)


def _is_number(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdigit()


def _require(text: str, length: int) -> None:
    if not _is_number(text, length):
        raise ValueError(f"expected {length} digits, found {text!r}")
