"""Files by reference over plain HTTP, for those whom FTP does not reach: `/attachments/<uuid>/<name>`.

PUT uploads, as anybody does by FTP; with Content-Range it goes on where an earlier one ended, HEAD tells where that is.
GET gives the file to the login that SMEV gave with the message, as Basic authentication (RFC 7617).
"""

import asyncio
import base64
import re
from collections.abc import AsyncIterator
from typing import Final

from aiohttp import hdrs, web

from gateway.exchange.delivery import FILE_NAME
from gateway.exchange.file_store import FileStore, Readable
from gateway.storage.database import StoreError
from gateway.storage.uploads import (
    CHUNK,
    BadName,
    FileBusy,
    FileRefused,
    NoRoom,
    NoSuchFile,
    NoSuchOffset,
    Upload,
    UploadFolder,
)
from gateway.transports.admin.problems import problem
from gateway.words import say

PATH: Final = "/attachments"
_RANGE: Final = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(?:\d{1,18}|\*)")
_STATUSES: Final[dict[type[Exception], int]] = {
    BadName: 400,
    NoSuchFile: 404,
    FileBusy: 409,
    NoSuchOffset: 416,
    NoRoom: 413,
}


class AttachmentsEndpoint:
    """Uploads into the folder of the process, downloads of one gateway."""

    def __init__(self, folder: UploadFolder, files: FileStore, *, body_timeout: float = 30.0) -> None:
        """`body_timeout`: how long a client may send nothing (seconds)."""
        self._folder, self._files, self._body_timeout = folder, files, body_timeout

    def routes(self, prefix: str = "") -> list[web.RouteDef]:
        """Return the routes, each below `prefix`."""
        path = f"{prefix}{PATH}/{{uuid}}/{{name}}"
        return [
            web.put(path, self.upload),
            web.head(path, self.length),
            web.get(path, self.download, allow_head=False),
        ]

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """Write the body into a file; 201, or 200 when it goes on with one."""
        try:
            offset = _offset(request)
            upload = await asyncio.to_thread(
                self._begin, request.match_info["uuid"], request.match_info["name"], offset
            )
            try:
                async for piece in self._pieces(request):
                    await asyncio.to_thread(upload.write, piece)
            finally:
                await asyncio.to_thread(upload.close)
        except (FileRefused, OSError) as error:
            return _refused(error)
        except TimeoutError:
            seconds = f"{self._body_timeout:g}"
            return _problem(
                408, say(f"{seconds} с ничего не пришло", f"nothing came for {seconds} s"), "--body-timeout"
            )
        return web.json_response({"size": upload.size}, status=200 if offset else 201)

    def _begin(self, uuid: str, name: str, offset: int) -> Upload:
        self._folder.make(uuid)
        return self._folder.begin(uuid, name, offset)

    async def _pieces(self, request: web.Request) -> AsyncIterator[bytes]:
        """Yield the body in pieces of a megabyte: each is a turn of a thread."""
        gathered = bytearray()
        while True:
            async with asyncio.timeout(self._body_timeout):
                piece = await request.content.readany()
            gathered += piece
            if len(gathered) >= CHUNK or (gathered and not piece):
                yield bytes(gathered)
                gathered.clear()
            if not piece:
                return

    async def length(self, request: web.Request) -> web.StreamResponse:
        """Tell how much of a file has been uploaded."""
        try:
            size = await asyncio.to_thread(self._folder.size, request.match_info["uuid"], request.match_info["name"])
        except FileRefused as error:
            return _refused(error)
        return web.Response(headers={hdrs.CONTENT_LENGTH: f"{size}", hdrs.ACCEPT_RANGES: "bytes"})

    async def download(self, request: web.Request) -> web.StreamResponse:
        """Give the file to whoever has its login; parts of it by Range."""
        try:
            found = await self._granted(request)
        except StoreError as error:
            return _problem(503, str(error), "")
        if found is None:
            answer = _problem(
                401,
                say("нет логина этого файла", "no login of this file"),
                say(
                    "UserName и Password — в FSAttachment полученного сообщения, до его Ack",
                    "UserName and Password stand in FSAttachment of the message that was taken, until its Ack",
                ),
            )
            answer.headers[hdrs.WWW_AUTHENTICATE] = 'Basic realm="attachments", charset="UTF-8"'
            return answer
        headers = {
            hdrs.CONTENT_TYPE: "application/octet-stream",
            hdrs.CONTENT_DISPOSITION: "attachment",
            hdrs.CACHE_CONTROL: "no-store",
        }
        return web.FileResponse(found.path, chunk_size=CHUNK, headers=headers)

    async def _granted(self, request: web.Request) -> Readable | None:
        found = await asyncio.to_thread(self._files.readable, *_login(request.headers.get(hdrs.AUTHORIZATION, "")))
        if found is None or request.match_info["uuid"].lower() != found.file.folder:
            return None
        return found if request.match_info["name"] in {FILE_NAME.lstrip("/"), found.file.name} else None


def _login(authorization: str) -> tuple[str, str]:
    """Return the user name and the password of Basic authentication; empty ones, which are nobody's, of rubbish."""
    scheme, _, given = authorization.partition(" ")
    try:
        said = base64.b64decode(given.strip(), validate=True).decode() if scheme.lower() == "basic" else ""
    except ValueError:
        said = ""
    user_name, _, password = said.partition(":")
    return user_name, password


def _offset(request: web.Request) -> int:
    """Return where the body begins in its file.

    Raises: BadName when Content-Range makes no sense.
    """
    text = request.headers.get(hdrs.CONTENT_RANGE)
    if text is None:
        return 0
    found = _RANGE.fullmatch(text)
    if found is None or int(found[2]) < int(found[1]):
        expected = say("ожидалось Content-Range: bytes A-B/N", "expected Content-Range: bytes A-B/N")
        raise BadName(f"{expected}: {text[:80]!r}")
    return int(found[1])


def _refused(error: Exception) -> web.Response:
    status = next((status for kind, status in _STATUSES.items() if isinstance(error, kind)), 507)
    return _problem(status, str(error), "")


def _problem(status: int, found: str, advice: str) -> web.Response:
    return problem(status, "attachment", say("Файл не передан", "The file was not transferred"), found, advice)
