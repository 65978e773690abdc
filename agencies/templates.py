"""response.xml.j2: an answer written as a Jinja2 template over the decoded request and the world.

The template runs in Jinja2's sandbox: it sees what stands in its context and nothing of the program. It gets no chance
(the same question has the same answer) and no undefined values: whatever a template does wrong fails, with a reason.
"""

from functools import lru_cache
from traceback import extract_tb
from typing import Any, Final

from jinja2 import StrictUndefined, Template, TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment

from agencies.answers import Question
from agencies.world import Estate, Firm, Person, World
from gateway import xml
from gateway.xml import Element

_ENVIRONMENT: Final = SandboxedEnvironment(
    autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
del _ENVIRONMENT.filters["random"], _ENVIRONMENT.globals["lipsum"]
_FILE: Final = "<template>"
"""The file in which Jinja2 says that the code of a template without a name stands."""


class TemplateFailed(Exception):
    """A template gives no document; the text says why, and in which line of it where that is known."""


def rendered(template: str, question: Question) -> Element:
    """Return the document that the template says to `question`; values in it are escaped as XML.

    Raises: TemplateFailed.
    """
    try:
        text = _compiled(template).render(context_of(question))
        return xml.parse(text.strip().encode())
    except Exception as error:  # a template is foreign code: whatever it raises is its own failure
        line = _line_of(error)
        place = "" if line is None else f"строка {line}: "
        raise TemplateFailed(f"{place}{type(error).__name__}: {error}") from error


def context_of(question: Question) -> dict[str, Any]:
    """Return what a template sees: request, world, today, message_id, agency."""
    return {
        "request": decoded(question.content),
        "world": Lookups(question.world),
        "today": question.world.today,
        "message_id": question.message_id,
        "agency": {"mnemonic": question.agency.mnemonic, "name": question.agency.name, "oktmo": question.agency.oktmo},
    }


class Lookups:
    """What a template may ask of the world; each answers None when there is no such thing."""

    def __init__(self, world: World) -> None:
        self._world = world

    def person(self, number: str) -> Person | None:
        """Find a person by СНИЛС or ИНН."""
        return self._world.person_by_snils(number) or self._world.person_by_inn(number)

    def firm(self, number: str) -> Firm | None:
        """Find a firm by ОГРН or ИНН."""
        return self._world.firm_by_ogrn(number) or self._world.firm_by_inn(number)

    def estate(self, cadastral_number: str) -> Estate | None:
        """Find real estate by its cadastral number."""
        return self._world.estate(cadastral_number)


def decoded(element: Element) -> Any:
    """Return an element as dictionaries by local names: attributes by theirs, what is repeated as a list.

    An element without children is its text; one with attributes too has the text under "text".
    """
    found: dict[str, Any] = {str(name).rpartition("}")[2]: value for name, value in element.attrib.items()}
    for child in element.iterchildren("*"):
        name, value = xml.name_of(child)[1], decoded(child)
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    text = (element.text or "").strip()
    if not found:
        return text
    return {**found, "text": text} if text else found


def _line_of(error: Exception) -> int | None:
    if isinstance(error, TemplateSyntaxError):
        return error.lineno
    lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == _FILE]
    return lines[-1] if lines else None


@lru_cache(256)
def _compiled(template: str) -> Template:
    return _ENVIRONMENT.from_string(template)
