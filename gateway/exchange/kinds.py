"""Data kinds that come and go while the gateway runs: packages taken in, kinds removed, their providers appointed."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from gateway.domain.catalogue import DataKind
from gateway.domain.participants import Participants
from gateway.library import Library
from gateway.library.packages import Choices, Installed, Limits, PackageError, prepare, read_package
from gateway.library.packages.installing import Prepared, remove_folder, remove_leftovers
from gateway.words import say


class KindRefusal(Exception):
    """The kinds stay as they are: what was found, and what to do."""

    def __init__(self, found: str, advice: str) -> None:
        self.found, self.advice = found, advice
        super().__init__(found)


class NoSuchKind(KindRefusal):
    """No kind has this id and version."""


class KindStays(KindRefusal):
    """The kind was not added here, and cannot be removed here."""


class Origin(StrEnum):
    """Where a kind is from: the program, a folder of --kinds, or added to the gateway, be it before a restart."""

    SHIPPED = "shipped"
    FOLDER = "folder"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class KnownKind:
    """A kind of the catalogue, and who provides it."""

    kind: DataKind
    origin: Origin
    providers: tuple[str, ...]


class Kinds:
    """The changing kinds of one gateway. Those that are added live below `root`, and are there after a restart."""

    def __init__(
        self,
        library: Library,
        participants: Participants,
        root: Path,
        *,
        insisted: Iterable[str] = (),
        limits: Limits = Limits(),  # noqa: B008 - frozen
    ) -> None:
        """`insisted` are the ids of the kinds whose provider the settings name: no kind.toml changes those."""
        self._library, self._participants, self._root, self._limits = library, participants, root, limits
        self._insisted = frozenset(insisted)
        self._usual = dict(participants.providers)
        self._changing: Final = asyncio.Lock()
        remove_leftovers(root)

    def appoint(self) -> None:
        """Make the providers that the kinds themselves ask for: at the start, and when participants were reset."""
        for kind in self._library.catalogue:
            self._appoint(kind, insisting=kind.id in self._insisted)

    def _appoint(self, kind: DataKind, *, insisting: bool) -> None:
        if kind.provided_by is not None and not insisting:
            self._participants.provide(kind.provided_by, kind.id)

    async def add(self, package: bytes, choices: Choices = Choices()) -> Installed:  # noqa: B008 - frozen
        """Take in a package. Messages go on being served meanwhile; one package at a time.

        Raises: PackageError, and nothing is left behind.
        """
        async with self._changing:
            prepared = await asyncio.to_thread(self._prepare, package, choices)
            try:
                installed = prepared.add_to(self._library)
            finally:
                await asyncio.to_thread(prepared.close)
            # Who adds a kind now knows more than whoever wrote the settings.
            self._appoint(installed.kind, insisting=False)
            return installed

    def _prepare(self, package: bytes, choices: Choices) -> Prepared:
        try:
            prepared = prepare(read_package(package, self._limits), choices, self._root, self._library)
            try:
                prepared.publish()
            except BaseException:
                prepared.close()
                raise
        except OSError as error:
            raise PackageError(
                f"{error.filename or self._root}: {error.strerror or error}",
                say(
                    "проверьте место на диске и права на папку данных",
                    "check the space and the rights of the data folder",
                ),
            ) from error
        return prepared

    async def remove(self, kind_id: str, version: str | None = None) -> DataKind:
        """Remove a kind that was added, and its folder; without a version the only one there is.

        A shipped kind that it had replaced returns, and with it whoever provided it. Requests that are under way are
        still delivered, and cannot be answered with content any more.

        Raises: NoSuchKind, KindStays.
        """
        async with self._changing:
            kind = self._one(kind_id, version)
            if self._origin(kind) is not Origin.ADDED:
                raise self._stays(kind)
            folder = self._library.remove(kind.id, kind.version)
            self._dismiss(kind)
            await asyncio.to_thread(remove_folder, folder.path)
            return kind

    async def clear(self) -> int:
        """Remove every kind that was added; return how many there were."""
        added = [known.kind for known in self.list() if known.origin is Origin.ADDED]
        for kind in added:
            await self.remove(kind.id, kind.version)
        return len(added)

    def list(self) -> tuple[KnownKind, ...]:
        """Return every kind of the catalogue, in order of id and version."""
        providers = self._participants.providers
        return tuple(
            KnownKind(kind, self._origin(kind), providers.get(kind.id, ())) for kind in self._library.catalogue
        )

    def _origin(self, kind: DataKind) -> Origin:
        if self._library.is_shipped(kind):
            return Origin.SHIPPED
        added = self._library.folder_of(kind).is_relative_to(self._root)
        return Origin.ADDED if added else Origin.FOLDER

    def _one(self, kind_id: str, version: str | None) -> DataKind:
        of_id = [kind for kind in self._library.catalogue if kind.id == kind_id]
        found = [kind for kind in of_id if version in (None, kind.version)]
        if len(found) == 1:
            return found[0]
        if not of_id:
            known = ", ".join(sorted({kind.id for kind in self._library.catalogue}))
            raise NoSuchKind(say(f"вида сведений {kind_id!r} нет", f"no data kind {kind_id!r}"), known)
        versions = ", ".join(kind.version for kind in of_id)
        asked = version or say("без версии", "without a version")
        raise NoSuchKind(f"{kind_id} {asked}", say(f"есть версии {versions}", f"there are the versions {versions}"))

    def _stays(self, kind: DataKind) -> KindStays:
        name = f"{kind.id} {kind.version}"
        if self._origin(kind) is Origin.SHIPPED:
            return KindStays(
                say(f"{name} поставляется с программой", f"{name} ships with the program"),
                say("добавьте свой вид с теми же корнями: упрощённый уступит ему", "add your own with the same roots"),
            )
        folder = self._library.folder_of(kind)
        return KindStays(
            say(f"{name} взят из папки --kinds", f"{name} is from a folder of --kinds"),
            say(f"уберите {folder} и перезапустите шлюз", f"remove {folder} and restart the gateway"),
        )

    def _dismiss(self, kind: DataKind) -> None:
        """Give the kind's provider back to what it was, unless somebody has changed it since."""
        providers = self._participants.providers
        if kind.provided_by is not None and providers.get(kind.id) == (kind.provided_by,):
            providers[kind.id] = self._usual.get(kind.id, ())
        if self._library.catalogue.by_id(kind.id) is None or not providers.get(kind.id):
            providers.pop(kind.id, None)
