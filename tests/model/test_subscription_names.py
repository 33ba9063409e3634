"""What subscriptions are called, as far as an inventory knows it."""

from __future__ import annotations

import pytest

from scanner.model.context import in_context
from scanner.model.inventory import Inventory, SourceInfo
from scanner.model.resource import Origin, Resource
from scanner.model.subscription_names import subscription_names
from scanner.model.values import UNKNOWN
from tests.factories import ACCOUNT, make_inventory, make_resource

UPPER, OTHER = "0000000A-0000-0000-0000-00000000000A", "00000000-0000-0000-0000-00000000000b"


def subscription(identity: str, **body) -> Resource:
    return Resource({"id": f"/subscriptions/{identity}", **body}, Origin("snapshot"))


def test_names_are_by_id_in_lower_case_and_two_of_one_name_stay_two():
    inventory = make_inventory(
        subscription(UPPER, displayName="Contoso AI"),
        subscription(OTHER, displayName="Contoso AI"),
        make_resource(ACCOUNT, "a", displayName="an account"),
    )
    assert subscription_names(inventory) == {OTHER: "Contoso AI", UPPER.lower(): "Contoso AI"}


@pytest.mark.parametrize("body", [{}, {"displayName": " "}, {"displayName": None}, {"displayName": 7}])
def test_who_has_no_name_is_not_there(body):
    assert subscription_names(make_inventory(subscription(UPPER, **body))) == {}


@pytest.mark.parametrize("body", [{}, {"displayName": UNKNOWN}])
def test_a_change_keeps_the_name_that_the_context_knows(body):
    existing = make_inventory(subscription(UPPER, displayName="Contoso AI"), subscription(OTHER, displayName="Other"))
    change = Inventory(
        resources=(subscription(UPPER.lower(), tags={"a": "b"}, **body),), sources=(SourceInfo("arm-template", "t"),)
    )
    assert subscription_names(in_context(change, existing)) == {OTHER: "Other", UPPER.lower(): "Contoso AI"}


def test_a_name_that_a_change_gives_counts():
    existing = make_inventory(subscription(UPPER, displayName="Old"))
    change = Inventory(resources=(subscription(UPPER, displayName="New"),), sources=(SourceInfo("what-if", "w"),))
    assert subscription_names(in_context(change, existing)) == {UPPER.lower(): "New"}
