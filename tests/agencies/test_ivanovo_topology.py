"""The Ivanovo region of spring 2013: who is there, who answers what, and whose number is whose."""

import tomllib
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Final

import pytest

import agencies
from agencies.answering import answers_to
from agencies.answers import Answered
from agencies.world import World
from agencies.world.check_digits import is_inn, is_ogrn
from agencies.world.places import TOWNS
from gateway import topology
from gateway.domain.catalogue import DataKind
from gateway.domain.participants import Participant, Participants, Provenance
from gateway.domain.routing import recipients_of
from gateway.domain.services import Level
from gateway.library import load
from tests.agencies.asking import KINDS
from tests.agencies.dropped_in import context_of, received

LIBRARY: Final = load(shipped=KINDS)
SHIPPED: Final = {kind.id: kind for kind in LIBRARY.catalogue}
FOLDER: Final = Path(agencies.__file__).parent / "topologies"
IVANOVO: Final = topology.load(FOLDER / "ivanovo-2013.toml", frozenset(SHIPPED))
REGION: Final = topology.load(FOLDER / "region.toml", frozenset(SHIPPED))
PARTICIPANTS: Final = Participants.of(IVANOVO.participants, IVANOVO.providers)
PORTAL: Final = "EPGU01"
ASKED_FOR: Final = (Path(__file__).parents[1] / "schemas" / "asked_for.txt").read_text(encoding="utf-8").split()
PASSPORTS: Final = {
    file.stem: tomllib.loads(file.read_text(encoding="utf-8"))
    for file in (FOLDER.parent / "services").glob("*/[RM][0-9][0-9].toml")
}
BY_PLACE: Final = sorted(kind.id for kind in SHIPPED.values() if kind.route_by)


def of_level(level: Level) -> list[Participant]:
    return [each for each in IVANOVO.participants if each.level is level]


FEDERAL, REGIONAL, MUNICIPAL = map(of_level, Level)
DISTRICTS: Final = {body.oktmo[:5]: body for body in MUNICIPAL if body.oktmo and body.mnemonic.endswith("-MR")}

# --- who is there ------------------------------------------------------------------------------------------------


def test_there_are_17_regional_and_156_municipal_bodies_and_a_portal() -> None:
    assert (len(FEDERAL), len(REGIONAL), len(MUNICIPAL)) == (17, 17, 156)
    assert [each.mnemonic for each in IVANOVO.participants if each.level is None] == [PORTAL]
    kinds = Counter(body.name.split()[-1 if "округа" not in body.name else -2] for body in MUNICIPAL)
    assert kinds == {"округа": 6, "района": 21, "поселения": 129}


def test_names_do_not_repeat() -> None:
    assert len({each.name for each in IVANOVO.participants}) == len(IVANOVO.participants)


def test_mnemonics_that_both_topologies_have_stand_for_the_same() -> None:
    here, there = PARTICIPANTS.by_mnemonic, Participants.of(REGION.participants, REGION.providers).by_mnemonic
    assert there.keys() <= here.keys()
    same = {mnemonic for mnemonic in there if here[mnemonic].name == there[mnemonic].name}
    assert there.keys() - same == {"MVD001", "SFR001", "ZAGS01"}  # other bodies in 2013


def test_what_is_made_up_is_marked_so() -> None:
    known = Counter(body.provenance for body in MUNICIPAL)
    said = (FOLDER / "ivanovo-2013.toml").read_text(encoding="utf-8").partition("title =")[0].replace("\n#", "")
    assert None not in known
    for provenance, count in known.items():
        assert f"{count} {'are ' if provenance is Provenance.SOURCED else ''}{provenance}" in said
    made_up = [body for body in MUNICIPAL if body.oktmo and body.oktmo[5] == "9"]
    assert f"the ОКТМО of {len(made_up)} settlements" in said
    assert {body for body in MUNICIPAL if body.provenance is Provenance.SYNTHETIC} <= set(made_up)


def test_every_municipality_has_a_code_of_its_own_in_its_district() -> None:
    codes = [body.oktmo or "" for body in MUNICIPAL]
    assert len(set(codes)) == 156
    assert all(len(code) == 8 and code.isdigit() and code.startswith("24") for code in codes)
    assert {body.oktmo for body in REGIONAL} == {"24000000"}
    assert len(DISTRICTS) == 21
    assert all(code[:5] in DISTRICTS for code in codes if not code.endswith("000"))


def test_numbers_are_valid_and_nobody_elses() -> None:
    options = [node.options for node in IVANOVO.nodes if "inn" in node.options]
    assert len(options) == 17 + 156
    inns, ogrns = [each["inn"] for each in options], [each["ogrn"] for each in options]
    assert len(set(inns)) == len(set(ogrns)) == len(options)
    assert all(is_inn(inn) and inn.startswith("3799") for inn in inns)
    assert all(is_ogrn(ogrn) and ogrn.startswith("1033799") for ogrn in ogrns)
    world = World(0, date(2013, 3, 1))
    assert not any(world.firm_by_inn(inn) or world.firm_by_ogrn(ogrn) for inn, ogrn in zip(inns, ogrns, strict=True))


def test_everybody_has_a_node() -> None:
    assert [node.mnemonic for node in IVANOVO.nodes] == [each.mnemonic for each in IVANOVO.participants]


# --- services ----------------------------------------------------------------------------------------------------


def test_every_regional_service_has_one_body() -> None:
    codes = Counter(code for body in REGIONAL for code in body.services)
    assert codes == Counter(f"R{number:02}" for number in range(1, 66))


def test_it_is_the_body_of_the_passport() -> None:
    bodies = {code: body.name for body in REGIONAL for code in body.services}
    assert {
        code: passport["body"].partition(" (")[0] for code, passport in PASSPORTS.items() if code in bodies
    } == bodies


def test_what_the_services_need_is_held_by_somebody() -> None:
    assert PASSPORTS.keys() == {code for codes in IVANOVO.services.values() for code in codes}
    needed = {paper["kind"] for passport in PASSPORTS.values() for paper in passport["documents"] if "kind" in paper}
    assert len(needed) > 40
    assert sorted(needed - IVANOVO.providers.keys()) == []


def test_okrugs_and_districts_provide_every_municipal_service_and_settlements_some() -> None:
    every = tuple(f"M{number:02}" for number in range(1, 29))
    for body in MUNICIPAL:
        if (body.oktmo or "").endswith("000"):
            assert body.services == every
        else:
            assert {"M09", "M15", "M18", "M25"} <= set(body.services) < set(every)


def test_nodes_are_told_their_services() -> None:
    assert {node.mnemonic: tuple(node.options["services"]) for node in IVANOVO.nodes if "services" in node.options} == {
        body.mnemonic: body.services for body in (*REGIONAL, *MUNICIPAL)
    }


# --- who answers what --------------------------------------------------------------------------------------------


def test_every_kind_has_a_provider() -> None:
    assert len(ASKED_FOR) > 50
    assert sorted(SHIPPED.keys() - IVANOVO.providers.keys()) == []
    assert [kind for kind in ASKED_FOR if not IVANOVO.providers.get(kind)] == []


def test_of_the_kinds_that_no_place_routes_there_is_one_provider() -> None:
    single = {kind.id for kind in SHIPPED.values() if not kind.route_by and not kind.broadcast}
    assert {kind: names for kind, names in IVANOVO.providers.items() if kind in single and len(names) != 1} == {}


def example(kind: DataKind) -> bytes:
    return (LIBRARY.folder_of(kind) / "example-request.xml").read_bytes()


def asked_in(kind: DataKind, oktmo: str) -> tuple[str, ...]:
    """Return who gets the example request of a kind, were it about another place."""
    text = example(kind).decode()
    assert "24701000" in text
    return recipients_of(kind, received(text.replace("24701000", oktmo).encode()).content, PARTICIPANTS, PORTAL)


@pytest.mark.parametrize("kind_id", BY_PLACE)
def test_a_request_reaches_the_body_of_its_place(kind_id: str) -> None:
    for body in MUNICIPAL:
        assert asked_in(SHIPPED[kind_id], body.oktmo or "") == (body.mnemonic,)


@pytest.mark.parametrize("kind_id", BY_PLACE)
def test_a_place_without_a_body_of_its_own_has_the_one_around_it(kind_id: str) -> None:
    kind = SHIPPED[kind_id]
    assert asked_in(kind, "24631406001") == ("HROMTSOVSKOE-SP",)
    assert asked_in(kind, "24701000001") == ("IVN001",)
    for code, district in DISTRICTS.items():
        assert asked_in(kind, f"{code}499") == asked_in(kind, f"{code}499001") == (district.mnemonic,)


@pytest.mark.parametrize("town", [town.oktmo for town in TOWNS])
def test_where_the_people_of_the_world_live_there_is_a_body(town: str) -> None:
    assert town in {body.oktmo for body in MUNICIPAL}


def test_an_application_to_the_region_reaches_the_body_of_its_service() -> None:
    kind = SHIPPED["applicant/application"]
    text = example(kind).decode().replace("24701000", "24000000")
    assert "<ServiceCode>M23<" in text
    for body in REGIONAL:
        for code in body.services:
            content = received(text.replace("<ServiceCode>M23<", f"<ServiceCode>{code}<").encode()).content
            assert recipients_of(kind, content, PARTICIPANTS, PORTAL) == (body.mnemonic,)


@pytest.mark.parametrize(
    "kind_id", [kind for kind in ASKED_FOR if REGION.providers.get(kind) != IVANOVO.providers.get(kind)]
)
def test_who_answers_here_what_another_body_answers_in_the_region_answers_the_example(kind_id: str) -> None:
    kind = SHIPPED[kind_id]
    request = received(example(kind))
    (recipient,) = recipients_of(kind, request.content, PARTICIPANTS, PORTAL)
    context = context_of(LIBRARY, PARTICIPANTS.by_mnemonic[recipient], World(0, date(2013, 3, 4)))
    assert isinstance(list(answers_to(context, request))[-1].answer, Answered)
