"""The checks that a call meets on arrival. Their order stands in checks.py."""

from gateway.domain.clock import to_microseconds
from gateway.domain.routing import ForgedAddress, ReplyAddress
from gateway.exchange.arrival import Arrival, Rules
from gateway.exchange.unknown_types import add_kind, closest_kind
from gateway.protocol import faults, message_id
from gateway.protocol.faults import Explanation
from gateway.protocol.moments import write
from gateway.protocol.operations import GetRequest, GetResponse, SendRequest, SendResponse
from gateway.words import say
from gateway.xml import path_of


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
    """The moment inside a version 1 MessageID is not two days back or more (spec §7).

    Not on a virtual clock: a client writes the time of its own machine, which says nothing there.
    """
    stale_after = rules.limits.stale_after
    if not isinstance(arrival.call, SendRequest | SendResponse) or stale_after is None:
        return
    if not rules.clock_is_real():
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
        advice = add_kind() if kind is None else f"--provide {caller}={kind.id}"
        near = closest_kind(rules, wanted) if kind is None else ""
        expected = say(
            "корневой элемент запроса, который предоставляет вызывающий",
            "the root element of a request that the caller provides",
        )
    else:
        if catalogue.by_response(wanted) or catalogue.by_request(wanted):
            return
        found, advice, near = f"{wanted}", add_kind(), closest_kind(rules, wanted)
        expected = say("корневой элемент известного ответа", "the root element of a known response")
    raise faults.UnknownMessageType(
        Explanation("selector_is_known", expected, found, where="MessageTypeSelector", advice=advice, nearest=near),
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
