"""The folders of data kinds on disk: read into a catalogue, compiled into schemas, checked.

A kind is a folder `<agency>/<kind>/<version>/` below a root: `kind.toml`, its XSDs, and what else is known of it
(docs/reference/kinds.md): examples, `scenarios.toml`, `response.xml.j2`. Starting reads only the kind.toml files; a
schema is compiled when the first message of its kind comes. Kinds come and go while the program runs.
"""

import threading
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway import xml
from gateway.domain.catalogue import Catalogue, CatalogueError, DataKind
from gateway.library.examples import ExamplePair, example_files, read_document, read_examples
from gateway.library.folders import KindFolder, find_folders
from gateway.library.kind_file import KindError
from gateway.library.packages.scenarios import Respond, Scenario, read_scenarios
from gateway.library.packages.templates import check_template, read_template
from gateway.library.roles import ROLES, split_role
from gateway.library.schema import Schema
from gateway.library.shelf import Shelf, gives_way
from gateway.library.violations import SchemaViolation
from gateway.protocol.messages import MessageType
from gateway.xml import Element

if TYPE_CHECKING:
    from gateway.library.sampling import Sampler

__all__ = ["KindError", "Library", "SchemaViolation", "UnknownKind", "check", "find_folders", "load"]


class UnknownKind(LookupError):
    """No kind of this id and version is in the catalogue."""

    def __init__(self, kind_id: str, version: str) -> None:
        self.kind_id, self.version = kind_id, version
        super().__init__(f"{kind_id} {version}")


class Library:
    """Every kind that was loaded, with its schema. Kinds may be added and removed while other threads read."""

    def __init__(self, folders: tuple[KindFolder, ...]) -> None:
        """Index the kinds of `folders`.

        Raises: CatalogueError where two of them cannot stand together.
        """
        self._shelf = Shelf(folders, {})  # always whole: changed only by putting another one in its place
        self._changing: Final = threading.Lock()

    def copy(self) -> "Library":
        """Return a library with the same kinds, schemas included, that changes by itself from now on."""
        other = Library(())
        other._shelf = self._shelf
        return other

    @property
    def catalogue(self) -> Catalogue:
        """The kinds as they are now; a later look may find others."""
        return self._shelf.catalogue

    @property
    def replaced(self) -> tuple[DataKind, ...]:
        """The shipped simplified kinds whose roots somebody else has claimed; they return when he goes."""
        return tuple(folder.kind for folder in self._shelf.replaced)

    def add(self, folder: KindFolder, schema: Schema | None = None) -> None:
        """Add a kind; `schema` spares compiling where it has been compiled already.

        Raises: CatalogueError; the library is then as it was.
        """
        with self._changing:
            known = self._shelf.schemas if schema is None else {**self._shelf.schemas, folder: schema}
            self._shelf = Shelf((*self._shelf.folders, folder), known)

    def remove(self, kind_id: str, version: str) -> KindFolder:
        """Remove a kind, and return its folder, which stays on disk.

        Raises: UnknownKind.
        """
        with self._changing:
            gone = self._folder(kind_id, version)
            left = tuple(folder for folder in self._shelf.folders if folder is not gone)
            self._shelf = Shelf(left, self._shelf.schemas)
        return gone

    def rehearse(self, folder: KindFolder) -> None:
        """Raise what `add` would raise, and change nothing."""
        Shelf((*self._shelf.folders, folder), self._shelf.schemas)

    def giving_way(self, *roots: MessageType) -> tuple[DataKind, ...]:
        """Return the shipped kinds that leave the catalogue once a kind with these roots is added."""
        return tuple(folder.kind for folder in self._shelf.folders if gives_way(folder, roots))

    def violations(self, element: Element) -> tuple[SchemaViolation, ...]:
        """Return how `element`, the root of a business content, breaks its schema; empty when it is valid.

        The element may stand inside a bigger tree; prefixes declared above it count, also inside values. No
        other thread may touch that tree meanwhile: lxml lends its nodes to libxml2. A root of no known kind
        is one violation.

        Raises: KindError when the kind's schema itself is broken.
        """
        shelf = self._shelf
        root = MessageType(*xml.name_of(element))
        schema = shelf.by_root.get(root)
        return (_unknown(root, element, shelf.catalogue),) if schema is None else schema.violations(element)

    def accepts(self, element: Element) -> bool:
        """Tell whether `violations` would be empty; it looks for no words and is fast for a content that is not valid.

        Raises: KindError as `violations` does.
        """
        schema = self._shelf.by_root.get(MessageType.of(element))
        return schema is not None and schema.accepts(element)

    def folder_of(self, kind: DataKind) -> Path:
        """Return the folder of a kind; raises UnknownKind, as does all that follows for a kind that is gone."""
        return self._folder(kind.id, kind.version).path

    def xsd_of(self, kind: DataKind) -> Path:
        """Return the XSD that the schema of a kind starts at."""
        return self._folder(kind.id, kind.version).xsd

    def examples_of(self, kind: DataKind) -> tuple[ExamplePair, ...]:
        """Return the examples of a kind, in order of name.

        Raises: KindError when one of them cannot be read.
        """
        return _examples(self._folder(kind.id, kind.version))

    def scenarios_of(self, kind: DataKind) -> tuple[Scenario, ...]:
        """Return the scenarios of a kind, in the order in which they are tried.

        Raises: KindError when scenarios.toml is broken.
        """
        return _scenarios(self._folder(kind.id, kind.version))

    def template_of(self, kind: DataKind) -> str | None:
        """Return the text of response.xml.j2, None where there is none.

        Raises: KindError when it cannot be read.
        """
        return _template(self._folder(kind.id, kind.version))

    def sampler_of(self, kind: DataKind) -> "Sampler":
        """Return the maker of valid documents of a kind, the same every time."""
        return _sampler(self._folder(kind.id, kind.version))

    def is_shipped(self, kind: DataKind) -> bool:
        """Tell whether a kind came with the program."""
        return self._folder(kind.id, kind.version).shipped

    def _folder(self, kind_id: str, version: str) -> KindFolder:
        found = self._shelf.by_name.get((kind_id, version))
        if found is None:
            raise UnknownKind(kind_id, version)
        return found

    def check(self) -> Iterator[KindError]:
        """Compile every schema, validate every example, and yield what is wrong with each."""
        for folder, schema in self._shelf.schemas.items():
            yield from check_folder(folder, schema)


def _unknown(root: MessageType, element: Element, catalogue: Catalogue) -> SchemaViolation:
    closest = catalogue.closest(root)
    nearest = "" if closest is None else f" (the closest: {', '.join(map(str, closest.roots))})"
    return SchemaViolation(
        path=f"/{root.root}",
        expected=f"the root of a known data kind{nearest}",
        found=str(root),
        message="No matching global declaration available for the validation root.",
        line=element.sourceline or 0,
    )


def load(*roots: Path, shipped: Path | None = None) -> Library:
    """Read every kind below `roots` and below `shipped`, which may give way; no schema is compiled yet.

    Raises: KindError, the first one, when a folder is broken or two kinds claim one root.
    """
    library, errors = _read(roots, shipped)
    if errors:
        raise errors[0]
    return library


def check(*roots: Path, shipped: Path | None = None) -> Iterator[KindError]:
    """Yield everything that is wrong below `roots`: unreadable kinds first, then schemas and examples."""
    library, errors = _read(roots, shipped)
    yield from errors
    yield from library.check()


def _read(roots: tuple[Path, ...], shipped: Path | None) -> tuple[Library, list[KindError]]:
    folders: list[KindFolder] = []
    errors: list[KindError] = []
    for root in roots if shipped is None else (shipped, *roots):
        for found in find_folders(root, shipped=root == shipped):
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


def check_folder(folder: KindFolder, schema: Schema) -> Iterator[KindError]:
    """Yield what is wrong with the schema, the examples, the scenarios and the template of one kind."""
    try:
        schema.compile()
    except KindError as error:
        yield error
        return
    for role, root in zip(ROLES, folder.kind.roots, strict=False):
        if not schema.declares(root):
            problem = f"{folder.xsd.name} declares no element {root}; it declares {schema.declared_names()}"
            yield KindError(folder.kind_file, folder.line_of(f"{role}.root"), problem)
            return
    try:
        for path, expected in _documents(folder):
            yield from _check_document(path, expected, schema)
        check_template(folder.path)
    except KindError as error:
        yield error


def _documents(folder: KindFolder) -> Iterator[tuple[Path, tuple[MessageType, ...]]]:
    """Yield every document of a kind, and the roots that it may have."""
    roots = dict(zip(ROLES, folder.kind.roots, strict=False))
    for path in example_files(folder):
        role = split_role(path.stem)[0]
        yield path, folder.kind.roots if role is None else tuple(root for name, root in roots.items() if name == role)
    steps = [step.answer for scenario in read_scenarios(folder.path) for step in scenario.steps]
    for name in sorted({answer.file for answer in steps if isinstance(answer, Respond)}):
        yield folder.path / name, folder.kind.roots[1:]


def _check_document(path: Path, expected: tuple[MessageType, ...], schema: Schema) -> Iterator[KindError]:
    try:
        root = read_document(path)
    except KindError as error:
        yield error
        return
    found = MessageType.of(root)
    if found not in expected:
        wanted = f"the root {' or '.join(map(str, expected))}" if expected else "no such document: nobody answers"
        yield KindError(path, root.sourceline or 1, f"expected {wanted}, found {found}")
        return
    for violation in schema.violations(root):
        yield KindError(path, violation.line, str(violation))


# What a folder holds stays as it is while the program runs; another folder in its place is another KindFolder.
_examples: Final = lru_cache(1024)(read_examples)


@lru_cache(1024)
def _scenarios(folder: KindFolder) -> tuple[Scenario, ...]:
    return read_scenarios(folder.path)


@lru_cache(1024)
def _template(folder: KindFolder) -> str | None:
    return read_template(folder.path)


@lru_cache(128)
def _sampler(folder: KindFolder) -> "Sampler":
    from gateway.library.sampling import Sampler  # noqa: PLC0415 a start without samples is fast

    return Sampler(folder.xsd, folder.path)
