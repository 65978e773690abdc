"""SMEV signs wrongly on purpose, or hands out a file that was tampered with: our client takes none of it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

import pytest

from gateway.app import Gateway
from gateway.client import AttachmentHeader, FaultReceived, ReceivedRequest, Smev3Client, Untrusted
from gateway.client.signing import revoked_by
from gateway.domain.limits import Limits
from gateway.domain.signature_mode import SignatureMode
from gateway.keyring import Special
from gateway.machine import SystemClock, new_ids
from gateway.signature.trust import State
from tests.acceptance.administrator import get, post
from tests.acceptance.conftest import Start
from tests.conversation import CONSUMER, INN_REQUEST, INN_RESPONSE, INVALID_INN_RESPONSE, PROVIDER

SCAN: Final = (AttachmentHeader("scan.pdf", "application/pdf"), b"%PDF-1.4 a scan")
WRONG: Final = {
    "bad-signature": "другая: ключ не тот или SignedInfo изменён",
    "expired-certificate": "1990-01-01 — 1991-01-01",
    "revoked-certificate": "отозван",
}
"""What does it -> what the client finds."""


@pytest.fixture
async def strict(start: Start) -> Gateway:
    """A gateway that signs everything, on a clock that stands."""
    return await start(signatures=SignatureMode.STRICT, clock="frozen@2013-03-01T09:00:00.000+04:00")


def speaker(gateway: Gateway, mnemonic: str) -> Smev3Client:
    assert gateway.identities is not None
    keys = gateway.identities.of(mnemonic)
    return Smev3Client(gateway.url, mnemonic, gateway.timekeeper.clock, new_ids(), **keys)


@pytest.fixture
async def consumer(strict: Gateway) -> AsyncIterator[Smev3Client]:
    async with speaker(strict, CONSUMER) as client:
        yield client


@pytest.fixture
async def provider(strict: Gateway) -> AsyncIterator[Smev3Client]:
    async with speaker(strict, PROVIDER) as client:
        yield client


async def breaks(gateway: Gateway, does: str, **fields: Any) -> None:
    await post(gateway, "/faults", {"name": does, "does": does, "count": 1, **fields}, 201)


async def hits(gateway: Gateway) -> int:
    return sum(rule["hits"] for rule in (await get(gateway, "/faults"))["faults"])


async def taken(provider: Smev3Client) -> ReceivedRequest:
    request = await provider.take_request()
    assert request is not None
    return request


Said = Callable[[Gateway, Smev3Client, Smev3Client], Awaitable[object]]


async def _sends(gateway: Gateway, consumer: Smev3Client, _: Smev3Client) -> object:
    return await consumer.send_request(INN_REQUEST)


async def _takes(gateway: Gateway, consumer: Smev3Client, provider: Smev3Client) -> object:
    await consumer.send_request(INN_REQUEST)
    return await provider.take_request()


async def _answers(gateway: Gateway, consumer: Smev3Client, provider: Smev3Client) -> object:
    await consumer.send_request(INN_REQUEST)
    return await provider.send_response((await taken(provider)).reply_to or "", INN_RESPONSE)


async def _takes_response(gateway: Gateway, consumer: Smev3Client, provider: Smev3Client) -> object:
    await _answers(gateway, consumer, provider)
    return await consumer.take_response()


async def _takes_status(gateway: Gateway, consumer: Smev3Client, provider: Smev3Client) -> object:
    await consumer.send_request(INN_REQUEST)
    await provider.send_response((await taken(provider)).reply_to or "", INVALID_INN_RESPONSE)
    return await provider.take_status()


SIGNED: Final[dict[str, Said]] = {
    "SendRequest": _sends,
    "GetRequest": _takes,
    "SendResponse": _answers,
    "GetResponse": _takes_response,
    "GetStatus": _takes_status,
}


@pytest.mark.parametrize("does", WRONG)
@pytest.mark.parametrize("operation", SIGNED)
async def test_what_smev_has_signed_wrongly_is_not_taken(
    strict: Gateway, consumer: Smev3Client, provider: Smev3Client, operation: str, does: str
) -> None:
    await breaks(strict, does, operation=operation)
    with pytest.raises(Untrusted) as refused:
        await SIGNED[operation](strict, consumer, provider)
    assert refused.value.whose == "SMEV"
    assert WRONG[does] in refused.value.why
    (entry,) = (await get(strict, "/journal?event=disrupted"))["entries"]
    assert (entry["fault"], entry["operation"], entry["status"]) == (does, operation, does)


async def test_what_was_not_trusted_comes_again_well_signed(
    strict: Gateway, consumer: Smev3Client, provider: Smev3Client
) -> None:
    sent = await consumer.send_request(INN_REQUEST)
    await breaks(strict, "bad-signature", operation="GetRequest")
    with pytest.raises(Untrusted) as refused:
        await provider.take_request()
    assert refused.value.message_id == sent.message_id
    assert await provider.take_request() is None
    await strict.timekeeper.advance(by=Limits().lease)
    assert (await taken(provider)).message_id == sent.message_id


async def test_a_message_whose_answer_was_not_trusted_was_sent(strict: Gateway, consumer: Smev3Client) -> None:
    message_id = consumer.new_message_id()
    await breaks(strict, "expired-certificate")
    with pytest.raises(Untrusted):
        await consumer.send_request(INN_REQUEST, message_id=message_id)
    with pytest.raises(FaultReceived, match="MessageIsAlreadySent"):
        await consumer.send_request(INN_REQUEST, message_id=message_id)


async def test_what_smev_does_not_sign_uses_up_no_rule(
    strict: Gateway, consumer: Smev3Client, provider: Smev3Client
) -> None:
    sent = await consumer.send_request(INN_REQUEST)
    await breaks(strict, "bad-signature")
    assert await consumer.take_response() is None
    assert await provider.take_status() is None
    with pytest.raises(FaultReceived, match="MessageIsAlreadySent"):
        await consumer.send_request(INN_REQUEST, message_id=sent.message_id)
    assert await hits(strict) == 0
    with pytest.raises(Untrusted):
        await provider.take_request()
    await provider.ack(sent.message_id)
    assert await hits(strict) == 1


async def test_where_nothing_is_signed_nothing_is_signed_wrongly(start: Start) -> None:
    gateway = await start(signatures=SignatureMode.OFF)
    await breaks(gateway, "bad-signature")
    async with Smev3Client(gateway.url, CONSUMER, SystemClock(), new_ids()) as client:
        await client.send_request(INN_REQUEST)
    assert await hits(gateway) == 0


async def test_who_does_not_ask_for_revocations_finds_nothing_wrong(strict: Gateway, consumer: Smev3Client) -> None:
    keyring = strict.signatures.keyring
    keys: dict[str, Any] = {
        "signer": keyring.signer_of("OTHER"),
        "smev_certificates": [keyring.smev.certificate],
    }
    await breaks(strict, "revoked-certificate", count=2)
    clock, ids = strict.timekeeper.clock, new_ids()
    async with Smev3Client(strict.url, "OTHER", clock, ids, **keys) as trusting:
        await trusting.send_request(INN_REQUEST)
    keys["is_revoked"] = revoked_by(keyring.revocation_list, keyring.authority.issuing.certificate)
    async with Smev3Client(strict.url, "OTHER", clock, ids, **keys) as asking:
        with pytest.raises(Untrusted, match="отозван"):
            await asking.send_request(INN_REQUEST)


@pytest.mark.parametrize("direction", ["request", "response"])
async def test_a_file_that_was_tampered_with_is_not_taken(
    strict: Gateway, consumer: Smev3Client, provider: Smev3Client, direction: str
) -> None:
    await breaks(strict, "tampered-attachment", direction=direction)
    await consumer.send_request(INN_REQUEST, attachments=[SCAN])
    takes: Callable[[], Awaitable[Any]] = provider.take_request
    if direction == "response":
        request = await taken(provider)
        assert request.attachments[0].content == SCAN[1]
        await provider.send_response(request.reply_to or "", INN_RESPONSE, attachments=[SCAN])
        takes = consumer.take_response
    with pytest.raises(Untrusted) as refused:
        await takes()
    assert refused.value.whose == "scan.pdf"
    assert "содержимое не то, что подписывали" in refused.value.why
    await strict.timekeeper.advance(by=Limits().lease)
    whole = await takes()
    assert whole is not None
    assert whole.attachments[0].content == SCAN[1]


def test_special_certificates_of_smev_are_wrong_in_one_way_each(strict: Gateway) -> None:
    keyring, now = strict.signatures.keyring, strict.timekeeper.clock.now()
    found = {}
    for kind in Special:
        signer = keyring.smev_special(kind)
        assert signer == keyring.smev_special(kind)
        assert (signer.key == keyring.smev.key) is (kind is not Special.FOREIGN)
        assert (signer.certificate.subject == keyring.smev.certificate.subject) is (kind is not Special.FOREIGN)
        found[kind] = keyring.standing(signer.certificate, now).state
        assert keyring.is_revoked(signer.certificate) is (kind is Special.REVOKED)
    assert found == {
        Special.EXPIRED: State.EXPIRED,
        Special.NOT_YET_VALID: State.NOT_YET_VALID,
        Special.REVOKED: State.REVOKED,
        Special.FOREIGN: State.FOREIGN,
    }
    assert keyring.standing(keyring.smev.certificate, now).is_valid
