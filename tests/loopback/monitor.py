"""Azure Monitor's arithmetic for the fake: windows, grains, dimensions and the cut at `top`."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.loopback.tenant import Metric

DEFAULT_TOP = 10
_UNITS = {"D": "days", "H": "hours", "M": "minutes"}


def answer(
    owner: str, name: str, metric: Metric | None, query: Mapping[str, str], dimension_filter: str
) -> dict[str, Any]:
    """Give one metric object as Azure Monitor does; a metric without samples has no series."""
    found: dict[str, Any] = {
        "id": f"{owner}/providers/Microsoft.Insights/metrics/{name}",
        "type": "Microsoft.Insights/metrics",
        "name": {"value": name, "localizedValue": name},
        "unit": metric.unit if metric else "Count",
        "errorCode": metric.error_code if metric else "Success",
        "timeseries": [],
    }
    if metric is None or metric.error_code != "Success":
        return found
    start, end = (_moment(text) for text in (query["starttime"], query["endtime"]))
    names = re.findall(r"(\w+) eq '\*'", dimension_filter)
    for labels, points in _split(metric, names).items():
        inside = [(moment, number) for moment, number in points if start <= moment < end]
        if not inside:
            continue
        labelled = [
            {"name": {"value": name.lower()}, "value": value} for name, value in zip(names, labels, strict=True)
        ]
        data = _data(inside, start, query["interval"], query["aggregation"].lower())
        found["timeseries"].append({"metadatavalues": labelled, "data": data})
    if names:
        found["timeseries"] = found["timeseries"][: int(query.get("top", DEFAULT_TOP))]
    return found


def _split(metric: Metric, names: Sequence[str]) -> dict[tuple[str, ...], list[tuple[datetime, float]]]:
    """Give the points by values of the dimensions in the filter; others are added up."""
    found: dict[tuple[str, ...], list[tuple[datetime, float]]] = {}
    for key, points in metric.series.items():
        values = key if isinstance(key, tuple) else (key,)
        own = metric.dimensions or tuple(names[:1])
        by_name = dict(zip((name.lower() for name in own), values, strict=False))
        labels = tuple(by_name.get(name.lower(), "") for name in names)
        found.setdefault(labels, []).extend(points)
    return found


def _data(
    points: Sequence[tuple[datetime, float]], start: datetime, interval: str, aggregation: str
) -> list[dict[str, Any]]:
    bins: dict[datetime, list[float]] = {}
    for moment, number in sorted(points):
        bins.setdefault(_bin(moment, start, interval), []).append(number)
    combine = {
        "total": sum,
        "average": lambda numbers: sum(numbers) / len(numbers),
        "maximum": max,
        "minimum": min,
        "count": len,
    }[aggregation]
    return [
        {"timeStamp": moment.isoformat().replace("+00:00", "Z"), aggregation: combine(numbers)}
        for moment, numbers in bins.items()
    ]


def _bin(moment: datetime, start: datetime, interval: str) -> datetime:
    if interval == "FULL":
        return start
    amount, unit = re.fullmatch(r"PT?(\d+)([DHM])", interval).groups()
    grain = timedelta(**{_UNITS[unit]: int(amount)})
    epoch = datetime(2020, 1, 1, tzinfo=UTC)
    return epoch + (moment - epoch) // grain * grain


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
