"""examples/java: JAX-WS, with what wsimport makes of our WSDL."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Final

import pytest

from tests.clients.built_client import built, served, succeed
from tests.clients.conftest import Start
from tests.clients.conversations import MNEMONIC, Conversations
from tests.clients.example_client import ExampleClient
from tests.peers.java_peer import JavaPeer, compiled, started
from tests.peers.openssl import prepared

JAVA: Final = ExampleClient(
    folder="java",
    consumer=("./consumer",),
    provider=("./provider",),
    probe=("sh", "-c", "make --version && wsimport -version && javac -version && ls $(tr : ' ' <class-path)"),
)

SIGNED: Final = ("SenderProvidedRequestData", "MessageTypeSelector", "AckTargetMessage")
"""What has an Id in the calls of the consumer."""


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


@pytest.fixture(scope="session")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JavaPeer]:
    """Santuario, to verify what went over the wire."""
    peer = started(compiled(tmp_path_factory.mktemp("peer")))
    with peer.process:
        yield peer


async def test_the_consumer_signs_with_the_keys_it_is_given(
    java: ExampleClient, peer: JavaPeer, start: Start, tmp_path: Path
) -> None:
    openssl = prepared(tmp_path)
    identity = openssl.identity(MNEMONIC)
    _, wire = await start()
    signing = replace(java, signing=(str(openssl.pkcs12(identity, "sandbox")), "sandbox"))
    ran = await signing.asks(wire.url, MNEMONIC, "text")
    assert ran.code == 0, ran
    assert {call.target for call in wire.calls} == {"/smev/v1.2/ws"}
    signed = {next(name for name in SIGNED if f"{name} ".encode() in call.body): call.body for call in wire.calls}
    assert set(signed) == set(SIGNED)
    for name, body in signed.items():
        verified = peer.verify(body, name, "CallerInformationSystemSignature")
        assert verified == openssl.fingerprint(identity.certificate)


@pytest.mark.parametrize("version", ["1.1", "1.3"])
async def test_wsimport_reads_and_compiles_the_wsdl(tmp_path: Path, version: str) -> None:
    await JAVA.check_installed()
    async with served(tmp_path) as wire:
        await succeed("wsimport", "-p", "smev", "-d", ".", f"{wire.url}/smev/v{version}/ws?wsdl", folder=tmp_path)
    assert (tmp_path / "smev" / "SMEVMessageExchangePortType.class").exists()
