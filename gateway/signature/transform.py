"""The transform of SMEV 3, `urn://smev-gov-ru/xmldsig/transform`: exclusive C14N octets in, octets to hash out.

The steps bear the numbers of docs/reference/signatures.md. Two writers of Java escape differently: Woodstox, which the
methodical recommendations describe and SMEV runs, and the JDK's own, which signs when a client has no Woodstox.
"""

import importlib
import re
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Final, cast

from lxml import etree

from gateway.xml import Element, NotWellFormed, parse, path_of

ALGORITHM: Final = "urn://smev-gov-ru/xmldsig/transform"
XML_NAMESPACE: Final = "http://www.w3.org/XML/1998/namespace"

_BLANKS: Final = " \t\n\r"
"""What Java's trim() takes off and XML can hold. U+00A0 and U+FEFF are not blank (step 2)."""

Names = dict[str, str]
Sortable = tuple[bytes, bytes]


class Escaping(Enum):
    """Whose rules of writing text and attributes were followed."""

    WOODSTOX = "woodstox"
    JDK = "jdk"


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
            writer.cdata(_LINE_END.sub("\n", token["cdata"]))
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
    if odd is not None or (escaping is Escaping.JDK and exclusive_c14n(element).find(b">") < _FIRST_CHUNK):
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
        self._odd, self._text = (_SPLIT, _jdk_text) if jdk else (_ESCAPED, _woodstox_text)

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
        if text is not None and text.strip(_BLANKS):
            out.append(self._text(text) if self._odd.search(text) else text)
        for child in element:
            self.write(child, scope, names)
            text = child.tail
            if text is not None and text.strip(_BLANKS):
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
            declared += f' xmlns:{prefix}="{_attribute(namespace, escaping)}"'
        return prefix

    namespace, local = _split(cast("str", element.tag))
    name = f"{prefix_of(namespace, local)}:{local}"
    written = ""
    found = [(*_split(key), value) for key, value in element.items()]
    if len(found) > 1:
        found.sort(key=_order)
    for namespace, local, value in found:
        qualified = f"{prefix_of(namespace, '@' + local)}:{local}" if namespace else local
        written += f' {qualified}="{_attribute(value, escaping)}"'
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
        if event.strip(_BLANKS):
            self.out.append(_woodstox_text(event) if self._escaping is Escaping.WOODSTOX else _jdk(event))

    def raw_text(self, document: str, start: int, end: int) -> None:
        octet = len(document[:start].encode()) if self._escaping is Escaping.JDK and start < _FIRST_CHUNK else start
        for event in _events(document[start:end], octet, self._escaping):
            self.text(event)

    def cdata(self, event: str) -> None:
        if self._escaping is Escaping.JDK:
            self.text(event)
        elif event.strip(_BLANKS):
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

_LINE_END: Final = re.compile(r"\r\n?")
_REFERENCE: Final = re.compile(r"&(?:#(?:x([0-9A-Fa-f]+)|([0-9]+))|(\w+));")
_PREDEFINED: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


def _meant(reference: re.Match[str]) -> str:
    hexadecimal, decimal, name = reference.groups()
    if name is not None:
        return _PREDEFINED[name]
    return chr(int(hexadecimal, 16) if hexadecimal is not None else int(decimal))


def _events(raw: str, start: int, escaping: Escaping) -> Iterator[str]:
    """Split the text between two tags into the events in which a parser reports it; `start` is its octet."""
    raw = _LINE_END.sub("\n", raw)
    if escaping is Escaping.WOODSTOX:
        yield _REFERENCE.sub(_meant, raw)
        return
    for piece in re.split(r"(&[^;]+;)", raw):
        if piece.startswith("&"):  # a reference is an event of its own
            yield _REFERENCE.sub(_meant, piece)
        else:
            yield from _jdk_events(piece, start)
        start += len(piece.encode())


# -- Woodstox ----------------------------------------------------------------------------------------------------

_ESCAPED: Final = re.compile("[&<>\r\x7f-\x9f]")
_PLAIN: Final = {"&": "&amp;", "<": "&lt;", "\r": "&#xd;"}
_CONTROLS: Final = {chr(code): f"&#x{code:x};" for code in range(0x7F, 0xA0)}
"""Not in the step list: Woodstox 6.2.1 was seen to write them so, in text only (tests/peers/test_transform.py)."""
_IN_TEXT: Final = _PLAIN | _CONTROLS
_SHORT: Final = 12
_PIECE: Final = 512
_FIRST_OR_BRACKET: Final = re.compile("^>|(?<=])>")
_RUN: Final = re.compile("^>+|(?<=])>+|[&<\r\x7f-\x9f]>*")
"""In a long text a ">" is escaped first in a piece, after "]" and after anything escaped: so are those next to it."""
_MARKUP: Final = re.compile("[&<\r\x7f-\x9f]")


def _woodstox_text(text: str) -> str:
    if ">" not in text:
        return _MARKUP.sub(lambda found: _IN_TEXT[found[0]], text)
    pieces = _pieces(text)
    if pieces is None:
        # Marked with a character that XML cannot hold: the "&" of "&gt;" is not to be escaped again.
        marked = _FIRST_OR_BRACKET.sub("\0", text)
        return _MARKUP.sub(lambda found: _IN_TEXT[found[0]], marked).replace("\0", "&gt;")
    return "".join(_RUN.sub(_escaped_run, piece) for piece in pieces)


def _escaped_run(found: re.Match[str]) -> str:
    return "".join(_IN_TEXT.get(character, "&gt;") for character in found[0])


def _pieces(text: str) -> list[str] | None:
    """Cut a long text in pieces of 512 units of UTF-16; None for a short one, which is written otherwise."""
    if text.isascii() or max(text) <= "\uffff":
        if len(text) < _SHORT:
            return None
        return [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]
    octets = text.encode("utf-16-le")
    if len(octets) < 2 * _SHORT:
        return None
    cut = [octets[start : start + 2 * _PIECE] for start in range(0, len(octets), 2 * _PIECE)]
    # A pair may be cut in halves; they are joined again below, and no half is escaped.
    halves = [piece.decode("utf-16-le", "surrogatepass") for piece in cut]
    for index in range(len(halves) - 1):
        if "\ud800" <= halves[index][-1] <= "\udbff":
            high, low = halves[index][-1], halves[index + 1][0]
            halves[index] = halves[index][:-1] + (high + low).encode("utf-16-le", "surrogatepass").decode("utf-16-le")
            halves[index + 1] = halves[index + 1][1:]
            if halves[index + 1].startswith(">"):  # second in its piece, not first
                halves[index] += halves[index + 1][0]
                halves[index + 1] = halves[index + 1][1:]
    return halves


# -- JDK ---------------------------------------------------------------------------------------------------------

_FIRST_CHUNK: Final = 32
"""Octets that the JDK's parser reads before all others, for the XML declaration."""
_SCAN: Final = re.compile("\n*[^\n\\]\U00010000-\U0010ffff]*")
_BRACKETS: Final = re.compile("]+")
_HIGH: Final = re.compile("[\U00010000-\U0010ffff]+")


def _jdk_events(text: str, start: int) -> Iterator[str]:
    """Split a text without references, whose first octet is number `start`, as the JDK's parser does.

    For an event it scans twice; a scan takes the line ends that stand first and goes up to the next one, a "]" or a
    character above U+FFFF. Observed of JDK 17. What happens where its later buffers end (every 8 KB) is left out.
    """
    position, chunk = 0, _characters(text, _FIRST_CHUNK - start)
    while position < len(text):
        begin = position
        position = _scan(text, position, chunk)
        high = _HIGH.match(text, position)
        if high is not None and position != chunk:
            position = high.end()
        elif position < len(text):
            position = _after(_BRACKETS, text, position)
            position = _after(_BRACKETS, text, _scan(text, position, chunk))
        position = position if position > begin else _after(_HIGH, text, begin)
        yield text[begin:position]


_SPLIT: Final = re.compile("[&<>\r\n\\]\U00010000-\U0010ffff]")
_REFERRED: Final = re.compile("([&<>\r])")
"""Characters that the canonical form writes as references."""


def _jdk_text(text: str) -> str:
    events = (
        event
        for piece in _REFERRED.split(text)
        for event in ((piece,) if _REFERRED.match(piece) else _jdk_events(piece, _FIRST_CHUNK))
    )
    return _jdk("".join(event for event in events if event.strip(_BLANKS)))


def _scan(text: str, position: int, chunk: int) -> int:
    scanned = _SCAN.match(text, position, len(text) if position >= chunk else chunk)
    return scanned.end() if scanned else position


def _after(some: re.Pattern[str], text: str, position: int) -> int:
    found = some.match(text, position)
    return found.end() if found else position


def _characters(text: str, octets: int) -> int:
    """How many characters of `text` its first `octets` are; 0 where it begins after them."""
    return len(text[:_FIRST_CHUNK].encode()[: max(octets, 0)].decode("utf-8", "ignore"))


def _jdk(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# -- Attributes --------------------------------------------------------------------------------------------------

_IN_ATTRIBUTE: Final = re.compile('[&<"\t\n\r]')
_ATTRIBUTE: Final = {**_PLAIN, '"': "&quot;", "\t": "&#x9;", "\n": "&#xa;"}


def _attribute(value: str, escaping: Escaping) -> str:
    if escaping is Escaping.JDK:
        return _jdk(value).replace('"', "&quot;")
    return _IN_ATTRIBUTE.sub(lambda found: _ATTRIBUTE[found[0]], value)
