"""The transition table: every state that a request can come to is reached, none is a dead end."""

from collections import deque

import pytest

from gateway.domain.interaction import TRANSITIONS, Event, ImpossibleTransition, advance
from gateway.protocol.statuses import InteractionStatus as Status

START = Status.REQUEST_IS_QUEUED
LAST = {Status.REQUEST_IS_REJECTED_BY_SMEV, Status.MESSAGE_IS_DELIVERED}
"""Where an interaction may rest for ever."""


def reachable(start: Status) -> set[Status]:
    found, waiting = {start}, deque([start])
    while waiting:
        state = waiting.popleft()
        for after in {after for (before, _), after in TRANSITIONS.items() if before is state} - found:
            found.add(after)
            waiting.append(after)
    return found


def test_these_states_can_be_reached() -> None:
    assert reachable(START) == {
        Status.REQUEST_IS_QUEUED,
        Status.REQUEST_IS_ACCEPTED_BY_SMEV,
        Status.REQUEST_IS_REJECTED_BY_SMEV,
        Status.UNDER_PROCESSING,
        Status.RESPONSE_IS_ACCEPTED_BY_SMEV,
        Status.MESSAGE_IS_DELIVERED,
    }


def test_the_table_speaks_of_reachable_states_only() -> None:
    assert {before for before, _ in TRANSITIONS} | set(TRANSITIONS.values()) == reachable(START)


@pytest.mark.parametrize("state", sorted(reachable(START)))
def test_no_state_is_a_dead_end(state: Status) -> None:
    assert reachable(state) & LAST


def test_every_event_moves_something() -> None:
    assert {event for _, event in TRANSITIONS} == set(Event)


def test_a_rejected_request_stays_rejected() -> None:
    assert reachable(Status.REQUEST_IS_REJECTED_BY_SMEV) == {Status.REQUEST_IS_REJECTED_BY_SMEV}


def test_a_request_never_becomes_unanswered_again() -> None:
    answered = {Status.RESPONSE_IS_ACCEPTED_BY_SMEV, Status.MESSAGE_IS_DELIVERED}
    for state in answered:
        assert reachable(state) == answered


@pytest.mark.parametrize(
    ("events", "end"),
    [
        ([Event.REQUEST_REJECTED], Status.REQUEST_IS_REJECTED_BY_SMEV),
        ([Event.REQUEST_REJECTED, Event.ANSWER_TAKEN], Status.REQUEST_IS_REJECTED_BY_SMEV),
        ([Event.REQUEST_VALIDATED, Event.REQUEST_EXPIRED], Status.REQUEST_IS_REJECTED_BY_SMEV),
        ([Event.REQUEST_VALIDATED, Event.INTERIM_ANSWERED], Status.REQUEST_IS_ACCEPTED_BY_SMEV),
        ([Event.REQUEST_VALIDATED, Event.REQUEST_TAKEN], Status.UNDER_PROCESSING),
        ([Event.REQUEST_VALIDATED, Event.REQUEST_TAKEN, Event.INTERIM_ANSWERED], Status.UNDER_PROCESSING),
        ([Event.REQUEST_VALIDATED, Event.REQUEST_TAKEN, Event.RESPONSE_REJECTED], Status.UNDER_PROCESSING),
        ([Event.REQUEST_VALIDATED, Event.REQUEST_TAKEN, Event.ANSWERED], Status.RESPONSE_IS_ACCEPTED_BY_SMEV),
        ([Event.REQUEST_VALIDATED, Event.ANSWERED, Event.REQUEST_TAKEN], Status.RESPONSE_IS_ACCEPTED_BY_SMEV),
        ([Event.REQUEST_VALIDATED, Event.ANSWERED, Event.ANSWER_TAKEN], Status.MESSAGE_IS_DELIVERED),
        (
            [Event.REQUEST_VALIDATED, Event.ANSWERED, Event.ANSWER_TAKEN, Event.ANSWERED],
            Status.RESPONSE_IS_ACCEPTED_BY_SMEV,
        ),
    ],
)
def test_what_a_request_goes_through(events: list[Event], end: Status) -> None:
    state = START
    for event in events:
        state = advance(state, event)
    assert state is end


@pytest.mark.parametrize(
    ("state", "event"),
    [
        (Status.REQUEST_IS_QUEUED, Event.ANSWERED),
        (Status.REQUEST_IS_QUEUED, Event.REQUEST_TAKEN),
        (Status.UNDER_PROCESSING, Event.REQUEST_EXPIRED),
        (Status.REQUEST_IS_REJECTED_BY_SMEV, Event.ANSWERED),
        (Status.DOES_NOT_EXIST, Event.REQUEST_VALIDATED),
    ],
)
def test_what_cannot_happen_is_a_defect(state: Status, event: Event) -> None:
    with pytest.raises(ImpossibleTransition, match=f"{event} in {state}"):
        advance(state, event)
