"""Private keys of GOST R 34.10-2012: who signs with one, and their form in files (PKCS#8)."""

from dataclasses import dataclass
from typing import Final

from asn1crypto import core

from gateway.signature import asn1
from gateway.signature.algorithms import GOST2012_256, GOST2012_512, SignatureAlgorithm
from gateway.signature.certificates import Certificate
from gateway.signature.gost import InvalidKey, PrivateKey, PublicKey, UnknownCurve, curve_of
from gateway.words import say

_PLAIN: Final = "PRIVATE KEY"
_ENCRYPTED: Final = "ENCRYPTED PRIVATE KEY"


class BadKey(ValueError):
    """The bytes are no private key that can be used here; the text says why."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: a private key, and the certificate that names its owner."""

    key: PrivateKey
    certificate: Certificate

    @property
    def algorithm(self) -> SignatureAlgorithm:
        """What its signatures are made with."""
        return algorithm_of(self.key)


def algorithm_of(key: PrivateKey | PublicKey) -> SignatureAlgorithm:
    """Return GOST R 34.10-2012 of the length of `key`."""
    return GOST2012_256 if key.curve.size == GOST2012_256.size else GOST2012_512


def private_key_der(key: PrivateKey) -> bytes:
    """Return PKCS#8 as OpenSSL's gost provider writes it: the number with its least significant byte first."""
    info = asn1.PrivateKeyInfo(
        {
            "version": 0,
            "algorithm": asn1.key_algorithm(algorithm_of(key).key_oid, key.curve),
            "private_key": key.to_bytes(),
        }
    )
    return bytes(info.dump())


def private_key_pem(key: PrivateKey) -> bytes:
    """Return PKCS#8 as PEM, not encrypted."""
    return asn1.pem(_PLAIN, private_key_der(key))


def read_private_key(data: bytes, password: str | None = None) -> PrivateKey:
    """Read PKCS#8, PEM or DER; `password` is asked for where it is encrypted (PBES2: PBKDF2 and AES).

    The number may stand as such, or as an OCTET STRING (Bouncy Castle) or an INTEGER (old OpenSSL) of its own.

    Raises: BadKey.
    """
    if len(data) > asn1.LARGEST:
        raise BadKey(
            say(f"{len(data)} байт — это не закрытый ключ", f"{len(data)} bytes are no private key"),
        )
    with asn1.reading(BadKey, say("это не закрытый ключ PKCS#8", "this is no private key in PKCS#8")):
        label, der = asn1.from_armour(data, _PLAIN, _ENCRYPTED)
        if label == _ENCRYPTED or _is_encrypted(der):
            der = _decrypted(der, password)
        return _key(asn1.load(asn1.PrivateKeyInfo, der))


def _is_encrypted(der: bytes) -> bool:
    """Tell EncryptedPrivateKeyInfo, which begins with an algorithm, from PrivateKeyInfo, which does with a version."""
    return isinstance(asn1.load(core.SequenceOf, der)[0], core.Sequence)


def _decrypted(der: bytes, password: str | None) -> bytes:
    if password is None:
        raise BadKey(say("ключ зашифрован: нужен пароль", "the key is encrypted: a password is needed"))
    from gateway.signature import encryption  # noqa: PLC0415 - it loads AES, 40 ms that only such keys need

    try:
        info = asn1.load(asn1.EncryptedPrivateKeyInfo, der)
        return encryption.decrypt(info["algorithm"], info["encrypted"].native, password)
    except encryption.CannotDecrypt as error:
        raise BadKey(str(error)) from error


def _key(info: asn1.PrivateKeyInfo) -> PrivateKey:
    oid = info["algorithm"]["algorithm"].dotted
    algorithm = {each.key_oid: each for each in (GOST2012_256, GOST2012_512)}.get(oid)
    if algorithm is None:
        raise BadKey(
            say(
                f"ожидался ключ ГОСТ Р 34.10-2012 ({GOST2012_256.key_oid} или {GOST2012_512.key_oid}), найден {oid}",
                f"expected a key of GOST R 34.10-2012 ({GOST2012_256.key_oid} or {GOST2012_512.key_oid}), found {oid}",
            )
        )
    try:
        curve = curve_of(info["algorithm"]["parameters"].parse(asn1.KeyParameters)["curve"].dotted)
        raw = _number(info["private_key"].native, curve.size)
        if curve.size != algorithm.size:
            raise BadKey(f"{algorithm.name}: {curve.name}")
        return PrivateKey.from_bytes(curve, raw)
    except (UnknownCurve, InvalidKey) as error:
        raise BadKey(say(f"закрытый ключ: {error}", f"the private key: {error}")) from error


def _number(raw: bytes, size: int) -> bytes:
    """Return the number, least significant byte first, of one of the three forms it is found in."""
    if len(raw) == size:
        return raw
    inner = core.Asn1Value.load(raw, strict=True) if raw else None
    if isinstance(inner, core.OctetString):
        return bytes(inner.native)
    if isinstance(inner, core.Integer) and 0 <= inner.native < 1 << (8 * size):
        return int(inner.native).to_bytes(size, "little")
    raise BadKey(
        say(
            f"ожидалось {size} байт закрытого ключа, найдено {len(raw)}",
            f"expected {size} bytes of a private key, found {len(raw)}",
        )
    )
