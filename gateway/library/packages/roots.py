"""Which global elements of a package are the request and the response."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from gateway.library.packages.errors import PackageError
from gateway.library.packages.references import References
from gateway.library.packages.xsds import Declared, Xsds
from gateway.library.roles import ROLES, Role, split_role
from gateway.protocol.messages import MessageType
from gateway.words import say

_MOST_LISTED: Final = 20


@dataclass(frozen=True, slots=True)
class Roots:
    """The elements that were found; `warning` is said where it was a guess."""

    request: Declared
    response: Declared | None
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was said of the roots: local names or {namespace}name, None where nothing was."""

    request: str | None = None
    response: str | None = None
    broadcast: bool = False


def find_roots(xsds: Xsds, references: References, examples: Mapping[MessageType, set[Role]], wanted: Wanted) -> Roots:
    """Return the roots that are wanted; else those whose names pair; else those of the examples; else the only two.

    `examples` are the roots of the documents in the package, with the roles that their file names give them.

    Raises: PackageError, which lists the candidates.
    """
    declared = [one for xsd in xsds for one in xsd.declared()]
    if not declared:
        raise PackageError(
            say("в пакете нет XSD с глобальными элементами", "the package has no XSD with global elements"),
            say(
                "добавьте схемы вида сведений; вложенные архивы распакуйте",
                "add the schemas of the data kind; unpack archives inside the package",
            ),
        )
    finder = _Finder(declared, xsds, references, examples)
    roots = finder.broadcast(wanted) if wanted.broadcast else finder.pair(wanted)
    for one in (roots.request, roots.response):
        if one is not None:
            _refuse_twins(one, declared)
            _refuse_nameless(one)
    return roots


class _Finder:
    def __init__(
        self,
        declared: list[Declared],
        xsds: Xsds,
        references: References,
        examples: Mapping[MessageType, set[Role]],
    ) -> None:
        parts = {part for xsd in xsds for part in references.referred(xsd) - {xsd}}
        main = [one for one in declared if one.xsd not in parts]
        self._declared, self._examples = declared, examples
        self._candidates: Final = _once(main or declared)

    def broadcast(self, wanted: Wanted) -> Roots:
        found = self._wanted(wanted.request, "request") or self._told("request")
        if found is None and len(self._candidates) == 1:
            found = self._candidates[0]
        if found is None:
            raise self._unclear("request")
        return Roots(found, None)

    def pair(self, wanted: Wanted) -> Roots:
        request = self._wanted(wanted.request, "request")
        response = self._wanted(wanted.response, "response")
        pairs = [] if request and response else self._pairs(request, response)
        if len(pairs) > 1:
            raise self._unclear("request", [one for one, _ in pairs])
        if pairs:
            return Roots(*pairs[0])
        request = request or self._told("request", but=response)
        response = response or self._told("response", but=request)
        left = [one for one in self._candidates if one not in (request, response)]
        if request is None and response is None and len(left) == 2:
            return self._guess(left)
        if len(left) == 1:
            request, response = request or left[0], response or left[0]
        if request is None or response is None or request is response:
            raise self._unclear("response" if request else "request")
        return Roots(request, response)

    def _wanted(self, name: str | None, role: Role) -> Declared | None:
        if name is None:
            return None
        found = _once(one for one in self._declared if name in (one.type.root, str(one.type)))
        if len(found) != 1:
            raise self._unclear(role, found, name)
        return found[0]

    def _pairs(self, request: Declared | None, response: Declared | None) -> list[tuple[Declared, Declared]]:
        """Return the candidates of one name in both roles; of several pairs, those that an example is of."""
        by_stem: dict[str, dict[Role, list[Declared]]] = defaultdict(lambda: {role: [] for role in ROLES})
        for one in [*self._candidates, *(one for one in (request, response) if one is not None)]:
            role, stem = split_role(one.type.root)
            if role is not None and one not in by_stem[stem.lower()][role]:
                by_stem[stem.lower()][role].append(one)
        pairs = [
            (first, second)
            for found in by_stem.values()
            for first in found["request"]
            for second in found["response"]
            if request in (None, first) and response in (None, second)
        ]
        of_examples = [pair for pair in pairs if any(one.type in self._examples for one in pair)]
        return of_examples if len(pairs) > 1 and of_examples else pairs

    def _told(self, role: Role, but: Declared | None = None) -> Declared | None:
        """Return the only candidate that its name, or else the name of an example of it, says to be of `role`."""
        candidates = [one for one in self._candidates if one is not but]
        named = [one for one in candidates if split_role(one.type.root)[0] == role]
        shown = [one for one in candidates if self._examples.get(one.type) == {role}]
        found = shown if len(named) != 1 else named
        return found[0] if len(found) == 1 else None

    def _guess(self, two: list[Declared]) -> Roots:
        request, response = two
        warning = say(
            f"корни без слов «запрос» и «ответ»: запросом считается {request.type.root}, ответом {response.type.root}; "
            f"наоборот: --request {response.type.root} --response {request.type.root}",
            f"no root is called request or response: {request.type.root} is taken for the request, "
            f"{response.type.root} for the response; the other way round: "
            f"--request {response.type.root} --response {request.type.root}",
        )
        return Roots(request, response, warning)

    def _unclear(self, role: Role, among: list[Declared] | None = None, name: str = "") -> PackageError:
        candidates = among or self._candidates
        several = len({one.type.root for one in candidates}) < len(candidates)
        listed = ", ".join(
            f"{one.type if several else one.type.root} ({one.where})" for one in candidates[:_MOST_LISTED]
        )
        more = f" … +{len(candidates) - _MOST_LISTED}" if len(candidates) > _MOST_LISTED else ""
        of_request = role == "request"
        if name and not among:
            what = say(
                f"корня {name!r} в пакете нет; есть {listed}{more}", f"no root {name!r}; there are {listed}{more}"
            )
        else:
            what = say(
                f"не понять, какой корень у {'запроса' if of_request else 'ответа'}: {listed}{more}",
                f"cannot tell which root is the {role}: {listed}{more}",
            )
        hint = say("назовите корни: --request ИМЯ --response ИМЯ", "name the roots: --request NAME --response NAME")
        if len(self._candidates) == 1:
            hint += say(
                "; если ответа не бывает — --broadcast; если ответ описан в другой схеме — добавьте её",
                "; if there is no response, --broadcast; if another schema describes it, add that",
            )
        return PackageError(what, hint)


def _once(declared: Iterable[Declared]) -> list[Declared]:
    """Return the first declaration of each name; that there are several is told once one of them is chosen."""
    first: dict[MessageType, Declared] = {}
    for one in declared:
        first.setdefault(one.type, one)
    return list(first.values())


def _refuse_twins(chosen: Declared, declared: list[Declared]) -> None:
    twins = [one for one in declared if one.type == chosen.type]
    if len(twins) > 1:
        places = ", ".join(one.where for one in twins)
        raise PackageError(
            say(
                f"корень {chosen.type} объявлен дважды: {places}", f"the root {chosen.type} is declared twice: {places}"
            ),
            say("оставьте в пакете одну из этих схем", "leave one of these schemas in the package"),
            twins[-1].where,
        )


def _refuse_nameless(chosen: Declared) -> None:
    if not chosen.type.namespace:
        raise PackageError(
            say(f"у корня {chosen.type.root} нет пространства имён", f"the root {chosen.type.root} has no namespace"),
            say("СМЭВ его требует: добавьте targetNamespace", "SMEV wants one: add a targetNamespace"),
            chosen.where,
        )
