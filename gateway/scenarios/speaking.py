"""Steps in which a scripted participant speaks: send, take, answer, ack."""

from collections.abc import Awaitable
from typing import Any, Final

from gateway.client import FaultReceived, MessageType, NoAnswer, Outgoing, Rejection, RequestStatus
from gateway.domain.law_envelope import write_law_envelope
from gateway.domain.once_only.events import LawEnvelope
from gateway.exchange.cases import NoSuchCase
from gateway.protocol.faults import Explanation
from gateway.protocol.participant_replies import ProtocolError
from gateway.protocol.statuses import RejectCode
from gateway.scenarios import xpaths
from gateway.scenarios.chronicle import Arrived
from gateway.scenarios.contents import OFFERED, ContentProblem, kind_of
from gateway.scenarios.outcome import Checked
from gateway.scenarios.problems import Member
from gateway.scenarios.signing import Signature
from gateway.scenarios.stage import Named, Stage, StepFailed
from gateway.scenarios.steps import Ack, Answer, Said, Send, Take
from gateway.words import say
from gateway.xml import Element, XmlError, source

_TAKES: Final = {"request": "take_request", "answer": "take_response", "status": "take_status"}


async def send(stage: Stage, told: Send, member: Member) -> list[Checked]:
    """SendRequest."""
    client = stage.client(told.from_, told.version, Signature(told.signature))
    message_id = stage.said(told.message_id) if told.message_id else client.new_message_id()
    content, law = await _content_and_law(stage, told, member)
    options = Outgoing(
        reference_message_id=_filled(stage, told.reference),
        transaction_code=_filled(stage, told.transaction_code),
        node_id=_filled(stage, told.node_id),
        eol=None if told.life is None else stage.now + told.life,
        test_message=told.test,
        business_process_metadata=None if law is None else write_law_envelope(law),
    )
    files = _attachments(stage, told, member)
    sending = client.send_request(source(content), options, attachments=files, message_id=message_id)
    kind, _ = kind_of(stage.gateway.library, content)
    named = Named(message_id, message_id, kind="" if kind is None else kind.id)
    stage.call(told.as_, named)
    return await _called(stage, sending, told.fault, member, told.failure)


async def _content_and_law(stage: Stage, told: Send, member: Member) -> tuple[Element, LawEnvelope | None]:
    if told.content == OFFERED:
        return await _offered(stage, told, member)
    return _content(stage, told, member, "request"), _law(stage, told)


def _filled(stage: Stage, text: str | None) -> str | None:
    return None if text is None else stage.said(text)


def _content(stage: Stage, told: Said, member: Member, role: str, kind_id: str | None = None) -> Element:
    catalogue = stage.gateway.library.catalogue
    wanted = kind_id or getattr(told, "kind", None)
    try:
        return stage.contents.made(told, catalogue.by_id(wanted) if wanted else None, role)
    except ContentProblem as problem:
        raise _cannot(stage, problem, member) from problem


def _attachments(stage: Stage, told: Said, member: Member) -> list[Any]:
    try:
        return list(stage.contents.attachments(told))
    except ContentProblem as problem:
        raise _cannot(stage, problem, member) from problem


def _cannot(stage: Stage, problem: ContentProblem, member: Member) -> StepFailed:
    what = say("сообщение можно составить", "the message can be made")
    return StepFailed(Checked(what, False, stage.place(*member, *problem.member), what, str(problem)))


def case_number(stage: Stage, text: str) -> str:
    """Return the number of a case that a step names, or the text itself."""
    named = stage.named.get(text)
    return named.case if named is not None and named.case else stage.said(text)


def _law(stage: Stage, told: Send) -> LawEnvelope | None:
    if told.case is None and told.law is None:
        return None
    law: dict[str, Any] = (
        {} if told.law is None else {name: stage.said(text) for name, text in told.law.model_dump().items() if text}
    )
    return LawEnvelope(case_number="" if told.case is None else case_number(stage, told.case), **law)


async def _offered(stage: Stage, told: Send, member: Member) -> tuple[Element, LawEnvelope]:
    """Return what the gateway offers to send for a case instead of what it refused."""
    number = case_number(stage, told.case or "")
    try:
        whole = await stage.gateway.cases.whole(number)
    except NoSuchCase as refusal:
        raise StepFailed(Checked(number, False, stage.place(*member, "case"), number, refusal.found)) from refusal
    remedies = await stage.gateway.remedies.for_case(whole.case, [each.violation for each in whole.violations])
    fitting = [each for each in remedies if told.kind in (None, each.kind)]
    offered = next((each.offer for each in fitting if each.offer is not None), None)
    if offered is None:
        why = "; ".join(each.obstacle for each in fitting) or ", ".join(each.kind for each in remedies)
        what = say("предложение шлюза", "an offer of the gateway")
        raise StepFailed(
            Checked(what, False, stage.place(*member, "content"), told.kind or what, why or say("ничего", "nothing"))
        )
    return offered.content, offered.law


async def answer(stage: Stage, told: Answer, member: Member) -> list[Checked]:
    """SendResponse."""
    taken = stage.named_message(told.to, (*member, "to"))
    client = stage.client(taken.taken_by, told.version, Signature(told.signature))
    message_id = stage.said(told.message_id) if told.message_id else client.new_message_id()
    body = _body(stage, told, taken, member)
    files = _attachments(stage, told, member)
    sending = client.send_response(taken.reply_to or "", body, attachments=files, message_id=message_id)
    stage.call(told.as_, Named(message_id, taken.original, kind=taken.kind))
    return await _called(stage, sending, told.fault, member, told.failure)


def _body(stage: Stage, told: Answer, taken: Named, member: Member) -> bytes | list[Rejection] | RequestStatus:
    if told.reject is not None:
        return [Rejection(RejectCode(told.reject.code), stage.said(told.reject.text))]
    if told.status is not None:
        return RequestStatus(told.status.code, stage.said(told.status.text))
    return source(_content(stage, told, member, "response", taken.kind or None))


async def ack(stage: Stage, told: Ack, member: Member) -> list[Checked]:
    """Ack."""
    taken = stage.named_message(told.message, (*member, "message"))
    client = stage.client(taken.taken_by, signature=Signature(told.signature))
    acknowledging = client.ack(taken.message_id, accepted=told.accepted)
    return await _called(stage, acknowledging, told.fault, member, told.failure)


async def _called(
    stage: Stage, call: Awaitable[object], wanted: str | None, member: Member, failure: str | None = None
) -> list[Checked]:
    """Make a call; return what came of the fault that was expected, or fail for one that was not."""
    place = stage.place(*member, "fault") if wanted is not None else stage.place(*member)
    accepted = say("принято", "accepted")
    try:
        await call
    except (FaultReceived, ProtocolError, NoAnswer, OSError, XmlError) as error:
        found = error.name or str(error) if isinstance(error, FaultReceived) else str(error)
        await stage.settle()
        if wanted is not None and found == wanted:
            refused = Checked(say(f"отказ {found}", f"refused: {found}"), True, place)
            return [refused] if failure is None else [refused, _failure(stage, error, failure, member)]
        raise StepFailed(
            Checked(wanted or accepted, False, place, wanted or accepted, str(error), _explained(stage))
        ) from error
    if wanted is not None:
        raise StepFailed(Checked(say(f"отказ {wanted}", f"refused: {wanted}"), False, place, wanted, accepted))
    return []


def _failure(stage: Stage, error: Exception, wanted: str, member: Member) -> Checked:
    """Return whether the fault says of the signature what was expected."""
    found = error.failure if isinstance(error, FaultReceived) else ""
    hints = () if found == wanted else _explained(stage)
    return Checked(f"failure {wanted}", found == wanted, stage.place(*member, "failure"), wanted, found, hints)


def _explained(stage: Stage) -> tuple[str, ...]:
    last: list[Explanation] = [
        each.explanation for each in stage.chronicle.last_faults(1) if each.explanation is not None
    ]
    return tuple(map(str, last))


async def take(stage: Stage, told: Take, member: Member) -> list[Checked]:
    """GetRequest, GetResponse or GetStatus, until there is something or the time is over; then Ack."""

    async def look() -> Arrived | None:
        return await take_next(stage, told.at, told.message, told.kind, member)

    arrived = await stage.wait(told.within, look)
    place = stage.place(*member)
    if arrived is None:
        what = told.message or say("сообщение", "a message")
        expected = say(f"{what} в очереди {told.at}", f"{what} in the queue of {told.at}")
        raise StepFailed(Checked(expected, False, place, expected, say("очередь пуста", "the queue is empty")))
    if told.ack and needs_ack(stage, arrived):
        await _called(stage, stage.client(told.at).ack(arrived.entry.message_id), None, member)
    stage.claimed.add(arrived.delivery.seq)
    checks = fits(stage, told, arrived, member)
    return [*checks, *remembered(stage, told, arrived, member)]


def needs_ack(stage: Stage, arrived: Arrived) -> bool:
    """Tell whether a message waits for its Ack: a status does only where the settings say so."""
    return arrived.message != "status" or stage.gateway.settings.status_needs_ack


def fits(stage: Stage, told: Take, arrived: Arrived, member: Member) -> list[Checked]:
    """Return what does not fit in a message that was taken: on the wire only its kind can be asked for."""
    wrong = []
    if told.from_ is not None and arrived.entry.counterpart != told.from_:
        wrong.append(
            Checked(f"from {told.from_}", False, stage.place(*member, "from"), told.from_, arrived.entry.counterpart)
        )
    if told.to is not None:
        wanted = stage.named_message(told.to, (*member, "to")).original
        if arrived.entry.original_message_id != wanted:
            wrong.append(
                Checked(f"to {told.to}", False, stage.place(*member, "to"), f"{told.to} ({wanted})", str(arrived))
            )
    return wrong


def remembered(stage: Stage, told: Any, arrived: Arrived, member: Member) -> list[Checked]:
    """Assert, keep and name a message."""
    checks = [
        done
        for number, check in enumerate(told.assert_)
        for done in stage.assertions.checked(check, arrived, stage.place(*member, "assert", number))
    ]
    for name, expression in told.keep.items():
        content = arrived.content
        nodes = [] if content is None else xpaths.found(content, stage.said(expression), stage.read.scenario.namespaces)
        if not nodes:
            place = stage.place(*member, "keep", name)
            checks.append(Checked(f"{name} = {expression}", False, place, expression, say("ничего", "nothing")))
        stage.values[name] = xpaths.text_of(nodes[0]) if nodes else ""
    stage.call_arrived(told.as_, arrived)
    return checks


async def take_next(
    stage: Stage, mnemonic: str, message: str | None, kind_id: str | None, member: Member
) -> Arrived | None:
    """Take the next message of a scripted participant; None when there is none."""
    client = stage.client(mnemonic)
    kind = stage.gateway.library.catalogue.by_id(kind_id) if kind_id else None
    for word in (message,) if message else _TAKES:
        selector: MessageType | None = None
        if kind is not None and word != "status":
            selector = kind.request if word == "request" else kind.response
        try:
            if word == "status":
                received: Any = await client.take_status()
            else:
                received = await getattr(client, _TAKES[word])(selector)
        except (FaultReceived, ProtocolError, NoAnswer) as error:
            expected = say("сообщение", "a message")
            await stage.settle()
            raise StepFailed(
                Checked(expected, False, stage.place(*member), expected, str(error), _explained(stage))
            ) from error
        if received is not None:
            return await _delivered(stage, mnemonic, received)
    return None


async def _delivered(stage: Stage, mnemonic: str, received: Any) -> Arrived:
    await stage.chronicle.read_on()
    arrived = list(stage.chronicle.arrived(mnemonic))[-1]
    if getattr(received, "reply_to", None):
        stage.reply_to[arrived.entry.message_id] = received.reply_to
    return arrived
