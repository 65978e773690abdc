"""What a rule finds: a violation, with everything that somebody needs to put it right."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How much a finding weighs. Only a VIOLATION can have a message refused."""

    VIOLATION = "violation"
    WARNING = "warning"
    RECORD = "record"
    CONFIG_ERROR = "config-error"
    """A passport that breaks the law: it is not loaded, so no event ever finds it."""


class Severity(StrEnum):
    """How bad it is for the applicant."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Violation:
    """One finding.

    `rule` is the id ("L-7-1-2"), `article` its citation, `body` the mnemonic of who breaks the rule (the holder, where
    an answer is late). `document` is a code of the passport, `kind` the data kind that serves it, `holder` who holds
    it. `refuses` tells whether the message that does it can be refused: a term that has ended cannot. `expected`,
    `found`, `advice` are for people, in the program's language; `message_id` is of the message that does it.
    """

    rule: str
    article: str
    verdict: Verdict
    severity: Severity
    text: str
    expected: str
    found: str
    advice: str
    body: str
    case_number: str = ""
    service: str = ""
    document: str = ""
    document_name: str = ""
    holder: str = ""
    kind: str = ""
    message_id: str = ""
    refuses: bool = False
    confidence: str = ""
    source: str = ""
