"""PKCS#12 (RFC 7292): a private key, its certificate and their issuers in one file under a password.

Written as OpenSSL 3 and Java since 8u301 do by default: keys and certificates under PBES2 (AES-256-CBC, PBKDF2 with
HMAC-SHA-256), the whole under an HMAC-SHA-256. The GOST ciphers of R 50.1.112-2016, which CryptoPro writes, are not
read.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from asn1crypto import core

from gateway.signature import asn1, encryption
from gateway.signature.certificates import Certificate
from gateway.signature.gost import PrivateKey
from gateway.signature.keys import BadKey, Signer, private_key_der, read_private_key
from gateway.words import say

CHANCE: Final = 80
"""Bytes of chance that writing takes: two salts with initial vectors, the salt of the HMAC."""

_DATA, _ENCRYPTED_DATA = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.6"
_KEY_BAG, _SHROUDED_KEY_BAG, _CERTIFICATE_BAG = (f"1.2.840.113549.1.12.10.1.{last}" for last in (1, 2, 3))
_X509: Final = "1.2.840.113549.1.9.22.1"
_FRIENDLY_NAME, _LOCAL_KEY_ID = "1.2.840.113549.1.9.20", "1.2.840.113549.1.9.21"
_SHA1, _SHA256 = "1.3.14.3.2.26", "2.16.840.1.101.3.4.2.1"
_HASHES: Final = {
    _SHA1: "sha1",
    _SHA256: "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
_FOR_MAC: Final = 3
_VERSION: Final = 3
_MOST_ROUNDS: Final = 1_000_000


class _ContentInfo(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar[Any] = [("type", core.ObjectIdentifier), ("content", core.Any, {"explicit": 0, "optional": True})]


class _ContentInfos(core.SequenceOf):  # type: ignore[misc]
    _child_spec = _ContentInfo


class _EncryptedContentInfo(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar[Any] = [
        ("type", core.ObjectIdentifier),
        ("algorithm", asn1.AlgorithmIdentifier),
        ("encrypted", core.OctetString, {"implicit": 0, "optional": True}),
    ]


class _EncryptedData(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar[Any] = [("version", core.Integer), ("info", _EncryptedContentInfo)]


class _Bag(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar[Any] = [
        ("id", core.ObjectIdentifier),
        ("value", core.Any, {"explicit": 0}),
        ("attributes", core.SetOf, {"spec": core.Any, "optional": True}),
    ]


class _Bags(core.SequenceOf):  # type: ignore[misc]
    _child_spec = _Bag


class _CertificateBag(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar[Any] = [("id", core.ObjectIdentifier), ("value", core.OctetString, {"explicit": 0})]


class _DigestInfo(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar[Any] = [("algorithm", asn1.AlgorithmIdentifier), ("digest", core.OctetString)]


class _MacData(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar[Any] = [
        ("mac", _DigestInfo),
        ("salt", core.OctetString),
        ("rounds", core.Integer, {"default": 1}),
    ]


class _Pfx(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar[Any] = [
        ("version", core.Integer),
        ("safe", _ContentInfo),
        ("mac", _MacData, {"optional": True}),
    ]


@dataclass(frozen=True, slots=True)
class Opened:
    """What was in a file; `issuers` are the certificates that are not the signer's."""

    signer: Signer
    issuers: tuple[Certificate, ...]


# --- writing ---------------------------------------------------------------------------------------------------------


def write(signer: Signer, issuers: Sequence[Certificate], password: str, chance: bytes) -> bytes:
    """Return the file. The key and its certificate bear the mnemonic, or the subject's name, as friendlyName.

    Raises: ValueError when `chance` is not of CHANCE bytes.
    """
    if len(chance) != CHANCE:
        raise ValueError(f"expected {CHANCE} bytes of chance, found {len(chance)}")
    own = signer.certificate
    marks = asn1.set_of(
        _attribute(_FRIENDLY_NAME, core.BMPString(own.mnemonic or own.subject_name)),
        _attribute(_LOCAL_KEY_ID, core.OctetString(hashlib.sha256(own.der).digest()[:20])),
    )
    algorithm, encrypted = encryption.encrypt(private_key_der(signer.key), password, chance[:32])
    key = asn1.sequence(algorithm, core.OctetString(encrypted))
    keys = asn1.sequence(_bag(_SHROUDED_KEY_BAG, key, marks))
    certificates = asn1.sequence(_certificate_bag(own, marks), *(_certificate_bag(each) for each in issuers))
    safe = asn1.sequence(_encrypted(certificates, password, chance[32:64]), _data(keys))
    salt, rounds = chance[64:], encryption.ROUNDS
    mac = asn1.sequence(
        asn1.sequence(
            asn1.algorithm(_SHA256, core.Null()), core.OctetString(_mac("sha256", safe, password, salt, rounds))
        ),
        core.OctetString(salt),
        core.Integer(rounds),
    )
    return asn1.sequence(core.Integer(_VERSION), _data(safe), mac)


def _data(content: bytes) -> bytes:
    return asn1.sequence(core.ObjectIdentifier(_DATA), asn1.explicit(0, core.OctetString(content)))


def _encrypted(content: bytes, password: str, chance: bytes) -> bytes:
    algorithm, encrypted = encryption.encrypt(content, password, chance)
    within = core.OctetString(encrypted, implicit=0)
    info = asn1.sequence(core.ObjectIdentifier(_DATA), algorithm, within)
    return asn1.sequence(core.ObjectIdentifier(_ENCRYPTED_DATA), asn1.explicit(0, asn1.sequence(core.Integer(0), info)))


def _certificate_bag(certificate: Certificate, marks: bytes = b"") -> bytes:
    content = asn1.sequence(core.ObjectIdentifier(_X509), asn1.explicit(0, core.OctetString(certificate.der)))
    return _bag(_CERTIFICATE_BAG, content, marks)


def _bag(oid: str, content: bytes, marks: bytes) -> bytes:
    return asn1.sequence(core.ObjectIdentifier(oid), asn1.explicit(0, content), marks)


def _attribute(oid: str, content: core.Asn1Value) -> bytes:
    return asn1.sequence(core.ObjectIdentifier(oid), asn1.set_of(content))


# --- reading ---------------------------------------------------------------------------------------------------------


def read(data: bytes, password: str) -> Opened:
    """Read a file: its one key, and the certificate of that key.

    Raises: BadKey, also when the password is another.
    """
    if len(data) > asn1.LARGEST:
        raise BadKey(say(f"{len(data)} байт — это не PKCS#12", f"{len(data)} bytes are no PKCS#12"))
    with asn1.reading(BadKey, say("это не PKCS#12", "this is no PKCS#12")):
        pfx = asn1.load(_Pfx, data)
        if pfx["version"].native != _VERSION:
            raise ValueError(f"version {pfx['version'].native}")
        if pfx["safe"]["type"].dotted != _DATA:
            raise BadKey(say("PKCS#12 подписан, а не под паролем", "a PKCS#12 that is signed, not under a password"))
        safe = pfx["safe"]["content"].parse(core.OctetString).native
        _check_mac(pfx["mac"], safe, password)
        try:
            bags = [bag for info in asn1.load(_ContentInfos, safe) for bag in _bags(info, password)]
            keys = [found for bag in bags if (found := _key(bag, password)) is not None]
        except encryption.CannotDecrypt as error:
            raise BadKey(f"PKCS#12: {error}") from error
        certificates = [each for bag in bags if (each := _certificate(bag)) is not None]
    if len(keys) != 1:
        raise BadKey(say(f"ожидался один ключ, найдено {len(keys)}", f"expected one key, found {len(keys)}"))
    return _opened(keys[0], certificates)


def _opened(key: PrivateKey, certificates: Sequence[Certificate]) -> Opened:
    own = next((each for each in certificates if _is_of(each, key)), None)
    if own is None:
        names = ", ".join(repr(each.subject_name) for each in certificates) or "—"
        raise BadKey(
            say(f"сертификата этого ключа нет, есть: {names}", f"there is no certificate of this key, but: {names}")
        )
    return Opened(Signer(key, own), tuple(each for each in certificates if each is not own))


def _is_of(certificate: Certificate, key: PrivateKey) -> bool:
    try:
        return certificate.public_key == key.public
    except ValueError:
        return False


def _check_mac(mac: Any, safe: bytes, password: str) -> None:
    if isinstance(mac, core.Void):
        return
    oid, rounds = mac["mac"]["algorithm"]["algorithm"].dotted, mac["rounds"].native
    name = _HASHES.get(oid)
    if name is None or not 0 < rounds <= _MOST_ROUNDS:
        raise BadKey(say(f"PKCS#12 с имитовставкой {oid} не читается", f"a PKCS#12 with a MAC {oid} is not read"))
    found = _mac(name, safe, password, mac["salt"].native, rounds)
    if not hmac.compare_digest(found, mac["mac"]["digest"].native):
        raise BadKey(say("пароль не подходит, или файл изменён", "the password is another, or the file was changed"))


def _bags(info: Any, password: str) -> Iterable[Any]:
    if info["type"].dotted == _DATA:
        content = info["content"].parse(core.OctetString).native
    elif info["type"].dotted == _ENCRYPTED_DATA:
        encrypted = info["content"].parse(_EncryptedData)["info"]
        content = encryption.decrypt(encrypted["algorithm"], encrypted["encrypted"].native, password)
    else:
        raise BadKey(f"PKCS#12: {info['type'].dotted}")
    return asn1.load(_Bags, content)


def _key(bag: Any, password: str) -> PrivateKey | None:
    if bag["id"].dotted in {_KEY_BAG, _SHROUDED_KEY_BAG}:
        return read_private_key(bag["value"].parse(core.Sequence).untag().dump(), password)
    return None


def _certificate(bag: Any) -> Certificate | None:
    if bag["id"].dotted != _CERTIFICATE_BAG:
        return None
    within = bag["value"].parse(_CertificateBag)
    return Certificate.from_bytes(within["value"].native) if within["id"].dotted == _X509 else None


def _mac(name: str, content: bytes, password: str, salt: bytes, rounds: int) -> bytes:
    return hmac.digest(_derived(name, password, salt, rounds), content, name)


def _derived(name: str, password: str, salt: bytes, rounds: int) -> bytes:
    """Return the key of the MAC (RFC 7292, B.2): as long as the hash is, so that one block of output is enough."""
    block = hashlib.new(name, usedforsecurity=False).block_size
    secret = password.encode("utf-16-be") + b"\0\0"
    found = bytes([_FOR_MAC]) * block + _filled(salt, block) + _filled(secret, block)
    for _ in range(rounds):
        found = hashlib.new(name, found, usedforsecurity=False).digest()
    return found


def _filled(part: bytes, block: int) -> bytes:
    """Return `part` repeated up to whole blocks."""
    length = -(-len(part) // block) * block
    return (part * (length // len(part) + 1))[:length] if part else b""
