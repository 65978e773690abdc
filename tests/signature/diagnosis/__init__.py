"""Signatures that do not hold, and what is said of them."""
