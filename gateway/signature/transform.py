"""The transform of SMEV 3, `urn://smev-gov-ru/xmldsig/transform`: exclusive C14N octets in, octets to hash out.

The steps bear the numbers of docs/reference/signatures.md. Two writers of Java escape differently: Woodstox, which the
methodical recommendations describe and SMEV runs, and the JDK's own, which signs when a client has no Woodstox.
"""

import importlib
import re
from collections.abc import Callable
from typing import Final, cast

from lxml import etree

from gateway.signature.escaping import (
    BLANKS,
    ESCAPED,
    FIRST_CHUNK,
    LINE_END,
    SPLIT,
    Escaping,
    attribute,
    events,
    jdk_escaped,
    jdk_text,
    woodstox_text,
)
from gateway.xml import Element, NotWellFormed, parse, path_of

ALGORITHM: Final = "urn://smev-gov-ru/xmldsig/transform"
__all__ = ["ALGORITHM", "Escaping", "TransformError", "exclusive_c14n", "transform", "transform_element"]

XML_NAMESPACE: Final = "http://www.w3.org/XML/1998/namespace"

Names = dict[str, str]


class TransformError(ValueError):
    """The transform has no result: what is named in the text is a thing that Woodstox cannot write."""


def exclusive_c14n(element: Element, prefixes: list[str] | None = None) -> bytes:
    """Return the exclusive canonical form of `element` without comments; `prefixes` is InclusiveNamespaces' list.

    Raises: TransformError for what has no canonical form (a relative namespace URI).
    """
    try:
        return etree.tostring(
            element, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=prefixes
        )
    except (etree.LxmlError, ValueError) as error:
        raise TransformError(f"no canonical form: {error}") from error


def transform(octets: bytes, escaping: Escaping = Escaping.WOODSTOX) -> bytes:
    """Return `octets`, a UTF-8 document in its exclusive canonical form, transformed.

    Any other document is taken as the transform alone takes it: Woodstox keeps CDATA sections, a comment ends a text.
    Raises: gateway.xml.XmlError, TransformError.
    """
    octets = octets.removeprefix(b"\xef\xbb\xbf")
    root = parse(octets)  # the compiled transform looks for nothing but its own steps
    if escaping is Escaping.WOODSTOX and (quick := _quick(octets)) is not None:
        return quick
    try:
        document = octets.decode()
    except UnicodeDecodeError as error:
        raise NotWellFormed(f"expected UTF-8, as the canonical form is: {error}") from error
    writer = _Writer(escaping)
    elements = root.iter(etree.Element)
    for token in _TOKEN.finditer(document):
        kind = token.lastgroup
        if kind == "text":
            writer.raw_text(document, token.start(), token.end())
        elif kind == "cdata":
            writer.cdata(LINE_END.sub("\n", token["cdata"]))
        elif kind == "end":
            writer.end()
        elif kind == "start":
            writer.start(next(elements), empty=token[0].endswith("/>"))
    return "".join(writer.out).encode()


def transform_element(element: Element, escaping: Escaping = Escaping.WOODSTOX) -> bytes:
    """Return transform(exclusive_c14n(element), escaping), straight from the tree where that is possible.

    Raises: TransformError.
    """
    if (
        escaping is Escaping.WOODSTOX
        and _COMPILED is not None
        and (quick := _quick(exclusive_c14n(element))) is not None
    ):
        return quick
    # A processing instruction cuts a text in two, and the canonical form joins what a comment has cut.
    odd = next(element.iter(etree.Comment, etree.ProcessingInstruction, etree.Entity), None)
    if odd is not None or (escaping is Escaping.JDK and exclusive_c14n(element).find(b">") < FIRST_CHUNK):
        return transform(exclusive_c14n(element), escaping)
    walk = _Walk(escaping)
    walk.write(element, {}, {})
    return "".join(walk.out).encode()


def _compiled() -> Callable[[bytes], bytes | None] | None:
    try:
        module = importlib.import_module("gateway.signature._fast_transform")
    except ImportError:  # built only where there is a compiler
        return None
    return cast("Callable[[bytes], bytes | None]", module.transform)


_COMPILED: Final = _compiled()
_CONTROL_OCTETS: Final = re.compile(b"\xc2[\x80-\x9f]")


def _quick(octets: bytes) -> bytes | None:
    """What the compiled transform makes of canonical octets; None for what it leaves to this module."""
    if _COMPILED is None or b"\x7f" in octets or (b"\xc2" in octets and _CONTROL_OCTETS.search(octets)):
        return None
    return _COMPILED(octets)


class _Counter:
    """The number of the next prefix; never goes back (step 4)."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 0

    def next_prefix(self) -> str:
        self.value += 1
        return f"ns{self.value}"


class _Walk:
    """Start tags, texts and end tags straight from a tree, its texts as the canonical form has them."""

    def __init__(self, escaping: Escaping) -> None:
        self.out: list[str] = []
        self._escaping, self._counter = escaping, _Counter()
        jdk = escaping is Escaping.JDK
        self._odd, self._text = (SPLIT, jdk_text) if jdk else (ESCAPED, woodstox_text)

    def write(self, element: Element, scope: Names, names: Names) -> None:
        """`scope` maps namespaces to prefixes, `names` remembers the names written with them."""
        tag, out = cast("str", element.tag), self.out
        name = names.get(tag)
        if name is not None and not element.attrib:
            out.append(f"<{name}>")
        else:
            opening, scope, name = _opening(element, scope, self._counter, self._escaping)
            names = {**names, tag: name}
            out.append(opening)
        text = element.text
        if text is not None and text.strip(BLANKS):
            out.append(self._text(text) if self._odd.search(text) else text)
        for child in element:
            self.write(child, scope, names)
            text = child.tail
            if text is not None and text.strip(BLANKS):
                out.append(self._text(text) if self._odd.search(text) else text)
        out.append(f"</{name}>")


def _opening(element: Element, scope: Names, counter: _Counter, escaping: Escaping) -> tuple[str, Names, str]:
    """Step 3: return the start tag, the prefixes inside the element, and the element's name as it is written."""
    declared = ""

    def prefix_of(namespace: str, what: str) -> str:
        nonlocal scope, declared
        prefix = scope.get(namespace)
        if prefix is None:
            if escaping is Escaping.WOODSTOX and namespace in {"", XML_NAMESPACE}:
                raise _cannot_bind(element, namespace, what)
            prefix = counter.next_prefix()
            scope = {**scope, namespace: prefix}
            # StAX writers escape the URI as they do any attribute.
            declared += f' xmlns:{prefix}="{attribute(namespace, escaping)}"'
        return prefix

    namespace, local = _split(cast("str", element.tag))
    name = f"{prefix_of(namespace, local)}:{local}"
    written = ""
    found = [(*_split(key), value) for key, value in element.items()]
    if len(found) > 1:
        found.sort(key=_order)
    for namespace, local, value in found:
        qualified = f"{prefix_of(namespace, '@' + local)}:{local}" if namespace else local
        written += f' {qualified}="{attribute(value, escaping)}"'
    return f"<{name}{declared}{written}>", scope, name


def _order(attribute: tuple[str, str, str]) -> tuple[bool, bytes, bytes]:
    # Java compares units of UTF-16 (step 3c); big-endian octets compare alike.
    namespace, local, _ = attribute
    return not namespace, namespace.encode("utf-16-be"), local.encode("utf-16-be")


def _split(tag: str) -> tuple[str, str]:
    if tag[0] != "{":
        return "", tag
    namespace, _, local = tag[1:].rpartition("}")
    return namespace, local


def _cannot_bind(element: Element, namespace: str, what: str) -> TransformError:
    where = path_of(element)
    if namespace:
        return TransformError(
            f"{where}: expected no attribute of the namespace {namespace}, found xml:{what.removeprefix('@')}: "
            "the transform cannot write it with Woodstox"
        )
    return TransformError(
        f"{where}: expected an element in a namespace, found {what} in none: "
        "the transform cannot write it with Woodstox"
    )


class _Writer:
    """Start tags, texts and end tags in the order of the document: steps 1 to 5."""

    def __init__(self, escaping: Escaping) -> None:
        self.out: list[str] = []
        self._escaping = escaping
        self._counter = _Counter()
        self._open: list[tuple[Names, str]] = []

    def start(self, element: Element, *, empty: bool) -> None:
        scope = self._open[-1][0] if self._open else {}
        opening, scope, name = _opening(element, scope, self._counter, self._escaping)
        self.out.append(opening)
        self._open.append((scope, name))
        if empty:
            self.end()

    def end(self) -> None:
        self.out.append(f"</{self._open.pop()[1]}>")

    def text(self, event: str) -> None:
        # Blanks outside the root are no events, and they are dropped as any blank one (step 2).
        if event.strip(BLANKS):
            self.out.append(woodstox_text(event) if self._escaping is Escaping.WOODSTOX else jdk_escaped(event))

    def raw_text(self, document: str, start: int, end: int) -> None:
        octet = len(document[:start].encode()) if self._escaping is Escaping.JDK and start < FIRST_CHUNK else start
        for event in events(document[start:end], octet, self._escaping):
            self.text(event)

    def cdata(self, event: str) -> None:
        if self._escaping is Escaping.JDK:
            self.text(event)
        elif event.strip(BLANKS):
            self.out.append(f"<![CDATA[{event}]]>")


_TOKEN: Final = re.compile(
    r"""(?P<other><!--.*?-->|<\?.*?\?>)
      | <!\[CDATA\[(?P<cdata>.*?)\]\]>
      | (?P<end></[^>]*>)
      | (?P<start><(?:[^>"']|"[^"]*"|'[^']*')*>)
      | (?P<text>[^<]+)""",
    re.DOTALL | re.VERBOSE,
)
"""Markup of a document that is known to be well-formed and to have no DOCTYPE."""
