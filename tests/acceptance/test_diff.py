"""`mock-smev diff` as a person types it."""

import json
from pathlib import Path

import pytest
from lxml import html

from gateway.recording.format import write
from tests.acceptance.command_line import run
from tests.conversation import INN_REQUEST
from tests.kind_folders import RESPONSE, rewrite, write_kind
from tests.recording.building import Asked, recording_of
from tests.recording.test_diff import OTHER_INN


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """A folder: `a`, its equal `same`, `b` with one changed value, `late` in another order, `hosts` that is none…"""
    for name, told in (
        ("a", [Asked(), Asked(attachments={"справка.zip": b"1"})]),
        ("same", [Asked(), Asked(attachments={"справка.zip": b"1"})]),
        ("b", [Asked(answers=[OTHER_INN]), Asked(attachments={"справка.zip": b"1"})]),
        ("late", [Asked(attachments={"справка.zip": b"1"}), Asked()]),
        ("other", [Asked(consumer="CITY")]),
        ("empty", []),
    ):
        write(recording_of(*told, run=name), tmp_path / name)
    (tmp_path / "hosts").write_bytes(INN_REQUEST)
    return tmp_path


async def test_the_same_run_again_does_not_differ(recordings: Path) -> None:
    ended = await run("diff", str(recordings / "a"), str(recordings / "same"))
    assert (ended.code, ended.output, ended.errors) == (0, "различий нет; сравнено обменов: 2\n", "")


async def test_one_changed_value_is_shown_at_its_path(recordings: Path) -> None:
    page = recordings / "diff.html"
    ended = await run("diff", str(recordings / "a"), str(recordings / "b"), "--html", str(page))
    assert ended.code == 1
    assert "  ответ 1 @ИННФЛ: 379945132320 → 379945132321\n" in ended.output
    document = html.document_fromstring(page.read_text(encoding="utf-8"))
    assert "379945132321" in document.text_content()


async def test_json_is_for_programs(recordings: Path) -> None:
    ended = await run("diff", str(recordings / "a"), str(recordings / "b"), "--json")
    told = json.loads(ended.output)
    assert (ended.code, told["same"], told["compared"], told["differences"]) == (1, False, 2, 1)
    assert told["changed"][0]["differences"][0]["path"] == "@ИННФЛ"


@pytest.mark.parametrize("mask", ["@ИННФЛ", "//@ИННФЛ", "fns/inn-by-person:@ИННФЛ"])
async def test_a_mask_leaves_a_value_out(recordings: Path, mask: str) -> None:
    ended = await run("diff", str(recordings / "a"), str(recordings / "b"), "--mask", mask)
    assert ended.code == 0


async def test_what_is_ignored_is_no_difference(recordings: Path) -> None:
    arguments = ("diff", str(recordings / "a"), str(recordings / "late"), "--json")
    assert json.loads((await run(*arguments)).output)["differences"]
    ended = await run(*arguments, "--ignore", "attachments,timing", "--ignore", "order")
    assert ended.code == 0


async def test_kinds_of_ones_own_say_what_they_do_not_compare(tmp_path: Path) -> None:
    kinds = tmp_path / "kinds"
    file = write_kind(kinds) / "kind.toml"
    for number in (1, 2):
        request = f'<Request xmlns="urn:t"><ОГРН>123456789012{number}</ОГРН></Request>'
        write(recording_of(Asked(request.encode(), [RESPONSE.encode()])), tmp_path / str(number))
    arguments = ("diff", str(tmp_path / "1"), str(tmp_path / "2"), "--kinds", str(kinds))
    assert (await run(*arguments)).code == 1
    rewrite(file, "[request]", '[compare]\nvolatile = ["ОГРН"]\n\n[request]')
    assert (await run(*arguments)).code == 0
    rewrite(file, '"ОГРН"', '"ОГРН/"')
    ended = await run(*arguments)
    assert ended.code == 2
    assert f"{file}:9: compare.volatile" in ended.errors


# --- bad input: the table of docs/reference/diff.md --------------------------------------------------------------


async def test_nothing_in_common(recordings: Path) -> None:
    for other in ("empty", "other"):
        ended = await run("diff", str(recordings / "a"), str(recordings / other))
        assert ended.code == 2
        assert ended.output.splitlines()[-1].startswith("ничего не сравнено")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nothing",), "nothing"),
        (("hosts",), "recording"),
        (("a", "--ignore", "time"), "--ignore"),
        (("a", "--mask", "a//b"), "--mask"),
        (("a", "--mask", "no/kind:@ИдДок"), "no/kind"),
        (("a", "--kinds", "nothing"), "nothing"),
        (("a", "--html", "no/folder/diff.html"), "diff.html"),
    ],
)
async def test_what_cannot_be_used_is_said_in_a_line(
    recordings: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(recordings)
    ended = await run("diff", "a", *arguments)
    assert ended.code == 2
    assert len(ended.errors.splitlines()) == 1
    assert said in ended.errors


async def test_a_cut_recording_is_compared_as_far_as_it_goes(recordings: Path) -> None:
    whole = (recordings / "same").read_text(encoding="utf-8")
    (recordings / "same").write_text(whole[:-40], encoding="utf-8")
    ended = await run("diff", str(recordings / "a"), str(recordings / "same"))
    assert ended.code == 0
    assert f"{recordings / 'same'}: строка" in ended.output
