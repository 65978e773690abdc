"""Recordings as a person and a program make them: by REST, by `mock-smev record`, with a gateway and without."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import Connection

from gateway.app import Gateway, running
from gateway.cli import demo
from gateway.cli.common import CommandFailed
from gateway.cli.record_source import Asked, FromGateway, FromStore
from gateway.exchange.recordings import recorded
from gateway.protocol import mtom
from gateway.recording.conversation import conversation
from gateway.recording.format import RecordedEntry, Recording, Writer, attachments_folder, read
from gateway.settings import Settings
from gateway.storage import journal
from gateway.storage.database import StoreError
from tests.acceptance.administrator import call, get, post, refused
from tests.acceptance.command_line import run
from tests.conversation import CONSUMER, INN_KIND, address, fetch, whole_exchange, with_attachments
from tests.conversation import post as post_call

PATIENCE_SECONDS = 20
ZIP = b"PK\x03\x04 \x00\xff not text"


async def sends_attachment(gateway: Gateway) -> None:
    """The consumer sends a request with an attachment, as a part of MTOM."""
    envelope, parts = with_attachments({"a.zip": ZIP})
    content_type, body = mtom.pack(envelope, parts)
    assert (await post_call(address(gateway.url, CONSUMER), body, content_type=content_type)).status == 200


def bytes_of(file: str) -> bytes:
    return Path(file).read_bytes()


async def same_as_the_store(gateway: Gateway, recording: Recording, after: int = 0) -> None:
    """The recording holds what the journal holds, byte for byte, attachments too."""
    kept = await recorded(gateway.store)
    expected = [each for each in kept.entries if each.seq > after]
    assert expected
    assert [(each.seq, each.entry, each.attachments) for each in recording.entries] == [
        (each.seq, each.entry, each.attachments) for each in expected
    ]
    for each in expected:
        for attachment in each.attachments:
            assert recording.content(attachment) == kept.content(attachment)


# --- REST --------------------------------------------------------------------------------------------------------


async def test_a_span_of_the_journal_is_a_recording(gateway: Gateway, tmp_path: Path) -> None:
    await sends_attachment(gateway)
    answer = await fetch(f"{gateway.url}/__admin/recording")
    assert (answer.status, answer.content_type) == (200, "application/jsonl; charset=utf-8")
    file = tmp_path / "span.jsonl"
    file.write_bytes(answer.body)
    [sent] = [each for each in read(file).entries if each.attachments]
    attached = await fetch(f"{gateway.url}/__admin/recording/attachments/{sent.entry.message_id}/0")
    assert (attached.status, attached.body) == (200, ZIP)
    attachments_folder(file).mkdir()
    (attachments_folder(file) / sent.attachments[0].sha256).write_bytes(attached.body)
    await same_as_the_store(gateway, read(file))
    await refused(gateway, "GET", f"/recording/attachments/{sent.entry.message_id}/1", 404, "attachment")


async def test_a_span_has_filters(gateway: Gateway) -> None:
    await whole_exchange(gateway.url)
    await whole_exchange(gateway.url, consumer="OTHER")
    body = await get(gateway, f"/recording?participant=OTHER&kind={INN_KIND}&since=2013-01-01T00:00:00")
    header, *entries = [json.loads(line) for line in body.splitlines()]
    assert set(header["selection"]) == {"participant", "messageTypes", "since"}
    assert {line["originalMessageId"] for line in entries if line["event"] == "sent"} == {entries[1]["messageId"]}
    await refused(gateway, "GET", "/recording?kind=no/such", 400, "kind")
    await refused(gateway, "GET", "/recording?from=1", 400, "query")


async def test_a_live_recording_has_everything_between_its_start_and_its_end(gateway: Gateway) -> None:
    await whole_exchange(gateway.url)
    before = gateway.store.run_now(journal.horizon).newest
    begun = await post(gateway, "/recordings", {"name": "first"}, 201)
    assert (begun["running"], begun["entries"], begun["name"]) == (True, 0, "first")
    await whole_exchange(gateway.url)
    await sends_attachment(gateway)
    ended = await post(gateway, "/recordings/first/stop", {})
    assert (ended["running"], ended["error"]) == (False, "")
    recording = read(Path(ended["file"]))
    assert len(recording.entries) == ended["entries"] > 8
    await same_as_the_store(gateway, recording, before)
    await sends_attachment(gateway)
    assert await post(gateway, "/recordings/first/stop", {}) == ended  # what comes later is not in it
    answer = await fetch(f"{gateway.url}/__admin/recordings/first/file")
    assert answer.body == bytes_of(ended["file"])
    [attachment] = [each for entry in recording.entries for each in entry.attachments]
    attached = await fetch(f"{gateway.url}/__admin/recordings/first/attachments/{attachment.sha256}")
    assert attached.body == ZIP
    await refused(gateway, "GET", f"/recordings/first/attachments/{'0' * 64}", 404, "attachment")


async def test_live_recordings_are_listed_and_removed(gateway: Gateway) -> None:
    await post(gateway, "/recordings", {"name": "a.b-c_1", "participant": CONSUMER}, 201)
    await refused(gateway, "POST", "/recordings", 409, "recording", json={"name": "a.b-c_1"})
    await refused(gateway, "DELETE", "/recordings/a.b-c_1", 409, "recording")
    await sends_attachment(gateway)
    await post(gateway, "/recordings/a.b-c_1/stop", {})
    [listed] = (await get(gateway, "/recordings"))["recordings"]
    assert listed == await get(gateway, "/recordings/a.b-c_1")
    removed = Path((await call(gateway, "DELETE", "/recordings/a.b-c_1")).body["file"])
    assert list(removed.parent.iterdir()) == []
    assert (await get(gateway, "/recordings"))["recordings"] == []
    for method, path in (("GET", ""), ("GET", "/file"), ("POST", "/stop"), ("DELETE", "")):
        await refused(gateway, method, f"/recordings/a.b-c_1{path}", 404, "recording")


@pytest.mark.parametrize("name", ["../up", "a/b", "", ".hidden", "x" * 101, "имя", "a\x00b"])
async def test_a_name_is_no_path(gateway: Gateway, name: str) -> None:
    await refused(gateway, "POST", "/recordings", 422, "body", json={"name": name})
    assert not (gateway.settings.data / "recordings").exists()


async def test_no_address_leads_out_of_the_folder(gateway: Gateway) -> None:
    (gateway.settings.data / "secret.jsonl").write_text("secret")
    for name in ("..%2Fsecret", "%2e%2e%2fsecret", "..%5Csecret"):
        assert (await call(gateway, "GET", f"/recordings/{name}/file")).status == 404


async def test_a_live_recording_may_begin_in_the_past(gateway: Gateway) -> None:
    await whole_exchange(gateway.url)
    await post(gateway, "/recordings", {"name": "all", "after": 0}, 201)
    ended = await post(gateway, "/recordings/all/stop", {})
    await same_as_the_store(gateway, read(Path(ended["file"])))


async def test_a_live_recording_ends_with_the_gateway_and_is_still_there(new_store: Path, tmp_path: Path) -> None:
    settings = Settings(port=0, data=tmp_path, topology="none", provide=(f"FNS={INN_KIND}",))
    async with running(settings) as gateway:
        await post(gateway, "/recordings", {"name": "cut-short"}, 201)
        await whole_exchange(gateway.url)
    recording = read(tmp_path / "recordings" / "cut-short.jsonl")
    assert len(conversation(recording.entries).exchanges[0].entries) == 8
    assert recording.notes == ()
    async with running(settings) as gateway:
        [listed] = (await get(gateway, "/recordings"))["recordings"]
        assert (listed["entries"], listed["running"], listed["since"]) == (len(recording.entries), False, None)


async def test_a_live_recording_survives_a_store_that_fails(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = asyncio.Event()
    horizon, loop = journal.horizon, asyncio.get_running_loop()

    def failing(connection: Connection) -> journal.Horizon:
        loop.call_soon_threadsafe(failed.set)
        raise StoreError("the disk is away")

    await post(gateway, "/recordings", {"name": "patient"}, 201)
    monkeypatch.setattr(journal, "horizon", failing)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await failed.wait()
    await whole_exchange(gateway.url)
    monkeypatch.setattr(journal, "horizon", horizon)
    ended = await post(gateway, "/recordings/patient/stop", {})
    assert ended["error"] == ""
    await same_as_the_store(gateway, read(Path(ended["file"])))


async def test_a_full_disk_ends_a_recording_and_nothing_else(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    await post(gateway, "/recordings", {"name": "full"}, 201)
    monkeypatch.setattr(Writer, "add", full)
    await whole_exchange(gateway.url)
    ended = await post(gateway, "/recordings/full/stop", {})
    assert "No space left on device" in ended["error"]
    assert read(Path(ended["file"])).entries == ()
    await whole_exchange(gateway.url)


async def test_a_folder_that_cannot_be_written_is_a_problem(gateway: Gateway) -> None:
    (gateway.settings.data / "recordings").write_text("in the way")
    problem = await refused(gateway, "POST", "/recordings", 503, "recording", json={"name": "x"})
    assert "recordings" in problem["detail"]


async def test_a_stream_begins_when_it_says_so(gateway: Gateway) -> None:
    await whole_exchange(gateway.url)
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{gateway.url}/__admin/recording/stream?participant=LATER") as answer,
    ):
        assert int(answer.headers["X-Mock-Smev-After"]) == gateway.store.run_now(journal.horizon).newest
        header = json.loads(await answer.content.readline())
        await whole_exchange(gateway.url, consumer="LATER")
        async with asyncio.timeout(PATIENCE_SECONDS):
            lines = [json.loads(await answer.content.readline()) for _ in range(9)]
    assert header["recording"] == "mock-smev"
    assert [line["event"] for line in lines][:3] == ["registered", "sent", "accepted"]


# --- the command line ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["gateway", "store"])
async def test_what_crossed_is_recorded_shown_and_converted(gateway: Gateway, tmp_path: Path, where: str) -> None:
    await whole_exchange(gateway.url)
    await sends_attachment(gateway)
    file = tmp_path / "it.jsonl"
    source = ("--url", gateway.url) if where == "gateway" else ("--data", str(gateway.settings.data))
    ended = await run("record", str(file), *source)
    assert (ended.code, ended.errors) == (0, "")
    await same_as_the_store(gateway, read(file))

    shown = await run("recordings", "show", str(file))
    assert (shown.code, shown.errors) == (0, "")
    assert f"{CONSUMER} → FNS" in shown.output
    assert "доставлен" in shown.output
    listed = json.loads((await run("recordings", "show", str(file), "--json")).output)
    assert [each["number"] for each in listed["exchanges"]] == [1, 2]
    assert listed["exchanges"][1]["attachments"] == 1
    whole = await run("recordings", "show", str(file), "--message", "1")
    assert "FNSINNSingularRequest" in whole.output
    assert "FNSINNSingularResponse" in whole.output
    assert (await run("recordings", "show", str(file), "--message", "3")).code == 1

    again = tmp_path / "again.jsonl"
    assert (await run("recordings", "convert", str(file), str(again))).code == 0
    assert read(again).entries == read(file).entries
    await same_as_the_store(gateway, read(again))


@pytest.mark.parametrize("where", ["gateway", "store"])
async def test_a_selection_is_recorded(gateway: Gateway, tmp_path: Path, where: str) -> None:
    await whole_exchange(gateway.url)
    await whole_exchange(gateway.url, consumer="OTHER")
    source = ("--url", gateway.url) if where == "gateway" else ("--store", gateway.store.engine.url.render_as_string())
    options = ("--participant", "OTHER", "--kind", INN_KIND, "--from", "2013-03-04", "--to", "2999-01-01 10:00")
    assert (await run("record", str(tmp_path / "it"), *options, *source)).code == 0
    [exchange] = conversation(read(tmp_path / "it").entries).exchanges
    assert (exchange.consumer, len(exchange.entries)) == ("OTHER", 8)
    nothing = await run("record", str(tmp_path / "none"), "--participant", "NOBODY", *source)
    assert (nothing.code, "не выбрано ничего" in nothing.errors) == (1, True)
    unknown = await run("record", str(tmp_path / "none"), "--kind", "no/such", *source)
    assert (unknown.code, "no/such" in unknown.errors) == (1, True)
    assert not (tmp_path / "none").exists()


async def test_what_cannot_be_recorded_is_one_line(gateway: Gateway, tmp_path: Path) -> None:
    await whole_exchange(gateway.url)
    there = tmp_path / "there"
    there.write_text("something else")
    at = ("--url", gateway.url)
    for arguments, code, said in (
        ((str(there), *at), 1, "файл уже есть"),
        ((str(tmp_path / "no" / "folder"), *at), 2, "No such file"),
        ((str(tmp_path / "x"), "--from", "yesterday", *at), 2, "--from"),
        ((str(tmp_path / "x"), "--for", "10m", *at), 2, "--follow"),
        ((str(tmp_path / "x"), "--follow", "--for", "soon", *at), 2, "--for"),
        ((str(tmp_path / "x"), "--follow", "--pseudonymize", "k", *at), 2, "--pseudonymize"),
        ((str(tmp_path / "x"), "--url", "http://127.0.0.1:1"), 1, "127.0.0.1:1"),
        ((str(tmp_path / "x"), "--data", str(tmp_path / "nowhere")), 1, "--data"),
    ):
        ended = await run("record", *arguments)
        assert (ended.code, said in ended.errors) == (code, True), ended
        assert ended.errors.count("\n") == 1, ended
    assert there.read_text() == "something else"
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("where", ["gateway", "store"])
async def test_what_comes_is_followed_until_told_to_stop(gateway: Gateway, where: str) -> None:
    await whole_exchange(gateway.url)
    before, stop = gateway.store.run_now(journal.horizon).newest, asyncio.Event()
    source = FromGateway(gateway.url, None) if where == "gateway" else FromStore({"data": gateway.settings.data})
    entries: list[RecordedEntry] = []
    contents: dict[str, bytes] = {}
    async with asyncio.timeout(PATIENCE_SECONDS), source.follow(Asked(), stop) as span:
        await whole_exchange(gateway.url)
        await sends_attachment(gateway)
        stop.set()
        async for batch in span.batches:
            entries += batch.entries
            contents |= batch.contents
    await same_as_the_store(gateway, Recording(span.header, tuple(entries), contents=contents), before)


async def test_a_while_in_which_nothing_comes_leaves_no_file(gateway: Gateway, tmp_path: Path) -> None:
    ended = await run("record", "--follow", "--for", "PT0.1S", str(tmp_path / "it"), "--url", gateway.url)
    assert (ended.code, "не выбрано ничего" in ended.errors, (tmp_path / "it").exists()) == (1, True, False)


async def test_ctrl_c_ends_a_recording(gateway: Gateway, tmp_path: Path) -> None:
    file = tmp_path / "live.jsonl"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", "record", "--follow", str(file), "--url", gateway.url,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_SECONDS):
        await process.stdout.readline()
        await whole_exchange(gateway.url)
        process.send_signal(signal.SIGINT)
        output, errors = await process.communicate()
    assert (process.returncode, errors) == (0, b""), errors
    await same_as_the_store(gateway, read(file))
    assert str(len(read(file).entries)) in output.decode()


async def test_a_damaged_recording_says_what_is_wrong(gateway: Gateway, tmp_path: Path) -> None:
    await sends_attachment(gateway)
    file = tmp_path / "it.jsonl"
    await run("record", str(file), "--url", gateway.url)
    [attachment] = attachments_folder(file).iterdir()
    attachment.unlink()
    file.write_bytes(file.read_bytes()[:-9])
    shown = await run("recordings", "show", str(file))
    assert shown.code == 0
    assert "обрывается" in shown.errors
    assert "a.zip" in shown.errors
    converted = await run("recordings", "convert", str(file), str(tmp_path / "out"))
    assert (converted.code, "a.zip" in converted.errors) == (1, True)
    assert not (tmp_path / "out").exists()
    file.write_bytes(os.urandom(100))
    shown = await run("recordings", "show", str(file))
    assert (shown.code, "не запись mock-smev" in shown.errors) == (1, True)


async def test_a_folder_of_files_becomes_a_recording(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    folder.mkdir()
    envelope, parts = with_attachments({"a.zip": ZIP})
    (folder / "request.txt").write_bytes(mtom.pack(envelope, parts)[1])
    (folder / "readme.txt").write_text("no message")
    ended = await run("recordings", "import", str(folder), str(tmp_path / "it"), "--consumer", "CITY")
    assert (ended.code, "readme.txt" in ended.errors) == (0, True)
    [exchange] = conversation(read(tmp_path / "it").entries).exchanges
    assert (exchange.consumer, exchange.provider) == ("CITY", "PROVIDER")
    (tmp_path / "empty").mkdir()
    ended = await run("recordings", "import", str(tmp_path / "empty"), str(tmp_path / "none"))
    assert (ended.code, (tmp_path / "none").exists()) == (1, False)
    assert (await run("recordings", "import", str(tmp_path / "nowhere"), str(tmp_path / "none"))).code == 2


async def test_recorded_people_become_others(gateway: Gateway, tmp_path: Path) -> None:
    await whole_exchange(gateway.url)
    file = tmp_path / "it.jsonl"
    ended = await run("record", str(file), "--pseudonymize", "key", "--keep-unknown", "--url", gateway.url)
    assert ended.code == 0, ended
    recording = read(file)
    assert recording.header.pseudonymized
    assert "1967-03-10" not in file.read_text()
    assert len(conversation(recording.entries).exchanges) == 1


async def test_the_demonstration_is_recorded(tmp_path: Path) -> None:
    file = tmp_path / "demo.jsonl"
    settings = Settings(port=0, data=tmp_path, store="sqlite://", topology="minimal", seed=1)
    assert await demo._demo(settings, record=file)
    recording = read(file)
    told = conversation(recording.entries)
    assert recording.header.topology == "minimal"
    assert len(told.exchanges) > 10
    assert all(each.answers or each.faults for each in told.exchanges)
    with pytest.raises(CommandFailed, match="файл уже есть"):
        demo.demo(record=file)
