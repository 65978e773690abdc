"""The lawful way, ready to send: a request of a data kind that fetches for a case what an applicant was asked for.

It begins with an example of the kind. Whatever there is about somebody is replaced by what the case knows, told by
the names of elements (gateway/library/names.toml); of what the case does not know nothing is left of the example.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from gateway import xml
from gateway.domain.cases import Case
from gateway.domain.catalogue import DataKind
from gateway.domain.law_envelope import write_law_envelope
from gateway.domain.once_only.events import LawEnvelope
from gateway.domain.participants import Participant, Participants
from gateway.domain.routing import NoRecipient, recipients_of
from gateway.exchange.offers.case_facts import Asking, CaseFacts
from gateway.exchange.offers.filling import Filling
from gateway.exchange.offers.places import Place, places_of
from gateway.library import KindError, Library
from gateway.ns import SMEV3_1_2, Smev3
from gateway.protocol.messages import MessageType
from gateway.protocol.participant_calls import Outgoing, send_request
from gateway.xml import Element

if TYPE_CHECKING:
    from gateway.library.sampling import Sampler

_SEEDS: Final = range(1, 6)
"""Samples of a kind are the same every time, and so are offers."""

_LONGEST_EXAMPLE: Final = 30_000
"""Bytes of an example that is filled: for each of its values the schema judges the whole of it."""


class CannotOffer(LookupError):
    """No valid request of the kind can be made; the text says why, in the program's language."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A request that may be sent as it is, once what is in `to_complete` has been written.

    `kind` is the kind's id, `recipients` the mnemonics of who answers, as far as they are known. `content` is valid by
    the kind's XSD. `to_complete` holds paths (/Request/Person/Snils, an attribute last as "@name") of what the case
    does not know; zeros, or a word that says so, stand there. `law` is the element in BusinessProcessMetadata.
    """

    kind: str
    recipients: tuple[str, ...]
    content: Element
    to_complete: tuple[str, ...]
    message_id: str
    law: LawEnvelope

    @property
    def envelope(self) -> bytes:
        """The whole SendRequest of message-exchange 1.2 in a SOAP envelope, unsigned."""
        return self.envelope_in(SMEV3_1_2)

    def envelope_in(self, smev: Smev3) -> bytes:
        """Return the same in another version; a transaction code or a reference is not in it."""
        options = Outgoing(business_process_metadata=write_law_envelope(self.law))
        return send_request(smev, self.message_id, xml.source(self.content), options)[0]


def offer(  # noqa: PLR0913 - what a request is made of
    library: Library,
    kind: DataKind,
    case: Case,
    *,
    body: Participant,
    message_id: str,
    today: date,
    law: LawEnvelope | None = None,
    participants: Participants | None = None,
) -> Offer:
    """Make the request with which `body` fetches the data of `kind` for `case`.

    `law` is what its law envelope says; without one, the case, the service and the applicant. `participants` tell who
    answers.

    Raises: CannotOffer; UnknownKind for a kind that is gone.
    """
    asking = Asking(body, message_id, today)
    made = [_filled(library, kind, case, asking, content) for content in _templates(library, kind, today)]
    content, lacking, _ = min(made, key=lambda one: (not one.is_about, len(one.lacking)))
    return Offer(
        kind=kind.id,
        recipients=_recipients(kind, content, participants, body),
        content=content,
        to_complete=tuple(place.path for place in lacking),
        message_id=message_id,
        law=law or LawEnvelope(case_number=case.number, service_code=case.service, applicant=case.applicant),
    )


class _Filled(NamedTuple):
    content: Element
    lacking: tuple[Place, ...]
    is_about: bool


def _filled(library: Library, kind: DataKind, case: Case, asking: Asking, content: Element) -> _Filled:
    places = list(places_of(content, kind))
    filling = Filling(content, places, CaseFacts(case, asking, places), library.accepts)
    return _Filled(content, filling.fill(), filling.is_about)


def _templates(library: Library, kind: DataKind, today: date) -> list[Element]:
    """Return the valid example requests of a kind; where it has none, a sample of its schema.

    Raises: CannotOffer.
    """
    try:
        requests = [pair.request for pair in library.examples_of(kind) if pair.request is not None]
        examples = [xml.parse(request) for request in requests if len(request) <= _LONGEST_EXAMPLE]
        return [content for content in examples if library.accepts(content)] or _sampled(library, kind, today)
    except KindError as error:
        raise CannotOffer(str(error)) from error


def _sampled(library: Library, kind: DataKind, today: date) -> list[Element]:
    from gateway.library.sampling import CannotSample  # noqa: PLC0415 a kind with examples does without xmlschema

    try:
        return [xml.parse(sample) for sample in _samples(library.sampler_of(kind), kind.request, today)]
    except CannotSample as error:
        raise CannotOffer(f"{kind.id}: {error}") from error


@lru_cache(64)
def _samples(sampler: "Sampler", root: MessageType, today: date) -> tuple[bytes, ...]:
    """Return the least document, and some full ones: by chance they show other branches of a choice."""
    least = sampler.sample(root, _SEEDS[0], today=today, fullness="minimal")
    full = [sampler.sample(root, seed, today=today, fullness="full") for seed in _SEEDS]
    return (xml.source(least), *(found for found in map(xml.source, full) if len(found) <= _LONGEST_EXAMPLE))


def _recipients(
    kind: DataKind, content: Element, participants: Participants | None, body: Participant
) -> tuple[str, ...]:
    if participants is None:
        return () if kind.provided_by is None else (kind.provided_by,)
    try:
        return recipients_of(kind, content, participants, body.mnemonic)
    except NoRecipient:
        return participants.providers.get(kind.id, ())
