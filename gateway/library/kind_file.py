"""kind.toml as a table whose every look-up knows its line."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any, Final, Self, TypeVar

from gateway.domain.content_paths import ContentPath, InvalidPath
from gateway.domain.participants import InvalidMnemonic, checked_mnemonic

KIND_FILE: Final = "kind.toml"
FIDELITIES: Final = ("official", "simplified", "own")
TYPE_NAMES: Final = {str: "a text", bool: "true or false", list: "a list", dict: "a table"}

_T = TypeVar("_T")


class KindError(ValueError):
    """A kind's folder is broken; reads `path:line: message`, the line counted from 1."""

    def __init__(self, path: PurePath, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")
        self.path = path
        self.line = line
        self.message = message

    @classmethod
    def from_cause(cls, path: PurePath, cause: Exception) -> "KindError":
        """Wrap what a reader of `path` raised; parsers name the line in their words ("line 3, column 5")."""
        line = re.search(r"line (\d+)", str(cause))
        message = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)
        return cls(path, int(line[1]) if line else 1, message)


class TomlFile:
    """A TOML file of a kind: typed look-ups by "key" or "table.key".

    Raises: KindError.
    """

    def __init__(self, path: PurePath, content: bytes) -> None:
        self.path: Final = path
        try:
            self._text = content.decode("utf-8-sig")
            self.table: Final[dict[str, Any]] = tomllib.loads(self._text)
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise KindError.from_cause(path, error) from error

    @classmethod
    def read(cls, path: Path) -> Self:
        try:
            return cls(path, path.read_bytes())
        except OSError as error:
            raise KindError.from_cause(path, error) from error

    def value(self, dotted: str, expected: type[_T]) -> _T:
        """Return the value of a key that must be there."""
        found = self.find(dotted, expected)
        if found is None:
            raise self.error(dotted, f"the key {dotted!r} is missing")
        return found

    def find(self, dotted: str, expected: type[_T]) -> _T | None:
        """Return the value of a key, None where it is absent."""
        table, _, key = dotted.rpartition(".")
        inside = (self.find(table, dict) or {}) if table else self.table
        found = inside.get(key)
        if found is None:
            return None
        if not isinstance(found, expected) or found == "":
            raise self.error(dotted, f"{dotted}: expected {TYPE_NAMES[expected]}, found {found!r}")
        return found

    def only(self, known: tuple[str, ...], prefix: str = "", table: Mapping[str, Any] | None = None) -> None:
        """Refuse every key that is not `known`."""
        for key in self.table if table is None else table:
            if key not in known:
                raise self.error(prefix + key, f"unknown key {key!r}; known are {', '.join(known)}")

    def error(self, dotted: str, message: str) -> KindError:
        return KindError(self.path, self.line_of(dotted), message)

    def line_of(self, dotted: str, occurrence: int = 1) -> int:
        """Return the line of "key" or "table.key", or of the table, or else 1.

        Of a table that stands several times ([[table]]) the one of that number is meant.
        """
        table, _, key = dotted.rpartition(".")
        said = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*=""")
        inside, header_line, seen = not table, 1, 0
        for number, text in enumerate(self._text.splitlines(), start=1):
            header = re.match(r"\s*\[{1,2}\s*([^\[\]]+?)\s*\]", text)
            if header:
                seen += header[1] == (table or dotted)
                inside = header[1] == table and seen == occurrence
                header_line = number if header[1] == (table or dotted) and seen == occurrence else header_line
            elif inside and said.match(text):
                return number
        return header_line


KEYS: Final = (
    "id",
    "version",
    "name",
    "name_en",
    "owner",
    "fidelity",
    "schema",
    "broadcast",
    "route_by",
    "auto",
    "provider",
    "interagency",
    "request",
    "response",
    "compare",
)
ROOT_KEYS: Final = ("namespace", "root")
COMPARE_KEYS: Final = ("volatile", "unordered")


class KindFile(TomlFile):
    """What kind.toml says of a kind; whatever is said has its type, and nothing unknown is said.

    Raises: KindError.
    """

    def __init__(self, path: PurePath, content: bytes) -> None:
        super().__init__(path, content)
        self.only(KEYS)
        for role in ("request", "response"):
            table = self.find(role, dict)
            if table is not None:
                self.only(ROOT_KEYS, f"{role}.", table)
        self.only(COMPARE_KEYS, "compare.", self.find("compare", dict) or {})

    def fidelity(self) -> str | None:
        """Return how near the schema is to the published one."""
        found = self.find("fidelity", str)
        if found is not None and found not in FIDELITIES:
            raise self.error("fidelity", f"expected {' or '.join(FIDELITIES)}, found {found!r}")
        return found

    def broadcast(self) -> bool | None:
        """Tell whether nobody answers requests of the kind."""
        found = self.find("broadcast", bool)
        if found and "response" in self.table:
            raise self.error("response", "a broadcast has no [response]")
        if found and self.find("auto", bool):
            raise self.error("auto", "nobody answers a broadcast, so it cannot be answered automatically")
        return found

    def interagency(self) -> bool:
        """Tell whether bodies ask each other for the kind; a broadcast asks nobody for anything."""
        found = self.find("interagency", bool)
        return not self.find("broadcast", bool) if found is None else found

    def provider(self) -> str | None:
        """Return the mnemonic of the provider."""
        found = self.find("provider", str)
        try:
            return None if found is None else checked_mnemonic(found)
        except InvalidMnemonic as error:
            raise self.error("provider", f"provider: {error}") from error

    def route_by(self) -> tuple[str, ...]:
        """Return the path of local names to what names the recipient."""
        steps = self.find("route_by", list) or []
        problem = problem_of_route(steps)
        if problem:
            raise self.error("route_by", problem)
        return tuple(steps)

    def volatile(self) -> tuple[str, ...]:
        """Return the paths of the values that differ each time."""
        return self._paths("compare.volatile")

    def unordered(self) -> tuple[str, ...]:
        """Return the paths of the repeated elements whose order says nothing."""
        found = self._paths("compare.unordered")
        for text in found:
            if ContentPath.read(text).is_attribute:
                raise self.error("compare.unordered", f"expected paths of elements, found the attribute {text!r}")
        return found

    def _paths(self, dotted: str) -> tuple[str, ...]:
        texts = self.find(dotted, list) or []
        try:
            for text in texts:
                ContentPath.read(text)
        except InvalidPath as error:
            raise self.error(dotted, f"{dotted}: {error}") from error
        return tuple(texts)


def problem_of_route(steps: list[Any]) -> str:
    """Return what is wrong with a route, "" when nothing is."""
    if not all(isinstance(step, str) and step.strip("@") for step in steps):
        return f"expected names of elements, found {steps!r}"
    if any(step.startswith("@") for step in steps[:-1]):
        return f"expected an attribute in last place only, found {steps!r}"
    return ""
