"""One kind's folder: its kind.toml read and judged, without opening any XML.

kind.toml has `name`, `name_en`, `owner`, `fidelity` (official, simplified or own), the tables `[request]` and
`[response]` with `namespace` and `root`; optional `broadcast`, `route_by`, and `schema`, the XSD to start
from where the folder holds several. Id and version are the names of the folders.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

from gateway.domain.catalogue import DataKind
from gateway.protocol.messages import MessageType

KIND_FILE: Final = "kind.toml"

_FIDELITIES: Final = ("official", "simplified", "own")
_KEYS: Final = (
    "name",
    "name_en",
    "owner",
    "fidelity",
    "schema",
    "broadcast",
    "route_by",
    "request",
    "response",
)
_ROOT_KEYS: Final = ("namespace", "root")
_TYPE_NAMES: Final = {str: "a text", bool: "true or false", list: "a list", dict: "a table"}

_T = TypeVar("_T")


class KindError(ValueError):
    """A kind's folder is broken; reads `path:line: message`, the line counted from 1."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")
        self.path = path
        self.line = line
        self.message = message

    @classmethod
    def from_cause(cls, path: Path, cause: Exception) -> "KindError":
        """Wrap what a reader of `path` raised; parsers name the line in their words ("line 3, column 5")."""
        line = re.search(r"line (\d+)", str(cause))
        message = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)
        return cls(path, int(line[1]) if line else 1, message)


class KindFolder:
    """A kind as its folder describes it.

    Raises: KindError.
    """

    def __init__(self, path: Path) -> None:
        self.path: Final = path
        self.kind_file: Final = path / KIND_FILE
        self._require(self.kind_file, self.kind_file)
        self._text, self._table = _read(self.kind_file)
        self._only(_KEYS, self._table, "")
        self.kind: Final = self._kind()
        self.xsd: Final = self._xsd()
        for role, _ in zip(("request", "response"), self.kind.roots, strict=False):
            self._require(path / f"example-{role}.xml", self.kind_file)

    def line_of(self, dotted: str) -> int:
        """Return the line of "key" or "table.key" in kind.toml, or of the table, or else 1."""
        table, _, key = dotted.rpartition(".")
        current, header_line = "", 1
        for number, text in enumerate(self._text.splitlines(), start=1):
            header = re.match(r"\s*\[\s*([^\[\]]+?)\s*\]", text)
            if header:
                current = header[1]
                header_line = number if current in (table, dotted) else header_line
            elif current == table and re.match(rf"""\s*["']?{re.escape(key)}["']?\s*=""", text):
                return number
        return header_line

    def _kind(self) -> DataKind:
        broadcast = self._value("broadcast", bool, default=False)
        if broadcast and "response" in self._table:
            raise self._error("response", "a broadcast has no [response]")
        fidelity = self._value("fidelity", str)
        if fidelity not in _FIDELITIES:
            raise self._error("fidelity", f"expected {' or '.join(_FIDELITIES)}, found {fidelity!r}")
        return DataKind(
            id=f"{self.path.parent.parent.name}/{self.path.parent.name}",
            name=self._value("name", str),
            name_en=self._value("name_en", str),
            version=self.path.name,
            owner=self._value("owner", str),
            request=self._root("request"),
            response=None if broadcast else self._root("response"),
            broadcast=broadcast,
            route_by=self._route(),
            fidelity=fidelity,
        )

    def _root(self, table: str) -> MessageType:
        self._only(_ROOT_KEYS, self._value(table, dict), f"{table}.")
        return MessageType(self._value(f"{table}.namespace", str), self._value(f"{table}.root", str))

    def _route(self) -> tuple[str, ...]:
        steps = self._value("route_by", list, default=[])
        if not all(isinstance(step, str) and step.strip("@") for step in steps):
            raise self._error("route_by", f"expected names of elements, found {steps!r}")
        if any(step.startswith("@") for step in steps[:-1]):
            raise self._error("route_by", f"expected an attribute in last place only, found {steps!r}")
        return tuple(steps)

    def _xsd(self) -> Path:
        if "schema" in self._table:
            name = self._value("schema", str)
            path = self.path / name
            if not path.resolve().is_relative_to(self.path.resolve()):
                raise self._error("schema", f"expected a file inside the kind's folder, found {name!r}")
            self._require(path, self.kind_file, self.line_of("schema"))
            return path
        found = sorted(self.path.glob("*.xsd"))
        if len(found) != 1:
            names = ", ".join(path.name for path in found) or "none"
            raise self._error("schema", f"expected one XSD in the folder, or the key 'schema', found {names}")
        self._require(found[0], self.kind_file)
        return found[0]

    def _require(self, path: Path, blamed: Path, line: int = 1) -> None:
        if not path.is_file():
            raise KindError(blamed, line, f"{path.name} is missing")
        # Only a link can lead out of the folder here, and resolving every path of 500 kinds is slow.
        if path.is_symlink() and not path.resolve().is_relative_to(self.path.resolve()):
            raise KindError(blamed, line, f"{path.name} leads out of the kind's folder")

    def _value(self, dotted: str, expected: type[_T], default: _T | None = None) -> _T:
        table, _, key = dotted.rpartition(".")
        value = (self._table[table] if table else self._table).get(key, default)
        if value is None:
            raise self._error(dotted, f"the key {dotted!r} is missing")
        if not isinstance(value, expected) or value == "":
            raise self._error(dotted, f"{dotted}: expected {_TYPE_NAMES[expected]}, found {value!r}")
        return value

    def _only(self, known: tuple[str, ...], table: dict[str, Any], prefix: str) -> None:
        for key in table:
            if key not in known:
                raise self._error(prefix + key, f"unknown key {key!r}; known are {', '.join(known)}")

    def _error(self, dotted: str, message: str) -> KindError:
        return KindError(self.kind_file, self.line_of(dotted), message)


def find_folders(root: Path) -> Iterator[KindFolder | KindError]:
    """Yield every kind below `root`, or the reason why it is none, in order of name.

    Folders whose names start with "." or "_" are not looked at.
    """
    if not root.is_dir():
        yield KindError(root, 1, "no such folder of data kinds")
        return
    level = [root]
    for _ in range(3):
        for folder in level:
            if (folder / KIND_FILE).exists():
                yield KindError(folder / KIND_FILE, 1, f"expected at <agency>/<kind>/<version>/ below {root}")
        level = [child for folder in level for child in _subfolders(folder)]
    for folder in level:
        try:
            yield KindFolder(folder)
        except KindError as error:
            yield error


def _subfolders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and path.name[0] not in "._")


def _read(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
        return text, tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise KindError.from_cause(path, error) from error
