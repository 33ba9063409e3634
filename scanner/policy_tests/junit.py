"""Results of policy tests as JUnit XML: a suite per test file, a case per case, and one for rules without cases."""

# mypy: disallow-untyped-calls=False
# (junitparser says that it is typed, but half of its methods are not)

from __future__ import annotations

from datetime import UTC, datetime

from junitparser import Failure, TestCase

from scanner.policy_tests.console import difference
from scanner.policy_tests.run import CaseResult, SuiteResult
from scanner.reports.junit_document import Cases, child, document, new_case
from scanner.version import VERSION


def render(result: SuiteResult, now: datetime) -> str:
    """Give the document; it holds at least one case."""
    suites = [Cases(file.path, file.path, [_case(case) for case in file.cases]) for file in result.files]
    suites.append(Cases("rules", "azgate", _rules(result)))
    return document(suites, now.astimezone(UTC).isoformat(), {"tool": f"azgate {VERSION}"})


def _case(result: CaseResult) -> TestCase:
    case = new_case(result.case.rule.info.id, result.case.name)
    if not result.met:
        first = result.mismatches[0]
        message = f"expected {first.expected}, got {first.actual}"
        case.append(child(Failure, "expectation", message, "\n".join(difference(result))))
    return case


def _rules(result: SuiteResult) -> list[TestCase]:
    """Give a failing case for each kind of case that a rule lacks, or one passing case."""
    cases: list[TestCase] = []
    for word, rules in (("pass", result.no_pass), ("fail", result.no_fail)):
        for rule in rules:
            case = new_case(rule, f"has a case that expects {word}")
            case.append(child(Failure, "coverage", f"no case of {rule} expects {word}"))
            cases.append(case)
    return cases or [new_case("azgate", f"each of {result.rules} rules has a case that passes and one that fails")]
