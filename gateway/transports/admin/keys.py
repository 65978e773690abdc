"""The keys that a sandbox lends: what it signs with for a participant, for whoever plays that participant by hand."""

from typing import Literal

from aiohttp import web

from gateway.domain.participants import InvalidMnemonic
from gateway.domain.signature_mode import SignatureMode
from gateway.keyring import KeyringUnusable
from gateway.signature.keys import private_key_pem
from gateway.transports.admin.problems import Refused
from gateway.transports.admin.view import AdminView, Shape, described
from gateway.words import say


class KeyShape(Shape):
    """PEM. `certificate` is that of `key`, whose owner is the participant; `smevCertificate` signs what SMEV says.

    In the mode `strict` of `signatures` every call has to be signed. They prove nothing outside of this sandbox.
    """

    mnemonic: str
    key: str
    certificate: str
    smev_certificate: str
    signatures: Literal["lenient", "strict"]


class KeyView(AdminView):
    """`/__admin/participants/{mnemonic}/key`."""

    @described(
        lambda: say(
            "Ключ, которым песочница подписывает за участника, и его сертификат; тот же каждый раз. "
            "Участника может ещё не быть.",
            "The key by which the sandbox signs for a participant, and its certificate; the same each time. "
            "The participant need not be there yet.",
        ),
        KeyShape,
        409,
        422,
        503,
    )
    async def get(self, mnemonic: str, /) -> web.Response:
        signatures, signer_of = self.administration.signatures, self.administration.signer_of
        if signer_of is None:
            title = say("Подписи выключены", "Signatures are off")
            hint = say(
                "запустите шлюз с --signatures lenient или strict", "start it with --signatures lenient or strict"
            )
            raise Refused(409, "signatures-off", title, f"--signatures {signatures.mode.value}", hint)
        try:
            signer = signer_of(mnemonic)
        except InvalidMnemonic as error:
            title, hint = (
                say("Неверная мнемоника", "Bad mnemonic"),
                say("латиница, цифры, _ . -", "letters, digits, _ . -"),
            )
            raise Refused(422, "participant", title, str(error), hint) from error
        except KeyringUnusable as error:
            title, hint = (
                say("Ключи недоступны", "The keys cannot be used"),
                say("проверьте папку", "look at the folder"),
            )
            raise Refused(503, "keyring", title, str(error), hint) from error
        smev = signatures.keyring.smev.certificate
        return self.reply(
            KeyShape(
                mnemonic=mnemonic,
                key=private_key_pem(signer.key).decode(),
                certificate=signer.certificate.pem.decode(),
                smev_certificate=smev.pem.decode(),
                signatures="strict" if signatures.mode is SignatureMode.STRICT else "lenient",
            )
        )
