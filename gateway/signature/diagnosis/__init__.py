"""Why a signature does not hold: what was signed, by whom, each octet of it, and the likely cause, found by trying."""

from gateway.signature.diagnosis.diagnose import MOST_SIGNATURES, Message, diagnose, of_cms, standing_in_words
from gateway.signature.diagnosis.findings import (
    Cause,
    Diagnosis,
    Difference,
    Judge,
    Kind,
    Problem,
    SignatureFound,
    Step,
    Verdict,
)

__all__ = [
    "MOST_SIGNATURES",
    "Cause",
    "Diagnosis",
    "Difference",
    "Judge",
    "Kind",
    "Message",
    "Problem",
    "SignatureFound",
    "Step",
    "Verdict",
    "diagnose",
    "of_cms",
    "standing_in_words",
]
