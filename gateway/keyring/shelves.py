"""Where a keyring is kept: in a folder of plain files, or nowhere.

    secret              32 bytes in hex, mode 0600: every key is derived from it
    root.pem            the sandbox's certification authority,
    issuing.pem         what issues its certificates,
    smev.pem            SMEV's own certificate
    crl.pem             what has been revoked
    issued/             each certificate that was issued: MNEMONIC.SERIAL.pem
    bound/              participants' own certificates, from any issuer: MNEMONIC.FINGERPRINT.pem
    lock                held while any of this is written

Several processes may use one folder: whoever writes holds the lock, files are replaced whole, `stamp` tells of changes.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from gateway.signature.asn1 import pem
from gateway.signature.authority import Authority, revoked_in
from gateway.signature.certificates import BadCertificate, Certificate
from gateway.words import say

_SECRET_BYTES: Final = 32
_CRL: Final = "X509 CRL"
_SHOWN: Final = 16
"""Hex digits of a fingerprint in the name of a file."""


class KeyringUnusable(Exception):
    """The files are not those of a keyring, or cannot be read or written; the text says which and why."""


class Shelf(Protocol):
    """What a keyring keeps beside its secret."""

    def stamp(self) -> object:
        """Return what is another thing once somebody has revoked or bound a certificate. Cheap: a call or two."""

    def writing(self) -> AbstractContextManager[None]:
        """Keep everybody else from writing; whoever calls one of `keep_…` is within."""

    def revoked(self, authority: Authority) -> dict[int, datetime]:
        """Return since when what is revoked, by serial number."""

    def bound(self) -> dict[str, tuple[str, Certificate]]:
        """Return the mnemonic and the certificate by fingerprint."""

    def issued(self) -> list[Certificate]:
        """Return what was issued, in no order."""

    def issued_as(self, mnemonic: str, serial: int) -> Certificate | None:
        """Return one that was issued."""

    def keep_issued(self, certificate: Certificate) -> None:
        """Note a certificate."""

    def keep_revocations(self, revocation_list: bytes) -> None:
        """Take the DER of a new list."""

    def keep_bound(self, mnemonic: str, certificate: Certificate) -> None:
        """Note whose a certificate is, and nobody else's from now on."""


class InMemory:
    """A shelf of one process that is forgotten with it."""

    def __init__(self) -> None:
        self._revocations: bytes | None = None
        self._bound: dict[str, tuple[str, Certificate]] = {}
        self._issued: dict[int, Certificate] = {}
        self._changes = 0

    def stamp(self) -> object:
        return self._changes

    @contextmanager
    def writing(self) -> Iterator[None]:
        yield

    def revoked(self, authority: Authority) -> dict[int, datetime]:
        if self._revocations is None:
            return {}
        return revoked_in(self._revocations, authority.issuing.certificate)

    def bound(self) -> dict[str, tuple[str, Certificate]]:
        return dict(self._bound)

    def issued(self) -> list[Certificate]:
        return list(self._issued.values())

    def issued_as(self, mnemonic: str, serial: int) -> Certificate | None:
        return self._issued.get(serial)

    def keep_issued(self, certificate: Certificate) -> None:
        self._issued[certificate.serial] = certificate

    def keep_revocations(self, revocation_list: bytes) -> None:
        self._revocations = revocation_list
        self._changes += 1

    def keep_bound(self, mnemonic: str, certificate: Certificate) -> None:
        self._bound[certificate.fingerprint] = (mnemonic, certificate)
        self._changes += 1


class Folder:
    """A shelf that is a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder: Final = folder
        self._crl_name, self._bound_name = str(folder / "crl.pem"), str(folder / "bound")

    # --- the beginning -----------------------------------------------------------------------------------------------

    def secret(self, fresh: bytes) -> bytes:
        """Return the secret; `fresh` becomes it where there is none yet.

        Raises: KeyringUnusable.
        """
        with _told(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            for each in ("issued", "bound"):
                (self.folder / each).mkdir(exist_ok=True)
            with self.writing():
                file = self.folder / "secret"
                if not file.exists():
                    self._write("secret", fresh.hex().encode() + b"\n", mode=0o600)
                return _secret_in(file)

    def adopt(self, own: Mapping[str, Certificate], revocation_list: bytes) -> dict[str, Certificate]:
        """Return the authority's certificates as they stand in files by these names; those that do not are written.

        Raises: KeyringUnusable.
        """
        with _told(self.folder), self.writing():
            for name, certificate in own.items():
                if not (self.folder / name).exists():
                    self._write(name, certificate.pem)
            if not (self.folder / "crl.pem").exists():
                self.keep_revocations(revocation_list)
            return {name: _certificate_in(self.folder / name) for name in own}

    # --- what Shelf promises -----------------------------------------------------------------------------------------

    def stamp(self) -> object:
        # A file that took another's place has another inode, time or size; a folder has another time.
        # Asked at every call: names are ready, and no context manager is made.
        try:
            crl, bound = os.stat(self._crl_name), os.stat(self._bound_name)
        except OSError:
            with _told(self.folder):
                raise
        return crl.st_mtime_ns, crl.st_ino, crl.st_size, bound.st_mtime_ns

    @contextmanager
    def writing(self) -> Iterator[None]:
        with _told(self.folder), (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def revoked(self, authority: Authority) -> dict[int, datetime]:
        file = self.folder / "crl.pem"
        with _told(file):
            return revoked_in(file.read_bytes(), authority.issuing.certificate)

    def bound(self) -> dict[str, tuple[str, Certificate]]:
        found = {}
        for file in self._files("bound"):
            certificate = _certificate_in(file)
            found[certificate.fingerprint] = (_mnemonic_of(file), certificate)
        return found

    def issued(self) -> list[Certificate]:
        return [_certificate_in(file) for file in self._files("issued")]

    def issued_as(self, mnemonic: str, serial: int) -> Certificate | None:
        file = self.folder / _name_of_issued(mnemonic, serial)
        return _certificate_in(file) if file.exists() else None

    def keep_issued(self, certificate: Certificate) -> None:
        self._write(_name_of_issued(certificate.mnemonic or "", certificate.serial), certificate.pem)

    def keep_revocations(self, revocation_list: bytes) -> None:
        self._write("crl.pem", pem(_CRL, revocation_list))

    def keep_bound(self, mnemonic: str, certificate: Certificate) -> None:
        end = f".{certificate.fingerprint[:_SHOWN]}.pem"
        self._write(f"bound/{mnemonic}{end}", certificate.pem)
        for file in self._files("bound"):
            if file.name.endswith(end) and file.name != f"{mnemonic}{end}":
                file.unlink()

    def _files(self, part: str) -> Iterable[Path]:
        with _told(self.folder):
            return sorted(self.folder.glob(f"{part}/*.pem"))

    def _write(self, name: str, content: bytes, mode: int = 0o644) -> None:
        """Put a file in the place of another, whole. Whoever calls holds the lock."""
        file = self.folder / name
        new = file.with_name(f".{file.name}.new")
        with suppress(FileNotFoundError):
            new.unlink()
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as written:
            written.write(content)
            written.flush()
            if name in {"secret", "crl.pem"}:
                os.fsync(written.fileno())
        new.replace(file)


def _name_of_issued(mnemonic: str, serial: int) -> str:
    return f"issued/{mnemonic}.{serial:x}.pem"


def _mnemonic_of(file: Path) -> str:
    """MNEMONIC.FINGERPRINT.pem, or MNEMONIC.pem as a person has put it there; a mnemonic may have dots."""
    stem, _, end = file.stem.rpartition(".")
    return stem if stem and len(end) == _SHOWN else file.stem


def _secret_in(file: Path) -> bytes:
    try:
        secret = bytes.fromhex(file.read_text(encoding="ascii"))
    except ValueError as error:
        raise _not_a_secret(file) from error
    if len(secret) != _SECRET_BYTES:
        raise _not_a_secret(file)
    return secret


def _not_a_secret(file: Path) -> KeyringUnusable:
    digits = 2 * _SECRET_BYTES
    return KeyringUnusable(
        say(
            f"{file}: ожидалось {digits} шестнадцатеричные цифры; верните файл или уберите папку {file.parent}: "
            "будут выпущены новые ключи",
            f"{file}: expected {digits} hex digits; put the file back, or move the folder {file.parent} away: "
            "new keys will be made",
        )
    )


def _certificate_in(file: Path) -> Certificate:
    with _told(file):
        return Certificate.from_bytes(file.read_bytes())


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """Turn what the file system or a certificate says into one line.

    Raises: KeyringUnusable.
    """
    try:
        yield
    except BadCertificate as error:
        raise KeyringUnusable(f"{file}: {error}") from error
    except OSError as error:
        raise KeyringUnusable(f"{error.filename or file}: {error.strerror}") from error
