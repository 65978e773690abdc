"""What steps do, and how they fail: each says what was expected, what was found, and where in the file."""

import asyncio
import socket
from pathlib import Path

import pytest

from gateway.client import Smev3Client
from gateway.scenarios.outcome import Verdict
from gateway.scenarios.runner import Wishes, problems_of, run_file
from gateway.scenarios.telling import plain
from tests.conversation import INN_REQUEST
from tests.scenarios.played import ASKED, CITY_AND_TAX_SERVICE, FOLDER, failed, played, written

ANSWERED = ASKED + "  - take: {at: FNS001, as: taken}\n  - answer: {to: taken}\n"


async def test_an_assertion_that_does_not_hold_names_its_place(tmp_path: Path) -> None:
    steps = ANSWERED + '  - expect: {at: CITY, assert: [{xpath: //@ИННФЛ, equals: "1"}]}\n  - note: never reached\n'
    outcome = await played(tmp_path, steps)
    check = failed(outcome)
    assert (outcome.verdict, len(outcome.steps), outcome.of) == (Verdict.FAILED, 4, 5)
    assert (check.what, check.expected, check.found) == ("//@ИННФЛ = 1", "= 1", "379945132320")
    assert (check.place.line, check.place.column) == (9, 33)
    assert f"{tmp_path}/scenario.yaml:9:33" in plain(outcome)
    assert "2026-03-02 10:00:00  CITY ← FNS001         GetResponse   FNSINNSingularResponse" in plain(outcome)


async def test_every_way_to_look_at_a_message(tmp_path: Path) -> None:
    holding = """\
  - expect:
      at: CITY
      to: asked
      kind: fns/inn-by-person
      from: FNS001
      keep: {inn: //@ИННФЛ}
      assert:
        - {xpath: //@ИННФЛ, equals: "379945132320", not-equals: x, contains: "3799", matches: "\\\\d{12}", exists: true}
        - {xpath: "count(//*)", equals: 1}
        - {xpath: "/x:FNSINNSingularResponse/@ИННФЛ", count: 1}
        - {xpath: //Nothing, exists: false}
        - {from: FNS001, kind: fns/inn-by-person, attachments: 0}
      as: answered
  - count: {of: asked, xpath: "//@ИННФЛ = '${inn}'", event: sent, equals: 1}
  - order: [{operation: SendRequest, event: sent}, {by: FNS001, event: delivered}, {event: acknowledged, by: CITY}]
"""
    above = CITY_AND_TAX_SERVICE + "namespaces: {x: 'urn://x-artefacts-fns-inn-singular/root/270-18/4.0.1'}\n"
    outcome = await played(tmp_path, ANSWERED + holding, above)
    assert outcome.passed, plain(outcome)
    assert outcome.asserted == 16


@pytest.mark.parametrize(
    ("steps", "what", "found"),
    [
        ("  - expect: {at: CITY, message: answer, within: 1d}\n", "CITY ← answer", "CITY was given nothing"),
        ("  - take: {at: CITY, message: answer}\n", "answer in the queue of CITY", "the queue is empty"),
        ("  - never: {at: FNS001, message: request}\n", "never: FNS001 ← request", "request fns/inn-by-person ← CITY"),
        ("  - count: {event: sent, equals: 2}\n", "event=sent = 2", "1"),
        ("  - count: {event: sent, at-least: 2}\n", "event=sent ≥ 2", "1"),
        ("  - count: {event: sent, at-most: 0}\n", "event=sent ≤ 0", "1"),
        ("  - order: [{event: accepted}, {event: sent}]\n", "2. event=sent", "nothing after the entry 2"),
        (
            "  - expect-violation: {by: CITY, within: 30d}\n",
            "violation CITY",
            "L-7-2-3 FNS001: no answer at 2026-03-11",
        ),
        ("  - advance: 2020-01-01T00:00:00+03:00\n", "the clock moves", "2020"),
        (
            "  - take: {at: FNS001}\n  - expect: {at: FNS001, message: request}\n",
            "FNS001 ← request",
            "FNS001 was given nothing",
        ),
        (
            "  - take: {at: FNS001, from: FNS001}\n  - never: {at: FNS001}\n",
            "from FNS001",
            "CITY",
        ),
        (
            "  - take: {at: FNS001, keep: {x: //Nothing}}\n  - never: {at: FNS001}\n",
            "x = //Nothing",
            "nothing",
        ),
    ],
)
async def test_a_step_that_fails(steps: str, what: str, found: str, tmp_path: Path) -> None:
    check = failed(await played(tmp_path, ASKED + steps + "  - count: {at-most: 99}\n"))
    assert check.what == what
    assert found in check.found


async def test_a_refusal_that_nobody_expected_is_explained(tmp_path: Path) -> None:
    again = (
        "  - send: {from: CITY, kind: fns/inn-by-person, message-id: '${asked.message-id}'}\n  - never: {at: CITY}\n"
    )
    check = failed(await played(tmp_path, ASKED + again))
    assert (check.expected, check.found[:20]) == ("accepted", "MessageIsAlreadySent")
    assert "[message_id_is_new]" in check.hints[0]


async def test_a_refusal_that_does_not_come(tmp_path: Path) -> None:
    check = failed(await played(tmp_path, ASKED.replace("as: asked", "fault: StaleMessageId")))
    assert (check.what, check.found) == ("refused: StaleMessageId", "accepted")


async def test_what_arrived_instead_is_told(tmp_path: Path) -> None:
    rejected = (
        ASKED + "  - take: {at: FNS001, as: taken}\n  - answer: {to: taken, reject: {code: NO_DATA, text: gone}}\n"
    )
    check = failed(await played(tmp_path, rejected + "  - expect: {at: CITY, message: answer, from: SMEV}\n"))
    assert check.hints == (check.found,)
    assert check.found.startswith("answer fns/inn-by-person ← FNS001 NO_DATA: gone ")


async def test_a_status_of_a_rejected_answer(tmp_path: Path) -> None:
    steps = """\
  - take: {at: FNS001, as: taken}
  - answer: {to: taken, set: {//@ИННФЛ: no number}, valid: false, as: said}
  - expect: {at: FNS001, message: status, assert: [{fault: InvalidContent}]}
  - never: {at: CITY, within: 1d}
"""
    outcome = await played(tmp_path, ASKED + steps)
    assert outcome.passed, plain(outcome)


@pytest.mark.parametrize("mode", ["lenient", "off"])
async def test_a_bad_signature_is_let_pass_unless_the_mode_is_strict(mode: str, tmp_path: Path) -> None:
    above = CITY_AND_TAX_SERVICE + f"settings: {{signatures: {mode}}}\n"
    steps = ASKED.replace("as: asked", "signature: broken, as: asked") + "  - take: {at: FNS001, as: taken}\n"
    steps += "  - ack: {message: taken, signature: revoked}\n  - count: {event: acknowledged, equals: 1}\n"
    if mode == "off":
        path = written(tmp_path, above + steps)
        (wrong, again), _ = problems_of([path])
        assert "signatures are off" in str(wrong)
        assert "signatures are off" in str(again)
        return
    outcome = await played(tmp_path, steps.replace("- take: {at: FNS001,", "- take: {at: FNS001, ack: false,"), above)
    assert outcome.passed, plain(outcome)


async def test_another_failure_of_a_signature_than_expected(tmp_path: Path) -> None:
    above = CITY_AND_TAX_SERVICE + "settings: {signatures: strict}\n"
    refused = "fault: SignatureVerificationFault, failure: CertificateIsExpired"
    check = failed(await played(tmp_path, ASKED.replace("as: asked", f"signature: foreign, {refused}"), above))
    assert (check.expected, check.found) == ("CertificateIsExpired", "CertificateIsNotFound")
    path = written(tmp_path, above + ASKED.replace("as: asked", "failure: CertificateIsExpired"))
    (wrong, *_), _ = problems_of([path])
    assert "add fault" in str(wrong)


async def test_a_scenario_that_asserts_nothing_fails_and_is_not_run(tmp_path: Path) -> None:
    outcome = await played(tmp_path, ASKED)
    assert (outcome.verdict, outcome.recording) == (Verdict.FAILED, None)
    assert "asserts nothing" in failed(outcome).found


async def test_a_lawful_decision_is_not_refused(tmp_path: Path) -> None:
    steps = """\
steps:
  - open-case: {service: M07, body: CITY, applicant: {snils: "95214771414"}, number: C-1, as: case}
  - decide: {case: C-1, outcome: refused, grounds: [{reason: not-entitled}], refused: true}
"""
    check = failed(await played(tmp_path, steps))
    assert (check.what, check.found) == ("refused by 210-FZ", "not refused")


async def test_a_case_that_cannot_be_opened(tmp_path: Path) -> None:
    steps = "steps:\n  - open-case: {service: M99, body: CITY, applicant: {}}\n  - no-violations: true\n"
    check = failed(await played(tmp_path, steps))
    assert check.found == "no service 'M99'"


async def test_a_sample_and_a_content_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "content.xml").write_bytes(b"<?xml version='1.0' encoding='UTF-8'?>\n" + INN_REQUEST)
    steps = """\
steps:
  - send: {from: CITY, kind: fns/inn-by-person, content: sample}
  - send: {from: CITY, content: content.xml, as: asked}
  - send: {from: CITY, content: "<a xmlns='urn:x'>${asked.message-id}</a>", fault: BusinessDataTypeIsNotSupported}
  - count: {event: sent, equals: 2}
"""
    outcome = await played(tmp_path, steps, CITY_AND_TAX_SERVICE + "settings: {refuse-early: true}\n")
    assert outcome.passed, plain(outcome)


async def test_a_scripted_participant_takes_the_place_of_a_node(tmp_path: Path) -> None:
    above = "scenario: x\ntopology: minimal\nparticipants: {CITY: scripted, FNS001: scripted}\n"
    outcome = await played(tmp_path, ASKED + "  - take: {at: FNS001}\n  - never: {at: CITY, within: 5d}\n", above)
    assert outcome.passed, plain(outcome)


async def test_somebody_of_no_topology_is_simulated(tmp_path: Path) -> None:
    above = CITY_AND_TAX_SERVICE.replace("FNS001: {played: scripted", "FNS001: {played: simulated")
    outcome = await played(tmp_path, ASKED + "  - expect: {at: CITY, message: answer, to: asked}\n", above)
    assert outcome.passed, plain(outcome)


async def test_what_a_recording_has_no_answer_to_is_explained(tmp_path: Path) -> None:
    recording = FOLDER / "recordings" / "tax-service.jsonl"
    played_so = f"{{played: replayed, recording: {recording}, on-miss: silent"
    above = CITY_AND_TAX_SERVICE.replace("{played: scripted", played_so)
    check = failed(await played(tmp_path, ASKED + "  - expect: {at: CITY, message: answer, within: 5d}\n", above))
    assert "no such request was recorded; the closest is no. 1" in check.hints[-1]
    assert "СведФЛ/@ДатаРожд: '1980-02-29' → '1967-03-10'" in check.hints[-1]


async def test_a_system_under_test_calls_over_http(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    above = CITY_AND_TAX_SERVICE.replace("CITY: scripted", "CITY: real")
    steps = """\
steps:
  - take: {at: FNS001, message: request, assert: [{from: CITY}], as: taken}
  - answer: {to: taken}
  - expect: {at: CITY, message: answer, assert: [{xpath: //@ИННФЛ, exists: true}]}
"""
    path = written(tmp_path, above + steps)

    async def system() -> None:
        async with Smev3Client(f"http://127.0.0.1:{port}", "CITY", pauses=(0.05,) * 100) as city:
            await city.send_request(INN_REQUEST)
            async with city.responses() as responses:
                async for _ in responses:
                    return

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(system())
        outcome = await run_file(path, Wishes(port=port, patience=10))
    assert outcome.passed, plain(outcome)


async def test_a_system_under_test_that_says_nothing_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    above = CITY_AND_TAX_SERVICE.replace("CITY: scripted", "CITY: real")
    steps = "steps:\n  - expect: {at: FNS001, message: request, within: 1h}\n"
    outcome = await played(tmp_path, steps, above, patience=0.05)
    assert failed(outcome).found == "FNS001 was given nothing"


async def test_a_port_that_is_taken(tmp_path: Path) -> None:
    above = CITY_AND_TAX_SERVICE.replace("CITY: scripted", "CITY: real")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        outcome = await played(tmp_path, "steps: [{never: {at: CITY}}]\n", above, port=listening.getsockname()[1])
    assert outcome.verdict is Verdict.UNUSABLE
    assert "cannot listen on port" in str(outcome.problems[0])
