"""Regular expressions of XSD: what they match, and the texts that are written after them."""

import re

import pytest

from gateway.library.sampling.draw import Draw
from gateway.library.sampling.patterns import LONGEST, PatternError, read


def written(source: str, seed: int = 1) -> str:
    text = read(source).text(Draw(seed), 0, None, "russian")
    assert text is not None
    return text


@pytest.mark.parametrize(
    ("source", "matching", "other"),
    [
        (r"\d{3}-\d{3}-\d{3} \d{2}", ["123-456-789 01"], ["12345678901", "123-456-789 011"]),
        (r"[0-9]{10}|[0-9]{12}", ["1234567890", "123456789012"], ["12345678901"]),
        (r"[a-z-[aeiou]]+", ["bcd"], ["abc", ""]),
        (r"[a-z-[b-y-[m]]]", ["a", "m", "z"], ["b"]),
        (r"[^\d\s]", ["я", "-"], ["1", " "]),
        (r"\p{Lu}\p{Ll}*", ["Я", "Яя"], ["я"]),
        (r"\P{IsCyrillic}", ["a"], ["я"]),
        (r"\i\c*", ["_a1", "имя"], ["1a"]),
        (r"\w+", ["абв9"], ["а_б", "а-б"]),  # a low line is punctuation in XSD
        (r".", ["a", "\t"], ["\n", "ab"]),
        (r"^a$", ["^a$"], ["a"]),  # no anchors
        (r"a{2,}", ["aa", "aaaa"], ["a"]),
        (r"(a|bc)?d", ["d", "ad", "bcd"], ["abcd"]),
        (r"[\-+.\\\]]", ["-", "+", ".", "\\", "]"], ["a"]),
        (r"[a\-z]", ["a", "-", "z"], ["b"]),
        (r"[-a]|[b-]", ["-", "a", "b"], ["c"]),
        (r"[\w-.]", ["-", ".", "a"], ["!"]),  # not strictly XSD, and seen in the wild
        (r"\n\r\t", ["\n\r\t"], ["nrt"]),
        ("", [""], ["a"]),
        ("a|", ["a", ""], ["b"]),
        (r"\d{0}", [""], ["1"]),
        (r"((a?){3}b){2}", ["bb", "aaabab"], ["aaaab"]),
    ],
)
def test_a_pattern_matches(source: str, matching: list[str], other: list[str]) -> None:
    pattern = read(source)
    assert [text for text in matching if not pattern.matches(text)] == []
    assert [text for text in other if pattern.matches(text)] == []


@pytest.mark.parametrize(
    ("source", "readable"),
    [
        (r"[А-Яа-яЁё\-\s]{1,60}", r"[А-Я][а-я]{3,12}"),
        (r"\p{L}+", r"[А-Я][а-я]{3,12}"),
        (r"[^@]+@[^@]+\.\w+", r"[А-я]+@[А-я]+\.[А-я]+"),
        (r".{5}", r"[А-Я][а-я]{4}"),
        (r"\S.*", r"[А-я]+"),
        (r"[a-zA-Z]{6}", r"[A-Z][a-z]{5}"),
        (r"[0-9A-F]{8}", r"[0-9A-F]{8}"),
        (r"\d{1,10}", r"[0-9]{4,10}"),
        (r"[МЖ]", r"[МЖ]"),
        (r"\+7\(\d{3}\)\d{3}-\d{2}-\d{2}", r"\+7\(\d{3}\)\d{3}-\d\d-\d\d"),
        (r"\d{2}:\d{2}:\d{6,7}:\d{1,10}", r"\d\d:\d\d:\d{6,7}:\d{1,10}"),
    ],
)
def test_texts_are_readable(source: str, readable: str) -> None:
    texts = {written(source, seed) for seed in range(20)}
    assert [text for text in texts if not re.fullmatch(readable, text) or not text.isprintable()] == []
    assert len(texts) > 1


@pytest.mark.parametrize(("shortest", "longest"), [(0, 3), (7, 7), (20, 30), (LONGEST, LONGEST)])
def test_a_text_has_the_wanted_length(shortest: int, longest: int) -> None:
    pattern = read(r"[a-z]+(-[0-9]{2})*( [a-z]{3})?")
    for seed in range(20):
        text = pattern.text(Draw(seed), shortest, longest, "latin")
        assert text is not None
        assert shortest <= len(text) <= longest
        assert pattern.matches(text)


@pytest.mark.parametrize("source", [r"(ab){4}", r"\d{12}|\d{3}", r"[a-z-[a-z]]x", r"(aa)+b"])
def test_no_text_has_a_length_that_the_pattern_does_not_allow(source: str) -> None:
    assert read(source).text(Draw(1), 4, 4, "latin") is None


def test_matching_takes_no_longer_for_a_pattern_that_would_backtrack() -> None:
    """`re` needs 2 to the power of 60 steps for this; so would the next two."""
    pattern = read(r"([а-я]+[\- ]?)+!")
    assert not pattern.matches("а" * 60)
    assert pattern.matches("а" * 60 + "!")
    assert not read(r"(a|aa)+b").matches("a" * 200)
    assert not read(r"(a*)*b").matches("a" * 200)


@pytest.mark.parametrize(
    "source", [r"(((a{0,1000}b?){1000}){1000}){0,1000}", r"((((a?){1000}){1000}){1000}){1000}", r"(a{999999999}|b)c"]
)
def test_repetitions_of_repetitions_are_read_and_written(source: str) -> None:
    pattern = read(source)
    text = pattern.text(Draw(1), 0, None, "latin")
    assert text is not None
    assert pattern.matches(text)


def test_what_must_be_too_long_is_not_written() -> None:
    assert read(r"\d{1001}").text(Draw(1), 0, None, "digits") is None


@pytest.mark.parametrize(
    "source",
    [
        "(",
        "a)",
        "[a",
        "[",
        "*a",
        "a{",
        "a{2",
        "a{2,1}",
        "a{x}",
        "\\",
        "\\p{L",
        "\\p{Nothing}",
        "a{9999999999}",
        "(" * 99,
        "[a-\\d]",
    ],
)
def test_what_is_no_pattern_is_refused(source: str) -> None:
    with pytest.raises(PatternError):
        read(source)


def test_a_script_that_is_neither_russian_nor_latin_is_written_in_its_letters() -> None:
    assert re.fullmatch(r"[\u0620-\u06ff]{3}", written(r"\p{IsArabic}{3}"))


def test_the_same_seed_writes_the_same_text() -> None:
    """A change here changes every sample that people have recorded."""
    assert [written(r"[А-Я][а-я]+ \d{4}-[A-Z]{2}", seed) for seed in range(3)] == [
        "Звадедиз 3104-BU",
        "Вжабечипо 2876-WO",
        "Ждучененич 0747-RO",
    ]
