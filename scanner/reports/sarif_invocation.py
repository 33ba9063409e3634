"""The scan as SARIF has it: whether it read and asked all that it should, and what it did not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from scanner.model.inventory import Gap
from scanner.model.result import ScanResult
from scanner.model.verdict import Outcome

NOTIFICATIONS = {
    "gap": "Something could not be read, so nothing is known about it.",
    "ruleCrash": "A rule crashed, so nothing is known about some resources.",
    "cut": "There are more results than the file holds.",
    "notEvaluated": "A rule was not evaluated, because what it asks for is not read from the input.",
    "note": "Something that somebody should know.",
}
"""The ids of the driver's notifications and what they say."""


def invocation(result: ScanResult, left_out: int) -> dict[str, Any]:
    """Give the scan as a SARIF invocation; `left_out` findings are not among the results.

    A gap and a crashed rule are errors, by which SARIF says that results may be missing, and the execution was not
    successful; they are warnings where the gate passed, since somebody allowed them.
    """
    scan, gate = result.scan, result.gate
    crashed = Counter(finding.rule.id for finding in result.findings if finding.outcome is Outcome.ERROR)
    indices = {rule.id: index for index, rule in enumerate(result.rules)}
    level = "warning" if gate.exit_code == 0 else "error"
    execution = [_gap(gap, level) for gap in result.gaps]
    execution += [
        _notification(
            "ruleCrash",
            level,
            f"{rule_id} crashed on {count} resource{'' if count == 1 else 's'}.",
            _rule(rule_id, indices),
        )
        for rule_id, count in sorted(crashed.items())
    ]
    if left_out:
        text = f"{left_out} more findings, the least severe, are not in this file, because GitHub refuses longer ones."
        execution.append(_notification("cut", "warning", text))
    return {
        "executionSuccessful": not ((result.gaps or crashed) and level == "error"),
        "startTimeUtc": scan.started_at,
        "endTimeUtc": scan.finished_at,
        "exitCode": gate.exit_code,
        "exitCodeDescription": gate.reason,
        "toolExecutionNotifications": execution,
        "toolConfigurationNotifications": [
            *(
                _notification("notEvaluated", "note", f"{item.rule_id}: {item.reason}", _rule(item.rule_id, indices))
                for item in scan.not_evaluated
            ),
            *(_notification("note", "note", note) for note in scan.notes),
        ],
        "properties": {"asOf": scan.as_of, "sources": scan.sources, "scopes": scan.scopes},
    }


def text_message(text: str) -> dict[str, str]:
    """Give a plain message; `](` would begin a link in SARIF's messages."""
    return {"text": text.replace("](", "\\](")}


def _notification(kind: str, level: str, text: str, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    index = list(NOTIFICATIONS).index(kind)
    return {"descriptor": {"id": kind, "index": index}, "level": level, "message": text_message(text), **(more or {})}


def _gap(gap: Gap, level: str) -> dict[str, Any]:
    detail = f": {gap.detail}" if gap.detail else ""
    more = {
        "locations": [{"logicalLocations": [{"fullyQualifiedName": gap.scope}]}],
        "properties": {"scope": gap.scope, "what": gap.what, "reason": gap.reason},
    }
    return _notification("gap", level, f"{gap.what} of {gap.scope} could not be read ({gap.reason}){detail}", more)


def _rule(rule_id: str, indices: Mapping[str, int]) -> dict[str, Any]:
    reference: dict[str, Any] = {"id": rule_id}
    if rule_id in indices:
        reference["index"] = indices[rule_id]
    return {"associatedRule": reference}
