"""The gateway's clock in the store: how it goes and where it was last, so that a restart goes on from there."""

import json
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from gateway.domain.clock import ClockSetting, from_microseconds, to_microseconds
from gateway.storage import registry
from gateway.storage.tables import JOURNAL, SETTINGS

_NAME: Final = "clock"
_NEVER: Final = b"null"
_BEGINNING: Final = "clock as given"


def load(connection: Connection) -> ClockSetting | None:
    """Return the kept clock with its moment; None in a store where nothing has been written.

    Its moment is not before the last one in the journal: a killed gateway has kept its clock a second ago.
    """
    return _kept(connection, registry.setting(connection, _NAME, _NEVER))


def look(connection: Connection) -> ClockSetting | None:
    """Return the same, and write nothing."""
    written = connection.execute(select(SETTINGS.c.value).where(SETTINGS.c.name == _NAME)).scalar()
    return _kept(connection, _NEVER if written is None else bytes(written))


def _kept(connection: Connection, written: bytes) -> ClockSetting | None:
    kept = json.loads(written)
    newest = connection.execute(select(JOURNAL.c.moment).order_by(JOURNAL.c.seq.desc()).limit(1)).scalar()
    moments = [each for each in (kept and kept["moment"], newest) if each is not None]
    if not moments:
        return None
    return ClockSetting(kept and kept["scale"], from_microseconds(max(moments)))


def keep(connection: Connection, scale: float | None, moment: datetime) -> None:
    """Keep how the clock goes (None: as the machine's), and the moment that it shows."""
    text = json.dumps({"scale": scale, "moment": to_microseconds(moment)})
    registry.replace_setting(connection, _NAME, text.encode())


def given_before(connection: Connection, setting: str) -> bool:
    """Note the setting that a clock is started with; tell whether it is the one that it was started with before."""
    before = registry.setting(connection, _BEGINNING, b"")
    registry.replace_setting(connection, _BEGINNING, setting.encode())
    return before.decode() == setting
