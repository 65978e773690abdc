"""examples/perl: XML::Compile with the schemas that the WSDL leads to, LWP."""

from typing import ClassVar

from tests.clients.conversations import Conversations
from tests.clients.example_client import ExampleClient


class TestPerl(Conversations):
    client: ClassVar = ExampleClient(
        folder="perl",
        consumer=("perl", "consumer.pl"),
        provider=("perl", "provider.pl"),
        probe=("perl", "-MXML::Compile::Cache", "-MLWP::UserAgent", "-MUUID::Tiny", "-e", "1"),
    )
