"""What a passport says, judged: nothing unknown, nothing that the law does not let a passport say."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Final

from gateway.domain.catalogue import Catalogue
from gateway.domain.once_only.passports import PERSONAL_ITEMS, SPLIT, passport_problems
from gateway.domain.services import DEFAULT_TERM_TO_SEND, Document, DocumentClass, Level, ServicePassport
from gateway.library.passports.tables import Table, nearest
from gateway.words import say

KEYS: Final = (
    "code",
    "name",
    "name_en",
    "level",
    "body",
    "applicants",
    "term",
    "term_from",
    "term_to_send",
    "terms_to_answer",
    "based_on",
    "documents",
    "actions",
    "acts",
    "register_number",
    "status",
    "source",
)
DOCUMENT_KEYS: Final = (
    "code",
    "name",
    "name_en",
    "class",
    "item",
    "not_held",
    "kind",
    "holder",
    "since",
    "until",
    "mandatory",
    "restricted",
)
MOST_DOCUMENTS: Final = 200
CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{0,39}")
_DOCUMENT_CODE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Applicant(StrEnum):
    """Who may apply for a service."""

    CITIZEN = "citizen"
    ENTREPRENEUR = "entrepreneur"
    ORGANIZATION = "organization"


class TermFrom(StrEnum):
    """What the term of a service runs from. ANSWERS is what some regulations say, and none may."""

    REGISTRATION = "registration"
    ANSWERS = "answers"


def read_passport(table: Table, catalogue: Catalogue, replaced: Iterable[str] = ()) -> ServicePassport:
    """Return the passport that a table describes; `replaced` are ids of kinds that may be named beside the catalogue's.

    What it inherits from the passport that it is based on is not among its documents yet.

    Raises: PassportError.
    """
    table.only(KEYS)
    code = table.text("code")
    if not CODE.fullmatch(code):
        raise table.wrong(
            "code", say("прописные латинские буквы, цифры и дефис", "capital letters, digits and hyphens")
        )
    _check_start(table)
    based_on = table.find_text("based_on")
    kinds = _Kinds(catalogue, replaced)
    terms = table.table("terms_to_answer")
    for kind in terms.values:
        kinds.check(terms, kind, kind)
    passport = ServicePassport(
        code=code,
        name=table.text("name"),
        level=table.choice("level", Level),
        body=table.text("body"),
        documents=tuple(_documents(table, kinds, is_based=based_on is not None)),
        term=table.term("term"),
        term_to_send=table.term("term_to_send", DEFAULT_TERM_TO_SEND),
        terms_to_answer={kind: terms.term(kind) for kind in terms.values},
        name_en=table.find_text("name_en") or "",
        applicants=_applicants(table),
        actions=table.texts("actions"),
        acts=table.texts("acts"),
        register_number=table.find_text("register_number"),
        status=table.find_text("status") or "own",
        source=table.find_text("source") or "",
        based_on=based_on,
    )
    _check_split(table, passport)
    return passport


def _check_start(table: Table) -> None:
    if "term_from" in table.values and table.choice("term_from", TermFrom) is TermFrom.ANSWERS:
        raise table.error(
            "term_from",
            say(
                "срок услуги не может идти от получения ответов на межведомственные запросы: он включает их время, "
                "а неполучение ответа не основание продлить срок (210-ФЗ, ст. 7.1, 7.2, ст. 14)",
                "the term of a service cannot run from the receipt of the answers: it includes the time of the "
                "inter-agency exchange, and silence is no ground to prolong it (210-FZ, Art. 7.1, 7.2, 14)",
            ),
            say('укажите term_from = "registration" или уберите ключ', 'say term_from = "registration", or nothing'),
        )


def _applicants(table: Table) -> tuple[str, ...]:
    said, known = table.texts("applicants"), [each.value for each in Applicant]
    for word in said:
        if word not in known:
            raise table.error("applicants", table.wrong("applicants", ", ".join(known)).message + nearest(word, known))
    return said


class _Kinds:
    """The kinds that a passport may name."""

    def __init__(self, catalogue: Catalogue, replaced: Iterable[str]) -> None:
        self._catalogue, self._replaced = catalogue, frozenset(replaced)

    def check(self, table: Table, key: str, kind: str) -> None:
        """Refuse a kind that nobody knows."""
        if self._catalogue.by_id(kind) is None and kind not in self._replaced:
            near = nearest(kind, {known.id for known in self._catalogue})
            why = say(f"неизвестный вид сведений {kind!r}", f"unknown data kind {kind!r}")
            advice = say(
                "исправьте id (mock-smev kinds list) или добавьте вид",
                "correct the id (mock-smev kinds list), or add it",
            )
            raise table.error(key, why + near, advice)

    def owner(self, kind: str) -> str:
        """Return who owns a kind, "" where that is not known."""
        found = self._catalogue.by_id(kind)
        return "" if found is None else found.owner


def _documents(table: Table, kinds: _Kinds, *, is_based: bool) -> Iterator[Document]:
    tables = table.tables("documents")
    if not tables and not is_based:
        raise table.error(
            "documents",
            say("нет ни одного документа", "there are no documents"),
            say("добавьте [[documents]]: хотя бы заявление", "add [[documents]]: at least the application"),
        )
    if len(tables) > MOST_DOCUMENTS:
        why = say(f"документов больше {MOST_DOCUMENTS}", f"there are over {MOST_DOCUMENTS} documents")
        raise tables[MOST_DOCUMENTS].error("", why)
    before: dict[str, list[Document]] = {}
    for each in tables:
        document = _document(each, kinds)
        alike = before.setdefault(document.code, [])
        _check_class(each, document, alike)
        alike.append(document)
        yield document


def _document(table: Table, kinds: _Kinds) -> Document:
    table.only(DOCUMENT_KEYS)
    code = table.text("code")
    if not _DOCUMENT_CODE.fullmatch(code):
        expected = say("строчные латинские буквы, цифры и дефис", "small letters, digits and hyphens")
        raise table.wrong("code", expected)
    since, until = table.period()
    kind = table.find_text("kind")
    if kind is not None:
        kinds.check(table, "kind", kind)
    return Document(
        code=code,
        name=table.text("name"),
        name_en=table.find_text("name_en") or "",
        document_class=table.choice("class", DocumentClass),
        item=table.number("item"),
        not_held=table.flag("not_held", default=False),
        kind=kind,
        holder=table.find_text("holder") or ("" if kind is None else kinds.owner(kind)),
        since=since,
        until=until,
        mandatory=table.flag("mandatory", default=True),
        restricted=table.flag("restricted", default=False),
    )


def _check_class(table: Table, document: Document, before: list[Document]) -> None:
    """Refuse a document that stands twice on one date, or that has grounds to be demanded and is not personal."""
    code = document.code
    if document.item is not None and document.document_class is not DocumentClass.PERSONAL:
        raise table.error(
            "item",
            say(
                f"{code}: item позволяет требовать документ у заявителя, а его класс {document.document_class}",
                f"{code}: item lets it be demanded of the applicant, and its class is {document.document_class}",
            ),
            say('уберите item или укажите class = "personal"', 'leave item out, or say class = "personal"'),
        )
    twice = [each for each in before if each.document_class is document.document_class and _overlap(each, document)]
    if twice:
        raise table.error(
            "code",
            say(f"документ {code} дважды на одну дату", f"the document {code} twice on one date"),
            say("разведите даты since и until", "set since and until apart"),
        )


def _overlap(one: Document, two: Document) -> bool:
    begin = max(one.since or date.min, two.since or date.min)
    return begin < min(one.until or date.max, two.until or date.max)


def _check_split(table: Table, passport: ServicePassport) -> None:
    """Refuse what L-INTAKE-PASSPORT finds (210-FZ, Art. 14 item 6), at the document that it is found with."""
    if not passport_problems(passport):
        return
    documents = passport.documents
    for number, (document, where) in enumerate(zip(documents, table.tables("documents"), strict=True), 1):
        alike = tuple(each for each in documents[:number] if each.code == document.code)
        for problem in passport_problems(replace(passport, documents=alike)):
            is_wrong_item = document.item is not None and document.item not in PERSONAL_ITEMS
            raise where.error(
                "item" if is_wrong_item else "class",
                say(
                    f"{document.code}: ожидалось: {problem.expected}; найдено: {problem.found} ({SPLIT.citation()})",
                    f"{document.code}: expected {problem.expected}, found {problem.found} ({SPLIT.citation()})",
                ),
                problem.advice,
            )
