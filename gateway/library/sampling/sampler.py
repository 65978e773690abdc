"""A generator of valid documents for the schema of one XSD."""

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cached_property
from math import inf
from pathlib import Path
from typing import Final

from lxml import etree
from xmlschema import XMLSchema10
from xmlschema.validators import XsdElement

from gateway.library.sampling.draw import Draw
from gateway.library.sampling.filling import Filling, Source
from gateway.library.sampling.forms import Forms
from gateway.library.sampling.identities import Identities
from gateway.library.sampling.prefixes import Prefixes
from gateway.library.sampling.reasons import Reasons
from gateway.library.sampling.refusal import CannotSample
from gateway.library.sampling.simple_types import SimpleTypes
from gateway.library.sampling.sizes import Sizes
from gateway.library.sampling.structure import Fullness, Structure, Wanted
from gateway.library.sampling.suggestions import Suggest, nothing
from gateway.library.sampling.wildcards import Wildcards
from gateway.library.schema import Schema
from gateway.library.violations import is_valid
from gateway.protocol.messages import MessageType
from gateway.words import say
from gateway.xml import Element

_REPAIRS: Final = 20
"""How often values that libxml2 refuses are replaced."""

_ATTRIBUTE: Final = re.compile(r"attribute '([^']+)'")
"""The name in Clark notation, in a sentence of libxml2."""

_ROUNDS: Final = 4
"""How often a sample grows anew to hold what its identity constraints ask for."""

_TOLD: Final = 3
"""Violations that a refusal tells of."""

_TOLD_NAMES: Final = 30
"""Elements that a refusal names."""


class Sampler:
    """Makes documents that are valid against the schema which starts at `xsd`.

    All files of the schema stay inside `folder`, or the folder of `xsd`. They are read when the first sample is
    asked for. Samplers may be shared between threads; one sample is made at a time.
    """

    def __init__(self, xsd: Path, folder: Path | None = None) -> None:
        self._xsd: Final = xsd
        self._schema: Final = Schema(folder or xsd.parent, xsd)
        # Reentrant, because a suggestion may ask for another sample.
        self._lock: Final = threading.RLock()

    def sample(
        self, root: MessageType, seed: int, suggest: Suggest = nothing, *, today: date, fullness: Fullness
    ) -> Element:
        """Return a valid document of `root`, the same for the same schema, seed, suggestions, day and fullness.

        A "minimal" one holds what the schema requires; a "full" one also what it allows: optional elements and
        attributes, twice what may be repeated (not inside one another), and all branches of a choice that is
        repeated. Neither fills xs:any where it is optional. A recursion ends as soon as it can.

        A suggested value is taken where the schema allows it in one of its usual forms (see `suggestions`).

        Raises: KindError where the XSD is broken; CannotSample with what stands in the way, and where.
        """
        with self._lock:
            return self._compiled.sample(root, Source(seed, today, suggest), fullness)

    @cached_property
    def _compiled(self) -> "_Compiled":
        judge = self._schema.compile()
        try:
            # Without a judgement of its own, which takes ten times as long: libxml2 has judged the schema.
            read = XMLSchema10(self._xsd.resolve().as_uri(), allow="local", validation="skip")
        except Exception as error:
            # libxml2 has accepted the schema; whatever xmlschema stumbles over must reach the caller in words.
            raise CannotSample(f"{self._xsd.name}: {_unread(error)}") from error
        return _Compiled(read, judge)


class _Compiled:
    def __init__(self, schema: XMLSchema10, judge: etree.XMLSchema) -> None:
        self._schema: Final = schema
        self._judge: Final = judge
        self._prefixes: Final = Prefixes(schema)
        self._types: Final = SimpleTypes(self._prefixes)
        forms, wildcards = Forms(schema), Wildcards(schema)
        self._sizes: Final = Sizes(forms, self._types, wildcards)
        self._reasons: Final = Reasons(forms, self._types, self._sizes)
        self._structure: Final = Structure(self._sizes, self._types, wildcards, self._prefixes)

    def sample(self, root: MessageType, source: Source, fullness: Fullness) -> Element:
        declared = self._declared(root)
        self._sizes.settle(declared)
        if self._sizes.of_element(declared) == inf:
            raise self._reasons.why(declared)
        refusals = []
        for wanted, suggest in _variants(fullness, source.suggest):
            try:
                return self._attempt(declared, wanted, replace(source, suggest=suggest))
            except CannotSample as refusal:
                refusals.append(refusal)
        raise refusals[0]

    def _declared(self, root: MessageType) -> XsdElement:
        name = f"{{{root.namespace}}}{root.root}" if root.namespace else root.root
        found = self._schema.maps.elements.get(name)
        if found is None:
            raise CannotSample(_undeclared(root, self._schema.target_namespace, sorted(self._schema.elements)))
        return found

    def _attempt(self, root: XsdElement, wanted: Wanted, source: Source) -> Element:
        """Return a valid sample; raises CannotSample with what was wrong with the last one that was made."""
        for _ in range(_ROUNDS):
            places = self._structure.grow(root, wanted, Draw(source.seed, root.name, wanted.fullness))
            filling = Filling(places, self._types, self._prefixes, source)
            lost = filling.fill()
            lacking = Identities(places, filling).settle()
            asked = replace(wanted, ids=wanted.ids or lost is not None, names=wanted.names | lacking)
            if asked == wanted:
                break
            wanted = asked
        if lost is not None:
            raise lost
        return self._judged(places[0].element, filling)

    def _judged(self, element: Element, filling: Filling) -> Element:
        """Return `element` as soon as libxml2 takes it, which reads some patterns in a way of its own."""
        self._prefixes.tidy(element)
        for _ in range(_REPAIRS):
            if is_valid(element, self._judge):
                return element
            blamed = [(node, _ATTRIBUTE.search(entry.message)) for entry, node in _blamed(element, self._judge)]
            renewed = [filling.renew(node, name[1] if name else None) for node, name in blamed]
            if not any(renewed):
                break
        refused = [f"{entry.path}: {entry.message}" for entry in self._judge.error_log][:_TOLD]
        raise CannotSample(_refused("; ".join(refused)))


def _blamed(root: Element, judge: etree.XMLSchema) -> Iterator[tuple[etree._LogEntry, Element]]:
    for entry in judge.error_log:
        found = root.xpath(entry.path or ".", namespaces={prefix: uri for prefix, uri in root.nsmap.items() if prefix})
        yield from ((entry, node) for node in found if isinstance(node, etree._Element))


def _variants(fullness: Fullness, suggest: Suggest) -> Iterator[tuple[Wanted, Suggest]]:
    yield Wanted(fullness), suggest
    yield Wanted(fullness, repeated=1), suggest
    yield Wanted(fullness, repeated=1), nothing
    yield Wanted("full" if fullness == "minimal" else "minimal", repeated=1), nothing


def _unread(error: Exception) -> str:
    return say(f"библиотека xmlschema не читает схему: {error}", f"xmlschema cannot read the schema: {error}")


def _refused(why: str) -> str:
    return say(
        f"libxml2 не принимает созданный документ: {why}",
        f"libxml2 refuses the document that was made: {why}",
    )


def _undeclared(root: MessageType, namespace: str, declared: list[str]) -> str:
    known = ", ".join(declared[:_TOLD_NAMES]) + (", …" if declared[_TOLD_NAMES:] else "")
    return say(
        f"схема не объявляет элемента {root}; в пространстве имён {namespace!r} объявлены: {known}",
        f"the schema declares no element {root}; declared in the namespace {namespace!r} are: {known}",
    )
