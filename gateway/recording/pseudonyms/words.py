"""The words of words.toml, read once."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

_FILE: Final = Path(__file__).with_name("words.toml")


@cache
def words() -> dict[str, Any]:
    """Return the tables of words.toml."""
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def folded(word: str) -> str:
    """Return a word so that two ways of writing it are equal: whatever the case, with or without dots on a letter."""
    return word.casefold().translate(str.maketrans(words()["folding"]))


def in_case_of(original: str, word: str) -> str:
    """Write `word` in capitals or in small letters when the original is."""
    if original.isupper() and len(original) > 1:
        return word.upper()
    return word.lower() if original.islower() else word
