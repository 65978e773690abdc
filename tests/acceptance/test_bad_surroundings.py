"""A store that fails, files that are broken at the start, and texts that would like to be lines of the log."""

import logging
import re
import sqlite3
from pathlib import Path

import pytest

from gateway.app import CannotStart, Gateway
from gateway.logs import HumanFormatter, JsonFormatter
from tests.acceptance.bad_input import assert_still_works, taken
from tests.acceptance.conftest import Start
from tests.acceptance.test_signed_clients import certificate
from tests.conversation import (
    CONSUMER,
    INN_REQUEST,
    PROVIDER,
    Answer,
    ack,
    address,
    below,
    client,
    fetch,
    get,
    new_id,
    post,
    send_request,
    send_response,
    signed,
    with_attachments,
)
from tests.kind_folders import rewrite, write_kind

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def assert_smev_failed(answer: Answer) -> None:
    # SMEVFailure tells a client to repeat with the same MessageID.
    assert (answer.status, answer.fault) == (500, "SMEVFailure"), answer.body


async def pragma(gateway: Gateway, text: str) -> int:
    """Run a PRAGMA on the gateway's own connection; return its value."""
    return await gateway.store.run(lambda connection: int(connection.exec_driver_sql(f"PRAGMA {text}").scalar() or 0))


# --- the store -------------------------------------------------------------------------------------------------


async def test_disk_full(gateway: Gateway) -> None:
    small = send_request(message_id=new_id())
    assert (await post(address(gateway.url, CONSUMER), small)).status == 200
    free = await pragma(gateway, "max_page_count")
    await pragma(gateway, f"max_page_count={await pragma(gateway, 'page_count')}")

    message_id = new_id()
    envelope, _ = with_attachments({"a.bin": b""}, message_id=message_id)
    head, _, rest = envelope.partition(b"<xop:Include")
    big = head + b"AAAA" * 250_000 + rest[rest.index(b"/>") + 2 :]
    assert_smev_failed(await post(address(gateway.url, CONSUMER), big))
    assert (await fetch(f"{gateway.url}/livez")).status == 200

    await pragma(gateway, f"max_page_count={free}")
    async with client(gateway.url, PROVIDER) as provider:
        first = await provider.take_request()
        assert first is not None
        assert first.message_id != message_id
        await provider.ack(first.message_id)
        assert await provider.take_request() is None  # nothing of the big one is there
        again = await post(address(gateway.url, CONSUMER), big)
        assert again.status == 200, again.body[:1000]  # nor does its MessageID count as sent
        second = await provider.take_request()
        assert second is not None
        assert second.message_id == message_id
        assert len(second.attachments[0].content) == 750_000
    await assert_still_works(gateway)


async def test_database_locked(gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.storage.group_commit.LOCKED_ATTEMPTS", 2)  # each unit waits, and there are many
    message_id, reply_to = await taken(gateway)
    request, response = send_request(), send_response(reply_to)
    calls = [
        (CONSUMER, request),
        ("NEWCOMER", send_request()),
        (PROVIDER, response),
        (PROVIDER, get("GetRequest")),
        (PROVIDER, ack(message_id)),
    ]
    other = sqlite3.connect(tmp_path / "smev.db", isolation_level=None)
    try:
        other.execute("BEGIN EXCLUSIVE")
        for caller, envelope in calls:
            answer = await post(address(gateway.url, caller), envelope)
            assert_smev_failed(answer)
            assert "X-Mock-Smev-Explain" not in answer.headers  # the journal is locked as well
        assert (await fetch(f"{gateway.url}/readyz")).status == 503
        other.execute("ROLLBACK")
    finally:
        other.close()
    assert (await fetch(f"{gateway.url}/readyz")).status == 200
    for caller, envelope in calls:  # the same calls, word for word: nothing of them was kept
        answer = await post(address(gateway.url, caller), envelope)
        assert answer.status == 200, answer.body
    await assert_still_works(gateway)


# --- at the start ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('fidelity = "own"', 'fidelity = "none"', 5),
        ('root = "Request"', 'rute = "Request"', 10),
        ('name = "Тест', "name = Тест", 2),
        ('owner = "Ведомство"\n', "", 1),
    ],
)
async def test_kind_broken(start: Start, tmp_path: Path, old: str, new: str, line: int) -> None:
    kind_file = write_kind(tmp_path / "kinds") / "kind.toml"
    rewrite(kind_file, old, new)
    with pytest.raises(CannotStart) as refused:
        await start(kinds=(str(tmp_path / "kinds"),))
    assert f"{kind_file}:{line}: " in str(refused.value)


async def test_kind_folder_missing(start: Start, tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="nowhere"):
        await start(kinds=(str(tmp_path / "nowhere"),))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("title = \n", 1),
        ('[[participants]]\nmnemonic = "A"\n\n[[participants]]\nmnemonic = "A"\n', 5),
        ('[[participants]]\nmnemonic = "A"\nprovides = ["fns/inn-by-persn"]\n', 3),
        ('[[participants]]\nmnemonic = "плохая"\n', 2),
        ('[[participants]]\nmnemonic = "A"\ncolour = "red"\n', 3),
        ('[[participants]]\nname = "A"\n', 1),
        ('title = "t"\ntopology = "x"\n', 2),
    ],
)
async def test_topology_broken(start: Start, tmp_path: Path, text: str, line: int) -> None:
    file = tmp_path / "town.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CannotStart) as refused:
        await start(topology=str(file))
    assert str(refused.value).startswith(f"{file}:{line}: ")


async def test_topology_unknown(start: Start, tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="none"):
        await start(topology="ivanovo-1913")
    with pytest.raises(CannotStart, match="nowhere"):
        await start(topology=str(tmp_path / "nowhere.toml"))


@pytest.mark.parametrize(
    "settings",
    [
        {"provide": ("FNS=fns/nothing",)},
        {"provide": ("FNS",)},
        {"participant": ("с пробелом",)},
        {"store": "mysql://host/db"},
        {"store": "sqlite:////proc/nowhere/smev.db"},
        {"store": "not a url"},
        {"host": "192.0.2.1"},
    ],
)
async def test_settings_impossible(start: Start, settings: dict[str, object]) -> None:
    with pytest.raises(CannotStart) as refused:
        await start(**settings)
    assert str(refused.value)


async def test_port_taken(gateway: Gateway, start: Start) -> None:
    port = int(gateway.url.rpartition(":")[2])
    with pytest.raises(CannotStart, match=str(port)):
        await start(port=port)
    await assert_still_works(gateway)


async def test_store_that_is_no_database(start: Start, tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("this is not a database" * 1000, encoding="utf-8")
    with pytest.raises(CannotStart, match=r"notes\.db"):
        await start(store=f"sqlite:///{tmp_path / 'notes.db'}")


# --- the log ---------------------------------------------------------------------------------------------------


async def test_control_characters_in_values(gateway: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    evil = "a\nERROR forged\x7f\x85\x9b31m\u2028b"
    calls = [
        (address(gateway.url, CONSUMER), send_request(message_id=evil), {}),
        (address(gateway.url, PROVIDER), send_response(evil), {}),
        (address(gateway.url, PROVIDER), ack(evil), {}),
        (address(gateway.url, CONSUMER), f"<a>{evil}".encode(), {}),
        (address(gateway.url, CONSUMER), f'<a xmlns="{evil}"/>'.encode(), {}),
        (address(gateway.url, CONSUMER), b"", {"Content-Type": f"multipart/related; boundary={evil!r}"}),
        (f"{gateway.url}/as/a%0AERROR%20forged%1b%5b31m/smev/v1.2/ws", send_request(), {}),
        (f"{gateway.url}/as/A%0AB/smev/v1.2/ws", b"", {}),
    ]
    with caplog.at_level(logging.DEBUG):
        for url, body, headers in calls:
            answer = await post(url, body, headers)
            assert answer.status == 500, answer.body
    lines = [
        formatter.format(record)
        for record in caplog.records
        if record.name.startswith("gateway")
        for formatter in (HumanFormatter(), JsonFormatter())
    ]
    assert len(lines) >= 2 * len(calls)
    for line in lines:
        assert CONTROL.search(line) is None, repr(line)
    await assert_still_works(gateway)


async def test_control_characters_in_a_certificate(gateway: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        answer = await post(
            f"{gateway.url}/smev/v1.2/ws",
            signed(send_request(content=INN_REQUEST), certificate("A\nERROR forged\x1b[31m")),
        )
    assert answer.status == 200, answer.body
    registered = [record for record in caplog.records if "registered participant" in record.getMessage()]
    assert registered
    for record in registered:
        assert CONTROL.search(HumanFormatter().format(record)) is None
    taken_by_provider = await post(address(gateway.url, PROVIDER), get("GetRequest", version="1.2"))
    assert below(taken_by_provider.child, "Sender") is not None
