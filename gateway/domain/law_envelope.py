"""The law envelope (schemas/law): what 210-FZ, Art. 7.2 wants a request to say, inside BusinessProcessMetadata."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from lxml import etree

from gateway.domain.cases import Subject
from gateway.domain.once_only.events import LawEnvelope
from gateway.xml import Element, name_of, source

LAW: Final = "urn://mock-smev/law/1.0.0"
"""Namespace of the law envelope."""

LAW_ROOT: Final = f"{{{LAW}}}LawEnvelope"


def find_law_envelope(metadata: Iterable[Element]) -> Element | None:
    """Return the law envelope among the children of BusinessProcessMetadata."""
    return next((child for child in metadata if child.tag == LAW_ROOT), None)


def read_law_envelope(element: Element) -> LawEnvelope:
    """Read a law envelope that follows its schema."""
    said = {path: text for path, text in _texts(element) if text}
    given = said.get("Consent/Date")
    snils, inn, ogrn = said.get("Applicant/Snils"), said.get("Applicant/Inn"), said.get("Applicant/Ogrn")
    return LawEnvelope(
        case_number=said.get("CaseNumber", ""),
        service_code=said.get("Service/Code", ""),
        service_name=said.get("Service/Name", ""),
        register_number=said.get("Service/RegisterNumber", ""),
        legal_basis=said.get("LegalBasis", ""),
        basic_resource=said.get("BasicResource", ""),
        contact=said.get("Contact", ""),
        official=said.get("Official/FullName", ""),
        post=said.get("Official/Post", ""),
        phone=said.get("Official/Phone", ""),
        email=said.get("Official/Email", ""),
        consent_on=date.fromisoformat(given[:10]) if given else None,
        consent_of=said.get("Consent/Of", ""),
        applicant=Subject(snils, inn, ogrn) if snils or inn or ogrn else None,
    )


def _texts(element: Element, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield what stands below an element: the path, without namespaces, and the text of each element."""
    for child in element.iterchildren(f"{{{LAW}}}*"):
        step = path + name_of(child)[1]
        yield step, (child.text or "").strip()
        yield from _texts(child, f"{step}/")


def write_law_envelope(said: LawEnvelope) -> bytes:
    """Return the element as it stands in BusinessProcessMetadata."""
    root = etree.Element(LAW_ROOT, nsmap={"law": LAW})
    _leaf(root, "CaseNumber", said.case_number)
    _block(root, "Service", Code=said.service_code, Name=said.service_name, RegisterNumber=said.register_number)
    who = said.applicant or Subject()
    _block(root, "Applicant", Snils=who.snils, Inn=who.inn, Ogrn=who.ogrn)
    _leaf(root, "LegalBasis", said.legal_basis)
    _leaf(root, "BasicResource", said.basic_resource)
    _leaf(root, "Contact", said.contact)
    _block(root, "Official", FullName=said.official, Post=said.post, Phone=said.phone, Email=said.email)
    given = None if said.consent_on is None else said.consent_on.isoformat()
    _block(root, "Consent", Date=given, Of=said.consent_of)
    return source(root)


def _block(parent: Element, name: str, **leaves: str | None) -> None:
    first = next(iter(leaves.values()))
    if not first and name != "Applicant":
        return  # without its mandatory leaf there is no block
    block = etree.Element(f"{{{LAW}}}{name}")
    for leaf, value in leaves.items():
        _leaf(block, leaf, value)
    if len(block):
        parent.append(block)


def _leaf(parent: Element, name: str, value: str | None) -> None:
    if value:
        etree.SubElement(parent, f"{{{LAW}}}{name}").text = value
