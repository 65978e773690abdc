"""`mock-smev replay`: participants of a recording answer and send again, in an own gateway or in a running one."""

import importlib
import json
import logging
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import aiohttp
import typer

from gateway import logs, machine
from gateway.cli import replay_shown as shown
from gateway.cli.admin_client import AdminClient, ProblemTold, Token
from gateway.cli.common import OUTPUT, CommandFailed, run
from gateway.cli.options import option
from gateway.cli.replay_keys import Keys, keys_there, signers_in
from gateway.cli.serve import show_banner, until_told_to_stop
from gateway.data_files import data_folder
from gateway.domain.clock import Clock, ClockMode, ManualClock
from gateway.domain.ids import IdSource
from gateway.domain.signature_mode import SignatureMode
from gateway.protocol import moments
from gateway.recording.format import Header, Recording, RecordingError, attachments_folder, read, write
from gateway.settings import Settings, SettingsError, read_settings
from gateway.words import say

if TYPE_CHECKING:
    from gateway.app import Gateway
    from gateway.signature.keys import Signer

_REPLAY: Final = "agencies.replay.run"
"""Loaded by name: the gateway does not know its agencies."""
_NONE: Final = "none"
_IN_MEMORY: Final = "sqlite://"
_SERVICE: Final = "/ws"
"""Ends the path of a service: an address with it is that of any SMEV 3, and has no admin API."""


class OnMiss(StrEnum):
    """What becomes of a request that the recording does not answer."""

    SIMULATED = "simulated"
    NO_DATA = "no-data"
    SILENT = "silent"


class Reuse(StrEnum):
    """What answers a request once more than it was recorded."""

    LAST = "last"
    FIRST = "first"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What a person chose beside the recording; `replay` is an `agencies.replay.run.Replay`."""

    replay: Any
    recording: Recording
    patience: float
    record: Path | None
    signers: Mapping[str, "Signer"] = field(default_factory=dict)
    """Keys that the user has given, by the mnemonics of consumers; the others sign with keys of the gateway."""

    @property
    def sends(self) -> bool:
        return bool(self.replay.cast.consumers)


def replay(  # noqa: PLR0913, PLR0917 - each is one option
    file: Annotated[Path, typer.Argument(help=say("файл записи", "the recording"))],
    as_provider: Annotated[
        list[str] | None,
        typer.Option("--as-provider", help=say("отвечать за участника; all — за всех", "answer for one; all: for all")),
    ] = None,
    as_consumer: Annotated[
        list[str] | None,
        typer.Option("--as-consumer", help=say("слать за участника; all — за всех", "send for one; all: for all")),
    ] = None,
    on_miss: Annotated[
        OnMiss,
        typer.Option(help=say("если такого запроса в записи нет", "for a request that was not recorded")),
    ] = OnMiss.SIMULATED,
    reuse: Annotated[
        Reuse, typer.Option(help=say("когда записанные ответы кончились", "when the recorded answers are used up"))
    ] = Reuse.LAST,
    speed: Annotated[
        str, typer.Option(help=say("во сколько раз быстрее записанного; max — сразу", "times the pace; max: at once"))
    ] = "1",
    patience: Annotated[
        float, typer.Option(min=0.001, help=say("секунд ждать ответа", "seconds to wait for an answer"))
    ] = 30.0,
    record: Annotated[
        Path | None, typer.Option(help=say("записать прогон в новый файл", "record the run into a new file"))
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            "--url",
            help=say(
                "работающий шлюз или адрес любой СМЭВ 3; без него — свой шлюз", "a running gateway, or any SMEV 3"
            ),
        ),
    ] = None,
    token: Token = None,
    signatures: Annotated[SignatureMode | None, option("signatures")] = None,
    key: Keys = None,
    port: Annotated[int | None, option("port")] = None,
    data: Annotated[Path | None, option("data")] = None,
    store: Annotated[str | None, option("store")] = None,
    topology: Annotated[str | None, option("topology")] = None,
    kinds: Annotated[list[str] | None, option("kinds")] = None,
    clock: Annotated[str | None, option("clock")] = None,
    seed: Annotated[int | None, option("seed")] = None,
) -> None:
    """Replay a recording; exit code 1 when something was not replayed as recorded, 2 when nothing can be."""
    if clock is not None and clock.startswith(ClockMode.FROZEN):
        speed = "max"  # what is to happen later would never happen
    chosen = _chosen(
        file,
        record,
        patience,
        as_provider=_separated(as_provider),
        as_consumer=_separated(as_consumer),
        on_miss=on_miss.value,
        reuse=reuse.value,
        speed=speed,
    )
    chosen = replace(chosen, signers=signers_in(key or [], chosen.replay.cast.consumers))
    logs.configure(logging.ERROR)  # what was missed is told at the end
    if url is not None:
        own = {"--port": port, "--data": data, "--store": store, "--topology": topology, "--clock": clock,
               "--seed": seed, "--signatures": signatures, "--kinds": kinds or None, "--record": record}  # fmt: skip
        _refuse_own(own)
        whole = run(_there(url, token, chosen))
    else:
        flags = {"port": port, "data": data, "store": store, "topology": topology, "clock": clock, "seed": seed,
                 "signatures": signatures, "kinds": tuple(kinds) if kinds else None}  # fmt: skip
        whole = _here(flags, chosen)
    if not whole:
        raise typer.Exit(1)


def _separated(named: list[str] | None) -> list[str]:
    return [each.strip() for text in named or () for each in text.split(",") if each.strip()]


def _chosen(file: Path, record: Path | None, patience: float, **choices: Any) -> _Chosen:
    module = importlib.import_module(_REPLAY)
    try:
        recording = read(file)
        made = module.Replay.of(recording, **choices)
    except (RecordingError, module.CannotReplay) as error:
        raise CommandFailed(str(error), code=2) from error
    if record is not None and record.exists():
        why = say(f"{record}: файл уже есть, назовите другой", f"{record}: the file is there already, name another")
        raise CommandFailed(why, code=2)
    shown.show_notes(recording)
    return _Chosen(made, recording, patience, record)


def _refuse_own(own: Mapping[str, object]) -> None:
    for flag, value in own.items():
        if value is not None:
            instead = say("; запись: mock-smev record --url", "; to record: mock-smev record --url")
            raise CommandFailed(
                say(f"{flag} — о своём шлюзе, с --url его нет", f"{flag} is about a gateway of its own, not for --url")
                + (instead if flag == "--record" else ""),
                code=2,
            )


# --- in a gateway of its own --------------------------------------------------------------------------------------


def _here(flags: dict[str, Any], chosen: _Chosen) -> bool:
    is_kept = flags["data"] or flags["store"]
    folder = nullcontext(str(flags["data"] or "")) if is_kept else tempfile.TemporaryDirectory(prefix="mock-smev-")
    with folder as path:
        flags["data"] = Path(path) if path else None
        flags["topology"] = flags["topology"] or _topology(chosen.recording)
        if chosen.sends:
            flags["port"] = 0 if flags["port"] is None else flags["port"]
            # What is gone when the run ends need not wait for a disk.
            flags["store"] = flags["store"] if is_kept else _IN_MEMORY
        try:
            settings = read_settings(flags, None)
        except SettingsError as error:
            raise CommandFailed(str(error), code=2) from error
        from gateway.app import CannotStart  # noqa: PLC0415 - the other commands need no server and no store

        try:
            return run(_in_own_gateway(settings, chosen))
        except CannotStart as error:
            raise CommandFailed(str(error), code=2) from error


def _topology(recording: Recording) -> str:
    """Return the topology that was recorded in, when it is there; else nobody but the recording takes part."""
    name = recording.header.topology
    is_there = name and ((data_folder("agencies") / "topologies" / f"{name}.toml").is_file() or Path(name).is_file())
    return name if is_there else _NONE


async def _in_own_gateway(settings: Settings, chosen: _Chosen) -> bool:
    from gateway.app import running  # noqa: PLC0415 - see above

    module = importlib.import_module(_REPLAY)
    # Whoever freezes the clock and names a seed wants the same run again.
    is_serial = settings.seed is not None and (settings.clock or "").startswith(ClockMode.FROZEN)
    async with running(settings, serial=is_serial) as gateway:
        after = await _newest(gateway)
        await gateway.nodes.settle()
        try:
            await chosen.replay.begin(gateway.nodes, gateway.door)
        except module.CannotReplay as error:
            raise CommandFailed(str(error), code=2) from error
        report = None
        if chosen.sends:
            report = await chosen.replay.send(_around(gateway, chosen, is_serial=is_serial))
            await gateway.nodes.settle()
        else:
            show_banner(gateway)
            await until_told_to_stop()
        parts = shown.parts_here(chosen.replay, gateway.nodes)
        if chosen.record is not None:
            await _write_run(gateway, chosen, chosen.record, after)
        return shown.show(report, parts)


def _around(gateway: "Gateway", chosen: _Chosen, *, is_serial: bool) -> Any:
    from gateway.client import Direct, Smev3Client  # noqa: PLC0415 - see above

    clock, seed = gateway.timekeeper.clock, gateway.settings.seed
    ids = machine.new_ids(None if seed is None else seed + 1)

    def connect(mnemonic: str, version: str) -> Smev3Client:
        keys = {} if gateway.identities is None else gateway.identities.of(mnemonic)
        if mnemonic in chosen.signers:
            keys = {**keys, "signer": chosen.signers[mnemonic]}
        return Smev3Client(Direct(gateway.door, mnemonic, version), mnemonic, clock, ids, version=version, **keys)

    async def explain(fault: Any) -> Any:
        async with Smev3Client(gateway.url, "REPLAY") as client:
            return await client.explanation_of(fault)

    return importlib.import_module(_REPLAY).Surroundings(
        connect,
        clock,
        gateway.library,
        explain,
        settle=gateway.nodes.settle if is_serial else None,
        patience=chosen.patience,
    )


async def _newest(gateway: "Gateway") -> int:
    from gateway.storage import journal  # noqa: PLC0415 - see above

    return (await gateway.store.run(journal.horizon)).newest


async def _write_run(gateway: "Gateway", chosen: _Chosen, file: Path, after: int) -> None:
    from gateway.exchange.recordings import Selection, recorded  # noqa: PLC0415 - see above

    now = gateway.timekeeper.clock.now()
    run_name = machine.new_ids(gateway.settings.seed).message_id(now)
    header = Header(run_name, now, "mock-smev replay", gateway.settings.topology)
    try:
        write(await recorded(gateway.store, Selection(after=after), header=header), file)
    except (RecordingError, OSError) as error:
        raise CommandFailed(str(error)) from error
    OUTPUT.print(say(f"Прогон записан: {file}", f"The run was recorded: {file}"), style="dim")
    timing = "" if chosen.replay.cast.speed == 1 else " --ignore timing"
    OUTPUT.print(f"  mock-smev diff {chosen.recording.path} {file}{timing}", style="dim", markup=False)


# --- in a gateway that runs ---------------------------------------------------------------------------------------


async def _there(url: str, token: str | None, chosen: _Chosen) -> bool:
    is_ours = _SERVICE not in url
    if not is_ours and chosen.replay.cast.providers:
        why = say(
            "отвечать за участников можно только в шлюзе mock-smev: --url без пути службы",
            "participants are answered for in a gateway of mock-smev only: --url without the path of a service",
        )
        raise CommandFailed(why, code=2)
    admin = AdminClient(url, token)
    async with _parts(admin, chosen) if is_ours else nullcontext():
        report = None
        if chosen.sends:
            clock = await _clock_of(admin) if is_ours else machine.SystemClock()
            keys = await keys_there(url, token, chosen.replay.cast.consumers, chosen.signers, is_ours=is_ours)
            report = await chosen.replay.send(_around_there(url, chosen, clock, keys))
        else:
            OUTPUT.print(say("Отвечаю по записи, до Ctrl+C…", "Answering from the recording, until Ctrl+C…"))
            OUTPUT.file.flush()
            await until_told_to_stop()
        parts = [await admin.get(f"/replays/{each}") for each in chosen.replay.cast.providers] if is_ours else []
    return shown.show(report, shown.parts_there(parts))


@asynccontextmanager
async def _parts(admin: AdminClient, chosen: _Chosen) -> AsyncIterator[None]:
    """Have the gateway play its parts until the block ends."""
    form = aiohttp.FormData()
    form.add_field("options", json.dumps(chosen.replay.as_json()))
    form.add_field("recording", chosen.recording.path.read_bytes(), filename=chosen.recording.path.name)
    for file in sorted(attachments_folder(chosen.recording.path).glob("*")):
        form.add_field("attachment", file.read_bytes(), filename=file.name)
    try:
        told = await admin.post_form("/replays", form)
    except ProblemTold as error:
        raise CommandFailed(str(error), code=2) from error
    try:
        yield
    finally:
        for mnemonic in [each["mnemonic"] for each in told["replays"]]:
            with suppress(ProblemTold):  # somebody else has ended it
                await admin.delete(f"/replays/{mnemonic}")


async def _clock_of(admin: AdminClient) -> Clock:
    """Return a clock that shows what the gateway's does: one that is virtual is looked at once."""
    told = await admin.get("/clock")
    return machine.SystemClock() if told["mode"] == ClockMode.REAL else ManualClock(moments.read(told["now"]))


def _around_there(url: str, chosen: _Chosen, clock: Clock, keys: Mapping[str, dict[str, Any]]) -> Any:
    from gateway.client import Smev3Client  # noqa: PLC0415 - see above
    from gateway.library import load  # noqa: PLC0415 - see above

    ids: IdSource = machine.new_ids()

    def connect(mnemonic: str, version: str) -> Smev3Client:
        return Smev3Client(url, mnemonic, clock, ids, version=version, **keys.get(mnemonic, {}))

    async def explain(fault: Any) -> Any:
        with suppress(aiohttp.ClientError):
            async with Smev3Client(url, "REPLAY") as client:
                return await client.explanation_of(fault)

    library = load(data_folder("schemas") / "kinds")
    module = importlib.import_module(_REPLAY)
    return module.Surroundings(connect, clock, library, explain, patience=chosen.patience)
