"""`mock-smev serve`: a gateway until it is told to stop."""

import asyncio
import gc
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from gateway import logs
from gateway.cli.common import OUTPUT, CommandFailed, log_level, run
from gateway.cli.options import option
from gateway.domain.once_only.enforcement import Mode, Unattributed
from gateway.domain.participants import Registration
from gateway.domain.signature_mode import SignatureMode
from gateway.ns import SMEV3_VERSIONS
from gateway.settings import USUAL_FTP_PORT, Settings, SettingsError, read_settings
from gateway.words import say

if TYPE_CHECKING:
    from gateway.app import Gateway


def serve(  # noqa: PLR0913, PLR0917 - each is one setting
    host: Annotated[str | None, option("host")] = None,
    port: Annotated[int | None, option("port")] = None,
    data: Annotated[Path | None, option("data")] = None,
    store: Annotated[str | None, option("store")] = None,
    topology: Annotated[str | None, option("topology")] = None,
    kinds: Annotated[list[str] | None, option("kinds")] = None,
    services: Annotated[list[str] | None, option("services")] = None,
    participant: Annotated[list[str] | None, option("participant")] = None,
    provide: Annotated[list[str] | None, option("provide")] = None,
    fixtures: Annotated[list[str] | None, option("fixtures")] = None,
    invent_unknown: Annotated[bool | None, option("invent_unknown")] = None,
    registration: Annotated[Registration | None, option("registration")] = None,
    signatures: Annotated[SignatureMode | None, option("signatures")] = None,
    once_only: Annotated[Mode | None, option("once_only")] = None,
    unattributed: Annotated[Unattributed | None, option("unattributed")] = None,
    clock: Annotated[str | None, option("clock")] = None,
    lease: Annotated[float | None, option("lease")] = None,
    seed: Annotated[int | None, option("seed")] = None,
    max_body: Annotated[int | None, option("max_body")] = None,
    max_attachments: Annotated[int | None, option("max_attachments")] = None,
    max_ref_attachments: Annotated[int | None, option("max_ref_attachments")] = None,
    attachments_quota: Annotated[int | None, option("attachments_quota")] = None,
    attachments_room: Annotated[int | None, option("attachments_room")] = None,
    attachments_unclaimed: Annotated[float | None, option("attachments_unclaimed")] = None,
    ftp_port: Annotated[str | None, option("ftp_port")] = None,
    ftp_certificate: Annotated[Path | None, option("ftp_certificate")] = None,
    queue_limit: Annotated[int | None, option("queue_limit")] = None,
    stale_after: Annotated[float | None, option("stale_after")] = None,
    any_message_id: Annotated[bool | None, option("any_message_id")] = None,
    any_uuid_version: Annotated[bool | None, option("any_uuid_version")] = None,
    check_wire_schema: Annotated[
        bool | None, option("check_wire_schema", "--check-wire-schema/--no-check-wire-schema")
    ] = None,
    refuse_early: Annotated[bool | None, option("refuse_early")] = None,
    status_needs_ack: Annotated[bool | None, option("status_needs_ack")] = None,
    always_multipart: Annotated[bool | None, option("always_multipart")] = None,
    body_timeout: Annotated[float | None, option("body_timeout")] = None,
    journal_limit: Annotated[int | None, option("journal_limit")] = None,
    admin_token: Annotated[str | None, option("admin_token")] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            help=say("файл настроек TOML", "TOML file of settings"), envvar="MOCK_SMEV_CONFIG", show_envvar=False
        ),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help=say("подробный журнал работы", "log more"))] = False,
) -> None:
    """Start a gateway and serve until told to stop."""
    flags = {name: value for name, value in locals().items() if name not in ("config", "verbose")}
    flags = {name: tuple(value) if isinstance(value, list) else value for name, value in flags.items() if value != []}
    try:
        settings = read_settings(flags, config)
    except SettingsError as error:
        raise CommandFailed(str(error), code=2) from error
    logs.configure(log_level(verbose=verbose))
    from gateway.app import CannotStart  # noqa: PLC0415 - the other commands need no server and no store: 0.5 seconds

    try:
        run(_serve(settings))
    except CannotStart as error:
        raise CommandFailed(str(error)) from error


async def _serve(settings: Settings) -> None:
    from gateway.app import running  # noqa: PLC0415 - see above

    async with running(settings) as gateway:
        show_banner(gateway)
        # What start-up made lives as long as the program: the collector need not look at it again and again.
        gc.collect()
        gc.freeze()
        await until_told_to_stop()
        OUTPUT.print(say("останавливаюсь…", "stopping…"))


async def until_told_to_stop() -> None:
    """Wait for SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()


def show_banner(gateway: "Gateway") -> None:
    """Print where everything is and how the gateway was started."""
    settings = gateway.settings
    rows = Table.grid(padding=(0, 2))
    rows.add_column()
    rows.add_column(overflow="fold")
    for version in SMEV3_VERSIONS:
        rows.add_row(f"SMEV 3 {version}", f"{gateway.url}/smev/v{version}/ws?wsdl")
    strict = gateway.signatures.mode is SignatureMode.STRICT
    rows.add_row(
        say("по мнемонике", "by mnemonic") if strict else say("без подписи", "unsigned"),
        f"{gateway.url}/as/{say('МНЕМОНИКА', 'MNEMONIC')}/smev/v1.2/ws  {say('или', 'or')}  X-Smev-Mnemonic",
    )
    rows.add_row(say("управление", "administration"), f"{gateway.url}/__admin/docs")
    if gateway.admin_token is not None and settings.admin_token is None:
        rows.add_row(say("токен", "token"), f"Authorization: Bearer {gateway.admin_token}")
    rows.add_row(say("состояние", "health"), f"{gateway.url}/__admin/health")
    rows.add_row(say("файлы", "files"), _where_files_go(gateway))
    rows.add_row(say("данные", "data"), gateway.store.name)
    rows.add_row(
        say("надёжность", "durability"),
        say("ответ уходит после фиксации на диске", "an answer leaves after the commit is on disk"),
    )
    _show_signatures(rows, gateway)
    clock = gateway.timekeeper.clock
    rows.add_row(say("часы", "clock"), str(clock.setting) if clock.is_virtual else say("настоящие", "real"))
    rows.add_row(say("регистрация", "registration"), settings.registration.value)
    rows.add_row(
        say("топология", "topology"),
        f"{settings.topology}: {len(gateway.participants.by_mnemonic)} {say('участников', 'participants')}",
    )
    OUTPUT.print(f"[bold]Mock SMEV[/bold]  {gateway.url}")
    OUTPUT.print(rows)
    # Whoever reads through a pipe waits for the address.
    OUTPUT.file.flush()


def _where_files_go(gateway: "Gateway") -> str:
    by_http = f"{gateway.url}/attachments/UUID/{say('ИМЯ', 'NAME')}"
    if gateway.ftp is None:
        return by_http
    usual, moved = gateway.settings.ftp_port is None and gateway.settings.port, f":{USUAL_FTP_PORT}" not in gateway.ftp
    taken = say(f" (порт {USUAL_FTP_PORT} занят)", f" (port {USUAL_FTP_PORT} is taken)") if usual and moved else ""
    return f"{gateway.ftp}{taken}  {say('или', 'or')}  {by_http}"


def _show_signatures(rows: Table, gateway: "Gateway") -> None:
    from gateway.signature.gost import back_ends  # noqa: PLC0415 - the other commands compute nothing

    mode, certificate = gateway.signatures.mode, gateway.signatures.certificate
    meaning = {
        SignatureMode.OFF: say("не проверяются и не ставятся", "neither verified nor made"),
        SignatureMode.LENIENT: say("неверные записываются в журнал", "bad ones are written down in the journal"),
        SignatureMode.STRICT: say("неверные отклоняются (SMEV-100)", "bad ones are refused (SMEV-100)"),
    }
    rows.add_row(say("подписи", "signatures"), f"{mode.value} — {meaning[mode]}; {say('ГОСТ', 'GOST')}: {back_ends()}")
    if certificate is not None:
        rows.add_row(say("сертификат СМЭВ", "SMEV's certificate"), f"SHA-256 {certificate.fingerprint}")
