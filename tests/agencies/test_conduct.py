"""How a node's options say that it breaks the law, and in which cases it does."""

from datetime import timedelta
from typing import Any

import pytest

from agencies.conduct import Conduct, InvalidConduct, Way, too_late
from gateway.domain.services import DEFAULT_TERM_TO_ANSWER
from gateway.domain.working_time import due
from gateway.protocol import moments

_CASES = [f"37-2013-{number}" for number in range(400)]


def test_a_node_without_conduct_keeps_the_law() -> None:
    conduct = Conduct.read({"inn": "3799000022"})
    assert not any(conduct.does(way, "IVN001", case) for way in Way for case in _CASES[:20])


def test_a_listed_way_is_gone_always_and_no_other() -> None:
    conduct = Conduct.read({"conduct": ["silent"]})
    assert all(conduct.does(Way.SILENT, "FNS001", case, "fns/egrul") for case in _CASES)
    assert not any(conduct.does(Way.ANSWERS_LATE, "FNS001", case, "fns/egrul") for case in _CASES)


def test_a_share_is_kept_about_and_depends_on_nothing_but_the_key() -> None:
    conduct = Conduct.read({"conduct": {"sends-late": 0.25}, "seed": 7})
    late = {case for case in _CASES if conduct.does(Way.SENDS_LATE, "IVN001", case)}
    assert 60 < len(late) < 140
    assert late == {case for case in reversed(_CASES) if conduct.does(Way.SENDS_LATE, "IVN001", case)}
    other = Conduct({Way.SENDS_LATE: 0.25}, seed=8)
    assert late != {case for case in _CASES if other.does(Way.SENDS_LATE, "IVN001", case)}


@pytest.mark.parametrize("told", [["rude"], {"silent": 2}, {"silent": "often"}, {"silent": -0.1}, ["silent", 3]])
def test_a_conduct_that_nobody_knows_says_what_there_is(told: Any) -> None:
    with pytest.raises(InvalidConduct, match="demands-held-documents"):
        Conduct.read({"conduct": told})


def test_late_is_after_the_term() -> None:
    now = moments.read("2013-03-04T10:00:00+04:00")
    assert timedelta(0) < too_late(now, DEFAULT_TERM_TO_ANSWER) - due(now, DEFAULT_TERM_TO_ANSWER) < timedelta(days=1)
