"""The nearest example of a kind answers: with what the request says, with what is known, and still validly."""

from collections.abc import Callable

import pytest

from agencies.examples import Pair, leaves, nearest, places, telling, written_like
from gateway import xml
from gateway.library.examples import ExamplePair
from gateway.xml import Element

ONE = "5f1c1a52-84d4-11e2-9e96-0800200c9a66"
OTHER = "0A6F1F5E-84D5-11E2-9E96-0800200C9A66"


def request(snils: str = "95214771414", number: str = ONE, year: str = "2012", agreed: str = "true") -> bytes:
    return (
        f'<r id="{number}"><who><snils>{snils}</snils></who><year>{year}</year><agreed>{agreed}</agreed></r>'.encode()
    )


RESPONSE = (
    f'<a id="{ONE}"><snils>95214771414</snils><year> 2012 </year><found>true</found>'
    "<name>Смирнов</name><born>10.03.1967</born><paid/></a>"
).encode()
PAIR = Pair(request(), RESPONSE)


def nothing(_: tuple[str, ...]) -> str | None:
    return None


def knowing(**known: str) -> Callable[[tuple[str, ...]], str | None]:
    return lambda path: known.get(path[-1].removeprefix("@"))


def always(_: Element) -> bool:
    return True


def said(
    asked: bytes,
    suggest: Callable[[tuple[str, ...]], str | None] = nothing,
    is_valid: Callable[[Element], bool] = always,
) -> dict[str, str]:
    answer = PAIR.response_to(xml.parse(asked), suggest, is_valid)
    return {path[-1]: value for (path, _), value in leaves(answer).items()}


EXAMPLE = {
    "@id": ONE,
    "snils": "95214771414",
    "year": "2012",
    "found": "true",
    "name": "Смирнов",
    "born": "10.03.1967",
}


# Which example it is


def test_a_request_is_an_examples_whatever_its_identifiers() -> None:
    assert PAIR.is_asked_by(xml.parse(request()))
    assert PAIR.is_asked_by(xml.parse(request(number=OTHER)))
    assert not PAIR.is_asked_by(xml.parse(request(snils="95214780112")))
    assert not PAIR.is_asked_by(xml.parse(request(number="17")))
    assert not PAIR.is_asked_by(xml.parse(request().replace(b"</who>", b"</who><more>1</more>")))


def test_every_one_of_several_values_counts() -> None:
    pair = Pair(b"<r><n>1</n><n>2</n></r>", b"<a/>")
    assert pair.is_asked_by(xml.parse(b"<r> <n>1</n> <n>2</n> </r>"))
    for other in (b"<r><n>3</n><n>2</n></r>", b"<r><n>2</n></r>", b"<r><n>2</n><n>1</n></r>"):
        assert not pair.is_asked_by(xml.parse(other))


def test_the_nearest_example_shares_most_values_and_the_first_of_equals_is_taken() -> None:
    pairs = [
        ExamplePair(name, request(snils), f"<{name}/>".encode())
        for name, snils in (("a", "1"), ("b", "95214771414"), ("c", "95214771414"))
    ]
    lonely = ExamplePair("d", request(), None)
    found = nearest((lonely, *pairs), xml.parse(request(number=OTHER, year="1999")))
    assert found is not None
    assert found.response_to(xml.parse(request()), nothing, always).tag == "b"
    assert nearest((lonely, ExamplePair("e", None, RESPONSE)), xml.parse(request())) is None
    assert nearest((), xml.parse(request())) is None


def test_identifiers_bring_no_example_nearer() -> None:
    pairs = (ExamplePair("a", request("1", OTHER), b"<a/>"), ExamplePair("b", request("2"), b"<b/>"))
    found = nearest(pairs, xml.parse(request("2", OTHER)))
    assert found is not None
    assert found.response_to(xml.parse(request()), nothing, always).tag == "b"


# What it says


def test_the_example_is_repeated_with_the_identifiers_of_the_request() -> None:
    assert said(request()) == EXAMPLE
    assert said(request(number=OTHER)) == EXAMPLE | {"@id": OTHER}


def test_values_of_the_request_stand_where_those_of_its_example_stood() -> None:
    told = said(request("95214780112", OTHER, "2011", "false"))
    assert told == EXAMPLE | {"@id": OTHER, "snils": "95214780112", "year": "2011"}  # true is no value to be repeated


def test_what_is_known_counts_more_and_is_written_as_the_example_writes_it() -> None:
    told = said(request("95214780112"), knowing(name="Смирнова", born="1971-08-24", snils="95214780213", paid="5.00"))
    assert told == EXAMPLE | {"name": "Смирнова", "born": "24.08.1971", "snils": "95214780213", "paid": "5.00"}


def test_what_would_be_invalid_stays_as_the_example_has_it() -> None:
    def is_valid(made: Element) -> bool:
        values = {path[-1]: value for (path, _), value in leaves(made).items()}
        return values["name"] != "Смирнова" and values["year"] == "2012"

    told = said(request("95214780112", year="1"), knowing(name="Смирнова", born="1971-08-24"), is_valid)
    assert told == EXAMPLE | {"born": "24.08.1971", "snils": "95214780112"}


def test_an_example_is_never_changed_itself() -> None:
    said(request("95214780112", OTHER), knowing(name="Смирнова"))
    assert said(request()) == EXAMPLE


def test_a_hundred_bad_values_among_a_thousand_are_found_quickly() -> None:
    tries = 0
    response = "".join(f"<v>{number}</v>" for number in range(1_000))

    def is_valid(made: Element) -> bool:
        nonlocal tries
        tries += 1
        return not any(node.text == "7x" for node in made)

    known = iter(["7x" if number % 10 == 0 else "y" for number in range(1_000)])
    made = Pair(b"<r/>", f"<a>{response}</a>".encode()).response_to(xml.parse(b"<r/>"), lambda _: next(known), is_valid)
    assert [node.text for node in made] == [str(n) if n % 10 == 0 else "y" for n in range(1_000)]
    assert tries < 1_500


# How values are written


@pytest.mark.parametrize(
    ("value", "example", "written"),
    [
        ("1971-08-24", "10.03.1967", "24.08.1971"),
        ("1971-08-24", "1967-03-10", "1971-08-24"),
        ("1971-08-24", "1967-03-10T10:00:00+04:00", "1971-08-24T10:00:00+04:00"),
        ("1971-08-24", "", "1971-08-24"),
        ("24.08.1971", "10.03.1967", "24.08.1971"),
        ("24.08.1971", "1967-03-10", "1971-08-24"),
        ("24.08.1971", "1967-03-10Z", "1971-08-24Z"),
        ("24.08.1971", "1967", "24.08.1971"),
        ("95214780112", "952-147-714 14", "952-147-801 12"),
        ("95214780112", "952-147-714-14", "952-147-801-12"),
        ("95214780112", "95214771414", "95214780112"),
        ("Смирнова", "952-147-714 14", "Смирнова"),
    ],
)
def test_a_value_is_written_like_another(value: str, example: str, written: str) -> None:
    assert written_like(value, example) == written


def test_places_are_attributes_and_elements_without_children() -> None:
    root = xml.parse(b'<n:a xmlns:n="urn:n" n:x="1"><b y="2"><c/><!-- no --></b><d>3</d></n:a>')
    found = [(place.path, place.value) for place in places(root)]
    assert found == [(("a", "@x"), "1"), (("a", "b", "@y"), "2"), (("a", "b", "c"), ""), (("a", "d"), "3")]
    assert telling(leaves(xml.parse(request()))) == {
        (("r", "who", "snils"), 0): "95214771414",
        (("r", "year"), 0): "2012",
        (("r", "agreed"), 0): "true",
    }
