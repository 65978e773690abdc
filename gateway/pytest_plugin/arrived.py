"""What crossed the gateway, as a test reads it."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, cast

from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.protocol import moments
from gateway.protocol.messages import SentRequest, SentResponse
from gateway.recording.content_xpath import ContentXPath
from gateway.recording.format import RecordedEntry, explanation_of
from gateway.recording.said import said
from gateway.xml import Element


class Arrived:
    """One entry of the journal. What it has no value for is "" or None."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        """`told` is the entry as the admin API tells it."""
        self.told = told
        self.seq: int = told["seq"]
        self.event = JournalEvent(told["event"])
        self.moment = moments.read(told["moment"])
        self.participant: str = told["participant"]
        self.counterpart: str = told["counterpart"]
        self.operation: str = told["operation"]
        self.message_id: str = told["messageId"]
        self.original_message_id: str = told["originalMessageId"]
        self.message_type: str = told["messageType"]
        self.status: str = told["status"]
        self.fault: str = told["fault"]
        self.explanation = None if told["explanation"] is None else explanation_of(told["explanation"])
        self.envelope: bytes | None = None if told["envelope"] is None else told["envelope"].encode()

    @cached_property
    def data(self) -> SentRequest | SentResponse:
        """What the message says: SenderProvidedRequestData or SenderProvidedResponseData.

        Raises: Unreadable for what is no sent message.
        """
        entry = JournalEntry(self.moment, self.event, message_id=self.message_id, envelope=self.envelope)
        return said(RecordedEntry(self.seq, entry))

    @property
    def content(self) -> Element:
        """The root element of the business content.

        Raises: AssertionError where the message has none, Unreadable.
        """
        content = self.data.primary_content
        assert content is not None, f"{self} has no business content"  # noqa: S101 - it is an assertion of the test
        return content

    def xpath(self, path: str, **namespaces: str) -> list[Any]:
        """Return what an XPath finds in the business content: elements, texts or attributes, in a list.

        Without `namespaces`, `//Имя` finds elements by their local names. Raises: InvalidXPath.
        """
        if namespaces:
            found = self.content.xpath(path, namespaces=namespaces)
        else:
            found = ContentXPath(path).evaluate(self.content)
        return found if isinstance(found, list) else [found]

    def text(self, path: str) -> str:
        """Return the text of the first element or attribute that `xpath` finds.

        Raises: AssertionError when it finds none.
        """
        found = self.xpath(path)
        assert found, f"{path}: nothing in {self}"  # noqa: S101 - see above
        first = found[0]
        return str(first) if isinstance(first, str | float | bool) else (cast("Element", first).text or "").strip()

    def __repr__(self) -> str:
        who = f"{self.participant} → {self.counterpart}" if self.counterpart else self.participant
        told = " ".join(filter(None, (self.operation, self.message_type, self.status, self.fault)))
        return f"<{self.seq} {self.event} {who} {told} {self.message_id}>"
