"""Results of policy tests as JUnit XML: a suite per test file, a case per case, and one for rules without cases."""

from __future__ import annotations

from datetime import UTC, datetime

from scanner.policy_tests.console import difference
from scanner.policy_tests.run import CaseResult, FileResult, SuiteResult
from scanner.reports.junit_document import Cases, document, text_of
from scanner.version import VERSION


def render(result: SuiteResult, now: datetime) -> str:
    """Give the document; it holds at least one case."""
    suites = [*map(_cases, result.files), _rules(result)]
    return document(suites, now.astimezone(UTC).isoformat(), {"tool": f"azgate {VERSION}"})


def _cases(file: FileResult) -> Cases:
    cases = Cases(file.path, file.path)
    for case in file.cases:
        _add(cases, case)
    return cases


def _add(cases: Cases, result: CaseResult) -> None:
    classname, name = result.case.rule.info.id, result.case.name
    if result.met:
        cases.passed(classname, name)
        return
    first = result.mismatches[0]
    message = f"expected {first.expected}, got {first.actual}"
    cases.add(classname, name, "failure", "expectation", message, text_of("\n".join(difference(result))))


def _rules(result: SuiteResult) -> Cases:
    """Give a failing case for each kind of case that a rule lacks, or one passing case."""
    cases = Cases("rules", "azgate")
    for word, rules in (("pass", result.no_pass), ("fail", result.no_fail)):
        for rule in rules:
            message = f"no case of {rule} expects {word}"
            cases.add(rule, f"has a case that expects {word}", "failure", "coverage", message)
    if not cases.pieces:
        cases.passed("azgate", f"each of {result.rules} rules has a case that passes and one that fails")
    return cases
