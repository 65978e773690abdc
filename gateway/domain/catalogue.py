"""Data kinds (виды сведений) and the catalogue of them: what a message can be about, and who answers it."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from gateway import xml
from gateway.protocol.messages import MessageType
from gateway.xml import Element

_LIKENESS: Final = 0.6
"""Below this (0 to 1) a name is not a misspelling of another one; difflib's own default for close matches."""

AUTOMATIC_PROVIDER: Final = "AUTO"
"""Mnemonic of who answers automatic kinds that name no provider of their own."""

_LONGEST_COMPARED: Final = 300
"""Characters of an unknown name that are compared: difflib is quadratic, and the name comes off the wire."""


@dataclass(frozen=True, slots=True)
class DataKind:
    """One data kind: the roots of its content, its owner, and how its recipient is found.

    `id` is "<agency>/<kind>"; together with `version` it is unique. `response` is None exactly when the kind
    is a broadcast, which nobody answers. `route_by` is a path of local names from the content root down to
    an element, or to an "@attribute" in last place, whose text names the recipient (an OKTMO code or a
    mnemonic); it is empty where one supplier serves everybody. `fidelity` says how near the schema is to the
    published one: "official", "simplified" or "own". `auto` kinds are answered without any code of theirs: from
    scenarios, a template, examples or samples. `provider` is the mnemonic of who answers, where the kind says so.
    `interagency` kinds are asked for by bodies in the service of a case: the rules of 210-FZ on requests apply.
    `volatile` and `unordered` are paths (gateway.domain.content_paths) for who compares two runs: values that differ
    each time, and repeated elements whose order says nothing.
    """

    id: str
    name: str
    name_en: str
    version: str
    owner: str
    request: MessageType
    response: MessageType | None
    broadcast: bool = False
    route_by: tuple[str, ...] = ()
    fidelity: str = "simplified"
    auto: bool = False
    provider: str | None = None
    interagency: bool = True
    volatile: tuple[str, ...] = ()
    unordered: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.broadcast is not (self.response is None):
            raise ValueError(f"{self.id}: a kind has a response or is a broadcast, never both, never neither")

    @property
    def roots(self) -> tuple[MessageType, ...]:
        """The request root and, unless the kind is a broadcast, the response root."""
        return (self.request,) if self.response is None else (self.request, self.response)

    @property
    def provided_by(self) -> str | None:
        """The mnemonic of the provider that the kind itself asks for; None where it leaves that to others."""
        return self.provider or (AUTOMATIC_PROVIDER if self.auto else None)


class CatalogueError(ValueError):
    """Two data kinds cannot stand in one catalogue; `second` is the one that came later."""

    def __init__(self, first: DataKind, second: DataKind, what: str) -> None:
        claimants = f"by {first.id} {first.version} and by {second.id} {second.version}"
        super().__init__(f"{what} is claimed twice: {claimants}; remove one of the two")
        self.first = first
        self.second = second


class RootClaimedTwice(CatalogueError):
    """A content root belongs to two kinds, so a message would not know its schema."""


class KindDefinedTwice(CatalogueError):
    """Two kinds have one id and one version."""


class Catalogue:
    """All data kinds a gateway knows, in order of id and version.

    Raises: RootClaimedTwice, KindDefinedTwice.
    """

    def __init__(self, kinds: Iterable[DataKind]) -> None:
        self._requests: dict[MessageType, DataKind] = {}
        self._responses: dict[MessageType, DataKind] = {}
        self._newest: dict[str, DataKind] = {}
        by_name: dict[tuple[str, str], DataKind] = {}
        by_root: dict[MessageType, DataKind] = {}
        for kind in kinds:
            first = by_name.setdefault((kind.id, kind.version), kind)
            if first is not kind:
                raise KindDefinedTwice(first, kind, f"{kind.id} {kind.version}")
            _claim_roots(kind, by_root)
            self._requests[kind.request] = kind
            if kind.response is not None:
                self._responses[kind.response] = kind
        self._kinds = tuple(sorted(by_name.values(), key=lambda kind: (kind.id, _version_key(kind.version))))
        for kind in self._kinds:  # ascending versions: the last one stays
            self._newest[kind.id] = kind

    def __iter__(self) -> Iterator[DataKind]:
        return iter(self._kinds)

    def __len__(self) -> int:
        return len(self._kinds)

    def by_request(self, message_type: MessageType) -> DataKind | None:
        """Return the kind whose requests have this root."""
        return self._requests.get(message_type)

    def by_response(self, message_type: MessageType) -> DataKind | None:
        """Return the kind whose responses have this root."""
        return self._responses.get(message_type)

    def by_id(self, kind_id: str) -> DataKind | None:
        """Return the newest version of the kind "<agency>/<kind>"."""
        return self._newest.get(kind_id)

    def closest(self, message_type: MessageType) -> DataKind | None:
        """Return the kind whose request or response root looks most like `message_type`, for explanations.

        Namespace and root weigh the same, so a wrong version, a wrong root and a misspelling are all found;
        None when nothing is alike.
        """
        best: DataKind | None = None
        best_likeness = _LIKENESS
        compare = _Likeness(message_type)
        for kind in self._kinds:
            likeness = max(compare.to(root) for root in kind.roots)
            if likeness > best_likeness:
                best, best_likeness = kind, likeness
        return best


def routing_key(kind: DataKind, content: Element) -> str | None:
    """Return the text that `kind.route_by` points at in `content`: an OKTMO code or a mnemonic.

    None when the kind is not routed by content, or when the element is absent or empty. Names are compared
    without their namespaces; of repeated elements the first counts.
    """
    if not kind.route_by:
        return None
    node: Element | None = content
    for step in kind.route_by:
        if node is None:
            return None
        if step.startswith("@"):
            return (node.get(step[1:]) or "").strip() or None
        node = _first_child(node, step)
    return None if node is None else (node.text or "").strip() or None


class _Likeness:
    """Compares many message types with one, which difflib caches."""

    def __init__(self, message_type: MessageType) -> None:
        self._namespace = difflib.SequenceMatcher(b=message_type.namespace[:_LONGEST_COMPARED], autojunk=False)
        self._root = difflib.SequenceMatcher(b=message_type.root[:_LONGEST_COMPARED], autojunk=False)

    def to(self, other: MessageType) -> float:
        self._namespace.set_seq1(other.namespace)
        self._root.set_seq1(other.root)
        if (self._namespace.real_quick_ratio() + self._root.real_quick_ratio()) / 2 <= _LIKENESS:
            return 0.0
        return (self._namespace.ratio() + self._root.ratio()) / 2


def _claim_roots(kind: DataKind, by_root: dict[MessageType, DataKind]) -> None:
    for root in kind.roots:
        owner = by_root.get(root)
        if owner is not None:
            raise RootClaimedTwice(owner, kind, str(root))
        by_root[root] = kind


def _version_key(version: str) -> tuple[tuple[int, str], ...]:
    # "1.10.0" is newer than "1.9.0", which plain text order denies.
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in version.split("."))


def _first_child(element: Element, local: str) -> Element | None:
    for child in element.iterchildren("*"):
        if xml.name_of(child)[1] == local:
            return child
    return None
