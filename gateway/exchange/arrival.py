"""A call at the door: who makes it, when, and what this gateway's checks compare it with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from gateway.domain.disruptions import Draws
from gateway.domain.limits import Limits
from gateway.domain.participants import Participant, Participants
from gateway.domain.routing import ReplyAddresses
from gateway.domain.signature_mode import SignatureMode
from gateway.exchange.file_store import FileStore
from gateway.exchange.law import Law
from gateway.exchange.signatures import Finding, Signatures
from gateway.exchange.signed_files import VerifiedFile
from gateway.library import Library
from gateway.library.wire_schema import WireSchemas
from gateway.protocol.operations import Call
from gateway.values import value
from gateway.xml import Element


def signatures_off() -> Signatures:
    """Return what verifies nothing and signs nothing."""
    return Signatures(SignatureMode.OFF, None, Participants())


@dataclass(frozen=True, slots=True)
class Rules:
    """What the checks of one gateway compare with."""

    library: Library
    wire_schemas: WireSchemas
    participants: Participants
    addresses: ReplyAddresses
    limits: Limits
    clock_is_real: Callable[[], bool] = lambda: True
    """Whether callers have the same time as this gateway, because both have the real one."""
    law: Law = field(default_factory=Law)
    files: FileStore | None = None
    """Files by reference; None where there are none, and no message can name any."""
    signatures: Signatures = field(default_factory=signatures_off)


@value
class Arrival:
    """A call, who makes it and when. `body_child` is what `call` was read from.

    `draws` are what breaks on purpose in it; None while no rule holds. `files` is what came of the signatures of its
    files, `findings` what validation finds wrong with signatures and lets pass.
    """

    call: Call
    caller: Participant
    now: datetime
    body_child: Element
    draws: Draws | None = None
    findings: list[Finding] = field(default_factory=list)
    files: list[VerifiedFile] = field(default_factory=list)
