from __future__ import annotations

import json
from datetime import date
from enum import Enum

import pytest

from scanner.model.result import Gate
from scanner.model.verdict import Disposition, Outcome, Severity
from scanner.reports.view import (
    NO_OWNER,
    by_rule,
    cleaned,
    open_failures_by_owner,
    owner,
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


@pytest.mark.parametrize(
    ("tags", "wanted"),
    [
        ({"owner": "a", "team": "b"}, "a"),
        ({"OWNER": "a"}, "a"),
        ({"owner": "  ", "Team": "b"}, "b"),
        ({"owner": None}, NO_OWNER),
        ({"owner": 7}, "7"),
        ({"cost-center": "x"}, NO_OWNER),
        ({}, NO_OWNER),
    ],
)
def test_the_owner_is_the_tag_owner_else_team(make, tags, wanted):
    assert owner(make.resource("/a", effective_tags=tags)) == wanted


def test_owners_stand_by_what_they_have_to_do_and_nobody_stands_last(make):
    rule = make.rule("r")

    def failure(number, name, severity, **changes):
        tags = {"owner": name} if name else {}
        return make.finding(rule, make.resource(f"/{number}", effective_tags=tags), severity=severity, **changes)

    found = sections(
        make.result(
            [
                failure(1, "few", Severity.HIGH),
                failure(2, "worst", Severity.CRITICAL),
                failure(3, "many", Severity.HIGH),
                failure(4, "many", Severity.HIGH),
                failure(5, "", Severity.CRITICAL),
                failure(6, "worst", Severity.CRITICAL, disposition=Disposition.BASELINED),
            ]
        )
    )
    owners = open_failures_by_owner(found)
    assert list(owners) == ["worst", "many", "few", NO_OWNER]
    assert owners["worst"][Severity.CRITICAL] == 1
    assert owners["many"] == {**dict.fromkeys(Severity, 0), Severity.HIGH: 2}


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
