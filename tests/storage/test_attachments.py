"""The folder of files by reference: written in pieces, bounded, hashed, kept for a message, removed."""

import hashlib
import os
import time
from pathlib import Path

import pytest

from gateway.storage import uploads
from gateway.storage.attachments import AttachmentFiles
from gateway.storage.uploads import (
    BadName,
    Bounds,
    FileBusy,
    NoRoom,
    NoSuchFile,
    NoSuchOffset,
    UploadFolder,
)

UUID = "0f6d8a7e-84d4-11e2-9e96-0800200c9a66"
OTHER = "1f6d8a7e-84d4-11e2-9e96-0800200c9a66"


@pytest.fixture
def folder(tmp_path: Path) -> UploadFolder:
    return UploadFolder(tmp_path / "attachments", Bounds(100, 150), hashlib.sha256)


@pytest.fixture
def files(folder: UploadFolder) -> AttachmentFiles:
    return AttachmentFiles(folder, "main")


def upload(folder: UploadFolder, *pieces: bytes, uuid: str = UUID, name: str = "a.zip", at: int | None = 0) -> None:
    folder.make(uuid)
    writing = folder.begin(uuid, name, at)
    try:
        for piece in pieces:
            writing.write(piece)
    finally:
        writing.close()


def test_nothing_is_made_before_the_first_file(folder: UploadFolder) -> None:
    assert not folder.folder.exists()
    upload(folder, b"a")
    assert (folder.folder / "uploads" / UUID / "a.zip").read_bytes() == b"a"


def test_a_file_is_hashed_as_it_comes(folder: UploadFolder, files: AttachmentFiles) -> None:
    upload(folder, b"abc", b"", b"de")
    (found,) = files.look(UUID.upper()).files
    assert (found.uuid, found.name, found.size) == (UUID, "a.zip", 5)
    assert found.digest == hashlib.sha256(b"abcde").digest()


def test_one_that_is_written_again_is_another(folder: UploadFolder, files: AttachmentFiles) -> None:
    upload(folder, b"a long first one")
    upload(folder, b"b")
    (found,) = files.look(UUID).files
    assert (found.size, found.digest) == (1, hashlib.sha256(b"b").digest())


def test_what_came_in_two_parts_is_hashed_when_it_is_asked_for(folder: UploadFolder, files: AttachmentFiles) -> None:
    upload(folder, b"abc")
    upload(folder, b"de", at=None)
    assert files.look(UUID).files[0].digest is None
    files.prepare([UUID, OTHER, "no uuid"])
    assert files.look(UUID).files[0].digest == hashlib.sha256(b"abcde").digest()
    upload(folder, b"X", at=2)
    files.prepare([UUID])
    (found,) = files.look(UUID).files
    assert found.path.read_bytes() == b"abX"
    assert found.digest == hashlib.sha256(b"abX").digest()
    with pytest.raises(NoSuchOffset):
        folder.begin(UUID, "a.zip", 4)
    assert not files.look(UUID).busy


def test_a_changed_file_has_no_digest_until_it_is_read_again(folder: UploadFolder, files: AttachmentFiles) -> None:
    upload(folder, b"abc")
    (found,) = files.look(UUID).files
    found.path.write_bytes(b"abd")
    os.utime(found.path, (1, 1))
    assert files.look(UUID).files[0].digest is None


def test_a_file_stops_at_its_limit_and_all_at_theirs(folder: UploadFolder, files: AttachmentFiles) -> None:
    with pytest.raises(NoRoom, match="100"):
        upload(folder, b"a" * 60, b"b" * 41)
    assert files.look(UUID).files[0].size == 60
    with pytest.raises(NoRoom, match="90"):
        upload(folder, b"c" * 91, uuid=OTHER)
    upload(folder, b"c" * 90, uuid=OTHER)
    upload(folder, b"d", uuid=UUID)  # over the 60: they are free again
    upload(folder, b"d" * 59, uuid=UUID, at=None)
    with pytest.raises(NoRoom, match=" 0 "):
        upload(folder, b"d", uuid=UUID, at=None)


def test_another_process_finds_what_is_taken(folder: UploadFolder) -> None:
    upload(folder, b"a" * 100)
    again = UploadFolder(folder.folder, folder.bounds, hashlib.sha256)
    with pytest.raises(NoRoom, match=" 50 "):
        upload(again, b"a" * 51, uuid=OTHER)


def test_directories_come_to_an_end(folder: UploadFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_UPLOADS", 2)
    uuids = [UUID, OTHER, UUID.replace("0f", "2f")]
    for uuid in uuids[:2]:
        folder.make(uuid)
    folder.make(UUID)
    with pytest.raises(NoRoom):
        folder.make(uuids[2])
    assert folder.remove_unclaimed(time.time() + 10) == 2  # noqa: TID251 - as the file system's
    folder.make(uuids[2])


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../a", "a/b", "/etc/passwd", "a\\b", "a\0b", "a\nb", "я" * 128, "\ud800"]
)
def test_no_name_leads_elsewhere(folder: UploadFolder, name: str) -> None:
    folder.make(UUID)
    with pytest.raises(BadName):
        folder.begin(UUID, name)
    with pytest.raises(BadName):
        folder.size(UUID, name)


@pytest.mark.parametrize("uuid", ["", "..", "a", UUID + "/..", UUID[:-1], UUID + "\n", "kept", f"../{UUID}"])
def test_a_directory_is_a_uuid(folder: UploadFolder, files: AttachmentFiles, uuid: str) -> None:
    for attempt in (
        folder.make,
        folder.names,
        lambda uuid: folder.begin(uuid, "a"),
        lambda uuid: folder.size(uuid, "a"),
    ):
        with pytest.raises(BadName):
            attempt(uuid)
    assert files.look(uuid).files == ()


def test_a_name_may_be_russian_and_long(folder: UploadFolder, files: AttachmentFiles) -> None:
    upload(folder, b"a", name="я" * 127)
    assert files.look(UUID).files[0].name == "я" * 127


def test_no_symbolic_link_is_followed(folder: UploadFolder, files: AttachmentFiles, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    folder.make(UUID)
    (folder.directory(UUID) / "a.zip").symlink_to(secret)
    assert files.look(UUID).files == ()
    assert folder.names(UUID) == []
    with pytest.raises(NoSuchFile):
        folder.size(UUID, "a.zip")
    with pytest.raises(OSError, match="symbolic"):
        folder.begin(UUID, "a.zip")
    folder.directory(OTHER).symlink_to(tmp_path)
    assert files.look(OTHER).files == ()
    assert folder.names(OTHER) == []
    assert secret.read_bytes() == b"secret"


def test_two_do_not_write_at_once(folder: UploadFolder, files: AttachmentFiles) -> None:
    folder.make(UUID)
    writing = folder.begin(UUID, "a.zip")
    assert files.look(UUID).busy
    with pytest.raises(FileBusy):
        folder.begin(UUID, "b.zip")
    writing.close()
    assert not files.look(UUID).busy
    with pytest.raises(NoSuchFile):
        folder.begin(OTHER, "a.zip")


def test_a_kept_file_is_out_of_reach(folder: UploadFolder, files: AttachmentFiles) -> None:
    upload(folder, b"abc")
    files.keep(UUID)
    files.keep(UUID)  # an attempt that was not finished, made again
    assert folder.names(UUID) == []
    with pytest.raises(FileBusy):
        upload(folder, b"x")
    (found,) = files.look(UUID).files
    assert found.digest == hashlib.sha256(b"abc").digest()
    kept = files.kept_file(UUID)
    assert kept is not None
    assert kept.path.read_bytes() == b"abc"
    assert AttachmentFiles(folder, "other").look(UUID).files == ()
    files.remove([UUID, OTHER])
    assert files.kept_file(UUID) is None
    upload(folder, b"x")  # the uuid is free again


def test_what_nobody_claims_goes(folder: UploadFolder, files: AttachmentFiles) -> None:
    upload(folder, b"abc")
    upload(folder, b"def", uuid=OTHER)
    files.keep(OTHER)
    os.utime(folder.directory(UUID), (10, 10))
    os.utime(folder.directory(UUID) / "a.zip", (20, 20))
    assert folder.remove_unclaimed(20) == 0
    assert folder.remove_unclaimed(21) == 1
    later = time.time() + 10  # noqa: TID251 - as the file system's
    assert files.remove_strays(frozenset({OTHER}), later) == 0
    assert files.remove_strays(frozenset(), 0) == 0
    assert files.remove_strays(frozenset(), later) == 1
    upload(folder, b"a" * 100)
    files.keep(UUID)
    files.remove_all()
    upload(folder, b"a" * 100)
    upload(folder, b"a" * 50, uuid=OTHER)
