"""The snapshot: read back, it is what was written; damaged, it says where."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import SourceError
from scanner.evaluation.evaluate import evaluate
from scanner.model.inventory import Fact, Inventory, SourceInfo
from scanner.model.quota import QUOTA_USAGES, location_scope
from scanner.model.resource import Origin, Resource
from scanner.policies.loader import load_policies
from scanner.sources import snapshot
from scanner.sources.json_document import parse_json
from scanner.sources.options import ReadOptions
from scanner.sources.snapshot import recognises, write
from tests.factories import (
    ACCOUNT,
    AS_OF,
    COMPUTE,
    DEPLOYMENT,
    FACT_KINDS,
    JOB,
    SUBSCRIPTION,
    arm_id,
    days_before,
    json_document,
    make_gap,
    make_group,
    make_inventory,
    make_resource,
    make_subscription,
)


def read(value: Any) -> Inventory:
    return snapshot.read(json_document(value, "s.json"), ReadOptions())


BUILTIN = [rule for file in load_policies([]) for rule in file.rules]


def live() -> Inventory:
    """Make an inventory as a live scan makes it, with something of everything."""
    query = {"metric": "AzureOpenAIProvisionedManagedUtilizationV2", "aggregation": "average", "interval": "PT5M"}
    span = {"start": days_before(7), "end": days_before(0), "dimension": "ModelDeploymentName"}
    labels = [{"name": {"value": "modeldeploymentname"}, "value": "ptu"}]
    series = [{"metadatavalues": labels, "data": [{"timeStamp": days_before(1), "average": 10.5}]}]
    usage = {"name": {"value": "OpenAI.Standard.gpt"}, "currentValue": 95, "limit": 100}
    return make_inventory(
        make_subscription({"team": "x\u2028"}),
        make_group({"environment": "dev"}),
        make_resource(ACCOUNT, "acct", kind="OpenAI", location="eastus2", tags={"ключ": "鍵 🔑 \ud800"}),
        make_resource(
            DEPLOYMENT, "acct/gpt", sku={"name": "Standard", "capacity": 90}, properties={"model": {"name": "gpt"}}
        ),
        make_resource(
            DEPLOYMENT,
            "acct/ptu",
            sku={"name": "ProvisionedManaged", "capacity": 50},
            properties={"provisioningState": "Succeeded"},
        ),
        make_resource(COMPUTE, "ws/c", properties={"computeType": "AmlCompute"}),
        make_resource(JOB, "ws/j", properties={"jobType": "Command", "status": "Running"}),
        facts=[
            Fact(QUOTA_USAGES, location_scope(SUBSCRIPTION, "eastus2"), [usage]),
            Fact("metrics", arm_id(ACCOUNT, "acct"), [{"query": query | span, "value": {"timeseries": series}}]),
        ],
        gaps=[make_gap(arm_id(ACCOUNT, "acct"), "models")],
    )


def again(inventory: Inventory) -> Inventory:
    return read(parse_json(write(inventory).encode(), "s.json"))


def judged(inventory: Inventory) -> list[Any]:
    found, _ = evaluate(inventory, BUILTIN, AS_OF)
    return [(f.fingerprint, f.outcome, f.severity, f.message, f.evidence, f.resource.effective_tags) for f in found]


def test_a_snapshot_scans_to_the_findings_of_the_live_scan():
    first = live()
    findings = judged(first)
    assert len(findings) > 15
    assert judged(again(first)) == findings


def test_a_snapshot_keeps_everything_but_where_it_was_read():
    first, second = live(), again(live())
    assert [r.json for r in second.resources] == [r.json for r in first.resources]
    assert (second.facts, second.gaps, second.scopes) == (first.facts, first.gaps, first.scopes)
    assert second.collected_at == AS_OF
    assert second.sources == (SourceInfo("snapshot", "s.json", FACT_KINDS),)
    assert second.resources[2].origin == Origin("snapshot", "s.json", "/resources/2")


def test_writing_what_was_read_gives_the_same_resources_facts_and_gaps():
    once = write(live())
    twice = write(again(live()))
    assert [line for line in once.splitlines() if not line.startswith('"sources"')] == [
        line for line in twice.splitlines() if not line.startswith('"sources"')
    ]


def test_a_snapshot_has_one_member_a_line_and_no_line_within():
    text = write(live())
    assert "\u2028" not in text
    assert len([line for line in text.splitlines() if line.startswith("  {")]) == 7 + 2 + 1


def test_an_empty_snapshot_is_a_snapshot():
    assert again(Inventory()).resources == ()
    assert again(Inventory()).collected_at is None


names = st.text(min_size=1, max_size=8)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(names, json_values, max_size=3), json_values)
def test_any_json_survives_a_snapshot(properties, data):
    resource = Resource({"id": arm_id(ACCOUNT, "a"), "properties": properties}, Origin("azure"))
    inventory = make_inventory(resource, facts=[Fact("models", "/subscriptions/s", data)])
    second = again(inventory)
    assert second.resources[0].json == resource.json
    assert second.facts == inventory.facts


def document(**changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {**json.loads(write(live())), **changes}
    return {key: value for key, value in body.items() if value != "absent"}


RESOURCE = {"id": arm_id(ACCOUNT, "a"), "type": ACCOUNT}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schemaVersion": "2"}, "is a snapshot of layout version '2'; this azgate reads version '1'"),
        ({"schemaVersion": 1}, "is a snapshot of layout version 1; this azgate reads version '1'"),
        ({"schemaVersion": "absent"}, "is a snapshot of layout version None"),
        ({"schemaVersion": ["1"]}, "is a snapshot of layout version ['1']"),
        ({"resources": "absent"}, "damaged at /resources: a list is missing"),
        ({"resources": {}}, "damaged at /resources: a list is missing"),
        ({"resources": [RESOURCE, 5]}, "damaged at /resources/1: an object is missing"),
        ({"resources": [{"name": "x"}]}, "damaged at /resources/0: 'id' is missing or no text"),
        ({"resources": [{"id": 5}]}, "damaged at /resources/0: 'id' is missing or no text"),
        ({"resources": [{"id": " / "}]}, "damaged at /resources/0: the id is empty"),
        ({"facts": None}, "damaged at /facts: a list is missing"),
        ({"facts": [{"kind": "models", "scope": "/s"}]}, "damaged at /facts/0: 'data' is missing"),
        ({"facts": [{"scope": "/s", "data": 1}]}, "damaged at /facts/0: 'kind' is missing or no text"),
        (
            {"facts": [{"kind": "models", "scope": ["/s"], "data": 1}]},
            "damaged at /facts/0: 'scope' is missing or no text",
        ),
        ({"gaps": [["x"]]}, "damaged at /gaps/0: an object is missing"),
        ({"gaps": [{"scope": "/s", "what": "x"}]}, "damaged at /gaps/0: 'reason' is missing or no text"),
        (
            {"gaps": [{"scope": "/s", "what": "x", "reason": "bored"}]},
            "damaged at /gaps/0: 'bored' is no reason for a gap",
        ),
        ({"scopes": "absent"}, "damaged at /scopes: a list is missing"),
        ({"sources": 5}, "damaged at /sources: a list is missing"),
        ({"collectedAt": "yesterday"}, "damaged at /collectedAt: 'yesterday' is no timestamp"),
        ({"collectedAt": 5}, "damaged at /collectedAt: 5 is no timestamp"),
        ({"collectedAt": "2026-11-24T08:00:00"}, "damaged at /collectedAt: the timestamp has no offset"),
        ({"collectedAt": "0001-01-01T00:00:00+14:00"}, "damaged at /collectedAt"),
    ],
)
def test_damage_is_said_with_its_place(changes, message):
    broken = document(**changes)
    assert recognises(broken)
    with pytest.raises(SourceError) as raised:
        read(broken)
    (problem,) = raised.value.problems
    assert message in problem.message
    assert problem.file == "s.json"
    assert "collect it again" in problem.hint


def test_a_resource_that_stands_twice_is_judged_once():
    twice = document(resources=[RESOURCE, {**RESOURCE, "id": RESOURCE["id"].upper(), "kind": "second"}])
    assert [resource.json for resource in read(twice).resources] == [RESOURCE]


def test_unknown_keys_of_a_newer_minor_writer_are_ignored():
    assert read(document(future={"x": 1})).resources


@pytest.mark.parametrize(
    "other", [None, 5, "azgateInventory", [], {}, {"kind": "OpenAI"}, {"kind": ["azgateInventory"]}]
)
def test_other_documents_are_not_taken_for_snapshots(other):
    assert not recognises(other)
