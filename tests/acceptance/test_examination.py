"""A person brings a message that was refused, to the terminal, by REST or in a browser, and is told why."""

import asyncio
import base64
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
from typer.testing import CliRunner, Result

from gateway.app import Gateway
from gateway.cli import application
from gateway.cli.common import CommandFailed
from gateway.client import Smev3Client
from gateway.domain.signature_mode import SignatureMode
from gateway.exchange.examination.faults_in_words import FAILURES, MEANINGS
from gateway.keyring import Keyring
from gateway.ns import SMEV3_1_2
from gateway.protocol import faults, participant_calls
from gateway.protocol.messages import AttachmentHeader
from gateway.protocol.mtom import pack
from gateway.protocol.participant_calls import Outgoing
from gateway.protocol.statuses import SignatureFailure
from gateway.signature import cms, xmldsig
from gateway.signature.keys import Signer
from gateway.words import Language, speak
from gateway.xml import parse
from tests.acceptance.conftest import Start
from tests.conversation import INN_REQUEST, new_id

KEYRING: Final = Keyring.in_memory(b"another authority")
NOW: Final = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def in_english() -> Iterator[None]:
    speak(Language.ENGLISH)
    yield
    speak(Language.RUSSIAN)


def call(content: bytes = INN_REQUEST, signer: Signer | None = None) -> bytes:
    """A SendRequest of MYCITY, signed."""
    own = signer or KEYRING.signer_of("MYCITY")
    envelope, _ = participant_calls.send_request(
        SMEV3_1_2,
        new_id(),
        content,
        Outgoing(),
        sign=lambda element, identifier: xmldsig.sign(parse(element), identifier, own),
    )
    return envelope


def tampered() -> bytes:
    """The same with its MessageID changed after it was signed."""
    return re.sub(rb"(MessageID>)[^<]*", rb"\g<1>" + new_id().encode(), call(), count=1)


def explain(*arguments: object, code: int = 0, given: bytes | None = None) -> Result:
    result = CliRunner().invoke(application, ["explain", *map(str, arguments)], input=given)
    if isinstance(result.exception, CommandFailed):
        assert result.exception.code == code, result.exception
    else:
        assert result.exit_code == code, result.output
    return result


def told(*arguments: object, code: int = 0, given: bytes | None = None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(explain(*arguments, "--json", code=code, given=given).output)
    return found


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    """A folder of data where no gateway has ever been."""
    return tmp_path / "nowhere"


# --- the terminal ----------------------------------------------------------------------------------------------------


def test_a_message_as_it_should_be(tmp_path: Path, nowhere: Path) -> None:
    file = tmp_path / "call.xml"
    file.write_bytes(call())
    found = told(file, "--data", nowhere)
    assert (found["isGood"], found["trustJudged"], found["schemaFailures"]) == (True, False, [])
    [signature] = found["signatures"]
    assert (signature["kind"], signature["verdict"], signature["causes"]) == ("caller", "holds", [])
    assert "верна" in explain(file, "--data", nowhere).output


@pytest.mark.usefixtures("in_english")
def test_a_message_that_was_changed(tmp_path: Path, nowhere: Path) -> None:
    file = tmp_path / "call.xml"
    file.write_bytes(tampered())
    said = explain(file, "--data", nowhere, code=1).output
    assert "does NOT hold" in said
    assert "the content was changed after it was signed" in said
    [signature] = told(file, "--data", nowhere, code=1)["signatures"]
    assert [cause["code"] for cause in signature["causes"]] == ["changed"]
    assert signature["digestExpected"] != signature["digestFound"]


def test_the_octets_of_each_step_are_written(tmp_path: Path, nowhere: Path) -> None:
    found = told("-", "--steps", tmp_path / "steps", "--data", nowhere, given=call())
    files = {file.name: file.read_bytes() for file in (tmp_path / "steps").iterdir()}
    assert set(files) == {f"1-caller-{name}.xml" for name in ("1-c14n", "2-transform", "3-signed-info")}
    for step in found["signatures"][0]["steps"]:
        assert base64.b64decode(step["octets"]) == files[f"1-caller-{step['name']}.xml"]
    assert files["1-caller-2-transform.xml"].startswith(b"<ns1:SenderProvidedRequestData")


def test_an_http_message_as_a_proxy_has_saved_it(nowhere: Path) -> None:
    headed = b"POST /smev/v1.2/ws HTTP/1.1\r\nHost: smev\r\nContent-Type: text/xml; charset=utf-8\r\n\r\n" + call()
    assert told("-", "--data", nowhere, given=headed)["isGood"]


@pytest.mark.parametrize("headed", [True, False])
def test_a_mime_package_with_and_without_its_headers(nowhere: Path, headed: bool) -> None:
    content_type, body = pack(call(), ())
    headers = f"Content-Type: {content_type}\r\n\r\n".encode() if headed else b""
    assert told("-", "--data", nowhere, given=headers + body.lstrip())["isGood"]


def test_certificates_are_judged_where_their_authority_is(tmp_path: Path) -> None:
    keyring = Keyring.below(tmp_path / "authority", b"s" * 32)
    own = told("-", "--data", tmp_path, given=call(signer=keyring.signer_of("MYCITY")))
    assert (own["isGood"], own["signatures"][0]["certificate"]["state"]) == (True, "valid")
    [foreign] = told("-", "--data", tmp_path, code=1, given=call())["signatures"]
    assert [cause["code"] for cause in foreign["causes"]] == ["certificate-foreign"]


def test_a_content_that_breaks_the_schema_of_its_kind(nowhere: Path) -> None:
    wrong = re.sub('ДатаРожд="[^"]*"', 'ДатаРожд="вчера"', INN_REQUEST.decode()).encode()
    assert wrong != INN_REQUEST
    [failure] = told("-", "--data", nowhere, code=1, given=call(wrong))["schemaFailures"]
    assert (failure["schema"], failure["path"].endswith("@ДатаРожд")) == ("fns/inn-by-person", True)
    assert "вчера" in failure["found"]
    assert "ДатаРожд" in failure["piece"]["text"]
    assert failure["piece"]["file"].endswith(".xsd")
    assert "ДатаРожд" in explain("-", "--data", nowhere, code=1, given=call(wrong)).output


def test_a_call_that_breaks_the_wire_schema(nowhere: Path) -> None:
    without = re.sub(rb"<([^<>\s]*)MessageID>[^<]*</[^<>]*MessageID>", b"", call())
    failures = told("-", "--data", nowhere, code=1, given=without)["schemaFailures"]
    assert failures[0]["schema"] == "message-exchange 1.2"
    assert "MessageID" in failures[0]["expected"]
    assert failures[0]["line"] > 0


def test_the_signature_of_a_file(tmp_path: Path, nowhere: Path) -> None:
    file = tmp_path / "scan.pdf"
    file.write_bytes(b"scan")
    signed = cms.sign(b"scan", KEYRING.signer_of("MYCITY"), NOW)
    assert told("-", "--content", file, "--data", nowhere, given=signed)["isGood"]
    file.write_bytes(b"another")
    [signature] = told("-", "--content", file, "--data", nowhere, code=1, given=signed)["signatures"]
    assert [cause["code"] for cause in signature["causes"]] == ["changed"]


async def fault_of_a_strict_gateway(gateway: Gateway, body: bytes) -> tuple[bytes, str]:
    async with aiohttp.ClientSession() as session:
        headers = {"Content-Type": "text/xml; charset=utf-8"}
        async with session.post(f"{gateway.url}/smev/v1.2/ws", data=body, headers=headers) as response:
            return await response.read(), response.headers["X-Mock-Smev-Explain"]


async def test_a_fault_in_a_file(start: Start, nowhere: Path) -> None:
    gateway = await start(signatures=SignatureMode.STRICT)
    fault, explained_at = await fault_of_a_strict_gateway(gateway, call())
    headed = f"HTTP/1.1 500 Error\r\nX-Mock-Smev-Explain: {explained_at}\r\nContent-Type: text/xml\r\n\r\n"
    found = told("-", "--data", nowhere, code=1, given=headed.encode() + fault)
    assert (found["fault"]["name"], found["fault"]["failure"]) == (
        "SignatureVerificationFault",
        "CertificateIsNotFound",
    )
    assert found["explainedAt"] == explained_at
    assert "certs import" in found["fault"]["advice"]


def test_every_fault_has_words() -> None:
    declared = {each.__name__ for each in faults.SmevFault.__subclasses__()}
    assert declared == set(MEANINGS)
    assert {failure.value for failure in SignatureFailure} == set(FAILURES)
    assert all(all(words()) for words in (*MEANINGS.values(), *FAILURES.values()))


UNREADABLE: Final[dict[str, bytes]] = {
    "explain-empty": b"  \n",
    "explain-rubbish": b"\x00\x01\x02 rubbish",
    "explain-doctype": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    "explain-billion-laughs": b'<!DOCTYPE a [<!ENTITY a "1"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;</a>',
    "explain-truncated-multipart": b'Content-Type: multipart/related; boundary="x"\r\n\r\n--x\r\n\r\n<a/>',
    "explain-truncated-xml": b"<a><b>",
}


@pytest.mark.parametrize("row", UNREADABLE)
async def test_what_cannot_be_read(gateway: Gateway, nowhere: Path, row: str) -> None:
    failed = explain("-", "--data", nowhere, code=2, given=UNREADABLE[row]).exception
    assert "\n" not in str(failed)
    assert "сообщение не читается" in str(failed)
    for accept in ("application/json", "text/html"):
        status, body = await posted(gateway, UNREADABLE[row], accept=accept)
        assert status == 422
        assert body


def test_what_is_no_message_file(tmp_path: Path) -> None:
    assert str(tmp_path) in str(explain(tmp_path, code=2).exception)


# --- REST ------------------------------------------------------------------------------------------------------------


async def posted(
    gateway: Gateway, body: bytes | aiohttp.FormData, accept: str = "application/json", path: str = "/explain"
) -> tuple[int, str]:
    headers = {"Accept": accept} | ({"Content-Type": "text/xml"} if isinstance(body, bytes) else {})
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{gateway.url}/__admin{path}", data=body, headers=headers) as response,
    ):
        return response.status, await response.text()


async def asked(gateway: Gateway, query: str, accept: str = "application/json") -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{gateway.url}/__admin/explain{query}", headers={"Accept": accept}) as response,
    ):
        return response.status, await response.text()


async def test_a_message_is_looked_into_by_rest(gateway: Gateway) -> None:
    status, body = await posted(gateway, tampered())
    assert status == 200
    codes = [cause["code"] for cause in json.loads(body)["signatures"][0]["causes"]]
    assert codes == ["changed", "certificate-foreign"]


async def test_a_browser_brings_a_file_and_gets_a_page(gateway: Gateway) -> None:
    status, form = await asked(gateway, "", "text/html")
    assert (status, 'action="/__admin/explain"' in form) == (200, True)
    brought = aiohttp.FormData()
    brought.add_field("file", tampered(), filename="call.xml")
    status, page = await posted(gateway, brought, "text/html")
    assert status == 200
    assert "содержимое изменено после подписания" in page
    [found] = re.findall(r'download="1-caller-2-transform.xml"\s+href="data:[^,]*,([^"]+)"', page)
    assert base64.b64decode(unescape(found)).startswith(b"<ns1:SenderProvidedRequestData")


async def test_a_browser_pastes_a_text(gateway: Gateway) -> None:
    brought = aiohttp.FormData({"text": call().decode()}, default_to_multipart=True)
    status, page = await posted(gateway, brought, "text/html")
    assert status == 200
    assert "верна, сертификат не годится" in page


async def test_nothing_of_a_message_becomes_markup(gateway: Gateway) -> None:
    hostile = INN_REQUEST.replace("ДатаРожд=".encode(), 'ДатаРожд="&lt;script>alert(1)&lt;/script>" x='.encode(), 1)
    status, page = await posted(gateway, call(hostile), "text/html")
    assert status == 200
    assert "&lt;script&gt;alert(1)" in page
    assert "<script" not in page


async def test_a_refused_message_is_looked_into_by_its_id_and_its_entry(start: Start) -> None:
    gateway = await start(signatures=SignatureMode.STRICT)
    body = tampered()
    _, explained_at = await fault_of_a_strict_gateway(gateway, body)
    message_id = re.search(rb"MessageID>([^<]*)", body)
    assert message_id is not None
    status, by_id = await asked(gateway, f"?message={message_id[1].decode()}")
    assert (status, json.loads(by_id)["isGood"]) == (200, False)
    seq = explained_at.rpartition("/")[2]
    if seq.isdigit():
        assert json.loads((await asked(gateway, f"?seq={seq}"))[1]) == json.loads(by_id)


async def test_the_last_refusal_is_explained_with_its_signatures(start: Start, tmp_path: Path) -> None:
    gateway = await start(signatures=SignatureMode.STRICT)
    await fault_of_a_strict_gateway(gateway, tampered())
    arguments = ("last", "--url", gateway.url, "--steps", tmp_path / "steps")
    said = (await asyncio.to_thread(explain, *arguments)).output
    assert "SignatureVerificationFault" in said
    assert "содержимое изменено после подписания" in said
    assert (tmp_path / "steps" / "1-caller-2-transform.xml").exists()
    found = await asyncio.to_thread(told, *arguments)
    assert found["examination"]["signatures"][0]["verdict"] == "broken"


async def test_a_message_with_files_that_was_taken(start: Start) -> None:
    gateway = await start()
    own = gateway.signatures.keyring.signer_of("MYCITY")
    async with Smev3Client(gateway.url, "MYCITY", signer=own) as client:
        sent = await client.send_request(INN_REQUEST, attachments=[(AttachmentHeader("a", "text/plain"), b"scan")])
    found = json.loads((await asked(gateway, f"?message={sent.message_id}"))[1])
    assert [(each["kind"], each["verdict"]) for each in found["signatures"]] == [("caller", "holds"), ("file", "holds")]
    assert found["isGood"]


async def test_a_message_that_nobody_sent(gateway: Gateway) -> None:
    for query in (f"?message={new_id()}", "?seq=123456"):
        assert (await asked(gateway, query))[0] == 404
