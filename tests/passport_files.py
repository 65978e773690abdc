"""A small passport on disk, for tests to load and to break."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from gateway import library
from gateway.data_files import data_folder
from gateway.library import Library
from gateway.library.passports import Passports, load_passports

SHIPPED: Final = data_folder("agencies") / "services"

PASSPORT: Final = """\
code = "MY-1"
name = "Своя услуга"
level = "municipal"
body = "Администрация"
applicants = ["citizen"]
term = "30 calendar days"

[terms_to_answer]
"fns/egrul" = "1 working day"

[[documents]]
code = "application"
name = "Заявление"
class = "personal"
not_held = true

[[documents]]
code = "birth-certificate"
name = "Свидетельство о рождении"
class = "personal"
item = 3
until = 2018-10-01

[[documents]]
code = "birth-certificate"
name = "Свидетельство о рождении"
class = "interagency"
kind = "zags/birth"
since = 2018-10-01

[[documents]]
code = "egrul-extract"
name = "Выписка из ЕГРЮЛ"
class = "interagency"
kind = "fns/egrul"
"""

DOCUMENT: Final[Mapping[str, Any]] = {
    "code": "MY-1",
    "name": "Своя услуга",
    "level": "municipal",
    "body": "Администрация",
    "term": "30 calendar days",
    "documents": [
        {"code": "application", "name": "Заявление", "class": "personal", "not_held": True},
        {"code": "egrul-extract", "name": "Выписка", "class": "interagency", "kind": "fns/egrul"},
    ],
}
"""A passport as JSON."""


def shipped_kinds() -> Library:
    return library.load(shipped=data_folder("schemas") / "kinds")


def shipped_passports(*folders: Path) -> Passports:
    return load_passports(*folders, library=shipped_kinds(), shipped=SHIPPED)


def write_passport(folder: Path, old: str = "", new: str = "", name: str = "mine.toml") -> Path:
    """Write the passport with a text replaced; it must be there."""
    assert old in PASSPORT
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PASSPORT.replace(old, new, 1) if old else PASSPORT, encoding="utf-8")
    return path


def based(code: str, base: str) -> str:
    """Return a passport that inherits all its documents."""
    head = PASSPORT.partition("[terms_to_answer]")[0].replace("MY-1", code)
    return f'{head}based_on = "{base}"\n'
