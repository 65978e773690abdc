"""The entries that a sequence diagram is drawn of: of a case, an interaction, a participant, a span, or everything."""

from dataclasses import replace
from typing import Final

from gateway.exchange.inquiry import Inquiry
from gateway.exchange.recordings import Reading, Selection
from gateway.recording.format import RecordedEntry

_WITH_ENVELOPES: Final = 5_000
"""Entries that keep their envelopes: after so many nothing is drawn any more, only counted."""


async def drawn_entries(inquiry: Inquiry, selection: Selection) -> list[RecordedEntry]:
    """Return what a selection takes, in the order of the journal.

    Raises: StoreError.
    """
    entries: list[RecordedEntry] = []
    async for batch in Reading(inquiry, selection).batches():
        for each in batch.entries:
            light = each if len(entries) < _WITH_ENVELOPES else replace(each, entry=replace(each.entry, envelope=None))
            entries.append(light)
    return entries
