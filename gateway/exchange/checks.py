"""What may refuse a message, in order: visible lists (ADR 0004, ADR 0012).

`ON_SIGNATURE` comes first, because it says who calls; what it refuses at once in mode `strict` is only written down in
`lenient`. `ON_ARRIVAL` is answered at once with a SOAP fault, too. `ON_VALIDATION` comes after the message was taken:
the sender learns of it asynchronously. Moving a check is moving its line. What only the store can decide is decided in
the transaction that keeps the message: the queue has room, the MessageID is new (`sending`), and the once-only rule of
210-FZ, whose case lies in the store (`once_only`, ADR 0008). What is refused on purpose comes last in both of these
(ADR 0010).
"""

from collections.abc import Callable
from typing import Final

from gateway.exchange.arrival import Arrival, Rules
from gateway.exchange.disruptions import arrives_undisturbed, is_validated_undisturbed
from gateway.exchange.on_arrival import (
    attachments_fit,
    attachments_pair,
    call_follows_wire_schema,
    end_of_life_is_ahead,
    message_id_is_fresh,
    message_id_is_well_formed,
    reply_address_is_genuine,
    selector_is_known,
)
from gateway.exchange.on_signature import (
    Evidence,
    caller_is_the_owner,
    certificate_is_in_force,
    certificate_is_known,
    signature_holds,
    signature_is_there,
)
from gateway.exchange.on_validation import (
    content_follows_schema,
    law_envelope_follows_schema,
    recipient_is_found,
    request_type_is_known,
    response_type_answers_the_request,
    sender_may_request,
)
from gateway.exchange.on_validation_files import files_are_as_described
from gateway.exchange.on_validation_signatures import attachment_signatures_hold, personal_signature_holds
from gateway.exchange.signatures import Signatures
from gateway.protocol import faults

Check = Callable[[Arrival, Rules], None]

ON_SIGNATURE: Final[tuple[Callable[[Evidence, Signatures], None], ...]] = (
    signature_is_there,
    signature_holds,
    certificate_is_known,
    certificate_is_in_force,
    caller_is_the_owner,
)

ON_ARRIVAL: Final[tuple[Check, ...]] = (
    call_follows_wire_schema,
    message_id_is_well_formed,
    message_id_is_fresh,
    end_of_life_is_ahead,
    attachments_pair,
    attachments_fit,
    selector_is_known,
    reply_address_is_genuine,
    arrives_undisturbed,
)

ON_VALIDATION: Final[tuple[Check, ...]] = (
    request_type_is_known,
    response_type_answers_the_request,
    content_follows_schema,
    law_envelope_follows_schema,
    files_are_as_described,
    personal_signature_holds,
    sender_may_request,
    recipient_is_found,
    attachment_signatures_hold,
    is_validated_undisturbed,
)


def first_refusal(checks: tuple[Check, ...], arrival: Arrival, rules: Rules) -> faults.SmevFault | None:
    """Run `checks` in order; return the first refusal."""
    for check in checks:
        try:
            check(arrival, rules)
        except faults.SmevFault as fault:
            return fault
    return None
