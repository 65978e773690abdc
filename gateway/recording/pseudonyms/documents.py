"""Documents of a recording: envelopes, attachments, texts. Read once to learn who is in them, then written anew."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gateway.recording.pseudonyms.content import Field, document, fields_of
from gateway.recording.pseudonyms.lookalikes import LookAlikes
from gateway.recording.pseudonyms.rules import FieldRules
from gateway.recording.pseudonyms.sorts import BASE64, CONTENT, KEPT, PERSONAL, SECRET
from gateway.words import say
from gateway.xml import XmlError, parse

_SAMPLE = 40


@dataclass(frozen=True, slots=True)
class UnknownField:
    """A field that no rule names: `path` of local names, how often it is there, what one looks like.

    Of the sample each letter is "x", each digit "9", so that it can be shown.
    """

    path: str
    count: int
    sample: str


class Documents:
    """Replaces in documents what stands in their fields, and counts the fields that no rule names."""

    def __init__(self, look: LookAlikes, rules: FieldRules, *, keep_attachments: bool) -> None:
        self._look = look
        self._rules = rules
        self._keep_attachments = keep_attachments
        self._unknown: dict[str, tuple[int, str]] = {}
        self.placeholders: set[str] = set()
        self.texts: set[str] = set()

    @property
    def unknown(self) -> tuple[UnknownField, ...]:
        """What no rule names, by path."""
        return tuple(UnknownField(path, count, sample) for path, (count, sample) in sorted(self._unknown.items()))

    def learn(self, content: bytes) -> None:
        """Remember the personal values of an XML document; of anything else there is nothing to learn."""
        for each in self._fields(content):
            if each.sort in PERSONAL:
                self._look.learn(str(each.sort), each.text)

    def replaced(self, content: bytes) -> bytes:
        """Return an envelope with look-alikes. One that is no XML is replaced as a text, and told as unknown."""
        try:
            root = parse(content)
        except XmlError:
            text = content.decode("utf-8", "replace")
            self._tell_unknown(say("(конверт — не XML)", "(an envelope that is no XML)"), text)
            return self._look.in_text(text).encode()
        changed = False
        for each in list(fields_of(root, self._rules)):
            before = each.text
            after = self._of_field(each, before)
            if after != before:
                changed = True
                each.put(after)
        return document(root, content) if changed else content

    def attachment(self, content: bytes) -> bytes:
        """Return what stands for an attachment: XML and plain text with look-alikes, else a placeholder."""
        if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            try:
                parse(content)
            except XmlError:
                return self._plain(content)
            return self.replaced(content)
        return self._plain(content)

    def _plain(self, content: bytes) -> bytes:
        text = _text_of(content)
        if text is not None:
            self.texts.add(hashlib.sha256(content).hexdigest())
            return self._look.in_text(text[0]).encode(text[1])
        if self._keep_attachments:
            return content
        self.placeholders.add(hashlib.sha256(content).hexdigest())
        number = self._look.secret.number("attachment", hashlib.sha256(content).hexdigest()) % 16**12
        told = say(
            f"Вместо вложения {number:012x}: запись с псевдонимами, а в этом формате людей не заменить.",
            f"Instead of attachment {number:012x}: a recording with pseudonyms, and this format keeps its people.",
        )
        return f"{told}\n".encode()

    def _fields(self, content: bytes) -> Iterator[Field]:
        try:
            root = parse(content)
        except XmlError:
            return
        yield from fields_of(root, self._rules)

    def _of_field(self, field: Field, text: str) -> str:
        if field.sort is None:
            self._tell_unknown("/" + "/".join(field.path), text)
            return self._look.in_text(text)
        if field.sort in PERSONAL:
            return self._look.of(field.sort, text)
        return self._of_no_person(field.sort, text)

    def _of_no_person(self, sort: str, text: str) -> str:
        if sort == KEPT:
            return self._look.in_code(text)
        if sort == BASE64:
            return _in_base64(text, self._plain)
        if sort == CONTENT:
            return _in_base64(text, self.attachment)
        return "" if sort == SECRET else self._look.in_text(text)

    def _tell_unknown(self, path: str, text: str) -> None:
        count, sample = self._unknown.get(path, (0, _masked(text)))
        self._unknown[path] = (count + 1, sample)


def _in_base64(text: str, replaced: Callable[[bytes], bytes]) -> str:
    try:
        content = base64.b64decode(text, validate=False)
    except binascii.Error:
        return text
    after = replaced(content)
    return text if after == content else base64.b64encode(after).decode("ascii")


def _text_of(content: bytes) -> tuple[str, str] | None:
    """Return the text that the bytes are, and its encoding; None where they are none."""
    if any(byte < 0x20 and byte not in b"\t\r\n" for byte in content):
        return None
    for encoding in ("utf-8", "cp1251"):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return None


def _masked(text: str) -> str:
    start = " ".join(text.split())[:_SAMPLE]
    return "".join("9" if sign.isdigit() else "x" if sign.isalpha() else sign for sign in start)
