"""What pyftpdlib is told: who may log in, and what the file system looks like that they see.

Paths of the client never become paths of the disk: they are taken apart into a uuid and a name, and the folder of
files is asked for these. So nothing leads out of it, whatever a path looks like.
"""

import logging
import os
import socket
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Final

from pyftpdlib.authorizers import AuthenticationFailed
from pyftpdlib.exceptions import FilesystemError
from pyftpdlib.filesystems import AbstractedFS
from pyftpdlib.handlers import DTPHandler, FTPHandler
from pyftpdlib.ioloop import AsyncChat, IOLoop
from pyftpdlib.servers import FTPServer

from gateway.exchange.delivery import FILE_NAME
from gateway.exchange.file_readers import FileReaders
from gateway.exchange.file_store import Readable
from gateway.storage.database import StoreError
from gateway.storage.uploads import BadName, FileRefused, NoRoom, NoSuchFile, UploadFolder, checked_name, checked_uuid
from gateway.words import say

_LOG: Final = logging.getLogger(__name__)
_ANYBODY: Final = frozenset({"anonymous", "ftp"})
_MAY_UPLOAD: Final = "elamw"
"""Permissions in pyftpdlib's letters: enter, list, append, make a directory, store; to read and to change names, no."""
_MAY_READ: Final = "elr"
_MOST_CONNECTIONS: Final = 512
_IDLE_SECONDS: Final = 300
_FAILED_LOGIN_SECONDS: Final = 1
_LEFT_OUT: Final = ("STOU", "MFMT", "SITE CHMOD")


def serve(
    listener: socket.socket, ear: socket.socket, folder: UploadFolder, readers: FileReaders, certificate: Path | None
) -> None:
    """Serve until something can be read from `ear`."""
    logger = logging.getLogger("pyftpdlib")
    logger.addHandler(logging.NullHandler())  # else pyftpdlib sets up one of its own, on standard error
    logger.setLevel(logging.WARNING)
    loop = IOLoop()
    server = FTPServer(listener, _handler(folder, readers, certificate), ioloop=loop)
    server.max_cons = _MOST_CONNECTIONS
    _Ear(ear, loop)
    server.serve_forever(handle_exit=False)


class _Ear(AsyncChat):  # type: ignore[misc] # pyftpdlib has no types
    """Ends the loop when the bell rings."""

    def __init__(self, ear: socket.socket, loop: Any) -> None:
        ear.setblocking(False)
        super().__init__(ear, ioloop=loop)

    def handle_read(self) -> None:
        self.ioloop.close()

    handle_read_event = handle_read


def _handler(folder: UploadFolder, readers: FileReaders, certificate: Path | None) -> type[Any]:
    """Return the class of connections; pyftpdlib is set up by attributes of classes."""

    def file_system(_: str, connection: Any) -> AbstractedFS:
        grant = connection.grant
        return _Uploads(folder, connection) if grant is None else _OneFile(grant, connection)

    base, data = FTPHandler, DTPHandler
    chosen: dict[str, Any] = {}
    if certificate is not None:
        from pyftpdlib.handlers import TLS_DTPHandler, TLS_FTPHandler  # noqa: PLC0415 - need pyOpenSSL

        base, data = TLS_FTPHandler, TLS_DTPHandler
        chosen = {"certfile": str(certificate)}
    commands = {name: about for name, about in FTPHandler.proto_cmds.items() if name not in _LEFT_OUT}
    chosen |= {
        "proto_cmds": {**base.proto_cmds, **commands},
        "dtp_handler": type("_Transfer", (_Transfer, data), {"timeout": _IDLE_SECONDS}),
        "authorizer": _Doorman(readers),
        "abstracted_fs": staticmethod(file_system),
        "banner": "Mock SMEV",
        "timeout": _IDLE_SECONDS,
        "auth_failed_timeout": _FAILED_LOGIN_SECONDS,
        "grant": None,
    }
    for name in _LEFT_OUT:
        chosen["proto_cmds"].pop(name, None)
    return type("_Connection", (base,), chosen)


class _Doorman:
    """Lets anybody upload and the owner of a login read its file: what pyftpdlib calls an authorizer."""

    def __init__(self, readers: FileReaders) -> None:
        self._readers = readers

    def validate_authentication(self, username: str, password: str, handler: Any) -> None:
        handler.grant = None
        if username.lower() in _ANYBODY:
            return
        try:
            handler.grant = self._readers.readable(username, password)
        except StoreError as error:
            _LOG.error("ftp: %s", error)
        if handler.grant is None:
            raise AuthenticationFailed(
                say(
                    "такого логина нет: он свой у каждого файла и действует до Ack",
                    "no such login: each file has its own, which is valid until the Ack",
                )
            )

    def has_perm(self, username: str, perm: str, path: str | None = None) -> bool:
        return perm in self.get_perms(username)

    def get_perms(self, username: str) -> str:
        return _MAY_UPLOAD if username.lower() in _ANYBODY else _MAY_READ

    def get_home_dir(self, username: str) -> str:
        return "/"

    def get_msg_login(self, username: str) -> str:
        return "Login successful."

    def get_msg_quit(self, username: str) -> str:
        return "Goodbye."

    def impersonate_user(self, username: str, password: str) -> None:
        """Files are this process's, whoever asks."""

    def terminate_impersonation(self, username: str) -> None:
        """See `impersonate_user`."""


class _Transfer:
    """What is added to pyftpdlib's data connections: 552 for a file that is too large (RFC 959, 4.2.2)."""

    def handle_error(self) -> None:
        error = sys.exc_info()[1]
        full = isinstance(error.__cause__, OSError) if error is not None else False
        if isinstance(error, NoRoom) or full:
            text = str(error) if isinstance(error, NoRoom) else str(error and error.__cause__)
            self._resp = (f"552 {text}", _LOG.info)
            self.close()  # type: ignore[attr-defined] # of the class that this is mixed into
        else:
            super().handle_error()  # type: ignore[misc]


class _Resumed:
    """A file that REST and STOR go on with: begun when it is told from where."""

    def __init__(self, begin: Callable[[int], Any], name: str) -> None:
        self._begin, self._file, self.name = begin, None, name

    def seek(self, offset: int) -> None:
        self._file = _refusing(self._begin, offset)

    def write(self, data: bytes) -> None:
        assert self._file is not None  # noqa: S101 - pyftpdlib seeks first
        self._file.write(data)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    @property
    def closed(self) -> bool:
        return self._file is None or self._file.closed


class _Virtual(AbstractedFS):  # type: ignore[misc] # pyftpdlib has no types
    """A file system whose "real" paths are those that the client sees, made absolute and plain."""

    def __init__(self, connection: Any) -> None:
        super().__init__("/", connection)

    def ftp2fs(self, ftppath: str) -> str:
        return str(self.ftpnorm(ftppath))

    def fs2ftp(self, fspath: str) -> str:
        return fspath

    def validpath(self, path: str) -> bool:
        return True

    def realpath(self, path: str) -> str:
        return path

    def chdir(self, path: str) -> None:
        if not self.isdir(path):
            raise FilesystemError(say(f"папки {path} нет", f"no directory {path}"))
        self.cwd = path

    def isfile(self, path: str) -> bool:
        return self._is(path, stat.S_ISREG)

    def isdir(self, path: str) -> bool:
        return self._is(path, stat.S_ISDIR)

    def islink(self, path: str) -> bool:
        return False

    def lexists(self, path: str) -> bool:
        return self._is(path, lambda _: True)

    def getsize(self, path: str) -> int:
        return self.lstat(path).st_size

    def getmtime(self, path: str) -> float:
        return self.lstat(path).st_mtime

    def stat(self, path: str) -> os.stat_result:
        return self.lstat(path)

    def listdirinfo(self, path: str) -> list[str]:
        return list(self.listdir(path))

    def lstat(self, path: str) -> os.stat_result:
        found: os.stat_result = _refusing(lambda: self.place(path).lstat())
        return found

    def place(self, path: str) -> Path:
        """Return where on the disk something stands.

        Raises: FileRefused.
        """
        raise NotImplementedError

    def get_user_by_uid(self, uid: int) -> str:
        return "smev"

    def get_group_by_gid(self, gid: int) -> str:
        return "smev"

    def _is(self, path: str, kind: Callable[[int], bool]) -> bool:
        try:
            return kind(self.lstat(path).st_mode)
        except (FilesystemError, OSError):
            return False


class _Uploads(_Virtual):
    """What anybody sees: an empty root, and below it the directories that they know the uuid of."""

    def __init__(self, folder: UploadFolder, connection: Any) -> None:
        super().__init__(connection)
        self._folder = folder

    def place(self, path: str) -> Path:
        parts = _parts(path)
        if not parts:
            self._folder.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return self._folder.folder
        directory = self._folder.directory(checked_uuid(parts[0]))
        if len(parts) == 1:
            return directory
        return directory / checked_name(_only(parts[1:]))

    def isdir(self, path: str) -> bool:
        return len(_parts(path)) < 2 and super().isdir(path)

    def listdir(self, path: str) -> list[str]:
        parts = _parts(path)
        return self._folder.names(parts[0]) if parts else []  # the others' are not for showing

    def mkdir(self, path: str) -> None:
        _refusing(lambda: self._folder.make(_only(_parts(path))))

    def open(self, filename: str, mode: str) -> Any:
        parts = _parts(filename)
        if len(parts) != 2:
            raise FilesystemError(
                say("файл кладут в папку с UUID: MKD, CWD, STOR", "a file goes into a directory: MKD uuid, CWD, STOR")
            )
        uuid, name = parts
        if mode == "r+b":
            return _Resumed(lambda offset: self._folder.begin(uuid, name, offset), filename)
        return _refusing(lambda: self._folder.begin(uuid, name, None if "a" in mode else 0))


class _OneFile(_Virtual):
    """What the owner of a login sees: one file, under the name that SMEV said and under that of its sender."""

    def __init__(self, grant: Readable, connection: Any) -> None:
        super().__init__(connection)
        self._grant = grant

    def place(self, path: str) -> Path:
        parts = _parts(path)
        if not parts:
            return self._grant.path.parent
        if _only(parts) not in {FILE_NAME.lstrip("/"), self._grant.file.name}:
            raise NoSuchFile(say(f"файла {path} нет, есть {FILE_NAME}", f"no file {path}, there is {FILE_NAME}"))
        return self._grant.path

    def listdir(self, path: str) -> list[str]:
        return [FILE_NAME.lstrip("/")]

    def open(self, filename: str, mode: str) -> IO[bytes]:
        opened: IO[bytes] = _refusing(lambda: self.place(filename).open("rb"))
        return opened


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def _only(parts: list[str]) -> str:
    if len(parts) != 1:
        raise BadName(say("вложенных папок нет", "there are no directories in directories"))
    return parts[0]


def _refusing(work: Callable[..., Any], *given: Any) -> Any:
    """Run `work`; what the folder of files refuses becomes what pyftpdlib tells the client."""
    try:
        return work(*given)
    except FileRefused as error:
        raise FilesystemError(str(error)) from error
    except ValueError as error:  # a NUL in a path
        raise FilesystemError(str(error)) from error
