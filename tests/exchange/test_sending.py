"""SendRequest and SendResponse: identifiers, ends of life, what is carried through (spec §3, §6, §7)."""

from datetime import timedelta

import pytest
from lxml import etree

from gateway import xml
from gateway.domain.limits import Limits
from gateway.protocol.messages import Attachment, AttachmentHeader, Rejection, RequestStatus
from gateway.protocol.participant_calls import Outgoing
from gateway.protocol.statuses import RejectCode
from gateway.xml import Element
from tests.exchange.participants import (
    EGRUL,
    INN,
    INSTANT,
    LEASE,
    START,
    Sandbox,
    Speaker,
    every_response,
    everything,
    example,
    request_type,
    response_type,
)
from tests.stores import empty

VERSION_4 = "7e1d2c3b-0a1b-4c5d-8e9f-001122334455"


# --- MessageID ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message_id", "found"),
    [
        ("5F1C1A52-84D4-11E2-9E96-0800200C9A66", "5F1C1A52"),
        ("5f1c1a52-84d4-11e2-9e96-0800200c9a6", "5f1c1a52"),
        ("{5f1c1a52-84d4-11e2-9e96-0800200c9a66}", "{5f1c1a52"),
        ("urn:uuid:5f1c1a52-84d4-11e2-9e96-0800200c9a66", "urn:uuid"),
        (VERSION_4, "версия 4"),
    ],
)
async def test_a_message_id_of_another_form_is_refused(
    smev: Sandbox, consumer: Speaker, fns: Speaker, message_id: str, found: str
) -> None:
    with smev.refuses("InvalidMessageIdFormat", check="message_id_is_well_formed") as refusal:
        await consumer.sends(INN, message_id=message_id)
    assert found in refusal.explanation.found
    await consumer.sends(INN)
    request = await fns.takes()
    with smev.refuses("InvalidMessageIdFormat"):
        await fns.answers(request, message_id=message_id)


async def test_the_version_of_a_message_id_may_be_left_unchecked(
    smev: Sandbox, consumer: Speaker, fns: Speaker
) -> None:
    smev.set_up(Limits(message_id_version=False))
    await consumer.sends(INN, message_id=VERSION_4)
    assert await everything(fns) == [VERSION_4]


async def test_a_stale_message_id_is_refused(smev: Sandbox, consumer: Speaker) -> None:
    made, kept = consumer.new_id(), consumer.new_id()
    smev.clock.advance(timedelta(days=2) - INSTANT)
    await consumer.sends(INN, message_id=kept)
    smev.clock.advance(INSTANT)
    with smev.refuses("StaleMessageId", check="message_id_is_fresh") as refusal:
        await consumer.sends(INN, message_id=made)
    assert "2013-03-04T10:00:00.000+04:00" in refusal.explanation.found
    smev.set_up(Limits(stale_after=None))
    await consumer.sends(INN, message_id=made)


async def test_a_message_id_counts_once(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    message_id = consumer.new_id()
    await consumer.sends(INN, message_id=message_id)
    with smev.refuses("MessageIsAlreadySent", check="message_id_is_new") as refusal:
        await consumer.sends(INN, message_id=message_id)
    assert "то же самое сообщение уже принято" in refusal.explanation.found
    with smev.refuses("MessageIsAlreadySent") as refusal:
        await consumer.sends(EGRUL, message_id=message_id)
    assert "другое сообщение" in refusal.explanation.found
    with smev.refuses("MessageIsAlreadySent") as refusal:
        await smev.speaker("TOWN").sends(INN, message_id=message_id)
    assert "от CITY" in refusal.explanation.found
    assert await everything(fns) == [message_id]


async def test_requests_and_responses_share_their_ids(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    asked = await consumer.sends(INN)
    request = await fns.takes()
    with smev.refuses("MessageIsAlreadySent"):
        await fns.answers(request, message_id=asked.message_id)
    answered = await fns.answers(request)
    with smev.refuses("MessageIsAlreadySent"):
        await fns.answers(request, message_id=answered.message_id)
    with smev.refuses("MessageIsAlreadySent"):
        await consumer.sends(INN, message_id=answered.message_id)
    assert len(await every_response(consumer)) == 1


async def test_a_repeated_id_is_known_after_the_message_has_left_and_after_a_restart(
    smev: Sandbox, consumer: Speaker, fns: Speaker
) -> None:
    message_id = consumer.new_id()
    await consumer.sends(INN, message_id=message_id)
    await fns.acks(await fns.takes())
    smev.restart()
    with smev.refuses("MessageIsAlreadySent"):
        await consumer.sends(INN, message_id=message_id)


async def test_a_refused_message_id_may_be_used_again(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    message_id = consumer.new_id()
    with smev.refuses("EndOfLifeReached"):
        await consumer.sends(INN, Outgoing(eol=START), message_id=message_id)
    await consumer.sends(INN, message_id=message_id)
    assert await everything(fns) == [message_id]


# --- end of life -------------------------------------------------------------------------------------------------

EOL = START + timedelta(minutes=5)


async def test_a_request_whose_life_has_ended_is_refused(smev: Sandbox, consumer: Speaker) -> None:
    smev.clock.advance(timedelta(minutes=5))
    with smev.refuses("EndOfLifeReached", check="end_of_life_is_ahead"):
        await consumer.sends(INN, Outgoing(eol=EOL))
    assert await consumer.takes_response() is None


async def test_a_request_that_expires_in_the_queue_never_reaches_the_provider(
    smev: Sandbox, consumer: Speaker, fns: Speaker
) -> None:
    sent = await consumer.sends(INN, Outgoing(eol=EOL, transaction_code="tx", node_id="1"))
    smev.clock.advance(timedelta(minutes=5))
    assert await fns.takes() is None
    told = await consumer.takes_response(node_id="1")
    assert told is not None
    assert told.async_status is not None
    assert told.async_status.original_message_id == told.original_message_id == sent.message_id
    assert told.original_transaction_code == "tx"
    assert told.async_status.category == "requestIsRejectedBySmev"
    assert "SMEV-303" in told.async_status.fault
    assert told.metadata.sender == "SMEV"
    await consumer.acks(told)
    smev.clock.advance(LEASE)
    assert await every_response(consumer) == []
    assert await fns.takes() is None


async def test_a_request_is_taken_until_the_last_instant(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    await consumer.sends(INN, Outgoing(eol=EOL))
    smev.clock.advance(timedelta(minutes=5) - INSTANT)
    request = await fns.takes()
    await fns.answers(request)
    await fns.acks(request)
    smev.clock.advance(timedelta(days=1))
    [answer] = await every_response(consumer)
    assert answer.content is not None


async def test_a_taken_request_expires_when_its_lease_ends(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    await consumer.sends(INN, Outgoing(eol=EOL))
    await fns.takes()
    smev.clock.advance(timedelta(minutes=5))
    assert await every_response(consumer) == []  # the provider may still acknowledge it
    smev.clock.advance(LEASE)
    assert await fns.takes() is None
    [told] = await every_response(consumer)
    assert told.async_status is not None


async def test_an_answered_request_that_expires_unacknowledged_is_not_rejected_too(
    smev: Sandbox, consumer: Speaker, fns: Speaker
) -> None:
    await consumer.sends(INN, Outgoing(eol=EOL))
    await fns.answers(await fns.takes())
    smev.clock.advance(LEASE)
    assert await fns.takes() is None
    [answer] = await every_response(consumer)
    assert answer.content is not None


async def test_an_answer_after_the_end_of_life_is_refused(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    await consumer.sends(INN, Outgoing(eol=EOL))
    request = await fns.takes()
    smev.clock.advance(timedelta(minutes=5))
    with smev.refuses("RecipientIsNotFound", check="reply_address_is_genuine") as refusal:
        await fns.answers(request)
    assert "срок жизни" in refusal.explanation.found


async def test_ends_of_life_are_seen_after_a_restart(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    await consumer.sends(INN, Outgoing(eol=EOL))
    smev.restart()
    smev.clock.advance(timedelta(minutes=5))
    assert len(await every_response(consumer)) == 1
    assert await fns.takes() is None


# --- what is carried through -------------------------------------------------------------------------------------


async def test_ids_of_the_request_come_back_with_the_answer(consumer: Speaker, fns: Speaker) -> None:
    root = consumer.new_id()
    sent = await consumer.sends(INN, Outgoing(reference_message_id=root, transaction_code="дело 1", node_id="1"))
    request = await fns.takes()
    assert request is not None
    assert (request.reference_message_id, request.transaction_code) == (root, "дело 1")
    await fns.answers(request)
    response = await consumer.takes_response()
    assert response is not None
    assert response.original_message_id == sent.message_id
    assert response.original_transaction_code == "дело 1"
    assert response.reference_message_id == root


async def test_ids_that_were_not_given_do_not_come_back(consumer: Speaker, fns: Speaker) -> None:
    await consumer.sends(INN)
    await fns.answers(await fns.takes())
    response = await consumer.takes_response()
    assert response is not None
    assert response.original_transaction_code is None
    assert response.reference_message_id is None


@pytest.mark.parametrize("test_message", [True, False])
async def test_a_test_message_is_marked_for_the_provider(consumer: Speaker, fns: Speaker, test_message: bool) -> None:
    await consumer.sends(INN, Outgoing(test_message=test_message))
    request = await fns.takes()
    assert request is not None
    assert request.test_message is test_message


async def test_attachments_travel_both_ways(consumer: Speaker, fns: Speaker) -> None:
    there, back = bytes(range(256)), b""
    await consumer.sends(INN, attachments=[(AttachmentHeader("scan", "image/png"), there)])
    request = await fns.takes()
    assert request is not None
    assert request.attachments == (Attachment("scan", there),)
    await fns.answers(request, attachments=[(AttachmentHeader("empty", "text/plain"), back)])
    response = await consumer.takes_response()
    assert response is not None
    assert response.attachments == (Attachment("empty", back),)


async def test_attachments_beyond_the_limit_are_refused(smev: Sandbox, consumer: Speaker) -> None:
    smev.set_up(Limits(max_attachments=10))
    header = AttachmentHeader("scan", "image/png")
    with smev.refuses("AttachmentSizeLimitExceeded", check="attachments_fit") as refusal:
        await consumer.sends(INN, attachments=[(header, b"12345678901")])
    assert refusal.explanation.found == "11 байт"
    await consumer.sends(INN, attachments=[(header, b"1234567890")])


async def test_a_call_that_breaks_the_wire_schema_is_refused(smev: Sandbox, consumer: Speaker) -> None:
    with smev.refuses("InvalidContent", check="call_follows_wire_schema") as refusal:
        await consumer.sends(INN, Outgoing(node_id="1" * 51))
    assert "NodeID" in refusal.explanation.found
    smev.set_up(Limits(check_wire_schema=False))
    await consumer.sends(INN, Outgoing(node_id="1" * 51))


async def test_the_business_content_arrives_as_it_was_written(consumer: Speaker, fns: Speaker) -> None:
    """Prefixes, comments and white space included: a signature may cover them."""
    plain = example(EGRUL).decode()
    root = plain[1 : plain.index(" ")]
    odd = plain.replace("<ЗапросЮЛ>", "<!-- ё --><ЗапросЮЛ xmlns:e='urn:e'>\n\t").replace("ОГРН>", "p:ОГРН>")
    odd = odd.replace(f"<{root} xmlns=", f"<{root} xmlns:p={odd.split('xmlns=')[1].split(' ')[0]} xmlns=")
    await consumer.sends(odd.encode())
    request = await fns.takes()
    assert request is not None
    assert canonical(request.content) == canonical(xml.parse(odd.encode()))
    assert "<!-- ё -->" in odd
    assert "<p:ОГРН>" in odd


def canonical(element: Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=True)


# --- answers -----------------------------------------------------------------------------------------------------


async def test_interim_statuses_come_before_the_answer(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    await consumer.sends(EGRUL)
    request = await fns.takes()
    status = RequestStatus(2, "принято в работу", (("срок", "5 дней"),))
    await fns.answers(request, status)
    await fns.acks(request)
    await fns.answers(request, RequestStatus(3, "готово"))
    await fns.answers(request)
    first, second, final = await every_response(consumer)
    assert first.status == status
    assert second.status == RequestStatus(3, "готово")
    assert final.content is not None
    for response in (first, second, final):
        assert response.original_message_id == request.message_id if request else False
        await consumer.acks(response)
    smev.clock.advance(LEASE)
    assert await every_response(consumer) == []


async def test_a_provider_may_reject_a_request(consumer: Speaker, fns: Speaker) -> None:
    await consumer.sends(INN)
    rejections = (
        Rejection(RejectCode.NO_DATA, "сведений нет"),
        Rejection(RejectCode.ACCESS_DENIED, "не положено"),
    )
    await fns.answers(await fns.takes(), rejections)
    response = await consumer.takes_response()
    assert response is not None
    assert response.rejections == rejections


async def test_answers_without_a_root_are_found_by_the_root_that_is_waited_for(consumer: Speaker, fns: Speaker) -> None:
    for selector in (response_type(INN), request_type(INN)):
        await consumer.sends(INN)
        await fns.answers(await fns.takes(), [Rejection(RejectCode.NO_DATA, "сведений нет")])
        assert await consumer.takes_response(response_type(EGRUL)) is None
        assert await consumer.takes_response(selector) is not None


async def test_an_answer_to_a_forged_address_is_refused(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    await consumer.sends(INN)
    request = await fns.takes()
    assert request is not None
    assert request.reply_to is not None
    flipped = request.reply_to[:40] + ("A" if request.reply_to[40] != "A" else "B") + request.reply_to[41:]
    answer = example(INN, "response")
    for forged, found in (
        ("", "пусто"),
        ("не адрес", "base64"),
        ("Q0lUWQ==", "выдан не этим шлюзом"),
        (flipped, "выдан не этим шлюзом"),
        (request.reply_to[:-44], "выдан не этим шлюзом"),
    ):
        with smev.refuses("RecipientIsNotFound", check="reply_address_is_genuine") as refusal:
            await fns.answers(forged, answer)
        assert found in refusal.explanation.found
    assert await every_response(consumer) == []
    await fns.answers(f"\n  {request.reply_to[:50]}\n{request.reply_to[50:]} ", answer)  # wrapped by a careful writer
    assert len(await every_response(consumer)) == 1


async def test_a_reply_address_is_good_for_its_provider_only(smev: Sandbox, consumer: Speaker, fns: Speaker) -> None:
    await consumer.sends(INN)
    request = await fns.takes()
    with smev.refuses("RecipientIsNotFound", check="reply_address_is_genuine") as refusal:
        await smev.speaker("MVD").answers(request)
    assert "участнику FNS" in refusal.explanation.found


async def test_nobody_can_answer_to_smevs_own_message(smev: Sandbox, consumer: Speaker) -> None:
    await consumer.sends(b"<unknown xmlns='urn:unknown'/>")
    rejection = await consumer.takes_response()
    assert rejection is not None
    to = rejection.element.findtext(".//{*}SenderProvidedResponseData/{*}To")
    assert to
    with smev.refuses("RecipientIsNotFound"):
        await consumer.answers(to, [Rejection(RejectCode.FAILURE, "нет")])


async def test_an_address_of_an_emptied_store_answers_nobody_elses_request(
    smev: Sandbox, consumer: Speaker, fns: Speaker
) -> None:
    """A seeded gateway has the same secret again, and its keys start again: only the MessageID tells."""
    await consumer.sends(INN)
    old = await fns.takes()
    empty(smev.store)
    smev.restart()
    await smev.speaker("TOWN").sends(INN)
    with smev.refuses("RecipientIsNotFound", check="reply_address_is_genuine"):
        await fns.answers(old)
    assert await every_response(consumer) == []
