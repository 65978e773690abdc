"""What the how-to pages show works as pasted."""

import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from gateway.app import Gateway
from tests.docs.examples import ADDRESS, nothing_is_left_for, output_of
from tests.docs.pages import ROOT, code_block, read

HOW_TO = ROOT / "docs" / "how-to"
_FENCE = re.compile(r"^```(sh|text)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


async def test_the_example_of_the_client_library_works_as_pasted(served: Gateway) -> None:
    script = code_block(HOW_TO / "client.md", "python", "Smev3Client(")
    assert ADDRESS in script
    printed = await output_of(sys.executable, "-c", script.replace(ADDRESS, served.url), folder=ROOT)
    assert printed.startswith("answered: FNS001 <Element")
    assert await nothing_is_left_for("MYSYSTEM", served)


@pytest.mark.parametrize("page", ["connect.md", "connect.ru.md"])
async def test_every_command_of_connect_works_as_pasted(page: str, served: Gateway, tmp_path: Path) -> None:
    """The commands run in order, in one shell; what the page shows of their output is found in it, in order."""
    if shutil.which("curl") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("curl is not installed")  # noqa: TID251
    blocks = _FENCE.findall(read(HOW_TO / page))
    commands = "".join(code for language, code in blocks if language == "sh")
    assert ADDRESS in commands
    links = f"ln -s {ROOT / 'examples'} examples; ln -s {Path(sys.executable).parent.parent} .venv"
    script = f"exec 2>&1; set -e; {links}; export MOCK_SMEV_URL={served.url}\n" + commands.replace(ADDRESS, served.url)
    printed = await output_of("sh", "-c", script, folder=tmp_path)
    position = 0
    for line in "".join(code for language, code in blocks if language == "text").splitlines():
        found = printed.find(line, position)
        assert found >= 0, f"{line!r} is not in what follows:\n{printed[position:]}"
        position = found
