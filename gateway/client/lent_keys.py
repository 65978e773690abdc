"""Keys for whoever plays a participant by hand: lent by a sandbox, or in a PEM file of one's own."""

import re
from typing import Any, Final
from urllib.parse import quote

from gateway.client.admin import Admin, AdminRefused, NoSandbox
from gateway.signature.certificates import BadCertificate, Certificate
from gateway.signature.keys import BadKey, Signer, read_private_key
from gateway.words import say

_KEY: Final = re.compile(
    rb"-----BEGIN (?P<label>(?:ENCRYPTED )?PRIVATE KEY)-----.*?-----END (?P=label)-----", re.DOTALL
)


async def keys_lent(admin: Admin, mnemonic: str) -> dict[str, Any]:
    """Return the arguments that let a Smev3Client sign as `mnemonic` in the sandbox that `admin` asks.

    There are none where its signatures are off, where it lends nothing to us, or where it is no sandbox. In its mode
    `strict` what comes is verified, too.
    """
    try:
        lent = await admin.get(f"/participants/{quote(mnemonic, safe='')}/key")
        signer = Signer(read_private_key(lent["key"].encode()), Certificate.from_bytes(lent["certificate"].encode()))
        smev = Certificate.from_bytes(lent["smevCertificate"].encode())
    except (AdminRefused, NoSandbox, KeyError):
        return {}
    return {"signer": signer, "smev_certificates": (smev,) if lent.get("signatures") == "strict" else None}


def signer_in(pem: bytes, password: str | None = None) -> Signer:
    """Return who signs by a PEM file that holds a private key and its certificate.

    Raises: ValueError, which says what is wrong.
    """
    key = _KEY.search(pem)
    if key is None or b"-----BEGIN CERTIFICATE-----" not in pem:
        raise ValueError(
            say("ожидались PRIVATE KEY и CERTIFICATE в PEM", "expected a PRIVATE KEY and a CERTIFICATE in PEM")
        )
    try:
        signer = Signer(read_private_key(key[0], password), Certificate.from_bytes(_KEY.sub(b"", pem)))
    except (BadKey, BadCertificate) as error:
        raise ValueError(str(error)) from error
    if signer.key.public != signer.certificate.public_key:
        name = signer.certificate.subject_name
        raise ValueError(
            say(f"сертификат «{name}» — не от этого ключа", f"the certificate “{name}” is not of this key")
        )
    return signer
