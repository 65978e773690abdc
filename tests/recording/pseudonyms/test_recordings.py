"""A recording loses its people, and stays one: joins, statuses, schemas, attachments."""

import base64
import dataclasses
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from gateway.domain.cases import Subject
from gateway.domain.catalogue import DataKind
from gateway.domain.journal import JournalEvent
from gateway.domain.law_envelope import LAW_ROOT, write_law_envelope
from gateway.domain.once_only.events import LawEnvelope
from gateway.library import Library, load
from gateway.library.law_schema import law_schema
from gateway.protocol.faults import Explanation
from gateway.protocol.messages import Rejection, RequestStatus
from gateway.protocol.participant_calls import Outgoing
from gateway.protocol.statuses import RejectCode
from gateway.recording.conversation import conversation
from gateway.recording.format import Recording, RecordingError, read, write
from gateway.recording.pseudonyms import FieldRules, Pseudonymized, UnknownField, pseudonymize
from gateway.recording.pseudonyms.content import fields_of
from gateway.recording.pseudonyms.sorts import PERSONAL
from gateway.recording.said import content_of, is_message, said
from gateway.xml import Element, name_of, parse, source
from tests.recording.building import Asked, Refused, recording_of

KINDS: Final = Path(__file__).parents[3] / "schemas" / "kinds"
FOLDERS: Final = sorted(path.parent for path in KINDS.glob("*/*/*/kind.toml"))
KEY: Final = "a key of the tests"
REQUEST: Final = (
    '<r:Request xmlns:r="urn:t" xmlns="urn:t"><Snils>952-147-714 14</Snils><FamilyName>Смирнов</FamilyName>'
    "<FirstName>Иван</FirstName><Patronymic>Дмитриевич</Patronymic><BirthDate>1967-03-10</BirthDate>"
    "<Comment>{comment}</Comment></r:Request>"
)
RESPONSE: Final = (
    '<Response xmlns="urn:t"><Snils>95214771414</Snils><FullName>Смирнов Иван Дмитриевич</FullName></Response>'
)


def request(comment: str = "-") -> bytes:
    return REQUEST.format(comment=comment).encode()


def replaced(*told: Asked | Refused, key: str = KEY, keep_attachments: bool = False) -> Pseudonymized:
    return pseudonymize(recording_of(*told), key, keep_attachments=keep_attachments)


def text_of(made: Pseudonymized, name: str, message: int = 0) -> str:
    """Return what stands in the first field of that name of a message, the request being 0."""
    sent = [each for each in made.recording.entries if is_message(each)][message]
    assert sent.entry.envelope is not None
    found = next(each for each in parse(sent.entry.envelope).iter("{*}" + name))
    return found.text or ""


def personal_values(recording: Recording) -> set[tuple[str, str]]:
    return {
        (str(field.sort), field.text)
        for each in recording.entries
        if each.entry.envelope is not None
        for field in fields_of(parse(each.entry.envelope), FieldRules.shipped())
        if field.sort in PERSONAL
    }


# --- the shipped kinds -------------------------------------------------------------------------------------------


@cache
def library() -> Library:
    return load(KINDS)


def example(folder: Path, name: str) -> bytes | None:
    file = folder / name
    return source(parse(file.read_bytes())) if file.is_file() else None


@cache
def of_all_kinds() -> tuple[Recording, Pseudonymized]:
    exchanges = []
    for folder in FOLDERS:
        asked, answered = example(folder, "example-request.xml"), example(folder, "example-response.xml")
        assert asked is not None
        exchanges.append(Asked(asked, () if answered is None else (answered,)))
    recording = recording_of(*exchanges)
    return recording, pseudonymize(recording, KEY)


def test_nothing_in_the_shipped_kinds_is_unknown() -> None:
    recording, made = of_all_kinds()
    assert len(conversation(recording.entries).exchanges) == len(FOLDERS) >= 79
    assert made.unknown == ()
    assert made.replaced > 700


def test_every_document_of_a_shipped_kind_stays_valid() -> None:
    broken: list[object] = []
    for each in of_all_kinds()[1].recording.entries:
        content = content_of(each) if is_message(each) else None
        if content is not None:
            broken += library().violations(content)
    assert broken == []


def test_no_personal_value_of_the_shipped_examples_remains() -> None:
    recording, made = of_all_kinds()
    before, after = personal_values(recording), personal_values(made.recording)
    # Names come from short lists and a look-alike may be called as another was; a town is no person.
    compared = PERSONAL.keys() - {"first-name", "patronymic", "surname", "house", "flat"}
    kept = {text for sort, text in before & after if sort in compared}
    bodies = {"Администрация городского округа Иваново", "Муниципальное образование «Городской округ Иваново»"}
    assert kept <= {"г. Иваново", "г. Южа", "I_1", "PERSONAL_SIGNATURE", "МБОУ «Средняя школа № 17»", *bodies}
    assert len(before) > 200


def test_every_field_of_a_shipped_schema_has_a_rule() -> None:
    """The examples do not show every optional element."""
    paths = [path for kind in library().catalogue for path in _Declared(kind)]
    unknown = {"/".join(path) for path in paths if FieldRules.shipped().sort_of(path) is None}
    assert unknown == set()
    assert len(paths) > 2000


class _Declared:
    """The paths of the fields that the schemas of a kind declare; types are found by their local names.

    Where anything may stand, what the schemas declare for it does.
    """

    XSD: Final = "{http://www.w3.org/2001/XMLSchema}"

    def __init__(self, kind: DataKind) -> None:
        self._roots = [kind.request.root, *(() if kind.response is None else (kind.response.root,))]
        self._named: dict[tuple[str, str], list[Element]] = {}
        for file in (KINDS / kind.id / kind.version).glob("*.xsd"):
            for each in parse(file.read_bytes()).iterchildren("*"):
                self._named.setdefault((name_of(each)[1], each.get("name", "")), []).append(each)

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        for root in self._roots:
            for declared in self._named[("element", root)]:
                yield from self._paths(declared, ())

    def _paths(self, declared: Element, above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if declared.get("ref"):
            for each in self._referred(declared, "ref", name_of(declared)[1]):
                yield from self._paths(each, above)
            return
        path = (*above, declared.get("name", ""))
        types = [*declared.iterchildren(f"{self.XSD}complexType"), *self._referred(declared, "type", "complexType")]
        if not types or any(each.find(f"{self.XSD}simpleContent") is not None for each in types):
            yield path
        if path.count(path[-1]) < 3 and len(path) < 9:
            for each in self._inside(declared, anything=len(path) < 3):
                yield from self._paths(each, path)

    def _inside(self, holder: Element, *, anything: bool) -> Iterator[Element]:
        for attribute, what in (("type", "complexType"), ("base", "complexType"), ("ref", name_of(holder)[1])):
            for each in self._referred(holder, attribute, what):
                yield from self._inside(each, anything=anything)
        for child in holder.iterchildren("*"):
            if name_of(child)[1] in {"element", "attribute"}:
                yield child
            elif name_of(child)[1] == "any":
                if anything:
                    yield from (each for (what, _), named in self._named.items() if what == "element" for each in named)
            elif name_of(child)[1] not in {"annotation", "simpleType"}:
                yield from self._inside(child, anything=anything)

    def _referred(self, holder: Element, attribute: str, what: str) -> list[Element]:
        return self._named.get((what, holder.get(attribute, "").rpartition(":")[2]), [])


# --- joins -------------------------------------------------------------------------------------------------------


def test_a_person_is_the_same_in_the_request_and_in_the_answer() -> None:
    made = replaced(Asked(request(), (RESPONSE.encode(),)))
    snils = text_of(made, "Snils")
    assert snils != "952-147-714 14"
    assert snils.replace("-", "").replace(" ", "") == text_of(made, "Snils", 1)
    names = [text_of(made, name) for name in ("FamilyName", "FirstName", "Patronymic")]
    assert text_of(made, "FullName", 1) == " ".join(names)


def test_the_same_key_gives_the_same_file_and_another_another(tmp_path: Path) -> None:
    first, again, other = (replaced(Asked(request()), key=key) for key in (KEY, KEY, "another"))
    for made, name in ((first, "first"), (again, "again"), (other, "other")):
        write(made.recording, tmp_path / name)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "again").read_bytes()
    assert text_of(first, "Snils") != text_of(other, "Snils")


def test_ids_of_messages_and_participants_stay_also_inside_the_content() -> None:
    recording = recording_of(Asked(b'<R xmlns="urn:t"><RequestID>MESSAGE-ID</RequestID></R>'))
    made = pseudonymize(recording, KEY)
    first, second = recording.entries[0].entry, made.recording.entries[0].entry
    assert (
        first.message_id
        == second.message_id
        == text_of(made, "RequestID")
        == said(made.recording.entries[0]).message_id
    )
    assert (first.participant, first.counterpart) == (second.participant, second.counterpart)


def test_what_is_written_reads_back_as_pseudonymized_and_not_as_edited(tmp_path: Path) -> None:
    write(replaced(Asked(request(), attachments={"a.txt": b"Snils 95214771414"})).recording, tmp_path / "file")
    back = read(tmp_path / "file")
    assert back.header.pseudonymized
    assert back.notes == ()
    assert not back.missing_attachments()
    content = content_of(back.entries[0])
    assert content is not None
    assert (content.prefix, content[0].text == "952-147-714 14") == ("r", False)


def test_signatures_are_told_to_hold_no_longer() -> None:
    assert any("подписи" in note for note in replaced(Asked(request())).recording.notes)


# --- texts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "Заявитель Смирнов И. Д.",
        "Отказано Смирнову Ивану Дмитриевичу",
        "СНИЛС 95214771414",
        "СНИЛС 952-147-714 14, родился 10.03.1967",
        "паспорт 24 90 052797",
        "ИНН 379945132320",
        "звонить +7 910 123-45-67 или 8 (4932) 12-34-56",
        "писать на ivan@mail.ru",
        "живёт: ул. Прядильная, д. 12, кв. 22",
        "Петров Пётр Петрович сообщил",
        "участок 37:24:990112:83",
        "директор ООО «Шуйский хлеб-4»",
    ],
)
def test_a_text_loses_whom_it_names(written: str) -> None:
    other = text_of(replaced(Asked(request(written))), "Comment")
    assert other != written
    said_of_somebody = {
        *("Смирнов", "Смирнову", "Ивану", "Дмитриевичу", "95214771414", "952-147-714", "10.03.1967", "052797"),
        *("379945132320", "123-45-67", "12-34-56", "ivan@mail.ru", "Прядильная", "Петров", "Петрович", "хлеб-4"),
        *("37:24:990112:83",),
    }
    assert not [each for each in said_of_somebody if each in other]


@pytest.mark.parametrize(
    "written",
    ["Отдел ЗАГС г. Иваново", "сумма 1234567890.50 на 2013-03-04T10:00:00.000+04:00", "КБК 18811630000010000140"],
)
def test_a_text_that_names_nobody_stays(written: str) -> None:
    assert text_of(replaced(Asked(request(written))), "Comment") == written


def test_a_known_number_is_found_where_only_codes_should_be() -> None:
    content = '<R xmlns="urn:t"><Snils>95214771414</Snils><Status>95214771414</Status><Sum>37994513232</Sum></R>'
    made = replaced(Asked(content.encode()))
    assert text_of(made, "Status") == text_of(made, "Snils") != "95214771414"
    assert text_of(made, "Sum") == "37994513232"


def test_an_explanation_and_a_rejection_lose_whom_they_quote() -> None:
    rejected = Rejection(RejectCode.ACCESS_DENIED, "Смирнов не найден")
    status = RequestStatus(1, "по Смирнову", (("кто", "Смирнов"),))
    recording = recording_of(Asked(request(), (status, rejected), refused=""), Refused())
    quoting = dataclasses.replace(
        recording.entries[-1].entry, explanation=Explanation("xsd", "Смирнов", "«95214771414»", others=("Смирнов",))
    )
    last = dataclasses.replace(recording.entries[-1], entry=quoting)
    made = pseudonymize(dataclasses.replace(recording, entries=(*recording.entries[:-1], last)), KEY)
    everything = str(made.recording.entries[-1].entry.explanation)
    everything += "".join((each.entry.envelope or b"").decode() for each in made.recording.entries)
    assert "Смирнов" not in everything
    assert "95214771414" not in everything
    assert made.recording.entries[-1].entry.event is JournalEvent.REFUSED


def test_the_law_envelope_loses_its_people_and_stays_valid() -> None:
    envelope = LawEnvelope(
        case_number="37-2013-000001",
        service_code="M23",
        service_name="Аренда",
        register_number="",
        legal_basis="ст. 7 210-ФЗ",
        basic_resource="",
        contact="Гусева О. В., +7 910 123-45-67",
        official="Гусева Ольга Викторовна",
        post="Начальник отдела",
        phone="+7 910 123-45-67",
        email="guseva@city.ru",
        consent_on=None,
        consent_of="",
        applicant=Subject("95214771414", None, None),
    )
    asked = Asked(request(), options=Outgoing(business_process_metadata=write_law_envelope(envelope)))
    made = replaced(asked)
    assert made.unknown == ()
    root = next(parse(made.recording.entries[0].entry.envelope or b"").iter(LAW_ROOT))
    text = "".join(str(each) for each in root.itertext())
    assert not [each for each in ("Гусева", "123-45-67", "guseva", "95214771414", "000001") if each in text]
    assert "Начальник отдела" in text
    assert law_schema().violations(root) == ()


# --- what nobody knows -------------------------------------------------------------------------------------------


def test_an_unknown_field_is_listed_with_a_masked_sample() -> None:
    content = '<R xmlns="urn:t"><Person Nick="Ваня 7"><Pet>Рекс</Pet><Pet>Бим</Pet></Person></R>'.encode()
    made = replaced(Asked(content))
    assert made.unknown == (UnknownField("/R/Person/@Nick", 1, "xxxx 9"), UnknownField("/R/Person/Pet", 2, "xxxx"))


def test_a_known_name_is_replaced_in_an_unknown_field() -> None:
    content = '<R xmlns="urn:t"><FamilyName>Смирнов</FamilyName><Pet>Пёс Смирнова</Pet></R>'.encode()
    assert "Смирнов" not in text_of(replaced(Asked(content)), "Pet")


def test_a_comment_and_text_between_elements_are_no_hiding_place() -> None:
    content = '<R xmlns="urn:t"><!-- Смирнов --><FamilyName>Смирнов</FamilyName>Смирнов</R>'.encode()
    made = replaced(Asked(content))
    assert "Смирнов" not in (made.recording.entries[0].entry.envelope or b"").decode()
    assert [each.path for each in made.unknown] == ["/R"]


def test_a_certificate_is_taken_out_of_a_signature_that_stays() -> None:
    recording = recording_of(Asked(request()))
    signature = (
        b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignatureValue>c2ln</ds:SignatureValue>'
        b"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>TUlJ</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>"
    )
    entry = recording.entries[0].entry
    envelope = (entry.envelope or b"").replace(b"</r:Request>", signature + b"</r:Request>")
    first = dataclasses.replace(recording.entries[0], entry=dataclasses.replace(entry, envelope=envelope))
    made = pseudonymize(dataclasses.replace(recording, entries=(first, *recording.entries[1:])), KEY)
    assert (text_of(made, "SignatureValue"), text_of(made, "X509Certificate")) == ("c2ln", "")
    assert made.unknown == ()


def test_an_envelope_that_is_no_xml_is_told() -> None:
    recording = recording_of(Asked(request()))
    entry = dataclasses.replace(recording.entries[0].entry, envelope="<broken>Смирнов 95214771414".encode())
    broken = dataclasses.replace(recording.entries[0], entry=entry, seq=99)
    made = pseudonymize(dataclasses.replace(recording, entries=(*recording.entries, broken)), KEY)
    assert [each.count for each in made.unknown] == [1]
    text = (made.recording.entries[-1].entry.envelope or b"").decode()
    assert text.startswith("<broken>")
    assert "95214771414" not in text
    assert "Смирнов" not in text


def test_a_date_of_birth_in_parts_is_the_same_date() -> None:
    content = b'<R xmlns="urn:t"><birthDate><day>10</day><month>3</month><year>1967</year></birthDate></R>'
    whole = replaced(Asked(request()))
    parts = replaced(Asked(content))
    year, month, day = (int(text_of(parts, name)) for name in ("year", "month", "day"))
    assert f"{year}-{month:02d}-{day:02d}" == text_of(whole, "BirthDate")


# --- attachments -------------------------------------------------------------------------------------------------


def test_an_attachment_of_xml_and_of_text_is_replaced_as_content() -> None:
    attachments = {"Смирнов.xml": request(), "письмо.txt": "Смирнов, 95214771414".encode("cp1251")}
    recording = recording_of(Asked(request(), attachments=attachments))
    made = pseudonymize(recording, KEY)
    xml, text = made.recording.entries[0].attachments
    assert list(parse(made.recording.content(xml)).itertext()) == said_in(made)
    assert "Смирнов" not in xml.content_id
    assert xml.content_id.endswith(".xml")
    told = made.recording.content(text).decode("cp1251")
    assert told.endswith(text_of(made, "Snils").replace("-", "").replace(" ", ""))
    assert "Смирнов" not in told
    for each in (xml, text):
        content = made.recording.content(each)
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (each.sha256, each.size)


def said_in(made: Pseudonymized) -> list[str]:
    content = content_of(made.recording.entries[0])
    assert content is not None
    return [str(text) for text in content.itertext()]


@pytest.mark.parametrize("kept", [False, True])
def test_an_attachment_of_another_format_is_a_placeholder_unless_kept(kept: bool) -> None:
    pdf = b"%PDF-1.4\x00\x01 Smirnov"
    made = replaced(Asked(request(), attachments={"a.pdf": pdf, "b.pdf": pdf + b"2"}), keep_attachments=kept)
    first, second = (made.recording.content(each) for each in made.recording.entries[0].attachments)
    assert (first == pdf) is kept
    assert first != second
    assert kept or "Вместо вложения" in first.decode()
    assert any("заглушками: 2" in note for note in made.recording.notes) is not kept


def test_an_attachment_inside_the_envelope_is_replaced_too() -> None:
    recording = recording_of(Asked(request()))
    entry = recording.entries[0].entry
    inside = base64.b64encode("Смирнов".encode()).decode()
    basic = "urn://x-artefacts-smev-gov-ru/services/message-exchange/types/basic/1.2"
    listed = (
        f'<b:AttachmentContentList xmlns:b="{basic}"><b:AttachmentContent><b:Id>Смирнов.txt</b:Id>'
        f"<b:Content>{inside}</b:Content></b:AttachmentContent></b:AttachmentContentList>"
    )
    end = b"</ns2:SenderProvidedRequestData>"
    envelope = (entry.envelope or b"").replace(end, end + listed.encode())
    first = dataclasses.replace(recording.entries[0], entry=dataclasses.replace(entry, envelope=envelope))
    made = pseudonymize(dataclasses.replace(recording, entries=(first,)), KEY)
    name = base64.b64decode(text_of(made, "Content")).decode()
    assert name == text_of(made, "FamilyName")
    assert text_of(made, "Id") == f"{name}.txt"


def test_names_of_attachments_are_the_same_in_every_place() -> None:
    recording = recording_of(Asked(request(), attachments={"Смирнов.pdf": b"\x00"}))
    entry = recording.entries[0].entry
    basic = "urn://x-artefacts-smev-gov-ru/services/message-exchange/types/basic/1.2"
    listed = f'<b:AttachmentHeader xmlns:b="{basic}"><b:contentId>Смирнов.pdf</b:contentId></b:AttachmentHeader>'
    envelope = (entry.envelope or b"").replace(
        b"</MessagePrimaryContent>", b"</MessagePrimaryContent>" + listed.encode()
    )
    first = dataclasses.replace(recording.entries[0], entry=dataclasses.replace(entry, envelope=envelope))
    made = pseudonymize(dataclasses.replace(recording, entries=(first,)), KEY)
    assert text_of(made, "contentId") == made.recording.entries[0].attachments[0].content_id != "Смирнов.pdf"


def test_a_missing_attachment_is_told_as_everywhere() -> None:
    recording = dataclasses.replace(recording_of(Asked(request(), attachments={"a": b"1"})), contents={})
    with pytest.raises(RecordingError, match="a"):
        pseudonymize(recording, KEY)
