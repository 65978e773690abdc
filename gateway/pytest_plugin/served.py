"""The sandbox of a test session: one of its own in this process, or a namespace of one that runs elsewhere."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from gateway.client.admin import Admin
from gateway.pytest_plugin.background import Loop, RunningGateway
from gateway.pytest_plugin.smev import Smev

_ADDED: Final = ("kinds", "services", "world")
"""What tests may add that no snapshot holds."""


@dataclass(frozen=True, slots=True)
class Served:
    """A sandbox that serves. `token` is that of its admin API, None when it wants none.

    `beginning` is the name of the snapshot that each test begins with; namespaces share their snapshots.
    """

    loop: Loop
    url: str
    token: str | None
    beginning: str

    def address(self, mnemonic: str, version: str = "1.2") -> str:
        """Return the address of the service for a system that is to speak as `mnemonic`."""
        return f"{self.url}/as/{mnemonic}/smev/v{version}/ws"

    def keep_beginning(self) -> None:
        """Take the present state for the one that each test begins with."""
        with Smev(self.loop, self.url, self.token) as sandbox:
            sandbox.save(self.beginning)

    def anew(self) -> Smev:
        """Return the sandbox as it was in the beginning."""
        sandbox = Smev(self.loop, self.url, self.token)
        try:
            sandbox.admin("/reset", {"what": list(_ADDED)})
            sandbox.restore(self.beginning)
        except BaseException:
            sandbox.close()
            raise
        return sandbox


@contextmanager
def own(loop: Loop, settings: Mapping[str, Any], data: Path) -> Iterator[Served]:
    """Run a sandbox in this process until the block ends, at a port that is free.

    Raises: CannotStart, SettingsError.
    """
    from gateway.settings import read_settings  # noqa: PLC0415 - pydantic takes its time

    running = RunningGateway(loop, read_settings({"port": 0, "data": data, "store": "sqlite://", **settings}, None))
    try:
        served = Served(loop, running.gateway.url, running.gateway.admin_token, "pytest")
        served.keep_beginning()
        yield served
    finally:
        running.stop()


@contextmanager
def namespace_of(loop: Loop, url: str, token: str | None, settings: Mapping[str, Any]) -> Iterator[Served]:
    """Make a namespace in the sandbox at `url` until the block ends.

    Raises: AdminRefused, NoSandbox.
    """
    admin = Admin(url, token)
    try:
        made = loop.run(admin.post("/namespaces", dict(settings)))
        try:
            served = Served(loop, made["url"], token, f"pytest-{made['name']}")
            served.keep_beginning()
            yield served
            loop.run(admin.delete(f"/snapshots/{quote(served.beginning, safe='')}"))
        finally:
            loop.run(admin.delete(f"/namespaces/{quote(made['name'], safe='')}"))
    finally:
        loop.run(admin.close())
