"""Figures of the catalogue and the world: many kinds at the start, a big package, samples, lookups."""

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

from agencies.world import World
from gateway.data_files import data_folder
from gateway.library import Library, load
from gateway.library.packages import Choices, install, read_package

_XS: Final = "http://www.w3.org/2001/XMLSchema"
_TODAY: Final = date(2013, 3, 4)
_REPEATS: Final = 200


def many_kinds(folder: Path, count: int) -> None:
    """Write `count` copies of a shipped kind, each with a namespace of its own."""
    source = data_folder("schemas") / "kinds" / "fns" / "egrul" / "4.0.6"
    namespace = "urn://x-artefacts-fns-vipul-tosmv-ru/311-14/4.0.6"
    for number in range(count):
        target = folder / "bench" / f"kind-{number}" / "1.0.0"
        shutil.copytree(source, target)
        for file in target.iterdir():
            file.write_text(file.read_text("utf-8").replace(namespace, f"urn://bench/{number}"), "utf-8")


def big_package(folder: Path, megabytes: float) -> Path:
    """Write an XSD of so many megabytes, of types that are all used."""
    field = (
        '<xs:element name="Field{n}" minOccurs="0"><xs:simpleType><xs:restriction base="xs:string">'
        '<xs:maxLength value="{n}"/></xs:restriction></xs:simpleType></xs:element>'
    )
    size = 0
    fields: list[str] = []
    while size < megabytes * 1_000_000:
        fields.append(field.format(n=len(fields) + 1))
        size += len(fields[-1])
    groups = [fields[start : start + 50] for start in range(0, len(fields), 50)]
    types = "".join(
        f'<xs:complexType name="Group{n}"><xs:sequence>{"".join(group)}</xs:sequence></xs:complexType>'
        for n, group in enumerate(groups)
    )
    uses = "".join(f'<xs:element name="Part{n}" type="Group{n}" minOccurs="0"/>' for n in range(len(groups)))
    roots = "".join(
        f'<xs:element name="Big{role}"><xs:complexType><xs:sequence>{uses}</xs:sequence></xs:complexType></xs:element>'
        for role in ("Request", "Response")
    )
    path = folder / "big.xsd"
    path.write_text(
        f'<xs:schema xmlns:xs="{_XS}" xmlns="urn://bench/big/1.0.0" targetNamespace="urn://bench/big/1.0.0" '
        f'elementFormDefault="qualified">{roots}{types}</xs:schema>'
    )
    return path


def figures() -> list[str]:
    """Return the lines of the table."""
    lines = []
    with tempfile.TemporaryDirectory(prefix="mock-smev-bench-") as name:
        folder = Path(name)
        package = big_package(folder, 2)
        library = load(data_folder("schemas") / "kinds")
        taken = _seconds(lambda: install(read_package(package), Choices(), folder / "kinds", library))
        lines.append(f"| take in a package of 2 MB, s | {taken:.2f} |")
    lines += _samples(library)
    lines += _lookups()
    return lines


def _samples(library: Library) -> list[str]:
    kind = library.catalogue.by_id("fns/egrul")
    assert kind is not None
    assert kind.response is not None
    root, sampler = kind.response, library.sampler_of(kind)

    def sample(seed: int) -> None:
        sampler.sample(root, seed, today=_TODAY, fullness="full")

    first = _seconds(lambda: sample(0))
    later = [_seconds(lambda seed=seed: sample(seed)) for seed in range(1, 40)]  # type: ignore[misc]
    return [f"| sample of fns/egrul, first and then, ms | {first * 1e3:.0f}, {statistics.median(later) * 1e3:.1f} |"]


def _lookups() -> list[str]:
    world = World(0, _TODAY)
    person, estate = world.person(17), world.estates[17]
    lookups: dict[str, Callable[[], object]] = {
        "СНИЛС": lambda: world.person_by_snils(person.snils),
        "name": lambda: world.persons_by_name(
            person.family_name, person.first_name, person.patronymic, person.birth_date
        ),
        "cadastral number": lambda: world.estate(estate.cadastral_number),
        "enforcement of a person": lambda: world.enforcements_of(person),
    }
    lines = []
    for name, look in lookups.items():
        first = _seconds(look)
        later = statistics.median(_seconds(look) for _ in range(_REPEATS))
        lines.append(f"| world, by {name}: first ms, then µs | {first * 1e3:.0f}, {later * 1e6:.0f} |")
    return lines


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
