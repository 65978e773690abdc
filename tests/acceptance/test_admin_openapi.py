"""The OpenAPI names every address, with what it takes and answers; the page says the same for people."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from gateway.app import Gateway
from gateway.transports.admin import addresses
from gateway.words import Language, _Speaker, speak
from tests.acceptance.administrator import get, post
from tests.docs.pages import ROOT, read

PAGE = ROOT / "docs" / "reference" / "admin.md"


@pytest.fixture(params=Language)
def language(request: pytest.FixtureRequest) -> Iterator[Language]:
    before = _Speaker.language
    speak(request.param)
    yield request.param
    speak(before)


def operations(document: Any) -> list[tuple[str, str, Any]]:
    return [(path, method, item) for path, methods in document["paths"].items() for method, item in methods.items()]


async def test_every_address_is_described(gateway: Gateway) -> None:
    document = await get(gateway, "/openapi.json")
    assert document["openapi"].startswith("3.1")
    assert document["info"]["version"] == (await get(gateway, "/health"))["version"]
    assert set(document["paths"]) == set(addresses.views(gateway_administration(gateway)))
    names = [item["operationId"] for _, _, item in operations(document)]
    assert len(names) == len(set(names))
    for path, method, item in operations(document):
        assert item["summary"], (method, path)
        assert set(re.findall(r"{(\w+)}", path)) == {
            parameter["name"] for parameter in item.get("parameters", ()) if parameter["in"] == "path"
        }
        answers = {status: list(answer["content"]) for status, answer in item["responses"].items()}
        assert all(media == ["application/problem+json"] for status, media in answers.items() if status >= "400")
        assert any(status < "300" for status in answers)


def gateway_administration(gateway: Gateway) -> Any:
    """Stands for the Administration, of which only the nodes add addresses."""

    class Nodes:
        nodes = gateway.nodes

    return Nodes


async def test_every_reference_leads_somewhere(gateway: Gateway) -> None:
    document = await get(gateway, "/openapi.json")
    found = set(re.findall(r"'#/components/schemas/(\w+)'", str(document)))
    assert found <= set(document["components"]["schemas"])
    assert len(found) > 20


async def test_the_explanation_has_the_fields_that_explanations_have(gateway: Gateway) -> None:
    await post(gateway, "/participants/CITY/send", {"content": '<unheard xmlns="urn:of"/>'}, 201)
    schemas = (await get(gateway, "/openapi.json"))["components"]["schemas"]
    [entry] = (await get(gateway, "/journal?event=rejected"))["entries"]
    assert set(entry["explanation"]) == set(schemas["Explanation"]["properties"])
    assert set(entry) == set(schemas["Entry"]["properties"]) == set(schemas["Entry"]["required"])


async def test_the_page_shows_every_operation(gateway: Gateway, language: Language) -> None:
    document = await get(gateway, "/openapi.json")
    html = await get(gateway, "/docs")
    assert f'lang="{language}"' in html
    for path, method, item in operations(document):
        assert f'id="{item["operationId"]}"' in html, (method, path)
        is_russian = re.search("[а-яё]", item["summary"]) is not None
        assert is_russian is (language is Language.RUSSIAN), item["summary"]
    for name in document["components"]["schemas"]:
        assert f'id="{name}"' in html


async def test_what_a_page_shows_is_escaped(gateway: Gateway) -> None:
    html = await get(gateway, "", headers={"Host": "localhost"})
    assert "<code>http://localhost/smev/v1.2/ws</code>" in html
    assert "<script" not in await get(gateway, "/docs")


async def test_the_reference_names_every_address(gateway: Gateway) -> None:
    rows = re.findall(r"^\| ([A-Z]+) \| `(\S+)` \|", read(PAGE), re.MULTILINE)
    served = [
        (method.upper(), path)
        for path, method, _ in operations(await get(gateway, "/openapi.json"))
        if not path.startswith("/__admin/world")
    ]
    assert sorted(rows) == sorted(served)


def test_only_guarded_views_are_mounted() -> None:
    with pytest.raises(TypeError, match="expected an AdminView"):
        addresses.load_view("aiohttp.web:View")
