"""A made-up result of any size: real rules, a company of sixty teams, every outcome and disposition, earlier runs."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from scanner.model.history import Age, Fixed, History, Run, TimeToFix
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
    in_order,
)
from scanner.model.score import score
from scanner.model.verdict import PASS, Disposition, Evidence, Outcome, Severity, Verdict
from scanner.policies.loader import load_policies

AS_OF = datetime(2026, 11, 24, 8, tzinfo=UTC)
SCRIPTS = (
    "search",
    "forecast",
    "客服机器人",
    "خدمة-البحث",
    "поиск",
    "日本語検索",
    "ανάλυση",
    "vision-é",
    "रिपोर्ट",
    "chat",
)
KINDS = ("deployments", "deployments", "deployments", "projects")
WAIVER = Waiver("Load test until the launch.", "platform@contoso.com", "2026-12-31", "*/accounts/*")


def large_result(count: int, runs: int = 0) -> ScanResult:
    """Make a result of `count` findings, with a history of `runs` runs where there are any."""
    chance = random.Random(7)
    policies = load_policies(["builtin"])
    rules = [rule.info for file in policies for rule in file.rules]
    findings = [_finding(chance, at, rules[at % len(rules)]) for at in range(count)]
    findings = in_order(findings)
    skipped = rules[-1]
    result = ScanResult(
        tool_version="0.1.0",
        scan=ScanInfo(
            started_at=AS_OF.isoformat(),
            finished_at=(AS_OF + timedelta(minutes=7)).isoformat(),
            as_of=AS_OF.isoformat(),
            sources=("azure: https://management.azure.com",),
            scopes=tuple(f"/subscriptions/{_subscription(n)}" for n in range(20)),
            policies=tuple(PolicyInfo(f.name, f.path, tuple(r.info.id for r in f.rules)) for f in policies),
            parameters={"maxTokensPerMinute": 100000},
            not_evaluated=(NotEvaluated(skipped.id, "no input holds GitHub Copilot seats"),),
            notes=("an exemption expired on 2026-06-30 and exempts nothing",),
        ),
        rules=tuple(rules),
        findings=tuple(f for f in findings if f.rule is not skipped),
        gaps=tuple(
            Gap(f"/subscriptions/{_subscription(n)}", "metrics", GapReason.FORBIDDEN, "It wants Monitoring Reader.")
            for n in range(count // 1000)
        ),
        gate=Gate("low", 1, "new failures at or above low") if count else Gate("low", 0, "no new failure"),
        resources=max(count // 5, 1) if count else 0,
    )
    return replace(result, history=_history(chance, result, runs)) if runs else result


def _subscription(number: int) -> str:
    return f"{number:08x}-31f7-4b56-8a0c-7f6b5e1d2093"


def _finding(chance: random.Random, at: int, rule: RuleInfo) -> Finding:
    resource = _resource(at // 5)
    lot = chance.random()
    if lot < 0.45:
        return Finding(rule, resource, PASS, rule.severity)
    outcome = Outcome.FAIL if lot < 0.9 else Outcome.UNKNOWN if lot < 0.99 else Outcome.ERROR
    tokens = chance.randrange(100_001, 900_000)
    verdict = Verdict(
        outcome,
        f"`{resource.name}` may use {tokens:,} tokens per minute, more than 100,000; {chance.choice(SCRIPTS)}.",
        (
            Evidence(
                "properties.rateLimits", [{"key": "token", "renewalPeriod": 60, "count": tokens}], "at most 100000"
            ),
            Evidence("sku.capacity", tokens // 1000, "at most 100"),
        ),
    )
    other = chance.random()
    if other < 0.05:
        return Finding(rule, resource, verdict, rule.severity, Disposition.EXEMPTED, WAIVER)
    known = other < 0.12 and outcome is Outcome.FAIL
    return Finding(rule, resource, verdict, rule.severity, Disposition.BASELINED if known else Disposition.NEW)


def _resource(number: int) -> ResourceInfo:
    group, kind = f"rg-{SCRIPTS[number % 10]}-{number % 97}", KINDS[number % 4]
    account = f"aoai-{SCRIPTS[number % 7]}-{number // 10}"
    root = f"/subscriptions/{_subscription(number % 20)}/resourceGroups/{group}/providers/Microsoft.CognitiveServices"
    team = f"{SCRIPTS[number % 6]}-{number % 60}"
    tags = {"environment": ("prod", "test")[number % 2]}
    inherited = {"team": team, "Cost-Center": str(4100 + number % 12)} if number % 11 else {}
    return ResourceInfo(
        id=f"{root}/accounts/{account}/{kind}/gpt-{number}",
        type=f"Microsoft.CognitiveServices/accounts/{kind}",
        name=f"gpt-{number}",
        location="swedencentral",
        resource_group=group,
        subscription_id=_subscription(number % 20),
        tags=tags,
        effective_tags={**tags, **inherited},
        file="infra/main.tf" if number % 3 == 0 else None,
        line=number % 400 + 1 if number % 3 == 0 else None,
        address=f"module.ai.azurerm_cognitive_deployment.gpt[{number}]" if number % 3 == 0 else "",
    )


def _history(chance: random.Random, result: ScanResult, runs: int) -> History:
    failing = [f for f in result.findings if f.outcome is Outcome.FAIL and f.disposition is Disposition.NEW]
    final = Counter(finding.severity for finding in failing)
    last = score(result.findings) or 0
    stored = []
    for at in range(runs):
        left = runs - 1 - at
        scale = 1 + left * 0.06 + (chance.random() * 0.1 if left else 0)
        stored.append(
            Run(
                id=at + 1,
                started_at=(AS_OF - timedelta(days=7 * left)).isoformat(),
                as_of=(AS_OF - timedelta(days=7 * left)).isoformat(),
                tool_version="0.1.0",
                sources=("azure",),
                scopes=(),
                resources=result.resources,
                rules=len(result.rules),
                outcomes=result.summary.outcomes,
                open_failures={severity: int(final[severity] * scale) for severity in Severity},
                gaps=len(result.gaps),
                exit_code=1,
                score=None if at == 2 and runs > 4 else max(0, last - left * 2 + chance.randrange(-1, 2) * (left > 0)),
            )
        )
    prints = [finding.fingerprint for finding in failing]
    ages = {
        print_: Age(
            (AS_OF - timedelta(days=chance.choice((0, 3, 12, 40, 120, 400)))).isoformat(), at % 9 + 1, at % 13 // 12
        )
        for at, print_ in enumerate(prints)
    }
    whys = ("passes", "gone", "waived")
    teams = {f"{SCRIPTS[n % 6]}-{n}": TimeToFix(chance.randrange(1, 40), chance.random() * 60) for n in range(12)}
    gone = tuple(
        Fixed(
            f"{n:064x}",
            result.rules[n % 20].id,
            _resource(n + 90_000).id,
            Severity.HIGH,
            "search-0",
            "2026-09-01T08:00:00Z",
            whys[n % 3],
        )
        for n in range(min(len(prints), 14))
    )
    return History(tuple(stored), ages, frozenset(prints[::9]), frozenset(prints[4::50]), gone, teams)
