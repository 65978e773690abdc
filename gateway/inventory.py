"""What a gateway knows when it starts: kinds, passports, the topology, who takes part. Whatever is wrong stops it."""

import logging
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from gateway import library, machine, topology
from gateway.data_files import added_kinds, added_services, data_folder
from gateway.domain.catalogue import CatalogueError
from gateway.domain.likeness import nearest
from gateway.domain.participants import InvalidMnemonic, Participant, Participants, checked_mnemonic
from gateway.exchange.namespaces import ImpossibleNamespace, Wanted
from gateway.keyring import Keyring, KeyringUnusable
from gateway.library.passports import PassportError, Passports, load_passports
from gateway.settings import Settings
from gateway.signature.gost import SelfTestFailed, choose_tested
from gateway.storage import schema
from gateway.storage.database import Database, StoreUnusable, open_database
from gateway.storage.snapshots import SnapshotUnusable, load_into
from gateway.topology import Topology
from gateway.words import say

_LOG: Final = logging.getLogger(__name__)
SETTINGS_OF_A_NAMESPACE: Final = frozenset(
    {
        "topology",
        "participant",
        "provide",
        "fixtures",
        "invent_unknown",
        "registration",
        "signatures",
        "once_only",
        "unattributed",
        "clock",
        "lease",
        "seed",
        "max_attachments",
        "max_ref_attachments",
        "attachments_quota",
        "queue_limit",
        "stale_after",
        "any_message_id",
        "any_uuid_version",
        "check_wire_schema",
        "refuse_early",
        "status_needs_ack",
        "always_multipart",
        "journal_limit",
    }
)
"""The others are of the process: where it listens, what it has read."""


class CannotStart(Exception):
    """The gateway cannot start; the text says why and where, for the person who starts it."""


def load_kinds(settings: Settings) -> library.Library:
    """Return the kinds that ship, those of the settings, and those that were added while a gateway ran.

    Raises: CannotStart.
    """
    folders = [Path(folder) for folder in settings.kinds]
    added = added_kinds(settings.data)
    if added.is_dir():
        folders.append(added)
    try:
        return library.load(*folders, shipped=data_folder("schemas") / "kinds")
    except library.KindError as error:
        raise CannotStart(str(error)) from error


def read_passports(settings: Settings, kinds: library.Library) -> Passports:
    """Return the passports of services: shipped, of the settings, and added.

    Raises: CannotStart.
    """
    folders = [Path(folder) for folder in settings.services]
    added = added_services(settings.data)
    if added.is_dir():
        folders.append(added)
    try:
        return load_passports(*folders, library=kinds, shipped=data_folder("agencies") / "services")
    except PassportError as error:
        raise CannotStart(str(error)) from error


def add_own_kinds(kinds: library.Library, data: Path) -> library.Library:
    """Add the kinds that were added to the gateway whose data folder is `data`.

    Raises: CannotStart.
    """
    folder = added_kinds(data)
    try:
        for found in library.find_folders(folder) if folder.is_dir() else ():
            if isinstance(found, library.KindError):
                raise found
            kinds.add(found)
    except (library.KindError, CatalogueError) as error:
        raise CannotStart(str(error)) from error
    return kinds


def add_own_passports(passports: Passports, data: Path) -> Passports:
    """Add the passports that were added to the gateway whose data folder is `data`.

    Raises: CannotStart.
    """
    folder = added_services(data)
    try:
        if folder.is_dir():
            passports.add_below(folder)
    except PassportError as error:
        raise CannotStart(str(error)) from error
    return passports


def namespace_folder(settings: Settings, name: str) -> Path:
    """Return where a namespace keeps what is to outlive the gateway."""
    return settings.data / "namespaces" / name


@contextmanager
def namespace_settings(settings: Settings, name: str, wanted: Wanted) -> Iterator[Settings]:
    """Yield the settings of a namespace: those of the gateway where nothing else is wanted.

    Its store is in memory and its folder goes with it, unless they are to be kept.

    Raises: ImpossibleNamespace.
    """
    unknown = sorted(set(wanted.settings) - SETTINGS_OF_A_NAMESPACE)
    if unknown:
        have = ", ".join(sorted(SETTINGS_OF_A_NAMESPACE))
        raise ImpossibleNamespace(unknown[0], say("не настройка пространства имён", "no setting of a namespace"), have)
    folder = namespace_folder(settings, name) if wanted.kept else Path(tempfile.mkdtemp(prefix="mock-smev-"))
    try:
        yield _chosen(settings, wanted, folder)
    finally:
        if not wanted.kept:
            shutil.rmtree(folder, ignore_errors=True)


def _chosen(settings: Settings, wanted: Wanted, folder: Path) -> Settings:
    file = folder / "smev.db"
    if wanted.snapshot is not None and file.exists():
        raise ImpossibleNamespace(
            "from",
            say(f"хранилище {file} уже есть", f"there is a store {file} already"),
            say("уберите его, или продолжите его без from", "remove it, or go on with it, without from"),
        )
    # A fork goes on as the snapshot's clock did.
    inherited = {**settings.model_dump(), **({} if wanted.snapshot is None else {"clock": None})}
    own = {"data": folder, "store": f"sqlite:///{file}" if wanted.kept else "sqlite://"}
    try:
        return Settings(**{**inherited, **wanted.settings, **own})
    except ValidationError as error:
        first = error.errors()[0]
        field, found = ".".join(map(str, first["loc"])), f"{first['msg']}: {first['input']!r}"
        raise ImpossibleNamespace(field, found, say("исправьте её", "correct it")) from error


def forget_namespace(settings: Settings, name: str) -> None:
    """Remove what a namespace has kept."""
    shutil.rmtree(namespace_folder(settings, name), ignore_errors=True)
    shutil.rmtree(settings.attachments / "kept" / name, ignore_errors=True)


def topology_name(settings: Settings) -> str:
    """Return what leads to the same topology from any folder: its name, or the whole path of its file."""
    path = Path(settings.topology)
    return str(path.resolve()) if path.suffix == ".toml" else settings.topology


def load_topology(settings: Settings, kinds: library.Library) -> Topology:
    """Return the topology that the settings name: `none`, one that ships, or a file.

    Raises: CannotStart.
    """
    if settings.topology == "none":
        return Topology()
    shipped = data_folder("agencies") / "topologies"
    path = Path(settings.topology)
    if path.suffix != ".toml":
        path = shipped / f"{settings.topology}.toml"
        if not path.is_file():
            names = ", ".join(["none", *sorted(file.stem for file in shipped.glob("*.toml"))])
            raise CannotStart(
                say(
                    f"топологии {settings.topology!r} нет; есть {names} или путь к файлу .toml",
                    f"no topology {settings.topology!r}; there are {names}, or the path of a .toml file",
                )
            )
    try:
        return topology.load(path, frozenset(kind.id for kind in (*kinds.catalogue, *kinds.replaced)))
    except topology.TopologyError as error:
        raise CannotStart(str(error)) from error


def insisted_providers(settings: Settings, kinds: library.Library) -> tuple[tuple[str, str], ...]:
    """Return (mnemonic, kind) of each --provide.

    Raises: CannotStart.
    """
    insisted = []
    for text in settings.provide:
        mnemonic, separator, kind_id = text.partition("=")
        if not separator or kinds.catalogue.by_id(kind_id) is None:
            ids = ", ".join(sorted(kind.id for kind in kinds.catalogue))
            raise CannotStart(
                say(
                    f"--provide {text}: ожидалось МНЕМОНИКА=вид, где вид — один из: {ids}",
                    f"--provide {text}: expected MNEMONIC=kind, where kind is one of: {ids}",
                )
            )
        insisted.append((mnemonic, kind_id))
    return tuple(insisted)


def all_participants(settings: Settings, chosen: Topology, insisted: Iterable[tuple[str, str]]) -> Participants:
    """Return who takes part: of the topology, of the settings, and whoever provides a kind by --provide.

    Raises: CannotStart.
    """
    participants = Participants.of(chosen.participants, chosen.providers)
    try:
        for text in settings.participant:
            mnemonic, _, name = text.partition("=")
            known = participants.named(checked_mnemonic(mnemonic))
            participants.add(known or Participant(mnemonic, name or mnemonic))
        for mnemonic, kind_id in insisted:
            participants.provide(checked_mnemonic(mnemonic), kind_id)
    except InvalidMnemonic as error:
        raise CannotStart(str(error)) from error
    return participants


def refuse_unknown_services(settings: Settings, chosen: Topology, passports: Passports) -> None:
    """A body of the topology provides services that have a passport, or its option says what they need.

    Raises: CannotStart.
    """
    for mnemonic, codes in chosen.services.items():
        for code in codes:
            if code not in passports.codes and not _is_told(chosen, mnemonic, code):
                near = nearest(code, passports.codes)
                why = say(
                    f"услуги {code!r} нет среди паспортов; ближайшая — {near!r}",
                    f"there is no passport of the service {code!r}; the nearest is {near!r}",
                )
                raise CannotStart(str(chosen.wrong(mnemonic, code, why)))


def _is_told(chosen: Topology, mnemonic: str, code: str) -> bool:
    """Tell whether the node's own options list the kinds that a service needs."""
    told = next((node.options.get("services") for node in chosen.nodes if node.mnemonic == mnemonic), None)
    return isinstance(told, dict) and isinstance(told.get(code), list)


def open_keyring(settings: Settings) -> Keyring:
    """Return the keys of the process: kept beside the store, or forgotten with a store in memory.

    Raises: CannotStart.
    """
    try:
        for problem in choose_tested():
            _LOG.warning("%s", problem)
        secret = machine.secret(settings.seed)
        if settings.store_url in _IN_MEMORY:
            return Keyring.in_memory(secret)
        return Keyring.below(settings.data / "authority", secret)
    except KeyringUnusable as error:
        raise CannotStart(str(error)) from error
    except SelfTestFailed as error:
        advice = say(
            "ни одна реализация ГОСТ на этой машине не считает верно", "no back end of GOST computes rightly here"
        )
        raise CannotStart(f"{advice}: {error}") from error


_IN_MEMORY: Final = frozenset({"sqlite://", "sqlite:///:memory:"})


def open_store(settings: Settings, origin: Path | None = None) -> Database:
    """Open the store with the tables of this release; it begins as the snapshot `origin`.

    Raises: CannotStart.
    """
    try:
        store = open_database(settings.store_url)
    except StoreUnusable as error:
        raise CannotStart(str(error)) from error
    try:
        if origin is not None:
            load_into(store.engine, origin)
        schema.upgrade(store.engine)
    except Exception as error:
        store.close()
        if isinstance(error, schema.StoreTooNew | schema.StoreLocked | SnapshotUnusable | DBAPIError):
            raise CannotStart(f"{say('хранилище', 'store')} {store.name}: {error}") from error
        raise
    return store
