"""Passports of one's own: read from folders, based on others, with terms of their own."""

from datetime import date
from pathlib import Path

import pytest

from gateway.domain.services import DEFAULT_TERM_TO_SEND, DocumentClass, Level
from gateway.domain.working_time import Term
from gateway.library.passports import PassportError, Written, load_passports
from tests.passport_files import DOCUMENT, PASSPORT, based, shipped_kinds, shipped_passports, write_passport

DAY = date(2013, 3, 1)


def test_a_passport_of_a_folder_stands_beside_those_that_ship(tmp_path: Path) -> None:
    path = write_passport(tmp_path, name="deep/er/mine.toml")
    write_passport(tmp_path, name=".hidden/mine.toml")
    passports = shipped_passports(tmp_path)
    mine = passports.by_code("MY-1")
    assert mine is not None
    assert (mine.name, mine.level, mine.body) == ("Своя услуга", Level.MUNICIPAL, "Администрация")
    assert (mine.term, mine.term_to_send) == (Term.parse("30 calendar days"), DEFAULT_TERM_TO_SEND)
    assert [each.code for each in mine.to_fetch(DAY)] == ["egrul-extract"]
    assert [each.code for each in mine.to_fetch(date(2018, 10, 1))] == ["birth-certificate", "egrul-extract"]
    assert mine.to_fetch(DAY)[0].holder == "ФНС России", "the owner of the kind holds it unless the passport says else"
    assert passports.file_of("MY-1") == path
    assert not passports.is_shipped("MY-1")
    assert passports.is_shipped("R01")
    assert len(passports) == 94
    assert mine in list(passports)


def test_a_service_that_nobody_knows_is_none() -> None:
    assert shipped_passports().by_code("R66") is None


def test_json_says_the_same() -> None:
    passport = Written.read({**DOCUMENT, "documents": [*DOCUMENT["documents"]]}, shipped_kinds()).passport
    assert [each.document_class for each in passport.documents] == [DocumentClass.PERSONAL, DocumentClass.INTERAGENCY]
    document = {**DOCUMENT["documents"][0], "since": "2013-01-01"}
    dated = Written.read({**DOCUMENT, "documents": [document]}, shipped_kinds()).passport
    assert dated.documents[0].since == date(2013, 1, 1)


def test_documents_are_inherited_and_replaced(tmp_path: Path) -> None:
    write_passport(tmp_path, 'code = "MY-1"', 'code = "MY-1"\nbased_on = "R01"')
    (tmp_path / "heir.toml").write_text(based("MY-2", "MY-1"), encoding="utf-8")
    passports = shipped_passports(tmp_path)
    base, mine, heir = (passports.by_code(code) for code in ("R01", "MY-1", "MY-2"))
    assert base is not None
    assert mine is not None
    assert heir is not None
    assert {each.code for each in mine.documents} == {each.code for each in base.documents} | {"egrul-extract"}
    assert sum(each.code == "application" for each in mine.documents) == 1
    assert heir.documents == mine.documents
    assert passports.based_on("MY-1") == ("MY-2",)


def test_the_terms_of_the_service_beat_those_of_the_kind_and_those_the_default(tmp_path: Path) -> None:
    write_passport(tmp_path)
    (tmp_path / "terms.toml").write_text(
        '[[terms]]\nkind = "*"\nterm = "48 hours"\nsince = 2022-01-01\n\n'
        '[[terms]]\nkind = "fns/egrul"\nterm = "3 working days"\nsince = 2012-01-01\nuntil = 2020-01-01\n\n'
        '[[terms]]\nkind = "fns/egrul"\nterm = "2 working days"\nsince = 2014-01-01\nuntil = 2020-01-01\n',
        encoding="utf-8",
    )
    passports = shipped_passports(tmp_path)
    mine = passports.by_code("MY-1")
    told = {
        (kind, day.year, own): str(passports.term_to_answer(kind, day, mine if own else None))
        for kind in ("fns/egrul", "fns/egrip", "rosreestr/egrn-statement")
        for day in (DAY, date(2014, 1, 1), date(2022, 1, 1))
        for own in (True, False)
    }
    assert told["fns/egrul", 2013, True] == "1 working day"
    assert told["fns/egrul", 2013, False] == "3 working days"
    assert told["fns/egrul", 2014, False] == "2 working days"
    assert told["fns/egrul", 2022, False] == "48 hours"
    assert told["fns/egrip", 2014, True] == "5 working days"
    assert told["fns/egrip", 2022, True] == "48 hours"
    assert told["rosreestr/egrn-statement", 2022, False] == "3 working days", "it has an entry of its own"


def test_passports_come_and_go(tmp_path: Path) -> None:
    passports, kinds = shipped_passports(), shipped_kinds()
    written = Written.read(write_passport(tmp_path), kinds)
    passports.rehearse(written)
    assert passports.by_code("MY-1") is None
    passports.add(written)
    assert passports.by_code("MY-1") == written.passport
    with pytest.raises(PassportError, match="MY-1"):
        passports.add(written)
    passports.remove("MY-1")
    assert passports.by_code("MY-1") is None
    with pytest.raises(KeyError):
        passports.remove("R01")


def test_a_folder_without_those_that_ship_stands_alone(tmp_path: Path) -> None:
    write_passport(tmp_path)
    assert load_passports(tmp_path, library=shipped_kinds()).codes == ("MY-1",)
    assert PASSPORT.startswith('code = "MY-1"')
