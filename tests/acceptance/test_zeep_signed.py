"""zeep with the plugin of examples/zeep signs a whole exchange with a strict gateway, and verifies what SMEV signs."""

import asyncio
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import zeep  # type: ignore[import-untyped, unused-ignore]

from gateway.app import Gateway
from gateway.domain.signature_mode import SignatureMode
from gateway.signature import xmldsig
from gateway.signature.keys import Signer
from gateway.xml import Element
from tests.acceptance.conftest import Start
from tests.acceptance.zeep_participant import ZeepParticipant, content, participant
from tests.conversation import CONSUMER, INN_REQUEST, INN_RESPONSE, PROVIDER, VERSIONS

PLUGIN = Path(__file__).parents[2] / "examples" / "zeep" / "smev_signing.py"


def plugin() -> ModuleType:
    spec = importlib.util.spec_from_file_location("smev_signing", PLUGIN)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def signing(signer: Signer, smev: Signer, verified: list[str]) -> Any:
    """The plugin with a key of the sandbox; what was verified of SMEV's goes to `verified`."""

    def verify(signature: Element, target: Element) -> None:
        assert xmldsig.verify(signature, target).certificate == smev.certificate
        verified.append(str(target.tag).rpartition("}")[2])

    return plugin().Signing(lambda element, identifier: xmldsig.sign(element, identifier, signer), verify)


@pytest.fixture
async def strict(start: Start) -> Gateway:
    return await start(signatures=SignatureMode.STRICT)


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_whole_exchange_is_signed_and_verified(strict: Gateway, version: str) -> None:
    keyring = strict.signatures.keyring
    verified: list[str] = []

    def converse(consumer: ZeepParticipant, provider: ZeepParticipant) -> None:
        sent = consumer.send_request(INN_REQUEST).MessageMetadata
        request = provider.get_request().Request
        assert request.MessageMetadata.MessageId == sent.MessageId
        assert request.MessageMetadata.Sender.Mnemonic == CONSUMER
        provider.ack(request.MessageMetadata.MessageId)
        provider.send_response(request.ReplyTo, MessagePrimaryContent=content(INN_RESPONSE))
        response = consumer.get_response().Response
        assert response.OriginalMessageId == sent.MessageId
        consumer.ack(response.MessageMetadata.MessageId)
        assert consumer.get_status() is None

    def run() -> None:
        plugins = [signing(keyring.signer_of(name), keyring.smev, verified) for name in (CONSUMER, PROVIDER)]
        with (
            participant(strict.url, CONSUMER, version, plugins=[plugins[0]]) as consumer,
            participant(strict.url, PROVIDER, version, plugins=[plugins[1]]) as provider,
        ):
            converse(consumer, provider)

    await asyncio.to_thread(run)
    assert verified == ["MessageMetadata", "Request", "MessageMetadata", "Response"]


@pytest.mark.parametrize(
    ("who", "told"), [(None, "Отсутствует ЭП-ОВ"), ("STRANGER", "SMEV-501|не зарегистрирован|Отправител")]
)
async def test_who_does_not_sign_or_signs_as_another_is_refused(strict: Gateway, who: str | None, told: str) -> None:
    keyring = strict.signatures.keyring
    plugins = [] if who is None else [signing(keyring.signer_of(who), keyring.smev, [])]

    def run() -> None:
        with (
            participant(strict.url, CONSUMER, "1.2", plugins=plugins) as consumer,
            pytest.raises(zeep.exceptions.Fault, match=told),
        ):
            consumer.send_request(INN_REQUEST)

    await asyncio.to_thread(run)
