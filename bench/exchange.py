"""A whole exchange as the bench makes it: SendRequest, GetRequest, Ack, SendResponse, GetResponse, Ack."""

import re
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench.load import Worker
from gateway.ns import SMEV3_1_2
from gateway.protocol import participant_calls
from gateway.protocol.messages import Selector
from gateway.xml import parse, source

KIND: Final = "fns/egrul"
CONSUMER: Final = b"/as/CONSUMER/smev/v1.2/ws"
PROVIDER: Final = b"/as/PROVIDER/smev/v1.2/ws"
_FOLDER: Final = Path(__file__).parent.parent / "schemas" / "kinds" / "fns" / "egrul" / "4.0.6"
_SLOT: Final = "00000000-0000-1000-8000-000000000000"
_NODE: Final = uuid.getnode()
REPLY_TO: Final = re.compile(rb"<ns2:ReplyTo>([^<]*)</ns2:ReplyTo>")
MESSAGE_ID: Final = re.compile(rb"<ns2:MessageMetadata><ns2:MessageId>([^<]*)</ns2:MessageId>")


def _content(name: str) -> bytes:
    return source(parse((_FOLDER / name).read_bytes()))


def now() -> datetime:
    """Return this moment."""
    return datetime.now(UTC)  # noqa: TID251 - a bench has no clock of its own


def new_id() -> bytes:
    """Return a version 1 UUID; the generator's own ids are not what is measured."""
    return str(uuid.uuid1(_NODE)).encode()  # noqa: TID251


CONTENT_OF_REQUEST: Final = _content("example-request.xml")
CONTENT_OF_RESPONSE: Final = _content("example-response.xml")
REQUEST: Final = participant_calls.send_request(SMEV3_1_2, _SLOT, CONTENT_OF_REQUEST)[0]
RESPONSE: Final = participant_calls.send_response(SMEV3_1_2, _SLOT, "@TO@", CONTENT_OF_RESPONSE)[0]
GET_REQUEST: Final = participant_calls.get(SMEV3_1_2, "GetRequest", Selector(), now())
GET_RESPONSE: Final = participant_calls.get(SMEV3_1_2, "GetResponse", Selector(), now())
ACK: Final = participant_calls.ack(SMEV3_1_2, _SLOT)
_SLOT_BYTES: Final = _SLOT.encode()


class Lost(AssertionError):
    """A message that must be in the queue was not."""


def found(pattern: re.Pattern[bytes], answer: bytes) -> bytes:
    """Return what a pattern finds in an answer.

    Raises: Lost.
    """
    match = pattern.search(answer)
    if match is None:
        raise Lost(answer.decode())
    return match[1]


async def whole_exchange(worker: Worker) -> None:
    """Six calls; whichever message comes first is taken, as concurrent pollers do."""
    await worker.post(CONSUMER, REQUEST.replace(_SLOT_BYTES, new_id()))
    request = await worker.post(PROVIDER, GET_REQUEST)
    await worker.post(PROVIDER, ACK.replace(_SLOT_BYTES, found(MESSAGE_ID, request)))
    response = RESPONSE.replace(_SLOT_BYTES, new_id()).replace(b"@TO@", found(REPLY_TO, request))
    await worker.post(PROVIDER, response)
    received = await worker.post(CONSUMER, GET_RESPONSE)
    await worker.post(CONSUMER, ACK.replace(_SLOT_BYTES, found(MESSAGE_ID, received)))


async def take_and_ack(worker: Worker) -> None:
    """Take a message of a full queue and acknowledge it."""
    request = await worker.post(PROVIDER, GET_REQUEST)
    await worker.post(PROVIDER, ACK.replace(_SLOT_BYTES, found(MESSAGE_ID, request)))


async def base_call(worker: Worker) -> None:
    """One call of BASE: a SOAP message of 3 KB, the SendResponse of the exchange."""
    await worker.post(b"/", RESPONSE)
