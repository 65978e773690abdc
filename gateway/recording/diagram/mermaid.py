"""A sequence diagram as Mermaid text, for READMEs, tickets and merge requests.

Whatever a name or a fault says comes out as text: every character that means something to Mermaid, or may some day,
is written as an entity (`#59;`).
"""

from typing import Final

from gateway.protocol.smev_messages import SMEV_MNEMONIC
from gateway.recording.diagram.steps import ARROWS, FAILURES, Drawing, Lane, Look, Moments, Step, lane_of
from gateway.words import say

LONGEST: Final = 45_000
"""Characters of one diagram: Mermaid refuses to draw a text of more than 50,000 (its maxTextSize)."""
_TEXT: Final = 120
"""Characters of one label."""
_PLAIN: Final = frozenset(" .,:_-()[]«»“”—–…·№/+='")
_HEADS: Final = {
    Look.REQUEST: "->>",
    Look.ANSWER: "-->>",
    Look.DELIVERY: "->>",
    Look.AGAIN: "->>",
    Look.ACK: "--)",
    Look.REFUSED: "-x",
}
_SHADES: Final = {
    **dict.fromkeys(FAILURES, "rgba(229, 72, 77, 0.18)"),
    Look.VIOLATION: "rgba(245, 166, 35, 0.22)",
    Look.DISRUPTED: "rgba(142, 78, 198, 0.18)",
}


def as_mermaid(drawing: Drawing) -> str:
    """Return the text of a drawing; it ends early, and says so, where Mermaid would not draw it."""
    ids = {lane.mnemonic: f"p{number}" for number, lane in enumerate(drawing.lanes, start=1)}
    lines = ["sequenceDiagram"]
    if drawing.title:
        lines.append(f"    title: {escaped(drawing.title)}")
    lines += [f"    participant {ids[lane.mnemonic]} as {_header(lane)}" for lane in drawing.lanes]
    across = f"p1,p{len(ids)}" if len(ids) > 1 else "p1"
    length, moments = sum(map(len, lines)), Moments()
    omitted = drawing.omitted
    for number, step in enumerate(drawing.steps):
        some = _lines(step, ids, moments, across)
        length += sum(len(line) + 1 for line in some)
        if length > LONGEST:
            omitted += len(drawing.steps) - number
            break
        lines += some
    if not drawing.steps:
        lines.append(f"    Note over {across}: " + say("ничего не было", "nothing happened"))
    if omitted:
        lines.append(f"    Note over {across}: " + say(f"… и ещё {omitted}", f"…and {omitted} more"))
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Return `text` as Mermaid reads it anywhere in a sequence diagram: one line, no character that means something."""
    line = " ".join(text.split())
    short = line if len(line) <= _TEXT else line[: _TEXT - 1] + "…"
    return "".join(each if each.isalnum() or each in _PLAIN else f"#{ord(each)};" for each in short) or "—"


def _header(lane: Lane) -> str:
    header = escaped(lane_of(lane.mnemonic))
    return f"{header}<br/>{escaped(lane.name)}" if lane.name and lane.mnemonic != SMEV_MNEMONIC else header


def _lines(step: Step, ids: dict[str, str], moments: Moments, across: str) -> list[str]:
    day = moments.day(step.moment)
    lines = [f"    Note over {across}: {escaped(day)}"] if day else []
    time = moments.time(step.moment)
    prefix = f"{time} " if time else ""  # its colons are harmless, and are to be read
    source = ids[step.source]
    details = "".join(f"<br/>{escaped(each)}" for each in step.details)
    if step.target is None or step.look not in ARROWS:
        body = [f"    Note over {source}: {prefix}{escaped(step.text)}{details}"]
    else:
        body = [f"    {source}{_HEADS[step.look]}{ids[step.target]}: {prefix}{escaped(step.text)}{details}"]
    shade = _SHADES.get(step.look)
    return lines + ([f"    rect {shade}", *(f"    {line}" for line in body), "    end"] if shade else body)
