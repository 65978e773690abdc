"""Files by reference over real sockets: FTP and HTTP, by clients that are not ours (curl, ftplib)."""

import asyncio
import base64
import ftplib
import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import aiohttp
import pytest
import yarl

from gateway.app import CannotStart, Gateway, running
from gateway.ns import SMEV3_VERSIONS
from gateway.protocol.messages import FSAttachment, RefAttachmentHeader
from gateway.protocol.participant_calls import send_request
from gateway.protocol.participant_replies import ReceivedRequest
from gateway.settings import Settings
from gateway.signature.gost import streebog256
from tests.acceptance.conftest import Start
from tests.conversation import CONSUMER, INN_REQUEST, PROVIDER, address, client, fetch, new_id, post

CONTENT: Final = bytes(range(256)) * 1000
SMEV: Final = SMEV3_VERSIONS["1.2"]


_PATIENCE: Final = 60.0
Result = TypeVar("Result")


@contextmanager
def connected(gateway: Gateway, user: str = "anonymous", password: str = "smev") -> Iterator[ftplib.FTP]:  # noqa: S107
    """Log in as the official client does (spec §8)."""
    assert gateway.ftp is not None
    place = urlsplit(gateway.ftp)
    with ftplib.FTP(timeout=_PATIENCE) as ftp:  # noqa: S321 - it is what SMEV speaks
        ftp.connect(place.hostname or "", place.port or 0)
        ftp.login(user, password)
        yield ftp


async def by_ftp(
    gateway: Gateway,
    work: Callable[[ftplib.FTP], Result],
    user: str = "anonymous",
    password: str = "smev",  # noqa: S107
) -> Result:
    """Do something over one connection."""

    def whole() -> Result:
        with connected(gateway, user, password) as ftp:
            return work(ftp)

    return await asyncio.to_thread(whole)


def storing(uuid: str, name: str, content: bytes) -> Callable[[ftplib.FTP], str]:
    def store(ftp: ftplib.FTP) -> str:
        ftp.mkd(uuid)
        ftp.cwd(uuid)
        return ftp.storbinary(f"STOR {name}", io.BytesIO(content))

    return store


def header(uuid: str, content: bytes = CONTENT) -> RefAttachmentHeader:
    return RefAttachmentHeader(uuid, base64.b64encode(streebog256(content)).decode(), "application/zip")


async def upload(gateway: Gateway, content: bytes = CONTENT, name: str = "выписка.zip") -> RefAttachmentHeader:
    uuid = new_id()
    await by_ftp(gateway, storing(uuid, name, content))
    return header(uuid, content)


async def ask(root: str, *files: RefAttachmentHeader) -> str:
    """Send a request that names files; return its MessageID."""
    message_id = new_id()
    envelope, _ = send_request(SMEV, message_id, INN_REQUEST, ref_attachments=files)
    answer = await post(address(root, CONSUMER), envelope)
    assert answer.status == 200, answer.body
    return message_id


async def taken(root: str) -> ReceivedRequest:
    async with client(root, PROVIDER) as provider:
        request = await provider.take_request()
    assert request is not None
    return request


async def acknowledge(root: str, request: ReceivedRequest) -> None:
    async with client(root, PROVIDER) as provider:
        await provider.ack(request.metadata.message_id)


def access(request: ReceivedRequest, place: int = 0) -> FSAttachment:
    found = request.files[place].access
    assert found is not None
    return found


async def delivered(gateway: Gateway, *contents: bytes) -> ReceivedRequest:
    """Return a request, as its provider takes it, with files that were uploaded by FTP."""
    await ask(gateway.url, *[await upload(gateway, content) for content in contents or (CONTENT,)])
    return await taken(gateway.url)


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def retrieved(ftp: ftplib.FTP, name: str = "/SignedContent.zip", rest: int | None = None) -> bytes:
    pieces: list[bytes] = []
    ftp.retrbinary(f"RETR {name}", pieces.append, rest=rest)
    return b"".join(pieces)


async def refused(gateway: Gateway, work: Callable[[ftplib.FTP], object], code: str, **login: str) -> str:
    """Do over FTP what is refused with a code; return the words."""
    with pytest.raises(ftplib.Error) as caught:
        await by_ftp(gateway, work, **login)
    assert str(caught.value).startswith(code), caught.value
    return str(caught.value)


async def curl(*arguments: str) -> tuple[int, bytes]:
    process = await asyncio.create_subprocess_exec(
        "curl", "-sS", *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, error = await process.communicate()
    return process.returncode or 0, out + error


# --- as the official client does it ----------------------------------------------------------------------------


async def test_ftplib_uploads_and_downloads(gateway: Gateway) -> None:
    request = await delivered(gateway, CONTENT, b"")
    one, other = access(request, 0), access(request, 1)
    assert one.file_name == other.file_name == "/SignedContent.zip"
    assert await by_ftp(gateway, retrieved, one.user_name, one.password) == CONTENT
    assert await by_ftp(gateway, retrieved, other.user_name, other.password) == b""
    # Until the Ack, again and again, from anywhere in the file, also by the name that its sender gave it.
    by_own_name = lambda ftp: retrieved(ftp, "выписка.zip", 1000)  # noqa: E731
    assert await by_ftp(gateway, by_own_name, one.user_name, one.password) == CONTENT[1000:]
    assert await by_ftp(gateway, lambda ftp: ftp.nlst(), one.user_name, one.password) == ["SignedContent.zip"]
    await acknowledge(gateway.url, request)
    await refused(gateway, retrieved, "530", user=one.user_name, password=one.password)
    assert [path for path in gateway.settings.attachments.rglob("*") if path.is_file()] == []


async def test_who_is_logged_in_at_the_ack_reads_nothing_more(gateway: Gateway) -> None:
    request = await delivered(gateway)
    login = access(request)

    def read_twice(ftp: ftplib.FTP) -> bytes:
        first = retrieved(ftp)
        between.set()
        assert acked.wait(30)
        with pytest.raises(ftplib.error_perm, match="550"):
            retrieved(ftp)
        return first

    between, acked = threading.Event(), threading.Event()
    reading = asyncio.ensure_future(by_ftp(gateway, read_twice, login.user_name, login.password))
    await asyncio.to_thread(between.wait, 30)
    await acknowledge(gateway.url, request)
    acked.set()
    assert await reading == CONTENT


async def test_an_upload_that_broke_off_goes_on_with_size_and_appe(gateway: Gateway) -> None:
    uuid = new_id()

    def break_off(ftp: ftplib.FTP) -> None:
        ftp.mkd(uuid)
        ftp.cwd(uuid)
        ftp.voidcmd("TYPE I")
        data = ftp.transfercmd("STOR a.zip")
        data.sendall(CONTENT[:100_000])
        _wait_for(gateway, uuid, 100_000)
        data.close()
        ftp.close()  # without waiting for 226

    def go_on(ftp: ftplib.FTP) -> str:
        ftp.mkd(uuid)  # is there
        ftp.cwd(uuid)
        ftp.voidcmd("TYPE I")
        size = ftp.size("a.zip")
        assert size == 100_000
        return ftp.storbinary("APPE a.zip", io.BytesIO(CONTENT[size:]))

    await asyncio.to_thread(_without_goodbye, gateway, break_off)
    assert (await by_ftp(gateway, go_on)).startswith("226")
    await ask(gateway.url, header(uuid))
    login = access(await taken(gateway.url))
    assert await by_ftp(gateway, retrieved, login.user_name, login.password) == CONTENT


def _wait_for(gateway: Gateway, uuid: str, size: int) -> None:
    with connected(gateway) as ftp:
        ftp.voidcmd("TYPE I")
        while ftp.size(f"/{uuid}/a.zip") != size:
            time.sleep(0.01)


def _without_goodbye(gateway: Gateway, work: Callable[[ftplib.FTP], object]) -> None:
    place = urlsplit(gateway.ftp or "")
    ftp = ftplib.FTP(timeout=_PATIENCE)  # noqa: S321
    ftp.connect(place.hostname or "", place.port or 0)
    ftp.login("anonymous", "smev")
    work(ftp)


async def test_rest_goes_on_too(gateway: Gateway) -> None:
    uuid = new_id()
    await by_ftp(gateway, storing(uuid, "a.zip", CONTENT[:500] + b"rubbish"))

    def go_on(ftp: ftplib.FTP) -> str:
        ftp.cwd(uuid)
        return ftp.storbinary("STOR a.zip", io.BytesIO(CONTENT[500:]), rest="500")

    assert (await by_ftp(gateway, go_on)).startswith("226")

    def too_far(ftp: ftplib.FTP) -> str:
        ftp.cwd(uuid)
        return ftp.storbinary("STOR a.zip", io.BytesIO(b"x"), rest="1000000")

    await refused(gateway, too_far, "554")
    await ask(gateway.url, header(uuid))
    assert access(await taken(gateway.url)).uuid == uuid


async def test_a_second_stor_replaces_until_a_message_names_the_file(gateway: Gateway) -> None:
    uuid = new_id()
    await by_ftp(gateway, storing(uuid, "a.zip", b"something longer than what comes next"))
    await by_ftp(gateway, storing(uuid, "a.zip", b"second"))
    await ask(gateway.url, header(uuid, b"second"))
    words = await refused(gateway, storing(uuid, "a.zip", b"third"), "550")
    assert uuid in words
    login = access(await taken(gateway.url))
    assert await by_ftp(gateway, retrieved, login.user_name, login.password) == b"second"


# --- curl ------------------------------------------------------------------------------------------------------


async def test_curl_uploads_and_downloads_by_ftp(gateway: Gateway, tmp_path: Path) -> None:
    uuid, file = new_id(), tmp_path / "request.zip"
    file.write_bytes(CONTENT)
    code, said = await curl("-T", f"{file}", "--ftp-create-dirs", f"{gateway.ftp}/{uuid}/", "-u", "anonymous:smev")
    assert code == 0, said
    await ask(gateway.url, header(uuid))
    login = access(await taken(gateway.url))
    got = tmp_path / "got.zip"
    by = f"{login.user_name}:{login.password}"
    code, said = await curl("-u", by, f"{gateway.ftp}{login.file_name}", "-o", f"{got}")
    assert code == 0, said
    assert got.read_bytes() == CONTENT


async def test_curl_uploads_and_downloads_by_http(gateway: Gateway, tmp_path: Path) -> None:
    uuid, file = new_id(), tmp_path / "request.zip"
    file.write_bytes(CONTENT)
    url = f"{gateway.url}/attachments/{uuid}"
    code, said = await curl("--fail-with-body", "-T", f"{file}", f"{url}/request.zip")
    assert code == 0, said
    await ask(gateway.url, header(uuid))
    login = access(await taken(gateway.url))
    got = tmp_path / "got.zip"
    by = f"{login.user_name}:{login.password}"
    code, said = await curl("--fail-with-body", "-u", by, f"{url}{login.file_name}", "-o", f"{got}")
    assert code == 0, said
    assert got.read_bytes() == CONTENT


# --- HTTP ------------------------------------------------------------------------------------------------------


async def put(url: str, content: bytes, **headers: str) -> tuple[int, dict[str, Any]]:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    address, body = yarl.URL(url, encoded=True), io.BytesIO(content)
    async with aiohttp.ClientSession() as session, session.put(address, data=body, headers=sent) as reply:
        return reply.status, await reply.json(content_type=None)


async def test_http_goes_on_where_it_broke_off(gateway: Gateway) -> None:
    uuid = new_id()
    url, size = f"{gateway.url}/attachments/{uuid}/a.zip", len(CONTENT)
    assert await put(url, CONTENT[:1000]) == (201, {"size": 1000})
    async with aiohttp.ClientSession() as session, session.head(url) as reply:
        assert (reply.status, reply.headers["Content-Length"]) == (200, "1000")
    rest = f"bytes 1000-{size - 1}/{size}"
    assert await put(url, CONTENT[1000:], Content_Range=rest) == (200, {"size": size})
    await ask(gateway.url, header(uuid))
    login = access(await taken(gateway.url))
    by = basic(login.user_name, login.password)
    async with aiohttp.ClientSession(headers=by) as session:
        async with session.get(f"{gateway.url}/attachments/{uuid}/SignedContent.zip") as reply:
            assert await reply.read() == CONTENT
        async with session.get(
            f"{gateway.url}/attachments/{uuid}/a.zip", headers={"Range": "bytes=1000-1999"}
        ) as reply:
            assert (reply.status, await reply.read()) == (206, CONTENT[1000:2000])


async def test_what_is_wrong_over_http_is_a_problem(start: Start) -> None:
    gateway = await start(max_ref_attachments=1000, attachments_room=1500)
    url = f"{gateway.url}/attachments"
    for path, sent, headers, status in (
        ("no-uuid/a.zip", b"", {}, 400),
        (f"{new_id()}/%2e%2e", b"", {}, 400),
        (f"{new_id()}/a%2fb", b"", {}, 400),
        (f"{new_id()}/..%5cb", b"", {}, 400),
        (f"{new_id()}/a%00b", b"", {}, 400),
        (f"{new_id()}/a.zip", b"x", {"Content_Range": "bytes 5-5/6"}, 416),
        (f"{new_id()}/a.zip", b"x", {"Content_Range": "lines 0-5/6"}, 400),
        (f"{new_id()}/a.zip", b"x" * 1001, {}, 413),
        (f"{new_id()}/a.zip", b"x" * 1000, {}, 201),
        (f"{new_id()}/a.zip", b"x" * 1000, {}, 413),
    ):
        found = await put(f"{url}/{path}", sent, **headers)
        assert found[0] == status, (path, found)
        if status >= 400:
            assert found[1]["detail"]
    answer = await fetch(f"{url}/{new_id()}/a.zip")
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    async with aiohttp.ClientSession() as session, session.head(f"{url}/{new_id()}/a.zip") as reply:
        assert reply.status == 404


async def test_http_gives_a_file_to_its_login_only(gateway: Gateway) -> None:
    request = await delivered(gateway, CONTENT, b"another")
    one, other = access(request, 0), access(request, 1)
    for uuid, name, user, password in (
        (one.uuid, "SignedContent.zip", other.user_name, other.password),
        (one.uuid, "SignedContent.zip", one.user_name, other.password),
        (one.uuid, "SignedContent.zip", "anonymous", "smev"),
        (one.uuid, "other.zip", one.user_name, one.password),
        (new_id(), "SignedContent.zip", one.user_name, one.password),
    ):
        auth = basic(user, password)
        async with (
            aiohttp.ClientSession(headers=auth) as session,
            session.get(f"{gateway.url}/attachments/{uuid}/{name}") as reply,
        ):
            assert reply.status == 401, (uuid, name)
    for rubbish in ("Basic", "Basic !!!", "Basic eA==", "Bearer x"):
        answer = await fetch(f"{gateway.url}/attachments/{one.uuid}/a.zip", {"Authorization": rubbish})
        assert answer.status == 401, rubbish


# --- namespaces ------------------------------------------------------------------------------------------------


async def test_a_namespace_shares_the_door_and_nothing_else(gateway: Gateway) -> None:
    space = await gateway.namespaces.create("run-1", provide=("FNS=fns/inn-by-person",))
    uuid = new_id()
    assert (await put(f"{space.url}/attachments/{uuid}/a.zip", CONTENT))[0] == 201
    await ask(space.url, header(uuid))
    login = access(await taken(space.url))
    assert await by_ftp(gateway, retrieved, login.user_name, login.password) == CONTENT
    auth = basic(login.user_name, login.password)
    async with aiohttp.ClientSession(headers=auth) as session:
        async with session.get(f"{space.url}/attachments/{uuid}/SignedContent.zip") as reply:
            assert await reply.read() == CONTENT
        async with session.get(f"{gateway.url}/attachments/{uuid}/SignedContent.zip") as reply:
            assert reply.status == 401
    await gateway.namespaces.remove("run-1")
    await refused(gateway, retrieved, "530", user=login.user_name, password=login.password)
    assert [path for path in gateway.settings.attachments.rglob("*") if path.is_file()] == []


# --- where it listens ------------------------------------------------------------------------------------------


async def test_health_and_banner_say_where(gateway: Gateway, start: Start) -> None:
    health = await fetch(f"{gateway.url}/__admin/health")
    assert gateway.ftp is not None
    assert gateway.ftp.encode() in health.body
    without = await start(ftp_port="off", data=gateway.settings.data / "other", store="sqlite://")
    assert without.ftp is None
    assert b'"ftp":null' in (await fetch(f"{without.url}/__admin/health")).body
    assert (await put(f"{without.url}/attachments/{new_id()}/a.zip", CONTENT))[0] == 201


async def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken_by_another:
        port = taken_by_another.getsockname()[1]
        settings = Settings(port=0, data=tmp_path, topology="none", ftp_port=port)
        with pytest.raises(CannotStart, match=f"{port}"):
            async with running(settings):
                pass


async def test_a_store_in_memory_leaves_no_files(tmp_path: Path) -> None:
    settings = Settings(port=0, data=tmp_path / "data", store="sqlite://", topology="none")
    async with running(settings) as gateway:
        await upload(gateway)
    assert not (tmp_path / "data").exists()


async def test_files_outlive_the_gateway(start: Start, tmp_path: Path) -> None:
    settings = Settings(port=0, data=tmp_path, topology="none", provide=("FNS=fns/inn-by-person",))
    async with running(settings) as gateway:
        request = await delivered(gateway)
        waiting = await upload(gateway, b"not named yet")
    async with running(settings) as gateway:
        login = access(request)
        assert await by_ftp(gateway, retrieved, login.user_name, login.password) == CONTENT
        await ask(gateway.url, waiting)


# --- bad input -------------------------------------------------------------------------------------------------

ELSEWHERE = (
    "/etc/passwd",
    "../../etc/passwd",
    "..",
    ".",
    "a/b",
    "/a/b/c",
    "//etc//passwd",
    "..\\..\\x",
    "~/x",
    "a\x00b",
    "я" * 200,
    "x" * 300,
)


@pytest.mark.parametrize("path", ELSEWHERE)
async def test_no_path_leads_out_of_the_directory(gateway: Gateway, path: str) -> None:
    uuid = new_id()

    def try_to_store(ftp: ftplib.FTP) -> None:
        ftp.mkd(uuid)
        ftp.cwd(uuid)
        ftp.storbinary(f"STOR {path}", io.BytesIO(b"x"))

    before = sorted(gateway.settings.data.rglob("*"))
    await refused(gateway, try_to_store, "550")
    after = [each for each in sorted(gateway.settings.data.rglob("*")) if each not in before and each.is_file()]
    assert [each for each in after if "attachments" not in each.parts] == []
    for command in ("CWD", "MKD", "SIZE", "APPE", "MLST", "MDTM", "LIST"):

        def try_it(ftp: ftplib.FTP, command: str = command) -> None:
            ftp.voidcmd("TYPE I")
            if command in {"APPE", "LIST"}:
                ftp.makepasv()
            ftp.sendcmd(f"{command} {path}")

        if (command, path) not in {
            ("CWD", ".."),
            ("CWD", "."),
            ("LIST", ".."),
            ("LIST", "."),
            ("MLST", ".."),
            ("MLST", "."),
        }:
            await refused(gateway, try_it, "5")


@pytest.mark.parametrize(
    "command", ["DELE {0}/a.zip", "RNFR {0}/a.zip", "RMD {0}", "RETR {0}/a.zip", "STOU x", "SITE CHMOD 777 {0}/a.zip"]
)
async def test_anybody_may_only_add(gateway: Gateway, command: str) -> None:
    uuid = new_id()
    await by_ftp(gateway, storing(uuid, "a.zip", CONTENT))
    await refused(gateway, lambda ftp: ftp.sendcmd(command.format(uuid)), "5")
    await ask(gateway.url, header(uuid))


async def test_nobody_sees_what_others_upload(gateway: Gateway) -> None:
    mine = new_id()
    await upload(gateway)
    await by_ftp(gateway, storing(mine, "mine.zip", CONTENT))

    def look(ftp: ftplib.FTP) -> tuple[list[str], list[str], list[str], list[str]]:
        lines: list[str] = []
        ftp.retrlines("LIST", lines.append)
        return lines, ftp.nlst(), [name for name, _ in ftp.mlsd()], ftp.nlst(mine)

    assert await by_ftp(gateway, look) == ([], [], [], ["mine.zip"])


@pytest.mark.parametrize("command", ["STOR x", "APPE x", "MKD x", "DELE SignedContent.zip", "RNFR SignedContent.zip"])
async def test_a_reader_only_reads(gateway: Gateway, command: str) -> None:
    login = access(await delivered(gateway))
    await refused(gateway, lambda ftp: ftp.sendcmd(command), "550", user=login.user_name, password=login.password)
    for path in ("/etc/passwd", "../SignedContent.zip/../x", "other.zip"):

        def read(ftp: ftplib.FTP, path: str = path) -> bytes:
            return retrieved(ftp, path)

        await refused(gateway, read, "550", user=login.user_name, password=login.password)


async def test_a_login_is_of_one_file_and_has_one_password(gateway: Gateway) -> None:
    request = await delivered(gateway, CONTENT, b"another")
    one, other = access(request, 0), access(request, 1)
    for user, password in ((one.user_name, other.password), (one.user_name, ""), ("nobody", "x")):
        await refused(gateway, lambda ftp: ftp.pwd(), "530", user=user, password=password)


async def test_a_huge_file_stops_at_the_limit(start: Start) -> None:
    gateway = await start(max_ref_attachments=200_000)
    uuid = new_id()
    words = await refused(gateway, storing(uuid, "a.zip", CONTENT), "552")
    assert "200000" in words
    (left,) = list(gateway.settings.attachments.rglob("a.zip"))
    assert left.stat().st_size <= 200_000
    assert (await by_ftp(gateway, storing(uuid, "a.zip", b"small"))).startswith("226")


async def test_a_full_store_takes_nothing_more(start: Start) -> None:
    gateway = await start(attachments_room=300_000)
    await upload(gateway)
    await refused(gateway, storing(new_id(), "a.zip", CONTENT), "552")


async def test_a_symbolic_link_is_nothing(gateway: Gateway) -> None:
    uuid = new_id()
    await by_ftp(gateway, storing(uuid, "a.zip", CONTENT))
    planted = next(gateway.settings.attachments.rglob("a.zip")).with_name("b.zip")
    planted.symlink_to(gateway.settings.data / "smev.db")

    def overwrite(ftp: ftplib.FTP) -> None:
        ftp.cwd(uuid)
        assert ftp.nlst() == ["a.zip"]
        ftp.storbinary("STOR b.zip", io.BytesIO(b"x"))

    await refused(gateway, overwrite, "5")
    assert planted.is_symlink()


async def test_many_logins_and_rubbish_leave_room_for_others(gateway: Gateway) -> None:
    place = urlsplit(gateway.ftp or "")

    def rubbish() -> None:
        for sent in (
            b"\x00\xff\xfe\r\n",
            b"USER " + b"x" * 10_000 + b"\r\n",
            b"PASS\r\n",
            b"GET / HTTP/1.1\r\n\r\n",
            b"",
        ):
            with socket.create_connection((place.hostname or "", place.port or 0)) as connection:
                connection.sendall(sent)
        opened = [socket.create_connection((place.hostname or "", place.port or 0)) for _ in range(50)]
        for each in opened:
            each.close()

    await asyncio.to_thread(rubbish)
    await upload(gateway)


async def test_ftp_over_tls(start: Start, tmp_path: Path) -> None:
    pytest.importorskip("OpenSSL")
    pem = tmp_path / "ftp.pem"
    made = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", f"{pem}", "-out")
    process = await asyncio.create_subprocess_exec(
        "openssl", *made, f"{tmp_path / 'crt'}", stderr=asyncio.subprocess.DEVNULL
    )
    await process.wait()
    pem.write_bytes(pem.read_bytes() + (tmp_path / "crt").read_bytes())
    gateway = await start(ftp_certificate=pem)
    uuid, file = new_id(), tmp_path / "a.zip"
    file.write_bytes(CONTENT)
    secured = ("--ssl-reqd", "-k", "--ftp-create-dirs")
    code, said = await curl(*secured, "-T", f"{file}", f"{gateway.ftp}/{uuid}/")
    assert code == 0, said
    await ask(gateway.url, header(uuid))


async def test_a_certificate_that_is_none(tmp_path: Path) -> None:
    pytest.importorskip("OpenSSL")
    (tmp_path / "x.pem").write_text("rubbish")
    settings = Settings(port=0, data=tmp_path, topology="none", ftp_certificate=tmp_path / "x.pem")
    with pytest.raises(CannotStart, match=r"x\.pem"):
        async with running(settings):
            pass
