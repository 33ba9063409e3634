"""JUnit XML: a suite per policy file, a case per rule and resource, and the gaps as a suite of their own.

docs/schemas/junit.xsd states what is written here.
"""

from __future__ import annotations

from collections.abc import Iterable

from scanner.model.result import Finding, ResourceInfo, RuleInfo, ScanResult
from scanner.model.verdict import Disposition, Outcome, Verdict
from scanner.reports.by_resource import source_place
from scanner.reports.junit_document import Cases, document, text_of
from scanner.reports.once import OncePerObject, OncePerVerdict
from scanner.reports.view import evidence_lines


def render(result: ScanResult) -> str:
    """Give the result as a JUnit XML document; it holds at least one case."""
    suites = [*_policy_suites(result), _gap_suite(result)]
    if not any(suite.pieces for suite in suites):
        # Jenkins takes a file without any case for a mistake and fails the build.
        suites.append(Cases("scan", "azgate"))
        suites[-1].passed("azgate", "nothing to report")
    properties = {
        "tool": f"azgate {result.tool_version}",
        "asOf": result.scan.as_of,
        "gate": result.gate.reason,
    }
    return document(suites, result.scan.started_at, properties)


def _policy_suites(result: ScanResult) -> list[Cases]:
    """Give every policy file a suite; a rule that belongs to none (there should be no such) still shows."""
    suites: list[Cases] = []
    suite_of_rule: dict[str, Cases] = {}
    for policy in result.scan.policies:
        suites.append(Cases(policy.name, policy.path))
        for rule_id in policy.rules:
            suite_of_rule.setdefault(rule_id, suites[-1])
    stray = Cases("other rules", "azgate")
    bodies = _Bodies()
    for finding in result.findings:
        suite = suite_of_rule.get(finding.rule.id, stray)
        if finding.verdict.outcome is Outcome.PASS:
            suite.passed(finding.rule.id, finding.resource.id)
        else:
            _add(suite, finding, bodies.of(finding))
    for rule in result.scan.not_evaluated:
        suite = suite_of_rule.get(rule.rule_id, stray)
        suite.add(rule.rule_id, "not evaluated", "skipped", "", f"not evaluated: {rule.reason}")
    return [*suites, stray] if stray.pieces else suites


def _gap_suite(result: ScanResult) -> Cases:
    cases = Cases("gaps", "azgate", "\n".join(result.scan.notes))
    for gap in result.gaps:
        message = gap.detail or f"{gap.what} could not be read: {gap.reason}"
        cases.add(gap.what, gap.scope, "error", gap.reason, message, text_of(f"{gap.what}\n{gap.scope}"))
    return cases


def _add(suite: Cases, finding: Finding, body: str) -> None:
    """Add a finding that is no pass."""
    rule_id, resource_id = finding.rule.id, finding.resource.id
    message = finding.message or finding.rule.title
    if finding.disposition is not Disposition.NEW:
        suite.add(rule_id, resource_id, "skipped", "", f"{_answer(finding)}: {message}", body)
    elif finding.outcome is Outcome.FAIL:
        suite.add(rule_id, resource_id, "failure", finding.severity, message, body)
    else:
        suite.add(rule_id, resource_id, "error", finding.outcome, message, body)


def _answer(finding: Finding) -> str:
    """Say who answered for a finding, why and until when."""
    waiver = finding.exemption
    if waiver is None:
        return f"{finding.disposition} {finding.outcome}, known when the baseline was written"
    reason = waiver.reason.rstrip(". ")
    return f"exempted {finding.outcome}, by {waiver.owner} until {waiver.expires} ({reason})"


class _Bodies:
    """Writes what a finding says at length as text of XML, from parts that findings share."""

    def __init__(self) -> None:
        self._evidence, self._remedy = OncePerVerdict(_evidence), OncePerObject(_remedy)
        self._origin = OncePerObject(_origin)

    def of(self, finding: Finding) -> str:
        message = finding.message or finding.rule.title
        parts = (self._evidence(finding.verdict), self._remedy(finding.rule), self._origin(finding.resource))
        more = "\n".join(filter(None, parts))
        return text_of(f"{message}\n") + more if more else text_of(message)


def _evidence(verdict: Verdict) -> str:
    return _block("evidence", evidence_lines(verdict))


def _remedy(rule: RuleInfo) -> str:
    parts = (_block("what to do", rule.remediation.splitlines()), _block("references", rule.references))
    return "\n".join(filter(None, parts))


def _origin(resource: ResourceInfo) -> str:
    place = source_place(resource)
    where = f"{place} ({resource.pointer})" if place and resource.pointer else place
    return _block("origin", [text for text in (where, resource.address) if text])


def _block(heading: str, lines: Iterable[str]) -> str:
    rows = [f"  {line}".rstrip() for line in lines]
    return text_of("\n".join(["", f"{heading}:", *rows])) if rows else ""
