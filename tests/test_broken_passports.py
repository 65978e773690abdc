"""Broken passports: path:line, what was expected and found, and what to do."""

from pathlib import Path
from typing import Any

import pytest

from gateway.library.passports import PassportError, Written, load_passports
from tests.passport_files import DOCUMENT, based, shipped_kinds, shipped_passports, write_passport

KINDS = shipped_kinds()


def broken(*folders: Path) -> PassportError:
    with pytest.raises(PassportError) as caught:
        shipped_passports(*folders)
    return caught.value


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('"Своя услуга"', '"Своя услуга', 2, "Illegal character"),
        ('code = "MY-1"\n', "", 1, "нет ключа code"),
        ('"MY-1"', '"my 1"', 1, "code: ожидалось прописные латинские буквы"),
        ('"MY-1"', '"R01"', 1, "паспорт услуги R01 уже есть"),
        ('"Своя услуга"', "7", 2, "name: ожидалось строка текста, найдено 7"),
        ('"Своя услуга"', '" "', 2, "name: ожидалось строка текста"),
        ('"Своя услуга"', r'"a\u0007"', 2, "name: ожидалось строка текста"),
        ('"municipal"', '"municpal"', 3, "найдено 'municpal' (может быть, 'municipal'?)"),
        ("body =", "boddy =", 4, "неизвестный ключ 'boddy' (может быть, 'body'?)"),
        ('["citizen"]', '["citizn"]', 5, "(может быть, 'citizen'?)"),
        ('["citizen"]', '"citizen"', 5, "applicants: ожидалось список строк"),
        ('"30 calendar days"', '"a month"', 6, "term: ожидалось срок"),
        ('"30 calendar days"', "30", 6, "term: ожидалось строка текста"),
        ("\n[terms", '\nterm_from = "answers"\n[terms', 8, "210-ФЗ, ст. 7.1, 7.2, ст. 14"),
        ("\n[terms", '\nterm_from = "aswers"\n[terms', 8, "(может быть, 'answers'?)"),
        ('"fns/egrul" = "1 working day"', '"fns/egrl" = "1 working day"', 9, "(может быть, 'fns/egrul'?)"),
        ('"1 working day"', '"soon"', 9, "fns/egrul: ожидалось срок"),
        ('"application"', '"Application"', 12, "code: ожидалось строчные латинские буквы"),
        ('"personal"\nnot_held', '"persnal"\nnot_held', 14, "(может быть, 'personal'?)"),
        ("not_held = true", "", 14, "без пункта (210-ФЗ, ст. 14 п. 6)"),
        ("not_held = true", "not_held = 1", 15, "not_held: ожидалось true, false"),
        ("not_held = true", "not_hld = true", 15, "неизвестный ключ 'not_hld' (может быть, 'not_held'?)"),
        ("item = 3", "item = 20", 21, "item = 20 (210-ФЗ, ст. 14 п. 6)"),
        ("item = 3", "item = 0", 21, "item = 0"),
        ("item = 3", "item = true", 21, "item: ожидалось целое число"),
        ("until = 2018-10-01", "until = 2019-10-01", 27, "с 01.10.2018 — и personal, и interagency"),
        ("until = 2018-10-01", "since = 2018-10-01\nuntil = 2018-10-01", 23, "день после since"),
        ("until = 2018-10-01", "until = 2018-10-01T00:00:00", 22, "until: ожидалось день"),
        ("until = 2018-10-01", 'until = "1.10.2018"', 22, "until: ожидалось день"),
        ('kind = "zags/birth"\n', "", 27, "без вида сведений"),
        ('"zags/birth"', '"zags/brith"', 28, "неизвестный вид сведений 'zags/brith' (может быть, 'zags/birth'?)"),
        ('kind = "zags/birth"', 'kind = "zags/birth"\nitem = 3', 29, "его класс interagency"),
        ('"egrul-extract"', '"birth-certificate"', 32, "birth-certificate дважды на одну дату"),
        ('code = "MY-1"', 'code = "MY-1"\nbased_on = "R66"', 2, "based_on: нет услуги 'R66'"),
        ('code = "MY-1"', 'code = "MY-1"\nbased_on = "MY-1"', 2, "по кругу: MY-1 → MY-1"),
        ('code = "MY-1"', f'code = {"9" * 5000}', 1, ""),
        ('code = "MY-1"', f"code = {'[' * 5000}", 1, ""),
    ],
)  # fmt: skip
def test_a_broken_passport_is_refused_with_its_line(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    path = write_passport(tmp_path, old, new)
    error = broken(tmp_path)
    assert error.where == f"{path}:{line}", error
    assert words in str(error)
    assert str(error).startswith(f"{path}:{line}: ")


def test_two_passports_of_one_code_are_refused(tmp_path: Path) -> None:
    first = write_passport(tmp_path, name="a.toml")
    second = write_passport(tmp_path, name="b.toml")
    error = broken(tmp_path)
    assert error.where == f"{second}:1"
    assert f"{first}:1" in error.message
    assert "based_on" in error.advice


def test_passports_in_a_circle_are_refused(tmp_path: Path) -> None:
    for code, base in (("A", "B"), ("B", "C"), ("C", "A")):
        (tmp_path / f"{code}.toml").write_text(based(code, base), encoding="utf-8")
    error = broken(tmp_path)
    assert error.where == f"{tmp_path / 'A.toml'}:8"
    assert "A → B → C → A" in error.message


def test_a_passport_without_documents_is_refused(tmp_path: Path) -> None:
    text = based("A", "R01").replace('based_on = "R01"\n', "")
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    assert "нет ни одного документа" in broken(tmp_path).message


def test_too_many_documents_are_refused(tmp_path: Path) -> None:
    more = "".join(
        f'[[documents]]\ncode = "d-{n}"\nname = "D"\nclass = "personal"\nitem = 1\n' for n in range(200)
    )  # fmt: skip
    path = write_passport(tmp_path, "[[documents]]", f"{more}[[documents]]")
    assert broken(tmp_path).where == f"{path}:{11 + 5 * 200}"


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    assert str(broken(tmp_path / "gone")).startswith(f"{tmp_path / 'gone'}:1: нет такой папки")
    (tmp_path / "a.toml").mkdir()
    assert broken(tmp_path).where == f"{tmp_path / 'a.toml'}:1"


def test_a_file_of_a_megabyte_is_not_even_parsed(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"#" * (1024**2 + 1))
    assert "длиннее 1024 КиБ" in broken(tmp_path).message


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[[term]]", 1, "неизвестный ключ 'term' (может быть, 'terms'?)"),
        ('[[terms]]\nkind = "*"', 1, "нет ключа term"),
        ('[[terms]]\nkind = "*"\nterm = "2 weeks"', 3, "term: ожидалось срок"),
        ('[[terms]]\nkind = "*"\nterm = "48 hours"\n[[terms]]\nkind = 1', 5, "kind: ожидалось строка"),
    ],
)
def test_broken_terms_are_refused_with_their_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    (tmp_path / "terms.toml").write_text(text, encoding="utf-8")
    error = broken(tmp_path)
    assert error.where == f"{tmp_path / 'terms.toml'}:{line}", error
    assert words in error.message


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"term": "soon"}, "term"),
        ({"colour": "red"}, "colour"),
        ({"documents": []}, "documents"),
        ({"documents": {}}, "documents"),
        ({"documents": [{"code": "a", "name": "A", "class": "interagency"}]}, "documents.0.class"),
        ({"documents": [{"code": "a", "name": "A", "class": "personal", "item": 99}]}, "documents.0.item"),
        ({"terms_to_answer": {"no/kind": "1 hour"}}, "terms_to_answer.no/kind"),
        ({"name": "\ud800"}, "name"),
    ],
)
def test_json_is_refused_with_the_path_of_the_value(changes: dict[str, Any], where: str) -> None:
    with pytest.raises(PassportError) as caught:
        Written.read({**DOCUMENT, **changes}, KINDS)
    assert caught.value.where == where


def test_nothing_changes_when_one_of_several_is_refused(tmp_path: Path) -> None:
    passports = load_passports(library=KINDS)
    good = Written.read(write_passport(tmp_path), KINDS)
    (tmp_path / "heir.toml").write_text(based("HEIR", "GONE"), encoding="utf-8")
    with pytest.raises(PassportError, match="GONE"):
        passports.add(good, Written.read(tmp_path / "heir.toml", KINDS))
    assert passports.codes == ()
