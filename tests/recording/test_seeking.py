"""What is sought in a journal: which entries match, which come near, what an XPath may be."""

from collections.abc import Iterator

import pytest

from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.protocol.faults import Explanation
from gateway.recording.content_xpath import ContentXPath, InvalidXPath, is_something
from gateway.recording.format import RecordedEntry
from gateway.recording.seeking import Seen, Sought, Tally, seen_in
from gateway.storage import journal
from gateway.xml import parse
from tests.exchange.participants import EGRUL, IN_MEMORY, INN, START, Sandbox, request_type, response_type

CONTENT = parse(
    '<a:Запрос xmlns:a="urn:a" xmlns:b="urn:b" b:ИдЗапрос="7"><b:ИНН>770</b:ИНН><a:Пусто/><!-- x -->'
    "</a:Запрос>".encode()
)


@pytest.fixture
def smev() -> Iterator[Sandbox]:
    sandbox = Sandbox(IN_MEMORY)
    yield sandbox
    sandbox.close()


@pytest.fixture
async def seen(smev: Sandbox) -> list[Seen]:
    """The city asks for two things; the tax service takes and answers one."""
    city, fns = smev.speaker("CITY"), smev.speaker("FNS")
    await city.sends(INN)
    await city.sends(EGRUL)
    request = await fns.takes(request_type(INN))
    await fns.acks(request)
    await fns.answers(request)
    stored = smev.store.run_now(journal.read)
    return list(seen_in(RecordedEntry(each.seq, each.entry) for each in stored))


def found(sought: Sought, seen: list[Seen]) -> list[str]:
    return [f"{each.entry.event} {each.entry.operation}" for each in seen if sought.matches(each)]


def test_each_condition_narrows(seen: list[Seen]) -> None:
    sent, delivered = JournalEvent.SENT, JournalEvent.DELIVERED
    assert found(Sought(event=sent), seen) == ["sent SendRequest", "sent SendRequest", "sent SendResponse"]
    assert found(Sought(event=sent, operation="SendResponse"), seen) == ["sent SendResponse"]
    assert found(Sought(event=sent, message_types=(str(request_type(EGRUL)),)), seen) == ["sent SendRequest"]
    both = (str(request_type(INN)), str(response_type(INN)))
    assert found(Sought(event=sent, message_types=both), seen) == ["sent SendRequest", "sent SendResponse"]
    assert found(Sought(participant="FNS", event=delivered), seen) == ["delivered GetRequest"]
    assert found(Sought(participant="MVD"), seen) == []
    assert found(Sought(status="underProcessing"), seen) == ["acknowledged Ack"]
    assert found(Sought(fault="AccessDenied"), seen) == []
    assert len(found(Sought(message_id=seen[0].entry.message_id), seen)) == 6
    assert len(found(Sought(), seen)) == len(seen) == 8


def test_a_delivery_has_the_content_and_an_ack_the_type_of_its_message(seen: list[Seen]) -> None:
    born = Sought(event=JournalEvent.DELIVERED, xpath=ContentXPath("//ФИО"))
    assert found(born, seen) == found(Sought(event=JournalEvent.DELIVERED), seen) != []
    acked = Sought(event=JournalEvent.ACKNOWLEDGED, message_types=(str(request_type(INN)),))
    assert found(acked, seen) == ["acknowledged Ack"]


def test_a_finding_of_the_law_knows_its_case() -> None:
    told = Explanation("once_only", "", "", where="37-1")
    entry = JournalEntry(START, JournalEvent.VIOLATION, participant="CITY", explanation=told)
    assert Sought(case="37-1").matches(Seen(RecordedEntry(1, entry)))
    assert not Sought(case="37-2").matches(Seen(RecordedEntry(1, entry)))
    assert Sought(case="37-3").matches(Seen(RecordedEntry(2, JournalEntry(START, JournalEvent.SENT)), case="37-3"))


def test_the_nearest_meet_most_and_say_what_is_missing(seen: list[Seen]) -> None:
    sought = Sought(event=JournalEvent.SENT, operation="SendResponse", participant="FNS", fault="X", case="37")
    nearest = sought.nearest(seen)
    assert [len(near.unmet) for near in nearest] == sorted(len(near.unmet) for near in nearest)
    first = nearest[0]
    assert [each.name for each in first.met] == ["event", "operation", "participant"]
    assert [(each.name, each.expected, each.found) for each in first.unmet] == [("case", "37", ""), ("fault", "X", "")]
    assert str(first).startswith("#7 sent SendResponse FNS → CITY FNSINNSingularResponse requestIsQueued")
    assert len(nearest) == 5
    assert Sought().nearest(seen) == []


def test_what_is_told_of_an_xpath_that_finds_nothing(seen: list[Seen]) -> None:
    sought = Sought(event=JournalEvent.SENT, xpath=ContentXPath("//ОГРН='1'"))
    assert {near.unmet[-1].found for near in sought.nearest(seen)} == {"False"}
    sought = Sought(event=JournalEvent.SENT, xpath=ContentXPath("//Нигде"))
    assert "в FNSINNSingularResponse ничего" in {near.unmet[-1].found for near in sought.nearest(seen)}


def test_a_tally_counts_by_every_word(seen: list[Seen]) -> None:
    tally = Tally()
    for each in seen:
        tally.add(each)
    assert tally.total == 8
    assert tally.by["event"] == {"sent": 3, "accepted": 3, "delivered": 1, "acknowledged": 1}
    assert tally.by["participant"] == {"CITY": 4, "FNS": 4}
    assert tally.by["messageType"][str(request_type(INN))] == 4
    assert tally.by["fault"] == {}


# --- XPath -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "holds"),
    [
        ("//ИНН", True),
        ("ИНН", True),
        ("/Запрос/ИНН", True),
        ("//ИНН='770'", True),
        ("//ИНН='771'", False),
        ("@ИдЗапрос='7'", True),
        ("string(//Пусто)", False),
        ("//Пусто", True),
        ("count(//*)", True),
        ("count(//ОГРН)", False),
        ("number('x')", False),
        ("//comment()", True),
        ("contains(//ИНН, '70')", True),
        ("//Нигде", False),
    ],
)
def test_a_path_goes_by_local_names(path: str, holds: bool) -> None:
    assert is_something(ContentXPath(path).evaluate(CONTENT)) is holds


def test_the_content_stays_as_it_was() -> None:
    ContentXPath("//ИНН").evaluate(CONTENT)
    assert CONTENT.tag == "{urn:a}Запрос"


BAD: list[str] = [
    "",
    "//",
    "a:ИНН",
    "//ИНН[",
    "$x",
    "re:test('a','b')",
    "document('/etc/passwd')",
    "x" * 501,
    "nofn()",
]


@pytest.mark.parametrize("path", BAD)
def test_a_bad_path_is_refused_with_what_was_expected(path: str) -> None:
    with pytest.raises(InvalidXPath, match="ожидался XPath"):
        ContentXPath(path)


def test_a_path_that_would_take_for_ever_matches_nothing_and_says_why() -> None:
    wide = parse(b"<a>" + b"<b/>" * 5_000 + b"</a>")
    seen = Seen(RecordedEntry(1, JournalEntry(START, JournalEvent.SENT)), content=lambda: wide)
    dear = Sought(xpath=ContentXPath("//*[//*[//*]]"))
    assert not dear.matches(seen)
    assert "слишком дорого для 5001 элементов" in str(dear.compared(seen))
    assert Sought(xpath=ContentXPath("//b")).matches(seen)
