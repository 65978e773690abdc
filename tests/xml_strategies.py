"""Hypothesis strategies of XML that is hard to move: prefixes that change, default namespaces that come and go."""

from xml.sax.saxutils import quoteattr

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from gateway.ns import SMEV3_1_2

_PREFIXES = ("", "a", "b", "ns2")
_URIS = ("urn:x", "urn:y", SMEV3_1_2.types, SMEV3_1_2.basic)
_NAMES = ("Item", "Лицо", "type")
_VALUES = ("", "a:Citizen", "b:Citizen", "ns2:Item", "Citizen", " \n\t", "quotes \" and '", "<&>", "ё", "\r\n")
_MISC = ("<!-- a: note -->", "<?target a:data?>", "<![CDATA[ a:<b> ]]>", "&#13;", "]]&gt;", "&amp;")

Scope = dict[str, str]


@st.composite
def elements(draw: DrawFn, scope: Scope | None = None, depth: int = 3) -> str:
    """A serialised element that is well-formed where the prefixes of `scope` are bound."""
    outer = scope or {}
    declared = draw(st.dictionaries(st.sampled_from(_PREFIXES), st.sampled_from(_URIS), max_size=3))
    if "" in outer and "" not in declared and draw(st.booleans()):
        declared[""] = ""  # the default namespace ends here
    inner = {**outer, **declared}
    name = _qualified(draw, inner)
    content = "".join(draw(st.lists(_content(inner, depth - 1), max_size=4))) if depth else ""
    attributes = "".join(_declaration(prefix, uri) for prefix, uri in declared.items()) + _attributes(draw, inner)
    return f"<{name}{attributes}>{content}</{name}>"


@st.composite
def inside(draw: DrawFn) -> str:
    """A document whose root declares prefixes that its one child element uses."""
    scope = draw(st.dictionaries(st.sampled_from(_PREFIXES), st.sampled_from(_URIS), max_size=4))
    declarations = "".join(_declaration(prefix, uri) for prefix, uri in scope.items())
    return f"<root{declarations}>{draw(elements(scope))}</root>"


def _content(scope: Scope, depth: int) -> st.SearchStrategy[str]:
    texts = st.sampled_from([value.replace("&", "&amp;").replace("<", "&lt;") for value in _VALUES] + list(_MISC))
    return st.one_of(texts, elements(scope, depth)) if depth > 0 else texts


def _qualified(draw: DrawFn, scope: Scope) -> str:
    prefix = draw(st.sampled_from(["", *(bound for bound in scope if bound)]))
    local = draw(st.sampled_from(_NAMES))
    return f"{prefix}:{local}" if prefix else local


def _attributes(draw: DrawFn, scope: Scope) -> str:
    written: dict[tuple[str, str], str] = {}
    for _ in range(draw(st.integers(0, 2))):
        name = _qualified(draw, scope)
        prefix, _, local = name.rpartition(":")
        # Two prefixes of one namespace must not give one element the same attribute twice.
        written[scope[prefix] if prefix else "", local] = f" {name}={quoteattr(draw(st.sampled_from(_VALUES)))}"
    return "".join(written.values())


def _declaration(prefix: str, uri: str) -> str:
    return f' xmlns:{prefix}="{uri}"' if prefix else f' xmlns="{uri}"'
