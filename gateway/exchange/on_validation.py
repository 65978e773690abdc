"""The checks that a message meets on validation. Their order stands in checks.py."""

from gateway.domain.catalogue import DataKind
from gateway.domain.law_envelope import find_law_envelope
from gateway.domain.likeness import nearest
from gateway.domain.participants import Participant
from gateway.domain.routing import NoRecipient, recipients_of
from gateway.exchange.arrival import Arrival, Rules
from gateway.exchange.on_arrival import address_of
from gateway.exchange.unknown_types import add_kind, closest_kind
from gateway.library.law_schema import law_schema
from gateway.protocol import faults
from gateway.protocol.faults import Explanation
from gateway.protocol.messages import MessageType
from gateway.protocol.operations import SendRequest, SendResponse
from gateway.words import say


def request_type_is_known(arrival: Arrival, rules: Rules) -> None:
    """The root of a request is the request root of a kind."""
    if isinstance(arrival.call, SendRequest):
        kind_of_request(arrival.call, rules)


def kind_of_request(call: SendRequest, rules: Rules) -> DataKind:
    """Return the kind that the request is of.

    Raises: BusinessDataTypeIsNotSupported.
    """
    root = MessageType.of(call.data.primary_content)
    kind = rules.library.catalogue.by_request(root)
    if kind is None:
        expected = say("корневой элемент запроса известного вида сведений", "the request root of a known data kind")
        raise _unsupported(root, rules, expected)
    return kind


def response_type_answers_the_request(arrival: Arrival, rules: Rules) -> None:
    """The root of a response is the response root of the very kind that was asked for."""
    if not isinstance(arrival.call, SendResponse) or arrival.call.data.primary_content is None:
        return
    root = MessageType.of(arrival.call.data.primary_content)
    catalogue = rules.library.catalogue
    asked = catalogue.by_request(address_of(arrival, rules).request_type)
    if asked is not None and asked.response == root:
        return
    if catalogue.by_response(root) is None and catalogue.by_request(root) is None:
        expected = say("корневой элемент ответа известного вида сведений", "the response root of a known data kind")
        raise _unsupported(root, rules, expected)
    expected = f"{asked.response}" if asked else say("ответ на полученный запрос", "an answer to the request taken")
    place = "SenderProvidedResponseData/MessagePrimaryContent"
    raise faults.IncorrectResponseContentType(
        Explanation("response_type_answers_the_request", expected, f"{root}", where=place), message_type=root
    )


def _unsupported(root: MessageType, rules: Rules, expected: str) -> faults.BusinessDataTypeIsNotSupported:
    return faults.BusinessDataTypeIsNotSupported(
        Explanation(
            "type_is_known",
            expected,
            f"{root}",
            where="MessagePrimaryContent",
            advice=add_kind(),
            nearest=closest_kind(rules, root),
        ),
        root.namespace,
        root.root,
    )


def content_follows_schema(arrival: Arrival, rules: Rules) -> None:
    """The business content is valid against the XSD of its kind."""
    if not isinstance(arrival.call, SendRequest | SendResponse) or arrival.call.data.primary_content is None:
        return
    violations = rules.library.violations(arrival.call.data.primary_content)
    if violations:
        first, *others = violations
        raise faults.InvalidContent.of_business_data(
            Explanation(
                "content_follows_schema",
                first.expected,
                first.found,
                where=first.path,
                rule=first.message,
                advice=say(
                    "исправьте содержимое по схеме вида сведений; правильный пример — mock-smev sample",
                    "correct the content by the schema of its kind; mock-smev sample prints a valid one",
                ),
                others=[str(violation) for violation in others],
            ),
            [str(violation) for violation in violations],
            arrival.call.data.message_id,
        )


def law_envelope_follows_schema(arrival: Arrival, _: Rules) -> None:
    """What a request says of itself by 210-FZ, Art. 7.2 can be read; one that says nothing is judged without it."""
    if not isinstance(arrival.call, SendRequest):
        return
    envelope = find_law_envelope(arrival.call.data.business_process_metadata)
    violations = () if envelope is None else law_schema().violations(envelope)
    if violations:
        first, *others = violations
        raise faults.InvalidContent.of_business_data(
            Explanation(
                "law_envelope_follows_schema",
                first.expected,
                first.found,
                where=f"BusinessProcessMetadata{first.path}",
                rule=first.message,
                advice=say(
                    "исправьте конверт закона по схеме schemas/law; пример — docs/reference/law-envelope.md",
                    "correct the law envelope by schemas/law; docs/reference/law-envelope.md has an example",
                ),
                others=[str(violation) for violation in others],
            ),
            [str(violation) for violation in violations],
            arrival.call.data.message_id,
        )


def sender_may_request(arrival: Arrival, rules: Rules) -> None:
    """The sender has the right to ask for this kind."""
    if not isinstance(arrival.call, SendRequest):
        return
    kind = kind_of_request(arrival.call, rules)
    allowed = arrival.caller.may_request
    if allowed is not None and kind.id not in allowed:
        sender, kinds = arrival.caller.mnemonic, ", ".join(sorted(allowed))
        raise faults.AccessDenied(
            Explanation(
                "sender_may_request",
                say(f"вид сведений, разрешённый участнику {sender}: {kinds}", f"a kind allowed to {sender}: {kinds}"),
                kind.id,
                rule="may_request",
                nearest=nearest(kind.id, allowed),
                advice=say(
                    "добавьте вид сведений в may_request участника: в топологии или PATCH /__admin/participants",
                    "add the kind to may_request of the participant: in the topology or PATCH /__admin/participants",
                ),
            ),
            mnemonic=sender,
            message_type=kind.request,
        )


def recipient_is_found(arrival: Arrival, rules: Rules) -> None:
    """Somebody answers this request."""
    if isinstance(arrival.call, SendRequest):
        recipients_for(arrival.call, arrival.caller, rules)


def recipients_for(call: SendRequest, sender: Participant, rules: Rules) -> tuple[str, ...]:
    """Return who gets the request.

    Raises: RecipientIsNotFound, BusinessDataTypeIsNotSupported.
    """
    kind = kind_of_request(call, rules)
    try:
        return recipients_of(kind, call.data.primary_content, rules.participants, sender.mnemonic)
    except NoRecipient as error:
        raise faults.RecipientIsNotFound(
            Explanation("recipient_is_found", error.expected, error.found, advice=error.advice, nearest=error.nearest)
        ) from error
