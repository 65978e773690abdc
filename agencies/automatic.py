"""Answers to any kind that nobody wrote code for: what stands in its package, else what its schema allows.

In this order: the first scenario of the package that fits; its template; the example pair whose request this is; an
answer made from the nearest example, or from a sample of the schema, with the world's facts where their names say so.
"""

import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Final

from agencies import examples, templates
from agencies.answers import Answer, Answered, AnswerFunction, InProgress, Question, Rejected, Said
from agencies.world import facts_of
from gateway import xml
from gateway.domain.catalogue import DataKind
from gateway.library import KindError, Library
from gateway.library.packages.scenarios import Reject, Respond, Scenario, Step, TellStatus, choose
from gateway.library.sampling import CannotSample, nothing
from gateway.protocol.messages import MessageType
from gateway.xml import Element

_MOST_COMPARED: Final = 2_000
"""Elements of a request that is compared with examples; a longer one is answered by a sample."""
_LONGEST_REASON: Final = 1_000
"""Characters of the reason of a failure; the exchange takes 4000 (basic:string-4000)."""


def answers_to(
    question: Question, kind: DataKind, library: Library, by_hand: AnswerFunction | None = None
) -> Iterator[Said]:
    """Yield what is said to `question`, the final answer last; nobody answers a broadcast.

    `by_hand` is the hand-written answer to the kind that a dropped-in one stands in for: it counts where it is valid
    by the new schema.
    """
    if kind.response is None:
        yield Said(Rejected("UNKNOWN_REQUEST_DESCRIPTION", f"{kind.id}: на рассылку не отвечают"))
        return
    try:
        yield from _answers(question, kind, library, by_hand)
    except KindError as error:  # the package on disk has been broken since it was taken in
        yield Said(_failure(f"Пакет вида сведений испорчен: {error.path.name}:{error.line}: {error.message}"))


def _answers(question: Question, kind: DataKind, library: Library, by_hand: AnswerFunction | None) -> Iterator[Said]:
    scenario = choose(library.scenarios_of(kind), question.content)
    if scenario is not None:
        yield from _played(scenario)
        return
    template = library.template_of(kind)
    if template is not None:
        yield Said(_rendered(template, question, kind, library))
        return
    pair = examples.nearest(library.examples_of(kind), question.content) if _is_short(question.content) else None
    if pair is not None and pair.is_asked_by(question.content):
        yield Said(Answered(pair.response_to(question.content, nothing, _validity(library))))
        return
    fitting = () if by_hand is None else _fitting(question, kind, library, by_hand)
    if fitting:
        yield from map(Said, fitting)
    else:
        yield Said(_made(question, kind, library, pair))


def _played(scenario: Scenario) -> Iterator[Said]:
    for step in scenario.steps:
        yield Said(_step(step), step.delay)


def _step(step: Step) -> Answer:
    match step.answer:
        case Respond(_, content):
            return Answered(xml.parse(content))
        case Reject(code, description):
            return Rejected(code.value, description)
        case TellStatus(code, description):
            return InProgress(code, description)


def _rendered(template: str, question: Question, kind: DataKind, library: Library) -> Answer:
    try:
        made = templates.rendered(template, question)
    except templates.TemplateFailed as error:
        return _failure(f"Шаблон ответа не сработал: {error}")
    problem = _problem(made, kind, library)
    return Answered(made) if problem is None else _failure(f"Ответ по шаблону не подходит: {problem}")


def _problem(content: Element, kind: DataKind, library: Library) -> str | None:
    """Return why `content` is no response of a kind; None when it is one."""
    found = MessageType.of(content)
    if found != kind.response:
        return f"ожидался корень {kind.response}, найден {found}"
    return next(map(str, library.violations(content)), None)


def _fitting(question: Question, kind: DataKind, library: Library, by_hand: AnswerFunction) -> tuple[Answer, ...]:
    """Return the hand-written answers; none where the new schema does not know them, or the code not the request."""
    try:
        answers = by_hand(question)
    except (LookupError, TypeError, ValueError, AttributeError):
        return ()  # the request follows a schema that the code was not written for
    for said in answers:
        if isinstance(said, Rejected) and said.code == "UNKNOWN_REQUEST_DESCRIPTION":
            return ()
        if isinstance(said, Answered) and _problem(said.content, kind, library) is not None:
            return ()
    return answers


def _made(question: Question, kind: DataKind, library: Library, pair: examples.Pair | None) -> Answer:
    facts = facts_of(question.world, question.content)
    if facts.is_unknown and library.is_shipped(kind):
        return Rejected("NO_DATA", f"Сведений нет: {facts.sought} в реестрах не значится")
    if pair is not None:
        return Answered(pair.response_to(question.content, facts.suggest, _validity(library)))
    return _sampled(question, kind, library, facts.suggest)


def _sampled(question: Question, kind: DataKind, library: Library, suggest: examples.Suggest) -> Answer:
    assert kind.response is not None, "a broadcast does not come so far"  # noqa: S101
    asked = examples.leaves(question.content)
    own: dict[str, str] = {}
    for (path, _), value in asked.items():
        own.setdefault(path[-1].removeprefix("@"), value)

    def known(path: examples.Path) -> str | None:
        return suggest(path) or own.get(path[-1].removeprefix("@"))

    # The same question, whatever its identifiers, gets the same answer in every run.
    seed = zlib.crc32(repr(examples.telling(asked)).encode(), question.world.seed)
    try:
        made = library.sampler_of(kind).sample(kind.response, seed, known, today=question.world.today, fullness="full")
    except CannotSample as error:
        return _failure(f"Ответ по схеме не составить: {error}")
    return Answered(made)


def _validity(library: Library) -> examples.IsValid:
    return lambda content: not library.violations(content)


def _is_short(content: Element) -> bool:
    return next(islice(content.iter("*"), _MOST_COMPARED, None), None) is None


def _failure(reason: str) -> Rejected:
    return Rejected("FAILURE", reason[:_LONGEST_REASON])
