"""The keyring of a process: in memory, and in a folder that other processes write to as well."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.domain.participants import InvalidMnemonic
from gateway.keyring import Keyring, KeyringUnusable, NothingIssued, Special
from gateway.signature.algorithms import GOST2012_512
from gateway.signature.authority import ALWAYS, OF_PARTICIPANT, Authority, Issuer, Validity, certify, derived_key
from gateway.signature.certificates import Certificate
from gateway.signature.trust import State

SECRET = b"s" * 32
SPRING = datetime(2013, 4, 1, tzinfo=UTC)
MOMENTS = [datetime(1991, 6, 1, tzinfo=UTC), SPRING, datetime(2098, 12, 31, tzinfo=UTC)]


@pytest.fixture(params=["memory", "folder"])
def keyring(request: pytest.FixtureRequest, tmp_path: Path) -> Keyring:
    return Keyring.in_memory(SECRET) if request.param == "memory" else Keyring.below(tmp_path / "authority", SECRET)


# --- issued here -----------------------------------------------------------------------------------------------------


def test_a_participant_signs_with_the_same_key_each_time(keyring: Keyring) -> None:
    signer = keyring.signer_of("FNS001", "ФНС России")
    assert keyring.signer_of("FNS001") is signer
    assert signer.certificate.subject_name == "ФНС России"
    assert signer.certificate.public_key == signer.key.public
    assert keyring.mnemonic_of(signer.certificate) == "FNS001"
    assert all(keyring.standing(signer.certificate, moment).is_valid for moment in MOMENTS)


def test_a_seed_gives_the_same_certificates_in_memory_and_in_a_folder(tmp_path: Path) -> None:
    memory, folder = Keyring.in_memory(SECRET), Keyring.below(tmp_path / "authority", SECRET)
    assert memory.signer_of("FNS001") == folder.signer_of("FNS001")
    assert memory.smev == folder.smev
    assert Keyring.in_memory(b"t" * 32).smev != memory.smev


def test_smev_is_trusted_and_nobody(keyring: Keyring) -> None:
    assert keyring.standing(keyring.smev.certificate, SPRING).is_valid
    assert keyring.mnemonic_of(keyring.smev.certificate) is None


def test_each_certificate_issued_has_a_key_of_its_own(keyring: Keyring) -> None:
    span = Validity(SPRING, SPRING + timedelta(days=30))
    signers = [keyring.issue("77BD01", validity=span) for _ in range(3)]
    signers += [keyring.issue("77BD01", algorithm=GOST2012_512), keyring.signer_of("77BD01")]
    assert len({signer.key.d for signer in signers}) == len({each.certificate.serial for each in signers}) == 5
    assert {keyring.mnemonic_of(each.certificate) for each in signers} == {"77BD01"}
    assert signers[3].algorithm is GOST2012_512
    assert [
        keyring.standing(signers[0].certificate, SPRING + timedelta(days=day)).state for day in (-1, 0, 30, 31)
    ] == [
        State.NOT_YET_VALID,
        State.VALID,
        State.VALID,
        State.EXPIRED,
    ]


def test_a_mnemonic_must_be_one(keyring: Keyring) -> None:
    for wrong in ("../../etc", "", "a b", "SMEV", "ФНС"):
        for ask in (keyring.signer_of, keyring.issue, lambda each: keyring.special(each, Special.EXPIRED)):
            with pytest.raises(InvalidMnemonic):
                ask(wrong)
        with pytest.raises(InvalidMnemonic):
            keyring.bind(wrong, keyring.smev.certificate)


@pytest.mark.parametrize("kind", Special)
@pytest.mark.parametrize("moment", MOMENTS)
def test_what_testers_ask_for_is_wrong_on_every_date(keyring: Keyring, kind: Special, moment: datetime) -> None:
    wrong = keyring.special("FNS001", kind)
    assert keyring.standing(wrong.certificate, moment).state == kind.value
    assert keyring.special("FNS001", kind) == wrong
    assert keyring.mnemonic_of(wrong.certificate) == (None if kind is Special.FOREIGN else "FNS001")
    assert keyring.standing(keyring.signer_of("FNS001").certificate, moment).is_valid


# --- revoked ---------------------------------------------------------------------------------------------------------


def test_what_is_revoked_stays_so(keyring: Keyring) -> None:
    issued, own = keyring.issue("FNS001").certificate, keyring.signer_of("FNS001").certificate
    other = keyring.signer_of("PFR001").certificate
    assert keyring.revoke(f"{issued.serial:x}", SPRING) == [issued]
    assert keyring.standing(issued, SPRING).state is State.REVOKED
    assert keyring.standing(issued, SPRING).since == SPRING
    assert keyring.standing(own, SPRING).is_valid
    assert {each.serial for each in keyring.revoke("FNS001", SPRING + timedelta(days=1))} == {issued.serial, own.serial}
    assert keyring.standing(issued, SPRING).since == SPRING
    assert keyring.standing(own, SPRING).state is State.REVOKED
    assert keyring.standing(other, SPRING).is_valid
    assert keyring.mnemonic_of(own) == "FNS001"


def test_nobody_to_revoke(keyring: Keyring) -> None:
    keyring.signer_of("FNS001")
    for unknown in ("FNS002", "fns001", "0", "", "ffffffffffffffff"):
        with pytest.raises(NothingIssued):
            keyring.revoke(unknown, SPRING)


# --- brought ---------------------------------------------------------------------------------------------------------


def test_a_certificate_of_any_issuer_is_trusted_once_it_is_bound(keyring: Keyring) -> None:
    span = Validity(SPRING, SPRING + timedelta(days=30))
    theirs = Authority(b"another").issue("WHATEVER", "Администрация", "1", validity=span).certificate
    assert keyring.standing(theirs, SPRING).state is State.FOREIGN
    assert "другой песочницы" in keyring.standing(theirs, SPRING).why
    assert keyring.mnemonic_of(theirs) is None
    keyring.bind("77BD01", theirs)
    assert keyring.standing(theirs, SPRING).is_valid
    assert keyring.standing(theirs, SPRING + timedelta(days=31)).state is State.EXPIRED
    assert keyring.mnemonic_of(theirs) == "77BD01"
    keyring.bind("77BD02", theirs)
    assert keyring.mnemonic_of(theirs) == "77BD02"
    assert [(each.mnemonic, each.imported) for each in keyring.listed(SPRING)] == [("77BD02", True)]


def test_a_certificate_that_we_did_not_sign_in_our_name_is_broken(keyring: Keyring) -> None:
    genuine = keyring.signer_of("FNS001").certificate
    forged = Certificate.from_bytes(genuine.der.replace(b"\x06FNS001", b"\x06PFR001"))
    assert forged.mnemonic == "PFR001"
    assert keyring.standing(forged, SPRING).state is State.BROKEN
    assert keyring.mnemonic_of(forged) is None


def test_a_participant_issues_nothing(keyring: Keyring) -> None:
    signer = keyring.signer_of("FNS001")
    subject, issuer = keyring.signer_of("PFR001").certificate.subject, Issuer.of(signer)
    forged = certify(subject, ALWAYS, 1, derived_key(b"forger", "1").public, issuer, *OF_PARTICIPANT)
    assert forged.mnemonic == "PFR001"
    assert keyring.standing(forged, SPRING).state is State.FOREIGN
    assert keyring.mnemonic_of(forged) is None


# --- a folder --------------------------------------------------------------------------------------------------------


def test_what_another_process_does_is_seen(tmp_path: Path) -> None:
    gateway, command = (Keyring.below(tmp_path / "authority", each) for each in (SECRET, b"t" * 32))
    own = gateway.signer_of("FNS001").certificate
    assert gateway.standing(own, SPRING).is_valid
    issued = command.issue("PFR001").certificate
    assert gateway.mnemonic_of(issued) == "PFR001"
    command.revoke("FNS001", SPRING)
    assert gateway.standing(own, SPRING).state is State.REVOKED
    theirs = Authority(b"another").smev.certificate
    assert gateway.mnemonic_of(theirs) is None
    command.bind("77BD01", theirs)
    assert gateway.mnemonic_of(theirs) == "77BD01"
    assert {each.mnemonic for each in gateway.listed(SPRING)} == {"FNS001", "PFR001", "77BD01"}


def test_everything_is_there_after_a_restart_and_only_the_owner_reads_the_secret(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "authority"
    before = Keyring.below(folder, SECRET)
    issued, own = before.issue("FNS001"), before.signer_of("FNS001", "ФНС России")
    special = before.special("FNS001", Special.REVOKED)
    after = Keyring.below(folder, b"t" * 32)
    assert after.smev == before.smev
    assert after.signer_of("FNS001") == own
    assert after.special("FNS001", Special.REVOKED) == special
    assert after.standing(special.certificate, SPRING).state is State.REVOKED
    assert issued.certificate in [each.certificate for each in after.listed(SPRING)]
    assert {each.name for each in folder.iterdir()} == {
        *("secret", "root.pem", "issuing.pem", "smev.pem", "crl.pem", "issued", "bound", "lock")
    }
    assert (folder / "secret").stat().st_mode & 0o777 == 0o600


def test_a_person_may_put_a_certificate_into_the_folder(tmp_path: Path) -> None:
    keyring = Keyring.below(tmp_path, SECRET)
    theirs = Authority(b"another").smev.certificate
    assert keyring.mnemonic_of(theirs) is None
    (tmp_path / "bound" / "77.BD-01.pem").write_bytes(theirs.pem)
    assert keyring.mnemonic_of(theirs) == "77.BD-01"


@pytest.mark.parametrize("file", ["secret", "root.pem", "smev.pem", "crl.pem", "bound/77BD01.pem"])
def test_a_file_that_is_broken_is_named_at_start(tmp_path: Path, file: str) -> None:
    Keyring.below(tmp_path, SECRET)
    (tmp_path / file).write_text("garbage")
    with pytest.raises(KeyringUnusable, match=file):
        Keyring.below(tmp_path, SECRET)


def test_another_secret_does_not_go_with_these_certificates(tmp_path: Path) -> None:
    Keyring.below(tmp_path, SECRET)
    (tmp_path / "secret").write_text((b"t" * 32).hex())
    with pytest.raises(KeyringUnusable, match=r"root\.pem.*secret"):
        Keyring.below(tmp_path, SECRET)


def test_a_file_that_breaks_while_the_gateway_runs_changes_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keyring = Keyring.below(tmp_path, SECRET)
    own = keyring.signer_of("FNS001").certificate
    keyring.revoke("FNS001", SPRING)
    assert keyring.standing(own, SPRING).state is State.REVOKED
    (tmp_path / "crl.pem").write_text("garbage")
    assert keyring.standing(own, SPRING).state is State.REVOKED
    assert keyring.standing(own, SPRING).state is State.REVOKED
    assert len(caplog.records) == 1
    assert "crl.pem" in caplog.text


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(KeyringUnusable, match="file"):
        Keyring.below(tmp_path / "file" / "authority", SECRET)
