"""Which exchange of one recording is which of another: by who asks whom for what and on whose behalf, then by content.

Among those that agree in all this, equal contents are paired first, then the nearest; order decides where nothing else
does. What is left over happened in one of the two only.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.recording.contents import Run
from gateway.recording.conversation import Exchange
from gateway.recording.nearest import facts, nearest

_DEEPEST: Final = 50
"""Steps of an origin that are looked at."""
Step = tuple[str, str, str]
_Group = tuple[list[Exchange], list[Exchange]]


@dataclass(frozen=True, slots=True)
class Pairing:
    """Pairs in the order of the old recording, and what the other one does not have."""

    pairs: tuple[tuple[Exchange, Exchange], ...]
    only_old: tuple[Exchange, ...]
    only_new: tuple[Exchange, ...]


def pair(old: Run, new: Run) -> Pairing:
    """Pair the exchanges of two recordings."""
    work = _Pairing(old, new)
    groups = _groups(old, new)
    for key in sorted(groups, key=len):  # on whose behalf is known before what was sent on it
        work.settle(*groups[key])
    work.settle_strays()
    pairs = sorted(work.pairs, key=lambda found: found[0].number)
    gone_old, gone_new = ({found[side].number for found in pairs} for side in (0, 1))
    return Pairing(
        tuple(pairs),
        tuple(each for each in old.exchanges if each.number not in gone_old),
        tuple(each for each in new.exchanges if each.number not in gone_new),
    )


def origin(run: Run, exchange: Exchange) -> tuple[Step, ...]:
    """Return who asked whom for what, from the beginning down to this exchange."""
    steps: list[Step] = []
    at: Exchange | None = exchange
    while at is not None and len(steps) < _DEEPEST:
        steps.append((at.consumer, at.provider, at.request.entry.message_type))
        at = run.parents.get(at.number)
    return tuple(reversed(steps))


def _groups(old: Run, new: Run) -> dict[tuple[Step, ...], _Group]:
    groups: dict[tuple[Step, ...], _Group] = defaultdict(lambda: ([], []))
    for side, run in enumerate((old, new)):
        for exchange in run.exchanges:
            groups[origin(run, exchange)][side].append(exchange)
    return groups


class _Pairing:
    def __init__(self, old: Run, new: Run) -> None:
        self._old, self._new = old, new
        self.pairs: list[tuple[Exchange, Exchange]] = []
        self._partners: dict[int, int] = {}  # number in the old -> number in the new
        self._strays: _Group = ([], [])

    def settle(self, olds: list[Exchange], news: list[Exchange]) -> None:
        """Pair what agrees in its origin."""
        for same in (self._text_at_home, self._text, self._content_at_home, self._content):
            olds, news = self._equal(olds, news, same)
        families: dict[Hashable, _Group] = defaultdict(lambda: ([], []))
        for side, (run, exchanges) in enumerate(((self._old, olds), (self._new, news))):
            for each in exchanges:
                families[self._family(run, each)][side].append(each)
        left: _Group = ([], [])
        for group in families.values():
            for side, exchanges in enumerate(self._nearest(*group)):
                left[side].extend(exchanges)
        for side, exchanges in enumerate(self._nearest(*left)):
            self._strays[side].extend(exchanges)

    def settle_strays(self) -> None:
        """Pair what says the same though somebody else was asked, or on another's behalf."""
        self._equal(*self._strays, lambda run, each: (each.consumer, self._content(run, each)))

    def _family(self, run: Run, exchange: Exchange) -> Hashable:
        """Return what both runs know the exchange by on whose behalf this one was sent."""
        parent = run.parents.get(exchange.number)
        if parent is None:
            return None
        return self._partners.get(parent.number, ("lost", parent.number)) if run is self._old else parent.number

    def _text(self, run: Run, exchange: Exchange) -> Hashable:
        return run.text(exchange.request)

    def _text_at_home(self, run: Run, exchange: Exchange) -> Hashable:
        return self._family(run, exchange), self._text(run, exchange)

    def _content_at_home(self, run: Run, exchange: Exchange) -> Hashable:
        return self._family(run, exchange), self._content(run, exchange)

    def _content(self, run: Run, exchange: Exchange) -> Hashable:
        return run.digest(exchange.request)

    def _equal(
        self, olds: Sequence[Exchange], news: Sequence[Exchange], key: Callable[[Run, Exchange], Hashable]
    ) -> _Group:
        if not olds or not news:
            return list(olds), list(news)
        there: dict[Hashable, deque[Exchange]] = defaultdict(deque)
        for each in news:
            there[key(self._new, each)].append(each)
        left = []
        for each in olds:
            alike = there.get(key(self._old, each))
            if alike:
                self._join(each, alike.popleft())
            else:
                left.append(each)
        rest = {each.number for alike in there.values() for each in alike}
        return left, [each for each in news if each.number in rest]

    def _nearest(self, olds: list[Exchange], news: list[Exchange]) -> _Group:
        if not olds or not news:
            return olds, news
        said_old = [facts(self._old.content(each.request)) for each in olds]
        said_new = [facts(self._new.content(each.request)) for each in news]
        found = nearest(said_old, said_new)
        for left, right in found:
            self._join(olds[left], news[right])
        gone_old, gone_new = {left for left, _ in found}, {right for _, right in found}
        return (
            [each for index, each in enumerate(olds) if index not in gone_old],
            [each for index, each in enumerate(news) if index not in gone_new],
        )

    def _join(self, old: Exchange, new: Exchange) -> None:
        self.pairs.append((old, new))
        self._partners[old.number] = new.number
