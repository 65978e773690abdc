"""Replays as a tester runs them: `mock-smev replay` in a gateway of its own and against a running one, and by REST."""

import asyncio
import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from gateway import logs
from gateway.app import Gateway
from gateway.domain.journal import JournalEvent
from gateway.domain.signature_mode import SignatureMode
from gateway.keyring import Keyring
from gateway.recording.format import Recording, attachments_folder, read, write
from gateway.signature.keys import private_key_pem
from tests.acceptance.administrator import call, get, refused
from tests.acceptance.command_line import run
from tests.acceptance.conftest import Start
from tests.agencies.replay.playing import asks, record_exchanges, takes_all
from tests.conversation import CONSUMER, INN_KIND, INN_RESPONSE, PROVIDER, client

AGAIN = ("--seed", "1", "--clock", "frozen@2013-03-11T10:00:00+04:00")
ALL = ("--as-provider", "all", "--as-consumer", "all")


@pytest.fixture(autouse=True)
def _log_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command runs in this process, whose log is that of the tests."""
    monkeypatch.setattr(logs, "configure", lambda _: None)


@pytest.fixture(scope="session")
def exchanges(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """Made once."""
    return asyncio.run(record_exchanges(tmp_path_factory.mktemp("recorded")))


@pytest.fixture
def file(exchanges: Recording, tmp_path: Path) -> Path:
    """The recording as a file, with its attachments beside."""
    path = tmp_path / "before.jsonl"
    write(exchanges, path)
    return path


def by_hand(file: Path, old: str, new: str) -> Path:
    """A copy of a recording in which somebody has changed a value, as in an editor."""
    changed = file.with_name("changed.jsonl")
    text = file.read_text(encoding="utf-8")
    assert old in text
    changed.write_text(text.replace(old, new), encoding="utf-8")
    shutil.copytree(attachments_folder(file), attachments_folder(changed))
    return changed


def only_header(file: Path) -> None:
    """Leave nothing but the first line."""
    header = file.read_text(encoding="utf-8").splitlines()[0]
    file.write_text(header + "\n", encoding="utf-8")


# --- in a gateway of its own -----------------------------------------------------------------------------------------


async def test_a_recording_replayed_on_both_sides_is_the_same_again(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "after.jsonl"
    ended = await run("replay", str(file), *ALL, *AGAIN, "--record", str(out))
    assert ended.code == 0, ended
    assert "Шагов 3" in ended.output
    assert f"{PROVIDER}  отвечено: 3" in ended.output
    assert f"mock-smev diff {file} {out} --ignore timing" in ended.output
    compared = await run("diff", str(file), str(out), "--ignore", "timing")
    assert compared.code == 0, compared
    assert read(out).header.recorded_by == "mock-smev replay"


async def test_a_recording_is_signed_anew_where_everything_has_to_be_signed(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "after.jsonl"
    ended = await run("replay", str(file), *ALL, *AGAIN, "--signatures", "strict", "--record", str(out))
    assert ended.code == 0, ended
    compared = await run("diff", str(file), str(out), "--ignore", "timing")
    assert compared.code == 0, compared
    sent = [entry for entry in read(out).entries if entry.entry.event is JournalEvent.SENT]
    assert all(b"<ds:SignatureValue" in (entry.entry.envelope or b"") for entry in sent)
    assert any(b"<SignaturePKCS7>" in (entry.entry.envelope or b"") for entry in sent)
    # What was recorded signed is signed by others now: another gateway has other keys.
    elsewhere = ("--seed", "2", *AGAIN[2:], "--signatures", "strict")
    ended = await run("replay", str(out), *ALL, *elsewhere)
    assert ended.code == 0, ended


@pytest.mark.parametrize("lent", [True, False])
async def test_a_running_gateway_lends_keys_or_the_user_has_some(
    start: Start, file: Path, tmp_path: Path, *, lent: bool
) -> None:
    gateway = await start(signatures=SignatureMode.STRICT)
    keyring, own = gateway.signatures.keyring, tmp_path / "own.pem"
    signer = (keyring if lent else Keyring.in_memory(b"unknown here")).issue(CONSUMER)
    own.write_bytes(private_key_pem(signer.key) + signer.certificate.pem)
    ended = await run("replay", str(file), *ALL, "--speed", "max", "--url", gateway.url)
    assert ended.code == 0, ended
    with_own = ("--speed", "max", "--patience", "1", "--url", gateway.url, "--key", f"{CONSUMER}={own}")
    ended = await run("replay", str(file), *ALL, *with_own)
    assert ended.code == (0 if lent else 1), ended
    assert ("SignatureVerificationFault" in ended.output) is not lent


async def test_one_field_changed_by_hand_is_the_one_that_differs(file: Path, tmp_path: Path) -> None:
    """Record, change one field, replay, and see exactly that field."""
    number = "379945132320"
    assert number.encode() in INN_RESPONSE
    changed, out = by_hand(file, number, "500100732259"), tmp_path / "after.jsonl"
    ended = await run("replay", str(changed), *ALL, *AGAIN, "--record", str(out))
    assert ended.code == 0, ended
    assert "конверты изменены после записи" in ended.errors
    compared = await run("diff", str(file), str(out), "--json", "--ignore", "timing")
    assert compared.code == 1, compared
    told = json.dumps(json.loads(compared.output), ensure_ascii=False)
    assert told.count(number) == 1, compared.output
    assert told.count("500100732259") == 1


async def test_what_was_not_replayed_is_told_with_the_reason(file: Path) -> None:
    shutil.rmtree(attachments_folder(file))
    ended = await run("replay", str(file), *ALL, *AGAIN)
    assert ended.code == 1
    assert "пропущено" in ended.output
    assert "нет вложения 'scan.pdf'" in " ".join(ended.output.split())


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "никто не назван: отвечали FNS; спрашивали MYSYSTEM"),
        (("--as-provider", "FNS001"), "FNS001: в записи before.jsonl не отвечает; есть FNS"),
        (("--as-consumer", f"{CONSUMER},NOBODY"), "NOBODY: в записи before.jsonl не спрашивает; есть MYSYSTEM"),
        ((*ALL, "--key", "NOBODY=x.pem"), "--key NOBODY=x.pem: ожидался один из --as-consumer: MYSYSTEM"),
        ((*ALL, "--key", "missing.pem"), "--key missing.pem: No such file"),
        ((*ALL, "--key", "{file}"), "ожидались PRIVATE KEY и CERTIFICATE в PEM"),
        ((*ALL, "--speed", "fast"), "скорость: ожидалось число больше 0 или max, найдено 'fast'"),
        ((*ALL, "--record", "{file}"), "before.jsonl: файл уже есть, назовите другой"),
        ((*ALL, "--url", "http://127.0.0.1:1", "--seed", "1"), "--seed — о своём шлюзе, с --url его нет"),
        ((*ALL, "--url", "http://127.0.0.1:1/smev/v1.2/ws"), "отвечать за участников можно только в шлюзе mock-smev"),
        ((*ALL, "--topology", "nowhere"), "nowhere"),
    ],
)
async def test_what_cannot_be_replayed_is_one_line(file: Path, arguments: tuple[str, ...], why: str) -> None:
    ended = await run("replay", str(file), *(each.format(file=file) for each in arguments))
    assert (ended.code, ended.output) == (2, "")
    assert why in ended.errors
    assert len(ended.errors.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "это не запись mock-smev"),
        ('{"recording": "mock-smev", "version": 99}\n', "запись версии 99"),
        ("not there", "No such file"),
    ],
)
async def test_a_file_that_is_no_recording_is_one_line(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "odd.jsonl"
    if text != "not there":
        path.write_text(text)
    ended = await run("replay", str(path), *ALL)
    assert (ended.code, ended.output) == (2, "")
    assert why in ended.errors


async def test_a_truncated_recording_is_replayed_up_to_its_end(file: Path) -> None:
    with file.open("a", encoding="utf-8") as lines:
        lines.write('{"seq": 1000, "mom')
    ended = await run("replay", str(file), *ALL, *AGAIN)
    assert ended.code == 0, ended
    assert "обрывается" in ended.errors


async def test_a_recording_without_any_message_is_no_success(file: Path) -> None:
    only_header(file)
    ended = await run("replay", str(file), *ALL)
    assert ended.code == 2
    assert "никто не назван: отвечали ; спрашивали" in ended.errors


# --- in a gateway that runs ------------------------------------------------------------------------------------------


async def ask(served: Gateway, content: bytes) -> list[Any]:
    """Ask as a system of somebody's would, over HTTP."""
    async with client(served.url, CONSUMER) as consumer:
        await consumer.send_request(content)
        await served.nodes.settle()
        return await takes_all(consumer)


def form(file: Path, *, attachments: bool = True, **options: Any) -> aiohttp.FormData:
    made = aiohttp.FormData()
    made.add_field("options", json.dumps(options))
    made.add_field("recording", file.read_bytes(), filename=file.name)
    if attachments:
        for each in attachments_folder(file).iterdir():
            made.add_field("attachment", each.read_bytes(), filename=each.name)
    return made


async def test_a_provider_is_replayed_by_rest_and_a_miss_is_explained(start: Start, file: Path) -> None:
    served = await start(store="sqlite://")
    sent = form(file, asProvider=[PROVIDER], onMiss="no-data")
    begun = await call(served, "POST", "/replays", data=sent)
    assert (begun.status, begun.body["notes"]) == (201, []), begun
    (part,) = begun.body["replays"]
    assert (part["mnemonic"], part["role"], part["onMiss"], part["speed"]) == (PROVIDER, "provider", "no-data", None)
    status, answer = await ask(served, asks())
    assert status.status is not None
    assert [each.content_id for each in answer.attachments] == ["paper.xml"]
    (rejected,) = await ask(served, asks("1999-09-09"))
    told = await get(served, f"/replays/{PROVIDER}")
    (miss,) = told["misses"]
    assert (told["replay"]["answered"], told["replay"]["missed"]) == (1, 1)
    assert rejected.rejections[0].description == miss["explanation"]
    assert (miss["reason"], miss["closest"], miss["done"], miss["sender"]) == ("differs", 1, "no-data", CONSUMER)
    assert [(each["old"], each["new"]) for each in miss["differences"]] == [("1967-03-10", "1999-09-09")]
    assert [each["mnemonic"] for each in (await get(served, "/replays"))["replays"]] == [PROVIDER]
    ended = await call(served, "DELETE", f"/replays/{PROVIDER}")
    assert ended.body == {"ended": PROVIDER}
    assert await ask(served, asks()) == []
    await refused(served, "GET", f"/replays/{PROVIDER}", 404, "replay")


async def test_a_recording_of_the_gateway_is_replayed_by_name(start: Start, file: Path, tmp_path: Path) -> None:
    served = await start(store="sqlite://")
    (tmp_path / "recordings").mkdir()
    shutil.copy(file, tmp_path / "recordings" / "spring.jsonl")
    wanted = {"recording": "spring", "asProvider": [PROVIDER]}
    begun = await call(served, "POST", "/replays", json=wanted)
    assert begun.status == 201, begun
    assert begun.body["notes"] == ["нет вложения scan.pdf", "нет вложения paper.xml"]
    for name in ("summer", "../before", "/etc/passwd"):
        told = await refused(served, "POST", "/replays", 404, "recording", json={**wanted, "recording": name})
        assert "spring.jsonl" in told["hint"]


async def test_a_zip_holds_a_recording_and_its_attachments(start: Start, file: Path) -> None:
    served = await start(store="sqlite://")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(file, "folder/run.jsonl")
        for each in attachments_folder(file).iterdir():
            archive.write(each, f"folder/run.jsonl.attachments/{each.name}")
    zipped = file.with_suffix(".zip")
    zipped.write_bytes(packed.getvalue())
    begun = await call(served, "POST", "/replays", data=form(zipped, attachments=False, asProvider=[PROVIDER]))
    assert (begun.status, begun.body["notes"]) == (201, []), begun
    assert len(await ask(served, asks())) == 2


async def test_an_upload_that_is_no_recording_is_refused(start: Start, tmp_path: Path) -> None:
    served = await start(store="sqlite://")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("readme.txt", "x")
    for content, why in (
        (b"nothing of ours", "это не запись mock-smev"),
        (b"PK\x03\x04broken", "not a zip"),
        (packed.getvalue(), "нет .jsonl"),
    ):
        file = tmp_path / "odd"
        file.write_bytes(content)
        sent = form(file, attachments=False, asProvider=[PROVIDER])
        told = await refused(served, "POST", "/replays", 422, "recording", data=sent)
        assert why in told["detail"]


async def test_an_attachment_is_named_by_its_hash(gateway: Gateway, file: Path) -> None:
    sent = form(file, asProvider=[PROVIDER])
    sent.add_field("attachment", b"x", filename="../../evil")
    told = await refused(gateway, "POST", "/replays", 422, "recording", data=sent)
    assert "SHA-256" in told["hint"]


async def test_a_replay_that_makes_no_sense_is_refused(start: Start, file: Path) -> None:
    served = await start(store="sqlite://")
    rows: tuple[tuple[dict[str, Any], str, str], ...] = (
        ({"asProvider": ["NOBODY"]}, "replay", "NOBODY: в записи recording.jsonl не отвечает; есть FNS"),
        ({}, "replay", "никто не назван: отвечали FNS; спрашивали MYSYSTEM"),
        ({"asProvider": [PROVIDER], "onMiss": "loud"}, "body", "onMiss"),
        ({"asProvider": [PROVIDER], "speed": 0}, "body", "speed"),
        ({"asProvider": [PROVIDER], "what": 1}, "body", "what"),
    )
    for options, kind, why in rows:
        told = await refused(served, "POST", "/replays", 422, kind, data=form(file, **options))
        assert why in told["detail"]
    assert (await get(served, "/replays"))["replays"] == []


async def test_both_sides_are_replayed_in_a_running_gateway(start: Start, file: Path) -> None:
    served = await start(store="sqlite://", provide=(f"OTHER={INN_KIND}",))
    ended = await run("replay", str(file), *ALL, "--speed", "max", "--url", served.url)
    assert ended.code == 0, ended
    assert f"{PROVIDER}  отвечено: 3" in ended.output
    assert (await get(served, "/replays"))["replays"] == []
    assert served.participants.providers[INN_KIND] == ("OTHER",)


@pytest.mark.parametrize("with_key", [True, False])
async def test_any_smev_wants_a_key_of_ones_own(start: Start, file: Path, tmp_path: Path, *, with_key: bool) -> None:
    """A service lends nothing: unsigned calls are refused there."""
    gateway = await start(signatures=SignatureMode.STRICT)
    signer, own = gateway.signatures.keyring.signer_of(CONSUMER), tmp_path / "own.pem"
    own.write_bytes(private_key_pem(signer.key) + signer.certificate.pem)
    key = ("--key", str(own)) if with_key else ()
    service = f"{gateway.url}/smev/v1.2/ws"
    ended = await run(
        "replay", str(file), "--as-consumer", "all", "--speed", "max", "--patience", "0.2", *key, "--url", service
    )
    assert ended.code == 1  # nobody answers
    assert ("NoSignatureFound" in ended.output or "SignatureVerificationFault" in ended.output) is not with_key
    sent = (await get(gateway, "/interactions"))["interactions"]
    assert len(sent) == (3 if with_key else 0)


async def test_the_consumer_alone_is_replayed_against_any_smev(start: Start, file: Path) -> None:
    served = await start(store="sqlite://", provide=())
    ended = await run(
        "replay", str(file), "--as-consumer", CONSUMER, "--speed", "max", "--patience", "0.2",
        "--url", f"{served.url}/as/{CONSUMER}/smev/v1.2/ws",
    )  # fmt: skip
    assert ended.code == 1
    assert "отказ" in ended.output
    assert "Получатель" in " ".join(ended.output.split())


async def test_without_a_gateway_there_is_one_line(file: Path) -> None:
    ended = await run("replay", str(file), *ALL, "--url", "http://127.0.0.1:1")
    assert (ended.code, ended.output) == (1, "")
    assert "127.0.0.1:1" in ended.errors
