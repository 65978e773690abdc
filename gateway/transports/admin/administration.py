"""What the endpoints of one gateway are served from. Imported at the start, so it imports no view."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from gateway.domain.disruptions import Disruptions
from gateway.domain.limits import Limits
from gateway.exchange.by_hand import ByHand
from gateway.exchange.cases import Cases
from gateway.exchange.examination import Examiner
from gateway.exchange.inquiry import Inquiry
from gateway.exchange.kinds import Kinds
from gateway.exchange.live_recordings import LiveRecordings
from gateway.exchange.namespaces import Namespaces
from gateway.exchange.remedies import Remedies
from gateway.exchange.roster import Roster
from gateway.exchange.services import Services
from gateway.exchange.signatures import Signatures
from gateway.exchange.snapshots import Snapshots
from gateway.exchange.timekeeping import Timekeeper
from gateway.library import Library
from gateway.signature.keys import Signer
from gateway.transports.admin.guard import Guard


@dataclass(frozen=True, slots=True)
class Administration:
    """Everything that a view may need. `nodes` are the simulated agencies, which the gateway does not know."""

    health: Callable[[], Mapping[str, object]]
    inquiry: Inquiry
    roster: Roster
    library: Library
    kinds: Kinds
    services: Services
    cases: Cases
    remedies: Remedies
    by_hand: ByHand
    examiner: Examiner
    signatures: Signatures
    signer_of: Callable[[str], Signer] | None
    """What participants of this sandbox sign with; None where signatures are off."""
    timekeeper: Timekeeper
    disruptions: Disruptions
    recordings: LiveRecordings
    guard: Guard
    limits: Limits
    body_timeout: float
    nodes: Any
    closing: asyncio.Event
    """Set when the server ends, so that streams end with it."""
    namespaces: Namespaces[Any]
    snapshots: Snapshots
    prefix: str
    """What every address of this gateway begins with: nothing, unless it is a namespace."""


ADMINISTRATION: Final = web.AppKey("administration", Administration)
