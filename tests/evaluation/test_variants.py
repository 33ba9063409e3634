"""A rule with other values for some resources: which form of it is asked, and what is said in doubt."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.evaluation.askable import judgeable
from scanner.evaluation.evaluate import evaluate
from scanner.model.result import RuleInfo
from scanner.model.values import UNKNOWN
from scanner.model.verdict import Outcome, Severity
from scanner.rules.environment import Condition, Environment, Judgement
from scanner.rules.rule import Rule, Variant
from tests.factories import ACCOUNT, AS_OF, COMPUTE, compiled, make_inventory, make_resource


def rule(limit: int, *variants: Variant, types: tuple[str, ...] = (ACCOUNT.lower(),), **changes: Any) -> Rule:
    info = RuleInfo("r", "Title", Severity.MEDIUM, "operate", "crawl", "p", "", "")
    assertion = compiled({"field": "properties.n", "lessOrEquals": limit})
    body: dict[str, Any] = {"when": None, "assertion": assertion, **changes}
    return Rule(info, body.pop("severity", Severity.MEDIUM), types, variants=variants, **body)


def variant(tree: Any, form: Rule, label: str = "section 's'") -> Variant:
    return Variant(compiled(tree), label, form, {"limit": "x"})


PROD = {"field": "tags.env", "equals": "prod"}


def outcome(asked: Rule, number: Any, env: Any = "dev") -> tuple[str, Severity] | None:
    resource = make_resource(ACCOUNT, "a", tags={"env": env}, properties={"n": number})
    findings, _ = evaluate(make_inventory(resource), [asked], AS_OF)
    return (findings[0].verdict.outcome.value, findings[0].severity) if findings else None


@pytest.mark.parametrize(
    ("env", "number", "expected"),
    [
        ("prod", 5, "pass"),
        ("prod", 50, "fail"),
        ("dev", 50, "pass"),
        ("dev", 500, "fail"),
        (UNKNOWN, 5, "pass"),
        (UNKNOWN, 50, "unknown"),
        (UNKNOWN, 500, "fail"),
        ("prod", UNKNOWN, "unknown"),
        (UNKNOWN, UNKNOWN, "unknown"),
    ],
)
def test_the_variant_that_applies_is_asked_and_in_doubt_all_that_may(env, number, expected):
    found = outcome(rule(100, variant(PROD, rule(10))), number, env)
    assert found is not None
    assert found[0] == expected


def test_no_variant_after_the_one_that_surely_applies_is_asked():
    asked = rule(100, variant({"value": True, "equals": True}, rule(10)), variant(PROD, rule(1)))
    assert outcome(asked, 5, UNKNOWN) == ("pass", Severity.MEDIUM)


def test_a_variants_severity_is_that_of_its_findings():
    asked = rule(100, variant(PROD, rule(10, severity=Severity.HIGH)))
    assert outcome(asked, 50, "prod") == ("fail", Severity.HIGH)
    assert outcome(asked, 500, "dev") == ("fail", Severity.MEDIUM)


def test_a_variant_that_does_not_apply_to_the_resource_gives_no_finding():
    never = rule(10, when=compiled({"value": 1, "equals": 2}))
    asked = rule(100, variant(PROD, never))
    assert outcome(asked, 50, "prod") is None
    assert outcome(asked, 500, UNKNOWN) == ("unknown", Severity.MEDIUM)


def test_in_doubt_the_evidence_of_every_form_is_shown():
    resource = make_resource(ACCOUNT, "a", tags={"env": UNKNOWN}, properties={"n": 50})
    findings, _ = evaluate(make_inventory(resource), [rule(100, variant(PROD, rule(10)))], AS_OF)
    assert [item.path for item in findings[0].verdict.evidence] == ["properties.n", "parameters.limit"]
    assert "cannot tell whether section 's' applies: tags.env is not known here" in findings[0].verdict.message


def test_a_crash_of_a_sections_condition_is_an_error_of_that_finding_alone():
    def crash(*_: Any) -> bool:
        raise RuntimeError("secret")

    broken = Variant(Condition(crash, lambda _r, _e: Judgement(None)), "section 's'", rule(10), {})
    resource = make_resource(ACCOUNT, "a", properties={"n": 1})
    findings, _ = evaluate(make_inventory(resource), [rule(100, broken), rule(100)], AS_OF)
    assert [finding.verdict.outcome for finding in findings] == [Outcome.ERROR, Outcome.PASS]
    assert "secret" not in findings[0].verdict.message


def hindered(reason: str) -> Any:
    return lambda _: reason


def test_what_hinders_one_form_leaves_the_others():
    off = rule(10, obstacle=hindered("it is off"))
    on = rule(100)
    for asked, env, found, reason in (
        (rule(100, variant(PROD, off)), "prod", None, "it is off where section 's' applies"),
        (rule(100, variant(PROD, off)), "dev", ("pass", Severity.MEDIUM), "it is off where section 's' applies"),
        (rule(1, variant(PROD, on), obstacle=hindered("it is off")), "dev", None, "it is off where no section applies"),
        (
            rule(1, variant(PROD, on), obstacle=hindered("it is off")),
            "prod",
            ("pass", Severity.MEDIUM),
            "it is off where no section applies",
        ),
        (rule(1, variant(PROD, off), obstacle=hindered("it is off")), "prod", None, "it is off"),
    ):
        assert outcome(asked, 50, env) == found
        _, told = judgeable(asked, Environment(make_inventory(make_resource(ACCOUNT, "a")), AS_OF))
        assert told == reason


def test_forms_about_different_types_are_asked_about_all_of_them_once():
    both = rule(10, types=(ACCOUNT.lower(), COMPUTE.lower()))
    resources = (make_resource(ACCOUNT, "a"), make_resource(COMPUTE, "w/c"))
    asked, told = judgeable(rule(1, variant(PROD, both)), Environment(make_inventory(*resources), AS_OF))
    assert [resource.name for resource in asked] == ["a", "c"]
    assert told == ""
