"""Results with as little in them as history needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from scanner.model.inventory import Gap, GapReason
from scanner.model.result import (
    Finding,
    Gate,
    NotEvaluated,
    PolicyInfo,
    ResourceInfo,
    RuleInfo,
    ScanInfo,
    ScanResult,
    Waiver,
    fingerprint,
    in_order,
)
from scanner.model.verdict import PASS, Disposition, Outcome, Severity, Verdict

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-00000000000a"
OTHER_SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-00000000000b"
RULE, OTHER_RULE = "kind-is-openai", "required-tags"
RULES = (RULE, OTHER_RULE)
FIRST_DAY = datetime.fromisoformat("2026-01-01T08:00:00Z")
WAIVER = Waiver("load test", "search@contoso.com", "2027-12-31", "*")


def account(name: str, subscription: str = SUBSCRIPTION) -> str:
    return f"{subscription}/resourceGroups/rg-ai/providers/Microsoft.CognitiveServices/accounts/{name}"


CHAT, SEARCH, FAR = account("chat"), account("search"), account("chat", OTHER_SUBSCRIPTION)


def on_day(day: float) -> str:
    """Give the time so many days after the first."""
    return (FIRST_DAY + timedelta(days=day)).strftime("%Y-%m-%dT%H:%M:%SZ")


def print_of(resource: str, rule: str = RULE) -> str:
    return fingerprint(rule, resource)


def gap(scope: str, what: str = "Microsoft.CognitiveServices/accounts") -> Gap:
    return Gap(scope, what, GapReason.FORBIDDEN)


def finding(
    resource: str,
    says: str = "fail",
    *,
    rule: str = RULE,
    severity: Severity = Severity.HIGH,
    tags: Mapping[str, Any] | None = None,
) -> Finding:
    """Make a finding; `says` is an outcome, or "waived" for a failure that somebody is exempted from."""
    outcome = Outcome.FAIL if says == "waived" else Outcome(says)
    passed = outcome is Outcome.PASS
    return Finding(
        rule=RuleInfo(rule, f"{rule}: what it says", Severity.HIGH, "operate", "crawl", "policy.yaml", "", "mend it"),
        resource=ResourceInfo(
            resource, "Microsoft.CognitiveServices/accounts", "chat", effective_tags={} if passed else dict(tags or {})
        ),
        verdict=PASS if passed else Verdict(outcome, "so it is"),
        severity=severity,
        disposition=Disposition.EXEMPTED if says == "waived" else Disposition.NEW,
        exemption=WAIVER if says == "waived" else None,
    )


def make_result(
    *findings: Finding,
    day: float = 0,
    scopes: Iterable[str] = (SUBSCRIPTION,),
    sources: Iterable[str] = ("azure:management.azure.com",),
    rules: Iterable[str] = RULES,
    skipped: Iterable[str] = (),
    gaps: Iterable[Gap] = (),
    changed_only: bool = False,
) -> ScanResult:
    """Make the result of a scan on a day; its clock is that of the evaluation too."""
    chosen, time = tuple(rules), on_day(day)
    infos = {one.rule.id: one.rule for one in findings}
    return ScanResult(
        tool_version="1.2.3",
        scan=ScanInfo(
            started_at=time,
            finished_at=time,
            as_of=time,
            sources=tuple(sources),
            scopes=tuple(scopes),
            policies=(PolicyInfo("policy", "policy.yaml", chosen),),
            parameters={},
            not_evaluated=tuple(NotEvaluated(rule, "no facts") for rule in skipped),
            changed_only=changed_only,
        ),
        rules=tuple(infos.values()),
        findings=tuple(in_order(findings)),
        gaps=tuple(gaps),
        gate=Gate("low", 1, "failures"),
        resources=len({one.resource.id for one in findings}),
    )
