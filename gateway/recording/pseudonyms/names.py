"""Names of people: surnames, first names, patronymics, by themselves and written together.

The gender and the ending stay where they are plain, so that a family keeps one surname, a sentence its grammar, and a
child the name of its father: the patronymic is made of what stands for the father's name.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from gateway.recording.pseudonyms.secret import Secret
from gateway.recording.pseudonyms.shapes import LETTERS, shaped
from gateway.recording.pseudonyms.words import folded, in_case_of, words

WORD: Final = re.compile(r"[^\W\d_]+")
_TRIPLE: Final = 3


@dataclass(frozen=True)
class Form:
    """What a name is made of: `stem` is what its forms share, `pool` the list that its look-alike comes from."""

    stem: str
    ending: str
    pool: str


def surname(secret: Secret, text: str) -> str:
    """Replace a surname; of one with a hyphen each half."""
    return WORD.sub(lambda found: _surname(secret, found[0]), text)


def surname_form(word: str) -> Form:
    """Take a surname apart."""
    for number, group in enumerate(words()["surnames"]):
        found = _pattern("surnames", number).fullmatch(folded(word))
        if found is not None and found[1]:
            return Form(found[1], word[len(found[1]) :].lower() if group["endings"] != [""] else "", str(number))
    raise AssertionError("the last group takes every word")


def first_name(secret: Secret, text: str) -> str:
    """Replace a first name; of several each."""
    return WORD.sub(lambda found: _first_name(secret, found[0]), text)


def name_form(word: str) -> Form:
    """Take a first name apart; one that is not in our lists is judged by its ending."""
    return _known_forms().get(folded(word)) or _guessed(folded(word))


def is_first_name(word: str) -> bool:
    """Tell whether a word is a form of a name in our lists."""
    return folded(word) in _known_forms()


def patronymic(secret: Secret, text: str) -> str:
    """Replace a patronymic."""
    return WORD.sub(lambda found: _patronymic(secret, found[0]), text)


def patronymic_form(word: str) -> Form | None:
    """Take a patronymic apart; None for a word that is none."""
    table = words()["patronymics"]
    for gender in ("male", "female"):
        for ending in sorted(table[f"endings_{gender}"], key=len, reverse=True):
            stem = folded(word).removesuffix(ending)
            if stem != folded(word) and stem.endswith(tuple(table["stems"])) and len(stem) > 3:
                return Form(stem, ending, gender)
    for gender, ending in zip(("male", "female"), table["short"], strict=True):
        if folded(word).endswith(ending) and len(word) > len(ending) + 1:
            return Form(folded(word), "", gender)
    return None


def full_name(secret: Secret, text: str) -> str:
    """Replace a name written in one text, each part as it would be by itself; initials get other letters."""
    found = [each for each in WORD.finditer(text) if not _is_initial(text, each)]
    parts = _parts([each[0] for each in found])
    places = {each.start(): part for each, part in zip(found, parts, strict=True)}

    def replaced(match: re.Match[str]) -> str:
        part = places.get(match.start())
        return shaped(secret, "initial", match[0], LETTERS) if part is None else part(secret, match[0])

    return WORD.sub(replaced, text)


def said_in(text: str) -> list[tuple[str, str]]:
    """Return the words of a full name, each with its sort: surname, first-name or patronymic."""
    found = [each[0] for each in WORD.finditer(text) if not _is_initial(text, each)]
    return [(word, _SORTS[part]) for word, part in zip(found, _parts(found), strict=True)]


def _is_initial(text: str, word: re.Match[str]) -> bool:
    return len(word[0]) == 1 and (text[word.end() : word.end() + 1] == "." or word[0].isupper())


Part = Callable[[Secret, str], str]


def _parts(found: list[str]) -> list[Part]:
    fathers = [place for place, word in enumerate(found) if place and patronymic_form(word) is not None]
    name_first = len(found) > 1 and (
        fathers[:1] == [1] if len(found) == _TRIPLE else is_first_name(found[0]) and not is_first_name(found[1])
    )
    order: list[Part] = [_first_name, _patronymic, _surname] if name_first else [_surname, _first_name, _patronymic]
    if name_first and len(found) == 2:
        order = [_first_name, _patronymic if fathers else _surname]
    return [order[place] if place < len(order) else _surname for place in range(len(found))]


def _surname(secret: Secret, word: str) -> str:
    if word.isascii():
        return in_case_of(word, secret.pick("surname", word.casefold().title(), words()["latin"]["surnames"]))
    form = surname_form(word)
    pool = words()["surnames"][int(form.pool)]["words"]
    like = [each for each in pool if folded(each) != form.stem]
    return in_case_of(word, secret.pick("surname", form.stem, like) + form.ending)


def _first_name(secret: Secret, word: str) -> str:
    if word.isascii():
        return in_case_of(word, secret.pick("name", word.casefold().title(), words()["latin"]["names"]))
    form = name_form(word)
    group = next(each for each in words()["names"] if each["ending"] == form.pool)
    like = [each for each in group["words"] if folded(each) != form.stem + form.pool]
    chosen = secret.pick("name", form.stem, like).removesuffix(form.pool)
    return in_case_of(word, chosen + form.ending)


def _patronymic(secret: Secret, word: str) -> str:
    form = patronymic_form(word)
    if form is None:
        return _surname(secret, word)
    table = words()["patronymics"]
    father = _fathers().get(form.stem)
    stems = sorted({stem for stem in _fathers() if stem != form.stem})
    stem = _stem_of(_first_name(secret, father)) if father else secret.pick("patronymic", form.stem, stems).title()
    ending = form.ending or table[f"endings_{form.pool}"][0]
    return in_case_of(word, stem + ending)


def _stem_of(father: str) -> str:
    special: str | None = words()["patronymics"]["of"].get(father)
    if special is not None:
        return special
    hard, soft = words()["patronymics"]["stems"][:2]
    ending = words()["names"][1]["ending"]
    return f"{father.removesuffix(ending)}{soft}" if father.endswith(ending) else f"{father}{hard}"


_SORTS: Final[dict[Part, str]] = {
    _surname: "surname",
    _first_name: "first-name",
    _patronymic: "patronymic",
}


@cache
def _fathers() -> dict[str, str]:
    """Return the name of the father by the folded stem of his children's patronymic."""
    male = [name for group in words()["names"][:2] for name in group["words"]]
    return {folded(_stem_of(name)): name for name in (*words()["patronymics"]["of"], *male)}


@cache
def _known_forms() -> dict[str, Form]:
    forms: dict[str, Form] = {}
    for group in reversed(words()["names"]):
        for name in group["words"]:
            stem = folded(name).removesuffix(group["ending"])
            forms |= {stem + ending: Form(stem, ending, group["ending"]) for ending in group["endings"]}
    for pool, names in words()["own_way"].items():
        forms |= {folded(name): Form(folded(name), pool, pool) for name in names}
    # The nominative of one name is stronger than another case of a second: some names of women are such.
    for group in words()["names"]:
        for name in group["words"]:
            stem = folded(name).removesuffix(group["ending"])
            forms[folded(name)] = Form(stem, group["ending"], group["ending"])
    return forms


def _guessed(word: str) -> Form:
    for group in reversed(words()["names"]):
        if group["ending"] and word.endswith(group["ending"]):
            return Form(word.removesuffix(group["ending"]), group["ending"], group["ending"])
    return Form(word, "", "")


@cache
def _pattern(table: str, number: int) -> re.Pattern[str]:
    group: dict[str, Any] = words()[table][number]
    stems = "|".join(folded(each) for each in group["stems"])
    endings = "|".join(sorted(group["endings"], key=len, reverse=True))
    if group["stems"] == [""]:
        return re.compile(r"(.*)()")
    return re.compile(rf"(.+(?:{stems}))({endings})")
