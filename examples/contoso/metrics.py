"""Azure Monitor's answers, as an inventory keeps them: the question, and the metric object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from contoso.shapes import COLLECTED_AT, Json, stamp

Labels = tuple[str, ...]
Points = Mapping[Labels, Sequence[float | None]]
"""Values of the dimensions to the last points of that series; None is a grain without a sample."""
GRAINS = {"PT5M": timedelta(minutes=5), "PT1H": timedelta(hours=1), "P1D": timedelta(days=1)}


@dataclass(frozen=True)
class Question:
    """What the built-in rules ask of Azure Monitor; `dimensions` split the metric."""

    metric: str
    aggregation: str
    interval: str
    days: int
    dimensions: tuple[str, ...] = ("ModelDeploymentName",)


UTILIZATION = Question("AzureOpenAIProvisionedManagedUtilizationV2", "average", "PT5M", 7)
CACHE = Question("AzureOpenAIContextTokensCacheMatchRate", "average", "PT1H", 7)
TOKENS = Question("TokenTransaction", "total", "P1D", 29)
REQUESTS = Question("AzureOpenAIRequests", "total", "FULL", 30)
STATUSES = Question("AzureOpenAIRequests", "total", "FULL", 7, ("ModelDeploymentName", "StatusCode"))
GPU = Question("GpuUtilizationPercentage", "average", "PT1H", 7, ())
CALLS = Question("RequestsPerMinute", "average", "PT1H", 14, ())


def answer(owner: str, question: Question, points: Points) -> Json:
    """Give one entry of the fact `metrics`. A deployment without traffic has no series."""
    start = COLLECTED_AT - timedelta(days=question.days)
    grain = GRAINS.get(question.interval, COLLECTED_AT - start)
    query = {
        "metric": question.metric,
        "aggregation": question.aggregation,
        "interval": question.interval,
        "start": stamp(start),
        "end": stamp(COLLECTED_AT),
        "dimension": question.dimensions[0] if question.dimensions else "",
    }
    if question.dimensions[1:]:
        query |= {"also": list(question.dimensions[1:])}
    return {
        "query": query,
        "value": {
            "id": f"{owner}/providers/Microsoft.Insights/metrics/{question.metric}",
            "type": "Microsoft.Insights/metrics",
            "name": {"value": question.metric, "localizedValue": question.metric},
            "unit": "Percent" if question in (UTILIZATION, CACHE) else "Count",
            "errorCode": "Success",
            "timeseries": [_series(question, labels, values, grain) for labels, values in points.items()],
        },
    }


def _series(question: Question, labels: Labels, values: Sequence[float | None], grain: timedelta) -> Json:
    dimensions = [
        {"name": {"value": name.lower(), "localizedValue": name.lower()}, "value": label}
        for name, label in zip(question.dimensions, labels, strict=True)
    ]
    data = []
    for back, value in zip(range(len(values), 0, -1), values, strict=True):
        point: Json = {"timeStamp": stamp(COLLECTED_AT - grain * back)}
        data.append(point if value is None else {**point, question.aggregation: value})
    return {"metadatavalues": dimensions, "data": data}


def swinging(mean: float, count: int) -> list[float | None]:
    """Give points that swing by 20 around a mean; every sixth has no sample."""
    swing = (None, -20, -10, 0, 10, 20)
    found = [swing[index % 6] for index in range(count)]
    return [None if step is None else mean + step for step in found]


def steady(daily: int, last: int | None = None) -> list[float | None]:
    """Give the tokens of 29 days: about `daily`, fewer at weekends, and `last` on the last one."""
    weekly = (1.0, 1.1, 1.05, 0.95, 0.9, 0.3, 0.25)
    days: list[float | None] = [round(daily * weekly[index % 7]) for index in range(29)]
    return days if last is None else [*days[:-1], last]
