"""The folders of data kinds on disk: read into a catalogue, compiled into schemas, checked.

A kind is a folder `<agency>/<kind>/<version>/` below a root: `kind.toml`, its XSDs, `example-request.xml` and
(unless it is a broadcast) `example-response.xml`. Starting reads only the kind.toml files; a schema is
compiled when the first message of its kind comes.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from gateway import xml
from gateway.domain.catalogue import Catalogue, CatalogueError
from gateway.library.folders import KindError, KindFolder, find_folders
from gateway.library.schema import Schema
from gateway.library.violations import SchemaViolation
from gateway.protocol.messages import MessageType
from gateway.xml import Element

__all__ = ["KindError", "Library", "SchemaViolation", "check", "load"]


class Library:
    """Every kind that was loaded, with its schema."""

    def __init__(self, folders: tuple[KindFolder, ...]) -> None:
        """Index the kinds of `folders`.

        Raises: CatalogueError where two of them cannot stand together.
        """
        self.catalogue: Final = Catalogue(folder.kind for folder in folders)
        self._folders: Final = {folder: Schema(folder.path, folder.xsd) for folder in folders}
        self._schemas = {root: schema for folder, schema in self._folders.items() for root in folder.kind.roots}

    def violations(self, element: Element) -> tuple[SchemaViolation, ...]:
        """Return how `element`, the root of a business content, breaks its schema; empty when it is valid.

        The element may stand inside a bigger tree; prefixes declared above it count, also inside values. No
        other thread may touch that tree meanwhile: lxml lends its nodes to libxml2. A root of no known kind
        is one violation.

        Raises: KindError when the kind's schema itself is broken.
        """
        root = MessageType(*xml.name_of(element))
        schema = self._schemas.get(root)
        return (self._unknown(root, element),) if schema is None else schema.violations(element)

    def check(self) -> Iterator[KindError]:
        """Compile every schema, validate every example, and yield what is wrong with each."""
        for folder, schema in self._folders.items():
            yield from _check(folder, schema)

    def _unknown(self, root: MessageType, element: Element) -> SchemaViolation:
        closest = self.catalogue.closest(root)
        nearest = "" if closest is None else f" (the closest: {', '.join(map(str, closest.roots))})"
        return SchemaViolation(
            path=f"/{root.root}",
            expected=f"the root of a known data kind{nearest}",
            found=str(root),
            message="No matching global declaration available for the validation root.",
            line=element.sourceline or 0,
        )


def load(*roots: Path) -> Library:
    """Read every kind below `roots`; no schema is compiled yet.

    Raises: KindError, the first one, when a folder is broken or two kinds claim one root.
    """
    library, errors = _read(roots)
    if errors:
        raise errors[0]
    return library


def check(*roots: Path) -> Iterator[KindError]:
    """Yield everything that is wrong below `roots`: unreadable kinds first, then schemas and examples."""
    library, errors = _read(roots)
    yield from errors
    yield from library.check()


def _read(roots: tuple[Path, ...]) -> tuple[Library, list[KindError]]:
    folders: list[KindFolder] = []
    errors: list[KindError] = []
    for root in roots:
        for found in find_folders(root):
            if isinstance(found, KindError):
                errors.append(found)
            else:
                folders.append(found)
    while True:
        try:
            return Library(tuple(folders)), errors
        except CatalogueError as error:
            late = next(folder for folder in folders if folder.kind is error.second)
            folders.remove(late)  # the rest can still be checked
            errors.append(KindError(late.kind_file, late.line_of("request.root"), str(error)))


def _check(folder: KindFolder, schema: Schema) -> Iterator[KindError]:
    try:
        schema.compile()
    except KindError as error:
        yield error
        return
    for role, root in zip(("request", "response"), folder.kind.roots, strict=False):
        if not schema.declares(root):
            yield KindError(
                folder.kind_file,
                folder.line_of(f"{role}.root"),
                f"{folder.xsd.name} declares no element {root}; it declares {schema.declared_names()}",
            )
        else:
            yield from _check_example(folder.path / f"example-{role}.xml", root, schema)


def _check_example(path: Path, root: MessageType, schema: Schema) -> Iterator[KindError]:
    try:
        element = xml.parse(path.read_bytes())
    except (OSError, xml.XmlError) as error:
        yield KindError.from_cause(path, error)
        return
    found = MessageType(*xml.name_of(element))
    if found != root:
        yield KindError(path, element.sourceline or 1, f"expected the root {root}, found {found}")
        return
    for violation in schema.violations(element):
        yield KindError(path, violation.line, str(violation))
