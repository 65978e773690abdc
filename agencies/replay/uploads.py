"""Recordings that were sent to a gateway: a .jsonl with attachments, or a zip of both, kept below its data folder."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from gateway.recording.format import Recording, attachments_folder, read
from gateway.words import say

_MIB: Final = 1024 * 1024
MOST_BYTES: Final = 512 * _MIB
"""Of a zip when it is unpacked; what comes in is bounded by --max-body."""
MOST_FILES: Final = 20_000
_NAME: Final = "recording.jsonl"
_HEX: Final = frozenset("0123456789abcdef")


class UploadRefused(Exception):
    """A recording cannot be taken; `status` is that of the answer, `advice` says what to do."""

    def __init__(self, status: int, found: str, advice: str) -> None:
        self.status, self.advice = status, advice
        super().__init__(found)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is a recording or a zip, and attachments by the names of their files."""

    file: bytes
    attachments: Mapping[str, bytes]


def find_named(folder: Path, name: str | None) -> Path:
    """Return the path of a recording in `folder` by its name, with or without `.jsonl`.

    Raises: UploadRefused.
    """
    there = sorted(each.name for each in folder.glob("*.jsonl")) if folder.is_dir() else []
    for wanted in (name, f"{name}.jsonl"):
        if wanted in there:
            return folder / str(wanted)
    have = ", ".join(there[:20]) or say("ни одной", "none")
    advice = say(
        f"назовите запись из папки recordings: {have}; или пришлите файл формой",
        f"name a recording of the folder recordings: {have}; or send the file as a form",
    )
    raise UploadRefused(404 if name else 422, repr(name), advice)


def keep(upload: Upload, root: Path) -> Recording:
    """Write what was sent into a new folder below `root`, and read it.

    Raises: UploadRefused, RecordingError, OSError.
    """
    lines, attachments = _unpacked(upload)
    root.mkdir(parents=True, exist_ok=True)
    folder = _new_folder(root)
    file = folder / _NAME
    file.write_bytes(lines)
    beside = attachments_folder(file)
    beside.mkdir()
    for name, content in attachments.items():
        (beside / name).write_bytes(content)
    return read(file)


def _new_folder(root: Path) -> Path:
    number = 1 + max((int(each.name) for each in root.iterdir() if each.name.isdecimal()), default=0)
    while True:
        try:
            (root / str(number)).mkdir()
        except FileExistsError:
            number += 1
        else:
            return root / str(number)


def _unpacked(upload: Upload) -> tuple[bytes, dict[str, bytes]]:
    attachments = {_hash(name): content for name, content in upload.attachments.items()}
    if not upload.file.startswith(b"PK\x03\x04"):
        return upload.file, attachments
    try:
        with zipfile.ZipFile(io.BytesIO(upload.file)) as archive:
            lines, packed = _of_zip(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        advice = say("пришлите обычный zip без пароля", "send an ordinary zip without a password")
        raise UploadRefused(422, str(error), advice) from error
    return lines, {**attachments, **packed}


def _of_zip(archive: zipfile.ZipFile) -> tuple[bytes, dict[str, bytes]]:
    files = [each for each in archive.infolist() if not each.is_dir()]
    size = sum(each.file_size for each in files)
    if size > MOST_BYTES or len(files) > MOST_FILES:
        found = say(f"файлов {len(files)}, байт {size}", f"{len(files)} files, {size} bytes")
        limits = say(
            f"не больше {MOST_FILES} файлов и {MOST_BYTES // _MIB} МиБ",
            f"at most {MOST_FILES} files and {MOST_BYTES // _MIB} MiB",
        )
        raise UploadRefused(413, found, limits)
    recordings = [each for each in files if each.filename.endswith(".jsonl")]
    if len(recordings) != 1:
        found = ", ".join(each.filename for each in recordings) or say("нет .jsonl", "no .jsonl")
        advice = say("в zip нужна ровно одна запись", "the zip has to hold exactly one recording")
        raise UploadRefused(422, found, advice)
    # file_size is what the archive says; reading stops there.
    packed = {
        _hash(PurePosixPath(each.filename).name): archive.read(each) for each in files if each is not recordings[0]
    }
    return archive.read(recordings[0]), packed


def _hash(name: str) -> str:
    if len(name) != 64 or not set(name) <= _HEX:
        advice = say("имя файла вложения — его SHA-256, строчными", "an attachment's file is named by its SHA-256")
        raise UploadRefused(422, name[:100], advice)
    return name
