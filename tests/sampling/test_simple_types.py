"""A value is made for every simple type that has one."""

import re
from datetime import date
from pathlib import Path

import pytest

from gateway.library.sampling import CannotSample
from tests.sampling.samples import explained, restriction, sample, value_of, write

STRINGS = ("string", "normalizedString", "token", "language", "Name", "NCName", "NMTOKEN", "NMTOKENS", "ID", "anyURI")
NUMBERS = (
    *("decimal", "integer", "long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger"),
    *("nonPositiveInteger", "negativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    *("float", "double"),
)
MOMENTS = ("date", "time", "dateTime", "gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay", "duration")
OTHERS = ("boolean", "base64Binary", "hexBinary", "QName", "anySimpleType")


@pytest.mark.parametrize("name", [*STRINGS, *NUMBERS, *MOMENTS, *OTHERS])
def test_every_builtin_type_has_a_value(tmp_path: Path, name: str) -> None:
    xsd = write(tmp_path, f'<xs:element name="root" type="xs:{name}"/>')
    root = sample(xsd)
    assert root.text
    assert explained(xsd, root) == []


@pytest.mark.parametrize(
    ("simple_type", "expected"),
    [
        # texts
        (restriction("xs:string", "length 11"), r"\d{11}"),
        (restriction("xs:string", "minLength 30"), r"root \d+ root[ro.t ]*"),
        (restriction("xs:string", "maxLength 3"), r"roo"),
        (restriction("xs:string", "maxLength 0"), r""),
        (restriction("xs:string", "minLength 5", r"pattern \d+"), r"\d{5,}"),
        (restriction("xs:string", "length 3", "pattern [А-Я]+", "pattern [0-9]+"), r"[А-Я]{3}|[0-9]{3}"),
        (restriction("xs:string", r"pattern \p{IsCyrillic}+"), r"[А-Я][а-я]+"),
        (restriction("xs:string", "enumeration да", "enumeration нет"), r"да|нет"),
        (restriction("xs:string", "enumeration a", "enumeration bb", "pattern ..", "length 2"), r"bb"),
        (restriction("xs:token", r"pattern \S( \S)+"), r"\S( \S)+"),
        (restriction("xs:NMTOKEN", "length 1"), r"\w"),
        (restriction("xs:NCName", "length 3"), r"\w{3}"),
        (restriction("xs:NCName", r"pattern [a-z]{2}\d"), r"[a-z]{2}\d"),
        (restriction("xs:language", "enumeration en-GB"), r"en-GB"),
        (restriction("xs:anyURI", "maxLength 4"), r"\S{1,4}"),
        (restriction("xs:anyURI", r"pattern https://.+"), r"https://\S+"),
        (restriction("xs:hexBinary", "length 3"), r"[0-9A-F]{6}"),
        (restriction("xs:base64Binary", "minLength 20", "maxLength 20"), r"[\w+/]{27}="),
        (restriction("xs:boolean", "pattern [01]"), r"[01]"),
        # numbers
        (restriction("xs:decimal"), r"\d{1,4}\.\d\d"),
        (restriction("xs:decimal", "fractionDigits 0"), r"\d+"),
        (restriction("xs:decimal", "totalDigits 2"), r"0\.\d\d|\d\.\d[0-9]?|\d\d?"),
        (restriction("xs:decimal", "totalDigits 5", "fractionDigits 2"), r"\d{1,3}\.\d\d"),
        (restriction("xs:decimal", "minExclusive 0", "maxExclusive 0.0002"), r"0\.0001\d*"),
        (restriction("xs:decimal", "minExclusive 9999"), r"\d{5}\.\d\d|9999\.\d\d"),
        (restriction("xs:decimal", "maxInclusive -1000000"), r"-\d{7}\.\d\d"),
        (restriction("xs:integer", "minInclusive 5", "maxInclusive 5"), r"5"),
        (restriction("xs:integer", "minExclusive 5", "maxExclusive 7"), r"6"),
        (restriction("xs:integer", r"pattern \d{4}"), r"\d{4}"),
        (restriction("xs:integer", "minInclusive 100000000000000000000000"), r"1\d{23}"),
        (restriction("xs:byte", "maxExclusive -127"), r"-128"),
        (restriction("xs:positiveInteger", "totalDigits 1"), r"[1-9]"),
        (restriction("xs:double", "minExclusive 1e300"), r".*e\+30\d"),
        (restriction("xs:float", "minInclusive 0.25", "maxInclusive 0.25"), r"0\.250*"),
        # moments
        (restriction("xs:date", "minInclusive 2040-02-28"), r"20(40|41)-\d\d-\d\d"),
        (restriction("xs:date", "maxExclusive 0200-01-01"), r"0199-\d\d-\d\d"),
        (restriction("xs:date", "minExclusive 2040-02-28", "maxExclusive 2040-03-01"), r"2040-02-29"),
        (restriction("xs:date", r"pattern .*Z"), r"201[23]-\d\d-\d\dZ"),
        (restriction("xs:dateTime", "minInclusive 2040-01-01T00:00:00Z"), r"204[01]-.*Z"),
        (restriction("xs:dateTime", r"pattern .+\.\d{3}.*"), r".+\.000"),
        (restriction("xs:time", "minInclusive 23:59:58"), r"23:59:5[89]"),
        (restriction("xs:gYear", "minInclusive 2040", "maxInclusive 2040"), r"2040"),
        (restriction("xs:gMonth", "enumeration --05"), r"--05"),
        (restriction("xs:gDay", "minInclusive ---31"), r"---31"),
        (restriction("xs:duration", "minExclusive P10Y"), r"P.+"),
        (restriction("xs:duration", r"pattern PT\d+M"), r"PT\d+M"),
        # lists and unions
        ('<xs:list itemType="xs:int"/>', r"\d+( \d+)?"),
        (restriction("xs:NMTOKENS", "length 3"), r"\S+ \S+ \S+"),
        (restriction("xs:NMTOKENS", r"pattern [a-z] [a-z]"), r"[a-z] [a-z]"),
        ('<xs:union memberTypes="xs:date xs:int"/>', r"201[23]-\d\d-\d\d"),
    ],
)
def test_a_value_meets_all_facets(tmp_path: Path, simple_type: str, expected: str) -> None:
    values = {value_of(tmp_path, simple_type, seed) for seed in range(5)}
    assert [value for value in values if not re.fullmatch(expected, value)] == []


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (([r"pattern \d+"], ["pattern .{4}"]), r"\d{4}"),
        (([r"pattern [А-Я].*"], [r"pattern .*\d"], ["maxLength 5"]), r"[А-Я].*\d"),
        ((["pattern a.*", "pattern b.*"], ["pattern .*c", "pattern .*d"]), r"[ab].*[cd]"),
        ((["minLength 2"], ["maxLength 4"], [r"pattern [ab]*c"]), r"[ab]{1,3}c"),
        ((["maxLength 9"], ["enumeration один", "enumeration два"], ["enumeration два"]), r"два"),
    ],
)
def test_a_value_meets_the_facets_of_every_step(tmp_path: Path, steps: tuple[list[str], ...], expected: str) -> None:
    simple_type = restriction("xs:string", *steps[0])
    for step in steps[1:]:
        outer = restriction("", *step).replace(' base=""', "", 1)
        simple_type = outer.replace(">", f"><xs:simpleType>{simple_type}</xs:simpleType>", 1)
    value = value_of(tmp_path, simple_type)
    assert re.fullmatch(expected, value), value


def test_a_restricted_union_has_a_value_of_a_member(tmp_path: Path) -> None:
    members = "".join(f"<xs:simpleType>{restriction(base)}</xs:simpleType>" for base in ("xs:int", "xs:token"))
    union = f"<xs:simpleType><xs:union>{members}</xs:union></xs:simpleType>"
    assert value_of(tmp_path, f'<xs:restriction>{union}<xs:enumeration value="x"/></xs:restriction>') == "x"
    assert value_of(tmp_path, f'<xs:restriction>{union}<xs:pattern value="[а-я]{{3}}"/></xs:restriction>').isalpha()


def test_a_qname_and_a_notation_keep_their_namespaces(tmp_path: Path) -> None:
    xsd = write(
        tmp_path,
        '<xs:notation name="gif" public="image/gif"/><xs:element name="root"><xs:complexType><xs:sequence>'
        f'<xs:element name="q"><xs:simpleType>{restriction("xs:QName", "enumeration far:away")}</xs:simpleType>'
        f'</xs:element><xs:element name="n"><xs:simpleType>{restriction("xs:NOTATION", "enumeration t:gif")}'
        '</xs:simpleType></xs:element><xs:element name="f" type="xs:QName" fixed="far:fixed"/>'
        "</xs:sequence></xs:complexType></xs:element>",
        head='<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" xmlns:far="urn:far" '
        'targetNamespace="urn:t" elementFormDefault="qualified">',
    )
    root = sample(xsd)
    assert [node.text for node in root] == ["far:away", "t:gif", "far:fixed"]
    assert {prefix: uri for prefix, uri in root.nsmap.items() if prefix} == {"far": "urn:far", "t": "urn:t"}


@pytest.mark.parametrize(
    ("simple_type", "blamed"),
    [
        (restriction("xs:string", r"pattern \d{3}", "length 4"), r"xs:string (pattern \d{3}; length 4)"),
        (restriction("xs:string", "pattern [a-z-[a-z]]"), "[a-z-[a-z]]"),
        (restriction("xs:string", "minLength 2000000"), "minLength 2000000"),
        (restriction("xs:string", "enumeration a", "pattern b"), "enumeration a"),
        (restriction("xs:ENTITY"), "xs:ENTITY"),
        (restriction("xs:ENTITIES"), "xs:list (minLength 1)"),
    ],
)
def test_what_has_no_value_is_blamed(tmp_path: Path, simple_type: str, blamed: str) -> None:
    xsd = write(
        tmp_path,
        '<xs:element name="root"><xs:complexType><xs:sequence><xs:element name="a"><xs:complexType>'
        f'<xs:attribute name="b" use="required"><xs:simpleType>{simple_type}</xs:simpleType></xs:attribute>'
        "</xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>",
    )
    with pytest.raises(CannotSample) as refusal:
        sample(xsd)
    assert str(refusal.value).startswith("/root/a/@b: ")
    assert blamed in str(refusal.value)


def test_dates_are_near_today(tmp_path: Path) -> None:
    for seed in range(10):
        made = date.fromisoformat(value_of(tmp_path, restriction("xs:date"), seed))
        assert 0 <= (date(2013, 4, 1) - made).days < 365


@pytest.mark.parametrize(
    ("declaration", "expected"),
    [
        ('name="СвНаимЮЛ"', r"СвНаимЮЛ \d+"),
        ('name="receiverName"', r"Наименование \d+"),
        ('name="FIRST_NAME"', r"Имя \d+"),
        ('name="Zyx"', r"Zyx \d+"),
    ],
)
def test_a_text_is_a_title_with_a_number(tmp_path: Path, declaration: str, expected: str) -> None:
    element = f'<xs:element {declaration} type="xs:string"/>'
    body = f'<xs:element name="root"><xs:complexType><xs:sequence>{element}</xs:sequence></xs:complexType></xs:element>'
    assert re.fullmatch(expected, sample(write(tmp_path, body))[0].text or "")


def test_a_short_documentation_in_russian_is_the_title(tmp_path: Path) -> None:
    annotation = "<xs:annotation><xs:documentation>\n  Кем выдан\n документ. </xs:documentation></xs:annotation>"
    body = f'<xs:element name="root" type="xs:string" xml:lang="ru">{annotation}</xs:element>'
    assert re.fullmatch(r"Кем выдан документ \d+", sample(write(tmp_path, body)).text or "")
