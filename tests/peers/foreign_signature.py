"""The signature of SMEV with none of this program's code: libxml2's C14N, the step list on expat, OpenSSL's GOST."""

import base64
from typing import Final

from lxml import etree

from gateway.xml import Element, parse
from tests.peers.openssl import Identity, OpenSsl
from tests.signature.step_list import transformed

_DS: Final = "http://www.w3.org/2000/09/xmldsig#"
_EXCLUSIVE: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
_ALGORITHMS: Final = "urn:ietf:params:xml:ns:cpxmlsec:algorithms:"


def canonical(element: Element) -> bytes:
    """Exclusive C14N without comments, of the element where it stands."""
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def signature(openssl: OpenSsl, signer: Identity, element: Element, identifier: str, *, bits: int = 256) -> bytes:
    """A serialised ds:Signature."""
    digest = openssl.digest(transformed(canonical(element)), bits)
    signed_info = _signed_info(identifier, base64.b64encode(digest).decode(), bits)
    value = base64.b64encode(openssl.sign(canonical(parse(signed_info.encode())), signer, bits)).decode()
    certificate = base64.b64encode(openssl.der(signer.certificate, "x509")).decode()
    # SignedInfo declares the namespace again: nothing that C14N would change.
    return (
        f'<Signature xmlns="{_DS}">{signed_info}<SignatureValue>{value}</SignatureValue><KeyInfo><X509Data>'
        f"<X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo></Signature>"
    ).encode()


def _signed_info(identifier: str, digest: str, bits: int) -> str:
    return (
        f'<SignedInfo xmlns="{_DS}"><CanonicalizationMethod Algorithm="{_EXCLUSIVE}"/>'
        f'<SignatureMethod Algorithm="{_ALGORITHMS}gostr34102012-gostr34112012-{bits}"/>'
        f'<Reference URI="#{identifier}"><Transforms><Transform Algorithm="{_EXCLUSIVE}"/>'
        f'<Transform Algorithm="urn://smev-gov-ru/xmldsig/transform"/></Transforms>'
        f'<DigestMethod Algorithm="{_ALGORITHMS}gostr34112012-{bits}"/>'
        f"<DigestValue>{digest}</DigestValue></Reference></SignedInfo>"
    )


class NotGenuine(Exception):
    """The digest or the signature is another's."""


def verify(openssl: OpenSsl, found: Element, element: Element, *, bits: int = 256) -> bytes:
    """The certificate, in DER, that `found`, a ds:Signature over `element`, was made with. Raises: NotGenuine."""
    (reference,) = found.iterfind("{*}SignedInfo/{*}Reference")
    if reference.get("URI") != f"#{element.get('Id')}":
        raise NotGenuine(f"over {reference.get('URI')}")
    if _octets(reference, "{*}DigestValue") != openssl.digest(transformed(canonical(element)), bits):
        raise NotGenuine("DigestValue")
    (signed_info,) = found.iterfind("{*}SignedInfo")
    certificate = _octets(found, ".//{*}X509Certificate")
    if not openssl.is_signed(canonical(signed_info), _octets(found, "{*}SignatureValue"), certificate, bits):
        raise NotGenuine("SignatureValue")
    return certificate


def _octets(parent: Element, path: str) -> bytes:
    (found,) = parent.iterfind(path)
    return base64.b64decode(found.text or "")
