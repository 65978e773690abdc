"""The check of files by reference on validation: each header has its file, and describes it (spec §8)."""

import base64
import binascii
from collections.abc import Sequence

from gateway.exchange.arrival import Arrival, Rules
from gateway.protocol import faults
from gateway.protocol.faults import Explanation
from gateway.protocol.messages import RefAttachmentHeader
from gateway.protocol.operations import Call, SendRequest, SendResponse
from gateway.storage.attachments import StoredFile
from gateway.words import say

_LIST = "RefAttachmentHeaderList"


def files_are_as_described(arrival: Arrival, rules: Rules) -> None:
    """Under each uuid one file has been uploaded, its hash is that of the header, and all fit together.

    The real SMEV looks at files later than at the call (spec §5); which of its faults it gives then is UNCONFIRMED.
    """
    headers = files_named_by(arrival.call)
    if not headers:
        return
    _refuse_repeated(headers)
    files = [_only_file(header, place, rules) for place, header in enumerate(headers, 1)]
    for place, (header, file) in enumerate(zip(headers, files, strict=True), 1):
        _compare_hash(header, file, place)
    total, permitted = sum(file.size for file in files), rules.limits.max_ref_attachments
    if total > permitted:
        raise faults.AttachmentSizeLimitExceeded(
            Explanation(
                "files_are_as_described",
                say(f"не более {permitted} байт во всех файлах", f"at most {permitted} bytes in all files"),
                say(f"{total} байт", f"{total} bytes"),
                where=_LIST,
                advice=say(
                    "отправьте файлы несколькими сообщениями или поднимите предел: --max-ref-attachments",
                    "send the files in several messages or raise the limit: --max-ref-attachments",
                ),
            ),
            permitted,
            total,
        )


def files_named_by(call: Call) -> tuple[RefAttachmentHeader, ...]:
    """Return the headers of files by reference; none where the call sends nothing."""
    return call.data.ref_attachment_headers if isinstance(call, SendRequest | SendResponse) else ()


def _refuse_repeated(headers: Sequence[RefAttachmentHeader]) -> None:
    uuids = [header.uuid.lower() for header in headers]
    repeated = sorted({uuid for uuid in uuids if uuids.count(uuid) > 1})
    if repeated:
        raise _miscoordination(
            say("у каждого файла свой uuid", "a uuid of its own for each file"),
            say(f"повторяется {repeated[0]}", f"{repeated[0]} is repeated"),
            _LIST,
            say("один заголовок — один файл — одна папка", "one header, one file, one directory"),
        )


def _only_file(header: RefAttachmentHeader, place: int, rules: Rules) -> StoredFile:
    where = f"{_LIST}/RefAttachmentHeader[{place}]/uuid"
    expected = say(f"один файл в папке {header.uuid}", f"one file in the directory {header.uuid}")
    if rules.files is None:
        raise _miscoordination(expected, say("файлового хранилища нет", "there is no file store"), where, "")
    found = rules.files.look(header.uuid)
    if found.busy:
        raise _miscoordination(
            expected,
            say("файл ещё передаётся", "the file is still being uploaded"),
            where,
            say("дождитесь ответа 226 на STOR или APPE", "wait for the answer 226 to STOR or APPE"),
        )
    if len(found.files) > 1:
        raise _miscoordination(
            expected,
            ", ".join(file.name for file in found.files),
            where,
            say("на каждый файл — своя папка с новым UUID", "a directory with a new UUID for each file"),
        )
    if not found.files:
        raise _miscoordination(
            expected,
            say("ни одного", "none"),
            where,
            say(
                f"сначала загрузите файл: {rules.files.address}; uuid — имя папки (UUID)",
                f"upload the file first: {rules.files.address}; the uuid is the directory's name (a UUID)",
            ),
        )
    return found.files[0]


def _compare_hash(header: RefAttachmentHeader, file: StoredFile, place: int) -> None:
    text = "".join(header.hash.split())
    try:
        said = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        said = b""
    if file.digest is not None and said == file.digest:
        return
    actual = b"" if file.digest is None else file.digest
    written = base64.b64encode(actual).decode("ascii")
    raise _miscoordination(
        say(
            f"Hash {written} — base64 от Streebog-256 файла {file.name} ({file.size} байт)",
            f"the Hash {written}, base64 of Streebog-256 of the file {file.name} ({file.size} bytes)",
        ),
        repr(header.hash[:120]),
        f"{_LIST}/RefAttachmentHeader[{place}]/Hash",
        _likely_cause(text, said, actual),
    )


def _likely_cause(text: str, said: bytes, actual: bytes) -> str:
    if said == actual[::-1]:
        return say("байты хеша записаны в обратном порядке", "the bytes of the hash are in the reverse order")
    if text.lower() == actual.hex():
        return say("хеш записан шестнадцатерично, нужен base64", "the hash is in hexadecimal, base64 is wanted")
    if len(said) != len(actual):
        return say(
            f"в хеше {len(said)} байт; нужен ГОСТ Р 34.11-2012, 256 бит, в base64",
            f"the hash has {len(said)} bytes; wanted is GOST R 34.11-2012 of 256 bits in base64",
        )
    return say(
        "файл передан не целиком, в текстовом режиме FTP (нужен TYPE I), или хеш другого алгоритма (34.11-94)",
        "the file came in part, or in the text mode of FTP (TYPE I is wanted), or the hash is of another algorithm",
    )


def _miscoordination(expected: str, found: str, where: str, advice: str) -> faults.AttachmentContentMiscoordination:
    explanation = Explanation("files_are_as_described", expected, found, where=where, advice=advice)
    return faults.AttachmentContentMiscoordination(explanation)
