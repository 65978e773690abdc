"""PBES2 of PKCS#5 (RFC 8018): AES under a key that PBKDF2 makes of a password. OpenSSL, Java, .NET read it."""

import hashlib
from typing import Any, ClassVar, Final

from asn1crypto import core
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from gateway.signature import asn1
from gateway.words import say

PBES2: Final = "1.2.840.113549.1.5.13"
PBKDF2: Final = "1.2.840.113549.1.5.12"
AES_256_CBC: Final = "2.16.840.1.101.3.4.1.42"
ROUNDS: Final = 10_000
"""Rounds of PBKDF2 in what is written here, as Java does: these keys protect nothing."""
_MOST_ROUNDS: Final = 10_000_000
_BLOCK: Final = 16

_CIPHERS: Final = {"2.16.840.1.101.3.4.1.2": 16, "2.16.840.1.101.3.4.1.22": 24, AES_256_CBC: 32}
"""AES in CBC, by the bytes of its key."""
_HMAC_SHA1: Final = "1.2.840.113549.2.7"
_HMAC_SHA256: Final = "1.2.840.113549.2.9"
_HMACS: Final = {
    _HMAC_SHA1: "sha1",
    _HMAC_SHA256: "sha256",
    "1.2.840.113549.2.10": "sha384",
    "1.2.840.113549.2.11": "sha512",
}


class CannotDecrypt(ValueError):
    """Encrypted in a way that is not read here, or the password is another."""


class Pbkdf2Parameters(core.Sequence):  # type: ignore[misc]
    """RFC 8018, A.2; the salt has always been an OCTET STRING."""

    _fields: ClassVar[Any] = [
        ("salt", core.OctetString),
        ("rounds", core.Integer),
        ("length", core.Integer, {"optional": True}),
        ("prf", asn1.AlgorithmIdentifier, {"optional": True}),
    ]


class Pbes2Parameters(core.Sequence):  # type: ignore[misc]
    """RFC 8018, A.4."""

    _fields: ClassVar[Any] = [("kdf", asn1.AlgorithmIdentifier), ("cipher", asn1.AlgorithmIdentifier)]


def encrypt(content: bytes, password: str, salt: bytes) -> tuple[asn1.AlgorithmIdentifier, bytes]:
    """Return the algorithm and the encrypted content: PBKDF2 with HMAC-SHA-256, then AES-256 in CBC.

    `salt` is 32 bytes of chance: half salts the password, half is the cipher's initial vector.
    """
    of_password, initial = salt[:_BLOCK], salt[_BLOCK : 2 * _BLOCK]
    prf = asn1.algorithm(_HMAC_SHA256, core.Null())
    kdf = asn1.algorithm(PBKDF2, Pbkdf2Parameters({"salt": of_password, "rounds": ROUNDS, "prf": prf}))
    cipher = asn1.algorithm(AES_256_CBC, core.OctetString(initial))
    key = hashlib.pbkdf2_hmac("sha256", password.encode(), of_password, ROUNDS, 32)
    padder, encryptor = PKCS7(8 * _BLOCK).padder(), Cipher(algorithms.AES(key), modes.CBC(initial)).encryptor()
    padded = padder.update(content) + padder.finalize()
    encrypted = encryptor.update(padded) + encryptor.finalize()
    return asn1.algorithm(PBES2, Pbes2Parameters({"kdf": kdf, "cipher": cipher})), encrypted


def decrypt(how: asn1.AlgorithmIdentifier, encrypted: bytes, password: str) -> bytes:
    """Return the content.

    Raises: CannotDecrypt, and what asn1crypto raises on parameters that are none.
    """
    oid = how["algorithm"].dotted
    if oid != PBES2:
        raise _unreadable(oid)
    parameters = how["parameters"].parse(Pbes2Parameters)
    kdf, cipher = parameters["kdf"], parameters["cipher"]
    size = _CIPHERS.get(cipher["algorithm"].dotted)
    if size is None or kdf["algorithm"].dotted != PBKDF2:
        raise _unreadable(f"{kdf['algorithm'].dotted} + {cipher['algorithm'].dotted}")
    of_password = kdf["parameters"].parse(Pbkdf2Parameters)
    prf = of_password["prf"].native["algorithm"] if of_password["prf"].native else _HMAC_SHA1
    rounds = of_password["rounds"].native
    if prf not in _HMACS or not 0 < rounds <= _MOST_ROUNDS:
        raise _unreadable(f"{prf}, {rounds}")
    key = hashlib.pbkdf2_hmac(_HMACS[prf], password.encode(), of_password["salt"].native, rounds, size)
    initial = cipher["parameters"].parse(core.OctetString).native
    decryptor, unpadder = Cipher(algorithms.AES(key), modes.CBC(initial)).decryptor(), PKCS7(8 * _BLOCK).unpadder()
    try:
        padded = decryptor.update(encrypted) + decryptor.finalize()
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError as error:
        raise CannotDecrypt(say("пароль не подходит", "the password is another")) from error


def _unreadable(found: str) -> CannotDecrypt:
    return CannotDecrypt(
        say(
            f"зашифровано не PBES2 с PBKDF2 и AES, а иначе: {found}",
            f"encrypted in another way than PBES2 with PBKDF2 and AES: {found}",
        )
    )
