"""What is wrong with a signature before anything is computed: its parts, its Reference, its algorithms."""

from typing import Final

from gateway.signature import algorithms, transform
from gateway.signature.certificates import BadCertificate, Certificate
from gateway.signature.diagnosis.case import Case, decoded
from gateway.signature.diagnosis.findings import Cause
from gateway.signature.diagnosis.places import with_id
from gateway.signature.parts import IDS
from gateway.words import say
from gateway.xml import path_of

_FOREIGN: Final = ("ecdsa", "rsa", "dsa", "hmac")


def nothing_in_it(case: Case) -> Cause | None:
    """An empty ds:Signature."""
    if len(case.signature):
        return None
    return Cause(
        "empty-signature",
        say("ds:Signature пуст", "ds:Signature is empty"),
        say("в нём нет ни SignedInfo, ни значения", "it has neither SignedInfo nor a value"),
        say("подпишите элемент или уберите блок подписи", "sign the element, or leave the block out"),
    )


def other_algorithm_than_gost(case: Case) -> Cause | None:
    """RSA, ECDSA, or a name that is nobody's."""
    method = case.method("SignatureMethod")
    if not method or algorithms.by_signature_uri(method) is not None:
        return None
    name = next((each.upper() for each in _FOREIGN if each in method.lower()), method)
    return Cause(
        "not-gost",
        say(f"подписано не по ГОСТ: {name}", f"not signed by GOST: {name}"),
        say(f"SignatureMethod называет {method}", f"SignatureMethod names {method}"),
        say(
            f"СМЭВ принимает {algorithms.GOST2012_256.signature_uri}",
            f"SMEV takes {algorithms.GOST2012_256.signature_uri}",
        ),
    )


def key_of_another_kind(case: Case) -> Cause | None:
    """The certificate's key is not of GOST, or of another length than the algorithm."""
    if case.certificate is None:
        return None
    try:
        own = case.certificate.algorithm
        _ = case.certificate.public_key
    except BadCertificate as error:
        return Cause(
            "key-not-gost",
            say("ключ сертификата не годится", "the key of the certificate is of no use"),
            str(error),
            say("нужен ключ ГОСТ Р 34.10-2012: mock-smev certs issue", "a key of GOST R 34.10-2012 is needed"),
        )
    named = algorithms.by_signature_uri(case.method("SignatureMethod"))
    if named is None or named is own:
        return None
    return Cause(
        "key-of-other-length",
        say("алгоритм не тот, что у ключа", "the algorithm is not that of the key"),
        say(
            f"SignatureMethod — {named.name}, ключ сертификата — {own.name}",
            f"SignatureMethod is {named.name}, the certificate's key {own.name}",
        ),
        say("назовите алгоритм своего ключа", "name the algorithm of your key"),
    )


def digest_of_another_pair(case: Case) -> Cause | None:
    """DigestMethod does not go with SignatureMethod."""
    signature = algorithms.by_signature_uri(case.method("SignatureMethod"))
    method = case.method("DigestMethod")
    if signature is None or not method or algorithms.by_digest_uri(method) is signature:
        return None
    return Cause(
        "digest-method",
        say("DigestMethod не из той пары", "DigestMethod does not go with SignatureMethod"),
        say(f"DigestMethod называет {method}", f"DigestMethod names {method}"),
        say(f"с этой подписью идёт {signature.digest_uri}", f"with this signature goes {signature.digest_uri}"),
    )


def no_certificate(case: Case) -> Cause | None:
    """KeyInfo has no certificate, or one that cannot be read."""
    text = case.text("X509Certificate").strip()
    if case.certificate is not None or not len(case.signature):
        return None
    if not text:
        why = say("в KeyInfo нет X509Data/X509Certificate", "KeyInfo has no X509Data/X509Certificate")
    else:
        try:
            Certificate.from_bytes("".join(text.split()).encode())
            why = ""
        except ValueError as error:
            why = str(error)
    return Cause(
        "no-certificate",
        say("нет сертификата", "there is no certificate"),
        why,
        say("вложите сертификат подписавшего: base64 от DER", "put in the signer's certificate: base64 of DER"),
    )


def not_base64(case: Case) -> Cause | None:
    """DigestValue or SignatureValue cannot be read, or has another length."""
    if not len(case.signature):
        return None
    size = case.algorithm.size
    for name, length in (("DigestValue", size), ("SignatureValue", 2 * size)):
        text = case.text(name)
        value = decoded(text)
        if value is not None and len(value) == length:
            continue
        if value is None:
            found = (
                say("пусто", "nothing")
                if not text.strip()
                else say("не base64", "no base64") + f": {text.strip()[:40]!r}"
            )
        else:
            found = say(f"{len(value)} байт", f"{len(value)} bytes")
        return Cause(
            "bad-value",
            say(f"{name} испорчен", f"{name} is damaged"),
            say(
                f"ожидалось {length} байт в base64, найдено: {found}",
                f"expected {length} bytes in base64, found: {found}",
            ),
            say(
                "проверьте, не обрезано ли значение и чем оно записано", "see whether it was cut off, and what wrote it"
            ),
        )
    return None


def transforms_differ(case: Case) -> Cause | None:
    """The list of transforms is not SMEV's two."""
    reference = case.element("Transforms")
    found = [] if reference is None else [each.get("Algorithm", "")[:200] for each in reference.iterchildren("*")][:10]
    if transform.ALGORITHM in found or not len(case.signature):
        return None
    listed = ", ".join(found) or say("ничего", "nothing")
    return Cause(
        "transforms",
        say("в Transforms нет преобразования СМЭВ", "Transforms lack SMEV's"),
        say(f"найдено: {listed}", f"found: {listed}"),
        say(
            f"нужны два, в этом порядке: http://www.w3.org/2001/10/xml-exc-c14n# и {transform.ALGORITHM}",
            f"two are needed, in this order: http://www.w3.org/2001/10/xml-exc-c14n# and {transform.ALGORITHM}",
        ),
    )


def reference_leads_elsewhere(case: Case) -> Cause | None:
    """The Reference names no element, several, or another one."""
    if not len(case.signature) or case.target is None:
        return None
    own = [found for name in IDS if (found := case.target.get(name))]
    named = with_id(case.signature, case.identifier) if case.identifier else []
    if case.identifier in own and len(named) == 1:
        return None
    asked = path_of(case.target)
    if len(named) > 1:
        places = ", ".join(path_of(each) for each in named[:5])
        title = say(
            f"Id «{case.identifier}» стоит у нескольких элементов", f"several elements have Id “{case.identifier}”"
        )
        found = say(f"это {places}", f"they are {places}")
    elif named:
        title = say("подписан другой элемент", "another element was signed")
        found = say(
            f"Reference указывает на {path_of(named[0])}, а подписать надо {asked}",
            f"the Reference names {path_of(named[0])}; what has to be signed is {asked}",
        )
    else:
        title = say("Reference никуда не ведёт", "the Reference leads nowhere")
        found = say(
            f"URI называет «{case.identifier}», такого Id в сообщении нет; у {asked} Id — {own[0] if own else 'нет'}",
            f"the URI names “{case.identifier}”, an Id that is not there; {asked} has {own[0] if own else 'none'}",
        )
    return Cause(
        "reference",
        title,
        found,
        say(
            f"дайте {asked} единственный Id и укажите его в Reference URI",
            f"give {asked} an Id that nobody else has, and name it in the Reference",
        ),
    )


# --- what holds here and is known to fail elsewhere -----------------------------------------------------------------


def carriage_returns_in_base64(case: Case) -> Cause | None:
    """`&#13;` in the values: old Santuario on Windows (spec §9)."""
    names = [name for name in ("DigestValue", "SignatureValue", "X509Certificate") if "\r" in case.text(name)]
    if not names:
        return None
    listed = ", ".join(names)
    return Cause(
        "carriage-return",
        say("в base64 стоит &#13;", "there is &#13; in base64"),
        say(
            f"{listed}: так пишет старый Santuario под Windows; настоящая СМЭВ такие подписи отклоняет",
            f"{listed}: so does an old Santuario on Windows write; the real SMEV refuses such signatures",
        ),
        say(
            "запускайте Java с -Dorg.apache.xml.security.ignoreLineBreaks=true",
            "start Java with -Dorg.apache.xml.security.ignoreLineBreaks=true",
        ),
    )
