"""The rules of one gateway that break things on purpose: they are asked where SMEV decides, and end by themselves.

With one seed the same run breaks in the same places: whether a rule hits is drawn from its seed, its name and the
number of times that it was asked, and from nothing else.
"""

import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import Final

from gateway.domain.breakages import BREAKAGES, OF_SIGNATURE, Breakage, Direction, Place
from gateway.domain.clock import Clock
from gateway.domain.disruption import Disruption, InvalidDisruption
from gateway.protocol.faults import DECLARED
from gateway.values import value
from gateway.words import say

ENDED_LISTED: Final = 50
"""How many rules that have ended stay listed."""


def drawn(seed: int, name: str, number: int, what: str = "") -> float:
    """Return a number from 0 (included) to 1 (excluded): the same in every run, for every order of asking."""
    digest = blake2b(f"{seed}/{name}/{number}/{what}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest) >> 11) / (1 << 53)  # 53 bits: what a float holds exactly


class DisruptionHolds(InvalidDisruption):
    """A rule of that name holds already."""


class Ending(StrEnum):
    """Why a rule hits no more."""

    COUNT = "count"
    TIME = "time"


@value
class Occasion:
    """A place that a message or a call comes by. Empty fields are not known there.

    `participant` is whom a rule would hit, `counterpart` the other side; `kind` is the id of a data kind,
    `message_type` the full name of a root; `attachments` how many come with the message (on taking), `signed` whether
    SMEV has signed it (in the answer).
    """

    place: Place
    participant: str
    counterpart: str = ""
    kind: str = ""
    message_type: str = ""
    operation: str = ""
    direction: Direction | None = None
    version: str = ""
    message_id: str = ""
    original_message_id: str = ""
    attachments: int = 0
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that hits on its `number`-th occasion (from 1)."""

    rule: Disruption
    number: int

    def below(self, limit: int, what: str) -> int:
        """Return a number from 0 to `limit` - 1 for `what`, drawn as the hit was."""
        return int(drawn(self.rule.seed, self.rule.name, self.number, what) * limit)


@dataclass(frozen=True, slots=True)
class Standing:
    """A rule, how often it was asked and has hit, since when and until when it holds, whether it has ended.

    `left` is how many hits are left, None without a bound; `reverted` is None while it holds.
    """

    rule: Disruption
    asked: int
    hits: int
    since: datetime
    until: datetime | None
    left: int | None
    reverted: Ending | None


@dataclass(slots=True)
class _Running:
    rule: Disruption
    since: datetime
    until: datetime | None
    asked: int = 0
    hits: int = 0
    ended: Ending | None = None

    def standing(self) -> Standing:
        left = None if self.rule.count is None else self.rule.count - self.hits
        return Standing(self.rule, self.asked, self.hits, self.since, self.until, left, self.ended)


class Disruptions:
    """The rules of one gateway, in memory. Threads may ask at once: work in the store may run in one of its own."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._ended: deque[_Running] = deque(maxlen=ENDED_LISTED)
        self.active: tuple[_Running, ...] = ()
        """Empty as long as nothing is to break: the one thing that is looked at then."""

    def add(self, rule: Disruption) -> Standing:
        """Let `rule` hold from now on.

        Raises: DisruptionHolds when one of that name does already.
        """
        now = self._clock.now()
        with self._lock:
            self._end_by_time(now)
            if any(running.rule.name == rule.name for running in self.active):
                raise DisruptionHolds(
                    "name",
                    say("имя, которого ещё нет", "a name that is not there yet"),
                    rule.name,
                    say("уберите правило или назовите новое иначе", "remove that rule, or name the new one otherwise"),
                )
            self._forget(rule.name)
            running = _Running(rule, now, None if rule.lasts is None else _later(now, rule.lasts))
            self.active = (*self.active, running)
            return running.standing()

    def remove(self, name: str) -> bool:
        """Take a rule back, or off the list when it has ended; tell whether there was one."""
        with self._lock:
            kept = tuple(running for running in self.active if running.rule.name != name)
            found = len(kept) < len(self.active)
            self.active = kept
            return self._forget(name) or found

    def clear(self) -> int:
        """Take every rule back; return how many were listed."""
        with self._lock:
            count = len(self.active) + len(self._ended)
            self.active = ()
            self._ended.clear()
            return count

    def list(self) -> tuple[Standing, ...]:
        """Return the rules that hold in the order in which they came, then those that have ended, oldest first."""
        now = self._clock.now()
        with self._lock:
            self._end_by_time(now)
            return tuple(running.standing() for running in (*self.active, *self._ended))

    def ask(self, occasion: Occasion) -> Hit | None:
        """Return what breaks here: the first rule that hits. Every rule that fits until then has had its occasion."""
        now = self._clock.now()
        with self._lock:
            self._end_by_time(now)
            for running in self.active:
                rule = running.rule
                if not _fits(rule, occasion):
                    continue
                running.asked += 1
                if drawn(rule.seed, rule.name, running.asked) < rule.probability:
                    running.hits += 1
                    if running.hits == rule.count:
                        self._end(running, Ending.COUNT)
                    return Hit(rule, running.asked)
        return None

    def give_back(self, hit: Hit) -> None:
        """Count a hit no more: the call was refused for another reason, and nothing broke."""
        with self._lock:
            for running in (*self.active, *self._ended):
                if running.rule is hit.rule:
                    running.hits -= 1
                    if running.ended is Ending.COUNT:
                        running.ended = None
                        self._ended.remove(running)
                        self.active = (*self.active, running)

    def _end_by_time(self, now: datetime) -> None:
        for running in self.active:
            if running.until is not None and running.until <= now:
                self._end(running, Ending.TIME)

    def _end(self, running: _Running, why: Ending) -> None:
        running.ended = why
        self.active = tuple(each for each in self.active if each is not running)
        self._ended.append(running)

    def _forget(self, name: str) -> bool:
        kept = [running for running in self._ended if running.rule.name != name]
        found = len(kept) < len(self._ended)
        self._ended = deque(kept, ENDED_LISTED)
        return found


class Draws:
    """What breaks in one call. Each occasion is drawn once, however often work in the store runs again."""

    def __init__(self, disruptions: Disruptions) -> None:
        self._disruptions = disruptions
        self._known: dict[tuple[Place, str, str], Hit | None] = {}
        self.hits: list[tuple[Hit, Occasion]] = []
        """What was drawn, in order."""

    def ask(self, occasion: Occasion) -> Hit | None:
        """Return what breaks here."""
        key = (occasion.place, occasion.participant, occasion.message_id)
        if key not in self._known:
            hit = self._known[key] = self._disruptions.ask(occasion)
            if hit is not None:
                self.hits.append((hit, occasion))
        return self._known[key]

    def give_back(self) -> None:
        """Nothing of it happened."""
        for hit, _ in self.hits:
            self._disruptions.give_back(hit)
        self.hits.clear()


def _fits(rule: Disruption, occasion: Occasion) -> bool:
    kind = BREAKAGES[rule.does]
    if kind.place is not occasion.place or (kind.operations and occasion.operation not in kind.operations):
        return False
    if rule.does is Breakage.FAULT and rule.fault not in {
        fault.__name__ for fault in DECLARED.get(occasion.operation, ())
    }:
        return False
    if rule.does is Breakage.TAMPERED_ATTACHMENT and not occasion.attachments:
        return False
    if rule.does in OF_SIGNATURE and not occasion.signed:
        return False
    return (
        rule.participant in (None, occasion.participant)
        and rule.counterpart in (None, occasion.counterpart)
        and rule.kind in (None, occasion.kind, occasion.message_type)
        and rule.operation in (None, occasion.operation)
        and rule.direction in (None, occasion.direction)
    )


def _later(now: datetime, lasts: timedelta) -> datetime | None:
    try:
        return now + lasts
    except OverflowError:  # a clock may stand near the year 9999
        return None
