"""A whole exchange in which both sides sign, against a gateway in mode `strict`.

What does not depend on an answer is signed before the clock runs, as a client on a machine of its own would do beside
the gateway: requests and acknowledgements. Only the response, which names the ReplyTo that came, is signed on the way.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bench.exchange import CONTENT_OF_REQUEST, CONTENT_OF_RESPONSE, MESSAGE_ID, REPLY_TO, Lost, found, new_id, now
from bench.load import Worker
from gateway.keyring import Keyring
from gateway.ns import SMEV3_1_2
from gateway.protocol import participant_calls
from gateway.protocol.messages import Selector
from gateway.protocol.participant_calls import Sign
from gateway.signature import xmldsig
from gateway.xml import parse

_AT: Final = b"/smev/v1.2/ws"


def _sign_as(keyring: Keyring, mnemonic: str) -> Sign:
    signer = keyring.signer_of(mnemonic)
    return lambda element, identifier: xmldsig.sign(parse(element), identifier, signer)


class SignedExchange:
    """Six signed calls, over and over; `authority` is the folder of the gateway's keys."""

    def __init__(self, authority: Path, exchanges: int) -> None:
        """Sign what can be signed beforehand, for so many exchanges."""
        keyring = Keyring.below(authority, bytes(32))
        self._consumer, self._provider = _sign_as(keyring, "CONSUMER"), _sign_as(keyring, "PROVIDER")
        smev = SMEV3_1_2
        self._get_request = participant_calls.get(smev, "GetRequest", Selector(), now(), self._provider)
        self._get_response = participant_calls.get(smev, "GetResponse", Selector(), now(), self._consumer)
        self._requests: list[bytes] = []
        self._responses: list[str] = []
        self._acks: dict[bytes, bytes] = {}
        for _ in range(exchanges):
            request, response = new_id().decode(), new_id().decode()
            content = CONTENT_OF_REQUEST
            self._requests.append(participant_calls.send_request(smev, request, content, sign=self._consumer)[0])
            self._responses.append(response)
            self._acks[request.encode()] = participant_calls.ack(smev, request, sign=self._provider)
            self._acks[response.encode()] = participant_calls.ack(smev, response, sign=self._consumer)

    async def whole(self, worker: Worker) -> None:
        """Six calls; whichever message comes first is taken, as concurrent pollers do."""
        await worker.post(_AT, self._requests.pop())
        request = await worker.post(_AT, self._get_request)
        await worker.post(_AT, _ack_of(self._acks, request))
        to, message_id = found(REPLY_TO, request).decode(), self._responses.pop()
        response = participant_calls.send_response(SMEV3_1_2, message_id, to, CONTENT_OF_RESPONSE, sign=self._provider)[
            0
        ]
        await worker.post(_AT, response)
        received = await worker.post(_AT, self._get_response)
        await worker.post(_AT, _ack_of(self._acks, received))


def _ack_of(acks: Mapping[bytes, bytes], answer: bytes) -> bytes:
    if b"SMEVSignature" not in answer:
        raise Lost("an answer that SMEV has not signed")
    return acks[found(MESSAGE_ID, answer)]
