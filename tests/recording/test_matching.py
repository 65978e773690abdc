"""Which recorded exchange answers a live request; what a miss says."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.protocol.messages import MessageType
from gateway.recording.conversation import Exchange, conversation
from gateway.recording.differences import Difference
from gateway.recording.format import RecordedEntry
from gateway.recording.masks import Masks
from gateway.recording.matching import Match, Matcher, Miss, MissReason, Reuse
from gateway.xml import Element, parse
from tests.conversation import new_id, send_request

URN: Final = "urn:test"
MORNING: Final = datetime(2013, 3, 4, 6, 0, tzinfo=UTC)


def content(name: str = "Иванов", root: str = "Request", extra: str = "") -> bytes:
    return f'<{root} xmlns="{URN}" дата="1" {extra}><ФИО>{name}</ФИО></{root}>'.encode()


def live(*given: str, **named: str) -> Element:
    return parse(content(*given, **named))


def recorded(*contents: bytes) -> tuple[Exchange, ...]:
    """Exchanges with these requests, one a second."""
    entries = []
    for number, each in enumerate(contents, start=1):
        message_id = new_id()
        written = each.replace(b"{id}", message_id.encode())
        entry = JournalEntry(
            moment=MORNING + timedelta(seconds=number),
            event=JournalEvent.SENT,
            participant="CITY",
            counterpart="FNS",
            operation="SendRequest",
            message_id=message_id,
            original_message_id=message_id,
            message_type=str(parse(written).tag),
            envelope=send_request(message_id=message_id, content=written),
        )
        entries.append(RecordedEntry(number, entry, line=number + 1))
    return conversation(entries).exchanges


def matched(found: Match | Miss) -> int:
    assert isinstance(found, Match), found
    return found.exchange.number


def missed(found: Match | Miss) -> Miss:
    assert isinstance(found, Miss), found
    return found


def test_a_request_is_found_by_what_it_says_not_by_how_it_is_written() -> None:
    matcher = Matcher(recorded(content("Иванов"), content("Петров")))
    written = f'<p:Request xmlns:p="{URN}" дата="1">\n  <p:ФИО>Петров</p:ФИО>\n</p:Request>'
    assert matched(matcher.match(parse(written.encode()))) == 2
    assert matched(matcher.match(live("Иванов"))) == 1


@pytest.mark.parametrize(
    ("reuse", "numbers"), [(Reuse.LAST, [1, 2, 2, 2, 2]), (Reuse.FIRST, [1, 2, 1, 2, 1])], ids=["last", "first"]
)
def test_each_exchange_answers_once_in_order_and_then_again(reuse: Reuse, numbers: list[int]) -> None:
    matcher = Matcher(recorded(content(), content()), reuse=reuse)
    found = [matcher.match(live()) for _ in numbers]
    assert [matched(each) for each in found] == numbers
    assert [each.again > 0 for each in found if isinstance(each, Match)] == [False, False, True, True, True]


def test_a_request_that_came_too_often_is_missed_where_nothing_is_used_again() -> None:
    matcher = Matcher(recorded(content()), reuse=Reuse.NEVER)
    assert matched(matcher.match(live())) == 1
    miss = missed(matcher.match(live()))
    assert miss.reason is MissReason.USED_UP
    assert "уже использованы" in miss.say()
    assert "№ 1 (строка 2)" in miss.say()


def test_what_a_kind_calls_volatile_is_not_compared() -> None:
    masks = Masks(volatile=("@дата",))
    matcher = Matcher(recorded(content()), lambda _: masks)
    assert matched(matcher.match(parse(content().replace('дата="1"'.encode(), 'дата="2"'.encode())))) == 1


def test_the_own_message_id_in_a_content_is_no_difference() -> None:
    matcher = Matcher(recorded(content(extra='номер="{id}"')))
    mine = new_id()
    assert matched(matcher.match(live(extra=f'номер="{mine}"'), mine)) == 1
    assert isinstance(matcher.match(live(extra=f'номер="{new_id()}"'), mine), Miss)


def test_a_miss_names_the_closest_request_and_what_differs() -> None:
    matcher = Matcher(recorded(content("Иванов", extra='пол="Ж"'), content("Петров", extra='пол="М"')))
    miss = missed(matcher.match(live("Сидоров", extra='пол="М"')))
    assert (miss.reason, miss.closest and miss.closest.number) == (MissReason.DIFFERS, 2)
    assert miss.differences == (Difference("ФИО", "Петров", "Сидоров"),)
    assert miss.say() == (
        "Request: такого запроса в записи нет; ближайший — № 2 (строка 3), отличается: ФИО: 'Петров' → 'Сидоров'"
    )


def test_a_kind_that_was_never_recorded_is_named_with_those_that_were() -> None:
    miss = missed(Matcher(recorded(content())).match(live(root="Other")))
    assert (miss.reason, miss.closest) == (MissReason.NEVER_RECORDED, None)
    assert miss.recorded == (MessageType(URN, "Request"),)
    assert miss.say() == f"{{{URN}}}Other: запросов этого вида в записи нет; есть: Request"
    assert "есть: ничего" in missed(Matcher([]).match(live())).say()


def test_an_envelope_that_cannot_be_read_is_told_and_the_others_are_found() -> None:
    first, second = recorded(content(), content("Петров"))
    broken = RecordedEntry(1, JournalEntry(MORNING, JournalEvent.SENT, envelope=b"<broken"), line=2)
    matcher = Matcher([Exchange(1, broken, (broken,)), second])
    assert [exchange.number for exchange, _ in matcher.unreadable] == [1]
    assert (len(matcher), matched(matcher.match(live("Петров")))) == (1, 2)
    assert first.number == 1
