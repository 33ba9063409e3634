"""Azure Policy definitions as Azure writes them: effects, modes, parameters, applicability, broken ones."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scanner.errors import PolicyError
from scanner.evaluation.evaluate import evaluate
from scanner.model.resource import Resource
from scanner.model.values import UNKNOWN
from scanner.model.verdict import Outcome, Severity
from scanner.policies.azure_loader import is_azure_policy
from scanner.policies.loader import load_policies
from scanner.policies.rule_sheet import rule_sheets
from scanner.rules.rule import EVERY_TYPE
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
)
from tests.policies.azure import (
    DEFINITIONS,
    IS_ACCOUNT,
    PUBLIC,
    definition,
    load,
    not_evaluated,
    outcomes,
    parameter,
    problems,
)

OPEN = make_resource(
    ACCOUNT, "open", kind="OpenAI", location="westeurope", properties={"publicNetworkAccess": "Enabled"}
)
CLOSED = make_resource(
    ACCOUNT, "closed", kind="Face", location="westeurope", properties={"publicNetworkAccess": "Disabled"}
)
UNSAID = make_resource(ACCOUNT, "unsaid", kind="OpenAI", location="westeurope", properties={})
HIDDEN = make_resource(
    ACCOUNT, "hidden", kind="OpenAI", location="westeurope", properties={"publicNetworkAccess": UNKNOWN}
)
ELSE = make_resource(WORKSPACE, "ws", location="westeurope")
ESTATE = make_inventory(OPEN, CLOSED, UNSAID, HIDDEN, ELSE)
JUDGED = {
    ("public-access", "open"): "fail",
    ("public-access", "closed"): "pass",
    ("public-access", "unsaid"): "fail",
    ("public-access", "hidden"): "unknown",
}


@pytest.mark.parametrize(
    ("effect", "severity"),
    [
        ("Deny", Severity.HIGH),
        ("deny", Severity.HIGH),
        ("Audit", Severity.MEDIUM),
        ("Modify", Severity.MEDIUM),
        ("Append", Severity.MEDIUM),
        ("[parameters('effect')]", Severity.HIGH),
        ("[if(parameters('strict'), 'Deny', 'Audit')]", Severity.HIGH),
    ],
)
def test_a_resource_for_which_the_if_holds_violates_the_definition(tmp_path, effect, severity):
    parameters = {"effect": parameter(defaultValue="Deny"), "strict": parameter("Boolean", defaultValue=True)}
    files = load(tmp_path, definition(effect=effect, parameters=parameters))
    assert outcomes(files, ESTATE) == JUDGED
    findings, _ = evaluate(ESTATE, files[0].rules, AS_OF)
    assert {finding.severity for finding in findings} == {severity}


def test_a_violation_says_what_was_found(tmp_path):
    findings, _ = evaluate(make_inventory(OPEN), load(tmp_path, definition())[0].rules, AS_OF)
    assert findings[0].verdict.message == f"{ACCOUNT}/publicNetworkAccess is Enabled; it must be Disabled"
    assert findings[0].verdict.evidence[0].actual == "Enabled"
    assert findings[0].rule.title == "Display name of public-access"


@pytest.mark.parametrize(
    ("effect", "reason"),
    [
        ("Disabled", "its effect is disabled"),
        ("disabled", "its effect is disabled"),
        ("Manual", "its effect is manual: people attest it, no resource shows it"),
        ("denyAction", "its effect is denyAction: it judges requests to delete, not resources"),
        ("enforceSetting", "its effect enforceSetting is none that a resource can be judged by"),
        ("mutate", "its effect mutate is none that a resource can be judged by"),
        ("addToNetworkGroup", "its effect addToNetworkGroup is none that a resource can be judged by"),
    ],
)
def test_an_effect_that_judges_no_resource_is_told_and_not_evaluated(tmp_path, effect, reason):
    files = load(tmp_path, definition(effect=effect))
    assert outcomes(files, ESTATE) == {}
    assert not_evaluated(files, ESTATE) == {"public-access": reason}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"effect": "adit"}, "'adit' is no effect (did you mean 'audit'?)"),
        ({"effect": "AuditIfNotExist"}, "'AuditIfNotExist' is no effect (did you mean 'auditIfNotExists'?)"),
        ({"mode": "Indexd"}, "'Indexd' is no mode (did you mean 'Indexed'?)"),
    ],
)
def test_a_misspelt_effect_or_mode_is_refused(tmp_path, changes, message):
    (found,) = problems(tmp_path, definition(**changes))
    assert found.startswith("0.json:")
    assert found.endswith(message)


@pytest.mark.parametrize("changes", [{"effect": "quarantine"}, {"mode": "NotSpecified"}])
def test_a_word_that_azure_may_add_is_told_and_not_evaluated(tmp_path, changes):
    files = load(tmp_path, definition(**changes))
    assert list(not_evaluated(files, ESTATE)) == ["public-access"]


@pytest.mark.parametrize(
    "mode",
    ["Microsoft.CognitiveServices.Data", "Microsoft.MachineLearningServices.v2.Data", "Microsoft.Kubernetes.Data"],
)
def test_a_data_plane_mode_is_told_and_not_evaluated(tmp_path, mode):
    files = load(tmp_path, definition(mode=mode, effect="[parameters('nowhere')]"))
    assert outcomes(files, ESTATE) == {}
    reason = f"its mode {mode} is judged inside the service (data plane), which no resource shows"
    assert not_evaluated(files, ESTATE) == {"public-access": reason}


GROUP = make_group({"a": "b"})
SUBSCRIBED = make_subscription()
DEPLOYED = make_resource(DEPLOYMENT, "open/gpt", sku={"name": "Standard"})
CLUSTER = make_resource(COMPUTE, "ws/cluster", location="westeurope")
RUN = make_resource(JOB, "ws/run")
SETTING = make_resource(
    "Microsoft.Insights/diagnosticSettings", "s", id=f"{OPEN.id}/providers/Microsoft.Insights/diagnosticSettings/s"
)
ROLLOUT = make_resource("Microsoft.Resources/deployments", "rollout", location="westeurope")


@pytest.mark.parametrize(
    ("mode", "seen"),
    [
        ("All", {"open", "gpt", "cluster", "run", "s", "rg-ai", SUBSCRIBED.name}),
        ("all", {"open", "gpt", "cluster", "run", "s", "rg-ai", SUBSCRIBED.name}),
        ("Indexed", {"open", "cluster"}),
        ("indexed", {"open", "cluster"}),
        (None, {"open", "gpt", "cluster", "run", "s", "rg-ai", SUBSCRIBED.name}),
    ],
)
def test_indexed_sees_only_what_has_tags_and_a_location(tmp_path, mode, seen):
    body = definition(test={"field": "tags.owner", "exists": False}, mode=mode)
    inventory = make_inventory(OPEN, DEPLOYED, CLUSTER, RUN, SETTING, GROUP, SUBSCRIBED, ROLLOUT)
    assert {name for _, name in outcomes(load(tmp_path, body), inventory)} == seen


def test_a_definition_about_locations_is_not_about_subscriptions(tmp_path):
    body = definition(test={"not": {"field": "location", "in": ["westeurope"]}})
    inventory = make_inventory(OPEN, SUBSCRIBED, GROUP)
    assert outcomes(load(tmp_path, body), inventory) == {
        ("public-access", "open"): "pass",
        ("public-access", "rg-ai"): "fail",
    }


KIND = {"field": "kind", "equals": "OpenAI"}
NAME = {"field": "name", "like": "o*"}
OTHER = {"field": "properties.x", "exists": True}


@pytest.mark.parametrize(
    ("test", "about"),
    [
        ({"allOf": [IS_ACCOUNT, PUBLIC]}, {"open", "closed"}),
        ({"allOf": [IS_ACCOUNT, KIND, OTHER]}, {"open"}),
        ({"allOf": [IS_ACCOUNT, NAME, OTHER]}, {"open"}),
        ({"allOf": [IS_ACCOUNT, {"not": KIND}, OTHER]}, {"closed"}),
        ({"allOf": [IS_ACCOUNT, {"field": "kind", "notIn": ["OpenAI"]}, OTHER]}, {"closed"}),
        # Nothing but conditions on type, kind and name: only those on the type say what it is about.
        ({"allOf": [IS_ACCOUNT, KIND]}, {"open", "closed"}),
        ({"allOf": [IS_ACCOUNT, NAME]}, {"open", "closed"}),
        (KIND, {"open", "closed", "ws"}),
        (NAME, {"open", "closed", "ws"}),
        (OTHER, {"open", "closed", "ws"}),
        ({"anyOf": [{"allOf": [IS_ACCOUNT, KIND, OTHER]}, {"field": "type", "equals": WORKSPACE}]}, {"open", "ws"}),
        ({"anyOf": [KIND, OTHER]}, {"open", "closed", "ws"}),
        ({"allOf": [{"field": "type", "in": [ACCOUNT, WORKSPACE]}, OTHER]}, {"open", "closed", "ws"}),
        ({"allOf": [{"field": "type", "notEquals": ACCOUNT}, OTHER]}, {"ws"}),
        ({"allOf": [{"not": IS_ACCOUNT}, OTHER]}, {"ws"}),
        ({"not": {"anyOf": [IS_ACCOUNT, OTHER]}}, {"ws"}),
        ({"allOf": [{"field": "type", "like": "Microsoft.CognitiveServices/*"}, OTHER]}, {"open", "closed"}),
        ({"allOf": [{"field": "TYPE", "equals": ACCOUNT.upper()}, OTHER]}, {"open", "closed"}),
        (
            {"allOf": [{"count": {"field": f"{ACCOUNT}/x[*]", "where": KIND}, "equals": 0}, IS_ACCOUNT]},
            {"open", "closed"},
        ),
    ],
)
def test_type_kind_and_name_say_which_resources_a_definition_is_about(tmp_path, test, about):
    files = load(tmp_path, definition(test=test))
    inventory = make_inventory(OPEN, CLOSED, ELSE)
    assert {name for _, name in outcomes(files, inventory)} == about


@pytest.mark.parametrize(
    ("test", "types"),
    [
        (IS_ACCOUNT, (ACCOUNT.lower(),)),
        ({"allOf": [PUBLIC, IS_ACCOUNT]}, (ACCOUNT.lower(),)),
        ({"anyOf": [IS_ACCOUNT, {"field": "type", "in": [ACCOUNT, JOB]}]}, (ACCOUNT.lower(), JOB.lower())),
        ({"anyOf": [IS_ACCOUNT, PUBLIC]}, (EVERY_TYPE,)),
        ({"not": IS_ACCOUNT}, (EVERY_TYPE,)),
        (PUBLIC, (EVERY_TYPE,)),
        ({"field": "type", "in": "[parameters('types')]"}, (JOB.lower(),)),
    ],
)
def test_a_definition_is_asked_only_about_the_types_it_is_confined_to(tmp_path, test, types):
    body = definition(test=test, parameters={"types": parameter("Array", defaultValue=[JOB])})
    assert load(tmp_path, body)[0].rules[0].types == types


def test_a_kind_that_is_not_known_leaves_open_whether_it_is_violated(tmp_path):
    unknown = make_resource(ACCOUNT, "what", kind=UNKNOWN, properties={"publicNetworkAccess": "Enabled"})
    body = definition(test={"allOf": [IS_ACCOUNT, KIND, PUBLIC]})
    assert outcomes(load(tmp_path, body), make_inventory(unknown)) == {("public-access", "what"): "unknown"}


LIMIT = {
    "allOf": [
        {"field": "type", "equals": DEPLOYMENT},
        {"field": f"{DEPLOYMENT}/sku.capacity", "greater": "[parameters('limit')]"},
    ]
}
BIG = make_resource(DEPLOYMENT, "open/big", sku={"name": "Standard", "capacity": 50})


@pytest.mark.parametrize(
    ("body", "overrides", "outcome"),
    [
        ({"defaultValue": 10}, {}, "fail"),
        ({"defaultValue": 100}, {}, "pass"),
        ({"defaultValue": 100}, {"limit": 10}, "fail"),
        ({"defaultValue": 100}, {"LIMIT": 10}, "fail"),
        ({}, {"limit": 100}, "pass"),
        ({"defaultValue": 10, "allowedValues": [10, 100]}, {"limit": 100}, "pass"),
        (
            {"defaultValue": 10, "metadata": {"displayName": "Limit", "description": "how many", "strongType": "x"}},
            {},
            "fail",
        ),
    ],
)
def test_parameters_have_defaults_and_can_be_overridden(tmp_path, body, overrides, outcome):
    files = load(tmp_path, definition(test=LIMIT, parameters={"limit": parameter("Integer", **body)}), **overrides)
    assert outcomes(files, make_inventory(BIG)) == {("public-access", "big"): outcome}


@pytest.mark.parametrize(
    ("body", "overrides", "message"),
    [
        ({}, {}, "the parameter 'limit' has no default (give --parameter limit=VALUE)"),
        ({"defaultValue": "ten"}, {}, "the default of 'limit' must be a whole number, not 'ten'"),
        ({"defaultValue": 1}, {"limit": "ten"}, "--parameter limit: the parameter 'limit' must be a whole number"),
        ({"defaultValue": 10, "allowedValues": [10]}, {"limit": 11}, "the parameter 'limit' is 11; allowed are 10"),
        ({"defaultValue": 10}, {"limt": 11}, "no policy declares the parameter 'limt' (did you mean 'limit'?)"),
    ],
)
def test_a_wrong_or_missing_value_is_refused(tmp_path, body, overrides, message):
    document = definition(test=LIMIT, parameters={"limit": parameter("Integer", **body)})
    assert message in problems(tmp_path, document, **overrides)[0]


@pytest.mark.parametrize("chosen", ["Deny", "deny", "DENY"])
def test_allowed_values_match_in_any_case(tmp_path, chosen):
    effects = parameter(defaultValue="Audit", allowedValues=["Audit", "Deny", "Disabled"])
    files = load(tmp_path, definition(effect="[parameters('effect')]", parameters={"effect": effects}), effect=chosen)
    assert files[0].rules[0].severity is Severity.HIGH


def test_an_effect_that_is_not_allowed_is_refused(tmp_path):
    effects = parameter(defaultValue="Audit", allowedValues=["Audit", "Disabled"])
    document = definition(effect="[parameters('effect')]", parameters={"effect": effects})
    assert problems(tmp_path, document, effect="Deny") == [
        "--parameter effect: the parameter 'effect' is 'Deny'; allowed are 'Audit', 'Disabled'"
    ]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("String", "x"),
        ("string", "x"),
        ("Array", ["x"]),
        ("Object", {"a": 1}),
        ("Boolean", False),
        ("Integer", 3),
        ("Float", 0.5),
        ("DateTime", "2026-11-24T08:00:00Z"),
    ],
)
def test_azures_parameter_types_are_known(tmp_path, kind, value):
    test = {"allOf": [IS_ACCOUNT, {"value": "[parameters('p')]", "equals": "[parameters('p')]"}]}
    files = load(tmp_path, definition(test=test, parameters={"p": parameter(kind, defaultValue=value)}))
    assert outcomes(files, make_inventory(OPEN)) == {("public-access", "open"): "fail"}


def test_a_parameter_without_a_value_that_only_a_deployment_uses_is_no_error(tmp_path):
    details = {"deployment": {"properties": {"template": {"x": "[reference(parameters('subnet'))]"}}}}
    document = definition(effect="Modify", details=details, parameters={"subnet": parameter()})
    files = load(tmp_path, document)
    assert outcomes(files, ESTATE) == JUDGED
    assert files[0].parameters == {}


# How definitions are written ------------------------------------------------------------------------------------


def flat(name: str = "public-access") -> dict[str, Any]:
    """Give a definition as `az policy definition show` prints it: without an envelope."""
    body = definition(name)
    return {**body["properties"], "id": body["id"], "name": name, "parameters": None, "description": None}


@pytest.mark.parametrize(
    "document",
    [
        definition(),
        {"properties": definition()["properties"]},
        definition()["properties"],
        flat(),
        [flat()],
        {"value": [definition()]},
        [definition()],
    ],
    ids=["REST", "no id", "properties", "az show", "az list", "REST list", "list"],
)
def test_a_definition_is_recognised_in_every_shape(tmp_path, document):
    assert is_azure_policy(document)
    files = load(tmp_path, document)
    assert set(outcomes(files, make_inventory(OPEN)).values()) == {"fail"}


@pytest.mark.parametrize(
    "document", [{}, [], {"value": []}, {"policyDefinitions": {}}, [definition(), {}], {"rules": []}, "x", None, 5]
)
def test_other_documents_are_no_definitions(document):
    assert not is_azure_policy(document)


@pytest.mark.parametrize(
    ("document", "rule_id"),
    [
        (definition(), "public-access"),
        ({**definition(), "id": f"{DEFINITIONS}by-id/"}, "by-id"),
        ({"name": "by name", "properties": definition()["properties"]}, "by-name"),
        (definition()["properties"], "Display-name-of-public-access"),
        ({"policyRule": definition()["properties"]["policyRule"]}, "0.json"),
        ({"name": "[Preview]: Ä/ü", "properties": definition()["properties"]}, "definition"),
    ],
)
def test_a_rules_id_is_the_definitions_name(tmp_path, document, rule_id):
    assert load(tmp_path, document)[0].rules[0].info.id == rule_id


def test_every_definition_of_a_list_is_loaded_and_variants_of_one_are_numbered(tmp_path):
    files = load(tmp_path, [flat("a"), flat("b"), flat("a")], definition("b"))
    assert [rule.info.id for file in files for rule in file.rules] == ["a", "b", "a.2", "b.2"]
    assert [file.path.rpartition("/")[2] for file in files] == ["0.json", "0.json", "0.json", "1.json"]


def capitalised(value: Any) -> Any:
    if isinstance(value, dict):
        return {key[:1].upper() + key[1:]: capitalised(inner) for key, inner in value.items()}
    return [capitalised(inner) for inner in value] if isinstance(value, list) else value


def lowered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key.lower(): lowered(inner) for key, inner in value.items()}
    return [lowered(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("spell", [capitalised, lowered])
def test_the_words_of_a_definition_are_read_in_any_case(tmp_path, spell):
    tags = {"count": {"value": ["a"], "name": "x", "where": {"field": "tags.a", "exists": "false"}}, "greater": 0}
    test = {"anyOf": [{"allOf": [IS_ACCOUNT, PUBLIC, tags]}, {"not": {"field": "type", "like": "Microsoft.*"}}]}
    parameters = {"effect": parameter(defaultValue="Audit", allowedValues=["Audit", "Deny"])}
    document = definition(test=test, effect="[parameters('effect')]", parameters=parameters)
    assert outcomes(load(tmp_path, spell(document)), ESTATE) == JUDGED


def test_a_folder_takes_azures_json_and_no_other(tmp_path):
    (tmp_path / "parameters.json").write_text('{"effect": "Deny"}')
    (tmp_path / "result.json").write_text('{"schemaVersion": "1"}')
    deep = tmp_path / "deep"
    deep.mkdir()
    (deep / "utf16.json").write_text(json.dumps(capitalised(definition("sixteen"))), encoding="utf-16")
    files = load(tmp_path, definition())
    assert [rule.info.id for file in files for rule in file.rules] == ["public-access", "sixteen"]


# What is wrong --------------------------------------------------------------------------------------------------

BROKEN = """{
  "properties": {
    "mode": "All",
    "parameters": {"limit": {"type": "Sting", "defaultValue": 5}},
    "policyRule": {
      "if": {
        "allOf": [
          {"field": "type", "equal": "x"},
          {"field": "name", "like": "[reference('a')]"},
          {"field": "name", "in": "x"},
          {"value": "[parameters('limt')]", "equals": 1}
        ]
      },
      "then": {"effect": "audit"}
    }
  }
}"""


def test_everything_wrong_in_a_definition_is_told_with_line_and_column(tmp_path):
    path = tmp_path / "broken.json"
    path.write_text(BROKEN)
    assert problems(tmp_path) == [
        "broken.json:4:30: 'type' is 'sting' (did you mean 'string'?)",
        "broken.json:9:29: the function 'reference' is not supported",
        "broken.json:11:12: unknown parameter 'limt' (did you mean 'limit'?)",
        "broken.json:8:29: unknown operator 'equal' (did you mean 'equals'?)",
        "broken.json:10:29: 'in' takes a list, not x",
    ]


@pytest.mark.parametrize(
    ("policy_rule", "message"),
    [
        ([], "a policyRule is a mapping with 'if' and 'then'"),
        ({}, "a policyRule has 'if' and 'then', which are mappings"),
        ({"if": IS_ACCOUNT}, "a policyRule has 'if' and 'then', which are mappings"),
        ({"if": [], "then": {"effect": "audit"}}, "a policyRule has 'if' and 'then', which are mappings"),
        ({"if": IS_ACCOUNT, "then": {}}, "the effect must be a text that is known when the definition is read"),
        ({"if": IS_ACCOUNT, "then": {"effect": 5}}, "the effect must be a text that is known"),
        ({"if": IS_ACCOUNT, "then": {"effect": "[field('kind')]"}}, "the effect must be a text that is known"),
        ({"if": IS_ACCOUNT, "then": {"effect": "[parameters('e')]"}}, "unknown parameter 'e'"),
        ({"if": {}, "then": {"effect": "audit"}}, "a condition must be a mapping such as"),
        ({"if": {"allOf": []}, "then": {"effect": "audit"}}, "'allOf' takes a list of conditions, at least one"),
        (
            {"if": {"source": "action", "like": "x"}, "then": {"effect": "audit"}},
            "unknown condition or assertion 'source'",
        ),
        ({"if": {"field": "Microsoft.Compute/imageOffer", "equals": "x"}, "then": {"effect": "audit"}}, "is no alias"),
    ],
)
def test_a_definition_that_says_nothing_usable_is_refused(tmp_path, policy_rule, message):
    document = definition()
    document["properties"]["policyRule"] = policy_rule
    found = problems(tmp_path, document)
    assert message in found[0]
    assert found[0].startswith("0.json:")


def test_explain_says_what_a_definition_asks_for_and_why_it_is_not_asked(tmp_path):
    related = definition(
        "related",
        test=IS_ACCOUNT,
        effect="AuditIfNotExists",
        details={"type": DEPLOYMENT, "existenceCondition": {"field": "name", "like": "x*"}},
    )
    sheets = {
        sheet.info.id: sheet
        for sheet in rule_sheets(load(tmp_path, definition(), related, definition("off", effect="Disabled")))
    }
    assert sheets["public-access"].violates
    assert sheets["public-access"].passes[0].text == "all of these hold:"
    assert not sheets["related"].violates
    assert [line.text for line in sheets["related"].applies] == [f"`type` is {ACCOUNT}"]
    assert [line.text for line in sheets["related"].passes] == [
        f"there is a related `{DEPLOYMENT}` for which:",
        "`name` is like x*",
    ]
    assert sheets["off"].types == ("nothing, because its effect is disabled",)


def test_a_crash_of_one_definition_is_an_error_of_that_rule_alone(tmp_path, monkeypatch):
    files = load(tmp_path, definition("good"), definition("bad"))
    bad = next(rule for file in files for rule in file.rules if rule.info.id == "bad")

    def crash(resource: Resource, env: Any) -> bool:
        raise RuntimeError(resource.name)

    monkeypatch.setattr(bad.when, "test", crash)
    inventory = make_inventory(OPEN)
    assert outcomes(files, inventory) == {("good", "open"): "fail", ("bad", "open"): Outcome.ERROR.value}


def test_definitions_and_rules_share_one_namespace(tmp_path):
    (tmp_path / "own.yaml").write_text(
        "version: 1\nname: own\nrules:\n- id: public-access\n  title: t\n  severity: low\n"
        f"  resource: {ACCOUNT}\n  assert: {{field: kind, exists: true}}\n"
    )
    assert problems(tmp_path, definition()) == ["0.json:2:3: the rule id 'public-access' is taken (by own.yaml:4)"]


# JSON as Azure's tools write it ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("tabs", lambda text: text.replace("  ", "\t").encode()),
        ("BOM", lambda text: b"\xef\xbb\xbf" + text.encode()),
        ("UTF-16", lambda text: text.encode("utf-16")),
        ("UTF-16 without BOM", lambda text: text.encode("utf-16-le")),
        ("CRLF", lambda text: text.replace("\n", "\r\n").encode()),
        ("slashes", lambda text: text.replace("/", "\\/").encode()),
        ("one line", lambda text: json.dumps(json.loads(text), separators=(",", ":")).encode()),
    ],
)
def test_json_is_read_as_azures_tools_write_it(tmp_path, name, write):
    document = definition(displayName="Ask \N{GRINNING FACE} \N{LATIN SMALL LETTER U WITH DIAERESIS}")
    path = tmp_path / "d.json"
    path.write_bytes(write(json.dumps(document, indent=2, ensure_ascii=name != "UTF-16")))
    files = load_policies([str(path)])
    assert files[0].rules[0].info.title == "Ask \N{GRINNING FACE} \N{LATIN SMALL LETTER U WITH DIAERESIS}"
    assert outcomes(files, make_inventory(OPEN)) == {("public-access", "open"): "fail"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "d.json: is empty (a JSON document is expected)"),
        ("{", "d.json:1:2: JSON cannot be read: Expecting property name enclosed in double quotes"),
        ('{\n  "a" 1}', "d.json:2:7: JSON cannot be read: Expecting ':' delimiter"),
        ('{"a": 1}\n// x', "d.json:2:1: JSON cannot be read: Extra data"),
        ('{"a": NaN}', "d.json: JSON cannot be read: NaN is no JSON number"),
        ('{"a": 1e999}', "d.json:1:7: holds a number that is too large"),
        ('{\n "a": 1,\n "a": 2}', "d.json:3:2: the key 'a' stands twice (remove one)"),
        ('{"a": "\\ud83d"}', "d.json:1:7: holds half a character: a surrogate that is not one of a pair"),
        ('{"a": ' + "9" * 5000 + "}", "d.json:1:7: holds a whole number of thousands of digits"),
        ("[" * 300 + "]" * 300, "d.json:1:102: is nested more than 100 deep"),
        ("[" * 200_000, "d.json: is nested more than 100 deep"),
        (b"\xff\xfe\x00", "d.json: is not UTF-8 text: truncated data (save it as UTF-8)"),
        (b'{"a": "\xe9"}', "d.json: is not UTF-8 text: invalid continuation byte (save it as UTF-8)"),
        ("5", "d.json:1:1: "),
        ('{"a": 1}', "d.json:1:1: "),
    ],
)
def test_broken_json_is_refused_with_its_place(tmp_path, text, problem):
    path = tmp_path / "d.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(PolicyError) as caught:
        load_policies([str(path)])
    assert str(caught.value.problems[0]).removeprefix(f"{tmp_path}/").startswith(problem)
