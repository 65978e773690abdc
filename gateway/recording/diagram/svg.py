"""A sequence diagram as SVG: lanes down, steps across, the time at the left. No script, no fonts, nothing loaded."""

from collections.abc import Iterable
from typing import Final

from gateway.protocol.smev_messages import SMEV_MNEMONIC
from gateway.recording.diagram.steps import ARROWS, Drawing, Lane, Look, Moments, Step, lane_of
from gateway.words import say
from gateway.xml import escape

_LEFT: Final = 74
"""Where the lanes begin: the times stand before."""
_NARROW, _WIDE = 168, 300
_BROAD: Final = 1_400
"""How wide a picture may become for the sake of long labels; more lanes than fit stand as near as they can."""
_HEADER: Final = 46
_LINE: Final = 16
_BROAD_LETTERS: Final = frozenset(
    ("m", "w", "M", "W", "—", "…", *map(chr, (0x436, 0x43C, 0x444, 0x448, 0x449, 0x44B, 0x44E, 0x416, 0x41C, 0x424,
                                              0x428, 0x429, 0x42B, 0x42E)))
)  # fmt: skip
"""Among them zhe, em, ef, sha, shcha, yery and yu."""
_BOLD: Final = 1.12
"""How much wider bold text is."""
_TALL: Final = 30
"""Steps after which the lanes are named again: the headers have gone out of sight."""

_STYLE: Final = """
.smev-diagram { --text: #1c2024; --soft: #60646c; --line: #d4d6dd; --back: #ffffff; --card: #f4f5f8; --blue: #1f6fd6;
  --teal: #128574; --red: #cf3438; --red-back: #fdecec; --amber: #9a6200; --amber-back: #fff4dc; --violet: #6e56cf;
  --violet-back: #f1eefc; --smev: #e8effb; font: 12.5px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
@media (prefers-color-scheme: dark) { .smev-diagram { --text: #edeef0; --soft: #a3a8b0; --line: #3a3f45;
  --back: #111113; --card: #1d1f22; --blue: #6aa8f5; --teal: #3ec4b0; --red: #ff7b7e; --red-back: #3a1719;
  --amber: #f2b53d; --amber-back: #33270f; --violet: #b3a3f7; --violet-back: #261f3d; --smev: #16233b; } }
.smev-diagram text { fill: var(--text); font-variant-numeric: tabular-nums; paint-order: stroke;
  stroke: var(--back); stroke-width: 4px; stroke-linejoin: round; }
.smev-diagram .ground { fill: var(--back); }
.smev-diagram .lane { stroke: var(--line); stroke-width: 1.2; stroke-dasharray: 3 4; }
.smev-diagram .queue { fill: var(--smev); }
.smev-diagram .head { fill: var(--card); stroke: var(--line); }
.smev-diagram .head.smev { fill: var(--smev); stroke: var(--blue); }
.smev-diagram .who { font-weight: 650; font-size: 13px; stroke: none; }
.smev-diagram .name { font-size: 11px; fill: var(--soft); stroke: none; }
.smev-diagram .time, .smev-diagram .day { fill: var(--soft); font-size: 11px; }
.smev-diagram .day { font-weight: 650; }
.smev-diagram .rule { stroke: var(--line); }
.smev-diagram .arrow { fill: none; stroke: var(--soft); stroke-width: 1.4; }
.smev-diagram .tip { fill: var(--soft); stroke: none; }
.smev-diagram .detail { font-size: 11.5px; fill: var(--soft); }
.smev-diagram .request .arrow { stroke: var(--blue); stroke-width: 1.8; }
.smev-diagram .request .tip { fill: var(--blue); }
.smev-diagram .answer .arrow { stroke: var(--teal); stroke-width: 1.8; stroke-dasharray: 7 4; }
.smev-diagram .answer .tip { fill: var(--teal); }
.smev-diagram .delivery .label, .smev-diagram .ack .label { fill: var(--soft); }
.smev-diagram .ack .arrow { stroke-width: 1; stroke-dasharray: 2 3; }
.smev-diagram .again .arrow { stroke: var(--amber); stroke-width: 1.8; }
.smev-diagram .again .tip, .smev-diagram .again .detail { fill: var(--amber); }
.smev-diagram .refused .arrow { stroke: var(--red); stroke-width: 1.8; }
.smev-diagram .refused .label, .smev-diagram .refused .detail { fill: var(--red); }
.smev-diagram .box { fill: var(--card); stroke: var(--line); }
.smev-diagram .note text { stroke: none; }
.smev-diagram .note .label { font-weight: 600; }
.smev-diagram .rejected .box, .smev-diagram .expired .box { fill: var(--red-back); stroke: var(--red); }
.smev-diagram .rejected .label, .smev-diagram .expired .label { fill: var(--red); }
.smev-diagram .violation .box, .smev-diagram .returned .box { fill: var(--amber-back); stroke: var(--amber); }
.smev-diagram .violation .label, .smev-diagram .returned .label { fill: var(--amber); }
.smev-diagram .disrupted .box { fill: var(--violet-back); stroke: var(--violet); stroke-dasharray: 5 3; }
.smev-diagram .disrupted .label { fill: var(--violet); }
@media print { .smev-diagram { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
"""


def as_svg(drawing: Drawing) -> str:
    """Return the SVG of a drawing: one element, with a title and a description for whoever cannot see it."""
    sheet = _Sheet(drawing)
    rows = sheet.rows()
    lanes = sheet.lanes()
    title = escape(drawing.title or say("Диаграмма последовательности", "Sequence diagram"))
    width, height = sheet.width, sheet.y + 12
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="smev-diagram" role="img" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" aria-label="{title}">\n'
        f"<title>{title}</title>\n<desc>{escape(_described(drawing))}</desc>\n<style>{_STYLE}</style>\n"
        f'<rect class="ground" width="{width}" height="{height}"/>\n'
    )
    return "".join((opening, lanes, *rows, "</svg>\n"))


def _described(drawing: Drawing) -> str:
    who = ", ".join(f"{lane_of(lane.mnemonic)}" for lane in drawing.lanes)
    shown = len(drawing.steps)
    said = say(f"Участники: {who}. Шагов: {shown}.", f"Participants: {who}. Steps: {shown}.")
    return f"{said} {_more(drawing.omitted)}" if drawing.omitted else said


def _more(omitted: int) -> str:
    return say(f"… и ещё записей: {omitted}", f"…and {omitted} more entries")


class _Sheet:
    """Draws downwards; `y` is where the next row begins."""

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing
        lanes = drawing.lanes
        numbers = {lane.mnemonic: number for number, lane in enumerate(lanes)}
        self._gap = _gap(drawing.steps, numbers)
        first = _LEFT + self._gap // 2
        self._places = {mnemonic: first + number * self._gap for mnemonic, number in numbers.items()}
        self.width = _LEFT + self._gap * len(lanes) + 8
        self._top = 10 + (26 if drawing.title else 0)
        self.y = self._top + _HEADER + 10

    def rows(self) -> list[str]:
        """Draw everything but the lanes, whose length is known then."""
        rows = []
        if self._drawing.title:
            rows.append(f'<text class="who" x="10" y="24">{escape(self._drawing.title)}</text>\n')
        moments = Moments()
        for number, step in enumerate(self._drawing.steps):
            if number and number % _TALL == 0:
                rows.append(self._reminder())
            day = moments.day(step.moment)
            if day:
                rows.append(self._divider(day))
            rows.append(self._step(step, moments.time(step.moment)))
        if not self._drawing.steps:
            rows.append(self._divider(say("ничего не было", "nothing happened")))
        if self._drawing.omitted:
            rows.append(self._divider(_more(self._drawing.omitted)))
        return rows

    def lanes(self) -> str:
        """Draw the lanes as long as the rows have become, with their headers."""
        return "".join(map(self._lane, self._drawing.lanes))

    def _lane(self, lane: Lane) -> str:
        x, is_smev = self._places[lane.mnemonic], lane.mnemonic == SMEV_MNEMONIC
        start, height = self._top + _HEADER, self.y - self._top - _HEADER
        queue = f'<rect class="queue" x="{x - 7}" y="{start}" width="14" height="{height}"/>\n' if is_smev else ""
        line = f'<line class="lane" x1="{x}" y1="{start}" x2="{x}" y2="{self.y}"/>\n'
        return queue + line + self._header(lane, x, self._top)

    def _reminder(self) -> str:
        y = self.y + 18
        self.y += 26
        names = ((self._places[lane.mnemonic], lane_of(lane.mnemonic)) for lane in self._drawing.lanes)
        return "".join(
            f'<text class="day" x="{x}" y="{y}" text-anchor="middle">{_cut(name, self._gap - 20)}</text>\n'
            for x, name in names
        )

    def _header(self, lane: Lane, x: int, top: int) -> str:
        is_smev = lane.mnemonic == SMEV_MNEMONIC
        width = self._gap - 18
        who, name = lane_of(lane.mnemonic), say("очередь", "the queue") if is_smev else lane.name
        y = top + (20 if name else 28)
        small = f'<text class="name" x="{x}" y="{top + 36}" text-anchor="middle">{_cut(name, width - 14, 5.9)}</text>'
        return (
            f'<g><title>{escape(f"{who} {name}".strip())}</title><rect class="head{" smev" * is_smev}" '
            f'x="{x - width // 2}" y="{top}" width="{width}" height="{_HEADER}" rx="8"/>'
            f'<text class="who" x="{x}" y="{y}" text-anchor="middle">{_cut(who, width - 14, 7.8)}</text>'
            f"{small if name else ''}</g>\n"
        )

    def _divider(self, text: str) -> str:
        y = self.y + 12
        self.y += 26
        return (
            f'<line class="rule" x1="10" y1="{y}" x2="{self.width - 8}" y2="{y}"/>'
            f'<text class="day" x="10" y="{y + 4}">{escape(text)}</text>\n'
        )

    def _step(self, step: Step, time: str) -> str:
        drawn = self._note if step.target is None or step.look not in ARROWS else self._arrow
        top = self.y
        body = drawn(step)
        moment = f'<text class="time" x="10" y="{top + 20}">{time}</text>' if time else ""
        kind = step.look.value if drawn == self._arrow else f"note {step.look.value}"
        return f'<g class="{kind}"><title>{escape(step.tooltip)}</title>{moment}{body}</g>\n'

    def _arrow(self, step: Step) -> str:
        source, target = self._places[step.source], self._places[step.target or ""]
        y = self.y + 26
        self.y += 36 + _LINE * len(step.details)
        right = target > source
        # SMEV's lane is as wide as its queue.
        begin = source + (1 if right else -1) * (7 if step.source == SMEV_MNEMONIC else 0)
        end = target - (1 if right else -1) * (7 if step.target == SMEV_MNEMONIC else 0)
        line = f'<line class="arrow" x1="{begin}" y1="{y}" x2="{end}" y2="{y}"/>{_tip(step.look, end, y, right)}'
        # A label stands at the participant's end, where nothing else does.
        outer, inward = (source, right) if step.target == SMEV_MNEMONIC else (target, not right)
        x, anchor = (outer + 10, "start") if inward else (outer - 10, "end")
        room = abs(end - begin) - 18
        details = (("detail", each, y + 15 + _LINE * number) for number, each in enumerate(step.details))
        texts = [("label", step.text, y - 6), *details]
        labels = "".join(
            f'<text class="{kind}" x="{x}" y="{at}" text-anchor="{anchor}">{_cut(text, room)}</text>'
            for kind, text, at in texts
        )
        return line + labels

    def _note(self, step: Step) -> str:
        lines = [step.text, *step.details]
        place = self._places[step.source]
        height = _LINE * len(lines) + 10
        top = self.y + 6
        self.y += height + 14
        # As wide as its words need, up to two lanes; never beyond the sheet.
        wanted = int(max(_width(step.text) * _BOLD, *map(_width, ("", *step.details)))) + 26
        width = max(self._gap - 20, min(wanted, 2 * self._gap - 20, self.width - _LEFT - 8))
        x = min(max(place - width // 2, _LEFT), self.width - 8 - width)
        texts = "".join(
            f'<text class="{"detail" if n else "label"}" x="{x + 10}" y="{top + 17 + _LINE * n}">'
            f"{_cut(line, width - 18, 7.0 if n else 7.0 * _BOLD)}</text>"
            for n, line in enumerate(lines)
        )
        return f'<rect class="box" x="{x}" y="{top}" width="{width}" height="{height}" rx="5"/>{texts}'


def _tip(look: Look, x: int, y: int, right: bool) -> str:
    if look is Look.REFUSED:
        x += -9 if right else 9
        return f'<path class="arrow" d="M{x - 5} {y - 5}l10 10m0 -10l-10 10"/>'
    back = -9 if right else 9
    return f'<path class="tip" d="M{x} {y}l{back} -4.5v9z"/>'


def _gap(steps: Iterable[Step], numbers: dict[str, int]) -> int:
    """Return how far lanes stand apart: as the longest label needs, within reason."""
    needed = float(_NARROW)
    for step in steps:
        if step.target is not None:
            span = abs(numbers[step.source] - numbers[step.target]) or 1
            needed = max(needed, (max(map(_width, (step.text, *step.details))) + 34) / span)
    return max(_NARROW, min(int(needed), _WIDE, _BROAD // max(len(numbers), 1)))


def _width(text: str) -> float:
    """Return about how many pixels a text takes: nobody can measure it before it is shown."""
    return sum(map(_advance, text))


def _advance(character: str) -> float:
    if character in " .,:;'|!ijlt()[]·":
        return 4.3
    if character in _BROAD_LETTERS:
        return 10.0
    if character.isupper():
        return 8.8
    return 14.0 if ord(character) > 0x2E7F else 7.4


def _cut(text: str, room: float, narrow: float = 7.0) -> str:
    """Return `text`, escaped, as far as it fits into `room` pixels; the tooltip has the rest."""
    taken, scale = 0.0, narrow / 7.0
    if _width(text) * scale <= room:
        return escape(text)
    for number, character in enumerate(text):
        taken += _advance(character) * scale
        if taken > room - 10:
            return escape(text[: max(number, 1)].rstrip()) + "…"
    return escape(text)
