"""MessageID: what its letters are, what moment stands in it; and moments as SMEV writes them."""

from datetime import UTC, datetime, timedelta, timezone
from random import Random  # noqa: TID251 - seeded here
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.ids import SeededIds
from gateway.protocol import moments
from gateway.protocol.message_id import is_time_based, is_uuid, moment_of, time_based

GOOD = "5f1c1a52-84d4-11e2-9e96-0800200c9a66"
FIVE_EAST = timezone(timedelta(hours=5))
MOMENTS = st.datetimes(datetime(1600, 1, 1), datetime(5000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def test_a_lower_case_uuid_is_one() -> None:
    assert is_uuid(GOOD)


@pytest.mark.parametrize(
    "text",
    [
        GOOD.upper(),
        GOOD.replace("-", ""),
        f"{{{GOOD}}}",
        f"urn:uuid:{GOOD}",
        f"{GOOD}\n",
        f" {GOOD}",
        GOOD[:-1],
        GOOD + "0",
        GOOD.replace("5f", "5g"),
        GOOD.replace("5", "٥"),
        "",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert not is_uuid(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [(GOOD, True), ("0e7ae1d2-ee9a-4f0c-8c54-5d1d4c1c7d11", False), ("00000000-0000-0000-0000-000000000000", False)],
)
def test_only_version_1_carries_a_moment(text: str, expected: bool) -> None:
    assert is_time_based(text) is expected


@settings(deadline=None)
@given(MOMENTS, st.integers(0, 9), st.integers(0, 0x3FFF), st.integers(0, 2**48 - 1))
def test_the_moment_comes_back_out_of_the_id(moment: datetime, tick: int, sequence: int, node: int) -> None:
    text = time_based(moment, tick, sequence, node)
    read = UUID(text)
    assert is_uuid(text)
    assert is_time_based(text)
    assert moment_of(text) == moment
    assert (read.version, read.variant, read.clock_seq, read.node) == (1, RFC_4122, sequence, node)


@settings(deadline=None)
@given(st.uuids(version=1))
def test_any_version_1_id_has_a_moment_or_none_but_never_fails(value: UUID) -> None:
    moment = moment_of(str(value))
    assert moment is None or moment.tzinfo is UTC


def test_ids_of_one_moment_all_differ() -> None:
    ids, moment = SeededIds(Random(1)), datetime(2013, 3, 21, tzinfo=UTC)  # noqa: S311
    assert len({ids.message_id(moment) for _ in range(5000)}) == 5000


def test_one_seed_gives_the_same_ids() -> None:
    moment = datetime(2013, 3, 21, tzinfo=UTC)
    first, second = SeededIds(Random(7)), SeededIds(Random(7))  # noqa: S311
    assert [first.message_id(moment) for _ in range(30)] == [second.message_id(moment) for _ in range(30)]


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2020, 5, 20, 4, 52, 37, tzinfo=UTC), "2020-05-20T07:52:37.000+03:00"),
        (datetime(2020, 5, 20, 4, 52, 37, 999999, tzinfo=UTC), "2020-05-20T07:52:37.999+03:00"),
        (datetime(2020, 5, 20, 23, 0, tzinfo=timezone(timedelta(hours=-5))), "2020-05-21T07:00:00.000+03:00"),
    ],
)
def test_smev_writes_milliseconds_and_the_moscow_offset(moment: datetime, text: str) -> None:
    assert moments.write(moment) == text


@pytest.mark.parametrize(
    "moment",
    [
        datetime.min.replace(tzinfo=moments.MOSCOW),
        datetime.min.replace(tzinfo=FIVE_EAST),
        datetime.max.replace(tzinfo=UTC),
    ],
)
def test_the_ends_of_the_calendar_can_be_written(moment: datetime) -> None:
    # .NET clients send DateTime.MinValue and DateTime.MaxValue where nobody set anything.
    assert moments.read(moments.write(moment)) == moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2020-05-20T07:52:37.000+03:00", datetime(2020, 5, 20, 4, 52, 37, tzinfo=UTC)),
        ("2020-05-20T04:52:37Z", datetime(2020, 5, 20, 4, 52, 37, tzinfo=UTC)),
        ("2020-05-20T07:52:37", datetime(2020, 5, 20, 4, 52, 37, tzinfo=UTC)),
        ("2020-05-20T07:52:37.1234567+03:00", datetime(2020, 5, 20, 4, 52, 37, 123456, tzinfo=UTC)),
        ("\n 2020-05-20T07:52:37.5+03:00 ", datetime(2020, 5, 20, 4, 52, 37, 500000, tzinfo=UTC)),
    ],
)
def test_smev_reads_what_clients_write(text: str, moment: datetime) -> None:
    assert moments.read(text) == moment


@pytest.mark.parametrize("text", ["", "2020-05-20", "yesterday", "2020-05-20T25:00:00", "2020-13-20T07:52:37"])
def test_what_is_no_date_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        moments.read(text)
