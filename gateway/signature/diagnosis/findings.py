"""What a diagnosis says: of each signature who, over what, by which octets, whether it holds, and why it may not."""

from collections.abc import Callable
from enum import StrEnum

from gateway.signature.certificates import Certificate
from gateway.signature.trust import Standing
from gateway.values import value


class Kind(StrEnum):
    """Whose signature it is, and where SMEV has it (docs/reference/signatures.md)."""

    CALLER = "caller"
    SENDER = "sender"
    SMEV = "smev"
    PERSONAL = "personal"
    FILE = "file"
    OTHER = "other"


class Verdict(StrEnum):
    """HOLDS says nothing of the certificate; NOT_JUDGED: what it is over is not at hand."""

    HOLDS = "holds"
    BROKEN = "broken"
    NOT_JUDGED = "not-judged"


@value
class Step:
    """The octets after one step. `name` is fit for a file's name, `what` is for people."""

    name: str
    what: str
    octets: bytes


@value
class Difference:
    """Where the octets that were signed first differ from those that SMEV asks for."""

    offset: int
    required: bytes
    signed: bytes


@value
class Cause:
    """Why a signature does not hold, or may not hold at the real SMEV.

    `code` is stable. `is_certain` says that the digest or the value fits exactly when this one thing is undone;
    what is not certain is what is left when nothing fits.
    """

    code: str
    title: str
    explanation: str
    advice: str
    is_certain: bool = True
    difference: Difference | None = None


@value
class Problem:
    """What the check refuses it with: `failure` is a value of SMEV-100's enumeration, or a CmsFailure."""

    failure: str
    expected: str
    found: str
    where: str
    advice: str


@value
class SignatureFound:
    """One signature of a message.

    `where` and `target` are paths, `line` is counted from 1. `digest_expected` is what the octets give, `digest_found`
    what the signature says. `value_fits` tells of SignatureValue over SignedInfo (None where it could not be tried).
    `standing` is None where nobody could say what the certificate is worth.
    """

    kind: Kind
    where: str
    line: int
    target: str
    identifier: str
    algorithm: str
    certificate: Certificate | None
    standing: Standing | None
    digest_expected: bytes | None
    digest_found: bytes | None
    value_fits: bool | None
    verdict: Verdict
    problem: Problem | None
    causes: tuple[Cause, ...]
    notes: tuple[Cause, ...]
    """What is not wrong here, and is known to go wrong elsewhere."""
    steps: tuple[Step, ...]

    @property
    def is_good(self) -> bool:
        """Whether it holds, and its certificate is in force as far as anybody could say."""
        return self.verdict is Verdict.HOLDS and (self.standing is None or self.standing.is_valid)


@value
class Diagnosis:
    """All signatures of a message, in the order of the document; `left_out` counts those beyond the limit."""

    signatures: tuple[SignatureFound, ...]
    left_out: int = 0

    @property
    def is_good(self) -> bool:
        """Whether each of them is."""
        return not self.left_out and all(each.is_good for each in self.signatures)


Judge = Callable[[Certificate], Standing]
"""Says what a certificate is worth now."""
