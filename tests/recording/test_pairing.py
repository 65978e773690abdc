"""Which exchange is which: by who asks whom on whose behalf, then by what is said, at last by order."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import gateway.library
from gateway.recording.contents import KindMasks, Run
from gateway.recording.pairing import origin, pair
from tests.conversation import INN_REQUEST
from tests.recording.building import Asked, recording_of

LIBRARY = gateway.library.load(Path(__file__).parents[2] / "schemas" / "kinds")
MASKS = KindMasks(LIBRARY.catalogue, {})


def about(name: str, **fields: object) -> Asked:
    """A request about somebody, answered."""
    return replace(Asked(INN_REQUEST.replace("Иван".encode(), name.encode())), **fields)  # type: ignore[arg-type]


def run_of(*told: Asked, run: str) -> Run:
    return Run(recording_of(*told, run=run), MASKS)


def paired(old: Sequence[Asked], new: Sequence[Asked]) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """The numbers of the pairs, and of what is in one only."""
    found = pair(run_of(*old, run="a"), run_of(*new, run="b"))
    pairs = [(one.number, other.number) for one, other in found.pairs]
    return pairs, [each.number for each in found.only_old], [each.number for each in found.only_new]


def test_equal_contents_are_paired_wherever_they_stand() -> None:
    people = [about(name) for name in ("Анна", "Борис", "Вера")]
    assert paired(people, [people[2], people[0], people[1]]) == ([(1, 2), (2, 3), (3, 1)], [], [])


def test_equal_contents_are_paired_in_their_order() -> None:
    assert paired([about("Анна")] * 3, [about("Анна")] * 2) == ([(1, 1), (2, 2)], [3], [])


def test_ids_blanks_and_prefixes_do_not_keep_a_pair_apart() -> None:
    written = re.sub(rb'\s+(?=[^<>"]+=")', b"\n  ", about("Анна").content)
    other = replace(about("Анна"), content=written.replace(b"84d4", b"94d4"))
    assert other.content != about("Анна").content
    assert paired([about("Борис"), about("Анна")], [other, about("Борис")]) == ([(1, 2), (2, 1)], [], [])


def test_a_changed_request_is_paired_with_the_nearest() -> None:
    anna = about("Анна").content
    changed = replace(about("Анна"), content=anna.replace(b"1967-03-10", b"1977-03-10"))
    other = about(
        "Вера",
        content=INN_REQUEST.replace("Иван".encode(), "Вера".encode()).replace("Смирнов".encode(), "Гусев".encode()),
    )
    assert paired([about("Анна"), other], [other, changed]) == ([(1, 2), (2, 1)], [], [])
    assert paired([about("Анна")], [other, changed]) == ([(1, 2)], [], [1])


def test_order_decides_where_nothing_else_does() -> None:
    assert paired([about("Анна"), about("Борис")], [about("Вера"), about("Глеб")]) == ([(1, 1), (2, 2)], [], [])


def test_who_asks_is_never_mixed_up() -> None:
    assert paired([about("Анна", consumer="CITY")], [about("Анна", consumer="REGION")]) == ([], [1], [1])


def test_another_provider_of_the_same_content_is_the_same_exchange() -> None:
    assert paired([about("Анна", provider="FNS")], [about("Анна", provider="MVD")]) == ([(1, 1)], [], [])
    assert paired([about("Анна", provider="FNS")], [about("Борис", provider="MVD")]) == ([], [1], [1])


def test_what_was_sent_on_whose_behalf_is_paired_along() -> None:
    inner = about("Общий", provider="MVD")
    families = [about(name, meanwhile=(inner,)) for name in ("Анна", "Борис")]
    pairs, *only = paired(families, families[::-1])
    assert pairs == [(1, 3), (2, 4), (3, 1), (4, 2)]
    assert only == [[], []]


def test_a_missing_question_does_not_shift_those_after_it() -> None:
    inner = [about(name, provider="MVD") for name in ("Вера", "Глеб", "Дарья", "Егор")]
    old, new = about("Анна", meanwhile=inner), about("Анна", meanwhile=[inner[0], *inner[2:]])
    assert paired([old], [new]) == ([(1, 1), (2, 2), (4, 3), (5, 4)], [3], [])


def test_the_origin_leads_to_the_beginning() -> None:
    innermost = about("Вера", provider="SFR", takes=timedelta(seconds=1))
    run = run_of(about("Анна", meanwhile=[about("Борис", provider="MVD", meanwhile=[innermost])]), run="a")
    steps = [(consumer, provider) for consumer, provider, _ in origin(run, run.exchanges[2])]
    assert steps == [("MYSYSTEM", "FNS"), ("FNS", "MVD"), ("MVD", "SFR")]


def test_a_big_group_is_paired_by_its_rare_values() -> None:
    old = [about(f"Имя{number}") for number in range(120)]
    new = [replace(each, content=each.content.replace(b"1967-03-10", b"1968-03-10")) for each in reversed(old)]
    pairs, *only = paired(old, new)
    assert pairs == [(number, 121 - number) for number in range(1, 121)]
    assert only == [[], []]
