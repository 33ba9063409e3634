"""Findings as JSON text, for whatever format writes JSON: put together from parts that many findings share.

Most findings are passes, and alike: hundreds of thousands of them are a few rules times some resources. So what a rule,
a resource or a verdict gives is written once, and a finding is those parts with its fingerprint between them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, NamedTuple

from scanner.model.result import Finding, ResourceInfo, Waiver, fingerprints
from scanner.model.verdict import Outcome, Verdict
from scanner.reports.view import verdict_key

_MOST_VERDICTS = 4_096
"""Texts of verdicts that are kept: they may all differ."""


class Layout(NamedTuple):
    """How a finding is written as an object: its members without braces, and what stands around and between them."""

    members: Callable[[dict[str, Any]], str]
    before: str
    between: str
    after: str


class FindingTexts:
    """Writes findings in a layout. Rules and resources are known by identity: whoever has the findings keeps them."""

    def __init__(self, layout: Layout) -> None:
        self._members, self._before, self._between, after = layout
        self._before_print = self._members({"fingerprint": ""}).removesuffix('"')
        self._after = after
        self._heads: dict[Hashable, str] = {}
        self._identities: dict[int, str] = {}
        self._resources: dict[int, str] = {}
        self._remedies: dict[int, str] = {}
        self._verdicts: dict[Hashable, str] = {}

    def pieces(self, findings: Iterable[Finding]) -> Iterator[str]:
        """Give the text of all findings in pieces; a piece that findings share is one string in memory."""
        heads, identities, after = self._heads, self._identities, f'"{self._after}'
        for finding, print_ in zip(findings, fingerprints(findings), strict=True):
            outcome, resource = finding.verdict.outcome, finding.resource
            key = (id(finding.rule), finding.severity, outcome, finding.disposition)
            yield heads.get(key) or self._head(key, finding)
            if outcome is Outcome.PASS:
                yield identities.get(id(resource)) or self._identity(resource)
                yield print_
                yield after
            else:
                yield self._verdict(finding.verdict)
                yield self._resources.get(id(resource)) or self._resource(resource)
                yield self._remedies.get(id(finding.rule)) or self._remedy(finding)
                yield print_
                yield after if finding.exemption is None else self._exemption(finding.exemption)

    def _head(self, key: Hashable, finding: Finding) -> str:
        rule = finding.rule
        text = self._members(
            {
                "ruleId": rule.id,
                "title": rule.title,
                "severity": finding.severity,
                "phase": rule.phase,
                "maturity": rule.maturity,
                "outcome": finding.outcome,
                "disposition": finding.disposition,
            }
        )
        self._heads[key] = text = f"{self._before}{text}{self._between}"
        return text

    def _identity(self, resource: ResourceInfo) -> str:
        """Write what a pass has of its resource, up to the fingerprint."""
        text = self._members({"resource": identity_json(resource)})
        self._identities[id(resource)] = text = f"{text}{self._between}{self._before_print}"
        return text

    def _verdict(self, verdict: Verdict) -> str:
        """Write what a verdict says; evidence is what it was, JSON or not."""
        key = verdict_key(verdict)
        text = None if key is None else self._verdicts.get(key)
        if text is None:
            text = self._members({"message": verdict.message, "evidence": evidence_json(verdict)}) + self._between
            if key is not None and len(self._verdicts) < _MOST_VERDICTS:
                self._verdicts[key] = text
        return text

    def _resource(self, resource: ResourceInfo) -> str:
        text = self._members({"resource": resource_json(resource)})
        self._resources[id(resource)] = text = f"{text}{self._between}"
        return text

    def _remedy(self, finding: Finding) -> str:
        """Write what is to be done, up to the fingerprint."""
        rule = finding.rule
        text = self._members({"remediation": rule.remediation, "references": rule.references})
        self._remedies[id(rule)] = text = f"{text}{self._between}{self._before_print}"
        return text

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
    return [{"path": e.path, "actual": e.actual, "expected": e.expected} for e in verdict.evidence]
