"""Turns findings and gaps into an exit code and a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.model.inventory import Gap
from scanner.model.result import Finding, Gate
from scanner.model.verdict import Disposition, Outcome, Severity

NEVER = "never"
FAIL_ON = (*(severity.value for severity in Severity), NEVER)


def decide(findings: Sequence[Finding], gaps: Sequence[Gap], fail_on: str, *, allow_gaps: bool) -> Gate:
    """Fail (1) on a new failure at or above `fail_on`; else be incomplete (3) on what could not be decided; else pass.

    No severity is at or above `never`: then only gaps can make a scan incomplete.
    """
    threshold = None if fail_on == NEVER else Severity(fail_on)
    counted = [
        finding
        for finding in findings
        if finding.verdict.outcome is not Outcome.PASS
        and finding.disposition is Disposition.NEW
        and threshold
        and finding.severity.at_least(threshold)
    ]
    failures = sum(finding.outcome is Outcome.FAIL for finding in counted)
    level = f"{fail_on} or above"
    if failures:
        return Gate(fail_on, 1, f"{_count(failures, 'new failure')} of severity {level}")
    undecided = sum(finding.outcome in {Outcome.UNKNOWN, Outcome.ERROR} for finding in counted)
    parts = [_count(len(gaps), "gap")] if gaps else []
    if undecided:
        parts.append(_count(undecided, "unknown or error finding"))
    if parts and not allow_gaps:
        return Gate(fail_on, 3, f"the scan is incomplete: {' and '.join(parts)}")
    reason = "no failure counts (--fail-on never)" if fail_on == NEVER else f"no new failure of severity {level}"
    if parts:
        reason += f"; {' and '.join(parts)} allowed"
    return Gate(fail_on, 0, reason)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
