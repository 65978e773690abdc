"""Namespaces: gateways of their own behind this one's address, begun, listed, ended."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import Field, StringConstraints

from gateway.domain.once_only.enforcement import Mode, Unattributed
from gateway.domain.participants import Registration
from gateway.domain.signature_mode import SignatureMode
from gateway.exchange.namespaces import (
    ImpossibleNamespace,
    Namespace,
    NamespaceExists,
    NamespaceRefusal,
    NoNamespacesHere,
    NoSuchNamespace,
    TooManyNamespaces,
)
from gateway.protocol.moments import write
from gateway.storage.snapshots import count_messages
from gateway.transports.admin.problems import Refused
from gateway.transports.admin.view import AdminView, Shape, Word, Written, described
from gateway.words import say

Name = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$")]
_LARGEST: Final = 2**31 - 1
_Seed = Annotated[int, Field(strict=True, ge=-(2**63), lt=2**63)]
_Count = Annotated[int, Field(strict=True, gt=0, le=_LARGEST)]
_Limit = Annotated[int, Field(strict=True, ge=0, le=_LARGEST)]
_Seconds = Annotated[float, Field(strict=True, ge=0, le=_LARGEST)]
_Lease = Annotated[float, Field(strict=True, gt=0, le=_LARGEST)]
_Flag = Annotated[bool, Field(strict=True)]
_OF_THE_NAMESPACE: Final = frozenset({"name", "from_", "kept"})


class NewNamespace(Shape):
    """A namespace to begin. What is left out is as the gateway was started; see the settings of `serve`.

    Without `name` it is given one. `from` is a snapshot; `kept` puts the store into a file that outlives the gateway.
    """

    name: Name | None = None
    from_: Annotated[Word | None, Field(alias="from")] = None
    kept: _Flag = False
    topology: Word | None = None
    clock: Word | None = None
    seed: _Seed | None = None
    participant: tuple[Word, ...] | None = None
    provide: tuple[Word, ...] | None = None
    registration: Registration | None = None
    signatures: SignatureMode | None = None
    once_only: Mode | None = None
    unattributed: Unattributed | None = None
    invent_unknown: _Flag | None = None
    lease: _Lease | None = None
    queue_limit: _Limit | None = None
    max_attachments: _Count | None = None
    max_ref_attachments: _Count | None = None
    attachments_quota: _Count | None = None
    stale_after: _Seconds | None = None
    any_message_id: _Flag | None = None
    any_uuid_version: _Flag | None = None
    check_wire_schema: _Flag | None = None
    refuse_early: _Flag | None = None
    status_needs_ack: _Flag | None = None
    always_multipart: _Flag | None = None
    journal_limit: _Count | None = None


class NamespaceShape(Shape):
    """One namespace. `url` is its root: what a client, the command line and the admin API take for that of a gateway.

    `since` is the machine's time, `idle` the seconds in which nobody has called it.
    """

    name: str
    url: str
    since: Written
    idle: float
    messages: int


class NamespacesShape(Shape):
    """Every namespace, in the order of names."""

    namespaces: list[NamespaceShape]


class RemovedNamespaces(Shape):
    """Whose names are free again."""

    removed: list[str]


class NamespacesView(AdminView):
    """`/__admin/namespaces`."""

    @described(lambda: say("Пространства имён по порядку.", "Namespaces in order."), NamespacesShape)
    async def get(self) -> web.Response:
        shapes = [await _shape(namespace) for namespace in self.administration.namespaces.list()]
        return self.reply(NamespacesShape(namespaces=shapes))

    @described(
        lambda: say(
            "Начать пространство имён: шлюз со своими хранилищем, часами, участниками и журналом за этим же адресом. "
            "С from — продолжение снимка.",
            "Begin a namespace: a gateway with a store, a clock, participants and a journal of its own behind this "
            "address. With from it goes on from a snapshot.",
        ),
        NamespaceShape,
        409,
        status=201,
    )
    async def post(self, new: NewNamespace) -> web.Response:
        namespaces = self.administration.namespaces
        given: dict[str, Any] = {
            name: getattr(new, name)
            for name in new.model_fields_set - _OF_THE_NAMESPACE
            if getattr(new, name) is not None
        }
        with refusals_told():
            gateway = await namespaces.create(new.name, snapshot=new.from_, kept=new.kept, **given)
        found = next(namespace for namespace in namespaces.list() if namespace.gateway is gateway)
        return self.reply(await _shape(found), 201, {"Location": self.address(f"/namespaces/{found.name}")})

    @described(
        lambda: say(
            "Завершить те, к которым столько секунд никто не обращался.",
            "End those that nobody has called for so many seconds.",
        ),
        RemovedNamespaces,
    )
    async def delete(self, idle: Annotated[float, Field(ge=0)]) -> web.Response:
        removed = await self.administration.namespaces.remove_idle(idle)
        return self.reply(RemovedNamespaces(removed=list(removed)))


class NamespaceView(AdminView):
    """`/__admin/namespaces/{name}`."""

    @described(
        lambda: say(
            "Завершить пространство имён. Начатые вызовы завершаются, всё его хранилище удаляется.",
            "End a namespace. Calls under way are finished, its whole store goes.",
        ),
        RemovedNamespaces,
        404,
    )
    async def delete(self, name: str, /) -> web.Response:
        with refusals_told():
            await self.administration.namespaces.remove(name)
        return self.reply(RemovedNamespaces(removed=[name]))


async def _shape(namespace: Namespace[Any]) -> NamespaceShape:
    return NamespaceShape(
        name=namespace.name,
        url=namespace.gateway.url,
        since=write(namespace.since),
        idle=round(namespace.idle, 3),
        messages=await namespace.gateway.store.run(count_messages),
    )


@contextmanager
def refusals_told() -> Iterator[None]:
    """Tell what cannot be as a problem."""
    try:
        yield
    except ImpossibleNamespace as refusal:
        title = say(f"Неверное значение: {refusal.field}", f"Bad value: {refusal.field}")
        raise Refused(422, "namespace", title, refusal.found, refusal.advice) from refusal
    except NamespaceRefusal as refusal:
        title = say("Пространства имён остаются как есть", "The namespaces stay as they are")
        raise Refused(_STATUSES[type(refusal)], "namespace", title, refusal.found, refusal.advice) from refusal


_STATUSES: Final[dict[type[NamespaceRefusal], int]] = {
    NoSuchNamespace: 404,
    NamespaceExists: 409,
    TooManyNamespaces: 409,
    NoNamespacesHere: 409,
}
