"""One place of a sample that needs a value: what is known of it, and the chance to draw by."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Final

from xmlschema.validators import XsdAttribute, XsdElement

from gateway.library.sampling.draw import Draw

_LONGEST_TITLE: Final = 60
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_TITLES: Final = "titles.toml"


@dataclass(frozen=True, slots=True)
class Occasion:
    """`name` is the local name in the schema, `title` what people call it; `number` tells values of a name apart."""

    name: str
    title: str
    number: int
    draw: Draw
    today: date


def title_of(declared: XsdElement | XsdAttribute) -> str:
    """Return the documentation where that is a short phrase in Russian, else a title by the name, else the name."""
    annotation = declared.annotation
    said = next((_one_line(node.itertext()) for node in annotation.documentation), "") if annotation is not None else ""
    if 0 < len(said) <= _LONGEST_TITLE and any("\u0400" <= letter <= "\u04ff" for letter in said):
        return said
    return _title_by(declared.local_name or "")


def _one_line(texts: Iterator[str]) -> str:
    return " ".join("".join(texts).split()).rstrip(".")


@cache
def _title_by(name: str) -> str:
    words = [word.lower() for word in _WORD.findall(name)]
    endings = (" ".join(words[start:]) for start in range(len(words)))
    return next((_titles()[ending] for ending in endings if ending in _titles()), name)


@cache
def _titles() -> dict[str, str]:
    text = resources.files("gateway.library.sampling").joinpath(_TITLES).read_text(encoding="utf-8")
    titles: dict[str, str] = tomllib.loads(text)["titles"]
    return titles
