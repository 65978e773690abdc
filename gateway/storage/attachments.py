"""Files by reference on disk: uploaded by anybody under a uuid, then kept for the message that names it (spec §8).

    <folder>/uploads/<uuid>/<name>         uploaded; no message names it yet
    <folder>/kept/<gateway>/<uuid>/<name>  named by a message of that gateway

A file goes from the one to the other by a rename. Which messages name which files stands in the store
(`ref_attachments`); what a crash leaves between the two is found by either side, and removed when nobody claims it."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gateway.storage.disk import entries_of, files_in, regular, touched
from gateway.storage.uploads import BadName, UploadFolder, checked_uuid


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file under a uuid. `digest` is None until `AttachmentFiles.prepare` has hashed what came in pieces."""

    uuid: str
    name: str
    size: int
    digest: bytes | None
    path: Path


@dataclass(frozen=True, slots=True)
class Look:
    """What there is under a uuid; `busy` while somebody writes."""

    files: tuple[StoredFile, ...]
    busy: bool = False


class AttachmentFiles:
    """The files that one gateway knows: those that its messages name, and those that anybody has uploaded."""

    def __init__(self, folder: UploadFolder, gateway: str) -> None:
        """`gateway` is the name of its folder: of a namespace its name."""
        self._folder = folder
        self._kept = folder.kept(gateway)

    def look(self, uuid: str) -> Look:
        """Return what there is under `uuid`, which may be anything; nothing where that is no uuid."""
        try:
            name = checked_uuid(uuid)
        except BadName:
            return Look(())
        for directory in (self._folder.directory(name), self._kept / name):
            found = [(path, status) for path in files_in(directory) if (status := regular(path)) is not None]
            if found:
                return Look(
                    tuple(
                        StoredFile(name, path.name, status.st_size, self._folder.digest_of(path), path)
                        for path, status in found
                    ),
                    self._folder.is_busy(name),
                )
        return Look(())

    def prepare(self, uuids: Iterable[str]) -> None:
        """Hash what has not been hashed while it came, so that `look` tells the digest. Not for the event loop.

        Raises: OSError.
        """
        for uuid in uuids:
            found = self.look(uuid)
            if len(found.files) == 1 and not found.busy:
                self._folder.seal(found.files[0].path)

    def keep(self, uuid: str) -> None:
        """Let nobody but this gateway reach the file from now on; one that is kept stays.

        Raises: OSError.
        """
        directory, kept = self._folder.directory(uuid), self._kept / uuid
        if kept.is_dir():
            return
        self._kept.mkdir(mode=0o700, parents=True, exist_ok=True)
        directory.rename(kept)
        self._folder.claimed()

    def kept_file(self, uuid: str) -> StoredFile | None:
        """Return the file that is kept under `uuid`; None where it is not there any more."""
        files = files_in(self._kept / uuid)
        status = regular(files[0]) if files else None
        return None if status is None else StoredFile(uuid, files[0].name, status.st_size, None, files[0])

    def remove(self, uuids: Iterable[str]) -> None:
        """Remove files that no message needs any more."""
        for uuid in uuids:
            self._folder.drop(self._kept / uuid)

    def remove_strays(self, known: frozenset[str], before: float) -> int:
        """Remove what is kept, was made before a moment (seconds since 1970) and is not `known`; return how many."""
        strays = [each for each in entries_of(self._kept) if each.name not in known and touched(each) < before]
        for stray in strays:
            self._folder.drop(stray)
        return len(strays)

    def remove_all(self) -> None:
        """Remove everything that is kept: the gateway is gone, and its store with it."""
        self.remove([each.name for each in entries_of(self._kept)])
        shutil.rmtree(self._kept, ignore_errors=True)
