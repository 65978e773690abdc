"""`mock-smev kinds` and `mock-smev sample` as a person types them, against a gateway on a real socket."""

import re
from pathlib import Path
from typing import Final

import pytest

from gateway.app import Gateway
from gateway.library.packages import Choices
from tests.acceptance.command_line import run
from tests.acceptance.conftest import Start
from tests.packages.building import PACKAGE, big_schema, document, element, schema, zipped

STAY: Final = "fsin/stay"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "пакет.zip"
    path.write_bytes(zipped(PACKAGE))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in PACKAGE.items():
        path = tmp_path / "пакет" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return tmp_path / "пакет"


async def test_a_kind_is_added_asked_for_and_removed(gateway: Gateway, archive: Path) -> None:
    at = ("--url", gateway.url)
    added = await run("kinds", "add", str(archive), "--provider", "ISP", *at)
    assert (added.code, added.errors) == (0, "")
    assert "добавлен fsin/stay 4.1.1 — Сведения о пребывании" in added.output
    assert "}StayRequest" in added.output
    assert "поставщик: ISP" in added.output
    assert "примеров: 1" in added.output
    listed = await run("kinds", "list", *at)
    assert re.search(r"fsin/stay +4\.1\.1 +added +ISP", listed.output)
    assert re.search(r"fns/egrul +4\.0\.6 +shipped", listed.output)
    data = ("--data", str(gateway.settings.data))
    message = await run("sample", STAY, *data)
    assert (message.code, message.errors) == (0, "")
    sent = await run("send", "-", "--as", "CITY", *at, stdin=message.output.encode())
    assert sent.code == 0, sent.output
    taken = await run("take", "requests", "--as", "ISP", *at)
    assert "StayRequest" in taken.output
    removed = await run("kinds", "remove", STAY, *at)
    assert (removed.code, removed.output) == (0, "убран fsin/stay 4.1.1\n")
    again = await run("kinds", "remove", STAY, *at)
    assert again.code == 1
    assert "вида сведений 'fsin/stay' нет" in again.errors


async def test_a_folder_with_choices_is_added(gateway: Gateway, folder: Path) -> None:
    added = await run(
        "kinds", "add", str(folder), "--id", "me/mine", "--version", "7", "--name", "Моё", "--auto",
        "--route-by", "value/@oktmo", "--request", "StayRequest", "--response", "StayResponse", "--url", gateway.url,
    )  # fmt: skip
    assert added.code == 0, added.errors
    assert "добавлен me/mine 7 — Моё" in added.output
    kind = gateway.library.catalogue.by_id("me/mine")
    assert kind is not None
    assert (kind.auto, kind.route_by) == (True, ("value", "@oktmo"))


async def test_a_refusal_is_one_line_with_what_to_do(gateway: Gateway, tmp_path: Path) -> None:
    path = tmp_path / "a.xsd"
    path.write_text(schema(element("A") + element("B") + element("C")), encoding="utf-8")
    refused = await run("kinds", "add", str(path), "--url", gateway.url)
    assert refused.code == 1
    assert refused.errors.count("\n") == 1
    assert "A (a.xsd:2), B (a.xsd:2)" in refused.errors
    assert "что делать: назовите корни: --request ИМЯ --response ИМЯ" in refused.errors
    stays = await run("kinds", "remove", "fns/egrul", "--url", gateway.url)
    assert stays.code == 1
    assert "поставляется с программой" in stays.errors


async def test_with_a_token_and_without(start: Start, archive: Path) -> None:
    token = "secret"  # noqa: S105 - of this test
    gateway = await start(admin_token=token)
    refused = await run("kinds", "add", str(archive), "--url", gateway.url)
    assert refused.code == 1
    assert "Authorization" in refused.errors
    assert (await run("kinds", "list", "--url", gateway.url, "--token", token)).code == 0
    added = await run("kinds", "add", str(archive), "--url", gateway.url, MOCK_SMEV_ADMIN_TOKEN=token)
    assert added.code == 0, added.errors


async def test_without_a_gateway_a_kind_waits_for_the_next_start(start: Start, tmp_path: Path, archive: Path) -> None:
    nowhere = ("--url", "http://127.0.0.1:9")
    refused = await run("kinds", "add", str(archive), *nowhere)
    assert refused.code == 1
    assert "--data" in refused.errors
    added = await run("kinds", "add", str(archive), "--provider", "ISP", "--data", str(tmp_path), *nowhere)
    assert added.code == 0, added.errors
    assert "к следующему запуску" in added.output
    gateway = await start()
    kind = gateway.library.catalogue.by_id(STAY)
    assert kind is not None
    assert gateway.participants.providers[STAY] == ("ISP",)
    again = await run("kinds", "add", str(archive), "--data", str(tmp_path), *nowhere)
    assert again.code == 1
    assert "уже есть" in again.errors


@pytest.mark.parametrize(
    "arguments",
    [
        ("fns/inn-by-person",),
        ("smev/notice",),
        ("fns/egrul", "--generated", "--seed", "3"),
        ("mvd/passport-dossier", "--generated", "--fullness", "minimal", "--version", "1.3"),
    ],
)
async def test_a_sample_of_a_shipped_kind_is_accepted(start: Start, arguments: tuple[str, ...]) -> None:
    gateway = await start(provide=(f"PROVIDER={arguments[0]}",), refuse_early=True)
    message = await run("sample", *arguments)
    assert (message.code, message.errors) == (0, "")
    version = arguments[arguments.index("--version") + 1] if "--version" in arguments else "1.2"
    sending = ("send", "-", "--as", "CITY", "--version", version, "--url", gateway.url)
    sent = await run(*sending, stdin=message.output.encode())
    assert sent.code == 0, sent.output
    assert "requestIsQueued" in sent.output
    again = await run(*sending, stdin=(await run("sample", *arguments)).output.encode())
    assert again.code == 0, "each sample has a MessageID of its own"


async def test_a_sample_may_be_of_the_response_and_bare(gateway: Gateway) -> None:
    bare = await run("sample", "fns/egrul/4.0.6", "--content")
    assert bare.output.startswith("<")
    assert "Envelope" not in bare.output
    response = await run("sample", "fns/egrul", "--root", "response", "--generated", "--as", "CITY")
    assert "FNSVipULResponse" in response.output
    assert "Envelope" not in response.output
    assert response.errors.startswith("curl ")
    by_name = await run("sample", "fns/egrul", "--root", "FNSVipULResponse", "--generated", "--seed", "0")
    assert by_name.output == response.output
    other = await run("sample", "fns/egrul", "--root", "response", "--generated", "--seed", "1")
    assert other.output != response.output


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("kinds", "add", "missing.zip", "--url", "http://127.0.0.1:9"), 2, "missing.zip"),
        (("kinds", "add", "/etc/hostname"), 2, "ожидался архив zip"),
        (("kinds", "add", "missing.zip", "--id", "../etc"), 2, "исправьте --id"),
        (("kinds", "remove", "egrul"), 2, "ожидалось ведомство/вид"),
        (("kinds", "list", "--url", "http://127.0.0.1:9"), 1, "127.0.0.1:9"),
        (("sample", "no/kind"), 2, "вида сведений 'no/kind' нет; есть"),
        (("sample", "fns/egrul", "--root", "X"), 2, "FNSVipULRequest, FNSVipULResponse"),
        (("sample", "smev/notice", "--root", "response"), 2, "--root response"),
        (("sample", "fns/egrul", "--version", "9"), 2, "1.1, 1.2, 1.3"),
    ],
)
async def test_a_mistake_is_one_line_and_an_exit_code(arguments: tuple[str, ...], code: int, words: str) -> None:
    ended = await run(*arguments)
    assert ended.code == code, ended.errors
    assert ended.errors.count("\n") == 1
    assert words in ended.errors
    assert "Traceback" not in ended.errors


async def test_a_package_of_two_megabytes_is_taken(gateway: Gateway, tmp_path: Path) -> None:
    path = tmp_path / "big.xsd"
    path.write_text(big_schema(2_000), encoding="utf-8")
    assert path.stat().st_size > 2_000_000
    added = await run("kinds", "add", str(path), "--url", gateway.url)
    assert added.code == 0, added.errors


async def test_kinds_of_the_library_and_of_the_command_agree(gateway: Gateway) -> None:
    """What `kinds add` offers is what a package lets a person choose."""
    offered = (await run("kinds", "add", "--help")).output
    for name in Choices.__dataclass_fields__:
        assert f"--{name.replace('_', '-')}" in offered
    assert document("StayRequest")
