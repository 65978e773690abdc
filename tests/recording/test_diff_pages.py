"""A comparison as people read it: in a terminal, and as one HTML file."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from lxml import etree, html

from gateway import words
from gateway.protocol.messages import Rejection
from gateway.protocol.statuses import RejectCode
from gateway.recording.aspect import Aspect
from gateway.recording.diff import Comparison
from gateway.recording.diff_page import as_page
from gateway.recording.diff_text import lines
from gateway.words import Language, speak
from tests.conversation import INN_RESPONSE, INN_RESPONSE_TYPE
from tests.recording.building import Asked, Refused
from tests.recording.test_diff import OTHER_INN, compared
from tests.recording.test_pairing import about

HOSTILE = "</script><script>alert(1)</script>\x1b[31m&"


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """Each test begins in Russian, and leaves the language as it was."""
    before = words._Speaker.language
    speak(Language.RUSSIAN)
    yield
    speak(before)


@pytest.fixture
def comparison() -> Comparison:
    rejected = Rejection(RejectCode.NO_DATA, HOSTILE.replace("\x1b", ""))
    old: list[Asked | Refused] = [about("Анна", answers=[INN_RESPONSE]), about("Борис"), about("Вера"), Refused()]
    new = [about("Анна", answers=[OTHER_INN]), about("Борис", answers=[rejected])]
    return compared(old, new, Aspect.DELIVERIES)


def shown(comparison: Comparison, limit: int | None = None) -> list[str]:
    return [line.plain for line in lines(comparison, limit)]


def test_a_terminal_shows_a_line_for_each_difference(comparison: Comparison) -> None:
    assert shown(comparison) == [
        "#1 MYSYSTEM → FNS: FNSINNSingularRequest",
        "  ответ 1 @ИННФЛ: 379945132320 → 379945132321",
        "#2 MYSYSTEM → FNS: FNSINNSingularRequest",
        f"  ответ 1: {INN_RESPONSE_TYPE} → RequestRejected: NO_DATA </script><script>alert(1)</script>[31m&",
        "- только в A: #3 MYSYSTEM → FNS: FNSINNSingularRequest",
        "- только в A: MYSYSTEM → *: SendRequest: InvalidContent",
        "различий: 2 (в обменах: 2); только в A: 2, только в B: 0; сравнено обменов: 2",
    ]
    speak(Language.ENGLISH)
    assert shown(comparison)[-1].startswith("differences: 2 (in exchanges: 2); only in A: 2")


def test_old_and_new_have_colours(comparison: Comparison) -> None:
    line = list(lines(comparison))[1]
    styled = {line.plain[span.start : span.end]: span.style for span in line.spans}
    assert styled["379945132320"] == "red"
    assert styled["379945132321"] == "green"


def test_a_limit_says_what_it_leaves_out(comparison: Comparison) -> None:
    few = shown(comparison, 1)
    assert few[1:4] == [
        "  ответ 1 @ИННФЛ: 379945132320 → 379945132321",
        "… ещё различий: 1",
        "- только в A: #3 MYSYSTEM → FNS: FNSINNSingularRequest",
    ]
    assert few[4] == "- только в A: … 1"
    assert shown(comparison, 0)[0] == "… ещё различий: 2"


def test_a_terminal_is_not_controlled_by_a_message(comparison: Comparison) -> None:
    hostile = replace(comparison, notes=(HOSTILE + "\n",))
    assert "\x1b" not in "".join(shown(hostile))
    assert "\n" not in "".join(shown(hostile))


def test_the_same_and_nothing_are_said() -> None:
    assert shown(compared([Asked()], [Asked()])) == ["различий нет; сравнено обменов: 1"]
    assert shown(compared([], []))[-1].startswith("ничего не сравнено")


def test_a_page_shows_every_difference_and_needs_nothing_else(comparison: Comparison) -> None:
    page = as_page(comparison)
    document = html.document_fromstring(page)
    rows = [[cell.text_content() for cell in row.findall("td")] for row in document.iter("tr") if row.findall("td")]
    assert rows[0] == ["ответ 1", "@ИННФЛ", "379945132320", "379945132321"]
    assert len(rows) == comparison.differences == 2
    assert len(document.findall(".//details")) == len(comparison.changed)
    assert [item.get("class") for item in document.iter("li")] == ["part old"] * 2
    assert not [element.tag for element in document.iter() if element.get("src") or element.get("href")]
    assert not re.search(r"https?://|@import|url\(", page)
    assert "не сравнивалось: deliveries" in document.text_content()


def test_a_page_escapes_what_messages_say(comparison: Comparison) -> None:
    page = as_page(replace(comparison, notes=(HOSTILE,), a=HOSTILE))
    document = html.document_fromstring(page)
    [script] = document.iter("script")
    assert "alert" not in etree.tostring(script, encoding="unicode")
    assert "alert(1)" in document.text_content()


def test_a_page_of_no_difference_says_so_in_the_language() -> None:
    speak(Language.ENGLISH)
    document = html.document_fromstring(as_page(compared([Asked()], [Asked()])))
    assert document.get("lang") == "en"
    [verdict] = document.find_class("verdict")
    assert (verdict.get("class"), verdict.text_content()) == ("verdict same", "no differences; exchanges compared: 1")
    assert document.find(".//details") is None
