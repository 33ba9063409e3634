"""Functions on timestamps, which are text of the form 2026-11-24T08:00:00.0000000Z."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from scanner.expressions.functions.arguments import Function, Undecided, string, whole
from scanner.expressions.times import parse_duration, parse_timestamp


def stamp(moment: datetime) -> str:
    """Write a moment as `utcNow()` does."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "0Z")


def _shift(moment: Any, by: timedelta) -> str:
    start = parse_timestamp(string(moment))
    if start is None:
        raise ValueError(moment)
    return stamp(start + by)


def _date_time_add(moment: Any, duration: Any) -> str:
    seconds = parse_duration(string(duration))
    if seconds is None:
        raise ValueError(duration)
    return _shift(moment, timedelta(seconds=seconds))


FUNCTIONS = {
    "adddays": Function(lambda moment, days: _shift(moment, timedelta(days=whole(days))), 2, 2),
    "datetimeadd": Function(_date_time_add, 2, 2),
}


def _undecided(*_: Any) -> str:
    # A year and a month count calendar days, and the form of the answer is one of .NET's many.
    raise Undecided


def _to_epoch(moment: Any) -> int:
    start = parse_timestamp(string(moment))
    if start is None:
        raise ValueError(moment)
    return int(start.timestamp())


def _from_epoch(seconds: Any) -> str:
    return datetime.fromtimestamp(whole(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


TEMPLATE_FUNCTIONS = {
    "datetimeadd": Function(_undecided, 2, 3),
    "datetimefromepoch": Function(_from_epoch, 1, 1),
    "datetimetoepoch": Function(_to_epoch, 1, 1),
}
"""As templates have them, in place of the policies'."""
