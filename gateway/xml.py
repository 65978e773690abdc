"""The one door between bytes and XML elements: safe parsing in, faithful serialisation out.

Limits stop hostile documents (entity bombs, external entities, deep nesting, millions of elements) before
they cost memory; every refusal is an `XmlError` that says what was expected and what was found.
"""

import re
from typing import Final

from lxml import etree

Element = etree._Element

MAX_ELEMENTS: Final = 200_000
"""Elements in one document. lxml spends about 200 bytes on an empty one, so a body limit alone is not enough."""

_PARSER: Final = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    dtd_validation=False,
    huge_tree=False,  # libxml2's own guards: depth 256, text of 10 MB, entity amplification
    remove_blank_text=False,
    collect_ids=False,
)


_ENCODING: Final = re.compile(rb"""encoding\s*=\s*["']([^"']*)""")
_ENCODINGS: Final = re.compile(
    rb"utf-?(8|16)(le|be)?|us-ascii|ascii|iso-8859-\d+|windows-125\d|cp125\d|cp866|koi8-[ru]", re.IGNORECASE
)
"""Encodings in which "<" is that byte and nothing else is: bytes can then be counted for characters."""


class XmlError(ValueError):
    """The bytes are not a document that this program accepts."""


class NotWellFormed(XmlError):
    """Not XML, or broken XML."""


class DoctypeForbidden(XmlError):
    """The document has a DOCTYPE; SOAP 1.1 §3 forbids one."""


class TooManyElements(XmlError):
    """The document has more elements than the limit."""


def parse(body: bytes) -> Element:
    """Return the root element of `body`.

    Raises: NotWellFormed, DoctypeForbidden, TooManyElements.
    """
    if len(body) > MAX_ELEMENTS:
        _refuse_rare_encoding(body)
        _refuse_too_many_elements(body)
    try:
        root = etree.fromstring(body, _PARSER)  # noqa: TID251 - this is that one place
    except etree.XMLSyntaxError as error:
        raise NotWellFormed(_syntax_error(error, body)) from error
    except ValueError as error:  # e.g. an encoding that lxml does not know
        raise NotWellFormed(str(error)) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise DoctypeForbidden("DOCTYPE is not allowed in a SOAP message (SOAP 1.1, section 3)")
    return root


def _refuse_rare_encoding(body: bytes) -> None:
    # UTF-7 and EBCDIC write "<" otherwise, and their elements would pass uncounted.
    declaration = body[: body.find(b"?>") + 1] if body.removeprefix(b"\xef\xbb\xbf").startswith(b"<?xml") else b""
    declared = _ENCODING.search(declaration)
    if declared is not None and _ENCODINGS.fullmatch(declared[1]) is None:
        found = declared[1].decode("ascii", "replace")
        raise NotWellFormed(f"expected UTF-8, UTF-16 or an 8-bit encoding of Russian, found encoding {found!r}")


def _refuse_too_many_elements(body: bytes) -> None:
    # Each element costs at least one "<" that is not "</": counting bytes bounds the elements before lxml
    # allocates them (2 million of them take 400 MB).
    count = body.count(b"<") - body.count(b"</")
    if count > MAX_ELEMENTS:
        raise TooManyElements(f"expected at most {MAX_ELEMENTS} elements, found about {count}")


def _syntax_error(error: etree.XMLSyntaxError, body: bytes) -> str:
    if not body.strip():
        return "expected an XML document, found an empty body"
    line, column = error.position
    return f"line {line}, column {column}: {error.msg}"


def source(element: Element) -> bytes:
    """Serialise `element` with all namespaces in scope, so that it can be spliced into another document.

    Not exclusive C14N: that drops prefixes used only inside values (`xsi:type="p:Citizen"`). Where no default
    namespace is in scope `xmlns=""` says so, because the place it is spliced into may have one; neither
    changes the exclusive C14N of the element, which is what a signature covers.
    """
    text = etree.tostring(element, encoding="utf-8", with_tail=False)
    if text.startswith(b"<?xml"):
        text = text[text.index(b"?>") + 2 :].lstrip()
    # Quotes inside attribute values are escaped, so this can only be the declaration.
    if text.find(b' xmlns="', 0, text.index(b">")) < 0:
        name_end = _end_of_name(text)
        text = text[:name_end] + b' xmlns=""' + text[name_end:]
    return text


def _end_of_name(text: bytes) -> int:
    for index, byte in enumerate(text):
        if byte in b" />\t\r\n":
            return index
    raise AssertionError("a serialised element has an end of its name")


_ESCAPES: Final = {
    **{code: "\N{REPLACEMENT CHARACTER}" for code in range(0x20) if chr(code) not in "\t\n\r"},
    0xFFFE: "\N{REPLACEMENT CHARACTER}",
    0xFFFF: "\N{REPLACEMENT CHARACTER}",
    **{ord(character): f"&{name};" for character, name in (("&", "amp"), ("<", "lt"), (">", "gt"), ('"', "quot"))},
    ord("\r"): "&#xD;",
}


_ESCAPED: Final = re.compile(f"[{re.escape(''.join(map(chr, _ESCAPES)))}]")


def escape(text: str) -> str:
    """Escape `text` for element content and, quotes included, for attribute values.

    Characters that XML 1.0 cannot hold become U+FFFD: texts of refusals may quote hostile input.
    """
    return text.translate(_ESCAPES) if _ESCAPED.search(text) else text  # translating Cyrillic costs ten searches


def name_of(element: Element) -> tuple[str, str]:
    """Return (namespace URI or "", local name) of `element`."""
    tag = element.tag
    if not isinstance(tag, str):
        raise TypeError(f"not an element: {element!r}")
    if tag[0] == "{":
        namespace, _, local = tag[1:].partition("}")
        return namespace, local
    return "", tag


def path_of(element: Element) -> str:
    """Return a readable path from the root to `element`: local names, positions only where needed."""
    steps: list[str] = []
    node: Element | None = element
    while node is not None:
        parent = node.getparent()
        local = name_of(node)[1]
        if parent is not None:
            twins = [child for child in parent if child.tag == node.tag]
            if len(twins) > 1:
                local = f"{local}[{twins.index(node) + 1}]"
        steps.append(local)
        node = parent
    return "/" + "/".join(reversed(steps))
