"""FTP for files by reference (spec §8): a thread that ends with the gateways, and sleeps until somebody connects."""

import selectors
import socket
import threading
from importlib import import_module
from pathlib import Path
from typing import Final

from gateway.exchange.file_readers import FileReaders
from gateway.storage.uploads import UploadFolder
from gateway.words import say

_BACKLOG: Final = 100
_END_SECONDS: Final = 5.0


class NoTls(Exception):
    """FTPS cannot be had; the text says why."""


class FtpServer:
    """Takes files of anybody, and gives each file to its login. One for all gateways of a process."""

    def __init__(self, folder: UploadFolder, readers: FileReaders, certificate: Path | None = None) -> None:
        """`certificate` is a PEM file with a certificate and its key: with it a client may ask for TLS (AUTH TLS).

        Raises: NoTls.
        """
        if certificate is not None:
            _check_tls(certificate)
        self._folder, self._readers, self._certificate = folder, readers, certificate
        self._listener: socket.socket | None = None
        self._bell, self._ear = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, name="ftp", daemon=True)
        self.url = ""
        """Where it listens, without a slash at the end."""

    def start(self, host: str, port: int) -> None:
        """Listen, and serve in a thread of its own; port 0 is any free one.

        Raises: OSError when the port is taken.
        """
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
        self._listener = listener
        shown = f"[{host}]" if ":" in host else host
        self.url = f"ftp://{shown}:{listener.getsockname()[1]}"
        self._thread.start()

    def stop(self) -> None:
        """Disconnect everybody, end the thread. Not for the event loop."""
        self._bell.send(b"!")
        if self._thread.is_alive():
            self._thread.join(_END_SECONDS)
        for each in (self._bell, self._ear, self._listener):
            if each is not None:
                each.close()

    def _serve(self) -> None:
        listener = self._listener
        assert listener is not None  # noqa: S101 - the thread begins after it
        if not self._somebody_comes(listener):
            return
        # Imported when somebody comes: 75 ms that most starts can spare. This one first: it hides the warning that
        # asyncore is deprecated, the others do not.
        import_module("pyftpdlib.ioloop")
        from gateway.transports.ftp.serving import serve  # noqa: PLC0415

        serve(listener, self._ear, self._folder, self._readers, self._certificate)

    def _somebody_comes(self, listener: socket.socket) -> bool:
        with selectors.DefaultSelector() as selector:
            selector.register(listener, selectors.EVENT_READ)
            selector.register(self._ear, selectors.EVENT_READ)
            return all(key.fileobj is listener for key, _ in selector.select())


def _check_tls(certificate: Path) -> None:
    try:
        from OpenSSL import SSL  # noqa: PLC0415 - an extra that few need
    except ImportError as error:
        raise NoTls(
            say("для FTPS нужен pyOpenSSL", "FTPS needs pyOpenSSL") + ": pip install 'mock-smev[ftps]'"
        ) from error
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    try:
        context.use_certificate_chain_file(str(certificate))
        context.use_privatekey_file(str(certificate))
    except (SSL.Error, OSError) as error:
        raise NoTls(
            say(
                f"{certificate}: нужен файл PEM с сертификатом и его ключом без пароля",
                f"{certificate}: expected a PEM file with a certificate and its key without a password",
            )
        ) from error
