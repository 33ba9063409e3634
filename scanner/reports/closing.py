"""What an exit code means and what to do about it, in words."""

from __future__ import annotations

from scanner.model.result import Gate, ScanResult
from scanner.model.verdict import Outcome


def closing(result: ScanResult) -> str:
    """Explain the gate's exit code in a sentence or two, without markup."""
    gate = result.gate
    if gate.exit_code == 1:
        also = " The scan is incomplete as well: that alone is exit code 3." if _incomplete(result) else ""
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
    outcomes = result.summary.outcomes
    return bool(result.gaps or outcomes[Outcome.UNKNOWN] or outcomes[Outcome.ERROR])
