"""JUnit XML as CI systems read it: one testsuite of all scenarios, a testcase each."""

import re
from collections.abc import Sequence
from typing import Final

from lxml import etree

from gateway.scenarios.outcome import Outcome, Verdict
from gateway.scenarios.telling import plain, where

SUITE: Final = "mock-smev"
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_junit(outcomes: Sequence[Outcome]) -> bytes:
    """Return the document: `failure` for an assertion that does not hold, `error` for what could not be run."""
    root = etree.Element("testsuites", name=SUITE)
    suite = etree.SubElement(root, "testsuite", name=SUITE, skipped="0")
    for each in (root, suite):
        for name, count in _totals(outcomes).items():
            each.set(name, count)
    for outcome in outcomes:
        suite.append(_case(outcome))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _totals(outcomes: Sequence[Outcome]) -> dict[str, str]:
    verdicts = [outcome.verdict for outcome in outcomes]
    return {
        "tests": str(len(outcomes)),
        "failures": str(verdicts.count(Verdict.FAILED)),
        "errors": str(verdicts.count(Verdict.UNUSABLE)),
        "time": f"{sum(outcome.seconds for outcome in outcomes):.3f}",
    }


def _case(outcome: Outcome) -> etree._Element:
    case = etree.Element(
        "testcase",
        name=_clean(outcome.name),
        classname=_clean(f"scenarios.{outcome.file.stem}"),
        file=_clean(str(outcome.file)),
        time=f"{outcome.seconds:.3f}",
    )
    if outcome.failure is not None:
        step, check = outcome.failure
        said = f"{where(outcome, check)}: {step.title}: {check.what}: {check.found}"
        case.set("line", str(check.place.line))
        _trouble(case, "failure", "AssertionFailed", said, "\n".join((said, check.expected, check.found, *check.hints)))
    elif outcome.problems:
        case.set("line", str(outcome.problems[0].place.line))
        said = "\n".join(map(str, outcome.problems))
        _trouble(case, "error", "UnusableScenario", str(outcome.problems[0]), said)
    etree.SubElement(case, "system-out").text = _clean(plain(outcome))
    return case


def _trouble(case: etree._Element, tag: str, kind: str, message: str, text: str) -> None:
    etree.SubElement(case, tag, type=kind, message=_clean(message)).text = _clean(text)


def _clean(text: str) -> str:
    """Return text that XML 1.0 can hold: what was found may be anything."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
