"""JUnit XML: a suite per policy file, a case per rule and resource, and the gaps as a suite of their own.

Valid against both schemas in use: Jenkins' (junit-10.xsd of its xUnit plugin) and Apache Ant's (the one
that Azure DevOps names). Hence no attribute on `testsuites`, no `file` on a case, a timestamp (UTC) without
a zone, and the elements that Ant wants even where they are empty. docs/schemas/junit.xsd states what is
written here.
"""

# mypy: disallow-untyped-calls=False
# (junitparser says that it is typed, but half of its methods are not)

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from junitparser import Attr, Error, Failure, JUnitXml, Skipped, SystemErr, SystemOut, TestCase, TestSuite

from scanner.model.result import Finding, ScanResult
from scanner.model.verdict import Disposition, Outcome
from scanner.reports.text import one_line, visible
from scanner.reports.view import shown


class _Cases(NamedTuple):
    """A suite's name, its package (the policy file's path), its cases, and what it has to say besides."""

    name: str
    package: str
    cases: list[TestCase]
    output: str = ""


class _Suite(TestSuite):
    """A suite with the two attributes of Ant's schema that junitparser has no name for."""

    id = Attr()
    package = Attr()


def render(result: ScanResult) -> str:
    """Give the result as a JUnit XML document; it holds at least one case."""
    suites = [*_policy_suites(result), _gap_suite(result)]
    if not any(suite.cases for suite in suites):
        # Jenkins takes a file without any case for a mistake and fails the build.
        suites.append(_Cases("scan", "azgate", [_case("azgate", "nothing to report")]))
    document = JUnitXml()
    for number, cases in enumerate(suites):
        document.append(_suite(number, cases, result))
    text: str = document.tostring().decode()
    # Both replacements touch markup alone: `>` is escaped in text and in attributes. They break the one long
    # line, and level a difference between the two XML libraries that junitparser may work with.
    text = text.replace(" />", "/>").replace("><", ">\n<").replace("?>\n<", "?><", 1)
    _, _, body = text.rpartition("?>")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body.lstrip()}\n'


def _policy_suites(result: ScanResult) -> list[_Cases]:
    """Give every policy file a suite; a rule that belongs to none (there should be no such) still shows."""
    suites: list[_Cases] = []
    suite_of_rule: dict[str, list[TestCase]] = {}
    for policy in result.scan.policies:
        cases: list[TestCase] = []
        suites.append(_Cases(policy.name, policy.path, cases))
        for rule_id in policy.rules:
            suite_of_rule.setdefault(rule_id, cases)
    stray: list[TestCase] = []
    for finding in result.findings:
        suite_of_rule.get(finding.rule.id, stray).append(_finding_case(finding))
    for rule in result.scan.not_evaluated:
        case = _case(rule.rule_id, "not evaluated")
        case.append(_outcome(Skipped, "", f"not evaluated: {rule.reason}"))
        suite_of_rule.get(rule.rule_id, stray).append(case)
    if stray:
        suites.append(_Cases("other rules", "azgate", stray))
    return suites


def _gap_suite(result: ScanResult) -> _Cases:
    cases = []
    for gap in result.gaps:
        case = _case(gap.what, gap.scope)
        message = gap.detail or f"{gap.what} could not be read: {gap.reason}"
        case.append(_outcome(Error, gap.reason, message, f"{gap.what}\n{gap.scope}"))
        cases.append(case)
    return _Cases("gaps", "azgate", cases, "\n".join(result.scan.notes))


def _suite(number: int, content: _Cases, result: ScanResult) -> TestSuite:
    suite = _Suite(one_line(content.name) or "policy")
    suite.id = str(number)
    suite.package = one_line(content.package)
    suite.hostname = "localhost"  # Ant's schema wants it, and its word for a host that does not matter
    suite.timestamp = result.scan.started_at[:19]
    suite.add_property("tool", f"azgate {one_line(result.tool_version)}")
    suite.add_property("asOf", one_line(result.scan.as_of))
    suite.add_property("gate", one_line(result.gate.reason))
    suite.add_testcases(content.cases)
    suite.time = 0
    suite.append(SystemOut(visible(content.output) or None))
    suite.append(SystemErr())
    return suite


def _case(classname: str, name: str) -> TestCase:
    case = TestCase(one_line(name) or "(no name)", one_line(classname) or "(no name)")
    case.time = 0
    return case


def _finding_case(finding: Finding) -> TestCase:
    case = _case(finding.rule.id, finding.resource.id)
    if finding.outcome is Outcome.PASS:
        return case
    message = finding.message or finding.rule.title
    if finding.disposition is not Disposition.NEW:
        case.append(_outcome(Skipped, "", f"{_answer(finding)}: {message}", _body(finding)))
    elif finding.outcome is Outcome.FAIL:
        case.append(_outcome(Failure, finding.severity, message, _body(finding)))
    else:
        case.append(_outcome(Error, finding.outcome, message, _body(finding)))
    return case


def _answer(finding: Finding) -> str:
    """Say who answered for a finding, why and until when."""
    waiver = finding.exemption
    if waiver is None:
        return f"{finding.disposition} {finding.outcome}, known when the baseline was written"
    reason = waiver.reason.rstrip(". ")
    return f"exempted {finding.outcome}, by {waiver.owner} until {waiver.expires} ({reason})"


def _outcome(kind: type[Any], type_: str, message: str, body: str = "") -> Any:
    """Make the child of a case; `skipped` has no type in Ant's schema, and none here."""
    result = kind(one_line(message) or type_, type_)
    result.text = visible(body) or None
    return result


def _body(finding: Finding) -> str:
    resource, rule = finding.resource, finding.rule
    return "\n".join(
        [
            finding.message or rule.title,
            *_indented("evidence", _evidence(finding)),
            *_indented("what to do", rule.remediation.splitlines()),
            *_indented("references", rule.references),
            *_indented("origin", [_origin(finding)] if resource.file else []),
        ]
    )


def _evidence(finding: Finding) -> list[str]:
    return [f"{e.path}: {shown(e.actual)} (expected: {e.expected})" for e in finding.evidence]


def _origin(finding: Finding) -> str:
    resource = finding.resource
    places = [str(resource.file), *([str(resource.line)] if resource.line else [])]
    return ":".join(places) + (f" ({resource.pointer})" if resource.pointer else "")


def _indented(heading: str, lines: Iterable[str]) -> list[str]:
    rows = [f"  {line}".rstrip() for line in lines]
    return ["", f"{heading}:", *rows] if rows else []
