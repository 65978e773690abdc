"""Whether to rely on a certificate: who issued it, when it holds, whether it was revoked (RFC 5280, section 6)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from gateway.signature.certificates import BadCertificate, Certificate
from gateway.words import say

_LONGEST_CHAIN: Final = 8


class State(StrEnum):
    """VALID is to be relied on. FOREIGN: nobody who is trusted issued it. BROKEN: it is not what its issuer signed."""

    VALID = "valid"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    REVOKED = "revoked"
    FOREIGN = "foreign"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Standing:
    """What was found. `chain` begins with the certificate and goes up as far as issuers are known; `why` is for people.

    `since` is when it expired, will be valid or was revoked.
    """

    state: State
    chain: tuple[Certificate, ...]
    why: str
    since: datetime | None = None

    @property
    def is_valid(self) -> bool:
        return self.state is State.VALID


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain that has been followed, whatever the time; `problem` is None where it ends with who is trusted."""

    certificates: tuple[Certificate, ...]
    problem: State | None = None
    why: str = ""


def follow(certificate: Certificate, issuers: Collection[Certificate], anchors: Collection[Certificate]) -> Chain:
    """Follow a chain up to one of the `anchors`, which are trusted as they are, through any of the `issuers`."""
    chain = [certificate]
    while chain[-1] not in anchors:
        last = chain[-1]
        namesakes = [each for each in (*anchors, *issuers) if each.subject == last.issuer]
        named = [each for each in namesakes if each.is_authority and _same_key(last, each)]
        if not named or last.is_self_issued:
            return Chain(tuple(chain), State.FOREIGN, _foreign(last, namesakes))
        issuer = next((each for each in named if _signed(last, each)), None)
        if issuer is None:
            text = say(
                f"сертификат {last.subject_name!r} подписан не ключом издателя {last.issuer_name!r}: изменён, подделан",
                f"certificate {last.subject_name!r} is not signed by the key of {last.issuer_name!r}: it was changed",
            )
            return Chain(tuple(chain), State.BROKEN, text)
        if issuer in chain or len(chain) == _LONGEST_CHAIN:
            text = say("цепочка издателей не кончается", "the chain of issuers does not end")
            return Chain(tuple(chain), State.FOREIGN, text)
        chain.append(issuer)
    return Chain(tuple(chain))


def judge(certificate: Certificate, chain: Chain, now: datetime, revoked: dict[int, datetime]) -> Standing:
    """Say how a certificate stands at `now`; `revoked` is what the issuing authority of its chain has revoked.

    What is wrong with the chain weighs more than a revocation, and that more than a date.
    """
    if chain.problem is not None:
        return Standing(chain.problem, chain.certificates, chain.why)
    since = revoked.get(certificate.serial) if len(chain.certificates) > 1 else None
    if since is not None:
        why = say(f"отозван {since:%Y-%m-%d %H:%M:%S} UTC", f"revoked {since:%Y-%m-%d %H:%M:%S} UTC")
        return Standing(State.REVOKED, chain.certificates, why, since)
    return _by_date(chain.certificates, now)


def _by_date(chain: Sequence[Certificate], now: datetime) -> Standing:
    for each in chain:
        if each.not_before <= now <= each.not_after:
            continue  # nearly all of them: no words are needed
        span = f"{each.not_before:%Y-%m-%d %H:%M:%S} — {each.not_after:%Y-%m-%d %H:%M:%S} UTC"
        moment = f"{now:%Y-%m-%d %H:%M:%S %Z}".strip()
        if now > each.not_after:
            why = say(
                f"срок действия истёк: {span}, на часах шлюза {moment}",
                f"expired: {span}, the gateway's clock shows {moment}",
            )
            return Standing(State.EXPIRED, tuple(chain), why, each.not_after)
        if now < each.not_before:
            why = say(
                f"срок действия не начался: {span}, на часах шлюза {moment}",
                f"not valid yet: {span}, the gateway's clock shows {moment}",
            )
            return Standing(State.NOT_YET_VALID, tuple(chain), why, each.not_before)
    return Standing(State.VALID, tuple(chain), say("действует", "valid"))


def _signed(certificate: Certificate, issuer: Certificate) -> bool:
    try:
        return certificate.is_signed_by(issuer)
    except BadCertificate:
        return False


def _same_key(certificate: Certificate, issuer: Certificate) -> bool:
    """Tell whether the certificate may be of this issuer: the identifier of its key, if both have one, is its own."""
    return None in {certificate.issuer_key_id, issuer.key_id} or certificate.issuer_key_id == issuer.key_id


def _foreign(last: Certificate, namesakes: Sequence[Certificate]) -> str:
    if last.is_self_issued:
        return say(
            f"сертификат {last.subject_name!r} самоподписанный, и среди доверенных его нет",
            f"certificate {last.subject_name!r} is self-signed and not among the trusted",
        )
    if namesakes:
        return say(
            f"издатель {last.issuer_name!r} — другой с тем же именем: УЦ другой песочницы или прежней папки данных",
            f"issuer {last.issuer_name!r} is another of that name: of another sandbox, or of a former data folder",
        )
    return say(f"издатель {last.issuer_name!r} неизвестен", f"issuer {last.issuer_name!r} is unknown")
