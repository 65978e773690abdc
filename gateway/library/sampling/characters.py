"""Sets of characters as regular expressions of XSD name them (XML Schema part 2, appendix F.1).

A set answers whether it holds a character, and spells words of those that a person reads with ease: Russian
letters where it holds them, no control characters while it holds others.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, Literal

from elementpath.regex import RegexError, translate_pattern

from gateway.library.sampling.draw import Draw

Style = Literal["russian", "latin", "digits"]
"""What to spell with first, where a set leaves the choice."""

# By code, because Cyrillic in this program is text for people: а е и о у, and the consonants from б to ч.
_RUSSIAN: Final = (
    "".join(map(chr, (0x430, 0x435, 0x438, 0x43E, 0x443))),
    "".join(map(chr, (*range(0x431, 0x435), 0x436, 0x437, *range(0x43A, 0x43E), *range(0x43F, 0x443), 0x447))),
)
_LATIN: Final = ("aeiou", "bcdfghklmnprstvwxz")
_DIGITS: Final = "0123456789"
_MARKS: Final = "-_.:/,;+=@#№()\"'!?*&%<>[]{}|\\^~`$ "
READABLE: Final = "".join(
    (_DIGITS, *(text for pair in (_RUSSIAN, _LATIN) for text in ("".join(pair).upper(), "".join(pair))), _MARKS)
)
_WORD: Final = 3
"""Letters of each kind that a set must hold to spell words of them; fewer are codes such as [МЖ]."""


class PatternError(ValueError):
    """Not a regular expression of XSD, or none that is understood here."""


@lru_cache(512)
def escape(text: str) -> re.Pattern[str]:
    r"""Compile one multi-character escape (\\d, \\i, \\p{L}, \\P{IsCyrillic}).

    Raises: PatternError.
    """
    try:
        # In brackets, because Python's own \w and \s are not those of XSD.
        return re.compile(translate_pattern(f"[{text}]", back_references=False, lazy_quantifiers=False))
    except (RegexError, re.error, ValueError, KeyError) as error:
        raise PatternError(str(error)) from error


@dataclass(frozen=True, eq=False)
class CharacterSet:
    """Ranges (ends included) and escapes, the whole perhaps negated, less another set."""

    ranges: tuple[tuple[str, str], ...] = ()
    escapes: tuple[re.Pattern[str], ...] = ()
    negated: bool = False
    minus: "CharacterSet | None" = None

    def __contains__(self, character: str) -> bool:
        found = any(first <= character <= last for first, last in self.ranges) or any(
            pattern.match(character) for pattern in self.escapes
        )
        return found != self.negated and (self.minus is None or character not in self.minus)

    @cached_property
    def bits(self) -> "_Bits":
        """Whether the set holds a character, as "1" or "0", remembered."""
        return _Bits(self)

    @cached_property
    def example(self) -> str | None:
        """One character of the set, a readable one if it has any; None when it is empty for XML."""
        return next((character for character in self._all() if character in self), None)

    def spell(self, draw: Draw, length: int, style: Style) -> str:
        """Return `length` characters of the set, which is not empty."""
        for alphabet in self._alphabets(style):
            if alphabet:
                return alphabet.spell(draw, length)
        return (self.example or "") * length

    def named(self) -> Iterator[str]:
        """Yield the characters that the set was written with and XML can hold."""
        yield from (end for ends in self.ranges for end in ends if _is_xml(end) or end in "\t\n\r")
        yield from () if self.minus is None else self.minus.named()

    def _all(self) -> Iterator[str]:
        yield from READABLE
        yield from self.named()
        yield from filter(str.isalpha, map(chr, range(0x20, 0xFFFE)))
        yield from filter(_is_xml, map(chr, range(0x20, 0xFFFE)))
        yield from "\t\n\r"

    def _alphabets(self, style: Style) -> tuple["_Alphabet", ...]:
        russian, latin, digits, codes, marks = self._readable
        match style:
            case "russian":
                return russian, codes, latin, digits, marks
            case "latin":
                return codes, latin, digits, marks, russian
        return digits, codes, latin, russian, marks

    @cached_property
    def _readable(self) -> tuple["_Alphabet", ...]:
        russian, latin = (self._letters(letters) for letters in (_RUSSIAN, _LATIN))
        digits, marks = (_Alphabet("".join(c for c in group if c in self)) for group in (_DIGITS, _MARKS))
        mixed = latin.capitals or latin.vowels + latin.consonants
        codes = _Alphabet(digits.vowels + mixed if digits and latin else "")
        return russian, latin, digits, codes, marks

    def _letters(self, letters: tuple[str, str]) -> "_Alphabet":
        vowels, consonants = ("".join(c for c in group if c in self) for group in letters)
        capitals = "".join(c for group in letters for c in group.upper() if c in self)
        if len(vowels + consonants) >= _WORD:
            return _Alphabet(vowels, consonants, capitals)
        if capitals:
            return _Alphabet(*("".join(c for c in group.upper() if c in self) for group in letters))
        return _Alphabet(vowels + consonants)


class _Bits(dict[str, str]):
    def __init__(self, characters: CharacterSet) -> None:
        super().__init__()
        self._characters: Final = characters

    def __missing__(self, character: str) -> str:
        found = self[character] = "1" if character in self._characters else "0"
        return found


@dataclass(frozen=True)
class _Alphabet:
    vowels: str
    consonants: str = ""
    capitals: str = ""

    def __bool__(self) -> bool:
        return bool(self.vowels or self.consonants)

    def spell(self, draw: Draw, length: int) -> str:
        """Alternate vowels and consonants; begin with a capital where there are both."""
        pools = (self.capitals or self.consonants or self.vowels, self.vowels or self.consonants)
        small = (self.consonants or self.vowels, pools[1])
        return "".join(draw.pick(pools[0] if index == 0 else small[index % 2]) for index in range(length))


def _is_xml(character: str) -> bool:
    return not "\ud800" <= character <= "\udfff" and character not in "\ufffe\uffff" and character >= " "
