"""What pytest loads: options, fixtures, and what a failed test's report shows. docs/reference/pytest.md has it all.

The gateway is imported when a test first asks for it: a session that does not costs nothing.
"""

import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from gateway.pytest_plugin.modes import RecordMode

if TYPE_CHECKING:
    from gateway.pytest_plugin.background import Loop
    from gateway.pytest_plugin.served import Served
    from gateway.pytest_plugin.smev import Smev

MARK: Final = "smev_recording"
_OWN_PACKAGES: Final = ("gateway", "agencies", "schemas")
_SMEV: Final = pytest.StashKey["Smev"]()
_AFTERWARDS: Final = pytest.StashKey[Callable[[], None]]()


def _spare_our_own_code() -> None:
    """Take this program out of what pytest rewrites the asserts of: all that comes with a plugin, hundreds of modules.

    There is no public way to say so; where there is nothing to take it out of, nothing happens.
    """
    for finder in sys.meta_path:
        marked = getattr(finder, "_must_rewrite", None)
        if isinstance(marked, set):
            marked.difference_update(_OWN_PACKAGES)


_spare_our_own_code()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("smev", "Mock SMEV: a sandbox of SMEV 3")
    group.addoption("--smev-url", metavar="URL", help="a running sandbox, instead of one of this session's own")
    group.addoption("--smev-token", metavar="TOKEN", help="its admin token")
    group.addoption(
        "--smev-record",
        choices=[mode.value for mode in RecordMode],
        default=RecordMode.NONE.value,
        help=f"of tests marked {MARK}: none plays recordings back, once records those that are missing, "
        "all records anew",
    )
    group.addoption(
        "--smev-report", metavar="DIR", type=Path, help="write the sequence diagram of each failed test there"
    )
    parser.addini("smev_topology", "topology of the session's sandbox", default="region")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        f"{MARK}(as_provider=[...], file=None, on_miss='no-data'): let these participants answer from the recording "
        "beside the test",
    )


@pytest.fixture(scope="session")
def smev_settings() -> Mapping[str, Any]:
    """Settings of the session's sandbox beyond the plugin's own; override it to change them."""
    return {}


@pytest.fixture(scope="session")
def _smev_loop() -> "Iterator[Loop]":
    from gateway.pytest_plugin.background import Loop  # noqa: PLC0415 - see above

    with Loop() as loop:
        yield loop


@pytest.fixture(scope="session")
def smev_gateway(
    request: pytest.FixtureRequest,
    _smev_loop: "Loop",
    smev_settings: Mapping[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> "Iterator[Served]":
    """The sandbox of this session (of each worker of pytest-xdist one): `url` stays the same throughout."""
    from gateway.pytest_plugin import served  # noqa: PLC0415 - see above

    config = request.config
    url = config.getoption("--smev-url")
    settings = {"topology": config.getini("smev_topology"), **smev_settings}
    if url is None:
        opened = served.own(_smev_loop, settings, tmp_path_factory.mktemp("smev"))
    else:
        opened = served.namespace_of(_smev_loop, url, config.getoption("--smev-token"), settings)
    with opened as sandbox:
        yield sandbox


@pytest.fixture
def smev(request: pytest.FixtureRequest, smev_gateway: "Served") -> "Iterator[Smev]":
    """A sandbox as new: no messages, cases, faults; the clock, the participants and the kinds as in the beginning."""
    from gateway.pytest_plugin import recorded  # noqa: PLC0415 - see above

    sandbox = smev_gateway.anew()
    request.node.stash[_SMEV] = sandbox
    mark = request.node.get_closest_marker(MARK)
    try:
        if mark is not None:
            mode = RecordMode(request.config.getoption("--smev-record"))
            request.node.stash[_AFTERWARDS] = recorded.begin(request.node, mode, sandbox, mark.kwargs)
        yield sandbox
    finally:
        sandbox.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Do what is left to do when a test with a recording has passed; it may fail then."""
    yield
    item.stash.get(_AFTERWARDS, lambda: None)()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to the report of a failed test what crossed the sandbox."""
    report = yield
    sandbox = item.stash.get(_SMEV, None)
    if report.when == "call" and report.failed and sandbox is not None:
        from gateway.pytest_plugin import reporting  # noqa: PLC0415 - see above

        report.sections += reporting.sections(sandbox, item, item.config.getoption("--smev-report"))
    return report
