"""How the schemas of a package find each other, and what becomes of them."""

import unicodedata
from pathlib import Path

import pytest

from gateway import xml
from gateway.library import check
from gateway.library.packages import PackageError
from tests.packages.building import STAY, Shelf, document, element, schema


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


ELSEWHERE = "urn:elsewhere"
TYPES = schema('<xs:simpleType name="Sum"><xs:restriction base="xs:int"/></xs:simpleType>', ELSEWHERE)


def using(reference: str, namespace: str = ELSEWHERE, type_: str = "Sum") -> str:
    """A schema whose request holds a type of another namespace, and is wrong where that is wrong."""
    return schema(f"{reference}\n{element('StayRequest', f'o:{type_}')}\n{element('StayResponse')}", o=namespace)


def imports(location: str | None, namespace: str = ELSEWHERE) -> str:
    place = "" if location is None else f' schemaLocation="{location}"'
    return f'<xs:import namespace="{namespace}"{place}/>'


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("types.xsd", "a/types.xsd"),
        ("../common/types.xsd", "common/types.xsd"),
        ("..\\common\\types.xsd", "common/types.xsd"),
        ("types.xsd", "quite/elsewhere/types.xsd"),
        ("TYPES.xsd", "a/types.xsd"),
        ("Общие типы.xsd", "a/Общие типы.xsd"),
        ("%D0%A2%D0%B8%D0%BF%D1%8B.xsd", "common/Типы.xsd"),
        (unicodedata.normalize("NFD", "Общий.xsd"), "a/Общий.xsd"),
        (None, "common/types.xsd"),
        ("gone.xsd", "common/types.xsd"),
        ("http://example.org/xsd/types.xsd?v=1", "common/types.xsd"),
        ("http://example.org/xsd/gone", "common/types.xsd"),
        ("file:///C:/work/types.xsd", "common/types.xsd"),
        ("C:\\work\\types.xsd", "common/types.xsd"),
        ("http://[", "common/types.xsd"),
    ],
)
def test_a_schema_is_found_by_path_by_name_or_by_namespace(shelf: Shelf, location: str | None, path: str) -> None:
    installed = shelf.add({"a/main.xsd": using(imports(location)), path: TYPES})
    assert all(file.name.isascii() for file in installed.folder.glob("*.xsd"))
    assert shelf.library.violations(xml.parse(document("StayRequest").encode())) == ()
    assert shelf.library.violations(xml.parse(document("StayRequest", "x").encode())) != ()


@pytest.mark.parametrize(
    ("location", "namespace", "type_"),
    [
        (
            "http://www.w3.org/TR/xmldsig-core/xmldsig-core-schema.xsd",
            "http://www.w3.org/2000/09/xmldsig#",
            "CryptoBinary",
        ),
        (
            "smev-message-exchange-basic-1.2.xsd",
            "urn://x-artefacts-smev-gov-ru/services/message-exchange/types/basic/1.2",
            "string-50",
        ),
        (
            None,
            "urn://x-artefacts-smev-gov-ru/services/message-exchange/types/1.1",
            "RejectCode",
        ),
    ],
)
def test_schemas_that_everybody_imports_are_brought_along(
    shelf: Shelf, location: str | None, namespace: str, type_: str
) -> None:
    installed = shelf.add({"a.xsd": using(imports(location, namespace), namespace, type_)})
    assert list(check(shelf.root)) == []
    assert len(list(installed.folder.glob("*.xsd"))) > 1


def test_a_w3c_schema_with_its_dtd_is_exchanged_for_ours(shelf: Shelf) -> None:
    dsig = "http://www.w3.org/2000/09/xmldsig#"
    theirs = f'<!DOCTYPE schema PUBLIC "x" "http://www.w3.org/x.dtd" [<!ENTITY d "{dsig}">]>\n' + schema("", dsig)
    installed = shelf.add({"a.xsd": using(imports("xmldsig.xsd", dsig), dsig, "CryptoBinary"), "xmldsig.xsd": theirs})
    assert any("xmldsig.xsd" in warning for warning in installed.warnings)


def test_chameleons_take_the_namespace_of_who_includes_them(shelf: Shelf) -> None:
    chameleon = schema('<xs:simpleType name="Sum"><xs:restriction base="xs:int"/></xs:simpleType>', "")
    include = '<xs:include schemaLocation="../b/Типы без имени.xsd"/>'
    shelf.add({"a/main.xsd": using(include, STAY), "b/Типы без имени.xsd": chameleon})
    assert shelf.library.violations(xml.parse(document("StayRequest", "x").encode())) != ()


def test_schemas_that_import_each_other_are_taken(shelf: Shelf) -> None:
    back = f'{imports("main.xsd", STAY)}<xs:element name="Sum" type="xs:int"/><xs:element name="Back" type="n:Own"/>'
    files = {
        "main.xsd": schema(
            f'{imports("types.xsd")}<xs:complexType name="Own"/>'
            f'<xs:element name="StayRequest"><xs:complexType><xs:sequence><xs:element ref="o:Sum"/></xs:sequence>'
            f"</xs:complexType></xs:element>{element('StayResponse')}",
            o=ELSEWHERE,
        ),
        "types.xsd": schema(back, ELSEWHERE, n=STAY),
    }
    assert shelf.add(files).kind.id == "fsin/stay"
    assert list(check(shelf.root)) == []


def test_a_namespace_of_several_documents_is_imported_whole(shelf: Shelf) -> None:
    """libxml2 reads the first import of a namespace and skips the rest."""
    files = {
        "main.xsd": schema(
            f"{imports('1.xsd')}{imports('2.xsd')}\n"
            f"{element('StayRequest', 'o:One')}{element('StayResponse', 'o:Two')}",
            o=ELSEWHERE,
        ),
        "1.xsd": schema('<xs:simpleType name="One"><xs:restriction base="xs:int"/></xs:simpleType>', ELSEWHERE),
        "2.xsd": schema('<xs:simpleType name="Two"><xs:restriction base="xs:date"/></xs:simpleType>', ELSEWHERE),
    }
    shelf.add(files)
    assert shelf.library.violations(xml.parse(document("StayResponse", "2013-01-01").encode())) == ()
    assert shelf.library.violations(xml.parse(document("StayResponse", "1").encode())) != ()


def test_roots_may_lie_in_two_namespaces(shelf: Shelf) -> None:
    files = {"q.xsd": schema(element("Request"), "urn:q/1.0"), "Ответ.xsd": schema(element("Response"), "urn:a/1.0")}
    kind = shelf.add(files).kind
    assert str(kind.response) == "{urn:a/1.0}Response"
    assert shelf.library.violations(xml.parse(document("Response", namespace="urn:a/1.0").encode())) == ()
    assert shelf.library.violations(xml.parse(document("Request", namespace="urn:q/1.0").encode())) == ()


def test_one_namespace_may_be_two_schemas(shelf: Shelf) -> None:
    files = {"q.xsd": schema(element("StayRequest")), "a.xsd": schema(element("StayResponse"))}
    shelf.add(files)
    assert shelf.library.violations(xml.parse(document("StayResponse").encode())) == ()
    assert list(check(shelf.root)) == []


def test_copies_of_a_schema_are_one_schema(shelf: Shelf) -> None:
    files = {
        "q/main.xsd": schema(imports("types.xsd") + element("Request", "o:Sum"), "urn:q/1.0", o=ELSEWHERE),
        "a/main.xsd": schema(imports("types.xsd") + element("Response", "o:Sum"), "urn:a/1.0", o=ELSEWHERE),
        "q/types.xsd": TYPES,
        "a/types.xsd": TYPES,
    }
    installed = shelf.add(files)
    assert list(check(shelf.root)) == []
    assert len(list(installed.folder.glob("types*.xsd"))) == 1


@pytest.mark.parametrize("encoding", ["windows-1251", "utf-16", "utf-8-sig"])
def test_a_schema_in_another_encoding_is_rewritten_in_it(shelf: Shelf, encoding: str) -> None:
    name = encoding.removesuffix("-sig")
    main = f'<?xml version="1.0" encoding="{name}"?>\n' + using(f"<!-- Доходы -->{imports('Типы.xsd')}")
    shelf.add({"main.xsd": main.encode(encoding), "x/Типы.xsd": TYPES})
    assert list(check(shelf.root)) == []


def test_an_error_is_told_with_the_file_and_line_of_the_package(shelf: Shelf) -> None:
    reference = (
        '<!-- <xs:import namespace="no"/> -->\n<xs:annotation><xs:appinfo><import schemaLocation="no.xsd"/>\n'
        f'</xs:appinfo></xs:annotation>\n<xs:import\n  schemaLocation="../т/Типы.xsd"\n  namespace="{ELSEWHERE}"/>'
    )
    with pytest.raises(PackageError, match="Sums") as caught:
        shelf.add({"с/Главная.xsd": using(reference, type_="Sums"), "т/Типы.xsd": TYPES})
    assert caught.value.where == "с/Главная.xsd:8"
    with pytest.raises(PackageError, match="integ") as caught:
        shelf.add({"с/Главная.xsd": using(reference), "т/Типы.xsd": TYPES.replace("xs:int", "xs:integ")})
    assert caught.value.where == "т/Типы.xsd:2"
    assert "исправьте схему" in caught.value.hint


def test_a_recursive_schema_is_taken(shelf: Shelf) -> None:
    tree = (
        '<xs:complexType name="Tree"><xs:sequence><xs:element name="value" type="xs:int" minOccurs="0"/>'
        '<xs:element name="branch" type="t:Tree" minOccurs="0" maxOccurs="1000000000"/></xs:sequence></xs:complexType>'
    )
    files = {"a.xsd": schema(f'{tree}<xs:element name="StayRequest" type="t:Tree"/>{element("StayResponse")}')}
    shelf.add(files)
    branches = f'<StayRequest xmlns="{STAY}">{"<branch>" * 100}{"</branch>" * 100}</StayRequest>'
    assert shelf.library.violations(xml.parse(branches.encode())) == ()
