"""`azgate policy ...`: exit codes, where text goes, and what is said about mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

POLICY = """\
version: 1
name: search
parameters:
  maxReplicas: {type: integer, default: 2, minimum: 1, description: Most replicas.}
rules:
  - id: search-replicas
    title: Search stays small
    severity: high
    resource: Microsoft.Search/searchServices
    assert: {field: properties.replicaCount, lessOrEquals: "[parameters('maxReplicas')]"}
    rationale: Replicas are paid for.
    remediation: "Lower it: `az search service update --name NAME --resource-group GROUP --replica-count 1`"
"""
CASES = """\
version: 1
templates:
  search: {type: Microsoft.Search/searchServices, name: docs, properties: {replicaCount: 1}}
cases:
  - {rule: search-replicas, name: small, resources: [{template: search}], expect: pass}
  - {rule: search-replicas, name: big, resources: [{template: search, properties: {replicaCount: 3}}], expect: fail}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "policies"
    (home / "tests").mkdir(parents=True)
    (home / "search.yaml").write_text(POLICY, "utf-8")
    (home / "tests" / "search.yaml").write_text(CASES, "utf-8")
    return home


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_test_is_0_where_every_case_is_met(azgate, folder):
    run = azgate("policy", "test", str(folder))

    assert (run.code, run.err) == (0, "")
    assert "  ok     search-replicas: small\n" in run.out
    assert run.out.endswith("2 passed, 0 failed\n")


def test_test_is_1_where_a_case_is_not_met(azgate, folder):
    replace(folder / "tests" / "search.yaml", "replicaCount: 3", "replicaCount: 2")

    run = azgate("policy", "test", str(folder))

    assert run.code == 1
    assert "  FAILED search-replicas: big\n" in run.out
    assert "1 passed, 1 failed" in run.out


def test_test_is_1_where_a_rule_has_no_case_that_fails(azgate, folder):
    replace(folder / "tests" / "search.yaml", "expect: fail", "expect: fail, live: false")
    assert azgate("policy", "test", str(folder)).code == 0
    text = (folder / "tests" / "search.yaml").read_text("utf-8")
    (folder / "tests" / "search.yaml").write_text("".join(text.splitlines(keepends=True)[:-1]), "utf-8")

    run = azgate("policy", "test", str(folder))

    assert run.code == 1
    assert "no failing case for search-replicas" in run.out


def test_test_is_2_where_a_file_is_broken_and_runs_nothing(azgate, folder):
    replace(folder / "tests" / "search.yaml", "search-replicas, name: big", "search-replica, name: big")

    run = azgate("policy", "test", str(folder))

    assert (run.code, run.out) == (2, "")
    assert (
        f"{folder}/tests/search.yaml:6:6: there is no rule 'search-replica' (did you mean 'search-replicas'?)"
        in run.err
    )


def test_test_writes_junit_and_console_at_once(azgate, folder, tmp_path):
    run = azgate("policy", "test", str(folder), "-o", f"junit={tmp_path / 'out' / 'tests.xml'}", "-o", "console=-")

    assert run.code == 0
    assert "2 passed" in run.out
    assert '<testcase name="small" classname="search-replicas"' in (tmp_path / "out" / "tests.xml").read_text("utf-8")


@pytest.mark.parametrize("flag", ["json=-", "junit", "nope=x"])
def test_test_refuses_a_format_it_does_not_have(azgate, folder, flag):
    assert azgate("policy", "test", str(folder), "-o", flag).code == 2


def test_test_of_chosen_rules_asks_for_no_others(azgate):
    run = azgate("policy", "test", "--rule", "ml-job-time-*")

    assert run.code == 0
    assert "ml-job-time-limit: " in run.out
    assert "openai" not in run.out


def test_test_of_a_rule_that_does_not_exist_is_2(azgate, folder):
    run = azgate("policy", "test", str(folder), "--rule", "search-replica")

    assert run.code == 2
    assert "did you mean 'search-replicas'?" in run.err


def test_validate_counts_files_rules_and_cases(azgate, folder):
    run = azgate("policy", "validate", str(folder))

    assert (run.code, run.err) == (0, "")
    assert run.out == "1 file, 1 rule: valid\n1 test file, 2 cases: valid\n"


def test_validate_says_all_errors_of_policies_and_tests(azgate, folder):
    replace(folder / "search.yaml", "severity: high", "severity: hihg")
    replace(folder / "tests" / "search.yaml", "name: small", "nam: small")

    run = azgate("policy", "validate", str(folder))

    assert (run.code, run.out) == (2, "")
    assert "search.yaml:8:5: 'severity' is 'hihg'" in run.err
    assert "tests/search.yaml:5:29: unknown key 'nam' (did you mean 'name'?)" in run.err


def test_validate_warns_of_a_field_that_no_resource_has_and_refuses_it_when_strict(azgate, folder):
    replace(folder / "search.yaml", "field: properties.replicaCount", "field: properties.replicaCont")

    warned = azgate("policy", "validate", str(folder))
    strict = azgate("policy", "validate", "--strict", str(folder))

    words = "has no field 'properties.replicaCont' (did you mean 'properties.replicaCount'?)"
    assert (warned.code, warned.out.splitlines()[0]) == (0, "1 file, 1 rule: valid")
    assert warned.err.startswith("azgate: warning: ")
    assert f"{folder}/search.yaml:10:14:" in warned.err
    assert words in warned.err
    assert strict.code == 2
    assert words in strict.err


def test_the_builtin_pack_is_valid_without_a_warning(azgate):
    run = azgate("policy", "validate")

    assert (run.code, run.err) == (0, "")


def test_list_is_a_table_of_80_columns(azgate):
    run = azgate("policy", "list")

    assert run.code == 0
    lines = run.out.splitlines()
    assert lines[0].split() == ["RULE", "SEVERITY", "PHASE", "MATURITY", "TITLE"]
    assert max(len(line) for line in lines) <= 80
    assert any(line.split()[:4] == ["required-tags", "medium", "inform", "crawl"] for line in lines)


@pytest.mark.parametrize("flag", ["-o", "--format"])
def test_list_is_json_where_asked_for(azgate, folder, flag):
    run = azgate("policy", "list", str(folder), flag, "json")

    (rule,) = json.loads(run.out)
    assert rule["id"] == "search-replicas"
    assert rule["parameters"] == {"maxReplicas": 2}
    assert rule["resourceTypes"] == ["Microsoft.Search/searchServices"]
    assert rule["policy"] == {"name": "search", "path": str(folder / "search.yaml")}


def test_list_writes_a_markdown_page(azgate, folder, tmp_path):
    run = azgate("policy", "list", str(folder), "-o", f"markdown={tmp_path / 'rules.md'}")

    assert (run.code, run.out) == (0, "")
    text = (tmp_path / "rules.md").read_text("utf-8")
    assert "## search-replicas" in text
    assert "- `properties.replicaCount` is at most 2 (parameter maxReplicas)" in text


def test_explain_says_everything_about_a_rule_with_examples(azgate, folder):
    run = azgate("policy", "explain", "SEARCH-replicas", "-p", str(folder), "--parameter", "maxReplicas=4")

    assert run.code == 0
    for words in (
        "search-replicas: Search stays small",
        f"  {folder}/search.yaml:6\n",
        "  - `properties.replicaCount` is at most 4 (parameter maxReplicas)",
        "  maxReplicas = 4 (default 2): integer, at least 1. Most replicas.",
        "  Replicas are paid for.",
        "    az search service update --name NAME --resource-group GROUP --replica-count 1\n",
        "An example that passes: small",
        "An example that fails: big",
        "properties.replicaCount is 3; it must be at most 2",
    ):
        assert words in run.out


def test_explain_takes_values_from_a_parameter_file(azgate, folder, tmp_path):
    (tmp_path / "values.yaml").write_text("maxReplicas: 7\n", "utf-8")

    run = azgate(
        "policy", "explain", "search-replicas", "-p", str(folder), "--parameters", str(tmp_path / "values.yaml")
    )

    assert "maxReplicas = 7 (default 2)" in run.out


UNSET = "{type: integer, minimum: 1, description: Most replicas.}"


@pytest.fixture
def unset(folder: Path) -> Path:
    """Give the folder with a parameter that has no default; its cases give it."""
    replace(folder / "search.yaml", "{type: integer, default: 2, minimum: 1, description: Most replicas.}", UNSET)
    replace(folder / "tests" / "search.yaml", "cases:", "defaults: {parameters: {maxReplicas: 2}}\ncases:")
    return folder


def test_a_policy_whose_parameter_must_be_given_is_checked_tested_and_described(azgate, unset):
    validated = azgate("policy", "validate", str(unset))
    tested = azgate("policy", "test", str(unset))
    listed = azgate("policy", "list", str(unset), "-o", "json")
    explained = azgate("policy", "explain", "search-replicas", "-p", str(unset))
    exported = azgate("policy", "export", "--azure-policy", "search-replicas", "-p", str(unset))

    assert [run.code for run in (validated, tested, listed, explained, exported)] == [0, 0, 0, 0, 0]
    assert tested.out.endswith("2 passed, 0 failed\n")
    assert json.loads(listed.out)[0]["parameters"] == {"maxReplicas": None}
    assert "is at most `[parameters('maxReplicas')]`" in explained.out
    assert "maxReplicas (must be given): integer, at least 1. Most replicas." in explained.out
    assert "defaultValue" not in json.loads(exported.out)["properties"]["parameters"]["maxReplicas"]


def test_a_scan_refuses_a_parameter_that_nobody_gives(azgate, unset, tmp_path):
    (tmp_path / "none.json").write_text("[]", "utf-8")

    run = azgate("scan", str(tmp_path / "none.json"), "-p", str(unset))

    assert run.code == 2
    assert "4:3: the parameter 'maxReplicas' has no default (give --parameter maxReplicas=VALUE)" in run.err


def test_a_case_must_give_a_parameter_that_has_no_default(azgate, unset):
    replace(unset / "tests" / "search.yaml", "defaults: {parameters: {maxReplicas: 2}}\n", "")

    run = azgate("policy", "test", str(unset))

    assert (run.code, run.out) == (2, "")
    assert "the parameter 'maxReplicas' has no default" in run.err


@pytest.mark.parametrize(
    "declared",
    [
        "{type: integer, maximum: 3}",
        "{type: number, minimum: 0.5, maximum: 0.7}",
        "{type: string, allowedValues: [standard, basic]}",
        "{type: array, allowedValues: [standard, basic]}",
        "{type: array}",
        "{type: duration}",
        "{type: boolean}",
        "{type: object}",
        "{type: string}",
    ],
)
def test_what_stands_in_for_a_parameter_fits_it(azgate, folder, declared):
    replace(folder / "search.yaml", "{type: integer, default: 2, minimum: 1, description: Most replicas.}", declared)
    replace(folder / "search.yaml", "lessOrEquals", "in" if "array" in declared else "equals")
    (folder / "tests" / "search.yaml").unlink()

    run = azgate("policy", "validate", str(folder))

    assert (run.code, run.err) == (0, "")


def test_explain_works_without_and_with_broken_test_files(azgate, folder):
    (folder / "tests" / "search.yaml").write_text("version: 3\ncases: [x]\n", "utf-8")
    broken = azgate("policy", "explain", "search-replicas", "-p", str(folder))
    (folder / "tests" / "search.yaml").unlink()
    without = azgate("policy", "explain", "search-replicas", "-p", str(folder))

    assert (broken.code, without.code) == (0, 0)
    assert "no examples" in broken.err
    assert "An example" not in broken.out + without.out
    assert without.err == ""


def test_explain_of_an_unknown_rule_suggests_the_nearest(azgate):
    run = azgate("policy", "explain", "required-tag")

    assert (run.code, run.out) == (2, "")
    assert "there is no rule 'required-tag' (did you mean 'required-tags'?)" in run.err


@pytest.mark.parametrize(
    "rule", ["required-tags", "openai-quota-headroom", "ml-job-time-limit", "openai-ptu-saturation"]
)
def test_every_kind_of_builtin_rule_can_be_explained_within_80_columns(azgate, rule):
    run = azgate("policy", "explain", rule)

    prose = run.out.partition("\nAn example that")[0]
    wide = [line for line in prose.splitlines() if len(line) > 80 and "az " not in line and "https://" not in line]
    assert (run.code, wide) == (0, [])


def test_schema_is_a_json_schema_on_standard_output_or_in_a_file(azgate, tmp_path):
    printed = azgate("policy", "schema")
    written = azgate("policy", "schema", "--tests", "-o", str(tmp_path / "tests.json"))

    assert (printed.code, written.code, written.out) == (0, 0, "")
    for text in (printed.out, (tmp_path / "tests.json").read_text("utf-8")):
        document = json.loads(text)
        Draft202012Validator.check_schema(document)
        assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_policy_alone_and_a_misspelt_command_are_bad_usage(azgate):
    assert azgate("policy").code == 2
    assert azgate("policy", "tset").code == 2
    assert azgate("policy", "--help").code == 0


def test_hostile_text_reaches_the_terminal_only_in_a_visible_form(azgate, folder):
    replace(folder / "search.yaml", "title: Search stays small", 'title: "Search \\x1b[2J stays small"')
    replace(folder / "tests" / "search.yaml", "name: small", 'name: "sm\\x1b[2Jall"')

    for command in (("test",), ("list",), ("list", "-o", "json")):
        run = azgate("policy", command[0], str(folder), *command[1:])
        assert "\x1b" not in run.out + run.err
    assert "\x1b" not in azgate("policy", "explain", "search-replicas", "-p", str(folder)).out
