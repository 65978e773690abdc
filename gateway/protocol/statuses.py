"""InteractionStatusType and the other enumerations of the wire, per version."""

from enum import StrEnum
from typing import Final

from gateway.ns import Smev3


class InteractionStatus(StrEnum):
    """basic:InteractionStatusType: the union of 1.1, 1.2 and 1.3."""

    DOES_NOT_EXIST = "doesNotExist"
    REQUEST_IS_QUEUED = "requestIsQueued"
    REQUEST_IS_ACCEPTED_BY_SMEV = "requestIsAcceptedBySmev"
    REQUEST_IS_REJECTED_BY_SMEV = "requestIsRejectedBySmev"
    REQUEST_IS_PROCESSED = "requestIsProcessed"
    UNDER_PROCESSING = "underProcessing"
    RESPONSE_IS_QUEUED = "responseIsQueued"
    RESPONSE_IS_ACCEPTED_BY_SMEV = "responseIsAcceptedBySmev"
    RESPONSE_IS_REJECTED_BY_SMEV = "responseIsRejectedBySmev"
    RESPONSE_IS_PROCESSED = "responseIsProcessed"
    RESPONSE_IS_DELIVERED = "responseIsDelivered"
    MESSAGE_IS_DELIVERED = "messageIsDelivered"
    MESSAGE_IS_ARCHIVED = "messageIsArchived"
    CANCELLED = "cancelled"


_BEFORE_1_3: Final = {
    # Values that only 1.3 has; the nearest one of the others stands in (spec §3, InteractionStatusType).
    InteractionStatus.REQUEST_IS_PROCESSED: InteractionStatus.UNDER_PROCESSING,
    InteractionStatus.RESPONSE_IS_QUEUED: InteractionStatus.RESPONSE_IS_ACCEPTED_BY_SMEV,
    InteractionStatus.RESPONSE_IS_PROCESSED: InteractionStatus.RESPONSE_IS_ACCEPTED_BY_SMEV,
}
_SINCE_1_2: Final = {InteractionStatus.RESPONSE_IS_DELIVERED: InteractionStatus.MESSAGE_IS_DELIVERED}
_STAND_INS: Final = {
    "1.1": {
        **_BEFORE_1_3,
        InteractionStatus.MESSAGE_IS_DELIVERED: InteractionStatus.RESPONSE_IS_DELIVERED,
        InteractionStatus.MESSAGE_IS_ARCHIVED: InteractionStatus.RESPONSE_IS_DELIVERED,
        InteractionStatus.RESPONSE_IS_REJECTED_BY_SMEV: InteractionStatus.REQUEST_IS_REJECTED_BY_SMEV,
    },
    "1.2": {**_BEFORE_1_3, **_SINCE_1_2},
    "1.3": _SINCE_1_2,
}


def status_for(status: InteractionStatus, smev: Smev3) -> InteractionStatus:
    """Return the value that says `status` in the version `smev`."""
    return _STAND_INS[smev.version].get(status, status)


class WireMessageType(StrEnum):
    """types:MessageTypeType."""

    REQUEST = "REQUEST"
    BROADCAST = "BROADCAST"
    RESPONSE = "RESPONSE"


class RejectCode(StrEnum):
    """types:RejectCode, why a provider refuses a request."""

    ACCESS_DENIED = "ACCESS_DENIED"
    NO_DATA = "NO_DATA"
    UNKNOWN_REQUEST_DESCRIPTION = "UNKNOWN_REQUEST_DESCRIPTION"
    FAILURE = "FAILURE"


class SignatureFailure(StrEnum):
    """faults:SignatureVerificationFault, what is wrong with a signature."""

    POOR_SOAP_ENVELOPE_FORMAT = "PoorSOAPEnvelopeFormat"
    NO_SIGNATURE_FOUND = "NoSignatureFound"
    INCORRECT_SIGNATURE_TARGET = "IncorrectSignatureTarget"
    SIGNATURE_IS_INVALID = "SignatureIsInvalid"
    CERTIFICATE_IS_NOT_FOUND = "CertificateIsNotFound"
    CERTIFICATE_IS_EXPIRED = "CertificateIsExpired"
