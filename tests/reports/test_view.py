from __future__ import annotations

import json
from datetime import date
from enum import Enum

import pytest

from scanner.model.result import Gate
from scanner.model.verdict import Outcome, Severity
from scanner.reports.view import (
    by_rule,
    cleaned,
    place,
    sections,
    shown,
    verdict_word,
)

S = "/subscriptions/s/resourceGroups/rg-a"
ACCOUNT = f"{S}/providers/Microsoft.CognitiveServices/accounts/acct"


@pytest.mark.parametrize(
    ("resource_id", "name", "group"),
    [
        (f"{ACCOUNT}/deployments/gpt", "acct/gpt", "rg-a"),
        (ACCOUNT, "acct", "rg-a"),
        (f"{ACCOUNT}/providers/Microsoft.Insights/diagnosticSettings/all", "all", "rg-a"),
        (ACCOUNT.replace("resourceGroups", "RESOURCEGROUPS"), "acct", "rg-a"),
        ("/subscriptions/s/providers/Microsoft.X/locations/eastus", "eastus", ""),
        (S, "given", "rg-a"),
        ("/subscriptions/s", "given", ""),
        ("azurerm_search_service.main", "given", ""),
        ("", "given", ""),
    ],
)
def test_a_place_is_read_off_the_id(make, resource_id, name, group):
    found = place(make.resource(resource_id, name="given"))
    assert (found.name, found.group) == (name, group)


def test_every_finding_is_in_one_section(result):
    found = sections(result)
    groups = [
        *found.failures,
        *found.errors,
        *found.unknowns,
        *found.exempted,
        *found.baselined,
        *found.passes,
    ]
    ids = [id(finding) for group in groups for finding in group.findings]
    assert sorted(ids) == sorted(id(finding) for finding in result.findings)
    assert found.waiting(Outcome.FAIL) == 7
    assert found.waiting(Outcome.UNKNOWN) == 1


def test_a_group_has_the_worst_severity_of_its_findings(make):
    rule = make.rule("b", severity=Severity.LOW)
    groups = by_rule(
        [
            make.finding(rule, make.resource("/1")),
            make.finding(rule, make.resource("/2"), severity=Severity.HIGH),
            make.finding(make.rule("a"), make.resource("/1")),
        ]
    )
    assert [(group.rule.id, group.severity) for group in groups] == [("b", "high"), ("a", "medium")]


@pytest.mark.parametrize(("code", "word"), [(0, "passed"), (1, "failed"), (3, "incomplete")])
def test_the_verdict_is_that_of_the_gate(code, word):
    assert verdict_word(Gate("low", code, "")) == word


class _Colour(Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("text", "text"),
        (None, "null"),
        (True, "true"),
        (1.0, "1.0"),
        (float("inf"), "Infinity"),
        ({"a": [1, float("nan")]}, '{"a": [1, "NaN"]}'),
        ((1, 2), "[1, 2]"),
        ({3, 1}, "[1, 3]"),
        (date(2026, 1, 2), "2026-01-02"),
        ({1: date(2026, 1, 2)}, '{"1": "2026-01-02"}'),
        (_Colour.RED, "red"),
        ("客", "客"),
    ],
)
def test_values_are_shown_as_people_read_them(value, text):
    assert shown(value) == text
    assert shown(json.loads(json.dumps(cleaned(value), allow_nan=False))) == text
