"""ISO 8601 durations and timestamps, as Azure writes them and as people write them in policies."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

_DURATION = re.compile(
    r"(?P<sign>[+-])?P(?=.)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+(?:[.,]\d+)?)D)?"
    r"(?:T(?=.)(?:(?P<hours>\d+(?:[.,]\d+)?)H)?(?:(?P<minutes>\d+(?:[.,]\d+)?)M)?(?:(?P<seconds>\d+(?:[.,]\d+)?)S)?)?",
    re.ASCII | re.IGNORECASE,
)
_SECONDS = {
    "years": 365 * 86400.0,
    "months": 30 * 86400.0,
    "weeks": 7 * 86400.0,
    "days": 86400.0,
    "hours": 3600.0,
    "minutes": 60.0,
    "seconds": 1.0,
}
_TIMESTAMP = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))?\s*([Zz]|[+-]\d\d:?\d\d)?)?", re.ASCII
)


@lru_cache(maxsize=4096)
def parse_duration(text: str) -> float | None:
    """Give an ISO 8601 duration in seconds, None where `text` is none.

    A year counts 365 days and a month 30, so that durations can be compared without a calendar.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        return None
    parts = match.groupdict()
    sign = -1 if parts.pop("sign") == "-" else 1
    seconds = sum(float(value.replace(",", ".")) * _SECONDS[unit] for unit, value in parts.items() if value)
    return sign * seconds if seconds < 1e12 else None


@lru_cache(maxsize=4096)
def parse_timestamp(text: str) -> datetime | None:
    """Give an ISO 8601 date or time as an aware datetime, None where `text` is none.

    Azure writes up to seven digits of a second; a time without an offset is UTC, a date is its midnight.
    """
    match = _TIMESTAMP.fullmatch(text.strip())
    if match is None:
        return None
    day, clock, fraction, offset = match.groups()
    plain = f"{day}T{clock or '00:00:00'}"
    if fraction:
        plain += f".{fraction[:6].ljust(6, '0')}" if plain.count(":") == 2 else ""
    if offset and offset not in "Zz":
        plain += offset if ":" in offset else f"{offset[:3]}:{offset[3:]}"
    try:
        moment = datetime.fromisoformat(plain)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def write_duration(seconds: float) -> str:
    """Give seconds in the shortest usual ISO 8601 form: 86400 is P1D, 5400 is PT1H30M."""
    if seconds < 0:
        return "-" + write_duration(-seconds)
    whole = timedelta(seconds=round(seconds))
    days, rest = whole.days, whole.seconds
    clock = "".join(
        f"{value}{unit}" for value, unit in ((rest // 3600, "H"), (rest // 60 % 60, "M"), (rest % 60, "S")) if value
    )
    text = "P" + (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return text if text != "P" else "PT0S"
