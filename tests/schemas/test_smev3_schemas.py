"""The SMEV 3 schemas and WSDLs equal the table of components in smev3_components.toml.

Each schema is turned into the notation of the table and compared by equality, so a component that
is missing, new or changed (child, type, cardinality, facet, attribute) fails a test.
"""

import copy
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import xmlschema
import zeep  # type: ignore[import-untyped, unused-ignore]
from lxml import etree

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas" / "smev3"
TABLE: dict[str, Any] = tomllib.loads(Path(__file__).with_name("smev3_components.toml").read_text(encoding="utf-8"))
BASE = "1.2"
ROOT = "urn://x-artefacts-smev-gov-ru/services/message-exchange"
KINDS = {
    "1.1": ("basic", "types", "faults"),
    "1.2": ("basic", "types", "faults"),
    "1.3": ("basic", "types", "faults", "routing", "directive"),
}
VERSIONS = tuple(KINDS)
SCHEMA_FILES = [(version, kind) for version in VERSIONS for kind in KINDS[version]]

XS = "{http://www.w3.org/2001/XMLSchema}"
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
WSP = "{http://schemas.xmlsoap.org/ws/2004/09/policy}"
WSU = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd}"
MTOM = "{http://schemas.xmlsoap.org/ws/2004/09/policy/optimizedmimeserialization}"
TRANSPORT = "http://schemas.xmlsoap.org/soap/http"
CONTENT_TYPES = "{http://www.w3.org/2005/05/xmlmime}expectedContentTypes"

OCCURS = {"minOccurs", "maxOccurs"}
PARTICLES = {
    "element": {"name", "ref", "type", CONTENT_TYPES} | OCCURS,
    "any": {"namespace", "processContents"} | OCCURS,
    "sequence": OCCURS,
    "choice": OCCURS,
}
ALLOWED_ATTRIBUTES = PARTICLES | {
    "attribute": {"name", "type", "use"},
    **{tag: {"name"} for tag in ("complexType", "simpleType")},
    **{tag: set[str]() for tag in ("complexContent", "simpleContent")},
    **{tag: {"base"} for tag in ("extension", "restriction")},
    **{tag: {"value"} for tag in ("maxLength", "pattern", "enumeration")},
}


def schema_path(version: str, kind: str) -> Path:
    return SCHEMAS / version / f"smev-message-exchange-{kind}-{version}.xsd"


def wsdl_path(version: str) -> Path:
    return SCHEMAS / version / f"smev-message-exchange-service-{version}.wsdl"


def load(path: Path) -> etree._ElementTree:
    """A document that knows its location, so that relative imports resolve."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.parse(path, parser)  # noqa: TID251


def namespace_of(version: str, kind: str) -> str:
    return f"{ROOT}/types/{version}" if kind == "types" else f"{ROOT}/types/{kind}/{version}"


class Notation:
    """Writes the components of one schema in the notation of the table."""

    def __init__(self, version: str) -> None:
        self.prefixes = {namespace_of(version, kind): kind for kind in KINDS[version]}
        self.prefixes[XS[1:-1]] = "xs"

    def components(self, schema: etree._Element) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {"element": {}, "type": {}}
        for node in children(schema):
            tag = local(node)
            if tag == "import":
                continue
            kind, write = {
                "element": ("element", self.element_content),
                "complexType": ("type", self.complex_type),
                "simpleType": ("type", self.simple_type),
            }[tag]
            name = node.attrib["name"]
            assert name not in found[kind], f"{kind} {name} is defined twice"
            assert set(node.attrib) <= {"name", "type"}, f"{kind} {name}: {sorted(node.attrib)}"
            found[kind][name] = write(node)
        return found

    def name(self, node: etree._Element, attribute: str) -> str:
        """The qualified name in an attribute, with the prefix that the table uses."""
        prefix, _, own = node.attrib[attribute].rpartition(":")
        return f"{self.prefixes[node.nsmap[prefix or None]]}:{own}"

    def element_content(self, node: etree._Element) -> str:
        inner = children(node)
        if "type" in node.attrib:
            assert not inner, f"{node.get('name')} has both a type attribute and a type inside"
            text = self.name(node, "type")
        else:
            (only,) = inner
            complex_type = local(only) == "complexType"
            text = self.complex_type(only) if complex_type else f"[{self.simple_type(only)}]"
        media = node.get(CONTENT_TYPES)
        return f"{text} as {media}" if media else text

    def simple_type(self, node: etree._Element) -> str:
        check_attributes(node)
        (restriction,) = children(node)
        assert local(restriction) == "restriction"
        check_attributes(restriction)
        words = [self.name(restriction, "base")]
        for facet in children(restriction):
            check_attributes(facet)
            value = facet.attrib["value"]
            words.append(value if local(facet) == "enumeration" else f"{local(facet)}={value}")
        return " ".join(words)

    def complex_type(self, node: etree._Element) -> str:
        check_attributes(node)
        inner = children(node)
        items: list[str] = []
        if inner and local(inner[0]) in ("complexContent", "simpleContent"):
            (content,) = inner
            check_attributes(content)
            (extension,) = children(content)
            assert local(extension) == "extension"
            check_attributes(extension)
            word = "extends" if local(content) == "complexContent" else "text"
            items.append(f"{word} {self.name(extension, 'base')}")
            inner = children(extension)
        for child in inner:
            if local(child) == "sequence" and cardinality(child) == "":
                check_attributes(child)
                items += [self.particle(c) for c in children(child)]
            elif local(child) == "attribute":
                items.append(self.attribute(child))
            else:
                items.append(self.particle(child))
        return " ".join(["{", ", ".join(items), "}"]) if items else "{}"

    def attribute(self, node: etree._Element) -> str:
        check_attributes(node)
        required = {"required": "!", "optional": ""}[node.get("use", "optional")]
        return f"@{node.attrib['name']}{required} {self.name(node, 'type')}"

    def particle(self, node: etree._Element) -> str:
        check_attributes(node)
        tag, card = local(node), cardinality(node)
        if tag == "any":
            return f"any{card} {node.attrib['namespace']} {node.get('processContents', 'strict')}"
        if tag == "element":
            if "ref" in node.attrib:
                assert set(node.attrib) <= {"ref"} | OCCURS
                assert not children(node)
                return f"{self.name(node, 'ref')}{card}"
            return f"{node.attrib['name']}{card} {self.element_content(node)}"
        joint = {"sequence": ", ", "choice": " | "}[tag]
        return f"{tag}{card}( {joint.join(self.particle(c) for c in children(node))} )"


def children(node: etree._Element) -> list[etree._Element]:
    """The child elements that carry meaning."""
    return [c for c in node.iterchildren("*") if c.tag != XS + "annotation"]


def local(node: etree._Element) -> str:
    name = etree.QName(node)
    assert name.namespace == XS[1:-1], name.text
    return name.localname


def check_attributes(node: etree._Element) -> None:
    """Refuse an attribute that the notation could not show."""
    surplus = set(node.attrib) - ALLOWED_ATTRIBUTES[local(node)]
    assert not surplus, f"{local(node)} {node.get('name')}: {sorted(surplus)}"


def cardinality(node: etree._Element) -> str:
    low, high = node.get("minOccurs", "1"), node.get("maxOccurs", "1")
    marks = {("1", "1"): "", ("0", "1"): "?", ("0", "unbounded"): "*", ("1", "unbounded"): "+"}
    return marks.get((low, high), f"{{{low},{high}}}")


def wsdl_names(node: etree._Element, attribute: str, version: str) -> str:
    """The name in an attribute; messages bare, elements with the prefix of the table."""
    known = {namespace_of(version, kind): f"{kind}:" for kind in KINDS[version]}
    known[f"{ROOT}/{version}"] = ""
    prefix, _, own = node.attrib[attribute].rpartition(":")
    return known[node.nsmap[prefix or None]] + own


def wsdl_messages(root: etree._Element, version: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for message in root.iterchildren(WSDL + "message"):
        (part,) = message.iterchildren("*")
        assert part.attrib["name"] == "parameters"
        assert message.attrib["name"] not in found
        found[message.attrib["name"]] = wsdl_names(part, "element", version)
    return found


def wsdl_operations(root: etree._Element, version: str) -> dict[str, str]:
    actions = {}
    for bound in root.iterfind(f"{WSDL}binding/{WSDL}operation"):
        (soap,) = bound.iterchildren(SOAP + "operation")
        assert dict(soap.attrib).keys() <= {"soapAction"}
        actions[bound.attrib["name"]] = soap.attrib["soapAction"]
    found: dict[str, str] = {}
    for operation in root.iterfind(f"{WSDL}portType/{WSDL}operation"):
        name = operation.attrib["name"]
        assert name not in found
        (call,) = operation.iterchildren(WSDL + "input")
        (reply,) = operation.iterchildren(WSDL + "output")
        words = [actions.pop(name), wsdl_names(call, "message", version), "->"]
        words += [wsdl_names(reply, "message", version), "faults"]
        for fault in operation.iterchildren(WSDL + "fault"):
            own = fault.attrib["name"].removesuffix("Fault")
            message = wsdl_names(fault, "message", version)
            plain = fault.attrib["name"] == own + "Fault" and message == own + "Exception"
            words.append(own if plain else f"{fault.attrib['name']}={message}")
        found[name] = " ".join(words)
    assert not actions, f"bound but not declared: {sorted(actions)}"
    return found


def expected(version: str, *keys: str) -> dict[str, str]:
    """The rows of one table: those of the base version, then what this version adds or changes."""
    rows: dict[str, str] = {}
    for source in (BASE, version):
        part: Any = TABLE[source]
        for key in keys:
            part = part.get(key, {})
        rows |= {name: " ".join(text.split()) for name, text in part.items()}
    return rows


def leaves(part: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    for key, value in part.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), " ".join(value.split())


def test_versions_state_only_differences() -> None:
    base = dict(leaves(TABLE[BASE]))
    for version in ("1.1", "1.3"):
        repeated = [path for path, text in leaves(TABLE[version]) if base.get(path) == text]
        assert not repeated, f"{version} repeats {BASE}"


@pytest.mark.parametrize("version", VERSIONS)
def test_folder_holds_these_files(version: str) -> None:
    wanted = {schema_path(version, kind).name for kind in KINDS[version]} | {wsdl_path(version).name}
    assert {path.name for path in (SCHEMAS / version).iterdir()} == wanted


@pytest.mark.parametrize(("version", "kind"), SCHEMA_FILES)
def test_components(version: str, kind: str) -> None:
    root = load(schema_path(version, kind)).getroot()
    assert dict(root.attrib) == {
        "targetNamespace": namespace_of(version, kind),
        "elementFormDefault": "qualified",
    }
    found = Notation(version).components(root)
    assert found["element"] == expected(version, kind, "element")
    assert found["type"] == expected(version, kind, "type")


@pytest.mark.parametrize(("version", "kind"), SCHEMA_FILES)
def test_schema_compiles(version: str, kind: str) -> None:
    path = schema_path(version, kind)
    elements = set(expected(version, kind, "element"))
    etree.XMLSchema(load(path))
    schema = xmlschema.XMLSchema(str(path), allow="local")
    assert {str(name).rpartition("}")[2] for name in schema.elements} == elements


@pytest.mark.parametrize("version", VERSIONS)
def test_imports_lead_to_files_of_the_folder(version: str) -> None:
    imported = {"basic": set[str](), "types": {"basic"}, "faults": {"basic"}}
    imported |= {"routing": {"basic"}, "directive": {"basic"}, "service": {"types", "faults"}}
    if version == "1.3":
        imported["types"] = {"basic", "routing", "directive"}
    for kind in (*KINDS[version], "service"):
        path = wsdl_path(version) if kind == "service" else schema_path(version, kind)
        found = {i.get("namespace"): i.get("schemaLocation") for i in load(path).iter(XS + "import")}
        assert found == {namespace_of(version, k): schema_path(version, k).name for k in imported[kind]}
        for location in found.values():
            assert (SCHEMAS / version / str(location)).is_file()


@pytest.mark.parametrize("version", VERSIONS)
def test_messages_and_operations(version: str) -> None:
    root = load(wsdl_path(version)).getroot()
    assert root.get("targetNamespace") == f"{ROOT}/{version}"
    assert wsdl_messages(root, version) == expected(version, "service", "message")
    assert wsdl_operations(root, version) == expected(version, "service", "operation")


@pytest.mark.parametrize("version", VERSIONS)
def test_binding_and_service(version: str) -> None:
    root = load(wsdl_path(version)).getroot()
    (port_type,) = root.iterchildren(WSDL + "portType")
    (binding,) = root.iterchildren(WSDL + "binding")
    (service,) = root.iterchildren(WSDL + "service")
    (port,) = service.iterchildren(WSDL + "port")
    (style,) = binding.iterchildren(SOAP + "binding")
    assert port_type.get("name") == "SMEVMessageExchangePortType"
    assert binding.get("name") == "SMEVMessageExchangeSoap11Binding"
    assert wsdl_names(binding, "type", version) == "SMEVMessageExchangePortType"
    assert service.get("name") == "SMEVMessageExchangeService"
    assert port.get("name") == "SMEVMessageExchangeEndpoint"
    assert wsdl_names(port, "binding", version) == "SMEVMessageExchangeSoap11Binding"
    assert len(list(port.iterchildren(SOAP + "address"))) == 1
    assert dict(style.attrib) == {"style": "document", "transport": TRANSPORT}
    for operation in port_type.iterchildren(WSDL + "operation"):
        (bound,) = (o for o in binding.iter(WSDL + "operation") if o.get("name") == operation.get("name"))
        faults = [fault.get("name") for fault in operation.iterchildren(WSDL + "fault")]
        assert [fault.get("name") for fault in bound.iterchildren(WSDL + "fault")] == faults
        assert [dict(f.attrib) for f in bound.iter(SOAP + "fault")] == [
            {"name": name, "use": "literal"} for name in faults
        ]
        assert [dict(body.attrib) for body in bound.iter(SOAP + "body")] == [{"use": "literal"}] * 2


@pytest.mark.parametrize("version", VERSIONS)
def test_binding_offers_mtom(version: str) -> None:
    root = load(wsdl_path(version)).getroot()
    (policy,) = root.iter(WSP + "Policy")
    (assertion,) = policy
    (reference,) = root.iterfind(f"{WSDL}binding/{WSP}PolicyReference")
    assert assertion.tag == MTOM + "OptimizedMimeSerialization"
    assert dict(assertion.attrib) == {WSP + "Optional": "true"}
    assert reference.get("URI") == f"#{policy.get(WSU + 'Id')}" == "#MTOM_Policy"


@pytest.mark.parametrize(("version", "count"), [("1.1", 7), ("1.2", 6), ("1.3", 6)])
def test_zeep_loads_the_service(version: str, count: int) -> None:
    client: Any = zeep.Client(str(wsdl_path(version)))  # type: ignore[no-untyped-call, unused-ignore]
    port = client.wsdl.services["SMEVMessageExchangeService"].ports["SMEVMessageExchangeEndpoint"]
    operations = port.binding.all()
    assert set(operations) == set(expected(version, "service", "operation"))
    assert len(operations) == count
    for name, operation in operations.items():
        assert operation.soapaction == f"urn:{name}"
        assert operation.input.body.qname == f"{{{namespace_of(version, 'types')}}}{name}Request"
        assert operation.output.body.qname == f"{{{namespace_of(version, 'types')}}}{name}Response"


def drop_node(node: etree._Element) -> None:
    parent = node.getparent()
    assert parent is not None
    parent.remove(node)


def change_low(node: etree._Element) -> None:
    node.set("minOccurs", "1" if node.get("minOccurs") == "0" else "0")


def change_high(node: etree._Element) -> None:
    node.set("maxOccurs", "7")


def change_text(node: etree._Element) -> None:
    """Another type, reference, base, facet value, use or wildcard."""
    changes = {"use": "prohibited", "processContents": "strict", "value": "0"}
    changes |= dict.fromkeys(("ref", "type", "base"), "xs:short")
    for key in changes.keys() & set(node.attrib) or {"nillable"}:
        node.set(key, changes.get(key, "true"))


@pytest.mark.parametrize("change", [drop_node, change_low, change_high, change_text])
@pytest.mark.parametrize(("version", "kind"), SCHEMA_FILES)
def test_any_change_is_noticed(version: str, kind: str, change: Callable[[etree._Element], None]) -> None:
    root = load(schema_path(version, kind)).getroot()
    notation = Notation(version)
    before = notation.components(root)
    changeable = PARTICLES if change in (change_low, change_high) else ALLOWED_ATTRIBUTES
    for index, node in enumerate(root.iter("*")):
        if index == 0 or local(node) not in changeable:
            continue
        altered = copy.deepcopy(root)
        change(list(altered.iter("*"))[index])
        try:
            after = notation.components(altered)
        except (AssertionError, KeyError, ValueError):
            continue
        assert after != before, f"{change.__name__} on line {node.sourceline} went unnoticed"
