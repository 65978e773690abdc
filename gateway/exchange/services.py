"""Service passports that come and go while the gateway runs, kept on disk."""

import asyncio
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from gateway.domain.services import ServicePassport
from gateway.library import Library
from gateway.library.passports import PassportError, Passports, Written
from gateway.words import say


class ServiceRefusal(Exception):
    """The services stay as they are: what was found, and what to do."""

    def __init__(self, found: str, advice: str) -> None:
        self.found, self.advice = found, advice
        super().__init__(found)


class NoSuchService(ServiceRefusal):
    """No passport has this code."""


class ServiceStays(ServiceRefusal):
    """The passport was not added here, or others are based on it."""


class Origin(StrEnum):
    """Where a passport is from: the program, a folder of --services, or added to the gateway."""

    SHIPPED = "shipped"
    FOLDER = "folder"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class KnownService:
    """A passport, and where it is from."""

    passport: ServicePassport
    origin: Origin


class Services:
    """The changing passports of one gateway. Those that are added live in `root`, and are there after a restart."""

    def __init__(self, passports: Passports, library: Library, root: Path) -> None:
        self.passports: Final = passports
        self._library, self._root = library, root
        self._changing: Final = asyncio.Lock()

    def list(self) -> tuple[KnownService, ...]:
        """Return every passport in the order of codes. The first call reads the shipped files: not for the loop."""
        return tuple(KnownService(passport, self._origin(passport.code)) for passport in self.passports)

    def known(self, code: str) -> KnownService:
        """Return one passport.

        Raises: NoSuchService.
        """
        passport = self.passports.by_code(code)
        if passport is None:
            found = say(f"услуги {code!r} нет", f"no service {code!r}")
            raise NoSuchService(found, say("GET /__admin/services", "GET /__admin/services"))
        return KnownService(passport, self._origin(code))

    async def add(self, written: bytes | Mapping[str, Any], name: str = "passport.toml") -> KnownService:
        """Take in a passport: the text of a TOML file that is called `name` in errors, or a JSON document.

        Raises: PassportError, and nothing is left behind.
        """
        async with self._changing:
            read = await asyncio.to_thread(self._keep, written, name)
            try:
                self.passports.add(read)
            except BaseException:
                _remove(read.path)
                raise
            return self.known(read.passport.code)

    def _keep(self, written: bytes | Mapping[str, Any], name: str) -> Written:
        """Judge a passport, write it into its place, and read it from there."""
        if isinstance(written, bytes):
            read, text = Written.of_text(written, name, self._library), written
        else:
            read, text = Written.read(written, self._library), as_toml(written).encode()
        self.passports.rehearse(read)
        path = self._root / f"{read.passport.code}.toml"
        try:
            if path.exists():
                raise PassportError(
                    read.table.where("code"),
                    say(f"файл {path} уже есть", f"the file {path} is there already"),
                    say("уберите его или перезапустите шлюз", "remove it, or restart the gateway"),
                )
            write_whole(path, text)
        except OSError as error:
            raise PassportError(
                str(error.filename or path),
                error.strerror or str(error),
                say(
                    "проверьте место на диске и права на папку данных",
                    "check the space and the rights of the data folder",
                ),
            ) from error
        return Written.read(path, self._library)

    async def remove(self, code: str) -> ServicePassport:
        """Remove a passport that was added, and its file.

        Raises: NoSuchService, ServiceStays.
        """
        async with self._changing:
            known = self.known(code)
            if known.origin is not Origin.ADDED:
                raise self._stays(known)
            heirs = self.passports.based_on(code)
            if heirs:
                raise ServiceStays(
                    say(f"на {code} основаны {', '.join(heirs)}", f"{', '.join(heirs)} are based on {code}"),
                    say("сначала уберите их", "remove those first"),
                )
            self._forget(code)
            return known.passport

    async def clear(self) -> int:
        """Remove every passport that was added; return how many there were."""
        async with self._changing:
            added = [code for code in self.passports.codes if self._origin(code) is Origin.ADDED]
            for code in added:
                self._forget(code)
            return len(added)

    def _forget(self, code: str) -> None:
        path = self.passports.file_of(code)
        self.passports.remove(code)
        _remove(path)

    def _origin(self, code: str) -> Origin:
        path = self.passports.file_of(code)
        if path is None:
            return Origin.SHIPPED
        return Origin.ADDED if path.is_relative_to(self._root) else Origin.FOLDER

    def _stays(self, known: KnownService) -> ServiceStays:
        code = known.passport.code
        if known.origin is Origin.SHIPPED:
            return ServiceStays(
                say(f"{code} поставляется с программой", f"{code} ships with the program"),
                say(
                    f'добавьте свой паспорт с другим кодом и based_on = "{code}"',
                    f'add a passport of another code with based_on = "{code}"',
                ),
            )
        path = self.passports.file_of(code)
        return ServiceStays(
            say(f"{code} взят из папки --services", f"{code} is from a folder of --services"),
            say(f"уберите {path} и перезапустите шлюз", f"remove {path} and restart the gateway"),
        )


def as_toml(document: Mapping[str, Any]) -> str:
    """Return a JSON document of a passport as TOML. Whatever it may hold is written alike in both."""
    plain = {key: value for key, value in document.items() if key not in ("documents", "terms_to_answer")}
    lines = _pairs(plain)
    if document.get("terms_to_answer"):
        lines += ["", "[terms_to_answer]", *_pairs(document["terms_to_answer"])]
    for each in document.get("documents", ()):
        lines += ["", "[[documents]]", *_pairs(each)]
    return "\n".join(lines) + "\n"


def _pairs(table: Mapping[str, Any]) -> list[str]:
    return [f"{_quoted(key)} = {json.dumps(value, ensure_ascii=False)}" for key, value in table.items()]


def _quoted(key: str) -> str:
    return key if key.isidentifier() and key.isascii() else json.dumps(key, ensure_ascii=False)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, and outlives a loss of power.

    Raises: OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(prefix=".", dir=path.parent)
    try:
        with open(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _remove(path: Path | None) -> None:
    if path is not None:
        path.unlink(missing_ok=True)
