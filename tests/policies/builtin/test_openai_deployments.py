"""openai-deployment-rate-limit, openai-quota-share and openai-quota-headroom."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.model.inventory import Fact, GapReason
from scanner.model.quota import MODELS, QUOTA_USAGES, location_scope
from scanner.model.resource import Resource
from scanner.model.values import UNKNOWN as NOT_KNOWN
from scanner.model.verdict import Outcome
from tests.factories import ACCOUNT, DEPLOYMENT, SUBSCRIPTION, make_gap, make_resource
from tests.policies.builtin.judging import NOT_APPLICABLE, finding, findings, judge

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
REGION = location_scope(SUBSCRIPTION, "swedencentral")
MODEL = {"format": "OpenAI", "name": "gpt-4.1", "version": "2025-04-14"}


def deployment(sku: Any = "GlobalStandard", capacity: Any = 50, name: str = "acct/gpt", **properties: Any) -> Resource:
    return make_resource(
        DEPLOYMENT, name, sku={"name": sku, "capacity": capacity}, properties={"model": MODEL, **properties}
    )


def account(name: str = "acct", location: Any = "Sweden Central") -> Resource:
    return make_resource(ACCOUNT, name, kind="OpenAI", location=location)


def usages(*pools: tuple[str, Any, Any], scope: str = REGION) -> Fact:
    items = [{"name": {"value": name}, "currentValue": current, "limit": limit} for name, current, limit in pools]
    return Fact(QUOTA_USAGES, scope, items)


def limit(key: Any, count: Any, period: Any = 60) -> dict[str, Any]:
    return {"key": key, "count": count, "renewalPeriod": period}


@pytest.mark.parametrize("sku", ["Standard", "GlobalStandard", "DataZoneStandard", "DeveloperTier", "globalstandard"])
@pytest.mark.parametrize(("capacity", "outcome"), [(100, PASS), (101, FAIL), ("100", PASS), (1, PASS)])
def test_without_rate_limits_a_unit_of_capacity_is_a_thousand_tokens(sku, capacity, outcome):
    assert judge("openai-deployment-rate-limit", deployment(sku, capacity)) is outcome


@pytest.mark.parametrize(
    ("limits", "outcome"),
    [
        ([limit("token", 100_000)], PASS),
        ([limit("token", 100_001)], FAIL),
        ([limit("TOKEN", 100_001)], FAIL),
        ([limit("token", 16_666, 10)], PASS),
        ([limit("token", 16_667, 10)], FAIL),
        ([limit("token", 1_000_000, 600)], PASS),
        ([limit("token", 1_700, 1)], FAIL),
        ([limit("request", 9_999_999)], PASS),
        ([limit("request", 10, 10), limit("token", 200_000)], FAIL),
        ([limit("token", 10), limit("token", 200_000)], FAIL),
        ([limit("token", 0)], PASS),
        ([limit("token", None)], UNKNOWN),
        ([limit("token", "many")], UNKNOWN),
        ([limit("token", 100, 0)], UNKNOWN),
        ([limit("token", 100, None)], UNKNOWN),
        ([limit("token", 100, -60)], UNKNOWN),
        ([limit(NOT_KNOWN, 100)], UNKNOWN),
        ([limit("token", NOT_KNOWN)], UNKNOWN),
        ([NOT_KNOWN], UNKNOWN),
        (NOT_KNOWN, UNKNOWN),
        ("unlimited", UNKNOWN),
        ([], PASS),
        (None, PASS),
        (["token", 5], UNKNOWN),
    ],
)
def test_tokens_a_minute_come_from_the_rate_limits_scaled_to_sixty_seconds(limits, outcome):
    assert judge("openai-deployment-rate-limit", deployment(rateLimits=limits)) is outcome


def test_the_rate_limit_wins_over_the_capacity():
    assert judge("openai-deployment-rate-limit", deployment(capacity=999, rateLimits=[limit("token", 10)])) is PASS
    assert judge("openai-deployment-rate-limit", deployment(capacity=1, rateLimits=[limit("token", 10**9)])) is FAIL


@pytest.mark.parametrize("capacity", [None, "much", True, [100], NOT_KNOWN, 10**400, float("inf")])
def test_a_capacity_that_cannot_be_read_is_unknown_and_no_crash(capacity):
    assert judge("openai-deployment-rate-limit", deployment(capacity=capacity)) is UNKNOWN
    assert judge("openai-quota-share", deployment(capacity=capacity), account(), facts=[usages()]) is UNKNOWN


@pytest.mark.parametrize(
    "sku",
    ["ProvisionedManaged", "GlobalProvisionedManaged", "DataZoneProvisionedManaged", "GlobalBatch", "DataZoneBatch"],
)
def test_what_is_not_billed_by_the_token_has_no_token_ceiling(sku):
    assert judge("openai-deployment-rate-limit", deployment(sku, 100_000)) is NOT_APPLICABLE


@pytest.mark.parametrize(
    ("scale", "outcome"),
    [
        ({"scaleType": "Standard", "capacity": 50}, PASS),
        ({"scaleType": "standard", "capacity": 500}, FAIL),
        ({"scaleType": "Standard"}, UNKNOWN),
        ({"scaleType": "Manual", "capacity": 500}, NOT_APPLICABLE),
        ({}, UNKNOWN),
        (None, UNKNOWN),
    ],
)
@pytest.mark.parametrize("sku", [None, {}, "Standard"])
def test_deployments_made_before_skus_carry_both_in_their_scale_settings(sku, scale, outcome):
    old = make_resource(DEPLOYMENT, "acct/old", sku=sku, properties={"model": MODEL, "scaleSettings": scale})
    assert judge("openai-deployment-rate-limit", old) is outcome


def test_the_ceiling_can_be_chosen():
    assert judge("openai-deployment-rate-limit", deployment(capacity=50), maxTokensPerMinute=49_999) is FAIL
    found = finding("openai-deployment-rate-limit", deployment(capacity=250))
    assert found.message == "250,000 tokens a minute; it must be at most 100,000 tokens a minute"


@pytest.mark.parametrize(
    ("sku", "pool", "capacity", "maximum", "outcome"),
    [
        ("GlobalStandard", "OpenAI.GlobalStandard.gpt-4.1", 50, 100, PASS),
        ("GlobalStandard", "OpenAI.GlobalStandard.gpt-4.1", 51, 100, FAIL),
        ("globalstandard", "openai.globalstandard.GPT-4.1", 51, 100, FAIL),
        ("Standard", "OpenAI.Standard.gpt-4.1", 50, 100.0, PASS),
        ("DeveloperTier", "OpenAI.DeveloperTier.gpt-4.1", 50, "100", PASS),
        ("ProvisionedManaged", "OpenAI.ProvisionedManaged", 60, 100, FAIL),
        ("GlobalProvisionedManaged", "OpenAI.GlobalProvisionedManaged", 50, 100, PASS),
        ("GlobalStandard", "AIServices.GlobalStandard.gpt-4.1", 60, 100, FAIL),
        ("GlobalStandard", "OpenAI.Standard.gpt-4.1", 60, 100, UNKNOWN),
        ("GlobalStandard", "OpenAI.GlobalStandard.gpt-4.1", 50, 0, UNKNOWN),
        ("GlobalStandard", "OpenAI.GlobalStandard.gpt-4.1", 50, -1, UNKNOWN),
        ("GlobalStandard", "OpenAI.GlobalStandard.gpt-4.1", 50, None, UNKNOWN),
        ("GlobalStandard", "OpenAI.GlobalStandard.gpt-4.1", 50, "all", UNKNOWN),
        ("GlobalBatch", "OpenAI.GlobalBatch.gpt-4.1", 99, 100, NOT_APPLICABLE),
    ],
)
def test_a_deployment_leaves_quota_for_the_others(sku, pool, capacity, maximum, outcome):
    facts = [usages(("OpenAI.Standard.other", 1, 1), (pool, 90, maximum))]
    assert judge("openai-quota-share", deployment(sku, capacity), account(), facts=facts) is outcome


def test_models_of_other_publishers_are_looked_for_under_their_own_prefix_first():
    facts = [usages(("OpenAI.GlobalStandard.llama", 0, 100), ("AIServices.GlobalStandard.llama", 0, 1000))]
    llama = deployment(capacity=60, model={"format": "Meta", "name": "llama"})
    assert judge("openai-quota-share", llama, account(), facts=facts) is PASS


def test_the_model_catalogue_knows_pools_that_do_not_follow_the_pattern():
    listed = [
        {"model": {"name": "GPT-4.1", "version": "1", "skus": [{"name": "GlobalStandard", "usageName": "Other"}]}},
        {
            "model": {
                "name": "gpt-4.1",
                "version": "2025-04-14",
                "skus": [{"name": "globalstandard", "usageName": "Pool.X"}],
            }
        },
        {"model": {"name": "gpt-4.1", "version": "2025-04-14", "skus": 5}},
        {"model": None},
        "model",
    ]
    facts = [usages(("pool.x", 0, 60)), Fact(MODELS, REGION, listed)]
    assert judge("openai-quota-share", deployment(capacity=31), account(), facts=facts) is FAIL
    assert judge("openai-quota-share", deployment(capacity=30), account(), facts=facts) is PASS
    assert (
        judge("openai-quota-share", deployment(), account(), facts=[usages(), Fact(MODELS, REGION, "none")]) is UNKNOWN
    )


def test_a_pool_that_was_not_read_is_unknown_and_says_why():
    gap = make_gap(REGION, QUOTA_USAGES, GapReason.THROTTLED)
    assert "throttled" in finding("openai-quota-share", deployment(), account(), gaps=[gap]).message
    assert judge("openai-quota-share", deployment(), account()) is UNKNOWN
    assert judge("openai-quota-share", deployment(), facts=[usages()]) is UNKNOWN
    assert judge("openai-quota-share", deployment(), account(location=None), facts=[usages()]) is UNKNOWN
    elsewhere = location_scope(SUBSCRIPTION, "eastus2")
    pools = usages(("OpenAI.GlobalStandard.gpt-4.1", 0, 1000), scope=elsewhere)
    assert judge("openai-quota-share", deployment(), account(), facts=[pools]) is UNKNOWN


@pytest.mark.parametrize("data", [None, {}, "x", [None, 5, "x", {"name": "plain"}, {"name": {"value": 7}}]])
def test_quota_that_is_malformed_is_unknown_and_no_crash(data):
    facts = [Fact(QUOTA_USAGES, REGION, data)]
    assert judge("openai-quota-share", deployment(), account(), facts=facts) is UNKNOWN
    assert [f.outcome for f in findings("openai-quota-headroom", deployment(), account(), facts=facts)] == [UNKNOWN]


def test_the_share_can_be_chosen_and_legacy_capacity_counts():
    facts = [usages(("OpenAI.GlobalStandard.gpt-4.1", 0, 100), ("OpenAI.Standard.gpt-4.1", 0, 100))]
    assert judge("openai-quota-share", deployment(capacity=60), account(), facts=facts, maxQuotaShare=0.6) is PASS
    old = make_resource(
        DEPLOYMENT, "acct/old", properties={"model": MODEL, "scaleSettings": {"scaleType": "Standard", "capacity": 60}}
    )
    assert judge("openai-quota-share", old, account(), facts=facts) is FAIL


@pytest.mark.parametrize(
    ("current", "maximum", "outcome"),
    [
        (90, 100, PASS),
        (0, 100, PASS),
        (91, 100, FAIL),
        (150, 100, FAIL),
        (0, 0, UNKNOWN),
        (90, None, UNKNOWN),
        (None, 100, UNKNOWN),
        ("some", 100, UNKNOWN),
        (10**400, 100, UNKNOWN),
    ],
)
def test_a_pool_has_room_for_the_next_deployment(current, maximum, outcome):
    facts = [usages(("OpenAI.GlobalStandard.gpt-4.1", current, maximum))]
    found = findings("openai-quota-headroom", deployment(), account(), facts=facts)
    assert [f.outcome for f in found] == [outcome]


def test_there_is_one_finding_for_each_pool_that_deployments_draw_from():
    facts = [
        usages(
            ("OpenAI.GlobalStandard.gpt-4.1", 1, 10),
            ("OpenAI.ProvisionedManaged", 1, 10),
            ("OpenAI.Standard.unused", 10, 10),
        ),
        usages(("OpenAI.GlobalStandard.gpt-4.1", 10, 10), scope=location_scope(SUBSCRIPTION, "eastus2")),
    ]
    resources = (
        account(),
        account("east", "eastus2"),
        deployment(name="acct/a"),
        deployment(name="acct/b"),
        deployment(name="east/c"),
        deployment("ProvisionedManaged", name="acct/p"),
        deployment("GlobalBatch", name="acct/batch"),
    )
    found = findings("openai-quota-headroom", *resources, facts=facts)
    assert {(f.resource.location, f.resource.name, f.outcome) for f in found} == {
        ("swedencentral", "OpenAI.GlobalStandard.gpt-4.1", PASS),
        ("swedencentral", "OpenAI.ProvisionedManaged", PASS),
        ("eastus2", "OpenAI.GlobalStandard.gpt-4.1", FAIL),
    }
    assert len(found) == 3


def test_a_pool_without_a_current_value_says_so():
    facts = [usages(("OpenAI.GlobalStandard.gpt-4.1", None, 100))]
    (found,) = findings("openai-quota-headroom", deployment(), account(), facts=facts)
    assert "the current value is not a number" in found.message
