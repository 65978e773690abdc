"""What a test holds in its hand: the sandbox, asked, moved, broken and waited for without coroutines."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import quote

from gateway.client import Smev3Client
from gateway.client.admin import Admin, AdminRefused
from gateway.client.lent_keys import keys_lent
from gateway.pytest_plugin.arrived import Arrived
from gateway.pytest_plugin.background import Loop
from gateway.pytest_plugin.party import Party
from gateway.recording.format import Recording

_MARGIN_SECONDS: Final = 30
_TIMED_OUT: Final = 408
_FILTERS: Final = {
    "event": "event",
    "kind": "kind",
    "participant": "participant",
    "operation": "operation",
    "message_type": "messageType",
    "message_id": "messageId",
    "case": "case",
    "status": "status",
    "fault": "fault",
    "xpath": "xpath",
}


class Smev:
    """A sandbox that is empty when the test begins. `url` is its root, of which a service is told `address`."""

    def __init__(self, loop: Loop, url: str, token: str | None = None) -> None:
        self.url: Final = url.rstrip("/")
        self._loop = loop
        self._admin = Admin(url, token, None)
        self._parties: list[Party] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def address(self, mnemonic: str, version: str = "1.2") -> str:
        """Return the address of the service for a system that is to speak as `mnemonic`."""
        return f"{self.url}/as/{mnemonic}/smev/v{version}/ws"

    def participant(self, mnemonic: str, version: str = "1.2") -> Party:
        """Return a participant whose part the test plays; it signs, unless the sandbox's signatures are off."""
        keys = self._loop.run(keys_lent(self._admin, mnemonic))
        party = Party(self._loop, Smev3Client(self.url, mnemonic, version=version, **keys))
        self._parties.append(party)
        return party

    # --- what crossed ------------------------------------------------------------------------------------------------

    def wait_for(self, event: str = "sent", *, timeout: float = 10, **wanted: str) -> Arrived:
        """Return the first journal entry that matches, as soon as it is there.

        `wanted` is any of kind, participant, operation, message_type, message_id, case, status, fault, xpath;
        docs/reference/waiting.md says what they mean.

        Raises: AssertionError after `timeout` seconds; it says what came instead, the nearest first.
        """
        return self.wait_for_all(1, event, timeout=timeout, **wanted)[0]

    def wait_for_all(self, count: int, event: str = "sent", *, timeout: float = 10, **wanted: str) -> list[Arrived]:
        """Return the first `count` entries that match, as `wait_for` does."""
        query = {**_query(event=event, **wanted), "count": str(count), "timeout": f"{timeout:g}"}
        try:
            found = self._loop.run(self._admin.get("/wait", query), timeout + _MARGIN_SECONDS)
        except AdminRefused as refused:
            if refused.status != _TIMED_OUT:
                raise
            raise AssertionError(str(refused)) from None
        return [Arrived(each) for each in found["entries"]]

    def count(self, event: str = "sent", **wanted: str) -> int:
        """Return how many journal entries match."""
        counted: int = self._get("/counts", _query(event=event, **wanted))["total"]
        return counted

    def journal(self) -> list[Arrived]:
        """Return the whole journal."""
        entries: list[Arrived] = []
        while True:
            page = self._get("/journal", {"after": str(entries[-1].seq if entries else 0), "limit": "1000"})
            entries += map(Arrived, page["entries"])
            if page["next"] is None:
                return entries

    def violations(self) -> list[dict[str, Any]]:
        """Return the violations of 210-FZ that were found, newest first, as the admin API tells them."""
        found: list[dict[str, Any]] = self._get("/violations")["violations"]
        return found

    def diagram(self, form: str = "mermaid") -> str:
        """Return the sequence diagram of everything that crossed: `mermaid`, `svg` or `html`."""
        return self._loop.run(self._admin.text("/diagram", {"format": form})).decode()

    def recording(self) -> bytes:
        """Return everything that crossed as the lines of a recording."""
        return self._loop.run(self._admin.text("/recording"))

    def attachment(self, message_id: str, position: int = 0) -> bytes:
        """Return an attachment of a message that was sent, counted from 0."""
        path = f"/recording/attachments/{quote(message_id, safe='')}/{position}"
        return self._loop.run(self._admin.text(path))

    # --- what happens ------------------------------------------------------------------------------------------------

    def advance(self, by: str | timedelta) -> None:
        """Advance the clock, which must be virtual, by a length of time (`5d`, `90m`); what becomes due happens."""
        written = f"{int(by.total_seconds())}s" if isinstance(by, timedelta) else by
        self._post("/clock/advance", {"by": written})

    def freeze(self) -> None:
        """Stop the clock at the present moment."""
        self._post("/clock/freeze", {})

    def open_case(self, **told: Any) -> dict[str, Any]:
        """Open a case; `told` are the members of POST /__admin/cases (docs/reference/cases.md)."""
        return self._post("/cases", told)

    def disrupt(self, name: str, does: str, **rule: Any) -> None:
        """Break something on purpose; `rule` are the members of a rule (docs/reference/faults.md)."""
        self._post("/faults", {"name": name, "does": does, **rule})

    def set_right(self, name: str | None = None) -> None:
        """End a rule that breaks something, or all of them."""
        self._loop.run(self._admin.delete("/faults" if name is None else f"/faults/{quote(name, safe='')}"))

    def save(self, name: str) -> None:
        """Save the state as a snapshot."""
        self._post("/snapshots", {"name": name})

    def restore(self, name: str) -> None:
        """Go back to a snapshot."""
        self._post(f"/snapshots/{quote(name, safe='')}/restore", {})

    def replay(
        self, recording: Recording, as_provider: Sequence[str], *, on_miss: str = "no-data", reuse: str = "last"
    ) -> None:
        """Let participants answer from a recording (docs/reference/replay.md)."""
        from aiohttp import FormData  # noqa: PLC0415 - see add_kind

        form = FormData()
        form.add_field("options", json.dumps({"asProvider": list(as_provider), "onMiss": on_miss, "reuse": reuse}))
        form.add_field("recording", recording.path.read_bytes(), filename=recording.path.name)
        listed = {each.sha256: each for entry in recording.entries for each in entry.attachments}
        for sha256, attachment in listed.items():
            form.add_field("attachment", recording.content(attachment), filename=sha256)
        self._loop.run(self._admin.post_form("/replays", form))

    def add_kind(self, folder: Path) -> None:
        """Add the data kind in `folder` (docs/reference/kinds.md)."""
        from aiohttp import FormData  # noqa: PLC0415

        form = FormData()
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            form.add_field("files", file.read_bytes(), filename=str(file.relative_to(folder)))
        self._loop.run(self._admin.post_form("/kinds", form))

    def admin(self, path: str, body: object = None) -> dict[str, Any]:
        """Ask the admin API: GET, or POST where there is a `body`; `path` begins below /__admin."""
        return self._get(path) if body is None else self._post(path, body)

    def close(self) -> None:
        """Close the connections."""
        for party in self._parties:
            party.close()
        self._loop.run(self._admin.close())

    def _get(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        return self._loop.run(self._admin.get(path, query))

    def _post(self, path: str, body: object) -> dict[str, Any]:
        return self._loop.run(self._admin.post(path, body))


def _query(**wanted: str) -> dict[str, str]:
    unknown = wanted.keys() - _FILTERS.keys()
    if unknown:
        raise TypeError(f"expected any of {', '.join(_FILTERS)}, found {', '.join(sorted(unknown))}")
    return {_FILTERS[name]: value for name, value in wanted.items()}
