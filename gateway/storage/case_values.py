"""Parts of a case as JSON, and back: what `gateway.storage.cases` keeps in its columns of text."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from gateway.domain.cases import Brought, Case, Channel, DemandedDocument, Ground, GroundReason, Medium, Origin, Subject
from gateway.values import value


@value
class Particulars:
    """What an application said; it never changes."""

    channel: Channel
    applicant: Subject
    named: tuple[Subject, ...]
    parameters: Mapping[str, str]
    documents: tuple[Brought, ...]


def written_particulars(case: Case) -> str:
    """Return what the application of a new case said."""
    return as_json(
        {
            "channel": case.channel,
            "applicant": written(case.applicant),
            "named": [written(subject) for subject in case.named],
            "parameters": dict(case.parameters),
            "documents": [written(document) for document in case.documents],
        }
    )


@lru_cache(1024)  # a case is loaded for each of its messages
def particulars_of(particulars: str) -> Particulars:
    """Read what `written_particulars` wrote."""
    kept = json.loads(particulars)
    return Particulars(
        channel=Channel(kept["channel"]),
        applicant=subject_of(kept["applicant"]),
        named=tuple(map(subject_of, kept["named"])),
        parameters=MappingProxyType(kept["parameters"]),
        documents=tuple(map(brought_of, kept["documents"])),
    )


def written(kept: Any) -> dict[str, Any]:
    """Return a dataclass as a mapping without what is empty."""
    return {name: given for name, given in asdict(kept).items() if given not in (None, "", False)}


def as_json(document: Mapping[str, Any]) -> str:
    """Return a JSON object; dates as texts."""
    return json.dumps(document, ensure_ascii=False, default=str)


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)


def subject_of(kept: dict[str, Any]) -> Subject:
    """Return a person or a firm."""
    return Subject(**{**kept, "birth_date": _day(kept.get("birth_date"))})


def brought_of(kept: dict[str, Any]) -> Brought:
    """Return a document that was brought."""
    origin, medium = Origin(kept["origin"]), Medium(kept["medium"])
    return Brought(kept["code"], origin, medium, kept.get("certified", False), _day(kept.get("valid_until")))


def demanded_of(kept: dict[str, Any]) -> DemandedDocument:
    """Return a document that was asked for."""
    return DemandedDocument(kept["code"], Medium(kept["medium"]), kept.get("withdrawal", False))


def ground_of(kept: dict[str, Any]) -> Ground:
    """Return a ground of a decision."""
    return Ground(**{**kept, "reason": GroundReason(kept["reason"])})
