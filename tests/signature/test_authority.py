"""The sandbox's authority as OpenSSL sees it, and chains that lead nowhere."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.signature import asn1, trust
from gateway.signature.algorithms import GOST2012_512
from gateway.signature.authority import (
    ALWAYS,
    FOREIGN,
    OF_PARTICIPANT,
    Authority,
    Issuer,
    certify,
    derived_key,
    distinguished_name,
    of_authority,
    revoked_in,
)
from gateway.signature.certificates import BadCertificate, Certificate
from gateway.signature.gost import PrivateKey
from gateway.signature.trust import Chain, State
from tests.peers.openssl import OpenSsl, OpenSslRefused, prepared

AUTHORITY = Authority(b"s" * 32)
SPRING = datetime(2013, 4, 1, tzinfo=UTC)
LONG_NAME = "Управление записи актов гражданского состояния администрации городского округа Иваново"


@pytest.fixture
def openssl(tmp_path: Path) -> OpenSsl:
    openssl = prepared(tmp_path)
    openssl.file("root.pem", AUTHORITY.root.certificate.pem)
    openssl.file("issuing.pem", AUTHORITY.issuing.certificate.pem)
    return openssl


@pytest.mark.parametrize("moment", [datetime(1990, 6, 1, tzinfo=UTC), SPRING, datetime(2099, 6, 1, tzinfo=UTC)])
def test_openssl_follows_the_chain_on_every_date(openssl: OpenSsl, moment: datetime) -> None:
    for certificate in (
        AUTHORITY.smev.certificate,
        AUTHORITY.issue("FNS001", "ФНС России", "1").certificate,
        AUTHORITY.issue("77BD01", LONG_NAME, "1", algorithm=GOST2012_512).certificate,
    ):
        chain = ("-x509_strict", "-attime", str(int(moment.timestamp())), "-CAfile", "root.pem")
        openssl("verify", *chain, "-untrusted", "issuing.pem", openssl.file("own.pem", certificate.pem))


def test_openssl_honours_the_revocation_list(openssl: OpenSsl) -> None:
    kept, revoked = (AUTHORITY.issue(each, each, "1").certificate for each in ("FNS001", "PFR001"))
    for entries in ({}, {revoked.serial: SPRING}):
        openssl.file("crl.pem", asn1.pem("X509 CRL", AUTHORITY.revocation_list(entries)))
        openssl("crl", "-in", "crl.pem", "-CAfile", "issuing.pem", "-noout")
    checking = ("verify", "-crl_check", "-CRLfile", "crl.pem", "-CAfile", "root.pem", "-untrusted", "issuing.pem")
    openssl(*checking, openssl.file("kept.pem", kept.pem))
    with pytest.raises(OpenSslRefused, match="revoked"):
        openssl(*checking, openssl.file("revoked.pem", revoked.pem))


def test_what_was_written_into_the_list_is_read() -> None:
    issuer, entries = AUTHORITY.issuing.certificate, {1: SPRING, 2**120: SPRING + timedelta(days=365 * 60)}
    written = AUTHORITY.revocation_list(entries)
    assert revoked_in(written, issuer) == revoked_in(asn1.pem("X509 CRL", written), issuer) == entries
    assert revoked_in(AUTHORITY.revocation_list({}), issuer) == {}
    for wrong in (b"", b"\x30\x00", written[:-1], written.replace(b"130401", b"130402"), issuer.pem):
        with pytest.raises(BadCertificate):
            revoked_in(wrong, issuer)
    with pytest.raises(BadCertificate):
        revoked_in(Authority(b"t" * 32).revocation_list({}), issuer)


def test_a_long_name_is_cut_to_what_a_certificate_takes() -> None:
    name = AUTHORITY.issue("77BD01", LONG_NAME, "1").certificate.subject_name
    assert len(name) == 64
    assert name.endswith("…")


def test_the_same_secret_issues_the_same_bytes() -> None:
    first, second = (Authority(b"s" * 32).issue("FNS001", "ФНС", "1") for _ in range(2))
    assert first == second
    assert Authority(b"t" * 32).issue("FNS001", "ФНС", "1").certificate != first.certificate
    assert Authority(b"s" * 32, FOREIGN).root.certificate.subject != AUTHORITY.root.certificate.subject


# --- chains ----------------------------------------------------------------------------------------------------------


def key(label: str) -> PrivateKey:
    return derived_key(b"chains", label)


def name(label: str) -> bytes:
    return distinguished_name(("2.5.4.3", label))


def link(subject: str, issuer: str, *extensions: bytes, key_of: str | None = None) -> Certificate:
    """A certificate of `subject`; `key_of` is whose key it has when that is not its own."""
    of_issuer = Issuer(key(issuer), name(issuer))
    own = key(key_of or subject).public
    return certify(name(subject), ALWAYS, 1, own, of_issuer, *(extensions or of_authority(3)))


def follow(certificate: Certificate, *issuers: Certificate) -> Chain:
    return trust.follow(certificate, issuers, [AUTHORITY.root.certificate])


def test_chains_that_lead_nowhere_end() -> None:
    leaf = link("leaf", "a", *OF_PARTICIPANT)
    assert follow(leaf).problem is State.FOREIGN
    assert follow(leaf, link("a", "b"), link("b", "a")).problem is State.FOREIGN
    assert follow(link("a", "a"), link("a", "a")).problem is State.FOREIGN
    ladder = [link(str(step), str(step + 1)) for step in range(1, 40)]
    assert follow(link("leaf", "1", *OF_PARTICIPANT), *ladder).problem is State.FOREIGN


def test_a_chain_ends_with_who_is_trusted_and_whoever_is_no_authority_issues_nothing() -> None:
    anchor, between, leaf = link("root", "root"), link("a", "root"), link("leaf", "a", *OF_PARTICIPANT)
    assert trust.follow(leaf, [between], [anchor]) == Chain((leaf, between, anchor))
    powerless = link("a", "root", *OF_PARTICIPANT)
    assert trust.follow(leaf, [powerless], [anchor]).problem is State.FOREIGN


def test_an_issuer_with_a_key_that_cannot_be_used_has_signed_nothing() -> None:
    other = link("a", "root", key_of="another")
    leaf = link("leaf", "a", *OF_PARTICIPANT)
    assert trust.follow(leaf, [other], [link("root", "root")]).problem is State.FOREIGN


def test_whoever_expired_above_takes_those_below_along() -> None:
    anchor, leaf = link("root", "root"), link("leaf", "root", *OF_PARTICIPANT)
    chain = trust.follow(leaf, [], [anchor])
    assert trust.judge(leaf, chain, SPRING, {}).state is State.VALID
    assert trust.judge(leaf, chain, ALWAYS.not_after, {}).state is State.VALID
    assert trust.judge(leaf, chain, ALWAYS.not_after + timedelta(seconds=1), {}).state is State.EXPIRED
    assert trust.judge(leaf, chain, SPRING, {leaf.serial: SPRING}).state is State.REVOKED
