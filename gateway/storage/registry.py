"""Participants and the gateway's own settings in the store."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from gateway.domain.clock import to_microseconds
from gateway.domain.participants import Participant
from gateway.storage.tables import PARTICIPANTS, SETTINGS


def participants(connection: Connection) -> list[Participant]:
    """Return everybody who registered by calling, in the order of mnemonics."""
    rows = connection.execute(
        select(PARTICIPANTS.c.mnemonic, PARTICIPANTS.c.name, PARTICIPANTS.c.certificate).order_by(
            PARTICIPANTS.c.mnemonic
        )
    )
    return [Participant(mnemonic, name, certificate=certificate) for mnemonic, name, certificate in rows]


def register(connection: Connection, participant: Participant, now: datetime) -> bool:
    """Keep a participant; False when another call or process has registered it meanwhile."""
    known = connection.execute(
        select(PARTICIPANTS.c.mnemonic).where(PARTICIPANTS.c.mnemonic == participant.mnemonic)
    ).first()
    if known is not None:
        return False
    connection.execute(
        insert(PARTICIPANTS),
        {
            "mnemonic": participant.mnemonic,
            "name": participant.name,
            "certificate": participant.certificate,
            "registered_at": to_microseconds(now),
        },
    )
    return True


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
