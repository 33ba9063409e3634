"""Policy files: every mistake is refused with file, line, column and a suggestion, and all of them at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scanner.errors import PolicyError, Problem
from scanner.policies.loader import load_policies
from scanner.policies.parameters import Override
from tests.factories import rule_body, write_policy

HEAD = """\
version: 1
name: test
parameters:
  maximum: {type: integer, default: 5, minimum: 1, maximum: 10}
rules:
  - id: first-rule
    title: The first
    severity: high
    resource: Microsoft.CognitiveServices/accounts
"""


def problems_of(*paths: str, overrides: list[Override] | None = None) -> list[Problem]:
    with pytest.raises(PolicyError) as raised:
        load_policies(paths, overrides or [])
    return list(raised.value.problems)


@pytest.fixture
def policy(tmp_path):
    """Write a policy file and give its path."""

    def write(text: str, name: str = "p.yaml") -> str:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


@pytest.mark.parametrize(
    ("text", "line", "column", "message", "hint"),
    [
        ("asert: {field: kind, equals: x}", 10, 5, "unknown key 'asert'", "did you mean 'assert'?"),
        ("assert: {feild: kind, equals: x}", 10, 14, "unknown condition or assertion 'feild'", "did you mean 'field'?"),
        ("assert: {field: kind, equal: x}", 10, 27, "unknown operator 'equal'", "did you mean 'equals'?"),
        ("assert: {field: kind}", 10, 5, "'field' needs exactly one operator, here is no operator", ""),
        ("assert: {field: kind, equals: x, like: y}", 10, 5, "'equals' and 'like'", "join several with allOf"),
        (
            "assert: {field: kind, value: x, equals: x}",
            10,
            27,
            "'field' and 'value' stand in one mapping",
            "allOf or anyOf",
        ),
        ("assert: {field: a..b, equals: x}", 10, 14, "'a..b' is no path", ""),
        ("assert: {field: 5, equals: x}", 10, 14, "a field is a path", ""),
        ("assert: {field: kind, in: x}", 10, 27, "'in' takes a list, not x", ""),
        ("assert: {field: kind, exists: 7}", 10, 27, "'exists' takes true or false, not 7", ""),
        ("assert: {field: kind, less: [1]}", 10, 27, "'less' takes a number", ""),
        ("assert: {field: kind, equals: x, ifMissing: skip}", 10, 38, "'ifMissing' is 'skip'", "pass, fail or unknown"),
        (
            "assert: {field: kind, equals: x, ifMissing: [pass]}",
            10,
            38,
            "'ifMissing' is ['pass']",
            "pass, fail or unknown",
        ),
        ("assert: []", 10, 5, "a condition must be a mapping", ""),
        ("assert: {}", 10, 5, "a condition must be a mapping", ""),
        ("assert:", 10, 5, "a condition must be a mapping", ""),
        ("assert: {allOf: []}", 10, 14, "'allOf' takes a list of conditions", ""),
        ("assert: {allOf: {field: kind, equals: x}}", 10, 14, "'allOf' takes a list of conditions", ""),
        ("assert: {not: [1]}", 10, 14, "a condition must be a mapping", ""),
        (
            "assert: {allOf: [{field: kind, equals: x}], ifMissing: pass}",
            10,
            49,
            "unknown key 'ifMissing' beside 'allOf'",
            "",
        ),
        (
            "assert: {count: {field: 'a[*]', wher: {}}, equals: 1}",
            10,
            37,
            "unknown key 'wher' in a count",
            "did you mean 'where'?",
        ),
        ("assert: {count: {field: a.b}, equals: 1}", 10, 22, "takes a path that ends in [*]", ""),
        ("assert: {count: {field: 'a..b[*]'}, equals: 1}", 10, 22, "'a..b[*]' is no path", ""),
        ("assert: {count: {value: 5}, equals: 1}", 10, 22, "a count over 'value' takes a list", ""),
        ("assert: {count: 5, equals: 1}", 10, 14, "a count takes a mapping", ""),
        (
            "assert: {rateLimit: {maxTokensPerMinute: 5, maxTokens: 5}}",
            10,
            49,
            "unknown key 'maxTokens'",
            "'maxTokensPerMinute'?",
        ),
        (
            "assert: {rateLimit: {maxTokensPerMinute: many}}",
            10,
            26,
            "'maxTokensPerMinute' must be a number, not 'many'",
            "",
        ),
        ("assert: {rateLimit: {maxTokensPerMinute: 0}}", 10, 26, "greater than 0", ""),
        ("assert: {rateLimit: {}}", 10, 14, "'maxTokensPerMinute' is missing", ""),
        ("assert: {rateLimit: 5}", 10, 14, "must be a mapping", ""),
        (
            "assert: {ratelimit: {maxTokensPerMinute: 5}}",
            10,
            14,
            "unknown condition or assertion",
            "did you mean 'rateLimit'?",
        ),
        ("assert: {requiredTags: {tags: [1]}}", 10, 36, "'tags.0' must be a text, not 1", ""),
        ("assert: {requiredTags: []}", 10, 14, "'tags' is empty", ""),
        (
            "assert: {requiredTags: {tags: [a], inherit: [parents]}}",
            10,
            50,
            "'inherit.0' is 'parents'",
            "did you mean 'parent'?",
        ),
        ("assert: {jobTimeLimit: {maxJobTime: 24h}}", 10, 29, "'maxJobTime' must be an ISO 8601 duration", ""),
        (
            "assert: {field: kind, less: \"[parameters('maximun')]\"}",
            10,
            27,
            "unknown parameter 'maximun'",
            "did you mean 'maximum'?",
        ),
        (
            "assert: {field: kind, less: \"[parameter('x')]\"}",
            10,
            27,
            "the function 'parameter' is not supported",
            "'parameters'",
        ),
    ],
)
def test_a_mistake_in_a_rule_is_refused_with_its_place_and_what_was_meant(policy, text, line, column, message, hint):
    rule = text if text.startswith("assert") else f"{text}\n    assert: {{field: kind, equals: x}}"
    path = policy(f"{HEAD}    {rule}\n")
    (problem,) = problems_of(path)
    assert message in problem.message
    assert hint in problem.hint
    assert (problem.file, problem.line, problem.column) == (path, line, column)
    assert str(problem).startswith(f"{path}:{line}:{column}: ")


@pytest.mark.parametrize(
    ("change", "message", "hint"),
    [
        ({"id": "a b"}, "'id' is 'a b'", "letters, digits"),
        ({"id": ""}, "'id' is ''", "letters, digits"),
        ({"id": 5}, "'id' must be a text, not 5", ""),
        ({"id": None}, "'id' is missing", ""),
        ({"title": ""}, "'title' is empty", ""),
        ({"title": None}, "'title' is missing", ""),
        ({"severity": "hgih"}, "'severity' is 'hgih'", "did you mean 'high'?"),
        ({"severity": "disaster"}, "'severity' is 'disaster'", "allowed are 'critical', 'high'"),
        ({"severity": 1}, "'severity' is 1", "allowed are"),
        ({"phase": "optimise"}, "'phase' is 'optimise'", "did you mean 'optimize'?"),
        ({"maturity": "fly"}, "'maturity' is 'fly'", "allowed are"),
        ({"resource": 5}, "'resource' must be a list, not 5", ""),
        ({"resource": [5]}, "'resource.0' must be a text, not 5", ""),
        ({"resource": []}, "a rule is about at least one resource type", ""),
        ({"resource": "accounts"}, "'accounts' is no ARM type", "Microsoft.CognitiveServices/accounts"),
        ({"references": "https://x"}, "'references' must be a list", ""),
        ({"assert": None}, "'assert' is missing", ""),
        ({"assertion": {}}, "unknown key 'assertion'", "did you mean 'assert'?"),
        ({"remediaton": "x"}, "unknown key 'remediaton'", "did you mean 'remediation'?"),
    ],
)
def test_a_mistake_in_a_rules_head_is_refused(tmp_path, change, message, hint):
    path = write_policy(tmp_path / "p.yaml", rule_body(**change))
    (problem,) = problems_of(path)
    assert message in problem.message
    assert hint in problem.hint
    assert problem.line > 0


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ({"version": 2}, "'version' is 2"),
        ({"version": "1"}, "'version' is '1'"),
        ({"name": ""}, "'name' is empty"),
        ({"rules": []}, "'rules' is empty"),
        ({"rules": {"a": 1}}, "'rules' must be a list"),
        ({"rules": ["x"]}, "must be a mapping"),
        ({"parameters": [1]}, "'parameters' must be a mapping"),
        ({"paramters": {}}, "unknown key 'paramters'"),
    ],
)
def test_a_mistake_in_a_files_head_is_refused(tmp_path, head, message):
    (problem,) = problems_of(write_policy(tmp_path / "p.yaml", **head))
    assert message in problem.message


@pytest.mark.parametrize("text", ["5", "[1]", "just text", "null"])
def test_a_file_that_is_no_mapping_is_refused(policy, text):
    (problem,) = problems_of(policy(text))
    assert problem.message == "must be a mapping"


@pytest.mark.parametrize("text", ["", "# nothing\n", "\ufeff"])
def test_an_empty_file_is_refused(policy, text):
    (problem,) = problems_of(policy(text))
    assert problem.message == "is empty"


@pytest.mark.parametrize(
    ("parameter", "message"),
    [
        ({"type": "integr"}, "'type' is 'integr'"),
        ({"default": 5}, "'type' is missing"),
        ({"type": "integer"}, "the parameter 'p' has no default"),
        ({"type": "integer", "default": "5"}, "the default of 'p' must be a whole number, not '5'"),
        ({"type": "integer", "default": 5.5}, "the default of 'p' must be a whole number, not 5.5"),
        ({"type": "integer", "default": True}, "the default of 'p' must be a whole number, not True"),
        ({"type": "number", "default": "x"}, "the default of 'p' must be a number, not 'x'"),
        ({"type": "boolean", "default": "yes"}, "the default of 'p' must be true or false, not 'yes'"),
        ({"type": "string", "default": 5}, "the default of 'p' must be a text, not 5"),
        ({"type": "array", "default": "a"}, "the default of 'p' must be a list, not 'a'"),
        ({"type": "object", "default": []}, "the default of 'p' must be a mapping, not []"),
        ({"type": "duration", "default": "1h"}, "the default of 'p' must be an ISO 8601 duration such as P1D or PT30M"),
        ({"type": "duration", "default": "-PT1H"}, "the default of 'p' must be an ISO 8601 duration"),
        ({"type": "integer", "default": 0, "minimum": 1}, "the default of 'p' is 0, below its minimum 1"),
        ({"type": "integer", "default": 11, "maximum": 10}, "the default of 'p' is 11, above its maximum 10"),
        (
            {"type": "string", "default": "c", "allowedValues": ["a", "b"]},
            "the default of 'p' is 'c'; allowed are 'a', 'b'",
        ),
        (
            {"type": "array", "default": ["a", "c"], "allowedValues": ["a"]},
            "the default of 'p' is 'c'; allowed are 'a'",
        ),
        ({"type": "string", "default": "x", "min": 1}, "unknown key 'min'"),
        ("x", "must be a mapping"),
    ],
)
def test_a_mistake_in_a_parameter_is_refused_once(tmp_path, parameter, message):
    rule = rule_body(**{"assert": {"field": "kind", "lessOrEquals": "[parameters('P')]"}})
    (problem,) = problems_of(write_policy(tmp_path / "p.yaml", rule, parameters={"p": parameter}))
    assert message in problem.message
    assert problem.line > 0


def test_all_errors_of_all_files_are_shown_at_once(policy, tmp_path):
    first = policy(HEAD.replace("version: 1", "version: 9") + "    assert: {field: kind, equls: x}\n", "a.yaml")
    second = policy("a: [", "b.yaml")
    third = write_policy(tmp_path / "c.yaml", rule_body(severity="bad"), rule_body(id="other", title=""))
    fourth = str(tmp_path / "absent.yaml")
    problems = problems_of(first, second, third, fourth)
    assert {(Path(problem.file).name, problem.message.partition("'")[0]) for problem in problems} == {
        ("a.yaml", ""),
        ("a.yaml", "unknown operator "),
        ("b.yaml", problems[[p.file for p in problems].index(second)].message.partition("'")[0]),
        ("c.yaml", ""),
        ("absent.yaml", "there is no such policy file or folder"),
    }
    assert len(problems) == 6


def test_a_rule_with_a_wrong_head_still_has_its_conditions_checked(tmp_path):
    rule = rule_body(severity="bad", when={"field": "kind", "lik": "x"}, **{"assert": {"rateLimit": {}}})
    assert len(problems_of(write_policy(tmp_path / "p.yaml", rule))) == 3


def test_an_error_in_one_parameter_hides_no_error_in_a_rule_that_does_not_use_it(tmp_path):
    rules = [
        rule_body(id="a", **{"assert": {"field": "kind", "less": "[parameters('broken')]"}}),
        rule_body(id="b", **{"assert": {"field": "kind", "lss": 5}}),
    ]
    problems = problems_of(
        write_policy(tmp_path / "p.yaml", *rules, parameters={"broken": {"type": "integer", "default": "x"}})
    )
    assert len(problems) == 2


def test_a_rule_id_may_stand_only_once_in_all_files_and_in_any_case(tmp_path):
    first = write_policy(tmp_path / "a.yaml", rule_body(id="one"), rule_body(id="ONE"))
    second = write_policy(tmp_path / "b.yaml", rule_body(id="One"))
    problems = problems_of(first, second)
    assert [problem.message for problem in problems] == ["the rule id 'ONE' is taken", "the rule id 'One' is taken"]
    assert all(problem.hint.startswith(f"by {first}:") for problem in problems)


def test_a_folder_means_the_policy_files_below_it_but_not_their_tests(tmp_path):
    write_policy(tmp_path / "pack" / "b.yml", rule_body(id="b"))
    write_policy(tmp_path / "pack" / "deep" / "a.YAML", rule_body(id="a"))
    write_policy(tmp_path / "pack" / "tests" / "case.yaml", rule_body(id="never"))
    (tmp_path / "pack" / "notes.txt").write_text("no policy")
    files = load_policies([str(tmp_path / "pack")])
    assert [rule.info.id for file in files for rule in file.rules] == ["b", "a"]
    assert [file.path for file in files] == [
        str(tmp_path / "pack" / "b.yml"),
        str(tmp_path / "pack" / "deep" / "a.YAML"),
    ]


def test_one_file_named_in_two_ways_is_loaded_once(tmp_path):
    path = write_policy(tmp_path / "p.yaml")
    assert len(load_policies([path, str(tmp_path), str(tmp_path / "." / "p.yaml")])) == 1


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("absent", "there is no such policy file or folder"),
        ("empty", "there is no policy file"),
        ("nul\0byte", "there is no such policy file or folder"),
    ],
)
def test_a_path_to_nothing_is_refused(tmp_path, path, message):
    (tmp_path / "empty").mkdir()
    (problem,) = problems_of(str(tmp_path / path))
    assert message in problem.message


def test_a_blank_path_does_not_mean_the_current_folder(tmp_path, monkeypatch):
    write_policy(tmp_path / "p.yaml")
    monkeypatch.chdir(tmp_path)
    (problem,) = problems_of("")
    assert "names no file" in problem.message


def override(name: str, value: Any) -> Override:
    return Override(name, value, f"--parameter {name}")


def test_an_override_is_checked_like_a_default_and_said_once(tmp_path):
    rules = [rule_body(**{"assert": {"field": "sku.capacity", "less": "[parameters('maximum')]"}})]
    parameters = {"maximum": {"type": "integer", "default": 5, "maximum": 10}}
    paths = [
        write_policy(tmp_path / "a.yaml", *rules, parameters=parameters),
        write_policy(tmp_path / "b.yaml", rule_body(id="other"), parameters=parameters),
    ]
    for value, words in [
        ("x", "must be a whole number, not 'x'"),
        (11, "is 11, above its maximum 10"),
        (None, "not None"),
    ]:
        (problem,) = problems_of(*paths, overrides=[override("Maximum", value)])
        assert problem.message.startswith("--parameter Maximum: the parameter 'maximum' ")
        assert words in problem.message
    files = load_policies(paths, [override("MAXIMUM", 7), override("maximum", 8)])
    assert [file.parameters for file in files] == [{"maximum": 8}, {"maximum": 8}]


def test_an_override_that_no_file_declares_is_refused(tmp_path):
    path = write_policy(tmp_path / "a.yaml", parameters={"maximum": {"type": "integer", "default": 5}})
    (problem,) = problems_of(path, overrides=[override("maximun", 7)])
    assert problem.message == "--parameter maximun: no policy declares the parameter 'maximun'"
    assert problem.hint == "did you mean 'maximum'?"


def test_an_override_is_not_called_unknown_where_a_file_could_not_be_read(policy):
    (problem,) = problems_of(policy("a: ["), overrides=[override("maximum", 7)])
    assert "no policy declares" not in problem.message


def test_an_override_gives_a_parameter_without_a_default_its_value(tmp_path):
    rule = rule_body(**{"assert": {"field": "kind", "in": "[parameters('kinds')]"}})
    path = write_policy(tmp_path / "a.yaml", rule, parameters={"kinds": {"type": "Array"}})
    assert load_policies([path], [override("kinds", ["OpenAI"])])[0].parameters == {"kinds": ["OpenAI"]}


def test_texts_and_types_reach_the_rule(tmp_path):
    body = rule_body(
        resource=["Microsoft.Search/SearchServices", "microsoft.search/searchservices", "Microsoft.Fabric/capacities"],
        rationale=" why \n",
        remediation="do\n",
        references=["https://example.org"],
    )
    (file,) = load_policies([write_policy(tmp_path / "p.yaml", body, description="d")])
    (rule,) = file.rules
    assert rule.types == ("microsoft.search/searchservices", "microsoft.fabric/capacities")
    assert (rule.info.rationale, rule.info.remediation) == ("why", "do")
    assert (rule.info.phase, rule.info.maturity, rule.info.references) == ("operate", "crawl", ("https://example.org",))
    assert rule.info.policy == str(tmp_path / "p.yaml")


def test_the_built_in_pack_is_named_without_a_machines_path():
    files = load_policies(["builtin"])
    assert all(file.path.startswith("builtin/") for file in files)
    assert [file.path for file in load_policies([])] == [file.path for file in files]


def test_hidden_folders_and_files_hold_no_policies(tmp_path):
    rule = "{id: a, title: t, severity: low, resource: X.Y/z, assert: {field: kind, equals: b}}"
    body = f"version: 1\nname: n\nrules:\n  - {rule}\n"
    (tmp_path / "seen.yaml").write_text(body)
    for place in (".github/workflows", ".venv/lib"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "ci.yaml").write_text("on: push\n")
    (tmp_path / ".hidden.yaml").write_text("jobs: {}\n")
    assert [file.path for file in load_policies([str(tmp_path)])] == [str(tmp_path / "seen.yaml")]
