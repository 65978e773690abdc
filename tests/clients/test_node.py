"""examples/node: the npm package soap."""

from typing import ClassVar

from tests.clients.conversations import Conversations
from tests.clients.example_client import ExampleClient


class TestNode(Conversations):
    client: ClassVar = ExampleClient(
        folder="node",
        consumer=("node", "consumer.js"),
        provider=("node", "provider.js"),
        probe=("node", "--input-type=module", "--eval", "import 'soap'; import 'uuid'"),
    )
