"""Where a message goes: recipients of a request, and the reply address of its answer.

ReplyTo is opaque to clients. As in the real system it is base64 of a JSON object with the same short keys; here
it also names the one provider that it was given to and carries an HMAC, so that it cannot be made up or passed on.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from gateway.domain.catalogue import DataKind, routing_key
from gateway.domain.likeness import nearest
from gateway.domain.participants import Participant, Participants
from gateway.protocol.messages import MessageType
from gateway.words import say
from gateway.xml import Element

_LONGEST: Final = 500
"""Characters of one value: base64 of all of them in Cyrillic still fits basic:string-4000."""


class NoRecipient(Exception):
    """Nobody can be found who answers this request; `expected` and `found` say why, `nearest` who was meant perhaps."""

    def __init__(self, expected: str, found: str, advice: str, nearest: str = "") -> None:
        self.expected, self.found, self.advice, self.nearest = expected, found, advice, nearest
        super().__init__(f"{expected}; {found}")


def recipients_of(kind: DataKind, content: Element, participants: Participants, sender: str) -> tuple[str, ...]:
    """Return the mnemonics that get a request of `kind`: one provider, or every subscriber of a broadcast.

    Raises: NoRecipient.
    """
    providers = participants.providers.get(kind.id, ())
    if kind.broadcast:
        return tuple(mnemonic for mnemonic in providers if mnemonic != sender)
    if not providers:
        raise NoRecipient(
            say(f"поставщик вида сведений {kind.id}", f"a provider of the data kind {kind.id}"),
            say("ни один участник его не предоставляет", "no participant provides it"),
            say(
                f"укажите поставщика: --provide МНЕМОНИКА={kind.id} или provides в топологии",
                f"name a provider: --provide MNEMONIC={kind.id} or provides in the topology",
            ),
        )
    key = routing_key(kind, content)
    if key is None:
        return providers[:1]
    if key in providers:
        return (key,)
    for territory in _territories(key):
        all_bodies = map(participants.by_mnemonic.get, providers)
        bodies = [body for body in all_bodies if body is not None and body.oktmo == territory]
        if bodies:
            return (_for_service(bodies, content).mnemonic,)
    place, known = "/".join(kind.route_by), ", ".join(providers)
    raise NoRecipient(
        say(
            f"поставщик вида сведений {kind.id} с ОКТМО или мнемоникой из {place}",
            f"a provider of the data kind {kind.id} with the OKTMO or mnemonic in {place}",
        ),
        say(f"{key!r}; предоставляют {known}", f"{key!r}; the providers are {known}"),
        say(
            "исправьте значение или добавьте участника с этим ОКТМО",
            "correct the value or add a participant with this OKTMO",
        ),
        nearest(key, _addresses(providers, participants)),
    )


def _territories(oktmo: str) -> tuple[str, ...]:
    """Return the territory that a code of ОК 033-2013 names, then those around it whose body answers for it too.

    Around a place inside a settlement (11 digits) is the settlement (8), around that its municipal district (five and
    zeros): who has no body of its own is served by that one's.
    """
    if not oktmo.isdigit() or len(oktmo) not in {8, 11}:
        return (oktmo,)
    return oktmo, oktmo[:8], f"{oktmo[:5]}000"


def _for_service(bodies: Sequence[Participant], content: Element) -> Participant:
    """Return which of the bodies of one territory is meant: the one that provides the service of the content.

    The executive bodies of a region share its code; content that is about a service names it in an element
    ServiceCode. Where none of them provides it, the first one gets to say so.
    """
    named = ((element.text or "").strip() for element in content.iterchildren("{*}ServiceCode"))
    service = next(filter(None, named), None)
    return next((body for body in bodies if service in body.services), bodies[0])


def _addresses(providers: tuple[str, ...], participants: Participants) -> Iterator[str]:
    """Yield every text that would have named one of `providers`."""
    yield from providers
    for participant in map(participants.named, providers):
        if participant is not None and participant.oktmo is not None:
            yield participant.oktmo


@dataclass(frozen=True, slots=True)
class ReplyAddress:
    """What a ReplyTo stands for: everything that the answer is checked with and routed by.

    `interaction` is the store's key of the request, `eol` its end of life in microseconds (0: none).
    """

    interaction: int
    message_id: str
    provider: str
    consumer: str
    request_type: MessageType
    node_id: str | None = None
    eol: int = 0
    transaction_code: str | None = None


class ForgedAddress(ValueError):
    """The To is not a ReplyTo that this gateway gave out."""


class ReplyAddresses:
    """Writes and opens reply addresses with one secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        # Several checks of one answer open its address.
        self.open = lru_cache(256)(self._open)

    def start_over(self, secret: bytes) -> None:
        """Know only the addresses that were written with another secret: those of another store."""
        self._secret = secret
        self.open.cache_clear()

    def write(self, address: ReplyAddress) -> str:
        """Return the text of ReplyTo, at most 4000 characters."""
        payload: dict[str, str | int | None] = {
            "sid": address.interaction,
            "mid": address.message_id,
            "eol": address.eol,
            "slc": address.request_type.root,
            "ns": address.request_type.namespace,
            "mnm": address.consumer,
            "rcp": address.provider,
            "nid": address.node_id,
        }
        if address.transaction_code and len(address.transaction_code) <= _LONGEST:
            payload["tcd"] = address.transaction_code
        body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
        return base64.b64encode(body + self._seal(body)).decode("ascii")

    def _open(self, text: str) -> ReplyAddress:
        """Return what `text` stands for.

        Raises: ForgedAddress.
        """
        try:
            raw = base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError):
            raise ForgedAddress(say("это не base64", "not base64")) from None
        body, seal = raw[:-_SEAL], raw[-_SEAL:]
        if not body or not hmac.compare_digest(seal, self._seal(body)):
            raise ForgedAddress(
                say(
                    "этот адрес выдан не этим шлюзом или изменён",
                    "this address was given by another gateway or has been changed",
                )
            )
        payload = json.loads(body)
        return ReplyAddress(
            interaction=payload["sid"],
            message_id=payload["mid"],
            provider=payload["rcp"],
            consumer=payload["mnm"],
            request_type=MessageType(payload["ns"], payload["slc"]),
            node_id=payload["nid"],
            eol=payload["eol"],
            transaction_code=payload.get("tcd"),
        )

    def _seal(self, body: bytes) -> bytes:
        return hashlib.blake2b(body, key=self._secret, digest_size=_SEAL).digest()


_SEAL: Final = 32
"""Bytes of a keyed BLAKE2b, a MAC by itself (RFC 7693)."""
