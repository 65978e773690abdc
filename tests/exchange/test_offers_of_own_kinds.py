"""Offers of kinds that somebody has added: the example that fits is taken, or else a sample of the schema."""

from pathlib import Path

import pytest

from gateway import library
from gateway.domain.cases import Case
from gateway.exchange.offers import CannotOffer, Offer
from gateway.library import Library
from tests.exchange.test_offers import FIRM, NAMES, OF_A_FIRM, OF_A_WOMAN, offered, values, words

KIND_TOML = """
name = "Справка"
name_en = "Certificate"
owner = "Ведомство"
fidelity = "own"
[request]
namespace = "urn:own"
root = "Ask"
[response]
namespace = "urn:own"
root = "Told"
"""
XSD = """
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:own" targetNamespace="urn:own"
           elementFormDefault="qualified">
  <xs:element name="Ask">
    <xs:complexType>
      <xs:sequence>
        <xs:choice>
          <xs:element name="Citizen">
            <xs:complexType>
              <xs:sequence>
                <xs:element name="Surname" type="xs:string"/>
                <xs:element name="GivenName" type="xs:string"/>
                <xs:element name="Born">
                  <xs:simpleType>
                    <xs:restriction base="xs:string"><xs:pattern value="\\d\\d\\.\\d\\d\\.\\d{4}"/></xs:restriction>
                  </xs:simpleType>
                </xs:element>
              </xs:sequence>
              <xs:attribute name="snils" use="required">
                <xs:simpleType>
                  <xs:restriction base="xs:string"><xs:pattern value="\\d{3}-\\d{3}-\\d{3} \\d\\d"/></xs:restriction>
                </xs:simpleType>
              </xs:attribute>
            </xs:complexType>
          </xs:element>
          <xs:element name="Company">
            <xs:complexType><xs:attribute name="ogrn" type="xs:string" use="required"/></xs:complexType>
          </xs:element>
        </xs:choice>
      </xs:sequence>
    </xs:complexType>
  </xs:element>
  <xs:element name="Told" type="xs:string"/>
</xs:schema>
"""
OF_A_CITIZEN = (
    '<Ask xmlns="urn:own"><Citizen snils="952-147-714 14"><Surname>Смирнов</Surname><GivenName>Иван</GivenName>'
    "<Born>10.03.1967</Born></Citizen></Ask>"
)
OF_A_COMPANY = '<Ask xmlns="urn:own"><Company ogrn="1043799978210"/></Ask>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A kind of somebody's own, without examples."""
    folder = tmp_path / "own" / "certificate" / "1.0.0"
    (folder / "examples").mkdir(parents=True)
    (folder / "kind.toml").write_text(KIND_TOML, encoding="utf-8")
    (folder / "certificate.xsd").write_text(XSD, encoding="utf-8")
    return folder


def own_offer(folder: Path, case: Case) -> tuple[Offer, Library]:
    known = library.load(folder.parents[2])
    (kind,) = known.catalogue
    return offered(kind, case, known), known


def test_the_example_that_fits_the_applicant_is_taken(folder: Path) -> None:
    (folder / "examples" / "citizen-request.xml").write_text(OF_A_CITIZEN, encoding="utf-8")
    (folder / "examples" / "company-request.xml").write_text(OF_A_COMPANY, encoding="utf-8")
    woman, known = own_offer(folder, OF_A_WOMAN)
    assert known.violations(woman.content) == ()
    assert values(woman.content)[2:] == ["Ёлкина", "Зинаида", "06.05.1979", "112-233-445 95"]
    firm, _ = own_offer(folder, OF_A_FIRM)
    assert values(firm.content)[2:] == [FIRM.ogrn]
    assert woman.to_complete == firm.to_complete == ()


def test_a_kind_without_examples_is_filled_from_its_schema(folder: Path) -> None:
    made, known = own_offer(folder, OF_A_WOMAN)
    assert known.violations(made.content) == ()
    assert {"Ёлкина", "Зинаида", "06.05.1979", "112-233-445 95"} <= set(values(made.content))
    assert made.to_complete == ()
    assert own_offer(folder, OF_A_FIRM)[0].content[0].get("ogrn") == FIRM.ogrn


def test_an_example_that_is_not_valid_is_no_example(folder: Path) -> None:
    broken = OF_A_CITIZEN.replace("<Born>10.03.1967</Born>", "")
    (folder / "examples" / "citizen-request.xml").write_text(broken, encoding="utf-8")
    made, known = own_offer(folder, OF_A_WOMAN)
    assert known.violations(made.content) == ()
    assert not words(made.content) & NAMES


def test_a_kind_whose_schema_is_broken_has_no_offer(folder: Path) -> None:
    (folder / "certificate.xsd").write_text(XSD.replace('type="xs:string"', 'type="Nothing"'), encoding="utf-8")
    with pytest.raises(CannotOffer, match=r"certificate\.xsd"):
        own_offer(folder, OF_A_WOMAN)
