"""Participants of one gateway: found by name and by certificate, providing and allowed."""

from dataclasses import replace

import pytest

from gateway.domain.participants import InvalidMnemonic, Participant, Participants, Provenance, checked_mnemonic
from gateway.domain.services import Level


@pytest.mark.parametrize("mnemonic", ["500502_3T", "GGER03_3T", "MNSV05", "77BD01", "a", "A.b-c_d", "A" * 50])
def test_these_are_mnemonics(mnemonic: str) -> None:
    assert checked_mnemonic(mnemonic) == mnemonic


@pytest.mark.parametrize("text", ["", "A" * 51, "_A", ".A", "-A", "А", "A B", "A/B", "A\n", "A%41", "..", "A=B"])
def test_these_are_not(text: str) -> None:
    with pytest.raises(InvalidMnemonic, match="мнемоника"):
        checked_mnemonic(text)


def registry() -> Participants:
    return Participants.of(
        [Participant("FNS", "ФНС", certificate="aa"), Participant("CITY", "Город")],
        {"fns/inn": iter(["FNS"]), "city/form": ["CITY", "TOWN"]},
    )


def test_participants_are_found_by_name_and_certificate() -> None:
    known = registry()
    fns = known.named("FNS")
    assert fns is not None
    assert fns.name == "ФНС"
    assert known.with_certificate("aa") is fns
    assert known.with_certificate("bb") is None
    assert known.named("fns") is None
    assert (known.name_of("CITY"), known.name_of("STRANGER")) == ("Город", "STRANGER")


def test_a_participant_may_be_replaced() -> None:
    known = registry()
    known.add(Participant("FNS", "ФНС России", certificate="bb"))
    assert known.name_of("FNS") == "ФНС России"
    newcomer = known.with_certificate("bb")
    assert newcomer is not None
    assert newcomer.mnemonic == "FNS"


def test_who_provides_what() -> None:
    known = registry()
    assert known.provides("FNS", "fns/inn")
    assert known.provides("FNS", "fns/inn")  # an iterator was given, and was not used up
    assert known.provides("TOWN", "city/form")
    assert not known.provides("FNS", "city/form")
    assert not known.provides("FNS", "no/kind")


def test_a_new_provider_takes_the_place_of_all_others_and_is_known() -> None:
    known = registry()
    known.provide("MINE", "city/form")
    assert known.providers["city/form"] == ("MINE",)
    assert known.named("MINE") == Participant("MINE", "MINE")
    known.provide("CITY", "fns/inn")
    assert known.name_of("CITY") == "Город"


def test_rights_may_be_restricted_and_lifted() -> None:
    known = registry()
    known.restrict("CITY", frozenset({"fns/inn"}))
    city = known.named("CITY")
    assert city is not None
    assert city.may_request == frozenset({"fns/inn"})
    known.restrict("CITY", None)
    assert known.by_mnemonic["CITY"].may_request is None


@pytest.mark.parametrize("text", ["SMEV", "smev"])
def test_nobody_may_call_itself_smev(text: str) -> None:
    with pytest.raises(InvalidMnemonic):
        checked_mnemonic(text)


def test_what_a_topology_told_of_a_participant_stays() -> None:
    told = Participant("CITY", "Город", level=Level.MUNICIPAL, provenance=Provenance.SOURCED, services=("M01",))
    known = Participants.of([told])
    known.add(Participant("CITY", "Иначе", oktmo="24701000"))
    assert known.named("CITY") == replace(told, name="Иначе", oktmo="24701000")
    known.add(replace(told, level=Level.REGIONAL, services=("R01",)))
    assert known.named("CITY") == replace(told, level=Level.REGIONAL, services=("R01",))
