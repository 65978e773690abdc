"""Scenarios: a conversation of participants in a YAML file, what is expected of it, and how it went.

`document` reads YAML with the place of each value, `model` says what a scenario may hold, `reading` puts both together
and checks what can be checked before a run, `runner` runs one against a gateway of its own. docs/reference/scenarios.md
has the file.
"""
