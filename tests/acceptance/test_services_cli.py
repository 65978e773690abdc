"""`mock-smev services` as a person types it, against a gateway on a real socket."""

import re
from pathlib import Path

import pytest

from gateway.app import Gateway
from tests.acceptance.command_line import run
from tests.acceptance.conftest import Start
from tests.passport_files import based, write_passport

NOWHERE = ("--url", "http://127.0.0.1:9")


async def test_a_passport_is_checked_added_shown_and_removed(gateway: Gateway, tmp_path: Path) -> None:
    at, path = ("--url", gateway.url), str(write_passport(tmp_path))
    checked = await run("services", "check", path)
    assert (checked.code, checked.output) == (0, "паспортов без ошибок: 1\n")
    added = await run("services", "add", path, *at)
    assert (added.code, added.errors, added.output) == (0, "", "добавлен MY-1 — Своя услуга\n")
    listed = await run("services", "list", *at)
    assert re.search(r"MY-1 +municipal +added +30 calendar days +Своя услуга", listed.output)
    assert re.search(r"R01 +regional +shipped +10 working days", listed.output)
    removed = await run("services", "remove", "MY-1", *at)
    assert (removed.code, removed.output) == (0, "убран MY-1\n")
    again = await run("services", "remove", "MY-1", *at)
    assert again.code == 1
    assert "услуги 'MY-1' нет" in again.errors


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2013-03-01", r"birth-certificate +личный +ст. 7 ч. 6 п. 3 +до 2018-10-01"),
        ("2019-03-01", r"birth-certificate +межвед\. +zags/birth +с 2018-10-01 *\n.*ФНС России \(ЕГР ЗАГС\) +ответ: 5"),
    ],
)
async def test_the_split_of_a_day_is_shown(gateway: Gateway, day: str, expected: str) -> None:
    shown = await run("services", "show", "R01", "--date", day, "--url", gateway.url)
    assert (shown.code, shown.errors) == (0, "")
    assert shown.output.startswith("R01 — Назначение и выплата ежемесячного пособия на ребенка\n")
    assert "срок: 10 working days" in shown.output
    assert "general knowledge" in shown.output
    assert re.search(expected, shown.output), shown.output
    assert shown.output.count("birth-certificate") == 1
    assert re.search(r"application +личный +нет ни у кого", shown.output)


async def test_all_dates_are_shown_in_english(gateway: Gateway) -> None:
    shown = await run("services", "show", "R01", "--url", gateway.url, MOCK_SMEV_LANG="en")
    assert shown.output.startswith("R01 — Monthly child allowance\n")
    assert shown.output.count("birth-certificate") == 2
    assert re.search(r"birth-certificate +inter-agency +zags/birth +since 2018-10-01", shown.output)


async def test_mistakes_in_files_are_told_with_their_lines(gateway: Gateway, tmp_path: Path) -> None:
    bad = write_passport(tmp_path, '"zags/birth"', '"zags/brith"', name="bad.toml")
    good = write_passport(tmp_path, name="good.toml")
    refused = await run("services", "add", str(bad), "--url", gateway.url)
    assert refused.code == 1
    assert f"{bad}:28: неизвестный вид сведений 'zags/brith' (может быть, 'zags/birth'?)" in refused.errors
    assert refused.errors.count("\n") == 1
    checked = await run("services", "check", str(good), str(bad), str(tmp_path / "gone.toml"))
    assert checked.code == 1
    assert f"{bad}:28: " in checked.errors
    assert f"{tmp_path / 'gone.toml'}:1: файл не прочитать" in checked.errors
    assert checked.errors.endswith("mock-smev: ошибок: 2\n")


async def test_files_that_are_based_on_each_other_are_checked_together(tmp_path: Path) -> None:
    base, heir = write_passport(tmp_path), tmp_path / "heir.toml"
    heir.write_text(based("HEIR", "MY-1"), encoding="utf-8")
    assert (await run("services", "check", str(heir), str(base))).code == 0
    alone = await run("services", "check", str(heir))
    assert alone.code == 1
    assert "нет услуги 'MY-1'" in alone.errors


async def test_without_a_gateway_a_passport_waits_for_the_next_start(start: Start, tmp_path: Path) -> None:
    path = str(write_passport(tmp_path / "mine"))
    refused = await run("services", "add", path, *NOWHERE)
    assert refused.code == 1
    assert "--data" in refused.errors
    added = await run("services", "add", path, "--data", str(tmp_path), *NOWHERE)
    assert (added.code, added.output) == (0, "добавлен MY-1 (к следующему запуску)\n")
    again = await run("services", "add", path, "--data", str(tmp_path), *NOWHERE)
    assert again.code == 1
    assert "паспорт услуги MY-1 уже есть" in again.errors
    gateway = await start()
    shown = await run("services", "show", "MY-1", "--url", gateway.url)
    assert shown.output.startswith("MY-1 — Своя услуга")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("services", "list", *NOWHERE), 1, "127.0.0.1:9"),
        (("services", "show", "R01", "--date", "soon"), 2, "--date soon: ожидался день"),
        (("services", "add", "missing.toml", *NOWHERE), 2, "missing.toml"),
    ],
)
async def test_a_mistake_is_one_line_and_an_exit_code(arguments: tuple[str, ...], code: int, words: str) -> None:
    ended = await run(*arguments)
    assert ended.code == code, ended.errors
    assert ended.errors.count("\n") == 1
    assert words in ended.errors
