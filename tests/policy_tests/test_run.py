"""Cases run as a scan does, and what differs from the expectation is said in full."""

from __future__ import annotations

import pytest

from scanner.policy_tests.console import difference, render
from scanner.policy_tests.run import run_case, run_suite


def only_result(bench, text):
    """Run the one case of a test file."""
    bench.cases(text)
    (file,) = bench.load().files
    (case,) = file.cases
    return run_case(case)


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("{template: search}", "pass"),
        ("{template: search, properties: {replicaCount: 2}}", "pass"),
        ("{template: search, properties: {replicaCount: 3}}", "fail"),
        ("{template: search, properties: {replicaCount: null}}", "unknown"),
        ("{template: search, properties: {replicaCount: (known after deployment)}}", "unknown"),
        ("{template: search, sku: {name: free}, properties: {replicaCount: 9}}", "notApplicable"),
    ],
)
def test_each_outcome_can_be_expected_and_no_other_meets_the_case(bench, resource, expected):
    for wanted in ("pass", "fail", "unknown", "error", "notApplicable", "notEvaluated"):
        result = only_result(
            bench, f"- {{rule: search-replicas, name: a case, resources: [{resource}], expect: {wanted}}}"
        )

        assert result.met == (wanted == expected)


def test_parameters_of_a_case_change_the_rule_for_that_case_alone(bench):
    bench.cases("""\
        - rule: search-replicas
          name: more allowed
          parameters: {maxReplicas: 5}
          resources: [{template: search, properties: {replicaCount: 5}}]
          expect: pass
        - rule: search-replicas
          name: as the policy says
          resources: [{template: search, properties: {replicaCount: 5}}]
          expect: fail
    """)

    result = run_suite(bench.load())

    assert (result.passed, result.failed) == (2, 0)


def test_a_mapping_expects_by_name_and_an_unnamed_failure_is_not_overlooked(bench):
    result = only_result(
        bench,
        """\
        - rule: search-replicas
          name: two services
          resources:
            - {template: search}
            - {template: search, name: big, properties: {replicaCount: 9}}
            - {template: search, name: small}
          expect: {docs: pass}
    """,
    )

    (mismatch,) = result.mismatches
    assert mismatch.resource.endswith("/searchServices/big")
    assert mismatch.actual == "fail"
    assert "does not name it" in mismatch.expected


def test_a_message_is_compared_as_a_pattern(bench):
    case = """\
        - rule: search-replicas
          name: too many
          resources: [{{template: search, properties: {{replicaCount: 3}}}}]
          expect: fail
          message: "{}"
    """

    assert only_result(bench, case.format("PROPERTIES.replicaCount is 3*")).met
    assert not only_result(bench, case.format("*is 4*")).met


def test_a_severity_is_compared(bench):
    case = """\
        - rule: search-replicas
          name: too many
          resources: [{{template: search, properties: {{replicaCount: 3}}}}]
          expect: fail
          severity: {}
    """

    assert only_result(bench, case.format("high")).met
    assert only_result(bench, case.format("low")).mismatches[0].actual == "severity high"


def test_a_rule_without_pass_or_fail_case_is_listed_and_fails_the_run(bench):
    bench.cases("- {rule: search-replicas, name: small, resources: [{template: search}], expect: pass}")

    result = run_suite(bench.load())

    assert result.no_fail == ("search-replicas",)
    assert result.no_pass == ()
    assert not result.good
    assert "FAILED: no failing case for search-replicas" in render(result)


def test_a_rule_without_unknown_case_is_only_mentioned(bench):
    bench.cases("""\
        - {rule: search-replicas, name: small, resources: [{template: search}], expect: pass}
        - rule: search-replicas
          name: big
          resources: [{template: search, properties: {replicaCount: 3}}]
          expect: fail
    """)

    result = run_suite(bench.load())

    assert result.good
    assert result.no_unknown == ("search-replicas",)
    assert "no unknown case for search-replicas" in render(result)
    assert render(result).endswith("2 passed, 0 failed\n")


def test_a_failure_says_what_was_expected_found_and_looked_at_and_where_the_case_stands(bench):
    result = only_result(
        bench,
        """\
        - rule: search-replicas
          name: too many
          resources: [{template: search, properties: {replicaCount: 3}}]
          expect: pass
    """,
    )

    text = "\n".join(difference(result))
    assert "expected  pass" in text
    assert "actual    fail" in text
    assert "message   properties.replicaCount is 3; it must be at most 2" in text
    assert "evidence  properties.replicaCount: 3 (expected: at most 2)" in text
    assert text.endswith("tests/search.yaml:5")


def test_a_crashing_rule_is_an_error_that_a_case_can_expect(bench, monkeypatch):
    from scanner.evaluation import evaluate as module

    def crash(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(module, "_explained", crash)
    result = only_result(
        bench,
        """\
        - rule: search-replicas
          name: crash
          resources: [{template: search, properties: {replicaCount: 3}}]
          expect: error
          message: "*ZeroDivisionError*"
    """,
    )

    assert result.met


def test_the_order_of_cases_is_the_files_and_colour_is_only_for_terminals(bench):
    bench.cases("""\
        - {rule: search-replicas, name: second, resources: [{template: search}], expect: pass}
        - {rule: search-replicas, name: first, resources: [{template: search}], expect: fail}
    """)
    result = run_suite(bench.load())

    plain, coloured = render(result), render(result, color=True)
    assert "\033" not in plain
    assert "\033[31mFAILED\033[0m" in coloured
    assert plain.index("second") < plain.index("first")
