"""Whatever stands in a plan: it is read, with gaps, or refused; nothing crashes."""

from __future__ import annotations

import contextlib
import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.errors import SourceError
from scanner.model.inventory import Inventory
from scanner.sources import terraform
from scanner.sources.options import ReadOptions
from scanner.sources.terraform.mappings import MAPPINGS
from scanner.sources.terraform.plan import TEMPLATE_DEPLOYMENTS
from tests.factories import GROUP, json_document
from tests.sources.terraform.conftest import PlanBuilder


def example() -> Any:
    plan = PlanBuilder()
    account = {"name": "one", "resource_group_name": GROUP, "kind": "OpenAI", "network_acls": [{}], "tags": {"a": "b"}}
    plan.add("azurerm_cognitive_account", "this", account, module='module.ai["eu"]', key="a")
    plan.call("ai", each=["var.x"], x=["local.x"])
    plan.output("ai", "out", "azurerm_cognitive_account.this")
    later = {"id": True, "cognitive_account_id": True, "parent_id": True, "resource_id": True}
    references = ["module.ai.out", "module.ai", "each.key"]
    deployment = {"name": "gpt", "sku": [{"name": "Standard"}]}
    plan.add("azurerm_cognitive_deployment", "d", deployment, key="eu", unknown=later, cognitive_account_id=references)
    body = {"type": "Microsoft.CognitiveServices/accounts@1", "name": "two", "body": "{}"}
    plan.add("azapi_resource", "r", body, unknown=later, parent_id=references)
    plan.add("azapi_update_resource", "u", {**body, "body": {}}, unknown=later, resource_id=references)
    plan.add("azurerm_resource_group_template_deployment", "t", {"template_content": "{}"})
    plan.existing("azurerm_resource_group", {"id": "/subscriptions/s/resourceGroups/g", "tags": {}})
    return json.loads(json.dumps(plan.value))


EXAMPLE = example()


def words(value: Any) -> set[str]:
    """Give every key and text of the example."""
    if isinstance(value, dict):
        return set(value) | {word for one in value.values() for word in words(one)}
    if isinstance(value, list):
        return {word for one in value for word in words(one)}
    return {value} if isinstance(value, str) else set()


WORDS = sorted(words(EXAMPLE))
KINDS = sorted({*MAPPINGS, *TEMPLATE_DEPLOYMENTS, "azapi_resource", "azapi_update_resource", "azurerm_cognitive_x"})
texts = st.sampled_from([*WORDS, *KINDS, "", "/", "{}", "[", "Microsoft.X/y@1", "Microsoft.X/y/z", GROUP]) | st.text(
    max_size=4
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 300) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def read(value: Any) -> Inventory | None:
    with contextlib.suppress(SourceError):
        return terraform.read(json_document(value), ReadOptions())
    return None


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Give the path of every value in the example."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(path for key, one in inner for path in places(one, (*at, key)))]


@given(st.dictionaries(texts, values, max_size=4), st.lists(values, max_size=3))
def test_any_sections(sections, changes):
    read({"format_version": "1.2", **sections, "resource_changes": changes})


@settings(max_examples=400)
@given(st.lists(st.tuples(st.sampled_from(places(EXAMPLE)[1:]), values), min_size=1, max_size=3))
def test_any_value_in_the_place_of_one_that_terraform_wrote(wrong):
    value = copy.deepcopy(EXAMPLE)
    for path, other in wrong:
        holder = value
        for key in path[:-1]:
            holder = holder[key] if isinstance(holder, dict) and key in holder else holder
            holder = holder[key] if isinstance(holder, list) and isinstance(key, int) and key < len(holder) else holder
        if isinstance(holder, dict) or (isinstance(holder, list) and holder and isinstance(path[-1], int)):
            holder[path[-1] % len(holder) if isinstance(holder, list) else path[-1]] = other
    if terraform.recognises(value):
        read(value)


@given(st.sampled_from(KINDS), st.dictionaries(texts, values, max_size=5), st.dictionaries(texts, values, max_size=5))
def test_any_arguments_of_any_type(kind, after, unknown):
    plan = PlanBuilder()
    plan.add(kind, "x", after, unknown=unknown)

    found = read(plan.value)
    assert found is not None
    assert len({one.key for one in found.resources}) == len(found.resources)
    json.dumps([one.json for one in found.resources], default=str)
