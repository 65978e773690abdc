"""Code that is not ours, started once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers import php_peer
from tests.peers.java_peer import JavaPeer, compiled, started
from tests.peers.openssl import OpenSsl, prepared


@pytest.fixture(scope="session")
def java(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JavaPeer]:
    """Santuario and Bouncy Castle."""
    peer = started(compiled(tmp_path_factory.mktemp("peer")))
    with peer.process:
        yield peer


@pytest.fixture
def openssl(tmp_path: Path) -> OpenSsl:
    """OpenSSL with GOST."""
    folder = tmp_path / "openssl"
    folder.mkdir()
    return prepared(folder)


@pytest.fixture(scope="session")
def php() -> Iterator[php_peer.PhpPeer]:
    """The signing functions of examples/php."""
    peer = php_peer.started()
    with peer.process:
        yield peer
