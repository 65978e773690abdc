"""Cases by hand: opened, spoken in as their body and their applicant, looked at, and explained."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

from aiohttp import web
from pydantic import Field

from gateway.domain.cases import CaseState
from gateway.domain.once_only.events import Demanded
from gateway.domain.once_only.telling import at, on
from gateway.domain.once_only.violation import Verdict
from gateway.exchange.cases import CaseRefusal, CaseStays, ImpossibleValue, Judged, NoSuchCase, WholeCase
from gateway.exchange.law import words_of
from gateway.protocol.moments import MOSCOW
from gateway.storage.cases import SERVICE, Sought
from gateway.transports.admin.case_shapes import (
    BroughtDocuments,
    ComplaintShape,
    DecisionShape,
    DemandShape,
    ListedShape,
    NewCaseShape,
    PaperInquiryShape,
    RefusedDocuments,
    ShownComplaint,
    WholeCaseShape,
)
from gateway.transports.admin.problems import Refused
from gateway.transports.admin.view import AdminView, Filters, Shape, Word, described
from gateway.transports.admin.violations import FoundShape, OfferShape, ViolationShape, offers_for
from gateway.words import say

_LONGEST_PAGE: Final = 500


class CasesPage(Shape):
    """Cases, newest first; `next` is the address to go on at, null at the end."""

    cases: list[ListedShape]
    next: str | None


class JudgedShape(Shape):
    """What the rules found in something that was done all the same; `offers` are what to send instead of demands."""

    case_number: str
    violations: list[ViolationShape]
    offers: list[OfferShape]


class CaseExplanationShape(Shape):
    """Where a case stands, in a sentence; every violation, newest first; one offer for each kind that it lacks."""

    number: str
    state: str
    violations: list[FoundShape]
    offers: list[OfferShape]


class CaseFilters(Filters):
    """Which cases; the names are those of the query."""

    body: Word | None = None
    service: Word | None = None
    state: CaseState | None = None


class CasesView(AdminView):
    """`/__admin/cases`."""

    @described(
        lambda: say(
            "Дела, новые сначала. body — мнемоника органа, service — код услуги; before — номер дела, раньше которого.",
            "Cases, newest first. body is a mnemonic, service the code of a service; before is the number of a case.",
        ),
        CasesPage,
    )
    async def get(
        self,
        filters: CaseFilters,
        before: Word | None = None,
        limit: Annotated[int, Field(ge=1, le=_LONGEST_PAGE)] = 50,
    ) -> web.Response:
        sought = Sought(filters.body, filters.service, filters.state)
        found = await self.administration.cases.list(sought, limit, before)
        following = self.link(before=found[-1].number) if len(found) == limit else None
        return self.reply(CasesPage(cases=[ListedShape.of(each) for each in found], next=following))

    @described(
        lambda: say(
            "Открыть дело об услуге. Сроки начинают идти; номер можно не давать.",
            "Open a case for a service. Its terms begin; a number need not be given.",
        ),
        WholeCaseShape,
        409,
        status=201,
    )
    async def post(self, new: NewCaseShape) -> web.Response:
        with refusals_told():
            case = await self.administration.cases.open(new.new())
            whole = await self.administration.cases.whole(case.number)
        return self.reply(WholeCaseShape.of(whole), 201)


class CaseView(AdminView):
    """`/__admin/cases/{number}`."""

    @described(
        lambda: say(
            "Дело целиком: документы, запросы со сроками, требования, решения, жалобы, нарушения, идущие сроки.",
            "A case in full: documents, requests with terms, demands, decisions, complaints, violations, terms.",
        ),
        WholeCaseShape,
        404,
    )
    async def get(self, number: Word, /) -> web.Response:
        with refusals_told():
            return self.reply(WholeCaseShape.of(await self.administration.cases.whole(number)))


class CaseExplanationView(AdminView):
    """`/__admin/cases/{number}/explanation`."""

    @described(
        lambda: say(
            "Что нарушено в деле и что отправить вместо этого: готовый запрос на каждый вид сведений.",
            "What the law has against a case, and what to send instead: a ready request for each kind of data.",
        ),
        CaseExplanationShape,
        404,
    )
    async def get(self, number: Word, /) -> web.Response:
        with refusals_told():
            whole = await self.administration.cases.whole(number)
        offers = await offers_for(self.administration, whole.case, [each.violation for each in whole.violations])
        return self.reply(
            CaseExplanationShape(
                number=number,
                state=_in_words(whole),
                violations=[FoundShape.of_stored(stored) for stored in whole.violations],
                offers=offers,
            )
        )


class _Speaking(AdminView):
    """What the body of a case does, judged by the rules."""

    async def told(self, judged: Judged) -> web.Response:
        """Return 201 with what was found, or refuse with it."""
        offers = await offers_for(self.administration, judged.case, judged.violations)
        found = [ViolationShape.of(violation) for violation in judged.violations]
        if not judged.refused:
            shape = JudgedShape(case_number=judged.case.number, violations=found, offers=offers)
            return self.reply(shape, 201)
        first = next(violation for violation in judged.violations if violation.refuses)
        raise Refused(
            409,
            "once-only",
            say("210-ФЗ этого не позволяет", "210-FZ does not allow it"),
            words_of(first),
            first.advice,
            violations=[each.model_dump(mode="json", by_alias=True) for each in found],
            offers=[each.model_dump(mode="json", by_alias=True) for each in offers],
        )


class DemandsView(_Speaking):
    """`/__admin/cases/{number}/demands`."""

    @described(
        lambda: say(
            "Потребовать от заявителя документы, действия или согласие. Чего требовать нельзя, отклоняется (409): "
            "с нормой, держателем сведений и готовым запросом к нему.",
            "Ask the applicant for documents, actions or consent. What may not be asked for is refused (409) "
            "with the article, who holds the data, and the request to send there.",
        ),
        JudgedShape,
        404,
        409,
        status=201,
    )
    async def post(self, number: Word, /, demand: DemandShape) -> web.Response:
        documents = tuple(each.demanded() for each in demand.documents)
        asked = Demanded("", documents, demand.actions, demand.wants_consent, demand.channel)
        with refusals_told():
            judged = await self.administration.cases.demand(number, asked)
        return await self.told(judged)


class DecisionsView(_Speaking):
    """`/__admin/cases/{number}/decisions`."""

    @described(
        lambda: say(
            "Решить по делу. granted, refused и intake-refused закрывают его; после отказа можно прийти снова.",
            "Decide. granted, refused and intake-refused close the case; after a denial the applicant may come again.",
        ),
        JudgedShape,
        404,
        409,
        status=201,
    )
    async def post(self, number: Word, /, decision: DecisionShape) -> web.Response:
        grounds = tuple(each.ground() for each in decision.grounds)
        with refusals_told():
            judged = await self.administration.cases.decide(number, decision.outcome, grounds)
        return await self.told(judged)


class RefusedDocumentsView(_Speaking):
    """`/__admin/cases/{number}/refused-documents`."""

    @described(
        lambda: say(
            "Не принять документы, которые принёс заявитель.", "Do not take documents that the applicant brings."
        ),
        JudgedShape,
        404,
        409,
        status=201,
    )
    async def post(self, number: Word, /, refused: RefusedDocuments) -> web.Response:
        with refusals_told():
            judged = await self.administration.cases.refuse_documents(number, refused.documents)
        return await self.told(judged)


class InquiriesView(_Speaking):
    """`/__admin/cases/{number}/inquiries`."""

    @described(
        lambda: say(
            "Отметить межведомственный запрос на бумаге: ему нужны все пункты ч. 1 ст. 7.2. "
            "Сообщение никуда не уходит; запрос через СМЭВ отправляют как SendRequest.",
            "Note an inter-agency request on paper, which has to have all items of Art. 7.2 part 1. "
            "No message goes anywhere; a request through SMEV is a SendRequest.",
        ),
        JudgedShape,
        404,
        409,
        status=201,
    )
    async def post(self, number: Word, /, inquiry: PaperInquiryShape) -> web.Response:
        with refusals_told():
            judged = await self.administration.cases.inquire(number, inquiry.inquiry())
        return await self.told(judged)


class DocumentsView(AdminView):
    """`/__admin/cases/{number}/documents`."""

    @described(
        lambda: say("Принести документы в дело позже.", "Bring documents into a case later."),
        WholeCaseShape,
        404,
        409,
        status=201,
    )
    async def post(self, number: Word, /, brought: BroughtDocuments) -> web.Response:
        with refusals_told():
            await self.administration.cases.bring(number, tuple(each.brought() for each in brought.documents))
            whole = await self.administration.cases.whole(number)
        return self.reply(WholeCaseShape.of(whole), 201)


class ComplaintsView(AdminView):
    """`/__admin/cases/{number}/complaints`."""

    @described(
        lambda: say(
            "Пожаловаться. Начинается срок ответа: 5 рабочих дней об отказе в приёме документов, иначе 15.",
            "Complain. The term to answer begins: 5 working days about documents that were refused, 15 otherwise.",
        ),
        ShownComplaint,
        404,
        status=201,
    )
    async def post(self, number: Word, /, complaint: ComplaintShape) -> web.Response:
        with refusals_told():
            case = await self.administration.cases.complain(number, complaint.about)
        return self.reply(ShownComplaint.of(case.complaints[-1]), 201)


class ComplaintAnswerView(AdminView):
    """`/__admin/cases/{number}/complaints/{id}/answer`."""

    @described(lambda: say("Ответить на жалобу.", "Answer a complaint."), ShownComplaint, 404, 409, status=201)
    async def post(self, number: Word, id: Word, /) -> web.Response:
        with refusals_told():
            case = await self.administration.cases.answer_complaint(number, id)
        answered = next(each for each in case.complaints if each.number == id)
        return self.reply(ShownComplaint.of(answered), 201)


def _in_words(whole: WholeCase) -> str:
    case, passport = whole.case, whole.passport
    since = on(case.registered_at.astimezone(MOSCOW).date())
    name = "" if passport is None else say(f" «{passport.name}»", f" ({passport.name_en or passport.name})")
    said = [
        say(f"дело {case.number} об услуге {case.service}{name}", f"case {case.number}, service {case.service}{name}")
    ]
    said.append(say(f"ведёт {case.body} с {since}", f"at {case.body} since {since}"))
    if case.state is CaseState.CLOSED:
        said.append(say(f"закрыто: {case.decisions[-1].outcome}", f"closed: {case.decisions[-1].outcome}"))
    else:
        last = next((term.due for term in whole.terms if term.what == SERVICE), None)
        until = "" if last is None else say(f", решить до {at(last)}", f", to be decided by {at(last)}")
        said.append(say("открыто", "open") + until)
    waiting = sum(inquiry.answered_at is None for inquiry in case.inquiries)
    broken = sum(stored.violation.verdict is Verdict.VIOLATION for stored in whole.violations)
    said.append(
        say(
            f"запросов {len(case.inquiries)}, без ответа {waiting}",
            f"requests {len(case.inquiries)}, unanswered {waiting}",
        )
    )
    said.append(say(f"нарушений {broken}", f"violations {broken}"))
    return "; ".join(said)


@contextmanager
def refusals_told() -> Iterator[None]:
    """Tell why a case stays as it is as a problem."""
    try:
        yield
    except ImpossibleValue as refusal:
        title = say(f"Неверное значение: {refusal.field}", f"Bad value: {refusal.field}")
        raise Refused(422, refusal.field, title, refusal.found, refusal.advice) from refusal
    except CaseRefusal as refusal:
        title = say("Дело остаётся как есть", "The case stays as it is")
        raise Refused(_STATUSES[type(refusal)], "case", title, refusal.found, refusal.advice) from refusal


_STATUSES: Final[dict[type[CaseRefusal], int]] = {NoSuchCase: 404, CaseStays: 409}
