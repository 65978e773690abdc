"""What a package is: its kind and its examples. The person's choices come first, then kind.toml, then what is read."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final, TypeVar

from gateway import xml
from gateway.domain.catalogue import DataKind
from gateway.library.examples import Example, role_of
from gateway.library.kind_file import KIND_FILE, KindError, KindFile, TomlFile
from gateway.library.packages.archive import Package
from gateway.library.packages.choices import Choices, checked_id, checked_version
from gateway.library.packages.errors import PackageError
from gateway.library.packages.naming import id_and_version
from gateway.library.packages.references import References
from gateway.library.packages.roots import Roots, Wanted, find_roots
from gateway.library.packages.scenarios import SCENARIOS, Respond, Scenarios
from gateway.library.packages.templates import TEMPLATE
from gateway.library.packages.xsds import Declared, Xsd, Xsds, read_xsds
from gateway.library.roles import Role, split_role
from gateway.protocol.messages import MessageType
from gateway.words import say

if TYPE_CHECKING:
    from gateway.library import Library

_FIRST_VERSION: Final = "1.0"
_LONGEST_EXAMPLE: Final = 50
"""Characters of a name; as bytes, with its role and extension, they have to fit a file name."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Document:
    """An XML file of the package, which is read again where it is needed: many at once would fill the memory."""

    path: str
    root: MessageType


@dataclass(frozen=True, slots=True)
class Description:
    """A package understood. Examples and further files, by their places in the package; `replaced` give way to it."""

    kind: DataKind
    entries: tuple[Xsd, ...]
    xsds: Xsds
    references: References
    examples: tuple[Example, ...]
    scenarios: "ScenarioFile"
    template: str | None
    replaced: tuple[DataKind, ...]
    warnings: tuple[str, ...]


def describe(package: Package, choices: Choices, kinds: "Library") -> Description:
    """Understand a package that is to be added to `kinds`.

    Raises: PackageError, which names the place, or the candidates and the choice to make.
    """
    xsds = read_xsds(package)
    references = References(xsds)
    file = _KindFile(package)
    documents = list(_documents(package))
    broadcast = _first(choices.broadcast, file.broadcast) or False
    wanted = Wanted(choices.request or file.root("request"), choices.response or file.root("response"), broadcast)
    roots = find_roots(xsds, references, _roles(documents), wanted)
    types = [one.type for one in (roots.request, roots.response) if one is not None]
    replaced = kinds.giving_way(*types)
    scenarios = ScenarioFile(package)
    examples = _examples([one for one in documents if one.path not in scenarios.answers.values()], package, types)
    template = _folder_of(package, TEMPLATE)
    return Description(
        kind=_kind(choices, file, roots, replaced[0] if len(replaced) == 1 else None),
        entries=(*file.entries(xsds), *(one.xsd for one in (roots.request, roots.response) if one is not None)),
        xsds=xsds,
        references=references,
        examples=examples,
        scenarios=scenarios,
        template=None if template is None else f"{template}{TEMPLATE}",
        replaced=replaced,
        warnings=(
            *xsds.warnings,
            *([roots.warning] if roots.warning else []),
            *_unused(documents, [*(one.place for one in examples), *scenarios.answers.values()]),
        ),
    )


class _KindFile:
    """kind.toml of a package, which may say as much or as little as it likes, or be absent."""

    def __init__(self, package: Package) -> None:
        folder = _folder_of(package, KIND_FILE)
        self.base = folder or ""
        self._path = f"{self.base}{KIND_FILE}"
        try:
            self._file = None if folder is None else KindFile(PurePosixPath(self._path), package.files[self._path])
            self.broadcast = None if self._file is None else self._file.broadcast()
            self.fidelity = None if self._file is None else self._file.fidelity()
            self.provider = None if self._file is None else self._file.provider()
            self.interagency = True if self._file is None else self._file.interagency()
            self.route_by = () if self._file is None else self._file.route_by()
            self.volatile = () if self._file is None else self._file.volatile()
            self.unordered = () if self._file is None else self._file.unordered()
        except KindError as error:
            raise refused(error, self._path) from error

    def find(self, dotted: str, expected: type[_T]) -> _T | None:
        try:
            return None if self._file is None else self._file.find(dotted, expected)
        except KindError as error:
            raise refused(error, self._path) from error

    def root(self, role: str) -> str | None:
        namespace, local = self.find(f"{role}.namespace", str), self.find(f"{role}.root", str)
        return local if local is None or namespace is None else str(MessageType(namespace, local))

    def id_and_version(self) -> tuple[str | None, str | None]:
        """Return what kind.toml says, or else the folders that it lies in where they are <agency>/<kind>/<version>."""
        kind_id, version = self.find("id", str), self.find("version", str)
        folders = self.base.strip("/").split("/")[-3:]
        if len(folders) == 3 and re.match(r"\d", folders[2]):
            kind_id, version = kind_id or "/".join(folders[:2]), version or folders[2]
        try:
            return kind_id and checked_id(kind_id), version and checked_version(version)
        except PackageError as error:
            raise PackageError(error.what, error.hint, f"{self._path}:1") from error

    def entries(self, xsds: Xsds) -> tuple[Xsd, ...]:
        name = self.find("schema", str)
        if name is None:
            return ()
        found = xsds.by_path.get(posixpath.normpath(f"{self.base}{name}"))
        if found is None:
            problem = say(f"схемы {name!r} в пакете нет", f"the package has no schema {name!r}")
            raise PackageError(problem, say("исправьте ключ schema", "correct the key schema"), f"{self._path}:1")
        return (found,)


class ScenarioFile:
    """scenarios.toml of a package. `answers` are the documents it names: as it names them -> path in the package."""

    def __init__(self, package: Package) -> None:
        folder = _folder_of(package, SCENARIOS)
        self.path = None if folder is None else f"{folder}{SCENARIOS}"
        self.answers: dict[str, str] = {}
        self.count = 0
        if self.path is None:
            return

        def content_of(name: str) -> bytes | None:
            return package.files.get(posixpath.normpath(f"{folder}{name}"))

        try:
            found = Scenarios(TomlFile(PurePosixPath(self.path), package.files[self.path]), content_of).all
        except KindError as error:
            raise refused(error, self.path) from error
        self.count = len(found)
        said = (step.answer for scenario in found for step in scenario.steps)
        names = {answer.file for answer in said if isinstance(answer, Respond)}
        self.answers = {name: posixpath.normpath(f"{folder}{name}") for name in sorted(names)}


def refused(error: KindError, path: str) -> PackageError:
    """Return what is wrong with the file at `path` of a package."""
    hint = say(f"исправьте {PurePosixPath(path).name}", f"correct {PurePosixPath(path).name}")
    return PackageError(error.message, hint, f"{path}:{error.line}")


def _folder_of(package: Package, name: str) -> str | None:
    """Return the folder, "" or with "/" at its end, that holds the file of this name; None where there is none."""
    found = [path for path in package.files if PurePosixPath(path).name == name]
    if len(found) > 1:
        raise PackageError(
            say(
                f"в пакете несколько {name}: {', '.join(found)}", f"the package has several {name}: {', '.join(found)}"
            ),
            say("добавляйте виды сведений по одному", "add data kinds one at a time"),
        )
    return found[0].removesuffix(name) if found else None


def _kind(choices: Choices, file: _KindFile, roots: Roots, replaced: DataKind | None) -> DataKind:
    said_id, said_version = file.id_and_version()
    read_id, read_version = id_and_version(roots.request.type.namespace, roots.request.type.root)
    kept_id = None if replaced is None else replaced.id
    kind_id = choices.id or said_id or kept_id or checked_id(read_id)
    version = choices.version or said_version or read_version or _FIRST_VERSION
    broadcast = roots.response is None
    return DataKind(
        id=kind_id,
        name=choices.name or file.find("name", str) or (replaced and replaced.name) or _name(roots.request),
        name_en=file.find("name_en", str) or (replaced and replaced.name_en) or roots.request.type.root,
        version=checked_version(version),
        owner=file.find("owner", str) or (replaced and replaced.owner) or kind_id.partition("/")[0].upper(),
        request=roots.request.type,
        response=None if roots.response is None else roots.response.type,
        broadcast=broadcast,
        route_by=choices.route_by or file.route_by,
        fidelity=file.fidelity or "official",
        auto=not broadcast and (_first(choices.auto, file.find("auto", bool)) or False),
        provider=choices.provider or file.provider,
        interagency=file.interagency and not broadcast,
        volatile=file.volatile,
        unordered=file.unordered,
    )


def _name(root: Declared) -> str:
    return root.documentation or root.xsd.documentation or root.type.root


def _first(*values: _T | None) -> _T | None:
    return next((value for value in values if value is not None), None)


def _documents(package: Package) -> Iterator[Document]:
    for path, content in package.files.items():
        if PurePosixPath(path).suffix.lower() == ".xml":
            try:
                yield Document(path, MessageType.of(xml.parse(content)))
            except xml.XmlError as error:
                hint = say("исправьте файл или уберите его из пакета", "correct the file or remove it from the package")
                raise PackageError(str(error), hint, path) from error


def _roles(documents: list[Document]) -> dict[MessageType, set[Role]]:
    roles: dict[MessageType, set[Role]] = {}
    for document in documents:
        role = split_role(document.path)[0]
        of_root = roles.setdefault(document.root, set())
        if role is not None:
            of_root.add(role)
    return roles


def _examples(documents: list[Document], package: Package, roots: list[MessageType]) -> tuple[Example, ...]:
    """Return the documents of the roots; of an envelope the content inside it."""
    found: list[Example] = []
    for document in documents:
        whole = xml.parse(package.files[document.path])
        element = next(whole.iter(*(str(root) for root in roots)), None)
        role = None if element is None else role_of(element, roots)
        if element is not None and role is not None:
            content = package.files[document.path] if element is whole else xml.source(element)
            found.append(Example(document.path, role, content, document.path))
    shared = len(posixpath.commonpath([posixpath.dirname(one.place) for one in found])) if found else 0
    return tuple(replace(one, name=_example_name(one.place[shared:])) for one in found)


def _example_name(path: str) -> str:
    return re.sub(r"[^\w.-]+", "-", path.strip("/").rpartition(".")[0])[-_LONGEST_EXAMPLE:].strip("-.")


def _unused(documents: list[Document], used: list[str]) -> Iterator[str]:
    for document in documents:
        if document.path not in used:
            root = document.root
            yield say(f"{document.path}: не пример, корень {root}", f"{document.path}: no example, its root is {root}")
