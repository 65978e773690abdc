"""Where a message breaks its schemas, with the piece of schema that says so."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from gateway import ns, xml
from gateway.library import Library
from gateway.library.kind_file import KindError
from gateway.library.violations import SchemaViolation
from gateway.library.wire_schema import WireSchemas
from gateway.ns import SMEV3_BY_TYPES
from gateway.protocol.messages import MessageType
from gateway.values import value
from gateway.xml import Element, name_of, parse, source

_DECLARATIONS: Final = tuple(f"{{{ns.XSD}}}{name}" for name in ("element", "attribute"))
_TYPES: Final = tuple(f"{{{ns.XSD}}}{name}" for name in ("simpleType", "complexType"))
_MOST_LINES: Final = 12
_MOST_FILES: Final = 50


@value
class Piece:
    """A piece of a schema as it stands in `file`, beginning at `line`."""

    file: str
    line: int
    text: str


@value
class SchemaFailure:
    """One place that breaks a schema: `schema` is "message-exchange 1.2" or the id of a data kind."""

    schema: str
    violation: SchemaViolation
    piece: Piece | None


def failures(body_child: Element, wire: WireSchemas, library: Library) -> Iterator[SchemaFailure]:
    """Yield how a call or a reply breaks the schema of message-exchange, and its contents those of their kinds."""
    smev = SMEV3_BY_TYPES.get(name_of(body_child)[0])
    if smev is not None:
        call = parse(source(body_child))  # a document of its own, from which files may be taken
        for listed in call.findall(f"{{{smev.basic}}}AttachmentContentList"):
            call.remove(listed)
        main = wire.folder(smev.version)
        for violation in wire.failures(call, smev):
            yield SchemaFailure(f"message-exchange {smev.version}", violation, _piece(main, violation.path))
    for holder in body_child.iter("{*}MessagePrimaryContent"):
        for content in holder.iterchildren("*"):
            yield from of_content(content, library)


def of_content(content: Element, library: Library) -> Iterator[SchemaFailure]:
    """Yield how a business content breaks the schema of its kind."""
    root = MessageType.of(content)
    kind = library.catalogue.by_request(root) or library.catalogue.by_response(root)
    try:
        violations = library.violations(content)
    except KindError:
        return  # the schema is broken, not the message
    name = "" if kind is None else kind.id
    for violation in violations:
        yield SchemaFailure(name, violation, None if kind is None else _piece(library.folder_of(kind), violation.path))


def _piece(folder: Path, path: str) -> Piece | None:
    """Return the declaration of what stands at the end of `path`, the one whose parent fits best."""
    steps = [step.partition("[")[0].lstrip("@") for step in path.split("/") if step]
    if not steps:
        return None
    found = [each for each in _declared(folder) if each[0] == steps[-1]]
    if not found:
        return None
    above = set(steps[:-1])
    return max(found, key=lambda each: (len(above & set(each[1])), -len(each[1])))[2]


@lru_cache(32)
def _declared(folder: Path) -> tuple[tuple[str, tuple[str, ...], Piece], ...]:
    """Every declaration of the schemas in a folder: its name, the names of declarations around it, its text."""
    declared = []
    for file in sorted(folder.rglob("*.xsd"))[:_MOST_FILES]:
        try:
            content = file.read_bytes()
            root = parse(content)
        except (OSError, xml.XmlError):
            continue
        lines = content.decode("utf-8", "replace").splitlines()
        types = {each.get("name"): each for each in root.iterchildren(*_TYPES)}
        for element in root.iter(*_DECLARATIONS):
            name = element.get("name") or element.get("ref", "").rpartition(":")[2]
            if name:
                text = _text(element, lines)
                named = types.get(element.get("type", "").rpartition(":")[2])
                if named is not None:
                    text = f"{text}\n{_text(named, lines)}"
                around = tuple(each.get("name", "") for each in element.iterancestors() if each.get("name"))
                declared.append((name, around, Piece(file.name, element.sourceline or 0, text)))
    return tuple(declared)


def _text(element: Element, lines: list[str]) -> str:
    """Return the lines of an element as they are written, the first ones of a long one."""
    start = (element.sourceline or 1) - 1
    last = max((each.sourceline or 0 for each in element.iter()), default=start + 1)
    following = element.getnext()
    end = min(last + 1, (following.sourceline or last + 1) - 1 if following is not None else last + 1)
    taken = lines[start : max(end, start + 1)]
    if isinstance(element.tag, str) and len(element) == 0:
        taken = taken[: 1 + next((at for at, line in enumerate(taken) if ">" in line), 0)]
    more = ["…"] if len(taken) > _MOST_LINES else []
    shortest = min((len(line) - len(line.lstrip()) for line in taken if line.strip()), default=0)
    return "\n".join([line[shortest:].rstrip() for line in taken[:_MOST_LINES]] + more)
