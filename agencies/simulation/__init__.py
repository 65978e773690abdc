"""A region at work on the virtual clock: people apply, bodies ask each other, some late, some silent, some unlawful."""
