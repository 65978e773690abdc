"""One kind's folder: its kind.toml read and judged, without opening any XML.

kind.toml has `name`, `name_en`, `owner`, `fidelity` (official, simplified or own), the tables `[request]` and
`[response]` with `namespace` and `root`; optional `broadcast`, `route_by`, `auto` and `provider` (who answers), and
`schema`, the XSD to start from where the folder holds several; and `[compare]`, what two runs of the kind do not share.
Id and version are the names of the folders; where `id` and `version` are said as well, they must say the same.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from gateway.domain.catalogue import DataKind
from gateway.library.kind_file import KIND_FILE, KindError, KindFile
from gateway.protocol.messages import MessageType


class KindFolder:
    """A kind as its folder describes it. `shipped` are those that come with the program.

    Raises: KindError.
    """

    def __init__(self, path: Path, *, shipped: bool = False) -> None:
        self.path: Final = path
        self.shipped: Final = shipped
        self.kind_file: Final = path / KIND_FILE
        self._require(self.kind_file, self.kind_file)
        self._file = KindFile.read(self.kind_file)
        self.kind: Final = self._kind()
        self.xsd: Final = self._xsd()

    def line_of(self, dotted: str) -> int:
        """Return the line of "key" or "table.key" in kind.toml, or of the table, or else 1."""
        return self._file.line_of(dotted)

    def _kind(self) -> DataKind:
        file = self._file
        broadcast = bool(file.broadcast())
        file.value("fidelity", str)
        return DataKind(
            id=self._said_of_folder("id", f"{self.path.parent.parent.name}/{self.path.parent.name}"),
            name=file.value("name", str),
            name_en=file.value("name_en", str),
            version=self._said_of_folder("version", self.path.name),
            owner=file.value("owner", str),
            request=self._root("request"),
            response=None if broadcast else self._root("response"),
            broadcast=broadcast,
            route_by=file.route_by(),
            interagency=file.interagency(),
            fidelity=file.fidelity() or "",
            auto=bool(file.find("auto", bool)),
            provider=file.provider(),
            volatile=file.volatile(),
            unordered=file.unordered(),
        )

    def _said_of_folder(self, key: str, folder: str) -> str:
        said = self._file.find(key, str)
        if said not in (None, folder):
            raise self._file.error(key, f"{key}: expected {folder!r}, as the folders are named, found {said!r}")
        return folder

    def _root(self, table: str) -> MessageType:
        self._file.value(table, dict)
        return MessageType(self._file.value(f"{table}.namespace", str), self._file.value(f"{table}.root", str))

    def _xsd(self) -> Path:
        name = self._file.find("schema", str)
        if name is not None:
            path = self.path / name
            if not path.resolve().is_relative_to(self.path.resolve()):
                raise self._file.error("schema", f"expected a file inside the kind's folder, found {name!r}")
            self._require(path, self.kind_file, self.line_of("schema"))
            return path
        found = sorted(self.path.glob("*.xsd"))
        if len(found) != 1:
            names = ", ".join(path.name for path in found) or "none"
            raise self._file.error("schema", f"expected one XSD in the folder, or the key 'schema', found {names}")
        self._require(found[0], self.kind_file)
        return found[0]

    def _require(self, path: Path, blamed: Path, line: int = 1) -> None:
        if not path.is_file():
            raise KindError(blamed, line, f"{path.name} is missing")
        self.require_inside(path, blamed, line)

    def require_inside(self, path: Path, blamed: Path, line: int = 1) -> None:
        """Refuse a link that leads out of the folder.

        Raises: KindError.
        """
        # Only a link can lead out of the folder here, and resolving every path of 500 kinds is slow.
        if path.is_symlink() and not path.resolve().is_relative_to(self.path.resolve()):
            raise KindError(blamed, line, f"{path.name} leads out of the kind's folder")


def find_folders(root: Path, *, shipped: bool = False) -> Iterator[KindFolder | KindError]:
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
            yield KindFolder(folder, shipped=shipped)
        except KindError as error:
            yield error


def _subfolders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and path.name[0] not in "._")
