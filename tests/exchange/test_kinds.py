"""Kinds added to a running gateway: messages of them flow at once, the others go on, and removing restores."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from gateway.domain.catalogue import AUTOMATIC_PROVIDER
from gateway.domain.participants import Participants
from gateway.exchange.arrival import Rules
from gateway.exchange.kinds import Kinds, KindStays, NoSuchKind, Origin
from gateway.exchange.message_exchange import MessageExchange
from gateway.library import Library, load
from gateway.library.packages import Choices, PackageError, installing
from tests.exchange.participants import INN, Sandbox, example, wire_schemas
from tests.kind_folders import write_kind
from tests.packages.building import MAIN, PACKAGE, SHIPPED, document, element, schema, zipped

STAY_PACKAGE: Final = zipped(PACKAGE)
REQUEST: Final = document("StayRequest").encode()
VIPUL: Final = "urn://x-artefacts-fns-vipul-tosmv-ru/311-14/4.0.6"


@pytest.fixture
def library() -> Library:
    return load(shipped=SHIPPED)


@pytest.fixture
def changing(sqlite_url: str, library: Library) -> Iterator[Sandbox]:
    """A sandbox whose kinds are its own."""
    sandbox = Sandbox(sqlite_url)
    sandbox.rules = Rules(library, wire_schemas(), sandbox.participants, sandbox.addresses, sandbox.limits)
    sandbox.exchange = MessageExchange(sandbox.store, sandbox.rules, sandbox.clock, sandbox._ids)
    yield sandbox
    sandbox.close()


@pytest.fixture
def kinds(changing: Sandbox, tmp_path: Path) -> Kinds:
    return Kinds(changing.rules.library, changing.participants, tmp_path / "kinds")


async def test_messages_of_an_added_kind_flow_at_once(changing: Sandbox, kinds: Kinds) -> None:
    consumer, provider = changing.speaker("CITY"), changing.speaker("STAY")
    await consumer.sends(REQUEST)
    rejected = await consumer.takes_response()
    assert rejected is not None
    await consumer.acks(rejected)
    installed = await kinds.add(STAY_PACKAGE, Choices(provider="STAY"))
    assert installed.kind.id == "fsin/stay"
    sent = await consumer.sends(REQUEST)
    request = await provider.takes()
    assert request is not None
    await provider.answers(request, document("StayResponse").encode())
    await provider.acks(request)
    response = await consumer.takes_response()
    assert response is not None
    assert response.original_message_id == sent.message_id


async def test_a_kind_without_a_provider_has_none(changing: Sandbox, kinds: Kinds) -> None:
    await kinds.add(STAY_PACKAGE)
    assert changing.participants.providers.get("fsin/stay") is None
    (known,) = [known for known in kinds.list() if known.kind.id == "fsin/stay"]
    assert (known.origin, known.providers) == (Origin.ADDED, ())
    assert all(other.origin is Origin.SHIPPED for other in kinds.list() if other != known)


async def test_an_automatic_kind_has_the_automatic_provider(changing: Sandbox, kinds: Kinds) -> None:
    await kinds.add(STAY_PACKAGE, Choices(auto=True))
    assert changing.participants.providers["fsin/stay"] == (AUTOMATIC_PROVIDER,)
    assert changing.participants.named(AUTOMATIC_PROVIDER) is not None


async def test_removing_gives_everything_back(changing: Sandbox, kinds: Kinds, tmp_path: Path) -> None:
    before, usual = list(changing.rules.library.catalogue), dict(changing.participants.providers)
    real = schema(f"{element('FNSVipULRequest')}{element('FNSVipULResponse')}", VIPUL)
    installed = await kinds.add(zipped({"vipul.xsd": real}), Choices(provider="MINE"))
    assert [kind.id for kind in installed.replaced] == ["fns/egrul"]
    assert changing.participants.providers["fns/egrul"] == ("MINE",)
    await kinds.add(STAY_PACKAGE, Choices(auto=True))
    assert (await kinds.remove("fsin/stay")).version == "4.1.1"
    await kinds.remove("fns/egrul", "4.0.6")
    assert list(changing.rules.library.catalogue) == before
    assert changing.participants.providers == usual
    assert list((tmp_path / "kinds").iterdir()) == []


async def test_a_provider_that_somebody_changed_stays(changing: Sandbox, kinds: Kinds) -> None:
    real = schema(f"{element('FNSVipULRequest')}{element('FNSVipULResponse')}", VIPUL)
    await kinds.add(zipped({"vipul.xsd": real}), Choices(provider="MINE"))
    changing.participants.provide("YOURS", "fns/egrul")
    await kinds.remove("fns/egrul")
    assert changing.participants.providers["fns/egrul"] == ("YOURS",)


async def test_what_was_not_added_stays(kinds: Kinds, library: Library, tmp_path: Path) -> None:
    with pytest.raises(KindStays, match="поставляется") as caught:
        await kinds.remove("fns/egrul")
    assert caught.value.advice
    with pytest.raises(NoSuchKind) as unknown:
        await kinds.remove("no/kind")
    assert "fns/egrul" in unknown.value.advice
    with pytest.raises(NoSuchKind, match="fns/egrul 1") as other:
        await kinds.remove("fns/egrul", "1")
    assert "4.0.6" in other.value.advice
    write_kind(tmp_path / "theirs")
    of_folder = load(tmp_path / "theirs")
    with pytest.raises(KindStays, match="--kinds"):
        await Kinds(of_folder, Participants(), tmp_path / "kinds").remove("a/b")


async def test_everything_added_can_be_cleared(kinds: Kinds) -> None:
    await kinds.add(STAY_PACKAGE)
    await kinds.add(zipped({"a.xsd": schema(element("Request") + element("Response"), "urn:a/1.0")}))
    assert await kinds.clear() == 2
    assert await kinds.clear() == 0


async def test_kinds_are_there_after_a_restart_with_their_providers(
    changing: Sandbox, kinds: Kinds, tmp_path: Path
) -> None:
    await kinds.add(STAY_PACKAGE, Choices(provider="STAY"))
    (tmp_path / "kinds" / f"{installing.STAGING}killed").mkdir()
    again = load(tmp_path / "kinds", shipped=SHIPPED)
    participants = Participants()
    restarted = Kinds(again, participants, tmp_path / "kinds")
    assert {path.name for path in (tmp_path / "kinds").iterdir()} == {"fsin"}
    restarted.appoint()
    assert participants.providers == {"fsin/stay": ("STAY",)}
    participants.provide("ME", "fsin/stay")
    insisting = Kinds(again, participants, tmp_path / "kinds", insisted=["fsin/stay"])
    insisting.appoint()
    assert participants.providers == {"fsin/stay": ("ME",)}


async def test_messages_are_served_while_a_package_is_judged(
    changing: Sandbox, kinds: Kinds, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, served = threading.Event(), threading.Event()
    judge = installing._trial

    def slow(folder: Path) -> list[tuple[str, int, str]]:
        begun.set()
        assert served.wait(30)
        return judge(folder)

    monkeypatch.setattr(installing, "_trial", slow)
    consumer = changing.speaker("CITY")
    async with asyncio.TaskGroup() as tasks:
        adding = tasks.create_task(kinds.add(STAY_PACKAGE, Choices(provider="STAY")))
        second = tasks.create_task(kinds.add(zipped({"a.xsd": MAIN.replace("4.1.1", "5.0")})))
        await asyncio.to_thread(begun.wait, 30)
        await consumer.sends(example(INN))
        assert await changing.speaker("FNS").takes() is not None
        assert not adding.done()
        assert not second.done()
        served.set()
    assert {kind.version for kind in changing.rules.library.catalogue if kind.id == "fsin/stay"} == {"4.1.1", "5.0"}


async def test_a_refused_package_changes_nothing(changing: Sandbox, kinds: Kinds, tmp_path: Path) -> None:
    usual = dict(changing.participants.providers)
    with pytest.raises(PackageError):
        await kinds.add(b"no zip", Choices(provider="STAY"))
    with pytest.raises(PackageError):
        await kinds.add(zipped({"a.xsd": MAIN.replace("xs:int", "xs:integ")}), Choices(provider="STAY"))
    assert changing.participants.providers == usual
    assert changing.participants.named("STAY") is None
    assert list((tmp_path / "kinds").iterdir()) == []


async def test_a_data_folder_that_cannot_be_written_is_told(
    changing: Sandbox, library: Library, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    kinds = Kinds(library, changing.participants, tmp_path / "file" / "kinds")
    with pytest.raises(PackageError, match="Not a directory") as caught:
        await kinds.add(STAY_PACKAGE)
    assert "папку данных" in caught.value.hint
