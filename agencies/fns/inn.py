"""Taxpayer numbers (ИНН) of persons: by passport, and by name and birth date alone."""

from typing import Final

from agencies.answers import Answer, Answered, Builder, Question, attribute, child, day, text
from agencies.fns.people import NOT_FOUND, PASSPORT_CODE, SEVERAL, holder, named_in_russian, paper_of
from agencies.world import Body, Identity
from gateway.xml import Element

INN_BY_PERSON: Final = "fns/inn-by-person"
INN_BY_NAME: Final = "fns/inn-by-name"

_singular: Final = Builder("urn://x-artefacts-fns-inn-singular/root/270-18/4.0.1")
_commons: Final = Builder("urn://x-artefacts-fns-inn/commons/4.0.0")
_by_name: Final = Builder("urn://x-artefacts-fns-innfdrfio/root/085-05/4.0.0")


def inn_by_person(question: Question) -> tuple[Answer, ...]:
    """Answer an FNSINNSingularRequest: name, birth date and passport must all belong to one person."""
    asked = child(question.content, "СведФЛ")
    paper = child(asked, "УдЛичнФЛ")
    person = None
    if attribute(paper, "КодВидДок") == PASSPORT_CODE:
        named = named_in_russian(child(asked, "ФИО"), attribute(asked, "ДатаРожд"))
        person = holder(question.world, named, attribute(paper, "СерНомДок"))
    request_id = question.content.get("ИдЗапрос")
    if person is None or person.inn is None:
        answer = _singular("FNSINNSingularResponse", [_singular("КодОбр", NOT_FOUND)], ИдЗапрос=request_id)
    else:
        answer = _singular("FNSINNSingularResponse", ИдЗапрос=request_id, ИННФЛ=person.inn)
    return (Answered(answer),)


def inn_request(who: Identity, request_id: str, asker: Body) -> Element:
    """Build an FNSINNSingularRequest about `who` for the body `asker`; `request_id` at most 36 long."""
    about: list[Element | None] = [
        _commons("ФИО", Фамилия=who.family_name, Имя=who.first_name, Отчество=who.patronymic),
        _commons("УдЛичнФЛ", КодВидДок=PASSPORT_CODE, СерНомДок=paper_of(who)),
    ]
    return _singular(
        "FNSINNSingularRequest",
        [
            _singular("СведЮЛ", НаимОрг=asker.name, ИННЮЛ=asker.inn, ОГРН=asker.ogrn),
            _singular("СведФЛ", about, ДатаРожд=who.birth_date),
        ],
        ИдЗапрос=request_id,
    )


def read_inn(content: Element) -> str | None:
    """Read the ИНН from an FNSINNSingularResponse; None when nobody was found."""
    return attribute(content, "ИННФЛ") or None


def inn_by_name(question: Question) -> tuple[Answer, ...]:
    """Answer an INNFDRFIORequest; namesakes born on one day get nobody's ИНН."""
    asked = child(question.content, "DataPersonRequest")
    born = day(attribute(asked, "BirthDate"))
    family_name, first_name = attribute(asked, "FamilyName"), attribute(asked, "FirstName")
    patronymic = text(asked, "Patronymic")
    found = () if born is None else question.world.persons_by_name(family_name, first_name, patronymic, born)
    inn = found[0].inn if len(found) == 1 else None
    told = (
        _by_name("TreatmentCode", SEVERAL if len(found) > 1 else NOT_FOUND)
        if inn is None
        else _by_name("PhysicalPersonINN", inn)
    )
    request_id = question.content.get("IDRequest")
    return (Answered(_by_name("INNFDRFIOResponse", [told], IDRequest=request_id)),)
