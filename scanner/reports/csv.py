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

import json
from collections.abc import Hashable, Iterable, Iterator, Mapping

from scanner.model.inventory import Gap
from scanner.model.result import Finding, NotEvaluated, ResourceInfo, RuleInfo, ScanResult, Waiver, fingerprints
from scanner.model.team import tag_of
from scanner.model.verdict import Outcome, Verdict
from scanner.reports.once import OncePerObject, OncePerVerdict
from scanner.reports.text import one_line
from scanner.reports.view import cleaned, evidence_lines, place

# The columns in the order of the file, by what their values depend on.
_HEAD = ("kind", "outcome", "disposition", "severity", "ruleId", "title", "phase", "maturity", "policy")
_IDENTITY = ("resourceId", "type", "name", "resourceGroup", "subscriptionId")
_RESOURCE = ("location", "owner", "effectiveTags", "file", "line", "address")
_VERDICT = ("message", "evidence")
_REMEDY = ("remediation",)
_EXEMPTION = ("exemptionReason", "exemptionOwner", "exemptionExpires")
_DETAILS = (*_RESOURCE, *_VERDICT, *_REMEDY, *_EXEMPTION)
COLUMNS = (*_HEAD, *_IDENTITY, *_DETAILS, "fingerprint")
_OWNER = ("owner", "team")
_MOST = 32_767
_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def render(result: ScanResult) -> str:
    """Give the result as CSV; `kind` is `finding`, `gap`, `notEvaluated` or `note`."""
    rules = {rule.id: rule for rule in result.rules}
    others: list[Mapping[str, str]] = [
        *(_gap(gap) for gap in result.gaps),
        *(_not_evaluated(item, rules.get(item.rule_id)) for item in result.scan.not_evaluated),
        *({"kind": "note", "message": note} for note in result.scan.notes),
    ]
    names = dict(zip(COLUMNS, COLUMNS, strict=True))
    return "".join(["\ufeff", _row(names), *_findings(result.findings), *map(_row, others)])


def _findings(findings: Iterable[Finding]) -> Iterator[str]:
    """Give the rows of findings in pieces: most are passes, and what findings share is written once."""
    heads: dict[Hashable, str] = {}
    identity, resource = OncePerObject(_identity), OncePerObject(_resource)
    verdict, remedy = OncePerVerdict(_verdict), OncePerObject(_remedy)
    no_details, no_exemption = _cells({}, _DETAILS), _cells({}, _EXEMPTION)
    for finding, print_ in zip(findings, fingerprints(findings), strict=True):
        outcome = finding.verdict.outcome
        key = (id(finding.rule), finding.severity, outcome, finding.disposition)
        head = heads.get(key)
        if head is None:
            head = heads[key] = _head(finding)
        yield head
        yield identity(finding.resource)
        if outcome is Outcome.PASS:
            yield no_details
        else:
            yield resource(finding.resource)
            yield verdict(finding.verdict)
            yield remedy(finding.rule)
            yield no_exemption if finding.exemption is None else _exemption(finding.exemption)
        yield f'"{print_}"\r\n'


def _row(values: Mapping[str, str]) -> str:
    return f"{_cells(values, COLUMNS)[:-1]}\r\n"


def _cells(values: Mapping[str, str], columns: Iterable[str]) -> str:
    """Write cells, each with the comma behind it; a column without a value is empty."""
    return "".join([f"{_cell(values.get(column, ''))}," for column in columns])


def _cell(value: str) -> str:
    text = one_line(value)
    if text.startswith(_FORMULA):
        text = f"'{text}"
    text = text if len(text) <= _MOST else f"{text[: _MOST - 1]}…"
    quoted = text.replace('"', '""')
    return f'"{quoted}"'


def _head(finding: Finding) -> str:
    values = {"kind": "finding", "outcome": finding.outcome, "disposition": finding.disposition}
    return _cells({**values, **_rule(finding.rule), "severity": finding.severity}, _HEAD)


def _identity(resource: ResourceInfo) -> str:
    where = place(resource)
    values = {
        "resourceId": resource.id,
        "type": resource.type,
        "name": resource.name,
        "resourceGroup": where.group,
        "subscriptionId": where.subscription,
    }
    return _cells(values, _IDENTITY)


def _resource(resource: ResourceInfo) -> str:
    values = {
        "location": resource.location,
        "owner": tag_of(resource, _OWNER),
        "effectiveTags": json.dumps(cleaned(resource.effective_tags), ensure_ascii=False),
        "file": resource.file or "",
        "line": str(resource.line or ""),
        "address": resource.address,
    }
    return _cells(values, _RESOURCE)


def _verdict(verdict: Verdict) -> str:
    return _cells({"message": verdict.message, "evidence": "; ".join(evidence_lines(verdict))}, _VERDICT)


def _remedy(rule: RuleInfo) -> str:
    return _cells({"remediation": rule.remediation}, _REMEDY)


def _exemption(waiver: Waiver) -> str:
    values = {
        "exemptionReason": waiver.reason,
        "exemptionOwner": waiver.owner,
        "exemptionExpires": waiver.expires,
    }
    return _cells(values, _EXEMPTION)


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
