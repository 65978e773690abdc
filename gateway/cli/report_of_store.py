"""Makes a report of a store without a gateway: with the names of the kinds, services and topology of the settings."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from gateway import machine
from gateway.cli.common import CommandFailed
from gateway.domain.clock import ClockMode
from gateway.domain.participants import Participant
from gateway.domain.reports.period import Period
from gateway.domain.reports.rows import Directory
from gateway.domain.reports.tables import Report
from gateway.exchange.inquiry import Inquiry
from gateway.exchange.reports import Reports, directory
from gateway.inventory import CannotStart, load_kinds, load_topology, read_passports
from gateway.settings import Settings, SettingsError, read_settings
from gateway.storage import clock, registry, schema
from gateway.storage.database import Database, StoreError, StoreUnusable, open_database
from gateway.words import say


def made(name: str, query: dict[str, str], source: dict[str, Any]) -> Report:
    """Return the report `name`; `source` are the settings that say where the store is.

    Raises: CommandFailed.
    """
    try:
        settings = read_settings(source, None)
    except SettingsError as error:
        raise CommandFailed(str(error), code=2) from error
    refuse_missing(settings.store_url)
    try:
        return asyncio.run(_make(name, query, settings))
    except (CannotStart, StoreUnusable) as error:
        raise CommandFailed(str(error)) from error
    except (StoreError, schema.StoreTooNew, schema.StoreLocked, DBAPIError) as error:
        raise CommandFailed(f"{say('хранилище', 'store')}: {error}") from error


def refuse_missing(url: str) -> None:
    """Who only reads makes no store: where there is none, the address is wrong.

    Raises: CommandFailed.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        return  # whoever opens it says what is wrong
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
        raise CommandFailed(
            say(
                f"хранилища {parsed.database} нет; укажите --store или --data",
                f"there is no store {parsed.database}; name it by --store or --data",
            )
        )


async def _make(name: str, query: dict[str, str], settings: Settings) -> Report:
    async with open_database(settings.store_url) as store:
        await asyncio.to_thread(schema.upgrade, store.engine)
        kept = await asyncio.to_thread(store.run_now, registry.participants)
        settings = await store.run(lambda connection: _as_worked(connection, settings))
        reports = Reports(Inquiry(store), await asyncio.to_thread(_known, settings, kept))
        now = datetime.fromisoformat(query["now"]) if "now" in query else await _present(store)
        period = Period(_day(query, "from"), _day(query, "to"))
        return await (reports.monitoring(period, now) if name == "monitoring" else reports.once_only(period, now))


def _day(query: dict[str, str], name: str) -> date | None:
    return date.fromisoformat(query[name]) if name in query else None


async def _present(store: Database) -> datetime:
    """Return what the clock of the store's gateway shows: a virtual one stands where it was last."""

    def work(connection: Connection) -> datetime | None:
        setting = clock.load(connection)
        return None if setting is None or setting.mode is ClockMode.REAL else setting.moment

    return await store.run(work) or machine.SystemClock().now().astimezone(UTC)


def _known(settings: Settings, kept: Iterable[Participant]) -> Directory:
    """Return what the settings and the store tell of codes."""
    kinds = load_kinds(settings)
    topology = load_topology(settings, kinds)
    of_topology = {participant.mnemonic for participant in topology.participants}
    others = (participant for participant in kept if participant.mnemonic not in of_topology)
    passports = read_passports(settings, kinds)
    return directory([*topology.participants, *others], kinds.catalogue, passports.by_code)


def _as_worked(connection: Connection, settings: Settings) -> Settings:
    """Return the settings with the topology that the store's gateway had, unless they name one themselves."""
    kept = registry.topology(connection)
    if kept is None or "topology" in settings.model_fields_set:
        return settings
    is_gone = kept.endswith(".toml") and not Path(kept).is_file()
    return settings if is_gone else settings.model_copy(update={"topology": kept})
