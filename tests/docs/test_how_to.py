"""What the how-to pages show works as pasted."""

import sys

from gateway.app import Gateway
from tests.docs.examples import ADDRESS, nothing_is_left_for, output_of
from tests.docs.pages import ROOT, code_block


async def test_the_example_of_the_client_library_works_as_pasted(served: Gateway) -> None:
    script = code_block(ROOT / "docs" / "how-to" / "client.md", "python", "Smev3Client(")
    assert ADDRESS in script
    printed = await output_of(sys.executable, "-c", script.replace(ADDRESS, served.url), folder=ROOT)
    assert printed.startswith("answered: FNS001 <Element")
    assert await nothing_is_left_for("MYSYSTEM", served)
