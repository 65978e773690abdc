"""examples/php: SoapClient of PHP."""

from typing import ClassVar

from tests.clients.conversations import Conversations
from tests.clients.example_client import ExampleClient


class TestPhp(Conversations):
    client: ClassVar = ExampleClient(
        folder="php",
        consumer=("php", "consumer.php"),
        provider=("php", "provider.php"),
        probe=("php", "-r", "exit(class_exists('SoapClient') && class_exists('DOMDocument') ? 0 : 1);"),
        text_takes_multipart=False,  # SoapClient by itself, without mtom.php
    )
