"""Results of policy tests as JUnit XML."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import xmlschema
from junitparser import JUnitXml

from scanner.policy_tests.junit import render
from scanner.policy_tests.run import run_suite

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def test_a_document_has_a_suite_per_file_and_names_what_rules_lack(bench):
    bench.cases("""\
        - {rule: search-replicas, name: small, resources: [{template: search}], expect: pass}
        - {rule: search-replicas, name: wrong "<&>", resources: [{template: search}], expect: unknown}
    """)

    text = render(run_suite(bench.load()), NOW)

    xmlschema.XMLSchema(str(ROOT / "docs" / "schemas" / "junit.xsd")).validate(text)
    cases, rules = JUnitXml.fromstring(text.encode())
    assert cases.name == str(bench.root / "tests" / "search.yaml")
    assert [(case.classname, case.name) for case in cases] == [
        ("search-replicas", "small"),
        ("search-replicas", 'wrong "<&>"'),
    ]
    (failure,) = list(cases)[1].result
    assert failure.message == "expected unknown, got pass"
    assert "expected  unknown" in failure.text
    assert [(case.classname, case.name) for case in rules] == [("search-replicas", "has a case that expects fail")]


def test_a_document_without_any_case_is_valid_too(bench):
    text = render(run_suite(bench.load(), frozenset()), NOW)

    xmlschema.XMLSchema(str(ROOT / "docs" / "schemas" / "junit.xsd")).validate(text)
    assert sum(suite.tests for suite in JUnitXml.fromstring(text.encode())) == 1
