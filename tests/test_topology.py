"""A topology file: groups, levels, services; and what is wrong with one is told with its line."""

from pathlib import Path
from typing import Final

import pytest

from gateway import topology
from gateway.domain.participants import Provenance
from gateway.domain.services import Level
from gateway.topology import Topology, TopologyError

KINDS: Final = frozenset({"fns/egrul", "city/form", "smev/notice"})

GROUPED: Final = """\
title = "Town"
groups.body.level = "municipal"
groups.body.node = "agencies.authority:Authority"
groups.body.provides = ["city/form", "smev/notice"]
groups.body.services = ["M01", "M02"]
groups.body.options.answers_slowly = true
groups.village.group = "body"
groups.village.services = ["M02"]  # not M01
participants = [
    { mnemonic = "CITY", group = "body", oktmo = "24701000", options = { inn = "3799000022" } },
    { mnemonic = "VILLAGE", group = "village", provenance = "synthetic" },
    # VILLAGE2 differs from its group in everything
    { mnemonic = "VILLAGE2", group = "village", level = "regional", provides = [
        "fns/egrul",
    ], services = ["M03"], node = "agencies.provider:Provider", options = { answers_slowly = false } },
    { mnemonic = "MINE", services = ["M01"] },
]
"""


def read(folder: Path, text: str) -> Topology:
    file = folder / "town.toml"
    file.write_text(text, encoding="utf-8")
    return topology.load(file, KINDS)


@pytest.fixture
def town(tmp_path: Path) -> Topology:
    return read(tmp_path, GROUPED)


def test_a_participant_says_what_its_group_does_not(town: Topology) -> None:
    city, village, other, mine = town.participants
    assert (city.level, city.oktmo, city.services, city.provenance) == (
        Level.MUNICIPAL,
        "24701000",
        ("M01", "M02"),
        None,
    )
    assert (village.level, village.services, village.provenance) == (Level.MUNICIPAL, ("M02",), Provenance.SYNTHETIC)
    assert (other.level, other.services) == (Level.REGIONAL, ("M03",))
    assert (mine.level, mine.services) == (None, ("M01",))
    assert town.providers == {
        "city/form": ("CITY", "VILLAGE"),
        "smev/notice": ("CITY", "VILLAGE"),
        "fns/egrul": ("VILLAGE2",),
    }
    assert town.services == {"CITY": ("M01", "M02"), "VILLAGE": ("M02",), "VILLAGE2": ("M03",), "MINE": ("M01",)}


def test_a_node_gets_the_options_of_both_and_the_services(town: Topology) -> None:
    nodes = {node.mnemonic: (node.factory.rpartition(":")[2], node.options) for node in town.nodes}
    assert nodes == {
        "CITY": ("Authority", {"inn": "3799000022", "answers_slowly": True, "services": ["M01", "M02"]}),
        "VILLAGE": ("Authority", {"answers_slowly": True, "services": ["M02"]}),
        "VILLAGE2": ("Provider", {"answers_slowly": False, "services": ["M03"]}),
    }


def test_services_may_stand_in_the_options_with_their_kinds(tmp_path: Path) -> None:
    table = '[[participants]]\nmnemonic = "A"\nnode = "x:Y"\n[participants.options.services]\nM01 = ["fns/egrul"]\n'
    read_so = read(tmp_path, table)
    assert read_so.services == {"A": ("M01",)}
    assert read_so.nodes[0].options == {"services": {"M01": ["fns/egrul"]}}
    assert read(tmp_path, '[[participants]]\nmnemonic = "A"\noptions = { services = ["M02"] }\n').services == {
        "A": ("M02",)
    }


@pytest.mark.parametrize(
    ("mnemonic", "code", "line"),
    [("VILLAGE2", "M03", 15), ("VILLAGE", "M02", 8), ("CITY", "M01", 5), ("MINE", "M01", 16), ("MINE", "M99", 16)],
)
def test_a_service_is_found_where_it_is_said(town: Topology, mnemonic: str, code: str, line: int) -> None:
    wrong = town.wrong(mnemonic, code, "no such service")
    assert wrong.line == line
    assert str(wrong).endswith(f"town.toml:{line}: no such service")


BROKEN: Final[dict[str, tuple[str, int, str]]] = {
    "two of one mnemonic": (
        '[[participants]]\nmnemonic = "A"\nname = "A, but not B"\n[[participants]]\nname = "Б"\nmnemonic = "A"\n',
        6,
        "'A' дважды, впервые — в строке 2",
    ),
    "two of one mnemonic in rows": (
        'participants = [\n  { mnemonic = "A" },\n  { mnemonic = "AA" },\n  { mnemonic = "A" },\n]\n',
        4,
        "'A' дважды, впервые — в строке 2",
    ),
    "unknown kind": (
        '# "fns/egrl" is wrong\n[[participants]]\nmnemonic = "A"\nprovides = [\n  "city/form",\n  "fns/egrl",\n]\n',
        6,
        "'fns/egrl'; вероятно, 'fns/egrul'; есть city/form",
    ),
    "unknown kind in rights": (
        'participants = [\n  { mnemonic = "A" },\n  { mnemonic = "B", may_request = ["fns/egrl"] },\n]\n',
        3,
        "'fns/egrl'; вероятно, 'fns/egrul'",
    ),
    "unknown kind of a group nobody names": ('[groups.body]\nlevel = "federal"\nprovides = ["fns"]\n', 3, "'fns'"),
    "unknown group": (
        'groups.settlement.level = "municipal"\nparticipants = [\n  { mnemonic = "A", group = "setlement" },\n]\n',
        3,
        "нет группы 'setlement'; вероятно, 'settlement'; есть settlement",
    ),
    "group below": ('groups.a.group = "b"\ngroups.b.level = "federal"\n', 1, "выше нет группы 'b'; есть ничего"),
    "group of itself": ('[groups.a]\ngroup = "a"\n', 2, "выше нет группы 'a'"),
    "unknown level": (
        '[groups.a]\nlevel = "regional"\n[groups.b]\nlevel = "municipial"\n',
        4,
        "level: неизвестно 'municipial'; вероятно, 'municipal'; есть federal, municipal, regional",
    ),
    "unknown provenance": ('[[participants]]\nmnemonic = "A"\nprovenance = "guessed"\n', 3, "есть derived, recalled"),
    "unknown key": (
        '[[participants]]\nmnemonic = "A"\n[[participants]]\nmnemonic = "B"\nprovide = ["city/form"]\n',
        5,
        "ключ 'provide' участника B; вероятно, 'provides'; есть group, level",
    ),
    "unknown key of a group": ('[groups.a]\nmnemonics = ["A"]\n', 2, "'mnemonics' группы a; есть group, level"),
    "unknown key of the file": ('title = "x"\nparticipant = []\n', 2, "вероятно, 'participants'"),
    "services twice": (
        'groups.a.services = ["M01"]\n[[participants]]\nmnemonic = "A"\ngroup = "a"\noptions = { services = ["M1"] }\n',
        5,
        "оставьте одно",
    ),
    "services of another type": (
        '[[participants]]\nmnemonic = "A"\noptions = { services = "M01" }\n',
        3,
        "найдено 'M01'",
    ),
    "codes of another type": ('[[participants]]\nmnemonic = "A"\nservices = [1]\n', 3, "список строк, найдено [1]"),
    "kinds of another type": ('[[participants]]\nmnemonic = "A"\nprovides = "city/form"\n', 3, "список строк"),
    "options of another type": ('[[participants]]\nmnemonic = "A"\noptions = []\n', 3, "таблица, найдено []"),
    "name of another type": ('[[participants]]\nmnemonic = "A"\nname = 1\n', 3, "строка, найдено 1"),
    "groups of another type": ('title = "x"\ngroups = []\n', 2, "таблица, найдено []"),
    "a group of another type": ('title = "x"\ngroups.a = 1\n', 2, "a: ожидалось: таблица, найдено 1"),
    "participants of another type": ('[participants]\nmnemonic = "A"\n', 1, "список таблиц"),
    "a participant of another type": ('participants = ["A"]\n', 1, "список таблиц, найдено 'A'"),
    "no mnemonic": ('[[participants]]\nmnemonic = "A"\n[[participants]]\nname = "B"\n', 3, "нет mnemonic"),
    "no TOML": ('title = "x"\nparticipants = [\n  { mnemonic = "A", },\n]\n', 3, ""),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, what: str) -> None:
    text, line, why = BROKEN[what]
    with pytest.raises(TopologyError) as refused:
        read(tmp_path, text)
    assert str(refused.value).startswith(f"{tmp_path}/town.toml:{line}: "), refused.value
    assert why in str(refused.value)
