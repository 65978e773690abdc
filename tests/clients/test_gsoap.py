"""examples/gsoap: C++, with what wsdl2h and soapcpp2 make of our WSDL."""

import asyncio
from pathlib import Path
from typing import ClassVar, Final

import pytest

from tests.clients.built_client import built, served, succeed
from tests.clients.conversations import Conversations
from tests.clients.example_client import ExampleClient

_TOOLS: Final = "make --version && wsdl2h -V && soapcpp2 -V && g++ --version"
GSOAP: Final = ExampleClient(
    folder="gsoap",
    consumer=("build/consumer",),
    provider=("build/provider",),
    probe=("sh", "-c", f"{_TOOLS} && pkg-config --exists gsoap++ uuid libcrypto"),
    reads_wsdl=False,
)


@pytest.fixture(scope="session")
def gsoap(tmp_path_factory: pytest.TempPathFactory) -> ExampleClient:
    """Built once."""
    return asyncio.run(built(GSOAP, tmp_path_factory.mktemp("gsoap")))


class TestGsoap(Conversations):
    client: ClassVar = GSOAP
    code: ClassVar = "MOCK:PRODUCTION_AREA:"

    @pytest.fixture(autouse=True)
    async def installed(self, gsoap: ExampleClient) -> None:
        type(self).client = gsoap


@pytest.mark.parametrize("version", ["1.1", "1.3"])
async def test_wsdl2h_reads_the_wsdl_and_it_compiles(tmp_path: Path, version: str) -> None:
    await GSOAP.check_installed()
    async with served(tmp_path) as wire:
        await succeed("wsdl2h", "-o", "smev.h", f"{wire.url}/smev/v{version}/ws?wsdl", folder=tmp_path)
    await succeed("soapcpp2", "-C", "-j", "-L", "-w", "-x", "-I", "/usr/share/gsoap/import", "smev.h", folder=tmp_path)
    await succeed("g++", "-fsyntax-only", "soapC.cpp", "soapSMEVMessageExchangeSoap11BindingProxy.cpp", folder=tmp_path)
