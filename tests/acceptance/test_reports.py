"""Reports as a person and a program ask for them: by REST, and by `mock-smev report`, with a gateway and without."""

import csv
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import pytest

from gateway.app import Gateway
from gateway.domain.once_only import rules
from gateway.domain.reports.tables import By
from gateway.protocol.moments import write
from gateway.storage.database import open_database
from gateway.transports.admin.report_formats import Format
from tests.acceptance.administrator import call, get, post, refused
from tests.acceptance.command_line import Ended, run
from tests.acceptance.conftest import Start
from tests.report_rows import HOSTILE, case, fill, march, violation

MARCH: Final = "from=2013-03-01&to=2013-03-31&now=2013-04-01T09:00:00%2B04:00"
IN_MARCH: Final = ("--from", "2013-03-01", "--to", "2013-03-31", "--now", "2013-04-01T09:00:00+04:00")
REPORTS: Final = ("once-only", "monitoring")


class Page(HTMLParser):
    """What a page consists of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


@pytest.fixture
async def region(start: Start) -> Gateway:
    """A gateway in whose store a month has gone by."""
    gateway = await start()
    await post(gateway, "/participants", {"mnemonic": "TOWN", "name": HOSTILE}, 201)
    fill(gateway.store, march())
    return gateway


# --- REST --------------------------------------------------------------------------------------------------------


async def test_monitoring_is_told_as_json(region: Gateway) -> None:
    report = await get(region, f"/reports/monitoring?{MARCH}")
    assert report["report"] == "monitoring"
    assert report["period"] == {"firstDay": "2013-03-01", "lastDay": "2013-03-31"}
    assert report["now"] == "2013-04-01T09:00:00.000+04:00"
    total = report["total"]
    assert (total["requests"], total["inTime"], total["late"], total["silent"], total["waiting"]) == (6, 3, 1, 1, 1)
    assert [place["code"] for place in report["ranking"]] == [
        "TOWN",
        "CITY",
    ]  # by their answers: nobody is federal here


async def test_the_once_only_rule_is_told_as_json(region: Gateway) -> None:
    report = await get(region, f"/reports/once-only?{MARCH}")
    [town] = [body for body in report["bodies"] if body["code"] == "TOWN"]
    assert (town["name"], town["demandsRefused"], town["demandsRecorded"]) == (HOSTILE, 1, 1)
    assert town["rules"][0]["article"] == "210-ФЗ, ст. 7 ч. 1 п. 2"
    assert "TOWN" not in [keeper["code"] for keeper in report["keepers"]]


async def test_without_days_everything_counts_at_the_gateways_clock(region: Gateway) -> None:
    await region.timekeeper.freeze()
    report = await get(region, "/reports/monitoring")
    assert report["period"] == {"firstDay": None, "lastDay": None}
    assert (report["total"]["requests"], report["total"]["waiting"]) == (7, 0)
    assert report["now"] == write(region.timekeeper.clock.now())


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize(
    ("query", "accept", "media"),
    [
        ("", "*/*", "application/json"),
        ("", "text/csv", "text/csv"),
        ("", "text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("&format=json", "text/html", "application/json"),
        ("&format=csv", "*/*", "text/csv"),
        ("&format=html", "*/*", "text/html"),
    ],
)
async def test_the_form_is_chosen_by_the_query_or_by_accept(
    region: Gateway, name: str, query: str, accept: str, media: str
) -> None:
    reply = await call(region, "GET", f"/reports/{name}?{MARCH}{query}", headers={"Accept": accept})
    assert (reply.status, reply.media_type) == (200, media)
    assert reply.headers["Vary"] == "Accept"


@pytest.mark.parametrize("name", REPORTS)
async def test_the_same_store_gives_the_same_bytes(region: Gateway, name: str) -> None:
    for form in Format:
        address = f"/reports/{name}?{MARCH}&format={form.value}"
        assert await get(region, address) == await get(region, address)


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=2013-03-02&to=2013-03-01", "2013-03-02"),
        ("from=yesterday", "день, например 2013-03-04"),
        ("from=2013-02-30", "день, например 2013-03-04"),
        ("to=1362096000", "день, например 2013-03-04"),
        ("to=2013-03-01T00:00:00", "день, например 2013-03-04"),
        ("now=soon", "момент"),
        ("format=pdf", "'json', 'csv'"),
        ("until=2013-03-01", "параметры: format, from, now, to"),
    ],
)
async def test_a_bad_query_is_explained(region: Gateway, name: str, query: str, said: str) -> None:
    problem = await refused(region, "GET", f"/reports/{name}?{query}", 400, "query")
    assert said in problem["detail"] + problem["hint"]


@pytest.mark.parametrize("query", ["from=0001-01-01&to=9999-12-31", "from=2090-01-01", "to=1800-01-01"])
async def test_any_day_there_is_can_be_asked_for(region: Gateway, query: str) -> None:
    report = await get(region, f"/reports/monitoring?{query}")
    assert report["total"]["requests"] in (0, 7)


# --- pages and spreadsheets --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REPORTS)
async def test_a_page_needs_nothing_and_runs_nothing(region: Gateway, name: str) -> None:
    reply = await call(region, "GET", f"/reports/{name}?{MARCH}&format=html")
    page = Page(reply.body)
    assert "svg" in page.tags
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    assert not {key for key, _ in page.attributes} & {"src", "href", "srcset"}
    assert not [key for key, _ in page.attributes if key.startswith("on")]
    assert not re.findall(r"url\(|@import", reply.body)
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", REPORTS)
async def test_the_name_of_a_body_is_a_text_and_nothing_else(region: Gateway, name: str) -> None:
    html = await get(region, f"/reports/{name}?{MARCH}&format=html")
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    sheet = await get(region, f"/reports/{name}?{MARCH}&format=csv")
    assert HOSTILE.startswith("=")
    cells = [cell for row in csv.reader(io.StringIO(sheet)) for cell in row]
    assert f"'{HOSTILE}" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


async def test_each_section_of_a_csv_has_its_header(region: Gateway) -> None:
    sheet = await get(region, f"/reports/monitoring?{MARCH}&format=csv")
    blocks = [list(csv.reader(io.StringIO(block))) for block in sheet.split("\r\n\r\n")]
    assert [block[1][0] for block in blocks] == ["total", "ranking", "bodies", "services", "kinds", "holders"]
    for header, *rows in blocks:
        assert header[0] == "section"
        assert rows
        assert {len(row) for row in rows} == {len(header)}
    assert blocks[1][0] == ["section", "place", "code", "name", "level", "federal", "in_time_share", "score"]


# --- the command line --------------------------------------------------------------------------------------------


async def reported(gateway: Gateway, *arguments: str, language: str = "ru") -> Ended:
    ended = await run("report", *arguments, "--url", gateway.url, MOCK_SMEV_LANG=language)
    assert (ended.code, ended.errors) == (0, "")
    return ended


async def test_tables_fit_a_terminal_and_cut_long_names(region: Gateway) -> None:
    for name in REPORTS:
        ended = await reported(region, name, *IN_MARCH)
        assert max(map(len, ended.output.splitlines())) <= 100
        assert "с 2013-03-01 по 2013-03-31" in ended.output
    assert "наша" in (await reported(region, "monitoring", *IN_MARCH)).output
    english = await reported(region, "once-only", *IN_MARCH, language="en")
    assert "The once-only rule (210-FZ, Art. 7), from 2013-03-01 to 2013-03-31" in english.output
    assert "L-7-1-2-REFUSE" in english.output


async def test_a_table_is_chosen(region: Gateway) -> None:
    only = (await reported(region, "monitoring", *IN_MARCH, "--by", "holder")).output
    assert "Держатели сведений" in only
    assert "Рейтинг" not in only
    both = (await reported(region, "monitoring", *IN_MARCH, "--by", By.KIND, "--by", By.BODY)).output
    assert "Рейтинг" in both
    assert "Виды сведений" in both
    assert "Держатели" not in both


async def test_a_report_is_written_to_a_file(region: Gateway, tmp_path: Path) -> None:
    for form, begins in (("json", "{"), ("html", "<!DOCTYPE html>"), ("csv", "section,"), ("table", "Мониторинг")):
        out = tmp_path / f"отчёт.{form}"
        ended = await reported(region, "monitoring", *IN_MARCH, "--format", form, "--out", str(out))
        assert str(out) in ended.output
        content = out.read_bytes().decode()
        assert content.startswith(begins)
        assert "\x1b" not in content
    assert json.loads((tmp_path / "отчёт.json").read_text("utf-8"))["report"] == "monitoring"


@pytest.mark.parametrize("form", [form.value for form in Format])
async def test_the_command_writes_what_the_gateway_answers(region: Gateway, form: str) -> None:
    for name in REPORTS:
        printed = await reported(region, name, *IN_MARCH, "--format", form)
        answered = await get(region, f"/reports/{name}?{MARCH}&format={form}")
        assert (json.loads(printed.output) if form == "json" else printed.output) == answered


async def test_without_a_gateway_a_store_is_read(tmp_path: Path, start: Start) -> None:
    gateway = await start(topology="region", provide=())
    fill(gateway.store, march())
    running = await reported(gateway, "monitoring", *IN_MARCH, "--format", "json")
    nowhere = ("--url", "http://127.0.0.1:9")
    for source in (("--data", str(tmp_path)), ("--store", f"sqlite:///{tmp_path / 'smev.db'}")):
        offline = await run("report", "monitoring", *IN_MARCH, "--format", "json", *source, *nowhere)
        assert (offline.code, offline.errors) == (0, "")
        assert offline.output == running.output


async def test_a_store_of_postgresql_is_read(postgresql_url: str) -> None:
    store = open_database(postgresql_url)
    fill(store, march())
    store.close()
    ended = await run("report", "once-only", *IN_MARCH, "--format", "json", "--store", postgresql_url)
    assert (ended.code, ended.errors) == (0, "")
    assert json.loads(ended.output)["total"]["demandsRefused"] == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("yearly",), 2, "yearly"),
        (("monitoring", "--format", "pdf"), 2, "pdf"),
        (("monitoring", "--by", "town"), 2, "town"),
        (("monitoring", "--from", "2013-03-02", "--to", "2013-03-01"), 2, "позже"),
        (("monitoring", "--from", "soon"), 2, "--from: ожидался день, например 2013-03-01, найдено 'soon'"),
        (("monitoring", "--to", "2013-02-30"), 2, "--to: ожидался день"),
        (("monitoring", "--now", "noon"), 2, "--now: ожидался момент"),
        (("monitoring", "--by", "kind", "--format", "html"), 2, "--by"),
        (("monitoring", "--url", "http://127.0.0.1:9"), 1, "127.0.0.1:9"),
        (("monitoring", "--data", "/nowhere/at/all"), 1, "/nowhere/at/all/smev.db"),
        (("monitoring", "--store", "mysql://x"), 1, "sqlite или postgresql"),
        (("monitoring", "--store", "sqlite://"), 1, "--store"),
    ],
)
async def test_what_cannot_be_reported_is_explained(arguments: tuple[str, ...], code: int, said: str) -> None:
    ended = await run("report", *arguments)
    assert (ended.code, ended.output) == (code, "")
    assert said in ended.errors
    assert "Traceback" not in ended.errors


async def test_a_file_that_is_no_store_and_one_that_cannot_be_written(tmp_path: Path, region: Gateway) -> None:
    (tmp_path / "other.db").write_text("no store at all, but long enough to be looked at" * 50)
    ended = await run("report", "monitoring", "--store", f"sqlite:///{tmp_path / 'other.db'}")
    assert ended.code == 1
    assert ended.errors.count("\n") == 1
    out = tmp_path / "no" / "folder.html"
    ended = await run("report", "monitoring", "--format", "html", "--out", str(out), "--url", region.url)
    assert ended.code == 1
    assert str(out) in ended.errors


async def test_another_program_at_the_address_is_told(region: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    from gateway.transports.admin import reports as views  # noqa: PLC0415 - only this test replaces what it writes

    monkeypatch.setattr(views, "as_json", lambda _: '{"report": "monitoring", "year": 2013}')
    ended = await run("report", "monitoring", "--url", region.url)
    assert ended.code == 1
    assert "другой версии" in ended.errors


async def test_long_names_and_many_rules_fit_too(start: Start) -> None:
    gateway = await start()
    name: Any = "Администрация сельского поселения " * 5
    await post(gateway, "/participants", {"mnemonic": "LONG", "name": name}, 201)
    rules_broken = [violation(rule.id, body="LONG") for rule in rules()]
    fill(gateway.store, [case(f"c{number}", body="LONG") for number in range(12)] + rules_broken)
    for report in REPORTS:
        output = (await reported(gateway, report)).output
        assert max(map(len, output.splitlines())) <= 100
        assert "LONG Администрация" in output
        assert "…" in output
