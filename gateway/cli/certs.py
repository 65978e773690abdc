"""`mock-smev certs`: certificates of the sandbox's authority: issued, revoked, listed, brought in, given out.

They lie in the data folder, whoever else works with it: a gateway that runs sees what changes there.
"""

import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.table import Table

from gateway import machine
from gateway.cli.common import OUTPUT, CommandFailed
from gateway.domain.participants import InvalidMnemonic, checked_mnemonic
from gateway.keyring import Keyring, KeyringUnusable, NothingIssued, Special
from gateway.settings import SettingsError, read_settings
from gateway.signature import algorithms, asn1, pkcs12
from gateway.signature.authority import ALWAYS, Validity
from gateway.signature.certificates import BadCertificate, Certificate
from gateway.signature.keys import Signer, private_key_der, private_key_pem
from gateway.signature.trust import State
from gateway.words import say

_PRIVATE: Final = 0o600
_PUBLIC: Final = 0o644
_MOST_DAYS: Final = 36_525

Data = Annotated[Path | None, typer.Option("--data", help=say("папка данных шлюза", "the gateway's folder of data"))]
Json = Annotated[bool, typer.Option("--json", help=say("вывести JSON", "print JSON"))]
Mnemonic = Annotated[str, typer.Argument(help=say("мнемоника участника", "mnemonic of the participant"))]


class Algorithm(StrEnum):
    """What a key signs with: GOST R 34.10-2012, by the bits of its digest."""

    GOST2012_256 = "gost2012-256"
    GOST2012_512 = "gost2012-512"


class Own(StrEnum):
    """What `export` gives out."""

    SMEV = "smev"
    ROOT = "root"
    ISSUING = "issuing"
    CRL = "crl"


def issue(  # noqa: PLR0913, PLR0917 - each is one choice
    mnemonic: Mnemonic,
    days: Annotated[
        int | None,
        typer.Option(
            "--days",
            min=1,
            max=_MOST_DAYS,
            help=say("срок в днях; без него — с 1990 по 2100 год", "days it holds; without it, from 1990 to 2100"),
        ),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--from",
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"],
            help=say("начало срока, UTC; по умолчанию — сейчас", "from when, UTC; by default from now"),
        ),
    ] = None,
    algorithm: Annotated[
        Algorithm, typer.Option("--alg", help=say("алгоритм ключа", "the key's algorithm"))
    ] = Algorithm.GOST2012_256,
    name: Annotated[
        str | None, typer.Option("--name", help=say("имя владельца в сертификате", "the owner's name in it"))
    ] = None,
    out: Annotated[Path, typer.Option("--out", help=say("папка для файлов", "folder of the files"))] = Path(),
    password: Annotated[
        str | None,
        typer.Option(
            "--password", help=say("пароль PKCS#12; без него .p12 не пишется", "of the PKCS#12; none, no .p12")
        ),
    ] = None,
    wrong: Annotated[
        Special | None,
        typer.Option(
            "--wrong",
            help=say("негодный сертификат для проверки отказов", "a bad certificate, to see what is refused"),
        ),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help=say("заменить файлы, если есть", "replace files that are there"))
    ] = False,
    data: Data = None,
) -> None:
    """Issue a key and a certificate to a participant, and write them to files."""
    if wrong is not None and (days is not None or since is not None):
        raise CommandFailed(say("--wrong сам выбирает срок: без --days и --from", "--wrong chooses the dates itself"))
    try:
        checked_mnemonic(mnemonic)
    except InvalidMnemonic as error:
        raise CommandFailed(str(error)) from error
    keyring, chosen = _keyring(data), algorithms.by_name(algorithm.value) or algorithms.GOST2012_256
    files = _names(out, mnemonic, password)
    if not replace:
        _refuse_existing(files.values())
    try:
        if wrong is None:
            signer = keyring.issue(mnemonic, name=name, validity=_validity(days, since), algorithm=chosen)
        else:
            signer = keyring.special(mnemonic, wrong, name, chosen)
    except KeyringUnusable as error:
        raise CommandFailed(str(error)) from error
    issuers = (
        () if wrong is Special.FOREIGN else (keyring.authority.issuing.certificate, keyring.authority.root.certificate)
    )
    _write(files, _contents(signer, issuers, password))
    _tell_issued(signer, files)


def revoke(
    which: Annotated[str, typer.Argument(help=say("мнемоника или серийный номер", "mnemonic, or a serial number"))],
    data: Data = None,
) -> None:
    """Revoke a certificate by its serial number, or all that a participant was issued."""
    try:
        revoked = _keyring(data).revoke(which, _now())
    except NothingIssued as error:
        raise CommandFailed(
            say(
                f"сертификата {which!r} здесь не выпускали: mock-smev certs list",
                f"nothing was issued to {which!r} here: mock-smev certs list",
            ),
            code=3,
        ) from error
    except KeyringUnusable as error:
        raise CommandFailed(str(error)) from error
    for each in revoked:
        OUTPUT.print(
            say(f"отозван {each.serial:x}", f"revoked {each.serial:x}") + f"  {each.subject_name}", markup=False
        )


def list_all(as_json: Json = False, data: Data = None) -> None:
    """List what was issued and brought in, and what it is worth now."""
    listed = _keyring(data).listed(_now())
    if as_json:
        OUTPUT.print_json(
            data=[
                {
                    "mnemonic": each.mnemonic,
                    "name": each.certificate.subject_name,
                    "serial": f"{each.certificate.serial:x}",
                    "fingerprint": each.certificate.fingerprint,
                    "notBefore": each.certificate.not_before.isoformat(),
                    "notAfter": each.certificate.not_after.isoformat(),
                    "state": each.standing.state.value,
                    "imported": each.imported,
                }
                for each in listed
            ],
            ensure_ascii=False,
        )
        return
    if not listed:
        OUTPUT.print(say("сертификатов ещё нет", "there are no certificates yet"))
        return
    table = Table(box=None, pad_edge=False)
    headings = (
        (say("мнемоника", "mnemonic"), say("состояние", "state")),
        (say("срок", "dates"), say("номер", "serial")),
    )
    for heading in (*headings[0], *headings[1], say("владелец", "owner")):
        table.add_column(heading, overflow="fold")
    for each in listed:
        certificate = each.certificate
        span = f"{certificate.not_before:%d.%m.%Y} – {certificate.not_after:%d.%m.%Y}"
        state = _STATES[each.standing.state]() + (say(", свой", ", own") if each.imported else "")
        table.add_row(each.mnemonic, state, span, f"{certificate.serial:x}", certificate.subject_name)
    OUTPUT.print(table)


def bring_in(
    mnemonic: Mnemonic,
    file: Annotated[Path, typer.Argument(help=say("сертификат: PEM, DER или base64", "certificate: PEM, DER, base64"))],
    data: Data = None,
) -> None:
    """Take a participant's own certificate, whoever issued it, for that participant's."""
    try:
        with file.open("rb") as reading:
            certificate = Certificate.from_bytes(reading.read(asn1.LARGEST + 1))
        _keyring(data).bind(mnemonic, certificate)
    except OSError as error:
        raise CommandFailed(f"{file}: {error.strerror}") from error
    except BadCertificate as error:
        raise CommandFailed(f"{file}: {error}") from error
    except (InvalidMnemonic, KeyringUnusable) as error:
        raise CommandFailed(str(error)) from error
    told = say(f"внесён для {mnemonic}", f"brought in for {mnemonic}")
    OUTPUT.print(f"{told}: {certificate.subject_name}; SHA-256 {certificate.fingerprint}", markup=False, soft_wrap=True)


def export(
    which: Annotated[Own, typer.Argument(help=say("что отдать", "what to give out"))] = Own.SMEV,
    out: Annotated[
        Path | None, typer.Option("--out", help=say("файл; .der — DER, иначе PEM", "file; .der is DER, others PEM"))
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help=say("заменить файл", "replace the file"))] = False,
    data: Data = None,
) -> None:
    """Give out SMEV's certificate, those of the authority, or its list of revoked ones."""
    keyring = _keyring(data)
    authority = keyring.authority
    if which is Own.CRL:
        der, pem = keyring.revocation_list, asn1.pem("X509 CRL", keyring.revocation_list)
    else:
        signers = {Own.SMEV: authority.smev, Own.ROOT: authority.root, Own.ISSUING: authority.issuing}
        der, pem = signers[which].certificate.der, signers[which].certificate.pem
    if out is None:
        typer.echo(pem.decode(), nl=False)
        return
    if not replace:
        _refuse_existing([out])
    _write({"": out}, {"": (der if out.suffix in {".der", ".cer"} else pem, _PUBLIC)})
    OUTPUT.print(str(out), markup=False, soft_wrap=True)


_STATES: Final = {
    State.VALID: lambda: say("действует", "valid"),
    State.EXPIRED: lambda: say("истёк", "expired"),
    State.NOT_YET_VALID: lambda: say("ещё не действует", "not yet valid"),
    State.REVOKED: lambda: say("отозван", "revoked"),
    State.FOREIGN: lambda: say("чужой", "foreign"),
    State.BROKEN: lambda: say("испорчен", "broken"),
}


# --- within ----------------------------------------------------------------------------------------------------------


def _keyring(data: Path | None) -> Keyring:
    try:
        settings = read_settings({"data": data}, None)
        return Keyring.below(settings.data / "authority", machine.secret(settings.seed))
    except (SettingsError, KeyringUnusable) as error:
        raise CommandFailed(str(error)) from error
    except OSError as error:
        raise CommandFailed(f"{error.filename}: {error.strerror}") from error


def _now() -> datetime:
    return machine.SystemClock().now()


def _validity(days: int | None, since: datetime | None) -> Validity:
    if days is None and since is None:
        return ALWAYS
    start = (since.replace(tzinfo=UTC) if since is not None else _now()).replace(microsecond=0)
    return Validity(start, ALWAYS.not_after if days is None else start + timedelta(days=days))


def _names(out: Path, mnemonic: str, password: str | None) -> dict[str, Path]:
    endings = [
        "pem",
        "key.pem",
        "key.der",
        "crt.pem",
        "crt.der",
        "chain.pem",
        *(["p12"] if password is not None else []),
    ]
    return {ending: out / f"{mnemonic}.{ending}" for ending in endings}


def _contents(signer: Signer, issuers: tuple[Certificate, ...], password: str | None) -> dict[str, tuple[bytes, int]]:
    own = signer.certificate
    contents = {
        "pem": (private_key_pem(signer.key) + own.pem, _PRIVATE),
        "key.pem": (private_key_pem(signer.key), _PRIVATE),
        "key.der": (private_key_der(signer.key), _PRIVATE),
        "crt.pem": (own.pem, _PUBLIC),
        "crt.der": (own.der, _PUBLIC),
        "chain.pem": (b"".join(each.pem for each in (own, *issuers)), _PUBLIC),
    }
    if password is not None:
        chance = machine.chance(None).randbytes(pkcs12.CHANCE)
        contents["p12"] = (pkcs12.write(signer, issuers, password, chance), _PRIVATE)
    return contents


def _refuse_existing(files: Iterable[Path]) -> None:
    there = [str(file) for file in files if file.exists()]
    if there:
        listed = ", ".join(there)
        raise CommandFailed(
            say(f"уже есть: {listed}; --replace заменит", f"already there: {listed}; --replace replaces them")
        )


def _write(files: dict[str, Path], contents: dict[str, tuple[bytes, int]]) -> None:
    try:
        for ending, file in files.items():
            content, mode = contents[ending]
            file.parent.mkdir(parents=True, exist_ok=True)
            fresh = file.with_name(f".{file.name}.new")
            fresh.unlink(missing_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as writing:
                writing.write(content)
            fresh.replace(file)
    except OSError as error:
        raise CommandFailed(f"{error.filename}: {error.strerror}") from error


def _tell_issued(signer: Signer, files: dict[str, Path]) -> None:
    own = signer.certificate
    rows = Table.grid(padding=(0, 2))
    rows.add_column()
    rows.add_column(overflow="fold")
    rows.add_row(say("владелец", "owner"), own.subject_name)
    rows.add_row(say("алгоритм", "algorithm"), signer.algorithm.name)
    rows.add_row(say("срок", "dates"), f"{own.not_before:%d.%m.%Y %H:%M} – {own.not_after:%d.%m.%Y %H:%M} UTC")
    rows.add_row(say("номер", "serial"), f"{own.serial:x}")
    rows.add_row("SHA-256", own.fingerprint)
    words = {
        "pem": say("ключ и сертификат, PEM", "key and certificate, PEM"),
        "key.pem": say("закрытый ключ, PKCS#8 PEM", "private key, PKCS#8 PEM"),
        "key.der": say("он же, DER", "the same, DER"),
        "crt.pem": say("сертификат, PEM", "certificate, PEM"),
        "crt.der": say("он же, DER", "the same, DER"),
        "chain.pem": say("с издателями", "with its issuers"),
        "p12": "PKCS#12",
    }
    for ending, file in files.items():
        rows.add_row(words[ending], str(file))
    OUTPUT.print(rows)


application = typer.Typer(no_args_is_help=True)
for _name, _command, _text in (
    (
        "issue",
        issue,
        say("Выпустить участнику ключ и сертификат, записать в файлы.", "Issue a key and a certificate, into files."),
    ),
    ("revoke", revoke, say("Отозвать сертификат по номеру или все участника.", "Revoke one by serial, or all of one.")),
    ("list", list_all, say("Показать выпущенные и внесённые.", "List what was issued and brought in.")),
    (
        "import",
        bring_in,
        say("Внести собственный сертификат участника.", "Bring in a participant's own certificate."),
    ),
    (
        "export",
        export,
        say(
            "Отдать сертификат СМЭВ, УЦ или список отозванных.",
            "Give out the certificate of SMEV or CA, the CRL.",
        ),
    ),
):
    application.command(_name, help=_text)(_command)
