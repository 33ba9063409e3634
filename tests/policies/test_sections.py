"""Parameters per environment: which values are in force for which resource, and where a report says they come from."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from scanner.cli import main
from scanner.errors import PolicyError
from scanner.evaluation.evaluate import evaluate
from scanner.model.resource import Resource
from scanner.model.values import UNKNOWN
from scanner.model.verdict import Severity, Verdict
from scanner.policies.loader import PolicyFile
from scanner.policies.parameters import Override, overrides_from_flags
from scanner.policies.sections import load_with_sections, read_parameter_file
from scanner.rules.rule import needs_of
from tests.factories import ACCOUNT, AS_OF, DEPLOYMENT, SUBSCRIPTION, make_inventory, make_resource
from tests.policies.azure import IS_ACCOUNT, PUBLIC, definition, parameter

POLICY = f"""\
version: 1
name: limits
parameters:
  limit: {{type: integer, default: 100, minimum: 1}}
  words: {{type: array, default: [a]}}
rules:
  - id: capacity
    title: Capacity is bounded
    severity: medium
    resource: {DEPLOYMENT}
    assert: {{field: sku.capacity, lessOrEquals: "[parameters('limit')]"}}
  - id: named
    title: It has a name
    severity: low
    resource: {DEPLOYMENT}
    assert: {{field: name, exists: true}}
"""
PARAMETERS = """\
limit: 50
sections:
  - name: production
    when: {field: tags.environment, equals: prod}
    parameters: {limit: 10}
  - when: {field: tags.environment, in: [prod, test]}
    parameters:
      limit: 20
"""


@pytest.fixture
def policy(tmp_path: Path) -> str:
    path = tmp_path / "limits.yaml"
    path.write_text(POLICY)
    return str(path)


def load(policy: str, text: str, *flags: str) -> list[PolicyFile]:
    file = read_parameter_file(text.encode(), "parameters.yaml")
    return load_with_sections([policy], file.overrides, file.sections, overrides_from_flags(flags))


def deployment(capacity: Any, environment: Any = None) -> Resource:
    tags = {} if environment is None else {"environment": environment}
    return make_resource(DEPLOYMENT, "acct/gpt", sku={"capacity": capacity}, tags=tags)


def verdict(files: list[PolicyFile], resource: Resource, rule_id: str = "capacity") -> Verdict:
    rules = [rule for file in files for rule in file.rules if rule.info.id == rule_id]
    findings, _ = evaluate(make_inventory(resource), rules, AS_OF)
    (finding,) = findings
    return finding.verdict


def limit_for(files: list[PolicyFile], environment: Any) -> int:
    """Find the limit in force by trying."""
    passing = [n for n in range(1, 200) if verdict(files, deployment(n, environment)).outcome.value == "pass"]
    return max(passing)


@pytest.mark.parametrize(
    ("text", "flags", "limits"),
    [
        ("{}", (), {"prod": 100, "test": 100, None: 100}),
        ("limit: 50", (), {"prod": 50, "test": 50, None: 50}),
        (PARAMETERS, (), {"prod": 10, "PROD": 10, "test": 20, "dev": 50, None: 50}),
        (PARAMETERS.removeprefix("limit: 50\n"), (), {"prod": 10, "test": 20, None: 100}),
        (PARAMETERS, ("limit=7",), {"prod": 7, "test": 7, None: 7}),
        (PARAMETERS, ("LIMIT=7",), {"prod": 7, None: 7}),
        (PARAMETERS, ("words=[x]",), {"prod": 10, None: 50}),
    ],
)
def test_a_flag_wins_over_a_section_that_over_the_file_and_that_over_the_default(policy, text, flags, limits):
    files = load(policy, text, *flags)
    assert {environment: limit_for(files, environment) for environment in limits} == limits


def test_the_first_section_that_applies_wins(policy):
    swapped = """\
sections:
  - when: {field: tags.environment, in: [prod, test]}
    parameters: {limit: 20}
  - when: {field: tags.environment, equals: prod}
    parameters: {limit: 10}
"""
    assert limit_for(load(policy, swapped), "prod") == 20


def test_sections_of_several_files_are_asked_in_order(policy):
    files = [
        read_parameter_file(
            f"sections: [{{when: {{field: name, exists: true}}, parameters: {{limit: {n}}}}}]".encode(), "f"
        )
        for n in (3, 4)
    ]
    loaded = load_with_sections([policy], (), [section for file in files for section in file.sections], ())
    assert limit_for(loaded, None) == 3


def test_a_section_may_go_by_subscription_or_inherited_tag(policy):
    text = f"""\
sections:
  - when: {{field: subscriptionId, equals: {SUBSCRIPTION}}}
    parameters: {{limit: 3}}
"""
    assert limit_for(load(policy, text), None) == 3
    inherited = "sections: [{when: {field: effectiveTags.env, equals: prod}, parameters: {limit: 2}}]"
    account = make_resource(ACCOUNT, "acct", tags={"Env": "Prod"})
    rules = load(policy, inherited)[0].rules
    findings, _ = evaluate(make_inventory(deployment(5), account), rules[:1], AS_OF)
    assert findings[0].verdict.outcome.value == "fail"


def test_a_failure_shows_the_values_that_decided_and_their_section(policy):
    found = verdict(load(policy, PARAMETERS), deployment(15, "prod"))
    assert [(item.path, item.actual, item.expected) for item in found.evidence] == [
        ("sku.capacity", 15, "at most 10"),
        ("parameters.limit", 10, "from section 'production' (parameters.yaml:3)"),
    ]
    unnamed = verdict(load(policy, PARAMETERS), deployment(25, "test"))
    assert unnamed.evidence[1].expected == "from a section (parameters.yaml:6)"
    base = verdict(load(policy, PARAMETERS), deployment(60))
    assert [item.path for item in base.evidence] == ["sku.capacity"]


def test_where_the_section_is_not_known_the_answer_is_open_unless_all_agree(policy):
    files = load(policy, PARAMETERS)
    doubtful = verdict(files, deployment(15, UNKNOWN))
    assert doubtful.outcome.value == "unknown"
    assert doubtful.message == (
        "cannot tell whether section 'production' (parameters.yaml:3) applies: "
        "tags.environment is not known here; it must be prod"
    )
    assert verdict(files, deployment(5, UNKNOWN)).outcome.value == "pass"
    assert verdict(files, deployment(500, UNKNOWN)).outcome.value == "fail"


def test_rules_that_no_section_changes_keep_their_own_values(policy):
    files = load(policy, "sections: [{when: {field: name, exists: true}, parameters: {limit: 100}}]")
    assert files[0].rules[0].variants == ()
    files = load(policy, PARAMETERS)
    assert verdict(files, deployment(1, UNKNOWN), "named").outcome.value == "pass"


def test_the_parameters_of_the_result_are_those_outside_sections(policy):
    assert load(policy, PARAMETERS)[0].parameters == {"limit": 50, "words": ["a"]}


METRIC = f"""\
version: 1
name: usage
parameters:
  window: {{type: duration, default: P7D}}
rules:
  - id: used
    title: It is used
    severity: medium
    resource: {DEPLOYMENT}
    assert:
      metric:
        name: Requests
        scope: parent
        dimension: ModelDeploymentName
        aggregation: total
        window: "[parameters('window')]"
        statistic: sum
        greater: 0
"""


def test_live_azure_is_asked_for_the_longest_window_of_any_section(tmp_path):
    path = tmp_path / "usage.yaml"
    path.write_text(METRIC)
    text = """\
sections:
  - when: {field: tags.environment, equals: prod}
    parameters: {window: P30D}
  - when: {field: tags.environment, equals: dev}
    parameters: {window: P1D}
"""
    rules = [rule for file in load(str(path), text) for rule in file.rules]
    windows = {need.metric.window for need in needs_of(rules, AS_OF).of_kind("metrics") if need.metric}
    assert windows == {timedelta(days=7), timedelta(days=30), timedelta(days=1)}


EFFECT = definition(
    test={"allOf": [IS_ACCOUNT, PUBLIC]},
    effect="[parameters('effect')]",
    parameters={"effect": parameter(defaultValue="Disabled", allowedValues=["Audit", "Deny", "Disabled"])},
)


def judged(tmp_path: Path, text: str, **changes: Any) -> tuple[dict[str, tuple[str, Severity]], dict[str, str]]:
    document = json.loads(json.dumps(EFFECT))
    document["properties"]["parameters"]["effect"].update(changes)
    (tmp_path / "d.json").write_text(json.dumps(document))
    files = load(str(tmp_path / "d.json"), text)
    resources = [make_resource(ACCOUNT, name, tags={"env": name}, properties={}) for name in ("prod", "dev", "test")]
    findings, skipped = evaluate(make_inventory(*resources), files[0].rules, AS_OF)
    found = {finding.resource.name: (finding.verdict.outcome.value, finding.severity) for finding in findings}
    return found, {each.rule_id: each.reason for each in skipped}


def test_a_section_may_enable_an_azure_definition_that_is_disabled_elsewhere(tmp_path):
    text = "sections: [{name: p, when: {field: tags.env, equals: prod}, parameters: {effect: Deny}}]"
    found, skipped = judged(tmp_path, text)
    assert found == {"prod": ("fail", Severity.HIGH)}
    assert skipped == {"public-access": "its effect is disabled where no section applies"}


def test_live_azure_is_asked_for_what_only_a_section_makes_a_definition_look_at(tmp_path):
    document = json.loads(json.dumps(EFFECT))
    document["properties"]["parameters"]["effect"].pop("allowedValues")
    document["properties"]["policyRule"]["then"]["details"] = {"type": DEPLOYMENT}
    (tmp_path / "d.json").write_text(json.dumps(document))
    sections = "sections: [{when: {field: tags.env, equals: prod}, parameters: {effect: AuditIfNotExists}}]"
    for text, types in (("{}", set()), (sections, {ACCOUNT.lower(), DEPLOYMENT.lower()})):
        rules = [rule for file in load(str(tmp_path / "d.json"), text) for rule in file.rules]
        assert needs_of(rules, AS_OF).types == types


def test_a_section_may_disable_an_azure_definition(tmp_path):
    text = "sections: [{name: d, when: {field: tags.env, equals: dev}, parameters: {effect: Disabled}}]"
    found, skipped = judged(tmp_path, text, defaultValue="Audit")
    assert found == {"prod": ("fail", Severity.MEDIUM), "test": ("fail", Severity.MEDIUM)}
    assert skipped == {"public-access": "its effect is disabled where section 'd' (parameters.yaml:1) applies"}


def test_a_definition_that_is_disabled_everywhere_says_so_once(tmp_path):
    text = "sections: [{when: {field: tags.env, equals: dev}, parameters: {effect: disabled}}]"
    assert judged(tmp_path, text) == ({}, {"public-access": "its effect is disabled"})


def messages(text: str) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        read_parameter_file(text.encode(), "p.yaml")
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "p.yaml:1: must hold one mapping of parameter names to values"),
        ("- a", "p.yaml:1: must hold one mapping of parameter names to values"),
        ("a: 1\n---\nb: 2", "p.yaml:1: must hold one mapping of parameter names to values"),
        ("sections: x", "p.yaml:1:1: 'sections' takes a list of mappings with 'when' and 'parameters'"),
        ("sections:\n  - x", "p.yaml:2:5: a section is a mapping with 'when' and 'parameters'"),
        ("sections:\n  - {when: {field: a, equals: 1}}", "p.yaml:2:5: a section is a mapping with"),
        ("sections:\n  - {parameters: {a: 1}}", "p.yaml:2:5: a section is a mapping with"),
        (
            "sections:\n  - {when: {field: a, equals: 1}, parameters: {a: 1}, nmae: x}",
            "p.yaml:2:55: unknown key 'nmae' (did you mean 'name'?)",
        ),
        (
            "sections:\n  - when: {field: a, equal: 1}\n    parameters: {a: 1}",
            "p.yaml:2:22: unknown operator 'equal' (did you mean 'equals'?)",
        ),
        (
            "sections:\n  - when: {field: a, equals: \"[parameters('a')]\"}\n    parameters: {a: 1}",
            "p.yaml:2:22: unknown parameter 'a'",
        ),
        (
            "sections:\n  - when: {quotaShare: {maxQuotaShare: 0.5}}\n    parameters: {a: 1}",
            "p.yaml:2:5: a section is chosen by the resource itself, not by what is around it",
        ),
        ("a: {\n", "p.yaml:2:1: YAML cannot be read"),
    ],
)
def test_a_wrong_parameter_file_is_refused_with_line_and_column(text, message):
    assert messages(text)[0].startswith(message)


def test_everything_wrong_in_a_parameter_file_is_told_at_once():
    text = "sections:\n  - x\n  - {when: {field: a, equal: 1}, parameters: {}}\n  - {when: {}, parameters: {}}"
    assert [message.split(":")[1] for message in messages(text)] == ["2", "3", "4"]


def test_wrong_values_of_all_sections_are_told_at_once_with_line_and_column(policy):
    text = """\
limit: 0
sections:
  - when: {field: tags.a, exists: true}
    parameters: {limit: none}
  - when: {field: tags.b, exists: true}
    parameters:
      limt: 5
      words: x
"""
    with pytest.raises(PolicyError) as caught:
        load(policy, text)
    assert [str(problem) for problem in caught.value.problems] == [
        "parameters.yaml:1:1: the parameter 'limit' is 0, below its minimum 1",
        "parameters.yaml:4:18: the parameter 'limit' must be a whole number, not 'none'",
        "parameters.yaml:8:7: the parameter 'words' must be a list, not 'x'",
        "parameters.yaml:7:7: no policy declares the parameter 'limt' (did you mean 'limit'?)",
    ]


def test_a_parameter_file_may_be_json_as_azures_tools_write_it():
    text = '\ufeff{\n\t"limit": 5,\n\t"words": ["\\ud83d\\ude00\\/"]\n}'
    file = read_parameter_file(text.encode(), "p.json")
    assert [(override.name, override.value) for override in file.overrides] == [
        ("limit", 5),
        ("words", ["\N{GRINNING FACE}/"]),
    ]
    assert isinstance(file.overrides[0], Override)


def test_a_scan_reads_sections(policy, tmp_path, capfd):
    parameters = tmp_path / "p.yaml"
    parameters.write_text(PARAMETERS)
    resources = tmp_path / "r.json"
    resources.write_text(
        json.dumps([deployment(15, "prod").json, {**deployment(15, "dev").json, "id": f"{deployment(1).id}2"}])
    )
    result = tmp_path / "result.json"
    code = main(["scan", str(resources), "-p", policy, "--parameters", str(parameters), "-o", f"json={result}"])
    assert code == 1
    findings = json.loads(result.read_text())["findings"]
    failed = [finding for finding in findings if finding["outcome"] == "fail"]
    assert [finding["evidence"][1]["path"] for finding in failed] == ["parameters.limit"]
    code = main(
        [
            "scan",
            str(resources),
            "-p",
            policy,
            "--parameters",
            str(parameters),
            "--parameter",
            "limit=99",
            "-o",
            f"json={result}",
        ]
    )
    assert code == 0
