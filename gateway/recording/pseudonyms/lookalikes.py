"""The look-alikes of one recording: what stands for each value, and whom a text may name."""

import re
from collections import defaultdict
from functools import cache
from typing import Final

from gateway.recording.pseudonyms import firms, names, numbers, places, shapes
from gateway.recording.pseudonyms.secret import Secret
from gateway.recording.pseudonyms.sorts import PERSONAL
from gateway.recording.pseudonyms.words import folded, words

_WORD: Final = re.compile(r"\w+")
_SHORTEST: Final = 5
"""Characters of the shortest value that is looked for in texts: "22" is the number of a house, and of much else."""
_NOT_LOOKED_FOR: Final = frozenset({"house", "flat", "index"})
_WRITTEN_BY_PEOPLE: Final = frozenset({"firm", "party", "full-name", "address"})
"""Sorts whose values hold more than they should now and then: a number of the state behind the name."""
_NUMBER: Final = re.compile(r"(?<![\w.:/-])\d{10,15}(?![\w:/-]|\.\d)")
_CHECKED: Final = frozenset({"snils", "inn", "ogrn"})
_QUOTED: Final = re.compile('[\xab"\u201e\u201c]([^\xbb"\u201d]+)[\xbb"\u201d]')
_DAY: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


class LookAlikes:
    """Replaces values by look-alikes. `untouched` are ids of messages: where a value is one, it stays."""

    def __init__(self, secret: Secret, untouched: frozenset[str]) -> None:
        self.secret: Final = secret
        self.replaced = 0
        self._untouched: Final = untouched
        self._found: Final[dict[tuple[str, str], str]] = {}
        self._names: Final[defaultdict[str, set[str]]] = defaultdict(set)
        self._values: Final[defaultdict[str, dict[str, str]]] = defaultdict(dict)
        self._numbers: Final[dict[str, str]] = {}

    def of(self, sort: str, text: str) -> str:
        """Return what stands for `text`, a value of a sort of PERSONAL; white space around it stays."""
        value = text.strip()
        if not value or value in self._untouched:
            return text
        other = self._found.get((sort, value))
        if other is None:
            other = PERSONAL[sort](self.secret, value)
            if sort in _WRITTEN_BY_PEOPLE:
                other = _NUMBER.sub(self._number, other)
            self._found[sort, value] = other
        self.replaced += other != value
        return text.replace(value, other, 1)

    def learn(self, sort: str, text: str) -> None:
        """Remember a value, so that it is found in texts, and a name in its other cases too."""
        value = text.strip()
        if (sort, value) in self._found:
            return
        for name_sort, word in _named(sort, value):
            self._names[name_sort].add(_known_by(name_sort, word))
        if sort in _CHECKED and len(shapes.digits_of(value)) > _SHORTEST:
            self._numbers[shapes.digits_of(value)] = sort
        if self.of(sort, value) != value and sort not in _NOT_LOOKED_FOR:
            for said in _ways_of_saying(sort, value):
                self._look_for(said, sort)

    def _look_for(self, value: str, sort: str) -> None:
        first = _WORD.search(value)
        is_name = sort in {"surname", "first-name", "patronymic"} and value.isalpha()
        if first is not None and first.start() == 0 and len(value) >= _SHORTEST and not is_name:
            self._values[folded(first[0])][value] = sort

    def in_code(self, text: str) -> str:
        """Replace in a field of codes what is plainly personal: a known number, a contact."""
        return _in_codes().sub(self._replaced, text)

    def in_text(self, text: str) -> str:
        """Replace what is known from other fields, and what is known by its looks."""
        parts, place = [], 0
        for start, end, sort in self._known_values(text):
            parts += [_in_texts().sub(self._replaced, text[place:start]), self.of(sort, text[start:end])]
            place = end
        return "".join((*parts, _in_texts().sub(self._replaced, text[place:])))

    def _known_values(self, text: str) -> list[tuple[int, int, str]]:
        found, place = [], 0
        for word in _WORD.finditer(text):
            if word.start() < place:
                continue
            for value in sorted(self._values.get(folded(word[0]), ()), key=len, reverse=True):
                end = word.start() + len(value)
                if folded(text[word.start() : end]) == folded(value) and not _WORD.match(text[end : end + 1]):
                    found.append((word.start(), end, self._values[folded(word[0])][value]))
                    place = end
                    break
        return found

    def _replaced(self, found: re.Match[str]) -> str:
        text = found[0]
        match found.lastgroup:
            case "number" if found.re is _in_texts():
                return self._number(found)
            case "number":
                sort = self._numbers.get(text)
            case "word":
                sort = self._sort_of_word(text)
            case "address":
                self.replaced += 1
                return places.address_in_text(self.secret, text)
            case group:
                sort = "phone" if group == "local_phone" else str(group).replace("_", "-")
        return text if sort is None else self.of(sort, text)

    def _number(self, found: re.Match[str]) -> str:
        sort = self._numbers.get(found[0]) or _sort_of_number(found[0])
        return found[0] if sort is None else self.of(sort, found[0])

    def _sort_of_word(self, word: str) -> str | None:
        if not word[0].isupper() or len(word) < 3:
            return None
        for sort in ("patronymic", "first-name", "surname"):
            if self._names[sort] and _known_by(sort, word) in self._names[sort]:
                return sort
        return None


def _named(sort: str, value: str) -> list[tuple[str, str]]:
    if sort in {"surname", "first-name", "patronymic"}:
        return [(sort, word) for word in names.WORD.findall(value) if len(word) > 2]
    if sort == "full-name" or (sort == "party" and not firms.is_firm(value)):
        return [(each, word) for word, each in names.said_in(value) if len(word) > 2]
    return []


def _known_by(sort: str, word: str) -> str:
    if sort == "patronymic":
        form = names.patronymic_form(word)
        return folded(word) if form is None else form.stem
    return names.surname_form(word).stem if sort == "surname" else names.name_form(word).stem


def _ways_of_saying(sort: str, value: str) -> list[str]:
    said = [value]
    day = _DAY.match(value) if sort == "birth-date" else None
    if day is not None:
        said += [day[0], ".".join(day.groups()[::-1])]
    if sort in {"firm", "party"} and firms.is_firm(value):
        said += _QUOTED.findall(value)
    return said


def _sort_of_number(digits: str) -> str | None:
    if numbers.is_snils(digits):
        return "snils"
    if numbers.is_inn(digits):
        return "inn"
    if numbers.is_ogrn(digits):
        return "ogrn"
    return "phone" if len(digits) == 11 and digits[:2] in {"79", "89"} else None


_PLAIN: Final = (
    r"(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)",
    r"(?P<snils>(?<![\w-])\d{3}-\d{3}-\d{3}[ -]\d{2}(?!\d))",
    f"(?P<number>{_NUMBER.pattern})",
    r"(?P<phone>(?<!\w)\+7[\s(-]*\d{3,5}[\s)-]*\d{1,3}[\s-]*\d{2}[\s-]*\d{2}(?!\d))",
)


@cache
def _in_codes() -> re.Pattern[str]:
    return re.compile("|".join(_PLAIN))


@cache
def _in_texts() -> re.Pattern[str]:
    letter, capital, small = r"[^\W\d_]", r"[\u0410-\u042f\u0401]", r"[\u0430-\u044f\u0451-]"
    name = rf"{capital}{small}+"
    table = words()["patronymics"]
    endings = (stem + ending for stem in table["stems"] for ending in table["endings_male"] + table["endings_female"])
    father = rf"{capital}{small}*(?:{'|'.join(endings)})"
    patterns = (
        *_PLAIN,
        r"(?P<cadastral>(?<![\d:])\d{2}:\d{2}:\d{6,7}:\d{1,10}(?!\d))",
        r"(?P<local_phone>(?<!\w)8[\s(-]+\d{3,5}[\s)-]+\d{1,3}[\s-]?\d{2}[\s-]?\d{2}(?!\d))",
        r"(?P<series_and_number>(?<![\w-])\d{2}\s?\d{2}\s(?:\u2116\s?)?\d{6}(?!\w))",
        rf"(?P<address>{places.in_texts()})",
        rf"(?P<firm>{firms.in_texts()})",
        rf"(?P<full_name>\b{name}\s{name}\s{father}\b|\b{name}\s{capital}\.\s?{capital}\.)",
        rf"(?P<word>{letter}+(?:-{letter}+)*)",
    )
    return re.compile("|".join(patterns))
