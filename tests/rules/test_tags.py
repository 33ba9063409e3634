"""Effective tags: the nearest non-blank value wins, and a level that was not read leaves the question open."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model.inventory import Inventory
from scanner.model.resource import Resource
from scanner.model.values import MISSING, UNKNOWN
from scanner.rules.tags import EVERY_LEVEL, effective_tag, effective_tags
from tests.factories import (
    ACCOUNT,
    DEPLOYMENT,
    make_gap,
    make_group,
    make_inventory,
    make_resource,
    make_subscription,
)

LEVELS = ("resource", "parent", "resourceGroup", "subscription")
values = st.sampled_from(["prod", "dev", "", " ", None])
tags = st.dictionaries(st.sampled_from(["env", "ENV", "Env", "team"]), values, max_size=2)
layouts = st.tuples(tags, tags, tags, tags)
inherits = st.lists(st.sampled_from(EVERY_LEVEL), unique=True).map(tuple)


def world(layout: tuple[Any, ...], unread: set[str] = frozenset()) -> tuple[Resource, Inventory]:
    """Make a deployment in its account, group and subscription; levels in `unread` are not in the inventory."""
    own, parent, group, subscription = layout
    deployment = make_resource(DEPLOYMENT, "acct/gpt", tags=own)
    around = {
        "parent": make_resource(ACCOUNT, "acct", tags=parent),
        "resourceGroup": make_group(group),
        "subscription": make_subscription(subscription),
    }
    return deployment, make_inventory(deployment, *(r for level, r in around.items() if level not in unread))


def first_value(layout: tuple[Any, ...], inherit: tuple[str, ...], name: str) -> Any:
    """Say in the plainest words what the effective tag is."""
    for level, held in zip(LEVELS, layout, strict=True):
        if level == "resource" or level in inherit:
            found = {key.lower(): value for key, value in held.items() if value is not None and value.strip()}
            if name in found:
                return found[name]
    return MISSING


@given(layouts, inherits)
def test_the_nearest_non_blank_value_wins(layout, inherit):
    deployment, inventory = world(layout)
    found = effective_tag(deployment, "env", inherit, inventory)
    assert found.value == first_value(layout, inherit, "env")
    assert found.present is (found.value is not MISSING)


@given(layouts, inherits, st.sampled_from(EVERY_LEVEL))
def test_removing_a_level_never_adds_a_tag(layout, inherit, level):
    deployment, inventory = world(layout)
    fewer = tuple(each for each in inherit if each != level)
    if effective_tag(deployment, "env", inherit, inventory).present is False:
        assert effective_tag(deployment, "env", fewer, inventory).present is False


@given(layouts, inherits, st.sets(st.sampled_from(EVERY_LEVEL)))
def test_an_unread_level_never_yields_a_wrong_decided_answer(layout, inherit, unread):
    deployment, inventory = world(layout, unread)
    found = effective_tag(deployment, "env", inherit, inventory)
    truth = first_value(layout, inherit, "env")
    assert found.value is UNKNOWN or found.value == truth
    assert found.present is None or found.present is (truth is not MISSING)


@given(layouts)
def test_reports_show_the_tags_that_rules_see(layout):
    deployment, inventory = world(layout)
    shown = {name.lower(): value for name, value in effective_tags(deployment, inventory).items()}
    for name in ("env", "team"):
        assert shown.get(name, MISSING) == first_value(layout, EVERY_LEVEL, name)


@pytest.mark.parametrize(
    ("value", "text"), [("prod", "prod"), (" prod ", "prod"), (7, "7"), (0, "0"), (True, "true"), (1.5, "1.5")]
)
def test_a_tag_of_a_simple_type_is_its_text(value, text):
    resource = make_resource(ACCOUNT, "acct", tags={"env": value})
    assert effective_tag(resource, "env", (), make_inventory(resource)).value == text


@pytest.mark.parametrize("value", [None, "", "  ", "\t\n", [], ["prod"], {}, {"a": 1}])
def test_a_blank_value_and_a_value_that_is_no_text_is_no_tag(value):
    resource = make_resource(ACCOUNT, "acct", tags={"env": value})
    assert effective_tag(resource, "env", (), make_inventory(resource)).value is MISSING


@pytest.mark.parametrize("bag", [None, [], ["env"], "env=prod", 5])
def test_tags_that_are_no_mapping_are_no_tags(bag):
    resource = make_resource(ACCOUNT, "acct", tags=bag)
    assert effective_tag(resource, "env", (), make_inventory(resource)).value is MISSING
    assert effective_tags(resource, make_inventory(resource)) == {}


def test_unknown_tags_are_unknown_although_there_is_some_value_and_say_which_level():
    resource = make_resource(ACCOUNT, "acct", tags=UNKNOWN)
    group, subscription = make_group({"env": "prod"}), make_subscription()
    found = effective_tag(resource, "env", EVERY_LEVEL, make_inventory(resource, group, subscription))
    assert (found.value, found.source, found.present) == (UNKNOWN, "the tags of the resource are not known here", True)


def test_a_plain_file_without_group_and_subscription_is_judged_by_what_it_holds():
    account = make_resource(ACCOUNT, "acct", source="arm-json")
    assert effective_tag(account, "env", EVERY_LEVEL, make_inventory(account, source="arm-json")).present is False
    deployment = make_resource(DEPLOYMENT, "acct/gpt", source="arm-json")
    lonely = make_inventory(deployment, source="arm-json")
    assert effective_tag(deployment, "env", EVERY_LEVEL, lonely).present is None


def test_a_group_that_a_file_could_not_read_leaves_the_question_open():
    account = make_resource(ACCOUNT, "acct", source="arm-json")
    scope = f"/subscriptions/{account.subscription_id}"
    gap = make_gap(scope, "Microsoft.Resources/subscriptions/resourceGroups")
    found = effective_tag(account, "env", EVERY_LEVEL, make_inventory(account, gaps=[gap], source="arm-json"))
    assert (found.value, found.source) == (UNKNOWN, "the resource group was not read")


def test_a_body_without_an_id_still_lies_in_its_parent():
    account = make_resource(
        ACCOUNT, "acct", id="/providers/Microsoft.CognitiveServices/accounts/acct", tags={"env": "dev"}
    )
    identity = "/providers/Microsoft.CognitiveServices/accounts/acct/deployments/gpt"
    deployment = make_resource(DEPLOYMENT, "acct/gpt", id=identity)
    assert effective_tag(deployment, "env", EVERY_LEVEL, make_inventory(deployment, account)).value == "dev"
