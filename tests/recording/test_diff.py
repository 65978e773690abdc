"""What differs between two runs: each aspect alone, and nothing where the two mean the same."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.protocol.messages import Rejection, RequestStatus
from gateway.protocol.participant_calls import Outgoing
from gateway.protocol.statuses import RejectCode
from gateway.recording.aspect import Aspect
from gateway.recording.comparing import Found
from gateway.recording.contents import KindMasks
from gateway.recording.diff import Comparison, compare
from gateway.recording.format import read, write
from gateway.recording.masks import Masks
from tests.conversation import INN_REQUEST, INN_RESPONSE, example
from tests.recording.building import Asked, Refused, recording_of
from tests.recording.test_pairing import LIBRARY, MASKS, about

OTHER_INN = INN_RESPONSE.replace(b"379945132320", b"379945132321")
NO_DATA = Rejection(RejectCode.NO_DATA, "Нет сведений")
IN_WORK = RequestStatus(1, "Принято в работу")


def compared(
    old: Sequence[Asked | Refused], new: Sequence[Asked | Refused], *ignored: Aspect, masks: KindMasks = MASKS
) -> Comparison:
    return compare(recording_of(*old, run="a"), recording_of(*new, run="b"), masks, frozenset(ignored))


def found(old: Asked, new: Asked, *ignored: Aspect, masks: KindMasks = MASKS) -> list[Found]:
    comparison = compared([old], [new], *ignored, masks=masks)
    assert comparison.compared == 1
    assert comparison.same is not bool(comparison.changed)
    return [each for changed in comparison.changed for each in changed.found]


def test_two_runs_of_the_same_do_not_differ() -> None:
    told: list[Asked | Refused] = [
        about("Анна", meanwhile=[about("Вера", provider="MVD")]),
        Refused(),
        about("Борис", answers=[IN_WORK, NO_DATA]),
    ]
    comparison = compared(told, told)
    assert comparison.same
    assert comparison.exit_code == 0
    assert comparison.compared == 3


def test_a_changed_request_is_found_at_its_path() -> None:
    assert found(about("Анна"), about("Анна", content=about("Анна").content.replace(b"1967-03-10", b"1967-03-11"))) == [
        Found("request", "СведФЛ/@ДатаРожд", "1967-03-10", "1967-03-11")
    ]


def test_a_changed_answer_is_found_at_its_path() -> None:
    assert found(Asked(), Asked(answers=[OTHER_INN])) == [Found("answer 1", "@ИННФЛ", "379945132320", "379945132321")]


def test_another_kind_of_answer_is_one_difference() -> None:
    [changed] = found(Asked(), Asked(answers=[NO_DATA]))
    assert (changed.place, changed.path, changed.new) == ("answer 1", "", "RequestRejected: NO_DATA Нет сведений")
    assert changed.old is not None
    assert changed.old.endswith("FNSINNSingularResponse")


def test_codes_and_descriptions_are_compared() -> None:
    denied = Rejection(RejectCode.ACCESS_DENIED, "Нельзя")
    assert found(Asked(answers=[NO_DATA]), Asked(answers=[denied])) == [
        Found("answer 1", "Reason/RejectionReasonCode", "NO_DATA", "ACCESS_DENIED"),
        Found("answer 1", "Reason/Description", "Нет сведений", "Нельзя"),
    ]
    assert found(Asked(answers=[IN_WORK, NO_DATA]), Asked(answers=[replace(IN_WORK, code=2), NO_DATA])) == [
        Found("answer 1", "StatusCode", "1", "2")
    ]


def test_a_missing_status_does_not_shift_the_answers_after_it() -> None:
    [missing] = found(Asked(answers=[IN_WORK, INN_RESPONSE]), Asked(answers=[INN_RESPONSE]))
    assert missing == Found("answer 1", "", "RequestStatus: 1; Принято в работу", None)


def test_the_status_the_fault_and_the_check_are_compared() -> None:
    refused = Asked(refused="SenderIsNotRegistered")
    differences = found(Asked(), refused, Aspect.TIMING)
    assert [each.place for each in differences] == ["answer 1", "status", "fault"]
    assert differences[-1] == Found("fault", "SendRequest", None, "SenderIsNotRegistered [rights]")
    assert found(refused, refused) == []
    assert [each.place for each in found(Asked(), refused, Aspect.TIMING, Aspect.STATUS, Aspect.FAULTS)] == ["answer 1"]


@pytest.mark.parametrize(
    ("seconds", "other", "old", "new"),
    [(0.1, 4, None, None), (0.1, 20, "at once", "seconds"), (59, 61, None, None), (30, 61, "seconds", "minutes"),
     (70, 3000, None, None), (3000, 9000, "minutes", "hours"), (9000, 90000, "hours", "days")],
)  # fmt: skip
def test_only_a_change_of_the_class_of_time_is_a_difference(
    seconds: float, other: float, old: str | None, new: str | None
) -> None:
    before, after = Asked(takes=timedelta(seconds=seconds)), Asked(takes=timedelta(seconds=other))
    assert found(before, after) == ([] if old is None else [Found("timing", "answered", old, new)])
    assert found(before, after, Aspect.TIMING) == []


def test_what_was_never_answered() -> None:
    silent = found(Asked(), Asked(answers=[]), Aspect.STATUS)
    assert [(each.place, each.path, each.new) for each in silent] == [
        ("answer 1", "", None),
        ("timing", "answered", "never"),
    ]


def test_deliveries_again_and_violations_are_compared() -> None:
    assert found(Asked(), Asked(again=2)) == [Found("deliveries", "GetRequest", "0", "2")]
    assert found(Asked(violation="held-document"), Asked()) == [Found("violation", "held-document", "MYSYSTEM", None)]
    assert found(Asked(again=1), Asked(violation="x"), Aspect.DELIVERIES, Aspect.VIOLATIONS) == []


def test_attachments_are_compared_by_name_and_content() -> None:
    one = Asked(attachments={"справка.zip": b"1", "5f1c1a52-84d4-11e2-9e96-0800200c9a66.zip": b"2"})
    assert found(one, Asked(attachments={"справка.zip": b"1", "6f1c1a52-84d4-11e2-9e96-0800200c9a66.zip": b"2"})) == []
    [changed] = found(Asked(attachments={"a": b"1"}), Asked(attachments={"a": b"2"}))
    assert (changed.place, changed.path) == ("attachment", "a")
    assert found(Asked(attachments={"a": b"1"}), Asked(attachments={"b": b"1"})) == [
        Found("attachment", "name", "a", "b")
    ]
    [gone] = found(Asked(attachments={"a": b"1"}), Asked())
    assert (gone.path, gone.new) == ("a", None)
    assert found(Asked(attachments={"a": b"1"}), Asked(), Aspect.ATTACHMENTS) == []


def test_metadata_of_the_business_process_are_compared() -> None:
    case = '<c:Case xmlns:c="urn:c"><c:Number>{}</c:Number></c:Case>'
    one, other = (Asked(options=Outgoing(business_process_metadata=case.format(n).encode())) for n in (1, 2))
    assert found(one, one) == []
    assert found(one, other) == [Found("request", "BusinessProcessMetadata/Case/Number", "1", "2")]


def test_smevs_own_ids_say_nothing() -> None:
    one, other = (Asked(options=Outgoing(transaction_code=code, reference_message_id=code)) for code in ("1", "2"))
    assert found(one, other) == []


def with_id(asked: Asked) -> Asked:
    """The request holds its own MessageID, where no kind says that it is volatile."""
    return replace(asked, content=asked.content.replace("Смирнов".encode(), b"MESSAGE-ID"))


def test_a_message_id_is_the_same_where_it_leads_to_the_same_message() -> None:
    told = [with_id(about("Анна")), with_id(about("Борис"))]
    assert compared(told, told).same
    written = [replace(each, content=each.content.replace(b'" ', b'"  ')) for each in told]
    assert compared(told, written).same


def test_a_message_id_that_leads_to_another_message_is_a_difference() -> None:
    first = "5f1c1a52-84d4-11e2-9e96-080020000001"
    naming = [
        about("Анна", message_id=first),
        about("Борис", content=about("Борис").content.replace("Смирнов".encode(), first.encode())),
    ]
    [difference] = [
        each for changed in compared(naming, [naming[0], with_id(about("Борис"))]).changed for each in changed.found
    ]
    assert (difference.place, difference.path) == ("request", "СведФЛ/ФИО/@Фамилия")
    assert (difference.old, difference.new) == ("‹MessageID #1›", "‹MessageID #2›")


def test_what_happened_in_one_run_only_is_said() -> None:
    comparison = compared([about("Анна"), about("Борис"), Refused()], [about("Анна"), Refused("SMEVFailure")])
    assert [str(each) for each in comparison.only_in_a] == [
        "#2 MYSYSTEM → FNS: FNSINNSingularRequest",
        "MYSYSTEM → *: SendRequest: InvalidContent",
    ]
    assert [str(each) for each in comparison.only_in_b] == ["MYSYSTEM → *: SendRequest: SMEVFailure"]
    assert comparison.exit_code == 1
    assert compared([about("Анна"), Refused()], [about("Анна")], Aspect.CALLS).same


def test_refused_calls_are_compared_by_the_check() -> None:
    [changed] = compared([about("Анна"), Refused()], [about("Анна"), Refused(check="size")]).changed
    assert changed.found == (Found("fault", "", "InvalidContent [xsd]", "InvalidContent [size]"),)


def test_another_order_is_said_of_the_fewest_that_moved() -> None:
    people = [about(name) for name in ("Анна", "Борис", "Вера", "Глеб")]
    moved = [*people[1:], people[0]]
    [changed] = compared(people, moved).changed
    assert (changed.old.number, changed.found) == (1, (Found("order", "", "1", "4"),))
    assert compared(people, moved, Aspect.ORDER).same


def test_another_cause_is_said() -> None:
    inner = about("Вера", provider="MVD")
    comparison = compared(
        [about("Анна", meanwhile=[inner])], [about("Анна"), replace(inner, consumer="FNS")], Aspect.TIMING
    )
    [changed] = comparison.changed
    assert [each.place for each in changed.found] == ["cause"]


def test_kinds_say_what_is_volatile_and_more_can_be_said() -> None:
    volatile = INN_REQUEST.replace(b"5f1c1a52", b"6f1c1a52")
    assert found(Asked(INN_REQUEST), Asked(volatile)) == []
    changed = Asked(answers=[OTHER_INN])
    for further in ({"": Masks(volatile=("@ИННФЛ",))}, {"fns/inn-by-person": Masks(volatile=("//@ИННФЛ",))}):
        assert found(Asked(), changed, masks=KindMasks(LIBRARY.catalogue, further)) == []
    elsewhere = KindMasks(LIBRARY.catalogue, {"fns/egrul": Masks(volatile=("@ИННФЛ",))})
    assert len(found(Asked(), changed, masks=elsewhere)) == 1


def test_a_register_without_order_may_come_in_any() -> None:
    egrul, founders = example("fns/egrul/4.0.6", "response"), b"\xd0\xa3\xd1\x87\xd1\x80\xd0\xa4\xd0\x9b>"
    parts = egrul.split(b"</" + founders)
    assert len(parts) == 3
    head, first = parts[0].split(b"<" + founders[:-1], 1)
    second = parts[1].split(b"<" + founders[:-1], 1)[1]
    start, end = b"<" + founders[:-1], b"</" + founders
    swapped = head + start + second + end + start + first + end + parts[2]
    assert swapped != egrul
    request = example("fns/egrul/4.0.6", "request")
    assert found(Asked(request, [egrul]), Asked(request, [swapped])) == []


def test_unreadable_envelopes_are_compared_as_they_are() -> None:
    recording = recording_of(Asked())
    broken = replace(recording, entries=tuple(
        replace(each, entry=replace(each.entry, envelope=b"<broken")) if each.entry.envelope else each
        for each in recording.entries
    ))  # fmt: skip
    assert compare(broken, broken, MASKS).same
    comparison = compare(recording, broken, MASKS)
    assert [each.place for each in comparison.changed[0].found] == ["request", "answer 1"]


@pytest.mark.parametrize("other", [(), (about("Анна", consumer="CITY"),), (Refused(),)])
def test_a_run_that_compared_nothing_is_a_failure(other: Sequence[Asked | Refused]) -> None:
    comparison = compared([about("Анна")], other)
    assert not comparison.same
    assert comparison.exit_code == 2
    assert compared([], []).exit_code == 2


def test_a_comparison_is_told_as_json() -> None:
    told = compared([Asked(), about("Анна")], [Asked(answers=[OTHER_INN])], Aspect.TIMING).as_json()
    assert (told["same"], told["compared"], told["differences"], told["ignored"]) == (False, 1, 1, ["timing"])
    [changed] = told["changed"]
    assert changed["a"]["number"] == changed["b"]["number"] == 1
    assert changed["differences"] == [
        {"place": "answer 1", "path": "@ИННФЛ", "old": "379945132320", "new": "379945132321"}
    ]
    assert [each["number"] for each in told["onlyInA"]] == [2]


def test_recordings_from_files_are_compared(tmp_path: Path) -> None:
    for name, told in (("a", Asked()), ("b", Asked(answers=[OTHER_INN]))):
        write(recording_of(told, run=name), tmp_path / name)
    comparison = compare(read(tmp_path / "a"), read(tmp_path / "b"), MASKS)
    assert comparison.differences == 1
    assert comparison.a == str(tmp_path / "a")
