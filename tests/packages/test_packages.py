"""Packages as they come: what is read out of them, and the folder that they become."""

import tomllib
from pathlib import Path

import pytest

from gateway import xml
from gateway.library import check, load
from gateway.library.packages import Choices, PackageError, install, read_package
from tests.packages.building import (
    EXAMPLES,
    MAIN,
    PACKAGE,
    SHIPPED,
    STAY,
    Shelf,
    document,
    element,
    schema,
)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


# --- what is read out of a bare package --------------------------------------------------------------------------


def test_a_bare_package_becomes_a_kind(shelf: Shelf) -> None:
    installed = shelf.add(PACKAGE)
    kind = installed.kind
    assert (kind.id, kind.version, kind.name, kind.owner) == ("fsin/stay", "4.1.1", "Сведения о пребывании", "FSIN")
    assert (kind.request.root, kind.response and kind.response.root) == ("StayRequest", "StayResponse")
    assert kind.fidelity == "official"
    assert installed.folder == shelf.root / "fsin/stay/4.1.1"
    assert installed.examples == 1
    assert installed.warnings == ()
    assert shelf.files() == {
        "fsin",
        "fsin/stay",
        "fsin/stay/4.1.1",
        "fsin/stay/4.1.1/kind.toml",
        "fsin/stay/4.1.1/stay.xsd",
        "fsin/stay/4.1.1/examples",
        "fsin/stay/4.1.1/examples/found-request.xml",
        "fsin/stay/4.1.1/examples/found-response.xml",
    }
    assert shelf.library.catalogue.by_id("fsin/stay") == kind
    assert shelf.library.violations(xml.parse(document("StayRequest").encode())) == ()
    assert shelf.library.violations(xml.parse(document("StayRequest", "x").encode())) != ()


def test_an_installed_folder_is_a_kind_after_a_restart(shelf: Shelf) -> None:
    installed = shelf.add(PACKAGE, provider="FNS", route_by=("value",), name='Название с "кавычками"\n')
    assert list(check(shelf.root)) == []
    assert load(shelf.root, shipped=SHIPPED).catalogue.by_id("fsin/stay") == installed.kind


def test_what_two_runs_do_not_share_is_kept(shelf: Shelf) -> None:
    table = '[compare]\nvolatile = ["@id", "//when"]\nunordered = ["value"]\n'
    installed = shelf.add({**PACKAGE, "kind.toml": table})
    assert (installed.kind.volatile, installed.kind.unordered) == (("@id", "//when"), ("value",))
    assert list(check(shelf.root)) == []
    assert load(shelf.root, shipped=SHIPPED).catalogue.by_id("fsin/stay") == installed.kind
    with pytest.raises(PackageError, match=r"kind\.toml") as caught:
        shelf.add({**PACKAGE, "kind.toml": '[compare]\nunordered = ["value/@id"]\n'})
    assert caught.value.where == "kind.toml:2"


def test_a_folder_and_a_lone_schema_are_packages(tmp_path: Path, shelf: Shelf) -> None:
    (tmp_path / "stay.xsd").write_text(MAIN, encoding="utf-8")
    install(read_package(tmp_path / "stay.xsd"), Choices(), shelf.root, shelf.library)
    other = Shelf(tmp_path / "other")
    install(read_package(shelf.root / "fsin/stay/4.1.1"), Choices(), other.root, other.library)
    assert other.files() == shelf.files()
    packed = read_package(shelf.root / "fsin/stay/4.1.1").as_zip()
    assert read_package(packed).files.keys() == {"kind.toml", "stay.xsd"}


@pytest.mark.parametrize(
    ("elements", "request_", "response"),
    [
        ("запрос ответ", "запрос", "ответ"),
        ("Response Request", "Request", "Response"),
        ("RequestData ResponseData Address", "RequestData", "ResponseData"),
        ("RequestBenefit489 ResponseBenefit489 Request", "RequestBenefit489", "ResponseBenefit489"),
        (
            "ImportDebtRequestsRequest ImportDebtRequestsResponse",
            "ImportDebtRequestsRequest",
            "ImportDebtRequestsResponse",
        ),
        ("Excerpt Request", "Request", "Excerpt"),
        ("Инн ПоискОтвет", "Инн", "ПоискОтвет"),
    ],
)
def test_roots_are_told_by_their_names(shelf: Shelf, elements: str, request_: str, response: str) -> None:
    declared = schema("".join(element(name) for name in elements.split()))
    kind = shelf.add({"a.xsd": declared}).kind
    assert (kind.request.root, kind.response and kind.response.root) == (request_, response)


def test_roots_are_told_by_the_names_of_the_examples(shelf: Shelf) -> None:
    declared = schema("".join(element(name) for name in ("Common", "Excerpt", "Order")))
    files = {"a.xsd": declared, "Эталон/Запросы/1.xml": document("Order"), "Эталон/Ответы/1.xml": document("Excerpt")}
    kind = shelf.add(files).kind
    assert (kind.request.root, kind.response and kind.response.root) == ("Order", "Excerpt")


def test_of_several_pairs_the_examples_choose_one(shelf: Shelf) -> None:
    declared = schema("".join(element(f"{name}{role}") for name in ("A", "B") for role in ("Request", "Response")))
    with pytest.raises(PackageError, match=r"ARequest \(a\.xsd:2\), BRequest") as caught:
        shelf.add({"a.xsd": declared})
    assert "--request" in caught.value.hint
    assert shelf.add({"a.xsd": declared, "b.xml": document("BResponse")}).kind.request.root == "BRequest"
    chosen = shelf.add({"a.xsd": declared}, id="fns/a", request="ARequest").kind
    assert chosen.response is not None
    assert chosen.response.root == "AResponse"


def test_two_roots_without_a_word_are_a_guess(shelf: Shelf) -> None:
    installed = shelf.add({"a.xsd": schema(element("Order") + element("Excerpt"))})
    assert installed.kind.request.root == "Order"
    (warning,) = installed.warnings
    assert "--request Excerpt --response Order" in warning


def test_the_person_chooses(shelf: Shelf) -> None:
    two = {"a.xsd": MAIN, "b.xsd": schema(element("StayRequest") + element("StayResponse"), "urn:other")}
    with pytest.raises(PackageError, match="urn:other"):
        shelf.add(two)
    kind = shelf.add(
        two,
        request="{urn:other}StayRequest",
        response="{urn:other}StayResponse",
        id="me/mine",
        version="7",
        name="Моё",
        provider="ME",
        auto=True,
        route_by=("value", "@oktmo"),
    ).kind
    assert (kind.id, kind.version, kind.name) == ("me/mine", "7", "Моё")
    assert kind.request.namespace == "urn:other"
    assert (kind.provider, kind.auto, kind.provided_by, kind.route_by) == ("ME", True, "ME", ("value", "@oktmo"))


def test_a_broadcast_has_no_response(shelf: Shelf) -> None:
    kind = shelf.add({"a.xsd": schema(element("Notice"))}, broadcast=True).kind
    assert kind.broadcast
    assert load(shelf.root).catalogue.by_request(kind.request) == kind


def test_a_kind_file_is_taken_as_it_says_and_the_rest_is_read(shelf: Shelf) -> None:
    files = {
        "схемы/stay.xsd": MAIN,
        "kind.toml": 'id = "me/mine"\nowner = "Я"\nauto = true\n[response]\nroot = "StayRequest"\n'
        '[request]\nroot = "StayResponse"\n',
    }
    kind = shelf.add(files).kind
    assert (kind.id, kind.version, kind.owner, kind.auto) == ("me/mine", "4.1.1", "Я", True)
    assert kind.request.root == "StayResponse"
    assert kind.provided_by == "AUTO"


def test_a_zipped_kinds_folder_keeps_its_id(shelf: Shelf) -> None:
    egrul = {
        f"fns/egrul/9.0/{path.name}": path.read_bytes().replace(b"311-14/4.0.6", b"311-14/9.0")
        for path in (SHIPPED / "fns" / "egrul" / "4.0.6").iterdir()
    }
    installed = shelf.add(egrul)
    assert (installed.kind.id, installed.kind.version) == ("fns/egrul", "9.0")
    assert len([kind for kind in shelf.library.catalogue if kind.id == "fns/egrul"]) == 2


# --- examples, scenarios, templates ------------------------------------------------------------------------------


def test_examples_are_paired_by_their_names(shelf: Shelf) -> None:
    files = {
        "stay.xsd": MAIN,
        "Эталон/НайденЗапрос.xml": document("StayRequest", "1"),
        "Эталон/НайденОтвет.xml": document("StayResponse", "один"),
        "Эталон/none_request.xml": document("StayRequest", "2"),
        "Эталон/none_response.xml": document("StayResponse", "ничего"),
        "Эталон/ошибка/Ответ.xml": document("StayResponse", "ошибка"),
    }
    kind = shelf.add(files).kind
    pairs = {pair.name: pair for pair in shelf.library.examples_of(kind)}
    assert list(pairs) == ["none", "Найден", "ошибка"]
    assert pairs["Найден"].request == files["Эталон/НайденЗапрос.xml"].encode()
    assert "один".encode() in (pairs["Найден"].response or b"")
    assert pairs["ошибка"].request is None


def test_a_lone_request_and_a_lone_response_are_a_pair(shelf: Shelf) -> None:
    files = {"stay.xsd": MAIN, "вопрос.xml": document("StayRequest"), "справка.xml": document("StayResponse")}
    (pair,) = shelf.library.examples_of(shelf.add(files).kind)
    assert pair.request is not None
    assert pair.response is not None


def test_an_example_may_come_in_its_envelope(shelf: Shelf) -> None:
    envelope = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><MessagePrimaryContent>'
        f"{document('StayRequest', '77')}</MessagePrimaryContent></s:Body></s:Envelope>"
    )
    (pair,) = shelf.library.examples_of(shelf.add({"stay.xsd": MAIN, "full.xml": envelope}).kind)
    assert pair.request is not None
    assert xml.name_of(xml.parse(pair.request)) == (STAY, "StayRequest")


def test_scenarios_and_a_template_come_along(shelf: Shelf) -> None:
    scenarios = (
        f'[namespaces]\nn = "{STAY}"\n'
        '[[scenario]]\nname = "никого"\nwhen = "//n:value = 2"\nresponse = "answers/Никого.xml"\n'
        '[[scenario]]\nwhen = "//value = 3"\nreject = "NO_DATA"\ndescription = "Сведений нет"\n'
    )
    files = {
        **{f"пакет/{path}": content for path, content in PACKAGE.items()},
        "пакет/scenarios.toml": scenarios,
        "пакет/answers/Никого.xml": document("StayResponse", "никого"),
        "пакет/response.xml.j2": "<a>{{ 1 }}</a>",
    }
    installed = shelf.add(files)
    assert (installed.examples, installed.scenarios, installed.has_template) == (1, 2, True)
    first, second = shelf.library.scenarios_of(installed.kind)
    assert first.fits(xml.parse(document("StayRequest", "2").encode()))
    assert not first.fits(xml.parse(document("StayRequest", "3").encode()))
    assert second.fits(xml.parse(document("StayRequest", "3").encode()))
    assert shelf.library.template_of(installed.kind) == "<a>{{ 1 }}</a>"
    assert [pair.name for pair in shelf.library.examples_of(installed.kind)] == ["found"]


def test_the_answer_of_a_scenario_must_be_valid(shelf: Shelf) -> None:
    files = {**PACKAGE, "scenarios.toml": '[[scenario]]\nresponse = "a.xml"\n', "a.xml": document("StayRequest")}
    with pytest.raises(PackageError, match="expected the root") as caught:
        shelf.add(files)
    assert caught.value.where == "a.xml:1"


# --- precedence --------------------------------------------------------------------------------------------------


def test_a_simplified_shipped_kind_gives_way_and_returns(shelf: Shelf) -> None:
    shipped = shelf.library.catalogue.by_id("fns/egrul")
    assert shipped is not None
    assert shipped.response is not None
    real = schema(f"{element('FNSVipULRequest')}{element('FNSVipULResponse')}", shipped.request.namespace)
    installed = shelf.add({"vipul.xsd": real})
    assert installed.replaced == (shipped,)
    assert (installed.kind.id, installed.kind.version) == (shipped.id, shipped.version)
    assert installed.kind.fidelity == "official"
    assert (installed.kind.name, installed.kind.owner) == (shipped.name, shipped.owner)
    assert shelf.library.catalogue.by_request(shipped.request) == installed.kind
    assert shelf.library.replaced == (shipped,)
    content = xml.parse(document("FNSVipULRequest", namespace=shipped.request.namespace).encode())
    assert shelf.library.violations(content) == ()
    assert len(load(shelf.root, shipped=SHIPPED).catalogue) == len(shelf.library.catalogue)
    shelf.library.remove(installed.kind.id, installed.kind.version)
    assert shelf.library.catalogue.by_request(shipped.request) is shipped
    assert shelf.library.violations(content) != ()


def test_a_replacing_kind_may_have_an_id_of_its_own(shelf: Shelf) -> None:
    shipped = shelf.library.catalogue.by_id("fns/egrul")
    assert shipped is not None
    real = schema(f"{element('FNSVipULRequest')}{element('FNSVipULResponse')}", shipped.request.namespace)
    assert shelf.add({"vipul.xsd": real}, id="fns/vipul").kind.id == "fns/vipul"
    assert shelf.library.catalogue.by_id("fns/egrul") is None


def test_kind_toml_says_where_each_schema_came_from(shelf: Shelf) -> None:
    folder = shelf.add({"с/Главная.xsd": MAIN, **EXAMPLES}).folder
    text = (folder / "kind.toml").read_text(encoding="utf-8")
    assert "# schema.xsd: с/Главная.xsd" in text
    assert tomllib.loads(text)["schema"] == "schema.xsd"
