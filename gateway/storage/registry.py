"""Participants and the gateway's own settings in the store."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select, update

from gateway.domain.clock import to_microseconds
from gateway.domain.participants import Participant
from gateway.storage.tables import PARTICIPANTS, SETTINGS

_P = PARTICIPANTS.c

_TOPOLOGY: Final = "topology"
_REPLY_SECRET: Final = "reply-address secret"  # noqa: S105 - its name
_OF_THE_GATEWAY: Final = (_TOPOLOGY, "clock as given")
"""Settings that say how the gateway was started; all others are of what has happened."""


def participants(connection: Connection) -> list[Participant]:
    """Return everybody whom a call or the admin API registered, in the order of mnemonics."""
    rows = connection.execute(
        select(_P.mnemonic, _P.name, _P.oktmo, _P.may_request, _P.certificate).order_by(_P.mnemonic)
    )
    return [
        Participant(mnemonic, name, oktmo, None if rights is None else frozenset(json.loads(rights)), certificate)
        for mnemonic, name, oktmo, rights, certificate in rows
    ]


def edits(connection: Connection) -> dict[str, tuple[str, ...] | None]:
    """Return mnemonic -> kinds that it provides, of those whom the admin API wrote; None: it did not say."""
    rows = connection.execute(select(_P.mnemonic, _P.provides).where(_P.edited).order_by(_P.mnemonic))
    return {mnemonic: None if provides is None else tuple(json.loads(provides)) for mnemonic, provides in rows}


def register(connection: Connection, participant: Participant, now: datetime) -> bool:
    """Keep a participant who called; False when another call or process has registered it meanwhile."""
    known = connection.execute(select(_P.mnemonic).where(_P.mnemonic == participant.mnemonic)).first()
    if known is not None:
        return False
    connection.execute(
        insert(PARTICIPANTS), {**_row(participant), "registered_at": to_microseconds(now), "edited": False}
    )
    return True


def keep(connection: Connection, participant: Participant, provides: Iterable[str] | None, now: datetime) -> None:
    """Keep a participant as the admin API wrote it, in place of what is kept of it; None as in `edits`."""
    row = {**_row(participant), "provides": None if provides is None else _listed(provides), "edited": True}
    changed = connection.execute(update(PARTICIPANTS).where(_P.mnemonic == participant.mnemonic).values(row))
    if not changed.rowcount:
        connection.execute(insert(PARTICIPANTS), {**row, "registered_at": to_microseconds(now)})


def forget(connection: Connection, mnemonic: str) -> None:
    """Drop a participant."""
    connection.execute(delete(PARTICIPANTS).where(_P.mnemonic == mnemonic))


def forget_edits(connection: Connection) -> int:
    """Drop everybody whom the admin API wrote; return how many."""
    return connection.execute(delete(PARTICIPANTS).where(_P.edited)).rowcount


def _row(participant: Participant) -> dict[str, Any]:
    rights = participant.may_request
    return {
        "mnemonic": participant.mnemonic,
        "name": participant.name,
        "certificate": participant.certificate,
        "oktmo": participant.oktmo,
        "may_request": None if rights is None else _listed(sorted(rights)),
    }


def _listed(kinds: Iterable[str]) -> str:
    return json.dumps(list(kinds), ensure_ascii=False)


def setting(connection: Connection, name: str, initial: bytes) -> bytes:
    """Return a setting of this store; the first time keep and return `initial`."""
    value = connection.execute(select(SETTINGS.c.value).where(SETTINGS.c.name == name)).scalar()
    if value is not None:
        return bytes(value)
    connection.execute(insert(SETTINGS), {"name": name, "value": initial})
    return initial


def replace_setting(connection: Connection, name: str, value: bytes) -> None:
    """Write a setting that exists."""
    connection.execute(update(SETTINGS).where(SETTINGS.c.name == name).values(value=value))


def reply_secret(connection: Connection, fresh: bytes) -> bytes:
    """Return what reply addresses are sealed with; the first time keep and return `fresh`."""
    return setting(connection, _REPLY_SECRET, fresh)


def of_the_gateway(connection: Connection) -> dict[str, bytes]:
    """Return the settings that say how the gateway was started, by name."""
    rows = connection.execute(select(SETTINGS.c.name, SETTINGS.c.value).where(SETTINGS.c.name.in_(_OF_THE_GATEWAY)))
    return {name: bytes(value) for name, value in rows}


def put_back(connection: Connection, settings: Mapping[str, bytes]) -> None:
    """Write settings that `of_the_gateway` returned, whether they are there or not."""
    connection.execute(delete(SETTINGS).where(SETTINGS.c.name.in_(_OF_THE_GATEWAY)))
    for name, value in settings.items():
        connection.execute(insert(SETTINGS), {"name": name, "value": value})


def note_topology(connection: Connection, name: str) -> None:
    """Keep which topology the gateway of this store has: reports take the names of bodies from it."""
    written = name.encode()
    if setting(connection, _TOPOLOGY, written) != written:
        replace_setting(connection, _TOPOLOGY, written)


def topology(connection: Connection) -> str | None:
    """Return the topology that the store's gateway had last; None where none has run."""
    kept = connection.execute(select(SETTINGS.c.value).where(SETTINGS.c.name == _TOPOLOGY)).scalar()
    return None if kept is None else bytes(kept).decode()
