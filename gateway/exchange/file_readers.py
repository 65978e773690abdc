"""The gateways of one process whose files can be read at one door: which of them a login is of is not for its owner."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.exchange.file_store import FileStore, Readable


class FileReaders:
    """The file stores behind one FTP server."""

    def __init__(self) -> None:
        self._stores: list[FileStore] = []
        self._lock = threading.Lock()

    @contextmanager
    def open(self, store: FileStore) -> Iterator[None]:
        """Let the logins of a gateway be known until the block ends."""
        with self._lock:
            self._stores = [*self._stores, store]
        try:
            yield
        finally:
            with self._lock:
                self._stores = [each for each in self._stores if each is not store]

    def readable(self, user_name: str, password: str) -> Readable | None:
        """Return the file of a login; None where no gateway knows it. Not for the event loop.

        Raises: StoreError.
        """
        found = (store.readable(user_name, password) for store in self._stores)
        return next((each for each in found if each is not None), None)
