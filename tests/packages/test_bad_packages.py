"""Bad packages: each is refused with its place and what to do, and leaves nothing behind. Ids are rows of the table of
bad input."""

import io
import stat
import struct
import zipfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import xml
from gateway.library import load
from gateway.library.packages import Choices, Limits, PackageError, install, installing, read_package
from tests.kind_folders import rewrite, write_kind
from tests.packages.building import EXAMPLES, MAIN, PACKAGE, STAY, Shelf, big_schema, document, element, schema, zipped

PROCESSOR_SECONDS: Final = 10
"""What the schemas of a package may take; where all of it is taken, a test gives less."""


@dataclass(frozen=True)
class Bad:
    """A package, the choices made for it, and what is said of it: the place and some words."""

    id: str
    package: bytes
    where: str = ""
    words: str = ""
    choices: dict[str, object] = field(default_factory=dict)
    seconds: int = PROCESSOR_SECONDS
    """Of processor time that its schemas may take."""


def entry(name: str, content: bytes = b"x", **attributes: int) -> bytes:
    """A package with one more entry, whose header is as given."""
    packed = io.BytesIO(zipped(PACKAGE))
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        header = zipfile.ZipInfo(name)
        for attribute, value in attributes.items():
            setattr(header, attribute, value)
        archive.writestr(header, content)
    return packed.getvalue()


def encrypted() -> bytes:
    """The flag of encryption, in the local header and in the central directory."""
    packed = bytearray(zipped({"stay.xsd": MAIN}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = packed.index(signature) + offset
        packed[place] |= 1
    return bytes(packed)


def lying() -> bytes:
    """50 MB of spaces whose headers say they are 10 bytes."""
    packed = bytearray(zipped({"stay.xsd": MAIN.encode() + b" " * 50_000_000}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = packed.index(signature) + offset
        packed[place : place + 4] = struct.pack("<I", 10)
    return bytes(packed)


def overlapping() -> bytes:
    """One deflated megabyte that 1000 entries of the central directory share."""
    packed = zipped({"a000.xsd": b" " * 1_000_000})
    local, directory = packed.index(b"PK\x03\x04"), packed.index(b"PK\x01\x02")
    end = packed.index(b"PK\x05\x06")
    one = packed[directory:end]
    entries = [one.replace(b"a000", f"a{number:03}".encode()) for number in range(1000)]
    size = sum(map(len, entries))
    return (
        packed[local:directory]
        + b"".join(entries)
        + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1000, 1000, size, directory, 0)
    )


def importing(location: str, namespace: str = "urn:elsewhere") -> str:
    return schema(
        f'<xs:import namespace="{namespace}" schemaLocation="{location}"/>\n{element("StayRequest")}\n'
        f"{element('StayResponse')}"
    )


GROUPS: Final = 40
HOSTILE: Final = (
    "".join(
        f'<xs:group name="g{n}"><xs:sequence><xs:group ref="t:g{n + 1}"/><xs:group ref="t:g{n + 1}"/></xs:sequence>'
        "</xs:group>"
        for n in range(GROUPS)
    )
    + f'<xs:group name="g{GROUPS}"><xs:sequence><xs:element name="a"/></xs:sequence></xs:group>'
    + '<xs:element name="StayRequest"><xs:complexType><xs:group ref="t:g0"/></xs:complexType></xs:element>'
    + element("StayResponse")
)
AMBIGUOUS: Final = (
    '<xs:element name="StayRequest">\n<xs:complexType><xs:sequence>'
    '<xs:element name="a" minOccurs="0"/><xs:element name="a"/>'
    "</xs:sequence></xs:complexType></xs:element>" + element("StayResponse")
)

ROWS: Final = (
    Bad("kind-no-zip", b"<xml/>", words="ожидался архив zip"),
    Bad("kind-empty-body", b"", words="ожидался архив zip"),
    Bad("kind-zip-truncated", zipped(PACKAGE)[:-30], words="обрывается"),
    Bad("kind-zip-damaged", zipped(PACKAGE, zipfile.ZIP_STORED).replace(b"xs:int", b"xs:INT"), words="повреждён"),
    Bad("kind-zip-encrypted", encrypted(), words="'stay.xsd': файл зашифрован"),
    Bad("kind-zip-bomb", zipped({"stay.xsd": b" " * 50_000_000}), words="больше"),
    Bad("kind-zip-bomb-of-many", zipped({f"{n}.xsd": b" " * 1_000_000 for n in range(60)}), words="больше"),
    Bad("kind-zip-overlapping", overlapping(), words="повреждён"),
    Bad("kind-zip-lying-header", lying(), words="повреждён"),
    Bad("kind-zip-many-files", zipped({f"{n}.doc": "" for n in range(2_001)}), words="больше 2000 файлов"),
    Bad("kind-zip-rare-method", zipped(PACKAGE, zipfile.ZIP_LZMA), words="сжато методом 14"),
    Bad("kind-zip-absolute-path", entry("/etc/stay.xsd"), words="'/etc/stay.xsd': путь ведёт за пределы"),
    Bad("kind-zip-parent-path", entry("../../stay.xsd"), words="путь ведёт за пределы"),
    Bad("kind-zip-backslash-path", entry("..\\..\\stay.xsd"), words="путь ведёт за пределы"),
    Bad("kind-zip-drive-path", entry("C:\\stay.xsd"), words="путь ведёт за пределы"),
    Bad("kind-zip-device-name", entry("схемы/NUL.xsd", flag_bits=0x800), words="имя занято устройством"),
    Bad("kind-zip-control-name", entry("a\nb.xsd"), words="имя недопустимо"),
    Bad("kind-zip-symlink", entry("l.xsd", b"/etc/passwd", external_attr=(stat.S_IFLNK | 0o777) << 16), words="ссылка"),
    Bad("kind-zip-name-collision", zipped({**PACKAGE, "Stay.XSD": MAIN}), words="два файла с одним именем"),
    Bad("kind-zip-nested", zipped({"inner.zip": zipped(PACKAGE)}), words="вложенные архивы распакуйте"),
    Bad("kind-no-xsd", zipped(EXAMPLES), words="нет XSD"),
    Bad("kind-xsd-broken", zipped({**PACKAGE, "stay.xsd": MAIN.replace("</xs:schema>", "")}), "stay.xsd:5", "line 5"),
    Bad("kind-xsd-doctype", zipped({"stay.xsd": f"<!DOCTYPE x>\n{MAIN}"}), "stay.xsd:1", "DOCTYPE"),
    Bad(
        "kind-xsd-entity-bomb",
        zipped({"stay.xsd": f'<!DOCTYPE x [<!ENTITY a "{"b" * 9}"><!ENTITY c "{"&a;" * 9}">]>\n{MAIN}'}),
        "stay.xsd:1",
        "DOCTYPE",
    ),
    Bad("kind-xsd-no-schema", zipped({"stay.xsd": "<a/>"}), "stay.xsd:1", "ожидался xs:schema, найдено {}a"),
    Bad(
        "kind-xsd-imports-url",
        zipped({"x/a.xsd": importing("http://example.org/types.xsd")}),
        "x/a.xsd:2",
        "по адресам шлюз ничего не загружает",
    ),
    Bad(
        "kind-xsd-many",
        zipped({f"{number}.xsd": MAIN.replace("4.1.1", f"4.1.{number}") for number in range(501)}),
        words="больше 500 схем",
    ),
    Bad(
        "kind-xsd-many-references",
        zipped({"a.xsd": schema('<xs:import namespace="urn:a"/>' * 10_001 + element("Request") + element("Response"))}),
        words="больше 10000 ссылок",
    ),
    Bad("kind-xsd-imports-nowhere", zipped({"a.xsd": importing("../types.xsd")}), "a.xsd:2", "добавьте эту схему"),
    Bad(
        "kind-xsd-imports-any-of-two",
        zipped(
            {
                "a.xsd": importing("types.xsd"),
                "1/types.xsd": schema(element("A"), "urn:elsewhere"),
                "2/types.xsd": schema(element("B"), "urn:elsewhere"),
            }
        ),
        "a.xsd:2",
        "подходят 1/types.xsd, 2/types.xsd",
    ),
    Bad("kind-xsd-invalid", zipped({"a.xsd": MAIN.replace("xs:int", "xs:integ")}), "a.xsd:2", "integ"),
    Bad("kind-xsd-ambiguous", zipped({"a.xsd": schema(AMBIGUOUS)}), "a.xsd:3", "not determinist"),
    Bad(
        "kind-xsd-exponential", zipped({"a.xsd": schema(HOSTILE)}), "", "нужно больше 1 секунд или 1024 МиБ", seconds=1
    ),
    Bad(
        "kind-xsd-endless",
        zipped({"a.xsd": MAIN.replace('name="value"', 'name="value" minOccurs="1000000000" maxOccurs="1000000000"')}),
        "a.xsd:2",
        "minOccurs=1000000000",
    ),
    Bad(
        "kind-root-declared-twice",
        zipped({"a.xsd": MAIN, "b.xsd": MAIN.replace("xs:int", "xs:long")}),
        "b.xsd:2",
        "объявлен дважды: a.xsd:2, b.xsd:2",
    ),
    Bad("kind-root-unclear", zipped({"a.xsd": schema(element("A") + element("B") + element("C"))}), "", "A (a.xsd:2)"),
    Bad("kind-root-unknown", zipped(PACKAGE), "", "корня 'X' в пакете нет; есть StayRequest", {"request": "X"}),
    Bad(
        "kind-root-without-namespace",
        zipped({"a.xsd": schema(element("Request") + element("Response"), "")}),
        "a.xsd:2",
        "у корня Request нет пространства имён",
    ),
    Bad("kind-no-response", zipped({"a.xsd": schema(element("StayRequest"))}), "", "--broadcast"),
    Bad(
        "kind-example-invalid",
        zipped({**PACKAGE, "examples/found-request.xml": document("StayRequest", "много")}),
        "examples/found-request.xml:1",
        "/StayRequest/value: expected",
    ),
    Bad(
        "kind-example-broken",
        zipped({**PACKAGE, "examples/found-request.xml": "<a>"}),
        "examples/found-request.xml",
        "line 1",
    ),
    Bad("kind-toml-broken", zipped({**PACKAGE, "kind.toml": "name = "}), "kind.toml:1", "Invalid value"),
    Bad(
        "kind-toml-unknown-key", zipped({**PACKAGE, "kind.toml": 'a = 1\nnam = "x"'}), "kind.toml:1", "unknown key 'a'"
    ),
    Bad("kind-toml-bad-id", zipped({**PACKAGE, "kind.toml": 'id = "../../etc"'}), "kind.toml:1", "id: ожидалось"),
    Bad("kind-two-in-one", zipped({**PACKAGE, "a/kind.toml": "", "b/kind.toml": ""}), "", "несколько kind.toml"),
    Bad(
        "kind-scenario-broken",
        zipped({**PACKAGE, "scenarios.toml": '[[scenario]]\nwhen = "//["\nreject = "NO_DATA"'}),
        "scenarios.toml:2",
        "when: '//['",
    ),
    Bad(
        "kind-template-broken", zipped({**PACKAGE, "response.xml.j2": "<a>\n{% if %}"}), "response.xml.j2:2", "Expected"
    ),
    Bad("kind-bad-id", zipped(PACKAGE), "", "id: ожидалось ведомство/вид", {"id": "../../etc/passwd"}),
    Bad("kind-bad-version", zipped(PACKAGE), "", "version: ожидалась версия", {"version": "../1"}),
    Bad("kind-bad-provider", zipped(PACKAGE), "", "provider: мнемоника", {"provider": "А Б"}),
)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.mark.parametrize("bad", ROWS, ids=lambda row: row.id)
def test_a_bad_package_is_refused_and_leaves_nothing(shelf: Shelf, bad: Bad, monkeypatch: pytest.MonkeyPatch) -> None:
    assert installing._PROCESSOR == PROCESSOR_SECONDS
    monkeypatch.setattr(installing, "_PROCESSOR", bad.seconds)
    before = list(shelf.library.catalogue)
    with pytest.raises(PackageError) as caught:
        shelf.add(bad.package, **bad.choices)
    told = caught.value
    assert told.where == bad.where
    assert bad.words in f"{told}; {told.hint}"
    assert told.hint
    assert shelf.files() == set()
    assert list(shelf.library.catalogue) == before
    shelf.add(PACKAGE)  # and the next one is taken


def test_kind_xsd_of_five_megabytes(shelf: Shelf) -> None:
    """It is taken, and its refusals are told in libxml2's words: xmlschema would read it for forty seconds."""
    text = big_schema(4_600)
    assert len(text.encode()) > 5_000_000
    shelf.add({"big.xsd": text})
    (violation, *_) = shelf.library.violations(xml.parse(document("BigRequest").encode()))
    assert violation.path == "/BigRequest/value"
    assert violation.message.startswith("Element '{")


@given(st.integers(0, len(zipped(PACKAGE)) - 1), st.integers(0, 255), st.binary(max_size=8))
def test_whatever_is_wrong_with_an_archive_is_a_refusal(place: int, byte: int, inserted: bytes) -> None:
    packed = zipped(PACKAGE)
    for content in (inserted, packed[:place] + bytes([byte]) + packed[place + 1 :], packed[:place] + inserted):
        with suppress(PackageError):
            package = read_package(content)
            assert all(path and not path.startswith("/") and ".." not in path.split("/") for path in package.files)


def test_ids_of_bad_packages_differ() -> None:
    assert len({row.id for row in ROWS}) == len(ROWS)


def test_kind_too_big(shelf: Shelf) -> None:
    with pytest.raises(PackageError, match="архив больше 1 МиБ"):
        read_package(zipped({"a.xsd": bytes(2_000_000)}, zipfile.ZIP_STORED), Limits(packed=1024 * 1024))
    with pytest.raises(PackageError, match="распакованный пакет больше 3 МиБ"):
        read_package(zipped({"a.xsd": big_schema(3000)}), Limits(unpacked=3 * 1024 * 1024))


def test_kind_root_claimed_twice(shelf: Shelf) -> None:
    """Neither of two kinds that people added gives way to the other."""
    shelf.add(PACKAGE)
    files = shelf.files()
    with pytest.raises(PackageError, match=r"claimed twice: by fsin/stay 4\.1\.1 and by me/other 1\.0") as caught:
        shelf.add({"b.xsd": MAIN}, id="me/other", version="1.0")
    assert "mock-smev kinds remove fsin/stay 4.1.1" in caught.value.hint
    assert shelf.files() == files


def test_kind_there_already(shelf: Shelf) -> None:
    shelf.add(PACKAGE)
    with pytest.raises(PackageError, match=r"fsin/stay 4\.1\.1 уже есть") as caught:
        shelf.add(PACKAGE)
    assert "mock-smev kinds remove fsin/stay 4.1.1" in caught.value.hint


def test_kind_against_an_own_shipped_one(tmp_path: Path) -> None:
    """Only simplified shipped kinds give way; one of our own does not."""
    shipped = tmp_path / "shipped"
    write_kind(shipped)
    shelf = Shelf(tmp_path, load(shipped=shipped))
    own = schema(f"{element('Request')}\n{element('Response')}", "urn:t")
    with pytest.raises(PackageError, match=r"claimed twice: by a/b 1\.0 and by t/request 1\.0"):
        shelf.add({"t.xsd": own})
    rewrite(shipped / "a/b/1.0/kind.toml", '"own"', '"simplified"')
    gives_way = Shelf(tmp_path, load(shipped=shipped))
    assert gives_way.add({"t.xsd": own}).kind.id == "a/b"


def test_a_folder_with_a_link_is_refused(tmp_path: Path, shelf: Shelf) -> None:
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "a.xsd").write_text(MAIN, encoding="utf-8")
    install(read_package(folder), Choices(), shelf.root, shelf.library)
    (folder / "b.xsd").symlink_to("/etc/hostname")
    with pytest.raises(PackageError, match="это ссылка"):
        read_package(folder)


def test_a_path_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="No such file") as caught:
        read_package(tmp_path / "gone.zip")
    assert "zip" in caught.value.hint


def test_the_namespace_of_tests_is_the_published_one() -> None:
    assert STAY.endswith("/4.1.1")
