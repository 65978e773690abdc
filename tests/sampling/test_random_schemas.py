"""Schemas that nobody wrote: whatever has a document gets a valid one."""

import re
import tempfile
from pathlib import Path

import pytest
from elementpath.regex import translate_pattern
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.library.sampling import CannotSample, Fullness
from gateway.library.sampling.draw import Draw
from gateway.library.sampling.intersection import common_text
from gateway.library.sampling.patterns import read
from tests.sampling.samples import restriction, sample, write
from tests.sampling.xsd_strategies import (
    TypeGraph,
    Witnessed,
    content_models,
    literal,
    patterns,
    simple_types,
    type_graphs,
)

SHORT = 7
"""Characters of a text that Python's matcher, which backtracks, is given."""

EMPTY_TO_LIBXML2 = (
    r"((:{1}){2,}([^0-9]*|\]{1}\p{Lu}{1}\S+А{0}|[а-яё\-]{0,}[а-яё\-]*){0,5}|(\d{1}\d{0,}){0}[^0-9]*([0-9A-F]{0}){1}){0}"
    r"[А-ЯЁ]{0,2}(([а-яё\-]{0,}[а-яё\-]*){0,5}){0,2}"
)
"""Allows many texts, but libxml2, which judges, takes the empty one alone."""

THOROUGH = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@THOROUGH
@given(patterns(), st.integers(0, 99))
def test_a_pattern_matches_its_witness_and_what_is_written_after_it(found: Witnessed, seed: int) -> None:
    pattern = read(found.source)
    assert pattern.matches(found.witness)
    assert pattern.lengths >> len(found.witness) & 1
    written = pattern.text(Draw(seed), 0, None, "russian")
    same_length = pattern.text(Draw(seed), len(found.witness), len(found.witness), "digits")
    assert written is not None
    assert same_length is not None
    assert len(same_length) == len(found.witness)
    assert pattern.matches(written)
    assert pattern.matches(same_length)


@THOROUGH
@given(patterns(), st.text("aбЯ09 -:", max_size=SHORT), st.integers(0, 99))
def test_a_pattern_matches_what_another_matcher_finds_to_match(found: Witnessed, text: str, seed: int) -> None:
    pattern = read(found.source)
    other = re.compile(translate_pattern(found.source, back_references=False, lazy_quantifiers=False, anchors=False))
    assert pattern.matches(text) is bool(other.match(text))
    written = pattern.text(Draw(seed), 0, SHORT, "russian")
    assert written is None or other.match(written)


@THOROUGH
@given(patterns(), patterns())
@example(  # the one may go on in thousands of ways, of which few end where the other does
    Witnessed(r"(\w{2,}.*\?{0,3}\S{1})\^{3,}[а-яё\-]{3}", "a9?-^^^ёбб"),
    Witnessed(
        r"(([a-z-[aeiou]]+:{1,}\){0,2}[0-9A-F]*){1,}[а-яё\-]{2,}(\i*\S{1,}[^0-9]{0,3}){3,}\|*|\w{0}\c+"
        r"|(\w*\|{2}\i*|\i{3}ё{0,2}\p{Lu}{0,3}|\i{0,4}\c*\-{0})+\]*[0-9A-F]{0,4}){3,}",
        "zz:5ёаЯaЯaЯazz:5ёаЯaЯaЯaa",
    ),
)
def test_a_text_common_to_two_patterns_is_found(one: Witnessed, other: Witnessed) -> None:
    """Each pattern is widened by the witness of the other, so that there is such a text."""
    steps = [[read(one.source), read(literal(other.witness))], [read(other.source), read(literal(one.witness))]]
    text = common_text(steps, 0, None, 0)
    assert text is not None
    assert all(any(pattern.matches(text) for pattern in step) for step in steps)


@THOROUGH
@given(simple_types(), st.integers(0, 99))
@example(restriction("xs:string", "pattern ([^0-9]?){3,}"), 1)  # libxml2 takes two characters at least
@example(restriction("xs:string", f"pattern {EMPTY_TO_LIBXML2}"), 5)
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


@THOROUGH
@given(type_graphs(), st.sampled_from(("minimal", "full")))
def test_a_recursion_ends_or_is_refused(graph: TypeGraph, fullness: Fullness) -> None:
    with tempfile.TemporaryDirectory() as folder:
        xsd = write(Path(folder), graph.source)
        if graph.has_document():
            sample(xsd, fullness=fullness)
        else:
            with pytest.raises(CannotSample, match="обязан содержать сам себя без конца"):
                sample(xsd, fullness=fullness)
