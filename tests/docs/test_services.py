"""docs/reference/services.md: its examples load, and its tables are complete."""

import re
from datetime import date
from pathlib import Path
from typing import Final

from gateway.library.passports import reading
from tests.docs.pages import ROOT, code_block
from tests.passport_files import shipped_passports

PATH: Final = ROOT / "docs" / "reference" / "services.md"
PAGE: Final = PATH.read_text(encoding="utf-8")


def test_the_examples_load(tmp_path: Path) -> None:
    (tmp_path / "my-service.toml").write_text(code_block(PATH, "toml", 'code = "IVANOVO-1"'), encoding="utf-8")
    (tmp_path / "terms.toml").write_text(code_block(PATH, "toml", "[[terms]]"), encoding="utf-8")
    passports = shipped_passports(tmp_path)
    passport = passports.by_code("IVANOVO-1")
    assert passport is not None
    day = date(2023, 3, 1)
    assert [each.code for each in passport.to_fetch(day)] == ["egrn-extract"]
    assert str(passports.term_to_answer("rosreestr/egrn-statement", day, passport)) == "2 working days"
    assert str(passports.term_to_answer("fns/egrul", day, passport)) == "48 hours"


def test_the_tables_name_every_key() -> None:
    of_passport, of_document = PAGE.split("| key of a document |")
    assert set(re.findall(r"`(\w+)`", "".join(_first_cells(of_passport.split("| key |")[1])))) == set(reading.KEYS)
    assert set(re.findall(r"`(\w+)`", "".join(_first_cells(of_document)))) == set(reading.DOCUMENT_KEYS)


def _first_cells(table: str) -> list[str]:
    return re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE)
