"""Durations and timestamps as Azure writes them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.expressions.times import parse_duration, parse_timestamp, write_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT1H", 3600),
        ("PT60M", 3600),
        ("PT3600S", 3600),
        ("pt1h", 3600),
        (" PT1H ", 3600),
        ("P1D", 86400),
        ("P1W", 7 * 86400),
        ("P1M", 30 * 86400),
        ("P1Y", 365 * 86400),
        ("P1DT1H1M1S", 90061),
        ("PT0S", 0),
        ("PT0.5S", 0.5),
        ("PT1,5H", 5400),
        ("P0.5D", 43200),
        ("-PT5M", -300),
        ("+PT5M", 300),
    ],
)
def test_a_duration_is_a_number_of_seconds(text, seconds):
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "T1H",
        "1H",
        "P1H",
        "PT1D",
        "PT1H30",
        "P-1D",
        "P1D1D",
        "PT\u0661H",
        "1 day",
        "00:30:00",
        "P" + "9" * 400 + "D",
        "PT1H\x00",
    ],
)
def test_what_is_no_duration_is_none(text):
    assert parse_duration(text) is None


@given(st.text())
def test_no_text_makes_a_duration_raise(text):
    assert parse_duration(text) is None or isinstance(parse_duration(text), (int, float))


@given(st.from_regex(r"[PpTt0-9YMWDHS.,+-]{0,12}", fullmatch=True))
def test_nothing_that_looks_like_a_duration_makes_it_raise(text):
    parse_duration(text)


@given(st.integers(min_value=-(10**9), max_value=10**9))
def test_a_duration_is_read_as_it_was_written(seconds):
    assert parse_duration(write_duration(seconds)) == seconds


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "PT0S"),
        (86400, "P1D"),
        (5400, "PT1H30M"),
        (90061, "P1DT1H1M1S"),
        (-60, "-PT1M"),
        (0.4, "PT0S"),
        (604800, "P7D"),
    ],
)
def test_a_duration_is_written_in_its_usual_form(seconds, text):
    assert write_duration(seconds) == text


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-24T08:00:00Z", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("2026-11-24t08:00:00z", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("2026-11-24T08:00:00", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("2026-11-24 08:00:00", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("2026-11-24T08:00Z", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("2026-11-24T08:00:00.1234567Z", datetime(2026, 11, 24, 8, 0, 0, 123456, tzinfo=UTC)),
        ("2026-11-24T08:00:00.5+00:00", datetime(2026, 11, 24, 8, 0, 0, 500000, tzinfo=UTC)),
        ("2026-11-24T10:00:00+0200", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("2026-11-24T03:00:00-05:00", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("2026-11-24", datetime(2026, 11, 24, tzinfo=UTC)),
    ],
)
def test_a_timestamp_is_a_moment(text, moment):
    assert parse_timestamp(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "today",
        "2026",
        "2026-13-01",
        "2026-02-30",
        "24.11.2026",
        "2026-11-24T25:00:00Z",
        "2026-11-24T08:00:00+99:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-11-24T",
        "1732435200",
    ],
)
def test_what_is_no_timestamp_is_none(text):
    assert parse_timestamp(text) is None


@given(
    st.text()
    | st.from_regex(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d)?([.,]\d{0,9})?([Zz]|[+-]\d\d:?\d\d)?", fullmatch=True)
)
def test_no_text_makes_a_timestamp_raise(text):
    moment = parse_timestamp(text)
    assert moment is None or moment.utcoffset() is not None


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_timestamp_is_read_as_it_was_written(moment):
    assert parse_timestamp(moment.isoformat()) == moment
