"""XPath for people: a name without a prefix matches whatever its namespace; declared prefixes mean what they say."""

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from lxml import etree

from gateway.words import say
from gateway.xml import Element, name_of

_PREFIX: Final = re.compile(r"([\w.\-]+):(?![:=])(?=[\w*])")
_AXES: Final = re.compile(r"[\w\-]+::")
_TEXTS: Final = re.compile(r"'[^']*'|\"[^\"]*\"")


class WrongXPath(ValueError):
    """No XPath 1.0, or a prefix that is not declared; the text says which."""


def checked(expression: str, namespaces: Mapping[str, str]) -> None:
    """Refuse what is no XPath.

    Raises: WrongXPath.
    """
    for prefix in _prefixes(expression):
        if prefix not in namespaces:
            raise WrongXPath(
                say(
                    f"префикс {prefix!r} не объявлен: добавьте его в namespaces или пишите имя без префикса",
                    f"the prefix {prefix!r} is not declared: add it to namespaces, or write the name without one",
                )
            )
    _compiled(expression, namespaces)


def found(element: Element, expression: str, namespaces: Mapping[str, str]) -> list[Any]:
    """Return the nodes (elements, texts of attributes) that an XPath finds below `element`, or its one value.

    `element` is the root of what is searched, whatever stands around it.

    Raises: WrongXPath.
    """
    evaluated = _evaluated(_searched(element, expression), expression, namespaces)
    return evaluated if isinstance(evaluated, list) else [evaluated]


def text_of(node: Any) -> str:
    """Return a found node as text: an element's text with that of everything below it, true and false, 2 for 2.0."""
    if isinstance(node, etree._Element):
        return "".join(str(part) for part in node.itertext()).strip()
    if isinstance(node, bool):
        return "true" if node else "false"
    if isinstance(node, float):
        return f"{node:.15g}"
    return str(node)


def put(element: Element, expression: str, text: str, namespaces: Mapping[str, str]) -> int:
    """Give the elements and attributes that an XPath finds the text; return how many there were.

    Raises: WrongXPath.
    """
    searched = _searched(element, expression)
    evaluated = _evaluated(searched, expression, namespaces)
    if not isinstance(evaluated, list):
        return 0
    originals = dict(zip(searched.iter(), element.iter(), strict=True))
    changed = 0
    for node in evaluated:
        if isinstance(node, etree._Element):
            target = originals[node]
            for child in list(target):
                target.remove(child)
            target.text = text
            changed += 1
        elif getattr(node, "attrname", None) is not None:
            changed += _put_attribute(originals[node.getparent()], str(node.attrname), text)
    return changed


def _put_attribute(target: Element, name: str, text: str) -> int:
    for key in target.attrib:
        if str(key) == name or str(key).rpartition("}")[2] == name:
            target.set(key, text)
            return 1
    return 0


def _searched(element: Element, expression: str) -> Element:
    """Return a copy of `element` as the root of a document; without namespaces unless the XPath has prefixes."""
    searched = copy.deepcopy(element)
    searched.tail = None
    if any(True for _ in _prefixes(expression)):
        return searched
    for each in searched.iter("*"):
        each.tag = name_of(each)[1]
        for key in [key for key in each.attrib if str(key).startswith("{")]:
            local = str(key).rpartition("}")[2]
            if local not in each.attrib:
                each.set(local, str(each.attrib.pop(key)))
    return searched


def _evaluated(searched: Element, expression: str, namespaces: Mapping[str, str]) -> Any:
    try:
        return _compiled(expression, namespaces)(searched)
    except etree.XPathError as error:
        raise _wrong(expression, error) from error


def _compiled(expression: str, namespaces: Mapping[str, str]) -> Any:
    try:
        return etree.XPath(expression, namespaces=dict(namespaces) or None)
    except (etree.XPathError, ValueError) as error:
        raise _wrong(expression, error) from error


def _wrong(expression: str, error: Exception) -> WrongXPath:
    return WrongXPath(say(f"это не XPath: {expression!r}: {error}", f"this is no XPath: {expression!r}: {error}"))


def _prefixes(expression: str) -> Iterator[str]:
    bare = _AXES.sub("", _TEXTS.sub("''", expression))
    for prefix in _PREFIX.finditer(bare):
        yield prefix[1]
