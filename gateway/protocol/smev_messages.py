"""Messages that SMEV itself writes: rejections told asynchronously (spec §5, AsyncProcessingStatus)."""

from gateway.ns import Smev3
from gateway.protocol.faults import SmevFault
from gateway.protocol.soap import fault_element
from gateway.protocol.statuses import InteractionStatus, status_for
from gateway.xml import escape

SMEV_MNEMONIC = "SMEV"
SMEV_NAME = "СМЭВ"


def rejected_request(fault: SmevFault, original_message_id: str, message_id: str, to: str, smev: Smev3) -> bytes:
    """SenderProvidedResponseData that tells the consumer that its request failed validation.

    It arrives through GetResponse; the Id is the one that real messages carry.
    """
    status = _status(fault, original_message_id, InteractionStatus.REQUEST_IS_REJECTED_BY_SMEV, smev)
    return (
        f'<ns2:SenderProvidedResponseData{_declarations(smev)} Id="SIGNED_ASYNC_BY_SMEV">'
        f"<ns2:MessageID>{escape(message_id)}</ns2:MessageID><ns2:To>{escape(to)}</ns2:To>{status}"
        "</ns2:SenderProvidedResponseData>"
    ).encode()


def rejected_response(fault: SmevFault, original_message_id: str, smev: Smev3) -> bytes:
    """AsyncProcessingStatusData that tells the provider, through GetStatus, that its response failed validation."""
    status = _status(fault, original_message_id, InteractionStatus.RESPONSE_IS_REJECTED_BY_SMEV, smev)
    return (
        f'<ns2:AsyncProcessingStatusData{_declarations(smev)} Id="SIGNED_BY_SMEV">{status}'
        "</ns2:AsyncProcessingStatusData>"
    ).encode()


def _declarations(smev: Smev3) -> str:
    return f' xmlns="{smev.basic}" xmlns:ns2="{smev.types}" xmlns:ns3="{smev.faults}"'


def _status(fault: SmevFault, original_message_id: str, category: InteractionStatus, smev: Smev3) -> str:
    details = escape(fault.description[:500])  # basic:string-500
    return (
        f"<ns2:AsyncProcessingStatus><ns2:OriginalMessageId>{escape(original_message_id)}</ns2:OriginalMessageId>"
        f"<ns2:StatusCategory>{status_for(category, smev).value}</ns2:StatusCategory>"
        f"<ns2:StatusDetails>{details}</ns2:StatusDetails>"
        f"{fault_element(fault, smev, fault.full_asynchronous_code, name='SmevFault')}</ns2:AsyncProcessingStatus>"
    )
