"""A signed element cut out of one document and put into another keeps its exclusive C14N: the signature verifies."""

import pytest
from hypothesis import given, settings

from gateway.ns import SMEV3_1_2
from gateway.protocol.messages import DeliveredRequest, Metadata
from gateway.protocol.operations import RequestReply
from gateway.protocol.statuses import InteractionStatus, WireMessageType
from gateway.xml import Element, parse, source
from tests.conversation import c14n
from tests.protocol.samples import REQUEST_ID, SENT_AT, body_child, said
from tests.xml_strategies import inside

TRICKY = {
    "no namespaces": "<root><signed><a/></signed></root>",
    "no default namespace, prefixes only": '<p:root xmlns:p="urn:x"><p:signed><p:a/></p:signed></p:root>',
    "a child without namespace": '<p:root xmlns:p="urn:x"><p:signed><a/></p:signed></p:root>',
    "default namespace from above": '<root xmlns="urn:x"><signed><a/></signed></root>',
    "default namespace ends": '<root xmlns="urn:x"><signed xmlns=""><a/></signed></root>',
    "default namespace ends below": '<root xmlns="urn:x"><signed><a xmlns=""><b/></a></signed></root>',
    "default namespace changes": '<root xmlns="urn:x"><signed><a xmlns="urn:y"><b xmlns="urn:x"/></a></signed></root>',
    "the default namespace is that of the reply": f'<root xmlns="{SMEV3_1_2.basic}"><signed><a/></signed></root>',
    "a prefix used only in a value": (
        '<root xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:p="urn:x">'
        '<signed><a xsi:type="p:Citizen">p:value</a></signed></root>'
    ),
    "prefixes that mean something else in the reply": (
        '<root xmlns:ns2="urn:x" xmlns:ns3="urn:y" xmlns:soap="urn:z">'
        '<ns2:signed ns3:at="1"><soap:a/></ns2:signed></root>'
    ),
    "two prefixes of one namespace": (
        '<root xmlns:p="urn:x" xmlns:q="urn:x" xmlns="urn:x"><p:signed q:at="1"><q:a/><a/></p:signed></root>'
    ),
    "a prefix bound again": '<root xmlns:p="urn:x"><p:signed><p:a xmlns:p="urn:y"><p:b/></p:a></p:signed></root>',
    "comments and instructions": "<root><signed><!-- a --><b/><?pi c?><!-- d --></signed></root>",
    "a comment first": "<root><!-- x --><signed/></root>",
    "white space everywhere": "<root>\n  <signed\n at = '1' \t >\n\t<a />\n</signed  >\n</root>",
    "a tail": "<root><signed/>not signed</root>",
    "characters that serialisers change": (
        "<root><signed at='&#10;&#9;&#13;&quot;'>&#13;\n]]&gt;<![CDATA[<a>]]></signed></root>"
    ),
    "Cyrillic": '<корень xmlns="urn:x"><signed><Лицо Имя="Ёж"/></signed></корень>',
    "xml attributes": '<root xml:space="preserve" xml:lang="ru"><signed xml:id="x"><a xml:lang="en"/></signed></root>',
    "a namespace that has an ampersand": '<root xmlns="urn:x?a=1&amp;b=2"><signed><a/></signed></root>',
}


def spliced(element: Element) -> Element:
    """The element as the provider's parser finds it in our reply."""
    metadata = Metadata(
        REQUEST_ID, WireMessageType.REQUEST, "A", "A", SENT_AT, "B", "B", InteractionStatus.MESSAGE_IS_DELIVERED
    )
    reply = RequestReply(DeliveredRequest(source(element), metadata, None))
    return body_child(said(reply, SMEV3_1_2, "GetRequest"))[0][0][0]


def assert_the_same(original: Element, delivered: Element) -> None:
    assert c14n(delivered) == c14n(original)
    for before, after in zip(original.iter(), delivered.iter(), strict=True):
        # Whatever a prefix inside a value meant, it still means.
        known = {prefix: uri for prefix, uri in before.nsmap.items() if uri}
        assert after.nsmap.items() >= known.items()
        if None not in known:
            assert not after.nsmap.get(None)


@pytest.mark.parametrize("document", TRICKY.values(), ids=TRICKY)
def test_a_signed_element_stays_what_was_signed(document: str) -> None:
    signed = next(parse(document.encode()).iterchildren("*"))
    assert_the_same(signed, spliced(signed))


@settings(deadline=None)
@given(inside())
def test_any_element_stays_what_it_was(document: str) -> None:
    element = next(parse(document.encode()).iterchildren("*"))
    assert_the_same(element, spliced(element))


@settings(deadline=None)
@given(inside())
def test_the_source_of_a_source_is_the_same(document: str) -> None:
    once = source(next(parse(document.encode()).iterchildren("*")))
    assert source(parse(once)) == once
