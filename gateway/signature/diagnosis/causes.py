"""Everything that is tried on a signature that does not hold, in order. Moving a guess is moving its line.

What needs no computing comes first, then what is met most. The last of each list is what is left when nothing fits.
"""

from collections.abc import Callable
from typing import Final

from gateway.signature.diagnosis import element_causes, file_causes, shape_causes, text_causes, value_causes
from gateway.signature.diagnosis.case import Case
from gateway.signature.diagnosis.file_causes import FileCase
from gateway.signature.diagnosis.findings import Cause

OF_THE_SHAPE: Final[tuple[Callable[[Case], Cause | None], ...]] = (
    shape_causes.nothing_in_it,
    shape_causes.other_algorithm_than_gost,
    shape_causes.digest_of_another_pair,
    shape_causes.no_certificate,
    shape_causes.key_of_another_kind,
    shape_causes.reference_leads_elsewhere,
    shape_causes.not_base64,
    shape_causes.transforms_differ,
)
"""All that apply are told."""

OF_THE_DIGEST: Final[tuple[Callable[[Case], Cause | None], ...]] = (
    element_causes.signed_without_transform,
    element_causes.signed_before_xop_was_inlined,
    element_causes.nothing_hashed,
    element_causes.identified_after_signing,
    element_causes.version_changed,
    element_causes.own_writer,
    element_causes.canonicalised_otherwise,
    text_causes.line_ends_changed,
    text_causes.blanks_kept,
    text_causes.formatted_after_signing,
    text_causes.base64_broken_into_lines,
    text_causes.encoding_damaged,
    element_causes.other_element_signed,
    element_causes.other_digest_algorithm,
    element_causes.changed_after_signing,
)
"""The first that fits is told, where DigestValue is not the digest of the element."""

OF_THE_VALUE: Final[tuple[Callable[[Case], Cause | None], ...]] = (
    value_causes.value_turned,
    value_causes.digest_turned,
    value_causes.signed_info_canonicalised_otherwise,
    value_causes.content_signed_directly,
    value_causes.other_certificate,
    value_causes.other_key,
)
"""The first that fits is told, where SignatureValue is not over SignedInfo."""

NOTES: Final[tuple[Callable[[Case], Cause | None], ...]] = (shape_causes.carriage_returns_in_base64,)
"""What holds here and is refused elsewhere."""

OF_A_FILE: Final[tuple[Callable[[FileCase], Cause | None], ...]] = (
    file_causes.unreadable,
    file_causes.other_bytes,
    file_causes.other_digest,
    file_causes.value_turned,
    file_causes.file_changed,
    file_causes.other_key,
)
"""The first that fits is told, of a CMS that does not hold."""
