"""A path that no resource of a rule's types has is pointed out; what cannot be judged is left alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.policies import known_fields
from scanner.policies.field_check import field_warnings
from scanner.policies.known_fields import doubt
from scanner.policies.loader import load_policies
from tests.factories import ACCOUNT, COMPUTE, DEPLOYMENT, JOB

SEARCH = "Microsoft.Search/searchServices"
FABRIC = "Microsoft.Fabric/capacities"


@pytest.mark.parametrize(
    ("path", "types"),
    [
        ("properties.model.name", [DEPLOYMENT]),
        ("PROPERTIES.Model.Name", [DEPLOYMENT]),
        ("properties.model", [DEPLOYMENT]),
        ("properties.rateLimits", [DEPLOYMENT]),
        ("properties.rateLimits[*]", [DEPLOYMENT]),
        ("properties.rateLimits[*].count", [DEPLOYMENT]),
        ("properties.capabilities.chatCompletion", [DEPLOYMENT]),
        ("properties.properties.scaleSettings.minNodeCount", [COMPUTE]),
        ("properties.limits.timeout", [JOB]),
        ("properties.taskDetails.limitSettings.maxTrials", [JOB]),
        ("properties.jobs.train.limits.timeout", [JOB]),
        ("properties.jobs", [JOB]),
        ("properties.properties.anyKey", [JOB]),
        ("properties.replicaCount", [SEARCH]),
        ("sku.name", [FABRIC]),
        ("systemData.createdAt", [DEPLOYMENT]),
        ("tags.whatever", [DEPLOYMENT]),
        ("tags['cost-center']", [DEPLOYMENT]),
        ("effectiveTags.environment", [DEPLOYMENT]),
        ("parent.kind", [DEPLOYMENT]),
        ("parent.properties.disableLocalAuth", [DEPLOYMENT]),
        ("fullName", [DEPLOYMENT]),
        ("resourceGroup", [DEPLOYMENT]),
        ("properties.replicaCount", [DEPLOYMENT, SEARCH]),
        ("properties.anything", ["Contoso.Things/widgets"]),
        ("properties.anything", [DEPLOYMENT, "Contoso.Things/widgets"]),
        ("parent.properties.anything", [SEARCH]),
        ("Microsoft.Search/searchServices/nothing", [SEARCH]),
        ("properties..broken", [SEARCH]),
    ],
)
def test_what_is_known_or_cannot_be_judged_raises_no_doubt(path, types):
    assert doubt(path, types) is None


@pytest.mark.parametrize(
    ("path", "kind", "meant"),
    [
        ("properties.modle.name", DEPLOYMENT, "properties.model.name"),
        ("model.name", DEPLOYMENT, "properties.model.name"),
        ("sku.capasity", DEPLOYMENT, "sku.capacity"),
        ("properties.rateLimits.count", DEPLOYMENT, "properties.rateLimits[*].count"),
        ("properties.scaleSettings.minNodeCount", COMPUTE, "properties.properties.scaleSettings.minNodeCount"),
        ("properties.disableLocalAuthentication", ACCOUNT, "properties.disableLocalAuth"),
        ("parent.properties.disableLocalAut", DEPLOYMENT, "parent.properties.disableLocalAuth"),
        ("properties.entirelyElse", DEPLOYMENT, ""),
    ],
)
def test_a_path_that_no_resource_has_comes_with_the_nearest_one(path, kind, meant):
    assert doubt(path, [kind]) == meant


def test_the_builtin_policies_raise_no_doubt():
    assert field_warnings(load_policies(["builtin"])) == []


def test_warnings_name_the_place_of_fields_counts_and_field_calls(tmp_path):
    path = tmp_path / "p.yaml"
    path.write_text(
        "version: 1\n"
        "name: p\n"
        "rules:\n"
        "  - id: r\n"
        "    title: t\n"
        "    severity: low\n"
        f"    resource: {DEPLOYMENT}\n"
        "    when: {not: {field: sku.nam, equals: a}}\n"
        "    assert:\n"
        "      anyOf:\n"
        "        - count:\n"
        "            field: properties.rateLimit[*]\n"
        "            where: {field: 'properties.rateLimit[*].key', equals: token}\n"
        "          greater: 0\n"
        "        - {value: \"[concat(field('properties.modl.name'), 'x')]\", equals: a}\n",
        "utf-8",
    )

    found = [str(warning).removeprefix(f"{path}:") for warning in field_warnings(load_policies([str(path)]))]

    no = f"a {DEPLOYMENT} has no field"
    assert found == [
        f"8:18: {no} 'sku.nam' (did you mean 'sku.name'?)",
        f"12:13: {no} 'properties.rateLimit[*]' (did you mean 'properties.rateLimits[*].key'?)",
        f"13:21: {no} 'properties.rateLimit[*].key' (did you mean 'properties.rateLimits[*].key'?)",
        f"15:12: {no} 'properties.modl.name' (did you mean 'properties.model.name'?)",
    ]


def test_the_data_says_where_it_comes_from_and_is_sorted():
    document = json.loads(Path(known_fields.__file__).with_suffix(".json").read_text("utf-8"))

    assert any("azure-mgmt-cognitiveservices" in line for line in document["source"])
    assert all(paths == sorted(set(paths)) for paths in document["types"].values())
