"""The command line as a person types it: what it prints, how it ends."""

import asyncio
import re
import signal
import sys
from pathlib import Path
from typing import Final

import pytest

from gateway.app import Gateway
from gateway.data_files import data_folder
from gateway.ns import SMEV3_1_2
from gateway.protocol import participant_calls
from tests.acceptance.command_line import run, run_process
from tests.acceptance.conftest import Start

KINDS: Final = data_folder("schemas") / "kinds"
EGRUL: Final = KINDS / "fns" / "egrul" / "4.0.6"


async def test_the_demo_serves_both_citizens_and_keeps_an_unlawful_demand_from_one() -> None:
    ended = await run("demo", "--seed", "1")
    assert ended.code == 0, ended.errors
    for agency in ("ФНС России", "МВД России", "Росреестр"):
        assert agency in ended.output
    assert ended.output.count("Услуга предоставлена") == 2
    assert ended.output.count("запросов к ведомствам: 5") == 2
    assert "СМЭВ отклонила требование: AccessDenied — до гражданки оно не дошло" in ended.output
    assert "210-ФЗ, ст. 7 ч. 1 п. 2" in ended.output
    assert "Взят предложенный готовый запрос: Выписка из ЕГРН" in ended.output
    assert ended.output.count("справок от гражданки: 0") == 2
    assert ended.errors == ""


async def test_the_demo_speaks_english_on_request() -> None:
    ended = await run("demo", MOCK_SMEV_LANG="en")
    assert "The service is provided" in ended.output


async def test_serve_says_where_it_is_and_stops_when_told(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", "serve", "--port", "0", "--data", str(tmp_path),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    banner = b""
    while "топология".encode() not in banner:
        line = await asyncio.wait_for(process.stdout.readline(), 30)
        assert line, "the program ended before its banner did"
        banner += line
    url = re.search(r"http://127\.0\.0\.1:\d+", banner.decode())
    assert url is not None
    assert "lenient" in banner.decode()  # the signature mode
    assert (await run_process("healthcheck", "--url", url[0])).code == 0
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 10) == 0
    assert (await run_process("healthcheck", "--url", url[0])).code == 1
    assert (tmp_path / "smev.db").exists()


async def test_a_whole_exchange_by_hand(start: Start) -> None:
    gateway = await start(provide=("FNS=fns/egrul",))
    at = ("--url", gateway.url)
    sent = await run("send", str(EGRUL / "example-request.xml"), "--as", "APP", *at)
    assert (sent.code, sent.errors) == (0, "")
    request = await run("take", "requests", "--as", "FNS", *at)
    found = re.search(r"<ns2:ReplyTo>(.*)</ns2:ReplyTo>", request.output)
    message_id = re.search(r"<ns2:MessageId>(.*)</ns2:MessageId>", request.output)
    assert found is not None
    assert message_id is not None
    assert (await run("ack", message_id[1], "--as", "FNS", *at)).code == 0
    again = await run("ack", message_id[1], "--as", "FNS", *at)
    assert again.code == 1
    assert again.errors.startswith("mock-smev: TargetMessageIsNotFound: SMEV-501")
    assert "ожидалось" in again.errors
    answered = await run("send", str(EGRUL / "example-response.xml"), "--as", "FNS", "--to", found[1], *at)
    assert answered.code == 0, answered.errors
    response = await run("take", "responses", "--as", "APP", "--ack", *at)
    assert "FNSVipULResponse" in response.output
    assert (await run("take", "responses", "--as", "APP", *at)).code == 3


async def test_a_ready_envelope_goes_as_it_is_and_the_fault_is_shown(gateway: Gateway) -> None:
    envelope = participant_calls.ack(SMEV3_1_2, "00000000-0000-1000-8000-000000000000")
    ended = await run("send", "-", "--as", "APP", "--url", gateway.url, stdin=envelope)
    assert ended.code == 1
    assert "<ns3:TargetMessageIsNotFound" in ended.output
    assert ended.errors == "mock-smev: HTTP 500\n"


async def test_the_shipped_kinds_are_valid() -> None:
    ended = await run("check-schemas")
    assert (ended.code, ended.errors) == (0, "")
    assert f"видов сведений: {len(list(KINDS.glob('*/*/*/kind.toml')))}" in ended.output


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("serve", "--topology", "nowhere"), 1, "топологии 'nowhere' нет; есть none, ivanovo-2013, minimal, region"),
        (("serve", "--lease", "-3"), 2, "lease"),
        (("serve", "--store", "mysql://x"), 1, "sqlite или postgresql"),
        (("serve", "--provide", "ME=no/kind", "--port", "0"), 1, "--provide ME=no/kind"),
        (("serve", "--config", "missing.toml"), 2, "missing.toml"),
        (("send", "missing.xml", "--as", "ME"), 2, "missing.xml"),
        (("send", "-", "--as", "ME"), 2, "expected an XML document, found an empty body"),
        (("send", "-", "--as", "ME", "--reject", "NO_DATA"), 2, "--to"),
        (("take", "requests", "--as", "ME", "--version", "9"), 2, "1.1, 1.2, 1.3"),
        (("healthcheck", "--url", "http://127.0.0.1:9"), 1, "127.0.0.1:9"),
        (("check-schemas", "no-such-folder"), 2, "no-such-folder"),
    ],
)
async def test_a_mistake_is_one_line_and_an_exit_code(
    arguments: tuple[str, ...], code: int, words: str, tmp_path: Path
) -> None:
    ended = await run(*arguments, MOCK_SMEV_DATA=str(tmp_path))
    assert ended.code == code, ended.errors
    assert ended.errors.count("\n") == 1
    assert ended.errors.startswith("mock-smev: ")
    assert words in ended.errors
    assert "Traceback" not in ended.errors


async def test_debug_shows_where_it_happened() -> None:
    ended = await run("serve", "--topology", "nowhere", "--debug")
    assert "Traceback" in ended.errors


async def test_a_variable_that_is_no_setting_is_pointed_out() -> None:
    ended = await run("serve", MOCK_SMEV_PROT="1")
    assert ended.code == 2
    assert "MOCK_SMEV_PORT?" in ended.errors
