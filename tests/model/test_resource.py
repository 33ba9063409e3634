"""Ids and what is read off them."""

from __future__ import annotations

import pytest

from scanner.model.resource import (
    Origin,
    Resource,
    canonical_json,
    normalise_id,
    normalise_location,
    parent_key,
    type_of_id,
)

GROUP = "/subscriptions/S/resourceGroups/Rg"


@pytest.mark.parametrize(
    ("identity", "kind"),
    [
        ("/subscriptions/S", "Microsoft.Resources/subscriptions"),
        ("subscriptions/S/", "Microsoft.Resources/subscriptions"),
        (GROUP, "Microsoft.Resources/subscriptions/resourceGroups"),
        (GROUP.upper(), "Microsoft.Resources/subscriptions/resourceGroups"),
        (f"{GROUP}/providers/Microsoft.X/a/n", "Microsoft.X/a"),
        (f"{GROUP}/providers/Microsoft.X/a/n/b/m", "Microsoft.X/a/b"),
        (f"{GROUP}/PROVIDERS/microsoft.x/A/n", "microsoft.x/A"),
        (f"{GROUP}/providers/Microsoft.X/a/n/providers/Microsoft.Y/c/o", "Microsoft.Y/c"),
        ("/providers/Microsoft.X/a/n", "Microsoft.X/a"),
        (f"{GROUP}/providers/Microsoft.X", ""),
        (f"{GROUP}/more", ""),
        ("/subscriptions", ""),
        ("/subscriptions/S/tagNames/x/y", ""),
        ("/tenants/T", ""),
        ("plain", ""),
        ("", ""),
    ],
)
def test_the_type_is_read_off_the_id(identity, kind):
    assert type_of_id(identity) == kind


@pytest.mark.parametrize(
    ("key", "parent"),
    [
        ("/s/providers/x/a/n/b/m", "/s/providers/x/a/n"),
        ("/s/providers/x/a/n/b/m/c/o", "/s/providers/x/a/n/b/m"),
        ("/providers/x/a/n/b/m", "/providers/x/a/n"),
        ("/s/providers/x/a/n", None),
        ("/s/providers/x/a/n/providers/y/b/m", None),
        ("/subscriptions/s/resourcegroups/g", None),
        ("", None),
    ],
)
def test_the_parent_is_read_off_the_id(key, parent):
    assert parent_key(key) == parent


@pytest.mark.parametrize(
    ("identity", "subscription", "group", "name"),
    [
        (f"{GROUP}/providers/Microsoft.X/a/N", "s", "Rg", "N"),
        (GROUP, "s", "Rg", "Rg"),
        ("/subscriptions/S", "s", "", "S"),
        ("/subscriptions/S/providers/Microsoft.X/a/N/", "s", "", "N"),
        ("/providers/Microsoft.X/a/N", "", "", "N"),
        ("plain", "", "", "plain"),
        ("/subscriptions", "", "", "subscriptions"),
    ],
)
def test_subscription_group_and_name_are_read_off_the_id(identity, subscription, group, name):
    resource = Resource({"id": identity}, Origin("azure"))
    assert (resource.subscription_id, resource.resource_group, resource.name) == (subscription, group, name)


def test_ids_compare_without_case_and_slashes_at_the_ends():
    assert normalise_id(" /A/b/ ") == normalise_id("a/B") == "/a/b"


def test_locations_compare_without_case_and_blanks():
    assert normalise_location("East US 2") == normalise_location("eastus2") == "eastus2"


def test_keys_of_azures_spelling_are_left_alone_and_others_get_it():
    azure = {"id": "/x", "name": "n", "properties": {}, "Extra": 1}
    assert canonical_json(azure) is azure
    shouting = {"ResourceId": "/x", "NAME": "n", "Sku": {"Name": "S"}, "Extra": 1}
    assert canonical_json(shouting) == {"ResourceId": "/x", "id": "/x", "name": "n", "sku": {"Name": "S"}, "Extra": 1}
    assert canonical_json({"ID": "/a", "id": "/b"})["id"] == "/b"


@pytest.mark.parametrize(
    ("name", "expected"), [("acct/gpt", "gpt"), ("ACCT/GPT", "gpt"), ("gpt", "gpt"), ("a/b", "a/b"), (None, "gpt")]
)
def test_a_childs_name_is_its_own_whatever_the_source_calls_it(name, expected):
    assert Resource({"id": "/x/accounts/acct/deployments/gpt", "name": name}, Origin("arm-template")).name == expected
