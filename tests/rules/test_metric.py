"""The `metric` assertion: statistics, silence and zero, windows of one number."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.model.inventory import Fact, Gap
from scanner.model.values import Truth
from scanner.rules.environment import Environment, Judgement
from tests.factories import (
    ACCOUNT,
    AS_OF,
    compiled,
    compiled_with_problems,
    days_before,
    make_gap,
    make_inventory,
    make_resource,
)

RESOURCE = make_resource(ACCOUNT, "acct")


def reading(points: list[Any] | None, start: float = 7, end: float = 0, **query: Any) -> dict[str, Any]:
    """Make what a source keeps of one metric; None is an answer without a single series."""
    asked = {"metric": "Requests", "aggregation": "total", "interval": "PT1H", "dimension": ""}
    data = [{"timeStamp": days_before(0.1), "total": point} for point in points or []]
    timeseries = [] if points is None else [{"metadatavalues": [], "data": data}]
    span = {"start": days_before(start), "end": days_before(end)}
    return {"query": asked | span | query, "value": {"timeseries": timeseries}}


def judge(arguments: dict[str, Any], *readings: dict[str, Any], gaps: tuple[Gap, ...] = ()) -> Judgement:
    tree = {"metric": {"name": "Requests", "aggregation": "total", "interval": "PT1H", "window": "P7D", **arguments}}
    facts = [Fact("metrics", RESOURCE.id, list(readings))] if readings else []
    return compiled(tree).explain(RESOURCE, Environment(make_inventory(RESOURCE, facts=facts, gaps=gaps), AS_OF))


@pytest.mark.parametrize(
    ("statistic", "limit", "truth"),
    [
        ("mean", {"less": 5.1}, True),
        ("mean", {"less": 5}, False),
        ("sum", {"greaterOrEquals": 15}, True),
        ("sum", {"greater": 15}, False),
        ("minimum", {"lessOrEquals": 1}, True),
        ("maximum", {"lessOrEquals": 9}, True),
        ("maximum", {"lessOrEquals": 8.99}, False),
    ],
)
def test_a_statistic_of_the_points_meets_one_comparison(statistic: str, limit: dict[str, Any], truth: Truth):
    assert judge({"statistic": statistic, **limit}, reading([1, 5, 9])).truth is truth


def test_the_share_of_points_at_or_above_a_threshold():
    share = {"statistic": "shareAtLeast", "threshold": 5}
    assert judge({**share, "lessOrEquals": 0.5}, reading([1, 5, 4, 9])).truth is True
    assert judge({**share, "less": 0.5}, reading([1, 5, 4, 9])).truth is False


@pytest.mark.parametrize("points", [None, [], [None, None]])
def test_silence_is_unknown_unless_the_policy_says_that_it_is_zero(points):
    assert judge({"greater": 0}, reading(points)).truth is None
    assert judge({"greater": 0, "noData": "zero"}, reading(points)).truth is False
    assert judge({"lessOrEquals": 0, "noData": "zero"}, reading(points)).truth is True


def test_what_was_not_read_is_never_zero():
    gap = make_gap(RESOURCE.id, "metrics/Requests")
    zero = {"greater": 0, "noData": "zero"}
    assert judge(zero).truth is None
    assert judge(zero, gaps=(gap,)).truth is None
    assert judge(zero, reading(None), gaps=(gap,)).truth is None
    assert judge(zero, reading(None, start=2)).truth is None
    assert judge(zero, reading(None, start=37, end=30)).truth is None


def test_of_several_readings_the_longest_is_taken():
    short, long = reading([0], start=7), reading([5], start=30)
    for order in ([short, long], [long, short]):
        assert judge({"greater": 0}, *order).truth is True


@pytest.mark.parametrize("order", [1, -1])
def test_one_number_for_a_whole_window_answers_for_that_window_alone(order):
    week = reading([0], start=7, interval="FULL")
    month = reading([900], start=30, interval="FULL")
    readings = [week, month][::order]
    full = {"interval": "FULL", "greater": 0, "noData": "zero"}
    assert judge(full | {"window": "P7D"}, *readings).truth is False
    assert judge(full | {"window": "P30D"}, *readings).truth is True
    assert judge(full | {"window": "P14D"}, *readings).truth is None


def test_a_message_says_what_was_measured_and_what_is_wanted():
    judgement = judge({"statistic": "mean", "less": 5, "unit": "%"}, reading([7, 8]))
    assert judgement.message == "the mean of Requests is 7.5%; it must be less than 5% over P7D"
    assert judgement.evidence[0].actual == 7.5


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"less": 5, "greater": 1}, "takes exactly one of less"),
        ({}, "takes exactly one of less"),
        ({"less": 5, "threshold": 1}, "'threshold' belongs to statistic: shareAtLeast"),
        ({"less": 5, "statistic": "shareAtLeast"}, "'threshold' belongs to statistic: shareAtLeast"),
        ({"less": 5, "interval": "PT2M"}, "'interval' is 'PT2M'"),
        ({"less": 5, "statistic": "median"}, "'statistic' is 'median'"),
        ({"less": 5, "window": "P94D"}, "'window'"),
        ({"less": 5, "window": "PT0S"}, "'window'"),
        ({"less": 5, "window": "a week"}, "'window' must be an ISO 8601 duration"),
        ({"less": 5, "window": 7}, "'window' must be an ISO 8601 duration"),
        ({"less": "five"}, "'less' must be a number"),
        ({"less": 5, "metric": "x"}, "unknown key 'metric'"),
    ],
)
def test_wrong_arguments_are_refused_when_the_policy_is_read(arguments, words):
    _, problems = compiled_with_problems({"metric": {"name": "Requests", "window": "P7D", **arguments}})
    assert any(words in problem.message for problem in problems.found)
