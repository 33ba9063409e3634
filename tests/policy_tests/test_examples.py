"""Examples for `policy explain`, out of test cases."""

from __future__ import annotations

from scanner.policy_tests.examples import example
from scanner.policy_tests.language import Expected


def cases_of(bench, text):
    bench.cases(text)
    return [case for file in bench.load().files for case in file.cases]


def test_the_first_case_about_one_resource_is_the_example(bench):
    cases = cases_of(
        bench,
        """\
        - rule: search-replicas
          name: two at once
          resources: [{template: search}, {template: search, name: b}]
          expect: pass
        - {rule: search-replicas, name: one, resources: [{template: search, tags: {a: b}}], expect: pass}
    """,
    )

    found = example(cases, "search-replicas", Expected.PASS)

    assert found is not None
    assert (found.name, found.message) == ("one", "")
    assert list(found.resource)[:4] == ["id", "type", "name", "tags"]
    assert example(cases, "search-replicas", Expected.FAIL) is None
    assert example(cases, "other", Expected.PASS) is None


def test_a_failing_example_has_the_rules_message_and_shows_what_is_known_later(bench):
    cases = cases_of(
        bench,
        """\
        - rule: search-replicas
          name: big
          resources: [{template: search, zones: ["(known after deployment)"], properties: {replicaCount: 3}}]
          expect: fail
    """,
    )

    found = example(cases, "search-replicas", Expected.FAIL)

    assert found is not None
    assert found.message == "properties.replicaCount is 3; it must be at most 2"
    assert found.resource["zones"] == ["(known after deployment)"]
