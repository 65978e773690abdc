"""The files of a package: out of a zip that nobody trusts, or out of a folder, into memory.

Nothing is written here, so no name in an archive can reach a file of ours; names are judged all the same, because
schemas refer to each other by them.
"""

import io
import os
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from gateway.library.packages.errors import PackageError
from gateway.words import say

MIB: Final = 1024 * 1024
_WANTED: Final = (".xsd", ".xml", ".toml", ".j2")
_ARCHIVES: Final = (".zip", ".rar", ".7z", ".gz", ".tar")
_JUNK: Final = re.compile(r"(^|/)(__MACOSX|\.|Thumbs\.db$|~\$)")
_DEVICE: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LONGEST_NAME: Final = 1_000
_CHUNK: Final = 65_536
_ENTRY: Final = b"PK\x01\x02"
_BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError,
)  # fmt: skip
"""What zipfile raises for archives that are none."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a package: bytes of the archive, files in it, bytes that come out of it, and bytes out per byte in."""

    packed: int = 32 * MIB
    files: int = 2_000
    unpacked: int = 100 * MIB
    ratio: int = 200


@dataclass(frozen=True, slots=True)
class Package:
    """The files of a package that matter, path -> content, and the paths of those that were not looked at.

    Paths are relative, with "/", in NFC; no two of them differ in case only.
    """

    files: dict[str, bytes]
    skipped: tuple[str, ...] = ()

    def as_zip(self) -> bytes:
        """Return the package as an archive."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, content in self.files.items():
                archive.writestr(zipfile.ZipInfo(path), content, zipfile.ZIP_DEFLATED)
        return packed.getvalue()


def read_package(source: bytes | Path, limits: Limits = Limits()) -> Package:
    """Read a zip, a folder, or one XSD.

    Raises: PackageError.
    """
    if isinstance(source, bytes):
        return _read_zip(source, limits)
    try:
        if source.is_dir():
            return _read_folder(source, limits)
        if source.stat().st_size > limits.packed:
            raise _too_big(say("архив", "the archive"), limits.packed)
        content = source.read_bytes()
    except OSError as error:
        raise PackageError(
            f"{source}: {error.strerror or error}",
            say("укажите архив zip, папку или XSD", "name a zip archive, a folder, or an XSD"),
        ) from error
    if source.suffix.lower() == ".xsd":
        return Package({unicodedata.normalize("NFC", source.name): content})
    return _read_zip(content, limits)


def _read_zip(packed: bytes, limits: Limits) -> Package:
    if len(packed) > limits.packed:
        raise _too_big(say("архив", "the archive"), limits.packed)
    # zipfile makes an object of each entry before anything can be asked of it.
    if packed.count(_ENTRY) > 10 * limits.files:
        raise _too_many(limits)
    try:
        with zipfile.ZipFile(io.BytesIO(packed), metadata_encoding="cp866") as archive:
            return _collect(_entries(archive), limits, max(len(packed) * limits.ratio, MIB))
    except _BROKEN as error:
        if isinstance(error, PackageError):
            raise
        raise _no_zip(packed, error) from error


def _no_zip(packed: bytes, error: Exception) -> PackageError:
    if packed.startswith(b"PK"):
        return PackageError(
            say(f"архив повреждён или обрывается: {error}", f"the archive is damaged or ends too early: {error}"),
            say("запакуйте или скачайте его заново", "pack or download it again"),
        )
    return PackageError(
        say(f"ожидался архив zip, найдено {packed[:20]!r}", f"expected a zip archive, found {packed[:20]!r}"),
        say("запакуйте папку вида сведений в zip", "pack the folder of the data kind as a zip"),
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file of a package: `read` yields its content piece by piece."""

    path: str
    chunks: Iterator[bytes]


def _collect(entries: Iterator[_Entry], limits: Limits, most: int) -> Package:
    files: dict[str, bytes] = {}
    skipped: list[str] = []
    taken: dict[str, str] = {}
    total = count = 0
    for entry in entries:
        count += 1
        if count > limits.files:
            raise _too_many(limits)
        if _JUNK.search(entry.path):
            continue
        twin = taken.setdefault(entry.path.casefold(), entry.path)
        if entry.path in files or twin != entry.path:
            raise PackageError(
                say(f"два файла с одним именем: {twin} и {entry.path}", f"two files of one name: {twin}, {entry.path}"),
                say("переименуйте один из них", "rename one of them"),
            )
        if PurePosixPath(entry.path).suffix.lower() not in _WANTED:
            skipped.append(entry.path)
            continue
        content = bytearray()
        for chunk in entry.chunks:  # counted as it comes: what the headers say of sizes is not believed
            content += chunk
            total += len(chunk)
            if total > min(most, limits.unpacked):
                raise _too_big(say("распакованный пакет", "the unpacked package"), min(most, limits.unpacked))
        files[entry.path] = bytes(content)
    return Package(files, tuple(skipped))


def _entries(archive: zipfile.ZipFile) -> Iterator[_Entry]:
    for info in archive.infolist():
        path = _safe(_name(info))
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise _refused(path, say("это ссылка или устройство, а не файл", "a link or a device, no file"))
        if info.is_dir() or kind == stat.S_IFDIR:
            continue
        if info.flag_bits & 1:
            raise _refused(path, say("файл зашифрован", "the file is encrypted"))
        if info.compress_type not in _METHODS:
            method = info.compress_type
            raise _refused(path, say(f"сжато методом {method}", f"compressed by the method {method}"))
        yield _Entry(path, _unpacked(archive, info))


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(info) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _name(info: zipfile.ZipInfo) -> str:
    """Return the name as it was meant: without the flag of UTF-8 it is in cp866, as on Windows, or in UTF-8 anyway."""
    name = info.orig_filename
    if info.flag_bits & 0x800:
        return name
    try:
        meant = name.encode("cp866").decode("utf-8")
    except UnicodeError:
        return name
    # Short Russian words in cp866 happen to be valid UTF-8, of scripts that nobody here writes.
    return meant if all(letter < "\u0530" or "\u2000" <= letter < "\u2200" for letter in meant) else name


def _safe(name: str) -> str:
    """Return a path that stays inside, or refuse it."""
    path = unicodedata.normalize("NFC", name.replace("\\", "/"))
    parts = path.rstrip("/").split("/")
    if path.startswith("/") or re.match("[A-Za-z]:", path) or ".." in parts:
        raise _refused(name, say("путь ведёт за пределы архива", "the path leads out of the archive"))
    if len(path) > _LONGEST_NAME or any(unicodedata.category(letter)[0] == "C" for letter in path) or ":" in path:
        raise _refused(name, say("имя недопустимо", "the name is not allowed"))
    if any(_DEVICE.fullmatch(part.strip()) for part in parts):
        raise _refused(name, say("имя занято устройством Windows", "the name is that of a device of Windows"))
    return "/".join(part for part in parts if part not in ("", "."))


def _read_folder(folder: Path, limits: Limits) -> Package:
    return _collect(_files(folder), limits, limits.unpacked)


def _files(folder: Path) -> Iterator[_Entry]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _JUNK.search(name))
        for name in (*folders, *sorted(names)):
            path = Path(place) / name
            relative = _safe(path.relative_to(folder).as_posix())
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                raise _refused(relative, say("это ссылка или устройство, а не файл", "a link or a device, no file"))
            if name not in folders:
                yield _Entry(relative, _read(path))


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _refused(name: str, why: str) -> PackageError:
    return PackageError(
        f"{name[:200]!r}: {why}",
        say(
            "запакуйте заново обычные файлы с относительными путями, обычным zip без пароля",
            "pack plain files with relative paths again, as an ordinary zip without a password",
        ),
    )


def _too_big(what: str, limit: int) -> PackageError:
    return PackageError(
        say(f"{what} больше {limit // MIB} МиБ", f"{what} is bigger than {limit // MIB} MiB"),
        say("оставьте в пакете схемы и примеры", "leave schemas and examples in the package"),
    )


def _too_many(limits: Limits) -> PackageError:
    return PackageError(
        say(f"в пакете больше {limits.files} файлов", f"the package has more than {limits.files} files"),
        say("оставьте в пакете схемы и примеры", "leave schemas and examples in the package"),
    )
