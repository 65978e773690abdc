"""Schemas that nobody wrote: whatever has a document gets a valid one."""

import re
import tempfile
from pathlib import Path

from elementpath.regex import translate_pattern
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.library.sampling import Fullness
from gateway.library.sampling.draw import Draw
from gateway.library.sampling.patterns import read
from tests.sampling.samples import sample, write
from tests.sampling.xsd_strategies import Witnessed, content_models, patterns, simple_types

THOROUGH = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@THOROUGH
@given(patterns(), st.integers(0, 99))
def test_a_pattern_matches_its_witness_and_what_is_written_after_it(found: Witnessed, seed: int) -> None:
    pattern = read(found.source)
    reference = re.compile(
        translate_pattern(found.source, back_references=False, lazy_quantifiers=False, anchors=False)
    )
    assert reference.match(found.witness), "the strategy is wrong"
    assert pattern.matches(found.witness)
    assert pattern.lengths >> len(found.witness) & 1
    written = pattern.text(Draw(seed), 0, None, "russian")
    assert written is not None
    assert reference.match(written)
    same_length = pattern.text(Draw(seed), len(found.witness), len(found.witness), "digits")
    assert same_length is not None
    assert len(same_length) == len(found.witness)
    assert reference.match(same_length)


@THOROUGH
@given(patterns(), st.text("aбЯ09 -:", max_size=8))
def test_a_pattern_matches_what_another_matcher_finds_to_match(found: Witnessed, text: str) -> None:
    reference = translate_pattern(found.source, back_references=False, lazy_quantifiers=False, anchors=False)
    assert read(found.source).matches(text) is bool(re.match(reference, text))


@THOROUGH
@given(simple_types(), st.integers(0, 99))
def test_a_simple_type_that_has_a_value_gets_one(simple_type: str, seed: int) -> None:
    body = f'<xs:element name="root"><xs:simpleType>{simple_type}</xs:simpleType></xs:element>'
    with tempfile.TemporaryDirectory() as folder:
        sample(write(Path(folder), body), seed=seed)


@THOROUGH
@given(content_models(), st.integers(0, 99), st.sampled_from(("minimal", "full")))
def test_a_content_model_gets_a_document(model: str, seed: int, fullness: Fullness) -> None:
    body = f'<xs:element name="root"><xs:complexType>{model}</xs:complexType></xs:element>'
    with tempfile.TemporaryDirectory() as folder:
        xsd = write(Path(folder), body)
        made = sample(xsd, seed=seed, fullness=fullness)
        again = sample(xsd, seed=seed, fullness=fullness)
    assert etree.tostring(made) == etree.tostring(again)
