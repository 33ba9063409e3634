"""openai-ptu-utilization, openai-ptu-saturation and openai-ptu-nonprod."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from scanner.model.inventory import Fact, GapReason
from scanner.model.resource import Resource
from scanner.model.values import UNKNOWN as NOT_KNOWN
from scanner.model.verdict import Outcome
from tests.factories import (
    ACCOUNT,
    AS_OF,
    DEPLOYMENT,
    arm_id,
    days_before,
    make_gap,
    make_group,
    make_resource,
    make_subscription,
)
from tests.policies.builtin.judging import NOT_APPLICABLE, finding, judge

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
METRIC = "AzureOpenAIProvisionedManagedUtilizationV2"
OWNER = arm_id(ACCOUNT, "acct")
ACCT = make_resource(ACCOUNT, "acct", kind="OpenAI", location="swedencentral", tags={"environment": "prod"})
BOTH = ["openai-ptu-utilization", "openai-ptu-saturation"]


def ptu(sku: Any = "GlobalProvisionedManaged", created: Any = None, **properties: Any) -> Resource:
    return make_resource(
        DEPLOYMENT,
        "acct/chat",
        sku={"name": sku, "capacity": 50},
        systemData={"createdAt": created or days_before(60)},
        properties={"provisioningState": "Succeeded", **properties},
    )


def series(values: list[Any], name: str = "chat", every: timedelta = timedelta(hours=1)) -> dict[str, Any]:
    """Make a time series that ends at the tests' clock; None is a point without a value."""
    start = AS_OF - every * len(values)
    data: list[dict[str, Any]] = []
    for index, value in enumerate(values):
        stamp = (start + every * index).strftime("%Y-%m-%dT%H:%M:%SZ")
        data.append({"timeStamp": stamp} | ({} if value is None else {"average": value}))
    return {"metadatavalues": [{"name": {"value": "modeldeploymentname"}, "value": name}], "data": data}


def metrics(*timeseries: Any, start: float = 7, end: float = 0, **query: Any) -> Fact:
    asked = {
        "metric": METRIC,
        "aggregation": "average",
        "interval": "PT5M",
        "start": days_before(start),
        "end": days_before(end),
        "dimension": "ModelDeploymentName",
        **query,
    }
    return Fact(
        "metrics", OWNER, [{"query": asked, "value": {"name": {"value": METRIC}, "timeseries": list(timeseries)}}]
    )


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ([60, 60], PASS),
        ([20, 100], PASS),
        ([59.9, 60], FAIL),
        ([0, 0, 0], FAIL),
        ([70, None, None, None], PASS),
        ([None, None], UNKNOWN),
        ([], UNKNOWN),
        (["60", "60"], UNKNOWN),
        ([True, True], UNKNOWN),
        ([10**400, 70], PASS),
    ],
)
def test_the_mean_utilization_is_at_or_above_the_floor_and_null_points_are_not_zeros(values, outcome):
    assert judge("openai-ptu-utilization", ptu(), ACCT, facts=[metrics(series(values))]) is outcome


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ([50] * 19 + [100], PASS),
        ([50] * 18 + [100, 100], FAIL),
        ([99.9] * 20, PASS),
        ([120] * 20, FAIL),
        ([50] * 9 + [100] + [None] * 30, FAIL),
        ([None], UNKNOWN),
    ],
)
def test_at_most_a_share_of_the_points_is_saturated(values, outcome):
    assert judge("openai-ptu-saturation", ptu(), ACCT, facts=[metrics(series(values))]) is outcome


@pytest.mark.parametrize(
    ("spillover", "outcome"), [("gpt-standard", PASS), ("", FAIL), (None, FAIL), (NOT_KNOWN, UNKNOWN)]
)
def test_a_saturated_deployment_with_somewhere_to_spill_over_passes(spillover, outcome):
    full = metrics(series([100] * 10))
    assert judge("openai-ptu-saturation", ptu(spilloverDeploymentName=spillover), ACCT, facts=[full]) is outcome


def test_a_spillover_is_enough_where_there_is_no_metric_at_all():
    assert judge("openai-ptu-saturation", ptu(spilloverDeploymentName="gpt"), ACCT) is PASS


def test_a_saturated_deployment_without_a_spillover_names_both_ways_out():
    found = finding("openai-ptu-saturation", ptu(), ACCT, facts=[metrics(series([100] * 10))])
    assert "spilloverDeploymentName is not set" in found.message
    assert f"the share of points at or above 100% of {METRIC} is 100%; it must be at most 5% over P7D" in found.message


@pytest.mark.parametrize("rule", BOTH)
@pytest.mark.parametrize("sku", ["Standard", "GlobalStandard", "GlobalBatch"])
def test_only_provisioned_deployments_are_judged(rule, sku):
    assert judge(rule, ptu(sku), ACCT) is NOT_APPLICABLE


@pytest.mark.parametrize("rule", BOTH)
@pytest.mark.parametrize(
    "sku", ["Provisioned", "ProvisionedManaged", "DataZoneProvisionedManaged", "globalprovisionedmanaged"]
)
def test_every_kind_of_provisioned_deployment_is_judged(rule, sku):
    assert judge(rule, ptu(sku), ACCT) is UNKNOWN


@pytest.mark.parametrize("rule", BOTH)
@pytest.mark.parametrize(
    ("state", "outcome"),
    [("Creating", NOT_APPLICABLE), ("Failed", NOT_APPLICABLE), ("succeeded", UNKNOWN), (None, UNKNOWN)],
)
def test_only_deployments_that_stand_are_judged(rule, state, outcome):
    assert judge(rule, ptu(provisioningState=state), ACCT) is outcome


@pytest.mark.parametrize(
    ("created", "outcome"),
    [
        (days_before(6.9), NOT_APPLICABLE),
        (days_before(0), NOT_APPLICABLE),
        (days_before(7), FAIL),
        (days_before(400), FAIL),
        ("long ago", UNKNOWN),
    ],
)
def test_a_deployment_younger_than_the_window_is_left_alone(created, outcome):
    assert judge("openai-ptu-utilization", ptu(created=created), ACCT, facts=[metrics(series([1]))]) is outcome


def test_a_deployment_that_does_not_say_when_it_was_made_counts_as_old():
    old = make_resource(
        DEPLOYMENT, "acct/chat", sku={"name": "ProvisionedManaged"}, properties={"provisioningState": "Succeeded"}
    )
    assert judge("openai-ptu-utilization", old, ACCT, facts=[metrics(series([1]))]) is FAIL


@pytest.mark.parametrize(
    "fact",
    [
        metrics(),
        metrics(series([90], name="other")),
        metrics(series([90]), start=3),
        metrics(series([90]), end=1),
        metrics(series([90]), start=27, end=20),
        metrics(series([90]), start=1000, end=90),
        metrics(series([90]), interval="PT1H"),
        metrics(series([90]), aggregation="maximum"),
        metrics(series([90]), metric="Other"),
        metrics(series([90]), dimension=""),
        metrics(series([90]), start=-5),
        metrics("series", {"data": "x"}, {"metadatavalues": 5, "data": []}),
        metrics({"metadatavalues": [5, {"name": "x"}], "data": [{"average": 90}]}),
        Fact("metrics", OWNER, None),
        Fact("metrics", OWNER, ["x", {"query": None}, {}]),
        Fact("metrics", OWNER, [{"query": {"metric": METRIC}, "value": None}]),
        Fact("metrics", arm_id(ACCOUNT, "other"), metrics(series([90])).data),
    ],
)
@pytest.mark.parametrize("rule", BOTH)
def test_what_does_not_answer_the_question_is_unknown_and_no_crash(rule, fact):
    assert judge(rule, ptu(), ACCT, facts=[fact]) is UNKNOWN


def test_points_outside_the_window_do_not_count():
    long = metrics(series([100] * 24 * 20 + [10] * 24 * 7), start=27)
    assert judge("openai-ptu-utilization", ptu(), ACCT, facts=[long]) is FAIL
    assert judge("openai-ptu-utilization", ptu(), ACCT, facts=[long], window="P25D") is PASS


def test_points_after_the_clock_do_not_count():
    later = series([10] * 24 + [100] * 24 * 7)
    for index, point in enumerate(later["data"]):
        point["timeStamp"] = (AS_OF + timedelta(hours=index - 24)).isoformat()
    assert judge("openai-ptu-utilization", ptu(), ACCT, facts=[metrics(later, start=7, end=-7)]) is FAIL


def test_a_reading_of_the_same_night_still_counts():
    fresh = metrics(series([90] * 24), start=7.5, end=0.5)
    assert judge("openai-ptu-utilization", ptu(), ACCT, facts=[fresh]) is PASS


@pytest.mark.parametrize("what", ["metrics", f"metrics/{METRIC}"])
def test_a_metric_that_could_not_be_read_is_unknown_and_says_why(what):
    gap = make_gap(OWNER, what, GapReason.FORBIDDEN)
    found = finding("openai-ptu-utilization", ptu(), ACCT, gaps=[gap])
    assert found.outcome is UNKNOWN
    assert "forbidden" in found.message


def test_a_deployment_that_was_cut_off_the_list_of_series_is_unknown():
    gap = make_gap(OWNER, f"metrics/{METRIC}", GapReason.TRUNCATED)
    found = finding("openai-ptu-utilization", ptu(), ACCT, facts=[metrics(series([90], name="other"))], gaps=[gap])
    assert "truncated" in found.message
    assert judge("openai-ptu-utilization", ptu(), ACCT, facts=[metrics(series([90]))], gaps=[gap]) is PASS


def test_the_floor_the_window_and_the_share_can_be_chosen():
    half = [metrics(series([50] * 24 * 7))]
    assert judge("openai-ptu-utilization", ptu(), ACCT, facts=half, utilizationFloor=50) is PASS
    assert judge("openai-ptu-utilization", ptu(created=days_before(2)), ACCT, facts=half, window="P1D") is FAIL
    full = [metrics(series([100, 0]))]
    assert judge("openai-ptu-saturation", ptu(), ACCT, facts=full, maxSaturatedShare=0.5) is PASS


AROUND = (make_group(), make_subscription())


@pytest.mark.parametrize(
    ("tags", "outcome"),
    [
        ({"environment": "dev"}, FAIL),
        ({"Environment": "TEST"}, FAIL),
        ({"environment": "staging "}, FAIL),
        ({"environment": "prod"}, NOT_APPLICABLE),
        ({"environment": "sandbox"}, NOT_APPLICABLE),
        ({}, NOT_APPLICABLE),
    ],
)
def test_outside_production_nothing_is_provisioned(tags, outcome):
    account = make_resource(ACCOUNT, "acct", kind="OpenAI", tags=tags)
    assert judge("openai-ptu-nonprod", ptu(), account, *AROUND) is outcome
    expected = NOT_APPLICABLE if outcome is NOT_APPLICABLE else PASS
    assert judge("openai-ptu-nonprod", ptu("GlobalStandard"), account, *AROUND) is expected


def test_an_environment_that_was_not_read_is_unknown_for_provisioned_deployments_only():
    account = make_resource(ACCOUNT, "acct", kind="OpenAI")
    assert judge("openai-ptu-nonprod", ptu(), account, make_subscription()) is UNKNOWN
    assert judge("openai-ptu-nonprod", ptu("Standard"), account, make_subscription()) is PASS
    assert (
        judge("openai-ptu-nonprod", ptu(NOT_KNOWN, tags={"environment": "dev"}), account, make_subscription())
        is UNKNOWN
    )


def test_the_names_of_other_environments_can_be_chosen():
    account = make_resource(ACCOUNT, "acct", kind="OpenAI", tags={"environment": "sandbox"})
    assert judge("openai-ptu-nonprod", ptu(), account, *AROUND, nonprodEnvironments=["sandbox"]) is FAIL
