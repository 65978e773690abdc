"""The door between bytes and elements: what it lets in, what it refuses, and what that costs."""

import resource
import sys

import pytest

from gateway.xml import MAX_ELEMENTS, DoctypeForbidden, NotWellFormed, TooManyElements, XmlError, escape, parse

BOMB = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 10))
ENTITIES = f'<!DOCTYPE a [<!ENTITY e0 "aaaaaaaaaa">{BOMB}]>'


def peak() -> int:
    """Bytes of memory at most in use so far."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


@pytest.mark.parametrize(
    "document",
    [
        "<!DOCTYPE a><a/>",
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        '<!DOCTYPE a PUBLIC "-//W3C//DTD" "http://127.0.0.1:1/a.dtd"><a/>',
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        '<!DOCTYPE a [<!ENTITY % b SYSTEM "file:///etc/passwd"> %b;]><a/>',
        '<!DOCTYPE a [<!ENTITY b "c">]><a d="&b;"/>',
        f"{ENTITIES}<a>&e9;</a>",
        f'{ENTITIES}<a d="&e9;"/>',
    ],
)
def test_a_doctype_is_refused_and_nothing_is_expanded(document: str) -> None:
    before = peak()
    with pytest.raises(XmlError) as refused:
        parse(document.encode())
    assert isinstance(refused.value, DoctypeForbidden | NotWellFormed)
    assert peak() - before < 50_000_000


@pytest.mark.parametrize(("levels", "good"), [(255, True), (257, False), (100_000, False)])
def test_depth_ends_at_256(levels: int, good: bool) -> None:
    document = b"<a>" * levels + b"</a>" * levels
    if good:
        assert len(list(parse(document).iter())) == levels
    else:
        with pytest.raises(NotWellFormed, match="depth"):
            parse(document)


def test_as_many_elements_as_the_limit_are_read() -> None:
    assert len(parse(b"<a>" + b"<b></b>" * (MAX_ELEMENTS - 2) + b"</a>")) == MAX_ELEMENTS - 2


@pytest.mark.parametrize("unit", [b"<a/>", b"<!---->", b"<?a?>", b"<a></a>"])
def test_two_million_elements_are_refused_before_they_cost_memory(unit: bytes) -> None:
    document = b"<r>" + unit * 2_000_000 + b"</r>"
    before = peak()
    with pytest.raises(TooManyElements, match="200000"):
        parse(document)
    assert peak() - before < 30_000_000


@pytest.mark.parametrize(
    ("encoding", "unit"),
    [("UTF-7", b"+ADw-a/+AD4-"), ("UNICODE-1-1-UTF-7", b"+ADw-a/+AD4-"), ("IBM037", b"\x4c\x81\x61\x6e")],
)
def test_elements_do_not_pass_uncounted_in_an_encoding_that_hides_them(encoding: str, unit: bytes) -> None:
    document = f'<?xml version="1.0"{" " * 5000}encoding="{encoding}"?>'.encode() + unit * 300_000
    with pytest.raises(NotWellFormed, match=encoding):
        parse(document)


@pytest.mark.parametrize("encoding", ["UTF-8", "utf-16", "windows-1251", "KOI8-R", "ISO-8859-5", "cp866"])
def test_long_documents_may_be_in_any_encoding_of_russian(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><a>{"Уж " * MAX_ELEMENTS}</a>'
    assert (parse(text.encode(encoding)).text or "").endswith("ж ")


def test_what_xml_cannot_hold_is_replaced() -> None:
    assert parse(f'<a b="{escape(chr(0) + "<&>" + chr(34) + chr(0xFFFE))}"/>'.encode()).get("b") == '\ufffd<&>"\ufffd'
