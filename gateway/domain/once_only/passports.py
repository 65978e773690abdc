"""The split of documents that 210-FZ, Art. 14 item 6 wants: what the loader of passports asks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Final

from gateway.domain.once_only.rule import BY_LEVEL, Rule
from gateway.domain.once_only.telling import on
from gateway.domain.once_only.violation import Severity, Verdict
from gateway.domain.services import Document, DocumentClass, ServicePassport
from gateway.words import say

PERSONAL_ITEMS: Final = range(1, 20)
"""Items of Art. 7 part 6: documents that the applicant brings himself."""


@dataclass(frozen=True, slots=True)
class PassportProblem:
    """Why a passport may not be loaded. `document` is the code of the document that is wrong, in the words of people:
    what was expected, found, and what to do."""

    document: str
    expected: str
    found: str
    advice: str


SPLIT: Final = Rule(
    id="L-INTAKE-PASSPORT",
    citation=lambda: say("210-ФЗ, ст. 14 п. 6", "210-FZ, Art. 14 item 6"),
    title=lambda: say(
        "Паспорт услуги делит документы на личные и межведомственные",
        "A service passport splits its documents into personal and inter-agency ones",
    ),
    verdict=Verdict.CONFIG_ERROR,
    severity=Severity.CRITICAL,
    effective=BY_LEVEL,
    confidence=lambda: say(
        "статья — общие знания; деление документов прочитано в техническом задании",
        "the article is general knowledge; the split was read in terms of reference",
    ),
    source=lambda: "rukovodstvo.org/exspl/54708",
)


def passport_problems(passport: ServicePassport) -> tuple[PassportProblem, ...]:
    """Return what breaks L-INTAKE-PASSPORT, in the order of the documents; () when the passport may be loaded.

    Documents that were in force only before the rule bound the level of the body are not judged.
    """
    since = SPLIT.effective[passport.level]
    judged = [item for item in passport.documents if item.until is None or item.until > since]
    return tuple([problem for item in judged for problem in _of_document(item)] + list(_of_classes(judged, since)))


def _of_document(document: Document) -> Iterator[PassportProblem]:
    code, document_class = document.code, document.document_class
    if document_class is DocumentClass.INTERAGENCY and not document.kind:
        yield PassportProblem(
            code,
            say("межведомственный документ с видом сведений", "an inter-agency document with its data kind"),
            say(f"{code!r} без вида сведений", f"{code!r} has no kind"),
            say("назовите вид (kind), которым его запрашивают", "name the kind that fetches it"),
        )
    if document_class is not DocumentClass.PERSONAL or document.not_held or document.item in PERSONAL_ITEMS:
        return
    expected = say(
        "личный документ с пунктом 1–19 ч. 6 ст. 7 или not_held: его не хранит никто",
        "a personal document with an item 1-19 of Art. 7 part 6, or not_held: nobody holds it",
    )
    item = say("без пункта", "without an item") if document.item is None else f"item = {document.item}"
    advice = say(
        "назовите пункт, поставьте not_held или сделайте его межведомственным",
        "name the item, set not_held, or make it an inter-agency one",
    )
    yield PassportProblem(code, expected, f"{code!r}: {item}", advice)


def _of_classes(documents: list[Document], since: date) -> Iterator[PassportProblem]:
    for one, two in combinations(documents, 2):
        if one.code != two.code or one.document_class is two.document_class:
            continue
        starts = [item.since for item in (one, two) if item.since is not None]
        ends = [item.until for item in (one, two) if item.until is not None]
        first = max([since, *starts])
        if ends and min(ends) <= first:
            continue
        yield PassportProblem(
            one.code,
            say("один класс на каждую дату", "one class on each date"),
            say(
                f"{one.code!r} с {on(first)} — и {one.document_class}, и {two.document_class}",
                f"{one.code!r} is {one.document_class} and {two.document_class} since {on(first)}",
            ),
            say("разведите даты since и until", "set since and until apart"),
        )
