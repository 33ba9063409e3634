"""Findings as JSON text, for whatever format writes JSON: put together from parts that many findings share.

Most findings are passes, and alike: hundreds of thousands of them are a few rules times some resources. So what a rule,
a resource or a verdict gives is written once, and a finding is those parts with its fingerprint between them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, NamedTuple

from scanner.model.result import Finding, ResourceInfo, RuleInfo, Waiver, fingerprints
from scanner.model.verdict import Outcome, Verdict
from scanner.reports.once import OncePerObject, OncePerVerdict


class Layout(NamedTuple):
    """How a finding is written as an object: its members without braces, and what stands around and between them."""

    members: Callable[[dict[str, Any]], str]
    before: str
    between: str
    after: str


class FindingTexts:
    """Writes findings in a layout, as the JSON result has them."""

    def __init__(self, layout: Layout) -> None:
        self._members, self._before, self._between, self._after = layout
        self._before_print = self._members({"fingerprint": ""}).removesuffix('"')

    def pieces(self, findings: Iterable[Finding]) -> Iterator[str]:
        """Give the text of all findings in pieces; a piece that findings share is one string in memory."""
        heads: dict[Hashable, str] = {}
        identity, resource_ = OncePerObject(self._identity), OncePerObject(self._resource)
        remedy, verdict_, after = OncePerObject(self._remedy), OncePerVerdict(self._verdict), f'"{self._after}'
        for finding, print_ in zip(findings, fingerprints(findings), strict=True):
            rule, resource, verdict = finding.rule, finding.resource, finding.verdict
            key = (id(rule), finding.severity, verdict.outcome, finding.disposition)
            head = heads.get(key)
            if head is None:
                head = heads[key] = self._head(finding)
            yield head
            if verdict.outcome is Outcome.PASS:
                yield identity(resource)
                yield print_
                yield after
            else:
                yield verdict_(verdict)
                yield resource_(resource)
                yield remedy(rule)
                yield print_
                yield after if finding.exemption is None else self._exemption(finding.exemption)

    def _head(self, finding: Finding) -> str:
        rule = finding.rule
        members = {
            "ruleId": rule.id,
            "title": rule.title,
            "severity": finding.severity,
            "phase": rule.phase,
            "maturity": rule.maturity,
            "outcome": finding.outcome,
            "disposition": finding.disposition,
        }
        return f"{self._before}{self._members(members)}{self._between}"

    def _identity(self, resource: ResourceInfo) -> str:
        """Write what a pass has of its resource, up to the fingerprint."""
        return f"{self._members({'resource': identity_json(resource)})}{self._between}{self._before_print}"

    def _verdict(self, verdict: Verdict) -> str:
        """Write what a verdict says; evidence is what it was, JSON or not."""
        return self._members({"message": verdict.message, "evidence": evidence_json(verdict)}) + self._between

    def _resource(self, resource: ResourceInfo) -> str:
        return self._members({"resource": resource_json(resource)}) + self._between

    def _remedy(self, rule: RuleInfo) -> str:
        """Write what is to be done, up to the fingerprint."""
        members = {"remediation": rule.remediation, "references": rule.references}
        return f"{self._members(members)}{self._between}{self._before_print}"

    def _exemption(self, waiver: Waiver) -> str:
        members = {"reason": waiver.reason, "owner": waiver.owner, "expires": waiver.expires, "scope": waiver.scope}
        return f'"{self._between}{self._members({"exemption": members})}{self._after}'


def identity_json(resource: ResourceInfo) -> dict[str, Any]:
    """Give what every finding has of its resource."""
    return {"id": resource.id, "type": resource.type, "name": resource.name}


def resource_json(resource: ResourceInfo) -> dict[str, Any]:
    """Give what a finding that is no pass has of its resource."""
    return {
        **identity_json(resource),
        "location": resource.location,
        "resourceGroup": resource.resource_group,
        "subscriptionId": resource.subscription_id,
        "tags": resource.tags,
        "effectiveTags": resource.effective_tags,
        "origin": {"file": resource.file, "line": resource.line, "pointer": resource.pointer}
        | ({"address": resource.address} if resource.address else {}),
    }


def evidence_json(verdict: Verdict) -> list[dict[str, Any]]:
    """Give what a verdict rests on as the JSON result has it."""
    return [
        {"path": e.path, "actual": e.actual, "expected": e.expected} | ({"line": e.line} if e.line else {})
        for e in verdict.evidence
    ]
