"""Evaluation: every rule about every resource, nothing lost, one broken rule broken alone."""

from __future__ import annotations

import logging
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from scanner.evaluation.evaluate import evaluate
from scanner.model.inventory import Fact, Inventory, SourceInfo, merge
from scanner.model.quota import QUOTA_USAGES, location_scope
from scanner.model.resource import Origin, Resource
from scanner.model.result import Finding, RuleInfo, fingerprint, in_order
from scanner.model.values import UNKNOWN
from scanner.model.verdict import Outcome, Severity
from scanner.policies.loader import load_policies
from scanner.rules.environment import Condition, Judgement
from scanner.rules.rule import Rule
from tests.factories import (
    ACCOUNT,
    AS_OF,
    COMPUTE,
    DEPLOYMENT,
    JOB,
    SUBSCRIPTION,
    compiled,
    make_group,
    make_inventory,
    make_resource,
    make_subscription,
)

BUILTIN = [rule for file in load_policies([]) for rule in file.rules]


def rule(
    assertion: Any, when: Any = None, *, rule_id: str = "r", kind: str = ACCOUNT, severity: str = "medium", **more: Any
) -> Rule:
    info = RuleInfo(rule_id, "Title", Severity(severity), "operate", "crawl", "p.yaml", "", "")
    condition = assertion if isinstance(assertion, Condition) else compiled(assertion)
    return Rule(info, info.severity, (kind.lower(),), None if when is None else compiled(when), condition, **more)


def outcomes(inventory: Inventory, *rules: Rule) -> list[tuple[str, str, str]]:
    found, _ = evaluate(inventory, rules, AS_OF)
    return [(f.rule.id, f.resource.name, f.outcome.value) for f in found]


def crashing(*_: Any) -> Any:
    raise ZeroDivisionError("secret: hunter2")


IS_X, IS_Y, DOUBT = ({"field": "a", "equals": "x"}, {"field": "a", "equals": "y"}, {"field": "u", "equals": 1})


@pytest.mark.parametrize(
    ("when", "assertion", "outcome"),
    [
        (None, IS_X, "pass"),
        (None, IS_Y, "fail"),
        (None, DOUBT, "unknown"),
        (IS_X, IS_X, "pass"),
        (IS_X, IS_Y, "fail"),
        (IS_X, DOUBT, "unknown"),
        (IS_Y, IS_X, None),
        (IS_Y, IS_Y, None),
        (IS_Y, DOUBT, None),
        (DOUBT, IS_X, "pass"),
        (DOUBT, IS_Y, "unknown"),
        (DOUBT, DOUBT, "unknown"),
    ],
)
def test_when_and_assert_together_make_the_outcome(when, assertion, outcome):
    inventory = make_inventory(make_resource(ACCOUNT, "acct", a="x", u=UNKNOWN))
    found = outcomes(inventory, rule(assertion, when))
    assert found == ([] if outcome is None else [("r", "acct", outcome)])


def test_a_doubt_whether_the_rule_applies_is_said_as_such():
    inventory = make_inventory(make_resource(ACCOUNT, "acct", a="x", u=UNKNOWN))
    ((found,), _) = evaluate(inventory, [rule(IS_Y, DOUBT)], AS_OF)
    assert found.message == "cannot tell whether the rule applies: u is not known here; it must be 1"
    assert [item.path for item in found.evidence] == ["u", "a"]


def test_a_pass_carries_neither_words_nor_evidence_and_a_failure_always_has_words():
    inventory = make_inventory(make_resource(ACCOUNT, "acct", a="x"))
    silent = Condition(lambda _r, _e: False, lambda _r, _e: Judgement(False))
    found, _ = evaluate(inventory, [rule(IS_X), rule(silent)], AS_OF)
    assert (found[0].message, found[0].evidence) == ("", ())
    assert found[1].message == "Title"


@pytest.mark.parametrize("place", ["when", "assert", "explain"])
def test_a_rule_that_crashes_is_an_error_and_the_scan_goes_on(place, caplog):
    good = compiled(IS_X)
    broken = {
        "when": replace(rule(IS_X), when=Condition(crashing, crashing)),
        "assert": rule(Condition(crashing, crashing)),
        "explain": rule(Condition(lambda _r, _e: False, crashing)),
    }[place]
    broken = replace(broken, info=replace(broken.info, id="broken"))
    inventory = make_inventory(make_resource(ACCOUNT, "one", a="x"), make_resource(ACCOUNT, "two", a="x"))
    with caplog.at_level(logging.INFO):
        found, _ = evaluate(inventory, [broken, rule(good)], AS_OF)
    assert [(f.rule.id, f.outcome) for f in found] == [
        ("broken", Outcome.ERROR),
        ("broken", Outcome.ERROR),
        ("r", Outcome.PASS),
        ("r", Outcome.PASS),
    ]
    assert found[0].message == "the rule crashed: ZeroDivisionError; --debug shows more"
    assert "hunter2" not in found[0].message
    assert not caplog.records


def test_an_assertion_may_raise_or_lower_the_severity_of_one_finding():
    lowered = Condition(lambda _r, _e: False, lambda _r, _e: Judgement(False, "m", (), Severity.LOW))
    ((found,), _) = evaluate(make_inventory(make_resource(ACCOUNT, "a")), [rule(lowered, severity="critical")], AS_OF)
    assert (found.severity, found.rule.severity) == (Severity.LOW, Severity.CRITICAL)


def test_types_are_matched_in_any_case_and_only_they():
    inventory = make_inventory(
        make_resource("microsoft.COGNITIVESERVICES/Accounts", "one", a="x"), make_resource(COMPUTE, "ws/c", a="x")
    )
    assert outcomes(inventory, rule(IS_X)) == [("r", "one", "pass")]


METRIC = rule({"metric": {"name": "M", "window": "P1D", "less": 5}}, facts=(("metrics", None),), rule_id="m")
QUOTA = next(rule for rule in BUILTIN if rule.info.id == "openai-quota-headroom")


def part(source: str, fact_kinds: set[str], *names: str, facts: tuple[Fact, ...] = ()) -> Inventory:
    resources = tuple(make_resource(ACCOUNT, name, source=source, a="x") for name in names)
    return Inventory(resources, facts, (), (SourceInfo(source, f"{source}.json", frozenset(fact_kinds)),))


def test_a_rule_whose_facts_no_input_can_hold_is_not_evaluated_and_says_so_once():
    found, skipped = evaluate(part("arm-json", set(), "one", "two"), [METRIC, rule(IS_X)], AS_OF)
    assert [(f.rule.id, f.resource.name) for f in found] == [("r", "one"), ("r", "two")]
    assert [(s.rule_id, s.reason) for s in skipped] == [
        ("m", "needs metrics, which are not read from an input of kind arm-json")
    ]


def test_a_rule_without_a_resource_to_judge_is_still_named_as_not_evaluated():
    _, skipped = evaluate(part("arm-json", set()), [METRIC], AS_OF)
    assert [s.rule_id for s in skipped] == ["m"]


def test_a_rule_whose_facts_could_have_been_read_is_unknown_and_not_passed_over():
    found, skipped = evaluate(part("snapshot", {"metrics"}, "one"), [METRIC], AS_OF)
    assert [f.outcome for f in found] == [Outcome.UNKNOWN]
    assert not skipped


def test_of_several_inputs_those_that_can_hold_the_facts_are_asked():
    both = merge([part("arm-json", set(), "file"), part("snapshot", {"metrics"}, "live")])
    found, skipped = evaluate(both, [METRIC], AS_OF)
    assert [(f.resource.name, f.outcome) for f in found] == [("live", Outcome.UNKNOWN)]
    assert [s.rule_id for s in skipped] == ["m"]


@pytest.mark.parametrize("order", [1, -1])
def test_a_pool_is_judged_by_the_input_that_knows_it_whatever_input_comes_first(order):
    def deployments(source: str, *facts: Fact, kinds: frozenset[str]) -> Inventory:
        account = make_resource(ACCOUNT, source, source=source, location="eastus2")
        model = {"sku": {"name": "Standard", "capacity": 1}, "properties": {"model": {"name": "gpt"}}}
        deployment = make_resource(DEPLOYMENT, f"{source}/d", source=source, **model)
        return Inventory((account, deployment), facts, (), (SourceInfo(source, source, kinds),))

    usage = {"name": {"value": "OpenAI.Standard.gpt"}, "currentValue": 1, "limit": 10}
    fact = Fact(QUOTA_USAGES, location_scope(SUBSCRIPTION, "eastus2"), [usage])
    parts = [
        deployments("arm-json", kinds=frozenset()),
        deployments("snapshot", fact, kinds=frozenset({QUOTA_USAGES})),
    ]
    found, _ = evaluate(merge(parts[::order]), [QUOTA], AS_OF)
    assert [(f.resource.name, f.outcome) for f in found] == [("OpenAI.Standard.gpt", Outcome.PASS)]


def world() -> list[Resource]:
    return [
        make_subscription({"team": "x"}),
        make_group({"environment": "dev"}),
        make_resource(ACCOUNT, "acct", kind="OpenAI", location="eastus2", tags={"environment": "x"}),
        make_resource(DEPLOYMENT, "acct/gpt", sku={"name": "Standard", "capacity": 500}),
        make_resource(DEPLOYMENT, "acct/ptu", sku={"name": "ProvisionedManaged", "capacity": 50}),
        make_resource(COMPUTE, "ws/c", properties={"computeType": "AmlCompute"}),
        make_resource(JOB, "ws/j", properties={"jobType": "Command"}),
    ]


def fingerprints(resources: list[Resource]) -> dict[str, str]:
    found, _ = evaluate(make_inventory(*resources), BUILTIN, AS_OF)
    return {f.fingerprint: f.outcome.value for f in found}


def test_fingerprints_do_not_depend_on_order_file_or_case():
    first = fingerprints(world())
    assert len(first) > 10
    shuffled = world()
    Random(1).shuffle(shuffled)
    assert fingerprints(shuffled) == first
    shouting = [Resource({**r.json, "id": r.json["id"].upper() + "/"}, r.origin) for r in world()]
    assert fingerprints(shouting) == first
    moved = [Resource(r.json, replace(r.origin, file="other.json", pointer="/9", line=7)) for r in world()]
    assert fingerprints(moved) == first


def test_a_fingerprint_is_of_rule_and_resource_and_nothing_else():
    assert fingerprint("r", "/Subscriptions/S/") == fingerprint("r", "/subscriptions/s")
    assert fingerprint("r", "/subscriptions/s") != fingerprint("q", "/subscriptions/s")
    assert fingerprint("r", "/subscriptions/\ud800")
    assert len(fingerprint("r", "x")) == 64


def test_findings_are_sorted_failures_first_worst_first_then_by_rule_and_id():
    inventory = make_inventory(
        make_resource(ACCOUNT, "B", a="y"), make_resource(ACCOUNT, "a", a="y"), make_resource(ACCOUNT, "u", a=UNKNOWN)
    )
    rules = [
        rule(IS_X, rule_id="z-low", severity="low"),
        rule(IS_X, rule_id="b-high", severity="high"),
        rule(IS_Y, rule_id="a-high", severity="high"),
        rule(Condition(crashing, crashing), rule_id="broken"),
    ]
    found, _ = evaluate(inventory, rules, AS_OF)
    ordered = [(f.outcome.value, f.rule.id, f.resource.name) for f in in_order(found)]
    assert ordered == [
        ("fail", "b-high", "a"),
        ("fail", "b-high", "B"),
        ("fail", "z-low", "a"),
        ("fail", "z-low", "B"),
        ("error", "broken", "a"),
        ("error", "broken", "B"),
        ("error", "broken", "u"),
        ("unknown", "a-high", "u"),
        ("unknown", "b-high", "u"),
        ("unknown", "z-low", "u"),
        ("pass", "a-high", "a"),
        ("pass", "a-high", "B"),
    ]


def test_a_finding_shows_the_resource_as_azure_spells_it():
    group_id = f"/subscriptions/{SUBSCRIPTION.upper()}/resourceGroups/RG-Ai"
    identity = f"{group_id}/providers/Microsoft.CognitiveServices/accounts/Acct"
    account = make_resource(ACCOUNT, "Acct", id=identity, a="y", location="East US 2", tags={"Team": "x", "bad": ["l"]})
    group = make_group({"environment": "dev"})
    ((found,), _) = evaluate(make_inventory(account, group), [rule(IS_X)], AS_OF)
    shown: Finding = found
    assert shown.resource.id == identity
    assert (shown.resource.type, shown.resource.name, shown.resource.location) == (ACCOUNT, "Acct", "East US 2")
    assert (shown.resource.resource_group, shown.resource.subscription_id) == ("RG-Ai", SUBSCRIPTION)
    assert shown.resource.tags == {"Team": "x"}
    assert shown.resource.effective_tags == {"Team": "x", "environment": "dev"}


def test_secrets_in_tags_reach_no_finding():
    signed = "https://x.blob.core.windows.net/c/f?sig=abc&se=2027"
    account = make_resource(ACCOUNT, "a", tags={"source": signed, "apiKey": "abc", "team": "search"})
    group = make_group({"report": signed})

    [found], _ = evaluate(make_inventory(account, group), [rule(IS_X)], AS_OF)

    cleaned = "https://x.blob.core.windows.net/c/f?sig=(redacted)&se=2027"
    assert found.resource.tags == {"source": cleaned, "apiKey": "(redacted)", "team": "search"}
    assert found.resource.effective_tags == {**found.resource.tags, "report": cleaned}


def test_a_finding_says_what_its_input_cannot_express():
    path = "properties.properties.idleTimeBeforeShutdown"
    caveats = ((path, "Terraform has no argument for it"), ("sku.name", "not about this"))
    instance = make_resource(COMPUTE, "ws/ci", properties={"computeType": "ComputeInstance", "properties": {}})
    planned = Resource(instance.json, Origin("terraform-plan", declared=True, caveats=caveats))
    rules = [rule for file in load_policies([]) for rule in file.rules if rule.info.id == "ml-instance-idle-shutdown"]
    findings, _ = evaluate(Inventory(resources=(planned,)), rules, AS_OF)
    assert [finding.outcome for finding in findings] == [Outcome.FAIL]
    assert findings[0].message.endswith("; Terraform has no argument for it")
