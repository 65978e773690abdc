"""Who may administer: with a token from anywhere, without one from this machine and from no foreign page."""

from typing import Final

import pytest

from gateway.app import Gateway
from gateway.cli import serve
from gateway.transports.admin.guard import is_loopback
from tests.acceptance.administrator import call, get, refused
from tests.acceptance.conftest import Start
from tests.conversation import fetch, whole_exchange

SET: Final = {"admin_token": "s3cret"}
TOKEN: Final = {"Authorization": "Bearer s3cret"}


async def test_on_loopback_nobody_needs_a_token(gateway: Gateway) -> None:
    assert gateway.admin_token is None
    assert (await get(gateway, "/health"))["status"] == "ok"


async def test_a_token_that_is_set_is_needed_on_loopback_too(start: Start) -> None:
    gateway = await start(**SET)
    for path in ("/health", "/docs", "/openapi.json", "", "/nothing", "/journal/stream"):
        reply = await call(gateway, "GET", path)
        assert (reply.status, reply.body["type"]) == (401, "urn:mock-smev:problem:token"), path
        assert reply.headers["WWW-Authenticate"] == 'Bearer realm="mock-smev"'
    assert (await get(gateway, "/health", headers=TOKEN))["status"] == "ok"


@pytest.mark.parametrize(
    "given",
    ["s3cret", "Bearer", "Bearer ", "Bearer wrong", "Bearer s3cre", "Bearer s3crets", "Basic s3cret", "Bearer я"],
)
async def test_another_token_does_not_do(start: Start, given: str) -> None:
    gateway = await start(**SET)
    await refused(gateway, "POST", "/reset", 401, "token", headers={"Authorization": given})


async def test_off_this_machine_a_token_is_made_when_none_is_set(start: Start) -> None:
    gateway = await start(host="0.0.0.0")  # noqa: S104 - that is the point
    assert gateway.admin_token is not None
    assert len(gateway.admin_token) >= 32
    await refused(gateway, "GET", "/health", 401, "token")
    headers = {"Authorization": f"Bearer {gateway.admin_token}", "Host": "smev.example", "Origin": "http://a.example"}
    assert (await get(gateway, "/health", headers=headers))["status"] == "ok"
    assert (await start(host="0.0.0.0")).admin_token != gateway.admin_token  # noqa: S104


async def test_probes_and_soap_need_no_token(start: Start) -> None:
    gateway = await start(**SET)
    for path in ("/livez", "/readyz", "/"):
        assert (await fetch(gateway.url + path)).status == 200
    await whole_exchange(gateway.url)


@pytest.mark.parametrize(("given", "shown"), [(None, True), ("s3cret", False)])
async def test_the_banner_shows_the_token_that_was_made(
    start: Start, given: str | None, shown: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    gateway = await start(host="0.0.0.0", admin_token=given)  # noqa: S104
    serve.show_banner(gateway)
    printed = capsys.readouterr().out
    assert (str(gateway.admin_token) in printed) is shown
    assert "/__admin/docs" in printed


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "169.254.1.1:8630", "", "localhost@evil.example"]
)
async def test_a_name_that_was_made_to_mean_this_machine_is_refused(gateway: Gateway, host: str) -> None:
    await refused(gateway, "GET", "/health", 403, "host", headers={"Host": host})


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "smev.localhost:8630", "127.0.0.2", "[::1]:8630"])
async def test_names_of_this_machine_are_taken(gateway: Gateway, host: str) -> None:
    assert (await get(gateway, "/health", headers={"Host": host}))["status"] == "ok"


@pytest.mark.parametrize("origin", ["http://evil.example", "http://localhost:3000", "null", "http://127.0.0.1"])
async def test_a_foreign_page_changes_nothing(gateway: Gateway, origin: str) -> None:
    headers = {"Origin": origin}
    for method, path in (("POST", "/reset"), ("DELETE", "/queues/FNS/requests"), ("PATCH", "/participants/FNS")):
        await refused(gateway, method, path, 403, "origin", headers=headers)
    reply = await call(gateway, "GET", "/health", headers=headers)
    assert reply.status == 200
    assert "Access-Control-Allow-Origin" not in reply.headers


async def test_a_page_of_the_gateway_itself_may_change_it(gateway: Gateway) -> None:
    assert (await call(gateway, "POST", "/reset", headers={"Origin": gateway.url})).status == 200


def test_only_this_machine_is_this_machine() -> None:
    for host in ("127.0.0.1", "127.8.8.8", "::1", "localhost", "a.localhost"):
        assert is_loopback(host)
    for host in ("0.0.0.0", "::", "10.0.0.1", "localhost.example", "127.0.0.1.example", ""):  # noqa: S104
        assert not is_loopback(host)
