"""examples/php: SoapClient of PHP."""

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from tests.clients.conftest import Start
from tests.clients.conversations import Conversations
from tests.clients.example_client import ExampleClient
from tests.clients.signed import signs_every_call


class TestPhp(Conversations):
    client: ClassVar = ExampleClient(
        folder="php",
        consumer=("php", "consumer.php"),
        provider=("php", "provider.php"),
        probe=("php", "-r", "exit(class_exists('SoapClient') && class_exists('DOMDocument') ? 0 : 1);"),
        text_takes_multipart=False,  # SoapClient by itself, without mtom.php
    )

    async def test_the_consumer_signs_with_the_keys_it_is_given(self, start: Start, tmp_path: Path) -> None:
        with_gost = ("env", "OPENSSL_CONF=openssl-gost.cnf")
        signing = replace(self.client, consumer=(*with_gost, *self.client.consumer))
        await signs_every_call(signing, start, tmp_path)
