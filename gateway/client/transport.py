"""How a call reaches SMEV: over HTTP, or straight into a gateway of this process. The same bytes either way."""

import io
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Protocol

import aiohttp
import yarl

from gateway.ns import SMEV3_VERSIONS, Smev3
from gateway.protocol.soap import Answer

EXPLAIN_HEADER: Final = "X-Mock-Smev-Explain"
"""Where this sandbox explains a refusal; not a part of the protocol."""


class NotReached(Exception):
    """The call got no answer: nobody there, the connection lost, or too late. Calling again may help."""


class Transport(Protocol):
    """Carries the calls of one participant, in one version."""

    async def post(self, operation: str, content_type: str, body: bytes) -> Answer:
        """Carry a call there and its answer back.

        Raises: NotReached.
        """

    async def explanation(self, path: str) -> Mapping[str, Any] | None:
        """Return the journal entry at `path`, which an answer named; None where it is not to be had.

        Raises: aiohttp.ClientError.
        """

    async def close(self) -> None:
        """Let go of what it opened."""


class Http:
    """POST to one address."""

    def __init__(self, address: str, session: aiohttp.ClientSession | None = None) -> None:
        """`session` is closed by whoever gave it."""
        self._address = address
        self._session, self._own_session = session, session is None

    async def post(self, operation: str, content_type: str, body: bytes) -> Answer:
        headers = {"Content-Type": content_type, "SOAPAction": f'"urn:{operation}"'}
        try:
            async with self._connections().post(self._address, data=io.BytesIO(body), headers=headers) as response:
                return Answer(
                    response.status,
                    response.headers.get("Content-Type", "text/xml"),
                    await response.read(),
                    response.headers.get(EXPLAIN_HEADER),
                )
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError) as error:
            raise NotReached(f"{self._address}: {error or type(error).__name__}") from error

    async def explanation(self, path: str) -> Mapping[str, Any] | None:
        async with self._connections().get(yarl.URL(self._address).with_path(path)) as response:
            entry: dict[str, Any] | None = await response.json() if response.status == 200 else None
        return entry

    async def close(self) -> None:
        if self._own_session and self._session is not None:
            await self._session.close()
            self._session = None

    def _connections(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        return self._session


Door = Callable[[Smev3, str | None, str, bytes], Awaitable[Answer]]
"""What takes (version of the address, caller, Content-Type, body): `gateway.transports.smev3.Smev3Soap.answer`."""


class Direct:
    """Straight to the door of a gateway in this process: no sockets, and no waiting for any.

    An answer that would be cut on its way out is not reached here, too; one that would be slow is not waited for.
    """

    def __init__(self, door: Door, mnemonic: str, version: str = "1.2") -> None:
        self._door, self._mnemonic, self._smev = door, mnemonic, SMEV3_VERSIONS[version]

    async def post(self, operation: str, content_type: str, body: bytes) -> Answer:
        answer = await self._door(self._smev, self._mnemonic, content_type, body)
        if answer.share < 1:
            raise NotReached(f"{operation}: {answer.share:.0%} of the answer came")
        return answer

    async def explanation(self, path: str) -> Mapping[str, Any] | None:
        """Return None: the journal is read over HTTP only."""
        return None

    async def close(self) -> None:
        """Nothing is open."""
