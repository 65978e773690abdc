"""What may refuse a message, in order: two visible lists (ADR 0004).

`ON_ARRIVAL` is answered at once with a SOAP fault. `ON_VALIDATION` comes after the message was taken: the sender
learns of it asynchronously. Moving a check is moving its line. What only the store can decide (the MessageID is
new, the queue has room) is decided in the transaction that keeps the message, by `message_exchange`.
"""

from collections.abc import Callable
from typing import Final

from gateway.domain.catalogue import DataKind
from gateway.domain.clock import to_microseconds
from gateway.domain.participants import Participant
from gateway.domain.routing import ForgedAddress, NoRecipient, ReplyAddress, recipients_of
from gateway.exchange.arrival import Arrival, Rules
from gateway.protocol import faults, message_id
from gateway.protocol.faults import Explanation
from gateway.protocol.messages import MessageType
from gateway.protocol.moments import write
from gateway.protocol.operations import GetRequest, GetResponse, SendRequest, SendResponse
from gateway.words import say
from gateway.xml import path_of

Check = Callable[[Arrival, Rules], None]


# --- on arrival ----------------------------------------------------------------------------------------------


def call_follows_wire_schema(arrival: Arrival, rules: Rules) -> None:
    """The call is valid against the XSD of its version."""
    if not rules.limits.check_wire_schema:
        return
    smev = arrival.call.smev
    attached = isinstance(arrival.call, SendRequest | SendResponse) and arrival.call.attachments
    for listed in arrival.body_child.findall(f"{{{smev.basic}}}AttachmentContentList") if attached else ():
        # Read already. Its Id is xs:ID by the schema and no NCName in real messages, which SMEV takes (spec §3);
        # its Content may still be an xop:Include.
        arrival.body_child.remove(listed)
    errors = rules.wire_schemas.violations(arrival.body_child, smev)
    if not rules.limits.message_id_pattern:  # then an Ack, too, may name a MessageID of any form
        errors = tuple(error for error in errors if "Element 'AckTargetMessage': [facet 'pattern']" not in error)
    if errors:
        schema = f"smev-message-exchange-types-{smev.version}.xsd"
        raise faults.InvalidContent.of_envelope(
            Explanation(
                "call_follows_wire_schema",
                say(f"вызов по схеме {schema}", f"a call valid against {schema}"),
                "; ".join(errors),
                where=path_of(arrival.body_child),
                advice=say(f"проверьте вызов по схеме: ?xsd={schema}", f"validate the call against ?xsd={schema}"),
            ),
            errors,
        )


def message_id_is_well_formed(arrival: Arrival, rules: Rules) -> None:
    """MessageID is a lower-case UUID of version 1 (spec §7)."""
    if not isinstance(arrival.call, SendRequest | SendResponse):
        return
    found = arrival.call.data.message_id
    if rules.limits.message_id_pattern and not message_id.is_uuid(found):
        lowered = say("запишите идентификатор строчными буквами", "write the identifier in lower case")
        advice = lowered if message_id.is_uuid(found.lower()) else ""
        expected = say(
            "UUID строчными буквами: 8-4-4-4-12 шестнадцатеричных цифр",
            "a UUID in lower case: 8-4-4-4-12 hexadecimal digits",
        )
        raise faults.InvalidMessageIdFormat(
            Explanation("message_id_is_well_formed", expected, found, where="MessageID", advice=advice)
        )
    if len(found) > message_id.LONGEST:
        longest = say(f"не более {message_id.LONGEST} знаков", f"at most {message_id.LONGEST} characters")
        raise faults.InvalidMessageIdFormat(
            Explanation("message_id_is_well_formed", longest, f"{len(found)}", where="MessageID")
        )
    if rules.limits.message_id_version and not message_id.is_time_based(found):
        raise faults.InvalidMessageIdFormat(
            Explanation(
                "message_id_is_well_formed",
                say("UUID версии 1 (по времени, RFC 4122)", "a UUID of version 1 (time-based, RFC 4122)"),
                f"{found}: {say('версия', 'version')} {found[14:15]}",
                where="MessageID",
                advice=say(
                    "создавайте идентификатор по времени (uuid1) или отключите проверку: --any-uuid-version",
                    "make the identifier from the time (uuid1) or turn the check off: --any-uuid-version",
                ),
            )
        )


def message_id_is_fresh(arrival: Arrival, rules: Rules) -> None:
    """The moment inside a version 1 MessageID is not two days back or more (spec §7)."""
    stale_after = rules.limits.stale_after
    if not isinstance(arrival.call, SendRequest | SendResponse) or stale_after is None:
        return
    found = arrival.call.data.message_id
    if not message_id.is_time_based(found):
        return
    moment = message_id.moment_of(found)
    if moment is not None and arrival.now - moment >= stale_after:
        since = write(arrival.now - stale_after)
        raise faults.StaleMessageId(
            Explanation(
                "message_id_is_fresh",
                say(f"время в идентификаторе позже {since}", f"a time in the identifier after {since}"),
                write(moment),
                where="MessageID",
                advice=say(
                    "создайте новый идентификатор или отключите проверку: --stale-after 0",
                    "make a new identifier or turn the check off: --stale-after 0",
                ),
            ),
            message_id=found,
        )


def end_of_life_is_ahead(arrival: Arrival, _: Rules) -> None:
    """EOL has not passed."""
    if not isinstance(arrival.call, SendRequest):
        return
    eol = arrival.call.data.eol
    if eol is not None and eol <= arrival.now:
        expected = say("EOL позже", "an EOL after") + f" {write(arrival.now)}"
        raise faults.EndOfLifeReached(
            Explanation("end_of_life_is_ahead", expected, write(eol), where="EOL"),
            message_id=arrival.call.data.message_id,
        )


def attachments_pair(arrival: Arrival, _: Rules) -> None:
    """Each AttachmentHeader has its AttachmentContent and the other way round; order does not matter."""
    if not isinstance(arrival.call, SendRequest | SendResponse):
        return
    headers = sorted(header.content_id for header in arrival.call.data.attachment_headers)
    contents = sorted(attachment.content_id for attachment in arrival.call.attachments)
    if headers != contents:
        expected = say("вложения с Id как contentId в заголовках", "attachments whose Ids are those in the headers")
        raise faults.AttachmentContentMiscoordination(
            Explanation("attachments_pair", f"{expected}: {headers}", f"{contents}", where="AttachmentContentList")
        )


def attachments_fit(arrival: Arrival, rules: Rules) -> None:
    """The contents together are not over the limit."""
    if not isinstance(arrival.call, SendRequest | SendResponse):
        return
    total = sum(len(attachment.content) for attachment in arrival.call.attachments)
    permitted = rules.limits.max_attachments
    if total > permitted:
        raise faults.AttachmentSizeLimitExceeded(
            Explanation(
                "attachments_fit",
                say(f"не более {permitted} байт", f"at most {permitted} bytes"),
                say(f"{total} байт", f"{total} bytes"),
                where="AttachmentContentList",
                advice=say(
                    "передайте файлы по ссылке или поднимите предел: --max-attachments",
                    "pass the files by reference or raise the limit: --max-attachments",
                ),
            ),
            permitted,
            total,
        )


def selector_is_known(arrival: Arrival, rules: Rules) -> None:
    """The selector names a known type; in GetRequest one that the caller provides (spec §5)."""
    if not isinstance(arrival.call, GetRequest | GetResponse):
        return
    wanted = arrival.call.selector.message_type
    if wanted is None:
        return
    catalogue = rules.library.catalogue
    if isinstance(arrival.call, GetRequest):
        kind = catalogue.by_request(wanted)
        if kind is not None and rules.participants.provides(arrival.caller.mnemonic, kind.id):
            return
        found, caller = f"{wanted}", arrival.caller.mnemonic
        if kind is not None:
            found += say(
                f": вид сведений {kind.id} предоставляет не {caller}", f": {caller} does not provide {kind.id}"
            )
        advice = _closest(rules, wanted) if kind is None else f"--provide {caller}={kind.id}"
        expected = say(
            "корневой элемент запроса, который предоставляет вызывающий",
            "the root element of a request that the caller provides",
        )
    else:
        if catalogue.by_response(wanted) or catalogue.by_request(wanted):
            return
        found, advice = f"{wanted}", _closest(rules, wanted)
        expected = say("корневой элемент известного ответа", "the root element of a known response")
    raise faults.UnknownMessageType(
        Explanation("selector_is_known", expected, found, where="MessageTypeSelector", advice=advice),
        message_type=wanted,
    )


def reply_address_is_genuine(arrival: Arrival, rules: Rules) -> None:
    """To is a ReplyTo that this gateway gave to this very provider, for a request still alive."""
    if isinstance(arrival.call, SendResponse):
        address_of(arrival, rules)


def address_of(arrival: Arrival, rules: Rules) -> ReplyAddress:
    """Return what To stands for.

    Raises: RecipientIsNotFound.
    """
    if not isinstance(arrival.call, SendResponse):
        raise TypeError(f"no To in {type(arrival.call).__name__}")
    text, caller = arrival.call.data.to, arrival.caller.mnemonic
    if not text:
        raise _no_recipient(_copied(), say("пусто", "nothing"))
    try:
        address = rules.addresses.open(text)
    except ForgedAddress as error:
        raise _no_recipient(_copied(), f"{text[:60]!r}: {error}") from error
    if address.provider != caller:
        given = say("ReplyTo, выданный участнику", "a ReplyTo that was given to")
        raise _no_recipient(f"{given} {caller}", f"{given} {address.provider}")
    if address.eol and address.eol <= to_microseconds(arrival.now):
        raise _no_recipient(
            say("запрос, срок жизни которого не истёк", "a request whose life has not ended"),
            say(f"срок жизни запроса {address.message_id} истёк", f"that of {address.message_id} has ended"),
        )
    return address


def _copied() -> str:
    return say("To, скопированный из ReplyTo полученного запроса", "To copied from ReplyTo of a request that was taken")


def _no_recipient(expected: str, found: str) -> faults.RecipientIsNotFound:
    return faults.RecipientIsNotFound(Explanation("reply_address_is_genuine", expected, found, where="To"))


ON_ARRIVAL: Final[tuple[Check, ...]] = (
    call_follows_wire_schema,
    message_id_is_well_formed,
    message_id_is_fresh,
    end_of_life_is_ahead,
    attachments_pair,
    attachments_fit,
    selector_is_known,
    reply_address_is_genuine,
)


# --- on validation -------------------------------------------------------------------------------------------


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
        Explanation("type_is_known", expected, f"{root}", where="MessagePrimaryContent", advice=_closest(rules, root)),
        root.namespace,
        root.root,
    )


def _closest(rules: Rules, root: MessageType) -> str:
    kind = rules.library.catalogue.closest(root)
    if kind is None:
        return ""
    closest = say("ближайший известный вид сведений —", "the closest known data kind is")
    return f"{closest} {kind.id}: {', '.join(map(str, kind.roots))}"


def content_follows_schema(arrival: Arrival, rules: Rules) -> None:
    """The business content is valid against the XSD of its kind."""
    if not isinstance(arrival.call, SendRequest | SendResponse) or arrival.call.data.primary_content is None:
        return
    violations = rules.library.violations(arrival.call.data.primary_content)
    if violations:
        first = violations[0]
        raise faults.InvalidContent.of_business_data(
            Explanation("content_follows_schema", first.expected, first.found, where=first.path),
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
                advice=say("добавьте вид сведений в may_request участника в топологии", "add the kind to may_request"),
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
            Explanation("recipient_is_found", error.expected, error.found, advice=error.advice)
        ) from error


ON_VALIDATION: Final[tuple[Check, ...]] = (
    request_type_is_known,
    response_type_answers_the_request,
    content_follows_schema,
    sender_may_request,
    recipient_is_found,
)


def first_refusal(checks: tuple[Check, ...], arrival: Arrival, rules: Rules) -> faults.SmevFault | None:
    """Run `checks` in order; return the first refusal."""
    for check in checks:
        try:
            check(arrival, rules)
        except faults.SmevFault as fault:
            return fault
    return None
