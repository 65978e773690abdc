"""PHP with its extensions dom and openssl, asked from a test: one process."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.clients.example_client import EXAMPLES
from tests.peers.questions import Answering, PeerRefused


class PhpPeer(Answering):
    """Questions to the process; each raises PeerRefused with what was thrown there."""

    def transform(self, octets: bytes) -> bytes:
        """The transform of canonical octets."""
        return self.asked("transform", octets)

    def signature(self, document: bytes, element: str, pkcs12: Path, password: str) -> bytes:
        """A ds:Signature over the first element of that local name."""
        return self.asked("sign", document, element.encode(), str(pkcs12).encode(), password.encode())

    def verify(self, document: bytes, element: str, container: str) -> str:
        """The SHA-256 of the certificate, in hexadecimal."""
        return self.asked("verify", document, element.encode(), container.encode()).decode()

    def sign_cms(self, content: bytes, pkcs12: Path, password: str) -> bytes:
        """Detached CMS."""
        return self.asked("sign-cms", content, str(pkcs12).encode(), password.encode())


def started() -> PhpPeer:
    """A process. Skips the test when something is missing; under CI that is a failure."""
    environment = os.environ | {"OPENSSL_CONF": str(EXAMPLES / "php" / "openssl-gost.cnf")}  # noqa: TID251 - of PHP
    if shutil.which("php"):
        script = Path(__file__).parent / "peer.php"
        peer = PhpPeer(
            subprocess.Popen(["php", script], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        )
        try:
            peer.asked("ready")
        except PeerRefused:
            peer.process.kill()
            peer.process.communicate()
        else:
            return peer
    # .ci/run installs it: there a skip would hide that the example went untested.
    return (pytest.fail if os.environ.get("CI") else pytest.skip)("not installed: php with GOST in its OpenSSL")  # noqa: TID251 - no setting of the program
