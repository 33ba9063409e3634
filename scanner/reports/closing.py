"""What an exit code means and what to do about it, in words."""

from __future__ import annotations

from scanner.model.result import Gate, ScanResult
from scanner.model.verdict import Disposition, Outcome, Severity

_UNDECIDED = frozenset({Outcome.UNKNOWN, Outcome.ERROR})


def closing(result: ScanResult) -> str:
    """Explain the gate's exit code in a sentence or two, without markup."""
    gate = result.gate
    if gate.exit_code == 1:
        also = (
            " The scan is incomplete as well, which alone is exit code 3, or 0 with --allow-gaps."
            if _incomplete(result)
            else ""
        )
        return (
            f"Exit code 1: the gate failed. Every new failure {_counted(gate)} has to be fixed, exempted "
            f"(--exemptions) or known (--baseline).{also}"
        )
    if gate.exit_code == 3:
        return (
            f"Exit code 3: no new failure {_counted(gate)}, but the scan is incomplete, and what could not be read or "
            "decided may fail. Make it readable, or accept the rest with --allow-gaps."
        )
    return "Exit code 0: the gate passed."


def _counted(gate: Gate) -> str:
    return "counts" if gate.fail_on == "never" else f"of severity {gate.fail_on} or above"


def _incomplete(result: ScanResult) -> bool:
    """Say whether something kept the gate from knowing: a gap, or what is undecided at a severity that counts."""
    threshold = next((severity for severity in Severity if severity == result.gate.fail_on), None)
    undecided = (
        finding
        for finding in result.findings
        if finding.outcome in _UNDECIDED and finding.disposition is Disposition.NEW
    )
    return bool(result.gaps) or any(threshold and finding.severity.at_least(threshold) for finding in undecided)
