"""`mock-smev demo`: the main job, watched live."""

import asyncio
import importlib
import logging
import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.table import Table

from gateway import logs
from gateway.cli.common import OUTPUT, CommandFailed, option, run
from gateway.cli.serve import show_banner, until_told_to_stop
from gateway.domain.journal import JournalEntry
from gateway.settings import Settings, SettingsError, read_settings
from gateway.words import say

if TYPE_CHECKING:
    from gateway.app import Gateway

_STORY: Final = "agencies.demo"
_PATIENCE_SECONDS: Final = 60.0


def demo(
    port: Annotated[int | None, option("port")] = None,
    data: Annotated[Path | None, option("data")] = None,
    store: Annotated[str | None, option("store")] = None,
    seed: Annotated[int | None, option("seed")] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help=say("продолжать работу после показа", "go on serving afterwards"))
    ] = False,
) -> None:
    """Play the demonstration; exit code 1 when the service was not provided."""
    folder = nullcontext(str(data)) if data or store else tempfile.TemporaryDirectory(prefix="mock-smev-demo-")
    with folder as path:
        flags = {
            "port": port if port is not None else None if keep else 0,
            "data": Path(path),
            "store": store,
            "seed": seed,
            "topology": "minimal",
        }
        try:
            settings = read_settings(flags, None)
        except SettingsError as error:
            raise CommandFailed(str(error), code=2) from error
        logs.configure(logging.WARNING)
        from gateway.app import CannotStart  # noqa: PLC0415 - the other commands need no server and no store

        try:
            granted = run(_demo(settings, keep=keep))
        except CannotStart as error:
            raise CommandFailed(str(error)) from error
    if not granted:
        raise CommandFailed(say("услуга не оказана", "the service was not provided"))


async def _demo(settings: Settings, *, keep: bool) -> bool:
    from gateway.app import running  # noqa: PLC0415 - see above
    from gateway.storage import journal  # noqa: PLC0415

    story_module: Any = importlib.import_module(_STORY)
    async with running(settings) as gateway:
        application, firm, estate = story_module.choose_application(gateway.nodes.world)
        story = story_module.Story(application, firm, estate)
        _introduce(gateway, story)

        async def read(after: int) -> list[tuple[int, JournalEntry]]:
            stored = await gateway.store.run(lambda connection: journal.read(connection, after))
            return [(item.seq, item.entry) for item in stored]

        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                decision = await story_module.play(gateway.nodes, read, lambda step: _tell(gateway, step), story)
        except TimeoutError:
            raise CommandFailed(
                say(f"за {_PATIENCE_SECONDS:.0f} с решения нет", f"no decision in {_PATIENCE_SECONDS:.0f} s")
            ) from None
        _summarise(gateway, story)
        if keep:
            OUTPUT.print()
            show_banner(gateway)
            await until_told_to_stop()
        return bool(decision.granted)


def _introduce(gateway: "Gateway", story: Any) -> None:
    who = story.application.applicant
    name = " ".join(filter(None, (who.family_name, who.first_name, who.patronymic)))
    OUTPUT.rule("[bold]Mock SMEV[/bold]")
    snils, firm, service = story.application.snils, story.firm.short_name, story.application.service_name
    OUTPUT.print(
        say(
            f"Гражданин (вымышленный): {name}, СНИЛС {snils}, руководитель {firm}.\n"
            f"Услуга: «{service}».\n"
            "Справок заявитель не приносит: муниципалитет сам запросит их у ведомств через СМЭВ (210-ФЗ, ст. 7).\n",
            f"The (synthetic) citizen: {name}, SNILS {snils}, head of {firm}.\n"
            f"The service: “{service}”.\n"
            "The applicant brings no certificates: the municipality fetches them through SMEV (210-FZ, Art. 7).\n",
        )
    )
    for participant in gateway.participants.by_mnemonic.values():
        OUTPUT.print(f"  [bold]{participant.mnemonic}[/bold]  {participant.name}")
    OUTPUT.print("\n" + say("Шлюз: ", "Gateway: ") + f"{gateway.url}, {gateway.store.name}\n", style="dim")


def _verb(event: str) -> tuple[str, str]:
    """Return what happens at a step, and its colour."""
    verbs = {
        "sent": (say("отправляет", "sends"), "cyan"),
        "delivered": (say("получает", "takes"), "green"),
        "rejected": (say("отклонено", "rejected"), "red"),
        "refused": (say("отказ", "refused"), "red"),
    }
    return verbs.get(event, (event, "dim"))


def _tell(_: "Gateway", step: Any) -> None:
    verb, colour = _verb(step.event.value)
    arrow = "←" if step.event.value == "delivered" else "→"
    OUTPUT.print(
        f"[dim]{step.moment}[/dim] [{colour}]{verb:10}[/{colour}] "
        f"{step.participant:6} {arrow} {step.counterpart:6}  {step.operation:12}  [bold]{step.message_type}[/bold]"
    )


def _summarise(gateway: "Gateway", story: Any) -> None:
    decision = story.decision
    OUTPUT.print()
    table = Table(title=say("Что запрошено у других ведомств", "What was fetched from other agencies"))
    table.add_column(say("Сведения", "Data"))
    table.add_column(say("Кто хранит", "Held by"), no_wrap=True)
    table.add_column(say("Ответ (MessageID)", "Answer (MessageID)"), no_wrap=True, min_width=36)
    for source in decision.sources:
        kind = gateway.library.catalogue.by_id(source.kind)
        name = source.kind if kind is None else say(kind.name, kind.name_en)
        table.add_row(name, gateway.participants.name_of(source.holder), source.message_id)
    OUTPUT.print(table)
    verdict = say("предоставлена", "provided") if decision.granted else say("не предоставлена", "not provided")
    OUTPUT.print(
        say(
            f"Услуга {verdict}: {decision.text}\nВызовов через шлюз: {story.calls}; "
            f"справок от гражданина: 0; запросов к ведомствам: {len(decision.sources)}",
            f"The service is {verdict}: {decision.text}\nCalls through the gateway: {story.calls}; "
            f"certificates from the citizen: 0; requests to agencies: {len(decision.sources)}",
        )
    )
