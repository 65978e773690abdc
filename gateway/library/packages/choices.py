"""What the person who adds a package decides; whatever is left open is read out of the package."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from gateway.domain.participants import InvalidMnemonic, checked_mnemonic
from gateway.library.kind_file import problem_of_route
from gateway.library.packages.errors import PackageError
from gateway.words import say

_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}/[a-z0-9][a-z0-9_-]{0,63}")
_VERSION: Final = re.compile(r"[A-Za-z0-9]+([._-][A-Za-z0-9]+)*")
_LONGEST_VERSION: Final = 32
_LONGEST_TEXT: Final = 1_000
_YES: Final = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


@dataclass(frozen=True, slots=True)
class Choices:
    """`request` and `response` are local names, or {namespace}name; `route_by` is a path of local names.

    Raises: PackageError for a value that no kind can have.
    """

    id: str | None = None
    version: str | None = None
    name: str | None = None
    request: str | None = None
    response: str | None = None
    broadcast: bool | None = None
    provider: str | None = None
    auto: bool | None = None
    route_by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.id is not None:
            checked_id(self.id)
        if self.version is not None:
            checked_version(self.version)
        if self.provider is not None:
            try:
                checked_mnemonic(self.provider)
            except InvalidMnemonic as error:
                raise _wrong("provider", str(error)) from error
        problem = problem_of_route(list(self.route_by))
        if problem:
            raise _wrong("route_by", problem)
        if self.broadcast and (self.response or self.auto):
            raise _wrong("broadcast", say("на рассылку никто не отвечает", "nobody answers a broadcast"))

    @classmethod
    def from_fields(cls, texts: Mapping[str, str]) -> "Choices":
        """Read the fields of a form; empty ones are as good as absent. `route_by` is written a/b/@c.

        Raises: PackageError.
        """
        known = [field.name for field in fields(cls)]
        values: dict[str, Any] = {}
        for name, text in texts.items():
            if name not in known:
                raise _wrong(name, say(f"есть только {', '.join(known)}", f"there are only {', '.join(known)}"))
            if len(text) > _LONGEST_TEXT:
                raise _wrong(name, say(f"больше {_LONGEST_TEXT} знаков", f"over {_LONGEST_TEXT} characters"))
            if text.strip():
                values[name] = _value(name, text.strip())
        return cls(**values)

    def as_fields(self) -> dict[str, str]:
        """Return what `from_fields` reads; only what was chosen."""
        texts: dict[str, str] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if value not in (None, ()):
                text = "/".join(value) if isinstance(value, tuple) else value
                texts[field.name] = str(text).lower() if isinstance(value, bool) else text
        return texts


def _value(name: str, text: str) -> str | bool | tuple[str, ...]:
    if name == "route_by":
        return tuple(text.strip("/").split("/"))
    if name not in ("broadcast", "auto"):
        return text
    if text.lower() not in _YES:
        raise _wrong(
            name, say(f"ожидалось true или false, найдено {text!r}", f"expected true or false, found {text!r}")
        )
    return _YES[text.lower()]


def checked_id(text: str) -> str:
    """Return `text` when it may be the id of a kind, and so the name of its folders.

    Raises: PackageError.
    """
    if _ID.fullmatch(text) is None:
        problem = say(
            f"ожидалось ведомство/вид строчными латинскими буквами, цифрами и дефисами, найдено {text[:100]!r}",
            f"expected agency/kind in small Latin letters, digits and hyphens, found {text[:100]!r}",
        )
        raise _wrong("id", problem)
    return text


def checked_version(text: str) -> str:
    """Return `text` when it may be the version of a kind, and so the name of its folder.

    Raises: PackageError.
    """
    if len(text) > _LONGEST_VERSION or _VERSION.fullmatch(text) is None:
        problem = say(f"ожидалась версия вида 1.0.0, найдено {text[:100]!r}", f"expected 1.0.0, found {text[:100]!r}")
        raise _wrong("version", problem)
    return text


def option(name: str) -> str:
    """Return how a choice is written on the command line."""
    return "--" + name.replace("_", "-")


def _wrong(name: str, problem: str) -> PackageError:
    hint = say(f"исправьте {option(name)} (поле {name})", f"correct {option(name)} (field {name})")
    return PackageError(f"{name[:100]}: {problem}", hint)
