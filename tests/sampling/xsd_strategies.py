"""Hypothesis strategies of schemas that are known to have a document: each comes with a witness."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from lxml import etree

from gateway.library.violations import is_valid
from gateway.ns import XSD
from tests.sampling.samples import restriction

_LITERALS = "abzАЯё09 -.:/№()|[]{}*+?^$\\,"
_SPECIAL = "\\|.?*+()[]{}-^"
_CLASSES = (
    ("\\d", "0123456789"),
    ("[0-9A-F]", "0123456789ABCDEF"),
    ("[А-ЯЁ]", "АБВЁЯ"),
    ("[а-яё\\-]", "абё-"),
    ("[a-zA-Z]", "azAZ"),
    ("[^0-9]", "aЯ-"),
    ("\\w", "aЯ9"),
    ("\\S", "aЯ-"),
    (".", "aЯ -"),
    ("\\p{Lu}", "AЯ"),
    ("\\p{IsCyrillic}", "аЯ"),
    ("\\i", "aЯ_:"),
    ("\\c", "aЯ9-"),
    ("[a-z-[aeiou]]", "bcz"),
)


@dataclass(frozen=True)
class Witnessed:
    """A source, and a text that it allows."""

    source: str
    witness: str


@st.composite
def patterns(draw: DrawFn, depth: int = 2) -> Witnessed:
    """A regular expression, and a text that matches it."""
    pieces = [draw(_pieces(depth)) for _ in range(draw(st.integers(1, 4)))]
    return Witnessed("".join(one.source for one in pieces), "".join(one.witness for one in pieces))


def literal(text: str) -> str:
    """Return the pattern that matches `text` alone."""
    return "".join(f"\\{letter}" if letter in _SPECIAL else letter for letter in text)


@st.composite
def _pieces(draw: DrawFn, depth: int) -> Witnessed:
    if depth and draw(st.integers(0, 3)) == 0:
        branches = draw(st.lists(patterns(depth - 1), min_size=1, max_size=3))
        source = f"({'|'.join(branch.source for branch in branches)})"
        atoms = st.sampled_from([branch.witness for branch in branches])
    elif draw(st.booleans()):
        letter = draw(st.sampled_from(_LITERALS))
        source, atoms = literal(letter), st.just(letter)
    else:
        source, letters = draw(st.sampled_from(_CLASSES))
        atoms = st.sampled_from(letters)
    count = draw(st.integers(0, 3))
    quantifier = draw(st.sampled_from(_quantifiers(count)))
    return Witnessed(source + quantifier, "".join(draw(atoms) for _ in range(count)))


def _quantifiers(count: int) -> list[str]:
    return (
        [f"{{{count}}}", f"{{0,{count + 2}}}", f"{{{count},}}", "*"]
        + (["+"] if count else [])
        + (["?"] if count < 2 else [])
        + ([""] if count == 1 else [])
    )


@st.composite
def texts(draw: DrawFn) -> Witnessed:
    """A restriction of a type of texts, in one step or two."""
    found = draw(patterns().filter(_is_witness_to_libxml2))
    # White space at the ends, or two spaces, are lost on xs:token; on xs:string they stay.
    facets = [f"pattern {found.source}"] if draw(st.booleans()) else []
    if draw(st.booleans()):
        facets.append(f"minLength {draw(st.integers(0, len(found.witness)))}")
    if draw(st.booleans()):
        facets.append(f"maxLength {draw(st.integers(len(found.witness), len(found.witness) + 9))}")
    if facets[-1:] and "Length" in facets[-1] and draw(st.booleans()):
        facets = [facet for facet in facets if "Length" not in facet] + [f"length {len(found.witness)}"]
    return Witnessed(_steps(draw, "xs:string", facets), found.witness)


def _is_witness_to_libxml2(found: Witnessed) -> bool:
    """Tell whether the witness is one to libxml2, which judges what is made, and does not always keep to the rules.

    `(a?){2,}` allows it no empty text, `(xa*){1}a{3}` no "xaaa"; with `length` there may be nothing left that
    it allows, and then no document can be made. With this witness there is one: the other facets allow it as well.
    """
    schema = etree.Element(f"{{{XSD}}}schema", nsmap={"xs": XSD})
    element = etree.SubElement(schema, f"{{{XSD}}}element", name="text")
    element.append(etree.XML(f'<xs:simpleType xmlns:xs="{XSD}">{_pattern(found.source)}</xs:simpleType>'))
    probe = etree.Element("text")
    probe.text = found.witness
    return is_valid(probe, etree.XMLSchema(schema))


def _pattern(source: str) -> str:
    return restriction("xs:string", f"pattern {source}")


@st.composite
def numbers(draw: DrawFn) -> Witnessed:
    """A restriction of a type of numbers."""
    places = draw(st.integers(0, 4))
    witness = Decimal(draw(st.integers(-(10**6), 10**6))).scaleb(-places)
    base = "xs:decimal" if places else draw(st.sampled_from(("xs:decimal", "xs:integer", "xs:int", "xs:long")))
    facets = []
    if draw(st.booleans()):
        facets.append(f"minInclusive {witness - draw(st.integers(0, 50)):f}")
    elif draw(st.booleans()):
        facets.append(f"minExclusive {witness - draw(st.integers(1, 50)):f}")
    if draw(st.booleans()):
        facets.append(f"maxInclusive {witness + draw(st.integers(0, 50)):f}")
    elif draw(st.booleans()):
        facets.append(f"maxExclusive {witness + draw(st.integers(1, 50)):f}")
    if draw(st.booleans()):
        digits = max(len(f"{abs(witness):f}".replace(".", "").lstrip("0")), places, 1)
        facets.append(f"totalDigits {digits + draw(st.integers(0, 3))}")
    if base == "xs:decimal" and draw(st.booleans()):
        facets.append(f"fractionDigits {places}")
    return Witnessed(_steps(draw, base, facets), str(witness))


@st.composite
def days(draw: DrawFn) -> Witnessed:
    """A restriction of xs:date or xs:dateTime."""
    witness = draw(st.dates(date(1000, 1, 1), date(9000, 1, 1)))
    base, clock = draw(st.sampled_from((("xs:date", ""), ("xs:dateTime", "T12:00:00"))))
    facets = []
    if draw(st.booleans()):
        facets.append(f"minInclusive {witness - timedelta(draw(st.integers(0, 900)))}{clock}")
    if draw(st.booleans()):
        facets.append(f"maxExclusive {witness + timedelta(draw(st.integers(1, 900)))}{clock}")
    return Witnessed(_steps(draw, base, facets), f"{witness}{clock}")


def _steps(draw: DrawFn, base: str, facets: list[str]) -> str:
    """Write the facets in one step of derivation, or in two."""
    at = draw(st.integers(0, len(facets)))
    if not 0 < at < len(facets):
        return restriction(base, *facets)
    outer = restriction("", *facets[at:]).replace(' base=""', "", 1)
    return outer.replace(">", f"><xs:simpleType>{restriction(base, *facets[:at])}</xs:simpleType>", 1)


def atoms() -> st.SearchStrategy[Witnessed]:
    return st.one_of(texts(), numbers(), days(), _enumerations())


@st.composite
def _enumerations(draw: DrawFn) -> Witnessed:
    values = draw(st.lists(st.text("абвabc019 ", min_size=1, max_size=6), min_size=1, max_size=4))
    return Witnessed(restriction("xs:string", *(f"enumeration {value}" for value in values)), values[0])


@st.composite
def simple_types(draw: DrawFn) -> str:
    """The content of an xs:simpleType that has a value: an atom, a list or a union."""
    atom = draw(atoms())
    kind = draw(st.sampled_from(("atom", "atom", "list", "union")))
    inner = f"<xs:simpleType>{atom.source}</xs:simpleType>"
    if kind == "union":
        other = draw(atoms())
        return f"<xs:union>{inner}<xs:simpleType>{other.source}</xs:simpleType></xs:union>"
    if kind == "list" and atom.witness and not any(letter.isspace() for letter in atom.witness):
        return f"<xs:list>{inner}</xs:list>"
    return atom.source


@st.composite
def content_models(draw: DrawFn, prefix: str = "e", depth: int = 2) -> str:
    """A sequence or choice of elements that all have names of their own, and with them of groups like it."""
    model = draw(st.sampled_from(("sequence", "choice")))
    parts = []
    for index in range(draw(st.integers(1, 3))):
        name = f"{prefix}{index}"
        if depth and draw(st.integers(0, 2)) == 0:
            parts.append(draw(content_models(f"{name}_", depth - 1)))
        else:
            parts.append(draw(_elements(name, depth)))
    return f"<xs:{model}{_occurrence(draw)}>{''.join(parts)}</xs:{model}>"


@st.composite
def _elements(draw: DrawFn, name: str, depth: int) -> str:
    occurs = _occurrence(draw)
    if depth and draw(st.booleans()):
        model = draw(content_models(f"{name}_", depth - 1))
        attribute = draw(_attributes())
        return f'<xs:element name="{name}"{occurs}><xs:complexType>{model}{attribute}</xs:complexType></xs:element>'
    return f'<xs:element name="{name}"{occurs}><xs:simpleType>{draw(simple_types())}</xs:simpleType></xs:element>'


@st.composite
def _attributes(draw: DrawFn) -> str:
    use = draw(st.sampled_from(("required", "optional")))
    return f'<xs:attribute name="a" use="{use}"><xs:simpleType>{draw(simple_types())}</xs:simpleType></xs:attribute>'


@dataclass(frozen=True)
class TypeGraph:
    """Types that hold elements of one another; `required` names for each type those without which it cannot be."""

    source: str
    required: tuple[tuple[int, ...], ...]

    def has_document(self) -> bool:
        """Tell whether type 0 can be finite: all that it requires is, found from below."""
        finite: set[int] = set()
        while True:
            found = {index for index, held in enumerate(self.required) if finite.issuperset(held)}
            if found == finite:
                return 0 in finite
            finite = found


@st.composite
def type_graphs(draw: DrawFn) -> TypeGraph:
    """A root of type t0, and types that recur at will."""
    count = draw(st.integers(1, 6))
    sources, required = [], []
    for index in range(count):
        held = draw(st.lists(st.integers(0, count - 1), max_size=4, unique=True))
        least = [draw(st.integers(0, 2)) for _ in held]
        parts = "".join(
            f'<xs:element name="e{other}" type="t:t{other}" minOccurs="{least_}" maxOccurs="unbounded"/>'
            for other, least_ in zip(held, least, strict=True)
        )
        sources.append(f'<xs:complexType name="t{index}"><xs:sequence>{parts}</xs:sequence></xs:complexType>')
        required.append(tuple(other for other, least_ in zip(held, least, strict=True) if least_))
    return TypeGraph("".join(sources) + '<xs:element name="root" type="t:t0"/>', tuple(required))


def _occurrence(draw: DrawFn) -> str:
    least = draw(st.integers(0, 3))
    most = draw(st.sampled_from((max(least, 1), least + 2, "unbounded")))
    return f' minOccurs="{least}" maxOccurs="{most}"'
