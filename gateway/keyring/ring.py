"""One keyring for a process: its gateway, its namespaces and its agencies sign and verify by it."""

import hmac
import logging
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final, Self

from gateway.domain.participants import checked_mnemonic
from gateway.keyring.shelves import Folder, InMemory, KeyringUnusable, Shelf
from gateway.signature import trust
from gateway.signature.algorithms import GOST2012_256, SignatureAlgorithm
from gateway.signature.authority import ALWAYS, FOREIGN, Authority, Validity
from gateway.signature.certificates import BadCertificate, Certificate
from gateway.signature.keys import Signer
from gateway.signature.trust import Chain, Standing
from gateway.words import say

_LOG: Final = logging.getLogger(__name__)
_OWN: Final = "own"
"""Label of the key that a participant of this process signs with."""
_CHAINS_KEPT: Final = 4096


class Special(StrEnum):
    """Certificates for testers, each wrong in one way on every date from 1991 to 2098."""

    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    REVOKED = "revoked"
    FOREIGN = "foreign"


_FIRST_YEAR: Final = Validity(ALWAYS.not_before, datetime(1991, 1, 1, tzinfo=UTC))
_LAST_YEAR: Final = Validity(datetime(2099, 1, 1, tzinfo=UTC), ALWAYS.not_after)
_VALIDITY: Final = {Special.EXPIRED: _FIRST_YEAR, Special.NOT_YET_VALID: _LAST_YEAR}


class NothingIssued(Exception):
    """No certificate has been issued to this mnemonic, or with this serial number."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A certificate that a keyring knows. `imported` is one of a participant's own, from any issuer."""

    mnemonic: str
    certificate: Certificate
    standing: Standing
    imported: bool


class Keyring:
    """Keys derived from one secret, the certificates issued for them, and those that participants brought.

    Methods may be called from any thread. Where it lies in a folder, those that issue, revoke and bind raise
    KeyringUnusable when that cannot be written any more; what is known is known still.
    """

    def __init__(self, authority: Authority, shelf: Shelf) -> None:
        self.authority: Final = authority
        self._shelf = shelf
        self._lock = threading.RLock()
        self._signers: dict[str, Signer] = {}
        self._chains: dict[str, Chain] = {}
        self._stamp: object = None
        self._revoked: dict[int, datetime] = {}
        self._bound: dict[str, tuple[str, Certificate]] = {}

    @classmethod
    def in_memory(cls, secret: bytes) -> Self:
        """Return a keyring that is forgotten with the process; the same secret gives the same keys."""
        return cls(Authority(secret), InMemory())

    @classmethod
    def below(cls, folder: Path, fresh: bytes) -> Self:
        """Return the keyring of a folder, which is made from the secret `fresh` where it is not there yet.

        Raises: KeyringUnusable.
        """
        shelf = Folder(folder)
        authority = Authority(shelf.secret(fresh))
        own = {
            "root.pem": authority.root.certificate,
            "issuing.pem": authority.issuing.certificate,
            "smev.pem": authority.smev.certificate,
        }
        kept = shelf.adopt(own, authority.revocation_list({}))
        for name, certificate in own.items():
            if kept[name] != certificate:
                raise KeyringUnusable(
                    say(
                        f"{folder / name}: сертификат не от этого secret; верните прежний secret или уберите {name}",
                        f"{folder / name}: not of this secret; put the former file secret back, or remove {name}",
                    )
                )
        keyring = cls(authority, shelf)
        keyring._refresh()
        return keyring

    # --- who signs ---------------------------------------------------------------------------------------------------

    @property
    def smev(self) -> Signer:
        """SMEV itself: the same key and certificate as long as the secret is."""
        return self.authority.smev

    def signer_of(self, mnemonic: str, name: str | None = None) -> Signer:
        """Return what a participant of this process signs with: a key of its own, a certificate without an end.

        It is issued when it is first asked for, to `name` then, and is the same ever after.

        Raises: InvalidMnemonic.
        """
        found = self._signers.get(mnemonic)
        if found is None:
            with self._lock:
                found = self._signers[mnemonic] = self._issued_once(mnemonic, name, _OWN)
        return found

    def special(
        self, mnemonic: str, kind: Special, name: str | None = None, algorithm: SignatureAlgorithm = GOST2012_256
    ) -> Signer:
        """Return a key of a participant whose certificate is wrong in one way; the same one each time.

        Raises: InvalidMnemonic.
        """
        if kind is Special.FOREIGN:
            return self._stranger.issue(checked_mnemonic(mnemonic), name or mnemonic, kind, algorithm=algorithm)
        validity = _VALIDITY.get(kind, ALWAYS)
        signer = self._issued_once(mnemonic, name, kind, validity=validity, algorithm=algorithm)
        if kind is Special.REVOKED:
            self._revoke([signer.certificate], ALWAYS.not_before)
        return signer

    def smev_special(self, kind: Special) -> Signer:
        """Return SMEV's own key with a certificate that is wrong in one way; of FOREIGN the key is another one, too."""
        if kind is Special.FOREIGN:
            return self._stranger.smev
        signer = self.authority.smev_with(f"smev/{kind}", _VALIDITY.get(kind, ALWAYS))
        if kind is Special.REVOKED:
            self._revoke([signer.certificate], ALWAYS.not_before)
        return signer

    def issue(
        self,
        mnemonic: str,
        *,
        name: str | None = None,
        validity: Validity = ALWAYS,
        algorithm: SignatureAlgorithm = GOST2012_256,
    ) -> Signer:
        """Return a new key of a participant and its certificate, which those it has do not affect.

        Raises: InvalidMnemonic.
        """
        checked_mnemonic(mnemonic)
        with self._lock, self._shelf.writing():
            taken = {each.serial for each in self._shelf.issued() if each.mnemonic == mnemonic}
            labels = (str(count) for count in range(1, len(taken) + 2))
            free = next(each for each in labels if self._serial(mnemonic, each, algorithm) not in taken)
            signer = self.authority.issue(mnemonic, name or mnemonic, free, validity=validity, algorithm=algorithm)
            self._shelf.keep_issued(signer.certificate)
        return signer

    @property
    def stranger(self) -> Certificate:
        """The root of the authority that issues Special.FOREIGN, which nobody trusts."""
        return self._stranger.root.certificate

    # --- whose it is, and what it is worth ---------------------------------------------------------------------------

    def mnemonic_of(self, certificate: Certificate) -> str | None:
        """Return whose certificate it is: imported for a mnemonic, or issued here; None of any other.

        Whether it is in force is another matter: see `standing`.
        """
        self._refresh()
        bound = self._bound.get(certificate.fingerprint)
        if bound is not None:
            return bound[0]
        return certificate.mnemonic if self._chain(certificate).problem is None else None

    def standing(self, certificate: Certificate, now: datetime) -> Standing:
        """Return what a certificate is worth at `now`, the gateway's time. One that was imported is trusted."""
        self._refresh()
        chain = self._chain(certificate)
        if chain.problem is not None and certificate.fingerprint in self._bound:
            chain = Chain((certificate,))
        return trust.judge(certificate, chain, now, self._revoked)

    def is_revoked(self, certificate: Certificate) -> bool:
        """Tell whether a certificate that was issued here has been revoked."""
        self._refresh()
        return certificate.issuer == self.authority.issuing.certificate.subject and certificate.serial in self._revoked

    @property
    def revocation_list(self) -> bytes:
        """The DER of the CRL as it stands."""
        self._refresh()
        return self.authority.revocation_list(self._revoked)

    def listed(self, now: datetime) -> list[Listed]:
        """Return every certificate that was issued or imported, in the order of mnemonics and beginnings."""
        self._refresh()
        own = [(each.mnemonic or "", each, False) for each in self._shelf.issued()]
        brought = [(mnemonic, each, True) for mnemonic, each in self._bound.values()]
        found = [Listed(mnemonic, each, self.standing(each, now), other) for mnemonic, each, other in own + brought]
        return sorted(found, key=lambda each: (each.mnemonic, each.certificate.not_before, each.certificate.serial))

    # --- changes -----------------------------------------------------------------------------------------------------

    def bind(self, mnemonic: str, certificate: Certificate) -> None:
        """Take a participant's own certificate, whoever issued it, for that of `mnemonic`, and of nobody else.

        Raises: InvalidMnemonic; BadCertificate when its key is none that SMEV's signatures are made with.
        """
        checked_mnemonic(mnemonic)
        _ = certificate.public_key
        with self._lock, self._shelf.writing():
            self._shelf.keep_bound(mnemonic, certificate)

    def revoke(self, which: str, now: datetime) -> list[Certificate]:
        """Revoke what was issued to a mnemonic, or the one with a serial number (hex); return what is revoked now.

        It is revoked on every date, before `now` too, which is what the list says.

        Raises: NothingIssued.
        """
        serial = which.replace(":", "").lower().lstrip("0")
        issued = self._shelf.issued()
        found = [each for each in issued if f"{each.serial:x}" == serial] or [
            each for each in issued if each.mnemonic == which
        ]
        if not found:
            raise NothingIssued(which)
        self._revoke(found, now)
        return found

    # --- within ------------------------------------------------------------------------------------------------------

    @property
    def _stranger(self) -> Authority:
        return Authority(hmac.digest(self.authority.secret, b"foreign", "sha256"), FOREIGN)

    def _issued_once(
        self,
        mnemonic: str,
        name: str | None,
        label: str,
        *,
        validity: Validity = ALWAYS,
        algorithm: SignatureAlgorithm = GOST2012_256,
    ) -> Signer:
        kept = self._shelf.issued_as(checked_mnemonic(mnemonic), self._serial(mnemonic, label, algorithm))
        if kept is not None:
            try:
                return Signer(self.authority.key_of(kept, label, algorithm), kept)
            except BadCertificate as error:
                raise KeyringUnusable(
                    say(
                        f"сертификат {mnemonic} ({kept.serial:x}) не от этого secret: уберите его из issued",
                        f"the certificate of {mnemonic} ({kept.serial:x}) is not of this secret: take it out of issued",
                    )
                ) from error
        signer = self.authority.issue(mnemonic, name or mnemonic, label, validity=validity, algorithm=algorithm)
        with self._shelf.writing():
            self._shelf.keep_issued(signer.certificate)
        return signer

    def _serial(self, mnemonic: str, label: str, algorithm: SignatureAlgorithm) -> int:
        return self.authority.serial_of(mnemonic, label, algorithm)

    def _revoke(self, certificates: list[Certificate], since: datetime) -> None:
        with self._lock, self._shelf.writing():
            revoked = self._shelf.revoked(self.authority)
            fresh = {each.serial: since for each in certificates if each.serial not in revoked}
            if fresh:
                self._shelf.keep_revocations(self.authority.revocation_list(revoked | fresh))

    def _refresh(self) -> None:
        """Read again what another process may have changed; what cannot be read is written to the log, once.

        Raises: KeyringUnusable when nothing has been read before.
        """
        stamp = self._stamped()
        if stamp == self._stamp:
            return
        with self._lock:
            try:
                self._revoked, self._bound = self._shelf.revoked(self.authority), self._shelf.bound()
            except KeyringUnusable as error:
                if self._stamp is None:
                    raise
                _LOG.warning("%s", error)
            self._stamp = stamp

    def _stamped(self) -> object:
        try:
            return self._shelf.stamp()
        except KeyringUnusable as error:
            return str(error)

    def _chain(self, certificate: Certificate) -> Chain:
        found = self._chains.get(certificate.fingerprint)
        if found is None:
            if len(self._chains) >= _CHAINS_KEPT:
                self._chains.clear()  # whoever calls with ever new certificates gains nothing by it
            authority = self.authority
            issuers, anchors = [authority.issuing.certificate], [authority.root.certificate]
            found = self._chains[certificate.fingerprint] = trust.follow(certificate, issuers, anchors)
        return found
