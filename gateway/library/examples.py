"""Examples of a kind: pairs of request and response, recognised by their roots and paired by their names.

In a kind's folder they are `example-request.xml` and `example-response.xml`, and any number of pairs below
`examples/`: `found-request.xml` with `found-response.xml`, `foundRequest.xml` with `foundResponse.xml`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway import xml
from gateway.library.folders import KindFolder
from gateway.library.kind_file import KindError
from gateway.library.roles import ROLES, Role, split_role
from gateway.protocol.messages import MessageType
from gateway.xml import Element

EXAMPLES: Final = "examples"
"""The folder of a kind's examples, beside its kind.toml."""


@dataclass(frozen=True, slots=True)
class Example:
    """One document. `name` is its file without extension and, below other folders, with them; `place` says where."""

    name: str
    role: Role
    content: bytes
    place: str = ""


@dataclass(frozen=True, slots=True)
class ExamplePair:
    """Documents whose roots are those of the kind; one of the two may be absent. Names differ within a kind."""

    name: str
    request: bytes | None
    response: bytes | None


def paired(examples: Iterable[Example]) -> list[tuple[str, list[Example]]]:
    """Return (name, one or two documents): request and response of the same name, or the two that are left over."""
    by_role: dict[Role, dict[str, Example]] = {role: {} for role in ROLES}
    for example in examples:
        others = by_role[example.role]
        others[_free(split_role(example.name)[1] or "example", others)] = example
    requests, responses = by_role["request"], by_role["response"]
    lonely = [sorted(requests.keys() - responses.keys()), sorted(responses.keys() - requests.keys())]
    if [len(names) for names in lonely] == [1, 1]:
        (request,), (response,) = lonely
        responses[request] = responses.pop(response)
    names = sorted(requests.keys() | responses.keys())
    return [(name, [by_role[role][name] for role in ROLES if name in by_role[role]]) for name in names]


def _free(name: str, taken: dict[str, Example]) -> str:
    number = 1
    free = name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free


def example_files(folder: KindFolder) -> list[Path]:
    """Return the files of the examples of a kind, in order of name.

    Raises: KindError when one of them leads out of the folder.
    """
    found = [folder.path / f"example-{role}.xml" for role in ("request", "response")]
    files = [path for path in found if path.is_file()] + sorted((folder.path / EXAMPLES).glob("*.xml"))
    for path in files:
        folder.require_inside(path, folder.kind_file)
    return files


def read_examples(folder: KindFolder) -> tuple[ExamplePair, ...]:
    """Return the examples of a kind; documents of other roots are none.

    Raises: KindError when a file cannot be read.
    """
    examples = []
    for path in example_files(folder):
        role = role_of(read_document(path), folder.kind.roots)
        if role is not None:
            examples.append(Example(path.stem, role, path.read_bytes()))
    contents = [(name, {one.role: one.content for one in pair}) for name, pair in paired(examples)]
    return tuple(ExamplePair(name, pair.get("request"), pair.get("response")) for name, pair in contents)


def read_document(path: Path) -> Element:
    """Return the root of an XML file.

    Raises: KindError.
    """
    try:
        return xml.parse(path.read_bytes())
    except (OSError, xml.XmlError) as error:
        raise KindError.from_cause(path, error) from error


def role_of(root: Element, roots: Sequence[MessageType]) -> Role | None:
    """Return whether `root` is the first of `roots`, the request, or the second, or neither."""
    found = MessageType.of(root)
    if found not in roots:
        return None
    return "request" if found == roots[0] else "response"
