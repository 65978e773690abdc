"""What an agency says to a request, and the building of the XML it says it in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from lxml import etree

from agencies.world import World
from gateway.domain.participants import Participant
from gateway.xml import Element

RejectCode: TypeAlias = Literal["ACCESS_DENIED", "NO_DATA", "UNKNOWN_REQUEST_DESCRIPTION", "FAILURE"]
"""The RejectCode of the types schema of message-exchange."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that goes with an answer as a signed zip: XML without a declaration, of that day.

    `name` begins with a letter: it becomes the contentId, an xs:ID.
    """

    name: str
    content: bytes
    day: date


@dataclass(frozen=True, slots=True)
class Answered:
    """The final answer: the root of the response's business content, valid by the kind's schema; papers beside it."""

    content: Element
    papers: tuple[Paper, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """The final answer where there is none to give; `description` is Russian and goes to the requester."""

    code: RejectCode
    description: str


@dataclass(frozen=True, slots=True)
class InProgress:
    """An intermediate answer, RequestStatus on the wire; a final one follows."""

    status_code: int
    description: str


Answer: TypeAlias = Answered | Rejected | InProgress


@dataclass(frozen=True, slots=True)
class Said:
    """One answer, `delay` seconds after the one before."""

    answer: Answer
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Question:
    """A request as an agency reads it.

    `content` is the root of its business content, valid by the schema of its kind; `agency` is the participant that
    answers, for its name and ОКТМО; `message_id` is the request's own, for numbers that must differ between requests.
    """

    world: World
    content: Element
    agency: Participant
    message_id: str


AnswerFunction: TypeAlias = Callable[[Question], tuple[Answer, ...]]
"""Gives the answers to a question, the last one final."""

Answers: TypeAlias = Mapping[str, AnswerFunction]
"""Answer functions by kind id ("fns/egrul")."""


class Builder:
    """Makes elements of one namespace, which is the default one in what it makes."""

    def __init__(self, namespace: str) -> None:
        self._tag: Final = f"{{{namespace}}}"
        self._prefixes: Final = {None: namespace}

    def __call__(
        self,
        name: str,
        content: str | date | Decimal | list[Element | None] | None = None,
        /,
        **attributes: object,
    ) -> Element:
        """Make an element with a text or with children; attributes and children of None are left out."""
        element = etree.Element(self._tag + name, nsmap=self._prefixes)
        for key, value in attributes.items():
            if value is not None:
                element.set(key, str(value))
        if isinstance(content, list):
            element.extend(child for child in content if child is not None)
        elif content is not None:
            element.text = str(content)
        return element


def child(element: Element | None, *path: str) -> Element | None:
    """Follow local names down from `element`; None as soon as one is absent."""
    for step in path:
        if element is None:
            return None
        element = next(element.iterchildren(f"{{*}}{step}"), None)
    return element


def children(element: Element, name: str) -> list[Element]:
    """Return the children with this local name."""
    return list(element.iterchildren(f"{{*}}{name}"))


def text(element: Element | None, *path: str) -> str:
    """Return the text at the end of `path`, without outer spaces; "" where there is none."""
    found = child(element, *path)
    return "" if found is None else (found.text or "").strip()


def attribute(element: Element | None, name: str) -> str:
    """Return an attribute without outer spaces; "" where the attribute or the element is absent."""
    return "" if element is None else (element.get(name) or "").strip()


def day(written: str) -> date | None:
    """Read an xs:date, whose time zone does not matter here; None where it is no date."""
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        return None
