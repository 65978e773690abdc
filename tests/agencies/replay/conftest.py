import asyncio

import pytest

from gateway.recording.format import Recording
from tests.agencies.replay.playing import record_exchanges


@pytest.fixture(scope="session")
def exchanges(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """The recording that most tests play; made once."""
    return asyncio.run(record_exchanges(tmp_path_factory.mktemp("recorded")))
