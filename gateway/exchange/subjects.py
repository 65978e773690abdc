"""Whom a request is about, and for which case, told by the names of its elements (gateway.library.naming)."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, TypeAlias

from gateway.domain.cases import Subject
from gateway.domain.catalogue import DataKind
from gateway.library.naming import case_number_name, meaning_of
from gateway.xml import Element

_Said: TypeAlias = dict[str, str]
"""What one part of a content says about one person or firm: values by field."""

_ISO: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?![0-9])")
_RUSSIAN: Final = re.compile(r"(\d\d)\.(\d\d)\.(\d{4})")
_OGRN: Final = re.compile(r"(?<!\d)\d{13}(?:\d\d)?(?!\d)")
_NUMBER: Final = re.compile(r"\w[\w./-]*\d[\w./-]*")
_ROLES: Final = frozenset(("child", "spouse", "mother", "father", "head"))
_MOST: Final = 1000
"""Subjects of one content: more are nobody's request, and the sender of a message chooses how many."""
_LONGEST: Final = 1000
"""Characters of a value that are looked at: nobody's name is longer, and the value comes off the wire."""


def subjects_of(content: Element) -> tuple[Subject, ...]:
    """Return the persons and firms that a business content names, in its order; who asks is not among them.

    The content need not be valid. What cannot be read as what its name says (a number of another length, a date that
    is none) is passed over.
    """
    groups: list[_Said] = []
    loose = _gather(content, None, groups)
    if loose:
        groups.insert(0, loose)
    found = [subject for said in groups for subject in _subjects(said)]
    return tuple(dict.fromkeys(found) if len(found) > 1 else found)


def case_number_of(kind: DataKind, content: Element) -> str | None:
    """Return the number of the case that a business content names; None when it names none.

    It is the first element or attribute that is called so (CaseNumber, externalNumber and their like, also in Russian),
    or the one that `kind` calls otherwise. Of a text the last word with a digit is the number.
    """
    special = case_number_name(kind)
    for element in content.iter("*"):
        tag = str(element.tag)
        for name, value in element.attrib.items():
            if value and (_is_case_number(str(name)) or str(name) == special):
                return _in_words(str(value))
        if element.text and not len(element) and (_is_case_number(tag) or tag.rpartition("}")[2] == special):
            found = _in_words(element.text)
            if found is not None:
                return found
    return None


def _is_case_number(name: str) -> bool:
    return meaning_of(name).field == "case_number"


def _in_words(text: str) -> str | None:
    found = _NUMBER.findall(text[:_LONGEST])
    return found[-1] if found else text.strip() or None


def _gather(element: Element, around: frozenset[str] | None, groups: list[_Said]) -> _Said:
    """Return what `element` says of one subject; what it says of others goes to `groups`.

    The name of the root (`around` is None) says what a request is, not what stands in it.
    """
    meaning = meaning_of(str(element.tag))
    around = frozenset() if around is None else around | meaning.contexts if meaning.contexts else around
    loose: _Said = {}
    if "asker" in around:
        return loose
    for name, value in element.attrib.items():
        _note(loose, str(name), str(value), around)
    if not len(element):
        _note(loose, str(element.tag), element.text or "", around)
    elif meaning.field == "birth_date":
        loose |= _parted_date(element)
    else:
        _gather_below(element, around, loose, groups)
    return loose


def _gather_below(element: Element, around: frozenset[str], loose: _Said, groups: list[_Said]) -> None:
    """Add to `loose` what the children say of the same subject; a relative, or whoever is called otherwise, is not."""
    for child in element.iterchildren("*"):
        said = _gather(child, around, groups)
        is_relative = bool(said) and len(child) > 0 and not _ROLES.isdisjoint(meaning_of(str(child.tag)).contexts)
        if len(groups) >= _MOST:
            return
        if is_relative or any(loose.get(field, value) != value for field, value in said.items()):
            groups.append(said)
        else:
            loose.update(said)


def _parted_date(element: Element) -> _Said:
    """Read a date whose year, month and day are elements."""
    parts = {meaning_of(str(child.tag)).field: (child.text or "").strip() for child in element.iterchildren("*")}
    text = "-".join((parts.get("year", ""), parts.get("month", "").zfill(2), parts.get("day", "").zfill(2)))
    return _read_date(text)


def _note(said: _Said, name: str, value: str, around: frozenset[str]) -> None:
    """Add what a name and its value say, if they say anything."""
    meaning = meaning_of(name)
    read = None if meaning.field is None else _READERS.get(meaning.field)
    if read is None or not value or len(value) > _LONGEST:
        return
    if meaning.field in ("series", "number") and "paper" not in around | meaning.contexts:
        return
    if meaning.field == "name" and "firm" in around:
        read = _READERS["firm_full_name"]
    said |= read(" ".join(value.split()))


def _digits(text: str) -> str:
    return text if text.isdecimal() else "".join(character for character in text if character.isdecimal())


def _number(field: str, *lengths: int) -> Callable[[str], _Said]:
    def read(value: str) -> _Said:
        digits = _digits(value)
        return {field: digits} if len(digits) in lengths else {}

    return read


def _word(field: str) -> Callable[[str], _Said]:
    return lambda value: {field: value} if value else {}


def _read_inn(value: str) -> _Said:
    digits = _digits(value)
    return {"firm_inn" if len(digits) == 10 else "inn": digits} if len(digits) in (10, 12) else {}


def _read_ogrn(value: str) -> _Said:
    digits = _digits(value)
    return {"ogrn" if len(digits) == 13 else "ogrnip": digits} if len(digits) in (13, 15) else {}


def _read_date(value: str) -> _Said:
    if found := _ISO.match(value):
        year, month, day = found.groups()
    elif found := _RUSSIAN.match(value):
        day, month, year = found.groups()
    else:
        return {}
    try:
        return {"birth_date": date(int(year), int(month), int(day)).isoformat()}
    except ValueError:
        return {}


def _read_full_name(value: str) -> _Said:
    """Read a person's name of two or three words; any other is a firm's."""
    parts = value.split()
    if len(parts) in (2, 3) and all(part.replace("-", "").isalpha() for part in parts):
        return dict(zip(("family_name", "first_name", "patronymic"), parts, strict=False))
    return _read_firm(value)


def _read_firm(value: str) -> _Said:
    ogrn = _OGRN.search(value)
    return {"firm_name": value} if ogrn is None else {"firm_name": value, "ogrn": ogrn[0]}


def _read_paper(value: str) -> _Said:
    digits = _digits(value)
    return {"series": digits[:4], "number": digits[4:]} if len(digits) == 10 else {}


def _read_payer(value: str) -> _Said:
    """Read an identifier of a payer of the system of payments: a person by passport, SNILS or INN; a firm by INN."""
    kind, number = value[:3], value[3:]
    if value.startswith("2") and len(value) == 20:
        return {"firm_inn": value[1:11]}
    if value.startswith("4"):
        return _read_inn(value[1:])
    readers: Mapping[str, Callable[[], _Said]] = {
        "101": lambda: _read_paper(number[-10:]),
        "114": lambda: _number("snils", 11)(number[-11:]),
        "121": lambda: _read_inn(number[-12:]),
    }
    return readers[kind]() if kind in readers else {}


_READERS: Final[Mapping[str, Callable[[str], _Said]]] = {
    "snils": _number("snils", 11),
    "inn": _read_inn,
    "ogrn": _read_ogrn,
    "ogrnip": _read_ogrn,
    "family_name": _word("family_name"),
    "first_name": _word("first_name"),
    "patronymic": _word("patronymic"),
    "full_name": _read_full_name,
    "name": _word("name"),
    "birth_date": _read_date,
    "series": _word("series"),
    "number": _word("number"),
    "paper": _read_paper,
    "payer": _read_payer,
    "firm_full_name": _read_firm,
    "firm_short_name": _read_firm,
    "firm": _read_firm,
}
"""How a value is read, by field; each returns values by field, none where the value is not what its name says."""


_OF_PERSON: Final = frozenset(("snils", "inn", "ogrnip", "family_name", "number"))
_OF_FIRM: Final = frozenset(("firm_inn", "ogrn", "firm_name"))
"""Fields that tell one subject from another; a name without its family name does not."""


def _subjects(said: _Said) -> tuple[Subject, ...]:
    """Return the person and the firm that one group of values names."""
    return (
        *(() if _OF_PERSON.isdisjoint(said) else (_person(said),)),
        *(() if _OF_FIRM.isdisjoint(said) else (_firm(said),)),
    )


def _person(said: _Said) -> Subject:
    series, number = _digits(said.get("series", "")), _digits(said.get("number", ""))
    is_passport = len(series) == 4 and len(number) == 6
    family_name, born = said.get("family_name"), said.get("birth_date")
    return Subject(
        snils=said.get("snils"),
        inn=said.get("inn"),
        ogrn=said.get("ogrnip"),
        family_name=family_name,
        first_name=said.get("first_name") or (said.get("name") if family_name else None),
        patronymic=said.get("patronymic"),
        birth_date=None if born is None else date.fromisoformat(born),
        passport_series=series if is_passport else None,
        passport_number=number if is_passport else None,
    )


def _firm(said: _Said) -> Subject:
    return Subject(inn=said.get("firm_inn"), ogrn=said.get("ogrn"), name=said.get("firm_name"))
