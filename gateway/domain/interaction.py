"""What a request goes through, as one table: (state, event) -> state. The diagram in the docs is made from it."""

from enum import StrEnum
from typing import Final

from gateway.protocol.statuses import InteractionStatus as Status


class Event(StrEnum):
    """What moves an interaction."""

    REQUEST_VALIDATED = "request validated"
    REQUEST_REJECTED = "request rejected"
    REQUEST_TAKEN = "request acknowledged by the provider"
    REQUEST_EXPIRED = "end of life reached"
    INTERIM_ANSWERED = "intermediate status accepted"
    ANSWERED = "response accepted"
    RESPONSE_REJECTED = "response rejected"
    ANSWER_TAKEN = "response acknowledged by the consumer"


_UNANSWERED: Final = (Status.REQUEST_IS_ACCEPTED_BY_SMEV, Status.UNDER_PROCESSING)
_ANSWERED: Final = (Status.RESPONSE_IS_ACCEPTED_BY_SMEV, Status.MESSAGE_IS_DELIVERED)

TRANSITIONS: Final[dict[tuple[Status, Event], Status]] = {
    (Status.REQUEST_IS_QUEUED, Event.REQUEST_VALIDATED): Status.REQUEST_IS_ACCEPTED_BY_SMEV,
    (Status.REQUEST_IS_QUEUED, Event.REQUEST_REJECTED): Status.REQUEST_IS_REJECTED_BY_SMEV,
    (Status.REQUEST_IS_ACCEPTED_BY_SMEV, Event.REQUEST_TAKEN): Status.UNDER_PROCESSING,
    (Status.REQUEST_IS_ACCEPTED_BY_SMEV, Event.REQUEST_EXPIRED): Status.REQUEST_IS_REJECTED_BY_SMEV,
    # A provider may answer before it acknowledges; then the Ack changes nothing.
    **{(state, Event.REQUEST_TAKEN): state for state in (Status.UNDER_PROCESSING, *_ANSWERED)},
    **{(state, Event.INTERIM_ANSWERED): state for state in (*_UNANSWERED, *_ANSWERED)},
    **{(state, Event.RESPONSE_REJECTED): state for state in (*_UNANSWERED, *_ANSWERED)},
    # Several responses to one request are allowed (spec §6).
    **{(state, Event.ANSWERED): Status.RESPONSE_IS_ACCEPTED_BY_SMEV for state in (*_UNANSWERED, *_ANSWERED)},
    **{(state, Event.ANSWER_TAKEN): Status.MESSAGE_IS_DELIVERED for state in _ANSWERED},
    # The consumer acknowledges an intermediate status, or SMEV's rejection: nothing more follows from it.
    **{(state, Event.ANSWER_TAKEN): state for state in (*_UNANSWERED, Status.REQUEST_IS_REJECTED_BY_SMEV)},
}


class ImpossibleTransition(Exception):
    """The event cannot happen in this state: a defect of this program, not of a message."""


def advance(state: Status, event: Event) -> Status:
    """Return the state after `event`.

    Raises: ImpossibleTransition.
    """
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise ImpossibleTransition(f"{event} in {state}") from None
