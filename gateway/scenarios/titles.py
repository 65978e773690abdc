"""What a step does, in a line for people."""

from typing import Any, Final

from gateway.domain.disruption import written_duration
from gateway.scenarios.steps import Step
from gateway.words import say

_SHOWN: Final = ("at", "from_", "to", "message", "kind", "case", "service", "body", "outcome", "rule", "by", "within")
_LONGEST: Final = 100


def title_of(step: Step) -> str:
    """Return the step's word and what matters in it."""
    does = step.does
    if isinstance(does, str):
        return f"{step.word} {does}"[:_LONGEST]
    if isinstance(does, tuple):
        return f"{step.word} " + say(f"{len(does)} записей", f"{len(does)} entries")
    parts = [f"{name.rstrip('_')} {_written(getattr(does, name))}" for name in _SHOWN if getattr(does, name, None)]
    content = getattr(does, "reject", None) or getattr(does, "status", None)
    parts += [_written(content.code)] if content is not None and hasattr(content, "code") else []
    return " ".join([step.word, ", ".join(parts)]).strip()[:_LONGEST]


def _written(value: Any) -> str:
    if hasattr(value, "total_seconds"):
        return written_duration(value)
    return str(value)
