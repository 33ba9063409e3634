"""A test file that is wrong is refused with file, line, column and a suggestion, with all its errors at once."""

from __future__ import annotations

import pytest

CASE = "- {rule: search-replicas, name: x, resources: [{template: search}], expect: pass}\n"
OTHER = (
    "version: 1\nname: other\n"
    "rules: [{id: a, title: b, severity: high, resource: A.B/c, assert: {field: x, equals: 1}}]\n"
)


@pytest.mark.parametrize(
    ("case", "problem"),
    [
        (
            "- {rule: search-replica, name: x, SEARCH, expect: pass}",
            "5:6: there is no rule 'search-replica' (did you mean 'search-replicas'?)",
        ),
        (
            "- {CASE, SEARCH, expect: passed}",
            "5:71: 'passed' is no outcome (did you mean 'pass'?)",
        ),
        (
            "- {CASE, SEARCH, expect: {doc: pass}}",
            "5:80: the case has no resource 'doc' (did you mean 'docs'?)",
        ),
        (
            "- {CASE, SEARCH, expect: {docs: ok}}",
            "5:80: 'ok' is no outcome",
        ),
        (
            "- {CASE, SEARCH, expect: {}}",
            "5:71: an expectation names at least one resource",
        ),
        (
            "- {CASE, resources: [{template: searches}], expect: pass}",
            "5:51: there is no template 'searches' (did you mean 'search'?)",
        ),
        (
            "- {CASE, resources: [{name: docs}], expect: pass}",
            "5:50: a resource needs an id, or type and name",
        ),
        (
            "- {CASE, resources: [{type: Microsoft.Search/searchServices}], expect: pass}",
            "5:50: the name of a Microsoft.Search/searchServices has 1 part, not 0 (<searchServices>)",
        ),
        (
            "- {CASE, resources: [{type: Microsoft.A/b/c, name: d}], expect: pass}",
            "5:74: the name of a Microsoft.A/b/c has 2 parts, not 1 (<b>/<c>)",
        ),
        ("- {CASE, resources: [{id: docs}], expect: pass}", "5:51: 'docs' is no ARM id"),
        ("- {CASE, resources: [{type: A.B/c, id: (known after deployment)}], expect: pass}", "is no ARM id"),
        ("- {CASE, resources: [docs], expect: pass}", "5:50: a resource is a mapping"),
        (
            "- {CASE, resources: [{template: search}, {template: search}], expect: pass}",
            "stands twice",
        ),
        (
            "- {CASE, resources: [{type: Microsoft.A/b, name: c}], expect: pass}",
            "5:83: the case has no resource that the rule search-replicas is about",
        ),
        (
            "- {CASE, resources: [{type: Microsoft.A/b, name: c}], expect: notApplicable}",
            "it is about microsoft.search/searchservices",
        ),
        (
            "- {CASE, resource: [{template: search}], expect: pass}",
            "5:38: unknown key 'resource' (did you mean 'resources'?)",
        ),
        ("- {CASE, SEARCH}", "5:5: 'expect' is missing"),
        (
            "- {CASE, SEARCH, expect: pass, message: a*}",
            "5:85: 'message' needs a finding, and the case expects pass",
        ),
        (
            "- {CASE, SEARCH, expect: fail, severity: hgih}",
            "5:85: 'severity' is 'hgih'",
        ),
        (
            "- {CASE, asOf: soon, SEARCH, expect: pass}",
            "5:38: 'soon' is no timestamp (such as 2026-11-24T08:00:00Z)",
        ),
        (
            "- {CASE, live: true, declared: true, SEARCH, expect: pass}",
            "5:50: resources are either 'live' or 'declared'",
        ),
        (
            "- {CASE, parameters: {maxReplica: 1}, SEARCH, expect: pass}",
            "5:51: no policy declares the parameter 'maxReplica' (did you mean 'maxReplicas'?)",
        ),
        (
            "- {CASE, parameters: {maxReplicas: 0}, SEARCH, expect: pass}",
            "5:51: the parameter 'maxReplicas' is 0, below its minimum 1",
        ),
        (
            "- {CASE, SEARCH, facts: [{points: [1]}], expect: pass}",
            "5:80: the rule search-replicas asks for no metric",
        ),
        (
            "- {CASE, SEARCH, facts: [{metric: A, points: [1]}], expect: pass}",
            "5:80: the rule search-replicas does not ask for the metric 'A'",
        ),
        (
            "- {CASE, SEARCH, facts: [{kind: k, data: 1}], expect: pass}",
            "5:79: needs either 'scope' or 'location'",
        ),
        (
            "- {CASE, SEARCH, facts: [{kind: k, scope: doc, data: 1}], expect: pass}",
            "5:89: the case has no resource 'doc' (did you mean 'docs'?)",
        ),
        (
            "- {CASE, SEARCH, gaps: [{scope: docs, what: metrics, reason: forbiden}], expect: pass}",
            "5:107: 'reason' is 'forbiden'",
        ),
    ],
)
def test_a_wrong_case_is_refused_where_it_is_wrong(bench, case, problem):
    bench.cases(
        case.replace("CASE", "rule: search-replicas, name: x").replace("SEARCH", "resources: [{template: search}]")
    )

    problems = bench.problems()
    assert any(problem in each for each in problems), problems
    assert all(each.startswith("tests/search.yaml:5:") for each in problems)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("version: 1\ncases: []\n", "2:1: 'cases' is empty"),
        ("version: 2\ncases: [{rule: a, name: b, expect: pass}]\n", "1:1: 'version' is 2"),
        ("version: 1\ncase: []\n", "2:1: unknown key 'case' (did you mean 'cases'?)"),
        ("version: 1\ncases: [\n", "YAML cannot be read"),
        ("", "is empty (a test file has version and cases)"),
        (
            "version: 1\ndefaults: {asof: x}\ncases: [{rule: search-replicas, name: b, expect: pass}]\n",
            "2:12: unknown key 'asof'",
        ),
        (
            "version: 1\ntemplates: {a: b}\ncases: [{rule: search-replicas, name: b, expect: pass}]\n",
            "2:13: the template 'a' must be a mapping",
        ),
    ],
)
def test_a_wrong_test_file_is_refused(bench, text, problem):
    bench.tests(text)

    problems = bench.problems()
    assert any(problem in each for each in problems), problems


def test_a_name_that_stands_twice_for_a_rule_is_refused(bench):
    bench.cases(CASE + CASE)

    assert bench.problems() == [
        "tests/search.yaml:6:29: a case of search-replicas has the name 'x' already (in line 5)"
    ]


def test_an_ambiguous_name_asks_for_a_longer_one(bench):
    bench.cases("""\
        - rule: search-replicas
          name: x
          resources: [{template: search}, {template: search, resourceGroup: rg-b}]
          expect: {docs: pass}
    """)

    (problem,) = bench.problems()
    assert "'docs' names 2 resources of the case" in problem


def test_all_errors_of_all_files_are_said_at_once(bench):
    bench.cases("""\
        - {rule: nope, name: a, resources: [{template: search}], expect: pass}
        - {rule: search-replicas, name: b, resources: [{template: nope}], expect: nope}
    """)
    bench.tests("version: 1\ncases: [{rule: nope, name: c, expect: pass}]\n", "other.yaml")
    bench.policy(
        "version: 1\nname: other\nrules: [{id: a, title: b, severity: hihg, resource: A.B/c, assert: {}}]\n",
        "other.yaml",
    )

    problems = bench.problems()

    assert any(problem.startswith("other.yaml:3:") for problem in problems)
    assert len(problems) >= 1
    bench.policy(
        OTHER,
        "other.yaml",
    )
    problems = bench.problems()
    assert len([problem for problem in problems if "there is no rule 'nope'" in problem]) == 2
    assert any("there is no template 'nope'" in problem for problem in problems)
    assert any("other.yaml" in problem for problem in problems)


def test_a_wrong_policy_does_not_hide_what_is_wrong_in_the_shape_of_a_test_file(bench):
    bench.policy("version: 1\nname: search\nrules: nope\n")
    bench.tests("version: 1\ncases: [{rule: search-replicas, nam: x, expect: pass}]\n")

    problems = bench.problems()

    assert any("'rules' must be a list" in problem for problem in problems)
    assert any("unknown key 'nam'" in problem for problem in problems)


def test_a_path_that_is_not_there_is_refused(bench):
    assert "there is no such policy file or folder" in bench.problems(bench.root / "nope.yaml")[0]


@pytest.mark.parametrize("path", [".", "search.yaml", "tests/search.yaml", "tests"])
def test_a_folder_a_policy_and_a_test_file_all_find_the_same_cases(bench, path):
    bench.cases(CASE)

    suite = bench.load(bench.root / path)

    assert [file.path for file in suite.policies] == [str(bench.root / "search.yaml")]
    assert [case.name for file in suite.files for case in file.cases] == ["x"]
    assert [rule.info.id for rule in suite.rules] == ["search-replicas"]


def test_a_test_file_without_a_policy_of_its_name_takes_its_rules_from_beside_the_folder(bench):
    bench.policy(
        OTHER,
        "o.yaml",
    )
    path = bench.cases(CASE, "all-together.yaml")

    suite = bench.load(path)

    assert [case.rule.info.id for file in suite.files for case in file.cases] == ["search-replicas"]
    assert [rule.info.id for rule in suite.rules] == ["search-replicas"]


def test_a_policy_file_without_tests_has_no_cases(bench):
    suite = bench.load(bench.root / "search.yaml")

    assert suite.files == ()
    assert [rule.info.id for rule in suite.rules] == ["search-replicas"]


def test_the_builtin_pack_is_the_default(bench):
    assert {file.path.partition("/")[0] for file in bench.load("builtin").files} == {"builtin"}


def test_rules_of_an_azure_policy_definition_can_be_tested(bench):
    bench.policy(
        """\
        {"properties": {"displayName": "no-keys", "policyRule": {
          "if": {"allOf": [{"field": "type", "equals": "Microsoft.Search/searchServices"},
                           {"field": "Microsoft.Search/searchServices/disableLocalAuth", "notEquals": true}]},
          "then": {"effect": "audit"}}}}
    """,
        "no-keys.json",
    )
    bench.tests(
        """\
        version: 1
        cases:
          - rule: no-keys
            name: keys
            resources: [{type: Microsoft.Search/searchServices, name: a, properties: {disableLocalAuth: false}}]
            expect: fail
          - rule: no-keys
            name: no keys
            resources: [{type: Microsoft.Search/searchServices, name: a, properties: {disableLocalAuth: true}}]
            expect: pass
    """,
        "no-keys.yaml",
    )
    from scanner.policy_tests.run import run_suite

    result = run_suite(bench.load(bench.root / "no-keys.json"))

    assert (result.passed, result.failed, result.good) == (2, 0, True)
