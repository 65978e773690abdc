"""Scenarios: a file that says who sends what and what must come of it, and the run of it."""
