"""The loop: each rule is asked about each resource it is about, and nothing it says is lost."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from scanner.evaluation.askable import judgeable
from scanner.evaluation.variants import Judged, judge_variants
from scanner.expressions.truth import implies
from scanner.model.garbage import collector_paused
from scanner.model.inventory import Inventory
from scanner.model.resource import Resource, type_of_id
from scanner.model.result import Finding, NotEvaluated, ResourceInfo
from scanner.model.secrets import without_secrets
from scanner.model.values import Truth
from scanner.model.verdict import PASS, Evidence, Outcome, Severity, Verdict
from scanner.rules.environment import Environment, Judgement
from scanner.rules.rule import Rule
from scanner.rules.tags import effective_tags

_log = logging.getLogger(__name__)


def evaluate(inventory: Inventory, rules: Sequence[Rule], as_of: datetime) -> tuple[list[Finding], list[NotEvaluated]]:
    """Judge every resource by every rule that is about it.

    A rule about what no source can hold (facts, other resources, a type that was not asked for) is not asked at
    all, or not about the resources of those sources, and says so in the second list.
    """
    with collector_paused():
        return _evaluated(inventory, rules, as_of)


def _evaluated(
    inventory: Inventory, rules: Sequence[Rule], as_of: datetime
) -> tuple[list[Finding], list[NotEvaluated]]:
    env = Environment(inventory, as_of)
    shown: dict[str, ResourceInfo] = {}
    findings: list[Finding] = []
    not_evaluated: list[NotEvaluated] = []
    for rule in rules:
        resources, reason = judgeable(rule, env)
        if reason:
            not_evaluated.append(NotEvaluated(rule.info.id, reason))
        judge = _judge_variants if rule.variants else _judge
        for resource in resources:
            judged = judge(rule, resource, env)
            if judged is None:
                continue
            verdict, severity = judged
            info = shown.get(resource.key)
            if info is None:
                info = shown[resource.key] = _info(resource, inventory)
            findings.append(Finding(rule.info, info, verdict, severity or rule.severity))
    return findings, not_evaluated


def _judge(rule: Rule, resource: Resource, env: Environment) -> Judged:
    """Give the verdict, None where the rule does not apply. A rule that crashes is an error, and only that."""
    try:
        applies: Truth = True if rule.when is None else rule.when.test(resource, env)
        if applies is False:
            return None
        judgement = rule.assertion.explain(resource, env)
        if judgement.truth is True:
            return PASS, None
        return _explained(rule, resource, env, applies, judgement)
    except Exception as error:  # noqa: BLE001 - one broken rule must not end the scan
        return _crashed(rule, resource, error)


def _judge_variants(rule: Rule, resource: Resource, env: Environment) -> Judged:
    try:
        return judge_variants(rule, resource, env, _judge)
    except Exception as error:  # noqa: BLE001 - nor must the condition of a parameter section
        return _crashed(rule, resource, error)


def _crashed(rule: Rule, resource: Resource, error: Exception) -> Judged:
    _log.debug("rule %s crashed on %s", rule.info.id, resource.id, exc_info=error)
    return Verdict(Outcome.ERROR, f"the rule crashed: {type(error).__name__}; --debug shows more"), None


def _explained(
    rule: Rule, resource: Resource, env: Environment, applies: Truth, judgement: Judgement
) -> tuple[Verdict, Severity | None]:
    if implies(applies, judgement.truth) is False:
        message = _with_caveats(judgement.message or rule.info.title, judgement.evidence, resource)
        return _verdict(Outcome.FAIL, message, judgement.evidence, resource), judgement.severity
    if applies is None and rule.when is not None:
        doubt = rule.when.explain(resource, env)
        message = f"cannot tell whether the rule applies: {doubt.message}"
        return _verdict(Outcome.UNKNOWN, message, doubt.evidence + judgement.evidence, resource), judgement.severity
    message = judgement.message or "what the rule asks about is not known"
    message = _with_caveats(message, judgement.evidence, resource)
    return _verdict(Outcome.UNKNOWN, message, judgement.evidence, resource), judgement.severity


def _verdict(outcome: Outcome, message: str, evidence: tuple[Evidence, ...], resource: Resource) -> Verdict:
    """Make a verdict that says of each path on which line it stands, where the file is one that somebody writes."""
    locate = resource.origin.locate
    if locate is not None:
        evidence = tuple(replace(item, line=locate(item.path)) for item in evidence)
    return Verdict(outcome, message, evidence)


def _with_caveats(message: str, evidence: Sequence[Evidence], resource: Resource) -> str:
    """Add what one has to know of the input to understand the verdict, such as what Terraform cannot express."""
    if not resource.origin.caveats:
        return message
    paths = [item.path.lower() for item in evidence]
    told = [sentence for path, sentence in resource.origin.caveats if path.lower() in paths]
    return "; ".join(dict.fromkeys((message, *told))) if told else message


def _info(resource: Resource, inventory: Inventory) -> ResourceInfo:
    declared = resource.json.get("type")
    spelled = declared if isinstance(declared, str) else type_of_id(resource.id)
    spelled = spelled if spelled.lower() == resource.type else resource.type
    origin = resource.origin
    own = {str(name): value for name, value in resource.tags.items() if isinstance(value, (str, int, float, bool))}
    return ResourceInfo(
        id=resource.id,
        type=spelled,
        name=resource.name,
        location=resource.location,
        resource_group=resource.resource_group,
        subscription_id=resource.subscription_id,
        tags=without_secrets(own),
        effective_tags=without_secrets(effective_tags(resource, inventory)),
        file=origin.file,
        line=origin.line,
        pointer=origin.pointer,
        address=origin.address,
    )
