"""Ask an agency as the wire would: requests and answers are valid by their kinds' schemas, or the test fails."""

from datetime import date
from pathlib import Path
from typing import Final

from agencies.answering import ANSWERS
from agencies.answers import Answer, Answered, InProgress, Question, Rejected
from agencies.world import Body, World
from gateway import xml
from gateway.domain.participants import Participant
from gateway.library import load
from gateway.xml import Element

SCHEMAS: Final = Path(__file__).resolve().parents[2] / "schemas"
KINDS: Final = SCHEMAS / "kinds"
GUID: Final = "5f1c1a52-84d4-11e2-9e96-0800200c9a66"
CASE: Final = "37-2013-000001"
ASKER: Final = Body("Администрация городского округа Иваново", "3799000008", "1023799000004")
AGENCY: Final = Participant("IVN001", "Администрация городского округа Иваново", "24701000")

WORLD: Final = World(37, date(2013, 3, 4))
LIBRARY: Final = load(KINDS)


def over_the_wire(element: Element) -> Element:
    """Return the element as the other side parses it."""
    return xml.parse(xml.source(element))


def question(content: Element, world: World = WORLD) -> Question:
    return Question(world, content, AGENCY, GUID)


def ask(kind_id: str, request: Element, world: World = WORLD) -> tuple[Answer, ...]:
    """Ask the agency of a kind with a request that is valid, and see that its answers are."""
    request = over_the_wire(request)
    assert LIBRARY.violations(request) == ()
    kind = LIBRARY.catalogue.by_id(kind_id)
    assert kind is not None
    assert xml.name_of(request) == (kind.request.namespace, kind.request.root)
    answers = ANSWERS[kind_id](question(request, world))
    for answer in answers:
        if isinstance(answer, Answered):
            assert kind.response is not None
            assert xml.name_of(answer.content) == (kind.response.namespace, kind.response.root)
            assert LIBRARY.violations(over_the_wire(answer.content)) == ()
    assert [isinstance(answer, InProgress) for answer in answers] == [True] * (len(answers) - 1) + [False]
    return answers


def content_of(answers: tuple[Answer, ...]) -> Element:
    """Return the content of the final answer, which must not be a rejection."""
    final = answers[-1]
    assert isinstance(final, Answered)
    return over_the_wire(final.content)


def rejection_of(answers: tuple[Answer, ...]) -> Rejected:
    """Return the final answer, which must be a rejection."""
    final = answers[-1]
    assert isinstance(final, Rejected)
    return final
