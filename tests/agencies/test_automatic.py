"""Kinds that nobody wrote code for are answered: from their package, else by their schema, with the world's facts."""

from pathlib import Path

import pytest

from agencies import answering, fns
from agencies.answers import Answer, Answered, AnswerFunction, InProgress, Question, Rejected, Said, child, text
from agencies.world import World
from gateway import xml
from gateway.xml import Element
from tests.agencies.asking import GUID, WORLD
from tests.agencies.dropped_in import (
    BROADCAST_TOML,
    EXAMPLE,
    OTHER_GUID,
    WITH_SCENARIOS,
    XSD,
    Files,
    Provider,
    about,
    context_of,
    received,
    request,
    response,
)
from tests.packages.building import SHIPPED, Shelf

IVAN, ELENA, *_ = WORLD.cases()["example"]


def person_in(told: Element) -> tuple[str, ...]:
    person = child(told, "Person")
    assert person is not None
    return tuple(node.text or "" for node in person)


IVAN_TOLD = ("Смирнов", "Иван", "1967-03-10", "952-147-714 14")
ELENA_TOLD = ("Смирнова", "Елена", "1971-08-24", "952-147-801 12")


def same(one: Element, other: Element) -> bool:
    return xml.source(one) == xml.source(other)


# Scenarios


def test_the_first_scenario_that_fits_answers(tmp_path: Path) -> None:
    provider = Provider(tmp_path, WITH_SCENARIOS)
    assert (
        text(provider.told(request("<FamilyName>Смирнов</FamilyName><Snils>95214771414</Snils>")), "Verdict") == "yes"
    )
    assert provider.answer(about("1")) == Rejected("NO_DATA", "Не найден")
    assert provider.answer(request("<Note>1</Note>")) == Rejected("ACCESS_DENIED", "ACCESS_DENIED")


def test_a_scenario_tells_statuses_and_waits_before_it_answers(tmp_path: Path) -> None:
    *statuses, final = Provider(tmp_path, WITH_SCENARIOS).asked(request("<FamilyName>Смирнов</FamilyName>"))
    assert statuses == [Said(InProgress(3, "Принято"), 0), Said(InProgress(4, "В работе"), 60)]
    assert final.delay == 0.5
    assert isinstance(final.answer, Answered)
    assert text(final.answer.content, "Verdict") == "no"


def test_where_no_scenario_fits_the_template_answers_and_not_the_example(tmp_path: Path) -> None:
    told = Provider(tmp_path, WITH_SCENARIOS).told(request("<FamilyName>Иванов</FamilyName>"))
    assert person_in(told)[:2] == ("По", "Шаблону")


def test_scenarios_that_were_broken_on_disk_are_a_failure_with_a_reason(tmp_path: Path) -> None:
    answer = Provider(tmp_path, {"scenarios.toml": "[[scenario]]\nresponse = 'gone.xml'\n"}).answer(request())
    assert isinstance(answer, Rejected)
    assert answer.code == "FAILURE"
    assert "scenarios.toml:2: " in answer.description
    assert str(tmp_path) not in answer.description


# Templates


TEMPLATE = """
{% set person = world.person(request.Snils) %}
<Response xmlns="urn:t" Id="{{ request.Id }}">
  <Person>
    <FamilyName>{{ person.family_name }}</FamilyName><FirstName>{{ request.Note }}</FirstName>
    <BirthDate>{{ person.birth_date }}</BirthDate><Snils>952-147-714 14</Snils>
  </Person>
  <Verdict>yes</Verdict><Count>{{ person.passports|length }}</Count>
</Response>
"""


def test_a_template_answers_from_the_request_and_the_world(tmp_path: Path) -> None:
    provider = Provider(tmp_path, {**EXAMPLE, "response.xml.j2": TEMPLATE})
    told = provider.told(request("<Snils>95214780112</Snils><Note>&lt;Ёж&gt; &amp; Ко</Note>", OTHER_GUID))
    assert person_in(told)[:3] == ("Смирнова", "<Ёж> & Ко", "1971-08-24")
    assert told.get("Id") == OTHER_GUID
    assert text(told, "Count") == str(len(ELENA.passports))


@pytest.mark.parametrize(
    ("template", "why"),
    [
        (TEMPLATE, "строка 2: UndefinedError"),
        ("<Response xmlns='urn:t'>{{ ''.__class__ }}</Response>", "SecurityError"),
        ("<Response xmlns='urn:t'/>", "/Response/@Id"),
        ("<Request xmlns='urn:t'/>", "ожидался корень {urn:t}Response, найден {urn:t}Request"),
        ("<Response>", "NotWellFormed"),
        ("<Response xmlns='urn:t'>{{ request.Snils * 10000 }}", "NotWellFormed"),
    ],
)
def test_a_template_that_does_not_work_is_a_failure_with_a_reason(tmp_path: Path, template: str, why: str) -> None:
    asked = request("<Snils>1</Snils>" if "Snils *" in template else "")
    answer = Provider(tmp_path, {"response.xml.j2": template}).answer(asked)
    assert isinstance(answer, Rejected)
    assert answer.code == "FAILURE"
    assert why in answer.description
    assert len(answer.description) <= 4_000


# Examples


def test_the_request_of_an_example_gets_its_response_with_the_identifiers_of_the_request(tmp_path: Path) -> None:
    provider = Provider(tmp_path, EXAMPLE, shipped=True)
    assert same(provider.told(about("95214771414")), xml.parse(response()))
    other = provider.told(about("95214771414", number=OTHER_GUID))
    assert other.get("Id") == OTHER_GUID
    assert person_in(other) == IVAN_TOLD


def test_an_example_is_told_even_of_somebody_whom_the_world_does_not_know(tmp_path: Path) -> None:
    files = {"example-request.xml": about("1"), "example-response.xml": response("Никто")}
    assert person_in(Provider(tmp_path, files, shipped=True).told(about("1")))[0] == "Никто"


def test_the_nearest_example_is_told_with_the_facts_of_whom_the_request_names(tmp_path: Path) -> None:
    files = {
        "examples/yes-request.xml": about("95214771414"),
        "examples/yes-response.xml": response(),
        "examples/no-request.xml": request("<Snils>95214771414</Snils><Note>подробно</Note>"),
        "examples/no-response.xml": response(rest="no"),
    }
    provider = Provider(tmp_path, files)
    told = provider.told(request("<Snils>95214780112</Snils><Note>подробно</Note>", OTHER_GUID))
    assert person_in(told) == ELENA_TOLD
    assert (told.get("Id"), text(told, "Verdict"), text(told, "Count")) == (OTHER_GUID, "no", "7")
    assert text(provider.told(request("<Snils>952-147-801 12</Snils>")), "Verdict") in ("yes", "no")


def test_a_fact_that_the_schema_does_not_allow_is_left_out(tmp_path: Path) -> None:
    narrow = XSD.replace(
        '<xs:element name="FirstName" type="xs:string"/>',
        '<xs:element name="FirstName"><xs:simpleType><xs:restriction base="xs:string"><xs:length value="4"/>'
        "</xs:restriction></xs:simpleType></xs:element>",
    )
    told = Provider(tmp_path, {**EXAMPLE, "kind.xsd": narrow}).told(about("95214780112"))
    assert person_in(told) == ("Смирнова", "Иван", "1971-08-24", "952-147-801 12")


# Whom nobody knows


UNKNOWN = "<FamilyName>Никто</FamilyName><FirstName>Никак</FirstName><BirthDate>1901-01-01</BirthDate>"


def test_a_shipped_kind_has_no_data_of_somebody_unknown(tmp_path: Path) -> None:
    both: tuple[Files, Files] = ({}, EXAMPLE)
    for files in both:
        provider = Provider(tmp_path, files, shipped=True)
        answer = provider.answer(about("11111111145"))
        assert answer == Rejected("NO_DATA", "Сведений нет: СНИЛС 11111111145 в реестрах не значится")
        answer = provider.answer(request(UNKNOWN))
        assert isinstance(answer, Rejected)
        assert (answer.code, "Никто" in answer.description) == ("NO_DATA", True)


def test_a_dropped_in_kind_answers_about_somebody_unknown_too(tmp_path: Path) -> None:
    told = Provider(tmp_path / "a", EXAMPLE).told(request(UNKNOWN))
    assert text(told, "Verdict") == "yes"
    told = Provider(tmp_path / "b", {}).told(request(UNKNOWN))
    assert person_in(told)[:3] == ("Никто", "Никак", "1901-01-01")


def test_a_world_that_invents_knows_everybody(tmp_path: Path) -> None:
    world = World(37, WORLD.today, invent_unknown=True)
    told = Provider(tmp_path, EXAMPLE, shipped=True).told(request(UNKNOWN), world)
    assert person_in(told)[:3] == ("Никто", "Никак", "1901-01-01")


def test_a_request_that_names_nobody_is_answered_by_the_example(tmp_path: Path) -> None:
    assert person_in(Provider(tmp_path, EXAMPLE, shipped=True).told(request("<Note>1</Note>"))) == IVAN_TOLD


# Samples


def test_without_an_example_a_sample_of_the_schema_is_told_with_the_facts(tmp_path: Path) -> None:
    told = Provider(tmp_path, {}).told(about("95214780112"))
    assert person_in(told) == ELENA_TOLD
    assert told.get("Id") == GUID


def test_the_same_question_gets_the_same_sample_whatever_its_identifiers(tmp_path: Path) -> None:
    provider = Provider(tmp_path, {})
    first = provider.told(about("95214780112"))
    assert same(provider.told(about("95214780112")), first)
    assert same(provider.told(about("95214780112"), World(37, WORLD.today)), first)
    again = provider.told(about("95214780112", number=OTHER_GUID))
    assert again.get("Id") == OTHER_GUID
    again.set("Id", GUID)
    assert same(again, first)


def test_other_questions_and_other_worlds_get_other_samples(tmp_path: Path) -> None:
    provider = Provider(tmp_path, {})
    samples = {xml.source(provider.told(request(f"<Note>{number}</Note>"))) for number in range(10)}
    assert len(samples) > 5
    worlds = {xml.source(provider.told(request(), World(seed, WORLD.today))) for seed in (1, 2, 3, -1)}
    assert len(worlds) > 1


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<FamilyName/>",
        "<FamilyName>&#9;</FamilyName><Snils>" + "9" * 5_000 + "</Snils>",
        "<BirthDate>12013-01-01+14:00</BirthDate>",
        "<BirthDate>-0044-03-15</BirthDate>",
        "<Note>&lt;b&gt;</Note>" * 3_000,
    ],
)
def test_no_request_is_too_odd(tmp_path: Path, body: str) -> None:
    both: tuple[Files, Files] = ({}, EXAMPLE)
    for number, files in enumerate(both):
        provider = Provider(tmp_path / str(number), files)
        assert same(provider.told(request(body)), provider.told(request(body)))


def test_a_long_request_is_not_compared_with_examples(tmp_path: Path) -> None:
    long = {**EXAMPLE, "example-request.xml": request("<Note>1</Note>" * 3_000)}
    told = Provider(tmp_path, long).told(request("<Snils>95214780112</Snils>" + "<Note>1</Note>" * 3_000))
    assert person_in(told) == ELENA_TOLD


def test_a_schema_that_no_document_fulfils_is_a_failure_with_a_reason(tmp_path: Path) -> None:
    impossible = XSD.replace(
        '<xs:enumeration value="yes"/><xs:enumeration value="no"/>', '<xs:pattern value="[^\\s\\S]"/>'
    )
    answer = Provider(tmp_path, {"kind.xsd": impossible}).answer(request())
    assert isinstance(answer, Rejected)
    assert answer.code == "FAILURE"
    assert "Verdict" in answer.description


def test_nobody_answers_a_broadcast(tmp_path: Path) -> None:
    for shipped in (True, False):
        files: Files = {"kind.toml": BROADCAST_TOML, "example-request.xml": about("1")}
        answer = Provider(tmp_path / str(shipped), files, shipped=shipped).answer(about("1"))
        assert answer == Rejected("UNKNOWN_REQUEST_DESCRIPTION", "agency/kind: на рассылку не отвечают")


# An official package stands in for a simplified kind that is answered by hand


def test_whatever_is_answered_by_hand_is_told_whole(tmp_path: Path) -> None:
    provider = Provider(tmp_path, EXAMPLE)
    by_hand = (InProgress(1, "Принято"), Answered(xml.parse(response("Рука"))))
    assert [said.answer for said in provider.asked(about("95214780112"), by_hand=lambda _: by_hand)] == list(by_hand)
    nobody = (Rejected("NO_DATA", "Нет такого"),)
    assert [said.answer for said in provider.asked(about("95214780112"), by_hand=lambda _: nobody)] == list(nobody)


def does_not_understand(_: Question) -> tuple[Answer, ...]:
    raise LookupError("СведФЛ")


def knows_no_such_request(_: Question) -> tuple[Answer, ...]:
    return (Rejected("UNKNOWN_REQUEST_DESCRIPTION", "Укажите фамилию"),)


def follows_another_schema(_: Question) -> tuple[Answer, ...]:
    return (Answered(xml.parse(response(snils="95214771414"))),)


def answers_another_kind(_: Question) -> tuple[Answer, ...]:
    return (Answered(xml.parse(about("95214771414"))),)


@pytest.mark.parametrize(
    "by_hand", [does_not_understand, knows_no_such_request, follows_another_schema, answers_another_kind]
)
def test_what_does_not_fit_the_new_schema_is_not_told(tmp_path: Path, by_hand: AnswerFunction) -> None:
    (said,) = Provider(tmp_path, EXAMPLE).asked(about("95214780112"), by_hand=by_hand)
    assert isinstance(said.answer, Answered)
    assert person_in(said.answer.content) == ELENA_TOLD


INN_FOLDER = SHIPPED / fns.INN_BY_PERSON / "4.0.1"
INN_XSDS: dict[str, str | bytes] = {path.name: path.read_text(encoding="utf-8") for path in INN_FOLDER.glob("*.xsd")}
ASKED_FOR_INN = (INN_FOLDER / "example-request.xml").read_bytes()


def inn_told_by(tmp_path: Path, files: Files, content: bytes) -> Element:
    """Drop in a package, and ask what the agency says then."""
    shelf = Shelf(tmp_path)
    installed = shelf.add(files)
    assert [kind.id for kind in installed.replaced] == [fns.INN_BY_PERSON]
    request = received(content)
    assert shelf.library.violations(request.content) == ()
    (said,) = answering.answers_to(context_of(shelf.library), request)
    assert isinstance(said.answer, Answered), said.answer
    assert shelf.library.violations(said.answer.content) == ()
    return said.answer.content


def test_the_hand_written_answer_counts_where_the_official_schema_allows_it(tmp_path: Path) -> None:
    told = inn_told_by(tmp_path, INN_XSDS, ASKED_FOR_INN)
    assert fns.read_inn(told) == IVAN.inn
    assert dict(told.attrib).keys() == {"ИдЗапрос", "ИННФЛ"}


def test_an_example_of_the_official_package_comes_before_the_hand_written_answer(tmp_path: Path) -> None:
    response = (INN_FOLDER / "example-response.xml").read_text(encoding="utf-8").replace("379945132320", "379999999999")
    examples: Files = {"examples/a-request.xml": ASKED_FOR_INN, "examples/a-response.xml": response}
    told = inn_told_by(tmp_path, {**INN_XSDS, **examples}, ASKED_FOR_INN)
    assert fns.read_inn(told) == "379999999999"


def test_a_sample_with_the_facts_is_told_where_the_official_schema_wants_more(tmp_path: Path) -> None:
    start = '<xs:attribute name="ИННФЛ"'
    more = {
        name: text
        if isinstance(text, bytes)
        else text.replace(start, f'<xs:attribute name="Дата" type="xs:date" use="required"/>{start}')
        for name, text in INN_XSDS.items()
    }
    assert more != INN_XSDS
    told = inn_told_by(tmp_path, more, ASKED_FOR_INN)
    assert told.get("Дата") is not None
    assert told.get("ИдЗапрос") == xml.parse(ASKED_FOR_INN).get("ИдЗапрос")
