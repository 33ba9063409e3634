"""`modelLifecycle`: dates in a region's model catalogue, and catalogues that say nothing."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.model.inventory import Fact, Gap, GapReason
from scanner.model.values import UNKNOWN, Truth
from scanner.model.verdict import Severity
from scanner.rules.environment import Environment, Judgement
from tests.factories import (
    ACCOUNT,
    AS_OF,
    DEPLOYMENT,
    SUBSCRIPTION,
    compiled,
    days_before,
    make_gap,
    make_inventory,
    make_resource,
)

SCOPE = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.CognitiveServices/locations/eastus2"
HOME = make_resource(ACCOUNT, "acct", location="East US 2")
GPT = {"format": "OpenAI", "name": "gpt-4o", "version": "2024-05-13"}


def entry(date: Any = None, **changes: Any) -> dict[str, Any]:
    return {"kind": "OpenAI", "skuName": "S0", "model": {**GPT, "deprecation": {"inference": date}, **changes}}


def judge(
    *entries: Any, model: Any = GPT, data: Any = None, gaps: tuple[Gap, ...] = (), account: Any = HOME
) -> Judgement:
    chat = make_resource(DEPLOYMENT, "acct/chat", properties={"model": model})
    facts = [Fact("models", SCOPE, list(entries) if data is None else data)]
    others = (account,) if account else ()
    inventory = make_inventory(chat, *others, facts=facts if data != "none" else [], gaps=gaps)
    return compiled({"modelLifecycle": {"horizon": "P90D"}}).explain(chat, Environment(inventory, AS_OF))


@pytest.mark.parametrize(
    ("days", "truth", "severity"),
    [
        (-91, True, None),
        (-90.1, True, None),
        (-90, False, None),
        (-1, False, None),
        (0, False, Severity.HIGH),
        (400, False, Severity.HIGH),
    ],
)
def test_a_date_within_the_horizon_fails_and_a_past_one_is_high(days: float, truth: Truth, severity: Severity | None):
    judgement = judge(entry(days_before(days)))

    assert judgement.truth is truth
    assert judgement.severity is severity


@pytest.mark.parametrize(
    "other",
    [
        entry(days_before(5), version="2024-08-06"),
        entry(days_before(5), name="gpt-4o-mini"),
        entry(days_before(5), format="DeepSeek"),
        entry(None),
        entry(None, deprecation=None),
        entry(None, deprecation="soon"),
    ],
)
def test_other_models_and_models_without_a_date_hold(other: Any):
    assert judge(other).truth is True


def test_names_match_in_any_case_and_the_earliest_date_counts():
    judgement = judge(entry(days_before(-500)), entry(days_before(-10), name="GPT-4O"))

    assert judgement.truth is False
    assert "in 10 days" in judgement.message


def test_a_deployment_that_names_no_version_serves_the_default_one():
    old, new = entry(days_before(5)), entry(days_before(-500), version="2025", isDefaultVersion=True)
    unversioned = {"format": "OpenAI", "name": "gpt-4o"}

    assert judge(old, new, model=unversioned).truth is True
    new["model"]["deprecation"]["inference"] = days_before(-5)
    assert judge(old, new, model=unversioned).truth is False


def test_the_replacement_is_named_where_the_catalogue_knows_one():
    target = {"targetModelName": "gpt-4.1", "targetModelVersion": "2025-04-14"}

    assert judge(entry(days_before(-5), replacementConfig=target)).message.endswith(
        "(Azure's replacement: gpt-4.1 2025-04-14)"
    )


@pytest.mark.parametrize("date", ["soon", 5, True, [], "", {"year": 2027}])
def test_a_date_that_cannot_be_read_is_unknown_unless_another_fails(date: Any):
    assert judge(entry(date)).truth is None
    assert judge(entry(date), entry(days_before(-500))).truth is None
    assert judge(entry(date), entry(days_before(-5))).truth is False


@pytest.mark.parametrize("model", [None, {}, "gpt-4o", {"name": UNKNOWN}, {"name": "gpt-4o", "version": UNKNOWN}])
def test_a_model_that_is_not_known_is_unknown(model: Any):
    assert judge(entry(days_before(5)), model=model).truth is None


@pytest.mark.parametrize("data", [None, "none", {}, 5, "models"])
def test_without_a_catalogue_it_is_unknown(data: Any):
    if data is None:
        assert judge(account=None).message.endswith("the deployment's account, and so its region, was not read")
    else:
        assert judge(data=data).message.endswith("the models of eastus2 were not read")


def test_a_gap_in_the_catalogue_hides_what_is_not_there_and_nothing_else():
    gap = make_gap(SCOPE, "models", GapReason.TRUNCATED)

    assert judge(gaps=(gap,)).truth is None
    assert judge(entry(days_before(-5)), gaps=(gap,)).truth is False
    assert judge(entry(days_before(-500)), gaps=(gap,)).truth is True


def test_entries_that_are_none_are_passed_over():
    odd = [None, 5, {}, {"model": None}, {"model": []}, {"model": {"name": 5}}, {"model": {"name": "gpt-4o"}}]

    assert judge(*odd, entry(days_before(5))).truth is False
