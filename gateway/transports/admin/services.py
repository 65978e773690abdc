"""Services: their passports, listed, shown as they are on a day, added and removed while the gateway runs."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Final

from aiohttp import web
from pydantic import Field

from gateway.domain.services import Document, DocumentClass, Level, ServicePassport
from gateway.exchange.services import KnownService, NoSuchService, ServiceRefusal
from gateway.library.passports import PassportError, Passports
from gateway.transports.admin.problems import Refused
from gateway.transports.admin.view import AdminView, Shape, Word, described, json_body, received
from gateway.words import say

_TOML: Final = ("text/plain", "application/toml")
_BODY: Final[dict[str, Any]] = {
    "application/json": {"schema": {"$ref": "#/components/schemas/PassportShape"}},
    "text/plain": {"schema": {"type": "string"}},
}


class DocumentShape(Shape):
    """A document of a service; `class` is personal, interagency or own-initiative, `item` one of Art. 7 part 6."""

    code: str
    name: str
    name_en: str | None = None
    document_class: DocumentClass = Field(alias="class")
    item: int | None = None
    not_held: bool | None = None
    kind: str | None = None
    holder: str | None = None
    since: date | None = None
    until: date | None = None
    mandatory: bool | None = None
    restricted: bool | None = None

    @classmethod
    def of(cls, document: Document) -> "DocumentShape":
        # "class" is no name that a call could give.
        return cls.model_construct(
            code=document.code,
            name=document.name,
            name_en=document.name_en or None,
            document_class=document.document_class,
            item=document.item,
            not_held=document.not_held or None,
            kind=document.kind,
            holder=document.holder or None,
            since=document.since,
            until=document.until,
            mandatory=document.mandatory,
            restricted=document.restricted,
        )


class PassportShape(Shape):
    """A passport with the keys of its file; terms are as "5 working days", `termsToAnswer` are by data kind."""

    code: str
    name: str
    name_en: str | None = None
    level: Level
    body: str
    applicants: tuple[str, ...] = ()
    term: str
    term_from: str | None = None
    term_to_send: str | None = None
    terms_to_answer: dict[str, str] = Field(default_factory=dict)
    based_on: str | None = None
    documents: tuple[DocumentShape, ...] = ()
    actions: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    register_number: str | None = None
    status: str | None = None
    source: str | None = None

    @classmethod
    def of(cls, passport: ServicePassport, day: date | None) -> "PassportShape":
        documents = passport.documents if day is None else passport.in_force(day)
        return cls(
            code=passport.code,
            name=passport.name,
            name_en=passport.name_en or None,
            level=passport.level,
            body=passport.body,
            applicants=passport.applicants,
            term=str(passport.term),
            term_to_send=str(passport.term_to_send),
            terms_to_answer={kind: str(term) for kind, term in passport.terms_to_answer.items()},
            based_on=passport.based_on,
            documents=tuple(map(DocumentShape.of, documents)),
            actions=passport.actions,
            acts=passport.acts,
            register_number=passport.register_number,
            status=passport.status,
            source=passport.source or None,
        )

    def written(self) -> dict[str, Any]:
        """Return the document with the keys of the file."""
        document: dict[str, Any] = self.model_dump(mode="json", exclude_none=True, exclude_unset=True)
        for each in document.get("documents", ()):
            each["class"] = each.pop("document_class")
        return document


class ServiceShape(Shape):
    """A service; `origin` is shipped, folder or added."""

    code: str
    name: str
    name_en: str
    level: Level
    body: str
    term: str
    status: str
    origin: str

    @classmethod
    def of(cls, known: KnownService) -> "ServiceShape":
        passport = known.passport
        return cls(
            code=passport.code,
            name=passport.name,
            name_en=passport.name_en,
            level=passport.level,
            body=passport.body,
            term=str(passport.term),
            status=passport.status,
            origin=known.origin.value,
        )


class ServicesShape(Shape):
    """Every service, in the order of codes."""

    services: list[ServiceShape]


class WholeServiceShape(Shape):
    """A passport with the documents of `day`, or of all times; `answers` are the terms to answer by data kind."""

    passport: PassportShape
    origin: str
    day: date | None
    answers: dict[str, str]

    @classmethod
    def of(cls, known: KnownService, day: date | None, passports: Passports) -> "WholeServiceShape":
        passport = known.passport
        fetched = () if day is None else passport.to_fetch(day)
        kinds = [(document.kind, day) for document in fetched if document.kind is not None and day is not None]
        return cls(
            passport=PassportShape.of(passport, day),
            origin=known.origin.value,
            day=day,
            answers={kind: str(passports.term_to_answer(kind, on, passport)) for kind, on in kinds},
        )


class RemovedServiceShape(Shape):
    """The service whose passport was removed."""

    code: str


class ServicesView(AdminView):
    """`/__admin/services`."""

    @described(lambda: say("Все услуги, у которых есть паспорт.", "All services that have a passport."), ServicesShape)
    async def get(self) -> web.Response:
        known = await asyncio.to_thread(self.administration.services.list)
        return self.reply(ServicesShape(services=[ServiceShape.of(each) for each in known]))

    @described(
        lambda: say(
            "Добавить паспорт услуги: JSON или текст файла TOML, который в ошибках зовётся name. "
            "Он остаётся и после перезапуска.",
            "Add the passport of a service: JSON, or the text of a TOML file, which errors call name. "
            "It is there after a restart too.",
        ),
        WholeServiceShape,
        408,
        413,
        415,
        422,
        status=201,
        body=_BODY,
    )
    async def post(self, name: Word = "passport.toml") -> web.Response:
        services = self.administration.services
        with refusals_told():
            if self.request.content_type in _TOML:
                known = await services.add(await received(self.request, self.request.read()), name)
            else:
                known = await services.add((await json_body(self.request, PassportShape)).written())
        shape = WholeServiceShape.of(known, None, services.passports)
        return self.reply(shape, 201, {"Location": self.address(f"/services/{known.passport.code}")})


class ServiceView(AdminView):
    """`/__admin/services/{code}`."""

    @described(
        lambda: say(
            "Паспорт услуги; с day — документы этого дня и сроки ответа на запросы.",
            "The passport of a service; with day the documents of that day, and the terms to answer requests.",
        ),
        WholeServiceShape,
        404,
    )
    async def get(self, code: Word, /, day: date | None = None) -> web.Response:
        services = self.administration.services
        with refusals_told():
            return self.reply(WholeServiceShape.of(services.known(code), day, services.passports))

    @described(
        lambda: say("Убрать паспорт, добавленный через этот API.", "Remove a passport that this API added."),
        RemovedServiceShape,
        404,
        409,
    )
    async def delete(self, code: Word, /) -> web.Response:
        with refusals_told():
            removed = await self.administration.services.remove(code)
        return self.reply(RemovedServiceShape(code=removed.code))


@contextmanager
def refusals_told() -> Iterator[None]:
    """Tell what passports are refused for as a problem."""
    title = say("Паспорта услуг остались как есть", "The passports of services stay as they are")
    try:
        yield
    except PassportError as error:
        hint = error.advice or say("исправьте паспорт: docs/reference/services.md", "correct the passport")
        raise Refused(422, "passport", title, f"{error.where}: {error.message}", hint, where=error.where) from error
    except ServiceRefusal as refusal:
        status = 404 if isinstance(refusal, NoSuchService) else 409
        raise Refused(status, "service", title, refusal.found, refusal.advice) from refusal
