"""What may be wrong with the certificate of a signature that holds."""

from collections.abc import Callable, Mapping
from typing import Final

from gateway.signature.diagnosis.findings import Cause
from gateway.signature.trust import Standing, State
from gateway.words import say


def of_standing(standing: Standing) -> Cause | None:
    """Return why a certificate is not to be relied on; None for one that is."""
    if standing.is_valid:
        return None
    title, advice = _WORDS[standing.state]
    return Cause(f"certificate-{standing.state.value}", title(), standing.why, advice())


def _another() -> str:
    return say("выпустите новый: mock-smev certs issue МНЕМОНИКА", "issue another: mock-smev certs issue MNEMONIC")


_WORDS: Final[Mapping[State, tuple[Callable[[], str], Callable[[], str]]]] = {
    State.EXPIRED: (lambda: say("срок действия сертификата истёк", "the certificate has expired"), _another),
    State.NOT_YET_VALID: (
        lambda: say("срок действия сертификата не наступил", "the certificate is not valid yet"),
        lambda: say("сверьте часы шлюза: mock-smev clock", "look at the gateway's clock: mock-smev clock"),
    ),
    State.REVOKED: (lambda: say("сертификат отозван", "the certificate was revoked"), _another),
    State.FOREIGN: (
        lambda: say("сертификат выдан не этой песочницей", "the certificate is not of this sandbox"),
        lambda: say(
            "внесите его: mock-smev certs import МНЕМОНИКА ФАЙЛ, или выпустите свой: mock-smev certs issue МНЕМОНИКА",
            "bring it in: mock-smev certs import MNEMONIC FILE, or have one issued: mock-smev certs issue MNEMONIC",
        ),
    ),
    State.BROKEN: (
        lambda: say("сертификат подделан или испорчен", "the certificate is forged or damaged"),
        _another,
    ),
}
