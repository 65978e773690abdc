"""The region out of the box: every kind that ships has a provider there, which answers the kind's example request."""

from datetime import date
from pathlib import Path
from typing import Final

import pytest

import agencies
from agencies.answering import answers_to
from agencies.answers import Answered, InProgress
from agencies.world import World
from gateway import topology, xml
from gateway.domain.catalogue import DataKind
from gateway.domain.participants import Participants
from gateway.domain.routing import recipients_of
from gateway.library import load
from gateway.protocol.messages import MessageType
from tests.agencies.asking import KINDS
from tests.agencies.dropped_in import context_of, received

LIBRARY: Final = load(shipped=KINDS)
SHIPPED: Final = {kind.id: kind for kind in LIBRARY.catalogue}
FILE: Final = Path(agencies.__file__).parent / "topologies" / "region.toml"
REGION: Final = topology.load(FILE, frozenset(SHIPPED))
PARTICIPANTS: Final = Participants.of(REGION.participants, REGION.providers)
PORTAL: Final = "EPGU01"

WORLDS: Final = {
    f"seed {seed}, {day}": World(seed, day)
    for seed, day in ((0, date(2013, 3, 4)), (7, date(2013, 3, 4)), (1, date(2026, 6, 1)))
}
ANSWERED: Final = sorted(kind.id for kind in SHIPPED.values() if not kind.broadcast)


def test_every_kind_that_ships_has_a_provider() -> None:
    assert len(SHIPPED) > 70
    assert sorted(kind_id for kind_id in ANSWERED if not REGION.providers.get(kind_id)) == []


def test_every_provider_has_a_node_behind_it() -> None:
    behind = {node.mnemonic: node.factory for node in REGION.nodes}
    providers = {mnemonic for mnemonics in REGION.providers.values() for mnemonic in mnemonics}
    assert providers <= behind.keys()


def example(kind: DataKind) -> bytes:
    return (LIBRARY.folder_of(kind) / "example-request.xml").read_bytes()


@pytest.mark.parametrize("kind_id", ANSWERED)
@pytest.mark.parametrize("world", WORLDS)
def test_the_example_request_of_every_kind_gets_a_valid_answer(kind_id: str, world: str) -> None:
    kind = SHIPPED[kind_id]
    request = received(example(kind))
    assert LIBRARY.violations(request.content) == ()
    (recipient,) = recipients_of(kind, request.content, PARTICIPANTS, PORTAL)
    context = context_of(LIBRARY, PARTICIPANTS.by_mnemonic[recipient], WORLDS[world])
    *statuses, final = (said.answer for said in answers_to(context, request))
    assert all(isinstance(status, InProgress) for status in statuses)
    assert isinstance(final, Answered), final
    assert MessageType.of(final.content) == kind.response
    assert LIBRARY.violations(xml.parse(xml.source(final.content))) == ()
