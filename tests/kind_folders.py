"""A small data kind on disk, for tests to load and to break."""

from pathlib import Path

KIND_TOML = """\
# a comment
name = "Тестовый вид сведений"
name_en = "Test kind"
owner = "Ведомство"
fidelity = "own"
route_by = ["to", "@oktmo"]

[request]
namespace = "urn:t"
root = "Request"

[response]
namespace = "urn:t"
root = "Response"
"""

XSD = """\
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:t" targetNamespace="urn:t"
           elementFormDefault="qualified">
  <xs:include schemaLocation="types.inc"/>
  <xs:element name="Request">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="to" minOccurs="0">
          <xs:complexType><xs:attribute name="oktmo" type="DigitsType" use="required"/></xs:complexType>
        </xs:element>
        <xs:element name="ОГРН" type="DigitsType"/>
        <xs:element name="born" type="xs:date" minOccurs="0"/>
        <xs:element name="who" type="WhoType" minOccurs="0" maxOccurs="unbounded"/>
      </xs:sequence>
    </xs:complexType>
  </xs:element>
  <xs:element name="Response" type="xs:QName"/>
</xs:schema>
"""

TYPES = """\
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:t" targetNamespace="urn:t"
           elementFormDefault="qualified">
  <xs:simpleType name="DigitsType">
    <xs:restriction base="xs:string"><xs:pattern value="\\d{13}"/></xs:restriction>
  </xs:simpleType>
  <xs:simpleType name="SexType">
    <xs:restriction base="xs:string">
      <xs:enumeration value="male"/><xs:enumeration value="female"/>
    </xs:restriction>
  </xs:simpleType>
  <xs:simpleType name="AgeType">
    <xs:restriction base="xs:int"><xs:maxInclusive value="150"/></xs:restriction>
  </xs:simpleType>
  <xs:complexType name="WhoType">
    <xs:sequence><xs:element name="name" type="xs:string"/></xs:sequence>
    <xs:attribute name="sex" type="SexType"/>
    <xs:attribute name="age" type="AgeType"/>
  </xs:complexType>
  <xs:complexType name="CitizenType">
    <xs:complexContent>
      <xs:extension base="WhoType">
        <xs:sequence><xs:element name="snils" type="xs:string"/></xs:sequence>
      </xs:extension>
    </xs:complexContent>
  </xs:complexType>
</xs:schema>
"""

REQUEST = '<Request xmlns="urn:t"><ОГРН>1234567890123</ОГРН></Request>'
RESPONSE = '<Response xmlns="urn:t" xmlns:t="urn:t">t:x</Response>'


def write_kind(root: Path, kind: str = "a/b/1.0") -> Path:
    folder = root / kind
    folder.mkdir(parents=True)
    (folder / "kind.toml").write_text(KIND_TOML, encoding="utf-8")
    (folder / "t.xsd").write_text(XSD, encoding="utf-8")
    (folder / "types.inc").write_text(TYPES, encoding="utf-8")
    (folder / "example-request.xml").write_text(REQUEST, encoding="utf-8")
    (folder / "example-response.xml").write_text(RESPONSE, encoding="utf-8")
    return folder


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
