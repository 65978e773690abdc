"""Russian by default, English on request: each text for people stands in both languages where it is said.

The language is the program's, set once by the command line, as a locale is. SMEV's own faults stay Russian on the wire;
the text of a plain SOAP fault, which is an explanation, follows the language.
"""

from enum import StrEnum


class Language(StrEnum):
    """What people read."""

    RUSSIAN = "ru"
    ENGLISH = "en"


class _Speaker:
    language = Language.RUSSIAN


def speak(language: Language) -> None:
    """Choose the language of the program."""
    _Speaker.language = language


def say(russian: str, english: str) -> str:
    """Return the text in the chosen language."""
    return russian if _Speaker.language is Language.RUSSIAN else english
