"""Probes for whoever runs the gateway, and its health for people."""

from aiohttp import web
from pydantic import ConfigDict

from gateway.transports.admin.view import AdminView, Shape, described
from gateway.words import say


class Ok(Shape):
    """All is well."""

    status: str = "ok"


class Health(Shape):
    """How the gateway was started and how it is."""

    model_config = ConfigDict(extra="allow")

    status: str
    version: str
    store: str
    durability: str
    signatures: str
    cryptography: str
    """What computes GOST: on curves, and digests."""
    smev_certificate: str | None
    """SHA-256 of SMEV's certificate; null where signatures are off."""
    clock: str
    registration: str
    topology: str
    participants: int
    journal_evicted: int


class LiveView(AdminView):
    """`/livez`."""

    guarded = False

    @described(lambda: say("Процесс отвечает.", "The process answers."), Ok)
    async def get(self) -> web.Response:
        return self.reply(Ok())


class ReadyView(AdminView):
    """`/readyz`."""

    guarded = False

    @described(
        lambda: say(
            "Хранилище тоже отвечает: сообщение, отправленное сейчас, сохранится.",
            "The store answers too: a message sent now would be kept.",
        ),
        Ok,
        503,
    )
    async def get(self) -> web.Response:
        await self.administration.inquiry.aside(lambda connection: connection.exec_driver_sql("SELECT 1").scalar())
        return self.reply(Ok())


class HealthView(AdminView):
    """`/__admin/health`."""

    @described(
        lambda: say("Как шлюз запущен и как он себя чувствует.", "How the gateway was started and how it is."), Health
    )
    async def get(self) -> web.Response:
        return self.reply(Health.model_validate(self.administration.health()))
