"""Parents that Terraform will know only after apply are found by the references of the configuration.

The lists of references are those that Terraform 1.11 prints for the expressions named in the tests.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from scanner.cli import main
from scanner.model.values import UNKNOWN
from scanner.sources.options import NO_SUBSCRIPTION
from tests.factories import GROUP, SUBSCRIPTION, make_group, make_inventory, make_resource, make_subscription

ACCOUNTS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/Microsoft.CognitiveServices/accounts"
A, D = "azurerm_cognitive_account", "azurerm_cognitive_deployment"


def account(plan: Any, name: str, label: str = "this", **more: Any) -> str:
    after = {
        "name": name,
        "resource_group_name": GROUP,
        "location": "swedencentral",
        "kind": "OpenAI",
        "sku_name": "S0",
    }
    address: str = plan.add(A, label, after, **more)
    return address


def deployment(plan: Any, *references: str, name: str = "gpt", **more: Any) -> str:
    after = {"name": name, "sku": [{"name": "Standard", "capacity": 10}]}
    unknown = {"id": True, "cognitive_account_id": True}
    address: str = plan.add(D, "gpt", after, unknown=unknown, cognitive_account_id=list(references), **more)
    return address


def deployments(plan: Any) -> dict[str, str]:
    """Give the account's name of each deployment by its address."""
    found = [one for one in plan.read().resources if one.type.endswith("/deployments")]
    return {one.origin.address: one.id.split("/")[-3] for one in found}


def test_an_attribute_of_a_resource(plan):
    account(plan, "one")
    deployment(plan, f"{A}.this.id", f"{A}.this")

    inventory = plan.read()
    child = inventory.by_key[f"{ACCOUNTS}/one/deployments/gpt".lower()]
    assert inventory.parent(child).name == "one"


def test_an_instance_by_a_literal_index(plan):
    for key in ("eu", "us"):
        account(plan, f"acct-{key}", key=key)
    deployment(plan, f'{A}.this["us"].id', f'{A}.this["us"]', f"{A}.this")

    assert list(deployments(plan).values()) == ["acct-us"]


def test_an_instance_by_a_number(plan):
    for key in (0, 1):
        account(plan, f"acct-{key}", key=key)
    deployment(plan, f"{A}.this[1].id", f"{A}.this[1]", f"{A}.this")

    assert list(deployments(plan).values()) == ["acct-1"]


@pytest.mark.parametrize(("keys", "index"), [(("eu", "us"), "each.key"), ((0, 1), "count.index")])
def test_instances_that_go_by_the_same_index(plan, keys, index):
    for key in keys:
        account(plan, f"acct-{key}", key=key)
        deployment(plan, f"{A}.this", index, key=key)

    assert list(deployments(plan).values()) == [f"acct-{key}" for key in keys]


def test_the_value_of_what_a_resource_repeats_over(plan):
    for key in ("eu", "us"):
        account(plan, f"acct-{key}", key=key)
        deployment(plan, "each.value.id", "each.value", key=key, each=[f"{A}.this"])

    assert list(deployments(plan).values()) == ["acct-eu", "acct-us"]


def test_an_index_that_stands_in_what_a_resource_repeats_over(plan):
    each = {"a": {"account": "us"}, "b": {"account": "eu"}}
    for key in ("eu", "us"):
        account(plan, f"acct-{key}", key=key)
    for key in each:
        deployment(plan, f"{A}.this", "each.value.account", "each.value", key=key, each=each)

    assert list(deployments(plan).values()) == ["acct-us", "acct-eu"]


def test_an_index_that_stands_in_a_variable(plan):
    plan.value["variables"]["all"] = {"value": {"a": {"account": "us"}}}
    for key in ("eu", "us"):
        account(plan, f"acct-{key}", key=key)
    deployment(plan, f"{A}.this", "each.value.account", "each.value", key="a", each=["var.all"])

    assert list(deployments(plan).values()) == ["acct-us"]


def test_the_only_instance_whatever_the_index(plan):
    account(plan, "one", key="only")
    deployment(plan, f"{A}.this", "local.key")

    assert list(deployments(plan).values()) == ["one"]


def test_a_variable_of_a_module(plan):
    account(plan, "one")
    account(plan, "two", "other")
    plan.call("gpt", account_id=[f"{A}.this.id", f"{A}.this"])
    deployment(plan, "var.account_id", module="module.gpt")

    assert list(deployments(plan).values()) == ["one"]


def test_a_variable_that_is_handed_on_through_two_modules(plan):
    account(plan, "one")
    account(plan, "two", "other")
    plan.call("outer", all=[f"{A}.other"])
    plan.call("outer.inner", account=["var.all.id", "var.all"])
    deployment(plan, "var.account", module="module.outer.module.inner")

    assert list(deployments(plan).values()) == ["two"]


def test_modules_with_an_index_each_have_their_own(plan):
    plan.call("ai", each=["var.regions"], region=["each.key"])
    for key in ("eu", "us.east"):
        account(plan, f"acct-{key}", module=f'module.ai["{key}"]')
        deployment(plan, f"{A}.this.id", f"{A}.this", module=f'module.ai["{key}"]')

    assert deployments(plan) == {
        'module.ai["eu"].azurerm_cognitive_deployment.gpt': "acct-eu",
        'module.ai["us.east"].azurerm_cognitive_deployment.gpt': "acct-us.east",
    }


def test_a_module_that_is_called_once_for_each_account(plan):
    for key in ("eu", "us"):
        account(plan, f"acct-{key}", key=key)
        deployment(plan, "var.account", module=f'module.gpt["{key}"]')
    plan.call("gpt", each=[f"{A}.this"], account=["each.value.id", "each.value"])

    assert list(deployments(plan).values()) == ["acct-eu", "acct-us"]


def test_an_output_of_a_module(plan):
    account(plan, "one", module="module.ai")
    account(plan, "two", "other", module="module.ai")
    plan.call("ai")
    plan.output("ai", "account_id", f"{A}.other.id", f"{A}.other")
    deployment(plan, "module.ai.account_id", "module.ai")

    assert list(deployments(plan).values()) == ["two"]


def test_an_output_of_one_instance_of_a_module(plan):
    plan.call("ai", each=["var.regions"])
    plan.output("ai", "account_id", f"{A}.this.id", f"{A}.this")
    for key in ("eu", "us"):
        account(plan, f"acct-{key}", module=f'module.ai["{key}"]')
        deployment(plan, "module.ai", "each.key", key=key)

    assert list(deployments(plan).values()) == ["acct-eu", "acct-us"]


def test_a_local_whose_module_sees_one_account(plan):
    account(plan, "one", module="module.a")
    account(plan, "two", module="module.b")
    for module in ("a", "b"):
        deployment(plan, "local.account_id", module=f"module.{module}")

    assert list(deployments(plan).values()) == ["one", "two"]


def test_a_local_that_may_be_what_the_caller_hands_in(plan):
    account(plan, "one")
    account(plan, "two", module="module.a")
    plan.call("a", other=[f"{A}.this.id", f"{A}.this"])
    deployment(plan, "local.account_id", module="module.a")

    (name,) = deployments(plan).values()
    assert "unknown parent" in name


def test_one_of_two_accounts(plan):
    account(plan, "one")
    account(plan, "two", "other")
    for key in ("a", "b"):
        deployment(plan, f"{A}.this.id", f"{A}.this", f"{A}.other.id", f"{A}.other", "var.which", key=key)

    inventory = plan.read()
    found = [one for one in inventory.resources if one.type.endswith("/deployments")]
    assert len({one.key for one in found}) == 2, "each has an id of its own"
    assert [inventory.parent(one) for one in found] == [None, None]


def test_an_account_whose_id_is_known_is_not_what_is_not_known_yet(plan):
    known = f"{ACCOUNTS}/old"
    account(plan, "old", "old", actions=("no-op",), before={"id": known})
    plan.value["resource_changes"][0]["change"]["after"]["id"] = known
    account(plan, "new")
    deployment(plan, "local.account_id")

    assert list(deployments(plan).values()) == ["new"]


def test_an_account_that_a_data_source_reads_only_then_may_be_meant(plan):
    account(plan, "new")
    plan.add(
        A, "old", {"name": "old", "resource_group_name": GROUP}, actions=("read",), unknown={"id": True}, mode="data"
    )
    deployment(plan, "local.account_id")

    (name,) = deployments(plan).values()
    assert "unknown parent" in name


def test_a_data_source_that_is_read_only_then(plan):
    plan.add(
        A, "old", {"name": "old", "resource_group_name": GROUP}, actions=("read",), unknown={"id": True}, mode="data"
    )
    deployment(plan, f"data.{A}.old.id", f"data.{A}.old")

    inventory = plan.read()
    assert [one.id for one in inventory.resources] == [f"{ACCOUNTS}/old/deployments/gpt"]


def test_a_name_that_is_not_known_yet_is_the_address(plan):
    after = {"resource_group_name": GROUP, "location": "swedencentral", "kind": "OpenAI", "sku_name": "S0"}
    for key in ("a/b", "c"):
        plan.add(A, "this", after, unknown={"id": True, "name": True}, key=key)
        deployment(plan, f"{A}.this", "each.key", key=key)

    inventory = plan.read()
    names = {one.id.removeprefix(f"{ACCOUNTS}/") for one in inventory.resources}
    assert f'{A}.this["a%2Fb"]' in names
    assert f'{A}.this["c"]/deployments/gpt' in names
    assert all(inventory.parent(one) for one in inventory.resources if one.type.endswith("/deployments"))


def test_a_group_whose_name_is_not_known_yet(plan):
    plan.add(
        "azurerm_resource_group", "ai", {"location": "x", "tags": {"team": "a"}}, unknown={"id": True, "name": True}
    )
    account_of = {"name": "one", "kind": "OpenAI"}
    references = ["azurerm_resource_group.ai.name", "azurerm_resource_group.ai"]
    unknown = {"id": True, "resource_group_name": True}
    plan.add(A, "this", account_of, unknown=unknown, resource_group_name=references)

    group, one = plan.read().resources
    assert one.id == f"{group.id}/providers/Microsoft.CognitiveServices/accounts/one"


def test_a_group_that_cannot_be_found_leaves_tags_unknown(plan):
    plan.add(A, "this", {"name": "one", "kind": "OpenAI"}, unknown={"id": True, "resource_group_name": True})

    one, group = plan.read().resources
    assert one.id.startswith(f"{group.id}/")
    assert (group.json["tags"], group.origin.judged) == (UNKNOWN, False)


@pytest.mark.parametrize(
    ("expression", "options", "expected"),
    [
        ({"constant_value": "11111111-0000-0000-0000-000000000001"}, {}, "11111111-0000-0000-0000-000000000001"),
        ({"references": ["var.subscription"]}, {}, "22222222-0000-0000-0000-000000000002"),
        ({"references": ["local.subscription"]}, {"subscription": "3333"}, "3333"),
        (None, {}, "00000000-0000-0000-0000-000000000000"),
    ],
)
def test_the_subscription_is_that_of_the_provider_then_of_the_options(plan, expression, options, expected):
    plan.value["variables"]["subscription"] = {"value": "22222222-0000-0000-0000-000000000002"}
    plan.provider["subscription_id"] = expression
    account(plan, "one")

    assert plan.only(**options).subscription_id == expected


def test_the_subscription_is_that_of_the_other_resources_where_nobody_says_it(plan):
    plan.provider.pop("subscription_id")
    group = {"id": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}", "name": GROUP}
    plan.add("azurerm_resource_group", "ai", group, actions=("no-op",), before=group)
    account(plan, "one")

    assert {one.subscription_id for one in plan.read().resources} == {SUBSCRIPTION}


def test_the_subscription_is_that_of_the_other_providers_where_they_agree(plan):
    providers = plan.value["configuration"]["provider_config"]
    providers["azurerm.other"] = {"name": "azurerm", "alias": "other", "expressions": plan.provider.copy()}
    plan.provider.pop("subscription_id")
    account(plan, "one")
    assert plan.only().subscription_id == SUBSCRIPTION
    providers["azurerm.third"] = {"name": "azurerm", "expressions": {"subscription_id": {"constant_value": "3333"}}}
    assert plan.only().subscription_id == NO_SUBSCRIPTION


def test_the_subscription_is_the_only_one_of_the_context_where_nothing_else_says_it(plan):
    plan.provider.pop("subscription_id")
    account(plan, "one")
    other = make_resource("Microsoft.Resources/subscriptions", "x", id="/subscriptions/other")
    assert plan.only().subscription_id == NO_SUBSCRIPTION
    assert plan.only(context=make_inventory(make_subscription(), make_group())).subscription_id == SUBSCRIPTION
    assert plan.only(context=make_inventory(make_subscription(), other)).subscription_id == NO_SUBSCRIPTION


def test_a_project_of_a_hub_lies_beside_it(plan):
    hub = {"name": "hub", "resource_group_name": GROUP, "location": "x"}
    plan.add("azurerm_ai_foundry", "hub", hub)
    references = ["azurerm_ai_foundry.hub.id", "azurerm_ai_foundry.hub"]
    unknown = {"id": True, "ai_services_hub_id": True}
    plan.add("azurerm_ai_foundry_project", "p", {"name": "p"}, unknown=unknown, ai_services_hub_id=references)

    hub_found, project = plan.read().resources
    assert project.id == hub_found.id.replace("/hub", "/p")
    assert project.json["properties"]["hubResourceId"] is UNKNOWN


def test_a_circle_of_references_ends(plan):
    plan.call("a", x=["module.b.y", "module.b"])
    plan.call("b", x=["module.a.y", "module.a"])
    for name in ("a", "b"):
        plan.output(name, "y", "var.x")
    deployment(plan, "module.a.y", "module.a")

    (name,) = deployments(plan).values()
    assert "unknown parent" in name


def test_tags_of_the_group_and_the_account_count_for_a_deployment(plan, tmp_path, capsys):
    plan.add(
        "azurerm_resource_group", "ai", {"name": GROUP, "location": "x", "tags": {"environment": "dev", "team": "a"}}
    )
    after = {
        "name": "one",
        "resource_group_name": GROUP,
        "kind": "OpenAI",
        "tags": {"workload": "b", "cost-center": "1"},
    }
    plan.add(A, "this", after)
    deployment(plan, f"{A}.this.id", f"{A}.this")
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan.value), "utf-8")

    assert main(["scan", str(file), "--rule", "required-tags", "-o", "json=-"]) == 0
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert [(one["outcome"], one["resource"]["name"]) for one in findings] == [("pass", "one"), ("pass", "gpt")]


def test_an_address_of_thousands_of_modules_is_read(plan):
    plan.add("azurerm_cognitive_account", "x", {"name": "x"})
    plan.value["resource_changes"][0]["module_address"] = ".".join(["module.a"] * 3000)
    assert plan.only().name == "x"
