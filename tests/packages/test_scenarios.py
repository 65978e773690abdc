"""scenarios.toml: which answer fits, and every mistake with its line."""

import re
from pathlib import Path, PurePosixPath

import pytest

from gateway import xml
from gateway.library import KindError
from gateway.library.kind_file import TomlFile
from gateway.library.packages.scenarios import (
    Condition,
    Reject,
    Respond,
    Scenario,
    Scenarios,
    Step,
    TellStatus,
    choose,
    read_scenarios,
)
from gateway.protocol.statuses import RejectCode

REQUEST = (
    '<e:Envelope xmlns:e="urn:e"><t:Request xmlns:t="urn:t" xmlns:o="urn:o" o:id="7">'
    "<t:ИНН>500100732259</t:ИНН><t:sum>12.5</t:sum></t:Request></e:Envelope>"
)
ANSWERS = {"a.xml": b"<a/>", "x/б.xml": b"<b/>"}


def scenarios(text: str) -> tuple[Scenario, ...]:
    return Scenarios(TomlFile(PurePosixPath("scenarios.toml"), text.encode()), ANSWERS.get).all


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("//ИНН = '500100732259'", True),
        ("ИНН = 500100732259", True),
        ("/Request/ИНН", True),
        ("/Request/@id = 7", True),
        ("starts-with(ИНН, '5001') and number(sum) > 10", True),
        ("//*[local-name() = 'ИНН']", True),
        ("//t:ИНН = '500100732259'", True),
        ("/t:Request/@o:id = '7'", True),
        ("//t:ИНН = ' 500100732259'", False),
        ("count(//t:*) = 3", True),
        ("/Envelope", False),
        ("child::ИНН/following-sibling::sum", True),
        ("'(' = 'x:y('", False),
        ("not(//СНИЛС)", True),
        ("sum div 2 = (25) div (4)", True),
    ],
)
def test_a_condition_is_about_the_content(condition: str, holds: bool) -> None:
    content = xml.parse(REQUEST.encode())[0]
    before = xml.source(content)
    assert Condition(condition, {"t": "urn:t", "o": "urn:o"}).holds(content) is holds
    assert xml.source(content) == before


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("//[", "Invalid expression"),
        ("//q:a", "the prefix 'q' is not in [namespaces]"),
        ("matches(a, 'b')", "XPath 1.0 has no function matches()"),
        ("false() and document('/etc/passwd')", "XPath 1.0 has no function document()"),
        ("re:test(a, 'b')", "the prefix 're'"),
        ("$x = 1", "Undefined variable"),
        ("", "Invalid number of arguments"),
        ("a" * 3_000, "at most 2000 characters"),
    ],
)
def test_a_condition_that_cannot_be_evaluated_is_told_when_it_is_read(condition: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        Condition(condition, {"t": "urn:t"})


def test_the_first_scenario_that_fits_answers() -> None:
    found = scenarios(
        '[namespaces]\nt = "urn:t"\n'
        '[[scenario]]\nname = "отказ"\nwhen = "//ИНН = 1"\nreject = "ACCESS_DENIED"\n'
        '[[scenario]]\nwhen = "//t:ИНН"\n'
        '[[scenario.steps]]\nstatus = 17\ndescription = "В работе"\n'
        '[[scenario.steps]]\ndelay = 1.5\nresponse = "x/б.xml"\n'
        '[[scenario]]\nresponse = "a.xml"\ndelay = 2\n'
    )
    assert [scenario.name for scenario in found] == ["отказ", "#2", "#3"]
    refusal, slow, rest = found
    assert refusal.steps == (Step(0, Reject(RejectCode.ACCESS_DENIED, "ACCESS_DENIED")),)
    assert slow.steps == (Step(0, TellStatus(17, "В работе")), Step(1.5, Respond("x/б.xml", b"<b/>")))
    assert rest.steps == (Step(2, Respond("a.xml", b"<a/>")),)
    assert choose(found, xml.parse(REQUEST.encode())[0]) is slow
    assert choose(found, xml.parse(b"<other/>")) is rest
    assert choose(found[:2], xml.parse(b"<other/>")) is None


ONE = '[[scenario]]\nreject = "NO_DATA"\n'


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "expected 1 to 1000 tables [[scenario]], found 0"),
        ("[[scenario]\n", 1, "Expected"),
        ('title = "x"\n' + ONE, 1, "unknown key 'title'"),
        ("scenario = 7\n", 1, "expected a list"),
        ("scenario = [7]\n", 1, "scenario 1: expected a table, found 7"),
        ('[namespaces]\n"a b" = "urn:t"\n' + ONE, 2, 'expected prefix = "namespace"'),
        (ONE + ONE + 'when = ""\n', 5, "scenario 2: when: expected a text"),
        (ONE + '[[scenario]]\nname = "x"\nwhen = "//["\nreject = "NO_DATA"\n', 5, "scenario 2: when: '//['"),
        (ONE + "\n[[scenario]]\n", 4, "scenario 2: expected one of response, reject, status, found none of them"),
        (ONE + 'response = "a.xml"\n', 1, "found response and reject"),
        ('[[scenario]]\nreject = "NO"\n', 2, "expected ACCESS_DENIED or NO_DATA"),
        ('[[scenario]]\nresponse = "b.xml"\n', 2, "expected a file of the package, found 'b.xml'"),
        ('[[scenario]]\nresponse = "../a.xml"\n', 2, "expected a file of the package"),
        ('[[scenario]]\nresponse = "/a.xml"\n', 2, "expected a file of the package"),
        ("[[scenario]]\nstatus = 1\n", 1, "one response or reject as the last step"),
        ('[[scenario]]\nreject = "NO_DATA"\nanswer = "a.xml"\n', 3, "unknown key 'answer'"),
        (ONE + "delay = -1\n", 3, "delay: expected 0 to 604800 seconds"),
        (ONE + "delay = nan\n", 3, "delay: expected a number"),
        (ONE + "delay = true\n", 3, "delay: expected a number"),
        (ONE + "[[scenario.steps]]\nstatus = 1\n", 1, "found both"),
        ("[[scenario]]\nsteps = []\n", 2, "expected 1 to 20 steps, found 0"),
        ("[[scenario]]\nsteps = [1]\n", 1, "expected a table, found 1"),
        ('[[scenario]]\n[[scenario.steps]]\nreject = "NO_DATA"\nwhen = "a"\n', 1, "unknown key 'when'"),
        (
            '[[scenario]]\n[[scenario.steps]]\nreject = "NO_DATA"\n[[scenario.steps]]\nstatus = 1\n',
            1,
            "as the last step",
        ),
        ('[[scenario]]\n[[scenario.steps]]\nstatus = "x"\n', 1, "status: expected a number"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(KindError) as caught:
        scenarios(text)
    assert words in caught.value.message
    assert caught.value.line == line


def test_scenarios_of_a_folder_stay_inside_it(tmp_path: Path) -> None:
    folder = tmp_path / "kind"
    folder.mkdir()
    assert read_scenarios(folder) == ()
    (tmp_path / "secret.xml").write_text("<a/>", encoding="utf-8")
    (folder / "link.xml").symlink_to(tmp_path / "secret.xml")
    (folder / "scenarios.toml").write_text('[[scenario]]\nresponse = "link.xml"\n', encoding="utf-8")
    with pytest.raises(KindError, match=r"scenarios\.toml:2: scenario 1: response: expected a file"):
        read_scenarios(folder)
