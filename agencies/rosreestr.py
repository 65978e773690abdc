"""Rosreestr: extracts from the register of real estate (ЕГРН).

The real kind answers with attachments after days; here the extract stands in the content (the comment in its
kind.toml says what is ours), but the intermediate answer comes first, as it does there.
"""

import zlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from agencies.answers import (
    Answer,
    Answered,
    Answers,
    Builder,
    InProgress,
    Question,
    Rejected,
    child,
    children,
    day,
    text,
)
from agencies.records import Estate, Right
from agencies.registers import World
from gateway.xml import Element

EGRN_STATEMENT: Final = "rosreestr/egrn-statement"

ACCEPTED: Final = 1
"""StatusCode of the intermediate answer, whose description is nothing but the number of the request."""

_egrn: Final = Builder("urn://x-artefacts-rosreestr-gov-ru/virtual-services/egrn-statement/1.1.2")


@dataclass(frozen=True, slots=True)
class Owner:
    """An owner as an extract names them; `share` reads "1/2", or is None for the whole."""

    family_name: str
    first_name: str
    patronymic: str | None
    birth_date: date | None
    snils: str
    share: str | None


@dataclass(frozen=True, slots=True)
class EgrnExtract:
    """What a requester reads from an extract: area in square metres, cadastral value in roubles."""

    request_number: str
    cadastral_number: str
    kind: str
    address: str
    area: Decimal
    value: Decimal
    owners: tuple[Owner, ...]


def egrn_statement(question: Question) -> tuple[Answer, ...]:
    """Answer a Request: first the number that it got here, then the extract or a rejection.

    A request that names no cadastral number, because its statement is in an attachment, is rejected at once
    with UNKNOWN_REQUEST_DESCRIPTION.
    """
    world, content = question.world, question.content
    cadastral_number = text(content, "CadastralNumber")
    if not cadastral_number:
        return (
            Rejected(
                "UNKNOWN_REQUEST_DESCRIPTION",
                "Заявление во вложении не читается: укажите кадастровый номер в элементе CadastralNumber",
            ),
        )
    number = _request_number(text(content, "externalNumber"), cadastral_number)
    return InProgress(ACCEPTED, number), _final(world, number, cadastral_number)


def egrn_request(cadastral_number: str, case_number: str) -> Element:
    """Build a Request of a public body of the region 37; `case_number` is at most 100 characters long."""
    return _egrn(
        "Request",
        [
            _egrn("region", "37"),
            _egrn("externalNumber", case_number),
            _egrn("senderType", "Vedomstvo"),
            _egrn("CadastralNumber", cadastral_number),
        ],
    )


def read_extract(content: Element) -> EgrnExtract | None:
    """Read a Response; None for one that tells only the number of the request.

    Raises: decimal.InvalidOperation where area or value is no number (its schema asks for one).
    """
    extract = child(content, "Extract")
    if extract is None:
        return None
    return EgrnExtract(
        request_number=text(content, "requestNumber"),
        cadastral_number=text(extract, "CadastralNumber"),
        kind=text(extract, "ObjectType"),
        address=text(extract, "Address"),
        area=Decimal(text(extract, "Area")),
        value=Decimal(text(extract, "CadastralValue")),
        owners=tuple(_read_owner(right) for right in children(extract, "Right")),
    )


def _final(world: World, number: str, cadastral_number: str) -> Answer:
    estate = world.estate(cadastral_number)
    if estate is None:
        return Rejected("NO_DATA", f"В ЕГРН нет объекта с кадастровым номером {cadastral_number}")
    return Answered(_egrn("Response", [_egrn("requestNumber", number), _extract(estate, world.today)]))


def _request_number(external_number: str, cadastral_number: str) -> str:
    # Made of the request itself: the same run must give the same journal, and no counter survives a restart.
    return f"37-{zlib.crc32(f'{external_number}/{cadastral_number}'.encode()):010d}"


def _extract(estate: Estate, today: date) -> Element:
    return _egrn(
        "Extract",
        [
            _egrn("ExtractDate", today),
            _egrn("CadastralNumber", estate.cadastral_number),
            _egrn("ObjectType", estate.kind),
            _egrn("Address", str(estate.address)),
            _egrn("Area", f"{estate.area:.1f}"),
            _egrn("CadastralValue", f"{estate.value:.2f}"),
            *(_right(right) for right in estate.rights),
        ],
    )


def _right(right: Right) -> Element:
    owner = right.owner
    return _egrn(
        "Right",
        [
            _egrn("RightType", right.kind),
            None if right.share is None else _egrn("Share", right.share),
            _egrn("RegistrationNumber", right.number),
            _egrn("RegistrationDate", right.registered),
            _egrn(
                "Owner",
                [
                    _egrn("FamilyName", owner.family_name),
                    _egrn("FirstName", owner.first_name),
                    None if owner.patronymic is None else _egrn("Patronymic", owner.patronymic),
                    _egrn("BirthDate", owner.birth_date),
                    _egrn("Snils", owner.snils),
                ],
            ),
        ],
    )


def _read_owner(right: Element) -> Owner:
    owner = child(right, "Owner")
    return Owner(
        family_name=text(owner, "FamilyName"),
        first_name=text(owner, "FirstName"),
        patronymic=text(owner, "Patronymic") or None,
        birth_date=day(text(owner, "BirthDate")),
        snils=text(owner, "Snils"),
        share=text(right, "Share") or None,
    )


ANSWERS: Final[Answers] = {EGRN_STATEMENT: egrn_statement}
