"""Files by reference, a participant's side: uploaded before their message, fetched with the login that came with one.

By FTP as the official client does it (spec §8), or by the plain HTTP of this sandbox.
"""

import asyncio
import base64
import contextlib
import ftplib
import hmac
import io
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final, Protocol
from urllib.parse import quote, urlsplit

import aiohttp

from gateway.client.files import AnyAttachment
from gateway.protocol.messages import AttachmentHeader, FSAttachment, RefAttachmentHeader
from gateway.protocol.participant_replies import ReceivedFile
from gateway.signature.gost import new_streebog256

THRESHOLD: Final = 5 * 1024 * 1024
"""Bytes of all attachments of a message above which the official client sends them all by reference (spec §8)."""
_CHUNK: Final = 1024 * 1024
_ATTEMPTS: Final = 3
_PATIENCE_SECONDS: Final = 60.0
_TYPES: Final = re.compile(r"(?:text|image|audio|video|application)/[a-zA-Z0-9\-+.]*")
"""basic:RFC2046MimeTypesType."""


class FileNotTransferred(Exception):
    """A file could not be uploaded or fetched, or what was fetched is not what its header describes."""


class FilePlace(Protocol):
    """Where files are uploaded to and fetched from. Both raise FileNotTransferred, and OSError of the local file."""

    async def upload(self, uuid: str, name: str, file: Path | bytes) -> None: ...
    async def download(self, access: FSAttachment, target: Path) -> None: ...
    async def close(self) -> None: ...


def place_at(address: str) -> FilePlace:
    """Return the place at `ftp://HOST[:PORT]`, or at the root of a sandbox, `http://…`."""
    return FilesByFtp(address) if address.startswith("ftp://") else FilesByHttp(address)


class FilesByHttp:
    """The files of a sandbox, below `/attachments/` of its root."""

    def __init__(self, root: str) -> None:
        self._root = f"{root.rstrip('/')}/attachments"
        self._session: aiohttp.ClientSession | None = None

    async def upload(self, uuid: str, name: str, file: Path | bytes) -> None:
        with _opened(file) as content:
            try:
                async with self._connections().put(
                    f"{self._root}/{uuid}/{quote(name, safe='')}", data=content
                ) as reply:
                    if reply.status >= 300:
                        raise FileNotTransferred(f"{name}: HTTP {reply.status}: {(await reply.text())[:500]}")
            except (aiohttp.ClientError, TimeoutError) as error:
                raise FileNotTransferred(f"{name}: {error or type(error).__name__}") from error

    async def download(self, access: FSAttachment, target: Path) -> None:
        login = base64.b64encode(f"{access.user_name}:{access.password}".encode()).decode()
        url, headers = f"{self._root}/{access.uuid}/{access.file_name.lstrip('/')}", {"Authorization": f"Basic {login}"}
        try:
            async with self._connections().get(url, headers=headers) as reply:
                if reply.status != 200:
                    raise FileNotTransferred(f"{access.uuid}: HTTP {reply.status}")
                with target.open("wb") as file:
                    async for piece in reply.content.iter_chunked(_CHUNK):
                        await asyncio.to_thread(file.write, piece)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise FileNotTransferred(f"{access.uuid}: {error or type(error).__name__}") from error

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _connections(self) -> aiohttp.ClientSession:
        if self._session is None:
            # However large a file is: no limit for the whole, one for each silence.
            timeout = aiohttp.ClientTimeout(total=None, sock_connect=_PATIENCE_SECONDS, sock_read=_PATIENCE_SECONDS)
            self._session = aiohttp.ClientSession(timeout=timeout)
        return self._session


class FilesByFtp:
    """An FTP server: SMEV's, or a sandbox's. Each transfer has a connection of its own, in a thread."""

    def __init__(self, address: str) -> None:
        place = urlsplit(address)
        self._host, self._port = place.hostname or "", place.port or ftplib.FTP_PORT

    async def upload(self, uuid: str, name: str, file: Path | bytes) -> None:
        """Upload as the official client does: what broke off goes on with SIZE and APPE."""
        await self._attempt(name, lambda attempt: self._upload(uuid, name, file, go_on=attempt > 1))

    async def download(self, access: FSAttachment, target: Path) -> None:
        await self._attempt(access.uuid, lambda _: self._download(access, target))

    async def close(self) -> None:
        """Nothing is open."""

    async def _attempt(self, name: str, work: Callable[[int], None]) -> None:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                await asyncio.to_thread(work, attempt)
            except ftplib.error_perm as error:
                raise FileNotTransferred(f"{name}: {error}") from error
            except (ftplib.Error, EOFError, ConnectionError, TimeoutError) as error:
                if attempt == _ATTEMPTS:
                    raise FileNotTransferred(f"{name}: {error or type(error).__name__}") from error
            else:
                return

    @contextlib.contextmanager
    def _connected(self, user: str, password: str) -> Iterator[ftplib.FTP]:
        with ftplib.FTP(timeout=_PATIENCE_SECONDS) as ftp:  # noqa: S321 - it is what SMEV speaks
            ftp.connect(self._host, self._port)
            ftp.login(user, password)
            yield ftp

    def _upload(self, uuid: str, name: str, file: Path | bytes, *, go_on: bool) -> None:
        with self._connected("anonymous", "smev") as ftp, _opened(file) as content:
            with contextlib.suppress(ftplib.error_perm):  # it is there already, which CWD will tell
                ftp.mkd(uuid)
            ftp.cwd(uuid)
            ftp.voidcmd("TYPE I")
            there = _size(ftp, name) if go_on else 0
            content.seek(there)
            ftp.storbinary(f"{'APPE' if there else 'STOR'} {name}", content, _CHUNK)

    def _download(self, access: FSAttachment, target: Path) -> None:
        with self._connected(access.user_name, access.password) as ftp, target.open("wb") as file:
            ftp.retrbinary(f"RETR {access.file_name}", file.write, _CHUNK)


class ByReference:
    """Uploads what is too much for a message, and fetches what came so."""

    def __init__(self, place: FilePlace, new_uuid: Callable[[], str], threshold: int = THRESHOLD) -> None:
        """Above `threshold` bytes together all attachments of a message go by reference."""
        self.place: Final = place
        self._new_uuid, self._threshold = new_uuid, threshold

    async def upload(
        self,
        attachments: Sequence[AnyAttachment],
        mime_type_of: Callable[[Path], str],
        sign: Callable[[Path | bytes], bytes] | None = None,
    ) -> list[RefAttachmentHeader] | None:
        """Upload the attachments of a message; None when they fit into it, and nothing was uploaded.

        `sign` makes a CMS over a file (SignaturePKCS7).

        Raises: FileNotTransferred, OSError.
        """
        sizes = [await asyncio.to_thread(_length, item) for item in attachments]
        if sum(sizes) <= self._threshold:
            return None
        return [await self._upload(item, mime_type_of, sign) for item in attachments]

    async def fetch(self, file: ReceivedFile, target: Path) -> Path:
        """Write a file that came by reference to `target`; what is not as its header says is removed again.

        Raises: FileNotTransferred, OSError.
        """
        if file.access is None:
            raise FileNotTransferred(f"{file.header.uuid}: SMEV gave no login")
        await self.place.download(file.access, target)
        found = await asyncio.to_thread(hash_of, target)
        if not hmac.compare_digest(found, "".join(file.header.hash.split())):
            await asyncio.to_thread(target.unlink)
            raise FileNotTransferred(f"{file.header.uuid}: expected the hash {file.header.hash}, found {found}")
        return target

    async def _upload(
        self, item: AnyAttachment, mime_type_of: Callable[[Path], str], sign: Callable[[Path | bytes], bytes] | None
    ) -> RefAttachmentHeader:
        uuid = self._new_uuid()
        header = AttachmentHeader(item.name, mime_type_of(item)) if isinstance(item, Path) else item[0]
        content = item if isinstance(item, Path) else item[1]
        await self.place.upload(uuid, _name(header.content_id), content)
        digest = await asyncio.to_thread(hash_of, content)
        signature = None if sign is None else await asyncio.to_thread(sign, content)
        mime_type = header.mime_type if _TYPES.fullmatch(header.mime_type) else "application/octet-stream"
        return RefAttachmentHeader(uuid, digest, mime_type, signature, header.content_id)


def hash_of(file: Path | bytes) -> str:
    """Return base64 of Streebog-256 of a file, which is not read at once.

    Raises: OSError.
    """
    hasher = new_streebog256()
    with _opened(file) as content:
        while piece := content.read(_CHUNK):
            hasher.update(piece)
    return base64.b64encode(hasher.digest()).decode("ascii")


def _opened(file: Path | bytes) -> BinaryIO:
    return file.open("rb") if isinstance(file, Path) else io.BytesIO(file)


def _length(item: AnyAttachment) -> int:
    return item.stat().st_size if isinstance(item, Path) else len(item[1])


def _size(ftp: ftplib.FTP, name: str) -> int:
    try:
        return ftp.size(name) or 0
    except ftplib.error_perm:
        return 0


def _name(content_id: str) -> str:
    """Return a name that every file system takes: the last part of what the sender calls it."""
    return re.sub(r"[^\w.\- ]+", "_", re.split(r"[/\\]", content_id)[-1])[-100:].strip(" .") or "attachment"
