"""The sorts of personal values, and what replaces each: what fields.toml and own rules choose from."""

from collections.abc import Mapping
from typing import Final

from gateway.recording.pseudonyms import contacts, firms, names, numbers, places, shapes
from gateway.recording.pseudonyms.secret import Secret
from gateway.recording.pseudonyms.shapes import Look


def _number(sort: str) -> Look:
    return lambda secret, text: shapes.shaped(secret, sort, text)


def _behind(keep: int, sort: str) -> Look:
    return lambda secret, text: shapes.after(keep, secret, sort, text)


def _digits(secret: Secret, text: str) -> str:
    return shapes.digits_shaped(secret, "digits", text)


PERSONAL: Final[Mapping[str, Look]] = {
    "surname": names.surname,
    "first-name": names.first_name,
    "patronymic": names.patronymic,
    "full-name": names.full_name,
    "party": firms.party,
    "firm": firms.firm,
    "snils": numbers.snils,
    "inn": numbers.inn,
    "ogrn": numbers.ogrn,
    "kpp": numbers.kpp,
    "uin": numbers.uin,
    "payer": numbers.payer,
    "series": shapes.series,
    "document": _number("document"),
    "series-and-number": shapes.series_and_number,
    "digits": _digits,
    "last-number": shapes.last_number,
    "policy": _number("policy"),
    "plate": shapes.plate,
    "vin": shapes.vin,
    "account": _behind(8, "account"),
    "birth-date": contacts.birth_date,
    "phone": contacts.phone,
    "email": contacts.email,
    "address": places.address,
    "street": places.street,
    "house": places.house,
    "flat": places.flat,
    "index": places.postal_index,
    "kladr": _behind(11, "kladr"),
    "cadastral": shapes.by_cadastre,
    "uuid": contacts.uuid,
    "id": contacts.free_id,
    "file-name": contacts.file_name,
}
"""Sort -> what replaces a value of it; docs/reference/pseudonyms.md says what becomes what."""

NAMES: Final = frozenset({"surname", "first-name", "patronymic", "full-name", "party"})
"""Sorts that tell what people are called."""

TEXT: Final = "text"
"""Free text: what is known from other fields, and what is known by its looks, is replaced inside."""

BASE64: Final = "base64"
"""Such a text in base64."""

CONTENT: Final = "content"
"""An attachment in base64."""

SECRET: Final = "secret"  # noqa: S105 - the name of a sort
"""A password: emptied, as a certificate is."""

KEPT: Final = "kept"
"""Codes, dates of documents, amounts, statuses, classifications, names of agencies."""

SORTS: Final = frozenset({*PERSONAL, TEXT, BASE64, CONTENT, SECRET, KEPT})
