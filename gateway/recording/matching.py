"""Which recorded exchange answers a live request: of its type, and of its content as it is compared (`masks`).

Each recorded exchange is used once, in the order in which it was recorded; what happens after the last one is a
`Reuse`. Where nothing fits, a `Miss` says what was recorded instead and what differs.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gateway.protocol.messages import MessageType
from gateway.recording.conversation import Exchange
from gateway.recording.differences import Difference, differences, distance
from gateway.recording.masks import MARK, Masks, Node, masked
from gateway.recording.said import Unreadable, content_of
from gateway.words import say
from gateway.xml import Element

_MOST_COMPARED: Final = 200
"""Recorded requests of a type that a missed one is compared with: a look at more would hold up the next request."""
_MOST_TOLD: Final = 8
"""Differences, and recorded types, that one line of text names."""
_LONGEST_TOLD: Final = 80


class Reuse(StrEnum):
    """What answers a request that was recorded n times when it comes for the (n + 1)th time.

    LAST: the last one again. FIRST: they begin again from the first. NEVER: nothing, it is a miss.
    """

    LAST = "last"
    FIRST = "first"
    NEVER = "never"


class MissReason(StrEnum):
    """Why no recorded exchange answers a request."""

    NEVER_RECORDED = "never-recorded"
    DIFFERS = "differs"
    USED_UP = "used-up"


@dataclass(frozen=True, slots=True)
class Match:
    """The exchange that answers; `again` says how often it has answered before."""

    exchange: Exchange
    again: int = 0


@dataclass(frozen=True, slots=True)
class Miss:
    """No recorded exchange answers. `closest` is the most alike request of the type, `differences` from it to this."""

    message_type: MessageType
    reason: MissReason
    closest: Exchange | None = None
    differences: tuple[Difference, ...] = ()
    recorded: tuple[MessageType, ...] = ()
    """The types that were recorded, where this one never was."""

    def say(self) -> str:
        """Return one line for people."""
        if self.closest is None:
            return self._never_recorded()
        line = f" ({say('строка', 'line')} {self.closest.request.line})" if self.closest.request.line else ""
        number = f"{self.closest.number}{line}"
        if self.reason is MissReason.USED_UP:
            return say(
                f"{self.message_type.root}: все записанные обмены с таким запросом уже использованы, последний — "
                f"№ {number}",
                f"{self.message_type.root}: every recorded exchange with this request has been used, the last one is "
                f"no. {number}",
            )
        told = "; ".join(map(_told, self.differences[:_MOST_TOLD]))
        if len(self.differences) > _MOST_TOLD:
            told += say(f"; ещё {len(self.differences) - _MOST_TOLD}", f"; {len(self.differences) - _MOST_TOLD} more")
        return say(
            f"{self.message_type.root}: такого запроса в записи нет; ближайший — № {number}, отличается: {told}",
            f"{self.message_type.root}: no such request was recorded; the closest is no. {number}, differing: {told}",
        )

    def _never_recorded(self) -> str:
        listed = ", ".join(each.root for each in self.recorded[:_MOST_TOLD])
        if len(self.recorded) > _MOST_TOLD:
            listed += ", …"
        listed = listed or say("ничего", "nothing")
        return say(
            f"{self.message_type}: запросов этого вида в записи нет; есть: {listed}",
            f"{self.message_type}: no request of this kind was recorded; there are: {listed}",
        )


@dataclass(slots=True)
class _Alike:
    """Recorded exchanges whose requests are equal as they are compared, and how many answers they have given."""

    exchanges: list[Exchange]
    given: int = 0


MasksOf = Callable[[MessageType], Masks]
"""What the kind of requests with this root does not compare."""


def _no_masks(_: MessageType) -> Masks:
    return Masks()


class Matcher:
    """Finds exchanges among those given. `unreadable` are the requests that nothing can be compared with."""

    def __init__(self, exchanges: Iterable[Exchange], masks: MasksOf = _no_masks, reuse: Reuse = Reuse.LAST) -> None:
        self._masks, self._reuse = masks, reuse
        self._by_type: dict[MessageType, dict[Node, _Alike]] = {}
        self.unreadable: list[tuple[Exchange, str]] = []
        for exchange in exchanges:
            try:
                content = content_of(exchange.request)
            except Unreadable as error:
                self.unreadable.append((exchange, str(error)))
                continue
            if content is not None:
                node = self._compared(content, exchange.message_id)
                alike = self._by_type.setdefault(MessageType.of(content), {})
                alike.setdefault(node, _Alike([])).exchanges.append(exchange)

    def __len__(self) -> int:
        return sum(len(alike.exchanges) for by_node in self._by_type.values() for alike in by_node.values())

    @property
    def types(self) -> tuple[MessageType, ...]:
        """The types that there are exchanges of, sorted."""
        return tuple(sorted(self._by_type))

    def match(self, content: Element, message_id: str = "") -> Match | Miss:
        """Return what answers a request with this content; a Match counts as used.

        `message_id` is the request's own: where the content repeats it, that is no difference.
        """
        message_type = MessageType.of(content)
        by_node = self._by_type.get(message_type)
        if by_node is None:
            return Miss(message_type, MissReason.NEVER_RECORDED, recorded=self.types)
        node = self._compared(content, message_id)
        alike = by_node.get(node)
        return self._closest(message_type, node, by_node) if alike is None else self._next(message_type, alike)

    def _compared(self, content: Element, message_id: str) -> Node:
        return masked(content, self._masks(MessageType.of(content)), {message_id.lower(): MARK} if message_id else {})

    def _next(self, message_type: MessageType, alike: _Alike) -> Match | Miss:
        again, place = divmod(alike.given, len(alike.exchanges))
        if again and self._reuse is Reuse.NEVER:
            return Miss(message_type, MissReason.USED_UP, alike.exchanges[-1])
        if again and self._reuse is Reuse.LAST:
            again, place = alike.given - len(alike.exchanges) + 1, -1
        alike.given += 1
        return Match(alike.exchanges[place], again)

    @staticmethod
    def _closest(message_type: MessageType, node: Node, by_node: dict[Node, _Alike]) -> Miss:
        compared = list(by_node)[:_MOST_COMPARED]
        best = min(compared, key=lambda other: distance(other, node))
        return Miss(message_type, MissReason.DIFFERS, by_node[best].exchanges[0], tuple(differences(best, node)))


def _told(difference: Difference) -> str:
    nothing = say("ничего", "nothing")
    old, new = (nothing if value is None else repr(value[:_LONGEST_TOLD]) for value in (difference.old, difference.new))
    return f"{difference.path}: {old} → {new}"
