"""JUnit XML: a suite per policy file, a case per rule and resource, and the gaps as a suite of their own.

docs/schemas/junit.xsd states what is written here.
"""

# mypy: disallow-untyped-calls=False
# (junitparser says that it is typed, but half of its methods are not)

from __future__ import annotations

from collections.abc import Iterable

from junitparser import Error, Failure, Skipped, TestCase

from scanner.model.result import Finding, ScanResult
from scanner.model.verdict import Disposition, Outcome
from scanner.reports.by_resource import source_place
from scanner.reports.junit_document import Cases, child, document, new_case
from scanner.reports.view import shown


def render(result: ScanResult) -> str:
    """Give the result as a JUnit XML document; it holds at least one case."""
    suites = [*_policy_suites(result), _gap_suite(result)]
    if not any(suite.cases for suite in suites):
        # Jenkins takes a file without any case for a mistake and fails the build.
        suites.append(Cases("scan", "azgate", [new_case("azgate", "nothing to report")]))
    properties = {
        "tool": f"azgate {result.tool_version}",
        "asOf": result.scan.as_of,
        "gate": result.gate.reason,
    }
    return document(suites, result.scan.started_at, properties)


def _policy_suites(result: ScanResult) -> list[Cases]:
    """Give every policy file a suite; a rule that belongs to none (there should be no such) still shows."""
    suites: list[Cases] = []
    suite_of_rule: dict[str, list[TestCase]] = {}
    for policy in result.scan.policies:
        cases: list[TestCase] = []
        suites.append(Cases(policy.name, policy.path, cases))
        for rule_id in policy.rules:
            suite_of_rule.setdefault(rule_id, cases)
    stray: list[TestCase] = []
    for finding in result.findings:
        suite_of_rule.get(finding.rule.id, stray).append(_finding_case(finding))
    for rule in result.scan.not_evaluated:
        case = new_case(rule.rule_id, "not evaluated")
        case.append(child(Skipped, "", f"not evaluated: {rule.reason}"))
        suite_of_rule.get(rule.rule_id, stray).append(case)
    if stray:
        suites.append(Cases("other rules", "azgate", stray))
    return suites


def _gap_suite(result: ScanResult) -> Cases:
    cases = []
    for gap in result.gaps:
        case = new_case(gap.what, gap.scope)
        message = gap.detail or f"{gap.what} could not be read: {gap.reason}"
        case.append(child(Error, gap.reason, message, f"{gap.what}\n{gap.scope}"))
        cases.append(case)
    return Cases("gaps", "azgate", cases, "\n".join(result.scan.notes))


def _finding_case(finding: Finding) -> TestCase:
    case = new_case(finding.rule.id, finding.resource.id)
    if finding.outcome is Outcome.PASS:
        return case
    message = finding.message or finding.rule.title
    if finding.disposition is not Disposition.NEW:
        case.append(child(Skipped, "", f"{_answer(finding)}: {message}", _body(finding)))
    elif finding.outcome is Outcome.FAIL:
        case.append(child(Failure, finding.severity, message, _body(finding)))
    else:
        case.append(child(Error, finding.outcome, message, _body(finding)))
    return case


def _answer(finding: Finding) -> str:
    """Say who answered for a finding, why and until when."""
    waiver = finding.exemption
    if waiver is None:
        return f"{finding.disposition} {finding.outcome}, known when the baseline was written"
    reason = waiver.reason.rstrip(". ")
    return f"exempted {finding.outcome}, by {waiver.owner} until {waiver.expires} ({reason})"


def _body(finding: Finding) -> str:
    resource, rule = finding.resource, finding.rule
    return "\n".join(
        [
            finding.message or rule.title,
            *_indented("evidence", _evidence(finding)),
            *_indented("what to do", rule.remediation.splitlines()),
            *_indented("references", rule.references),
            *_indented("origin", [text for text in (_origin(finding), resource.address) if text]),
        ]
    )


def _evidence(finding: Finding) -> list[str]:
    return [f"{e.path}: {shown(e.actual)} (expected: {e.expected})" for e in finding.evidence]


def _origin(finding: Finding) -> str:
    place = source_place(finding.resource)
    return f"{place} ({finding.resource.pointer})" if place and finding.resource.pointer else place


def _indented(heading: str, lines: Iterable[str]) -> list[str]:
    rows = [f"  {line}".rstrip() for line in lines]
    return ["", f"{heading}:", *rows] if rows else []
