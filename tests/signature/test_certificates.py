"""Certificates are read: whoever issued them, and only where they are what they say."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import core
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from gateway.signature import asn1
from gateway.signature.algorithms import GOST2001, GOST2012_256, GOST2012_512
from gateway.signature.authority import Authority
from gateway.signature.certificates import BadCertificate, Certificate
from gateway.signature.keys import private_key_pem
from tests.peers.openssl import OpenSsl, prepared

AUTHORITY = Authority(b"s" * 32)
SIGNER = AUTHORITY.issue("FNS001", "ФНС России", "1")
CERTIFICATE = SIGNER.certificate


@pytest.fixture
def openssl(tmp_path: Path) -> OpenSsl:
    return prepared(tmp_path)


def test_names_dates_key_mnemonic() -> None:
    assert (CERTIFICATE.subject_name, CERTIFICATE.mnemonic) == ("ФНС России", "FNS001")
    assert CERTIFICATE.issuer_name == "Mock SMEV: издающий УЦ песочницы"
    assert CERTIFICATE.not_before == datetime(1990, 1, 1, tzinfo=UTC)
    assert CERTIFICATE.not_after == datetime(2100, 1, 1, tzinfo=UTC)
    assert CERTIFICATE.algorithm is GOST2012_256
    assert CERTIFICATE.public_key == SIGNER.key.public
    assert not CERTIFICATE.is_authority


def test_cryptography_reads_the_same_of_ours() -> None:
    theirs = x509.load_der_x509_certificate(CERTIFICATE.der)
    assert theirs.serial_number == CERTIFICATE.serial
    assert theirs.not_valid_after_utc == CERTIFICATE.not_after
    assert theirs.fingerprint(hashes.SHA256()).hex() == CERTIFICATE.fingerprint
    usage = theirs.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert usage.content_commitment
    assert not usage.key_cert_sign


def test_it_is_found_as_der_as_base64_and_among_other_things_in_pem() -> None:
    beside = private_key_pem(SIGNER.key) + b"subject=CN = x\n" + CERTIFICATE.pem + AUTHORITY.root.certificate.pem
    windows = b"\xef\xbb\xbf" + CERTIFICATE.pem.replace(b"\n", b"\r\n")
    bare = b"".join(CERTIFICATE.pem.splitlines()[1:-1])
    for written in (CERTIFICATE.der, CERTIFICATE.pem, beside, windows, bare):
        assert Certificate.from_bytes(written) == CERTIFICATE


@pytest.mark.parametrize("parameters", ["A", "XA", "B", "C", "TCA", "TCB", "TCC", "TCD"])
def test_certificates_of_openssl_hold(openssl: OpenSsl, parameters: str) -> None:
    theirs = openssl.identity("их", parameters=parameters)
    certificate = Certificate.from_bytes(theirs.certificate.read_bytes())
    assert certificate.is_signed_by(certificate)
    assert certificate.fingerprint == openssl.fingerprint(theirs.certificate)


def test_so_do_those_of_512_bits(openssl: OpenSsl) -> None:
    certificate = Certificate.from_bytes(openssl.identity("long", bits=512, parameters="A").certificate.read_bytes())
    assert certificate.algorithm is GOST2012_512
    assert certificate.is_signed_by(certificate)


def test_so_do_those_of_2001(openssl: OpenSsl) -> None:
    openssl("genpkey", "-algorithm", "gost2001", "-pkeyopt", "paramset:A", "-out", "old.key")
    openssl("req", "-new", "-x509", "-key", "old.key", "-subj", "/CN=old", "-md_gost94", "-out", "old.pem")
    certificate = Certificate.from_bytes((openssl.folder / "old.pem").read_bytes())
    assert certificate.algorithm is GOST2001
    assert certificate.is_signed_by(certificate)


def test_a_key_that_is_not_gost_is_named() -> None:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "server")])
    moment = datetime(2013, 1, 1, tzinfo=UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), 1, moment, moment).sign(key, hashes.SHA256())
    certificate = Certificate.from_bytes(built.public_bytes(serialization.Encoding.PEM))
    assert certificate.subject_name == "server"
    with pytest.raises(BadCertificate, match="'server' — RSA"):
        _ = certificate.public_key


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (b"", "не сертификат"),
        (b"hello", "не сертификат"),
        (b"\x30\x82\xff\xff", "не сертификат"),
        (b"\x30" * 10_000_000, "10000000 байт"),
        (CERTIFICATE.der[:-1], "не сертификат"),
        (CERTIFICATE.der + b"\0", "не сертификат"),
        (private_key_pem(SIGNER.key), "PRIVATE KEY"),
        (b"-----BEGIN CERTIFICATE-----\n@\n-----END CERTIFICATE-----\n", "base64"),
        (asn1.pem("CERTIFICATE", b"\x30\x03\x02\x01\x00"), "не сертификат"),
    ],
)
def test_what_is_no_certificate_is_refused_in_words(found: bytes, why: str) -> None:
    with pytest.raises(BadCertificate, match=why):
        Certificate.from_bytes(found)


OWN_POINT = SIGNER.key.public.to_bytes()


@pytest.mark.parametrize(
    ("curve", "point", "why"),
    [
        ("1.2.3.4", OWN_POINT, "1.2.3.4"),
        ("1.2.643.2.2.36.0", bytes([OWN_POINT[0] ^ 1]) + OWN_POINT[1:], "off the curve"),
        ("1.2.643.2.2.36.0", bytes(63), "63"),
        ("1.2.643.7.1.2.1.2.1", OWN_POINT, "кривой"),
    ],
)
def test_a_key_that_cannot_be_used_is_refused_when_it_is_needed(curve: str, point: bytes, why: str) -> None:
    certificate = Certificate.from_bytes(_with_key(curve, core.OctetString(point).dump()))
    assert certificate.subject_name == "ФНС России"
    with pytest.raises(BadCertificate, match=why):
        _ = certificate.public_key


def test_a_key_that_is_no_octet_string_is_refused() -> None:
    for rubbish in (b"", b"\x04\x02\x00", b"\x30\x00"):
        certificate = Certificate.from_bytes(_with_key("1.2.643.2.2.36.0", rubbish))
        with pytest.raises(BadCertificate):
            _ = certificate.public_key


def test_one_bit_of_a_certificate_is_signed_as_all_of_them_are() -> None:
    issuer = AUTHORITY.issuing.certificate
    changed = CERTIFICATE.der.replace(b"FNS001", b"FNS002")
    assert CERTIFICATE.is_signed_by(issuer)
    assert not Certificate.from_bytes(changed).is_signed_by(issuer)
    assert not CERTIFICATE.is_signed_by(AUTHORITY.root.certificate)


@given(st.data())
def test_a_damaged_certificate_is_refused_or_not_signed(data: st.DataObject) -> None:
    damaged = bytearray(CERTIFICATE.der)
    place = data.draw(st.integers(0, len(damaged) - 1))
    damaged[place] ^= data.draw(st.integers(1, 255))
    try:
        read = Certificate.from_bytes(bytes(damaged))
        assert not read.is_signed_by(AUTHORITY.issuing.certificate) or read.public_key != SIGNER.key.public
    except BadCertificate:
        pass


@given(st.binary(max_size=200))
def test_garbage_is_refused(garbage: bytes) -> None:
    with pytest.raises(BadCertificate):
        Certificate.from_bytes(b"\x30" + garbage)


def _with_key(curve: str, point: bytes) -> bytes:
    whole = asn1.load(asn1.SignedCertificate, CERTIFICATE.der)
    parameters = asn1.KeyParameters({"curve": curve, "digest": GOST2012_256.digest_oid})
    whole["tbs"]["key"] = {"algorithm": asn1.algorithm(GOST2012_256.key_oid, parameters), "public_key": point}
    return bytes(whole.dump(force=True))
