"""Every signature of a message: what it is over, whether it holds, and why not."""

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from gateway import ns
from gateway.signature import cms, xmldsig
from gateway.signature.certificates import BadCertificate, Certificate
from gateway.signature.cms import CmsProblem
from gateway.signature.diagnosis import causes
from gateway.signature.diagnosis.case import Case, TriedEnough, decoded
from gateway.signature.diagnosis.certificate_causes import of_standing
from gateway.signature.diagnosis.file_causes import FileCase
from gateway.signature.diagnosis.findings import (
    Cause,
    Diagnosis,
    Judge,
    Kind,
    Problem,
    SignatureFound,
    Step,
    Verdict,
)
from gateway.signature.diagnosis.places import Place, places
from gateway.signature.parts import SignatureFailure
from gateway.signature.transform import Escaping
from gateway.signature.trust import Standing
from gateway.signature.xmldsig import SignatureProblem, Verified
from gateway.values import value
from gateway.words import say
from gateway.xml import Element, name_of, path_of

MOST_SIGNATURES: Final = 40
"""Of a message that are looked into; real ones have four and a file's or two."""

Subject = TypeVar("Subject", Case, FileCase)


@value
class Message:
    """What is to be diagnosed: `root` with XOP inlined, and as it was sent where there was XOP in it.

    `document` are the bytes as they came; `files` are contents of files that are not in the XML, by contentId or uuid.
    """

    root: Element
    as_sent: Element | None
    document: bytes
    files: Mapping[str, bytes]


def diagnose(message: Message, judge: Judge | None = None) -> Diagnosis:
    """Look into every signature of a message. `judge` says what a certificate is worth; without it nobody does.

    Never raises, whatever the message: what cannot be read is what is wrong with it.
    """
    found = list(places(message.root))
    certificates = _certificates([place.signature for place in found[:MOST_SIGNATURES]])
    signatures = [_of_element(place, message, certificates, judge) for place in found[:MOST_SIGNATURES]]
    files = list(_files(message.root))
    signatures += [_of_file(holder, message, judge) for holder in files[:MOST_SIGNATURES]]
    left_out = sum(max(0, len(each) - MOST_SIGNATURES) for each in (found, files))
    return Diagnosis(tuple(signatures), left_out)


# --- elements --------------------------------------------------------------------------------------------------------


def _of_element(
    place: Place, message: Message, certificates: tuple[Certificate, ...], judge: Judge | None
) -> SignatureFound:
    as_sent = None if place.target is None else _twin(place.target, message)
    case = Case(place.signature, place.target, as_sent, message.document, certificates)
    verified, problem = _verified(case)
    told = () if verified is not None else tuple(_why(case))
    standing = None if judge is None or case.certificate is None else judge(case.certificate)
    distrust = None if standing is None else of_standing(standing)
    if distrust is not None:
        told = (*told, distrust)
    notes = tuple(note for each in causes.NOTES if (note := each(case)) is not None)
    if verified is not None and verified.escaping is Escaping.JDK:
        notes = (_by_jdk(), *notes)
    octets = case.required if verified is None else verified.octets
    info = case.signed_info
    return SignatureFound(
        kind=place.kind,
        where=path_of(place.signature),
        line=place.signature.sourceline or 0,
        target="" if place.target is None else path_of(place.target),
        identifier=case.identifier,
        algorithm=case.algorithm.name,
        certificate=case.certificate,
        standing=standing,
        digest_expected=None if octets is None else case.algorithm.digest(octets),
        digest_found=case.digest_value,
        value_fits=None if info is None or case.certificate is None else _value_fits(case, info),
        verdict=_verdict(place, verified),
        problem=problem,
        causes=told,
        notes=notes,
        steps=tuple(_steps(case, verified)),
    )


def _verdict(place: Place, verified: Verified | None) -> Verdict:
    if verified is not None:
        return Verdict.HOLDS
    return Verdict.NOT_JUDGED if place.target is None and place.kind is Kind.OTHER else Verdict.BROKEN


def _verified(case: Case) -> tuple[Verified | None, Problem | None]:
    """Ask who asks at the gateway's door: the verdict is the same here and there."""
    if case.target is None:
        return None, Problem(
            SignatureFailure.INCORRECT_SIGNATURE_TARGET.value,
            say("элемент, который подписывают в этом месте", "the element that is signed in this place"),
            say("его нет", "it is not there"),
            path_of(case.signature),
            say("дайте сообщение целиком", "give the whole message"),
        )
    try:
        return xmldsig.verify(case.signature, case.target), None
    except SignatureProblem as problem:
        case.hashed = problem.hashed
        return None, Problem(problem.failure.value, problem.expected, problem.found, problem.where, problem.advice)


def _why(case: Case) -> Iterator[Cause]:
    for each in causes.OF_THE_SHAPE:
        cause = each(case)
        if cause is not None:
            yield cause
    if not len(case.signature):
        return
    required, info = case.required, case.signed_info
    fits = required is not None and case.digest_value == case.algorithm.digest(required)
    if not fits and case.digest_value is not None:
        yield from first(causes.OF_THE_DIGEST, case)
    if info is not None and case.value is not None and not _value_fits(case, info):
        yield from first(causes.OF_THE_VALUE, case)


def first(listed: Sequence[Callable[[Subject], Cause | None]], case: Subject) -> Iterator[Cause]:
    """Yield the first cause that applies; what is left, the last of the list, when enough was tried."""
    for each in listed:
        try:
            cause = each(case)
        except TriedEnough:
            cause = listed[-1](case)
        if cause is not None:
            yield cause
            return


def _value_fits(case: Case, info: bytes) -> bool:
    try:
        return case.value_fits(case.algorithm.digest(info))
    except TriedEnough:
        return False


def _by_jdk() -> Cause:
    return Cause(
        "jdk-escaping",
        say("дайджест сошёлся только с экранированием JDK", "only the JDK's escaping gives the digest"),
        say(
            "подписано встроенным StAX Java, а у СМЭВ Woodstox: «>», CR и пробелы у сущностей они пишут по-разному",
            "the signer wrote by Java's own StAX, SMEV by Woodstox: “>”, CR, blanks beside entities differ",
        ),
        say("подключите Woodstox (com.fasterxml.woodstox:woodstox-core)", "put Woodstox on the class path"),
    )


def _steps(case: Case, verified: Verified | None) -> Iterator[Step]:
    as_sent = next(case.both(case.as_sent), None)
    octets = case.required if verified is None else verified.octets
    by_jdk = None if verified is not None else case.required_by_jdk
    steps = (
        ("0-as-sent", say("как отправлено, с xop:Include (не подписывается)", "as sent, with xop:Include"), as_sent),
        ("1-c14n", say("exclusive C14N элемента", "exclusive C14N of the element"), case.canonical),
        ("2-transform", say("после преобразования СМЭВ: это хешируется", "after SMEV's transform: is hashed"), octets),
        (
            "2-transform-jdk",
            say("то же с экранированием JDK", "the same with the JDK's escaping"),
            None if by_jdk == octets else by_jdk,
        ),
        (
            "3-signed-info",
            say("exclusive C14N SignedInfo: это подписывается", "exclusive C14N of SignedInfo: is signed"),
            case.signed_info,
        ),
    )
    return (Step(name, what, octets) for name, what, octets in steps if octets is not None)


def _twin(target: Element, message: Message) -> Element | None:
    """Return the same element of the message as it was sent, None where it has no XOP in it."""
    if message.as_sent is None:
        return None
    position: list[int] = []
    node, parent = target, target.getparent()
    while parent is not None:
        position.append(parent.index(node))
        node, parent = parent, parent.getparent()
    found = message.as_sent
    for at in reversed(position):
        if at >= len(found):
            return None
        found = found[at]
    return found if next(found.iter(f"{{{ns.XOP}}}Include"), None) is not None else None


def _certificates(signatures: list[Element]) -> tuple[Certificate, ...]:
    found: list[Certificate] = []
    for signature in signatures:
        for element in signature.iter(f"{{{ns.XMLDSIG}}}X509Certificate"):
            try:
                certificate = Certificate.from_bytes("".join("".join(element.itertext()).split()).encode())
            except (BadCertificate, ValueError):
                continue
            if certificate not in found:
                found.append(certificate)
    return tuple(found)


# --- files -----------------------------------------------------------------------------------------------------------

_HEADERS: Final = frozenset({"AttachmentHeader", "RefAttachmentHeader"})


def _files(root: Element) -> Iterator[Element]:
    for element in root.iter("{*}SignaturePKCS7"):
        holder = element.getparent()
        if holder is not None and name_of(holder)[1] in _HEADERS:
            yield element


def _of_file(element: Element, message: Message, judge: Judge | None) -> SignatureFound:
    header = element.getparent()
    assert header is not None  # noqa: S101 - of _files
    name = next(
        ((each.text or "").strip() for each in header.iterchildren("*") if name_of(each)[1] in {"contentId", "uuid"}),
        "",
    )
    der = decoded("".join(element.itertext())) or b""
    return of_cms(der, _content(name, message), path_of(element), element.sourceline or 0, name, judge)


def of_cms(  # noqa: PLR0913, PLR0917 - where it stands, and what it is over
    der: bytes, content: bytes | None, where: str, line: int, name: str, judge: Judge | None
) -> SignatureFound:
    """Look into a CMS; `content` is None where the file is not at hand."""
    problem: CmsProblem | None = None
    certificate, standing, found = None, None, None
    try:
        found = cms.contents_of(der)
        certificate = found.certificate
        cms.verify(der, content)
    except CmsProblem as error:
        problem = error
    if certificate is not None and judge is not None:
        standing = judge(certificate)
    at_hand = content is not None or (found is not None and found.embedded is not None)
    told: tuple[Cause, ...] = ()
    if problem is not None and (at_hand or found is None):
        told = tuple(first(causes.OF_A_FILE, FileCase(der, content, problem)))
    distrust = None if standing is None else of_standing(standing)
    verdict = Verdict.HOLDS if problem is None else Verdict.BROKEN if at_hand or found is None else Verdict.NOT_JUDGED
    return SignatureFound(
        kind=Kind.FILE,
        where=where,
        line=line,
        target=name,
        identifier=name,
        algorithm="" if found is None else found.algorithm.name,
        certificate=certificate,
        standing=standing,
        digest_expected=None if found is None or content is None else found.algorithm.digest(content),
        digest_found=None if found is None else found.message_digest or None,
        value_fits=None,
        verdict=verdict,
        problem=None
        if problem is None
        else Problem(problem.failure.value, problem.expected, problem.found, where, problem.advice),
        causes=told if distrust is None else (*told, distrust),
        notes=(),
        steps=(),
    )


def _content(name: str, message: Message) -> bytes | None:
    if name in message.files:
        return message.files[name]
    for element in message.root.iter("{*}AttachmentContent"):
        content = {name_of(each)[1]: "".join(each.itertext()) for each in element.iterchildren("*")}
        if content.get("Id", "").strip() == name:
            try:
                return base64.b64decode("".join(content.get("Content", "").split()), validate=True)
            except ValueError:
                return None
    return None


def standing_in_words(standing: Standing | None) -> str:
    """Say what a certificate is worth."""
    return say("не проверялся", "not judged") if standing is None else standing.why
