"""Schemas that others wrote: those of SMEV, and those of the W3C that come with xmlschema."""

import re
from pathlib import Path

import pytest
import xmlschema
from lxml import etree

from gateway import xml
from gateway.library.sampling import CannotSample, Fullness, Sampler
from gateway.protocol.messages import MessageType
from tests.sampling.samples import TODAY

SMEV3 = sorted((Path(__file__).resolve().parents[2] / "schemas" / "smev3").rglob("*.xsd"))
BUNDLED = Path(xmlschema.__file__).parent / "schemas"
W3C = {
    "XML/xml.xsd",
    "XSD_1.0/XMLSchema.xsd",
    "XHTML/xhtml1-strict.xsd",
    "XLINK/xlink.xsd",
    "WSDL/wsdl.xsd",
    "WSDL/soap-encoding.xsd",
    "WSDL/soap-envelope.xsd",
    "DSIG/xmldsig-core-schema.xsd",
    "XENC/xenc-schema.xsd",
    "HFP/XMLSchema-hasFacetAndProperty.xsd",
}
IMPOSSIBLE = {
    # Entities are declared in a DTD, and SOAP forbids one.
    "soap-encoding.xsd": {"ENTITY", "ENTITIES"},
    # Abstract elements that nothing substitutes.
    "xlink.xsd": {"title", "resource", "locator", "arc"},
}
SIDE_BY_SIDE = {"namespace": "xml.xsd", "xml.xsd": "xml.xsd", "xmldsig-core-schema.xsd": "xmldsig-core-schema.xsd"}


@pytest.fixture(scope="module")
def w3c(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The schemas of the W3C in one folder, referring to one another there and not on the Web."""
    folder = tmp_path_factory.mktemp("w3c")
    for name in W3C:
        text = (BUNDLED / name).read_text(encoding="utf-8")
        text = re.sub(r"<!DOCTYPE[^\[>]*(\[.*?\])?\s*>", "", text, flags=re.DOTALL)
        text = re.sub(r'(schemaLocation=["\'])([^"\']+)', _beside, text)
        (folder / Path(name).name).write_text(text, encoding="utf-8")
    return folder


def _beside(match: "re.Match[str]") -> str:
    name = match[2].rpartition("/")[2]
    return match[1] + SIDE_BY_SIDE.get(name, name)


def sampled(xsd: Path) -> tuple[int, set[str]]:
    """Sample every global element, and return how many samples are valid, and what none can be made of."""
    sampler, judge = Sampler(xsd), etree.XMLSchema(file=str(xsd))
    declared = xml.parse(xsd.read_bytes())
    namespace = declared.get("targetNamespace", "")
    fullnesses: tuple[Fullness, ...] = ("minimal", "full")
    valid, refused = 0, set()
    for element in declared.iterchildren("{http://www.w3.org/2001/XMLSchema}element"):
        name = str(element.get("name"))
        for fullness in fullnesses:
            try:
                made = sampler.sample(MessageType(namespace, name), 1, today=TODAY, fullness=fullness)
            except CannotSample:
                refused.add(name)
                continue
            assert judge.validate(xml.parse(xml.source(made))), (name, judge.error_log)
            valid += 1
    return valid, refused


@pytest.mark.parametrize("xsd", SMEV3, ids=lambda xsd: xsd.stem)
def test_every_element_of_smev_3_is_sampled(xsd: Path) -> None:
    valid, refused = sampled(xsd)
    assert valid > 0
    assert refused == set()


@pytest.mark.parametrize("name", sorted({Path(name).name for name in W3C} - {"xml.xsd"}))
def test_every_element_of_a_schema_of_the_w3c_is_sampled(w3c: Path, name: str) -> None:
    valid, refused = sampled(w3c / name)
    assert refused == IMPOSSIBLE.get(name, set())
    assert valid > 0 or name == "xlink.xsd"


def test_a_full_call_of_smev_shows_its_parts() -> None:
    """SendRequestRequest holds the business content under a wildcard, and the signature below another schema."""
    xsd = next(path for path in SMEV3 if path.stem == "smev-message-exchange-types-1.2")
    namespace = xml.parse(xsd.read_bytes()).get("targetNamespace", "")
    sampler = Sampler(xsd)
    made = sampler.sample(MessageType(namespace, "SendRequestRequest"), 1, today=TODAY, fullness="full")
    held = {xml.name_of(node)[1] for node in made.iter()}
    assert {"MessageID", "MessagePrimaryContent", "AttachmentHeaderList", "CallerInformationSystemSignature"} <= held
