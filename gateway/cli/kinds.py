"""`mock-smev kinds add|list|remove` and `mock-smev sample`: data kinds of one's own, and a first message of each."""

import importlib
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import aiohttp
import typer
from lxml import etree
from rich.table import Table

from gateway import library, machine
from gateway.cli.admin_client import AdminClient, NobodyThere, Token, one_line
from gateway.cli.common import DEFAULT_URL, ERRORS, OUTPUT, CommandFailed, Url, Version, run
from gateway.data_files import added_kinds, data_folder
from gateway.domain.catalogue import DataKind
from gateway.library.packages import Choices, Installed, Package, PackageError, install, read_package
from gateway.ns import SMEV3_VERSIONS
from gateway.protocol import participant_calls
from gateway.protocol.messages import MessageType
from gateway.protocol.moments import MOSCOW
from gateway.settings import Settings, SettingsError, read_settings
from gateway.words import say
from gateway.xml import Element, parse, source

WORLD: Final = "agencies.world"
"""Loaded by name: the gateway does not know its agencies."""

KindId = Annotated[str, typer.Argument(help=say("ведомство/вид", "agency/kind"), metavar="KIND")]


class Fullness(StrEnum):
    """How much a sample holds: what must be there, or all that may be."""

    MINIMAL = "minimal"
    FULL = "full"


def kinds_add(  # noqa: PLR0913, PLR0917 - each is one choice
    package: Annotated[Path, typer.Argument(help=say("архив zip, папка или XSD", "zip archive, folder or XSD"))],
    kind_id: Annotated[
        str | None, typer.Option("--id", help=say("идентификатор: ведомство/вид", "id: agency/kind"))
    ] = None,
    version: Annotated[
        str | None, typer.Option("--version", help=say("версия вида сведений", "version of the kind"))
    ] = None,
    name: Annotated[str | None, typer.Option("--name", help=say("название", "name"))] = None,
    request: Annotated[str | None, typer.Option("--request", help=say("корень запроса", "root of the request"))] = None,
    response: Annotated[
        str | None, typer.Option("--response", help=say("корень ответа", "root of the response"))
    ] = None,
    broadcast: Annotated[
        bool | None, typer.Option("--broadcast", help=say("рассылка: ответа не бывает", "a broadcast: no response"))
    ] = None,
    provider: Annotated[
        str | None, typer.Option("--provider", help=say("мнемоника поставщика", "mnemonic of the provider"))
    ] = None,
    auto: Annotated[
        bool | None,
        typer.Option("--auto", help=say("отвечать автоматически", "answer automatically")),
    ] = None,
    route_by: Annotated[
        str | None,
        typer.Option("--route-by", help=say("путь к ОКТМО получателя: a/b/@c", "path to the recipient: a/b/@c")),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            help=say(
                "папка данных: добавить к следующему запуску, если шлюз не работает",
                "folder of data: add for the next start where no gateway runs",
            ),
        ),
    ] = None,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Add a data kind to a running gateway."""
    fields = {
        "id": kind_id, "version": version, "name": name, "request": request, "response": response,
        "broadcast": broadcast, "provider": provider, "auto": auto, "route_by": route_by,
    }  # fmt: skip
    texts = {field: str(value) for field, value in fields.items() if value is not None}
    try:
        choices = Choices.from_fields(texts)
        content = read_package(package)
        packed = content.as_zip()
    except PackageError as error:
        raise CommandFailed(one_line(str(error), error.hint), code=2) from error
    try:
        _show_added(run(_post(AdminClient(url, token), packed, choices)))
    except NobodyThere as error:
        if data is None:
            hint = say("запустите шлюз или укажите --data", "start a gateway, or name the folder with --data")
            raise CommandFailed(one_line(str(error), hint)) from error
        _add_for_the_next_start(content, choices, data)


def _add_for_the_next_start(content: Package, choices: Choices, data: Path) -> None:
    try:
        _show_offline(install(content, choices, added_kinds(data), _load(_settings(data, None))))
    except PackageError as error:
        raise CommandFailed(one_line(str(error), error.hint)) from error


def kinds_list(url: Url = DEFAULT_URL, token: Token = None) -> None:
    """Show every data kind and who provides it."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("KIND", "VERSION", "ORIGIN", "PROVIDERS", "NAME"):
        table.add_column(title, overflow="fold")
    for kind in run(AdminClient(url, token).get("/kinds"))["kinds"]:
        table.add_row(kind["id"], kind["version"], kind["origin"], ", ".join(kind["providers"]), kind["name"])
    OUTPUT.print(table, markup=False)


def kinds_remove(
    kind: KindId,
    version: Annotated[
        str | None, typer.Argument(help=say("версия; без неё — единственная", "version; else the only one"))
    ] = None,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Remove a data kind that was added."""
    query = {} if version is None else {"version": version}
    agency, _, name = kind.partition("/")
    if not agency or not name or "/" in name:
        raise CommandFailed(
            say(f"ожидалось ведомство/вид, найдено {kind!r}", f"expected agency/kind, found {kind!r}"), 2
        )
    removed = run(
        AdminClient(url, token).delete(f"/kinds/{AdminClient.quoted(agency)}/{AdminClient.quoted(name)}", query)
    )
    OUTPUT.print(say("убран ", "removed ") + f"{removed['id']} {removed['version']}", markup=False)


def _show_added(answer: dict[str, Any]) -> None:
    kind = answer["kind"]
    rows = [
        (say("запрос", "request"), kind["request"]),
        (say("ответ", "response"), kind["response"] or say("нет: рассылка", "none: a broadcast")),
        (say("поставщик", "provider"), ", ".join(kind["providers"]) or _nobody(kind["id"])),
        (say("примеров", "examples"), str(answer["examples"])),
        (
            say("сценариев", "scenarios"),
            str(answer["scenarios"]) + (" + response.xml.j2" if answer["hasTemplate"] else ""),
        ),
        *((say("вместо", "instead of"), replaced) for replaced in answer["replaced"]),
    ]
    _show(f"{kind['id']} {kind['version']} — {kind['name']}", rows, answer["warnings"])


def _show_offline(installed: Installed) -> None:
    kind = installed.kind
    rows = [
        (say("запрос", "request"), str(kind.request)),
        (say("ответ", "response"), str(kind.response or "")),
        (say("поставщик", "provider"), kind.provided_by or _nobody(kind.id)),
        (say("папка", "folder"), f"{installed.folder} {say('(к следующему запуску)', '(for the next start)')}"),
    ]
    _show(f"{kind.id} {kind.version} — {kind.name}", rows, installed.warnings)


def _nobody(kind_id: str) -> str:
    option = f"serve --provide {say('МНЕМОНИКА', 'MNEMONIC')}={kind_id}"
    return say(f"никого; назначить: --provider, --auto или {option}", f"nobody; --provider, --auto or {option}")


def _show(title: str, rows: list[tuple[str, str]], warnings: Any) -> None:
    OUTPUT.print(say("добавлен ", "added ") + title, markup=False)
    for label, value in rows:
        OUTPUT.print(f"  {label}: {value}", markup=False)
    for warning in warnings:
        ERRORS.print(say("предупреждение: ", "warning: ") + warning, markup=False)


async def _post(admin: AdminClient, packed: bytes, choices: Choices) -> dict[str, Any]:
    return await admin.post_form("/kinds", _form(packed, choices))  # a form belongs to the loop that sends it


def _form(packed: bytes, choices: Choices) -> aiohttp.FormData:
    form = aiohttp.FormData()
    form.add_field("package", packed, filename="package.zip", content_type="application/zip")
    for name, text in choices.as_fields().items():
        form.add_field(name, text)
    return form


# --- a first message ---------------------------------------------------------------------------------------------


def sample(  # noqa: PLR0913, PLR0917 - each is one option
    kind: Annotated[
        str, typer.Argument(help=say("ведомство/вид или ведомство/вид/версия", "agency/kind or agency/kind/version"))
    ],
    root: Annotated[
        str, typer.Option("--root", help=say("request, response или имя корня", "request, response or the root"))
    ] = "request",
    as_: Annotated[
        str | None,
        typer.Option("--as", help=say("показать и команду отправки от этого участника", "show how to send it as")),
    ] = None,
    generated: Annotated[
        bool, typer.Option("--generated", help=say("составить по схеме, а не взять пример", "made from the schema"))
    ] = False,
    seed: Annotated[int, typer.Option("--seed", help=say("какой образец по счёту", "which of the samples"))] = 0,
    fullness: Annotated[
        Fullness, typer.Option("--fullness", help=say("только обязательное или всё", "what must be, or all"))
    ] = Fullness.FULL,
    envelope: Annotated[
        bool, typer.Option("--envelope/--content", help=say("конверт SOAP или одно содержимое", "SOAP or the content"))
    ] = True,
    kinds: Annotated[
        list[str] | None, typer.Option("--kinds", help=say("папки видов сведений", "folders of kinds"))
    ] = None,
    data: Annotated[Path | None, typer.Option("--data", help=say("папка данных", "folder of data"))] = None,
    url: Url = DEFAULT_URL,
    version: Version = "1.2",
) -> None:
    """Print a valid message of a kind: SendRequest, or the content of either root."""
    if version not in SMEV3_VERSIONS:
        raise CommandFailed(f"--version {version}: {', '.join(SMEV3_VERSIONS)}", code=2)
    settings = _settings(data, kinds)
    shelf = _load(settings)
    found = _kind(shelf, kind)
    wanted = _root(found, root)
    example = None if generated else _example(shelf, found, wanted)
    content = _generated(shelf, found, wanted, seed, fullness, settings) if example is None else example
    text = source(content)
    if envelope and wanted == found.request:
        message_id = machine.new_ids().message_id(machine.SystemClock().now())
        text, _ = participant_calls.send_request(SMEV3_VERSIONS[version], message_id, text)
    typer.echo(text.decode())
    if as_ is not None:
        address = f"{url.rstrip('/')}/as/{as_}/smev/v{version}/ws"
        ERRORS.print(f"curl -sS -H 'Content-Type: text/xml' --data-binary @- {address}", markup=False)


def _settings(data: Path | None, kinds: list[str] | None) -> Settings:
    flags: dict[str, Any] = {"data": data, "kinds": tuple(kinds) if kinds else None}
    try:
        return read_settings(flags, None)
    except SettingsError as error:
        raise CommandFailed(str(error), code=2) from error


def _load(settings: Settings) -> library.Library:
    folders = [*(Path(folder) for folder in settings.kinds), added_kinds(settings.data)]
    try:
        return library.load(
            *(folder for folder in folders if folder.is_dir()), shipped=data_folder("schemas") / "kinds"
        )
    except library.KindError as error:
        raise CommandFailed(str(error)) from error


def _kind(shelf: library.Library, name: str) -> DataKind:
    for kind in reversed(list(shelf.catalogue)):  # the newest version first
        if name in (kind.id, f"{kind.id}/{kind.version}"):
            return kind
    known = ", ".join(sorted({kind.id for kind in shelf.catalogue}))
    raise CommandFailed(
        say(f"вида сведений {name!r} нет; есть {known}", f"no kind {name!r}; there are {known}"), code=2
    )


def _root(kind: DataKind, wanted: str) -> MessageType:
    for role, root in zip(("request", "response"), kind.roots, strict=False):
        if wanted in (role, root.root, str(root)):
            return root
    known = ", ".join(root.root for root in kind.roots)
    raise CommandFailed(f"--root {wanted}: request, response, {known}", code=2)


def _example(shelf: library.Library, kind: DataKind, root: MessageType) -> Element | None:
    of_request = root == kind.request
    found = (pair.request if of_request else pair.response for pair in shelf.examples_of(kind))
    content = next((document for document in found if document is not None), None)
    return None if content is None else parse(content)


def _generated(  # noqa: PLR0913, PLR0917 - what a sample is made from
    shelf: library.Library, kind: DataKind, root: MessageType, seed: int, fullness: Fullness, settings: Settings
) -> Element:
    from gateway.library.sampling import CannotSample  # noqa: PLC0415 it costs 0.3 seconds

    today = machine.SystemClock().now().astimezone(MOSCOW).date()
    suggest = _somebody(settings.seed or 0, seed, today)
    try:
        return shelf.sampler_of(kind).sample(root, seed, suggest, today=today, fullness=fullness.value)
    except (CannotSample, library.KindError) as error:
        raise CommandFailed(f"{kind.id}: {error}") from error


def _somebody(world_seed: int, number: int, today: date) -> Any:
    """Return what suggests the values of a citizen and of a firm of the world that a gateway of this seed simulates."""
    module = importlib.import_module(WORLD)
    world = module.World(world_seed, today)
    about = etree.Element("about")
    etree.SubElement(about, "snils").text = world.person(number % module.PERSONS).snils
    etree.SubElement(about, "ogrn").text = world.firms[number % len(world.firms)].ogrn
    return module.facts_of(world, about).suggest


application = typer.Typer(no_args_is_help=True)
application.command("add", help=say("Добавить вид сведений: zip, папка или XSD.", "Add a kind: zip, folder or XSD."))(
    kinds_add
)
application.command("list", help=say("Показать виды сведений.", "Show the data kinds."))(kinds_list)
application.command("remove", help=say("Убрать добавленный вид сведений.", "Remove a kind that was added."))(
    kinds_remove
)
