"""Sequence diagrams of whatever has been journaled: Mermaid text, SVG, one HTML page.

diagram = Diagram.of(recording.entries, title="one case")
Path("case.svg").write_text(diagram.svg(), encoding="utf-8")
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self

from gateway.recording.diagram.mermaid import as_mermaid
from gateway.recording.diagram.page import as_page
from gateway.recording.diagram.steps import Drawing, drawing
from gateway.recording.diagram.svg import as_svg
from gateway.recording.format import RecordedEntry

MOST: Final = 1_000
"""Steps that are drawn unless more are asked for: nobody reads a longer picture."""
_NOTHING: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Diagram:
    """A conversation, ready to be drawn; the same entries give the same bytes."""

    drawing: Drawing

    @classmethod
    def of(  # noqa: PLR0913 - what a picture can be asked for
        cls,
        entries: Iterable[RecordedEntry],
        *,
        title: str = "",
        names: Mapping[str, str] = _NOTHING,
        kinds: Mapping[str, str] = _NOTHING,
        acks: bool = False,
        most: int = MOST,
    ) -> Self:
        """Read entries in the order of the journal.

        `names` are what people call participants (mnemonic -> name), `kinds` what they call messages (message type in
        Clark notation, as an entry has it -> name; else the root's local name is the label). `acks` shows every Ack;
        one with accepted=false is always shown. After `most` steps the drawing ends and says how many entries follow.
        """
        return cls(drawing(entries, title=title, names=names, kinds=kinds, acks=acks, most=most))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to be drawn."""
        return not self.drawing.steps

    def mermaid(self) -> str:
        """Return the text of a Mermaid sequenceDiagram."""
        return as_mermaid(self.drawing)

    def svg(self) -> str:
        """Return one SVG element: no script, nothing loaded, light and dark; it may stand in a page or in a file."""
        return as_svg(self.drawing)

    def html(self) -> str:
        """Return one self-contained page: the picture, the Mermaid text to copy, a table of the entries."""
        return as_page(self.drawing, svg=self.svg(), mermaid=self.mermaid())
