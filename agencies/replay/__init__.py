"""Recordings played again: a provider that answers from a file, consumers that send from it."""
