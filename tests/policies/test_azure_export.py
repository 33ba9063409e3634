"""Rules as Azure Policy definitions: they say the same there and back, and why some cannot be said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scanner.cli import main
from scanner.evaluation.evaluate import evaluate
from scanner.model.inventory import Inventory
from scanner.model.resource import Resource
from scanner.policies.azure_export import export
from scanner.policies.loader import PolicyFile, load_policies
from scanner.rules.assertions.base import InexpressibleError
from tests.factories import (
    ACCOUNT,
    AS_OF,
    COMPUTE,
    DEPLOYMENT,
    JOB,
    WORKSPACE,
    make_group,
    make_inventory,
    make_resource,
    make_subscription,
    rule_body,
    write_policy,
)
from tests.policies.azure import definition, initiative, load, member, outcomes, parameter

ESTATE = (
    make_group({"team": "ai"}),
    make_subscription({"environment": "prod"}),
    make_resource(ACCOUNT, "plain", kind="OpenAI", location="eastus2", tags={"team": "a"}, properties={}),
    make_resource(
        ACCOUNT,
        "locked",
        kind="AIServices",
        location="West Europe",
        tags={"Team": "a", "env": " ", "cost center's": "x"},
        properties={"publicNetworkAccess": "Disabled", "disableLocalAuth": True, "networkAcls": {"ipRules": []}},
    ),
    make_resource(
        ACCOUNT,
        "rules",
        kind="Face",
        location="westeurope",
        tags={"env": "prod", "team": "b"},
        properties={
            "disableLocalAuth": False,
            "networkAcls": {"ipRules": [{"value": "10.0.0.1"}, {"value": "1.2.3.4"}]},
        },
    ),
    make_resource(DEPLOYMENT, "plain/small", sku={"name": "Standard", "capacity": 10}, properties={"n": 5}),
    make_resource(DEPLOYMENT, "plain/large", sku={"name": "GlobalStandard", "capacity": 500}, properties={"n": 50}),
    make_resource(
        DEPLOYMENT, "plain/edge", sku={"name": "Standard", "capacity": 100}, properties={"raiPolicyName": "x"}
    ),
    make_resource(DEPLOYMENT, "plain/over", sku={"name": "Standard", "capacity": 101}),
    make_resource(DEPLOYMENT, "plain/ptu", sku={"name": "ProvisionedManaged", "capacity": 500}),
    make_resource(
        DEPLOYMENT,
        "plain/old",
        properties={"scaleSettings": {"scaleType": "Standard", "capacity": 1}},
        sku={"capacity": 1},
    ),
    make_resource(WORKSPACE, "ws", location="westeurope", properties={"v1LegacyMode": False}),
    make_resource(
        COMPUTE,
        "ws/busy",
        location="westeurope",
        properties={"computeType": "AmlCompute", "properties": {"scaleSettings": {"minNodeCount": 2}}},
    ),
    make_resource(
        COMPUTE,
        "ws/idle",
        location="westeurope",
        properties={"computeType": "AmlCompute", "properties": {"scaleSettings": {"minNodeCount": 0}}},
    ),
    make_resource(
        COMPUTE, "ws/ci", location="westeurope", properties={"computeType": "ComputeInstance", "properties": {}}
    ),
    make_resource(
        JOB, "ws/sweep", properties={"jobType": "Sweep", "limits": {"maxTotalTrials": 500, "maxConcurrentTrials": 1}}
    ),
    make_resource(
        JOB, "ws/sweep-ok", properties={"jobType": "Sweep", "limits": {"maxTotalTrials": 5, "maxConcurrentTrials": 1}}
    ),
    make_resource(
        JOB,
        "ws/automl",
        properties={
            "jobType": "AutoML",
            "taskDetails": {"limitSettings": {"maxTrials": 5, "maxConcurrentTrials": 500}},
        },
    ),
    make_resource(JOB, "ws/command", properties={"jobType": "Command"}),
)


RULES = "properties.networkAcls.ipRules[*]"


def verdicts(files: list[PolicyFile], *resources: Resource) -> dict[str, dict[str, str]]:
    """Give outcomes by rule id and the resource's full name, those of rules that do not apply left out."""
    inventory = Inventory(resources=resources or ESTATE, sources=make_inventory().sources)
    findings, skipped = evaluate(inventory, [rule for file in files for rule in file.rules], AS_OF)
    assert not skipped
    found: dict[str, dict[str, str]] = {}
    for finding in findings:
        found.setdefault(finding.rule.id, {})[finding.resource.id.rpartition("/")[2]] = finding.verdict.outcome.value
    return found


def agree(own: dict[str, str], exported: dict[str, str]) -> None:
    """A definition calls compliant what a rule does not apply to; of what a rule decides it says the same."""
    for name, outcome in own.items():
        if outcome != "unknown":
            assert exported.get(name, "pass") == outcome, name
    assert {name for name, outcome in exported.items() if outcome == "fail"} <= set(own)


def there_and_back(folder: Path, rule: dict[str, Any], **head: Any) -> dict[str, Any]:
    """Export a rule, import it, hold the two to the same verdicts, and give the definition."""
    files = load_policies([write_policy(folder / "own" / "p.yaml", rule, **head)])
    made = export(files[0], rule["id"])
    (folder / "azure").mkdir()
    imported = load(folder / "azure", made)
    assert [each.info.id for each in imported[0].rules] == [rule["id"]]
    agree(verdicts(files).get(rule["id"], {}), verdicts(imported).get(rule["id"], {}))
    # Once more: what came out of a definition goes back as it was.
    assert export(imported[0], rule["id"]) == made
    return made


def builtin_ids() -> list[tuple[PolicyFile, str]]:
    return [(file, rule.info.id) for file in load_policies(["builtin"]) for rule in file.rules]


@pytest.mark.parametrize(("file", "rule_id"), builtin_ids(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_built_in_rule_says_the_same_as_a_definition_or_why_it_cannot(tmp_path, file, rule_id):
    try:
        made = export(file, rule_id)
    except InexpressibleError as error:
        reason = str(error)
        assert len(reason.split()) > 5, reason
        return
    (tmp_path / "d.json").write_text(json.dumps(made))
    imported = load_policies([str(tmp_path)])
    own = [rule for rule in file.rules if rule.info.id == rule_id]
    agree(
        verdicts([PolicyFile(file.name, file.path, tuple(own), {})]).get(rule_id, {}),
        verdicts(imported).get(rule_id, {}),
    )


def test_built_in_rules_that_judge_the_resource_alone_can_be_said():
    expressible = set()
    for file, rule_id in builtin_ids():
        try:
            export(file, rule_id)
        except InexpressibleError:
            continue
        expressible.add(rule_id)
    assert {"openai-deployment-rate-limit", "ml-cluster-scale-to-zero", "ml-sweep-trials-bounded"} <= expressible


def test_the_rate_limit_fails_the_same_deployments(tmp_path):
    file = next(file for file, rule_id in builtin_ids() if rule_id == "openai-deployment-rate-limit")
    imported = load(tmp_path, export(file, "openai-deployment-rate-limit"))
    found = verdicts(imported)["openai-deployment-rate-limit"]
    assert found == {"small": "pass", "large": "fail", "edge": "pass", "over": "fail", "ptu": "pass", "old": "pass"}
    lowered = load(tmp_path, export(file, "openai-deployment-rate-limit"), maxTokensPerMinute=9_999)
    assert verdicts(lowered)["openai-deployment-rate-limit"]["small"] == "fail"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"assert": {"field": "properties.publicNetworkAccess", "equals": "Disabled"}}, {"plain", "rules"}),
        (
            {
                "when": {"field": "kind", "in": ["OpenAI", "AIServices"], "ifMissing": "unknown"},
                "assert": {"field": "properties.disableLocalAuth", "equals": True},
            },
            {"plain"},
        ),
        ({"assert": {"not": {"field": "kind", "like": "Face*"}}}, {"rules"}),
        ({"assert": {"field": "tags.env", "equals": "prod", "ifMissing": "pass"}}, {"locked"}),
        ({"assert": {"field": "tags.env", "notEquals": "prod", "ifMissing": "fail"}}, {"plain", "rules"}),
        ({"assert": {"field": "location", "in": ["westeurope"]}}, {"plain"}),
        ({"assert": {"field": "subscriptionId", "like": "0*1"}}, set()),
        ({"assert": {"field": "resourceGroup", "equals": "rg-other"}}, {"plain", "locked", "rules"}),
        (
            {"assert": {"value": "[concat(field('resourceGroup'), field('kind'))]", "equals": "rg-aiFace"}},
            {"plain", "locked"},
        ),
        ({"assert": {"field": "properties.networkAcls.ipRules[*].value", "like": "10.*"}}, {"rules"}),
        (
            {
                "assert": {
                    "count": {
                        "field": "properties.networkAcls.ipRules[*]",
                        "where": {"field": "properties.networkAcls.ipRules[*].value", "like": "10.*"},
                    },
                    "greater": 0,
                }
            },
            {"plain", "locked"},
        ),
        (
            {
                "assert": {
                    "count": {
                        "field": "properties.networkAcls.ipRules[*]",
                        "where": {
                            "value": f"[ipRangeContains('10.0.0.0/8', current('{RULES}.value'))]",
                            "equals": False,
                        },
                    },
                    "equals": 0,
                }
            },
            {"rules"},
        ),
        ({"assert": {"value": "[length(field('properties.networkAcls.ipRules'))]", "less": 2}}, {"rules"}),
        ({"assert": {"value": "[equals(field('tags.it''s'), 'x')]", "equals": False}}, set()),
        ({"assert": {"requiredTags": {"tags": ["team", "env"], "inherit": []}}}, {"plain", "locked"}),
        ({"assert": {"requiredTags": {"tags": "[parameters('needed')]", "inherit": []}}}, {"plain"}),
        ({"assert": {"tagValues": {"allowed": {"env": ["dev"], "team": ["a", "b"]}, "inherit": []}}}, {"rules"}),
        ({"assert": {"tagValues": {"allowed": {"cost center's": ["y"]}, "inherit": []}}}, {"locked"}),
        (
            {
                "assert": {
                    "count": {
                        "value": ["o*", "f*"],
                        "name": "start",
                        "where": {"field": "kind", "like": "[current('start')]"},
                    },
                    "greater": 0,
                }
            },
            {"locked"},
        ),
        ({"assert": {"field": f"{ACCOUNT}/disableLocalAuth", "exists": True}}, {"plain"}),
        (
            {"assert": {"anyOf": [{"field": "kind", "equals": "x"}, {"field": "name", "equals": "plain"}]}},
            {"locked", "rules"},
        ),
        ({"assert": {"field": "kind", "in": "[parameters('kinds')]"}}, {"rules"}),
        ({"assert": {"field": "name", "notEquals": "[[plain]"}}, set()),
    ],
)
def test_a_condition_says_the_same_as_a_definition(tmp_path, changes, expected):
    head = {
        "parameters": {
            "needed": {"type": "array", "default": ["cost center's", "Team"], "description": "Tags."},
            "kinds": {"type": "array", "default": ["OpenAI", "AIServices"], "allowedValues": ["OpenAI", "AIServices"]},
            "unused": {"type": "integer", "default": 5},
        }
    }
    if "needed" in str(changes):
        expected = {"plain", "rules"}
    there_and_back(tmp_path, rule_body(id="r", **changes), **head)
    fails = verdicts(load_policies([str(tmp_path / "azure")]))["r"]
    assert {name for name, outcome in fails.items() if outcome == "fail"} == expected


def test_a_definition_has_everything_that_azure_asks_for(tmp_path):
    rule = rule_body(
        id="r",
        rationale="Because.\n",
        when={"field": "kind", "equals": "OpenAI"},
        **{"assert": {"field": "properties.n", "lessOrEquals": "[parameters('most')]"}},
    )
    head = {"parameters": {"most": {"type": "number", "default": 0.5, "minimum": 0, "description": "How many."}}}
    made = there_and_back(tmp_path, rule, **head)
    assert made == {
        "name": "r",
        "properties": {
            "displayName": "The kind is OpenAI",
            "policyType": "Custom",
            "mode": "All",
            "description": "Because.",
            "metadata": {"category": "AI governance", "azgateRule": "r", "azgatePolicy": "p"},
            "parameters": {
                "most": {"type": "Float", "defaultValue": 0.5, "metadata": {"description": "How many."}},
                "effect": {
                    "type": "String",
                    "defaultValue": "Audit",
                    "allowedValues": ["Audit", "Deny", "Disabled"],
                    "metadata": {
                        "displayName": "Effect",
                        "description": "What Azure Policy does where the rule is violated.",
                    },
                },
            },
            "policyRule": {
                "if": {
                    "allOf": [
                        {"field": "type", "equals": ACCOUNT},
                        {"field": "kind", "equals": "OpenAI"},
                        {"not": {"field": f"{ACCOUNT}/n", "lessOrEquals": "[parameters('most')]"}},
                    ]
                },
                "then": {"effect": "[parameters('effect')]"},
            },
        },
    }


def test_a_parameter_of_the_rule_that_is_called_effect_stays_the_rules(tmp_path):
    rule = rule_body(id="r", **{"assert": {"field": "kind", "equals": "[parameters('Effect')]"}})
    made = there_and_back(tmp_path, rule, parameters={"Effect": {"type": "string", "default": "Face"}})
    assert made["properties"]["policyRule"]["then"] == {"effect": "[parameters('azurePolicyEffect')]"}
    assert made["properties"]["parameters"]["Effect"] == {"type": "String", "defaultValue": "Face"}


def test_a_rule_about_several_types_keeps_them(tmp_path):
    rule = rule_body(id="r", resource=[ACCOUNT, WORKSPACE], **{"assert": {"field": "tags.team", "exists": True}})
    made = there_and_back(tmp_path, rule)
    assert made["properties"]["policyRule"]["if"]["allOf"][0] == {"field": "type", "in": [ACCOUNT, WORKSPACE]}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"resource": "Microsoft.CognitiveServices/locations/usages"}, "is no resource type of Azure Resource Manager"),
        ({"resource": "GitHub.Copilot/seats"}, "GitHub.Copilot/seats is no resource type of Azure Resource Manager"),
        (
            {"resource": [ACCOUNT, JOB], "assert": {"field": "properties.x", "equals": 1}},
            "an alias of Azure Policy belongs to one resource type, but properties.x is asked of 2 types",
        ),
        (
            {"assert": {"field": "effectiveTags.env", "equals": "x"}},
            "Azure Policy does not see inherited tags (effectiveTags.env)",
        ),
        (
            {"assert": {"field": "parent.kind", "equals": "x"}},
            "Azure Policy does not see the parent of a resource (parent.kind)",
        ),
        (
            {"assert": {"field": "systemData.createdAt", "less": "2026-01-01"}},
            "Azure Policy has no alias for who created a resource and when",
        ),
        (
            {"assert": {"value": "[field('parent.kind')]", "equals": "x"}},
            "Azure Policy does not see the parent of a resource (parent.kind)",
        ),
        ({"assert": {"field": "properties.x", "olderThan": "P1D"}}, "Azure Policy has no operator 'olderThan'"),
        ({"assert": {"field": "properties.x", "less": "PT1H"}}, "Azure Policy compares durations as texts"),
        ({"assert": {"field": "properties.x", "in": ["P1D", "x"]}}, "Azure Policy compares durations as texts"),
        (
            {"assert": {"field": "properties.x", "lessOrEquals": "[parameters('longest')]"}},
            "Azure Policy compares durations as texts",
        ),
        (
            {"assert": {"field": "properties.x", "less": 5, "ifMissing": "unknown"}},
            "Azure Policy has no 'unknown' for a missing field",
        ),
        (
            {"assert": {"field": "properties.x[*].y", "less": 5, "ifMissing": "fail"}},
            "Azure Policy cannot tell members without a value from others",
        ),
        (
            {"assert": {"field": "properties.x", "less": 5, "declaredDefault": 3}},
            "Azure Policy does not know what a provider assumes",
        ),
        (
            {"assert": {"value": "[dateTimeAdd(utcNow(), '-P1D')]", "less": "2026-01-01"}},
            "Azure Policy has no function datetimeadd",
        ),
        (
            {"assert": {"requiredTags": ["a"]}},
            "requiredTags: Azure Policy does not see inherited tags (only `inherit: []` can be exported)",
        ),
        (
            {"assert": {"tagValues": {"allowed": "[parameters('map')]", "inherit": []}}},
            "tagValues: Azure Policy cannot go through the tags",
        ),
        (
            {"resource": COMPUTE, "assert": {"scaleToZero": {"maxIdleTime": "PT1H"}}},
            "scaleToZero: Azure Policy compares durations, such as",
        ),
        (
            {"resource": JOB, "assert": {"jobTimeLimit": {"maxJobTime": "P1D"}}},
            "jobTimeLimit: Azure Policy compares durations as texts, and no alias reaches a pipeline's steps",
        ),
        (
            {"resource": DEPLOYMENT, "assert": {"quotaShare": {"maxQuotaShare": 0.5}}},
            "quotaShare: it rests on the quota of the region, which Azure Policy does not see",
        ),
        (
            {"resource": DEPLOYMENT, "assert": {"metric": {"name": "N", "window": "P1D", "less": 1}}},
            "metric: it rests on what Azure Monitor measured, which Azure Policy does not see",
        ),
        ({"when": {"not": {"field": "parent.kind", "equals": "x"}}}, "Azure Policy does not see the parent"),
    ],
)
def test_what_azure_policy_cannot_say_is_refused_with_the_reason(tmp_path, changes, reason):
    head = {
        "parameters": {
            "longest": {"type": "duration", "default": "P1D"},
            "map": {"type": "object", "default": {"a": ["b"]}},
        }
    }
    files = load_policies([write_policy(tmp_path / "p.yaml", rule_body(id="r", **changes), **head)])
    with pytest.raises(InexpressibleError) as caught:
        export(files[0], "r")
    assert reason in str(caught.value)


def test_definitions_go_back_as_they_came(tmp_path):
    odd = definition("odd", metadata={"version": "1.0.0"}, parameters={"effect": parameter(defaultValue="Audit")})
    given = initiative(member("odd", "one"), member("odd", "two"), member("lost"))
    files = load(tmp_path, odd, given)
    assert export(files[0], "odd.one") == {"name": "odd", "properties": odd["properties"]}
    assert export(files[0], "ODD.two")["properties"] == odd["properties"]
    with pytest.raises(InexpressibleError, match="its definition is not among the policy files"):
        export(files[0], "lost")


def test_an_import_after_an_export_keeps_verdicts(tmp_path):
    source = definition(
        test={
            "allOf": [{"field": "type", "equals": ACCOUNT}, {"field": f"{ACCOUNT}/disableLocalAuth", "notEquals": True}]
        }
    )
    first = load(tmp_path, source)
    inventory = make_inventory(*ESTATE)
    again = load(tmp_path, export(first[0], "public-access"))
    assert outcomes(again, inventory) == outcomes(first, inventory)


# The command ----------------------------------------------------------------------------------------------------


@pytest.fixture
def policies(tmp_path: Path) -> str:
    return write_policy(
        tmp_path / "p.yaml",
        rule_body(id="a-one"),
        rule_body(id="a-two", **{"assert": {"field": "tags.team", "exists": True}}),
        rule_body(id="b-usage", resource=DEPLOYMENT, **{"assert": {"quotaShare": {"maxQuotaShare": 0.5}}}),
    )


def run(capfd: Any, *words: str) -> tuple[int, str, str]:
    code = main(["policy", "export", *words])
    out, err = capfd.readouterr()
    return code, out, err


def test_one_rule_is_written_as_one_definition(policies, capfd):
    code, out, err = run(capfd, "--azure-policy", "a-one", "-p", policies)
    assert (code, err) == (0, "")
    assert json.loads(out)["name"] == "a-one"


@pytest.mark.parametrize(
    "words",
    [
        ["--azure-policy", "a-one", "a-two"],
        ["--azure-policy", "a-one", "--azure-policy", "A-TWO"],
        ["--azure-policy", "a-*"],
        ["a-one", "a-two", "--azure-policy"],
        ["a-one", "--azure-policy", "a-two"],
    ],
)
def test_several_rules_are_written_as_an_array(policies, capfd, words):
    code, out, err = run(capfd, *words, "-p", policies)
    assert (code, err) == (0, "")
    assert [made["name"] for made in json.loads(out)] == ["a-one", "a-two"]


def test_what_is_left_out_is_told_on_standard_error(policies, capfd, tmp_path):
    target = tmp_path / "deep" / "out.json"
    code, out, err = run(capfd, "--azure-policy", "*", "-p", policies, "-o", str(target))
    assert (code, out) == (0, "")
    assert [made["name"] for made in json.loads(target.read_text())] == ["a-one", "a-two"]
    assert err == (
        "azgate: left out: b-usage cannot be said in Azure Policy: quotaShare: "
        "it rests on the quota of the region, which Azure Policy does not see\n"
    )
    assert len(load_policies([str(target)])) == 2


def test_a_single_rule_that_cannot_be_said_is_an_error(policies, capfd, tmp_path):
    target = tmp_path / "out.json"
    code, out, err = run(capfd, "--azure-policy", "b-usage", "-p", policies, "-o", str(target))
    assert (code, out) == (2, "")
    assert err.startswith("azgate: error: b-usage cannot be said in Azure Policy: quotaShare: it rests on the quota")
    assert not target.exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--azure-policy", "a-on"], "there is no rule 'a-on' (did you mean 'a-one'?)"),
        (["--azure-policy", "a-one", "x*"], "there is no rule 'x*'"),
        (["--azure-policy"], "--azure-policy names no rule (name rules, or '*' for all of them)"),
        (["--azure-policy", "a-one", "-o", "/"], "is a folder"),
        (["--azure-policy", "a-one", "-p", "nowhere"], "there is no such policy file or folder"),
    ],
)
def test_a_wrong_use_is_exit_code_2(policies, capfd, words, message):
    paths = [] if "-p" in words else ["-p", policies]
    code, out, err = run(capfd, *words, *paths)
    assert (code, out) == (2, "")
    assert message in err


def test_without_the_format_the_command_is_refused(policies, capfd):
    with pytest.raises(SystemExit) as caught:
        main(["policy", "export", "a-one", "-p", policies])
    assert caught.value.code == 2
    assert "--azure-policy" in capfd.readouterr().err


def test_the_built_in_pack_is_the_default(capfd):
    code, out, _ = run(capfd, "--azure-policy", "openai-deployment-rate-limit")
    assert code == 0
    assert json.loads(out)["properties"]["metadata"]["azgateRule"] == "openai-deployment-rate-limit"
