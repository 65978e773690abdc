"""Services by HTTP: listed, shown as they are on a day, added while the gateway runs, removed."""

from pathlib import Path
from typing import Any

import pytest

from gateway.app import CannotStart, Gateway, running
from gateway.settings import Settings
from tests.acceptance.administrator import Reply, call, get, post, refused
from tests.acceptance.conftest import Start
from tests.passport_files import DOCUMENT, PASSPORT, based, write_passport


async def add(gateway: Gateway, text: str = PASSPORT, media_type: str = "text/plain", query: str = "") -> Reply:
    headers = {"Content-Type": media_type}
    return await call(gateway, "POST", f"/services{query}", data=text.encode(), headers=headers)


async def origins(gateway: Gateway) -> dict[str, str]:
    return {each["code"]: each["origin"] for each in (await get(gateway, "/services"))["services"]}


async def test_services_are_listed(gateway: Gateway) -> None:
    services = {each["code"]: each for each in (await get(gateway, "/services"))["services"]}
    assert len(services) == 93
    assert services["R01"] == {
        "code": "R01",
        "name": "Назначение и выплата ежемесячного пособия на ребенка",
        "nameEn": "Monthly child allowance",
        "level": "regional",
        "body": services["R01"]["body"],
        "term": "10 working days",
        "status": "typical",
        "origin": "shipped",
    }


@pytest.mark.parametrize(("day", "document_class"), [("2013-03-01", "personal"), ("2019-03-01", "interagency")])
async def test_a_service_is_shown_as_it_is_on_a_day(gateway: Gateway, day: str, document_class: str) -> None:
    whole = await get(gateway, f"/services/R01?day={day}")
    assert (whole["day"], whole["origin"]) == (day, "shipped")
    [certificate] = [each for each in whole["passport"]["documents"] if each["code"] == "birth-certificate"]
    assert certificate["class"] == document_class
    assert whole["answers"]["fns/ndfl2"] == "5 working days"
    assert ("zags/birth" in whole["answers"]) is (document_class == "interagency")


async def test_a_service_is_shown_with_all_its_dates(gateway: Gateway) -> None:
    whole = await get(gateway, "/services/R01")
    certificates = [each for each in whole["passport"]["documents"] if each["code"] == "birth-certificate"]
    assert [(each["class"], each["since"], each["until"]) for each in certificates] == [
        ("personal", None, "2018-10-01"),
        ("interagency", "2018-10-01", None),
    ]
    assert (whole["day"], whole["answers"]) == (None, {})


@pytest.mark.parametrize("media_type", ["text/plain", "application/toml"])
async def test_a_passport_counts_at_once(gateway: Gateway, media_type: str) -> None:
    reply = await add(gateway, media_type=media_type)
    assert reply.status == 201, reply
    assert (reply.body["passport"]["code"], reply.body["origin"]) == ("MY-1", "added")
    assert reply.headers["Location"] == "/__admin/services/MY-1"
    assert await get(gateway, "/services/MY-1") == reply.body
    assert (gateway.settings.data / "services" / "MY-1.toml").read_text(encoding="utf-8") == PASSPORT
    assert (await call(gateway, "DELETE", "/services/MY-1")).body == {"code": "MY-1"}
    assert list((gateway.settings.data / "services").iterdir()) == []
    await refused(gateway, "GET", "/services/MY-1", 404, "service")


async def test_a_passport_is_taken_as_json_of_either_spelling(gateway: Gateway) -> None:
    snake = await post(gateway, "/services", {**DOCUMENT, "term_to_send": "1 working day"}, 201)
    camel = await post(gateway, "/services", {**DOCUMENT, "code": "MY-2", "termToSend": "1 working day"}, 201)
    assert snake["passport"]["termToSend"] == camel["passport"]["termToSend"] == "1 working day"
    assert snake["passport"]["documents"] == camel["passport"]["documents"]


async def test_what_is_shown_can_be_added_under_another_code(gateway: Gateway) -> None:
    shown = (await get(gateway, "/services/M09"))["passport"]
    added = await post(gateway, "/services", {**shown, "code": "M09-MINE"}, 201)
    assert added["passport"] == {**shown, "code": "M09-MINE"}


async def test_added_passports_are_there_after_a_restart_and_a_reset_removes_them(tmp_path: Path) -> None:
    settings = Settings(port=0, data=tmp_path, topology="none")
    async with running(settings) as gateway:
        shown = (await post(gateway, "/services", DOCUMENT, 201))["passport"]
        assert (await add(gateway, based("HEIR", "MY-1"))).status == 201
    async with running(settings) as gateway:
        assert (await get(gateway, "/services/MY-1"))["passport"] == shown
        assert (await origins(gateway))["HEIR"] == "added"
        problem = await refused(gateway, "DELETE", "/services/MY-1", 409, "service")
        assert "HEIR" in problem["detail"]
        assert (await post(gateway, "/reset", {"what": ["services"]}))["removed"] == {"services": 2}
        assert len(await origins(gateway)) == 93
    assert list((tmp_path / "services").iterdir()) == []


async def test_passports_of_a_folder_stay(start: Start, tmp_path: Path) -> None:
    write_passport(tmp_path / "mine")
    gateway = await start(services=(str(tmp_path / "mine"),))
    assert (await origins(gateway))["MY-1"] == "folder"
    for code in ("MY-1", "R01"):
        problem = await refused(gateway, "DELETE", f"/services/{code}", 409, "service")
        assert code in problem["detail"]
    again = await add(gateway)
    assert again.status == 422
    assert "MY-1" in again.body["detail"]


async def test_a_broken_passport_of_a_folder_stops_the_start(start: Start, tmp_path: Path) -> None:
    path = write_passport(tmp_path / "mine", '"zags/birth"', '"zags/brith"')
    with pytest.raises(CannotStart) as caught:
        await start(services=(str(tmp_path / "mine"),))
    assert str(caught.value).startswith(f"{path}:28: неизвестный вид сведений 'zags/brith'")
    with pytest.raises(CannotStart, match="нет такой папки"):
        await start(services=(str(tmp_path / "gone"),))


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "mine.toml:1"),
        ("not toml", "mine.toml:1"),
        ("\xff", "mine.toml:1"),
        (PASSPORT.replace('"zags/birth"', '"zags/brith"'), "mine.toml:28"),
        (PASSPORT.replace("MY-1", "R01"), "mine.toml:1"),
        (PASSPORT.replace("MY-1", "../../R"), "mine.toml:1"),
    ],
)
async def test_a_broken_text_is_a_problem_with_its_line(gateway: Gateway, text: str, where: str) -> None:
    problem = await refused(
        gateway, "POST", "/services?name=mine.toml", 422, "passport", data=text.encode("latin-1", "replace"),
        headers={"Content-Type": "text/plain"},
    )  # fmt: skip
    assert problem["where"] == where
    assert len(await origins(gateway)) == 93


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"term": "soon"}, "passport", "term"),
        ({"term_from": "answers"}, "passport", "210-ФЗ"),
        ({"basedOn": "GONE"}, "passport", "GONE"),
        ({"documents": [{"code": "a", "name": "A", "class": "interagency"}]}, "passport", "documents.0.class"),
        ({"level": "galactic"}, "body", "level"),
        ({"colour": "red"}, "body", "colour"),
        ({"documents": 7}, "body", "documents"),
        ({"documents": [{"code": "a", "name": "A", "class": "personal", "since": "soon"}]}, "body", "since"),
    ],
)
async def test_broken_json_is_a_problem_that_names_the_value(
    gateway: Gateway, changes: dict[str, Any], kind: str, words: str
) -> None:
    problem = await refused(gateway, "POST", "/services", 422, kind, json={**DOCUMENT, **changes})
    assert words in problem["detail"]
    assert len(await origins(gateway)) == 93


async def test_what_is_not_there_is_a_problem(gateway: Gateway) -> None:
    await refused(gateway, "GET", "/services/R66", 404, "service")
    await refused(gateway, "DELETE", "/services/R66", 404, "service")
    await refused(gateway, "GET", "/services/R01?day=yesterday", 400, "query")
    await refused(gateway, "POST", "/services", 415, "media-type", data=b"<a/>", headers={"Content-Type": "text/xml"})


async def test_a_file_that_was_put_there_meanwhile_is_not_overwritten(gateway: Gateway) -> None:
    path = write_passport(gateway.settings.data / "services", name="MY-1.toml")
    problem = await refused(gateway, "POST", "/services", 422, "passport", json=DOCUMENT)
    assert str(path) in problem["detail"]
    assert path.read_text(encoding="utf-8") == PASSPORT


async def test_a_data_folder_that_cannot_be_written_is_told(gateway: Gateway) -> None:
    (gateway.settings.data / "services").write_text("in the way")
    problem = await refused(gateway, "POST", "/services", 422, "passport", json=DOCUMENT)
    assert "services" in problem["detail"]
    assert len(await origins(gateway)) == 93
