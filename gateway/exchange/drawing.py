"""The entries that a sequence diagram is drawn of: of a case, an interaction, a participant, a span, or everything."""

from dataclasses import replace
from typing import Final

from sqlalchemy import Connection

from gateway.exchange.inquiry import Inquiry
from gateway.exchange.recordings import Reading, Selection
from gateway.recording.format import RecordedEntry
from gateway.storage import journal, violations

_WITH_ENVELOPES: Final = 5_000
"""Entries that keep their envelopes: after so many nothing is drawn any more, only counted."""
_MOST_VIOLATIONS: Final = 500
_MOST_OF_ONE: Final = 1_000


async def drawn_entries(inquiry: Inquiry, selection: Selection) -> list[RecordedEntry]:
    """Return what a selection takes, in the order of the journal.

    A case also has the messages that were refused because they broke the law in it: no interaction came of them.

    Raises: StoreError.
    """
    entries: list[RecordedEntry] = []
    async for batch in Reading(inquiry, selection).batches():
        for each in batch.entries:
            light = each if len(entries) < _WITH_ENVELOPES else replace(each, entry=replace(each.entry, envelope=None))
            entries.append(light)
    case = selection.case
    if case is None:
        return entries
    known = {each.seq for each in entries}
    apart = await inquiry.aside(lambda connection: _refused_in(connection, case))
    entries += [each for each in apart if each.seq not in known]
    return sorted(entries, key=lambda each: each.seq)


def _refused_in(connection: Connection, case: str) -> list[RecordedEntry]:
    found = violations.search(connection, violations.Sought(case_number=case), _MOST_VIOLATIONS)
    ids = dict.fromkeys(each.violation.message_id for each in found if each.violation.message_id)
    stored = {each.seq: each for one in ids for each in journal.read(connection, limit=_MOST_OF_ONE, message_id=one)}
    return [RecordedEntry(each.seq, each.entry) for each in stored.values()]
