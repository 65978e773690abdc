"""Every namespace URI of the program, once."""

from dataclasses import dataclass
from typing import Final

SOAP_ENVELOPE: Final = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12_ENVELOPE: Final = "http://www.w3.org/2003/05/soap-envelope"
XOP: Final = "http://www.w3.org/2004/08/xop/include"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
XSD: Final = "http://www.w3.org/2001/XMLSchema"
XMLDSIG: Final = "http://www.w3.org/2000/09/xmldsig#"
WSDL: Final = "http://schemas.xmlsoap.org/wsdl/"
WSDL_SOAP: Final = "http://schemas.xmlsoap.org/wsdl/soap/"

_EXCHANGE: Final = "urn://x-artefacts-smev-gov-ru/services/message-exchange"


@dataclass(frozen=True, slots=True)
class Smev3:
    """One version of the SMEV 3 message-exchange service and its namespaces."""

    version: str

    @property
    def service(self) -> str:
        return f"{_EXCHANGE}/{self.version}"

    @property
    def types(self) -> str:
        return f"{_EXCHANGE}/types/{self.version}"

    @property
    def basic(self) -> str:
        return f"{_EXCHANGE}/types/basic/{self.version}"

    @property
    def faults(self) -> str:
        return f"{_EXCHANGE}/types/faults/{self.version}"

    @property
    def routing(self) -> str:
        return f"{_EXCHANGE}/types/routing/{self.version}"


SMEV3_1_1: Final = Smev3("1.1")
SMEV3_1_2: Final = Smev3("1.2")
SMEV3_1_3: Final = Smev3("1.3")
SMEV3_VERSIONS: Final = {smev.version: smev for smev in (SMEV3_1_1, SMEV3_1_2, SMEV3_1_3)}
SMEV3_BY_TYPES: Final = {smev.types: smev for smev in SMEV3_VERSIONS.values()}
