"""Assertions of a message: what was expected, what was found."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from gateway.scenarios import xpaths
from gateway.scenarios.chronicle import Arrived
from gateway.scenarios.outcome import Checked
from gateway.scenarios.problems import Place
from gateway.scenarios.steps import Check
from gateway.words import say

_MOST_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Assertions:
    """Asserts; `namespaces` are those of the file, `put_in` puts variables into a text."""

    namespaces: Mapping[str, str]
    put_in: Callable[[str], str]

    def checked(self, check: Check, arrived: Arrived, place: Place) -> list[Checked]:
        """Return what came of one item of `assert`."""
        found = list(self._of_message(check, arrived, place))
        if check.xpath is not None:
            found += self._of_content(check, arrived, place)
        hints = _hints(arrived)
        return [each if each.passed else replace(each, hints=hints) for each in found]

    # --- of the message itself ---------------------------------------------------------------------------------------

    def _of_message(self, check: Check, arrived: Arrived, place: Place) -> Iterator[Checked]:
        codes = [each.code.value for each in arrived.rejections]
        names = [each.content_id for each in arrived.sent.attachments] if arrived.sent is not None else []
        status = arrived.status
        had: dict[str, tuple[str | int | None, list[Any]]] = {
            "fault": (check.fault, [arrived.fault]),
            "reject": (check.reject, codes),
            "status": (check.status, [] if status is None else [status.code]),
            "message-id": (check.message_id, [arrived.entry.message_id]),
            "from": (check.from_, [arrived.entry.counterpart]),
            "kind": (check.kind, [arrived.kind]),
            "attachments": (check.attachments, [len(names)]),
            "attachment": (check.attachment, names),
        }
        for name, (wanted, found) in had.items():
            if wanted is not None:
                expected = self.put_in(wanted) if isinstance(wanted, str) else wanted
                yield _checked(f"{name} {expected}", expected in found, place, str(expected), _listed(found))
        if check.text is not None:
            yield self._text(self.put_in(check.text), arrived, place)

    @staticmethod
    def _text(wanted: str, arrived: Arrived, place: Place) -> Checked:
        status = arrived.status
        texts = [each.description for each in arrived.rejections] + ([status.description] if status else [])
        return _checked(f"text ~ {wanted!r}", any(wanted in text for text in texts), place, wanted, _listed(texts))

    # --- of the content ----------------------------------------------------------------------------------------------

    def _of_content(self, check: Check, arrived: Arrived, place: Place) -> Iterator[Checked]:
        expression = self.put_in(check.xpath or "")
        content = arrived.content
        if content is None:
            yield _checked(expression, False, place, expression, say("содержимого нет", "no content") + f": {arrived}")
            return
        try:
            nodes = xpaths.found(content, expression, self.namespaces)
        except xpaths.WrongXPath as error:
            yield _checked(expression, False, place, expression, str(error))
            return
        yield from self._of_nodes(check, expression, nodes, place)

    def _of_nodes(self, check: Check, expression: str, nodes: list[Any], place: Place) -> Iterator[Checked]:
        text = xpaths.text_of(nodes[0]) if nodes else None
        shown = say("ничего", "nothing") if text is None else text[:_MOST_SHOWN]
        if check.exists is not None:
            words = say("есть", "exists") if check.exists else say("нет", "does not exist")
            yield _checked(f"{expression} {words}", _exists(nodes) is check.exists, place, words, shown)
        if check.count is not None:
            yield _checked(
                f"count({expression}) = {check.count}",
                len(nodes) == check.count,
                place,
                str(check.count),
                str(len(nodes)),
            )
        for sign, wanted, holds in (
            ("=", check.equals, lambda found, text: found == text),
            ("≠", check.not_equals, lambda found, text: found != text),
            ("∋", check.contains, lambda found, text: text in found),
            ("~", check.matches, lambda found, text: re.fullmatch(text, found) is not None),
        ):
            if wanted is not None:
                expected = self.put_in(wanted)
                passed = text is not None and holds(text, expected)
                yield _checked(f"{expression} {sign} {expected}", passed, place, f"{sign} {expected}", shown)


def _hints(arrived: Arrived) -> tuple[str, ...]:
    """Return the message in a line, and why SMEV rejected what it tells of."""
    explained = None if arrived.rejection is None else arrived.rejection.entry.explanation
    return (str(arrived),) if explained is None else (str(arrived), str(explained))


def _exists(nodes: list[Any]) -> bool:
    return bool(nodes) and nodes != [False]


def _checked(what: str, passed: bool, place: Place, expected: str, found: str) -> Checked:
    return Checked(what, passed, place) if passed else Checked(what, passed, place, expected, found)


def _listed(found: list[Any]) -> str:
    return ", ".join(str(each) for each in found if str(each))[:_MOST_SHOWN] or say("ничего", "nothing")
