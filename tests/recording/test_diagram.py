"""Sequence diagrams: what stands in them, that no text breaks them, that they stay small."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.domain.once_only.rules import RULES
from gateway.protocol.faults import Explanation
from gateway.protocol.messages import Rejection, RequestStatus
from gateway.protocol.participant_calls import Outgoing
from gateway.protocol.participant_replies import FaultReceived
from gateway.protocol.statuses import RejectCode
from gateway.recording.diagram import Diagram
from gateway.recording.diagram.mermaid import LONGEST
from gateway.recording.diagram.steps import Look, Step
from gateway.recording.format import RecordedEntry
from gateway.storage import journal
from gateway.xml import Element, parse
from tests.exchange.participants import (
    EGRUL,
    IN_MEMORY,
    INN,
    LEASE,
    PASSPORT,
    START,
    Sandbox,
    Speaker,
    example,
    request_type,
)

NAMES: Final = {"CITY": "Администрация города Иванова", "FNS": "ФНС России"}


@pytest.fixture
def smev() -> Iterator[Sandbox]:
    sandbox = Sandbox(IN_MEMORY)
    yield sandbox
    sandbox.close()


@pytest.fixture
def city(smev: Sandbox) -> Speaker:
    return smev.speaker("CITY")


def drawn(smev: Sandbox, **options: Any) -> Diagram:
    stored = smev.store.run_now(journal.read)
    return Diagram.of((RecordedEntry(each.seq, each.entry) for each in stored), **options)


def steps(diagram: Diagram) -> list[tuple[Look, str, str | None, str]]:
    return [(step.look, step.source, step.target, step.text) for step in diagram.drawing.steps]


def lanes(diagram: Diagram) -> list[str]:
    return [lane.mnemonic for lane in diagram.drawing.lanes]


def only(diagram: Diagram, look: Look) -> Step:
    [step] = [step for step in diagram.drawing.steps if step.look is look]
    return step


# --- what is drawn -----------------------------------------------------------------------------------------------


async def test_a_conversation_goes_through_the_queue_of_smev(smev: Sandbox, city: Speaker, fns: Speaker) -> None:
    await city.sends(INN)
    request = await fns.takes()
    await fns.acks(request)
    await fns.answers(request)
    await city.acks(await city.takes_response())
    diagram = drawn(smev, names=NAMES)
    asked, answered = "FNSINNSingularRequest", "FNSINNSingularResponse"
    assert lanes(diagram) == ["CITY", "SMEV", "FNS"]
    assert steps(diagram) == [
        (Look.REQUEST, "CITY", "SMEV", asked),
        (Look.DELIVERY, "SMEV", "FNS", asked),
        (Look.ANSWER, "FNS", "SMEV", answered),
        (Look.DELIVERY, "SMEV", "CITY", answered),
    ]
    assert [step.text for step in drawn(smev, acks=True).drawing.steps].count("Ack") == 2
    assert diagram.mermaid() == (
        "sequenceDiagram\n"
        "    participant p1 as CITY<br/>Администрация города Иванова\n"
        "    participant p2 as СМЭВ\n"
        "    participant p3 as FNS<br/>ФНС России\n"
        "    Note over p1,p3: 04.03.2013\n"
        f"    p1->>p2: 10:00:00 {asked}\n"
        f"    p2->>p3: {asked}\n"
        f"    p3-->>p2: {answered}\n"
        f"    p2->>p1: {answered}\n"
    )


@pytest.fixture
def fns(smev: Sandbox) -> Speaker:
    return smev.speaker("FNS")


async def test_an_answer_says_what_it_is(smev: Sandbox, city: Speaker, fns: Speaker) -> None:
    await city.sends(INN)
    request = await fns.takes()
    await fns.answers(request, RequestStatus(7, "В работе"))
    await fns.answers(request, [Rejection(RejectCode.NO_DATA, "Не найдено; ищите\nдальше")])
    kinds = {str(request_type(INN)): "Сведения об ИНН"}
    texts = [step.text for step in drawn(smev, kinds=kinds).drawing.steps]
    assert texts == [
        "Сведения об ИНН", "Сведения об ИНН", "статус 7: В работе", "отказ NO_DATA: Не найдено; ищите дальше",
    ]  # fmt: skip


async def test_a_delivery_after_the_lease_is_marked(smev: Sandbox, city: Speaker) -> None:
    await city.sends(PASSPORT)
    mvd = smev.speaker("MVD")
    await mvd.takes()
    smev.clock.advance(LEASE)
    await mvd.takes()
    diagram = drawn(smev)
    assert [step.look for step in diagram.drawing.steps] == [Look.REQUEST, Look.DELIVERY, Look.RETURNED, Look.AGAIN]
    assert only(diagram, Look.RETURNED).source == "MVD"
    assert only(diagram, Look.AGAIN).details == ("снова: выдача 2",)


async def test_what_was_refused_names_the_fault_and_the_check(smev: Sandbox, city: Speaker) -> None:
    sent = await city.sends(INN)
    with pytest.raises(FaultReceived):
        await city.sends(INN, message_id=sent.message_id)
    refused = only(drawn(smev), Look.REFUSED)
    assert (refused.source, refused.target) == ("CITY", "SMEV")
    assert refused.details[0] == "MessageIsAlreadySent [message_id_is_new]"
    assert "rect rgba" in drawn(smev).mermaid()


async def test_a_rejection_is_told_where_it_was_found_and_where_it_arrives(smev: Sandbox, city: Speaker) -> None:
    await city.sends(example(INN).replace("НаимОрг".encode(), b"Naim"))
    await city.takes_response()
    diagram = drawn(smev)
    assert only(diagram, Look.REJECTED).source == "SMEV"
    assert only(diagram, Look.REJECTED).details[0] == "InvalidContent [content_follows_schema]"
    assert only(diagram, Look.DELIVERY).text == "отказ СМЭВ: InvalidContent"


async def test_an_end_of_life_is_told(smev: Sandbox, city: Speaker, fns: Speaker) -> None:
    await city.sends(EGRUL, Outgoing(eol=START + timedelta(minutes=1)))
    smev.clock.advance(timedelta(minutes=1))
    await fns.takes()
    await city.takes_response()
    diagram = drawn(smev)
    assert only(diagram, Look.EXPIRED).details[0] == "EndOfLifeReached [end_of_life]"
    assert only(diagram, Look.DELIVERY).text == "отказ СМЭВ: EndOfLifeReached"


def test_a_violation_and_a_disruption_stand_over_whom_they_are_about() -> None:
    rule = RULES[0]
    found = Explanation("once_only", "нет", "затребована выписка", where="37-1")
    violation = JournalEntry(START, JournalEvent.VIOLATION, participant="CITY", status=rule.id, explanation=found)
    disruption = JournalEntry(START, JournalEvent.DISRUPTED, participant="FNS", status="slow-fns", fault="lost")
    diagram = Diagram.of([RecordedEntry(1, violation), RecordedEntry(2, disruption)])
    note = only(diagram, Look.VIOLATION)
    assert (note.source, note.text) == ("CITY", f"нарушение {rule.id}")
    assert note.details == (rule.citation(), "затребована выписка")
    note = only(diagram, Look.DISRUPTED)
    assert (note.source, note.text, note.details) == ("FNS", "сломано нарочно: lost", ("правило slow-fns",))


async def test_a_day_stands_there_when_it_changes_and_a_time_when_it_does(smev: Sandbox, city: Speaker) -> None:
    await city.sends(INN)
    await city.sends(INN)
    smev.clock.advance(timedelta(days=2, seconds=1))
    await city.sends(INN)
    text = drawn(smev).mermaid()
    assert re.findall(r": (\d\d[.:]\d\d[.:]\d+)", text) == ["04.03.2013", "10:00:00", "06.03.2013", "10:00:01"]
    assert "06.03.2013 · +2 дн." in text


async def test_an_ignored_message_is_always_shown(smev: Sandbox, city: Speaker, fns: Speaker) -> None:
    await city.sends(INN)
    await fns.acks(await fns.takes(), accepted=False)
    assert only(drawn(smev), Look.ACK).text == "Ack · accepted=false"


# --- limits ------------------------------------------------------------------------------------------------------


def many(count: int) -> Iterator[RecordedEntry]:
    entry = JournalEntry(START, JournalEvent.SENT, "CITY", "FNS", operation="SendRequest", message_type="{urn:a}Запрос")
    for seq in range(1, count + 1):
        yield RecordedEntry(seq, replace(entry, message_id=str(seq)))


def test_a_long_conversation_ends_and_says_how_much_follows() -> None:
    diagram = Diagram.of(many(10_000), most=300)
    assert (len(diagram.drawing.steps), diagram.drawing.omitted) == (300, 9_700)
    assert "… и ещё 9700" in diagram.mermaid()
    assert "… и ещё записей: 9700" in diagram.svg()
    assert "… и ещё записей: 9700" in diagram.html()


def test_mermaid_is_never_given_more_than_it_draws() -> None:
    text = Diagram.of(many(10_000), most=10_000).mermaid()
    assert LONGEST - 200 < len(text) < 50_000
    told = re.search(r"… и ещё (\d+)\n", text)
    assert told is not None
    assert text.count("->>") + int(told[1]) == 10_000


def test_nothing_to_draw_is_said() -> None:
    diagram = Diagram.of([])
    assert diagram.is_empty
    assert "ничего не было" in diagram.mermaid()
    assert "ничего не было" in diagram.svg()
    assert "<tbody>" in diagram.html()


# --- hostile text ------------------------------------------------------------------------------------------------

MEANT: Final = st.sampled_from(
    ["end", "style", "::", ":", ";", "#", "#59;", "<br/>", "</svg>", "<script>", '"', "'", "`", "$$", "@{", "%%{init}",
     "\n", "\\", "wrap:", "->>", "+", "-", "]]>", "&amp;", "&", "\u202e", "\x00", "\ufffe", "\ud800", "😀", "{", "}"]
)  # fmt: skip
TEXT: Final = st.lists(MEANT | st.text(max_size=5), max_size=5).map("".join)
MOMENT: Final = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@st.composite
def entries(draw: st.DrawFn) -> list[RecordedEntry]:
    """Entries in which any text may be anything."""
    found = []
    for seq in range(1, draw(st.integers(1, 5)) + 1):
        texts = {
            name: draw(TEXT)
            for name in ("participant", "counterpart", "message_id", "original_message_id", "message_type", "status",
                         "fault")
        }  # fmt: skip
        entry = JournalEntry(
            draw(MOMENT),
            draw(st.sampled_from(JournalEvent)),
            **texts,
            operation=draw(st.sampled_from(["SendRequest", "SendResponse", "GetStatus"]) | TEXT),
            explanation=draw(st.none() | st.builds(Explanation, TEXT, TEXT, TEXT, where=TEXT)),
            envelope=draw(st.none() | st.binary(max_size=30) | TEXT.map(lambda text: text.encode(errors="replace"))),
        )
        found.append(RecordedEntry(seq, entry))
    return found


LINE: Final = re.compile(
    r"sequenceDiagram|    (title|participant p\d+ as|Note over p\d+(,p\d+)?|p\d+(->>|-->>|--\)|-x)p\d+|rect|end)\b.*|"
    r"        (Note over p\d+|p\d+-xp\d+): .*"
)
SAFE: Final = re.compile(r"(?:[\w .,:_()\[\]«»“”—–…·№/+='-]|#\d+;|<br/>)*")


class Tags(HTMLParser):
    """What a page consists of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.names: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.names |= {name for name, _ in attrs}


DRAWN: Final = {"svg", "title", "desc", "style", "rect", "line", "text", "path", "g"}
PAGE: Final = Tags(Diagram.of(many(40), title="a").html()).found | {"details", "summary", "path", "p"}


@settings(max_examples=60)
@given(entries(), TEXT, st.dictionaries(TEXT, TEXT, max_size=2))
def test_no_text_breaks_a_diagram(said: list[RecordedEntry], title: str, names: dict[str, str]) -> None:
    diagram = Diagram.of(said, title=title, names=names, acks=True)
    for line in diagram.mermaid().splitlines():
        assert LINE.fullmatch(line), line
        label = line.partition(" as ")[2] if line.startswith("    participant") else line.partition(": ")[2]
        assert SAFE.fullmatch(re.sub(r"^\d\d:\d\d:\d\d ", "", label)), line
    root = parse(diagram.svg().encode())
    assert {str(each.tag).rpartition("}")[2] for each in root.iter("*")} <= DRAWN
    page = Tags(diagram.html())
    assert page.found <= PAGE
    assert not {name for name in page.names if name.startswith("on") or name in {"src", "href"}}


# --- for eyes and screen readers ---------------------------------------------------------------------------------


def of(root: Element, local: str) -> list[Element]:
    return list(root.iter(f"{{*}}{local}"))


async def test_the_svg_has_words_for_whoever_cannot_see_it(smev: Sandbox, city: Speaker) -> None:
    sent = await city.sends(INN)
    root = parse(drawn(smev, title="Дело 37-1").svg().encode())
    assert (root.get("role"), root.get("aria-label")) == ("img", "Дело 37-1")
    assert of(root, "title")[0].text == "Дело 37-1"
    assert of(root, "desc")[0].text == "Участники: CITY, СМЭВ, FNS. Шагов: 1."
    assert any(sent.message_id in (title.text or "") for title in of(root, "title"))


def test_a_long_label_is_cut_and_the_tooltip_has_it_whole() -> None:
    name = "ОченьДлинноеИмяКорневогоЭлемента" * 5
    entry = JournalEntry(START, JournalEvent.SENT, "CITY", "FNS", operation="SendRequest", message_type=name)
    root = parse(Diagram.of([RecordedEntry(1, entry)]).svg().encode())
    [label] = [text for text in of(root, "text") if text.get("class") == "label"]
    assert label.text is not None
    assert label.text.endswith("…")
    assert len(label.text) < 50
    assert any(name in (title.text or "") for title in of(root, "title"))


async def test_the_page_shows_envelopes_as_text(smev: Sandbox, city: Speaker) -> None:
    await city.sends(INN)
    page = drawn(smev).html()
    shown = page.partition("<tbody>")[2]
    assert "MessagePrimaryContent&gt;" in shown
    assert "<soap" not in shown
    assert drawn(smev).html() == page  # the same entries, the same bytes
