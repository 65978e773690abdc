"""Kinds that are dropped in: a small one made of files, and who answers it."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from agencies import automatic
from agencies.answers import Answer, Answered, AnswerFunction, InProgress, Question, Said
from agencies.node import NodeContext
from agencies.world import World
from gateway import xml
from gateway.domain.clock import ManualClock
from gateway.domain.participants import Participant
from gateway.library import Library, load
from gateway.protocol.participant_replies import ReceivedMetadata, ReceivedRequest
from gateway.xml import Element
from tests.agencies.asking import AGENCY, GUID, WORLD

if TYPE_CHECKING:
    from gateway.client import Smev3Client

Files: TypeAlias = Mapping[str, str | bytes]
OTHER_GUID: Final = "0a6f1f5e-84d5-11e2-9e96-0800200c9a66"

KIND_TOML = """\
name = "Справка"
name_en = "Certificate"
owner = "Ведомство"
fidelity = "simplified"
[request]
namespace = "urn:t"
root = "Request"
[response]
namespace = "urn:t"
root = "Response"
"""
BROADCAST_TOML = KIND_TOML.partition("[response]")[0].replace("[request]", "broadcast = true\n[request]")

XSD = """\
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:t" targetNamespace="urn:t"
           elementFormDefault="qualified">
  <xs:element name="Request">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="FamilyName" type="xs:string" minOccurs="0"/>
        <xs:element name="FirstName" type="xs:string" minOccurs="0"/>
        <xs:element name="Patronymic" type="xs:string" minOccurs="0"/>
        <xs:element name="BirthDate" type="xs:date" minOccurs="0"/>
        <xs:element name="Snils" type="xs:string" minOccurs="0"/>
        <xs:element name="Note" type="xs:string" minOccurs="0" maxOccurs="unbounded"/>
      </xs:sequence>
      <xs:attribute name="Id" type="xs:string"/>
    </xs:complexType>
  </xs:element>
  <xs:element name="Response">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="Person">
          <xs:complexType>
            <xs:sequence>
              <xs:element name="FamilyName" type="xs:string"/>
              <xs:element name="FirstName" type="xs:string"/>
              <xs:element name="BirthDate" type="xs:date"/>
              <xs:element name="Snils">
                <xs:simpleType><xs:restriction base="xs:string">
                  <xs:pattern value="\\d{3}-\\d{3}-\\d{3} \\d{2}"/>
                </xs:restriction></xs:simpleType>
              </xs:element>
            </xs:sequence>
          </xs:complexType>
        </xs:element>
        <xs:element name="Verdict">
          <xs:simpleType><xs:restriction base="xs:string">
            <xs:enumeration value="yes"/><xs:enumeration value="no"/>
          </xs:restriction></xs:simpleType>
        </xs:element>
        <xs:element name="Count" type="xs:positiveInteger" maxOccurs="3"/>
      </xs:sequence>
      <xs:attribute name="Id" type="xs:string" use="required"/>
    </xs:complexType>
  </xs:element>
</xs:schema>
"""


def request(body: str = "", number: str = GUID) -> bytes:
    return f'<Request xmlns="urn:t" Id="{number}">{body}</Request>'.encode()


def about(snils: str, born: str = "", number: str = GUID) -> bytes:
    return request(f"{f'<BirthDate>{born}</BirthDate>' if born else ''}<Snils>{snils}</Snils>", number)


def response(
    family: str = "Смирнов",
    first: str = "Иван",
    born: str = "1967-03-10",
    snils: str = "952-147-714 14",
    rest: str = "yes",
) -> bytes:
    return (
        f'<Response xmlns="urn:t" Id="{GUID}"><Person><FamilyName>{family}</FamilyName><FirstName>{first}</FirstName>'
        f"<BirthDate>{born}</BirthDate><Snils>{snils}</Snils></Person><Verdict>{rest}</Verdict><Count>7</Count></Response>"
    ).encode()


EXAMPLE: Files = {"example-request.xml": about("95214771414"), "example-response.xml": response()}


class Provider:
    """Who answers one kind, made of files; `shipped` as if it came with the program."""

    def __init__(self, folder: Path, files: Files, *, shipped: bool = False) -> None:
        self.folder = folder / "kinds" / "agency" / "kind" / "1.0"
        for name, content in {"kind.toml": KIND_TOML, "kind.xsd": XSD, **files}.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        root = folder / "kinds"
        self.library = load(shipped=root) if shipped else load(root)
        kind = self.library.catalogue.by_id("agency/kind")
        assert kind is not None
        self.kind = kind

    def asked(self, content: bytes, world: World = WORLD, by_hand: AnswerFunction | None = None) -> list[Said]:
        """Return the answers to a request, each valid."""
        element = xml.parse(content)
        assert self.library.violations(element) == ()
        question = Question(world, element, AGENCY, GUID)
        said = list(automatic.answers_to(question, self.kind, self.library, by_hand))
        for one in said:
            assert not isinstance(one.answer, Answered) or self.library.violations(one.answer.content) == ()
        assert [isinstance(one.answer, InProgress) for one in said] == [True] * (len(said) - 1) + [False]
        return said

    def answer(self, content: bytes, world: World = WORLD) -> Answer:
        (said,) = self.asked(content, world)
        return said.answer

    def told(self, content: bytes, world: World = WORLD) -> Element:
        answer = self.answer(content, world)
        assert isinstance(answer, Answered), answer
        return answer.content


SCENARIOS = """
[[scenario]]
when = "//Snils = '95214771414'"
response = "yes.xml"
[[scenario]]
when = "//FamilyName = 'Смирнов'"
steps = [
  { status = 3, description = "Принято" },
  { status = 4, description = "В работе", delay = 60 },
  { response = "no.xml", delay = 0.5 },
]
[[scenario]]
when = "//Snils"
reject = "NO_DATA"
description = "Не найден"
[[scenario]]
when = "//Note"
reject = "ACCESS_DENIED"
"""
WITH_SCENARIOS: Files = {
    **EXAMPLE,
    "scenarios.toml": SCENARIOS,
    "yes.xml": response(),
    "no.xml": response(rest="no"),
    "response.xml.j2": response("По", "Шаблону").decode(),
}


def received(content: bytes, message_id: str = "1", reply_to: str | None = "to 1") -> ReceivedRequest:
    element = xml.parse(content)
    sent_at = datetime(2013, 3, 4, tzinfo=UTC)
    metadata = ReceivedMetadata(message_id, "REQUEST", "IVN001", sent_at, "AUTO", None, "requestIsDelivered")
    return ReceivedRequest(metadata, message_id, None, None, reply_to, element, False, (), element)


class Later:
    """An agenda on a clock that a test moves: `until` does what becomes due, in its order."""

    def __init__(self) -> None:
        self.clock = ManualClock(datetime(2013, 3, 4, 6, 0, tzinfo=UTC))
        self._due: list[tuple[datetime, Callable[[], Awaitable[None]]]] = []

    def at(self, moment: datetime, work: Callable[[], Awaitable[None]]) -> None:
        self._due.append((moment, work))

    @property
    def pauses(self) -> list[float]:
        """Seconds from now to each work."""
        return sorted((moment - self.clock.now()).total_seconds() for moment, _ in self._due)

    async def pass_time(self, seconds: float) -> None:
        """Let so many seconds pass."""
        end = self.clock.now() + timedelta(seconds=seconds)
        while due := sorted((item for item in self._due if item[0] <= end), key=itemgetter(0)):
            self._due.remove(due[0])
            self.clock.advance(due[0][0] - self.clock.now())
            await due[0][1]()
        self.clock.advance(end - self.clock.now())


def context_of(
    library: Library,
    agency: Participant = AGENCY,
    world: World = WORLD,
    client: object = None,
    later: Later | None = None,
) -> NodeContext:
    """Return what a node of `agency` is given; only a desk needs a client and an agenda."""
    later = later or Later()
    return NodeContext(agency, cast("Smev3Client", client), library, world, later.clock, later)
