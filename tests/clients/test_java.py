"""examples/java: JAX-WS, with what wsimport makes of our WSDL."""

import asyncio
from pathlib import Path
from typing import ClassVar, Final

import pytest

from tests.clients.built_client import built, served, succeed
from tests.clients.conftest import Start
from tests.clients.conversations import Conversations
from tests.clients.example_client import ExampleClient
from tests.clients.signed import signs_every_call

JAVA: Final = ExampleClient(
    folder="java",
    consumer=("./consumer",),
    provider=("./provider",),
    probe=("sh", "-c", "make --version && wsimport -version && javac -version && ls $(tr : ' ' <class-path)"),
)


@pytest.fixture(scope="session")
def java(tmp_path_factory: pytest.TempPathFactory) -> ExampleClient:
    """Built once."""
    return asyncio.run(built(JAVA, tmp_path_factory.mktemp("java")))


class TestJava(Conversations):
    client: ClassVar = JAVA
    code: ClassVar = "MOCK:PRODUCTION_AREA:"

    @pytest.fixture(autouse=True)
    async def installed(self, java: ExampleClient) -> None:
        type(self).client = java


async def test_the_consumer_signs_with_the_keys_it_is_given(java: ExampleClient, start: Start, tmp_path: Path) -> None:
    await signs_every_call(java, start, tmp_path)


@pytest.mark.parametrize("version", ["1.1", "1.3"])
async def test_wsimport_reads_and_compiles_the_wsdl(tmp_path: Path, version: str) -> None:
    await JAVA.check_installed()
    async with served(tmp_path) as wire:
        await succeed("wsimport", "-p", "smev", "-d", ".", f"{wire.url}/smev/v{version}/ws?wsdl", folder=tmp_path)
    assert (tmp_path / "smev" / "SMEVMessageExchangePortType.class").exists()
