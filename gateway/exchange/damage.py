"""Content damaged on its way out, as a hit of a rule has drawn it: the same hit damages the same place."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from gateway.domain.breakages import Breakage, Damage
from gateway.domain.disruptions import Hit
from gateway.protocol.messages import Attachment, DeliveredRequest, DeliveredResponse
from gateway.words import say
from gateway.xml import Element, name_of, parse, path_of, source

_CONTENT: Final = "{*}MessagePrimaryContent"


def damaged_request(message: DeliveredRequest, hit: Hit) -> DeliveredRequest:
    """Return the request as the provider gets it."""
    if hit.rule.does is Breakage.GARBLED:
        return replace(message, source=garble(message.source, hit)[0])
    if hit.rule.does is Breakage.WRONG_ID:
        metadata = message.metadata
        return replace(message, metadata=replace(metadata, message_id=other_id(metadata.message_id, hit)))
    if hit.rule.does is Breakage.TAMPERED_ATTACHMENT:
        return replace(message, attachments=tamper(message.attachments, hit)[0])
    return message


def damaged_response(message: DeliveredResponse, hit: Hit) -> DeliveredResponse:
    """Return the response as the consumer gets it."""
    if hit.rule.does is Breakage.GARBLED:
        return replace(message, source=garble(message.source, hit)[0])
    if hit.rule.does is Breakage.WRONG_ID:
        return replace(message, original_message_id=other_id(message.original_message_id, hit))
    if hit.rule.does is Breakage.TAMPERED_ATTACHMENT:
        return replace(message, attachments=tamper(message.attachments, hit)[0])
    return message


def garble(stored: bytes, hit: Hit) -> tuple[bytes, str]:
    """Return what the sender wrote with its content damaged, and what was done, for people.

    An answer without content (a rejection, a status) is damaged as a whole.
    """
    damage = hit.rule.damage or tuple(Damage)[hit.below(len(Damage), "damage")]
    return _DAMAGES[damage](stored, hit)


def other_id(true: str, hit: Hit) -> str:
    """Return a MessageID that looks like `true` and is another one."""
    digits = f"{hit.below(16**12, 'id'):012x}"
    if true.endswith(digits):
        digits = digits[1:] + format(15 - int(digits[0], 16), "x")
    return true[:-12] + digits if len(true) >= 12 else digits


def tamper(attachments: tuple[Attachment, ...], hit: Hit) -> tuple[tuple[Attachment, ...], str]:
    """Return the attachments with another byte in one that has any, and what was done, for people."""
    filled = [number for number, attachment in enumerate(attachments) if attachment.content]
    chosen = filled[hit.below(len(filled), "attachment")]
    attachment = attachments[chosen]
    place = hit.below(len(attachment.content), "place")
    other = attachment.content[place] ^ (1 + hit.below(0xFF, "byte"))
    content = attachment.content[:place] + bytes((other,)) + attachment.content[place + 1 :]
    name = attachment.content_id
    told = say(
        f"вложение {name}, байт {place}: {other:#04x} вместо {attachment.content[place]:#04x}",
        f"attachment {name}, byte {place}: {other:#04x} instead of {attachment.content[place]:#04x}",
    )
    tampered = Attachment(name, content)
    return (*attachments[:chosen], tampered, *attachments[chosen + 1 :]), told


def _cut_text(stored: bytes, hit: Hit) -> tuple[bytes, str]:
    root, content = _opened(stored)
    places: list[tuple[Element, str | None, str]] = []
    for element in content.iter("*"):
        places += [(element, str(name), str(text)) for name, text in element.attrib.items() if len(text) > 1]
        if len((element.text or "").strip()) > 1:
            places.append((element, None, (element.text or "").strip()))
    if not places:
        return _rename(stored, hit)
    element, attribute, text = places[hit.below(len(places), "place")]
    shorter = text[: len(text) // 2]
    where = path_of(element)
    if attribute is None:
        element.text = shorter
    else:
        element.set(attribute, shorter)
        where += f"/@{attribute.rpartition('}')[2]}"
    return source(root), say(
        f"{where}: из {len(text)} знаков осталось {len(shorter)}",
        f"{where}: of {len(text)} characters {len(shorter)} are left",
    )


def _rename(stored: bytes, hit: Hit) -> tuple[bytes, str]:
    root, content = _opened(stored)
    elements = list(content.iter("*"))
    chosen = elements[hit.below(len(elements), "place")]
    where, (namespace, local) = path_of(chosen), name_of(chosen)
    renamed = local + local[-1]
    chosen.tag = f"{{{namespace}}}{renamed}" if namespace else renamed
    return source(root), say(f"{where}: элемент назван {renamed}", f"{where}: the element is called {renamed}")


def _break_xml(stored: bytes, hit: Hit) -> tuple[bytes, str]:
    pieces = stored.split(b"</")
    place = 1 + hit.below(len(pieces) - 1, "place")
    broken = b"</".join(pieces[:place]) + b"<" + b"</".join(pieces[place:])
    at = len(b"</".join(pieces[:place]))
    return broken, say(
        f"байт {at}: у закрывающего тега нет косой черты, это не XML",
        f"byte {at}: a closing tag without its slash, no XML",
    )


def _opened(stored: bytes) -> tuple[Element, Element]:
    root = parse(stored)
    holder = root.find(_CONTENT)
    content = root if holder is None else next(iter(holder.iterchildren("*")), root)
    return root, content


_DAMAGES: Final[dict[Damage, Callable[[bytes, Hit], tuple[bytes, str]]]] = {
    Damage.TEXT: _cut_text,
    Damage.SCHEMA: _rename,
    Damage.XML: _break_xml,
}
