"""The JSON result, schemaVersion "1" (docs/schemas/result.schema.json): complete, and read back by `saved`.

It is written by hand because the standard encoder leaves its fast path as soon as it indents, and holds the
whole document twice: a hundred thousand findings take a third less time and memory so. The text is the same.
"""

from __future__ import annotations

from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

from scanner.model.inventory import Gap
from scanner.model.result import SCHEMA_VERSION, Finding, ResourceInfo, RuleInfo, ScanResult, Summary
from scanner.model.verdict import Outcome
from scanner.reports.text import escape_unsafe
from scanner.reports.view import cleaned

_ARRAYS = frozenset({list, tuple, map})


def render(result: ScanResult) -> str:
    """Give the result as indented JSON; passes are compact."""
    # One finding at a time: they are most of the document.
    document = scan_json(result) | {
        "findings": map(finding_json, result.findings),
        "gaps": [gap_json(gap) for gap in result.gaps],
    }
    return pretty(document) + "\n"


def scan_json(result: ScanResult) -> dict[str, Any]:
    """Give everything of the JSON result but its findings and its gaps."""
    scan, gate = result.scan, result.gate
    return {
        "schemaVersion": SCHEMA_VERSION,
        "tool": {"name": "azgate", "version": result.tool_version},
        "scan": {
            "startedAt": scan.started_at,
            "finishedAt": scan.finished_at,
            "asOf": scan.as_of,
            "sources": scan.sources,
            "scopes": scan.scopes,
            "policies": [{"name": p.name, "path": p.path, "rules": p.rules} for p in scan.policies],
            "parameters": scan.parameters,
            "notEvaluated": [{"ruleId": n.rule_id, "reason": n.reason} for n in scan.not_evaluated],
            "notes": scan.notes,
        }
        | ({"changedOnly": True} if scan.changed_only else {}),
        "summary": summary_json(result.summary),
        "gate": {"failOn": gate.fail_on, "exitCode": gate.exit_code, "reason": gate.reason},
        "rules": [_rule(rule) for rule in result.rules],
    }


def summary_json(summary: Summary) -> dict[str, Any]:
    """Give the numbers as the JSON result has them."""
    return {
        "resources": summary.resources,
        "rules": summary.rules,
        "outcomes": summary.outcomes,
        "dispositions": summary.dispositions,
        "failuresBySeverity": summary.failures_by_severity,
        "gaps": summary.gaps,
    }


def _rule(rule: RuleInfo) -> dict[str, Any]:
    return {
        "ruleId": rule.id,
        "title": rule.title,
        "severity": rule.severity,
        "phase": rule.phase,
        "maturity": rule.maturity,
        "policy": rule.policy,
        "rationale": rule.rationale,
        "remediation": rule.remediation,
        "references": rule.references,
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    """Give a finding as the JSON result has it; evidence is what it was, JSON or not."""
    rule, resource = finding.rule, finding.resource
    head: dict[str, Any] = {
        "ruleId": rule.id,
        "title": rule.title,
        "severity": finding.severity,
        "phase": rule.phase,
        "maturity": rule.maturity,
        "outcome": finding.outcome,
        "disposition": finding.disposition,
    }
    if finding.outcome is Outcome.PASS:
        head["resource"] = {"id": resource.id, "type": resource.type, "name": resource.name}
        head["fingerprint"] = finding.fingerprint
        return head
    head["message"] = finding.message
    head["evidence"] = evidence_json(finding)
    head["resource"] = _resource(resource)
    head["remediation"] = rule.remediation
    head["references"] = rule.references
    head["fingerprint"] = finding.fingerprint
    if waiver := finding.exemption:
        head["exemption"] = {
            "reason": waiver.reason,
            "owner": waiver.owner,
            "expires": waiver.expires,
            "scope": waiver.scope,
        }
    return head


def evidence_json(finding: Finding) -> list[dict[str, Any]]:
    """Give what a finding rests on as the JSON result has it."""
    return [{"path": e.path, "actual": e.actual, "expected": e.expected} for e in finding.evidence]


def _resource(resource: ResourceInfo) -> dict[str, Any]:
    return {
        "id": resource.id,
        "type": resource.type,
        "name": resource.name,
        "location": resource.location,
        "resourceGroup": resource.resource_group,
        "subscriptionId": resource.subscription_id,
        "tags": resource.tags,
        "effectiveTags": resource.effective_tags,
        "origin": {"file": resource.file, "line": resource.line, "pointer": resource.pointer}
        | ({"address": resource.address} if resource.address else {}),
    }


def gap_json(gap: Gap) -> dict[str, Any]:
    """Give a gap as the JSON result has it."""
    return {"scope": gap.scope, "what": gap.what, "reason": gap.reason, "detail": gap.detail}


def pretty(value: Any, margin: str = "\n") -> str:
    """Write `value` as `json.dumps(value, indent=2)` does, but strictly; `margin` is a newline and the indentation."""
    kind = type(value)
    if kind is str:
        return _string(value)
    if kind is dict:
        if not value:
            return "{}"
        inner = margin + "  "
        members = [
            _key(key) + (_string(item) if type(item) is str else pretty(item, inner)) for key, item in value.items()
        ]
        return "{" + inner + f",{inner}".join(members) + margin + "}"
    if kind in _ARRAYS:
        inner = margin + "  "
        items = [pretty(item, inner) for item in value]
        return "[" + inner + f",{inner}".join(items) + margin + "]" if items else "[]"
    return _scalar(value, margin)


def _scalar(value: Any, margin: str) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    strict = cleaned(value)
    return repr(strict) if isinstance(strict, (int, float)) else pretty(strict, margin)


def _string(text: str) -> str:
    """Quote `text`; what is unsafe to show, or cannot be encoded, is escaped, and comes back when read."""
    quoted = encode_basestring(text)
    return quoted if quoted.isascii() and "\x7f" not in quoted else escape_unsafe(quoted)


@lru_cache(maxsize=1024, typed=True)
def _key(key: Any) -> str:
    return _string(str(key)) + ": "
