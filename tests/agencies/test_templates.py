"""A template sees the request and the world, nothing of the program; what it does wrong is told with its line."""

import pytest

from agencies.answers import Question
from agencies.templates import TemplateFailed, decoded, rendered
from gateway import xml
from tests.agencies.asking import AGENCY, GUID, WORLD

IVAN = WORLD.cases()["example"][0]


def document(template: str, request: str = "<r/>") -> str:
    made = rendered(template, Question(WORLD, xml.parse(request.encode()), AGENCY, GUID))
    return xml.source(made).decode().replace(' xmlns=""', "")


def failure(template: str, request: str = "<r/>") -> str:
    with pytest.raises(TemplateFailed) as caught:
        document(template, request)
    return str(caught.value)


# What it sees


def test_a_template_sees_request_world_day_message_and_agency() -> None:
    template = """<?xml version="1.0" encoding="UTF-8"?>
        {% set person = world.person(request.who.snils) %}
        <a id="{{ message_id }}" by="{{ agency.mnemonic }} {{ agency.oktmo }}" on="{{ today.isoformat() }}">
          {%- for passport in person.passports %}
          <p>{{ passport.series }} {{ passport.number }}</p>
          {%- endfor %}
          <who>{{ person.full_name }}, {{ agency.name }}</who>
        </a>"""
    told = xml.parse(document(template, f"<r><who><snils>{IVAN.snils}</snils></who></r>").encode())
    assert dict(told.attrib) == {"id": GUID, "by": "IVN001 24701000", "on": "2013-03-04"}
    passports = [f"{passport.series} {passport.number}" for passport in IVAN.passports]
    assert [node.text for node in told] == [*passports, f"{IVAN.full_name}, {AGENCY.name}"]


def test_a_template_looks_up_persons_firms_and_estates() -> None:
    template = """<a>{{ world.person('379945132320').snils }} {{ world.firm('1043799978210').inn }}
        {{- ' ' }}{{ world.firm('3799907036').ogrn }} {{ world.estate('37:24:990112:83').area }}
        {{- ' ' }}{{ world.person('1') is none and world.firm('1') is none and world.estate('1') is none }}</a>"""
    assert document(template) == f"<a>{IVAN.snils} 3799907036 1043799978210 74.2 True</a>"


def test_values_are_escaped() -> None:
    told = document('<a x="{{ request.x }}">{{ request.x }}</a>', "<r><x>&lt;b&gt; &amp; \"ООО\" 'Ё'</x></r>")
    read = xml.parse(told.encode())
    assert read.get("x") == read.text == "<b> & \"ООО\" 'Ё'"
    assert len(read) == 0


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<r> x </r>", "x"),
        ("<r/>", ""),
        ("<r><a>1</a><b/></r>", {"a": "1", "b": ""}),
        ("<r><a>1</a><a>2</a><a><b>3</b></a></r>", {"a": ["1", "2", {"b": "3"}]}),
        ('<r a="1"/>', {"a": "1"}),
        ('<r a="1">x</r>', {"a": "1", "text": "x"}),
        ('<r a="1"><a>2</a></r>', {"a": ["1", "2"]}),
        ('<n:r xmlns:n="urn:n" n:a="1"><n:b>2</n:b><!-- no --><?no no?></n:r>', {"a": "1", "b": "2"}),
    ],
)
def test_a_request_is_decoded_by_local_names(written: str, read: object) -> None:
    assert decoded(xml.parse(written.encode())) == read


# What it does wrong


def test_a_name_that_is_not_there_is_told_with_its_line() -> None:
    why = failure("<a>\n{{ request.snils }}</a>", "<r><inn>1</inn></r>")
    assert why.startswith("строка 2: UndefinedError: ")
    assert "snils" in why
    assert failure("<a>{{ world.person('1').snils }}</a>").startswith("строка 1: UndefinedError: ")
    assert failure("\n<a>\n{{ request['inn'] + 1 }}</a>", "<r><inn>1</inn></r>").startswith("строка 3: TypeError: ")
    assert "TypeError" in failure("<a>{{ world.person(request) }}</a>", '<r a="1"/>')


def test_broken_syntax_is_told_with_its_line() -> None:
    assert failure("<a>\n\n{% if %}</a>").startswith("строка 3: TemplateSyntaxError: ")


@pytest.mark.parametrize("template", ["", "a", "<a>", "<a/><b/>", "<!DOCTYPE a><a/>", "<a>&nbsp;</a>", "<a>\x01</a>"])
def test_what_is_no_document_is_told(template: str) -> None:
    assert "Error" in failure(template) or "NotWellFormed" in failure(template) or "Doctype" in failure(template)


@pytest.mark.parametrize(
    "expression",
    [
        "''.__class__",
        "''.__class__.__mro__",
        "world._world",
        "world._world.seed",
        "request.__init__.__globals__",
        "world.person.__globals__",
        "world.person.__func__",
        "today.__class__.__subclasses__()",
        "''['__class__']",
        "''|attr('__class__')",
        "'{0.__class__}'.format('')",
        "cycler.__init__.__globals__",
        "self._TemplateReference__context",
        "lipsum()",
        "[1, 2]|random",
        "config",
    ],
)
def test_the_program_is_out_of_reach(expression: str) -> None:
    why = failure(f"<a>{{{{ {expression} }}}}</a>")
    assert "class '" not in why


@pytest.mark.parametrize(
    "template",
    [
        "<a>{% include 'x' %}</a>",
        "<a>{% import 'x' as y %}</a>",
        "<a>{% for i in range(10 ** 9) %}{% endfor %}</a>",
        "{% macro m() %}{{ m() }}{% endmacro %}<a>{{ m() }}</a>",
        "<a>{{ 1 // 0 }}</a>",
    ],
)
def test_whatever_a_template_raises_is_its_own_failure(template: str) -> None:
    assert ": " in failure(template)


def test_a_template_cannot_change_the_world() -> None:
    failure(f"<a>{{% set world.person('{IVAN.snils}').family_name = 'Иванов' %}}</a>")
    failure(f"<a>{{{{ world.person('{IVAN.snils}').__setattr__('family_name', 'x') }}}}</a>")
    assert WORLD.cases()["example"][0].family_name == "Смирнов"
