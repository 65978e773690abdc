"""The once-only rule of 210-FZ (Art. 7 part 1): what may be asked of an applicant, and what has to be fetched."""

from gateway.domain.once_only.passports import PassportProblem, passport_problems
from gateway.domain.once_only.rules import evaluate, rule_of, rules
from gateway.domain.once_only.terms import COMPLAINT_TERMS

__all__ = ["COMPLAINT_TERMS", "PassportProblem", "evaluate", "passport_problems", "rule_of", "rules"]
