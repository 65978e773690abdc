"""Whatever the schema, a sample is made or refused soon; the same in every process and every thread."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateway import xml
from gateway.library.kind_file import KindError
from gateway.library.sampling import CannotSample, Sampler
from gateway.library.sampling.structure import MOST_ELEMENTS, MOST_IN_FULL
from tests.sampling.samples import ROOT, TODAY, names, restriction, sample, write


def chain_of_types(count: int, occurs: str) -> str:
    """Types that each hold the next one, the last a number."""
    types = "".join(
        f'<xs:complexType name="t{index}"><xs:sequence><xs:element name="e{index}" type="t:t{index + 1}" {occurs}/>'
        "</xs:sequence></xs:complexType>"
        for index in range(count)
    )
    last = f'<xs:simpleType name="t{count}">{restriction("xs:int")}</xs:simpleType>'
    return f'{types}{last}<xs:element name="root" type="t:t0"/>'


def test_a_document_that_must_be_too_big_is_refused(tmp_path: Path) -> None:
    """Each of 40 types holds ten of the next: 10 to the power of 40 elements."""
    xsd = write(tmp_path, chain_of_types(40, 'minOccurs="10" maxOccurs="10"'))
    with pytest.raises(CannotSample, match=f"предел — {MOST_ELEMENTS}"):
        sample(xsd)


@pytest.mark.parametrize("occurs", ['minOccurs="0" maxOccurs="unbounded"', 'minOccurs="0" maxOccurs="1000000000"'])
def test_what_may_be_endless_stays_small(tmp_path: Path, occurs: str) -> None:
    xsd = write(tmp_path, chain_of_types(40, occurs))
    assert len(list(sample(xsd).iter())) == 1
    assert len(list(sample(xsd, fullness="full").iter())) < 100


def test_a_requirement_of_a_billion_is_refused_at_once(tmp_path: Path) -> None:
    xsd = write(tmp_path, chain_of_types(1, 'minOccurs="1000000000" maxOccurs="unbounded"'))
    with pytest.raises(CannotSample, match="не менее 1000000001 элементов"):
        sample(xsd)


def test_a_billion_times_nothing_is_nothing(tmp_path: Path) -> None:
    group = (
        '<xs:sequence minOccurs="1000000000" maxOccurs="unbounded"><xs:element name="a" minOccurs="0"/></xs:sequence>'
    )
    xsd = write(tmp_path, f'<xs:element name="root"><xs:complexType>{group}</xs:complexType></xs:element>')
    made = Sampler(xsd).sample(ROOT, 1, today=TODAY, fullness="minimal")
    assert len(made) == 0


def test_a_document_that_must_be_too_deep_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotSample, match="вложены глубже 200"):
        sample(write(tmp_path, chain_of_types(300, "")))


def test_everything_inside_everything_stops_at_the_limit(tmp_path: Path) -> None:
    """20 types, each of which may hold all: as in XHTML, the tree of all paths has no end."""
    parts = "".join(f'<xs:element ref="t:e{index}" minOccurs="0"/>' for index in range(20))
    elements = "".join(
        f'<xs:element name="e{index}"><xs:complexType><xs:sequence>{parts}</xs:sequence></xs:complexType></xs:element>'
        for index in range(20)
    )
    xsd = write(
        tmp_path,
        elements + '<xs:element name="root"><xs:complexType><xs:sequence>' + parts + "</xs:sequence>"
        "</xs:complexType></xs:element>",
    )
    made = sample(xsd, fullness="full")
    assert MOST_IN_FULL - 100 <= len(list(made.iter())) <= MOST_IN_FULL + 100
    assert len(made) == 20  # level by level: what is near the root is all there


def test_values_that_must_be_too_long_together_are_refused(tmp_path: Path) -> None:
    long = f'<xs:simpleType name="long">{restriction("xs:string", "minLength 900000")}</xs:simpleType>'
    parts = '<xs:element name="a" type="t:long" minOccurs="{}" maxOccurs="unbounded"/>'
    body = '<xs:element name="root"><xs:complexType><xs:sequence>{}</xs:sequence></xs:complexType></xs:element>'
    assert len(sample(write(tmp_path, long + body.format(parts.format(2))))) == 2
    with pytest.raises(CannotSample, match="/root/a: значения документа вместе длиннее"):
        sample(write(tmp_path, long + body.format(parts.format(200))))


def test_a_wide_schema_is_sampled_in_full(tmp_path: Path) -> None:
    parts = "".join(f'<xs:element name="e{index}" type="t:code"/>' for index in range(300))
    code = f'<xs:simpleType name="code">{restriction("xs:string", "pattern [А-Я]{2}[0-9]{4}")}</xs:simpleType>'
    body = f'<xs:element name="root"><xs:complexType><xs:choice maxOccurs="unbounded">{parts}</xs:choice>'
    xsd = write(tmp_path, f"{code}{body}</xs:complexType></xs:element>")
    assert set(names(sample(xsd, fullness="full"))) == {f"e{index}" for index in range(300)}
    assert len(sample(xsd)) == 1


@pytest.mark.parametrize("pattern", ["([а-яА-Я]+[ -]?)+", "(([A-Za-z]+)*)*!", r"(\w+\s?)*\d"])
def test_a_pattern_that_makes_others_backtrack_is_sampled(tmp_path: Path, pattern: str) -> None:
    simple_type = f"<xs:simpleType>{restriction('xs:string', f'pattern {pattern}')}</xs:simpleType>"
    name = "ОченьДлинноеНаименованиеОрганизацииИлиУчреждения"
    body = f'<xs:element name="root"><xs:complexType><xs:sequence><xs:element name="{name}">{simple_type}</xs:element>'
    assert sample(write(tmp_path, body + "</xs:sequence></xs:complexType></xs:element>"))[0].text


def test_a_broken_schema_is_told_as_that_of_a_kind(tmp_path: Path) -> None:
    xsd = write(tmp_path, '<xs:element name="root" type="t:none"/>')
    with pytest.raises(KindError, match=r"t\.xsd:1: "):
        sample(xsd)


def test_files_outside_the_folder_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    write(tmp_path, "", "out.xsd")
    xsd = write(tmp_path / "in", '<xs:include schemaLocation="../out.xsd"/><xs:element name="root" type="xs:int"/>')
    with pytest.raises(KindError, match="expected a file inside the kind's folder"):
        sample(xsd)
    assert sample(xsd, folder=tmp_path).text


RICH = (
    '<xs:element name="head" abstract="true"/>'
    + "".join(f'<xs:element name="s{index}" type="xs:int" substitutionGroup="t:head"/>' for index in range(20))
    + '<xs:element name="root"><xs:complexType><xs:sequence><xs:element ref="t:head" minOccurs="5" maxOccurs="5"/>'
    '<xs:choice minOccurs="3" maxOccurs="3"><xs:element name="a" type="xs:string"/>'
    '<xs:element name="b" type="xs:date"/></xs:choice></xs:sequence><xs:attribute name="id" type="xs:ID"/>'
    "</xs:complexType></xs:element>"
)

SCRIPT = """
import sys
from datetime import date
from pathlib import Path
from gateway import xml
from gateway.library.sampling import Sampler
from gateway.protocol.messages import MessageType
made = Sampler(Path(sys.argv[1])).sample(MessageType("urn:t", "root"), 5, today=date(2013, 4, 1), fullness="full")
sys.stdout.buffer.write(xml.source(made))
"""


def test_every_process_makes_the_same_sample(tmp_path: Path) -> None:
    """Sets of xmlschema come in an order that differs from one process to the next."""
    xsd = write(tmp_path, RICH)
    here = xml.source(Sampler(xsd).sample(ROOT, 5, today=TODAY, fullness="full"))
    for hash_seed in ("1", "2"):
        there = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(xsd)], env={"PYTHONHASHSEED": hash_seed}, capture_output=True, check=True
        )
        assert there.stdout == here


def test_seeds_make_different_samples(tmp_path: Path) -> None:
    xsd = write(tmp_path, RICH)
    assert len({xml.source(sample(xsd, seed=seed, fullness="full")) for seed in range(5)}) == 5


def test_a_sampler_is_shared_by_threads(tmp_path: Path) -> None:
    sampler = Sampler(write(tmp_path, RICH))
    with ThreadPoolExecutor(4) as threads:
        made = threads.map(
            lambda seed: xml.source(sampler.sample(ROOT, seed % 4, today=TODAY, fullness="full")), range(40)
        )
    assert len(set(made)) == 4


def test_a_suggestion_may_come_from_another_sample(tmp_path: Path) -> None:
    sampler = Sampler(write(tmp_path, RICH))

    def suggest(path: tuple[str, ...]) -> str | None:
        inner = sampler.sample(ROOT, 9, today=TODAY, fullness="minimal")
        return next((node.text for node in inner.iter() if path[-1] == xml.name_of(node)[1]), None)

    assert sampler.sample(ROOT, 9, suggest, today=TODAY, fullness="minimal") is not None
