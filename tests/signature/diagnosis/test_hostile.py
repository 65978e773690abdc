"""Whatever is put in, a diagnosis comes out."""

import re
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway import ns
from gateway.signature.diagnosis import MOST_SIGNATURES, Message, Verdict, causes, diagnose
from gateway.signature.diagnosis.case import Case, TriedEnough
from gateway.signature.diagnosis.diagnose import first
from gateway.xml import parse
from tests.signature.diagnosis.messages import DATA, all_of, call, data_of, first_of, signed

RIGHT: Final = signed()


@given(
    start=st.integers(0, len(RIGHT)),
    length=st.integers(0, 200),
    new=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20).map(lambda text: re.sub("[<&]", "", text)),
)
@settings(max_examples=60, deadline=None)
def test_a_signature_with_a_piece_of_it_replaced(start: int, length: int, new: str) -> None:
    try:
        message = call(RIGHT[:start] + new + RIGHT[start + length :])
    except ValueError:
        return  # no XML any more
    for found in all_of(message, document=b"x"):
        assert found.verdict is not Verdict.BROKEN or found.causes or found.problem


def test_ten_megabytes_of_signature_value() -> None:
    long = re.sub(r"(<ds:SignatureValue>)[^<]*", rf"\g<1>{'A' * 9_000_000}", RIGHT)
    found = first_of(call(long))
    assert (found.verdict, found.causes[0].code) == (Verdict.BROKEN, "bad-value")


@pytest.mark.parametrize("count", [1, 3000])
def test_thousands_of_signatures(count: int) -> None:
    one = f'<s><x:Signature xmlns:x="{ns.XMLDSIG}"><x:SignatureValue>AAAA</x:SignatureValue></x:Signature></s>'
    told = diagnose(Message(parse(f"<all>{one * count}</all>".encode()), None, b"", {}))
    assert (len(told.signatures), told.left_out) == (min(count, MOST_SIGNATURES), max(0, count - MOST_SIGNATURES))
    assert not told.is_good


def test_thousands_of_ids() -> None:
    beside = "".join(f'<x Id="i{number}"/>' for number in range(5000))
    found = first_of(call(signed(b"nothing of the message"), beside=beside))
    assert [cause.code for cause in found.causes] == ["changed"]


def test_what_is_tried_has_an_end() -> None:
    message = call(signed(b"nothing of the message"), DATA.replace("дом 5", "дом 5" * 20_000))
    [signature] = message.iter(f"{{{ns.XMLDSIG}}}Signature")
    case = Case(signature, data_of(message), None, b"", (), most=1_000_000)
    told = list(first(causes.OF_THE_DIGEST, case))
    assert [cause.code for cause in told] == ["changed"]
    assert case.tried < 10
    with pytest.raises(TriedEnough):
        case.fits(b"anything")
