"""The READMEs tell the truth: the table of settings, the examples, the links."""

import os
import re
import shutil
import sys
from enum import Enum
from pathlib import Path
from typing import Final

import pytest
import typer.main

from gateway.app import Gateway, running
from gateway.cli import application
from gateway.cli.late import loaded
from gateway.environment import ENVIRONMENT_PREFIX
from gateway.settings import ENGLISH, Settings
from tests.docs.examples import ADDRESS, nothing_is_left_for, output_of
from tests.docs.pages import PAGES, README, README_RU, ROOT, anchors, code_block, links, read

HEADS: Final = {
    README: ("Flag", "Environment variable", "Default", "Meaning"),
    README_RU: ("Флаг", "Переменная окружения", "По умолчанию", "Смысл"),
}
RUSSIAN: Final = {name: field.description or "" for name, field in Settings.model_fields.items()}
MEANINGS: Final = {README: ENGLISH, README_RU: RUSSIAN}

both_readmes = pytest.mark.parametrize("page", [README, README_RU], ids=lambda page: page.name)


# --- settings -------------------------------------------------------------------------------------------------


def settings_table(page: Path) -> str:
    """The table of all settings, as it has to stand in `page`."""
    rows = [HEADS[page], ("---",) * 4]
    for name, field in Settings.model_fields.items():
        variable = f"`{ENVIRONMENT_PREFIX}{name.upper()}`"
        rows.append((_flags(name), variable, _default(field.default), MEANINGS[page][name]))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _flags(name: str) -> str:
    flag = name.replace("_", "-")
    switched_off = Settings.model_fields[name].default is True
    return f"`--{flag}`, `--no-{flag}`" if switched_off else f"`--{flag}`"


def _default(value: object) -> str:
    if value is None or value == ():
        return "—"
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, bool):
        value = str(value).lower()
    return f"`{value}`"


@both_readmes
def test_the_table_of_settings_is_this(page: Path) -> None:
    assert settings_table(page) in read(page), f"{page.name} has to contain:\n\n{settings_table(page)}"


def test_every_flag_of_the_table_is_an_option_of_serve() -> None:
    command = typer.main.get_command(application)
    assert hasattr(command, "commands")
    serve = loaded(command.commands["serve"])
    options = {option for parameter in serve.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert set(re.findall(r"`(--[a-z-]+)`", settings_table(README))) <= options


# --- examples -------------------------------------------------------------------------------------------------


@both_readmes
async def test_the_curl_example_works_as_pasted(page: Path, served: Gateway, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        # .ci/run installs it: there a skip would hide that the README's promise went untested.
        missing = "curl is not installed, and the README promises that its curl example works"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)  # noqa: TID251 - no setting of the program
    script = code_block(page, "sh", "SendRequestRequest")
    assert ADDRESS in script
    printed = await output_of("sh", "-c", script.replace(ADDRESS, served.url), folder=tmp_path)
    sent, response, acknowledged = printed.strip().splitlines()
    assert "<ns2:Status>requestIsQueued</ns2:Status>" in sent
    assert 'ОГРН="1083799231834"' in response
    assert "AckResponse" in acknowledged
    assert await nothing_is_left_for("MYSYSTEM", served)


@both_readmes
async def test_the_zeep_example_works_as_pasted(page: Path, served: Gateway, tmp_path: Path) -> None:
    script = code_block(page, "python", "zeep.Client")
    assert ADDRESS in script
    printed = await output_of(sys.executable, "-c", script.replace(ADDRESS, served.url), folder=tmp_path)
    assert printed.startswith("requestIsQueued\n")
    assert 'ОГРН="1083799231834"' in printed
    assert await nothing_is_left_for("MYSYSTEM", served)


async def test_the_provider_answers_by_hand_as_pasted(tmp_path: Path) -> None:
    script = code_block(README, "sh", "take requests")
    async with running(Settings(port=0, data=tmp_path / "data", provide=("MYSYS=fns/egrul",))) as gateway:
        script = f'PATH="{Path(sys.executable).parent}:$PATH"\n{script}'
        printed = await output_of("env", f"MOCK_SMEV_URL={gateway.url}", "sh", "-c", script, folder=ROOT)
        assert 'ОГРН="1043799978210"' in printed
        assert await nothing_is_left_for("MYAPP", gateway)
        assert await nothing_is_left_for("MYSYS", gateway)


@pytest.mark.parametrize(
    ("language", "containing"),
    [
        ("sh", "SendRequestRequest"),
        ("sh", "take requests"),
        ("python", "zeep.Client"),
        ("php", "new SoapClient"),
        ("java", "HttpClient"),
    ],
)
def test_both_readmes_show_the_same_code(language: str, containing: str) -> None:
    in_english, in_russian = (
        re.sub(r"(//|#|/\*\*).*", "", code_block(page, language, containing)) for page in (README, README_RU)
    )
    assert in_english == in_russian


# --- links ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for link in links(page):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), f"{page.name}: {link}"
        assert not anchor or anchor in anchors(target), f"{page.name}: {link}"
