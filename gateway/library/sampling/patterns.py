r"""Regular expressions of XSD (XML Schema part 2, appendix F): matched in linear time, and written by chance.

They are read here, not by `re`: a foreign `([a-z]+ ?)+` would keep a backtracking matcher busy for years, and
texts of a wanted length can only be written by who knows which lengths there are. Sets of positions and of
lengths are the bits of an integer: bit n stands for n.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from gateway.library.sampling.characters import CharacterSet, PatternError, Style, escape
from gateway.library.sampling.draw import Draw

__all__ = ["LONGEST", "Branches", "One", "Pattern", "PatternError", "Repeated", "Sequence", "read", "sums"]

LONGEST: Final = 1_000
"""Characters of the longest text that is written after a pattern."""

_MORE: Final = (3, 12)
"""By how much a text is longer than the shortest one, where the pattern leaves the choice."""

_DEEPEST: Final = 60
_ESCAPED: Final = {"n": "\n", "r": "\r", "t": "\t"}
_QUANTIFIERS: Final = {"?": (0, 1), "*": (0, None), "+": (1, None)}


class _Subject:
    """A text under a pattern, which remembers where the characters of each set stand."""

    def __init__(self, text: str) -> None:
        self.text: Final = text
        self._reversed: Final = text[::-1]
        self._positions: dict[int, int] = {}

    def positions(self, characters: CharacterSet) -> int:
        found = self._positions.get(id(characters))
        if found is None:
            bits = "".join(map(characters.bits.__getitem__, self._reversed))
            found = int(bits or "0", 2)
            self._positions[id(characters)] = found
        return found


class Pattern(ABC):
    """A regular expression, or a part of one."""

    @abstractmethod
    def ends(self, subject: _Subject, starts: int) -> int:
        """Return the positions where a match ends that begins at one of `starts`."""

    @property
    @abstractmethod
    def lengths(self) -> int:
        """The lengths, up to LONGEST, of the texts that match."""

    @abstractmethod
    def write(self, draw: Draw, length: int, style: Style) -> str:
        """Return a text of `length`, one of `lengths`, that matches."""

    def matches(self, text: str) -> bool:
        """Tell whether the whole `text` matches."""
        return bool(self.ends(_Subject(text), 1) >> len(text) & 1)

    def text(self, draw: Draw, shortest: int, longest: int | None, style: Style, *, natural: bool = True) -> str | None:
        """Return a text that matches and is `shortest` to `longest` characters long; None if there is none.

        A `natural` text is not much longer than the shortest one.
        """
        most = LONGEST if longest is None else min(longest, LONGEST)
        possible = self.lengths >> shortest << shortest & _up_to(most)
        if not possible:
            return None
        if natural:
            least = next(_bits(possible))
            near = possible & _up_to(least + _MORE[-1])
            possible = near >> least + _MORE[0] << least + _MORE[0] or (near & ~1) or near
        return self.write(draw, draw.pick(list(_bits(possible))), style)


@dataclass(eq=False)
class One(Pattern):
    """One character of a set."""

    characters: CharacterSet

    def ends(self, subject: _Subject, starts: int) -> int:
        return (starts & subject.positions(self.characters)) << 1

    @cached_property
    def lengths(self) -> int:
        return 0 if self.characters.example is None else 0b10

    def write(self, draw: Draw, length: int, style: Style) -> str:
        return self.characters.spell(draw, length, style)


@dataclass(eq=False)
class Branches(Pattern):
    branches: list[Pattern]

    def ends(self, subject: _Subject, starts: int) -> int:
        found = 0
        for branch in self.branches:
            found |= branch.ends(subject, starts)
        return found

    @cached_property
    def lengths(self) -> int:
        found = 0
        for branch in self.branches:
            found |= branch.lengths
        return found

    def write(self, draw: Draw, length: int, style: Style) -> str:
        fitting = [branch for branch in self.branches if branch.lengths >> length & 1]
        return draw.pick(fitting).write(draw, length, style)


@dataclass(eq=False)
class Sequence(Pattern):
    parts: list[Pattern]

    def ends(self, subject: _Subject, starts: int) -> int:
        for part in self.parts:
            starts = part.ends(subject, starts)
            if not starts:
                break
        return starts

    @property
    def lengths(self) -> int:
        return self._rests[0]

    @cached_property
    def _rests(self) -> list[int]:
        """The lengths of what remains from each part on."""
        rests = [1]
        for part in reversed(self.parts):
            rests.append(sums(part.lengths, rests[-1]))
        return rests[::-1]

    def write(self, draw: Draw, length: int, style: Style) -> str:
        written = []
        for part, rest in zip(self.parts, self._rests[1:], strict=True):
            taken = draw.pick([n for n in _bits(part.lengths & _up_to(length)) if rest >> (length - n) & 1])
            written.append(part.write(draw, taken, style))
            length -= taken
        return "".join(written)


@dataclass(eq=False)
class Repeated(Pattern):
    """`part` from `least` to `most` times, without end where `most` is None."""

    part: Pattern
    least: int
    most: int | None
    _lengths: dict[tuple[int, int], int] = field(default_factory=dict)

    def ends(self, subject: _Subject, starts: int) -> int:
        # After as many rounds as there are characters either nothing is left or nothing changes any more.
        rounds = len(subject.text) + 1
        for _ in range(min(self.least, rounds)):
            starts = self.part.ends(subject, starts)
        found = fresh = starts
        for _ in range(rounds if self.most is None else min(self.most - self.least, rounds)):
            fresh = self.part.ends(subject, fresh) & ~found
            if not fresh:
                break
            found |= fresh
        return found

    @property
    def lengths(self) -> int:
        return self.lengths_within(self.least, self.most)

    def lengths_within(self, least: int, most: int | None) -> int:
        """Return the lengths where the part comes from `least` to `most` times, as often as it will if that is None."""
        return self._lengths_of(*_bounds(least, most))

    def _lengths_of(self, least: int, most: int) -> int:
        found = self._lengths.get((least, most))
        if found is None:
            found = sums(_power(self.part.lengths, least), _power(self.part.lengths | 1, most - least))
            self._lengths[least, most] = found
        return found

    def write(self, draw: Draw, length: int, style: Style) -> str:
        if isinstance(self.part, One):
            return self.part.write(draw, length, style)
        written = []
        least, most = _bounds(self.least, self.most)
        while length:
            least, most = max(least - 1, 0), most if self.most is None else most - 1
            rest = self._lengths_of(least, most)
            fitting = [n for n in _bits(self.part.lengths & _up_to(length)) if n and rest >> (length - n) & 1]
            taken = draw.pick(fitting)
            written.append(self.part.write(draw, taken, style))
            length -= taken
        return "".join(written)


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _bounds(least: int, most: int | None) -> tuple[int, int]:
    # What is repeated more often than LONGEST times must be empty sometimes, and then the bound is the same.
    least = min(least, LONGEST + 1)
    return least, max(LONGEST if most is None else min(most, LONGEST), least)


def sums(one: int, other: int) -> int:
    """Return each sum of a number of `one` and a number of `other`, up to LONGEST."""
    few, many = sorted((one, other), key=int.bit_count)
    found = 0
    while few:
        first = (few & -few).bit_length() - 1
        rest = few >> first
        following = (~rest & (rest + 1)).bit_length() - 1  # numbers in a row, as most lengths are
        found |= _spread(many, following) << first
        few = (rest >> following) << (first + following)
    return found & _up_to(LONGEST)


def _spread(numbers: int, times: int) -> int:
    """Return `numbers`, and each of them increased by 1, by 2, up to `times` - 1."""
    found, done = numbers, 1
    while done < times:
        step = min(done, times - done)
        found |= found << step
        done += step
    return found


def _up_to(most: int) -> int:
    return (2 << most) - 1


def _power(lengths: int, times: int) -> int:
    """Return each sum of `times` numbers of `lengths`."""
    found, square = 1, lengths
    while times:
        if times & 1:
            found = sums(found, square)
        times >>= 1
        square = sums(square, square) if times else square
    return found


def read(source: str) -> Pattern:
    """Read a regular expression of XSD. As there, ^ and $ are characters like others.

    Raises: PatternError.
    """
    reader = _Reader(source)
    pattern = reader.branches(0)
    if reader.position < len(source):
        raise reader.error("the end")
    return pattern


class _Reader:
    def __init__(self, source: str) -> None:
        self._source: Final = source
        self.position = 0

    def error(self, expected: str) -> PatternError:
        found = self._source[self.position : self.position + 1] or "the end"
        return PatternError(f"{self._source!r}, character {self.position + 1}: expected {expected}, found {found!r}")

    def branches(self, depth: int) -> Pattern:
        if depth > _DEEPEST:
            raise self.error(f"at most {_DEEPEST} nested groups")
        found = [self._sequence(depth)]
        while self._skips("|"):
            found.append(self._sequence(depth))
        return found[0] if len(found) == 1 else Branches(found)

    def _sequence(self, depth: int) -> Pattern:
        parts = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._quantified(self._atom(depth)))
        return parts[0] if len(parts) == 1 else Sequence(parts)

    def _atom(self, depth: int) -> Pattern:
        if self._skips("("):
            group = self.branches(depth + 1)
            self._expect(")")
            return group
        if self._skips("["):
            return One(self._set())
        if self._skips("."):
            return One(CharacterSet((("\n", "\n"), ("\r", "\r")), negated=True))
        if self._peek() in "?*+{}]":
            raise self.error("a character")
        return One(self._one())

    def _quantified(self, atom: Pattern) -> Pattern:
        sign = self._peek()
        if sign in _QUANTIFIERS:
            self.position += 1
            return Repeated(atom, *_QUANTIFIERS[sign])
        if not self._skips("{"):
            return atom
        least = most = self._number()
        if self._skips(","):
            most = None if self._peek() == "}" else self._number()
        self._expect("}")
        if most is not None and least is not None and most < least:
            raise self.error("a most that is not below the least")
        return Repeated(atom, least or 0, most)

    def _number(self) -> int | None:
        start = self.position
        while self._peek().isascii() and self._peek().isdigit():
            self.position += 1
        if not 0 < self.position - start <= 9:
            raise self.error("a number")
        return int(self._source[start : self.position])

    def _one(self) -> CharacterSet:
        """Read a character or an escape."""
        character = self._next()
        if character != "\\":
            return CharacterSet(((character, character),))
        character = self._next()
        if character in "pP":
            start = self.position - 2
            self._expect("{")
            while not self._skips("}"):
                self._next()
            return CharacterSet(escapes=(escape(self._source[start : self.position]),))
        if character in "sSiIcCdDwW":
            return CharacterSet(escapes=(escape(f"\\{character}"),))
        character = _ESCAPED.get(character, character)
        return CharacterSet(((character, character),))

    def _set(self) -> CharacterSet:
        """Read what follows "[", the closing bracket included."""
        negated = self._skips("^")
        ranges: list[tuple[str, str]] = []
        escapes: list[re.Pattern[str]] = []
        minus = None
        while not self._skips("]"):
            if self._skips("-["):
                minus = self._set()
                self._expect("]")
                break
            first = self._one()
            escapes += first.escapes
            ranges += self._range(first.ranges[0][0]) if first.ranges else ()
        return CharacterSet(tuple(ranges), tuple(escapes), negated, minus)

    def _range(self, first: str) -> list[tuple[str, str]]:
        ahead = self._source[self.position : self.position + 2]
        if not ahead.startswith("-") or ahead in ("-]", "-["):
            return [(first, first)]
        self.position += 1
        last = self._one()
        if last.ranges:
            return [(first, last.ranges[0][0])]
        raise self.error("a character that ends the range")

    def _peek(self) -> str:
        return self._source[self.position : self.position + 1]

    def _next(self) -> str:
        character = self._peek()
        if not character:
            raise self.error("more characters")
        self.position += 1
        return character

    def _skips(self, expected: str) -> bool:
        if not self._source.startswith(expected, self.position):
            return False
        self.position += len(expected)
        return True

    def _expect(self, expected: str) -> None:
        if not self._skips(expected):
            raise self.error(repr(expected))
