"""CSV (RFC 4180) for spreadsheets: a row for each finding, each gap, each rule that was not evaluated and each note.

The text begins with a byte order mark, because Excel takes a CSV file without one for the machine's old code page and
spoils every name that is not ASCII; what else reads CSV knows the mark (Python calls it `utf-8-sig`). JSON Lines is the
format for programs.

A cell that a spreadsheet would take for a formula, because it begins with `=`, `+`, `-`, `@` (or their full-width
forms), a tab or a carriage return, gets an apostrophe before it (OWASP, "CSV Injection"). A cell is one line of at most
32,767 characters, which is what Excel's cells hold; a longer one ends in an ellipsis.

Of a passing finding only rule and resource are known, as in the JSON result.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

from scanner.model.inventory import Gap
from scanner.model.result import Finding, NotEvaluated, RuleInfo, ScanResult
from scanner.model.verdict import Outcome
from scanner.reports.text import one_line
from scanner.reports.view import NO_OWNER, cleaned, owner, place, shown

COLUMNS = (
    "kind",
    "outcome",
    "disposition",
    "severity",
    "ruleId",
    "title",
    "phase",
    "maturity",
    "policy",
    "resourceId",
    "type",
    "name",
    "resourceGroup",
    "subscriptionId",
    "location",
    "owner",
    "effectiveTags",
    "file",
    "line",
    "address",
    "message",
    "evidence",
    "remediation",
    "exemptionReason",
    "exemptionOwner",
    "exemptionExpires",
    "fingerprint",
)
_MOST = 32_767
_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def render(result: ScanResult) -> str:
    """Give the result as CSV; `kind` is `finding`, `gap`, `notEvaluated` or `note`."""
    rules = {rule.id: rule for rule in result.rules}
    text = io.StringIO()
    text.write("\ufeff")
    writer = csv.DictWriter(text, COLUMNS, restval="", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writeheader()
    for row in _rows(result, rules):
        writer.writerow({column: _cell(value) for column, value in row.items()})
    return text.getvalue()


def _rows(result: ScanResult, rules: dict[str, RuleInfo]) -> Iterator[dict[str, str]]:
    yield from (_finding(finding) for finding in result.findings)
    yield from (_gap(gap) for gap in result.gaps)
    yield from (_not_evaluated(item, rules.get(item.rule_id)) for item in result.scan.not_evaluated)
    yield from ({"kind": "note", "message": note} for note in result.scan.notes)


def _cell(value: str) -> str:
    text = one_line(value)
    if text.startswith(_FORMULA):
        text = f"'{text}"
    return text if len(text) <= _MOST else f"{text[: _MOST - 1]}…"


def _finding(finding: Finding) -> dict[str, str]:
    resource, where = finding.resource, place(finding.resource)
    row = {
        "kind": "finding",
        "outcome": finding.outcome,
        "disposition": finding.disposition,
        **_rule(finding.rule),
        "severity": finding.severity,
        "resourceId": resource.id,
        "type": resource.type,
        "name": resource.name,
        "resourceGroup": where.group,
        "subscriptionId": where.subscription,
        "fingerprint": finding.fingerprint,
    }
    return row if finding.outcome is Outcome.PASS else row | _details(finding)


def _details(finding: Finding) -> dict[str, str]:
    """Give what a pass has none of."""
    resource, waiver = finding.resource, finding.exemption
    whose = owner(resource)
    row = {
        "location": resource.location,
        "owner": "" if whose == NO_OWNER else whose,
        "effectiveTags": json.dumps(cleaned(resource.effective_tags), ensure_ascii=False),
        "file": resource.file or "",
        "line": str(resource.line or ""),
        "address": resource.address,
        "message": finding.message,
        "evidence": "; ".join(f"{e.path}: {shown(e.actual)} (expected: {e.expected})" for e in finding.evidence),
        "remediation": finding.rule.remediation,
    }
    if waiver:
        row |= {
            "exemptionReason": waiver.reason,
            "exemptionOwner": waiver.owner,
            "exemptionExpires": waiver.expires,
        }
    return row


def _rule(rule: RuleInfo) -> dict[str, str]:
    return {
        "ruleId": rule.id,
        "title": rule.title,
        "severity": rule.severity,
        "phase": rule.phase,
        "maturity": rule.maturity,
        "policy": rule.policy,
    }


def _gap(gap: Gap) -> dict[str, str]:
    return {"kind": "gap", "outcome": gap.reason, "resourceId": gap.scope, "type": gap.what, "message": gap.detail}


def _not_evaluated(item: NotEvaluated, rule: RuleInfo | None) -> dict[str, str]:
    known = _rule(rule) if rule else {"ruleId": item.rule_id}
    return {"kind": "notEvaluated", **known, "message": item.reason}
