"""What anybody uploads, under a uuid, until a message names it: bounded, hashed as it comes, one writer at a time.

Nothing here needs an event loop: the FTP server's thread, the loop's and those of HTTP transfers come at once.
"""

import os
import re
import shutil
import stat
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from gateway.storage.disk import entries_of, files_in, regular, sync_directory, touched
from gateway.words import say

CHUNK: Final = 1024 * 1024
MOST_UPLOADS: Final = 10_000
"""Directories that no message names: whoever only makes directories comes to an end."""
_SYNC_EVERY: Final = 64 * 1024 * 1024
"""Bytes after which what was written goes to the disk, so that the last flush is short."""
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LONGEST_NAME: Final = 255
_UPLOADS: Final = "uploads"
_KEPT: Final = "kept"
_TO_WRITE: Final = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


class Hasher(Protocol):
    """Streebog-256 over bytes that come in pieces."""

    def update(self, data: bytes, /) -> object: ...
    def digest(self) -> bytes: ...


class FileRefused(Exception):
    """A file cannot be uploaded, or read; the text is for whoever tries."""


class NoRoom(FileRefused):
    """The file, or all of them together, would be larger than they may."""


class FileBusy(FileRefused):
    """Somebody else is writing under this uuid, or a message names it already."""


class NoSuchFile(FileRefused):
    """There is none of this name."""


class BadName(FileRefused):
    """No directory or file can be called so."""


class NoSuchOffset(FileRefused):
    """Writing cannot go on there: the file ends before."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of the folder, in bytes: one file, and all files together."""

    file: int
    all: int


def checked_uuid(text: str) -> str:
    """Return a uuid in lower case.

    Raises: BadName.
    """
    uuid = text.lower()
    if _UUID.fullmatch(uuid) is None:
        raise BadName(
            say(f"{text[:80]!r} — не UUID: папка называется 8-4-4-4-12", f"{text[:80]!r} is no UUID, 8-4-4-4-12")
        )
    return uuid


def checked_name(name: str) -> str:
    """Return the name of a file.

    Raises: BadName for what leads elsewhere, or no file system takes.
    """
    odd = not name or name in {".", ".."} or any(sign in name for sign in "/\\") or not name.isprintable()
    try:
        too_long = len(name.encode()) > _LONGEST_NAME
    except UnicodeEncodeError:
        odd = too_long = True
    if odd or too_long:
        raise BadName(
            say(
                f"{name[:80]!r} — не имя файла: до {_LONGEST_NAME} байт, без «/», «\\» и управляющих знаков",
                f"{name[:80]!r} is no name of a file: up to {_LONGEST_NAME} bytes without /, \\ and control characters",
            )
        )
    return name


class UploadFolder:
    """The files of one process: what was uploaded, and what its gateways keep of it."""

    def __init__(self, folder: Path, bounds: Bounds, new_hasher: Callable[[], Hasher]) -> None:
        """`folder` need not be there: it is made for the first file."""
        self.folder: Final = folder
        self.bounds: Final = bounds
        self.new_hasher: Final = new_hasher
        self._lock = threading.Lock()
        self._writing: set[str] = set()
        self._seals: dict[str, _Seal] = {}
        self._taken: int | None = None
        self._uploads: int | None = None

    def directory(self, uuid: str) -> Path:
        """Return where the files of `uuid` are until a message names it."""
        return self.folder / _UPLOADS / uuid

    def kept(self, gateway: str) -> Path:
        """Return where a gateway keeps what its messages name."""
        return self.folder / _KEPT / gateway

    def make(self, uuid: str) -> None:
        """Make the directory of `uuid`; one that is there stays.

        Raises: BadName, FileBusy when a message names it, NoRoom, OSError.
        """
        directory = self.directory(checked_uuid(uuid))
        kept = self.folder / _KEPT
        if kept.is_dir() and any((owner / directory.name).is_dir() for owner in kept.iterdir()):
            raise FileBusy(
                say(f"файл {directory.name} уже назван в сообщении", f"a message names the file {directory.name}")
            )
        with self._lock:
            if self._uploads is None:
                directory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._uploads = sum(1 for _ in os.scandir(directory.parent))
            if self._uploads >= MOST_UPLOADS and not directory.is_dir():
                raise NoRoom(
                    say(
                        f"папок без сообщений уже {MOST_UPLOADS}; они исчезают со временем: --attachments-unclaimed",
                        f"{MOST_UPLOADS} directories wait for a message; they go after --attachments-unclaimed",
                    )
                )
            try:
                directory.mkdir(mode=0o700)
            except FileExistsError:
                return
            self._uploads += 1

    def begin(self, uuid: str, name: str, offset: int | None = 0) -> "Upload":
        """Begin to write a file, over what is there; from `offset` on, or (None) behind its end.

        Raises: BadName, NoSuchFile when there is no such directory, FileBusy, NoSuchOffset, OSError.
        """
        directory = self.directory(checked_uuid(uuid))
        path = directory / checked_name(name)
        if not directory.is_dir():
            raise NoSuchFile(say(f"нет папки {directory.name}: MKD", f"no directory {directory.name}: MKD"))
        with self._lock:
            if directory.name in self._writing:
                raise FileBusy(
                    say(
                        f"в папку {directory.name} сейчас пишет другой",
                        f"somebody else writes into {directory.name} now",
                    )
                )
            self._writing.add(directory.name)
            self._seals.pop(directory.name, None)
        try:
            return Upload(self, path, offset)
        except BaseException:
            self._end(directory.name, None)
            raise

    def size(self, uuid: str, name: str) -> int:
        """Return how many bytes of an uploaded file there are.

        Raises: NoSuchFile, BadName.
        """
        status = regular(self.directory(checked_uuid(uuid)) / checked_name(name))
        if status is None:
            raise NoSuchFile(say(f"файла {name!r} нет", f"no file {name!r}"))
        return status.st_size

    def names(self, uuid: str) -> list[str]:
        """Return the names of the uploaded files of `uuid`; a symbolic link is none."""
        return [path.name for path in files_in(self.directory(checked_uuid(uuid)))]

    def remove_unclaimed(self, before: float) -> int:
        """Remove what was uploaded before a moment (seconds since 1970) and no message names; return how many."""
        directories = entries_of(self.folder / _UPLOADS)
        old = [each for each in directories if touched(each) < before and each.name not in self._writing]
        for directory in old:
            self.drop(directory)
        with self._lock:
            self._uploads = None
        return len(old)

    def drop(self, directory: Path) -> None:
        """Remove the directory of a uuid with its files."""
        freed = sum(status.st_size for status in map(regular, entries_of(directory)) if status is not None)
        shutil.rmtree(directory, ignore_errors=True)
        with self._lock:
            self._seals.pop(directory.name, None)
            if self._taken is not None:
                self._taken -= freed

    def seal(self, path: Path) -> None:
        """Find out the digest of a file, which takes as long as reading it where it is not known.

        Raises: OSError.
        """
        if self.digest_of(path) is not None:
            return
        hasher = self.new_hasher()
        with path.open("rb", buffering=0) as content:
            while piece := content.read(CHUNK):
                hasher.update(piece)
            seal = _Seal.of(path.name, os.fstat(content.fileno()), hasher.digest())
        with self._lock:
            if path.parent.name not in self._writing:
                self._seals[path.parent.name] = seal

    def digest_of(self, path: Path) -> bytes | None:
        """Return the digest of a file where it is known and the file has not changed since."""
        seal, status = self._seals.get(path.parent.name), regular(path)
        fits = seal is not None and status is not None and seal == _Seal.of(path.name, status, seal.digest)
        return seal.digest if seal is not None and fits else None

    def is_busy(self, uuid: str) -> bool:
        """Tell whether somebody writes under `uuid`."""
        return uuid in self._writing

    def claimed(self) -> None:
        """Note that one directory has gone to a gateway."""
        with self._lock:
            self._uploads = None if self._uploads is None else self._uploads - 1

    def _reserve(self, count: int) -> None:
        """Take `count` bytes of the room (give them back, if below 0).

        Raises: NoRoom.
        """
        with self._lock:
            if self._taken is None:
                self._taken = sum(status.st_size for status in map(regular, self._all_files()) if status is not None)
            if count > 0 and self._taken + count > self.bounds.all:
                left = max(0, self.bounds.all - self._taken)
                raise NoRoom(
                    say(
                        f"хранилище вложений полно: осталось {left} байт из {self.bounds.all}; --attachments-room",
                        f"the store of files is full: {left} bytes left of {self.bounds.all}; --attachments-room",
                    )
                )
            self._taken += count

    def _all_files(self) -> Iterator[Path]:
        for top in (_UPLOADS, _KEPT):
            for folder, _, names in os.walk(self.folder / top):
                yield from (Path(folder, name) for name in names)

    def _end(self, uuid: str, seal: "_Seal | None") -> None:
        with self._lock:
            self._writing.discard(uuid)
            if seal is not None:
                self._seals[uuid] = seal


class Upload:
    """A file while it is written: bounded, hashed as it comes, on the disk when it is closed. Not for two threads."""

    def __init__(self, folder: UploadFolder, path: Path, offset: int | None) -> None:
        self.path: Final = path
        self.closed = False
        self._folder, self._unsynced = folder, 0
        status = regular(path)
        there = 0 if status is None else status.st_size
        self.size = there if offset is None else offset
        """Bytes of the file so far."""
        if self.size > there:
            raise NoSuchOffset(say(f"в файле {there} байт, не {self.size}", f"the file has {there} bytes"))
        self._file = os.open(path, _TO_WRITE, 0o600)
        try:
            if not stat.S_ISREG(os.fstat(self._file).st_mode):
                raise BadName(say(f"{path.name!r} — не файл", f"{path.name!r} is no file"))
            os.ftruncate(self._file, self.size)
            os.lseek(self._file, self.size, os.SEEK_SET)
            folder._reserve(self.size - there)
        except BaseException:
            os.close(self._file)
            raise
        # What was there before need not have been hashed by this process: `prepare` reads it all.
        self._hasher = None if self.size else folder.new_hasher()

    @property
    def name(self) -> str:
        return self.path.name

    def write(self, data: bytes) -> int:
        """Write at the end.

        Raises: NoRoom, OSError.
        """
        if self.size + len(data) > self._folder.bounds.file:
            limit = self._folder.bounds.file
            raise NoRoom(
                say(
                    f"файл больше {limit} байт: --max-ref-attachments",
                    f"the file is larger than {limit} bytes: --max-ref-attachments",
                )
            )
        self._folder._reserve(len(data))
        left = memoryview(data)
        while left:
            left = left[os.write(self._file, left) :]
        if self._hasher is not None:
            self._hasher.update(data)
        self.size += len(data)
        self._unsynced += len(data)
        if self._unsynced >= _SYNC_EVERY:
            os.fdatasync(self._file)
            self._unsynced = 0
        return len(data)

    def close(self) -> None:
        """Let the file be on the disk. Whether all of it came is for the sender's hash to say."""
        if self.closed:
            return
        self.closed = True
        seal = None
        try:
            os.fsync(self._file)
            if self._hasher is not None:
                seal = _Seal.of(self.path.name, os.fstat(self._file), self._hasher.digest())
        finally:
            os.close(self._file)
            self._folder._end(self.path.parent.name, seal)
        sync_directory(self.path.parent)


@dataclass(frozen=True, slots=True)
class _Seal:
    """The digest of a file, and how the file was when it was taken."""

    name: str
    size: int
    changed: int
    digest: bytes

    @classmethod
    def of(cls, name: str, status: os.stat_result, digest: bytes) -> "_Seal":
        return cls(name, status.st_size, status.st_mtime_ns, digest)
