"""A rule whose parameters depend on the resource: which values apply, and what they lead to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from scanner.model.resource import Resource
from scanner.model.verdict import Evidence, Outcome, Severity, Verdict
from scanner.rules.environment import Environment
from scanner.rules.rule import Rule, Variant

Judged = tuple[Verdict, Severity | None] | None
Judge = Callable[[Rule, Resource, Environment], Judged]


def judge_variants(rule: Rule, resource: Resource, env: Environment, judge: Judge) -> Judged:
    """Judge by the first variant that applies, by the rule itself where none does.

    Where it cannot be told which applies, every one that may is asked; the answer is unknown unless they agree.
    """
    candidates: list[Variant | None] = []
    for variant in rule.variants:
        applies = variant.when.test(resource, env)
        if applies is not False:
            candidates.append(variant)
        if applies is True:
            break
    else:
        candidates.append(None)
    judged = [_judged_by(rule, variant, resource, env, judge) for variant in candidates]
    outcomes = {None if each is None else each[0].outcome for each in judged}
    if len(outcomes) == 1:
        return judged[0]
    doubtful = next(variant for variant in candidates if variant is not None)
    reason = doubtful.when.explain(resource, env).message
    evidence = tuple(item for each in judged if each is not None for item in each[0].evidence)
    return Verdict(Outcome.UNKNOWN, f"cannot tell whether {doubtful.label} applies: {reason}", evidence), None


def _judged_by(rule: Rule, variant: Variant | None, resource: Resource, env: Environment, judge: Judge) -> Judged:
    chosen = rule if variant is None else variant.rule
    # With these values it is not evaluated at all (a disabled effect, say): no finding, but `askable.judgeable` tells.
    return None if chosen.obstacle(env) else _with_evidence(judge(chosen, resource, env), variant)


def _with_evidence(judged: Judged, variant: Variant | None) -> Judged:
    """Show the values that decided, and where they come from, unless it is a pass (which carries nothing)."""
    if judged is None or variant is None or judged[0].outcome is Outcome.PASS:
        return judged
    verdict, severity = judged
    values = tuple(
        Evidence(f"parameters.{name}", value, f"from {variant.label}") for name, value in variant.parameters.items()
    )
    return replace(verdict, evidence=(*verdict.evidence, *values)), severity or variant.rule.severity
