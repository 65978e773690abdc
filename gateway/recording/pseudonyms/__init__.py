"""Pseudonyms: look-alikes in place of the people of a recording (docs/reference/pseudonyms.md).

`sorts` is the list of what can be replaced and how, `fields.toml` says what stands in which field, `secret` makes every
choice follow from a key, `lookalikes` knows what was replaced, `content` and `documents` find it in XML.
"""

from gateway.recording.pseudonyms.documents import UnknownField
from gateway.recording.pseudonyms.pseudonymizing import Pseudonymized, pseudonymize
from gateway.recording.pseudonyms.rules import FieldRules, InvalidFieldRules

__all__ = ["FieldRules", "InvalidFieldRules", "Pseudonymized", "UnknownField", "pseudonymize"]
