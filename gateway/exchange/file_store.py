"""Files by reference in the exchange: claimed with the message that names them, read by a login, let go after it."""

import asyncio
import hmac
import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from gateway.domain.clock import Clock
from gateway.domain.file_logins import new_login
from gateway.domain.limits import Limits
from gateway.protocol.faults import (
    AttachmentContentMiscoordination,
    Explanation,
    QuoteLimitExceeded,
    SmevFault,
)
from gateway.protocol.messages import RefAttachmentHeader
from gateway.storage import ref_attachments
from gateway.storage.attachments import AttachmentFiles, Look
from gateway.storage.database import Database, StoreError
from gateway.storage.ref_attachments import MessageFile
from gateway.values import value
from gateway.words import say

_LOG: Final = logging.getLogger(__name__)
TIDY_SECONDS: Final = 60.0
UNCLAIMED: Final = timedelta(days=1)


@value
class Readable:
    """A file and the password of its login."""

    file: MessageFile
    path: Path


@value
class Claim:
    """The files that a message names as it will be kept, or why it may not name them."""

    files: tuple[MessageFile, ...] = ()
    refusal: SmevFault | None = None


class FileStore:
    """The files of one gateway. `clock` is the machine's: a disk knows no other."""

    def __init__(  # noqa: PLR0913 - what a composition root hands over
        self,
        files: AttachmentFiles,
        store: Database,
        secret: bytes,
        clock: Clock,
        *,
        unclaimed: timedelta = UNCLAIMED,
        lasting: bool = True,
        address: str = "/attachments/",
    ) -> None:
        """`unclaimed`: how long a file stays that no message names. `secret`: what logins are made with.

        `lasting`: the store outlives the process. `address`: where files are uploaded, for people.
        """
        self._files, self._store, self._secret = files, store, secret
        self._clock, self._unclaimed, self._lasting = clock, unclaimed, lasting
        self.address: Final = address

    async def prepare(self, headers: Sequence[RefAttachmentHeader]) -> None:
        """Hash what these headers name where that was not done while it came; then `look` tells it."""
        if not headers:
            return
        try:
            await asyncio.to_thread(self._files.prepare, [header.uuid for header in headers])
        except OSError as error:
            _LOG.warning("files by reference: %s", error)

    def look(self, uuid: str) -> Look:
        """Return what there is under a uuid, with the digest and the path of each file."""
        return self._files.look(uuid)

    # --- in the transaction of a message ---------------------------------------------------------------------------

    def claim(
        self,
        connection: Connection,
        headers: Sequence[RefAttachmentHeader],
        message_id: str,
        sender: str,
        limits: Limits,
    ) -> Claim:
        """Return the files of a message that passed the checks, each with a login of its own."""
        if not headers:
            return Claim()
        files = tuple(self._named(header, message_id) for header in headers)
        others = ref_attachments.named_by(connection, [file.folder for file in files])
        for folder, other in others.items():
            if other != message_id:  # the very same message is about to be refused as sent already
                return Claim(files, _named_already(folder, other))
        return Claim(files, None if others else _over_quota(connection, files, sender, limits))

    def keep(self, files: Iterable[MessageFile]) -> None:
        """Let nobody write the files of a message any more that is being kept.

        Raises: StoreError.
        """
        try:
            for file in files:
                self._files.keep(file.folder)
        except OSError as error:
            raise StoreError(str(error)) from error

    def _named(self, header: RefAttachmentHeader, message_id: str) -> MessageFile:
        found = self._files.look(header.uuid).files
        if len(found) != 1:  # it was there a moment ago
            raise StoreError(f"{header.uuid}: {len(found)}")
        file, login = found[0], new_login(self._secret, message_id, header.uuid)
        return MessageFile(file.uuid, header.uuid, file.name, file.size, file.digest or b"", *login)

    # --- reading ---------------------------------------------------------------------------------------------------

    def readable(self, user_name: str, password: str) -> Readable | None:
        """Return the file of a login; None where there is no such login, or no more. Not for the event loop.

        Raises: StoreError.
        """
        file = self._store.run_now(lambda connection: ref_attachments.of_user(connection, user_name))
        right = hmac.compare_digest((file.password if file else "").encode(), password.encode("utf-8", "replace"))
        kept = self._files.kept_file(file.folder) if file is not None and right else None
        return None if kept is None or file is None else Readable(file, kept.path)

    # --- letting go ------------------------------------------------------------------------------------------------

    async def remove(self, folders: Sequence[str]) -> None:
        """Remove files whose messages were read, or will not be."""
        if folders:
            await asyncio.to_thread(self._files.remove, folders)

    async def tidy(self) -> None:
        """Let go of whatever no message in a queue names: queues were purged, or a process was killed in between.

        Raises: StoreError.
        """
        gone, known = await self._store.run(
            lambda connection: (ref_attachments.release(connection), ref_attachments.all_folders(connection))
        )
        await self.remove(gone)
        before = self.unclaimed_since().timestamp()
        await asyncio.to_thread(self._files.remove_strays, known, before)

    def unclaimed_since(self) -> datetime:
        """Return the moment before which a file was uploaded that no message will name any more."""
        return self._clock.now() - self._unclaimed

    def end(self) -> None:
        """Remove every file where nobody will know any more whose they are."""
        if not self._lasting:
            self._files.remove_all()

    async def run(self) -> None:
        """Tidy up again and again, until cancelled."""
        while True:
            try:
                await self.tidy()
            except (StoreError, OSError) as error:
                _LOG.error("files by reference: %s", error)
            await asyncio.sleep(TIDY_SECONDS)


def _named_already(uuid: str, message_id: str) -> SmevFault:
    return AttachmentContentMiscoordination(
        Explanation(
            "file_is_of_one_message",
            say("файл, которого ещё нет ни в одном сообщении", "a file that no message names yet"),
            say(f"файл {uuid} назван в сообщении {message_id}", f"the message {message_id} names the file {uuid}"),
            where="RefAttachmentHeaderList",
            advice=say(
                "загрузите файл снова под новым UUID: UUID — на каждую отправку свой",
                "upload the file again under a new UUID: each sending has its own",
            ),
        )
    )


def _over_quota(
    connection: Connection, files: Sequence[MessageFile], sender: str, limits: Limits
) -> QuoteLimitExceeded | None:
    if limits.attachments_quota is None:
        return None
    real = sum(file.size for file in files)
    remained = max(0, limits.attachments_quota - ref_attachments.bytes_of(connection, sender))
    if real <= remained:
        return None
    return QuoteLimitExceeded(
        Explanation(
            "files_fit_the_quota",
            say(
                f"не более {remained} байт: квота участника {sender} — {limits.attachments_quota}",
                f"at most {remained} bytes: the quota of {sender} is {limits.attachments_quota}",
            ),
            say(f"{real} байт", f"{real} bytes"),
            where="RefAttachmentHeaderList",
            advice=say(
                "файлы освобождаются, когда получатели подтвердят сообщения; квота — --attachments-quota",
                "files go when their readers acknowledge the messages; the quota is --attachments-quota",
            ),
        ),
        remained,
        real,
    )
