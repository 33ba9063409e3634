"""Subscriptions go by their names: in one place each, safe to show, and no two alike."""

from __future__ import annotations

from scanner.model.verdict import Outcome
from scanner.reports import render
from scanner.reports.subscriptions import labels, named
from tests.reports.conftest import make_finding, make_resource, make_result, make_rule

ONE, TWO = "00000000-0000-0000-0000-00000000000a", "00000000-0000-0000-0000-00000000000b"
BUDGET = make_rule("ai-budget")
LIES_IN = f"/subscriptions/{ONE}/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a"


def about(resource_id: str, outcome: Outcome = Outcome.FAIL):
    return make_finding(BUDGET, make_resource(resource_id), outcome)


def test_a_label_is_the_name():
    assert labels({ONE: "Production", TWO: "Development"}) == {ONE: "Production", TWO: "Development"}


def test_names_that_look_alike_have_their_ids_behind():
    assert labels({ONE: "Contoso AI", TWO: " contoso  ai\n"}) == {
        ONE: f"Contoso AI ({ONE})",
        TWO: f"contoso ai ({TWO})",
    }


def test_a_name_that_is_another_ones_label_is_told_apart_as_well():
    assert labels({ONE: f"AI ({TWO})", TWO: "AI", "c": "AI"}) == {
        ONE: f"AI ({TWO}) ({ONE})",
        TWO: f"AI ({TWO})",
        "c": "AI (c)",
    }


def test_a_label_is_one_line_without_what_cannot_be_seen_and_no_blank():
    assert labels({ONE: "a\n\u202eb\x1b", TWO: " \t"}) == {ONE: r"a \u202eb\u001b"}


def test_a_finding_about_a_subscription_has_its_name_and_keeps_its_fingerprint():
    given = [about(f"/subscriptions/{ONE.upper()}"), about(f"/subscriptions/{TWO}"), about(LIES_IN)]
    first, second, third = named(given, {ONE: "Production"})
    assert first.resource.name == "Production"
    assert (first.resource.id, first.fingerprint) == (given[0].resource.id, given[0].fingerprint)
    assert second is given[1]
    assert third is given[2]


def test_the_console_and_markdown_head_a_subscription_with_its_name_and_its_id_follows():
    findings = [about(f"/subscriptions/{ONE}"), about(LIES_IN)]
    result = make_result(findings, subscriptions={ONE: "Production\x1b[31m"})
    assert f"\nProduction\\u001b[31m\n  /subscriptions/{ONE}\n" in render("console", result)
    assert f"**`Production\\u001b[31m`**<br>`/subscriptions/{ONE}`" in render("markdown", result)
    assert f"\n{ONE}\n  /subscriptions/{ONE}\n" in render("console", make_result(findings))


def test_programs_get_the_name_in_one_place_only():
    result = make_result([about(f"/subscriptions/{ONE}")], subscriptions={ONE: "Production"})
    assert render("json", result).count("Production") == 1
    assert "Production" not in render("csv", result)
