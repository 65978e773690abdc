"""Back to the beginning: what the gateway has gathered is removed while it runs."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection

from gateway.exchange.inquiry import Inquiry
from gateway.storage import cases, interactions, journal, queues, schema, violations


class Resettable(StrEnum):
    """What can be reset. INTERACTIONS are messages with their states and attachments; QUEUES go with them.

    CASES are cases with their terms, and every violation; DISRUPTIONS are the rules that break things on purpose.
    """

    INTERACTIONS = "interactions"
    QUEUES = "queues"
    CASES = "cases"
    JOURNAL = "journal"
    PARTICIPANTS = "participants"
    KINDS = "kinds"
    SERVICES = "services"
    WORLD = "world"
    DISRUPTIONS = "disruptions"


DEFAULT: Final = (Resettable.INTERACTIONS, Resettable.QUEUES, Resettable.CASES, Resettable.JOURNAL)


async def reset_store(inquiry: Inquiry, what: Iterable[Resettable]) -> Mapping[Resettable, int]:
    """Empty the tables of `what`; return how many of each there were.

    One transaction: a call that is performed meanwhile happens wholly before it or wholly after it.

    Raises: StoreError.
    """
    asked = set(what)
    if Resettable.INTERACTIONS in asked:
        asked.add(Resettable.QUEUES)  # a delivery of a message that is not there could never be taken
        asked.add(Resettable.CASES)  # a case without its requests would say that its body asked nobody
    if asked.isdisjoint(_CLEARED_BY):
        return {}

    def work(connection: Connection) -> Mapping[Resettable, int]:
        schema.hold_all(connection)
        return {each: clear(connection) for each, clear in _CLEARED_BY.items() if each in asked}

    return await inquiry.aside(work)


def _clear_cases(connection: Connection) -> int:
    violations.clear(connection)
    interactions.forget_cases(connection)
    return cases.clear(connection)


_CLEARED_BY: Final = {
    Resettable.QUEUES: queues.purge,
    Resettable.INTERACTIONS: interactions.clear,
    Resettable.CASES: _clear_cases,
    Resettable.JOURNAL: journal.clear,
}
