"""The served OpenAPI is kept: whatever is asked, answers are those that it promises, and nothing is a defect."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final, Self

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    negative_data_rejection,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from schemathesis.core.parameters import ParameterLocation

from gateway.app import running
from gateway.settings import Settings
from tests.acceptance.administrator import EGRUL
from tests.conversation import whole_exchange

ENDLESS: Final = ["/__admin/journal/stream", "/__admin/recording/stream", "/__admin/wait"]
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]


class Served:
    """A gateway in a thread of its own: Schemathesis asks without an event loop."""

    def __init__(self, chosen: Settings) -> None:
        self._settings = chosen
        self._ready, self._over = threading.Event(), asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="gateway")
        self.url = ""

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()
        self._loop.close()

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        async with running(self._settings) as gateway:
            await whole_exchange(gateway.url)
            self.url = gateway.url
            self._ready.set()
            await self._over.wait()


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The OpenAPI of a gateway that has seen an exchange."""
    data = tmp_path_factory.mktemp("gateway")
    chosen = Settings(port=0, data=data, topology="none", provide=(f"OTHER={EGRUL}", "FNS=fns/inn-by-person"))
    with Served(chosen) as served:
        yield schemathesis.openapi.from_url(f"{served.url}/__admin/openapi.json")


ask_often = settings(
    max_examples=8, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)  # fmt: skip


def _can_be_asked_wrongly(operation: Any) -> bool:
    """A text without a rule in the path cannot be wrong: looking for one that is takes a second each."""
    return bool(operation.body) or any(
        parameter.location is not ParameterLocation.PATH
        or set(parameter.definition["schema"]) - {"title", "description"} != {"type"}
        or parameter.definition["schema"]["type"] != "string"
        for parameter in operation.iter_parameters()
    )


@pytest.mark.parametrize("mode", GenerationMode)
def test_the_promise_is_kept(api: Any, mode: GenerationMode, subtests: pytest.Subtests) -> None:
    operations = [result.ok() for result in api.exclude(path=ENDLESS).get_all_operations()]
    assert len(operations) > 25
    asked = 0
    for operation in operations:
        if mode.is_negative and not _can_be_asked_wrongly(operation):
            continue

        @ask_often
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            case.call_and_validate(checks=CHECKS)

        # What looks as if it could be wrong may still have nothing that is.
        with subtests.test(operation.label), suppress(*([Unsatisfiable] if mode.is_negative else [])):
            ask()
            asked += 1
    assert asked > 40
