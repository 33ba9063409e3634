"""What Azure Monitor says of a deployment's requests and tokens: `idleDeployment`, `throttledShare`, `tokenAnomaly`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from scanner.model.inventory import Fact, Gap
from scanner.model.values import Truth
from scanner.model.verdict import Severity
from scanner.rules.environment import Environment, Judgement
from tests.factories import (
    ACCOUNT,
    AS_OF,
    DEPLOYMENT,
    arm_id,
    compiled,
    compiled_with_problems,
    days_before,
    make_gap,
    make_inventory,
    make_resource,
)

OWNER = arm_id(ACCOUNT, "acct")
IDLE = {"idleDeployment": {"window": "P30D"}}
THROTTLED = {"throttledShare": {"maxThrottledShare": 0.05, "window": "P7D"}}
ANOMALY = {"tokenAnomaly": {"sigmas": 3, "minTokens": 1000}}


def deployment(sku: str = "Standard", **body: Any) -> Any:
    return make_resource(DEPLOYMENT, "acct/chat", sku={"name": sku}, **body)


def series(points: list[Any], **labels: str) -> dict[str, Any]:
    named = {"modeldeploymentname": "chat", **labels}
    return {
        "metadatavalues": [{"name": {"value": name}, "value": value} for name, value in named.items()],
        "data": points,
    }


def reading(metric: str, interval: str, days: float, *found: Any, end: float = 0, **asked: Any) -> dict[str, Any]:
    query = {
        "metric": metric,
        "aggregation": "total",
        "interval": interval,
        "dimension": "ModelDeploymentName",
        "start": days_before(days + end),
        "end": days_before(end),
    }
    return {"query": query | asked, "value": {"timeseries": list(found)}}


def judge(tree: Any, *readings: Any, subject: Any = None, gaps: tuple[Gap, ...] = ()) -> Judgement:
    resource = subject or deployment()
    facts = [Fact("metrics", OWNER, list(readings))] if readings else []
    return compiled(tree).explain(resource, Environment(make_inventory(resource, facts=facts, gaps=gaps), AS_OF))


def requests(*found: Any) -> dict[str, Any]:
    return reading("AzureOpenAIRequests", "FULL", 30, *found)


def by_status(**totals: Any) -> dict[str, Any]:
    found = [series([{"total": total}], statuscode=status.lstrip("_")) for status, total in totals.items()]
    return reading("AzureOpenAIRequests", "FULL", 7, *found, also=["StatusCode"])


def daily(*tokens: Any, start: float | None = None, end: float = 0) -> dict[str, Any]:
    """Give days of tokens, the last of which ends at `end` days before the clock."""
    count = len(tokens)
    points = [{"timeStamp": days_before(end + count - index), "total": value} for index, value in enumerate(tokens)]
    return reading("TokenTransaction", "P1D", 29 if start is None else start, series(points), end=end)


@pytest.mark.parametrize(
    ("points", "truth"),
    [([{"total": 1}], True), ([{"total": 0}], False), ([{}], False), ([], False), ([{"total": "7"}], False)],
)
def test_a_deployment_is_idle_where_nothing_was_counted(points: list[Any], truth: Truth):
    assert judge(IDLE, requests(series(points))).truth is truth


def test_an_answer_without_a_series_is_zero_and_a_failed_one_is_not():
    assert judge(IDLE, requests()).truth is False
    assert judge(IDLE).truth is None
    assert judge(IDLE, gaps=(make_gap(OWNER, "metrics/AzureOpenAIRequests"),)).truth is None
    assert judge(IDLE, requests(), gaps=(make_gap(OWNER, "metrics/AzureOpenAIRequests"),)).truth is None


@pytest.mark.parametrize(
    ("sku", "severity"),
    [("Standard", None), ("ProvisionedManaged", Severity.HIGH), ("globalprovisionedmanaged", Severity.HIGH)],
)
def test_an_idle_provisioned_deployment_is_high(sku: str, severity: Severity | None):
    assert judge(IDLE, requests(), subject=deployment(sku)).severity is severity
    assert judge(IDLE, subject=deployment(sku)).severity is severity


def test_one_number_of_another_window_is_no_answer():
    assert judge(IDLE, reading("AzureOpenAIRequests", "FULL", 7)).truth is None


@pytest.mark.parametrize(
    ("totals", "truth"),
    [
        ({"_200": 95, "_429": 5}, True),
        ({"_200": 94, "_429": 6}, False),
        ({"_429": 1}, False),
        ({"_200": 5}, True),
        ({"_200": 0, "_429": 0}, True),
        ({}, True),
        ({"_200": 94, "_": 6}, None),
        ({"_200": 96, "_": 4}, True),
        ({"_200": 90, "_429": 6, "_": 4}, False),
    ],
)
def test_the_share_of_requests_that_were_refused(totals: dict[str, int], truth: Truth):
    assert judge(THROTTLED, by_status(**totals)).truth is truth


def test_requests_that_are_not_split_by_status_do_not_answer():
    assert judge(THROTTLED, reading("AzureOpenAIRequests", "FULL", 7, series([{"total": 5}]))).truth is None


@pytest.mark.parametrize(
    ("tokens", "truth"),
    [
        ([5000] * 28 + [5000], True),
        ([5000] * 28 + [5001], False),
        ([5000] * 28 + [999], True),
        ([0] * 28 + [999], True),
        ([0] * 28 + [1000], False),
        ([4000, 6000] * 14 + [8054], True),
        ([4000, 6000] * 14 + [8056], False),
        ([5000] * 7 + [50000], False),
        ([90000] + [5000] * 27 + [None], True),
    ],
)
def test_yesterday_against_the_mean_and_deviation_of_the_days_before(tokens: list[Any], truth: Truth):
    assert judge(ANOMALY, daily(*tokens)).truth is truth


def test_a_day_without_a_value_is_a_day_without_tokens():
    judgement = judge(ANOMALY, daily(28000, *[None] * 27, 90000))

    assert judgement.message.startswith("90,000 tokens on 2026-11-23, after 1,000 ± ")
    assert "in the 28 days before" in judgement.message


def test_days_cut_at_midnight_leave_today_out():
    midnights = [{"timeStamp": f"2026-11-{day:02}T00:00:00Z", "total": 5000} for day in range(1, 24)]
    today = {"timeStamp": "2026-11-24T00:00:00Z", "total": 9_000_000}

    assert judge(ANOMALY, reading("TokenTransaction", "P1D", 29, series([*midnights, today]))).truth is True
    midnights[-1]["total"] = 9_000_000
    assert judge(ANOMALY, reading("TokenTransaction", "P1D", 29, series([*midnights, today]))).truth is False


def test_the_last_full_day_is_that_of_the_reading_not_of_the_clock():
    late = daily(*[5000] * 28, 90000, end=1)

    assert judge(ANOMALY, late).message.startswith("90,000 tokens on 2026-11-22")


def test_days_before_the_deployment_was_made_do_not_count():
    young = deployment(systemData={"createdAt": days_before(10)})
    judgement = judge(ANOMALY, daily(*[5000] * 9, 90000), subject=young)

    assert judgement.truth is False
    assert "± 0 a day in the 9 days before" in judgement.message


def test_fewer_than_a_week_of_days_is_nothing_to_compare_with():
    young = deployment(systemData={"createdAt": days_before(5)})

    assert judge(ANOMALY, daily(*[5000] * 4, 90000), subject=young).truth is None
    assert judge(ANOMALY, daily(*[5000] * 4, 999), subject=young).truth is True


@pytest.mark.parametrize("made", [None, 5, "yesterday", {}])
def test_a_creation_time_that_cannot_be_read_is_none(made: Any):
    odd = deployment(systemData={"createdAt": made})

    assert judge(ANOMALY, daily(*[5000] * 28, 90000), subject=odd).truth is False


@pytest.mark.parametrize(
    ("points", "truth"),
    [
        ([], True),
        ([{}], True),
        ([{"total": 5}], None),
        ([{"timeStamp": 5, "total": 5}], None),
        ([{"timeStamp": days_before(0.5), "total": 5}], None),
    ],
)
def test_tokens_that_say_nothing_of_a_full_day(points: list[Any], truth: Truth):
    assert judge(ANOMALY, reading("TokenTransaction", "P1D", 29, series(points))).truth is truth


def test_metrics_that_could_not_be_read_are_unknown():
    gap = make_gap(OWNER, "metrics/TokenTransaction")

    assert judge(ANOMALY, gaps=(gap,)).message == "TokenTransaction is not known: it could not be read (forbidden)"


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        ({"idleDeployment": {"window": "P0D"}}, "window"),
        ({"idleDeployment": {"window": "P94D"}}, "window"),
        ({"idleDeployment": {}}, "'window' is missing"),
        ({"throttledShare": {"maxThrottledShare": 5, "window": "P7D"}}, "maxThrottledShare"),
        ({"tokenAnomaly": {"sigmas": 0, "minTokens": 1}}, "sigmas"),
        ({"tokenAnomaly": {"sigmas": 3, "minTokens": "many"}}, "must be a number"),
    ],
)
def test_arguments_out_of_range_are_refused(tree: Any, words: str):
    _, problems = compiled_with_problems(tree)

    assert words in problems.found[0].message


def test_a_window_of_29_days_is_asked_for_by_the_day():
    condition = compiled(ANOMALY)
    assert condition is not None
    from scanner.rules.assertions import ASSERTIONS

    ((kind, query),) = ASSERTIONS["tokenAnomaly"].model_validate({"sigmas": 3, "minTokens": 0}).facts()
    assert (kind, query.metric, query.interval, query.window) == (
        "metrics",
        "TokenTransaction",
        "P1D",
        timedelta(days=29),
    )
