"""Apache Santuario and Bouncy Castle, asked from a test: one JVM that answers questions on its standard input."""

import base64
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.clients.example_client import EXAMPLES
from tests.peers.questions import Answering

CLASS_PATH: Final = tuple(Path(jar) for jar in (EXAMPLES / "java" / "class-path").read_text().strip().split(":"))
"""What Debian's jaxws, libxml-security-java and libbcpkix-java bring."""

_SOURCES: Final = (
    *(
        EXAMPLES / "java" / f"{name}.java"
        for name in ("Gost", "SandboxKeys", "SmevCms", "SmevSignature", "SmevTransform")
    ),
    Path(__file__).parent / "java" / "Peer.java",
)


class JavaPeer(Answering):
    """Questions to the process; each raises PeerRefused with what was thrown there."""

    def transform(self, octets: bytes, *, jdk: bool = False) -> bytes:
        """The transform with Woodstox, or with the StAX of the JDK."""
        return self.asked("transform-jdk" if jdk else "transform", octets)

    def sign(self, document: bytes, element: str, container: str, key: bytes, certificate: bytes) -> bytes:
        """The document with `element` signed and the signature in `container`: both are local names of the first so
        named. The key is PKCS#8 in DER."""
        return self.asked("sign", document, element.encode(), container.encode(), key, certificate)

    def verify(self, document: bytes, element: str, container: str) -> str:
        """The SHA-256 of the certificate, in hexadecimal."""
        return self.asked("verify", document, element.encode(), container.encode()).decode()

    def sign_cms(self, content: bytes, key: bytes, certificate: bytes) -> bytes:
        """Detached CMS."""
        return self.asked("sign-cms", content, key, certificate)

    def verify_cms(self, cms: bytes, content: bytes) -> str:
        """The SHA-256 of the certificate, in hexadecimal."""
        return self.asked("verify-cms", cms, content).decode()

    def open(self, pkcs12: Path, password: str) -> tuple[str, bytes]:
        """The SHA-256 of the certificate in the file, and the key as PKCS#8."""
        fingerprint, key = self.asked("open", str(pkcs12).encode(), password.encode()).decode().split()
        return fingerprint, base64.b64decode(key)


def compiled(folder: Path) -> Path:
    """Compile the signing classes of examples/java and the questions of the tests into `folder`.

    Skips the test when something is missing; under CI that is a failure.
    """
    missing = [str(jar) for jar in CLASS_PATH if not jar.exists()]
    if shutil.which("javac") is None:
        missing.append("javac")
    if missing:
        # .ci/run installs it: there a skip would hide that nobody else verified our signatures.
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"not installed: {', '.join(missing)}")  # noqa: TID251 - no setting of the program
    command = [
        "javac",
        "-Xlint:all,-path",
        "-Werror",
        "-encoding",
        "UTF-8",
        "-cp",
        _joined(CLASS_PATH),
        "-d",
        str(folder),
    ]
    done = subprocess.run([*command, *map(str, _SOURCES)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def started(classes: Path) -> JavaPeer:
    """A process that ends when its standard input is closed."""
    modest = ("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
    process = subprocess.Popen(
        ["java", *modest, "-cp", _joined((classes, *CLASS_PATH)), "Peer"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    return JavaPeer(process)


def _joined(paths: tuple[Path, ...]) -> str:
    return os.pathsep.join(map(str, paths))
