"""Kinds read from folders: what loads, what is valid, how a violation reads."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import xml
from gateway.domain.catalogue import KindDefinedTwice
from gateway.library import Library, SchemaViolation, UnknownKind, check, load
from gateway.library.folders import KindFolder
from gateway.xml import Element
from tests.kind_folders import KIND_TOML, REQUEST, RESPONSE, XSD, rewrite, write_kind


@pytest.fixture
def kind_folder(tmp_path: Path) -> Path:
    return write_kind(tmp_path)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    root = tmp_path_factory.mktemp("виды сведений #1")  # a path that is no plain URI
    write_kind(root)
    return load(root)


def in_envelope(body: str) -> Element:
    """Return the business content of an envelope whose root declares the prefixes."""
    envelope = (
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"\n'
        ' xmlns:p="urn:t" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        f"<soap:Header/>\n<soap:Body>{body}</soap:Body></soap:Envelope>"
    )
    return xml.parse(envelope.encode())[1][0]


# What loads


def test_a_kind_says_what_its_folder_says(kind_folder: Path) -> None:
    catalogue = load(kind_folder.parents[2]).catalogue
    kind = catalogue.by_id("a/b")
    assert kind is not None
    assert (kind.version, kind.name, kind.owner, kind.fidelity) == (
        "1.0",
        "Тестовый вид сведений",
        "Ведомство",
        "own",
    )
    assert str(kind.request) == "{urn:t}Request"
    assert str(kind.response) == "{urn:t}Response"
    assert kind.route_by == ("to", "@oktmo")


def test_a_broadcast_needs_no_response(kind_folder: Path) -> None:
    text = (kind_folder / "kind.toml").read_text(encoding="utf-8")
    text = text.partition("[response]")[0].replace('fidelity = "own"', 'fidelity = "own"\nbroadcast = true')
    (kind_folder / "kind.toml").write_text(text, encoding="utf-8")
    (kind_folder / "example-response.xml").unlink()
    kind = load(kind_folder.parents[2]).catalogue.by_id("a/b")
    assert kind is not None
    assert kind.broadcast
    assert kind.response is None
    assert list(check(kind_folder.parents[2])) == []


def test_several_roots_make_one_library(tmp_path: Path) -> None:
    write_kind(tmp_path / "ours")
    other = write_kind(tmp_path / "theirs", "c/d/2.0")
    for file in ("kind.toml", "t.xsd", "types.inc", "example-request.xml", "example-response.xml"):
        rewrite(other / file, "urn:t", "urn:d")
    assert [kind.id for kind in load(tmp_path / "ours", tmp_path / "theirs").catalogue] == ["a/b", "c/d"]
    assert list(check(tmp_path / "ours", tmp_path / "theirs")) == []


def test_hidden_folders_are_left_alone(kind_folder: Path) -> None:
    (kind_folder.parents[2] / ".git" / "x" / "y").mkdir(parents=True)
    (kind_folder.parents[2] / "__pycache__" / "x" / "y").mkdir(parents=True)
    assert len(load(kind_folder.parents[2]).catalogue) == 1


def test_loading_compiles_nothing_and_500_kinds_load_fast(tmp_path: Path) -> None:
    for index in range(500):
        folder = tmp_path / f"agency{index % 10}" / f"kind{index}" / "1.0"
        folder.mkdir(parents=True)
        (folder / "kind.toml").write_text(KIND_TOML.replace("urn:t", f"urn:t{index}"), encoding="utf-8")
        (folder / "t.xsd").touch()  # empty: opening one would fail
    started = time.perf_counter()
    assert len(load(tmp_path).catalogue) == 500
    assert time.perf_counter() - started < 1.0


def test_shipped_kinds_have_examples_of_every_root() -> None:
    shipped = load(Path(__file__).parents[1] / "schemas" / "kinds")
    for kind in shipped.catalogue:
        pairs = shipped.examples_of(kind)
        assert any(pair.request for pair in pairs), kind.id
        assert kind.broadcast or any(pair.response for pair in pairs), kind.id


def test_a_start_does_not_import_xmlschema(kind_folder: Path) -> None:
    code = (
        "import sys, pathlib\n"
        "from gateway import library, xml\n"
        f"loaded = library.load(pathlib.Path({str(kind_folder.parents[2])!r}))\n"
        f"assert loaded.violations(xml.parse({REQUEST.encode()!r})) == ()\n"
        "assert 'xmlschema' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[1])


# Kinds that come and go


def other_kind(root: Path) -> KindFolder:
    """A second kind, with roots of its own."""
    folder = write_kind(root, "c/d/2.0")
    for path in folder.iterdir():
        rewrite(path, "urn:t", "urn:d")
    return KindFolder(folder)


def test_a_kind_is_added_and_removed_while_others_stay(tmp_path: Path) -> None:
    write_kind(tmp_path / "ours")
    changing = load(tmp_path / "ours")
    first, content = changing.catalogue, xml.parse(REQUEST.replace("urn:t", "urn:d").encode())
    added = other_kind(tmp_path / "theirs")
    assert changing.violations(content) != ()
    changing.rehearse(added)
    assert changing.catalogue is first
    changing.add(added)
    assert [kind.id for kind in changing.catalogue] == ["a/b", "c/d"]
    assert [kind.id for kind in first] == ["a/b"]
    assert changing.violations(content) == ()
    assert changing.folder_of(added.kind) == added.path
    assert changing.xsd_of(added.kind) == added.path / "t.xsd"
    with pytest.raises(KindDefinedTwice):
        changing.add(KindFolder(added.path))
    assert changing.remove("c/d", "2.0") is added
    assert changing.violations(content) != ()
    with pytest.raises(UnknownKind, match=r"c/d 2\.0"):
        changing.folder_of(added.kind)
    with pytest.raises(UnknownKind):
        changing.remove("c/d", "2.0")


def test_a_schema_is_compiled_once_whatever_comes_and_goes(tmp_path: Path) -> None:
    folder = write_kind(tmp_path / "ours")
    changing = load(tmp_path / "ours")
    assert changing.violations(xml.parse(REQUEST.encode())) == ()
    (folder / "t.xsd").write_text("gone", encoding="utf-8")
    changing.add(other_kind(tmp_path / "theirs"))
    changing.remove("c/d", "2.0")
    assert changing.violations(xml.parse(REQUEST.encode())) == ()


def test_readers_never_see_half_of_a_change(tmp_path: Path) -> None:
    """One thread adds and removes; the others find a kind by both of its roots or by none."""
    write_kind(tmp_path / "ours")
    changing, added = load(tmp_path / "ours"), other_kind(tmp_path / "theirs")
    assert added.kind.response is not None
    stopped, seen, response = threading.Event(), set[int](), added.kind.response

    def read() -> None:
        while not stopped.is_set():
            catalogue = changing.catalogue
            found = (catalogue.by_request(added.kind.request), catalogue.by_response(response), catalogue.by_id("c/d"))
            seen.add(sum(kind is not None for kind in found) + (len(catalogue) - 1) * 10)

    with ThreadPoolExecutor(3) as pool:
        reading = [pool.submit(read) for _ in range(2)]
        for _ in range(300):
            changing.add(added)
            changing.remove("c/d", "2.0")
        changing.add(added)
        while 13 not in seen:
            pass
        stopped.set()
        for future in reading:
            future.result()
    assert seen <= {0, 13}


def test_a_sampler_and_the_examples_are_made_once(kind_folder: Path) -> None:
    loaded = load(kind_folder.parents[2])
    (kind,) = loaded.catalogue
    assert loaded.sampler_of(kind) is loaded.sampler_of(kind)
    assert loaded.examples_of(kind) is loaded.examples_of(kind)
    assert loaded.scenarios_of(kind) == ()
    assert loaded.template_of(kind) is None


# What is valid


def test_valid_content_has_no_violations(library: Library) -> None:
    assert library.violations(xml.parse(REQUEST.encode())) == ()
    assert library.violations(xml.parse(RESPONSE.encode())) == ()


def test_content_is_valid_inside_an_envelope(library: Library) -> None:
    content = in_envelope("<p:Request><p:ОГРН>1234567890123</p:ОГРН></p:Request>")
    before = xml.source(content.getroottree().getroot())
    assert library.violations(content) == ()
    assert xml.source(content.getroottree().getroot()) == before


def test_prefixes_in_values_are_those_of_the_envelope(library: Library) -> None:
    citizen = (
        '<Request xmlns="urn:t"><ОГРН>1234567890123</ОГРН>'
        '<who xsi:type="p:CitizenType"><name>Иван</name><snils>1</snils></who></Request>'
    )
    assert library.violations(in_envelope(citizen)) == ()
    assert library.violations(in_envelope('<Response xmlns="urn:t">p:x</Response>')) == ()
    assert library.violations(in_envelope('<Response xmlns="urn:t">q:x</Response>'))


def test_a_neighbour_in_the_envelope_does_not_matter(library: Library) -> None:
    content = in_envelope(f"{REQUEST}<anything/>")
    assert library.violations(content) == ()


# How a violation reads


def only(violations: tuple[SchemaViolation, ...]) -> SchemaViolation:
    (violation,) = violations
    return violation


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("<ОГРН>12</ОГРН>", r"/Request/ОГРН: expected pattern \d{13}, found '12'"),
        ("<ОГРН/>", r"/Request/ОГРН: expected pattern \d{13}, found ''"),
        ("", "/Request: expected <ОГРН>, found nothing"),
        ("<Огрн/>", "/Request/Огрн: expected <ОГРН>, found <Огрн>"),
        (
            '<to oktmo="7"/><ОГРН>1234567890123</ОГРН>',
            r"/Request/to/@oktmo: expected pattern \d{13}, found '7'",
        ),
        ("<to/><ОГРН>1234567890123</ОГРН>", "/Request/to/@oktmo: expected the attribute, found nothing"),
        (
            "<ОГРН>1234567890123</ОГРН><born>4.3.2013</born>",
            "/Request/born: expected xs:date, found '4.3.2013'",
        ),
        (
            '<ОГРН>1234567890123</ОГРН><who sex="x"><name/></who>',
            "/Request/who/@sex: expected one of male, female, found 'x'",
        ),
        (
            '<ОГРН>1234567890123</ОГРН><who age="151"><name/></who>',
            "/Request/who/@age: expected maxInclusive 150, found '151'",
        ),
        (
            '<ОГРН>1234567890123</ОГРН><who><name/></who><who height="1"><name/></who>',
            "/Request/who[2]/@height: expected no such attribute, found it",
        ),
        (
            "<ОГРН>1234567890123</ОГРН><who><name/><name/></who>",
            "/Request/who/name[2]: expected no more elements, found <name>",
        ),
    ],
)
@pytest.mark.parametrize("wrap", [lambda body: xml.parse(body.encode()), in_envelope], ids=["alone", "in envelope"])
def test_a_violation_says_path_expected_and_found(
    library: Library, wrap: Callable[[str], Element], inner: str, text: str
) -> None:
    violation = only(library.violations(wrap(f'<Request xmlns="urn:t">{inner}</Request>')))
    assert str(violation) == text
    assert violation.message


def test_a_violation_has_the_line_of_the_document_it_came_in(library: Library) -> None:
    content = in_envelope('\n<Request xmlns="urn:t">\n\n<ОГРН>12</ОГРН></Request>')
    assert only(library.violations(content)).line == 7


def test_all_violations_are_told_up_to_a_limit(library: Library) -> None:
    two = '<Request xmlns="urn:t"><ОГРН>1</ОГРН><born>x</born></Request>'
    assert [violation.path for violation in library.violations(xml.parse(two.encode()))] == [
        "/Request/ОГРН",
        "/Request/born",
    ]
    many = f'<Request xmlns="urn:t"><ОГРН>1234567890123</ОГРН>{"<who/>" * 100}</Request>'
    assert len(library.violations(xml.parse(many.encode()))) == 20


def test_a_long_value_is_cut(library: Library) -> None:
    body = f'<Request xmlns="urn:t"><ОГРН>{"7" * 100_000}</ОГРН></Request>'
    assert len(str(only(library.violations(xml.parse(body.encode()))))) < 200


def test_what_xmlschema_cannot_explain_is_told_by_libxml2(library: Library) -> None:
    body = (
        '<Request xmlns="urn:t"><ОГРН>1234567890123</ОГРН>'
        '<who xsi:type="nobody:CitizenType"><name/><snils/></who></Request>'
    )
    violations = library.violations(in_envelope(body))
    assert violations[0].path == "/Request/who"
    assert "nobody:CitizenType" in violations[0].message
    assert "no corresponding namespace declaration" in violations[0].expected


FIRST = '<Request xmlns="urn:t"><ОГРН>1234567890123</ОГРН>'
MANY_ATTRIBUTES = " ".join(f"a{index}='1'" for index in range(20_000))
MANY_PREFIXES = " ".join(f"xmlns:a{index}='u'" for index in range(5_000))
HOSTILE = {
    "many wrong siblings": FIRST + "<who/>" * 90_000,
    "many unexpected siblings": FIRST + "<zz/>" * 90_000,
    "many wrong attributes": FIRST + '<who age="x"><name/></who>' * 45_000,
    "one element of many attributes": FIRST + f"<who {MANY_ATTRIBUTES}/>",
    "many prefixes": FIRST + f"<who {MANY_PREFIXES}><a/></who>" + "<z/>" * 900,
    "a long value": FIRST.replace("123<", "7" * 9_000_000 + "<"),
    "a long date": f"{FIRST}<born>{'7' * 9_000_000}</born>",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_hostile_content_is_refused_in_bounded_time_and_words(library: Library, body: str) -> None:
    library.violations(xml.parse(b'<Request xmlns="urn:t"/>'))  # xmlschema reads the schema once
    content = xml.parse(f"{body}</Request>".encode())
    started = time.process_time()
    violations = library.violations(content)
    assert time.process_time() - started < 10  # seconds; some of these took minutes before they were bounded
    assert 1 <= len(violations) <= 20
    assert all(len(str(violation) + violation.message) < 2_000 for violation in violations)


@pytest.mark.parametrize("pattern", ["(a|aa)+b", "([А-яЁёa]+[ -]?)+b"])
def test_a_pattern_that_backtracks_for_ever_is_judged_in_bounded_time(tmp_path: Path, pattern: str) -> None:
    """Python's `re`, which xmlschema asks for its words, would take hours."""
    folder = write_kind(tmp_path)
    rewrite(folder / "types.inc", "\\d{13}", pattern)
    content = xml.parse(f'<Request xmlns="urn:t"><ОГРН>{"a" * 60}</ОГРН></Request>'.encode())
    started = time.process_time()
    violation = only(load(tmp_path).violations(content))
    assert time.process_time() - started < 10
    assert violation.path == "/Request/ОГРН"
    assert pattern in violation.expected


def test_a_long_content_is_valid_too(library: Library) -> None:
    body = FIRST + '<who xsi:type="p:CitizenType"><name>Иван</name><snils>1</snils></who>' * 2_000
    assert library.violations(in_envelope(f"{body}</Request>")) == ()


def test_the_one_error_of_a_long_content_is_found_with_its_path_and_line(library: Library) -> None:
    body = FIRST + "<who><name/></who>" * 1_500 + "<!-- c -->\n<who><nam/></who></Request>"
    violation = only(library.violations(in_envelope(body)))
    assert (violation.path, violation.line) == ("/Request/who[1501]/nam", 5)
    assert "Expected is ( {urn:t}name )" in violation.expected


def test_many_errors_of_a_long_content_are_counted(library: Library) -> None:
    body = FIRST + "<who/>" * 1_500 + "</Request>"
    violations = library.violations(xml.parse(body.encode()))
    assert violations[0].found == "1500 violations in it"
    assert violations[0].path == "/Request"


def test_two_failures_do_not_mix(library: Library) -> None:
    first = library.violations(xml.parse(b'<Request xmlns="urn:t"/>'))
    second = library.violations(xml.parse(REQUEST.replace("123<", "x<").encode()))
    assert only(first).path == "/Request"
    assert only(second).path == "/Request/ОГРН"


def test_an_unknown_root_is_a_violation_that_names_the_closest(library: Library) -> None:
    violation = only(library.violations(xml.parse(b'<Requezt xmlns="urn:t"/>')))
    assert violation.found == "{urn:t}Requezt"
    assert "{urn:t}Request" in violation.expected
    assert "closest" not in only(library.violations(xml.parse(b"<zzz/>"))).expected


NAMES = st.sampled_from(["Request", "ОГРН", "born", "who", "name", "snils", "to", "Response", "other"])
TREES = st.recursive(
    st.builds(lambda name, text: f"<{name}>{text}</{name}>", NAMES, st.sampled_from(["", "1", "p:x", "2013-01-01"])),
    lambda inner: st.builds(
        lambda name, attribute, parts: f"<{name} {attribute}>{''.join(parts)}</{name}>",
        NAMES,
        st.sampled_from(
            [
                "",
                'xsi:type="p:CitizenType"',
                'xsi:type="x:y"',
                'xsi:nil="true"',
                'age="9"',
                'p:age="9"',
                'xmlns=""',
            ]
        ),
        st.lists(inner, max_size=4),
    ),
    max_leaves=12,
)


@given(TREES)
def test_any_content_is_judged_without_failing(library: Library, tree: str) -> None:
    content = in_envelope(f'<Request xmlns="urn:t">{tree}</Request>')
    for violation in library.violations(content):
        assert violation.path.startswith("/Request")
        assert violation.expected
        assert violation.found


def test_no_schema_is_fetched_for_an_instance(library: Library, tmp_path: Path) -> None:
    other = tmp_path / "other.xsd"
    other.write_text(XSD.replace("urn:t", "urn:u").replace("types.inc", "gone.inc"), encoding="utf-8")
    body = REQUEST.replace(">", f' xsi:schemaLocation="urn:t {other.as_uri()}">', 1)
    assert library.violations(in_envelope(body)) == ()
