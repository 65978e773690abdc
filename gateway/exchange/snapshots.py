"""Snapshots: the whole state of a store kept under a name, and a running gateway put back to it.

The state is what stands in the store: messages, queues with their leases, cases, the journal, participants, the clock.
What lives only in the process begins anew when a snapshot is restored.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from gateway.domain.clock import ClockSetting
from gateway.domain.routing import ReplyAddresses
from gateway.exchange.gate import Gate
from gateway.exchange.roster import Roster
from gateway.exchange.timekeeping import Timekeeper
from gateway.storage import clock, registry, snapshots
from gateway.storage.database import Database
from gateway.storage.snapshots import SUFFIX, SnapshotUnusable
from gateway.words import say

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}")


class SnapshotRefusal(Exception):
    """Nothing has changed: what was found, and what to do."""

    def __init__(self, found: str, advice: str) -> None:
        self.found, self.advice = found, advice
        super().__init__(found)


class NoSuchSnapshot(SnapshotRefusal):
    """No snapshot has this name."""


class SnapshotExists(SnapshotRefusal):
    """The name is another snapshot's."""


class BadSnapshotName(SnapshotRefusal):
    """No snapshot can be called so."""


class BrokenSnapshot(SnapshotRefusal):
    """The file is no snapshot that this release reads."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot on disk. `saved` is the machine's time; `clock` is how the gateway's went and where it stood."""

    name: str
    saved: datetime
    size: int
    messages: int
    clock: ClockSetting | None
    revision: str


class SnapshotFolder:
    """The snapshots of the gateways of one process, a file each. Reads and writes files: not for the event loop."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def file(self, name: str) -> Path:
        """Return the file of a snapshot, which may not be there.

        Raises: BadSnapshotName.
        """
        if _NAME.fullmatch(name) is None:
            raise BadSnapshotName(
                repr(name[:80]),
                say(
                    "от 1 до 64 латинских букв, цифр, знаков «_», «.», «-», начиная с буквы или цифры",
                    "1 to 64 Latin letters, digits and characters “_”, “.”, “-”, a letter or digit first",
                ),
            )
        return self._folder / f"{name}{SUFFIX}"

    def found(self, name: str) -> Path:
        """Return the file of a snapshot that is there, and can be read.

        Raises: NoSuchSnapshot, BadSnapshotName, BrokenSnapshot.
        """
        self.look(name)
        return self.file(name)

    def look(self, name: str) -> Snapshot:
        """Return what a snapshot is.

        Raises: NoSuchSnapshot, BadSnapshotName, BrokenSnapshot.
        """
        file = self.file(name)
        try:
            stat = file.stat()
        except OSError as error:
            names = ", ".join(self._names()) or say("ни одного", "none")
            raise NoSuchSnapshot(
                say(f"снимка {name!r} нет", f"no snapshot {name!r}"), say(f"есть: {names}", f"there are: {names}")
            ) from error
        try:
            facts = snapshots.facts(file)
        except SnapshotUnusable as error:
            raise BrokenSnapshot(str(error), say("сохраните снимок заново", "save the snapshot anew")) from error
        saved = datetime.fromtimestamp(stat.st_mtime, UTC)
        return Snapshot(name, saved, stat.st_size, facts.messages, facts.clock, facts.revision)

    def all(self) -> list[Snapshot]:
        """Return every snapshot that can be read, in the order of names."""
        listed = []
        for name in self._names():
            try:
                listed.append(self.look(name))
            except SnapshotRefusal:  # it has gone meanwhile, or is none
                continue
        return listed

    def _names(self) -> list[str]:
        return sorted(path.stem for path in self._folder.glob(f"*{SUFFIX}") if _NAME.fullmatch(path.stem))

    def write(self, name: str, store: Database, *, replace: bool) -> Snapshot:
        """Save all that `store` holds at one moment; the file is there whole or not at all.

        Raises: SnapshotExists, BadSnapshotName, StoreError, OSError.
        """
        file = self.file(name)
        if file.exists() and not replace:
            raise SnapshotExists(
                say(f"снимок {name} уже есть", f"the snapshot {name} exists"),
                say("другое имя, или replace: true", "another name, or replace: true"),
            )
        self._folder.mkdir(parents=True, exist_ok=True)
        beside = file.with_name(f".{name}.new")
        beside.unlink(missing_ok=True)
        try:
            snapshots.save(store, beside)
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)
        return self.look(name)

    def remove(self, name: str) -> None:
        """Remove a snapshot, be it one that cannot be read.

        Raises: NoSuchSnapshot, BadSnapshotName.
        """
        file = self.file(name)
        if not file.exists():
            self.look(name)
        file.unlink(missing_ok=True)


class Snapshots:
    """Saves one running gateway, and puts it back."""

    def __init__(  # noqa: PLR0913 - all that a gateway holds in memory of its store
        self,
        folder: SnapshotFolder,
        store: Database,
        timekeeper: Timekeeper,
        roster: Roster,
        addresses: ReplyAddresses,
        *,
        calls: Gate,
        nodes: Any,
        afresh: tuple[Callable[[], object], ...],
    ) -> None:
        """`calls` is what every call of SMEV passes; each of `afresh` begins something anew after a restore."""
        self.folder: Final = folder
        self._store, self._timekeeper, self._roster, self._addresses = store, timekeeper, roster, addresses
        self._calls, self._nodes, self._afresh = calls, nodes, afresh

    async def save(self, name: str, *, replace: bool = False) -> Snapshot:
        """Save the state of this moment; nothing becomes due meanwhile, and calls go on.

        Raises: SnapshotExists, BadSnapshotName, StoreError, OSError.
        """
        async with self._timekeeper.stopped():
            return await asyncio.to_thread(self.folder.write, name, self._store, replace=replace)

    async def restore(self, name: str) -> Snapshot:
        """Put the gateway back to a snapshot. Calls under way are finished before; those that come meanwhile meet it.

        Raises: NoSuchSnapshot, BadSnapshotName, BrokenSnapshot, StoreError; nothing has changed then.
        """
        snapshot = await asyncio.to_thread(self.folder.look, name)
        async with self._timekeeper.stopped(), self._nodes.paused(), self._calls.closed():
            kept = await asyncio.to_thread(self._replace, self.folder.file(name))
            self._timekeeper.start_over(kept.clock)
            self._addresses.start_over(kept.secret)
            await self._roster.start_over()
            for begin_anew in self._afresh:
                begin_anew()
        return snapshot

    def _replace(self, file: Path) -> "_Kept":
        try:
            with snapshots.opened(file) as snapshot:
                return self._store.run_now(lambda connection: self._work(connection, snapshot))
        except SnapshotUnusable as error:
            raise BrokenSnapshot(str(error), say("сохраните снимок заново", "save the snapshot anew")) from error

    def _work(self, connection: Connection, snapshot: Path) -> "_Kept":
        own, secret = registry.of_the_gateway(connection), registry.reply_secret(connection, b"")
        snapshots.replace_all(connection, snapshot)
        registry.put_back(connection, own)
        return _Kept(clock.load(connection), registry.reply_secret(connection, secret))


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the store knows that a gateway holds in memory."""

    clock: ClockSetting | None
    secret: bytes
