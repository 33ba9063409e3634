"""SARIF 2.1.0 (OASIS, errata 01), for GitHub code scanning, Azure DevOps and whatever else shows analysis results.

| azgate | SARIF |
|---|---|
| fail | `kind` fail, `level` by severity: critical and high error, medium warning, low and info note |
| unknown, error | `kind` open, `level` none: there is not enough to decide by |
| pass | left out, and counted in the run's properties |
| exempted | an accepted external suppression with reason, owner and last day |
| baselined | `baselineState` unchanged, the others new; with a history, as the run before had it |
| gap, crashed rule | a notification of the execution |
| rule that was not evaluated, note | a notification of the configuration |

Passes are left out because GitHub reads no `kind`: every result of a file becomes an alert, a passing one too. It reads
no suppressions either (the action advanced-security/dismiss-alerts carries them over).

GitHub refuses a file with more than 25,000 results or 10 MB when compressed, and shows the worst 5,000. Beyond 25,000
the worst are written, those that nobody answered for before the others; a notification and the run's property
`resultsLeftOut` say how many are not, and the summary counts all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from scanner.model.history import History
from scanner.model.result import Finding, ResourceInfo, ScanResult
from scanner.model.verdict import Disposition, Outcome, Verdict
from scanner.reports.finding_texts import evidence_json
from scanner.reports.json import ITEMS, Written, pretty, summary_json, with_items
from scanner.reports.once import OncePerObject, OncePerVerdict
from scanner.reports.sarif_invocation import NOTIFICATIONS, invocation, text_message
from scanner.reports.sarif_place import BASES, location
from scanner.reports.sarif_rules import LEVELS, descriptor
from scanner.reports.view import place

MOST_RESULTS = 25_000
_MEMBER_OF_RUN, _RESULT, _MEMBER_OF_RESULT, _MEMBER_OF_PROPERTIES = ("\n" + " " * columns for columns in (6, 8, 10, 12))
"""Where lines begin that are written on their own."""
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render(result: ScanResult) -> str:
    """Give the result as a SARIF log of one run."""
    found = [finding for finding in result.findings if finding.outcome is not Outcome.PASS]
    shown = found
    if len(found) > MOST_RESULTS:
        # The order of the result is kept within both parts: worst first.
        shown = sorted(found, key=lambda finding: finding.disposition is not Disposition.NEW)[:MOST_RESULTS]
    left_out = len(found) - len(shown)
    run = {
        "tool": {
            "driver": {
                "name": "azgate",
                "version": result.tool_version,
                "rules": [descriptor(rule) for rule in result.rules],
                "notifications": [
                    {"id": kind, "shortDescription": {"text": text}} for kind, text in NOTIFICATIONS.items()
                ],
            }
        },
        "invocations": [invocation(result, left_out)],
        "originalUriBaseIds": BASES,
        "results": ITEMS,
        "properties": {
            "summary": summary_json(result.summary),
            "gate": {"failOn": result.gate.fail_on},
            "resultsLeftOut": left_out,
        },
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return with_items(log, _results(result, shown), margin=_MEMBER_OF_RUN)


def _results(result: ScanResult, shown: list[Finding]) -> Iterator[str]:
    """Give the results one at a time: they are most of the file.

    SARIF wants `suppressions` and `baselineState` on all results of a run or on none.
    """
    indices = {rule.id: index for index, rule in enumerate(result.rules)}
    dispositions = result.summary.dispositions
    suppressed = dispositions[Disposition.EXEMPTED] > 0
    compared = dispositions[Disposition.BASELINED] > 0 or result.history is not None
    locations, evidence = OncePerObject(_locations), OncePerVerdict(_evidence)
    for finding in shown:
        resource, line = finding.resource, finding.line
        place_ = locations(resource) if line == resource.line else _locations(replace(resource, line=line))
        made = _result(finding, indices, Written(place_), Written(evidence(finding.verdict)))
        if compared:
            made["baselineState"] = _state(finding, result.history)
        if suppressed:
            made["suppressions"] = _suppressions(finding)
        yield f"{_RESULT}{pretty(made, _RESULT)},"


def _result(finding: Finding, indices: Mapping[str, int], locations: str, evidence: str) -> dict[str, Any]:
    rule, failed = finding.rule, finding.outcome is Outcome.FAIL
    return {
        "ruleId": rule.id,
        "ruleIndex": indices.get(rule.id, -1),
        "kind": "fail" if failed else "open",
        "level": LEVELS[finding.severity] if failed else "none",
        "message": text_message(f"{place(finding.resource).name}: {finding.message or rule.title}"),
        "locations": locations,
        # GitHub knows this name alone; without it, it would hash the line, and a plan is one line.
        "partialFingerprints": {"primaryLocationLineHash": finding.fingerprint},
        "properties": {
            "outcome": finding.outcome,
            "disposition": finding.disposition,
            "severity": finding.severity,
            "resourceType": finding.resource.type,
            "evidence": evidence,
        },
    }


def _locations(resource: ResourceInfo) -> str:
    return pretty([location(resource)], _MEMBER_OF_RESULT)


def _evidence(verdict: Verdict) -> str:
    return pretty(evidence_json(verdict), _MEMBER_OF_PROPERTIES)


def _state(finding: Finding, history: History | None) -> str:
    if finding.disposition is Disposition.BASELINED:
        return "unchanged"
    if history is None:
        return "new" if finding.disposition is Disposition.NEW else "unchanged"
    fingerprint = finding.fingerprint
    return "new" if fingerprint in history.new or fingerprint in history.reopened else "unchanged"


def _suppressions(finding: Finding) -> list[dict[str, Any]]:
    waiver = finding.exemption
    if finding.disposition is not Disposition.EXEMPTED or waiver is None:
        return []
    return [
        {
            "kind": "external",
            "status": "accepted",
            "justification": f"{waiver.reason} (by {waiver.owner}, until {waiver.expires})",
            "properties": {"scope": waiver.scope, "owner": waiver.owner, "expires": waiver.expires},
        }
    ]
