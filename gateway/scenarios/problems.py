"""What is wrong with a scenario file: where, in which member, what was expected and what was found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.domain.likeness import nearest
from gateway.words import say

Member = tuple[str | int, ...]
"""Where a value stands in a document: ("steps", 2, "take", "within")."""

_LONGEST_FOUND: Final = 60
_MOST_LISTED: Final = 25


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line and a column of a file, both from 1."""

    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong; it reads `file:line:column: member: text`."""

    file: str
    place: Place
    member: str
    text: str

    def __str__(self) -> str:
        said = f"{self.member}: {self.text}" if self.member else self.text
        return f"{self.file}:{self.place.line}:{self.place.column}: {said}"


class ScenarioError(Exception):
    """A scenario that cannot be used; `problems` are all that was found, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: Final = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))

    @classmethod
    def of_file(cls, file: Path, text: str, place: Place = Place(), member: str = "") -> "ScenarioError":
        """Return the error with one problem."""
        return cls([Problem(str(file), place, member, text)])


def written(member: Sequence[str | int]) -> str:
    """Return a member as people write it: steps[2].take.within."""
    parts = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in member)
    return parts.removeprefix(".")


def expected(what: str, found: object) -> str:
    """Return what was expected, and what stands there instead."""
    shown = in_words(found)
    return say(f"ожидалось: {what}; найдено: {shown}", f"expected {what}, found {shown}")


def in_words(found: object) -> str:
    """Return what stands somewhere, shortened: a text in quotes, else what it is."""
    if found is None:
        return say("ничего", "nothing")
    if isinstance(found, dict):
        return say("таблица ключей", "a mapping")
    if isinstance(found, list | tuple):
        return say("список", "a list")
    text = str(found)
    return repr(text if len(text) <= _LONGEST_FOUND else text[:_LONGEST_FOUND] + "…")


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """Return that there is no `what` of this name, what was meant perhaps, and what there is."""
    listed = sorted(set(known))
    near = nearest(name, listed)
    guess = say(f"; вероятно, {near!r}", f"; {near!r} was meant perhaps") if near else ""
    some = ", ".join(listed[:_MOST_LISTED]) + (", …" if len(listed) > _MOST_LISTED else "")
    have = say(f"; есть {some or 'ничего'}", f"; there are {some or 'none'}")
    shown = in_words(name)
    return (
        say(f"не найдено: {what} {shown}", f"unknown {what} {shown}")
        + guess
        + ("" if guess and len(listed) > 9 else have)
    )
