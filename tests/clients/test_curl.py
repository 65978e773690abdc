"""examples/curl: bash, curl, xmllint; raw envelopes."""

from typing import ClassVar

from tests.clients.conversations import Conversations
from tests.clients.example_client import ExampleClient


class TestCurl(Conversations):
    client: ClassVar = ExampleClient(
        folder="curl",
        consumer=("bash", "consumer.sh"),
        provider=("bash", "provider.sh"),
        probe=("bash", "-c", "curl --version && xmllint --version && uuidgen --time"),
        reads_wsdl=False,
    )
