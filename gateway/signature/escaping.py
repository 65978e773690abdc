"""How two Java writers escape, and the events in which a text reaches them: Woodstox, and the StAX of JDK 17."""

import re
from collections.abc import Iterator
from enum import Enum
from typing import Final

BLANKS: Final = " \t\n\r"
"""What Java's trim() takes off and XML can hold. U+00A0 and U+FEFF are not blank (step 2)."""


class Escaping(Enum):
    """Whose rules of writing text and attributes were followed."""

    WOODSTOX = "woodstox"
    JDK = "jdk"


LINE_END: Final = re.compile(r"\r\n?")
_REFERENCE: Final = re.compile(r"&(?:#(?:x([0-9A-Fa-f]+)|([0-9]+))|(\w+));")
_PREDEFINED: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


def _meant(reference: re.Match[str]) -> str:
    hexadecimal, decimal, name = reference.groups()
    if name is not None:
        return _PREDEFINED[name]
    return chr(int(hexadecimal, 16) if hexadecimal is not None else int(decimal))


def events(raw: str, start: int, escaping: Escaping) -> Iterator[str]:
    """Split the text between two tags into the events in which a parser reports it; `start` is its octet."""
    raw = LINE_END.sub("\n", raw)
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

ESCAPED: Final = re.compile("[&<>\r\x7f-\x9f]")
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


def woodstox_text(text: str) -> str:
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

FIRST_CHUNK: Final = 32
"""Octets that the JDK's parser reads before all others, for the XML declaration."""
_SCAN: Final = re.compile("\n*[^\n\\]\U00010000-\U0010ffff]*")
_BRACKETS: Final = re.compile("]+")
_HIGH: Final = re.compile("[\U00010000-\U0010ffff]+")


def _jdk_events(text: str, start: int) -> Iterator[str]:
    """Split a text without references, whose first octet is number `start`, as the JDK's parser does.

    For an event it scans twice; a scan takes the line ends that stand first and goes up to the next one, a "]" or a
    character above U+FFFF. Observed of JDK 17. What happens where its later buffers end (every 8 KB) is left out.
    """
    position, chunk = 0, _characters(text, FIRST_CHUNK - start)
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


SPLIT: Final = re.compile("[&<>\r\n\\]\U00010000-\U0010ffff]")
_REFERRED: Final = re.compile("([&<>\r])")
"""Characters that the canonical form writes as references."""


_BLANK_EVENT: Final = re.compile(
    "\r|(?:^|[&<>\\]{high}])[ \t\n]+(?:\\Z|[&<>\n\\]{high}])|\n[ \t\n]*(?:\\Z|[&<>\\]{high}])|\n[ \t]+\n".format(
        high="\U00010000-\U0010ffff"
    )
)
"""Where an event may be blank: from one border of events to another."""


def jdk_text(text: str) -> str:
    """Return a text of a tree as the JDK writes it, without the events that it drops for being blank."""
    if not _BLANK_EVENT.search(text):
        return jdk_escaped(text)
    found = (
        event
        for piece in _REFERRED.split(text)
        for event in ((piece,) if _REFERRED.match(piece) else _jdk_events(piece, FIRST_CHUNK))
    )
    return jdk_escaped("".join(event for event in found if event.strip(BLANKS)))


def _scan(text: str, position: int, chunk: int) -> int:
    scanned = _SCAN.match(text, position, len(text) if position >= chunk else chunk)
    return scanned.end() if scanned else position


def _after(some: re.Pattern[str], text: str, position: int) -> int:
    found = some.match(text, position)
    return found.end() if found else position


def _characters(text: str, octets: int) -> int:
    """How many characters of `text` its first `octets` are; 0 where it begins after them."""
    return len(text[:FIRST_CHUNK].encode()[: max(octets, 0)].decode("utf-8", "ignore"))


def jdk_escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# -- Attributes --------------------------------------------------------------------------------------------------

_IN_ATTRIBUTE: Final = re.compile('[&<"\t\n\r]')
_ATTRIBUTE: Final = {**_PLAIN, '"': "&quot;", "\t": "&#x9;", "\n": "&#xa;"}


def attribute(value: str, escaping: Escaping) -> str:
    if escaping is Escaping.JDK:
        return jdk_escaped(value).replace('"', "&quot;")
    return _IN_ATTRIBUTE.sub(lambda found: _ATTRIBUTE[found[0]], value)
