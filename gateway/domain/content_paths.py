"""Paths into a business content, as kind.toml writes them: local names from below the root, "@name" last.

`Документ/@ИдДок` starts below the root, `//ДатаСвед` stands at any depth, `@ИдЗапрос` is an attribute of the root.
Positions are not written: a path means every element that has it.
"""

import re
from dataclasses import dataclass
from typing import Self

from gateway.words import say

_NAME = re.compile(r"[^\W\d][\w.\-]*")  # near enough to an NCName: what is refused here is in no schema


class InvalidPath(ValueError):
    """A text is no path into a content; says what was expected and what was found."""

    def __init__(self, text: object) -> None:
        super().__init__(
            say(
                f"ожидался путь из локальных имён (Document/@Id, //ActualDate), найдено {text!r}",
                f"expected a path of local names (Document/@Id, //ActualDate), found {text!r}",
            )
        )


@dataclass(frozen=True, slots=True)
class ContentPath:
    """A path as read: its steps, an attribute last as "@name"; `anywhere` when it may begin at any depth."""

    steps: tuple[str, ...]
    anywhere: bool = False

    @classmethod
    def read(cls, text: object) -> Self:
        """Read a path.

        Raises: InvalidPath.
        """
        if not isinstance(text, str):
            raise InvalidPath(text)
        anywhere = text.startswith("//")
        steps = text.removeprefix("//").split("/")
        *elements, last = steps
        if not all(map(_NAME.fullmatch, (*elements, last.removeprefix("@")))):
            raise InvalidPath(text)
        return cls(tuple(steps), anywhere)

    @property
    def is_attribute(self) -> bool:
        """Tell whether it leads to an attribute."""
        return self.steps[-1].startswith("@")
