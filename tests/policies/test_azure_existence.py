"""`...IfNotExists`: which resources are related, what is asked of them, and when that cannot be told."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.evaluation.evaluate import evaluate
from scanner.model.inventory import GapReason, Inventory
from scanner.model.resource import Resource
from scanner.model.values import UNKNOWN
from scanner.rules.rule import needs_of
from tests.factories import (
    ACCOUNT,
    AS_OF,
    DEPLOYMENT,
    SUBSCRIPTION,
    make_gap,
    make_inventory,
    make_resource,
    make_subscription,
)
from tests.policies.azure import IS_ACCOUNT, definition, load, not_evaluated, outcomes, parameter, problems

SETTING = "Microsoft.Insights/diagnosticSettings"
VAULT = "Microsoft.KeyVault/vaults"
KEY = "Microsoft.KeyVault/vaults/keys"
ONE = make_resource(ACCOUNT, "one", location="westeurope", properties={"vault": "v1"})
TWO = make_resource(ACCOUNT, "two", location="northeurope", properties={"vault": "v2"})


def setting(of: Resource, name: str = "default", **properties: Any) -> Resource:
    identity = f"{of.id}/providers/{SETTING}/{name}"
    return make_resource(SETTING, name, id=identity, properties=properties)


def vault(name: str, *, group: str = "rg-ai", **body: Any) -> Resource:
    identity = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}/providers/{VAULT}/{name}"
    return make_resource(VAULT, name, id=identity, **body)


def related(
    details: Any, *, test: Any = IS_ACCOUNT, effect: str = "AuditIfNotExists", **changes: Any
) -> dict[str, Any]:
    return definition("related", test=test, effect=effect, details=details, **changes)


def judged(folder: Any, details: Any, *resources: Resource, gaps: Any = (), **changes: Any) -> dict[str, str]:
    """Give the outcomes for the accounts, by name."""
    inventory = make_inventory(*resources, gaps=gaps)
    return {
        name: outcome for (_, name), outcome in outcomes(load(folder, related(details, **changes)), inventory).items()
    }


@pytest.mark.parametrize("effect", ["AuditIfNotExists", "auditIfNotExists", "DeployIfNotExists"])
def test_a_resource_needs_a_related_one_that_meets_the_condition(tmp_path, effect):
    details = {"type": DEPLOYMENT, "existenceCondition": {"field": f"{DEPLOYMENT}/sku.name", "equals": "Standard"}}
    children = (
        make_resource(DEPLOYMENT, "one/a", sku={"name": "Other"}),
        make_resource(DEPLOYMENT, "one/b", sku={"name": "standard"}),
        make_resource(DEPLOYMENT, "two/a", sku={"name": "Other"}),
    )
    assert judged(tmp_path, details, ONE, TWO, *children, effect=effect) == {"one": "pass", "two": "fail"}


def test_without_a_condition_any_related_resource_will_do(tmp_path):
    child = make_resource(DEPLOYMENT, "one/a")
    assert judged(tmp_path, {"type": DEPLOYMENT}, ONE, TWO, child) == {"one": "pass", "two": "fail"}


def test_a_violation_says_how_many_were_looked_at(tmp_path):
    details = {"type": DEPLOYMENT, "existenceCondition": {"field": "kind", "equals": "x"}}
    rules = load(tmp_path, related(details))[0].rules
    findings, _ = evaluate(make_inventory(ONE, TWO, make_resource(DEPLOYMENT, "one/a")), rules, AS_OF)
    assert [finding.verdict.message for finding in findings] == [
        f"no related {DEPLOYMENT} meets the existence condition (1 looked at)",
        f"no related {DEPLOYMENT} is there (0 looked at)",
    ]


def test_only_resources_for_which_the_if_holds_are_asked(tmp_path):
    test = {"allOf": [IS_ACCOUNT, {"field": "location", "equals": "westeurope"}]}
    child = make_resource(DEPLOYMENT, "other/a")
    assert judged(tmp_path, {"type": DEPLOYMENT}, ONE, TWO, child, test=test) == {"one": "fail"}


def test_an_if_that_is_not_known_leaves_the_answer_open_unless_the_related_resource_is_there(tmp_path):
    test = {"allOf": [IS_ACCOUNT, {"field": f"{ACCOUNT}/networkAcls.defaultAction", "equals": "Allow"}]}
    hidden = [make_resource(ACCOUNT, name, properties={"networkAcls": UNKNOWN}) for name in ("bare", "served")]
    child = make_resource(DEPLOYMENT, "served/a")
    assert judged(tmp_path, {"type": DEPLOYMENT}, *hidden, child, test=test) == {"bare": "unknown", "served": "pass"}


def test_a_condition_that_is_not_known_leaves_the_answer_open(tmp_path):
    details = {"type": DEPLOYMENT, "existenceCondition": {"field": f"{DEPLOYMENT}/sku.name", "equals": "Standard"}}
    hidden = make_resource(DEPLOYMENT, "one/a", sku={"name": UNKNOWN})
    assert judged(tmp_path, details, ONE, hidden) == {"one": "unknown"}
    sure = make_resource(DEPLOYMENT, "one/b", sku={"name": "Standard"})
    assert judged(tmp_path, details, ONE, hidden, sure) == {"one": "pass"}
    findings, _ = evaluate(make_inventory(ONE, hidden), load(tmp_path, related(details))[0].rules, AS_OF)
    assert findings[0].verdict.message.startswith(f"cannot tell whether a related {DEPLOYMENT} meets")


def test_extension_resources_are_those_on_the_resource_itself(tmp_path):
    details = {"type": SETTING, "existenceCondition": {"field": f"{SETTING}/logs[*].enabled", "equals": "true"}}
    settings = (
        setting(ONE, "on", logs=[{"category": "Audit", "enabled": True}]),
        setting(TWO, "off", logs=[{"category": "Audit", "enabled": True}, {"enabled": False}]),
    )
    assert judged(tmp_path, details, ONE, TWO, *settings) == {"one": "pass", "two": "fail"}


def test_a_type_whose_resources_all_lie_on_others_is_an_extension_too(tmp_path):
    kind = "Contoso.Guard/watches"
    watch = make_resource(kind, "w", id=f"{ONE.id}/providers/{kind}/w")
    assert judged(tmp_path, {"type": kind}, ONE, TWO, watch) == {"one": "pass", "two": "fail"}


def test_beside_the_resource_its_resource_group_counts(tmp_path):
    here, there = vault("v"), vault("v", group="rg-other")
    assert judged(tmp_path, {"type": VAULT}, ONE, there) == {"one": "fail"}
    assert judged(tmp_path, {"type": VAULT}, ONE, here) == {"one": "pass"}
    assert judged(tmp_path, {"type": VAULT, "existenceScope": "ResourceGroup"}, ONE, there) == {"one": "fail"}
    assert judged(tmp_path, {"type": VAULT, "existenceScope": "Subscription"}, ONE, there) == {"one": "pass"}
    assert judged(tmp_path, {"type": VAULT, "existenceScope": "subscription"}, ONE, there) == {"one": "pass"}
    assert judged(tmp_path, {"type": VAULT, "resourceGroupName": "RG-Other"}, ONE, there) == {"one": "pass"}
    assert judged(tmp_path, {"type": VAULT, "resourceGroupName": "rg-other"}, ONE, here) == {"one": "fail"}
    assert judged(
        tmp_path,
        {"type": VAULT, "resourceGroupName": "[parameters('g')]"},
        ONE,
        there,
        parameters={"g": parameter(defaultValue="rg-other")},
    ) == {"one": "pass"}


def test_the_name_of_another_resource_group_may_come_from_the_resource(tmp_path):
    details = {"type": VAULT, "resourceGroupName": "[field('properties.group')]"}
    known = make_resource(ACCOUNT, "known", properties={"group": "rg-other"})
    hidden = make_resource(ACCOUNT, "hidden", properties={"group": UNKNOWN})
    assert judged(tmp_path, details, known, hidden, vault("v", group="rg-other")) == {
        "known": "pass",
        "hidden": "unknown",
    }


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("v1", "pass"),
        ("V1", "pass"),
        ("v2", "fail"),
        ("[field('properties.vault')]", "pass"),
        ("[concat('v', '1')]", "pass"),
        ("[field('properties.nothing')]", "fail"),
        ("[field('properties.hidden')]", "unknown"),
        ("?", "pass"),
    ],
)
def test_a_name_asks_for_one_resource(tmp_path, name, outcome):
    account = make_resource(ACCOUNT, "one", properties={"vault": "v1", "hidden": UNKNOWN})
    assert judged(tmp_path, {"type": VAULT, "name": name}, account, vault("v1")) == {"one": outcome}


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("v1/k", "pass"),
        ("v2/k", "fail"),
        ("k", "pass"),
        ("v1/?", "pass"),
        ("v2/?", "fail"),
        ("[concat(field('properties.vault'), '/?')]", "pass"),
        ("a/v1/k", "fail"),
    ],
)
def test_a_nested_resource_is_told_by_the_names_of_all_its_levels(tmp_path, name, outcome):
    key = make_resource(KEY, "v1/k")
    assert judged(tmp_path, {"type": KEY, "name": name}, ONE, key) == {"one": outcome}


def test_field_in_an_existence_condition_reads_the_resource_of_the_if(tmp_path):
    condition = {
        "allOf": [
            {"field": "location", "equals": "[field('location')]"},
            {"field": "name", "equals": "[field('properties.vault')]"},
            {"value": "[resourceGroup().name]", "equals": "rg-ai"},
        ]
    }
    details = {"type": VAULT, "existenceScope": "subscription", "existenceCondition": condition}
    vaults = (vault("v1", location="West Europe", group="x"), vault("v2", location="westeurope"))
    assert judged(tmp_path, details, ONE, TWO, *vaults) == {"one": "pass", "two": "fail"}


def test_a_count_in_an_existence_condition_counts_in_the_related_resource(tmp_path):
    where = {
        "allOf": [
            {"field": f"{SETTING}/logs[*].enabled", "equals": True},
            {"value": f"[first(field('{SETTING}/logs[*].category'))]", "equals": "Audit"},
            {"value": "[field('location')]", "equals": "westeurope"},
        ]
    }
    details = {
        "type": SETTING,
        "existenceCondition": {"count": {"field": f"{SETTING}/logs[*]", "where": where}, "greater": 0},
    }
    logs = [{"category": "Trace", "enabled": True}, {"category": "Audit", "enabled": True}]
    assert judged(tmp_path, details, ONE, TWO, setting(ONE, logs=logs), setting(TWO, logs=logs)) == {
        "one": "pass",
        "two": "fail",
    }


def test_a_subscription_is_asked_about_what_it_holds(tmp_path):
    kind = "Microsoft.Security/pricings"
    plan = make_resource(kind, "VirtualMachines", id=f"/subscriptions/{SUBSCRIPTION}/providers/{kind}/VirtualMachines")
    test = {"field": "type", "equals": "Microsoft.Resources/subscriptions"}
    subscription = make_subscription()
    for details, outcome in (
        ({"type": kind, "existenceScope": "subscription", "name": "VirtualMachines"}, "pass"),
        ({"type": kind, "name": "VirtualMachines"}, "pass"),
        ({"type": kind, "existenceScope": "subscription", "name": "AI"}, "fail"),
    ):
        assert judged(tmp_path, details, subscription, plan, test=test) == {SUBSCRIPTION: outcome}


def snapshot(*resources: Resource, source: str) -> Inventory:
    return make_inventory(*resources, source=source)


@pytest.mark.parametrize("source", ["snapshot", "arm-json"])
def test_where_nobody_read_the_related_type_the_question_is_not_asked(tmp_path, source):
    files = load(tmp_path, related({"type": SETTING}))
    inventory = snapshot(ONE, source=source)
    assert outcomes(files, inventory) == {}
    reason = f"it asks for related resources of type {SETTING}, of which the inventory holds none"
    assert not_evaluated(files, inventory) == {"related": reason}


def test_live_azure_reads_the_related_type_and_absence_is_then_a_violation(tmp_path):
    files = load(tmp_path, related({"type": DEPLOYMENT}))
    assert DEPLOYMENT.lower() in needs_of(list(files[0].rules), AS_OF).types
    assert outcomes(files, make_inventory(ONE)) == {("related", "one"): "fail"}


def test_what_live_azure_could_not_read_is_not_taken_for_absent(tmp_path):
    files = load(tmp_path, related({"type": SETTING}))
    gap = make_gap("/subscriptions", SETTING.lower(), GapReason.UNSUPPORTED)
    assert set(not_evaluated(files, make_inventory(ONE, gaps=[gap]))) == {"related"}


@pytest.mark.parametrize(
    ("scope", "one"),
    [
        (ONE.id, "unknown"),
        (f"/subscriptions/{SUBSCRIPTION}", "unknown"),
        (f"/subscriptions/{SUBSCRIPTION}/resourceGroups/RG-AI", "unknown"),
        ("accounts.json", "unknown"),
        (TWO.id, "fail"),
        ("/subscriptions/00000000-0000-0000-0000-000000000009", "fail"),
        (f"{ONE.id}-longer", "fail"),
    ],
)
def test_a_gap_that_may_hide_the_related_resource_leaves_the_answer_open(tmp_path, scope, one):
    details = {"type": DEPLOYMENT}
    other = make_resource(DEPLOYMENT, "three/a")
    found = judged(tmp_path, details, ONE, other, gaps=[make_gap(scope, DEPLOYMENT)])
    assert found == {"one": one}
    present = make_resource(DEPLOYMENT, "one/a")
    assert judged(tmp_path, details, ONE, present, gaps=[make_gap(scope, DEPLOYMENT)]) == {"one": "pass"}


@pytest.mark.parametrize(
    ("details", "message"),
    [
        (None, "needs details with the type of the related resource"),
        ([], "needs details with the type of the related resource"),
        ({"name": "x"}, "needs details with the type of the related resource"),
        ({"type": 5}, "the related type must be an ARM type"),
        ({"type": "vaults"}, "the related type must be an ARM type"),
        ({"type": "[field('kind')]"}, "the related type must be an ARM type"),
        ({"type": VAULT, "existenceScope": "tenant"}, "existenceScope is resourceGroup or subscription"),
        ({"type": VAULT, "name": "[reference('x')]"}, "the function 'reference' is not supported"),
        ({"type": VAULT, "existenceCondition": {"field": "kind", "equal": 1}}, "unknown operator 'equal'"),
        ({"type": VAULT, "existenceCondition": []}, "a condition must be a mapping"),
    ],
)
def test_details_that_say_nothing_usable_are_refused(tmp_path, details, message):
    found = problems(tmp_path, related(details))
    assert message in found[0]
    assert found[0].startswith("0.json:")
