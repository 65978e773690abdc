"""A package becomes a kind's folder, whole or not at all, and a kind of the library."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from gateway.domain.catalogue import CatalogueError, DataKind
from gateway.library.examples import EXAMPLES, paired
from gateway.library.folders import KindFolder
from gateway.library.kind_file import KIND_FILE
from gateway.library.packages.archive import MIB, Package
from gateway.library.packages.choices import Choices
from gateway.library.packages.describing import Description, describe
from gateway.library.packages.errors import PackageError
from gateway.library.packages.normalising import FlatSchema, flatten
from gateway.library.packages.scenarios import SCENARIOS
from gateway.library.packages.templates import TEMPLATE
from gateway.library.schema import Schema
from gateway.words import say

if TYPE_CHECKING:
    from gateway.library import Library

STAGING: Final = ".adding-"
"""How the folders begin in which kinds are made; whatever begins with a dot is not looked at when kinds are loaded."""
_PROCESSOR: Final = 10
"""Seconds of processor time that compiling and validating may take. A schema of 5 MB needs two."""
_PATIENCE: Final = 60.0
"""Seconds to wait for them: others may want the processor, too."""
_MEMORY: Final = 1024**3
_OUT_OF_MEMORY: Final = "Failed to compile the content model"
"""What libxml2 says when it has none left."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A kind that was added. `replaced` are the shipped kinds that gave way to it; `warnings` are for people."""

    kind: DataKind
    folder: Path
    replaced: tuple[DataKind, ...]
    warnings: tuple[str, ...]
    examples: int
    scenarios: int
    has_template: bool


def install(package: Package, choices: Choices, root: Path, library: "Library") -> Installed:
    """Make `<root>/<agency>/<kind>/<version>/` of a package, and add the kind to `library`.

    Raises: PackageError; nothing is left behind then. OSError when the disk refuses.
    """
    with prepare(package, choices, root, library) as prepared:
        prepared.publish()
        return prepared.add_to(library)


def prepare(package: Package, choices: Choices, root: Path, library: "Library") -> "Prepared":
    """Read, write beside, compile and validate: everything slow. The caller closes what it gets.

    Raises: PackageError, OSError.
    """
    description = describe(package, choices, library)
    kind = description.kind
    destination = root / kind.id / kind.version
    if destination.exists():
        raise _there_already(kind)
    flat = flatten(description.entries, description.references)
    root.mkdir(parents=True, exist_ok=True)
    prepared = Prepared(description, flat, destination, Path(tempfile.mkdtemp(prefix=STAGING, dir=root)))
    try:
        prepared.write(package)
        prepared.rehearse(library)
        prepared.try_out()
    except BaseException:
        prepared.close()
        raise
    return prepared


class Prepared:
    """A kind's folder, written beside its place and found to be good."""

    def __init__(self, description: Description, flat: FlatSchema, destination: Path, staging: Path) -> None:
        self._description, self._flat, self._destination, self._staging = description, flat, destination, staging
        self._folder = staging / description.kind.id / description.kind.version
        self._origins: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove what was written and not put in its place."""
        shutil.rmtree(self._staging, ignore_errors=True)

    def write(self, package: Package) -> None:
        description = self._description
        for name, content in self._flat.files.items():
            self._write(name, content, self._flat.origins.get(name, ""))
        for name, pair in paired(description.examples):
            for example in pair:
                self._write(f"{EXAMPLES}/{name}-{example.role}.xml", example.content, example.place)
        for name, path in description.scenarios.answers.items():
            self._write(name, package.files[path], path)
        for name, place in ((SCENARIOS, description.scenarios.path), (TEMPLATE, description.template)):
            if place is not None:
                self._write(name, package.files[place], place)
        self._write(KIND_FILE, kind_toml(description.kind, self._flat).encode(), "")

    def _write(self, name: str, content: bytes, origin: str) -> None:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        self._origins[name] = origin

    def rehearse(self, library: "Library") -> None:
        """Refuse a kind that cannot stand beside the others."""
        try:
            library.rehearse(KindFolder(self._folder))
        except CatalogueError as error:
            raise _cannot_stand(error) from error

    def try_out(self) -> None:
        """Compile and validate in a process of its own."""
        errors = _trial(self._folder)
        if errors:
            name, line, message = errors[0]
            origin = self._origins.get(name) or name
            more = len(errors) - 1
            told = say(f" (и ещё {more})", f" (and {more} more)") if more else ""
            hint = (
                say("исправьте схему", "correct the schema")
                if name.endswith(".xsd")
                else say("исправьте файл или уберите его из пакета", "correct the file or remove it from the package")
            )
            raise PackageError(f"{message}{told}", hint, f"{origin}:{line}")

    def publish(self) -> None:
        """Put the folder in its place, and compile its schema for the library.

        Raises: PackageError, OSError.
        """
        self._destination.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._folder.rename(self._destination)
        except OSError as error:
            if self._destination.exists():
                raise _there_already(self._description.kind) from error
            raise
        _sync(self._destination.parent)
        try:
            folder = KindFolder(self._destination)
            schema = Schema(folder.path, folder.xsd)
            schema.compile()
        except BaseException:
            remove_folder(self._destination)
            raise
        self._published = folder, schema

    def add_to(self, library: "Library") -> Installed:
        """Add the published kind to `library`: a moment's work.

        Raises: PackageError, and nothing is left behind.
        """
        folder, schema = self._published
        try:
            library.add(folder, schema)
        except CatalogueError as error:
            remove_folder(folder.path)
            raise _cannot_stand(error) from error
        description = self._description
        unused = [xsd.path for xsd in description.xsds if xsd.path not in self._flat.origins.values()]
        warnings = [say(f"{path}: схема не понадобилась", f"{path}: the schema is not needed") for path in unused]
        return Installed(
            kind=folder.kind,
            folder=folder.path,
            replaced=description.replaced,
            warnings=(*description.warnings, *warnings),
            examples=len(paired(description.examples)),
            scenarios=description.scenarios.count,
            has_template=description.template is not None,
        )


def _sync(folder: Path) -> None:
    """Make the names in a folder outlive a loss of power, as the files that were written do."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _cannot_stand(error: CatalogueError) -> PackageError:
    remove = f"mock-smev kinds remove {error.first.id} {error.first.version}"
    return PackageError(
        str(error),
        say(f"уберите прежний вид сведений: {remove}", f"remove the kind that is there: {remove}"),
    )


def remove_folder(path: Path) -> None:
    """Remove a kind's folder, and those of its agency and kind where nothing else is in them.

    Raises: OSError.
    """
    gone = Path(tempfile.mkdtemp(prefix=STAGING, dir=path.parents[2]))
    path.rename(gone / path.name)  # so that a kill leaves no half of a kind
    shutil.rmtree(gone, ignore_errors=True)
    for parent in path.parents[:2]:
        try:
            parent.rmdir()
        except OSError:
            return


def remove_leftovers(root: Path) -> None:
    """Remove what a killed process was adding or removing."""
    for path in root.glob(f"{STAGING}*") if root.is_dir() else ():
        shutil.rmtree(path, ignore_errors=True)


def _there_already(kind: DataKind) -> PackageError:
    remove = f"mock-smev kinds remove {kind.id} {kind.version}"
    return PackageError(
        say(
            f"вид сведений {kind.id} {kind.version} уже есть",
            f"the data kind {kind.id} {kind.version} is there already",
        ),
        say(f"уберите его ({remove}) или выберите --id, --version", f"remove it ({remove}), or choose --id, --version"),
    )


def _trial(folder: Path) -> list[tuple[str, int, str]]:
    """Return (file below the folder, line, message) of everything that is wrong with a kind's folder.

    Raises: PackageError when finding out takes too much.
    """
    command = [
        sys.executable,
        "-m",
        "gateway.library.packages.trial",
        str(folder.resolve()),
        str(_PROCESSOR),
        str(_MEMORY),
    ]
    told: list[tuple[str, int, str]] = []
    try:
        ended = subprocess.run(  # noqa: S603 - our own program
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE,
            check=True,
            cwd=Path(__file__).parents[3],
        )
        told += map(json.loads, ended.stdout.splitlines())
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise _too_much() from error
    if any(_OUT_OF_MEMORY in message for _, _, message in told):
        raise _too_much()
    return told


def _too_much() -> PackageError:
    return PackageError(
        say(
            f"схему не скомпилировать: нужно больше {_PROCESSOR} секунд или {_MEMORY // MIB} МиБ памяти",
            f"cannot compile the schema: it needs over {_PROCESSOR} seconds or {_MEMORY // MIB} MiB of memory",
        ),
        say(
            "упростите типы: группы в группах, длинные цепочки расширений, сотни необязательных элементов подряд",
            "simplify the types: groups in groups, long chains of extensions, hundreds of optional elements",
        ),
    )


def kind_toml(kind: DataKind, flat: FlatSchema) -> str:
    """Return kind.toml of an installed kind."""
    lines = [f"# {name}: {origin}" for name, origin in flat.origins.items() if name != origin]
    texts = {"name": kind.name, "name_en": kind.name_en, "owner": kind.owner, "fidelity": kind.fidelity}
    lines += [f"{key} = {_text(value)}" for key, value in {**texts, "schema": flat.main}.items()]
    if kind.broadcast:
        lines.append("broadcast = true")
    if kind.auto:
        lines.append("auto = true")
    if kind.provider is not None:
        lines.append(f"provider = {_text(kind.provider)}")
    if kind.route_by:
        lines.append(f"route_by = {_list(kind.route_by)}")
    for role, root in zip(("request", "response"), kind.roots, strict=False):
        lines += ["", f"[{role}]", f"namespace = {_text(root.namespace)}", f"root = {_text(root.root)}"]
    compared = {"volatile": kind.volatile, "unordered": kind.unordered}
    if any(compared.values()):
        lines += ["", "[compare]", *(f"{key} = {_list(paths)}" for key, paths in compared.items() if paths)]
    return "\n".join(lines) + "\n"


def _list(values: tuple[str, ...]) -> str:
    return f"[{', '.join(map(_text, values))}]"


def _text(value: str) -> str:
    return json.dumps(value.replace("\x7f", " "), ensure_ascii=False)  # strings of TOML escape as those of JSON
