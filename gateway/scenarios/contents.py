"""What a message of a scenario says: the example of its kind, a sample of its schema, a file or XML; with changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from gateway import xml
from gateway.domain.catalogue import DataKind
from gateway.library import KindError, Library
from gateway.library.sampling import CannotSample
from gateway.protocol.messages import AttachmentHeader, MessageType
from gateway.scenarios import xpaths
from gateway.scenarios.problems import Member, expected, in_words
from gateway.scenarios.steps import Attached, Said
from gateway.words import say
from gateway.xml import Element, XmlError

EXAMPLE: Final = "example"
SAMPLE: Final = "sample"
OFFERED: Final = "offered"
"""The lawful request that the gateway offers for a case; made by the one who runs the scenario."""
LARGEST_FILE: Final = 30 * 1024 * 1024


class ContentProblem(ValueError):
    """A content that cannot be made; `member` is the key of the step that says so."""

    def __init__(self, member: Member, text: str) -> None:
        self.member: Final = member
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Contents:
    """Makes contents. `folder` is where the scenario stands, `say` puts variables into a text."""

    library: Library
    folder: Path
    namespaces: Mapping[str, str]
    seed: int
    today: date
    put_in: Callable[[str], str]

    def made(self, told: Said, kind: DataKind | None, role: str) -> Element:
        """Return the content of a message; `role` is request or response.

        Raises: ContentProblem.
        """
        content = self._start(told.content or EXAMPLE, kind, role)
        for expression, text in told.set_.items():
            try:
                changed = xpaths.put(content, expression, self.put_in(text), self.namespaces)
            except (xpaths.WrongXPath, ValueError) as error:
                raise ContentProblem(("set", expression), str(error)) from error
            if not changed:
                why = say("элемент или атрибут, который есть", "an element or attribute that is there")
                raise ContentProblem(("set", expression), expected(why, expression))
        return content

    def _start(self, text: str, kind: DataKind | None, role: str) -> Element:
        if text not in (EXAMPLE, SAMPLE):
            written = self.put_in(text)
            return _parsed(written.encode() if written.lstrip().startswith("<") else self._file(written.strip()))
        if kind is None:
            raise ContentProblem(
                ("kind",), say("вид сведений неизвестен: назовите kind", "which data kind? name it: kind")
            )
        try:
            return self._example(kind, role) if text == EXAMPLE else self._sample(kind, role)
        except KindError as error:
            raise ContentProblem(("content",), str(error)) from error

    def _example(self, kind: DataKind, role: str) -> Element:
        for pair in self.library.examples_of(kind):
            content = pair.request if role == "request" else pair.response
            if content is not None:
                return xml.parse(content)
        why = say(
            f"у вида {kind.id} нет примера; есть content: sample", f"the kind {kind.id} has no example; try sample"
        )
        raise ContentProblem(("content",), why)

    def _sample(self, kind: DataKind, role: str) -> Element:
        root = kind.request if role == "request" else kind.response
        if root is None:
            raise ContentProblem(("content",), say(f"{kind.id}: ответа не бывает", f"{kind.id}: nobody answers it"))
        try:
            return self.library.sampler_of(kind).sample(root, self.seed, today=self.today, fullness="minimal")
        except CannotSample as error:
            raise ContentProblem(("content",), str(error)) from error

    def _file(self, name: str) -> bytes:
        return _bytes(self.folder / name, name, ("content",))

    def attachments(self, told: Said) -> list[tuple[AttachmentHeader, bytes]]:
        """Return headers and contents.

        Raises: ContentProblem.
        """
        return [self._attachment(each, number) for number, each in enumerate(told.attachments)]

    def _attachment(self, told: Attached, number: int) -> tuple[AttachmentHeader, bytes]:
        if told.text is not None:
            return AttachmentHeader(told.name or "", told.type_ or "text/plain"), self.put_in(told.text).encode()
        name = self.put_in(told.file or "")
        content = _bytes(self.folder / name, name, ("attachments", number))
        return AttachmentHeader(told.name or Path(name).name, told.type_ or "application/octet-stream"), content


def _parsed(content: bytes) -> Element:
    try:
        return xml.parse(content.strip())
    except XmlError as error:
        why = say("ожидался документ XML", "expected an XML document")
        raise ContentProblem(("content",), f"{why}: {error}") from error


def _bytes(path: Path, name: str, member: Member) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ContentProblem(member, say(f"файл {name} слишком велик", f"the file {name} is too large"))
        return path.read_bytes()
    except (OSError, ValueError) as error:
        if isinstance(error, ContentProblem):
            raise
        why = getattr(error, "strerror", None) or str(error)
        what = say(
            f"ожидался {EXAMPLE}, {SAMPLE}, XML или файл рядом со сценарием; {in_words(name)}: {why}",
            f"expected {EXAMPLE}, {SAMPLE}, XML, or a file beside the scenario; {in_words(name)}: {why}",
        )
        raise ContentProblem(member, what) from error


def kind_of(library: Library, content: Element) -> tuple[DataKind | None, str]:
    """Return the kind that a content belongs to, and which of the two it is: request or response."""
    root = MessageType.of(content)
    catalogue: Any = library.catalogue
    asked = catalogue.by_request(root)
    if asked is not None:
        return asked, "request"
    return next((kind for kind in catalogue if kind.response == root), None), "response"
