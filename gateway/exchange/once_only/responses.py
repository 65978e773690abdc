"""A response judged: a holder answers an inquiry, a body answers an application with its decision."""

import re
import tomllib
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Final

from sqlalchemy import Connection

from gateway.domain.cases import Inquiry, Outcome
from gateway.domain.once_only import evaluate
from gateway.domain.once_only.events import InquiryAnswered
from gateway.domain.routing import ReplyAddress
from gateway.exchange.arrival import Arrival, Rules
from gateway.exchange.law import Judgement, refusal_for
from gateway.exchange.once_only import papers
from gateway.exchange.once_only.requests import NOTHING, judge_decision, named
from gateway.protocol.messages import SentResponse
from gateway.protocol.operations import SendResponse
from gateway.storage import cases, interactions
from gateway.storage.interactions import Asked

_PHRASES: Final = "phrases.toml"
_OF_SILENCE: Final = frozenset({"L-7-2-3", "L-7-2-3-SPECIAL", "L-7-2-LIAB"})


def judge_response(connection: Connection, arrival: Arrival, address: ReplyAddress, rules: Rules) -> Judgement:
    """Judge a response that has passed validation; reads the store, changes nothing before its effect is called."""
    call = arrival.call
    assert isinstance(call, SendResponse)  # noqa: S101 - only responses come here
    if call.data.status is not None:
        return NOTHING  # the answer itself is still to come
    asked = interactions.asked(connection, address.interaction)
    if asked is None:
        return NOTHING
    if asked.kind == papers.APPLICATION and call.data.primary_content is not None and asked.case_number:
        return judge_decision(connection, call.data.primary_content, arrival, asked.case_number, rules.law)
    return NOTHING if asked.due is None else _answer(connection, arrival, call.data, asked, rules)


def _answer(connection: Connection, arrival: Arrival, data: SentResponse, asked: Asked, rules: Rules) -> Judgement:
    law, now = rules.law, arrival.now
    outcome = Outcome.DATA if data.primary_content is not None else Outcome.REFUSED
    words = " ".join(rejection.description for rejection in data.rejections)
    inquiry = Inquiry(asked.message_id, asked.kind or "", asked.holder, asked.sent_at, asked.due, now, outcome)
    event = InquiryAnswered(inquiry, says(words, "ask_applicant"), says(words, "pay"), words)
    case = cases.load(connection, asked.case_number) if asked.case_number else None
    passport = None if case is None else law.passports.by_code(case.service)
    found = evaluate(case, passport, event, now)
    if asked.overdue:  # noted when the term ended
        found = tuple(violation for violation in found if violation.rule not in _OF_SILENCE)
    violations = named(found, asked.case_number or "", data.message_id)

    def note(connection: Connection, refused: bool) -> tuple[datetime, ...]:
        if not refused:
            interactions.answer(connection, asked.key, now, outcome)
        return ()

    return Judgement(violations, refusal_for(law, violations), asked.case_number, effect=note)


def says(words: str, meaning: str) -> bool:
    """Tell whether a refusal sends the asker to the applicant ("ask_applicant"), or wants to be paid ("pay").

    SMEV has no code for either (RejectCode), so the words decide: those of phrases.toml.
    """
    return bool(words) and _pattern(meaning).search(words.casefold()) is not None


@cache
def _pattern(meaning: str) -> "re.Pattern[str]":
    text = resources.files("gateway.exchange.once_only").joinpath(_PHRASES).read_text(encoding="utf-8")
    phrases: list[str] = tomllib.loads(text)[meaning]
    return re.compile("|".join(phrases))
