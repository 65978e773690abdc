"""Files by reference of a process: their folder, and the FTP server that ends with the gateways."""

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from gateway import machine
from gateway.domain.clock import Clock
from gateway.exchange.file_readers import FileReaders
from gateway.exchange.file_store import TIDY_SECONDS, FileStore
from gateway.inventory import CannotStart
from gateway.settings import USUAL_FTP_PORT, Settings
from gateway.signature.gost import new_streebog256
from gateway.storage import registry
from gateway.storage.attachments import AttachmentFiles
from gateway.storage.database import Database
from gateway.storage.uploads import Bounds, UploadFolder
from gateway.transports.ftp import FtpServer, NoTls
from gateway.words import say

_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Files:
    """Files by reference of a process: uploaded for any of its gateways, read at one FTP address (None: no FTP)."""

    folder: UploadFolder
    readers: FileReaders
    ftp: str | None


@asynccontextmanager
async def file_service(settings: Settings) -> AsyncIterator[Files]:
    """Let files be uploaded and read by FTP until the block ends; those of a store in memory go with it.

    Raises: CannotStart.
    """
    bounds = Bounds(settings.max_ref_attachments, settings.attachments_room)
    if not settings.in_memory:
        async with _served(settings, UploadFolder(settings.attachments, bounds, new_streebog256)) as files:
            yield files
        return
    with tempfile.TemporaryDirectory(prefix="mock-smev-files-") as folder:
        async with _served(settings, UploadFolder(Path(folder), bounds, new_streebog256)) as files:
            yield files


@asynccontextmanager
async def _served(settings: Settings, folder: UploadFolder) -> AsyncIterator[Files]:
    readers = FileReaders()
    if settings.ftp_port == "off":
        yield Files(folder, readers, None)
        return
    try:
        server = FtpServer(folder, readers, settings.ftp_certificate)
    except NoTls as error:
        raise CannotStart(f"--ftp-certificate: {error}") from error
    try:
        _start(server, settings)
        yield Files(folder, readers, server.url)
    finally:
        await asyncio.to_thread(server.stop)


def _start(server: FtpServer, settings: Settings) -> None:
    """Listen at the port that is wanted; where none is named and the usual one is taken, at any other."""
    port = settings.ftp_port
    if port is None and settings.port:
        try:
            server.start(settings.host, USUAL_FTP_PORT)
        except OSError:
            _LOG.debug("ftp: port %d is taken", USUAL_FTP_PORT)
        else:
            return
    try:
        server.start(settings.host, port if isinstance(port, int) else 0)
    except OSError as error:
        raise CannotStart(
            say(
                f"порт FTP {port} на {settings.host} не занять: {error.strerror}; --ftp-port off — без FTP",
                f"cannot listen on the FTP port {port} of {settings.host}: {error.strerror}; --ftp-port off: no FTP",
            )
        ) from error


async def tidy_uploads(settings: Settings, clock: Clock, folder: UploadFolder) -> None:
    """Remove what no message names for too long, again and again, until cancelled."""
    while True:
        before = clock.now() - timedelta(seconds=settings.attachments_unclaimed)
        removed = await asyncio.to_thread(folder.remove_unclaimed, before.timestamp())
        if removed:
            _LOG.info("files by reference: removed %d that no message named", removed)
        await asyncio.sleep(TIDY_SECONDS)


async def file_store_of(settings: Settings, store: Database, files: Files, clock: Clock, prefix: str) -> FileStore:
    """Return the files of the gateway whose addresses begin with `prefix`."""
    fresh = machine.secret(settings.seed)
    secret = await store.run(lambda connection: registry.reply_secret(connection, fresh))
    by_ftp = "" if files.ftp is None else f"{files.ftp}/UUID/ {say('или', 'or')} "
    return FileStore(
        # No namespace can be called as the gateway itself is here.
        AttachmentFiles(files.folder, prefix.rpartition("/")[2] or "_gateway"),
        store,
        secret,
        clock,
        unclaimed=timedelta(seconds=settings.attachments_unclaimed),
        lasting=not settings.in_memory,
        address=f"{by_ftp}PUT {prefix}/attachments/UUID/{say('ИМЯ', 'NAME')}",
    )
