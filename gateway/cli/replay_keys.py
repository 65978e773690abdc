"""What those who are replayed sign with: keys of the gateway where it is ours, or files that the user gives."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli.common import CommandFailed
from gateway.words import say

if TYPE_CHECKING:
    from gateway.signature.keys import Signer

Keys = Annotated[
    list[str] | None,
    typer.Option(
        "--key",
        help=say(
            "[МНЕМОНИКА=]ФАЙЛ: PEM с ключом и сертификатом, чтобы подписать заново; без него ключи даёт наш шлюз",
            "[MNEMONIC=]FILE: PEM with a key and its certificate to sign anew with; our gateway lends keys else",
        ),
    ),
]


def signers_in(told: Sequence[str], consumers: Sequence[str]) -> "dict[str, Signer]":
    """Read `[MNEMONIC=]FILE`; a file without a mnemonic is for everybody who has none of his own.

    Raises: CommandFailed.
    """
    if not told:
        return {}
    from gateway.client.lent_keys import signer_in  # noqa: PLC0415 - cryptography is for those who sign

    found: dict[str, Signer] = {}
    for each in sorted(told, key=lambda text: "=" in text):
        mnemonic, _, file = each.rpartition("=")
        if mnemonic and mnemonic not in consumers:
            known = ", ".join(consumers) or say("их нет", "there are none")
            why = say(f"--key {each}: ожидался один из --as-consumer: {known}",
                      f"--key {each}: expected one of --as-consumer: {known}")  # fmt: skip
            raise CommandFailed(why, code=2)
        try:
            signer = signer_in(Path(file).read_bytes())
        except OSError as error:
            raise CommandFailed(f"--key {file}: {error.strerror}", code=2) from error
        except ValueError as error:
            raise CommandFailed(f"--key {file}: {error}", code=2) from error
        found |= dict.fromkeys([mnemonic] if mnemonic else consumers, signer)
    return found


async def keys_there(
    url: str, token: str | None, consumers: Sequence[str], signers: "Mapping[str, Signer]", *, is_ours: bool
) -> Mapping[str, dict[str, Any]]:
    """Return what each consumer signs with: the key that the user has given, or the one that our gateway lends."""
    keys: dict[str, dict[str, Any]] = {each: {} for each in consumers}
    if is_ours:
        from gateway.client.admin import Admin  # noqa: PLC0415 - see above
        from gateway.client.lent_keys import keys_lent  # noqa: PLC0415 - see above

        async with Admin(url, token) as admin:
            keys = {each: await keys_lent(admin, each) for each in keys}
    for mnemonic, signer in signers.items():
        keys[mnemonic] = {**keys[mnemonic], "signer": signer}
    return keys
