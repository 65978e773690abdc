"""`mock-smev demo`: the main job, watched live."""

import asyncio
import importlib
import logging
import tempfile
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.markup import escape
from rich.table import Table

from gateway import logs
from gateway.cli.admin_client import AdminClient
from gateway.cli.common import OUTPUT, CommandFailed, run
from gateway.cli.options import option
from gateway.cli.record import record_span, refuse_existing
from gateway.cli.serve import show_banner, until_told_to_stop
from gateway.domain.journal import JournalEntry
from gateway.domain.signature_mode import SignatureMode
from gateway.settings import Settings, SettingsError, read_settings
from gateway.words import say

if TYPE_CHECKING:
    from gateway.app import Gateway

_STORY: Final = "agencies.demo"
_PATIENCE_SECONDS: Final = 60.0


def demo(  # noqa: PLR0913, PLR0917 - each is one option
    port: Annotated[int | None, option("port")] = None,
    data: Annotated[Path | None, option("data")] = None,
    store: Annotated[str | None, option("store")] = None,
    seed: Annotated[int | None, option("seed")] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help=say("продолжать работу после показа", "go on serving afterwards"))
    ] = False,
    record: Annotated[
        Path | None, typer.Option("--record", help=say("записать показ в новый файл", "record it to a new file"))
    ] = None,
) -> None:
    """Play the demonstration; exit code 1 when the service was not provided."""
    if record is not None:
        refuse_existing(record)
    folder = nullcontext(str(data)) if data or store else tempfile.TemporaryDirectory(prefix="mock-smev-demo-")
    with folder as path:
        flags = {
            "port": port if port is not None else None if keep else 0,
            "data": Path(path),
            "store": store,
            "seed": seed,
            "topology": "minimal",
            "signatures": SignatureMode.STRICT,
        }
        try:
            settings = read_settings(flags, None)
        except SettingsError as error:
            raise CommandFailed(str(error), code=2) from error
        logs.configure(logging.WARNING)
        from gateway.app import CannotStart  # noqa: PLC0415 - the other commands need no server and no store

        try:
            served = run(_demo(settings, keep=keep, record=record))
        except CannotStart as error:
            raise CommandFailed(str(error)) from error
    if not served:
        raise CommandFailed(say("услуга не оказана, как велит закон", "the service was not provided as the law has it"))


async def _demo(settings: Settings, *, keep: bool = False, record: Path | None = None) -> bool:
    from gateway.app import running  # noqa: PLC0415 - see above

    module: Any = importlib.import_module(_STORY)
    async with running(settings) as gateway:
        try:
            stories = module.stories(gateway.nodes)
        except module.NobodyToShow as error:
            raise CommandFailed(
                say(
                    f"в этом мире некому показать услугу (ОКТМО {error}): возьмите другое --seed",
                    f"nobody of this world can show the service (OKTMO {error}): take another --seed",
                )
            ) from error
        _introduce(gateway)
        for number, story in enumerate(stories, start=1):
            _open_scene(gateway, number, story)
            await _play(gateway, module, story)
            _close_scene(gateway, story)
        if record is not None:
            from gateway.cli.record_source import of_gateway  # noqa: PLC0415 - see above

            await record_span(of_gateway(gateway), record)
        if keep:
            OUTPUT.print()
            show_banner(gateway)
            await until_told_to_stop()
        return all(story.decision.granted and story.shown == 0 for story in stories)


async def _play(gateway: "Gateway", module: Any, story: Any) -> None:
    from gateway.storage import journal  # noqa: PLC0415 - see above

    admin = AdminClient(gateway.url, gateway.admin_token)

    async def read(after: int) -> list[tuple[int, JournalEntry]]:
        stored = await gateway.store.run(lambda connection: journal.read(connection, after))
        return [(item.seq, item.entry) for item in stored]

    async def offers(message_id: str) -> Mapping[str, bytes]:
        answer = await admin.get(f"/interactions/{AdminClient.quoted(message_id)}/explanation")
        return {offer["kind"]: offer["envelope"].encode() for offer in answer["offers"] if _is_ready(offer)}

    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await module.play(gateway.nodes, read, offers, _tell, story)
    except TimeoutError:
        raise CommandFailed(
            say(f"за {_PATIENCE_SECONDS:.0f} с решения нет", f"no decision in {_PATIENCE_SECONDS:.0f} s")
        ) from None


def _is_ready(offer: Mapping[str, Any]) -> bool:
    return bool(offer["envelope"]) and not offer["toComplete"]


def _introduce(gateway: "Gateway") -> None:
    OUTPUT.rule("[bold]Mock SMEV[/bold]")
    OUTPUT.print(
        say(
            "Два города, одна услуга: гражданка хочет приватизировать муниципальную квартиру, в которой живёт.\n"
            "Справки хранят другие ведомства, и требовать их у неё нельзя: 210-ФЗ, ст. 7 ч. 1 п. 2.\n",
            "Two towns, one service: a citizen wants the municipal flat that she lives in for her own.\n"
            "Other agencies hold the papers, and nobody may demand them from her: 210-FZ, Art. 7 part 1 item 2.\n",
        )
    )
    for participant in gateway.participants.by_mnemonic.values():
        OUTPUT.print(f"  [bold]{participant.mnemonic}[/bold]  {participant.name}")
    OUTPUT.print("\n" + say("Шлюз: ", "Gateway: ") + f"{gateway.url}, {gateway.store.name}\n", style="dim")


def _open_scene(gateway: "Gateway", number: int, story: Any) -> None:
    body = gateway.participants.name_of(story.body)
    OUTPUT.rule(f"[bold]{number}. {body}[/bold]")
    who, application = story.application.applicant, story.application
    name = " ".join(filter(None, (who.family_name, who.first_name, who.patronymic)))
    brought = len(application.documents)
    OUTPUT.print(
        say(
            f"Гражданка (вымышленная): {name}, СНИЛС {application.snils}; квартира: {story.estate.address}.\n"
            f"Услуга {application.service_code}: «{application.service_name}». Принесла только своё: {brought} док.",
            f"The (synthetic) citizen: {name}, SNILS {application.snils}; the flat: {story.estate.address}.\n"
            f"Service {application.service_code}: “{application.service_name}”; papers of her own: {brought}.",
        )
    )
    if story.is_disobedient:
        OUTPUT.print(
            say(
                "[yellow]Этот орган закон не соблюдает: требует выписку из ЕГРН с гражданки.[/yellow]\n",
                "[yellow]This body does not keep the law: it demands the extract from EGRN from her.[/yellow]\n",
            )
        )
    else:
        OUTPUT.print(
            say(
                "[green]Этот орган закон соблюдает: сам запрашивает всё, что хранят другие.[/green]\n",
                "[green]This body keeps the law: it fetches everything that others hold.[/green]\n",
            )
        )


def _verb(event: str) -> tuple[str, str]:
    """Return what happens at a step, and its colour."""
    verbs = {
        "sent": (say("отправляет", "sends"), "cyan"),
        "delivered": (say("получает", "takes"), "green"),
        "rejected": (say("отклонено", "rejected"), "red"),
        "refused": (say("отказ", "refused"), "red"),
    }
    return verbs.get(event, (event, "dim"))


def _tell(step: Any) -> None:
    verb, colour = _verb(step.event.value)
    arrow = "←" if step.event.value == "delivered" else "→"
    OUTPUT.print(
        f"[dim]{step.moment}[/dim] [{colour}]{verb:10}[/{colour}] "
        f"{step.participant:6} {arrow} {step.counterpart:6}  {step.operation:12}  [bold]{step.message_type}[/bold]"
    )


def _close_scene(gateway: "Gateway", story: Any) -> None:
    if story.refusal is not None:
        _show_refusal(gateway, story)
    decision = story.decision
    OUTPUT.print()
    table = Table(title=say("Что запрошено у других ведомств", "What was fetched from other agencies"))
    table.add_column(say("Сведения", "Data"))
    table.add_column(say("Кто хранит", "Held by"))
    table.add_column(say("Ответ (MessageID)", "Answer (MessageID)"), no_wrap=True, min_width=36)
    for source in decision.sources:
        table.add_row(_kind_name(gateway, source.kind), gateway.participants.name_of(source.holder), source.message_id)
    OUTPUT.print(table)
    verdict = say("предоставлена", "provided") if decision.granted else say("не предоставлена", "not provided")
    OUTPUT.print(
        say(
            f"Услуга {verdict}: {decision.text}\nВызовов через шлюз: {story.calls}; "
            f"справок от гражданки: {story.shown}; запросов к ведомствам: {len(decision.sources)}\n",
            f"The service is {verdict}: {decision.text}\nCalls through the gateway: {story.calls}; "
            f"certificates from the citizen: {story.shown}; requests to agencies: {len(decision.sources)}\n",
        )
    )


def _show_refusal(gateway: "Gateway", story: Any) -> None:
    entry = story.refusal
    told = entry.explanation
    OUTPUT.print()
    OUTPUT.print(
        say(
            f"[bold red]СМЭВ отклонила требование: {entry.fault}[/bold red] — до гражданки оно не дошло",
            f"[bold red]SMEV rejected the demand: {entry.fault}[/bold red] — it never reached the citizen",
        )
    )
    rows = (
        ()
        if told is None
        else (
            (say("норма", "article"), told.rule),
            (say("ожидалось", "expected"), told.expected),
            (say("найдено", "found"), told.found),
            (say("что делать", "what to do"), told.advice),
        )
    )
    for label, value in rows:
        if value:
            OUTPUT.print(f"  [dim]{label:>11}[/dim]  {escape(value)}")
    if story.offered:
        names = ", ".join(_kind_name(gateway, kind) for kind in story.offered)
        OUTPUT.print(
            say(
                f"[green]Взят предложенный готовый запрос: {names}[/green]",
                f"[green]The offered request is taken instead: {names}[/green]",
            )
        )


def _kind_name(gateway: "Gateway", kind_id: str) -> str:
    kind = gateway.library.catalogue.by_id(kind_id)
    return kind_id if kind is None else say(kind.name, kind.name_en)
