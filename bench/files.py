"""A large file by reference, up and down, by FTP and by HTTP: how fast, and how much memory the gateway takes for it.

    python -m bench.files [megabytes]

The gateway is a process of its own, the clients are curl: the memory is that of the gateway alone (VmHWM of /proc).
"""

import asyncio
import base64
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from gateway.client import MessageType, Smev3Client
from gateway.machine import SystemClock, new_ids
from gateway.ns import SMEV3_VERSIONS
from gateway.protocol.messages import FSAttachment, RefAttachmentHeader
from gateway.protocol.participant_calls import send_request
from gateway.signature.gost import new_streebog256
from gateway.xml import parse, source

_ROOT: Final = Path(__file__).resolve().parents[1]
_CONTENT: Final = source(parse((_ROOT / "schemas/kinds/fns/inn-by-person/4.0.1/example-request.xml").read_bytes()))
_PIECE: Final = 1024 * 1024


def main() -> None:
    """Print a table."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 1024
    with tempfile.TemporaryDirectory() as folder:
        _measure(Path(folder), megabytes)


def _measure(folder: Path, megabytes: int) -> None:
    file, header_hash = _large_file(folder, megabytes)
    command = [sys.executable, "-m", "gateway", "serve", "--port", "0", "--data", str(folder / "data")]
    command += ["--topology", "none", "--provide", "FNS=fns/inn-by-person"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=_ROOT) as gateway:
        try:
            url, ftp = _addresses(gateway)
            before = _memory(gateway.pid)
            print(f"{megabytes} MiB; the gateway takes {before} MiB before")
            for way, upload, download in (
                ("ftp", lambda uuid: f"{ftp}/{uuid}/", lambda uuid: f"{ftp}/SignedContent.zip"),
                (
                    "http",
                    lambda uuid: f"{url}/attachments/{uuid}/a.zip",
                    lambda uuid: f"{url}/attachments/{uuid}/a.zip",
                ),
            ):
                _there_and_back(file, header_hash, url, way, upload, download)
                print(f"{way}: the gateway has taken at most {_memory(gateway.pid) - before} MiB more")
        finally:
            gateway.terminate()


def _there_and_back(  # noqa: PLR0913, PLR0917 - what differs by the way
    file: Path, header_hash: str, url: str, way: str, upload: Callable[[str], str], download: Callable[[str], str]
) -> None:
    uuid = new_ids().message_id(SystemClock().now())
    began = time.perf_counter()
    _curl("-T", f"{file}", "--ftp-create-dirs", upload(uuid))
    middle = time.perf_counter()
    login = asyncio.run(_send_and_take(url, RefAttachmentHeader(uuid, header_hash, "application/zip")))
    again = time.perf_counter()
    got = file.with_suffix(".got")
    _curl("-u", f"{login.user_name}:{login.password}", "-o", f"{got}", download(uuid))
    ended = time.perf_counter()
    assert got.stat().st_size == file.stat().st_size
    got.unlink()
    size = file.stat().st_size / _PIECE
    print(f"{way}: up {size / (middle - began):.0f} MiB/s, down {size / (ended - again):.0f} MiB/s")


async def _send_and_take(url: str, header: RefAttachmentHeader) -> FSAttachment:
    async with Smev3Client(url, "CITY") as city, Smev3Client(url, "FNS") as fns:
        envelope, _ = send_request(SMEV3_VERSIONS["1.2"], city.new_message_id(), _CONTENT, ref_attachments=[header])
        await city._call("SendRequest", envelope)
        request = await fns.take_request(MessageType.of(parse(_CONTENT)))
        assert request is not None
        access = request.files[0].access
        assert access is not None
        return access


def _large_file(folder: Path, megabytes: int) -> tuple[Path, str]:
    file, hasher, piece = folder / "large.zip", new_streebog256(), bytes(range(256)) * (_PIECE // 256)
    with file.open("wb") as large:
        for _ in range(megabytes):
            large.write(piece)
            hasher.update(piece)
    return file, base64.b64encode(hasher.digest()).decode()


def _addresses(gateway: "subprocess.Popen[str]") -> tuple[str, str]:
    assert gateway.stdout is not None
    url = ftp = ""
    while not (url and ftp):
        line = gateway.stdout.readline()
        url = url or (found[0] if (found := re.search(r"http://[\d.]+:\d+", line)) else "")
        ftp = ftp or (found[0] if (found := re.search(r"ftp://[\d.]+:\d+", line)) else "")
    return url, ftp


def _memory(pid: int) -> int:
    """Return the most memory that a process has taken until now, in MiB."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    assert found is not None
    return int(found[1]) // 1024


def _curl(*arguments: str) -> None:
    subprocess.run(["curl", "-sS", "--fail", *arguments], check=True)  # noqa: S607 - whichever there is


if __name__ == "__main__":
    main()
