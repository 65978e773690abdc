"""The passports of services: those that ship, those of --services, and those that come and go while the program runs.

A passport is a TOML file (docs/reference/services.md). Shipped ones are read when they are first asked for, since
reading all of them takes longer than the rest of a start; those of others are read at the start, so that what is wrong
with them is known then.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from gateway.domain.services import ServicePassport
from gateway.domain.working_time import Term
from gateway.library.passports import tables
from gateway.library.passports.reading import read_passport
from gateway.library.passports.tables import PassportError, Table
from gateway.library.passports.terms import TERMS_FILE, SpecialTerm, read_terms, term_to_answer
from gateway.words import say

if TYPE_CHECKING:
    from gateway.library import Library

__all__ = ["PassportError", "Passports", "Written", "load_passports"]


@dataclass(frozen=True, slots=True)
class Written:
    """A passport as it was read: without what it inherits, but with where it stands."""

    passport: ServicePassport
    table: Table
    path: Path | None = None

    @classmethod
    def read(cls, source: Path | Mapping[str, Any], library: "Library") -> Self:
        """Read a TOML file, or a JSON document with the same keys.

        Raises: PassportError.
        """
        if isinstance(source, Path):
            return cls._of(tables.read(source), library, source)
        return cls._of(tables.of_mapping(source), library, None)

    @classmethod
    def of_text(cls, text: bytes, name: str, library: "Library") -> Self:
        """Read the text of a TOML file that is called `name` in errors.

        Raises: PassportError.
        """
        return cls._of(tables.of_text(Path(name), text), library, None)

    @classmethod
    def _of(cls, table: Table, library: "Library", path: Path | None) -> Self:
        replaced = (kind.id for kind in library.replaced)
        return cls(read_passport(table, library.catalogue, replaced), table, path)


class Passports:
    """Every passport by its code. May change while other threads read."""

    def __init__(self, library: "Library", shipped: Mapping[str, Path], terms: tuple[SpecialTerm, ...]) -> None:
        """`shipped` are files by code, read when they are asked for."""
        self._library, self._shipped, self._terms = library, dict(shipped), terms
        self._read: dict[str, ServicePassport] = {}
        self._own: dict[str, Written] = {}  # changed only by putting another one in its place, like the next
        self._whole: dict[str, ServicePassport] = {}

    def copy(self, library: "Library") -> "Passports":
        """Return the same passports over a copy of their kinds; from now on they change by themselves."""
        other = Passports(library, self._shipped, self._terms)
        other._read, other._own, other._whole = self._read, self._own, self._whole
        return other

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code, in order."""
        return tuple(sorted((*self._shipped, *self._own)))

    def __len__(self) -> int:
        return len(self._shipped) + len(self._own)

    def __iter__(self) -> Iterator[ServicePassport]:
        """Yield every passport in the order of codes; the first time this reads every shipped file (0.1 seconds)."""
        for code in self.codes:
            passport = self.by_code(code)
            if passport is not None:  # it may have gone meanwhile
                yield passport

    def by_code(self, code: str) -> ServicePassport | None:
        """Return the passport of a service, with what it inherits; None where there is none.

        Raises: PassportError where a shipped file has been broken.
        """
        found = self._whole.get(code) or self._read.get(code)
        if found is None and code in self._shipped:
            found = self._read[code] = Written.read(self._shipped[code], self._library).passport
        return found

    def _with_inherited(self, passport: ServicePassport, own: Mapping[str, Written]) -> ServicePassport:
        if passport.based_on is None:
            return passport
        of_own = own.get(passport.based_on)
        base = self.by_code(passport.based_on) if of_own is None else self._with_inherited(of_own.passport, own)
        if base is None:  # a reset removed it
            return passport
        said = {document.code for document in passport.documents}
        inherited = tuple(document for document in base.documents if document.code not in said)
        return replace(passport, documents=(*inherited, *passport.documents))

    def term_to_answer(self, kind: str, day: date, passport: ServicePassport | None = None) -> Term:
        """Return the term to answer a request of `kind` that was placed in the queue on `day`, for a service."""
        return term_to_answer(self._terms, kind, day, passport)

    @property
    def terms(self) -> tuple[SpecialTerm, ...]:
        """The special terms to answer, with their sources; later ones beat earlier ones."""
        return self._terms

    def is_shipped(self, code: str) -> bool:
        """Tell whether a passport came with the program."""
        return code in self._shipped

    def file_of(self, code: str) -> Path | None:
        """Return the file of a passport that did not ship."""
        own = self._own.get(code)
        return None if own is None else own.path

    def based_on(self, code: str) -> tuple[str, ...]:
        """Return the codes of the passports that inherit from this one."""
        return tuple(sorted(own.passport.code for own in self._own.values() if own.passport.based_on == code))

    def add(self, *added: Written) -> None:
        """Add passports, which may be based on each other.

        Raises: PassportError; nothing has changed then.
        """
        own = dict(self._own)
        for written in added:
            self._check_new(written, own)
            own[written.passport.code] = written
        for written in added:
            self._check_base(written, own)
        whole = {code: self._with_inherited(written.passport, own) for code, written in own.items()}
        self._own, self._whole = own, whole

    def add_below(self, folder: Path) -> None:
        """Add the passports of a folder.

        Raises: PassportError; nothing has changed then.
        """
        self.add(*(Written.read(path, self._library) for path in _files_below(folder)))

    def rehearse(self, written: Written) -> None:
        """Raise what `add` would raise, and change nothing."""
        self._check_new(written, self._own)
        self._check_base(written, {**self._own, written.passport.code: written})

    def remove(self, code: str) -> None:
        """Remove a passport that did not ship; its file stays. KeyError where there is none."""
        left, whole = dict(self._own), dict(self._whole)
        del left[code], whole[code]
        self._own, self._whole = left, whole

    def _check_new(self, written: Written, own: Mapping[str, Written]) -> None:
        code = written.passport.code
        if code not in self._shipped and code not in own:
            return
        other = say("поставляется с программой", "ships with the program")
        if code in own:
            other = own[code].table.where("code")
        raise written.table.error(
            "code",
            say(f"паспорт услуги {code} уже есть: {other}", f"there is a passport {code} already: {other}"),
            say(
                f'дайте свой код; документы {code} можно унаследовать: based_on = "{code}"',
                f'give it a code of its own; based_on = "{code}" inherits the documents of {code}',
            ),
        )

    def _check_base(self, written: Written, own: Mapping[str, Written]) -> None:
        chain = [written.passport.code]
        base = written.passport.based_on
        while base is not None:
            if base in chain:
                loop = " → ".join([*chain, base])
                why = say(f"паспорта унаследованы по кругу: {loop}", f"passports inherit in a circle: {loop}")
                raise written.table.error("based_on", why, say("разорвите круг", "break the circle"))
            if base not in own:
                self._check_shipped(written, base)
                return
            chain.append(base)
            base = own[base].passport.based_on

    def _check_shipped(self, written: Written, base: str) -> None:
        if base not in self._shipped:
            near = tables.nearest(base, self.codes)
            why = say(f"based_on: нет услуги {base!r}", f"based_on: no service {base!r}")
            raise written.table.error("based_on", why + near, say("mock-smev services list", "mock-smev services list"))


def load_passports(*folders: Path, library: "Library", shipped: Path | None = None) -> Passports:
    """Read the passports below `folders`, and the terms of `shipped`, whose passports are read later.

    Raises: PassportError, the first one.
    """
    terms: list[SpecialTerm] = []
    for folder in folders if shipped is None else (shipped, *folders):
        if (folder / TERMS_FILE).is_file():
            terms += read_terms(folder / TERMS_FILE)
    passports = Passports(library, {} if shipped is None else _by_code(shipped), tuple(terms))
    passports.add(*(Written.read(path, library) for folder in folders for path in _files_below(folder)))
    return passports


def _by_code(shipped: Path) -> dict[str, Path]:
    """Return the shipped files by code: `<level>/<code>.toml`."""
    return {path.stem: path for path in shipped.glob("*/*.toml")}


def _files_below(folder: Path) -> Iterator[Path]:
    """Yield the files of passports; names that begin with a dot are not looked at."""
    if not folder.is_dir():
        raise PassportError(f"{folder}:1", say("нет такой папки паспортов услуг", "no such folder of passports"))
    for path in sorted(folder.rglob("*.toml")):
        if path.name != TERMS_FILE and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path
