"""Whole exchanges by a SOAP library that reads our WSDL: as consumer, as provider, across versions."""

import asyncio
from collections.abc import Callable

import pytest
import zeep  # type: ignore[import-untyped, unused-ignore]

from gateway.app import Gateway
from gateway.xml import name_of, parse
from tests.acceptance.zeep_participant import ZeepParticipant, business_root, content, participant
from tests.conversation import (
    CONSUMER,
    INN_NAMESPACE,
    INN_REQUEST,
    INN_RESPONSE,
    INVALID_INN_REQUEST,
    INVALID_INN_RESPONSE,
    PROVIDER,
    VERSIONS,
    c14n,
    new_id,
    whole_exchange,
)

Conversation = Callable[[ZeepParticipant, ZeepParticipant], None]
PAIRS = [*((version, version) for version in VERSIONS), ("1.2", "1.1"), ("1.3", "1.2"), ("1.1", "1.3")]
REQUEST, RESPONSE = (INN_NAMESPACE, "FNSINNSingularRequest"), (INN_NAMESPACE, "FNSINNSingularResponse")
across = pytest.mark.parametrize(("asks_by", "answers_by"), PAIRS)


async def converse(gateway: Gateway, asks_by: str, answers_by: str, conversation: Conversation) -> None:
    """Run a conversation of two zeep participants beside the gateway."""

    def run() -> None:
        with (
            participant(gateway.url, CONSUMER, asks_by) as consumer,
            participant(gateway.url, PROVIDER, answers_by) as provider,
        ):
            conversation(consumer, provider)

    await asyncio.to_thread(run)


@across
async def test_a_whole_exchange(gateway: Gateway, asks_by: str, answers_by: str) -> None:
    def conversation(consumer: ZeepParticipant, provider: ZeepParticipant) -> None:
        sent = consumer.send_request(INN_REQUEST, TransactionCode="код").MessageMetadata
        assert (sent.MessageType, sent.Status) == ("REQUEST", "requestIsQueued")

        request = provider.get_request(*REQUEST).Request
        data = request.SenderProvidedRequestData
        assert data.MessageID == request.MessageMetadata.MessageId == sent.MessageId
        assert data.TransactionCode == "код"
        assert request.MessageMetadata.Sender.Mnemonic == CONSUMER
        assert c14n(business_root(data)) == c14n(parse(INN_REQUEST))
        provider.ack(request.MessageMetadata.MessageId)
        assert provider.get_request() is None

        answered = provider.send_response(request.ReplyTo, MessagePrimaryContent=content(INN_RESPONSE)).MessageMetadata
        assert (answered.MessageType, answered.Status) == ("RESPONSE", "requestIsQueued")
        response = consumer.get_response(*RESPONSE).Response
        assert response.OriginalMessageId == sent.MessageId
        assert response.OriginalTransactionCode == "код"
        assert c14n(business_root(response.SenderProvidedResponseData)) == c14n(parse(INN_RESPONSE))
        assert response.MessageMetadata.Status == ("responseIsDelivered" if asks_by == "1.1" else "messageIsDelivered")
        consumer.ack(response.MessageMetadata.MessageId)
        assert consumer.get_response() is None

    await converse(gateway, asks_by, answers_by, conversation)
    await whole_exchange(gateway.url)


@across
async def test_attachments_arrive(gateway: Gateway, asks_by: str, answers_by: str) -> None:
    files = {"a.zip": b"PK\x03\x04" + bytes(range(256)) * 40, "b.zip": b""}

    def conversation(consumer: ZeepParticipant, provider: ZeepParticipant) -> None:
        consumer.send_request(INN_REQUEST, files)
        message = provider.get_request()
        headers = message.Request.SenderProvidedRequestData.AttachmentHeaderList.AttachmentHeader
        assert [header.contentId for header in headers] == list(files)
        received = message.AttachmentContentList.AttachmentContent
        assert {item.Id: item.Content or b"" for item in received} == files

    await converse(gateway, asks_by, answers_by, conversation)


@across
async def test_the_provider_rejects_and_reports_progress(gateway: Gateway, asks_by: str, answers_by: str) -> None:
    def conversation(consumer: ZeepParticipant, provider: ZeepParticipant) -> None:
        consumer.send_request(INN_REQUEST)
        reply_to = provider.get_request().Request.ReplyTo
        provider.send_response(
            reply_to,
            RequestStatus={
                "StatusCode": 2,
                "StatusParameter": [{"Key": "шаг", "Value": "1"}],
                "StatusDescription": "в работе",
            },
        )
        provider.send_response(
            reply_to,
            RequestRejected=[{"RejectionReasonCode": "NO_DATA", "RejectionReasonDescription": "нет данных"}],
        )
        interim = consumer.get_response().Response.SenderProvidedResponseData.RequestStatus
        assert (interim.StatusCode, interim.StatusDescription) == (2, "в работе")
        (rejection,) = consumer.get_response(*RESPONSE).Response.SenderProvidedResponseData.RequestRejected
        assert (rejection.RejectionReasonCode, rejection.RejectionReasonDescription) == ("NO_DATA", "нет данных")

    await converse(gateway, asks_by, answers_by, conversation)


@across
async def test_an_invalid_request_comes_back_as_async_processing_status(
    gateway: Gateway, asks_by: str, answers_by: str
) -> None:
    def conversation(consumer: ZeepParticipant, provider: ZeepParticipant) -> None:
        sent = consumer.send_request(INVALID_INN_REQUEST).MessageMetadata
        assert sent.Status == "requestIsQueued"
        assert provider.get_request() is None
        response = consumer.get_response().Response
        told = response.SenderProvidedResponseData.AsyncProcessingStatus
        assert told.OriginalMessageId == response.OriginalMessageId == sent.MessageId
        assert told.StatusCategory == "requestIsRejectedBySmev"
        assert told.StatusDetails.startswith("SMEV-403:")
        assert sent.MessageId in told.SmevFault.Description
        consumer.ack(response.MessageMetadata.MessageId)

    await converse(gateway, asks_by, answers_by, conversation)
    await whole_exchange(gateway.url)


@across
async def test_an_invalid_answer_is_told_by_get_status(gateway: Gateway, asks_by: str, answers_by: str) -> None:
    def conversation(consumer: ZeepParticipant, provider: ZeepParticipant) -> None:
        consumer.send_request(INN_REQUEST)
        request = provider.get_request().Request
        sent = provider.send_response(request.ReplyTo, MessagePrimaryContent=content(INVALID_INN_RESPONSE))
        assert consumer.get_response() is None
        told = provider.get_status().AsyncProcessingStatusData.AsyncProcessingStatus
        assert told.OriginalMessageId == sent.MessageMetadata.MessageId
        assert told.StatusCategory in ("responseIsRejectedBySmev", "requestIsRejectedBySmev")
        assert told.StatusDetails.startswith("SMEV-403:")
        assert provider.get_status() is None
        provider.send_response(request.ReplyTo, MessagePrimaryContent=content(INN_RESPONSE))
        assert consumer.get_response() is not None

    await converse(gateway, asks_by, answers_by, conversation)


@pytest.mark.parametrize("version", VERSIONS)
async def test_zeep_receives_a_fault_and_its_detail(gateway: Gateway, version: str) -> None:
    unknown = new_id()

    def conversation(consumer: ZeepParticipant, _: ZeepParticipant) -> None:
        with pytest.raises(zeep.exceptions.Fault, match="SMEV-501") as refused:
            consumer.ack(unknown)
        assert refused.value.code == "soap:Server"
        (detail,) = refused.value.detail
        assert name_of(detail)[1] == "TargetMessageIsNotFound"
        assert unknown in "".join(str(text) for text in detail.itertext())

    await converse(gateway, version, version, conversation)


async def test_zeep_of_1_1_reads_queue_statistics(gateway: Gateway) -> None:
    def conversation(consumer: ZeepParticipant, provider: ZeepParticipant) -> None:
        consumer.send_request(INN_REQUEST)
        statistics = provider._client.service.GetIncomingQueueStatistics(
            Timestamp={"_value_1": "2013-03-21T10:00:00.000+04:00", "Id": "SIGNED_BY_CALLER"}
        )
        assert {item.queueName: item.pendingMessageNumber for item in statistics}["delivery.FNS._REQUEST_"] == 1

    await converse(gateway, "1.1", "1.1", conversation)
