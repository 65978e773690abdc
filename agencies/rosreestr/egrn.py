"""Extracts from the register of real estate (ЕГРН).

The real kind answers with a signed zip after days; here the extract stands in the content, too (the comment in its
kind.toml says what is ours), and the intermediate answer comes first, as it does there.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from agencies.answers import (
    Answer,
    Answered,
    Builder,
    InProgress,
    Paper,
    Question,
    Rejected,
    child,
    children,
    day,
    text,
)
from agencies.rosreestr.orders import ACCEPTED, Holder, holders_of, request_number
from agencies.world import Encumbrance, Estate, Person, World
from gateway.xml import Element, source

EGRN_STATEMENT: Final = "rosreestr/egrn-statement"

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
    """What a requester reads from an extract: area in square metres, cadastral value in roubles.

    `owners` are persons; `organizations` are the names of firms and public bodies that own; `encumbrances` are the
    kinds of those in force. `purpose` and `category` (of land) are "" where the register does not tell them.
    """

    request_number: str
    cadastral_number: str
    kind: str
    address: str
    area: Decimal
    value: Decimal
    owners: tuple[Owner, ...]
    organizations: tuple[str, ...] = ()
    encumbrances: tuple[str, ...] = ()
    purpose: str = ""
    category: str = ""


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
    number = request_number(text(content, "externalNumber"), cadastral_number)
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
    rights = children(extract, "Right")
    return EgrnExtract(
        request_number=text(content, "requestNumber"),
        cadastral_number=text(extract, "CadastralNumber"),
        kind=text(extract, "ObjectType"),
        address=text(extract, "Address"),
        area=Decimal(text(extract, "Area")),
        value=Decimal(text(extract, "CadastralValue")),
        owners=tuple(_read_owner(right) for right in rights if child(right, "Owner") is not None),
        organizations=tuple(filter(None, (text(right, "Organization", "Name") for right in rights))),
        encumbrances=tuple(text(node, "EncumbranceType") for node in children(extract, "Encumbrance")),
        purpose=text(extract, "Purpose"),
        category=text(extract, "LandCategory"),
    )


def _final(world: World, number: str, cadastral_number: str) -> Answer:
    estate = world.estate(cadastral_number)
    if estate is None:
        return Rejected("NO_DATA", f"В ЕГРН нет объекта с кадастровым номером {cadastral_number}")
    extract = _extract(world, estate)
    paper = Paper(f"extract-{number}", source(extract), world.today)
    return Answered(_egrn("Response", [_egrn("requestNumber", number), extract]), (paper,))


def _extract(world: World, estate: Estate) -> Element:
    in_force = [item for item in estate.encumbrances if item.until is None or item.until >= world.today]
    return _egrn(
        "Extract",
        [
            _egrn("ExtractDate", world.today),
            _egrn("CadastralNumber", estate.cadastral_number),
            _egrn("ObjectType", estate.kind),
            _egrn("Address", str(estate.address)),
            _egrn("Purpose", estate.purpose) if estate.purpose else None,
            _egrn("LandCategory", estate.category) if estate.category else None,
            _egrn("Area", f"{estate.area:.1f}"),
            _egrn("CadastralValue", f"{estate.value:.2f}"),
            *(_right(holder) for holder in holders_of(world, estate)),
            *(_encumbrance(item) for item in in_force),
        ],
    )


def _right(holder: Holder) -> Element:
    return _egrn(
        "Right",
        [
            _egrn("RightType", holder.kind),
            None if holder.share is None else _egrn("Share", holder.share),
            _egrn("RegistrationNumber", holder.number),
            _egrn("RegistrationDate", holder.registered),
            _organization(holder) if holder.person is None else _person(holder.person),
        ],
    )


def _person(owner: Person) -> Element:
    return _egrn(
        "Owner",
        [
            _egrn("FamilyName", owner.family_name),
            _egrn("FirstName", owner.first_name),
            None if owner.patronymic is None else _egrn("Patronymic", owner.patronymic),
            _egrn("BirthDate", owner.birth_date),
            _egrn("Snils", owner.snils),
        ],
    )


def _organization(holder: Holder) -> Element:
    ogrn = _egrn("Ogrn", holder.ogrn) if holder.ogrn else None
    return _egrn("Organization", [_egrn("Name", holder.name), ogrn])


def _encumbrance(item: Encumbrance) -> Element:
    return _egrn(
        "Encumbrance",
        [
            _egrn("EncumbranceType", item.kind),
            _egrn("RegistrationNumber", item.number),
            _egrn("RegistrationDate", item.since),
            _egrn("InFavourOf", item.in_favour_of),
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
