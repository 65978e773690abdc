"""An exchange without HTTP, and participants who speak to it through real bytes, both ways.

    sent = await consumer.sends(INN)
    request = await fns.takes()
    await fns.answers(request)
    await fns.acks(request)
    response = await consumer.takes_response()

A call is written by `participant_calls`, read by `smev3`, performed, written by `replies`, checked against the XSD
and read by `participant_replies`; a refusal is journaled and rendered as the SOAP endpoint does it.
"""

import base64
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
from lxml import etree

from gateway import library, machine, xml
from gateway.domain.clock import ManualClock
from gateway.domain.ids import IdSource
from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.domain.limits import Limits
from gateway.domain.participants import Participant, Participants, Registration
from gateway.domain.routing import ReplyAddresses
from gateway.domain.signature_mode import SignatureMode
from gateway.exchange.arrival import Rules
from gateway.exchange.callers import Callers
from gateway.exchange.doorbell import Doorbell
from gateway.exchange.file_store import FileStore
from gateway.exchange.law import Law
from gateway.exchange.message_exchange import MessageExchange
from gateway.exchange.refusals import Refusals
from gateway.exchange.signatures import Signatures
from gateway.keyring import Keyring
from gateway.library import Library
from gateway.library.wire_schema import WireSchemas
from gateway.ns import SMEV3_VERSIONS, XSD, Smev3
from gateway.protocol import participant_calls, participant_replies, soap
from gateway.protocol.faults import DECLARED, Explanation, SmevFault
from gateway.protocol.messages import (
    AttachmentHeader,
    MessageType,
    RefAttachmentHeader,
    Rejection,
    RequestStatus,
    Selector,
)
from gateway.protocol.mtom import Package
from gateway.protocol.participant_calls import Outgoing, Sign
from gateway.protocol.participant_replies import (
    AsyncStatus,
    FaultReceived,
    ReceivedMetadata,
    ReceivedRequest,
    ReceivedResponse,
)
from gateway.protocol.replies import encode
from gateway.protocol.smev3 import read_call
from gateway.signature.gost import new_streebog256, streebog256
from gateway.storage import journal, registry
from gateway.storage.attachments import AttachmentFiles
from gateway.storage.database import open_database
from gateway.storage.schema import upgrade
from gateway.storage.uploads import Bounds, UploadFolder
from gateway.xml import Element

_SCHEMAS: Final = Path(__file__).resolve().parents[2] / "schemas"
IN_MEMORY: Final = "sqlite://"
START: Final = datetime(2013, 3, 4, 6, 0, tzinfo=UTC)
"""Monday, ten in the morning in Moscow, which was four hours ahead in 2013."""
LEASE: Final = Limits().lease
INSTANT: Final = timedelta(microseconds=1)

INN: Final = "fns/inn-by-person"
EGRUL: Final = "fns/egrul"
INCOMES: Final = "fns/incomes"
PASSPORT: Final = "mvd/passport-dossier"
APPLICATION: Final = "applicant/application"
NOTICE: Final = "smev/notice"
SUBSCRIBERS: Final = ("CITY", "FNS", "MVD")


@cache
def kinds() -> Library:
    """The data kinds that ship, read once for all tests."""
    return library.load(_SCHEMAS / "kinds")


@cache
def wire_schemas() -> WireSchemas:
    return WireSchemas(_SCHEMAS / "smev3")


@cache
def _replies(smev: Smev3) -> etree.XMLSchema:
    """The XSDs of types and faults together, as the WSDL imports them: a status names its fault by xsi:type."""
    imports = "".join(
        f'<xs:import namespace="{namespace}" schemaLocation="smev-message-exchange-{name}-{smev.version}.xsd"/>'
        for namespace, name in ((smev.types, "types"), (smev.faults, "faults"))
    )
    schema = f'<xs:schema xmlns:xs="{XSD}">{imports}</xs:schema>'
    folder = wire_schemas().folder(smev.version)
    return etree.XMLSchema(etree.XML(schema, base_url=str(folder / "replies.xsd")))


def check_reply(envelope: bytes, smev: Smev3) -> None:
    """The reply, or the fault in it, is valid against the XSDs."""
    child = soap.open_envelope(envelope)
    if xml.name_of(child)[1] == "Fault":
        child = child.findall("detail/*")[0]
    _replies(smev).validate(child)
    assert [entry.message for entry in _replies(smev).error_log] == []


@cache
def example(kind_id: str, role: str = "request") -> bytes:
    """The shipped example of a kind, as it stands in MessagePrimaryContent."""
    folder = next((_SCHEMAS / "kinds" / kind_id).iterdir())
    return xml.source(xml.parse((folder / f"example-{role}.xml").read_bytes()))


def request_type(kind_id: str) -> MessageType:
    kind = kinds().catalogue.by_id(kind_id)
    assert kind is not None
    return kind.request


def response_type(kind_id: str) -> MessageType:
    kind = kinds().catalogue.by_id(kind_id)
    assert kind is not None
    assert kind.response is not None
    return kind.response


def participants() -> Participants:
    """Two municipalities, two federal services, and a body that may ask for one kind only."""
    return Participants.of(
        [
            Participant("CITY", "Администрация города Иванова", oktmo="24701000"),
            Participant("TOWN", "Администрация города Кинешмы", oktmo="24705000"),
            Participant("FNS", "ФНС России"),
            Participant("MVD", "МВД России"),
            Participant("ARCHIVE", "Архив", may_request=frozenset({EGRUL})),
            Participant("OPERATOR", "Оператор СМЭВ"),
        ],
        {
            INN: ["FNS"],
            EGRUL: ["FNS"],
            INCOMES: ["FNS"],
            PASSPORT: ["MVD"],
            APPLICATION: ["CITY", "TOWN"],
            NOTICE: SUBSCRIBERS,
        },
    )


@dataclass(slots=True)
class Refusal:
    """What a refused call was told, and what the journal says beside it."""

    fault: FaultReceived | None = None
    explanation: Explanation = field(default_factory=lambda: Explanation("", "", ""))


class Sandbox:
    """A gateway without its transports: one store, one clock that is moved by hand, ids of one seed."""

    def __init__(
        self,
        url: str,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        *,
        refuse_early: bool = False,
        seed: int = 1,
        signatures: SignatureMode = SignatureMode.OFF,
    ) -> None:
        self.url, self.limits, self.refuse_early = url, limits, refuse_early
        self.clock = ManualClock(START)
        self.mode = signatures
        self.keyring = None if signatures is SignatureMode.OFF else Keyring.in_memory(b"sandbox")
        self.participants = participants()
        self.store = open_database(url)
        if url == IN_MEMORY:  # nobody else can have made its tables
            upgrade(self.store.engine)
        self.doorbell = Doorbell()
        self._folder = TemporaryDirectory()
        bounds = Bounds(limits.max_ref_attachments, limits.max_ref_attachments)
        self.uploads = UploadFolder(Path(self._folder.name) / "attachments", bounds, new_streebog256)
        self._ids, self._seed = machine.new_ids(seed), seed
        self._speakers: dict[tuple[str, str], Speaker] = {}
        self.law = Law()
        self._build()

    def _build(self) -> None:
        secret = self.store.run_now(lambda c: registry.setting(c, "reply-address secret", machine.secret(1)))
        self.addresses = ReplyAddresses(secret)
        self.files = FileStore(AttachmentFiles(self.uploads, "main"), self.store, secret, machine.SystemClock())
        self.signatures = Signatures(self.mode, self.keyring, self.participants)
        self.rules = Rules(
            kinds(),
            wire_schemas(),
            self.participants,
            self.addresses,
            self.limits,
            law=self.law,
            files=self.files,
            signatures=self.signatures,
        )
        self.callers = Callers(self.participants, Registration.CLOSED, self.store, self.clock, self.signatures)
        self.exchange = MessageExchange(
            self.store, self.rules, self.clock, self._ids, doorbell=self.doorbell, refuse_early=self.refuse_early
        )
        self.refusals = Refusals(self.store, self.clock)

    def set_up(self, limits: Limits = Limits(), *, refuse_early: bool = False) -> None:  # noqa: B008
        """Go on with other limits."""
        self.limits, self.refuse_early = limits, refuse_early
        self._build()

    def set_law(self, law: Law) -> None:
        """Go on with other services, or another way of keeping the law."""
        self.law = law
        self._build()

    def restart(self) -> None:
        """End this gateway and start another one on the same store."""
        self.store.close()
        self.store = open_database(self.url)
        self._build()

    def close(self) -> None:
        self.store.close()
        self._folder.cleanup()

    def speaker(self, mnemonic: str, version: str = "1.2") -> "Speaker":
        """Return somebody who speaks as `mnemonic`, in one version."""
        seed = int.from_bytes(f"{mnemonic} {version}".encode()) * self._seed
        sign = None if self.keyring is None else self.signatures.sign_as(mnemonic)
        new = Speaker(self, mnemonic, SMEV3_VERSIONS[version], machine.new_ids(seed), sign)
        return self._speakers.setdefault((mnemonic, version), new)  # one source of ids for each

    def journal(self, message_id: str | None = None, *, after: int = 0) -> list[JournalEntry]:
        """Return the journal, whole or of one interaction."""
        stored = self.store.run_now(lambda c: journal.read(c, after, 100_000, message_id=message_id))
        return [item.entry for item in stored]

    def steps(self, message_id: str | None = None) -> list[tuple[JournalEvent, str]]:
        """Return (event, participant) of each journal entry."""
        return [(entry.event, entry.participant) for entry in self.journal(message_id)]

    @contextmanager
    def refuses(self, name: str, check: str | None = None) -> Iterator[Refusal]:
        """The block's last call is refused with the fault `name`; the journal explains why."""
        refusal = Refusal()
        with pytest.raises(FaultReceived) as caught:
            yield refusal
        refusal.fault = caught.value
        assert caught.value.name == name, caught.value
        entry = self.journal()[-1]
        assert (entry.event, entry.fault) == (JournalEvent.REFUSED, name)
        assert entry.envelope
        assert entry.explanation is not None
        refusal.explanation = entry.explanation
        assert refusal.explanation.expected
        assert refusal.explanation.found
        if check is not None:
            assert refusal.explanation.check == check


@dataclass(frozen=True, slots=True)
class Speaker:
    """One participant's side of the wire."""

    sandbox: Sandbox
    mnemonic: str
    smev: Smev3
    ids: IdSource
    sign: Sign | None = None
    named: bool = True
    """Whether the address says who calls."""

    def new_id(self) -> str:
        """Return a MessageID of this moment."""
        return self.ids.message_id(self.sandbox.clock.now())

    async def sends(
        self,
        content: str | bytes = INN,
        options: Outgoing = Outgoing(),  # noqa: B008 - frozen
        *,
        message_id: str | None = None,
        attachments: Sequence[tuple[AttachmentHeader, bytes]] = (),
        files: Sequence[RefAttachmentHeader] = (),
        personal_signature: bytes | None = None,
    ) -> ReceivedMetadata:
        """SendRequest: `content` is the id of a kind, whose example is sent, or the business XML itself."""
        body = example(content) if isinstance(content, str) else content
        envelope, parts = participant_calls.send_request(
            self.smev,
            message_id or self.new_id(),
            body,
            options,
            attachments,
            ref_attachments=files,
            personal_signature=personal_signature,
            sign=self.sign,
        )
        return participant_replies.read_metadata(await self.call("SendRequest", envelope, parts))

    async def answers(
        self,
        request: ReceivedRequest | str | None,
        answer: bytes | Sequence[Rejection] | RequestStatus | None = None,
        *,
        message_id: str | None = None,
        attachments: Sequence[tuple[AttachmentHeader, bytes]] = (),
        files: Sequence[RefAttachmentHeader] = (),
    ) -> ReceivedMetadata:
        """SendResponse to a taken request, or to a To; without an `answer`, the example of the kind."""
        assert request is not None
        to = request if isinstance(request, str) else request.reply_to or ""
        body = _example_answer(request) if answer is None else answer
        envelope, parts = participant_calls.send_response(
            self.smev, message_id or self.new_id(), to, body, attachments, ref_attachments=files, sign=self.sign
        )
        return participant_replies.read_metadata(await self.call("SendResponse", envelope, parts))

    def uploads(self, content: bytes, name: str = "выписка.zip", uuid: str | None = None) -> RefAttachmentHeader:
        """Put a file into the file store; return the header that names it."""
        folder = uuid or self.new_id()
        self.sandbox.uploads.make(folder)
        writing = self.sandbox.uploads.begin(folder, name)
        writing.write(content)
        writing.close()
        return RefAttachmentHeader(folder, base64.b64encode(streebog256(content)).decode(), "application/zip")

    async def takes(
        self, message_type: MessageType | None = None, node_id: str | None = None
    ) -> ReceivedRequest | None:
        """GetRequest."""
        return participant_replies.read_request(await self._gets("GetRequest", message_type, node_id))

    async def takes_response(
        self, message_type: MessageType | None = None, node_id: str | None = None
    ) -> ReceivedResponse | None:
        """GetResponse."""
        return participant_replies.read_response(await self._gets("GetResponse", message_type, node_id))

    async def _gets(self, operation: str, message_type: MessageType | None, node_id: str | None) -> Element:
        selector = Selector(message_type, node_id)
        return await self.call(
            operation, participant_calls.get(self.smev, operation, selector, self.sandbox.clock.now(), self.sign)
        )

    async def takes_status(self) -> AsyncStatus | None:
        """GetStatus."""
        envelope = participant_calls.get_status(self.smev, self.sandbox.clock.now(), self.sign)
        return participant_replies.read_async_status(await self.call("GetStatus", envelope))

    async def acks(self, message: ReceivedRequest | ReceivedResponse | str | None, *, accepted: bool = True) -> None:
        """Ack of a taken message, or of a MessageID."""
        assert message is not None
        message_id = message if isinstance(message, str) else message.metadata.message_id
        await self.call("Ack", participant_calls.ack(self.smev, message_id, accepted=accepted, sign=self.sign))

    async def counts_its_queues(self, node_id: str | None = None) -> dict[str, int]:
        """GetIncomingQueueStatistics (1.1)."""
        envelope = participant_calls.get_incoming_queue_statistics(self.sandbox.clock.now(), node_id, self.sign)
        return participant_replies.read_queue_statistics(await self.call("GetIncomingQueueStatistics", envelope))

    async def call(self, operation: str, envelope: bytes, parts: tuple[tuple[str, bytes], ...] = ()) -> Element:
        """Perform one call, bytes to bytes; return the reply element.

        Raises: FaultReceived when it is refused.
        """
        package = Package(envelope, dict(parts))
        body_child = soap.open_envelope(package.root)
        call = read_call(body_child, package)
        named = self.mnemonic if self.named else None
        try:
            caller = await self.sandbox.callers.recognise(call, named, envelope)
            reply = await self.sandbox.exchange.perform(call, caller, body_child)
        except SmevFault as fault:
            await self.sandbox.refusals.record(fault, self.mnemonic, call, envelope)
            answered = _refused(operation, fault, call.smev)
        else:
            sign = self.sandbox.signatures.sign
            answered = soap.close_envelope(encode(reply, call.smev, call.name, xop=False, sign=sign).body_child)
        check_reply(answered, call.smev)
        return participant_replies.open_reply(Package(answered), operation)


def _refused(operation: str, fault: SmevFault, smev: Smev3) -> bytes:
    # Clients are generated from the WSDL: a fault that it does not declare is a surprise to them.
    assert type(fault) in DECLARED[operation], f"{operation} does not declare {fault.name}"
    return soap.render_fault(fault, smev)


def _example_answer(request: ReceivedRequest | str) -> bytes:
    assert not isinstance(request, str), "say what to answer to a bare To"
    kind = kinds().catalogue.by_request(request.message_type)
    assert kind is not None
    return example(kind.id, "response")


async def everything(take: "Speaker") -> list[str]:
    """Take requests until the queue is empty; return their MessageIDs."""
    taken = []
    while (request := await take.takes()) is not None:
        taken.append(request.message_id)
    return taken


async def every_response(consumer: "Speaker") -> list[ReceivedResponse]:
    """Take responses until the queue is empty."""
    taken = []
    while (response := await consumer.takes_response()) is not None:
        taken.append(response)
    return taken
