"""Data kinds: what there is, with schemas and examples; packages taken in and removed while the gateway runs."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from gateway.exchange.kinds import KindRefusal, KnownKind, NoSuchKind
from gateway.library import KindError, Library
from gateway.library.packages import Choices, Installed, PackageError
from gateway.transports.admin.problems import Refused
from gateway.transports.admin.view import AdminView, Shape, Word, described, received
from gateway.words import say

_FILE: Final = "package"
_MOST_FILES: Final = 2_000
_FORM: Final[dict[str, Any]] = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "required": [_FILE],
            "properties": {
                _FILE: {"type": "string", "format": "binary"},
                **{field.name: {"type": "string"} for field in fields(Choices)},
            },
        }
    }
}


class KindShape(Shape):
    """A data kind. Roots are `{namespace}name`, a broadcast has no response; `origin` is shipped, folder or added."""

    id: str
    version: str
    name: str
    name_en: str
    owner: str
    fidelity: str
    origin: str
    request: str
    response: str | None
    broadcast: bool
    auto: bool
    route_by: list[str]
    providers: list[str]

    @classmethod
    def of(cls, known: KnownKind) -> "KindShape":
        kind = known.kind
        return cls(
            id=kind.id,
            version=kind.version,
            name=kind.name,
            name_en=kind.name_en,
            owner=kind.owner,
            fidelity=kind.fidelity,
            origin=known.origin.value,
            request=str(kind.request),
            response=None if kind.response is None else str(kind.response),
            broadcast=kind.broadcast,
            auto=kind.auto,
            route_by=list(kind.route_by),
            providers=list(known.providers),
        )


class KindsShape(Shape):
    """Every kind, in the order of ids and versions."""

    kinds: list[KindShape]


class ExampleShape(Shape):
    """A request and the response to it; one of the two may be missing."""

    name: str
    request: str | None
    response: str | None


class FileShape(Shape):
    """A file of the kind's folder."""

    name: str
    size: int


class WholeKindShape(Shape):
    """A kind with the texts of its examples and the names of its files."""

    kind: KindShape
    examples: list[ExampleShape]
    files: list[FileShape]


class AddedKindShape(Shape):
    """A kind that was added. `replaced` are the shipped ones that gave way to it."""

    kind: KindShape
    replaced: list[str]
    warnings: list[str]
    examples: int
    scenarios: int
    has_template: bool


class RemovedKindShape(Shape):
    """A kind that was removed."""

    id: str
    version: str


class KindsView(AdminView):
    """`/__admin/kinds`."""

    @described(
        lambda: say("Все виды сведений и кто их предоставляет.", "All data kinds and who provides them."), KindsShape
    )
    async def get(self) -> web.Response:
        return self.reply(KindsShape(kinds=[KindShape.of(known) for known in self.administration.kinds.list()]))

    @described(
        lambda: say(
            "Добавить вид сведений: пакет (zip с XSD и примерами) в поле package, остальные поля — "
            "если нужно решить иначе, чем следует из пакета. Вид остаётся и после перезапуска.",
            "Add a data kind: a package (a zip of XSDs and examples) as the field package; the other fields decide "
            "what is not to be read out of the package. The kind is there after a restart too.",
        ),
        AddedKindShape,
        408,
        413,
        415,
        422,
        status=201,
        body=_FORM,
    )
    async def post(self) -> web.Response:
        package, texts = await self._form()
        with refusals_told():
            installed = await self.administration.kinds.add(package, Choices.from_fields(texts))
        address = self.address(f"/kinds/{installed.kind.id}?version={installed.kind.version}")
        return self.reply(self._added(installed), 201, {"Location": address})

    async def _form(self) -> tuple[bytes, dict[str, str]]:
        if self.request.content_type != "multipart/form-data":
            title, detail = say("Нужна форма", "A form is needed"), self.request.content_type
            raise Refused(415, "media-type", title, detail, "Content-Type: multipart/form-data")
        form = await received(self.request, self._read_form())
        file = form.get(_FILE)
        if not isinstance(file, web.FileField):
            hint = say("файл — в поле package", "the file goes into the field package")
            raise Refused(422, "package", say("Нет файла пакета", "No package file"), ", ".join(form), hint)
        texts = {name: value for name, value in form.items() if isinstance(value, str)}
        return await asyncio.to_thread(file.file.read), texts

    async def _read_form(self) -> Any:
        try:
            return await self.request.post()
        except (ValueError, LookupError, HttpProcessingError) as error:  # no boundary, no such encoding, bad headers
            hint = say("проверьте, чем составлена форма", "look at what wrote the form")
            raise Refused(400, "form", say("Форму не прочесть", "The form cannot be read"), str(error), hint) from error

    def _added(self, installed: Installed) -> AddedKindShape:
        return AddedKindShape(
            kind=KindShape.of(_known(self, installed.kind.id, installed.kind.version)),
            replaced=[f"{kind.id} {kind.version}" for kind in installed.replaced],
            warnings=list(installed.warnings),
            examples=installed.examples,
            scenarios=installed.scenarios,
            has_template=installed.has_template,
        )


class KindView(AdminView):
    """`/__admin/kinds/{agency}/{kind}`."""

    @described(
        lambda: say(
            "Вид сведений с текстами примеров и списком файлов; без version — самый новый.",
            "A data kind with the texts of its examples and its files; without version the newest.",
        ),
        WholeKindShape,
        404,
        409,
    )
    async def get(self, agency: str, kind: str, /, version: Word | None = None) -> web.Response:
        known = _known(self, f"{agency}/{kind}", version)
        with refusals_told():
            return self.reply(await asyncio.to_thread(_whole, self.administration.library, known))

    @described(
        lambda: say(
            "Убрать вид сведений, добавленный через этот API; упрощённый поставляемый возвращается на его место.",
            "Remove a data kind that this API added; a simplified one that ships returns to its place.",
        ),
        RemovedKindShape,
        404,
        409,
    )
    async def delete(self, agency: str, kind: str, /, version: Word | None = None) -> web.Response:
        with refusals_told():
            removed = await self.administration.kinds.remove(f"{agency}/{kind}", version)
        return self.reply(RemovedKindShape(id=removed.id, version=removed.version))


def _known(view: AdminView, kind_id: str, version: str | None) -> KnownKind:
    found = [
        known
        for known in view.administration.kinds.list()
        if known.kind.id == kind_id and version in (None, known.kind.version)
    ]
    if not found:
        hint = say("все виды: GET /__admin/kinds", "all kinds: GET /__admin/kinds")
        detail = kind_id if version is None else f"{kind_id} {version}"
        raise Refused(404, "kind", say("Такого вида сведений нет", "No such data kind"), detail, hint)
    return found[-1]


def _whole(library: Library, known: KnownKind) -> WholeKindShape:
    folder = library.folder_of(known.kind)
    return WholeKindShape(
        kind=KindShape.of(known),
        examples=[
            ExampleShape(name=pair.name, request=_text(pair.request), response=_text(pair.response))
            for pair in library.examples_of(known.kind)
        ],
        files=[FileShape(name=str(path.relative_to(folder)), size=path.stat().st_size) for path in _files(folder)],
    )


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())[:_MOST_FILES]


def _text(document: bytes | None) -> str | None:
    return None if document is None else document.decode("utf-8", "replace")


@contextmanager
def refusals_told() -> Iterator[None]:
    """Tell what packages and kinds are refused for as a problem."""
    title = say("Виды сведений остались как есть", "The data kinds stay as they are")
    try:
        yield
    except PackageError as error:
        raise Refused(422, "package", title, str(error), error.hint, where=error.where or None) from error
    except KindRefusal as refusal:
        status = 404 if isinstance(refusal, NoSuchKind) else 409
        raise Refused(status, "kind", title, refusal.found, refusal.advice) from refusal
    except KindError as error:
        hint = say("исправьте файл в папке вида сведений", "correct the file in the folder of the kind")
        raise Refused(409, "kind", title, str(error), hint) from error
