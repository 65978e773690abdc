"""Everything that can be said of a message that somebody brings: its signatures, its schemas, the fault it is."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from gateway.exchange.examination import faults_in_words
from gateway.exchange.examination.faults_in_words import FaultExplained
from gateway.exchange.examination.reading import Opened, Unreadable, open_bytes
from gateway.exchange.examination.schemas import SchemaFailure, failures, of_content
from gateway.library import Library
from gateway.library.wire_schema import WireSchemas
from gateway.protocol.messages import MessageType
from gateway.protocol.participant_replies import FaultReceived, ProtocolError, fault_of
from gateway.signature.certificates import Certificate
from gateway.signature.diagnosis import Cause, Diagnosis, Judge, Message, SignatureFound, Step, diagnose, of_cms
from gateway.values import value
from gateway.words import say
from gateway.xml import Element, name_of

_SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_LARGEST_STEP: Final = 1024 * 1024
"""Octets of a step that a JSON document carries; longer ones only have their length there."""


@value
class Examination:
    """What was found. `subject` is what the message is; `explained_at` where its gateway has explained this answer."""

    subject: str
    diagnosis: Diagnosis
    failures: tuple[SchemaFailure, ...]
    fault: FaultExplained | None
    explained_at: str
    notes: tuple[str, ...]
    trust_judged: bool

    @property
    def is_good(self) -> bool:
        """Whether nothing was found to be wrong."""
        return self.diagnosis.is_good and not self.failures and self.fault is None

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "subject": self.subject,
            "isGood": self.is_good,
            "trustJudged": self.trust_judged,
            "signatures": [_signature(each) for each in self.diagnosis.signatures],
            "signaturesLeftOut": self.diagnosis.left_out,
            "schemaFailures": [_failure(each) for each in self.failures],
            "fault": None if self.fault is None else _fault(self.fault),
            "explainedAt": self.explained_at or None,
            "notes": list(self.notes),
        }

    def steps(self) -> Iterator[tuple[str, Step]]:
        """Yield each step of each signature with a name of a file that no other has."""
        for number, signature in enumerate(self.diagnosis.signatures, 1):
            for step in signature.steps:
                yield f"{number}-{signature.kind.value}-{step.name}.xml", step


class Examiner:
    """Examines messages with the schemas that are known here, and trusts certificates as `judge` says."""

    def __init__(self, library: Library, wire: WireSchemas, judge: Judge | None = None) -> None:
        self._library, self._wire, self._judge = library, wire, judge

    def examine(self, body: bytes, content_type: str = "", content: bytes | None = None) -> Examination:
        """Examine bytes; `content` is the file that a CMS is over, where the bytes are one.

        Raises: Unreadable.
        """
        return self.examine_opened(open_bytes(body, content_type), content)

    def examine_opened(self, opened: Opened, content: bytes | None = None) -> Examination:
        """Examine what has been opened."""
        judged = self._judge is not None
        if opened.root is None:
            found = of_cms(opened.cms or b"", content, "SignaturePKCS7", 1, "", self._judge)
            return Examination("CMS (SignaturePKCS7)", Diagnosis((found,)), (), None, "", (), judged)
        message = Message(opened.root, opened.as_sent, opened.document, opened.parts)
        diagnosis = diagnose(message, self._judge)
        child = _inside(opened.root)
        fault = _fault_in(child)
        broken = () if fault is not None else tuple(self._failures(child))
        return Examination(_subject(child), diagnosis, broken, fault, opened.explained_at, opened.notes, judged)

    def _failures(self, child: Element) -> Iterator[SchemaFailure]:
        yield from failures(child, self._wire, self._library)
        if (
            child.getparent() is None
            and "message-exchange" not in name_of(child)[0]
            and _is_known(child, self._library)
        ):
            yield from of_content(child, self._library)


def _inside(root: Element) -> Element:
    """Return the child of an envelope's Body; what is no envelope is itself."""
    if root.tag != f"{{{_SOAP}}}Envelope":
        return root
    body = root.find(f"{{{_SOAP}}}Body")
    child = None if body is None else next(body.iterchildren("*"), None)
    return root if child is None else child


def _fault_in(child: Element) -> FaultExplained | None:
    if child.tag != f"{{{_SOAP}}}Fault":
        return None
    try:
        return faults_in_words.explained(fault_of(child))
    except ProtocolError:
        return faults_in_words.explained(FaultReceived("", "", child.findtext("faultstring") or "", b""))


def _subject(child: Element) -> str:
    namespace, local = name_of(child)
    return f"{local} ({namespace})" if namespace else local


def _is_known(child: Element, library: Library) -> bool:
    root = MessageType.of(child)
    return library.catalogue.by_request(root) is not None or library.catalogue.by_response(root) is not None


# --- JSON ------------------------------------------------------------------------------------------------------------


def _signature(found: SignatureFound) -> dict[str, Any]:
    problem = found.problem
    return {
        "kind": found.kind.value,
        "where": found.where,
        "line": found.line,
        "over": found.target,
        "id": found.identifier,
        "verdict": found.verdict.value,
        "isGood": found.is_good,
        "algorithm": found.algorithm,
        "digestExpected": _octets(found.digest_expected),
        "digestFound": _octets(found.digest_found),
        "signatureValueFits": found.value_fits,
        "certificate": None if found.certificate is None else _certificate(found.certificate, found),
        "problem": None
        if problem is None
        else {
            "failure": problem.failure,
            "expected": problem.expected,
            "found": problem.found,
            "where": problem.where,
            "advice": problem.advice,
        },
        "causes": _causes(found.causes),
        "notes": _causes(found.notes),
        "steps": [
            {
                "name": step.name,
                "what": step.what,
                "length": len(step.octets),
                "octets": _octets(step.octets) if len(step.octets) <= _LARGEST_STEP else None,
            }
            for step in found.steps
        ],
    }


def _certificate(certificate: Certificate, found: SignatureFound) -> dict[str, Any]:
    standing = found.standing
    return {
        "subject": certificate.subject_name,
        "issuer": certificate.issuer_name,
        "mnemonic": certificate.mnemonic,
        "serial": f"{certificate.serial:x}",
        "fingerprint": certificate.fingerprint,
        "notBefore": certificate.not_before.isoformat(),
        "notAfter": certificate.not_after.isoformat(),
        "state": None if standing is None else standing.state.value,
        "why": None if standing is None else standing.why,
        "chain": [] if standing is None else [each.subject_name for each in standing.chain],
    }


def _causes(causes: Sequence[Cause]) -> list[Mapping[str, Any]]:
    return [
        {
            "code": cause.code,
            "title": cause.title,
            "explanation": cause.explanation,
            "advice": cause.advice,
            "isCertain": cause.is_certain,
            "difference": None
            if cause.difference is None
            else {
                "offset": cause.difference.offset,
                "required": cause.difference.required.decode("utf-8", "replace"),
                "signed": cause.difference.signed.decode("utf-8", "replace"),
            },
        }
        for cause in causes
    ]


def _failure(failure: SchemaFailure) -> dict[str, Any]:
    violation, piece = failure.violation, failure.piece
    return {
        "schema": failure.schema,
        "path": violation.path,
        "line": violation.line,
        "expected": violation.expected,
        "found": violation.found,
        "message": violation.message,
        "piece": None if piece is None else {"file": piece.file, "line": piece.line, "text": piece.text},
    }


def _fault(fault: FaultExplained) -> dict[str, Any]:
    return {
        "name": fault.name,
        "code": fault.code,
        "description": fault.description,
        "failure": fault.failure or None,
        "meaning": fault.meaning,
        "advice": fault.advice,
        "detail": fault.detail,
    }


def _octets(octets: bytes | None) -> str | None:
    return None if octets is None else base64.b64encode(octets).decode()


def unreadable_told(error: Unreadable) -> str:
    """Say that a message cannot be read."""
    return say(f"сообщение не читается: {error}", f"the message cannot be read: {error}")
