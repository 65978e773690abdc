"""Whoever plays a participant by hand signs with a key that the sandbox lends, or with one of its own."""

import re
from pathlib import Path
from typing import Final

import pytest

from gateway.app import Gateway
from gateway.client import FaultReceived, Smev3Client
from gateway.client.admin import Admin
from gateway.client.lent_keys import keys_lent, signer_in
from gateway.data_files import data_folder
from gateway.domain.signature_mode import SignatureMode
from gateway.keyring import Keyring
from gateway.signature.certificates import Certificate
from gateway.signature.keys import private_key_pem
from tests.acceptance.administrator import call, get
from tests.acceptance.command_line import run
from tests.acceptance.conftest import Start

EGRUL: Final = data_folder("schemas") / "kinds" / "fns" / "egrul" / "4.0.6"


@pytest.fixture
async def strict(start: Start) -> Gateway:
    """A gateway that takes nothing unsigned."""
    return await start(provide=("FNS=fns/egrul",), signatures=SignatureMode.STRICT)


async def test_a_whole_exchange_by_hand_where_everything_has_to_be_signed(strict: Gateway) -> None:
    at = ("--url", strict.url)
    sent = await run("send", str(EGRUL / "example-request.xml"), "--as", "APP", *at)
    assert (sent.code, sent.errors) == (0, "")
    request = await run("take", "requests", "--as", "FNS", *at)
    found = re.search(r"<ns2:ReplyTo>(.*)</ns2:ReplyTo>", request.output)
    message_id = re.search(r"<ns2:MessageId>(.*)</ns2:MessageId>", request.output)
    assert found is not None
    assert message_id is not None
    assert (await run("ack", message_id[1], "--as", "FNS", *at)).code == 0
    answered = await run("send", str(EGRUL / "example-response.xml"), "--as", "FNS", "--to", found[1], *at)
    assert answered.code == 0, answered.errors
    response = await run("take", "responses", "--as", "APP", "--ack", *at)
    assert "FNSVipULResponse" in response.output
    assert "<ns2:SMEVSignature" in response.output


async def test_a_key_of_ones_own(strict: Gateway, tmp_path: Path) -> None:
    """It is the key, not the name, that says who calls."""
    own, strange = tmp_path / "own.pem", tmp_path / "strange.pem"
    for file, keyring in ((own, strict.signatures.keyring), (strange, Keyring.in_memory(b"of another sandbox"))):
        signer = keyring.issue("APP")
        file.write_bytes(private_key_pem(signer.key) + signer.certificate.pem)
    request = str(EGRUL / "example-request.xml")
    assert (await run("send", request, "--as", "APP", "--url", strict.url, "--key", str(own))).code == 0
    refused = await run("send", request, "--as", "APP", "--url", strict.url, "--key", str(strange))
    assert refused.code == 1
    assert "SignatureVerificationFault" in refused.errors
    refused = await run("send", request, "--as", "OTHER", "--url", strict.url, "--key", str(own))
    assert "SenderIsNotRegistered" in refused.errors


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"no PEM", "PRIVATE KEY"), (b"key only", "CERTIFICATE"), (b"of two", "не от этого ключа")],
)
async def test_a_file_that_is_no_key_with_its_certificate(content: bytes, why: str, tmp_path: Path) -> None:
    keyring, file = Keyring.in_memory(b"anything"), tmp_path / "key.pem"
    one, other = keyring.signer_of("ONE"), keyring.signer_of("OTHER")
    chosen = {
        b"key only": private_key_pem(one.key),
        b"of two": private_key_pem(one.key) + other.certificate.pem,
    }
    file.write_bytes(chosen.get(content, content))
    ended = await run("take", "requests", "--as", "ME", "--key", str(file))
    assert (ended.code, ended.errors.count("\n")) == (2, 1)
    assert why in ended.errors
    file.write_bytes(one.certificate.pem + private_key_pem(one.key))
    assert signer_in(file.read_bytes()) == one


async def test_the_admin_api_lends_keys_that_the_gateway_knows(strict: Gateway) -> None:
    lent = await get(strict, "/participants/NEWCOMER/key")
    keyring = strict.signatures.keyring
    assert lent["mnemonic"] == "NEWCOMER"
    assert lent["signatures"] == "strict"
    assert Certificate.from_bytes(lent["smevCertificate"].encode()) == keyring.smev.certificate
    assert keyring.mnemonic_of(Certificate.from_bytes(lent["certificate"].encode())) == "NEWCOMER"
    assert lent == await get(strict, "/participants/NEWCOMER/key")
    reply = await call(strict, "GET", "/participants/not%20a%20mnemonic/key")
    assert reply.status == 422


async def test_nothing_is_lent_where_nothing_is_signed(start: Start) -> None:
    gateway = await start(signatures=SignatureMode.OFF)
    assert (await call(gateway, "GET", "/participants/APP/key")).status == 409
    async with Admin(gateway.url) as admin, Admin("http://127.0.0.1:9") as nobody:
        assert await keys_lent(admin, "APP") == {}
        assert await keys_lent(nobody, "APP") == {}


async def test_lent_keys_are_worth_as_much_as_issued_ones(strict: Gateway) -> None:
    async with Admin(strict.url) as admin:
        keys = await keys_lent(admin, "APP")
    content = (EGRUL / "example-request.xml").read_bytes()
    async with Smev3Client(strict.url, "APP", **keys) as client:
        await client.send_request(content)
    async with Smev3Client(strict.url, "APP") as client:
        with pytest.raises(FaultReceived, match="SignatureVerificationFault"):
            await client.send_request(content)


@pytest.mark.parametrize("mnemonic", ["SMEV", "m%20%C3%A2", "x" * 60])
@pytest.mark.parametrize(
    ("what", "body"), [("send", {"content": "<a xmlns='urn:a'/>"}), ("take", {"queue": "requests"})]
)
async def test_who_can_be_nobody_is_refused_by_rest_as_in_other_modes(
    strict: Gateway, mnemonic: str, what: str, body: dict[str, str]
) -> None:
    reply = await call(strict, "POST", f"/participants/{mnemonic}/{what}", json=body)
    assert reply.status == 422, reply
    assert "SenderIsNotRegistered" in str(reply.body)
