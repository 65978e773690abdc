"""The `openssl` command with Debian's GOST engine, asked from a test."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

_CONFIGURATION: Final = """\
openssl_conf = all
[all]
engines = engines
[engines]
gost = gost
[gost]
engine_id = gost
default_algorithms = ALL
[req]
distinguished_name = name
[name]
"""
_AS_AUTHORITY: Final = ("-addext", "basicConstraints=critical,CA:TRUE")
"""Of certificates that are signed by themselves."""


class OpenSslRefused(Exception):
    """What the command wrote to standard error, and its exit code was not 0."""


@dataclass(frozen=True)
class Identity:
    """Files in PEM."""

    key: Path
    certificate: Path


@dataclass(frozen=True)
class OpenSsl:
    """Commands run in `folder`, where they leave their files."""

    folder: Path

    def __call__(self, *arguments: str | Path) -> bytes:
        """Run the command; return its standard output. Raises: OpenSslRefused."""
        environment = os.environ | {"OPENSSL_CONF": str(self.folder / "openssl.cnf")}  # noqa: TID251 - of the command
        command = ["openssl", *map(str, arguments)]
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, check=False)
        if done.returncode != 0:
            raise OpenSslRefused(done.stderr.decode("utf-8", "replace"))
        return done.stdout

    def file(self, name: str, content: bytes) -> Path:
        """A file with that content."""
        path = self.folder / name
        path.write_bytes(content)
        return path

    def identity(self, name: str, *, bits: int = 256, parameters: str = "XA", days: int = 30) -> Identity:
        """A new key and a certificate signed with itself."""
        key, certificate = self.folder / f"{name}-key.pem", self.folder / f"{name}.pem"
        self("genpkey", "-algorithm", f"gost2012_{bits}", "-pkeyopt", f"paramset:{parameters}", "-out", key)
        self(
            "req",
            "-new",
            "-x509",
            "-key",
            key,
            "-subj",
            f"/CN={name}",
            *_AS_AUTHORITY,
            "-days",
            str(days),
            "-out",
            certificate,
        )
        return Identity(key, certificate)

    def pkcs12(self, identity: Identity, password: str) -> Path:
        """Key and certificate in one file."""
        file = identity.certificate.with_suffix(".p12")
        both = ("-inkey", identity.key, "-in", identity.certificate)
        self("pkcs12", "-export", *both, "-passout", f"pass:{password}", "-out", file)
        return file

    def der(self, path: Path, kind: str) -> bytes:
        """What a PEM file holds, in DER; `kind` is pkey or x509."""
        return self(kind, "-in", path, "-outform", "DER")

    def fingerprint(self, certificate: Path) -> str:
        """SHA-256 in hexadecimal."""
        printed = self("x509", "-in", certificate, "-noout", "-fingerprint", "-sha256").decode()
        return printed.partition("=")[2].strip().replace(":", "").lower()

    def digest(self, content: bytes, bits: int) -> bytes:
        """Streebog."""
        return self("dgst", f"-md_gost12_{bits}", "-binary", self.file("content", content))

    def sign(self, content: bytes, signer: Identity, bits: int) -> bytes:
        """GOST R 34.10-2012 over the Streebog of the content: s, then r."""
        return self("dgst", f"-md_gost12_{bits}", "-sign", signer.key, self.file("content", content))

    def is_signed(self, content: bytes, signature: bytes, certificate: bytes, bits: int) -> bool:
        """Whether the signature is of the key in the certificate, which is in DER."""
        met = ("-in", self.file("met.der", certificate), "-inform", "DER")
        key = self.file("met.pem", self("x509", *met, "-pubkey", "-noout"))
        over = ("-signature", self.file("signature", signature), self.file("content", content))
        try:
            self("dgst", f"-md_gost12_{bits}", "-verify", key, *over)
        except OpenSslRefused:
            return False
        return True

    def sign_cms(self, content: bytes, signer: Identity, *, bits: int = 256) -> bytes:
        """Detached CMS in DER."""
        digest = ("-md", f"md_gost12_{bits}")
        signing = ("-signer", signer.certificate, "-inkey", signer.key, *digest)
        return self("cms", "-sign", "-binary", *signing, "-outform", "DER", "-in", self.file("content", content))

    def verify_cms(self, cms: bytes, content: bytes, trusted: Path) -> None:
        """Raises: OpenSslRefused."""
        signed = ("-inform", "DER", "-in", self.file("cms", cms), "-content", self.file("content", content))
        self("cms", "-verify", "-binary", "-purpose", "any", "-CAfile", trusted, *signed)


def prepared(folder: Path) -> OpenSsl:
    """The command, in `folder`. Skips the test when the engine is missing; under CI that is a failure."""
    openssl = OpenSsl(folder)
    openssl.file("openssl.cnf", _CONFIGURATION.encode())
    found = shutil.which("openssl") is not None
    if found:
        try:
            openssl("engine", "gost")
        except OpenSslRefused:
            found = False
    if not found:
        # .ci/run installs it: there a skip would hide that nobody else verified our certificates.
        (pytest.fail if os.environ.get("CI") else pytest.skip)("not installed: libengine-gost-openssl")  # noqa: TID251 - no setting of the program
    return openssl
