"""Rules that break things on purpose: read as they are written, drawn the same in every run, ended by themselves."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.breakages import BREAKAGES, Breakage, Damage, Direction, Place
from gateway.domain.clock import ManualClock
from gateway.domain.disruption import FIELDS, Disruption, InvalidDisruption, json_schema, read_disruption
from gateway.domain.disruptions import (
    ENDED_LISTED,
    DisruptionHolds,
    Disruptions,
    Draws,
    Ending,
    Hit,
    Occasion,
    drawn,
)
from gateway.protocol.statuses import SignatureFailure
from tests.exchange.participants import START

_WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20)
_LENGTHS = st.sampled_from(["90s", "5m", "2h", "1d12h", "PT0.5S", "1w"])
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "participant": _WORDS,
    "counterpart": _WORDS,
    "kind": _WORDS,
    "direction": st.sampled_from([each.value for each in Direction]),
    "probability": st.floats(0, 1) | st.sampled_from([0, 1]),
    "count": st.integers(1, 1000),
    "lasts": _LENGTHS,
    "seed": st.integers(-1000, 1000),
    "delay": _LENGTHS,
    "fault": st.sampled_from(["AccessDenied", "InvalidContent", "RecipientIsNotFound"]),
    "text": _WORDS,
    "share": st.floats(0, 1),
    "damage": st.sampled_from([each.value for each in Damage]),
    "failure": st.sampled_from([each.value for each in SignatureFailure]),
}
_ALWAYS = ("participant", "counterpart", "kind", "direction", "probability", "count", "lasts", "seed")
POSSIBLE = list(BREAKAGES.values())


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(POSSIBLE))
    chosen = draw(st.sets(st.sampled_from([*_ALWAYS, *kind.takes]))) | set(kind.needs)
    said = {name: draw(_VALUES[name]) for name in sorted(chosen)}
    if "failure" in said:
        said["fault"] = "SignatureVerificationFault"
    if kind.does is Breakage.SLOW_RESPONSE:
        said["delay"] = "5s"
    return {"name": "rule-1", "does": kind.does.value, **said}


@given(rules())
def test_a_rule_reads_back_as_it_was_written(said: dict[str, Any]) -> None:
    rule = read_disruption(said)
    written = rule.as_json()
    assert read_disruption(written) == rule
    assert set(said) <= set(written)
    assert set(written) <= set(said) | {"probability", "seed"}


@given(st.dictionaries(st.sampled_from([*FIELDS, "proability"]), st.none() | st.booleans() | st.text() | st.integers()))
def test_whatever_is_said_is_a_rule_or_is_refused_by_its_field(said: dict[str, Any]) -> None:
    refusal = None
    try:
        rule = read_disruption(said)
    except InvalidDisruption as error:
        refusal = error
    if refusal is None:
        assert rule.name == said["name"]
    else:
        assert refusal.field in {*said, "name", "does", "delay", "fault"}
        assert refusal.expected
        assert refusal.found


def test_the_schema_has_every_field_and_every_breakage_there_is() -> None:
    schema = json_schema()
    assert tuple(schema["properties"]) == FIELDS
    assert schema["properties"]["does"]["enum"] == [kind.does.value for kind in POSSIBLE]
    assert set(BREAKAGES) == set(Breakage)
    assert {name for kind in BREAKAGES.values() for name in kind.fields} <= set(FIELDS)


@pytest.mark.parametrize("does", [Breakage.BAD_SIGNATURE, Breakage.EXPIRED_CERTIFICATE, Breakage.REVOKED_CERTIFICATE])
def test_smevs_signature_is_broken_where_there_is_one(does: Breakage) -> None:
    assert read_disruption({"name": "rule", "does": does.value, "operation": "GetStatus"}).does is does
    with pytest.raises(InvalidDisruption, match="SendRequest") as refused:
        read_disruption({"name": "rule", "does": does.value, "operation": "Ack"})
    assert refused.value.field == "operation"


@given(st.integers(), st.integers(1, 10**6))
def test_chance_is_a_number_from_0_to_1_and_the_same_again(seed: int, number: int) -> None:
    assert 0 <= drawn(seed, "rule", number) < 1
    assert drawn(seed, "rule", number) == drawn(seed, "rule", number)


def test_chance_hits_as_often_as_the_rule_says() -> None:
    hits = sum(drawn(7, "rule", number) < 0.1 for number in range(1, 10_001))
    assert 900 < hits < 1100


def rule(**fields: Any) -> Disruption:
    return read_disruption({"name": "rule", "does": "lost", **fields})


SENT = Occasion(Place.QUEUE, "FNS", "CITY", "fns/inn", "{urn:a}R", "SendRequest", Direction.REQUEST)


def asked(disruptions: Disruptions, times: int, occasion: Occasion = SENT) -> list[int]:
    """Ask so often; return on which occasions (from 1) something hit."""
    return [number for number in range(1, times + 1) if disruptions.ask(occasion) is not None]


def test_one_seed_hits_in_the_same_places_and_another_elsewhere() -> None:
    def places(**fields: Any) -> list[int]:
        disruptions = Disruptions(ManualClock(START))
        disruptions.add(rule(probability=0.3, **fields))
        return asked(disruptions, 100)

    assert places(seed=7) == places(seed=7)
    assert 10 < len(places(seed=7)) < 50
    assert places(seed=7) != places(seed=8)
    assert places(seed=7) != places(seed=7, name="another")


def test_another_rule_or_other_traffic_changes_nothing() -> None:
    alone, together = Disruptions(ManualClock(START)), Disruptions(ManualClock(START))
    alone.add(rule(probability=0.3, seed=7))
    together.add(rule(name="others", participant="MVD", probability=0.5))
    together.add(rule(probability=0.3, seed=7, participant="FNS"))
    to_mvd = Occasion(Place.QUEUE, "MVD", operation="SendRequest")
    found = []
    for number in range(1, 51):
        together.ask(to_mvd)
        if together.ask(SENT) is not None:
            found.append(number)
    assert found == asked(alone, 50)


@pytest.mark.parametrize(
    ("fields", "hits"),
    [
        ({}, True),
        ({"participant": "FNS", "counterpart": "CITY", "kind": "fns/inn", "operation": "SendRequest"}, True),
        ({"kind": "{urn:a}R", "direction": "request"}, True),
        ({"participant": "CITY"}, False),
        ({"counterpart": "FNS"}, False),
        ({"kind": "fns/egrul"}, False),
        ({"operation": "SendResponse"}, False),
        ({"direction": "response"}, False),
        ({"probability": 0}, False),
        ({"does": "wrong-id"}, False),
        ({"does": "rejected"}, False),
    ],
)
def test_a_rule_hits_what_all_of_its_filters_fit(fields: dict[str, Any], hits: bool) -> None:
    disruptions = Disruptions(ManualClock(START))
    disruptions.add(rule(**fields))
    assert asked(disruptions, 1) == [1] * hits


def test_a_fault_comes_only_where_the_wsdl_declares_it() -> None:
    disruptions = Disruptions(ManualClock(START))
    disruptions.add(rule(does="fault", fault="TargetMessageIsNotFound"))
    assert asked(disruptions, 1, Occasion(Place.ARRIVAL, "FNS", operation="GetRequest")) == []
    assert asked(disruptions, 1, Occasion(Place.ARRIVAL, "FNS", operation="Ack")) == [1]


def test_a_rule_ends_with_its_count() -> None:
    disruptions = Disruptions(ManualClock(START))
    disruptions.add(rule(count=2))
    assert asked(disruptions, 5) == [1, 2]
    (standing,) = disruptions.list()
    assert (standing.reverted, standing.hits, standing.left) == (Ending.COUNT, 2, 0)
    assert not disruptions.active


def test_a_rule_ends_with_its_time_on_the_gateways_clock() -> None:
    clock = ManualClock(START)
    disruptions = Disruptions(clock)
    disruptions.add(rule(lasts="10m"))
    clock.advance(timedelta(minutes=10) - timedelta(microseconds=1))
    assert asked(disruptions, 2) == [1, 2]
    clock.advance(timedelta(microseconds=1))
    assert asked(disruptions, 2) == []
    (standing,) = disruptions.list()
    assert (standing.reverted, standing.until) == (Ending.TIME, START + timedelta(minutes=10))
    assert not disruptions.active


def test_rules_that_have_ended_stay_listed_up_to_a_bound() -> None:
    disruptions = Disruptions(ManualClock(START))
    for number in range(ENDED_LISTED + 5):
        disruptions.add(rule(name=f"rule-{number}", count=1))
        assert asked(disruptions, 1) == [1]
    names = [standing.rule.name for standing in disruptions.list()]
    assert names == [f"rule-{number}" for number in range(5, ENDED_LISTED + 5)]


def test_a_name_is_taken_while_its_rule_holds() -> None:
    disruptions = Disruptions(ManualClock(START))
    disruptions.add(rule(count=1))
    with pytest.raises(DisruptionHolds):
        disruptions.add(rule())
    assert asked(disruptions, 1) == [1]
    disruptions.add(rule())  # that one has ended
    assert [standing.hits for standing in disruptions.list()] == [0]


def test_rules_are_taken_back() -> None:
    disruptions = Disruptions(ManualClock(START))
    disruptions.add(rule())
    disruptions.add(rule(name="other"))
    assert disruptions.remove("rule")
    assert not disruptions.remove("rule")
    assert [standing.rule.name for standing in disruptions.list()] == ["other"]
    assert disruptions.clear() == 1
    assert asked(disruptions, 1) == []
    assert disruptions.list() == ()


def test_an_occasion_is_drawn_once_in_a_call_and_can_be_given_back() -> None:
    disruptions = Disruptions(ManualClock(START))
    disruptions.add(rule(count=1))
    draws = Draws(disruptions)
    first = draws.ask(SENT)
    assert isinstance(first, Hit)
    assert draws.ask(SENT) is first  # the store has run the work again
    draws.give_back()
    (standing,) = disruptions.list()
    assert (standing.hits, standing.left, standing.reverted) == (0, 1, None)
    assert asked(disruptions, 3) == [1]
