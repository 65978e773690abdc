"""The client library: what is too much for a message goes beside it, by FTP or by HTTP."""

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.app import Gateway
from gateway.client import AttachmentHeader, FileNotTransferred, Smev3Client
from gateway.client.by_reference import THRESHOLD
from gateway.storage import uploads
from gateway.storage.uploads import Upload
from tests.conversation import CONSUMER, INN_REQUEST, INN_RESPONSE, PROVIDER

LARGE = bytes(range(256)) * 4096 * 6
"""6 MiB."""


def clients(gateway: Gateway, way: str, above: int = THRESHOLD) -> tuple[Smev3Client, Smev3Client]:
    files = gateway.ftp if way == "ftp" else None
    return (
        Smev3Client(gateway.url, CONSUMER, files=files, by_reference_above=above),
        Smev3Client(gateway.url, PROVIDER, files=files, by_reference_above=above),
    )


@pytest.mark.parametrize("way", ["ftp", "http"])
async def test_large_files_go_beside_the_message_both_ways(gateway: Gateway, tmp_path: Path, way: str) -> None:
    file = tmp_path / "выписка.zip"
    file.write_bytes(LARGE)
    consumer, provider = clients(gateway, way)
    async with consumer, provider:
        await consumer.send_request(
            INN_REQUEST, attachments=[file, (AttachmentHeader("a/б.weird", "model/x"), b"small")]
        )
        request = await provider.take_request()
        assert request is not None
        assert request.attachments == ()
        assert [each.header.mime_type for each in request.files] == ["application/zip", "application/octet-stream"]
        got = [await provider.fetch(each, tmp_path / f"got-{place}") for place, each in enumerate(request.files)]
        assert [each.read_bytes() for each in got] == [LARGE, b"small"]
        await provider.send_response(request.reply_to or "", INN_RESPONSE, attachments=got[:1])
        await provider.ack(request.metadata.message_id)
        response = await consumer.take_response()
        assert response is not None
        assert (await consumer.fetch(response.files[0], tmp_path / "answer")).read_bytes() == LARGE
        with pytest.raises(FileNotTransferred):  # acknowledged: the login has ended
            await provider.fetch(request.files[0], tmp_path / "late")


@pytest.mark.parametrize("way", ["ftp", "http"])
async def test_small_ones_go_inside(gateway: Gateway, way: str) -> None:
    consumer, provider = clients(gateway, way)
    async with consumer, provider:
        await consumer.send_request(INN_REQUEST, attachments=[(AttachmentHeader("a.zip", "application/zip"), b"small")])
        request = await provider.take_request()
        assert request is not None
        assert ([each.content for each in request.attachments], request.files) == ([b"small"], ())


async def test_what_is_not_as_its_header_says_is_not_kept(gateway: Gateway, tmp_path: Path) -> None:
    consumer, provider = clients(gateway, "http", above=0)
    async with consumer, provider:
        await consumer.send_request(INN_REQUEST, attachments=[(AttachmentHeader("a.zip", "application/zip"), b"small")])
        request = await provider.take_request()
        assert request is not None
        (file,) = request.files
        other = replace(file, header=replace(file.header, hash="AAAA"))
        with pytest.raises(FileNotTransferred, match="AAAA"):
            await provider.fetch(other, tmp_path / "other")
        assert not (tmp_path / "other").exists()
        with pytest.raises(FileNotTransferred, match="login"):
            await provider.fetch(replace(file, access=None), tmp_path / "none")


async def test_without_a_place_of_files_all_goes_inside(gateway: Gateway, tmp_path: Path) -> None:
    address = f"{gateway.url}/as/{CONSUMER}/smev/v1.2/ws"
    async with Smev3Client(address, CONSUMER, by_reference_above=0) as consumer, clients(gateway, "ftp")[1] as provider:
        await consumer.send_request(INN_REQUEST, attachments=[(AttachmentHeader("a.zip", "application/zip"), b"small")])
        request = await provider.take_request()
        assert request is not None
        assert request.files == ()


@pytest.mark.parametrize("way", ["ftp", "http"])
async def test_nobody_holds_a_whole_file(
    gateway: Gateway, tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However large a file is, what the gateway has of it at a time is not (bench/files.py measures a gigabyte)."""
    pieces: list[int] = []
    write = Upload.write

    def noted(self: Upload, data: bytes) -> int:
        pieces.append(len(data))
        return write(self, data)

    monkeypatch.setattr(Upload, "write", noted)
    file = tmp_path / "large.zip"
    file.write_bytes(LARGE)
    consumer, _ = clients(gateway, way)
    async with consumer:
        await consumer.send_request(INN_REQUEST, attachments=[file])
    assert sum(pieces) == len(LARGE)
    assert max(pieces) <= 2 * uploads.CHUNK
