"""Data kinds by HTTP: listed, shown, added by a package while the gateway runs, removed."""

from pathlib import Path
from typing import Any

import aiohttp
import pytest

from gateway.app import Gateway, running
from gateway.settings import Settings
from tests.acceptance.administrator import EGRUL, Reply, call, get, post, refused
from tests.conversation import client
from tests.packages.building import PACKAGE, document, zipped

STAY = "fsin/stay"
REQUEST = document("StayRequest").encode()


async def add(gateway: Gateway, package: bytes | None = None, **choices: str) -> Reply:
    form = aiohttp.FormData()
    form.add_field("package", zipped(PACKAGE) if package is None else package, filename="stay.zip")
    for name, value in choices.items():
        form.add_field(name, value)
    return await call(gateway, "POST", "/kinds", data=form)


async def ids(gateway: Gateway) -> dict[str, Any]:
    return {kind["id"]: kind for kind in (await get(gateway, "/kinds"))["kinds"]}


async def test_kinds_are_listed_with_who_provides_them(gateway: Gateway) -> None:
    kinds = await ids(gateway)
    assert kinds[EGRUL]["origin"] == "shipped"
    assert kinds[EGRUL]["request"] == "{urn://x-artefacts-fns-vipul-tosmv-ru/311-14/4.0.6}FNSVipULRequest"
    assert kinds["fns/inn-by-person"]["providers"] == ["FNS"]
    assert kinds["smev/notice"]["response"] is None


async def test_a_kind_is_shown_with_its_examples_and_files(gateway: Gateway) -> None:
    whole = await get(gateway, f"/kinds/{EGRUL}")
    assert whole["kind"] == (await ids(gateway))[EGRUL]
    assert any("FNSVipULRequest" in (example["request"] or "") for example in whole["examples"])
    assert any("FNSVipULResponse" in (example["response"] or "") for example in whole["examples"])
    names = [file["name"] for file in whole["files"]]
    assert "kind.toml" in names
    assert await get(gateway, f"/kinds/{EGRUL}?version={whole['kind']['version']}") == whole


async def test_a_kind_that_is_not_there_is_a_problem(gateway: Gateway) -> None:
    await refused(gateway, "GET", "/kinds/no/such", 404, "kind")
    await refused(gateway, "GET", f"/kinds/{EGRUL}?version=0.0.0", 404, "kind")
    await refused(gateway, "DELETE", "/kinds/no/such", 404, "kind")


async def test_a_package_becomes_a_kind_that_can_be_asked_for_at_once(gateway: Gateway) -> None:
    reply = await add(gateway, provider="ISP")
    assert reply.status == 201, reply
    added = reply.body
    assert (added["kind"]["id"], added["kind"]["origin"], added["kind"]["providers"]) == (STAY, "added", ["ISP"])
    assert added["examples"] == 1
    location = reply.headers["Location"].removeprefix("/__admin")
    assert (await get(gateway, location))["kind"] == added["kind"]
    sent = await post(gateway, "/participants/CITY/send", {"content": REQUEST.decode()}, 201)
    assert sent["recipient"] == "ISP"
    reply = await call(gateway, "DELETE", f"/kinds/{STAY}")
    assert reply.body == {"id": STAY, "version": added["kind"]["version"]}
    assert STAY not in await ids(gateway)


async def test_an_added_kind_is_there_after_a_restart_and_a_reset_removes_it(tmp_path: Path) -> None:
    settings = Settings(port=0, data=tmp_path, topology="none")
    async with running(settings) as gateway:
        assert (await add(gateway, provider="ISP")).status == 201
    async with running(settings) as gateway:
        kind = (await ids(gateway))[STAY]
        assert (kind["origin"], kind["providers"]) == ("added", ["ISP"])
        removed = await post(gateway, "/reset", {"what": ["kinds", "participants"]})
        assert removed["removed"]["kinds"] == 1
        assert STAY not in await ids(gateway)


async def test_who_provides_a_kind_by_rest_goes_on_after_a_restart(tmp_path: Path) -> None:
    settings = Settings(port=0, data=tmp_path, topology="none")
    async with running(settings) as gateway:
        await add(gateway, provider="ISP")
        await post(gateway, "/participants", {"mnemonic": "MYSYS", "provides": [STAY]}, 201)
    async with running(settings) as gateway:
        async with client(gateway.url, "CITY") as city, client(gateway.url, "MYSYS") as mine:
            sent = await city.send_request(REQUEST)
            request = await mine.take_request()
        assert request is not None
        assert request.message_id == sent.message_id


async def test_a_kind_that_ships_stays(gateway: Gateway) -> None:
    problem = await refused(gateway, "DELETE", f"/kinds/{EGRUL}", 409, "kind")
    assert EGRUL in problem["detail"]


@pytest.mark.parametrize(
    ("package", "choices"),
    [(b"no zip", {}), (None, {"id": "No Id"}), (None, {"colour": "red"}), (None, {"auto": "perhaps"})],
)
async def test_a_package_that_cannot_be_a_kind_is_a_problem(
    gateway: Gateway, package: bytes | None, choices: dict[str, str]
) -> None:
    reply = await add(gateway, package, **choices)
    assert (reply.status, reply.body["type"]) == (422, "urn:mock-smev:problem:package")
    assert STAY not in await ids(gateway)


async def test_a_form_that_is_none_is_a_problem(gateway: Gateway) -> None:
    await refused(gateway, "POST", "/kinds", 415, "media-type", json={})
    await refused(
        gateway, "POST", "/kinds", 422, "package", data=aiohttp.FormData({"id": "a/b"}, default_to_multipart=True)
    )
    for content_type in ("multipart/form-data", "multipart/form-data; boundary=x"):
        headers = {"Content-Type": content_type}
        await refused(gateway, "POST", "/kinds", 400, "form", data=b"--x\r\nno header", headers=headers)


async def test_a_package_over_the_limit_is_a_problem(gateway: Gateway, tmp_path: Path) -> None:
    async with running(Settings(port=0, data=tmp_path / "small", topology="none", max_body=1000)) as small:
        reply = await add(small, b"x" * 2000)
    assert (reply.status, reply.body["type"]) == (413, "urn:mock-smev:problem:too-large")
