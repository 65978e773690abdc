"""A scenario file that is wrong says where and how, all at once, and never with a traceback."""

import re
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.scenarios import document
from gateway.scenarios.checks import checked
from gateway.scenarios.document import parse_document
from gateway.scenarios.problems import ScenarioError
from gateway.scenarios.reading import read_scenario, scenario_of
from gateway.scenarios.runner import problems_of
from gateway.scenarios.variables import said
from tests.docs.pages import read
from tests.scenarios.played import (
    ASKED,
    CITY_AND_TAX_SERVICE,
    FOLDER,
    ROOT,
    SHIPPED,
    problems,
    warnings,
    written,
)

HEAD: Final = CITY_AND_TAX_SERVICE + ASKED  # six lines
EXPECTED: Final = HEAD + "  - expect: {at: FNS001, message: request, to: asked}\n"
REFERENCE: Final = ROOT / "docs" / "reference" / "scenarios.md"

BAD: Final[dict[str, tuple[str, str]]] = {
    "empty": ("", "1:1: the file is empty"),
    "no mapping": ("- a\n", "1:1: expected a mapping, found a list"),
    "broken yaml": ("scenario: [\n", "2:1: YAML: while parsing a flow node"),
    "key twice": ("scenario: a\nseed: 1\nseed: 2\n", "3:1: the key 'seed' twice, first in line 2"),
    "tag": ("scenario: !!python/object:os.system x\n", "1:11: YAML tags are not needed and not read"),
    "alias of itself": ("scenario: &a [*a]\n", "1:11: a YAML alias leads into itself"),
    "control character": ('scenario: "a\\0"\n', "1:11: the character U+0000 cannot stand in a text"),
    "too deep": ("scenario: " + "[" * 100, "1:34: expected at most 24 levels of nesting"),
    "no steps": ("scenario: a\n", "1:1: steps: the key steps is missing"),
    "empty steps": ("scenario: a\nsteps: []\n", "2:8: steps: expected at least one item, found a list"),
    "misspelt key": (HEAD.replace("steps", "stepps"), "5:1: stepps: unknown key 'stepps'; 'steps' was meant perhaps"),
    "misspelt step": (HEAD.replace("send", "sent"), "6:5: steps[0].sent: unknown key 'sent'; 'send' was meant perhaps"),
    "two steps in one": (HEAD + "    take: {at: FNS001}\n", "6:5: steps[0]: expected one step of: ack, advance"),
    "length of time": (
        HEAD + "  - take: {at: FNS001, within: 5 mins}\n",
        "7:32: steps[1].take.within: expected a length of time such as 5m, found '5 mins'",
    ),
    "waits for ever": (
        HEAD + "  - take: {at: FNS001, within: 9999999d}\n",
        "7:32: steps[1].take.within: expected a length of time of at most 3660d, found '9999999d'",
    ),
    "yes is no boolean": (
        HEAD + "  - take: {at: FNS001, ack: yes}\n",
        "7:29: steps[1].take.ack: expected true or false, found 'yes'",
    ),
    "unknown participant": (
        HEAD.replace("from: CITY", "from: CITI"),
        "6:18: steps[0].send.from: unknown participant 'CITI'; 'CITY' was meant perhaps; there are CITY, FNS001",
    ),
    "who is not scripted": (
        HEAD.replace("{played: scripted", "{played: simulated").replace("from: CITY", "from: FNS001"),
        "6:18: steps[0].send.from: FNS001 is simulated: only a scripted one has steps",
    ),
    "unknown kind": (
        HEAD.replace("kind: fns/inn-by-person", "kind: fns/inn-by-persn"),
        "6:30: steps[0].send.kind: unknown data kind 'fns/inn-by-persn'; 'fns/inn-by-person' was meant perhaps",
    ),
    "unknown variable": (
        HEAD.replace("as: asked", "case: '${nummer}'"),
        "6:55: steps[0].send.case: unknown variable 'nummer'; there are none",
    ),
    "variable of a later step": (
        HEAD.replace("as: asked", "case: '${later.message-id}'"),
        "6:55: steps[0].send.case: unknown name of a step above 'later'; there are none",
    ),
    "answer to nothing taken": (
        HEAD + "  - answer: {to: asked}\n",
        "7:18: steps[1].answer.to: unknown message taken above 'asked'; there are none",
    ),
    "unknown name": (
        HEAD + "  - expect: {at: CITY, to: askd}\n",
        "7:28: steps[1].expect.to: unknown message above 'askd'; 'asked' was meant perhaps",
    ),
    "name twice": (
        HEAD + "  - send: {from: CITY, kind: fns/inn-by-person, as: asked}\n",
        "7:53: steps[1].send.as: the name 'asked' is taken already",
    ),
    "no such file": (
        HEAD.replace("as: asked", "content: gone.xml"),
        "6:58: steps[0].send.content: expected example, sample, XML, or a file beside the scenario; 'gone.xml'",
    ),
    "broken xml": (HEAD.replace("as: asked", "content: <a>"), "6:58: steps[0].send.content: expected an XML document"),
    "nothing to set": (
        HEAD.replace("as: asked", "set: {//Gone: x}"),
        "6:55: steps[0].send.set.//Gone: expected an element or attribute that is there, found '//Gone'",
    ),
    "no xpath": (
        HEAD + "  - expect: {at: CITY, assert: [{xpath: '//[', equals: 1}]}\n",
        "7:41: steps[1].expect.assert[0].xpath: this is no XPath: '//[': Invalid expression",
    ),
    "undeclared prefix": (
        HEAD + "  - expect: {at: CITY, assert: [{xpath: //x:a, exists: true}]}\n",
        "7:41: steps[1].expect.assert[0].xpath: the prefix 'x' is not declared",
    ),
    "xpath asserts nothing": (
        HEAD + "  - expect: {at: CITY, assert: [{xpath: //a}]}\n",
        "7:33: steps[1].expect.assert[0]: expected beside xpath one of: equals, not-equals, contains",
    ),
    "no regular expression": (
        HEAD + "  - expect: {at: CITY, assert: [{xpath: //a, matches: '['}]}\n",
        "7:55: steps[1].expect.assert[0].matches: expected a regular expression, found '['",
    ),
    "unknown fault": (
        HEAD.replace("as: asked", "fault: MessageIsAlreadySend"),
        "6:56: steps[0].send.fault: unknown fault of SMEV 'MessageIsAlreadySend'; 'MessageIsAlreadySent' was meant",
    ),
    "unknown rule": (
        HEAD + "  - expect-violation: {rule: L-7-1-22}\n",
        "7:30: steps[1].expect-violation.rule: unknown",
    ),
    "rule of faults": (
        HEAD.replace("steps:", "faults: [{name: x, does: late, delay: 1d, probability: 2}]\nsteps:"),
        "5:56: faults[0].probability: expected a number from 0 to 1, found 2",
    ),
    "unknown setting": (
        HEAD.replace("steps:", "settings: {leese: 60}\nsteps:"),
        "5:12: settings.leese: unknown key 'leese'; 'lease' was meant perhaps",
    ),
    "setting of another type": (
        HEAD.replace("steps:", "settings: {lease: soon}\nsteps:"),
        "5:19: settings.lease: Input should be a valid number, unable to parse string as a number; found 'soon'",
    ),
    "unknown topology": (HEAD.replace("steps:", "topology: minimum\nsteps:"), "5:11: topology: no topology 'minimum'"),
    "no recording": (
        HEAD.replace("{played: scripted", "{played: replayed"),
        "4:11: participants.FNS001: the key recording is missing: the file",
    ),
    "recording is gone": (
        HEAD.replace("{played: scripted", "{played: replayed, recording: gone.jsonl"),
        "4:41: participants.FNS001.recording: expected the file of a recording, found 'gone.jsonl': No such file",
    ),
    "clock": (HEAD.replace("steps:", "clock: noon\nsteps:"), "5:8: clock: expected real, frozen@"),
    "real clock is not moved": (
        HEAD.replace("steps:", "clock: real\nsteps:") + "  - advance: 5d\n",
        "8:14: steps[1].advance: a real clock is not moved: clock: frozen@… is needed",
    ),
    "asserts nothing": (HEAD, "5:1: steps: asserts nothing"),
}
"""id -> (file, what is told of it). docs/reference/scenarios.md has a row for each."""


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_is_told_with_its_place(case: str, tmp_path: Path) -> None:
    text, told = BAD[case]
    found = problems(tmp_path, text)
    assert any(line.startswith(f"scenario.yaml:{told}") for line in found), found


def test_the_reference_has_every_bad_input() -> None:
    rows = re.findall(r"^\| ([^|]+?) \| .* \| .* \|$", read(REFERENCE).split("## Bad input")[1], re.MULTILINE)
    assert [row for row in rows if row not in ("Case", "---")] == list(BAD)


def test_everything_that_is_wrong_is_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = HEAD.replace("kind: fns", "kind: fsn").replace("steps:", "seed: one\nclok: x\nsteps:")
    found = problems(tmp_path, text)
    assert [line.split(": ")[1] for line in found] == ["seed", "clok"]
    found = problems(tmp_path, EXPECTED.replace("from: CITY", "from: CITI").replace("to: asked}", "to: nobody}"))
    assert [line.split(": ")[1] for line in found] == ["steps[0].send.from", "steps[1].expect.to"]


def test_texts_stay_texts(tmp_path: Path) -> None:
    """YAML 1.1 would make false, 90, a day, 10.5 and 8 of these."""
    path = written(
        tmp_path,
        """\
        scenario: no
        variables: {a: 1:30, b: 2026-03-02, c: 010.50, d: 0010, e: "null", f: 0b11, g: .5, h: off}
        steps: [{expect: {at: CITY, assert: [{xpath: //x, equals: no}]}}]
        """,
    )
    scenario = read_scenario(path).scenario
    assert scenario.scenario == "no"
    assert list(scenario.variables.values()) == ["1:30", "2026-03-02", "010.50", "0010", "null", "0b11", ".5", "off"]
    assert scenario.steps[0].does.assert_[0].equals == "no"


def test_variables_are_put_in_before_the_file_is_looked_at(tmp_path: Path) -> None:
    text = EXPECTED.replace("steps:", "variables: {term: 5m, who: CITY}\nsteps:").replace(
        "from: CITY", "from: '${who}'"
    )
    path = written(tmp_path, text.replace("to: asked}", "to: asked, within: '${term}'}"))
    [send, expect] = read_scenario(path).scenario.steps
    assert send.does.from_ == "CITY"
    assert expect.does.within.total_seconds() == 300
    [_, shorter] = read_scenario(path, {"term": "1m"}).scenario.steps
    assert shorter.does.within.total_seconds() == 60
    with pytest.raises(ScenarioError, match=re.escape("unknown variable 'trem'; 'term' was meant perhaps")):
        read_scenario(path, {"trem": "1m"})


def test_a_dollar_is_written_twice() -> None:
    assert said("$${a} ${a} $5", {"a": "1"}) == "${a} 1 $5"


def test_aliases_do_not_multiply(tmp_path: Path) -> None:
    laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
    )
    assert problems(tmp_path, laughs)[0].endswith("expected at most 20000 values (those that aliases repeat included)")
    # Of those that are meant nothing is said.
    shared = EXPECTED + "  - &again {expect: {at: CITY, message: answer, within: 1m}}\n  - *again\n"
    assert problems(tmp_path, shared) == []


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_bytes(b"#" * (document.LARGEST + 1))
    assert "expected at most 256 KiB" in str(problems_of([path])[0][0])


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "image.yaml"
    path.write_bytes(b"scenario: x\n\xff\xfe")
    assert str(problems_of([path])[0][0]) == f"{path}:2:1: expected UTF-8 text, found the byte 0xff"


def test_a_content_against_its_schema_is_worth_a_warning(tmp_path: Path) -> None:
    broken = EXPECTED.replace("as: asked", "as: asked, set: {//СведФЛ/@ДатаРожд: yesterday}")
    [warning] = warnings(tmp_path, broken)
    assert warning.startswith("scenario.yaml:6:11: steps[0].send.content: against the schema: ")
    assert warning.endswith("if that is meant: valid: false")
    assert warnings(tmp_path, broken.replace("as: asked", "valid: false, as: asked")) == []
    assert len(warnings(tmp_path, EXPECTED.replace("as: asked", "valid: false, as: asked"))) == 1


# --- whatever is done to a file --------------------------------------------------------------------------------------

_TEXTS: Final = tuple(path.read_text(encoding="utf-8") for path in SHIPPED)
# fmt: off
_PIECES: Final = (
    "{", "}", "[", "]", ":", "\n", " ", "- ", "&a ", "*a", "!!x ", "'", '"', "null", "${", "}", "\t", "?", "|", "<<: ",
    "steps:", "send: ", "9" * 40, "\x00", '"\\0"', '"\\ud800"', "\u2028", "\ufeff", "-", "1e400",
)
# fmt: on


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A shipped scenario with pieces cut out and others put in."""
    text = draw(st.sampled_from(_TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        cut = draw(st.integers(0, 12))
        text = text[:at] + draw(st.sampled_from(_PIECES) | st.text(max_size=3)) + text[at + cut :]
    return text


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(damaged())
def test_a_damaged_file_is_read_or_refused_with_a_place(text: str) -> None:
    path = FOLDER / "damaged.yaml"
    try:
        steps = checked(scenario_of(parse_document(text, path))).scenario.steps
    except ScenarioError as error:
        steps, wrong = (), error.problems
    else:
        wrong = ()
    assert all(problem.place.line >= 1 and problem.text for problem in wrong)
    assert wrong or steps  # one of the two
