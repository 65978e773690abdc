"""The desk answers requests one after another, and lets none wait for the pauses of a scenario."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from agencies.answering import Desk
from gateway import xml
from gateway.client import AnyAttachment, NoAnswer
from gateway.protocol.messages import Rejection, RequestStatus
from gateway.xml import Element
from tests.agencies.dropped_in import (
    BROADCAST_TOML,
    WITH_SCENARIOS,
    Later,
    Provider,
    about,
    context_of,
    received,
    request,
)

Said = Element | tuple[Rejection, ...] | RequestStatus


class Gateway:
    """What a desk sends, in order."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def send_response(self, to: str, answer: Said, *, attachments: Sequence[AnyAttachment] = ()) -> None:
        match answer:
            case RequestStatus(code):
                self.sent.append(f"{to}: status {code}")
            case (Rejection(code, _),):
                self.sent.append(f"{to}: {code}")
            case _:
                assert not isinstance(answer, tuple)
                self.sent.append(f"{to}: {xml.name_of(answer)[1]}")

    async def ack(self, message_id: str) -> None:
        self.sent.append(f"ack {message_id}")


SLOW = request("<FamilyName>Смирнов</FamilyName>")
QUICK = about("95214771414")


async def test_others_are_answered_while_a_scenario_pauses(tmp_path: Path) -> None:
    gateway, later = Gateway(), Later()
    desk = Desk(context_of(Provider(tmp_path, WITH_SCENARIOS).library, client=gateway, later=later))
    await desk.answer(received(SLOW, "slow", "A"))
    await desk.answer(received(QUICK, "quick", "B"))
    assert gateway.sent == ["A: status 3", "B: Response", "ack quick"]
    assert later.pauses == [60]
    await later.pass_time(60)
    assert gateway.sent[3:] == ["A: status 4"]
    assert later.pauses == [0.5]
    await later.pass_time(0.5)
    assert gateway.sent[4:] == ["A: Response", "ack slow"]


async def test_a_request_that_comes_again_during_the_pause_is_not_answered_twice(tmp_path: Path) -> None:
    gateway, later = Gateway(), Later()
    desk = Desk(context_of(Provider(tmp_path, WITH_SCENARIOS).library, client=gateway, later=later))
    await desk.answer(received(SLOW, "slow", "A"))
    await desk.answer(received(SLOW, "slow", "A"))
    await later.pass_time(61)
    assert gateway.sent == ["A: status 3", "A: status 4", "A: Response", "ack slow"]


async def test_a_gateway_that_is_silent_after_the_pause_stops_nobody(tmp_path: Path) -> None:
    class Silent(Gateway):
        silent = False

        async def send_response(self, to: str, answer: Said, *, attachments: Sequence[AnyAttachment] = ()) -> None:
            if self.silent:
                self.sent.append("silence")
                raise NoAnswer("the gateway is gone")
            await super().send_response(to, answer, attachments=attachments)

    gateway, later = Silent(), Later()
    desk = Desk(context_of(Provider(tmp_path, WITH_SCENARIOS).library, client=gateway, later=later))
    await desk.answer(received(SLOW, "slow", "A"))
    gateway.silent = True
    await later.pass_time(60)
    gateway.silent = False
    await desk.answer(received(QUICK, "quick", "B"))
    assert gateway.sent == ["A: status 3", "silence", "B: Response", "ack quick"]
    await desk.answer(received(SLOW, "slow", "A"))  # its lease has ended
    assert gateway.sent[4:] == ["A: status 3"]


async def test_a_request_whose_lease_would_end_before_the_answer_is_acknowledged_first(tmp_path: Path) -> None:
    gateway, later = Gateway(), Later()
    desk = Desk(context_of(Provider(tmp_path, {}).library, client=gateway, later=later))
    await desk.answer(received(b"<Unknown/>", "odd", "C"), after=timedelta(days=2))
    assert gateway.sent == ["ack odd"]
    await later.pass_time(timedelta(days=2).total_seconds())
    assert gateway.sent == ["ack odd", "C: UNKNOWN_REQUEST_DESCRIPTION"]


async def test_a_broadcast_is_acknowledged_and_not_answered(tmp_path: Path) -> None:
    gateway = Gateway()
    desk = Desk(context_of(Provider(tmp_path, {"kind.toml": BROADCAST_TOML}).library, client=gateway))
    await desk.answer(received(about("1"), "told", None))
    assert gateway.sent == ["ack told"]


async def test_what_is_no_request_of_a_known_kind_is_refused(tmp_path: Path) -> None:
    gateway = Gateway()
    desk = Desk(context_of(Provider(tmp_path, {}).library, client=gateway))
    await desk.answer(received(b"<Unknown/>", "odd", "C"))
    assert gateway.sent == ["C: UNKNOWN_REQUEST_DESCRIPTION", "ack odd"]
