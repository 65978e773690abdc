"""XPath 1.0 into a business content, by local names: who asks need not know which prefix or namespace it has."""

import math
import re
from copy import deepcopy
from typing import Any, Final

from lxml import etree

from gateway.words import say
from gateway.xml import Element

LONGEST: Final = 500
"""Characters of a path."""
_MOST_STEPS: Final = 10**8
"""About how many nodes one evaluation may visit; more is a path that nobody meant."""
_WIDE: Final = re.compile(r"//|(?:descendant|ancestor|following|preceding)[a-z-]*::")
_STRINGS: Final = re.compile(r"\"[^\"]*\"|'[^']*'")
_PROBE: Final = etree.Element("probe")


class InvalidXPath(ValueError):
    """A text is no XPath that can be asked here; says what was expected and what was found."""

    def __init__(self, path: str, why: str) -> None:
        found = repr(path[:120])
        super().__init__(
            say(
                f"ожидался XPath 1.0 из локальных имён без префиксов (//ИНН='7707329152'), найдено {found}: {why}",
                f"expected XPath 1.0 of local names without prefixes (//Number='12'), found {found}: {why}",
            )
        )


class ContentXPath:
    """An XPath as read. It starts at the root of the content: `Документ/@ИдДок`, `//ИНН`, `/Root/Child` are the same.

    Namespaces are left out of elements and attributes; no variables and no functions but those of XPath 1.0.
    """

    def __init__(self, path: str) -> None:
        """Raises: InvalidXPath."""
        if len(path) > LONGEST:
            raise InvalidXPath(path, say(f"длиннее {LONGEST} знаков", f"longer than {LONGEST} characters"))
        self.path: Final = path
        self._width = len(_WIDE.findall(_STRINGS.sub("", path)))
        try:
            self._compiled = etree.XPath(path, regexp=False, smart_strings=False)
        except (etree.XPathError, ValueError) as error:
            raise InvalidXPath(path, str(error)) from error
        self.evaluate(_PROBE)

    def evaluate(self, content: Element) -> Any:
        """Return what it gives: a list of elements and texts, a text, a number or a truth value.

        The elements are of a copy without namespaces. Raises: InvalidXPath also where `content` is too large for it.
        """
        bare = _bare(content)
        elements = sum(1 for _ in bare.iter())
        if elements ** max(self._width, 1) > _MOST_STEPS:
            why = say(f"слишком дорого для {elements} элементов", f"too dear for {elements} elements")
            raise InvalidXPath(self.path, why)
        try:
            return self._compiled(bare)
        except etree.XPathError as error:
            raise InvalidXPath(self.path, str(error)) from error

    def __repr__(self) -> str:
        return f"ContentXPath({self.path!r})"


def is_something(given: Any) -> bool:
    """Tell whether a path has found anything: a node, a text that is not empty, a number that is not 0, or true."""
    return bool(given) and not (isinstance(given, float) and math.isnan(given))


def _bare(content: Element) -> Element:
    bare = deepcopy(content)
    bare.tail = None
    for each in bare.iter("*"):
        each.tag = str(each.tag).rpartition("}")[2]
        for name in [str(name) for name in each.attrib if str(name).startswith("{")]:
            value = str(each.attrib.pop(name))
            local = name.rpartition("}")[2]
            each.attrib[local] = each.attrib.get(local, value)
    return bare
