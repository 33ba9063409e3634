"""Metric facts as series: further dimensions, moments, and answers that belong to another question."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from scanner.expressions.times import parse_timestamp
from scanner.model.inventory import Fact, Gap
from scanner.model.needs import MetricQuery
from scanner.model.resource import Resource
from scanner.rules.environment import Environment
from scanner.rules.series import Reading, Sample, read_points, read_series
from tests.factories import ACCOUNT, AS_OF, DEPLOYMENT, arm_id, days_before, make_gap, make_inventory, make_resource

CHAT = make_resource(DEPLOYMENT, "acct/Chat")
OWNER = arm_id(ACCOUNT, "acct")
BY_STATUS = MetricQuery(
    "Requests", "total", "P1D", timedelta(days=7), "parent", "ModelDeploymentName", also=("StatusCode",)
)


def entry(*series: Any, start: float = 7, end: float = 0, **asked: Any) -> dict[str, Any]:
    query = {
        "metric": "requests",
        "aggregation": "Total",
        "interval": "P1D",
        "dimension": "modeldeploymentname",
        "also": ["statuscode"],
        "start": days_before(start),
        "end": days_before(end),
    }
    return {"query": query | asked, "value": {"timeseries": list(series)}}


def series(deployment: str, status: str, *points: tuple[float, Any]) -> dict[str, Any]:
    labels = {"modeldeploymentname": deployment, "statuscode": status}
    return {
        "metadatavalues": [{"name": {"value": name}, "value": value} for name, value in labels.items()],
        "data": [{"timeStamp": days_before(days), "total": value} for days, value in points],
    }


def environment(*entries: Any, gaps: tuple[Gap, ...] = ()) -> Environment:
    facts = [Fact("metrics", OWNER, list(entries))] if entries else []
    return Environment(make_inventory(CHAT, facts=facts, gaps=gaps), AS_OF)


def read(
    *entries: Any, query: MetricQuery = BY_STATUS, resource: Resource = CHAT, gaps: tuple[Gap, ...] = ()
) -> Reading:
    return read_series(resource, query, environment(*entries, gaps=gaps))


def test_each_series_keeps_its_labels_and_moments():
    found = read(entry(series("chat", "200", (2, 5), (1, None)), series("chat", "429", (2, 1)), series("other", "200")))

    assert [one.labels["statuscode"] for one in found.series] == ["200", "429"]
    assert found.series[0].samples == (Sample(parse_timestamp(days_before(2)), 5.0),)
    assert found.until == AS_OF
    assert not found.reason


def test_points_are_pooled_over_the_further_dimensions():
    answer = entry(series("chat", "200", (2, 5)), series("chat", "429", (2, 1)))

    assert read_points(CHAT, BY_STATUS, environment(answer)).points == (5.0, 1.0)


@pytest.mark.parametrize(
    "query",
    [
        replace(BY_STATUS, also=()),
        replace(BY_STATUS, also=("Region",)),
        replace(BY_STATUS, also=("StatusCode", "Region")),
    ],
)
def test_an_answer_split_otherwise_is_no_answer(query: MetricQuery):
    assert read(entry(series("chat", "200", (2, 5))), query=query).reason == "it was not read"


@pytest.mark.parametrize("also", [None, [], "StatusCode", {}])
def test_an_answer_without_further_dimensions_may_leave_them_out(also: Any):
    plain = replace(BY_STATUS, also=())

    assert len(read(entry(series("chat", "200", (2, 5)), also=also), query=plain).series) == 1


def test_the_order_of_the_dimensions_does_not_matter():
    query = replace(BY_STATUS, also=("StatusCode", "Region"))

    assert len(read(entry(series("chat", "200"), also=["Region", "STATUSCODE"]), query=query).series) == 1


def test_of_a_longer_reading_only_the_window_counts():
    found = read(entry(series("chat", "200", (20, 9), (2, 5)), start=29))

    assert [sample.value for sample in found.series[0].samples] == [5.0]


def test_a_moment_that_cannot_be_read_is_kept_only_where_no_window_is_cut_out():
    odd = {"metadatavalues": series("chat", "200")["metadatavalues"], "data": [{"timeStamp": 5, "total": 3}]}

    assert read(entry(odd)).series[0].samples == (Sample(None, 3.0),)
    assert read(entry(odd, start=29)).series[0].samples == ()


def test_a_gap_hides_the_missing_series_and_no_other():
    answer, gap = entry(series("chat", "200", (2, 5))), make_gap(OWNER, "metrics/Requests")

    assert len(read(answer, gaps=(gap,)).series) == 1
    other = make_resource(DEPLOYMENT, "acct/other")
    assert read(answer, resource=other, gaps=(gap,)).reason == "it could not be read (forbidden)"
    assert read(answer, resource=other).reason == ""


@pytest.mark.parametrize(
    "broken",
    [
        None,
        "x",
        {"query": None},
        {"query": {}, "value": {}},
        entry() | {"value": None},
        entry(None, 5, {}, {"metadatavalues": "x"}, {"metadatavalues": [5, {"name": 5}, {"name": {}}]}),
        entry({"metadatavalues": series("chat", "200")["metadatavalues"], "data": [None, 5, {"total": "5"}, {}]}),
    ],
)
def test_malformed_answers_are_never_a_crash(broken: Any):
    points = [sample for one in read(broken).series for sample in one.samples]

    assert points == []
