"""Namespaces: gateways of their own behind one address, so that test runs side by side do not see each other.

A namespace shares nothing that changes: it has a store, a clock, nodes, participants, kinds and a journal of its own.
What a running one is, and how it begins, is the composition root's to say.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from gateway.domain.clock import Clock
from gateway.domain.ids import IdSource
from gateway.words import say

_LOG: Final = logging.getLogger(__name__)
MOST: Final = 100
"""Namespaces at a time: each has a store in memory."""
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}")
_TAKEN: Final = frozenset({"ws"})
"""`…/ws` is the address of a service."""
_GENERATED: Final = 8

Running = TypeVar("Running")


class NamespaceRefusal(Exception):
    """The namespaces stay as they are: what was found, and what to do."""

    def __init__(self, found: str, advice: str) -> None:
        self.found, self.advice = found, advice
        super().__init__(found)


class NoSuchNamespace(NamespaceRefusal):
    """No namespace has this name."""


class NamespaceExists(NamespaceRefusal):
    """The name is another namespace's."""


class TooManyNamespaces(NamespaceRefusal):
    """There are as many as there may be."""


class NoNamespacesHere(NamespaceRefusal):
    """A namespace has no namespaces of its own."""


class ImpossibleNamespace(NamespaceRefusal):
    """The name or a setting makes no sense; `field` names it as the API does."""

    def __init__(self, field: str, found: str, advice: str) -> None:
        self.field = field
        super().__init__(found, advice)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a namespace begins with: settings where they differ from the gateway's own, by their names.

    `snapshot` is the name of the one that it is forked from. With `kept` the store is a file that outlives the gateway.
    """

    settings: Mapping[str, Any] = field(default_factory=dict)
    snapshot: str | None = None
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Namespace(Generic[Running]):
    """One namespace. `since` is the machine's time; `idle` is for how many seconds nobody has called it."""

    name: str
    gateway: Running
    since: datetime
    idle: float


@dataclass(eq=False, slots=True)
class _Held(Generic[Running]):
    """A namespace and the task that it lives in."""

    since: datetime
    used: float
    ready: asyncio.Future[Running]
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


class Namespaces(Generic[Running]):
    """The namespaces of one gateway. `run` has to run for as long as there are to be any."""

    def __init__(
        self,
        begin: Callable[[str, Wanted], AbstractAsyncContextManager[Running]] | None,
        forget: Callable[[str], None],
        clock: Clock,
        ids: IdSource,
    ) -> None:
        """`begin` runs one until its block ends, `forget` removes what it has kept; None where there can be none."""
        self._begin, self._forget, self._clock, self._ids = begin, forget, clock, ids
        self._held: dict[str, _Held[Running]] = {}
        self._tasks: asyncio.TaskGroup | None = None

    async def run(self) -> None:
        """Hold the namespaces until cancelled; then all of them end."""
        async with asyncio.TaskGroup() as self._tasks:
            await asyncio.Event().wait()

    async def create(
        self, name: str | None = None, *, snapshot: str | None = None, kept: bool = False, **settings: Any
    ) -> Running:
        """Begin a namespace and return what runs: settings as in `Wanted`; without a name it is given one.

        Raises: NamespaceRefusal.
        """
        if self._begin is None or self._tasks is None:
            raise NoNamespacesHere(
                say("пространство имён внутри пространства имён", "a namespace inside a namespace"),
                say("создавайте их по адресу самого шлюза", "create them at the address of the gateway itself"),
            )
        chosen = self._new_name() if name is None else checked_name(name)
        self._refuse(chosen)
        loop = asyncio.get_running_loop()
        held: _Held[Running] = _Held(self._clock.now(), loop.time(), loop.create_future())
        self._held[chosen] = held
        work = self._live(chosen, held, self._begin(chosen, Wanted(settings, snapshot, kept)))
        held.task = self._tasks.create_task(work, name=f"namespace {chosen}")
        return await asyncio.shield(held.ready)

    async def _live(self, name: str, held: _Held[Running], begun: AbstractAsyncContextManager[Running]) -> None:
        try:
            async with begun as running:
                held.ready.set_result(running)
                await held.stop.wait()
        except Exception as error:  # noqa: BLE001 - whoever asked for it is told, the other namespaces go on
            if held.ready.done():
                _LOG.exception("namespace %s has ended by a defect", name)
            else:
                held.ready.set_exception(error)
        finally:
            held.ready.cancel()
            del self._held[name]

    def _new_name(self) -> str:
        while True:
            name = self._ids.message_id(self._clock.now())[:_GENERATED]
            if name not in self._held:
                return name

    def _refuse(self, name: str) -> None:
        if name in self._held:
            raise NamespaceExists(
                say(f"пространство имён {name} уже есть", f"the namespace {name} exists"),
                say(
                    f"другое имя, или сначала DELETE /__admin/namespaces/{name}",
                    f"another name, or first DELETE /__admin/namespaces/{name}",
                ),
            )
        if len(self._held) >= MOST:
            raise TooManyNamespaces(
                say(f"пространств имён уже {MOST}, больше нельзя", f"there are {MOST} namespaces, which is the limit"),
                say(
                    "уберите ненужные: DELETE /__admin/namespaces/{name} или ?idle=СЕКУНДЫ",
                    "remove those not needed: DELETE /__admin/namespaces/{name} or ?idle=SECONDS",
                ),
            )

    async def remove(self, name: str) -> None:
        """End a namespace: calls under way are finished, what it has kept is removed.

        Raises: NoSuchNamespace.
        """
        held = self._held.get(name)
        if held is None or held.task is None or not held.ready.done():
            names = ", ".join(sorted(self._held)) or say("ни одного", "none")
            raise NoSuchNamespace(
                say(f"пространства имён {name!r} нет", f"no namespace {name!r}"),
                say(f"есть: {names}", f"there are: {names}"),
            )
        held.stop.set()
        await asyncio.wait([held.task])
        await asyncio.to_thread(self._forget, name)

    async def remove_idle(self, seconds: float) -> tuple[str, ...]:
        """End those that nobody has called for so long; return their names."""
        names = tuple(namespace.name for namespace in self.list() if namespace.idle >= seconds)
        for name in names:
            await self.remove(name)
        return names

    def list(self) -> tuple[Namespace[Running], ...]:
        """Return every namespace in the order of names."""
        now = asyncio.get_running_loop().time()
        return tuple(
            Namespace(name, held.ready.result(), held.since, now - held.used)
            for name, held in sorted(self._held.items())
            if held.ready.done()
        )

    def touch(self, name: str) -> None:
        """Note that somebody calls a namespace."""
        held = self._held.get(name)
        if held is not None:
            held.used = asyncio.get_running_loop().time()


def checked_name(name: str) -> str:
    """Return `name`.

    Raises: ImpossibleNamespace when no namespace can be called so: it is a step of an address, and a folder.
    """
    if _NAME.fullmatch(name) is None or name in _TAKEN:
        raise ImpossibleNamespace(
            "name",
            repr(name[:80]),
            say(
                "от 1 до 64 латинских букв, цифр, знаков «_», «.», «-», начиная с буквы или цифры; не ws",
                "1 to 64 Latin letters, digits and characters “_”, “.”, “-”, a letter or digit first; not ws",
            ),
        )
    return name
