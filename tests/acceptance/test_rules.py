"""The rules as people read them: on the command line, and by REST."""

import json

from gateway.app import Gateway
from gateway.domain.once_only import rules
from tests.acceptance.administrator import get
from tests.acceptance.command_line import run


async def test_every_rule_is_listed() -> None:
    shown = await run("rules")
    assert (shown.code, shown.errors) == (0, "")
    listed = [line.split()[0] for line in shown.output.splitlines() if line.startswith("L-")]  # long titles go on below
    assert listed == [rule.id for rule in rules()]


async def test_a_rule_is_shown_in_full_with_how_sure_we_are() -> None:
    shown = await run("rules", "l-7-1-2", MOCK_SMEV_LANG="en")
    assert shown.code == 0, shown.errors
    assert "The applicant may not be asked for what another body holds" in shown.output
    assert "article  210-FZ, Art. 7 part 1 item 2" in shown.output
    assert "federal 2011-10-01, regional 2012-07-01, municipal 2012-07-01" in shown.output
    assert "the wording is general knowledge" in shown.output


async def test_a_rule_that_is_not_there_is_told_with_the_nearest() -> None:
    shown = await run("rules", "L-7-1-22")
    assert (shown.code, shown.output) == (2, "")
    assert "правила 'L-7-1-22' нет; похоже на L-7-1-2" in shown.errors


async def test_rest_and_json_say_the_same(gateway: Gateway) -> None:
    served = (await get(gateway, "/rules"))["rules"]
    printed = await run("rules", "--json")
    assert served == json.loads(printed.output)
    assert [rule["id"] for rule in served] == [rule.id for rule in rules()]
    assert all(rule["confidence"] for rule in served)
