"""InteractionStatusType and the other enumerations of the wire, per version."""

from enum import StrEnum
from typing import Final

from gateway.ns import SMEV3_1_1, Smev3


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


_NAMES_IN_1_1: Final = {
    # 1.1 knows neither of these; the nearest value it has stands in (spec §3, InteractionStatusType).
    InteractionStatus.MESSAGE_IS_DELIVERED: InteractionStatus.RESPONSE_IS_DELIVERED,
    InteractionStatus.RESPONSE_IS_REJECTED_BY_SMEV: InteractionStatus.REQUEST_IS_REJECTED_BY_SMEV,
}


def status_for(status: InteractionStatus, smev: Smev3) -> InteractionStatus:
    """Return the value that says `status` in the version `smev`."""
    if smev is SMEV3_1_1:
        return _NAMES_IN_1_1.get(status, status)
    if status is InteractionStatus.RESPONSE_IS_DELIVERED:
        return InteractionStatus.MESSAGE_IS_DELIVERED
    return status


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
