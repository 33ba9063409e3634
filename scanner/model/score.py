"""The compliance score: one number for a result, and how it is made."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.model.result import Finding
from scanner.model.verdict import Disposition, Outcome, Severity

WEIGHTS = {
    Severity.CRITICAL: 10,
    Severity.HIGH: 5,
    Severity.MEDIUM: 3,
    Severity.LOW: 1,
    Severity.INFO: 1,
}
DEFINITION = (
    "The share of verdicts that pass, each weighted by its rule's severity (critical 10, high 5, medium 3, low and "
    "info 1), rounded down. Unknown verdicts and errors count as not passed, baselined failures as failures; exempted "
    "ones are left out. Rules that were not evaluated do not count, and neither do gaps."
)


def score(findings: Iterable[Finding]) -> int | None:
    """Give the score, 0 to 100; None where there is nothing to count. 100 only where everything passes."""
    passed = total = 0
    for finding in findings:
        if finding.outcome is not Outcome.PASS and finding.disposition is Disposition.EXEMPTED:
            continue
        weight = WEIGHTS[finding.rule.severity]
        total += weight
        passed += weight if finding.outcome is Outcome.PASS else 0
    return 100 * passed // total if total else None
