"""The kinds of a library at one moment. A change makes another shelf, so a reader always sees a whole one."""

from collections.abc import Iterable, Mapping
from typing import Final

from gateway.domain.catalogue import Catalogue
from gateway.library.folders import KindFolder
from gateway.library.schema import Schema
from gateway.protocol.messages import MessageType


class Shelf:
    """Kinds with their schemas. A shipped simplified kind gives way to one that claims a root of it.

    Raises: CatalogueError where two kinds cannot stand together.
    """

    def __init__(self, folders: Iterable[KindFolder], known: Mapping[KindFolder, Schema]) -> None:
        """Index `folders`; a schema that is `known` is not compiled again."""
        self.schemas: Final = {folder: known.get(folder) or Schema(folder.path, folder.xsd) for folder in folders}
        claimed = {root for folder in self.schemas if not folder.shipped for root in folder.kind.roots}
        self.replaced: Final = tuple(folder for folder in self.schemas if gives_way(folder, claimed))
        standing = [folder for folder in self.schemas if folder not in self.replaced]
        self.catalogue: Final = Catalogue(folder.kind for folder in standing)
        self.by_name: Final = {(folder.kind.id, folder.kind.version): folder for folder in standing}
        self.by_root: Final = {root: self.schemas[folder] for folder in standing for root in folder.kind.roots}

    @property
    def folders(self) -> tuple[KindFolder, ...]:
        """Every folder, those that gave way included."""
        return tuple(self.schemas)


def gives_way(folder: KindFolder, claimed: Iterable[MessageType]) -> bool:
    """Tell whether a kind leaves the catalogue because somebody else has claimed one of its roots."""
    simplified = folder.shipped and folder.kind.fidelity == "simplified"
    return simplified and not set(folder.kind.roots).isdisjoint(claimed)
