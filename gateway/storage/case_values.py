"""Parts of a case as JSON, and back: what `gateway.storage.cases` keeps in its columns of text."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from gateway.domain.cases import Brought, DemandedDocument, Ground, GroundReason, Medium, Origin, Subject


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
