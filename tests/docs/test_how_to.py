"""What the how-to pages show works as pasted."""

import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway import words
from gateway.app import Gateway, running
from gateway.client import Smev3Client
from gateway.domain.signature_mode import SignatureMode
from gateway.settings import Settings
from gateway.signature.keys import private_key_pem
from gateway.words import Language, speak
from tests.conversation import INN_REQUEST
from tests.docs.examples import ADDRESS, nothing_is_left_for, output_of
from tests.docs.pages import ROOT, code_block, read

HOW_TO = ROOT / "docs" / "how-to"
_FENCE = re.compile(r"^```(sh|text|bash)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_IN_ONE_SHELL = ("connect", "once-only", "sandbox-keys")
_WITHOUT_A_GATEWAY = ("why-was-my-signature-refused",)
_SEVERAL = frozenset({"participant", "provide"})
"""Settings that are lists."""


@pytest.fixture(autouse=True)
def language_of_the_page(request: pytest.FixtureRequest) -> Iterator[None]:
    """A gateway speaks the language that its page starts it in."""
    page = getattr(request.node, "callspec", None) and request.node.callspec.params.get("page")
    before = words._Speaker.language
    speak(Language.RUSSIAN if page and page.endswith(".ru.md") else Language.ENGLISH)
    yield
    speak(before)


def _settings_of(page: str, folder: Path) -> Settings:
    """Return what the page starts its gateway with: the options of its `mock-smev serve`, none for `make serve`."""
    started = [code for language, code in _FENCE.findall(read(HOW_TO / page)) if language == "bash" and "serve" in code]
    assert len(started) == 1, f"{page} starts {len(started)} gateways"
    told = shlex.split(started[0].replace("\\\n", " "))
    options = told[told.index("serve") + 1 :]
    given: dict[str, str | tuple[str, ...]] = {}
    for flag, value in zip(options[::2], options[1::2], strict=True):
        name = flag.removeprefix("--").replace("-", "_")
        given[name] = (value,) if name in _SEVERAL else value
    return Settings.model_validate({"port": 0, "data": folder, **given})


async def test_the_example_of_the_client_library_works_as_pasted(served: Gateway) -> None:
    script = code_block(HOW_TO / "client.md", "python", "asyncio.run(")
    assert ADDRESS in script
    printed = await output_of(sys.executable, "-c", script.replace(ADDRESS, served.url), folder=ROOT)
    assert printed.startswith("answered: FNS001 <Element")
    assert await nothing_is_left_for("MYSYSTEM", served)


async def test_the_signed_example_of_the_client_library_works_as_pasted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example: dict[str, Any] = {}
    exec(code_block(HOW_TO / "client.md", "python", "take_signed("), example)  # noqa: S102 - it is ours
    settings = Settings(port=0, data=tmp_path, store="sqlite://", topology="minimal", signatures=SignatureMode.STRICT)
    async with running(settings) as gateway:
        keyring, key, certificate = gateway.signatures.keyring, tmp_path / "key.pem", tmp_path / "certificate.pem"
        signer = keyring.signer_of("MYSYSTEM")
        key.write_bytes(private_key_pem(signer.key))
        certificate.write_bytes(signer.certificate.pem)
        for trusted, said in ((keyring.smev, "taken: ReceivedResponse("), (signer, "refused: SMEV ")):
            smev = tmp_path / "smev.pem"
            smev.write_bytes(trusted.certificate.pem)
            async with Smev3Client(gateway.url, "MYSYSTEM", signer=signer) as client:
                await client.send_request(INN_REQUEST)
            await gateway.nodes.settle()
            await example["take_signed"](gateway.url, key, certificate, smev)
            assert capsys.readouterr().out.startswith(said)


@pytest.mark.parametrize("page", [f"{name}{end}" for name in _IN_ONE_SHELL for end in (".md", ".ru.md")])
async def test_every_command_works_as_pasted(page: str, tmp_path: Path) -> None:
    """The commands run in order, in one shell; what the page shows of their output is found in it, in order."""
    if shutil.which("curl") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("curl is not installed")  # noqa: TID251
    blocks = _FENCE.findall(read(HOW_TO / page))
    commands = "".join(code for language, code in blocks if language == "sh")
    assert ADDRESS in commands
    links = f"ln -s {ROOT / 'examples'} examples; ln -s {Path(sys.executable).parent.parent} .venv"
    async with running(_settings_of(page, tmp_path / "data")) as gateway:
        start = f"exec 2>&1; set -e; {links}; export MOCK_SMEV_URL={gateway.url} MOCK_SMEV_DATA={tmp_path}/data\n"
        printed = await output_of("sh", "-c", start + commands.replace(ADDRESS, gateway.url), folder=tmp_path)
    assert_shown(blocks, printed)


def assert_shown(blocks: list[tuple[str, str]], printed: str) -> None:
    """What the page shows of the output is found in it, in order."""
    position = 0
    for line in "".join(code for language, code in blocks if language == "text").splitlines():
        found = printed.find(line, position)
        assert found >= 0, f"{line!r} is not in what follows:\n{printed[position:]}"
        position = found


@pytest.mark.parametrize("page", [f"{name}{end}" for name in _WITHOUT_A_GATEWAY for end in (".md", ".ru.md")])
async def test_commands_that_need_no_gateway_work_as_pasted(page: str, tmp_path: Path) -> None:
    blocks = _FENCE.findall(read(HOW_TO / page))
    commands = "".join(code for language, code in blocks if language == "sh")
    links = f"ln -s {ROOT / 'examples'} examples; ln -s {Path(sys.executable).parent.parent} .venv"
    printed = await output_of(
        "sh", "-c", f"exec 2>&1; set -e; export COLUMNS=100; {links}\n{commands}", folder=tmp_path
    )
    assert_shown(blocks, printed)


async def test_the_octets_of_the_reference_page_are_these(tmp_path: Path) -> None:
    blocks = _FENCE.findall(read(ROOT / "docs" / "reference" / "crypto.md"))
    links = f"ln -s {ROOT / 'examples'} examples; export PATH={Path(sys.executable).parent}:$PATH\n"
    commands = "".join(code for language, code in blocks if language == "sh")
    assert_shown(blocks, await output_of("sh", "-c", links + commands, folder=tmp_path))
