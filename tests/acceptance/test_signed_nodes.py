"""Simulated agencies sign with their issued certificates, and send signed papers; keys are made when needed."""

import io
import zipfile
from typing import Final

import pytest

from agencies import rosreestr
from gateway import xml
from gateway.app import Gateway
from gateway.client import ReceivedResponse, Smev3Client
from gateway.client.signing import Trust
from gateway.domain.signature_mode import SignatureMode
from gateway.protocol.participant_replies import signed_by_sender
from gateway.signature import cms, xmldsig
from tests.acceptance.conftest import Start
from tests.agencies.asking import CASE
from tests.conversation import CONSUMER

ROSREESTR: Final = "RR0001"


async def extract_for(gateway: Gateway) -> ReceivedResponse:
    """The final answer to a question about a piece of real estate; it has to be signed by whom it says."""
    assert gateway.identities is not None
    keys = gateway.identities.of(CONSUMER)
    estate = gateway.nodes.world.estates[0]
    async with Smev3Client(gateway.url, CONSUMER, gateway.timekeeper.clock, **keys) as consumer:
        await consumer.send_request(xml.source(rosreestr.egrn_request(estate.cadastral_number, CASE)))
        await gateway.nodes.settle()
        async with consumer.responses(until_empty=True) as responses:
            return [response async for response in responses if response.content is not None][-1]


@pytest.mark.parametrize("mode", [SignatureMode.STRICT, SignatureMode.LENIENT])
async def test_the_extract_comes_as_a_signed_zip_in_a_signed_message(start: Start, mode: SignatureMode) -> None:
    gateway = await start(topology="minimal", provide=(), signatures=mode, seed=1)
    response = await extract_for(gateway)
    keyring = gateway.signatures.keyring
    by_rosreestr = keyring.signer_of(ROSREESTR).certificate
    signed = signed_by_sender(response)
    assert signed.signature is not None
    assert xmldsig.verify(signed.signature, signed.target).certificate == by_rosreestr
    assert by_rosreestr.subject_name == gateway.participants.name_of(ROSREESTR)
    Trust([keyring.smev.certificate]).check_sender(response)
    [header], [attachment] = response.attachment_headers, response.attachments
    assert header.signature is not None
    assert cms.verify(header.signature, attachment.content).certificate == by_rosreestr
    with zipfile.ZipFile(io.BytesIO(attachment.content)) as archive:
        name = next(each for each in archive.namelist() if each.endswith(".xml"))
        paper = archive.read(name)
        assert cms.verify(archive.read(f"{name}.sig"), paper).certificate == by_rosreestr
    assert xml.name_of(xml.parse(paper))[1] == "Extract"


async def test_where_nothing_is_signed_the_extract_is_a_zip_without_a_signature(start: Start) -> None:
    gateway = await start(topology="minimal", provide=(), signatures=SignatureMode.OFF, seed=1)
    estate = gateway.nodes.world.estates[0]
    async with Smev3Client(gateway.url, CONSUMER, gateway.timekeeper.clock) as consumer:
        await consumer.send_request(xml.source(rosreestr.egrn_request(estate.cadastral_number, CASE)))
        await gateway.nodes.settle()
        async with consumer.responses(until_empty=True) as responses:
            response = [each async for each in responses if each.content is not None][-1]
    [header], [attachment] = response.attachment_headers, response.attachments
    assert header.signature is None
    with zipfile.ZipFile(io.BytesIO(attachment.content)) as archive:
        assert [name for name in archive.namelist() if name.endswith(".sig")] == []


async def test_bodies_that_only_look_for_work_need_no_keys_unless_they_have_to_sign_it(start: Start) -> None:
    gateway = await start(topology="minimal", provide=(), seed=1)
    await gateway.nodes.settle()
    keyring, now = gateway.signatures.keyring, gateway.timekeeper.clock.now()
    assert keyring.listed(now) == []
    await extract_for(gateway)
    assert {each.mnemonic for each in keyring.listed(now)} == {CONSUMER, ROSREESTR}
